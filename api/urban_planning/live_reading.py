"""What is told of streets at a moment: speeds, states of lifts and ramps, closures; at any point of both times."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from psycopg import Connection, sql
from psycopg.rows import dict_row

from api.drafts.asked import InDraft
from api.environment.reading import AXES, Known, Valid, reading_of
from api.ogc.request import only
from api.problems import language_of
from api.urban_planning.live_bodies import FeatureId
from cadastres.urban_planning.street_live import WITH_STATUS
from cadastres.urban_planning.street_state_model import CLOSURE, STREET_SPEED
from gis.draft import Overlay
from gis.instant import Reading, versions_at
from gis.layer import Layer
from gis.profile import CityProfile
from gis.register import Register

router = APIRouter()

MOST: Final = 10_000

After = Annotated[int, Query(ge=0, le=2**62, description="The last id of the page before.")]
Limit = Annotated[int, Query(ge=1, le=MOST)]
_PAGE: Final = ("after", "limit", *AXES)


@router.get("/speeds")
def speeds(
    request: Request,
    segment: Annotated[list[FeatureId] | None, Query(max_length=1000, description="Of these segments only.")] = None,
    after: After = 0,
    limit: Limit = 1000,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """Speeds told for segments at a moment, as the register knows it, or knew it at another."""
    only(request, _PAGE, several=("segment",))
    asked = _Asked(request, valid, recorded_at, draft)
    rows = asked.rows(STREET_SPEED, _SPEEDS, {"segments": segment, "after": after, "limit": limit})
    told = [
        {
            "id": row["feature_id"],
            "segment": row["segment_id"],
            "direction": row["direction"],
            "speed": row["speed"],
            **asked.told_of(row),
        }
        for row in rows
    ]
    return asked.page("speeds", told, limit)


@router.get("/statuses")
def statuses(
    request: Request,
    after: After = 0,
    limit: Limit = 1000,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """Lifts and ramps with their state, since when, and until when that is expected."""
    only(request, _PAGE)
    asked = _Asked(request, valid, recorded_at, draft)
    found = [
        {
            "layer": layer.name,
            "id": row["feature_id"],
            "name": row["name"],
            "status": row["status"] or "unknown",
            **asked.told_of(row),
            "place": row["place"],
        }
        for layer in WITH_STATUS
        for row in asked.rows(layer, _STATUSES, {"after": after, "limit": limit})
    ]
    told = sorted(found, key=itemgetter("id"))[:limit]  # ids are those of features of all layers
    return asked.page("statuses", told, limit)


@router.get("/closures")
def closures(
    request: Request,
    after: After = 0,
    limit: Limit = 1000,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """What is closed at a moment, to whom, at which hours, and why; its hours are not applied."""
    only(request, _PAGE)
    asked = _Asked(request, valid, recorded_at, draft)
    language = language_of(request)
    told = [
        {
            "id": row["feature_id"],
            "closed": row["closed_id"],
            "modes": [mode.strip() for mode in (row["modes"] or "").split(",") if mode.strip()],
            "hours": row["hours"],
            "why": row[f"reason_{language}"] or row["reason"],
            **asked.told_of(row),
            "place": row["place"],
        }
        for row in asked.rows(CLOSURE, _CLOSURES, {"after": after, "limit": limit})
    ]
    return asked.page("closures", told, limit, {"Content-Language": language, "Vary": "Accept-Language"})


class _Asked:
    """One question, at a point of both times."""

    def __init__(self, request: Request, valid: str | None, known: str | None, draft: Overlay | None) -> None:
        self._register: Register = request.app.state.register
        self._profile: CityProfile = self._register.profile
        with self._register.reading() as connection:
            self._reading: Reading = reading_of(self._register, connection, valid, known, draft)

    def rows(self, layer: Layer, statement: str, values: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Return rows of a layer."""
        composed = sql.SQL(statement).format(versions=versions_at(layer, self._reading))
        with self._register.reading() as connection:
            return _fetched(connection, composed, {**self._reading.parameters, **values})

    def told_of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return since when something is so, until when, and by which changeset."""
        since, until = (self._here(moment) for moment in (row["since"], row["until"]))
        return {"since": since, "until": until, "changeset": row["opened_by"]}

    def page(
        self, name: str, told: Sequence[Mapping[str, Any]], limit: int, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Return the answer; ``next_after`` where there is more."""
        last = told[-1]["id"] if len(told) == limit else None
        times = {"datetime": self._here(self._reading.valid), "recorded_at": self._here(self._reading.recorded)}
        return JSONResponse({**times, name: list(told), "next_after": last}, headers=headers)

    def _here(self, moment: datetime | None) -> str | None:
        return None if moment is None else moment.astimezone(self._profile.zone).isoformat()


def _fetched(connection: Connection, statement: sql.Composed, values: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, values).fetchall()


_SPEEDS: Final = """
SELECT v.feature_id, v.segment_id, v.direction, v.speed, lower(v.valid) AS since, upper(v.valid) AS until, v.opened_by
FROM {versions} WHERE v.feature_id > %(after)s
  AND (%(segments)s::bigint[] IS NULL OR v.segment_id = ANY(%(segments)s))
ORDER BY v.feature_id LIMIT %(limit)s
"""
_PLACE: Final = "ST_AsGeoJSON(ST_Transform(v.geom, 4326), 7)::json AS place"
_STATUSES: Final = """
SELECT v.feature_id, v.name, v.status, lower(v.valid) AS since, upper(v.valid) AS until, v.opened_by, PLACE
FROM {versions} WHERE v.feature_id > %(after)s ORDER BY v.feature_id LIMIT %(limit)s
""".replace("PLACE", _PLACE)
_CLOSURES: Final = """
SELECT v.feature_id, v.closed_id, v.modes, v.hours, v.reason, v.reason_kk, v.reason_ru, v.reason_en,
  lower(v.valid) AS since, upper(v.valid) AS until, v.opened_by, PLACE
FROM {versions} WHERE v.feature_id > %(after)s ORDER BY v.feature_id LIMIT %(limit)s
""".replace("PLACE", _PLACE)
