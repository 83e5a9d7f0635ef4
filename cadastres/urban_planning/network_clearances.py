"""Norms on how near networks may come to each other, and lines that come nearer.

A line is held to the norm in force when the two came near each other. A norm that is not confirmed (its value was not
read in the act itself) warns; a confirmed one forbids.
"""

from typing import Final

from cadastres.urban_planning.network_model import CLEARANCE, NETWORK_LINE
from cadastres.urban_planning.network_nearness import APART, MEASURED, told
from gis.rules import Rule
from gis.text import Text

_TESTS: Final = "tests/cadastres/urban_planning/test_network_clearances.py"

_PAIR: Final = f"""
  SELECT {told("p", "one")}, {told("a", "other")}, p.valid * a.valid AS valid
  FROM {{proposed:urban_planning.network_line}} AS p
  JOIN {{RELATION:urban_planning.network_line}} AS a
    ON a.geom && ST_Expand(p.geom, (SELECT reach FROM reach) + coalesce(p.half_width, 0)) AND a.valid && p.valid
  WHERE NOT p.abolished AND NOT a.abolished AND BESIDE AND EXISTS (SELECT FROM norm)
    AND p.current_status <> 'decommissioned' AND a.current_status <> 'decommissioned'"""  # noqa: S608 - of constants
_PAIRS: Final = " UNION ALL ".join(
    _PAIR.replace("RELATION", relation).replace("BESIDE", beside)
    for relation, beside in (
        ("proposed", "a.feature_id > p.feature_id"),
        ("staying", "a.feature_id <> p.feature_id"),
        ("untouched", "true"),
    )
)

_WIDEST: Final = 3.0
"""No line's edge is farther than this [m] from its axis, but that of the line that is being written."""

_NEAR: Final = f"""
WITH norm AS MATERIALIZED (
  SELECT * FROM {{after:urban_planning.clearance}} AS c WHERE NOT abolished AND confirmed = CONFIRMED
), reach AS MATERIALIZED (
  SELECT coalesce(max(min_horizontal), 0) + {_WIDEST} AS reach FROM norm
), met AS (
  {_PAIRS}
), pair AS (
  SELECT * FROM met WHERE {APART}
), {MEASURED}, near AS (
  SELECT one_feature_id, other_feature_id, spanned, valid, norm_valid, gap, place, nearness, least FROM beside
  UNION ALL
  SELECT one_feature_id, other_feature_id, spanned, valid, norm_valid, gap, place, nearness, least FROM over
  WHERE gap < least - %(linear)s
)
SELECT one_feature_id AS feature_id, other_feature_id AS other_id, spanned AS valid, gap AS amount, place,
  format('%%s: %%s m < %%s m', nearness, round(gap::numeric, 2), least) AS detail
FROM near WHERE norm_valid @> lower(valid) OR (lower_inf(valid) AND lower_inf(norm_valid))
"""  # noqa: S608 - composed of constants


def _near(*, confirmed: bool) -> str:
    return _NEAR.replace("CONFIRMED", str(confirmed).lower())


CLEAR: Final = Rule(
    id="urban_planning.network_line.clear-of-others",
    severity="error",
    statement=Text(
        kk="Желілер бір-біріне норма рұқсат еткеннен жақын келмеуі тиіс: жоспарда да, тереңдікте де.",
        ru="Сети не должны сближаться больше, чем позволяет норма: ни в плане, ни по глубине.",
        en="Networks must not come nearer to each other than the norm allows, in plan or in depth.",
    ),
    watches=(NETWORK_LINE.name,),
    sql=_near(confirmed=True),
    tested_by=f"{_TESTS}::test_confirmed_norm_forbids",
)

CLEAR_UNCONFIRMED: Final = Rule(
    id="urban_planning.network_line.clear-by-unconfirmed-norm",
    severity="warning",
    statement=Text(
        kk="Желілер актіден әлі расталмаған нормадан жақын келеді: норманы да, орнын да тексеріңіз.",
        ru="Сети сближаются больше, чем по норме, ещё не подтверждённой по акту: проверьте и норму, и место.",
        en="Networks come nearer than a norm not yet confirmed from its act: check both the norm and the place.",
    ),
    watches=(NETWORK_LINE.name,),
    sql=_near(confirmed=False),
    tested_by=f"{_TESTS}::test_unconfirmed_norm_warns",
)

NORM_SAID: Final = Rule(
    id="urban_planning.clearance.said",
    severity="error",
    statement=Text(
        kk="Норма екі желіні әліпби ретімен атауы, кемінде бір қашықтықты беруі және оның теріс болмауы тиіс.",
        ru="Норма называет две сети по алфавиту и хотя бы одно расстояние, не отрицательное.",
        en="A norm names two networks in alphabetical order and one distance at least, none of them negative.",
    ),
    watches=(CLEARANCE.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  one_network || ' / ' || other_network AS detail
FROM {proposed:urban_planning.clearance} AS c
WHERE NOT abolished AND (one_network COLLATE "C" > other_network COLLATE "C"
  OR (min_horizontal IS NULL AND min_vertical IS NULL) OR min_horizontal < 0 OR min_vertical < 0)
""",
    tested_by=f"{_TESTS}::test_norm_that_says_nothing",
)

_ONCE: Final = """
SELECT p.feature_id, a.feature_id AS other_id, p.valid * a.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, p.one_network || ' / ' || p.other_network AS detail
FROM {proposed:urban_planning.clearance} AS p
JOIN {RELATION:urban_planning.clearance} AS a
  ON a.one_network = p.one_network AND a.other_network = p.other_network AND a.valid && p.valid
WHERE NOT p.abolished AND NOT a.abolished AND BESIDE
"""

NORM_ONCE: Final = Rule(
    id="urban_planning.clearance.one-at-a-time",
    severity="error",
    statement=Text(
        kk="Екі желінің арасында бір мезгілде бір ғана норма болады; мерзімдері қабаттаспауы тиіс.",
        ru="Между двумя сетями в один момент действует одна норма; сроки норм не должны пересекаться.",
        en="One norm holds between two networks at any moment; the periods of norms must not overlap.",
    ),
    watches=(CLEARANCE.name,),
    sql=" UNION ALL ".join(
        _ONCE.replace("RELATION", relation).replace("BESIDE", beside)
        for relation, beside in (
            ("proposed", "a.feature_id > p.feature_id"),
            ("staying", "a.feature_id <> p.feature_id"),
            ("untouched", "true"),
        )
    ),
    tested_by=f"{_TESTS}::test_norms_with_overlapping_periods",
)

RULES: Final = (CLEAR, CLEAR_UNCONFIRMED, NORM_SAID, NORM_ONCE)
