"""``qala streets``: norms and slopes brought in; what breaks the norms, and what to repair first."""

import json as json_format
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from api.cli.city import Profile, readable, register_of
from api.cli.exchange import act_of
from api.cli.norms import ActDate, ActNumber, enter_norms
from api.cli.output import Json, console, progress, say_json
from api.cli.routing import Draft, Lang, Recorded, Valid, asking, counted, judged, save, say_facts
from api.routing.answers import dumped
from api.routing.bodies import RepairsBody, made
from api.routing.conforming import area_file, area_held
from api.routing.inspecting import repairs_told
from cadastres.urban_planning.street_state_model import ACCESSIBILITY_NORM
from data.loaders.accessibility_norms import BUNDLED, load_norms
from data.loaders.slopes import derive_slopes
from gis.errors import BadRequest
from gis.text import Text

streets = typer.Typer(no_args_is_help=True, help="Streets: norms, slopes by the terrain, what to repair.")


LAYERS: Final = {".geojson": "geojson", ".fgb": "fgb", ".gpkg": "gpkg"}
"""Forms of a layer by the suffix of a file."""


@streets.command("norms")
def norms(
    file: Annotated[Path | None, typer.Argument(help="CSV of norms; by default those that come with Qala.")] = None,
    act_number: ActNumber = None,
    act_date: ActDate = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Enter norms of accessibility, each with document, edition and clause; unconfirmed ones say so wherever told."""
    source = BUNDLED if file is None else readable(file)
    enter_norms(load_norms, source, ACCESSIBILITY_NORM.schema, profile, (act_number, act_date), json=json)


@streets.command("slopes")
def slopes(
    act_number: Annotated[
        str | None, typer.Option(help="Number of the legal source; by default of the moment.")
    ] = None,
    act_date: ActDate = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Let ways say how steep they are by the terrain on record, where it can tell; 'qala import' takes rasters in."""
    with register_of(profile) as register, progress("slopes") as tell:
        now = datetime.now(register.profile.zone)
        accepted = act_date.date() if act_date else now.date()
        told = ("computation", act_number or f"slopes {now:%Y-%m-%dT%H:%M:%S}")
        done = derive_slopes(register, act_of(register.profile, accepted, told, "operator", "slopes by terrain"), tell)
    if json:
        say_json(done.summary())
        return
    console.print(done.explained().en)
    for reason, count in sorted(done.by_reason.items()):
        console.print(f"  {reason}: {count}")


@streets.command("conformity")
def conformity(
    bbox: Annotated[str | None, typer.Option(help="west,south,east,north in degrees; the whole city.")] = None,
    valid: Valid = None,
    recorded: Recorded = None,
    draft: Draft = None,
    to: Annotated[Path | None, typer.Option(help=f"File to be written: {', '.join(LAYERS)}")] = None,
    lang: Lang = "kk",
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Tell what breaks the norms of accessibility: ramps too steep, kerbs too high, lifts out of order."""
    if to is not None and to.suffix.lower() not in LAYERS:
        raise BadRequest(f"--to={to.name}: no such file is written; known are {', '.join(LAYERS)}")
    with asking("norms", profile, lang, {"datetime": valid, "recorded-at": recorded}, draft) as question:
        facts = area_held(question, bbox)
    if to is not None:
        form = LAYERS[to.suffix.lower()]
        save(to, dumped(facts) if form == "geojson" else area_file(facts, form))
    if json:
        say_facts({**facts, "file": None if to is None else str(to)})
        return
    lines = [judged(each["properties"]) for each in facts["features"]]
    lines.append(counted(facts["objects"], facts["without_norm"], question.language))
    sys.stdout.write("\n".join(lines) + "\n")


@streets.command("repairs")
def repairs(
    file: Annotated[Path, typer.Argument(help="JSON: profile, trips, or origins and destinations, with people.")],
    valid: Valid = None,
    recorded: Recorded = None,
    draft: Draft = None,
    lang: Lang = "kk",
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Tell what to repair first: for how many people each repair would open a way, or shorten it."""
    body = _trips(readable(file))
    at = {"datetime": valid, "recorded-at": recorded}
    with asking("repairs", profile, lang, at, draft, departure=body.departure, crs=body.crs) as question:
        facts = repairs_told(question, body)
    if json:
        say_facts(facts)
        return
    lines = [f"{number}. {each['sentence']}" for number, each in enumerate(facts["repairs"], 1)]
    lines.append(
        _PEOPLE.filled(people=f"{facts['people']:g}", barred=f"{facts['barred']:g}").in_language(question.language)
    )
    sys.stdout.write("\n".join(lines) + "\n")


def _trips(file: Path) -> RepairsBody:
    try:
        told = json_format.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        raise BadRequest(f"{file.name} can't be read as JSON") from None
    if not isinstance(told, dict):
        raise BadRequest(f"{file.name}: a JSON object is wanted, with trips, or origins and destinations")
    return made(RepairsBody, **told)


_PEOPLE = Text(
    kk="Барлығы {people} адам; солардың ішінде қазір жол таба алмайтыны: {barred}.",
    ru="Всего людей: {people}; из них сейчас не пройти: {barred}.",
    en="Of {people} people {barred} have no way now.",
)
