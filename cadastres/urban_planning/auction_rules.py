"""What holds of land auctions: what may be a lot, how one is announced, who bids what, who wins.

Two bids in one auction wait for each other: each asks for all bids of the auction, which locks them
(:mod:`gis.locks`); the second is then held against the first. No rule tells who a bidder is.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from cadastres.real_estate.reaching import after
from cadastres.real_estate.rights_model import RIGHT, UNIT_PART
from cadastres.urban_planning import steps
from cadastres.urban_planning.auction_model import (
    ANNOUNCED,
    AUCTION,
    AUCTION_LOT,
    AWARDED,
    CANCELLED,
    CONCLUDED,
    PLANNED,
    SOLD,
    VOID,
)
from gis.act import Case, Outcome
from gis.classifier import latest
from gis.profile import CityProfile
from gis.rules import Rule, Violation
from gis.text import Text

_TESTS: Final = "tests/cadastres/urban_planning/test_auctions.py::"
_LAND_CODE: Final = "Land Code of the Republic of Kazakhstan No. 442-II"

NOTICE: Final = "auction_notice_days"
"""The classifier whose code is the number of days between an auction's announcement and the auction."""

LOT_ORDER: Final = {PLANNED: (ANNOUNCED, CANCELLED), ANNOUNCED: (PLANNED, SOLD)}
"""What may follow a lot's states: one whose auction came to nothing is planned again."""

ORDER: Final = {ANNOUNCED: (AWARDED, VOID, CANCELLED), AWARDED: (CONCLUDED, VOID)}
"""What may follow an auction's states: it is void for want of bids, or where the winner does not conclude."""

TAKEN_BY: Final = ("ownership", "permanentUse", "temporaryUse", "lease", "trustManagement")
"""Kinds of right under which land is not free; the State's ownership leaves it free."""


def _lot_skipped(feature_id: int, detail: str) -> Violation:
    return LOT_STEPS.violation(feature_id, detail=detail)


def _skipped(feature_id: int, detail: str) -> Violation:
    return STEPS.violation(feature_id, detail=detail)


LOT_STEPS: Final = Rule(
    id="urban_planning.auction-lot.step-order",
    severity="error",
    statement=Text(
        kk="Лот жоспарланады, жарияланады, содан соң сатылады; жоспарланған лот қана алып тасталады.",
        ru="Лот планируют, объявляют, затем продают; снять можно только запланированный лот.",
        en="A lot is planned, announced, then sold; only a planned lot can be withdrawn.",
    ),
    watches=(AUCTION_LOT.name,),
    function=steps.skipped(AUCTION_LOT.name, LOT_ORDER, _lot_skipped),
    basis=_LAND_CODE,
    tested_by=_TESTS + "test_steps_of_lots_and_auctions",
)

STEPS: Final = Rule(
    id="urban_planning.auction.step-order",
    severity="error",
    statement=Text(
        kk="Аукцион жарияланады, жеңімпаз анықталады, шарт жасалады; жарияланғаны тоқтатылуы, екеуі де өтпеген деп "
        "танылуы мүмкін.",
        ru="Торги объявляют, определяют победителя, заключают договор; объявленные можно отменить, и те и другие — "
        "признать несостоявшимися.",
        en="An auction is announced, awarded, concluded by a contract; one announced can be cancelled, either be "
        "declared void.",
    ),
    watches=(AUCTION.name,),
    function=steps.skipped(AUCTION.name, ORDER, _skipped),
    basis=_LAND_CODE,
    tested_by=_TESTS + "test_steps_of_lots_and_auctions",
)


def days_of_notice(profile: CityProfile, day: date) -> int:
    """Return how many days an auction must be announced ahead, by the city's row of that day; 0 without one."""
    classifier = profile.classifiers.get(NOTICE)
    rows = [] if classifier is None else classifier.on(day)
    return int(latest(rows).code) if rows else 0


def _hasty(case: Case, outcome: Outcome) -> Iterator[Violation]:
    for write in outcome.writes:
        if write.layer == AUCTION.name and write.attributes["state"] == ANNOUNCED and not write.abolished:
            announced = write.attributes["announced"]
            given = (case.profile.legal_day(write.attributes["held"]) - announced).days
            least = days_of_notice(case.profile, announced)
            if given < least:
                yield NOTICE_GIVEN.violation(write.feature_id, valid=write.valid, detail=f"{given} / {least}")


NOTICE_GIVEN: Final = Rule(
    id="urban_planning.auction.notice-given",
    severity="error",
    statement=Text(
        kk="Аукцион өтетін күнінен белгіленген күн санынан кешіктірмей жариялануы тиіс.",
        ru="Торги объявляют не позднее установленного числа дней до их проведения.",
        en="An auction must be announced no less than the set number of days before it is held.",
    ),
    watches=(AUCTION.name,),
    function=_hasty,
    basis=_LAND_CODE,
    tested_by=_TESTS + "test_an_auction_is_announced_in_time",
)

LOT_SOUND: Final = Rule(
    id="urban_planning.auction-lot.terms",
    severity="error",
    statement=Text(
        kk="Бастапқы баға мен қадам нөлден үлкен, жарна теріс емес, ең төменгі баға бастапқыдан аспайды; мерзім тек "
        "жалға беруде жазылады.",
        ru="Начальная цена и шаг больше нуля, взнос не отрицателен, минимальная цена не больше начальной; срок указан "
        "только для аренды.",
        en="The starting price and the step are above zero, the deposit not negative, the minimum at most the starting "
        "price; a term stands with a lease only.",
    ),
    watches=(AUCTION_LOT.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  concat_ws(', ', right_offered, lease_term || ' mo', starting_price, step, deposit, minimum_price) AS detail
FROM {proposed:urban_planning.auction_lot} AS l
WHERE NOT abolished AND (starting_price <= 0 OR step <= 0 OR deposit < 0
  OR minimum_price <= 0 OR minimum_price > starting_price
  OR (right_offered = 'lease') <> (lease_term IS NOT NULL) OR lease_term <= 0
  OR (state IN ('planned', 'announced')) <> (parcel_id IS NOT NULL))
""",
    tested_by=_TESTS + "test_terms_of_a_lot_make_sense",
)

LOT_ONCE: Final = Rule(
    id="urban_planning.auction-lot.once",
    severity="error",
    statement=Text(
        kk="Бір учаске бір мезгілде бір-ақ лотта ұсынылады.",
        ru="Один участок в одно время предложен только в одном лоте.",
        en="A parcel is on offer in one lot at a time only.",
    ),
    watches=(AUCTION_LOT.name,),
    sql=f"""
WITH affected AS MATERIALIZED (
  SELECT DISTINCT parcel_id FROM {{proposed:urban_planning.auction_lot}} AS l
  WHERE NOT abolished AND parcel_id IS NOT NULL
), lots AS MATERIALIZED (
  {after(AUCTION_LOT.name, "parcel_id", "affected", "a.feature_id, a.parcel_id, a.valid")}
)
SELECT a.feature_id, b.feature_id AS other_id, a.valid * b.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, NULL::text AS detail
FROM lots AS a JOIN lots AS b USING (parcel_id) WHERE a.feature_id < b.feature_id AND a.valid && b.valid
""",  # noqa: S608 - pieces of the engine's own
    tested_by=_TESTS + "test_a_parcel_is_in_one_lot",
)

LOT_ON_PARCEL: Final = Rule(
    id="urban_planning.auction-lot.on-parcel",
    severity="error",
    statement=Text(
        kk="Лоттың аумағы өз учаскесінің шегінен шықпауы тиіс.",
        ru="Территория лота не выходит за пределы его участка.",
        en="A lot must not reach beyond its parcel.",
    ),
    watches=(AUCTION_LOT.name,),
    sql=f"""
WITH lots AS MATERIALIZED (
  SELECT feature_id AS lot, parcel_id AS feature_id, valid, geom
  FROM {{proposed:urban_planning.auction_lot}} AS l WHERE NOT abolished AND parcel_id IS NOT NULL
), ground AS MATERIALIZED (
  {after("land.parcel", "feature_id", "lots", "a.feature_id, a.valid, a.geom")}
), beyond AS (
  SELECT l.lot, l.feature_id, l.valid * g.valid AS valid, ST_Difference(l.geom, g.geom) AS place
  FROM lots AS l JOIN ground AS g USING (feature_id) WHERE g.valid && l.valid AND NOT ST_Covers(g.geom, l.geom)
)
SELECT lot AS feature_id, feature_id AS other_id, valid, ST_Area(place) AS amount, place, NULL::text AS detail
FROM beyond WHERE NOT ST_IsEmpty(ST_Buffer(place, -%(linear)s::float8 / 2))
""",  # noqa: S608 - pieces of the engine's own
    tested_by=_TESTS + "test_a_lot_lies_on_its_parcel",
)

# Held against what the act leaves: a lot against rights there are, a right or a unit against lots on offer.
LOT_FREE: Final = Rule(
    id="urban_planning.auction-lot.free-land",
    severity="error",
    statement=Text(
        kk="Аукционға бос учаске ғана шығарылады: ұсыныста тұрғанда оған мемлекеттік меншіктен басқа меншік, жер "
        "пайдалану не жалдау құқығы болмайды.",
        ru="На торги выставляют только свободный участок: пока он предложен, на нём нет прав собственности, "
        "землепользования и аренды, кроме собственности государства.",
        en="Only a free parcel is put up: while it is on offer nobody owns, uses or leases it, but for the State's "
        "ownership.",
    ),
    watches=(AUCTION_LOT.name, RIGHT.name, UNIT_PART.name),
    sql=f"""
WITH renewed AS MATERIALIZED (
  SELECT unit_id FROM {{proposed:real_estate.right}} AS r WHERE NOT abolished AND kind = ANY (KINDS)
), tied AS MATERIALIZED (
  {after(UNIT_PART.name, "unit_id", "renewed", "a.object_id")}
), named AS MATERIALIZED (
  SELECT parcel_id, parcel_id AS object_id FROM {{proposed:urban_planning.auction_lot}} AS l
  WHERE NOT abolished AND parcel_id IS NOT NULL
  UNION
  SELECT object_id, object_id FROM tied
  UNION
  SELECT object_id, object_id FROM {{proposed:real_estate.unit_part}} AS p WHERE NOT abolished
), lots AS MATERIALIZED (
  {after(AUCTION_LOT.name, "parcel_id", "named", "a.feature_id, a.parcel_id, a.valid")}
), offered AS MATERIALIZED (
  SELECT parcel_id AS object_id FROM lots
), parts AS MATERIALIZED (
  {after(UNIT_PART.name, "object_id", "offered", "a.object_id, a.unit_id, a.valid")}
), rights AS MATERIALIZED (
  {after(RIGHT.name, "unit_id", "parts", "a.feature_id, a.unit_id, a.kind, a.valid")}
)
SELECT DISTINCT l.feature_id, r.feature_id AS other_id, l.valid * p.valid * r.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, r.kind AS detail
FROM lots AS l
JOIN parts AS p ON p.object_id = l.parcel_id AND p.valid && l.valid
JOIN rights AS r ON r.unit_id = p.unit_id AND r.valid && (l.valid * p.valid)
WHERE r.kind = ANY (KINDS)
""".replace("KINDS", "ARRAY[" + ", ".join(f"'{kind}'" for kind in TAKEN_BY) + "]"),  # noqa: S608 - own words
    basis=_LAND_CODE,
    tested_by=_TESTS + "test_granted_land_is_no_lot",
)

LAND_RELEASED: Final = Rule(
    id="urban_planning.auction-lot.released",
    severity="error",
    statement=Text(
        kk="Резервтегі жер лот ретінде ұсынылуы мүмкін, бірақ резерв босатылмайынша сатылмайды.",
        ru="Зарезервированную землю можно предложить лотом, но до снятия резерва нельзя продать.",
        en="Reserved land may be offered as a lot, but can't be sold before it is released.",
    ),
    watches=(AUCTION_LOT.name,),
    sql="""
WITH sold AS (
  SELECT l.feature_id, r.feature_id AS other_id, l.valid * r.valid AS valid, ST_Intersection(l.geom, r.geom) AS place
  FROM {proposed:urban_planning.auction_lot} AS l
  JOIN {after:land.reservation} AS r ON r.geom && l.geom AND r.valid @> lower(l.valid)
  WHERE NOT l.abolished AND NOT r.abolished AND l.state = 'sold' AND ST_Relate(l.geom, r.geom, 'T********')
    AND NOT EXISTS (
      SELECT FROM {staying:urban_planning.auction_lot} AS s
      WHERE s.feature_id = l.feature_id AND s.state = 'sold' AND upper(s.valid) = lower(l.valid))
)
SELECT feature_id, other_id, valid, ST_Area(place) AS amount, place, NULL::text AS detail FROM sold
WHERE NOT ST_IsEmpty(ST_Buffer(place, -%(linear)s::float8 / 2))
""",
    basis=_LAND_CODE,
    tested_by=_TESTS + "test_reserved_land_is_sold_only_after_release",
)

TIMES: Final = Rule(
    id="urban_planning.auction.times",
    severity="error",
    statement=Text(
        kk="Ұсыныстар хабарландырудан кейін қабылданады, ал қорытынды ұсыныс қабылдау аяқталған соң шығарылады.",
        ru="Предложения принимают после объявления, а итоги подводят не раньше конца их приёма.",
        en="Bids are taken after the announcement, and the auction is held no earlier than bids close.",
    ),
    watches=(AUCTION.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  concat_ws(', ', announced, bids_deadline AT TIME ZONE %(zone)s, held AT TIME ZONE %(zone)s) AS detail
FROM {proposed:urban_planning.auction} AS a
WHERE NOT abolished AND ((bids_deadline AT TIME ZONE %(zone)s)::date <= announced OR held < bids_deadline)
""",
    tested_by=_TESTS + "test_times_of_an_auction_follow_each_other",
)

ONE_RUNNING: Final = Rule(
    id="urban_planning.auction.one-running",
    severity="error",
    statement=Text(
        kk="Лот бойынша бір мезгілде бір-ақ аукцион жүреді.",
        ru="По лоту в одно время идут только одни торги.",
        en="A lot has one running auction at a time.",
    ),
    watches=(AUCTION.name,),
    sql=f"""
WITH affected AS MATERIALIZED (
  SELECT DISTINCT lot_id FROM {{proposed:urban_planning.auction}} AS a
  WHERE NOT abolished AND state IN ('announced', 'awarded')
), running AS MATERIALIZED (
  {after(AUCTION.name, "lot_id", "affected", "a.feature_id, a.lot_id, a.state, a.valid")}
)
SELECT a.feature_id, b.feature_id AS other_id, a.valid * b.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, NULL::text AS detail
FROM running AS a JOIN running AS b USING (lot_id)
WHERE a.feature_id < b.feature_id AND a.valid && b.valid
  AND a.state IN ('announced', 'awarded') AND b.state IN ('announced', 'awarded')
""",  # noqa: S608 - pieces of the engine's own
    tested_by=_TESTS + "test_a_lot_has_one_running_auction",
)

RULES: Final = (
    LOT_STEPS,
    STEPS,
    NOTICE_GIVEN,
    LOT_SOUND,
    LOT_ONCE,
    LOT_ON_PARCEL,
    LOT_FREE,
    LAND_RELEASED,
    TIMES,
    ONE_RUNNING,
)
"""Rules on lots, and on how auctions are announced."""
