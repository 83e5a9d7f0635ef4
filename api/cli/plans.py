"""``qala plan``: a plan drawn from the city's map."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.city import Profile, readable, register_of
from api.cli.exchange import act_of
from api.cli.output import Json, console, say_json

plan = typer.Typer(no_args_is_help=True, help="Spatial plans drawn from the city's map.")


@plan.callback()
def plans() -> None:
    """Spatial plans drawn from the city's map."""


@plan.command("derive")
def derive(
    title_kk: Annotated[str, typer.Option(help="Title in Kazakh.")] = "Картадан алынған бас жоспар",
    title_ru: Annotated[str, typer.Option(help="Title in Russian.")] = "Генеральный план, полученный по карте",
    edition: Annotated[str | None, typer.Option(help="Edition or variant.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="TOML file: which land use makes which zone.")] = None,
    act_number: Annotated[str | None, typer.Option(help="Number of the source.")] = None,
    act_date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Legal day; by default today.")
    ] = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Draw up a General Plan whose functional zones follow from the map's land use; it restricts nothing."""
    from data.plan_derivation import derive_plan  # noqa: PLC0415  (its libraries take seconds to load)

    said = {"title_kk": title_kk, "title_ru": title_ru, "edition": edition}
    with register_of(profile) as register:
        now = datetime.now(register.profile.zone)
        day = act_date.date() if act_date else now.date()
        source = ("map-derivation", act_number or f"plan {now:%Y-%m-%dT%H:%M:%S}")
        act = act_of(register.profile, day, source, "registrar", "plan drawn from land use", "registrar")
        done = derive_plan(register, act, said, None if mapping is None else readable(mapping))
    if json:
        say_json({"plan": done.plan, "zones": dict(done.zones), "changesets": list(done.changesets)})
    else:
        console.print(f"plan {done.plan}: {sum(done.zones.values())} zones, {len(done.changesets)} changesets")
