"""Files in and out: ``qala import``, ``qala export``."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.city import Profile, readable, register_of
from api.cli.city3d import CITYJSON, bring_in, export_city, speaks_for_itself
from api.cli.output import Json, console, progress, say_json
from api.cli.overlay import draft_by_name, overlay_by_name
from api.cli.street_graph import NETWORK, take_network
from api.moments import parse_moment
from data.exports.street_graph import NetworkRequest
from data.exports.vector import ExportRequest, export_layer
from data.loaders.importing import import_file
from data.loaders.opensidewalks import OpenSidewalksReport
from data.loaders.report import ImportReport
from data.loaders.request import ImportRequest, Progress
from data.loaders.terrain import TerrainReport
from gis.act import Act, Source
from gis.instant import Instant
from gis.policy import OPERATOR
from gis.profile import CityProfile


def import_(
    layer: Annotated[
        str,
        typer.Argument(
            help="For example land.parcel; 'qala layers' lists them. CityJSON, OpenSidewalks, rasters need none."
        ),
    ],
    file: Annotated[
        Path | None,
        typer.Argument(
            help="GeoJSON, GeoPackage, Shapefile, GML, FlatGeobuf, GeoParquet, CSV; CityJSON, .edges.geojson, rasters."
        ),
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="TOML file: which column fills which field.")] = None,
    dataset: Annotated[str | None, typer.Option(help="Whose edition the file is; by default its name.")] = None,
    crs: Annotated[str | None, typer.Option(help="EPSG:n, where the file does not say.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of the file's texts, e.g. cp1251.")] = None,
    source_layer: Annotated[str | None, typer.Option(help="Which layer of a file of several.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report; write nothing.")] = False,
    accept_defects: Annotated[
        bool, typer.Option("--accept-defects", help="Take rows that break a rule, the defect on record.")
    ] = False,
    archive_missing: Annotated[
        bool, typer.Option("--archive-missing", help="Archive what earlier editions had and this one lacks.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="Folder for report.json and defects.geojson.")] = None,
    accuracy: Annotated[float | None, typer.Option(help="Of a raster's heights, metres, nine in ten.")] = None,
    nodata: Annotated[float | None, typer.Option(help="A raster's value of cells without height.")] = None,
    act_kind: Annotated[str, typer.Option(help="Kind of the legal source.")] = "data-delivery",
    act_number: Annotated[
        str | None, typer.Option(help="Number of the legal source; by default the file's name.")
    ] = None,
    act_date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of legal force; by default today.")
    ] = None,
    actor: Annotated[str, typer.Option(help="Who brings the file in.")] = "operator",
    reason: Annotated[str, typer.Option(help="Why.")] = "import of a file",
    draft: Annotated[str | None, typer.Option(help="Bring it into this draft instead of the register.")] = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Bring a file into a layer: every row checked, every refusal told, one changeset."""
    named, file = (None, Path(layer)) if file is None else (layer, file)
    readable(file)
    with register_of(profile) as register, progress(file.name) as tell:
        accepted = act_date.date() if act_date else datetime.now(register.profile.zone).date()
        request = ImportRequest(
            layer=layer,
            file=file,
            act=act_of(register.profile, accepted, (act_kind, act_number or file.name), actor, reason),
            mapping=mapping,
            dataset=dataset,
            crs=crs,
            encoding=encoding,
            source_layer=source_layer,
            dry_run=dry_run,
            accept_defects=accept_defects,
            archive_missing=archive_missing,
            report=report,
            draft=draft_by_name(register, draft),
        )
        say = lambda p: tell(p.stage.en, _share(p))  # noqa: E731 - a name for what both take
        if named is None or speaks_for_itself(file):
            done = bring_in(register, request, (accuracy, nodata), say)
        else:
            done = import_file(register, request, say)
    _say_imported(done, as_json=json)


def export(
    layer: Annotated[str, typer.Argument(help="For example land.parcel; 'qala layers' lists them; or network.")],
    file: Annotated[Path, typer.Argument(help="To be written: .gpkg, .geojson, .fgb, .parquet; .city.json.")],
    valid: Annotated[str | None, typer.Option("--datetime", help="As of this legal date; now when not given.")] = None,
    recorded: Annotated[
        str | None, typer.Option("--recorded-at", help="As the register knew it then; now when not given.")
    ] = None,
    draft: Annotated[str | None, typer.Option(help="With this draft laid over it.")] = None,
    crs: Annotated[str | None, typer.Option(help="EPSG:n; the city's own system when not given.")] = None,
    to: Annotated[str | None, typer.Option(help="Of 'network', the graph of streets: graphml, osmnx or gpkg.")] = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Write a layer, or the graph of streets, at any point of both axes of time, into a file."""
    with register_of(profile) as register:
        city = register.profile
        instant = Instant(
            parse_moment("--datetime", valid, city) if valid else None,
            parse_moment("--recorded-at", recorded, city) if recorded else None,
            overlay_by_name(register, draft),
        )
        if layer == CITYJSON:
            _say_exported(export_city(register, file, instant), as_json=json)
            return
        if layer == NETWORK:
            _say_exported(take_network(register, NetworkRequest(file=file, to=to, instant=instant)), as_json=json)
            return
        done = export_layer(register, ExportRequest(layer=layer, file=file, instant=instant, crs=crs))
    told = {"layer": layer, "file": str(file), "features": done.count, "crs": done.crs.srs_name}
    told |= {"datetime": done.reading.valid.isoformat(), "recorded_at": done.reading.recorded.isoformat()}
    _say_exported(told, as_json=json)


def _say_exported(told: Mapping[str, object], *, as_json: bool) -> None:
    if as_json:
        say_json(told)
    else:
        console.print(", ".join(f"{name} {value}" for name, value in told.items()), highlight=False)


def _say_imported(done: ImportReport | TerrainReport | OpenSidewalksReport, *, as_json: bool) -> None:
    """Tell what an import did; exit code 5 where rows were refused."""
    if as_json:
        say_json(done.summary())
    else:
        console.print(done.told().en)
        for code, count in sorted(_codes(done).items()):
            console.print(f"  {code}: {count}")
    if not isinstance(done, TerrainReport) and done.refused:
        raise typer.Exit(5)


def _codes(done: ImportReport | TerrainReport | OpenSidewalksReport) -> Mapping[str, int]:
    if isinstance(done, ImportReport):
        return done.log.by_code
    return done.by_code if isinstance(done, OpenSidewalksReport) else {}


def _share(step: Progress) -> float:
    return step.done / step.total if step.total else 0.0


def act_of(
    profile: CityProfile, accepted: date, source: tuple[str, str], actor: str, reason: str, role: str = OPERATOR
) -> Act:
    """Return the operator's act by a source's kind and number, in force from the day of its acceptance."""
    today = datetime.now(profile.zone).date()
    return Act(
        actor=actor,
        role=role,
        reason=reason,
        source=Source(kind=source[0], number=source[1], acceptance=accepted, submission=accepted, recordation=today),
        valid_from=profile.midnight(accepted),
    )
