"""Rules on what a right is by itself, on exact shares, and on units."""

from typing import Final

from cadastres.real_estate.reaching import SUMS, after, before
from cadastres.real_estate.rights_model import (
    RESPONSIBILITIES,
    RESTRICTIONS,
    RIGHT,
    RIGHTS,
    SHARED_KINDS,
    UNIT,
    UNIT_PART,
)
from gis.rules import Rule
from gis.text import Text

_LADM: Final = "ISO 19152-1:2024, LA_RRR"
_TESTS: Final = "tests/cadastres/real_estate/"


def listed(kinds: tuple[str, ...]) -> str:
    """Return kinds as a list of SQL literals; they are the engine's own words.

    >>> listed(("lease", "pledge"))
    "'lease', 'pledge'"
    """
    return ", ".join(f"'{kind}'" for kind in kinds)


CATEGORY: Final = Rule(
    id="real_estate.right.category",
    severity="error",
    statement=Text(
        kk="Құқықтың түрі өз тобына сай болуы тиіс: құқық, шектеу немесе міндет.",
        ru="Вид должен соответствовать своей группе: право, ограничение или обязанность.",
        en="A kind must agree with its category: right, restriction or responsibility.",
    ),
    watches=(RIGHT.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place, kind AS detail
FROM {proposed:real_estate.right} AS r
WHERE category <> CASE WHEN kind IN (RIGHTS) THEN 'right' WHEN kind IN (RESTRICTIONS) THEN 'restriction'
  WHEN kind IN (RESPONSIBILITIES) THEN 'responsibility' END
""".replace("RIGHTS", listed(RIGHTS))
    .replace("RESTRICTIONS", listed(RESTRICTIONS))
    .replace("RESPONSIBILITIES", listed(RESPONSIBILITIES)),
    basis=_LADM,
    tested_by=_TESTS + "test_rights_form.py::test_category",
)

SHARE: Final = Rule(
    id="real_estate.right.share",
    severity="error",
    statement=Text(
        kk="Үлес — бүтін сандардың бөлшегі: 0 < алымы ≤ бөлімі; меншік пен жер пайдалануда ол міндетті.",
        ru="Доля — дробь из целых чисел: 0 < числитель ≤ знаменатель; у собственности и землепользования обязательна.",
        en="A share is a fraction of whole numbers, 0 < numerator <= denominator; ownership and land use need one.",
    ),
    watches=(RIGHT.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  concat(share_numerator, '/', share_denominator) AS detail
FROM {proposed:real_estate.right} AS r
WHERE NOT abolished AND (
  (share_numerator IS NULL) <> (share_denominator IS NULL)
  OR share_numerator <= 0 OR share_numerator > share_denominator
  OR (share_check AND share_numerator IS NULL) OR (kind IN (SHARED) AND NOT share_check))
""".replace("SHARED", listed(SHARED_KINDS)),
    basis="ISO 19152-1:2024, Fraction",
    tested_by=_TESTS + "test_rights_form.py::test_share_is_a_fraction",
)

ONE_UNIT: Final = Rule(
    id="real_estate.right.one-unit",
    severity="error",
    statement=Text(
        kk="Құқық бір ғана бірлікке тіркеледі және басқасына ауыспайды.",
        ru="Право регистрируется на одну единицу и на другую не переходит.",
        en="A right is registered on one unit and never moves to another.",
    ),
    watches=(RIGHT.name,),
    sql="""
SELECT DISTINCT p.feature_id, s.unit_id AS other_id, p.valid, NULL::float8 AS amount, NULL::geometry AS place,
  NULL::text AS detail
FROM {proposed:real_estate.right} AS p
JOIN (
  SELECT feature_id, unit_id FROM {proposed:real_estate.right} AS a
  UNION ALL
  SELECT feature_id, unit_id FROM {staying:real_estate.right} AS a
) AS s ON s.feature_id = p.feature_id AND s.unit_id <> p.unit_id
""",
    basis=_LADM,
    tested_by=_TESTS + "test_rights_form.py::test_a_right_keeps_its_unit",
)

SHARES_SUM: Final = Rule(
    id="real_estate.right.shares-sum-to-one",
    severity="error",
    statement=Text(
        kk="Бірлікке меншіктің де, жер пайдаланудың да үлестері кез келген сәтте дәл бірге толуы тиіс.",
        ru="Доли собственности на единицу, как и доли землепользования, в любой момент должны точно давать единицу.",
        en="The shares of ownership of a unit, and those of its land use, must at every instant sum to exactly one.",
    ),
    watches=(RIGHT.name,),
    sql=f"""
WITH affected AS MATERIALIZED (
  SELECT DISTINCT unit_id FROM {{proposed:real_estate.right}} AS r WHERE share_check
), held AS (
  {
        after(
            RIGHT.name,
            "unit_id",
            "affected",
            "a.feature_id, a.unit_id, a.kind, a.valid, a.share_check, a.share_numerator, a.share_denominator",
        )
    }
), shares AS MATERIALIZED (
  SELECT ARRAY[unit_id::text, CASE WHEN kind IN ('ownership', 'stateOwnership') THEN 'ownership'
    WHEN kind IN ('permanentUse', 'temporaryUse') THEN 'use' ELSE kind END] AS group_id,
    feature_id, valid, share_numerator, share_denominator
  FROM held WHERE share_check AND share_denominator > 0
), {SUMS}
SELECT feature_id, NULL::bigint AS other_id, tstzrange(since, until) AS valid,
  abs(numerator / denominator - 1)::float8 AS amount, NULL::geometry AS place,
  concat(div(numerator, gcd(numerator, denominator)), '/', div(denominator, gcd(numerator, denominator))) AS detail
FROM summed WHERE numerator <> denominator
""",  # noqa: S608 - pieces of the engine's own
    basis="ISO 19152-1:2024, LA_RRR shareCheck",
    tested_by=_TESTS + "test_rights_shares.py::test_three_thirds_are_the_whole",
)

SLIVER: Final = Rule(
    id="real_estate.right.sliver",
    severity="warning",
    statement=Text(
        kk="Үлес берілгеннен кейін берушіде кемінде 1/100 қалуы не ештеңе қалмауы тиіс: үлестерді тексеріңіз.",
        ru="После передачи доли у передающего должно остаться не меньше 1/100 либо ничего: проверьте доли.",
        en="A transfer should leave who transfers at least 1/100, or nothing: check the shares.",
    ),
    watches=(RIGHT.name,),
    sql=f"""
WITH slight AS MATERIALIZED (
  SELECT feature_id, valid, share_numerator::numeric AS numerator, share_denominator::numeric AS denominator
  FROM {{proposed:real_estate.right}} AS p
  WHERE NOT abolished AND corrects IS NULL AND share_numerator::numeric * 100 < share_denominator
), stood AS MATERIALIZED (
  {before(RIGHT.name, "feature_id", "slight", "a.feature_id, a.valid, a.share_numerator, a.share_denominator")}
)
SELECT p.feature_id, NULL::bigint AS other_id, p.valid * s.valid AS valid, (numerator / denominator)::float8 AS amount,
  NULL::geometry AS place, concat(numerator, '/', denominator) AS detail
FROM slight AS p JOIN stood AS s ON s.feature_id = p.feature_id AND s.valid && p.valid
WHERE numerator * s.share_denominator < s.share_numerator * denominator
""",  # noqa: S608 - pieces of the engine's own
    tested_by=_TESTS + "test_rights_transfer.py::test_a_sliver_left_is_warned_of",
)

UNREGISTERED: Final = Rule(
    id="real_estate.right.unregistered",
    severity="error",
    statement=Text(
        kk="Тіркелмей-ақ тіркеу енгізілгенге дейін туындаған құқық пен басым мүдде ғана жарамды.",
        ru="Без регистрации действительны только права, возникшие до её введения, и преимущественные интересы.",
        en="Valid without registration are only rights that arose before it was introduced, and priority interests.",
    ),
    watches=(RIGHT.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place, kind AS detail
FROM {proposed:real_estate.right} AS r
WHERE NOT abolished AND NOT registered AND kind <> 'priorityInterest'
  AND NOT EXISTS (
    SELECT FROM (
      SELECT feature_id, valid FROM {proposed:real_estate.right} AS a WHERE NOT abolished
      UNION ALL
      SELECT feature_id, valid FROM {staying:real_estate.right} AS a WHERE NOT abolished
    ) AS life
    WHERE life.feature_id = r.feature_id
      AND coalesce(lower(life.valid), '-infinity') < %(registration_since)s::date::timestamp AT TIME ZONE %(zone)s)
""",
    basis="Law of the Republic of Kazakhstan No. 310 of 26.07.2007",
    tested_by=_TESTS + "test_rights_declare.py::test_only_old_rights_are_valid_unregistered",
)

OBJECT_IN_ONE_UNIT: Final = Rule(
    id="real_estate.unit.object-in-one-unit",
    severity="error",
    statement=Text(
        kk="Нысан бір мезгілде бір ғана бірліктің құрамында болады.",
        ru="Объект одновременно входит только в одну единицу.",
        en="An object belongs to one unit at a time.",
    ),
    watches=(UNIT_PART.name,),
    sql=f"""
WITH sought AS MATERIALIZED (
  SELECT feature_id, object_id, unit_id, valid FROM {{proposed:real_estate.unit_part}} AS p WHERE NOT abolished
), there AS MATERIALIZED (
  {after(UNIT_PART.name, "object_id", "sought", "a.feature_id, a.object_id, a.unit_id, a.valid")}
)
SELECT s.feature_id, t.feature_id AS other_id, s.valid * t.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, format('object %%s, units %%s and %%s', s.object_id, s.unit_id, t.unit_id) AS detail
FROM sought AS s JOIN there AS t USING (object_id)
WHERE s.feature_id <> t.feature_id AND s.valid && t.valid
""",  # noqa: S608 - pieces of the engine's own
    basis="ISO 19152-1:2024, LA_BAUnit",
    tested_by=_TESTS + "test_rights_units.py::test_an_object_is_in_one_unit",
)

UNIT_HAS_PARTS: Final = Rule(
    id="real_estate.unit.has-parts",
    severity="error",
    statement=Text(
        kk="Бірлік күшінде болған бүкіл уақытта оның кемінде бір нысаны болуы тиіс.",
        ru="Всё время своего действия единица должна состоять хотя бы из одного объекта.",
        en="For as long as a unit is in force it must consist of at least one object.",
    ),
    watches=(UNIT.name, UNIT_PART.name),
    sql=f"""
WITH affected AS MATERIALIZED (
  SELECT feature_id, feature_id AS unit_id FROM {{proposed:real_estate.unit}} AS u
  UNION
  SELECT unit_id, unit_id FROM {{proposed:real_estate.unit_part}} AS p
), units AS MATERIALIZED (
  {after(UNIT.name, "feature_id", "affected", "a.feature_id, a.valid")}
), parts AS MATERIALIZED (
  {after(UNIT_PART.name, "unit_id", "affected", "a.unit_id, a.valid")}
), made AS (
  SELECT unit_id, range_agg(valid) AS valid FROM parts GROUP BY unit_id
)
SELECT u.feature_id, NULL::bigint AS other_id, span AS valid, NULL::float8 AS amount, NULL::geometry AS place,
  NULL::text AS detail
FROM units AS u LEFT JOIN made AS m ON m.unit_id = u.feature_id
CROSS JOIN LATERAL unnest(tstzmultirange(u.valid) - coalesce(m.valid, '{{}}')) AS span
""",  # noqa: S608 - pieces of the engine's own
    basis="ISO 19152-1:2024, LA_BAUnit",
    tested_by=_TESTS + "test_rights_units.py::test_a_unit_has_parts",
)

RULES: Final = (CATEGORY, SHARE, ONE_UNIT, SHARES_SUM, SLIVER, UNREGISTERED, OBJECT_IN_ONE_UNIT, UNIT_HAS_PARTS)
"""Rules on rights by themselves, shares and units."""
