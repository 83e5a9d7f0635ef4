"""Reading the environmental cadastre: parameter rows in force, and the zones around a source with their grounds."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from psycopg import Connection, sql
from psycopg.rows import dict_row

from api.drafts.asked import PARAMETER, InDraft
from api.environment.bodies import SOURCE_LAYERS
from api.moments import parse_moment
from api.ogc.codes import titles
from api.ogc.request import only
from cadastres.environment.zone_model import ZONE_KIND, ZONE_PARAMETER, ZONES
from gis import store
from gis.draft import Overlay
from gis.errors import BadRequest, NotFound
from gis.instant import Instant, Reading, read_head, settle, versions_at
from gis.layer import Layer
from gis.register import Register
from gis.text import Text

router = APIRouter()

Valid = Annotated[str | None, Query(alias="datetime", description="When it was so: a day or an instant; now.")]
Known = Annotated[str | None, Query(alias="recorded-at", description="As the register knew it then.")]
AXES = ("datetime", "recorded-at", PARAMETER)


def reading_of(
    register: Register, connection: Connection, valid: str | None, recorded_at: str | None, draft: Overlay | None
) -> Reading:
    """Return the point on both axes that a request asks for."""
    moment = None if valid is None else parse_moment("datetime", valid, register.profile)
    known = None if recorded_at is None else parse_moment("recorded-at", recorded_at, register.profile)
    return settle(Instant(moment, known, draft), read_head(connection))


@router.get("/parameters")
def parameters(
    request: Request,
    kind: Annotated[str | None, Query(max_length=80, description="Kind of zone; all kinds without it.")] = None,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """The parameter rows in force: width by kind and class, the act, whether it was checked."""
    only(request, ("kind", *AXES))
    register: Register = request.app.state.register
    if kind is not None:
        _known_kind(kind, register)
    with register.reading() as connection:
        reading = reading_of(register, connection, valid, recorded_at, draft)
        rows = _rows(
            connection,
            ZONE_PARAMETER,
            reading,
            sql.SQL("%(kind)s::text IS NULL OR v.zone_kind = %(kind)s"),
            {"kind": kind},
        )
    rows.sort(key=lambda row: (row["zone_kind"], row["class_key"], row["upto"] or 0.0))
    return _answer(reading, {"parameters": rows})


@router.get("/sources/{source_id}/zones")
def zones_of(
    request: Request,
    source_id: Annotated[int, Path(ge=1, le=2**62, description="Feature id of a reach, a line, works.")],
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """The zones around a source, each with the parameter row that it follows from."""
    only(request, AXES)
    register: Register = request.app.state.register
    with register.reading() as connection:
        _known_source(connection, source_id, draft)
        reading = reading_of(register, connection, valid, recorded_at, draft)
        zones = [
            {"layer": layer.name, **row}
            for layer in ZONES
            for row in _rows(connection, layer, reading, sql.SQL("v.source_id = %(source)s"), {"source": source_id})
        ]
        ids = [zone["parameter_id"] for zone in zones if zone["parameter_id"] is not None]
        named = _rows(connection, ZONE_PARAMETER, reading, sql.SQL("v.feature_id = ANY(%(ids)s)"), {"ids": ids})
    by_id = {row["id"]: row for row in named}
    return _answer(
        reading, {"source_id": source_id, "zones": [z | {"parameter": by_id.get(z["parameter_id"])} for z in zones]}
    )


def _known_kind(kind: str, register: Register) -> None:
    known = list(titles(register.profile, ZONE_KIND.codes or "", "en"))
    if kind not in known:
        raise BadRequest(_KIND.filled(kind=kind, known=", ".join(known)), parameter="kind", allowed=known)


def _known_source(connection: Connection, source_id: int, draft: Overlay | None) -> None:
    """Refuse what never was a source, in the register or in the draft; one that has ended may have had zones."""
    if not any(store.tokens(connection, layer, [source_id], draft) for layer in SOURCE_LAYERS.values()):
        raise NotFound(_NO_SOURCE.filled(id=source_id), feature_id=source_id)


def _rows(
    connection: Connection, layer: Layer, reading: Reading, condition: sql.SQL, values: Mapping[str, object]
) -> list[dict[str, Any]]:
    area = sql.SQL(", ST_Area(v.geom) AS area" if layer.spatial else "")
    fields = sql.SQL(", ").join(sql.Identifier("v", f.name) for f in layer.fields)
    statement = sql.SQL(
        "SELECT v.feature_id AS id, lower(v.valid) AS valid_from, upper(v.valid) AS valid_to, "
        "v.opened_by AS changeset, {fields}{area} FROM {versions} WHERE {condition} ORDER BY v.feature_id"
    ).format(fields=fields, area=area, versions=versions_at(layer, reading), condition=condition)
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, {**reading.parameters, **values}).fetchall()


def _answer(reading: Reading, content: Mapping[str, Any]) -> Response:
    asked = {"datetime": reading.valid.isoformat(), "recorded_at": reading.recorded.isoformat()}
    return JSONResponse({**asked, **_plain(content)})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


_KIND: Final = Text(
    kk="Аймақтың {kind} деген түрі жоқ; мыналардың бірін беріңіз: {known}.",
    ru="Вида зоны {kind} нет; задайте один из: {known}.",
    en="There is no kind of zone {kind}; give one of: {known}.",
)
_NO_SOURCE: Final = Text(
    kk="Айналасында аймақ болатын {id} белгілі нысан жоқ.",
    ru="Объекта с идентификатором {id}, вокруг которого бывает зона, нет.",
    en="There is no feature with the id {id} around which zones lie.",
)
