"""What an accounting quarter holds: which one a place lies in, and where its parcels leave gaps."""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from psycopg import Connection, sql
from shapely import Polygon

from cadastres.land.model import PARCEL, QUARTER
from gis.instant import Reading, versions_at


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of a quarter that no parcel holds.

    Attributes:
        area: m² in the city's projected system.
        width: diameter of the largest circle in it, metres: a few centimetres tell of a bad fit, metres of a street.
        place: in the projected system.
        parcels: numbers of the parcels that it adjoins.
    """

    area: float
    width: float
    place: Polygon
    parcels: Sequence[str]


def quarter_at(connection: Connection, reading: Reading, place: Polygon, srid: int) -> str | None:
    """Return the code of the quarter in which an inner point of a place lies; ``None`` where there is no quarter."""
    inside = shapely.to_wkb(place.representative_point())
    statement = sql.SQL(_AT).format(quarters=versions_at(QUARTER, reading))
    row = connection.execute(statement, {**reading.parameters, "place": inside, "srid": srid}).fetchone()
    return None if row is None else str(row[0])


_AT = """
SELECT v.code FROM {quarters} CROSS JOIN (SELECT ST_GeomFromWKB(%(place)s, %(srid)s)) AS sought (place)
WHERE v.geom && sought.place AND ST_Intersects(v.geom, sought.place) ORDER BY v.code LIMIT 1
"""


def gaps(connection: Connection, reading: Reading, code: str, tolerance: float) -> list[Gap] | None:
    """Return the parts of a quarter that no parcel holds, narrowest first; ``None`` when there is no such quarter.

    What is nowhere wider than the tolerance is no gap.
    """
    parts = {"quarters": versions_at(QUARTER, reading), "parcels": versions_at(PARCEL, reading)}
    bound = {**reading.parameters, "code": code, "linear": tolerance}
    if connection.execute(sql.SQL(_KNOWN).format(**parts), bound).fetchone() is None:
        return None
    rows = connection.execute(sql.SQL(_GAPS).format(**parts), bound).fetchall()
    return [Gap(area, width, _polygon(place), parcels or ()) for area, width, place, parcels in rows]


def _polygon(stored: bytes) -> Polygon:
    found = shapely.from_wkb(bytes(stored))
    return found if isinstance(found, Polygon) else Polygon()


_KNOWN = "SELECT v.code FROM {quarters} WHERE v.code = %(code)s"
_GAPS = """
WITH quarter AS MATERIALIZED (SELECT v.geom FROM {quarters} WHERE v.code = %(code)s),
parcel AS MATERIALIZED (
  SELECT v.cadastral_number, v.geom FROM quarter AS q, {parcels}
  WHERE v.geom && q.geom AND ST_Intersects(v.geom, q.geom)
), part AS MATERIALIZED (
  SELECT (ST_Dump(CASE WHEN held.geom IS NULL THEN q.geom ELSE ST_Difference(q.geom, held.geom) END)).geom
  FROM quarter AS q CROSS JOIN (SELECT ST_Union(geom) AS geom FROM parcel) AS held
)
SELECT ST_Area(geom), 2 * (ST_MaximumInscribedCircle(geom)).radius AS width, ST_AsBinary(geom),
  (SELECT array_agg(p.cadastral_number ORDER BY p.cadastral_number) FROM parcel AS p
   WHERE p.geom && ST_Expand(part.geom, %(linear)s) AND ST_DWithin(p.geom, part.geom, %(linear)s))
FROM part WHERE NOT ST_IsEmpty(ST_Buffer(geom, -%(linear)s::float8 / 2)) ORDER BY width, ST_Area(geom)
"""
