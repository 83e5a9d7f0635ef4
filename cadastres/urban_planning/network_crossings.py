"""Every place of an area at which two networks come nearer than the norm of the day, in plan or in depth."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import shapely
from psycopg import Connection, sql
from psycopg.rows import dict_row
from shapely.geometry.base import BaseGeometry

from cadastres.urban_planning.network_model import CLEARANCE, NETWORK_LINE
from cadastres.urban_planning.network_nearness import APART, MEASURED, told
from gis.instant import Reading, versions_at


@dataclass(frozen=True, slots=True, kw_only=True)
class TooNear:
    """Two lines that come too near, or may do.

    Attributes:
        nearness: ``plan``: they run side by side; ``depth``: they cross.
        gap: between their edges in plan, or between the lower one's top and the upper one's bottom [m]; ``None`` where
            a depth is not on record.
        least: what the norm asks [m].
        place: where, in the city's projected system: the nearer part of the first line, or where they cross.
        norm: feature id of the norm; ``basis`` the act that it cites.
    """

    one: int
    other: int
    one_network: str
    other_network: str
    nearness: str
    gap: float | None
    least: float
    place: BaseGeometry
    norm: int
    basis: str | None
    confirmed: bool


def clearances(connection: Connection, reading: Reading) -> list[dict[str, Any]]:
    """Return the norms in force, each with its ``id`` and the fields of its layer, by networks."""
    statement = sql.SQL(
        "SELECT v.feature_id AS id, {names} FROM {versions} ORDER BY v.one_network, v.other_network, v.feature_id"
    ).format(
        names=sql.SQL(", ").join(sql.Identifier("v", f.name) for f in CLEARANCE.fields),
        versions=versions_at(CLEARANCE, reading),
    )
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, reading.parameters).fetchall()


def too_near(
    connection: Connection, reading: Reading, area: BaseGeometry, srid: int, tolerance: float, *, unknown: bool = False
) -> Iterator[TooNear]:
    """Yield the pairs of lines in an area that come nearer than the norms in force allow, by ids.

    Args:
        connection: of a reader.
        reading: when, as known when, with which draft.
        area: in the city's projected system; a pair counts where one of its lines enters the area.
        srid: of that system.
        tolerance: T [m].
        unknown: tell also of crossings whose depths are not on record.
    """
    statement = sql.SQL(_FOUND).format(lines=versions_at(NETWORK_LINE, reading), norms=versions_at(CLEARANCE, reading))
    parameters = {
        **reading.parameters,
        "area": shapely.to_wkb(area),
        "srid": srid,
        "linear": tolerance,
        "unknown": unknown,
    }
    with connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(statement, parameters):
            yield _read(row)


def _read(row: dict[str, Any]) -> TooNear:
    return TooNear(**{**row, "place": shapely.from_wkb(row["place"])})


# The pairs of the area's lines are joined by place; how far, the widest norm tells. Of a pair within the area, the line
# of the lower id comes first.
_FOUND: Final = f"""
WITH norm AS MATERIALIZED (
  SELECT v.* FROM {{norms}}
), reach AS MATERIALIZED (
  SELECT coalesce(max(min_horizontal), 0) AS reach FROM norm
), there AS MATERIALIZED (
  SELECT v.* FROM {{lines}} CROSS JOIN (SELECT ST_GeomFromWKB(%(area)s, %(srid)s)) AS sought (area)
  WHERE v.geom && area AND ST_Intersects(v.geom, area) AND v.current_status <> 'decommissioned'
), met AS (
  SELECT {told("p", "one")}, {told("v", "other")}, p.valid * v.valid AS valid
  FROM there AS p JOIN {{lines}}
    ON v.geom && ST_Expand(p.geom, (SELECT reach FROM reach) + coalesce(p.half_width, 0) + 3)
  WHERE v.feature_id <> p.feature_id AND v.current_status <> 'decommissioned'
    AND (v.feature_id > p.feature_id OR NOT EXISTS (SELECT FROM there AS t WHERE t.feature_id = v.feature_id))
), pair AS (
  SELECT * FROM met WHERE {APART}
), {MEASURED}, near AS (
  SELECT one_feature_id, other_feature_id, one_utility_network_type, other_utility_network_type, nearness, gap, least,
    place, norm_id, legal_basis, confirmed FROM beside
  UNION ALL
  SELECT one_feature_id, other_feature_id, one_utility_network_type, other_utility_network_type, nearness, gap, least,
    place, norm_id, legal_basis, confirmed FROM over
  WHERE gap < least - %(linear)s OR (%(unknown)s AND gap IS NULL)
)
SELECT one_feature_id AS one, other_feature_id AS other, one_utility_network_type AS one_network,
  other_utility_network_type AS other_network, nearness, gap, least, ST_AsBinary(place) AS place, norm_id AS norm,
  legal_basis AS basis, confirmed
FROM near ORDER BY 1, 2, ST_XMin(place), ST_YMin(place)
"""  # noqa: S608 - composed of constants
