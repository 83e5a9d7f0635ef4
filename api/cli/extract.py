"""``qala extract``: what restricts a parcel or all of them, what a restriction touches, coverage, distances."""

import csv
import json as json_text
import sys
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.city import Profile, register_of
from api.cli.output import Json, console, progress, say_json, say_table
from api.moments import parse_moment
from api.restrictions.statistics import nearest
from cadastres.real_estate.sheets import Sight
from data.exports.affected import COLUMNS as AFFECTED
from data.exports.affected import Affected
from data.exports.documents.restriction_sheet import act, measured, named, share
from data.exports.documents.saying import Saying
from data.exports.restriction_rows import RestrictionRows, write_rows
from data.exports.restrictions import parcel_of, restrictions
from gis import drafts
from gis.coverage import Statistics
from gis.errors import BadRequest, NotFound
from gis.instant import Instant, read_head, settle
from gis.overlay import restricting
from gis.register import Register
from gis.text import LANGUAGES, Language

_WORKERS = 2


def extract(
    number: Annotated[str | None, typer.Argument(help="A parcel's cadastral number in any spelling.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Extracts of all parcels, into a file.")] = False,
    to: Annotated[Path | None, typer.Option(help="For --all: a .csv or .gpkg file to be written.")] = None,
    affected: Annotated[str | None, typer.Option(help="What a feature touches: layer/id.")] = None,
    coverage: Annotated[str | None, typer.Option(help="What covers the areas of a layer, e.g. land.quarter.")] = None,
    near: Annotated[
        str | None, typer.Option(help="A layer whose features within --distance of --of are sought.")
    ] = None,
    of: Annotated[str | None, typer.Option(help="For --near: a layer, or layer/id.")] = None,
    distance: Annotated[float | None, typer.Option(min=0, help="For --near: metres.")] = None,
    valid: Annotated[str | None, typer.Option("--datetime", help="As of this legal date; now when not given.")] = None,
    recorded: Annotated[str | None, typer.Option("--recorded-at", help="As the register knew it then.")] = None,
    draft: Annotated[str | None, typer.Option(help="With this draft laid over the register.")] = None,
    lang: Annotated[str, typer.Option(help="Language: kk, ru or en.")] = "en",
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Tell what restricts a parcel; with options, of all parcels, or the other way round."""
    wanted = {"number": number, "--all": every, "--affected": affected, "--coverage": coverage, "--near": near}
    if sum(bool(value) for value in wanted.values()) != 1:
        raise BadRequest(f"give exactly one of: {', '.join(wanted)}")
    language = _language(lang)
    with register_of(profile) as register:
        instant = _instant(register, valid, recorded, draft)
        if number is not None:
            _one(register, instant, number, language, json=json)
        elif every:
            _all(register, instant, to, language, json=json)
        elif affected is not None:
            _affected(register, instant, affected, json=json)
        elif coverage is not None:
            _coverage(register, instant, coverage, json=json)
        elif near is not None:
            _near(register, instant, (near, of, distance), json=json)


def _instant(register: Register, valid: str | None, recorded: str | None, draft: str | None) -> Instant:
    city = register.profile
    overlay = None
    if draft is not None:
        with register.writing() as connection:
            found = drafts.find(connection, draft)
            drafts.require_open(found)
            overlay = drafts.overlay(connection, found)
    return Instant(
        parse_moment("--datetime", valid, city) if valid else None,
        parse_moment("--recorded-at", recorded, city) if recorded else None,
        overlay,
    )


def _one(register: Register, instant: Instant, number: str, language: Language, *, json: bool) -> None:
    with register.reading() as connection:
        sight = Sight(connection, settle(instant, read_head(connection)), register.profile)
        content = restrictions(sight, parcel_of(sight, number), register.layers)
    if json:
        say_json(content)
        return
    say = Saying(language, register.profile)
    rows = [(named(r, say), measured(r, say), share(r, say), act(r, say)) for r in content["restrictions"]]
    say_table(content["subject"]["spelled"], ("restriction", "on the parcel", "share, %", "act"), rows)


def _all(register: Register, instant: Instant, to: Path | None, language: Language, *, json: bool) -> None:
    if to is None:
        raise BadRequest("--all needs --to: a .csv or .gpkg file to be written")
    rows = RestrictionRows(register, instant, list(restricting(register.layers).values()), language, _WORKERS)
    with progress(to.name) as tell:
        count = write_rows(rows, to, lambda done: tell(f"{done} rows, {rows.parcels} parcels", 0.0))
    facts = {"file": str(to), "parcels": rows.parcels, "rows": count}
    if json:
        say_json(facts)
    else:
        console.print(f"{to}: {rows.parcels} parcels, {count} restrictions", markup=False, highlight=False)


def _affected(register: Register, instant: Instant, feature: str, *, json: bool) -> None:
    layer, _, text = feature.partition("/")
    if not text.isdigit():
        raise BadRequest(f"--affected={feature} is no feature; right would be, for example, land.zone/17")
    shape = _statistics(register, instant).shape_of(register.layers.mapped[layer], int(text))
    if shape is None:
        raise NotFound(f"feature {text} of {layer} is not in force then")
    found = Affected(register, instant, shape)
    rows = [astuple(parcel) for parcel in found.parcels()]
    if json:
        say_json({"parcels": _named(AFFECTED, rows), "totals": found.totals.as_json()})
    else:
        _print(AFFECTED, rows)
        console.print(json_text.dumps(found.totals.as_json()), highlight=False)


def _coverage(register: Register, instant: Instant, by: str, *, json: bool) -> None:
    layers = list(restricting(register.layers).values())
    found = _statistics(register, instant).coverage(register.layers.mapped[by], layers)
    columns = ("id", "area", "layer", "count", "amount", "share")
    rows = [(one.feature_id, one.area, c.layer, c.count, c.amount, c.share) for one in found for c in one.covered]
    if json:
        say_json(_named(columns, rows))
    else:
        _print(columns, rows)


def _near(register: Register, instant: Instant, asked: tuple[str, str | None, float | None], *, json: bool) -> None:
    layer, of, distance = asked
    if of is None or distance is None:
        raise BadRequest("--near needs --of (a layer, or layer/id) and --distance (metres)")
    found = nearest(_statistics(register, instant), register, register.layers.mapped[layer], of, distance)
    rows = [(one.feature_id, one.distance) for one in found]
    if json:
        say_json(_named(("id", "distance"), rows))
    else:
        _print(("id", "distance"), rows)


def _statistics(register: Register, instant: Instant) -> Statistics:
    city = register.profile
    return Statistics(connecting=register.reading, instant=instant, srid=city.srid, tolerance=city.tolerances.linear)


def _named(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _print(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows as CSV."""
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    writer.writerows(rows)


def _language(lang: str) -> Language:
    for known in LANGUAGES:
        if lang == known:
            return known
    raise BadRequest(f"--lang={lang} is none of {', '.join(LANGUAGES)}")
