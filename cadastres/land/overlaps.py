"""Rules on how areas of one layer lie to each other: none overlaps another, vertices on a common boundary are shared.

Two areas overlap when their intersection shrunk by T/2 is not empty: somewhere it is wider than T. The statements go
from cheap to exact: envelopes by index, envelopes' common part wider than T, interiors that meet, and only then the
intersection itself. Each pair is met at every moment at which both are in force.
"""

from typing import Final

from cadastres.land.model import PARCEL, QUARTER, ZONE
from gis.rules import Rule
from gis.text import Text

# Every pair that the act can have broken: of two proposed versions, one of which is not known to be clear, and of a
# proposed one and one that stays, of its own act or of others. Each arm is a join of its own: behind a union the index
# of places would not be reached, and all parcels would be looked at.
_PAIRS: Final = """
  SELECT p.feature_id, a.feature_id AS other_id, p.valid * a.valid AS valid, p.geom AS one, a.geom AS other
  FROM {unclear:LAYER} AS p JOIN {proposed:LAYER} AS a ON NEAR
  UNION ALL
  SELECT p.feature_id, a.feature_id, p.valid * a.valid, p.geom, a.geom
  FROM {proposed:LAYER} AS p JOIN {staying:LAYER} AS a ON NEAR
  UNION ALL
  SELECT p.feature_id, a.feature_id, p.valid * a.valid, p.geom, a.geom
  FROM {proposed:LAYER} AS p JOIN {untouched:LAYER} AS a ON NEAR
"""

_NEAR: Final = """a.geom && REACH AND a.valid && p.valid AND a.feature_id <> p.feature_id
    AND NOT p.abolished AND NOT a.abolished AND CONDITION"""

_OVERLAPS: Final = """
WITH near AS (PAIRS), common AS (
  SELECT feature_id, other_id, valid, ST_CollectionExtract(ST_Intersection(one, other), 3) AS place FROM near
  WHERE least(ST_XMax(one), ST_XMax(other)) - greatest(ST_XMin(one), ST_XMin(other)) > %(linear)s
    AND least(ST_YMax(one), ST_YMax(other)) - greatest(ST_YMin(one), ST_YMin(other)) > %(linear)s
    AND ST_Relate(one, other, 'T********')
)
SELECT DISTINCT ON (least(feature_id, other_id), greatest(feature_id, other_id), valid)
  feature_id, other_id, valid, ST_Area(place) AS amount, place, NULL::text AS detail
FROM common WHERE NOT ST_IsEmpty(place) AND NOT ST_IsEmpty(ST_Buffer(place, -%(linear)s::float8 / 2))
ORDER BY least(feature_id, other_id), greatest(feature_id, other_id), valid, feature_id
"""


def _pairs(layer: str, reach: str, condition: str = "true") -> str:
    near = _NEAR.replace("REACH", reach).replace("CONDITION", condition)
    return _PAIRS.replace("LAYER", layer).replace("NEAR", near)


def overlapping(layer: str, condition: str = "true") -> str:
    """Return the statement of a rule: no two features ``p``, ``a`` of a layer that meet a condition overlap."""
    return _OVERLAPS.replace("PAIRS", _pairs(layer, "p.geom", condition))


PARCELS: Final = Rule(
    id="land.parcel.no-overlap",
    severity="error",
    statement=Text(
        kk="Жер учаскелері бірін-бірі баспауы тиіс.",
        ru="Земельные участки не должны накладываться друг на друга.",
        en="Land parcels must not overlap.",
    ),
    watches=(PARCEL.name,),
    sql=overlapping(PARCEL.name),
    basis="ISO 19152-1:2024; INSPIRE D2.8.I.6, 5.2",
    tested_by="tests/cadastres/land/test_no_overlap.py",
)

# What was derived from parcels lies over its neighbour exactly where parcels do, and that is said of the parcels.
QUARTERS: Final = Rule(
    id="land.quarter.no-overlap",
    severity="error",
    statement=Text(
        kk="Есептік орамдар бірін-бірі баспауы тиіс.",
        ru="Учётные кварталы не должны накладываться друг на друга.",
        en="Accounting quarters must not overlap.",
    ),
    watches=(QUARTER.name,),
    sql=overlapping(QUARTER.name, "NOT (coalesce(p.derived, false) AND coalesce(a.derived, false))"),
    tested_by="tests/cadastres/land/test_quarters.py",
)

ZONES: Final = Rule(
    id="land.zone.no-overlap",
    severity="error",
    statement=Text(
        kk="Бір түрдегі аймақтар бірін-бірі баспауы тиіс: жердің бір ғана санаты мен пайдаланылуы болады.",
        ru="Зоны одного вида не должны накладываться: у земли одна категория и одно разрешённое использование.",
        en="Zones of one kind must not overlap: land has one category and one permitted use.",
    ),
    watches=(ZONE.name,),
    sql=overlapping(ZONE.name, "p.kind = a.kind AND NOT (coalesce(p.derived, false) AND coalesce(a.derived, false))"),
    tested_by="tests/cadastres/land/test_zones.py",
)

# A vertex is matched when the neighbour has the very same one. Lying on the neighbour's edge it is a T-junction, which
# is allowed; reprojection bends long edges by a fraction of a millimetre, hence T/10. In between something is amiss.
_VERTICES: Final = """
WITH near AS (PAIRS), vertex AS (
  SELECT feature_id, other_id, valid, (ST_DumpPoints(one)).geom AS vertex, other AS facing FROM near
  UNION ALL
  SELECT feature_id, other_id, valid, (ST_DumpPoints(other)).geom, one FROM near
), close AS (
  SELECT *, ST_Distance(vertex, ST_Boundary(facing)) AS gap FROM vertex
  WHERE vertex && ST_Expand(facing, %(linear)s) AND ST_DWithin(vertex, ST_Boundary(facing), %(linear)s)
), unmatched AS (
  SELECT feature_id, other_id, valid, vertex, CASE WHEN nearest <= %(linear)s THEN nearest ELSE gap END AS amount
  FROM close
  CROSS JOIN LATERAL (SELECT ST_Distance(vertex, ST_Points(facing)) AS nearest) AS points
  WHERE (nearest > 1e-6 AND nearest <= %(linear)s) OR (nearest > %(linear)s AND gap > %(linear)s::float8 / 10)
)
SELECT min(feature_id) AS feature_id, max(other_id) AS other_id, valid, max(amount) AS amount,
  ST_Collect(DISTINCT vertex) AS place, count(DISTINCT vertex) || ' unmatched' AS detail
FROM unmatched GROUP BY least(feature_id, other_id), greatest(feature_id, other_id), valid
ORDER BY 1, 2
"""

VERTICES: Final = Rule(
    id="land.parcel.vertices-match",
    severity="warning",
    statement=Text(
        kk="Іргелес учаскелердің ортақ шекарасындағы нүктелері бірдей болуы тиіс.",
        ru="Точки общей границы соседних участков должны совпадать.",
        en="Adjoining parcels should share the vertices of their common boundary.",
    ),
    watches=(PARCEL.name,),
    sql=_VERTICES.replace("PAIRS", _pairs(PARCEL.name, "ST_Expand(p.geom, %(linear)s)")),
    basis="ISO 19152-2",
    tested_by="tests/cadastres/land/test_vertices_match.py",
)

RULES: Final = (PARCELS, VERTICES, QUARTERS, ZONES)
