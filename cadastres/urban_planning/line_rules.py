"""Rules of the lines of urban regulation.

A building that crosses one is not refused: many stood there before the line came, and more were built in spite of it.
The crossing stands on record until the building or the line is moved (invariant 40).
"""

from typing import Final

from cadastres.real_estate.model import BUILDING
from cadastres.urban_planning.line_model import BOTH, REGULATION_LINE
from cadastres.urban_planning.plan_model import IN_FORCE
from gis.rules import Rule
from gis.text import Text

# The state that an act leaves is judged: a past crossing that has ended is none. Features that the act touches are
# taken whole, so that what stays of them is not mistaken for healed.
_STANDING: Final = "NOT V.abolished AND upper_inf(V.valid)"
_BARS: Final = f"{_STANDING} AND V.process_step_general = '{IN_FORCE}' AND V.building_side <> '{BOTH}'"

_CROSSES: Final = f"""
WITH buildings AS MATERIALIZED (
  SELECT feature_id, valid, geom FROM {{proposed:real_estate.building}} AS b WHERE {_STANDING.replace("V.", "b.")}
  UNION ALL
  SELECT feature_id, valid, geom FROM {{staying:real_estate.building}} AS b WHERE {_STANDING.replace("V.", "b.")}
), lines AS MATERIALIZED (
  SELECT feature_id, valid, geom, line_kind FROM {{proposed:urban_planning.regulation_line}} AS l
  WHERE {_BARS.replace("V.", "l.")}
  UNION ALL
  SELECT feature_id, valid, geom, line_kind FROM {{staying:urban_planning.regulation_line}} AS l
  WHERE {_BARS.replace("V.", "l.")}
), pairs AS (
  SELECT b.feature_id, l.feature_id AS other_id, b.valid * l.valid AS valid, b.geom AS ground, l.geom AS line,
    l.line_kind
  FROM buildings AS b JOIN lines AS l ON l.geom && b.geom
  UNION ALL
  SELECT b.feature_id, l.feature_id, b.valid * l.valid, b.geom, l.geom, l.line_kind
  FROM buildings AS b JOIN {{untouched:urban_planning.regulation_line}} AS l ON l.geom && b.geom
  WHERE {_BARS.replace("V.", "l.")}
  UNION ALL
  SELECT b.feature_id, l.feature_id, b.valid * l.valid, b.geom, l.geom, l.line_kind
  FROM lines AS l JOIN {{untouched:real_estate.building}} AS b ON b.geom && l.geom
  WHERE {_STANDING.replace("V.", "b.")}
), common AS (
  SELECT *, ST_CollectionExtract(ST_Intersection(line, ground), 2) AS place FROM pairs WHERE ST_Intersects(line, ground)
)
SELECT feature_id, other_id, valid, ST_Length(place) AS amount, place, line_kind AS detail FROM common
WHERE ST_Intersects(place, ST_Buffer(ground, -%(linear)s::float8 / 2))
"""  # noqa: S608 - pieces of the engine's own

CROSSED: Final = Rule(
    id="urban_planning.regulation-line.crossed",
    severity="recorded",
    statement=Text(
        kk="Ғимарат күшіндегі қызыл сызықты не өзге реттеу сызығын қимауы тиіс; қиылысу бұзушылық ретінде жазылады.",
        ru="Здание не должно пересекать действующую красную или иную линию регулирования; пересечение записывается "
        "как нарушение.",
        en="A building must not cross a red line or other regulation line in force; a crossing is recorded as a "
        "violation.",
    ),
    watches=(BUILDING.name, REGULATION_LINE.name),
    sql=_CROSSES,
    basis="Construction Code of the Republic of Kazakhstan No. 253-VIII of 09.01.2026",
    tested_by="tests/cadastres/urban_planning/test_line_rules.py::test_a_building_that_crosses_is_recorded",
)

OFFSET: Final = Rule(
    id="urban_planning.regulation-line.offset",
    severity="error",
    statement=Text(
        kk="Құрылыс салу сызығының қызыл сызықтан шегінісі теріс болмайды.",
        ru="Отступ линии застройки от красной линии не бывает отрицательным.",
        en="The offset of a building line from the red line is not below zero.",
    ),
    watches=(REGULATION_LINE.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, offset_distance AS amount, NULL::geometry AS place,
  offset_distance::text AS detail
FROM {proposed:urban_planning.regulation_line} AS p WHERE NOT abolished AND offset_distance < 0
""",
    tested_by="tests/cadastres/urban_planning/test_line_rules.py::test_an_offset_is_not_negative",
)

RULES: Final = (CROSSED, OFFSET)
"""Every rule of the lines."""
