"""``qala address``: files of streets and districts into the address register, and addresses found on it."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.city import Profile, readable, register_of
from api.cli.exchange import act_of
from api.cli.output import Json, console, progress, say_json
from data.loaders.districts import import_districts
from data.loaders.report import ImportReport
from data.loaders.request import ImportRequest, Progress
from data.loaders.streets import import_streets
from gis.register import Register

address = typer.Typer(no_args_is_help=True, help="Streets and districts in, addresses found.")

DryRun = Annotated[bool, typer.Option("--dry-run", help="Report; write nothing.")]
AcceptDefects = Annotated[
    bool, typer.Option("--accept-defects", help="Take rows that break a rule, the defect on record.")
]
Folder = Annotated[Path | None, typer.Option(help="Folder for report.json and defects.geojson.")]
Mapping = Annotated[Path | None, typer.Option(help="TOML file: which column fills which field.")]
Number = Annotated[str | None, typer.Option(help="Number of the legal source; by default the file's name.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of legal force; by default today.")]


@address.command("streets")
def streets(
    file: Annotated[Path, typer.Argument(help="JSON: each street's name with one run of points.")],
    dry_run: DryRun = False,
    accept_defects: AcceptDefects = False,
    report: Folder = None,
    act_number: Number = None,
    act_date: Day = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Bring a file of streets in: runs that jump are cut, pieces that lie near each other are one street."""
    readable(file)
    with register_of(profile) as register, progress(file.name) as tell:
        asked = _request(register, file, act_number, act_date)
        asked = _with(asked, dry_run=dry_run, accept_defects=accept_defects, report=report)
        done = import_streets(register, asked, lambda step: tell(step.stage.en, _share(step)))
    if json:
        say_json(done.as_json())
    else:
        console.print(f"{done.rows} rows, {len(done.refused)} of them without a street; {done.jumps} jumps cut")
    if done.load is not None:
        _close(done.load, len(done.refused), json=json)


@address.command("districts")
def districts(
    file: Annotated[Path, typer.Argument(help="The city's units with their KATO codes, of a layout that is known.")],
    mapping: Mapping = None,
    dry_run: DryRun = False,
    accept_defects: AcceptDefects = False,
    report: Folder = None,
    act_number: Number = None,
    act_date: Day = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Bring a file of districts in as administrative units."""
    readable(file)
    with register_of(profile) as register, progress(file.name) as tell:
        asked = _request(register, file, act_number, act_date)
        asked = _with(asked, dry_run=dry_run, accept_defects=accept_defects, report=report, mapping=mapping)
        done = import_districts(register, asked, lambda step: tell(step.stage.en, _share(step)))
    if json:
        say_json(done.summary())
    _close(done, 0, json=json)


def _request(register: Register, file: Path, number: str | None, day: datetime | None) -> ImportRequest:
    city = register.profile
    accepted = day.date() if day else datetime.now(city.zone).date()
    act = act_of(city, accepted, ("data-delivery", number or file.name), "operator", "import of a file")
    return ImportRequest(layer="", file=file, act=act)


def _with(
    asked: ImportRequest,
    *,
    dry_run: bool,
    accept_defects: bool,
    report: Path | None,
    mapping: Path | None = None,
) -> ImportRequest:
    return replace(asked, dry_run=dry_run, accept_defects=accept_defects, report=report, mapping=mapping)


def _share(step: Progress) -> float:
    return step.done / step.total if step.total else 0.0


def _close(done: ImportReport, refused: int, *, json: bool) -> None:
    """Tell what became of the rows; exit code 5 where any was refused."""
    if not json:
        console.print(done.told().en)
        for code, count in sorted(done.log.by_code.items()):
            console.print(f"  {code}: {count}")
    if done.refused or refused:
        raise typer.Exit(5)
