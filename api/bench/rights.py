"""``qala bench rights``: what the size of the register costs a transfer with all rules."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from fractions import Fraction
from statistics import median
from typing import Final

from api.bench.estate import Estate, act_of
from api.bench.table import ROUNDS, Line, Result, Target, rounds_of, run
from cadastres.real_estate.rights_verbs import Consent, Recipient, Transfer
from gis.database import connect

RIGHTS: Final = 1_000_000
SMALL: Final = 10_000
TRANSFERS: Final = 20
"""Transfers in one measurement; the median counts."""


def measure(
    tell: Callable[[str], None], *, rights: int = RIGHTS, small: int = SMALL, rounds: int = ROUNDS
) -> list[Result]:
    """Build what is missing and measure.

    Args:
        tell: hears what is being done.
        rights: size of the large register.
        small: size of the one that it is measured against.
        rounds: alternating rounds.
    """
    large, little = Estate.of(rights), Estate.of(small)
    with ExitStack() as stack:
        stack.enter_context(large.installation.running())
        for estate in (large, little):
            estate.ensure(tell)
            stack.callback(estate.register.close)
        return run((rounds_of(line, rounds) for line in lines(large, little)), tell)


def lines(large: Estate, small: Estate) -> list[Line]:
    """Return the lines of the table."""
    return [
        _line("a transfer with all rules", large, small, pledged=False),
        _line("a transfer of half a pledged share with all rules", large, small, pledged=True),
    ]


def _line(name: str, large: Estate, small: Estate, *, pledged: bool) -> Line:
    against = f"{small.rights} rights"
    return Line(
        name=f"{name}, {large.rights} rights against {small.rights}",
        contenders={
            "qala": lambda: _transfers(large, pledged=pledged),
            against: lambda: _transfers(small, pledged=pledged),
        },
        targets=(Target((against,), 1.5, at_least=False),),
        unit=" ms",
    )


def _transfers(estate: Estate, *, pledged: bool) -> float:
    """Return what a transfer takes in milliseconds: the median of some, each of a right that was never transferred."""
    register, today = estate.register, datetime.now(estate.profile.zone).date()
    with connect(register.database.writer) as connection:
        drawn = connection.execute(_DRAWN, {"pledged": pledged, "wanted": TRANSFERS}).fetchall()
    spent = []
    for right, pledge, buyer in drawn:
        if pledge is not None:
            consent = Consent(right=pledge, consents_to="disposal")
            register.perform(consent, act_of(estate.profile, today, "registrar"))
        to = Recipient(holder=buyer, share=Fraction(1, 4) if pledged else None)
        act = act_of(estate.profile, today, "registrar")
        started = time.perf_counter()
        register.perform(Transfer(right=right, to=(to,)), act)
        spent.append(time.perf_counter() - started)
    return median(spent) * 1000


# Candidates by random ids: the register is too large to be looked through.
_DRAWN: Final = """
WITH bounds AS (
  SELECT (SELECT min(feature_id) FROM real_estate.right) AS first,
    (SELECT max(feature_id) FROM real_estate.right) AS last,
    (SELECT min(feature_id) FROM personal.party) AS party, (SELECT max(feature_id) FROM personal.party) AS last_party
), candidates AS MATERIALIZED (
  SELECT DISTINCT ON (feature_id) feature_id, party + floor(random() * (last_party - party))::bigint AS sought
  FROM (SELECT first + floor(random() * (last - first))::bigint AS feature_id, party, last_party
        FROM bounds, generate_series(1, 2000)) AS drawn
)
SELECT r.feature_id, p.feature_id, buyer.feature_id
FROM candidates AS c JOIN real_estate.right AS r USING (feature_id)
JOIN personal.holder AS h ON h.right_id = r.feature_id AND upper_inf(h.recorded)
CROSS JOIN LATERAL (
  SELECT q.feature_id FROM personal.party AS q
  WHERE q.feature_id >= c.sought AND q.feature_id <> h.party_id ORDER BY q.feature_id LIMIT 1) AS buyer
LEFT JOIN real_estate.right AS p ON p.on_right_id = r.feature_id AND upper_inf(p.recorded)
WHERE r.kind = 'ownership' AND r.version = 1 AND upper_inf(r.recorded) AND (p.feature_id IS NOT NULL) = %(pledged)s
  AND NOT EXISTS (SELECT FROM real_estate.right AS o WHERE o.feature_id = r.feature_id AND o.version > 1)
ORDER BY random() LIMIT %(wanted)s
"""
