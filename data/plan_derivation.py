"""A plan drawn from a map: functional zones that follow from how land is used, by a mapping file.

For trying out, and as the ground that planners draw on: it is drawn up, so it restricts nothing, and it gets force only
by an ordinance like any other plan. Of places that two uses claim the smaller one has them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from itertools import islice
from pathlib import Path
from typing import Any, Final

import shapely
from psycopg import Connection, sql
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from cadastres.environment.model import GREEN_AREA
from cadastres.land.model import QUARTER
from cadastres.urban_planning.model import LAND_USE
from cadastres.urban_planning.plan_model import GENERAL, ZONING_ELEMENT
from cadastres.urban_planning.verbs import DrawUpPlan, DrawZones, ZoneDrawn
from data.loaders.mapping import FieldSource, read_mapping
from data.parcelling import coverage
from gis.act import Act
from gis.errors import BadRequest
from gis.instant import Instant, Reading, read_head, settle, versions_at
from gis.layer import Layer
from gis.profile import CityProfile
from gis.register import Register
from gis.text import Text

BUNDLED: Final = "plan-zones-osm.toml"

_SMALLEST: Final = 1.0
"""Smaller zones [m²] are scraps of the map."""

_AT_ONCE: Final = 2000
"""Zones drawn by one act."""


class NothingToDraw(BadRequest):
    """No quarters that make up a territory, or no land use that the mapping knows."""

    code = "nothing-to-draw"


@dataclass(frozen=True, slots=True)
class Derived:
    """What was drawn: the plan's id, its zones by functional zone, the changesets."""

    plan: int
    zones: Mapping[str, int]
    changesets: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Use:
    """One stretch of land in one use: its place, and what a zone on it says."""

    place: BaseGeometry
    said: Mapping[str, Any]


def derive_plan(register: Register, act: Act, said: Mapping[str, Any], mapping: Path | None = None) -> Derived:
    """Draw up a General Plan over all quarters, with zones that follow from the land use of the act's legal date.

    Args:
        register: of the city.
        act: who, why, by which source, from when.
        said: what the plan says besides its type and level; titles are needed.
        mapping: which use makes which zone; the bundled one without it.

    Raises:
        BadMapping: the mapping file can't be read.
        NothingToDraw: no quarters, or no use that the mapping knows.
        QalaError: what the register's rules refuse.
    """
    source = _zone_source(mapping)
    with register.reading() as connection:
        reading = settle(Instant(act.valid_from), read_head(connection))
        territory = MultiPolygon(_polygons(shapely.union_all([g for g, _ in _read(connection, reading, QUARTER, ())])))
        uses = [*_land_uses(connection, reading, source), *_green_areas(connection, reading, source)]
    zones = list(_zones(uses, territory, register.profile))
    if not zones:
        raise NothingToDraw(_NOTHING)
    plan = {"plan_type": GENERAL, "level_of_spatial_plan": "local", **said}
    drawn = register.perform(DrawUpPlan(territory=territory, attributes=plan), act)
    number = drawn.features[-1]
    left = iter(zones)
    changesets = [drawn.number]
    while batch := tuple(islice(left, _AT_ONCE)):
        changesets.append(register.perform(DrawZones(plan=number, zones=batch), act).number)
    kinds = [str(zone.attributes["functional_zone"]) for zone in zones]
    return Derived(number, {kind: kinds.count(kind) for kind in sorted(set(kinds))}, changesets)


def _zone_source(mapping: Path | None) -> FieldSource:
    if mapping is not None:
        return read_mapping(mapping).fields["functional_zone"]
    with as_file(files("data.mappings") / BUNDLED) as bundled:
        return read_mapping(bundled).fields["functional_zone"]


def _read(
    connection: Connection, reading: Reading, layer: Layer, names: Sequence[str]
) -> Iterator[tuple[BaseGeometry, Sequence[Any]]]:
    columns = sql.SQL("").join(sql.SQL(", ") + sql.Identifier("v", name) for name in names)
    statement = sql.SQL("SELECT ST_AsBinary(v.geom){} FROM {} ORDER BY v.feature_id").format(
        columns, versions_at(layer, reading)
    )
    for place, *values in connection.execute(statement, reading.parameters).fetchall():
        yield shapely.from_wkb(bytes(place)), values


def _land_uses(connection: Connection, reading: Reading, source: FieldSource) -> Iterator[_Use]:
    for place, (hilucs, specific, reference) in _read(
        connection, reading, LAND_USE, ("hilucs_land_use", "specific_land_use", "external_reference")
    ):
        said = {"hilucs_land_use": hilucs, "specific_land_use": specific, "external_reference": reference}
        yield _Use(place, {**said, "functional_zone": source.codes.get(specific or "", source.otherwise)})


def _green_areas(connection: Connection, reading: Reading, source: FieldSource) -> Iterator[_Use]:
    for place, (kind, reference) in _read(connection, reading, GREEN_AREA, ("green_area_type", "external_reference")):
        zone = source.codes.get(f"green={kind}", source.otherwise)
        yield _Use(place, {"external_reference": reference, "functional_zone": zone})


def _zones(uses: Sequence[_Use], territory: MultiPolygon, profile: CityProfile) -> Iterator[ZoneDrawn]:
    classifier = profile.classifier("functional_zone")
    known = [use for use in uses if use.said["functional_zone"] and classifier.holds(use.said["functional_zone"])]
    known.sort(key=lambda use: use.place.area)
    for use, area in zip(known, coverage([use.place for use in known]), strict=True) if known else ():
        parts = [part for part in _polygons(area.intersection(territory)) if part.area >= _SMALLEST]
        if parts:
            yield ZoneDrawn(geometry=MultiPolygon(parts), attributes=_fitting(use.said))


def _fitting(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a zone says, in fields that its layer has."""
    names = {f.name for f in ZONING_ELEMENT.fields}
    return {name: value for name, value in said.items() if name in names and value is not None}


def _polygons(area: BaseGeometry) -> list[Polygon]:
    return [part for part in shapely.get_parts(area).tolist() if isinstance(part, Polygon)]


_NOTHING = Text(
    kk="Жоспар сызуға негіз жоқ: тізілімде есептік орамдар да, сәйкестік файлы білетін жер пайдалану да болуы керек.",
    ru="План не из чего составить: в регистре должны быть учётные кварталы и использование земли, известное файлу "
    "соответствий.",
    en="There is nothing to draw a plan from: the register must have quarters, and land use that the mapping file "
    "knows.",
)
