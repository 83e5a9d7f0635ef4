"""What the law and the register's own order forbid of buildings, premises, rooms and the addresses given to them.

What stands in the way of carrying rights over is in :mod:`cadastres.real_estate.carrying_rules`, what verbs hold by
themselves in :mod:`cadastres.real_estate.object_guards`. Buildings that the register never numbered, drawn from a map
say, are not judged by their characteristics.
"""

from typing import Final

from cadastres.land.model import PARCEL
from cadastres.real_estate import addressing_rules, carrying_rules, object_guards
from cadastres.real_estate.model import BUILDING, PREMISES, ROOM
from cadastres.real_estate.reaching import after
from gis.rules import Rule
from gis.text import Text

_TESTS: Final = "tests/cadastres/real_estate/"
_ORDER: Final = "Order of the Minister of Justice of the Republic of Kazakhstan No. 156 of 06.05.2013"

# What stands without end is judged: the state that an act leaves. A parcel's first version takes no ground from below a
# building; a later one may.
_BEYOND: Final = """
SELECT feature_id, NULL::bigint AS other_id, valid, ST_Area(place) AS amount, place, NULL::text AS detail FROM (
  SELECT b.feature_id, b.valid, coalesce(ST_Difference(b.geom, ground.geom), b.geom) AS place
  FROM BUILDINGS AS b CROSS JOIN LATERAL (
    SELECT ST_Union(p.geom) AS geom FROM (
      SELECT geom FROM {proposed:land.parcel} AS a WHERE geom && b.geom AND upper_inf(valid) AND NOT abolished
      UNION ALL
      SELECT geom FROM {staying:land.parcel} AS a WHERE geom && b.geom AND upper_inf(valid) AND NOT abolished
      UNION ALL
      SELECT geom FROM {untouched:land.parcel} AS a WHERE geom && b.geom AND upper_inf(valid) AND NOT abolished
    ) AS p
  ) AS ground
) AS beyond WHERE NOT ST_IsEmpty(place) AND NOT ST_IsEmpty(ST_Buffer(place, -%(linear)s::float8 / 2))
"""
_JUDGED: Final = "NOT b.abolished AND upper_inf(b.valid) AND b.building_number IS NOT NULL"
_MOVED: Final = f"(SELECT b.* FROM {{proposed:real_estate.building}} AS b WHERE {_JUDGED})"  # noqa: S608
_SHAKEN: Final = f"""(SELECT DISTINCT ON (b.feature_id) b.* FROM {{proposed:land.parcel}} AS ground
  JOIN {{untouched:real_estate.building}} AS b ON b.geom && ground.geom
  WHERE ground.version > 1 AND {_JUDGED})"""  # noqa: S608 - pieces of the engine's own

WITHIN_PARCELS: Final = Rule(
    id="real_estate.building.within-parcels",
    severity="warning",
    statement=Text(
        kk="Ғимарат өз жер учаскесінің (учаскелерінің) шегінде тұруы керек.",
        ru="Здание должно стоять в пределах своего земельного участка (участков).",
        en="A building should stand within its parcel or parcels.",
    ),
    watches=(BUILDING.name, PARCEL.name),
    sql=" UNION ALL ".join(_BEYOND.replace("BUILDINGS", source) for source in (_MOVED, _SHAKEN)),
    tested_by=f"{_TESTS}test_objects_buildings.py::test_a_building_left_beyond_its_parcels_is_noted",
)

_CHARACTERISTICS: Final = """
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place, TOLD AS detail
FROM {proposed:LAYER} AS v WHERE NOT abolished AND CONDITION
"""


def _characteristic(layer: str, condition: str, told: str) -> str:
    numbered = "building_number IS NOT NULL AND " if layer == BUILDING.name else ""
    parts = {"LAYER": layer, "CONDITION": f"{numbered}({condition})", "TOLD": told}
    statement = _CHARACTERISTICS
    for name, part in parts.items():
        statement = statement.replace(name, part)
    return statement


BUILDING_NUMBER: Final = Rule(
    id="real_estate.building.number",
    severity="warning",
    statement=Text(
        kk="Ғимараттың нөмірі өзі тұрған учаскенің нөмірінен басталуы және «учаске:ғимарат/литер» түрінде болуы керек.",
        ru="Номер здания должен начинаться с номера его участка и иметь вид «участок:здание/литер».",
        en="A building's number should extend its parcel's, in the form parcel:building/letter.",
    ),
    watches=(BUILDING.name,),
    sql=_characteristic(
        BUILDING.name,
        "building_number !~ '^[0-9]{11,14}:[1-9][0-9]{0,4}(/[А-ЯЁӘҒҚҢӨҰҮҺІ]{1,3}[0-9]{0,3})?$' "
        "OR split_part(building_number, ':', 1) <> parcel_number",
        "concat_ws(' / ', building_number, parcel_number)",
    ),
    basis=_ORDER,
    tested_by=f"{_TESTS}test_objects_rules.py::test_numbers_that_do_not_agree_are_noted",
)

PREMISES_NUMBER: Final = Rule(
    id="real_estate.premises.number",
    severity="warning",
    statement=Text(
        kk="Үй-жайдың нөмірі өз ғимаратының нөмірінен басталуы керек.",
        ru="Номер помещения должен начинаться с номера его здания.",
        en="The number of premises should extend their building's.",
    ),
    watches=(PREMISES.name, BUILDING.name),
    sql=f"""
WITH homes AS MATERIALIZED (
  SELECT building_id AS feature_id, building_id FROM {{proposed:real_estate.premises}} AS p WHERE NOT abolished
  UNION
  SELECT feature_id, feature_id FROM {{proposed:real_estate.building}} AS b
  WHERE building_number IS NOT NULL AND version > 1
), inside AS MATERIALIZED (
  {after(PREMISES.name, "building_id", "homes", "a.feature_id, a.building_id, a.premises_number, a.valid")}
), buildings AS MATERIALIZED (
  {after(BUILDING.name, "feature_id", "homes", "a.feature_id, a.building_number, a.valid")}
)
SELECT p.feature_id, b.feature_id AS other_id, p.valid * b.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, concat(p.premises_number, ' / ', b.building_number) AS detail
FROM inside AS p JOIN buildings AS b ON b.feature_id = p.building_id AND b.valid && p.valid
WHERE b.building_number IS NOT NULL AND p.premises_number !~ ('^' || b.building_number || ':[1-9][0-9]{{0,4}}$')
""",  # noqa: S608 - pieces of the engine's own
    basis=_ORDER,
    tested_by=f"{_TESTS}test_objects_rules.py::test_numbers_that_do_not_agree_are_noted",
)

BUILDING_AREAS: Final = Rule(
    id="real_estate.building.areas",
    severity="error",
    statement=Text(
        kk="Ғимараттың аудандары мен көлемі нөлден үлкен, тұрғын және пайдалы ауданы жалпы ауданынан аспауы тиіс.",
        ru="Площади и объём здания больше нуля; жилая и полезная площадь не превышают общую.",
        en="A building's areas and volume are above zero; living and useful areas don't exceed the total.",
    ),
    watches=(BUILDING.name,),
    sql=_characteristic(
        BUILDING.name,
        "total_area <= 0 OR living_area < 0 OR useful_area < 0 OR volume <= 0 OR height_above_ground <= 0 "
        "OR living_area > total_area OR useful_area > total_area",
        "concat_ws(' / ', total_area, useful_area, living_area, volume)",
    ),
    tested_by=f"{_TESTS}test_objects_rules.py::test_characteristics_of_buildings",
)

FLOORS: Final = Rule(
    id="real_estate.building.floors",
    severity="error",
    statement=Text(
        kk="Қабаттар саны: жер үстінде 1–200, жер астында 0–20.",
        ru="Число этажей: надземных от 1 до 200, подземных от 0 до 20.",
        en="Floors above ground number 1 to 200, below ground 0 to 20.",
    ),
    watches=(BUILDING.name,),
    sql=_characteristic(
        BUILDING.name,
        "number_of_floors_above_ground NOT BETWEEN 1 AND 200 OR number_of_floors_below_ground NOT BETWEEN 0 AND 20",
        "concat_ws(' / ', number_of_floors_above_ground, number_of_floors_below_ground)",
    ),
    tested_by=f"{_TESTS}test_objects_rules.py::test_characteristics_of_buildings",
)

WEAR: Final = Rule(
    id="real_estate.building.wear",
    severity="error",
    statement=Text(
        kk="Тозу 0-ден 100 пайызға дейін болады.",
        ru="Износ составляет от 0 до 100 процентов.",
        en="Wear lies between 0 and 100 per cent.",
    ),
    watches=(BUILDING.name,),
    sql=_characteristic(BUILDING.name, "wear NOT BETWEEN 0 AND 100", "wear::text"),
    tested_by=f"{_TESTS}test_objects_rules.py::test_characteristics_of_buildings",
)

SURVEYED: Final = Rule(
    id="real_estate.building.surveyed",
    severity="error",
    statement=Text(
        kk="Тексеру күні мен салынған жыл болашақта болмауы тиіс; тексеру салынған жылдан бұрын болмайды.",
        ru="Дата обследования и год постройки не могут быть в будущем; обследование не раньше года постройки.",
        en="Neither the survey nor the year of construction lies in the future; no survey precedes construction.",
    ),
    watches=(BUILDING.name,),
    sql=_characteristic(
        BUILDING.name,
        "survey_date > (now() AT TIME ZONE %(zone)s)::date "
        "OR year_of_construction > extract(year FROM now() AT TIME ZONE %(zone)s) "
        "OR extract(year FROM survey_date) < year_of_construction",
        "concat_ws(' / ', survey_date, year_of_construction)",
    ),
    tested_by=f"{_TESTS}test_objects_rules.py::test_characteristics_of_buildings",
)

PREMISES_AREAS: Final = Rule(
    id="real_estate.premises.areas",
    severity="error",
    statement=Text(
        kk="Үй-жайдың ауданы мен бөлмелер саны теріс болмайды; тұрғын ауданы жалпы ауданынан аспауы тиіс.",
        ru="Площадь помещения больше нуля, число комнат не отрицательно; жилая площадь не превышает общую.",
        en="Premises have an area above zero and rooms from none up; the living area doesn't exceed the total.",
    ),
    watches=(PREMISES.name,),
    sql=_characteristic(
        PREMISES.name,
        "total_area <= 0 OR living_area < 0 OR living_area > total_area OR number_of_rooms < 0",
        "concat_ws(' / ', total_area, living_area, number_of_rooms)",
    ),
    tested_by=f"{_TESTS}test_objects_rules.py::test_characteristics_of_premises",
)

PREMISES_FLOOR: Final = Rule(
    id="real_estate.premises.floor",
    severity="warning",
    statement=Text(
        kk="Үй-жайдың қабаты ғимарат қабаттарының бірі болуы керек.",
        ru="Этаж помещения должен быть одним из этажей здания.",
        en="The floor of premises should be one of their building's.",
    ),
    watches=(PREMISES.name,),
    sql=f"""
WITH placed AS MATERIALIZED (
  SELECT feature_id AS id, building_id AS feature_id, floor, valid
  FROM {{proposed:real_estate.premises}} AS p WHERE NOT abolished AND floor IS NOT NULL
), buildings AS MATERIALIZED (
  {
        after(
            BUILDING.name,
            "feature_id",
            "placed",
            "a.feature_id, a.number_of_floors_above_ground AS top, a.number_of_floors_below_ground AS bottom, a.valid",
        )
    }
)
SELECT p.id AS feature_id, b.feature_id AS other_id, p.valid * b.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, concat(p.floor, ': ', -b.bottom, ' .. ', b.top) AS detail
FROM placed AS p JOIN buildings AS b USING (feature_id)
WHERE b.valid && p.valid AND (p.floor > b.top OR p.floor < -b.bottom)
""",  # noqa: S608 - pieces of the engine's own
    tested_by=f"{_TESTS}test_objects_rules.py::test_characteristics_of_premises",
)

ROOM_INSIDE: Final = Rule(
    id="real_estate.room.inside-building",
    severity="error",
    statement=Text(
        kk="Бөлме өз ғимаратының сыртқы пішінінің ішінде жатуы тиіс.",
        ru="Комната должна лежать внутри контура своего здания.",
        en="A room must lie inside the outline of its building.",
    ),
    watches=(ROOM.name,),
    sql=f"""
WITH drawn AS MATERIALIZED (
  SELECT feature_id AS id, premises_id AS feature_id, geom, valid
  FROM {{proposed:real_estate.room}} AS r WHERE NOT abolished
), homes AS MATERIALIZED (
  {after(PREMISES.name, "feature_id", "drawn", "a.feature_id AS premises, a.building_id AS feature_id, a.valid")}
), outlines AS MATERIALIZED (
  {after(BUILDING.name, "feature_id", "homes", "a.feature_id, a.geom, a.valid")}
), outside AS (
  SELECT d.id, b.feature_id AS building, d.valid * h.valid * b.valid AS valid, ST_Difference(d.geom, b.geom) AS place
  FROM drawn AS d JOIN homes AS h ON h.premises = d.feature_id AND h.valid && d.valid
  JOIN outlines AS b ON b.feature_id = h.feature_id AND b.valid && d.valid * h.valid
  WHERE NOT ST_Covers(b.geom, d.geom)
)
SELECT id AS feature_id, building AS other_id, valid, ST_Area(place) AS amount, place, NULL::text AS detail
FROM outside WHERE NOT ST_IsEmpty(ST_Buffer(place, -%(linear)s::float8 / 2))
""",  # noqa: S608 - pieces of the engine's own
    tested_by=f"{_TESTS}test_objects_premises.py::test_rooms_lie_inside_and_apart",
)

_PAIRS: Final = " UNION ALL ".join(
    f"""
SELECT d.id, o.feature_id AS other, d.premises_id, o.premises_id AS others, d.valid * o.valid AS valid,
  ST_Intersection(d.geom, o.geom) AS place
FROM drawn AS d JOIN {{{relation}:real_estate.room}} AS o ON o.geom && d.geom AND o.valid && d.valid
WHERE NOT o.abolished AND {condition} AND ST_Relate(d.geom, o.geom, 'T********')"""  # noqa: S608
    for relation, condition in (
        ("proposed", "o.feature_id > d.id"),
        ("staying", "o.feature_id <> d.id"),
        ("untouched", "true"),
    )
)

# Rooms of other premises lie below or above unless both are on one floor of one building.
ROOMS_APART: Final = Rule(
    id="real_estate.room.apart",
    severity="error",
    statement=Text(
        kk="Бір үй-жайдың не бір қабаттағы үй-жайлардың бөлмелері бірін-бірі баспауы тиіс.",
        ru="Комнаты одного помещения или помещений одного этажа не должны накладываться.",
        en="Rooms of the same premises, or of premises on one floor, must not overlap.",
    ),
    watches=(ROOM.name,),
    sql=f"""
WITH drawn AS MATERIALIZED (
  SELECT feature_id AS id, premises_id, geom, valid FROM {{proposed:real_estate.room}} AS r WHERE NOT abolished
), pairs AS MATERIALIZED ({_PAIRS}), met AS MATERIALIZED (
  SELECT * FROM pairs WHERE NOT ST_IsEmpty(ST_Buffer(place, -%(linear)s::float8 / 2))
), named AS (
  SELECT premises_id AS feature_id FROM met UNION SELECT others FROM met
), homes AS MATERIALIZED (
  {after(PREMISES.name, "feature_id", "named", "a.feature_id, a.building_id, a.floor, a.valid")}
)
SELECT m.id AS feature_id, m.other AS other_id, m.valid, ST_Area(m.place) AS amount, m.place, NULL::text AS detail
FROM met AS m
WHERE m.premises_id = m.others OR EXISTS (
  SELECT FROM homes AS a JOIN homes AS b ON b.building_id = a.building_id AND b.floor = a.floor
  WHERE a.feature_id = m.premises_id AND b.feature_id = m.others AND a.valid && m.valid AND b.valid && m.valid)
""",  # noqa: S608 - pieces of the engine's own
    tested_by=f"{_TESTS}test_objects_premises.py::test_rooms_lie_inside_and_apart",
)

ROOMS_SUM: Final = Rule(
    id="real_estate.room.area-sum",
    severity="warning",
    statement=Text(
        kk="Бөлмелер аудандарының қосындысы үй-жайдың жалпы ауданына сәйкес болуы керек.",
        ru="Сумма площадей комнат должна соответствовать общей площади помещения.",
        en="The areas of rooms should add up to the total area of the premises.",
    ),
    watches=(PREMISES.name, ROOM.name),
    sql=f"""
WITH named AS MATERIALIZED (
  SELECT premises_id, premises_id AS feature_id FROM {{proposed:real_estate.room}} AS r
  UNION
  SELECT feature_id, feature_id FROM {{proposed:real_estate.premises}} AS p WHERE NOT abolished
), rooms AS MATERIALIZED (
  {after(ROOM.name, "premises_id", "named", "a.premises_id, coalesce(a.area, ST_Area(a.geom)) AS area, a.valid")}
), homes AS MATERIALIZED (
  {after(PREMISES.name, "feature_id", "named", "a.feature_id, a.total_area, a.valid")}
), summed AS (
  SELECT h.feature_id, h.total_area, h.valid, (SELECT sum(r.area) FROM rooms AS r
    WHERE r.premises_id = h.feature_id AND upper_inf(r.valid)) AS found
  FROM homes AS h WHERE h.total_area > 0 AND upper_inf(h.valid)
)
SELECT feature_id, NULL::bigint AS other_id, valid, abs(found / total_area - 1) AS amount, NULL::geometry AS place,
  concat(round(found::numeric, 2), ' m2 / ', total_area, ' m2') AS detail
FROM summed WHERE abs(found - total_area) > %(area_computed_ratio)s * total_area
""",  # noqa: S608 - pieces of the engine's own
    tested_by=f"{_TESTS}test_objects_premises.py::test_areas_of_rooms_should_add_up",
)

RULES: Final = (
    *carrying_rules.RULES,
    *object_guards.RULES,
    WITHIN_PARCELS,
    BUILDING_NUMBER,
    PREMISES_NUMBER,
    BUILDING_AREAS,
    FLOORS,
    WEAR,
    SURVEYED,
    PREMISES_AREAS,
    PREMISES_FLOOR,
    ROOM_INSIDE,
    ROOMS_APART,
    ROOMS_SUM,
    *addressing_rules.RULES,
)
"""Every rule of buildings, premises, rooms, addresses given, and of carrying rights over."""
