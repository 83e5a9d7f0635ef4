"""A plan in figures, as of a reading: its zones, how much of its territory each kind takes, what is built on them.

Areas are m², lengths metres, of the city's projected system.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection, sql
from psycopg.rows import dict_row

from cadastres.real_estate.model import BUILDING
from cadastres.urban_planning.line_model import REGULATION_LINE
from cadastres.urban_planning.plan_model import SPATIAL_PLAN, ZONING_ELEMENT
from gis.instant import Reading, versions_at

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """What a plan holds.

    Attributes:
        area: of its territory.
        zones: by kind and id: ``id``, ``designation``, ``functional_zone``, ``area``, ``built`` (area that buildings
            cover), and the figures of the regulation.
        lines: ``id``, ``line_kind``, ``designation``, ``building_side``, ``length``.
        lower: plans that follow from it: ``id``, ``plan_type``, ``step``, ``title_kk``, ``title_ru``.
    """

    area: float
    zones: Sequence[Row]
    lines: Sequence[Row]
    lower: Sequence[Row]

    def by_kind(self) -> list[dict[str, Any]]:
        """Return for each kind of functional zone how many there are, their area, and how much of it is built on."""
        kinds = dict.fromkeys(zone["functional_zone"] for zone in self.zones)
        return [self._kind(kind) for kind in kinds]

    def _kind(self, kind: str) -> dict[str, Any]:
        zones = [zone for zone in self.zones if zone["functional_zone"] == kind]
        area, built = (sum(zone[name] for zone in zones) for name in ("area", "built"))
        return {"functional_zone": kind, "zones": len(zones), "area": area, "built": built}

    @property
    def unzoned(self) -> float:
        """Area of the territory that no zone takes."""
        return max(0.0, self.area - float(sum(zone["area"] for zone in self.zones)))


def summary(connection: Connection, reading: Reading, plan: int) -> PlanSummary | None:
    """Return a plan in figures; ``None`` where it is not in the register at the reading."""
    bound = {**reading.parameters, "plan": plan}
    own = connection.execute(_filled(_AREA, reading), bound).fetchone()
    if own is None:
        return None
    with connection.cursor(row_factory=dict_row) as cursor:
        zones, lines, lower = (
            cursor.execute(_filled(text, reading), bound).fetchall() for text in (_ZONES, _LINES, _LOWER)
        )
    return PlanSummary(own[0], zones, lines, lower)


def _filled(text: str, reading: Reading) -> sql.Composed:
    return sql.SQL(text).format(
        plans=versions_at(SPATIAL_PLAN, reading),
        zones=versions_at(ZONING_ELEMENT, reading),
        lines=versions_at(REGULATION_LINE, reading),
        buildings=versions_at(BUILDING, reading),
    )


_AREA: Final = "SELECT ST_Area(v.geom) FROM {plans} WHERE v.feature_id = %(plan)s"

# A building that lies in one zone whole is not cut.
_ZONES: Final = """
WITH zones AS MATERIALIZED (
  SELECT v.* FROM {zones} WHERE v.plan_id = %(plan)s
)
SELECT z.feature_id AS id, z.designation, z.functional_zone, ST_Area(z.geom) AS area, coalesce(b.built, 0) AS built,
  z.no_building, z.max_height, z.max_floors, z.max_coverage, z.max_floor_area_ratio, z.min_green_share,
  z.setback_front, z.setback_side, z.setback_rear
FROM zones AS z LEFT JOIN LATERAL (
  SELECT sum(CASE WHEN ST_Covers(z.geom, v.geom) THEN ST_Area(v.geom)
    ELSE ST_Area(ST_Intersection(z.geom, v.geom)) END) AS built
  FROM {buildings} WHERE v.geom && z.geom AND ST_Intersects(v.geom, z.geom)
) AS b ON true
ORDER BY z.functional_zone, z.feature_id
"""

_LINES: Final = """
SELECT v.feature_id AS id, v.line_kind, v.designation, v.building_side, ST_Length(v.geom) AS length
FROM {lines} WHERE v.plan_id = %(plan)s ORDER BY 2, 1
"""

_LOWER: Final = """
SELECT v.feature_id AS id, v.plan_type, v.process_step_general AS step, v.title_kk, v.title_ru
FROM {plans} WHERE v.upper_plan_id = %(plan)s ORDER BY 1
"""
