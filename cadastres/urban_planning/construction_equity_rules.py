"""What holds of equity holders' contracts and of their money.

No rule tells who a holder is: rows are named, never persons. Two acts on one object's contracts wait for each other:
each asks for all contracts of the object, which is locked (:mod:`gis.locks`).
"""

from typing import Final

from cadastres.real_estate.reaching import after
from cadastres.urban_planning.construction_model import (
    CONSTRUCTION_OBJECT,
    EQUITY_CONTRACT,
    EQUITY_HOLDER,
    FUND_PLAN,
    FUND_USE,
)
from gis.rules import Rule
from gis.text import Text

_TESTS: Final = "tests/cadastres/urban_planning/test_construction_equity.py::"
_CONTRACT: Final = EQUITY_CONTRACT.name

# A flat is the same however its number is introduced; a letter that follows the number ("12-П") is part of it.
_WORDS: Final = "(?<![[:alnum:]])((квартира|кв|пәтер|п|no)[^[:alnum:]]*)+(?=[0-9])"
_PREMISES: Final = (
    f"upper(regexp_replace(regexp_replace(lower(a.planned_premises), '{_WORDS}', '', 'g'), '[^[:alnum:]]+', '', 'g'))"
)

CONTRACT_SOUND: Final = Rule(
    id="urban_planning.equity-contract.sound",
    severity="error",
    statement=Text(
        kk="Шарттың бағасы мен ауданы нөлден үлкен, түскен ақша теріс емес және бағадан аспайды; орындалған шартта "
        "берілген үй-жайдың нөмірі болады.",
        ru="Цена и площадь договора больше нуля, получено не меньше нуля и не больше цены; у исполненного есть номер "
        "переданного помещения.",
        en="A contract's price and area are above zero, what was received is at most the price; an executed one names "
        "the premises handed over.",
    ),
    watches=(_CONTRACT,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  concat_ws(', ', state, price, received, planned_area) AS detail
FROM {proposed:urban_planning.equity_contract} AS c
WHERE NOT abolished AND (price <= 0 OR received < 0 OR received > price OR NOT planned_area > 0
  OR (state = 'executed') <> (premises_number IS NOT NULL))
""",
    tested_by=_TESTS + "test_a_contract_makes_sense",
)

# Both ways: a new contract against its object's state that day, a changed state against the contracts made under it.
UNDER_PERMIT: Final = Rule(
    id="urban_planning.equity-contract.under-permit",
    severity="error",
    statement=Text(
        kk="Үлескермен шарт құрылысқа рұқсат күшінде болғанда ғана есепке қойылады: рұқсат берілген не құрылыс жүріп "
        "жатқан күйде.",
        ru="Договор с дольщиком ставят на учёт, только пока действует разрешение: объект в состоянии разрешения или "
        "строительства.",
        en="A contract with an equity holder is registered only while the permit is in force: in the states permit and "
        "construction.",
    ),
    watches=(_CONTRACT, CONSTRUCTION_OBJECT.name),
    sql=f"""
WITH affected AS MATERIALIZED (
  SELECT object_id, object_id AS feature_id FROM {{proposed:urban_planning.equity_contract}} AS c
  UNION
  SELECT feature_id, feature_id FROM {{proposed:urban_planning.construction_object}} AS o
), contracts AS MATERIALIZED (
  {after(_CONTRACT, "object_id", "affected", "a.feature_id, a.object_id, a.valid")}
), begun AS (
  SELECT feature_id, object_id, min(lower(valid)) AS since FROM contracts GROUP BY feature_id, object_id
), objects AS MATERIALIZED (
  {after(CONSTRUCTION_OBJECT.name, "feature_id", "affected", "a.feature_id AS object_id, a.state, a.valid")}
)
SELECT b.feature_id, b.object_id AS other_id, tstzrange(b.since, NULL) AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, o.state AS detail
FROM begun AS b JOIN objects AS o ON o.object_id = b.object_id AND o.valid @> b.since
WHERE o.state NOT IN ('permit', 'construction')
""",  # noqa: S608 - pieces of the engine's own
    tested_by=_TESTS + "test_contracts_are_made_under_a_permit_only",
)

SOLD_ONCE: Final = Rule(
    id="urban_planning.equity-contract.premises-sold-once",
    severity="error",
    statement=Text(
        kk="Бір объектідегі бір үй-жай бір мезгілде бір-ақ үлескерге сатылады.",
        ru="Одно помещение объекта в одно время продано только одному дольщику.",
        en="One premises of an object is sold to one equity holder at a time only.",
    ),
    watches=(_CONTRACT,),
    sql=f"""
WITH affected AS MATERIALIZED (
  SELECT DISTINCT object_id FROM {{proposed:urban_planning.equity_contract}} AS c
  WHERE NOT abolished AND state <> 'terminated'
), contracts AS MATERIALIZED (
  {
        after(
            _CONTRACT,
            "object_id",
            "affected",
            f"a.feature_id, a.object_id, a.state, a.valid, {_PREMISES} AS premises, a.planned_premises",
        )
    }
)
SELECT a.feature_id, b.feature_id AS other_id, a.valid * b.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, a.planned_premises AS detail
FROM contracts AS a JOIN contracts AS b USING (object_id, premises)
WHERE a.feature_id < b.feature_id AND a.valid && b.valid AND 'terminated' NOT IN (a.state, b.state)
""",  # noqa: S608 - pieces of the engine's own
    tested_by=_TESTS + "test_a_flat_is_sold_once",
)

# The sum grows only where a contract begins, and the limit falls only where an object's version does.
AREA_WITHIN_PLAN: Final = Rule(
    id="urban_planning.equity-contract.area-within-plan",
    severity="error",
    statement=Text(
        kk="Үлескерлерге сатылған аудан объектінің жоспарлы ауданынан аспауы тиіс.",
        ru="Проданная дольщикам площадь не больше плановой площади объекта.",
        en="The area sold to equity holders must not exceed what is planned for the object.",
    ),
    watches=(_CONTRACT, CONSTRUCTION_OBJECT.name),
    sql=f"""
WITH affected AS MATERIALIZED (
  SELECT object_id, object_id AS feature_id FROM {{proposed:urban_planning.equity_contract}} AS c
  UNION
  SELECT feature_id, feature_id FROM {{proposed:urban_planning.construction_object}} AS o
), contracts AS MATERIALIZED (
  {after(_CONTRACT, "object_id", "affected", "a.feature_id, a.object_id, a.state, a.planned_area, a.valid")}
), objects AS MATERIALIZED (
  {
        after(
            CONSTRUCTION_OBJECT.name,
            "feature_id",
            "affected",
            "a.feature_id AS object_id, a.valid, coalesce(a.planned_sale_area, a.planned_area) AS planned",
        )
    }
), changed AS (
  SELECT object_id, valid FROM {{proposed:urban_planning.equity_contract}} AS c
  UNION ALL
  SELECT feature_id, valid FROM {{proposed:urban_planning.construction_object}} AS o
), moments AS (
  SELECT object_id, lower(valid) AS moment FROM contracts WHERE state <> 'terminated'
  UNION
  SELECT object_id, lower(valid) FROM objects
), asked AS (
  SELECT * FROM moments AS m
  WHERE EXISTS (SELECT FROM changed AS c WHERE c.object_id = m.object_id AND c.valid @> m.moment)
), sold AS (
  SELECT m.object_id, m.moment, max(c.feature_id) AS last, sum(c.planned_area::numeric) AS area
  FROM asked AS m JOIN contracts AS c
    ON c.object_id = m.object_id AND c.valid @> m.moment AND c.state <> 'terminated'
  GROUP BY m.object_id, m.moment
)
SELECT s.last AS feature_id, s.object_id AS other_id, tstzrange(s.moment, NULL) AS valid,
  (s.area - o.planned)::float8 AS amount, NULL::geometry AS place, format('%%s / %%s m2', s.area, o.planned) AS detail
FROM sold AS s JOIN objects AS o ON o.object_id = s.object_id AND o.valid @> s.moment
WHERE s.area > o.planned::numeric
""",  # noqa: S608 - pieces of the engine's own
    tested_by=_TESTS + "test_no_more_area_is_sold_than_planned",
)

ONE_HOLDER: Final = Rule(
    id="urban_planning.equity-contract.one-holder",
    severity="error",
    statement=Text(
        kk="Есепте тұрған шарттың әр сәтте дәл бір үлескері болады: жеке тұлға, ұйым немесе топ.",
        ru="У договора на учёте в каждый момент ровно один дольщик: человек, организация или группа.",
        en="A registered contract has at each instant exactly one holder: a person, an organisation or a group.",
    ),
    watches=(_CONTRACT, EQUITY_HOLDER.name),
    sql=f"""
WITH affected AS MATERIALIZED (
  SELECT feature_id, feature_id AS contract_id FROM {{proposed:urban_planning.equity_contract}} AS c
  UNION
  SELECT contract_id, contract_id FROM {{proposed:personal.equity_holder}} AS h
), contracts AS MATERIALIZED (
  {after(_CONTRACT, "feature_id", "affected", "a.feature_id, a.valid, a.state")}
), holders AS MATERIALIZED (
  {after(EQUITY_HOLDER.name, "contract_id", "affected", "a.feature_id, a.contract_id, a.valid")}
), held AS (
  SELECT contract_id, range_agg(valid) AS valid FROM holders GROUP BY contract_id
)
SELECT c.feature_id, NULL::bigint AS other_id, span AS valid, NULL::float8 AS amount, NULL::geometry AS place,
  'none' AS detail
FROM contracts AS c LEFT JOIN held AS h ON h.contract_id = c.feature_id
CROSS JOIN LATERAL unnest(tstzmultirange(c.valid) - coalesce(h.valid, '{{}}')) AS span
WHERE c.state = 'registered'
UNION ALL
SELECT a.contract_id, NULL, a.valid * b.valid, NULL, NULL, 'several'
FROM holders AS a JOIN holders AS b USING (contract_id) WHERE a.feature_id < b.feature_id AND a.valid && b.valid
""",  # noqa: S608 - pieces of the engine's own
    tested_by=_TESTS + "test_a_contract_has_one_holder",
)

FUNDS_SOUND: Final = Rule(
    id="urban_planning.fund.sound",
    severity="error",
    statement=Text(
        kk="Қаражат кезеңінің соңы басынан ерте болмайды, сома теріс емес.",
        ru="Период средств кончается не раньше, чем начинается; сумма не отрицательна.",
        en="A period of funds ends no earlier than it starts, and its sum is not negative.",
    ),
    watches=(FUND_PLAN.name, FUND_USE.name),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  concat_ws(', ', article, period_start || ' .. ' || period_end, planned) AS detail
FROM {proposed:urban_planning.fund_plan} AS f
WHERE NOT abolished AND (period_end < period_start OR planned < 0)
UNION ALL
SELECT feature_id, NULL, valid, NULL, NULL, concat_ws(', ', article, period_start || ' .. ' || period_end, used)
FROM {proposed:urban_planning.fund_use} AS f
WHERE NOT abolished AND (period_end < period_start OR used < 0)
""",
    tested_by=_TESTS + "test_sums_and_periods_make_sense",
)

# Asked where money is spent, and where what was received is said to be less.
USED_WITHIN_RECEIVED: Final = Rule(
    id="urban_planning.fund.used-within-received",
    severity="warning",
    statement=Text(
        kk="Үлескерлердің ақшасы олардан түскеннен артық жұмсалмауы керек.",
        ru="Денег дольщиков не должно быть израсходовано больше, чем от них получено.",
        en="No more of the equity holders' money should be used than was received from them.",
    ),
    watches=(FUND_USE.name, _CONTRACT),
    sql=f"""
WITH affected AS MATERIALIZED (
  SELECT object_id FROM {{proposed:urban_planning.fund_use}} AS f
  UNION
  SELECT object_id FROM {{proposed:urban_planning.equity_contract}} AS c
), contracts AS MATERIALIZED (
  {after(_CONTRACT, "object_id", "affected", "a.object_id, a.received, a.valid")}
), uses AS MATERIALIZED (
  {after(FUND_USE.name, "object_id", "affected", "a.feature_id, a.object_id, a.used, a.valid")}
), moments AS (
  SELECT object_id, lower(valid) AS moment FROM uses
  UNION
  SELECT object_id, lower(valid) FROM contracts
), used AS (
  SELECT m.object_id, m.moment, max(u.feature_id) AS last, sum(u.used) AS sum
  FROM moments AS m JOIN uses AS u ON u.object_id = m.object_id AND u.valid @> m.moment
  GROUP BY m.object_id, m.moment
), balance AS (
  SELECT u.*, coalesce((SELECT sum(c.received) FROM contracts AS c
    WHERE c.object_id = u.object_id AND c.valid @> u.moment), 0) AS received
  FROM used AS u
), worst AS (
  SELECT DISTINCT ON (object_id) * FROM balance WHERE sum > received ORDER BY object_id, sum - received DESC, moment
)
SELECT last AS feature_id, object_id AS other_id, tstzrange(moment, NULL) AS valid, (sum - received)::float8 AS amount,
  NULL::geometry AS place, format('%%s / %%s KZT', sum, received) AS detail
FROM worst
""",  # noqa: S608 - pieces of the engine's own
    tested_by=_TESTS + "test_spending_more_than_was_received_is_told",
)

RULES: Final = (
    CONTRACT_SOUND,
    UNDER_PERMIT,
    SOLD_ONCE,
    AREA_WITHIN_PLAN,
    ONE_HOLDER,
    FUNDS_SOUND,
    USED_WITHIN_RECEIVED,
)
"""Rules on contracts and money of equity holders."""
