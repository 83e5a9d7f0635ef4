"""What the law and the register's own order forbid in the land cadastre.

Rules that belong together stand together: overlaps in :mod:`cadastres.land.overlaps`, what acts must conserve in
:mod:`cadastres.land.conservation`, here the rest. What the engine itself guarantees for every layer (numbers never
issued twice, one version at a time, lineage, dates of sources, stale tokens) is not repeated.
"""

from typing import Final

from cadastres.land import conservation, overlaps
from cadastres.land.model import PARCEL, QUARTER, ZONE
from gis.rules import Rule
from gis.text import Text

NUMBER: Final = Rule(
    id="land.parcel.number",
    severity="error",
    statement=Text(
        kk="Кадастрлық нөмір облыстан (2 цифр), ауданнан (3), орамнан (3) және реттік нөмірден (3–6) тұрады.",
        ru="Кадастровый номер состоит из области (2 цифры), района (3), квартала (3) и порядкового номера (3–6).",
        en="A cadastral number has a region (2 digits), a district (3), a quarter (3) and a serial (3 to 6).",
    ),
    watches=(PARCEL.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  cadastral_number AS detail
FROM {proposed:land.parcel}
AS p WHERE cadastral_number !~ '^(?!00)[0-9]{8}(?!000)([0-9]{3}|[1-9][0-9]{3,5})$'
""",
    basis="Order of the Minister of Justice of the Republic of Kazakhstan No. 156 of 06.05.2013",
    tested_by="tests/cadastres/land/test_rule_number.py",
)

# A polygon of area A and perimeter P holds a circle of radius A / P, less a little for each hole: most need no erosion.
NOT_DEGENERATE: Final = Rule(
    id="land.parcel.not-degenerate",
    severity="error",
    statement=Text(
        kk="Жер учаскесінің ең кең жері төзімділік шегінен кең болуы тиіс.",
        ru="Земельный участок должен быть где-то шире допуска.",
        en="A parcel must somewhere be wider than the tolerance.",
    ),
    watches=(PARCEL.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, geom AS place, NULL::text AS detail
FROM {proposed:land.parcel} AS p
WHERE NOT abolished AND ST_Area(geom) <= (ST_Perimeter(geom) + 4 * %(linear)s * ST_NRings(geom)) * %(linear)s
  AND ST_IsEmpty(ST_Buffer(geom, -%(linear)s::float8 / 2))
""",
    tested_by="tests/cadastres/land/test_not_degenerate.py",
)

# In order of quarters, so that each quarter is prepared once for all its parcels.
IN_QUARTER: Final = Rule(
    id="land.parcel.in-quarter",
    severity="error",
    statement=Text(
        kk="Учаске нөмірі көрсететін есептік орамның ішінде жатуы тиіс.",
        ru="Участок должен лежать в том учётном квартале, который назван в его номере.",
        en="A parcel must lie in the quarter that its number names.",
    ),
    watches=(PARCEL.name,),
    sql="""
WITH outside AS (
  SELECT p.feature_id, q.feature_id AS other_id, p.valid * q.valid AS valid, ST_Difference(p.geom, q.geom) AS place
  FROM (SELECT * FROM {proposed:land.parcel} AS ordered ORDER BY left(cadastral_number, 8)) AS p
  JOIN {after:land.quarter} AS q ON q.code = left(p.cadastral_number, 8) AND q.valid && p.valid
  WHERE NOT p.abolished AND NOT q.abolished AND NOT ST_Covers(q.geom, p.geom)
)
SELECT feature_id, other_id, valid, ST_Area(place) AS amount, place, NULL::text AS detail FROM outside
WHERE NOT ST_IsEmpty(ST_Buffer(place, -%(linear)s::float8 / 2))
""",
    tested_by="tests/cadastres/land/test_in_quarter.py",
)

QUARTER_KNOWN: Final = Rule(
    id="land.parcel.quarter-known",
    severity="warning",
    statement=Text(
        kk="Учаскенің нөмірінде аталған есептік орам тізілімде болуы керек.",
        ru="Учётный квартал, названный в номере участка, должен быть в регистре.",
        en="The quarter that a parcel's number names should be in the register.",
    ),
    watches=(PARCEL.name,),
    sql="""
WITH quarter AS (
  SELECT code, range_agg(valid) AS valid FROM {after:land.quarter} AS q WHERE NOT abolished GROUP BY code
)
SELECT p.feature_id, NULL::bigint AS other_id, p.valid, NULL::float8 AS amount, NULL::geometry AS place,
  left(p.cadastral_number, 8) AS detail
FROM {proposed:land.parcel} AS p LEFT JOIN quarter AS q ON q.code = left(p.cadastral_number, 8)
WHERE NOT p.abolished AND (q.valid @> p.valid) IS NOT TRUE AND EXISTS (SELECT FROM quarter)
""",
    tested_by="tests/cadastres/land/test_in_quarter.py",
)

# A quarter's parcels are found by their numbers: they may have come to lie outside.
QUARTER_HOLDS: Final = Rule(
    id="land.quarter.holds-its-parcels",
    severity="error",
    statement=Text(
        kk="Есептік орамның шекарасы нөмірі сол орамнан берілген қолданыстағы учаскелерді қамтуы тиіс.",
        ru="Граница учётного квартала должна охватывать действующие участки с его номерами.",
        en="A quarter's boundary must hold the parcels in force that bear its numbers.",
    ),
    watches=(QUARTER.name,),
    sql="""
WITH held AS (
  SELECT q.feature_id, q.valid AS since, q.abolished AS ended, q.geom AS around, p.*
  FROM {proposed:land.quarter} AS q JOIN {staying:land.parcel} AS p ON left(p.cadastral_number, 8) = q.code
  UNION ALL
  SELECT q.feature_id, q.valid, q.abolished, q.geom, p.*
  FROM {proposed:land.quarter} AS q
  JOIN land.parcel_cadastral_number_issued AS i
    ON i.value >= q.code AND i.value < q.code || chr(1114111) AND starts_with(i.value, q.code)
  JOIN {untouched:land.parcel} AS p ON p.feature_id = i.feature_id
), outside AS (
  SELECT feature_id, parcel AS other_id, valid * since AS valid,
    CASE WHEN ended THEN geom ELSE ST_Difference(geom, around) END AS place
  FROM held AS h (feature_id, since, ended, around, parcel)
  WHERE NOT abolished AND valid && since AND (ended OR NOT ST_Covers(around, geom))
)
SELECT feature_id, other_id, valid, ST_Area(place) AS amount, place, NULL::text AS detail FROM outside
WHERE NOT ST_IsEmpty(ST_Buffer(place, -%(linear)s::float8 / 2))
""",
    tested_by="tests/cadastres/land/test_quarters.py",
)

QUARTER_CODE: Final = Rule(
    id="land.quarter.code",
    severity="error",
    statement=Text(
        kk="Есептік орамның коды облыстан (2 цифр), ауданнан (3) және орамнан (3) тұрады.",
        ru="Код учётного квартала состоит из области (2 цифры), района (3) и квартала (3).",
        en="A quarter's code has a region (2 digits), a district (3) and a quarter (3).",
    ),
    watches=(QUARTER.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place, code AS detail
FROM {proposed:land.quarter} AS q WHERE code !~ '^(?!00)[0-9]{8}$'
""",
    basis="Order of the Minister of Justice of the Republic of Kazakhstan No. 156 of 06.05.2013",
    tested_by="tests/cadastres/land/test_quarters.py",
)

OFFICIAL_AREA: Final = Rule(
    id="land.parcel.official-area",
    severity="warning",
    statement=Text(
        kk="Құжаттағы аудан есептелген ауданнан рұқсат етілген шектен артық ерекшеленбеуі керек.",
        ru="Площадь по документу не должна отличаться от вычисленной больше допустимого.",
        en="The official area should not differ from the computed one by more than the city allows.",
    ),
    watches=(PARCEL.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, abs(official_area / ST_Area(geom) - 1) AS amount,
  NULL::geometry AS place, format('%%s m2 / %%s m2', official_area, round(ST_Area(geom)::numeric, 2)) AS detail
FROM {proposed:land.parcel} AS p
WHERE NOT abolished AND abs(official_area - ST_Area(geom)) > %(area_computed_ratio)s * ST_Area(geom)
""",
    tested_by="tests/cadastres/land/test_official_area.py",
)

OFFICIAL_AREA_POSITIVE: Final = Rule(
    id="land.parcel.official-area-positive",
    severity="error",
    statement=Text(
        kk="Құжаттағы аудан нөлден үлкен болуы тиіс.",
        ru="Площадь по документу должна быть больше нуля.",
        en="An official area must be greater than zero.",
    ),
    watches=(PARCEL.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  official_area::text AS detail
FROM {proposed:land.parcel} AS p WHERE NOT abolished AND NOT (official_area > 0 AND official_area < 'Infinity')
""",
    tested_by="tests/cadastres/land/test_official_area.py",
)

# What is granted is land that no parcel held the moment before; a split, a merge or a new attribute grants nothing.
NOT_RESERVED: Final = Rule(
    id="land.parcel.not-reserved",
    severity="error",
    statement=Text(
        kk="Резервке қойылған жер босатылғанға дейін берілмейді.",
        ru="Зарезервированная земля не предоставляется до снятия резерва.",
        en="Reserved land can't be granted before it is released.",
    ),
    watches=(PARCEL.name,),
    sql="""
WITH granted AS (
  SELECT p.feature_id, r.feature_id AS other_id, p.valid * r.valid AS valid, lower(p.valid) AS since,
    ST_Intersection(p.geom, r.geom) AS place
  FROM {proposed:land.parcel} AS p
  JOIN {after:land.reservation} AS r ON r.geom && p.geom AND r.valid && p.valid AND r.valid @> lower(p.valid)
  WHERE NOT p.abolished AND NOT r.abolished AND ST_Relate(p.geom, r.geom, 'T********')
), fresh AS (
  SELECT feature_id, other_id, valid,
    CASE WHEN held IS NULL THEN place ELSE ST_Difference(place, held) END AS place
  FROM granted CROSS JOIN LATERAL (
    SELECT ST_Union(a.geom) AS held FROM {after:land.parcel} AS a
    WHERE a.geom && granted.place AND NOT a.abolished AND upper(a.valid) = granted.since
  ) AS before
)
SELECT feature_id, other_id, valid, ST_Area(place) AS amount, place, NULL::text AS detail FROM fresh
WHERE NOT ST_IsEmpty(ST_Buffer(place, -%(linear)s::float8 / 2))
""",
    basis="Land Code of the Republic of Kazakhstan No. 442-II",
    tested_by="tests/cadastres/land/test_not_reserved.py",
)

ZONE_SETS: Final = Rule(
    id="land.zone.sets-its-kind",
    severity="error",
    statement=Text(
        kk="Аймақ өз түріне сай мәнді белгілеуі тиіс: санат, рұқсат етілген пайдалану немесе функционалдық аймақ.",
        ru="Зона должна устанавливать то, что назвал её вид: категорию, разрешённое использование или функцию.",
        en="A zone must set what its kind says: a category, a permitted use or a functional zone.",
    ),
    watches=(ZONE.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place, kind AS detail
FROM {proposed:land.zone} AS z
WHERE NOT abolished
  AND CASE kind WHEN 'category' THEN category WHEN 'permitted-use' THEN permitted_use ELSE functional_zone END IS NULL
""",
    tested_by="tests/cadastres/land/test_zones.py",
)

_AGREES: Final = """
SELECT p.feature_id, z.feature_id AS other_id, p.valid * z.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, CASE z.kind WHEN 'category' THEN p.category || ' / ' || z.category
    ELSE p.permitted_use || ' / ' || z.permitted_use END AS detail
FROM PARCELS AS p JOIN ZONES AS z ON z.geom && p.geom AND z.valid && p.valid
WHERE NOT p.abolished AND NOT z.abolished
  AND ((z.kind = 'category' AND p.category <> z.category)
    OR (z.kind = 'permitted-use' AND p.permitted_use <> z.permitted_use))
  AND ST_Intersects(z.geom, ST_PointOnSurface(p.geom))
"""

AGREES_WITH_ZONE: Final = Rule(
    id="land.parcel.agrees-with-zone",
    severity="warning",
    statement=Text(
        kk="Учаскенің санаты мен рұқсат етілген пайдаланылуы оның аймағына сәйкес болуы керек.",
        ru="Категория и разрешённое использование участка должны соответствовать его зоне.",
        en="A parcel's category and permitted use should agree with the zone in which it lies.",
    ),
    watches=(PARCEL.name, ZONE.name),
    sql=" UNION ALL ".join(
        _AGREES.replace("PARCELS", f"{{{parcels}:land.parcel}}").replace("ZONES", f"{{{zones}:land.zone}}")
        for parcels, zones in (("proposed", "after"), ("staying", "proposed"), ("untouched", "proposed"))
    ),
    basis="Land Code of the Republic of Kazakhstan No. 442-II, art. 1",
    tested_by="tests/cadastres/land/test_zones.py",
)

RULES: Final = (
    NUMBER,
    NOT_DEGENERATE,
    *overlaps.RULES,
    IN_QUARTER,
    QUARTER_KNOWN,
    QUARTER_HOLDS,
    QUARTER_CODE,
    OFFICIAL_AREA,
    OFFICIAL_AREA_POSITIVE,
    NOT_RESERVED,
    ZONE_SETS,
    AGREES_WITH_ZONE,
    *conservation.RULES,
)
"""Every rule of the land cadastre."""
