"""Rules on encumbrances: what bars disposal, what needs a consent, in which order pledges stand.

What is disposed of is found by comparing what stands before an act with what it proposes, so the rules hold for every
writer, followers and corrections among them. Who died does not dispose: his rights go over by law, encumbered as they
are. Who corrects an entry under a pledge does not dispose either, as long as he cites the changeset that made it; under
an arrest even that waits. An act dated back before an encumbrance that still stands does not get past it.
"""

from typing import Final

from cadastres.real_estate.reaching import after, before
from cadastres.real_estate.rights_model import HOLDER, RIGHT, SHARED_KINDS
from cadastres.real_estate.share_rules import listed
from gis.rules import Rule
from gis.text import Text

_LAW: Final = "Law of the Republic of Kazakhstan No. 310 of 26.07.2007"
_TESTS: Final = "tests/cadastres/real_estate/test_rights_encumbrances.py::"

BARRED_KINDS: Final = ("pledge", "lease", "trustManagement")
"""Kinds that nobody may grant on what is arrested or may not be disposed of."""

# What the act takes from a holder: a right that ends, shrinks or becomes another, or a holder who is replaced.
_TAKEN: Final = f"""
touched AS MATERIALIZED (
  SELECT feature_id FROM {{proposed:real_estate.right}} AS p
  UNION
  SELECT right_id FROM {{proposed:personal.holder}} AS h
), stood AS MATERIALIZED (
  {before("real_estate.right", "feature_id", "touched", "a.*")}
), holdings AS MATERIALIZED (
  SELECT feature_id FROM {{proposed:personal.holder}} AS h
), holding AS MATERIALIZED (
  {before("personal.holder", "feature_id", "holdings", "a.feature_id, a.right_id, a.party_id, a.valid")}
), touching AS (
  SELECT s.feature_id AS right_id, s.unit_id, s.kind, p.valid * s.valid AS span
  FROM {{proposed:real_estate.right}} AS p JOIN stood AS s ON s.feature_id = p.feature_id AND s.valid && p.valid
  WHERE s.category = 'right' AND (p.abolished OR p.unit_id <> s.unit_id OR p.kind <> s.kind
    OR p.share_numerator::numeric * s.share_denominator < s.share_numerator::numeric * p.share_denominator)
  UNION
  SELECT s.feature_id, s.unit_id, s.kind, p.valid * h.valid * s.valid
  FROM {{proposed:personal.holder}} AS p JOIN holding AS h ON h.feature_id = p.feature_id AND h.valid && p.valid
  JOIN stood AS s ON s.feature_id = h.right_id AND s.valid && p.valid * h.valid
  WHERE s.category = 'right' AND (p.abolished OR p.party_id <> h.party_id OR p.right_id <> h.right_id)
), changed AS (
  SELECT *, coalesce(lower(span), '-infinity') AS since FROM touching
), held AS MATERIALIZED (
  {before("personal.holder", "right_id", "changed", "a.right_id, a.party_id, a.valid, a.opened_by")}
), dead AS MATERIALIZED (
  SELECT h.right_id, h.valid, min(p.end_date) AS day
  FROM held AS h JOIN LATERAL (
    SELECT end_date FROM personal.party AS a WHERE a.feature_id = h.party_id AND upper_inf(a.recorded)
    UNION ALL
    SELECT end_date FROM {{proposed:personal.party}} AS a WHERE a.feature_id = h.party_id
  ) AS p ON p.end_date IS NOT NULL
  GROUP BY h.right_id, h.valid
), taken AS MATERIALIZED (
  SELECT * FROM changed AS c WHERE NOT EXISTS (
    SELECT FROM dead AS d WHERE d.right_id = c.right_id AND d.valid @> c.since
      AND d.day <= (c.since AT TIME ZONE %(zone)s)::date)
)"""  # noqa: S608 - pieces of the engine's own

# Where a right's entry, or its holder's, is corrected: what stood there was opened by the changeset that is now cited.
# An older citation that the entry carries along excuses nothing, nor does a citation the end of a right.
_CORRECTED: Final = """
corrected AS MATERIALIZED (
  SELECT p.feature_id AS right_id, range_agg(p.valid * s.valid) AS valid
  FROM {proposed:real_estate.right} AS p JOIN stood AS s ON s.feature_id = p.feature_id AND s.valid && p.valid
  WHERE NOT p.abolished AND p.corrects IS DISTINCT FROM s.corrects AND p.unit_id = s.unit_id AND p.kind = s.kind
    AND (p.corrects = s.opened_by OR EXISTS (
      SELECT FROM held AS h
      WHERE h.right_id = p.feature_id AND h.opened_by = p.corrects AND h.valid && (p.valid * s.valid)))
  GROUP BY p.feature_id
), disposed AS MATERIALIZED (
  SELECT * FROM taken AS t
  WHERE NOT EXISTS (SELECT FROM corrected AS c WHERE c.right_id = t.right_id AND c.valid @> t.span)
)"""

# An encumbrance of the whole unit concerns its owners and land users, one of a single right that right.
_CONCERNS: Final = f"""
  (e.valid @> d.since OR (lower(e.valid) > d.since AND upper_inf(e.valid)))
  AND (e.on_right_id = d.right_id OR (e.on_right_id IS NULL AND d.kind IN ({listed(SHARED_KINDS)})))
"""

# Encumbrances that the act brings in. One that goes over with its thing, or to another holder, is not brought in.
_FRESH: Final = """
fresh AS MATERIALIZED (
  SELECT p.feature_id, p.unit_id, p.on_right_id, p.kind, coalesce(lower(p.valid), '-infinity') AS since
  FROM {proposed:real_estate.right} AS p
  WHERE NOT p.abolished AND p.kind IN (KINDS)
    AND NOT EXISTS (SELECT FROM real_estate.right AS o WHERE o.feature_id = p.feature_id)
    AND (p.on_right_id IS NULL OR EXISTS (SELECT FROM real_estate.right AS o WHERE o.feature_id = p.on_right_id))
    AND NOT EXISTS (
      SELECT FROM {proposed:real_estate.right} AS gone
      WHERE gone.abolished AND gone.unit_id = p.unit_id AND gone.kind = p.kind AND gone.rank IS NOT DISTINCT FROM p.rank
        AND gone.on_right_id IS NOT DISTINCT FROM p.on_right_id)
)"""

NOT_UNDER_ARREST: Final = Rule(
    id="real_estate.right.not-under-arrest",
    severity="error",
    statement=Text(
        kk="Тыйым салынған немесе билік етуге шектеу қойылған құқықты беруге, тоқтатуға не ауыртпалық салуға болмайды.",
        ru="Право под арестом или запретом нельзя передать, прекратить или обременить.",
        en="What is under arrest or a prohibition can't be transferred, ended or encumbered.",
    ),
    watches=(RIGHT.name, HOLDER.name),
    sql=f"""
WITH {_TAKEN}, {_FRESH.replace("KINDS", listed(BARRED_KINDS))}, units AS MATERIALIZED (
  SELECT unit_id FROM taken UNION SELECT unit_id FROM fresh
), encumbering AS MATERIALIZED (
  {before("real_estate.right", "unit_id", "units", "a.feature_id, a.unit_id, a.on_right_id, a.kind, a.valid")}
), bars AS MATERIALIZED (
  SELECT * FROM encumbering WHERE kind IN ('arrest', 'prohibition')
)
SELECT d.right_id AS feature_id, e.feature_id AS other_id, tstzrange(d.since, NULL) AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, e.kind AS detail
FROM taken AS d JOIN bars AS e ON e.unit_id = d.unit_id AND {_CONCERNS}
UNION
SELECT g.feature_id, e.feature_id, tstzrange(g.since, NULL), NULL, NULL, e.kind
FROM fresh AS g JOIN bars AS e ON e.unit_id = g.unit_id
  AND (e.valid @> g.since OR (lower(e.valid) > g.since AND upper_inf(e.valid)))
  AND (e.on_right_id IS NULL OR g.on_right_id IS NULL OR e.on_right_id = g.on_right_id)
""",  # noqa: S608 - pieces of the engine's own
    basis=_LAW,
    tested_by=_TESTS + "test_nothing_under_arrest_is_disposed_of",
)

CONSENT_TO_DISPOSAL: Final = Rule(
    id="real_estate.right.pledgee-consents",
    severity="error",
    statement=Text(
        kk="Кепілдегі құқыққа кепіл ұстаушының келісімімен ғана билік етіледі; бірлікті қайта құруға да келісім керек.",
        ru="Заложенным правом распоряжаются с согласия залогодержателя; оно нужно и для преобразования единицы.",
        en="What is pledged is disposed of only with the pledgee's consent; reorganising its unit needs one too.",
    ),
    watches=(RIGHT.name, HOLDER.name),
    sql=f"""
WITH {_TAKEN}, {_CORRECTED}, encumbering AS MATERIALIZED (
  {before("real_estate.right", "unit_id", "disposed", "a.feature_id, a.unit_id, a.on_right_id, a.kind, a.valid")}
), pledges AS MATERIALIZED (
  SELECT feature_id AS right_id, feature_id, unit_id, on_right_id, valid FROM encumbering WHERE kind = 'pledge'
), consents AS MATERIALIZED (
  {before("real_estate.consent", "right_id", "pledges", "a.right_id, a.consents_to, a.valid")}
), ending AS (
  SELECT feature_id, valid FROM {{proposed:real_estate.unit}} AS u WHERE abolished
), concerned AS (
  SELECT d.right_id, d.since, e.feature_id AS pledge, greatest(d.since, lower(e.valid)) AS asked,
    CASE WHEN EXISTS (SELECT FROM ending AS u WHERE u.feature_id = d.unit_id AND u.valid @> d.since)
      THEN 'reorganisation' ELSE 'disposal' END AS wanted
  FROM disposed AS d JOIN pledges AS e ON e.unit_id = d.unit_id AND {_CONCERNS}
)
SELECT c.right_id AS feature_id, c.pledge AS other_id, tstzrange(c.since, NULL) AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, c.wanted AS detail
FROM concerned AS c
WHERE NOT EXISTS (
  SELECT FROM consents AS s WHERE s.right_id = c.pledge AND s.consents_to = c.wanted AND s.valid @> c.asked)
""",  # noqa: S608 - pieces of the engine's own
    basis=_LAW,
    tested_by=_TESTS + "test_a_pledged_right_is_sold_only_with_consent",
)

CONSENT_TO_FURTHER_PLEDGE: Final = Rule(
    id="real_estate.right.further-pledge-consents",
    severity="error",
    statement=Text(
        kk="Келесі кепілге бұрынғы кепіл ұстаушының келісімі керек.",
        ru="Для последующего залога нужно согласие прежнего залогодержателя.",
        en="A further pledge needs the earlier pledgee's consent.",
    ),
    watches=(RIGHT.name,),
    sql=f"""
WITH {_FRESH.replace("KINDS", "'pledge'")}, encumbering AS MATERIALIZED (
  {before("real_estate.right", "unit_id", "fresh", "a.feature_id, a.unit_id, a.on_right_id, a.kind, a.valid")}
), pledges AS MATERIALIZED (
  SELECT feature_id AS right_id, feature_id, unit_id, on_right_id, valid FROM encumbering WHERE kind = 'pledge'
), consents AS MATERIALIZED (
  {before("real_estate.consent", "right_id", "pledges", "a.right_id, a.consents_to, a.valid")}
)
SELECT p.feature_id, e.feature_id AS other_id, tstzrange(p.since, NULL) AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, 'furtherPledge' AS detail
FROM fresh AS p
JOIN pledges AS e ON e.unit_id = p.unit_id AND e.valid @> p.since
  AND (e.on_right_id IS NULL OR p.on_right_id IS NULL OR e.on_right_id = p.on_right_id)
WHERE NOT EXISTS (
  SELECT FROM consents AS s WHERE s.right_id = e.feature_id AND s.consents_to = 'furtherPledge' AND s.valid @> p.since)
""",  # noqa: S608 - pieces of the engine's own
    basis=_LAW,
    tested_by=_TESTS + "test_a_further_pledge_needs_consent",
)

_PAIRS: Final = f"""
WITH affected AS MATERIALIZED (
  SELECT DISTINCT unit_id FROM {{proposed:real_estate.right}} AS r WHERE kind = 'pledge' AND NOT abolished
), standing AS MATERIALIZED (
  {after(RIGHT.name, "unit_id", "affected", "a.feature_id, a.unit_id, a.kind, a.rank, a.on_right_id, a.valid")}
)
SELECT a.feature_id, b.feature_id AS other_id, a.valid * b.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, concat(a.rank, ' / ', b.rank) AS detail
FROM standing AS a JOIN standing AS b ON b.unit_id = a.unit_id AND b.feature_id > a.feature_id AND b.valid && a.valid
WHERE a.kind = 'pledge' AND b.kind = 'pledge'
  AND (a.on_right_id IS NULL OR b.on_right_id IS NULL OR a.on_right_id = b.on_right_id)
"""  # noqa: S608 - pieces of the engine's own

PLEDGE_RANKED: Final = Rule(
    id="real_estate.right.pledge-ranked",
    severity="error",
    statement=Text(
        kk="Бір нысанға салынған бірнеше кепілдің әрқайсысының кезегі болуы тиіс.",
        ru="Если залогов на один предмет несколько, у каждого должна быть очерёдность.",
        en="Where several pledges stand on one thing, each must have its rank.",
    ),
    watches=(RIGHT.name,),
    sql=_PAIRS + "  AND (a.rank IS NULL OR b.rank IS NULL)",
    basis=_LAW,
    tested_by=_TESTS + "test_a_pledge_on_a_pledge_needs_a_rank",
)

RANK_UNIQUE: Final = Rule(
    id="real_estate.right.pledge-rank-unique",
    severity="error",
    statement=Text(
        kk="Бір нысанға (бірлікке не үлеске) салынған кепілдердің кезектері әртүрлі болуы тиіс.",
        ru="Очерёдности залогов одного предмета (единицы или доли) должны быть разными.",
        en="Pledges on one thing, a unit or a share of it, must have different ranks.",
    ),
    watches=(RIGHT.name,),
    sql=_PAIRS + "  AND a.rank = b.rank",
    basis=_LAW,
    tested_by=_TESTS + "test_ranks_of_pledges_are_unique",
)

ENCUMBERS_OWN_UNIT: Final = Rule(
    id="real_estate.right.encumbers-own-unit",
    severity="error",
    statement=Text(
        kk="Ауыртпалық өз бірлігіндегі құқыққа ғана салынады.",
        ru="Обременять можно только право на ту же единицу.",
        en="What encumbers a right must stand on the same unit as that right.",
    ),
    watches=(RIGHT.name,),
    sql=f"""
WITH naming AS MATERIALIZED (
  SELECT p.feature_id AS id, p.unit_id, p.category, p.on_right_id AS feature_id, p.valid
  FROM {{proposed:real_estate.right}} AS p WHERE NOT p.abolished AND p.on_right_id IS NOT NULL
), named AS MATERIALIZED (
  {after(RIGHT.name, "feature_id", "naming", "a.feature_id, a.unit_id, a.category, a.valid")}
)
SELECT n.id AS feature_id, o.feature_id AS other_id, n.valid * o.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, o.category AS detail
FROM naming AS n JOIN named AS o USING (feature_id)
WHERE n.valid && o.valid
  AND (o.unit_id <> n.unit_id OR o.category <> 'right' OR n.category = 'right' OR n.id = o.feature_id)
""",  # noqa: S608 - pieces of the engine's own
    basis="ISO 19152-1:2024, LA_Restriction",
    tested_by=_TESTS + "test_an_encumbrance_stays_on_its_unit",
)

RULES: Final = (
    NOT_UNDER_ARREST,
    CONSENT_TO_DISPOSAL,
    CONSENT_TO_FURTHER_PLEDGE,
    PLEDGE_RANKED,
    RANK_UNIQUE,
    ENCUMBERS_OWN_UNIT,
)
"""Rules on encumbrances."""
