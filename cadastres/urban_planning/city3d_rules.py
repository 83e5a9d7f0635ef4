"""What the register's order demands of objects in three dimensions.

A solid's flaws are found face by face when its shape is taken in (:mod:`gis.solid_flaws`) and stand beside the shape;
the rules read them there, so that a load and an act are held to the same.
"""

from collections.abc import Sequence
from typing import Final

from cadastres.urban_planning.city3d_model import CITY_OBJECT
from gis.rules import Rule, Severity
from gis.text import Text

_TESTED: Final = "tests/cadastres/urban_planning/test_city3d_rules.py"

_FLAWS: Final = """
SELECT p.feature_id, NULL::bigint AS other_id, p.valid, (f.flaw ->> 'amount')::float8 AS amount,
  ST_SetSRID(ST_MakePoint((f.flaw -> 'place' ->> 0)::float8, (f.flaw -> 'place' ->> 1)::float8), ST_SRID(p.geom))
    AS place,
  format('%%s: %%s', f.flaw ->> 'code', f.flaw ->> 'where') AS detail
FROM {proposed:urban_planning.city_object} AS p CROSS JOIN LATERAL jsonb_array_elements(p.flaws::jsonb) AS f (flaw)
WHERE NOT p.abolished AND p.flaws IS NOT NULL AND f.flaw ->> 'code' IN (CODES)
"""


def _of_flaws(name: str, severity: Severity, codes: Sequence[str], statement: Text) -> Rule:
    listed = ", ".join(f"'{code}'" for code in codes)
    return Rule(
        id=f"urban_planning.city-object.{name}",
        severity=severity,
        statement=statement,
        watches=(CITY_OBJECT.name,),
        sql=_FLAWS.replace("CODES", listed),
        basis="ISO 19107:2019 (GM_Solid), CityJSON 2.0",
        tested_by=f"{_TESTED}::test_flaws_of_a_solid_are_told_by_face",
    )


CLOSED: Final = _of_flaws(
    "closed",
    "error",
    ("open-edge",),
    Text(
        kk="Дене тұйық болуы тиіс: әр қыр дәл екі бетке ортақ.",
        ru="Тело должно быть замкнуто: каждое ребро принадлежит ровно двум граням.",
        en="A solid must be closed: each edge belongs to exactly two faces.",
    ),
)
ORIENTED: Final = _of_flaws(
    "oriented",
    "error",
    ("inverted-face", "inside-out"),
    Text(
        kk="Дененің беттері сыртқа қарауы тиіс.",
        ru="Грани тела должны быть обращены наружу.",
        en="The faces of a solid must look outwards.",
    ),
)
SIMPLE: Final = _of_flaws(
    "simple",
    "error",
    ("degenerate-face", "self-crossing-face", "shared-edge", "crossing-faces"),
    Text(
        kk="Беттердің ауданы болуы тиіс; олар өзін де, бірін-бірі де қимайды.",
        ru="Грани должны иметь площадь и не пересекать ни себя, ни друг друга.",
        en="Faces must have an area, and cross neither themselves nor each other.",
    ),
)
PLANAR: Final = _of_flaws(
    "planar",
    "warning",
    ("not-planar",),
    Text(
        kk="Беттің барлық нүктелері төзімділік шегінде бір жазықтықта жатуы керек.",
        ru="Все точки грани должны лежать в одной плоскости в пределах допуска.",
        en="All points of a face should lie in one plane within the tolerance.",
    ),
)

UNIQUE: Final = Rule(
    id="urban_planning.city-object.unique",
    severity="error",
    statement=Text(
        kk="Бір мезгілде күшіндегі нысандардың белгілері қайталанбауы тиіс.",
        ru="Идентификаторы одновременно действующих объектов не должны повторяться.",
        en="Objects in force at one time must have different identifiers.",
    ),
    watches=(CITY_OBJECT.name,),
    sql="""
SELECT p.feature_id, o.feature_id AS other_id, p.valid * o.valid AS valid, NULL::float8 AS amount,
  p.geom AS place, p.gml_id AS detail
FROM {proposed:urban_planning.city_object} AS p
JOIN {after:urban_planning.city_object} AS o
  ON o.gml_id = p.gml_id AND o.feature_id <> p.feature_id AND o.valid && p.valid
WHERE NOT p.abolished AND NOT o.abolished
""",
    tested_by=f"{_TESTED}::test_two_objects_of_one_identifier_are_refused",
)

# Each span in which the whole is not in force is told by itself.
PART_OF: Final = Rule(
    id="urban_planning.city-object.part-of",
    severity="error",
    statement=Text(
        kk="Нысан бөлігі болып табылатын тұтас нысан бөліктің бүкіл мерзімінде күшінде болуы тиіс.",
        ru="Объект, частью которого является другой, должен действовать всё время действия части.",
        en="The object of which another is a part must be in force as long as its part.",
    ),
    watches=(CITY_OBJECT.name,),
    sql="""
WITH part AS MATERIALIZED (
  SELECT feature_id, valid, parent_id, geom FROM {proposed:urban_planning.city_object} AS p
  WHERE NOT abolished AND parent_id IS NOT NULL
), life AS MATERIALIZED (
  SELECT w.gml_id, range_agg(w.valid) AS valid
  FROM (SELECT DISTINCT parent_id FROM part) AS n JOIN {after:urban_planning.city_object} AS w ON w.gml_id = n.parent_id
  WHERE NOT w.abolished GROUP BY 1
)
SELECT p.feature_id, NULL::bigint AS other_id, span AS valid, NULL::float8 AS amount, p.geom AS place,
  p.parent_id AS detail
FROM part AS p LEFT JOIN life AS l ON l.gml_id = p.parent_id
CROSS JOIN LATERAL unnest(tstzmultirange(p.valid) - coalesce(l.valid, '{}')) AS span
""",
    tested_by=f"{_TESTED}::test_a_part_without_its_whole_is_refused",
)

ON_BUILDING: Final = Rule(
    id="urban_planning.city-object.on-building",
    severity="warning",
    statement=Text(
        kk="Үшөлшемді нысан өзі бейнелейтін ғимараттың үстінде жатуы керек.",
        ru="Трёхмерный объект должен лежать на здании, которое он изображает.",
        en="An object in three dimensions should lie upon the building that it depicts.",
    ),
    watches=(CITY_OBJECT.name,),
    sql="""
SELECT p.feature_id, b.feature_id AS other_id, p.valid * b.valid AS valid, NULL::float8 AS amount,
  p.geom AS place, NULL::text AS detail
FROM {proposed:urban_planning.city_object} AS p
JOIN {after:real_estate.building} AS b ON b.feature_id = p.building_id AND b.valid && p.valid
WHERE NOT p.abolished AND NOT b.abolished AND NOT ST_Intersects(p.geom, b.geom)
""",
    tested_by=f"{_TESTED}::test_an_object_beside_its_building_is_told",
)

RULES: Final[tuple[Rule, ...]] = (CLOSED, ORIENTED, SIMPLE, PLANAR, UNIQUE, PART_OF, ON_BUILDING)
"""The rules of the city in three dimensions."""
