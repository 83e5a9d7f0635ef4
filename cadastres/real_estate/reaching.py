"""Pieces of rules' statements that reach the register's rows by their keys, so that an act costs the same in any city.

A rule looks at what stands after an act: what it proposes, what stays of the features it touches, and what it leaves
alone. The last is the whole layer and must be entered by an index: its keys are handed over as one array, which leaves
the planner no other way; proposed rows are joined, for a bulk load has many.
"""

from typing import Final

_ARMS: Final = """
  SELECT COLUMNS FROM {proposed:LAYER} AS a WHERE NOT a.abolished AND a.KEY IN (SELECT KEY FROM SOUGHT)
  UNION ALL
  SELECT COLUMNS FROM {staying:LAYER} AS a WHERE NOT a.abolished AND a.KEY IN (SELECT KEY FROM SOUGHT)
  UNION ALL
  SELECT COLUMNS FROM {untouched:LAYER} AS a WHERE NOT a.abolished AND a.KEY = ANY (ARRAY(SELECT KEY FROM SOUGHT))
"""


def after(layer: str, key: str, sought: str, columns: str) -> str:
    """Return a statement for a layer's versions in force after the act, found by a key.

    Args:
        layer: its name.
        key: ``feature_id`` or a key field.
        sought: a common table expression with a column of the key's name: the values looked for.
        columns: what to return, comma-separated, of the versions ``a``.
    """
    parts = {"LAYER": layer, "KEY": key, "SOUGHT": sought, "COLUMNS": columns}
    statement = _ARMS
    for name, part in parts.items():
        statement = statement.replace(name, part)
    return statement


def before(table: str, key: str, sought: str, columns: str) -> str:
    """Return a statement for the versions in force before the act, found by a key; arguments as :func:`after`."""
    parts = {"TABLE": table, "KEY": key, "SOUGHT": sought, "COLUMNS": columns}
    statement = _BEFORE
    for name, part in parts.items():
        statement = statement.replace(name, part)
    return statement


_BEFORE: Final = """
  SELECT COLUMNS FROM TABLE AS a
  WHERE upper_inf(a.recorded) AND NOT a.abolished AND a.KEY = ANY (ARRAY(SELECT KEY FROM SOUGHT))
"""

# Numerators and denominators of one instant's shares, added one by one: whole numbers of any length, no rounding.
EXACT_SUM: Final = """
  WITH RECURSIVE added (n, numerator, denominator) AS (
    SELECT 0, 0::numeric, 1::numeric
    UNION ALL
    SELECT n + 1, numerator * denominators[n + 1] + numerators[n + 1] * denominator, denominator * denominators[n + 1]
    FROM added WHERE n < cardinality(denominators)
  )
  SELECT numerator, denominator FROM added ORDER BY n DESC LIMIT 1
"""
"""Exact sum of the fractions in the arrays ``numerators`` and ``denominators`` (numeric) around it."""

# Shares of one denominator are added first: a house of a thousand equal flats is one step, not a thousand.
_SUMS: Final = """
moments AS (
  SELECT group_id, coalesce(lower(valid), '-infinity') AS since FROM shares
  UNION
  SELECT group_id, upper(valid) FROM shares WHERE NOT upper_inf(valid)
), spans AS (
  SELECT group_id, since, lead(since) OVER (PARTITION BY group_id ORDER BY since) AS until FROM moments
), parts AS (
  SELECT group_id, since, until, min(s.feature_id) AS feature_id, count(*) AS members,
    sum(s.share_numerator::numeric) AS numerator, s.share_denominator::numeric AS denominator
  FROM spans JOIN shares AS s USING (group_id) WHERE s.valid @> since
  GROUP BY group_id, since, until, s.share_denominator
), gathered AS (
  SELECT group_id, since, until, min(feature_id) AS feature_id, sum(members) AS members,
    array_agg(numerator) AS numerators, array_agg(denominator) AS denominators
  FROM parts WHERE denominator IS NOT NULL GROUP BY group_id, since, until
), summed AS (
  SELECT group_id, since, until, feature_id, members, total.numerator, total.denominator
  FROM gathered CROSS JOIN LATERAL (EXACT_SUM) AS total
)
"""

SUMS: Final = _SUMS.replace("EXACT_SUM", EXACT_SUM)
"""Common table expressions from ``shares`` (group_id, feature_id, valid, share_numerator, share_denominator) to
``summed``: the exact sum of each group's shares in each span of time in which it does not change."""
