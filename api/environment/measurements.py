"""Stations and what they measure: the latest values on a map, series raw or by hour, day and month, as JSON or CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from psycopg import Connection, sql
from psycopg.rows import dict_row

from api.drafts.asked import InDraft
from api.environment.reading import AXES, Known, Valid, reading_of
from api.moments import parse_moment
from api.ogc.request import only
from cadastres.environment.monitoring_model import MONITORING_STATION
from gis.errors import NotFound
from gis.instant import Reading, versions_at
from gis.register import Register
from gis.text import Text
from sensors.series import Asked, Step, datastream, datastreams, series

router = APIRouter()

MOST: Final = 100_000
"""So many rows of a series at most in one answer; the next link goes on behind them."""


@router.get("/stations")
def stations(
    request: Request,
    media: Annotated[str | None, Query(max_length=40, description="What they watch: air, water, ground.")] = None,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """The stations in service on a date (GeoJSON), each with its datastreams and their latest good values."""
    only(request, ("media", *AXES))
    register: Register = request.app.state.register
    with register.reading() as connection:
        reading = reading_of(register, connection, valid, recorded_at, draft)
        found = _stations(connection, reading, media)
        known = reading.recorded if recorded_at else None
        streams = datastreams(connection, [row["feature_id"] for row in found], known)
    content = {
        "type": "FeatureCollection",
        "features": [_feature(row, [s for s in streams if s["thing"] == row["feature_id"]]) for row in found],
    }
    return JSONResponse(content, media_type="application/geo+json")


@router.get("/datastreams/{number}/observations")
def observations(
    request: Request,
    number: Annotated[int, Path(ge=1, le=2**62)],
    since: Annotated[str | None, Query(description="First day or instant.")] = None,
    until: Annotated[str | None, Query(description="First day or instant that is left out.")] = None,
    step: Annotated[Step, Query(description="Raw, or statistics by hour, day or month of the city.")] = "raw",
    limit: Annotated[int, Query(ge=1, le=MOST)] = 1000,
    f: Annotated[Literal["json", "csv"], Query()] = "json",
    recorded_at: Known = None,
) -> Response:
    """A series: raw observations with their quality, or mean, least, greatest and count of the good ones."""
    only(request, ("since", "until", "step", "limit", "f", "recorded-at"))
    register: Register = request.app.state.register
    profile = register.profile
    named = {"since": since, "until": until, "recorded-at": recorded_at}
    moments = {name: parse_moment(name, text, profile) if text else None for name, text in named.items()}
    asked = Asked(
        since=moments["since"],
        until=moments["until"],
        known=moments["recorded-at"],
        step=step,
        zone=profile.timezone,
        limit=limit + 1,
    )
    with register.reading() as connection:
        stream = datastream(connection, number)
        rows, further = _page(series(connection, number, asked), limit)
    headers = {} if further is None else _next(request, further)
    if f == "csv":
        return Response(_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)
    content = {"datastream": _stream(stream), "step": step, "observations": [_row(row) for row in rows]}
    return JSONResponse(content, headers=headers)


@router.get("/stations/{code}")
def station(
    request: Request,
    code: Annotated[str, Path(max_length=200, description="The station's code.")],
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """One station by its code, with its datastreams and their latest good values."""
    only(request, AXES)
    register: Register = request.app.state.register
    with register.reading() as connection:
        reading = reading_of(register, connection, valid, recorded_at, draft)
        found = _stations(connection, reading, None, code)
        if not found:
            raise NotFound(_NO_STATION.filled(code=code[:80]), code=code[:80])
        streams = datastreams(connection, [found[0]["feature_id"]], reading.recorded if recorded_at else None)
    return JSONResponse(_feature(found[0], streams), media_type="application/geo+json")


def _stations(
    connection: Connection, reading: Reading, media: str | None, code: str | None = None
) -> Sequence[Mapping[str, Any]]:
    statement = sql.SQL(_STATIONS).format(versions=versions_at(MONITORING_STATION, reading))
    values = {**reading.parameters, "media": media, "code": code}
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, values).fetchall()


def _feature(row: Mapping[str, Any], streams: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    said = {f.name: row[f.name] for f in MONITORING_STATION.fields}
    return {
        "type": "Feature",
        "id": row["feature_id"],
        "geometry": row["geometry"],
        "properties": said | {"datastreams": [_stream(stream) for stream in streams]},
    }


def _stream(stream: Mapping[str, Any]) -> dict[str, Any]:
    """Return a datastream in the words of SensorThings; statistics where they were read."""
    told = {
        "id": stream["id"],
        "thing": stream["thing"],
        "observedProperty": stream["observed_property"],
        "unitOfMeasurement": stream["unit"],
        "observations": f"/environment/datastreams/{stream['id']}/observations",
    }
    if "count" in stream:
        last = {"phenomenonTime": _iso(stream["phenomenon_time"]), "result": stream["result"]}
        told |= {"count": stream["count"], "since": _iso(stream["since"]), "latest": last if stream["count"] else None}
    return told


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in row.items() if name != "phenomenon_time"}
    return {"phenomenonTime": _iso(row["phenomenon_time"]), **rest}


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO(newline="")
    if rows:
        table = csv.DictWriter(text, list(_row(rows[0])), lineterminator="\r\n")
        table.writeheader()
        table.writerows(_row(row) for row in rows)
    return text.getvalue()


def _page(rows: Sequence[Mapping[str, Any]], limit: int) -> tuple[Sequence[Mapping[str, Any]], datetime | None]:
    """Return the rows of a page, and from which moment on the next one goes: no moment is parted between two."""
    if len(rows) <= limit:
        return rows, None
    cut = rows[limit]["phenomenon_time"]
    whole = [row for row in rows if row["phenomenon_time"] < cut]
    return (whole, cut) if whole else (rows[:limit], None)


def _next(request: Request, since: datetime) -> dict[str, str]:
    further = request.url.include_query_params(since=since.isoformat())
    return {"Link": f'<{further.path}?{further.query}>; rel="next"'}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


_STATIONS: Final = """
SELECT v.*, ST_AsGeoJSON(ST_Transform(v.geom, 4326), 7)::json AS geometry FROM {versions}
WHERE (%(media)s::text IS NULL OR v.media_monitored = %(media)s)
  AND (%(code)s::text IS NULL OR v.station_code = %(code)s)
ORDER BY v.station_code, v.feature_id
"""

_NO_STATION = Text(
    kk="Коды {code} бекет бұл күні жұмыс істемейді немесе ешқашан тіркелмеген.",
    ru="Поста с кодом {code} на эту дату нет в работе, или он никогда не регистрировался.",
    en="No station with the code {code} is in service on that date, or none was ever registered.",
)
