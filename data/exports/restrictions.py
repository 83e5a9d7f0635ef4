"""The restriction extract of a parcel: everything public that restricts it at a reading, as plain content.

Each feature of a layer that declares how it restricts, with its area on the parcel and its share of it, what is
forbidden or allowed, and the act by which it came in; and the encumbrances registered on the parcel's unit, as far as
the public passport shows them. Shares are of the area computed from the outline; scaled by the ratio of the official
area to it they give the part of the official area, which is stated beside.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

import shapely
from psycopg import sql
from shapely.geometry.base import BaseGeometry

from cadastres.land.model import PARCEL
from cadastres.real_estate.asof import versions
from cadastres.real_estate.nomenclature import source_kind, value_text, word
from cadastres.real_estate.passport import AS_OF, as_of
from cadastres.real_estate.plan import parcel_plan, rings
from cadastres.real_estate.rights_model import RIGHT, UNIT, UNIT_PART
from cadastres.real_estate.sheets import Content, Piece, Sight
from cadastres.real_estate.subject import Subject, find, spelled
from gis.instant import Instant, Reading, versions_at
from gis.layer import Field, FieldType, Layer, Layers
from gis.overlay import Ground, Overlap, restrictions_on
from gis.profile import CityProfile
from gis.record import Period, Version
from gis.text import LANGUAGES

KIND: Final = "restrictions"
"""Kind of the document."""

_AREA_DECIMALS: Final = 4
_MEASURES: Final = {2: "area", 1: "length", 0: "count"}


def restrictions(sight: Sight, subject: Subject, layers: Layers, *, drawn: bool = False) -> Content:
    """Return the content of a parcel's restriction extract.

    Args:
        sight: the public login's connection, the reading, the city.
        subject: the parcel, in force at the reading.
        layers: the register's.
        drawn: with the plan: outline, neighbours, buildings, and the restrictions' own outlines.
    """
    parcel = subject if subject.kind == "parcel" else parcel_of(sight, subject.number)
    ground = _ground(sight, parcel, layers, drawn=drawn)
    content: Content = {
        "document": KIND,
        "subject": {"kind": "parcel", "number": parcel.number, "spelled": spelled(parcel.number)},
        "city": sight.profile.name.as_dict(),
        "crs": _system(sight.profile),
        AS_OF: as_of(sight),
        "disclosure": "public",
        "draft": None if sight.reading.overlay is None else sight.reading.overlay.name,
        "parcel": _parcel(ground),
        "restrictions": [restriction(overlap, ground, layers, sight.profile) for overlap in ground.overlaps],
        "registered": list(_registered(sight, parcel.feature_id)),
        "attribution": attribution(ground, layers),
    }
    doubtful = unconfirmed(sight, ground, layers)
    for told, overlap in zip(content["restrictions"], ground.overlaps, strict=True):
        if _row_of(overlap, layers) in doubtful:
            told["confirmed"] = False
    if drawn:
        content["plan"] = _plan(sight, ground)
        for told, overlap in zip(content["restrictions"], ground.overlaps, strict=True):
            told["outline"] = _outline(overlap.place)
    return content


Row = tuple[str, int]
"""A row of parameters: its layer and its id."""


def unconfirmed(sight: Sight, ground: Ground, layers: Layers) -> set[Row]:
    """Return the rows behind what lies on a parcel whose measures nobody has checked against the act's text."""
    named = {row for overlap in ground.overlaps if (row := _row_of(overlap, layers)) is not None}
    found: set[Row] = set()
    for name in sorted({name for name, _ in named}):
        rows = versions(sight.connection, layers[name], sight.reading, (number for of, number in named if of == name))
        found |= {(name, row.feature_id) for row in rows if row.attributes.get("confirmed") is False}
    return found


def _row_of(overlap: Overlap, layers: Layers) -> Row | None:
    """Return the row of parameters from which a restriction's measures were taken."""
    layer = layers[overlap.laid.layer]
    name = layer.restricting.parameter if layer.restricting else None
    value = overlap.laid.values.get(name) if name else None
    return None if name is None or value is None else (layer.field(name).refers_to[0], value)


def parcel_of(sight: Sight, number: str) -> Subject:
    """Return the parcel that bears a number at the reading.

    Raises:
        InvalidNumber: no number.
        NotFound: no parcel was ever registered under it, or the register did not know it then.
        Gone: it was in force at another time.
    """
    return find(sight.connection, number, sight.reading, sight.profile, ("parcel",))


def ground_of(sight: Sight, parcel: Subject, layers: Layers, *, places: bool) -> Ground:
    """Return the parcel with what lies on it."""
    return _ground(sight, parcel, layers, drawn=places)


def _ground(sight: Sight, parcel: Subject, layers: Layers, *, drawn: bool) -> Ground:
    reading = sight.reading
    instant = Instant(reading.valid, reading.recorded, reading.overlay)
    overlaps = restrictions_on(layers, PARCEL.name)
    linear = sight.profile.tolerances.linear
    ground = overlaps.on(sight.connection, instant, parcel.feature_id, linear, places=drawn)
    if ground is None:
        msg = f"parcel {parcel.feature_id} is in force and can't be read"
        raise RuntimeError(msg)
    return ground


def _parcel(ground: Ground) -> Content:
    official = ground.values.get("official_area")
    return {
        "id": ground.feature_id,
        "computed_area": round(ground.area, _AREA_DECIMALS),
        "official_area": official,
        "area_ratio": None if official is None else official / ground.area,
        **{name: ground.values[name] for name in ("category", "permitted_use", "address") if name in ground.values},
    }


def restriction(overlap: Overlap, ground: Ground, layers: Layers, profile: CityProfile) -> Content:
    """Return what an extract says of one restriction; texts in every language."""
    laid, layer = overlap.laid, layers[overlap.laid.layer]
    return {
        "layer": layer.name,
        "title": layer.title.as_dict(),
        "id": laid.feature_id,
        "name": _name(layer, laid.values),
        "kind": _kind(layer, laid.values, profile),
        "since": _day(laid.since, profile),
        "until": _day(laid.until, profile),
        **_measured(overlap, ground, layer),
        "act": _act(overlap),
        "legal_basis": _said(layer, laid.values, "basis"),
        "regime": _regime(layer, laid.values),
        "no_building": _said(layer, laid.values, "no_building"),
        "max_height": _said(layer, laid.values, "max_height"),
        **_others(layer, laid.values, profile),
        "href": f"/ogc/collections/{layer.name}/items/{laid.feature_id}",
    }


def _name(layer: Layer, values: Mapping[str, Any]) -> Any:
    """Return what a feature is called, unless that is its kind."""
    of_kind = layer.restricting.kind if layer.restricting else None
    return None if layer.label is None or layer.label == of_kind else values.get(layer.label)


def _measured(overlap: Overlap, ground: Ground, layer: Layer) -> Content:
    measure = _MEASURES[layer.geometry.dimension]
    if measure == "count":
        return {"measure": measure, "count": 1}
    told: Content = {"measure": measure, measure: round(overlap.amount, _AREA_DECIMALS)}
    if overlap.share is not None:
        official = ground.values.get("official_area")
        told["share"] = overlap.share
        told["official_area"] = None if official is None else round(overlap.share * official, _AREA_DECIMALS)
    return told


def _act(overlap: Overlap) -> Content | None:
    origin = overlap.laid.origin
    if origin.kind is None or origin.acceptance is None:
        return None
    return {
        "changeset": origin.changeset,
        "kind": origin.kind,
        "title": source_kind(origin.kind).as_dict(),
        "number": origin.number,
        "acceptance": origin.acceptance.isoformat(),
    }


def _said(layer: Layer, values: Mapping[str, Any], role: str) -> Any:
    """Return the value of the field that plays a role in how the layer restricts."""
    name = getattr(layer.restricting, role)
    return values.get(name) if name else None


def _kind(layer: Layer, values: Mapping[str, Any], profile: CityProfile) -> Content | None:
    code = _said(layer, values, "kind")
    if code is None or layer.restricting is None or layer.restricting.kind is None:
        return None
    return {"code": code, "title": value_text(layer.field(layer.restricting.kind), code, profile).as_dict()}


def _regime(layer: Layer, values: Mapping[str, Any]) -> Content | None:
    names = layer.restricting.regime if layer.restricting else None
    told: Content = {}
    if names is not None:
        told = {str(tongue): values.get(name) for tongue, name in zip(LANGUAGES, names, strict=True)}
    return told if any(told.values()) else None


def _others(layer: Layer, values: Mapping[str, Any], profile: CityProfile) -> Content:
    """Return the limits (measures in units) and whatever else the feature says."""
    spoken = set(layer.restricting.fields if layer.restricting else ()) - {
        layer.restricting.max_height if layer.restricting else None
    }
    shown = [f for f in layer.fields if f.name in values and f.name not in {*spoken, layer.label} and not f.refers_to]
    limits = [_value(f, values[f.name], profile) for f in shown if f.unit is not None]
    others = [_value(f, values[f.name], profile) for f in shown if f.unit is None]
    return {"limits": limits, "attributes": others}


def _value(field: Field, value: Any, profile: CityProfile) -> Content:
    text = value_text(field, float(value) if field.type is FieldType.NUMBER else value, profile)
    return {
        "name": field.name,
        "title": field.title.as_dict(),
        "value": value,
        "unit": field.unit,
        "text": text.as_dict(),
    }


def _day(moment: Any, profile: CityProfile) -> str | None:
    return None if moment is None else profile.legal_day(moment).isoformat()


def attribution(ground: Ground, layers: Layers) -> list[str]:
    """Return the sources of data that must be named."""
    shown = [PARCEL, *(layers[overlap.laid.layer] for overlap in ground.overlaps)]
    return list(dict.fromkeys(name for layer in shown for name in layer.attribution))


def _registered(sight: Sight, parcel_id: int) -> Iterator[Content]:
    """Yield the encumbrances registered on the parcel's units: what kind, since when, and where to read of them."""
    statement = sql.SQL(_REGISTERED).format(
        parts=_keyed(UNIT_PART, sight.reading),
        rights=_keyed(RIGHT, sight.reading),
        units=_keyed(UNIT, sight.reading),
    )
    rows = sight.connection.execute(statement, {**sight.reading.parameters, "parcel": parcel_id}).fetchall()
    for kind, since, until, number in rows:
        yield {
            "kind": kind,
            "title": word("kind", kind).as_dict(),
            "since": sight.day(since),
            "until": sight.day(until),
            "unit": number,
            "href": f"/real-estate/units/{quote(number, safe='')}/extract",
        }


def _keyed(layer: Layer, reading: Reading) -> sql.Composed:
    keyed = Reading(reading.valid, reading.recorded, reading.changeset, False, False, reading.overlay, True)  # noqa: FBT003
    return sql.SQL("(SELECT * FROM {})").format(versions_at(layer, keyed))


_REGISTERED: Final = """
SELECT r.kind, lower(r.valid), upper(r.valid), u.unit_number
FROM {parts} AS p JOIN {rights} AS r ON r.unit_id = p.unit_id JOIN {units} AS u ON u.feature_id = p.unit_id
WHERE p.object_id = %(parcel)s AND r.category = 'restriction' ORDER BY lower(r.valid), r.feature_id
"""


def _plan(sight: Sight, ground: Ground) -> Content:
    shape = ground.place
    version = Version(ground.feature_id, Period(), shape, ground.values)
    plan = parcel_plan(sight, Piece("parcel", version, own=True))
    plan["scope"] = list(shape.bounds)
    return plan


def _outline(place: BaseGeometry | None) -> Content:
    """Return the parts of a restriction on the parcel: rings of areas, lines, points."""
    parts: Iterable[BaseGeometry] = () if place is None else shapely.get_parts(place)
    lines = [shapely.get_coordinates(p).round(3).tolist() for p in parts if p.geom_type == "LineString"]
    points = [shapely.get_coordinates(p).round(3).tolist()[0] for p in parts if p.geom_type == "Point"]
    return {"rings": [] if place is None else rings(place), "lines": lines, "points": points}


def _system(profile: CityProfile) -> str:
    system = profile.system
    return f"EPSG:{system}" if isinstance(system, int) else system.name
