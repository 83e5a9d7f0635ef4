"""``qala zones`` and ``qala measurements``: parameter rows, zones after loads, files of measurements."""

from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from api.cli.city import Profile, readable, register_of
from api.cli.exchange import act_of
from api.cli.output import Json, console, progress, say_json
from cadastres.environment.sources import SOURCES
from data.loaders.deriving import derive_zones
from data.loaders.measurements import load_measurements, read_layout
from data.loaders.parameters import BUNDLED, load_parameters
from gis import policy
from gis.act import Act
from gis.register import Register

zones = typer.Typer(no_args_is_help=True, help="Parameter rows of protective zones, and zones after a load.")
measurements = typer.Typer(no_args_is_help=True, help="What the monitoring stations measure.")

Number = Annotated[str | None, typer.Option(help="Number of the legal source; by default the file's name.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of legal force; by default today.")]


@zones.command("parameters")
def parameters(
    file: Annotated[Path | None, typer.Argument(help="CSV of rows; by default those that come with Qala.")] = None,
    act_number: Number = None,
    act_date: Day = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Enter parameter rows that the register lacks; the zones of their classes follow."""
    source = BUNDLED if file is None else readable(file)
    with register_of(profile) as register:
        done = load_parameters(register, source, _act(register, act_number or source.name, act_date))
    if json:
        say_json({"read": done.read, "entered": done.entered, "known": done.known, "changeset": done.changeset})
    else:
        console.print(f"{done.read} rows: {done.entered} entered, {done.known} known already")


@zones.command("derive")
def derive(
    layer: Annotated[list[str] | None, typer.Option(help="Sources of this layer alone; may be given again.")] = None,
    act_number: Number = None,
    act_date: Day = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Draw the zones around sources that a load brought or changed; what is right already stays as it is."""
    wanted = layer or sorted(SOURCES)
    strange = [name for name in wanted if name not in SOURCES]
    if strange:
        raise typer.BadParameter(f"no zones lie around {', '.join(strange)}; there are {', '.join(sorted(SOURCES))}")
    with register_of(profile) as register, progress("zones") as tell:
        act = _act(register, act_number or f"zones {datetime.now(register.profile.zone):%Y-%m-%dT%H:%M:%S}", act_date)
        done = derive_zones(register, wanted, act, tell)
    if json:
        say_json({"sources": done.sources, "changesets": list(done.changesets)})
    else:
        console.print(f"{done.sources} sources looked at, {len(done.changesets)} changesets")


@measurements.command("load")
def load(
    file: Annotated[Path, typer.Argument(help="CSV, plain or gzipped: one row a measurement.")],
    mapping: Annotated[
        Path | None, typer.Option(help="TOML file: which column tells what; by default that of Astana's air.")
    ] = None,
    act_number: Number = None,
    act_date: Day = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Take a file of measurements in: every row kept with its quality, or refused with its reason."""
    layout = read_layout(files("data.mappings") / "air-astana.toml" if mapping is None else readable(mapping))
    readable(file)
    with register_of(profile) as register:
        act = replace(_act(register, act_number or file.name, act_date), role=policy.OPERATOR)
        done = load_measurements(register, file, layout, act)
    if json:
        say_json(done.summary())
    else:
        console.print(f"{done.read} rows, {len(done.stations)} stations entered")
        for code, count in [*done.kept.items(), *sorted(done.refusals.items())]:
            console.print(f"  {code}: {count}")
    if done.refused:
        raise typer.Exit(5)


def _act(register: Register, number: str, day: datetime | None) -> Act:
    """Return the act of the environmental registrar whom the operator stands in for."""
    accepted = day.date() if day else datetime.now(register.profile.zone).date()
    act = act_of(register.profile, accepted, ("data-delivery", number), "operator", "load of environmental data")
    return replace(act, role=policy.of_cadastre("environment"))
