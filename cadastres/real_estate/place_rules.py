"""Rules on where rights apply: land that can't be private, areas of servitudes, uses that exclude each other."""

from typing import Final

from cadastres.land.model import PARCEL
from cadastres.real_estate.reaching import after
from cadastres.real_estate.rights_model import RIGHT, RIGHT_AREA, SHARED_KINDS, UNIT_PART
from cadastres.real_estate.share_rules import listed
from gis.rules import Rule
from gis.text import Text

_TESTS: Final = "tests/cadastres/real_estate/test_rights_places.py::"

NOT_PRIVATE: Final = Rule(
    id="real_estate.right.not-private",
    severity="error",
    statement=Text(
        kk="Заң тыйым салған санаттағы не мақсаттағы жер жеке меншікте бола алмайды.",
        ru="Земля категорий и назначений, изъятых законом, не может быть в частной собственности.",
        en="Land of the categories and uses that the law excepts can't be in private ownership.",
    ),
    watches=(RIGHT.name, UNIT_PART.name, PARCEL.name),
    sql=f"""
WITH barred AS MATERIALIZED (
  SELECT feature_id AS object_id FROM {{proposed:land.parcel}} AS p
  WHERE NOT abolished AND (category = ANY (%(unownable_categories)s) OR permitted_use = ANY (%(unownable_uses)s))
), placed AS (
  {after(UNIT_PART.name, "object_id", "barred", "a.unit_id")}
), affected AS MATERIALIZED (
  SELECT unit_id FROM {{proposed:real_estate.right}} AS r WHERE kind = 'ownership' AND NOT abolished
  UNION
  SELECT unit_id FROM {{proposed:real_estate.unit_part}} AS u WHERE NOT abolished
  UNION
  SELECT unit_id FROM placed
), standing AS MATERIALIZED (
  {after(RIGHT.name, "unit_id", "affected", "a.feature_id, a.unit_id, a.kind, a.valid")}
), owned AS MATERIALIZED (
  SELECT * FROM standing WHERE kind = 'ownership'
), parts AS MATERIALIZED (
  {after(UNIT_PART.name, "unit_id", "owned", "a.unit_id, a.object_id, a.object_id AS feature_id, a.valid")}
), parcels AS MATERIALIZED (
  {after(PARCEL.name, "feature_id", "parts", "a.feature_id, a.category, a.permitted_use, a.valid")}
)
SELECT r.feature_id, p.feature_id AS other_id, r.valid * u.valid * p.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, concat_ws(' / ', p.category, p.permitted_use) AS detail
FROM owned AS r JOIN parts AS u USING (unit_id) JOIN parcels AS p ON p.feature_id = u.object_id
WHERE r.valid && u.valid AND p.valid && r.valid * u.valid
  AND (p.category = ANY (%(unownable_categories)s) OR p.permitted_use = ANY (%(unownable_uses)s))
""",  # noqa: S608 - pieces of the engine's own
    basis="Land Code of the Republic of Kazakhstan No. 442-II",
    tested_by=_TESTS + "test_no_private_ownership_where_the_law_bars_it",
)

# Parcels are looked at in each span of time in which neither they nor the unit change under an area.
AREA_INSIDE: Final = Rule(
    id="real_estate.right-area.inside-unit",
    severity="error",
    statement=Text(
        kk="Сервитут аумағы өз бірлігінің учаскелерінен шықпауы тиіс.",
        ru="Территория сервитута не должна выходить за участки своей единицы.",
        en="The area of a servitude must lie inside the parcels of its unit.",
    ),
    watches=(RIGHT_AREA.name, UNIT_PART.name, PARCEL.name),
    sql=f"""
WITH ground AS MATERIALIZED (
  SELECT DISTINCT feature_id AS object_id FROM {{proposed:land.parcel}} AS p
), placed AS (
  {after(UNIT_PART.name, "object_id", "ground", "a.unit_id")}
), changed AS MATERIALIZED (
  SELECT unit_id FROM placed UNION SELECT unit_id FROM {{proposed:real_estate.unit_part}} AS u
), burdening AS (
  {after(RIGHT.name, "unit_id", "changed", "a.feature_id")}
), affected AS MATERIALIZED (
  SELECT feature_id AS right_id, feature_id FROM burdening
  UNION
  SELECT right_id, right_id FROM {{proposed:real_estate.right_area}} AS a WHERE NOT abolished
), areas AS MATERIALIZED (
  {after(RIGHT_AREA.name, "right_id", "affected", "a.feature_id, a.right_id, a.valid, a.geom")}
), rights AS MATERIALIZED (
  {after(RIGHT.name, "feature_id", "affected", "a.feature_id, a.unit_id, a.valid")}
), parts AS MATERIALIZED (
  {after(UNIT_PART.name, "unit_id", "rights", "a.unit_id, a.object_id, a.object_id AS feature_id, a.valid")}
), parcels AS MATERIALIZED (
  {after(PARCEL.name, "feature_id", "parts", "a.feature_id, a.valid, a.geom")}
), under AS MATERIALIZED (
  SELECT a.feature_id, a.right_id, a.geom AS area, a.valid AS life, p.geom,
    a.valid * r.valid * u.valid * p.valid AS valid
  FROM areas AS a JOIN rights AS r ON r.feature_id = a.right_id AND r.valid && a.valid
  LEFT JOIN parts AS u ON u.unit_id = r.unit_id AND u.valid && a.valid * r.valid
  LEFT JOIN parcels AS p ON p.feature_id = u.object_id AND p.valid && a.valid * r.valid * u.valid
), moments AS (
  SELECT DISTINCT u.feature_id, u.right_id, u.area, u.life, m.since
  FROM under AS u CROSS JOIN LATERAL (
    VALUES (coalesce(lower(u.life), '-infinity')), (coalesce(lower(u.valid), '-infinity')), (upper(u.valid))
  ) AS m (since)
  WHERE u.life @> m.since
), outside AS (
  SELECT m.right_id, m.feature_id, m.since, upper(m.life) AS until, CASE WHEN held.geom IS NULL THEN m.area
    ELSE ST_Difference(m.area, held.geom) END AS place
  FROM moments AS m CROSS JOIN LATERAL (
    SELECT ST_Union(u.geom) AS geom FROM under AS u WHERE u.feature_id = m.feature_id AND u.valid @> m.since
  ) AS held
)
SELECT feature_id, right_id AS other_id, tstzrange(since, until) AS valid, ST_Area(place) AS amount, place,
  NULL::text AS detail
FROM outside WHERE NOT ST_IsEmpty(place) AND NOT ST_IsEmpty(ST_Buffer(place, -%(linear)s::float8 / 2))
""",  # noqa: S608 - pieces of the engine's own
    basis="ISO 19152-1:2024, LA_Restriction servitude",
    tested_by=_TESTS + "test_a_servitude_lies_inside_its_parcel",
)

# Shares of one ownership or land use exclude others than themselves; two areas may lie side by side.
EXCLUSIVE: Final = Rule(
    id="real_estate.right.exclusive",
    severity="error",
    statement=Text(
        kk="Айрықша пайдаланулар бір мезгілде бір жерде болмауы тиіс.",
        ru="Исключительные пользования не должны совпадать во времени и пространстве.",
        en="Exclusive uses must not coincide in time and space.",
    ),
    watches=(RIGHT.name, RIGHT_AREA.name),
    sql=f"""
WITH areas AS (
  SELECT right_id AS feature_id FROM {{proposed:real_estate.right_area}} AS a
), named AS (
  {after(RIGHT.name, "feature_id", "areas", "a.unit_id")}
), affected AS MATERIALIZED (
  SELECT unit_id FROM {{proposed:real_estate.right}} AS r WHERE excludes_others AND NOT abolished
  UNION
  SELECT unit_id FROM named
), standing AS MATERIALIZED (
  {after(RIGHT.name, "unit_id", "affected", "a.feature_id, a.unit_id, a.kind, a.excludes_others, a.valid")}
), uses AS MATERIALIZED (
  SELECT *, feature_id AS right_id FROM standing WHERE excludes_others
), located AS MATERIALIZED (
  {after(RIGHT_AREA.name, "right_id", "uses", "a.right_id, a.valid, a.geom")}
), pairs AS (
  SELECT a.feature_id, b.feature_id AS other_id, a.valid * b.valid AS valid
  FROM uses AS a JOIN uses AS b ON b.unit_id = a.unit_id AND b.feature_id > a.feature_id AND b.valid && a.valid
  WHERE NOT (a.kind IN (SHARED) AND b.kind IN (SHARED))
), met AS (
  SELECT p.feature_id, p.other_id, p.valid, one.geom AS one, other.geom AS other FROM pairs AS p
  LEFT JOIN located AS one ON one.right_id = p.feature_id AND one.valid && p.valid
  LEFT JOIN located AS other ON other.right_id = p.other_id AND other.valid && p.valid
)
SELECT DISTINCT ON (feature_id, other_id, valid) feature_id, other_id, valid,
  ST_Area(ST_Intersection(one, other)) AS amount, ST_Intersection(one, other) AS place, NULL::text AS detail
FROM met
WHERE one IS NULL OR other IS NULL OR NOT ST_IsEmpty(ST_Buffer(ST_Intersection(one, other), -%(linear)s::float8 / 2))
ORDER BY feature_id, other_id, valid
""".replace("SHARED", listed(SHARED_KINDS)),  # noqa: S608 - pieces of the engine's own
    basis="ISO 19152-1:2024, LA_RRR",
    tested_by=_TESTS + "test_exclusive_uses_do_not_coincide",
)

RULES: Final = (NOT_PRIVATE, AREA_INSIDE, EXCLUSIVE)
"""Rules on where rights apply."""
