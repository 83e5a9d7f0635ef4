"""Defects on record: what a bulk load accepted with its eyes open.

A later act is not refused for a defect that stood before it, unless it makes it worse; one that it heals is closed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from psycopg import Connection

from gis.rules import Violation

_SLACK = 1e-6
"""Two computations of the same overlap may differ in the last digits; this much is no worsening."""

_Pair = tuple[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Review:
    """What an act's violations come to against the defects on record.

    Attributes:
        found: the violations, those tolerated turned into warnings.
        healed: ids of defects that the act removes or lessens.
        lessened: violations to be put on record in place of worse ones.
    """

    found: Sequence[Violation]
    healed: Sequence[int]
    lessened: Sequence[Violation]


def review(connection: Connection, found: Sequence[Violation], touched: Iterable[int]) -> Review:
    """Hold the violations found against the defects on record of the touched features."""
    known = _on_record(connection, touched)
    answers = [_tolerated(v, known.get(_pair(v))) for v in found]
    now = {_pair(v): v for v in found}
    healed = [i for pair, (i, amount) in known.items() if pair not in now or _less(now[pair].amount, amount)]
    lessened = [v for pair, v in now.items() if pair in known and _less(v.amount, known[pair][1])]
    return Review(answers, healed, lessened)


def _tolerated(violation: Violation, record: tuple[int, float | None] | None) -> Violation:
    if record is None or violation.severity != "error" or _less(record[1], violation.amount):
        return violation
    return replace(violation, severity="warning")


def _less(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and one < other - _SLACK * max(1.0, abs(other))


def _pair(violation: Violation) -> _Pair:
    return violation.rule, frozenset(i for i in (violation.feature_id, violation.other_id) if i is not None)


def _on_record(connection: Connection, touched: Iterable[int]) -> dict[_Pair, tuple[int, float | None]]:
    ids = sorted(set(touched))
    rows = connection.execute(_OPEN, {"ids": ids}).fetchall()
    return {
        (rule, frozenset(i for i in (feature, other) if i is not None)): (violation_id, amount)
        for violation_id, rule, feature, other, amount in rows
    }


_OPEN = """
SELECT violation_id, rule, feature_id, other_id, amount FROM qala.violation
WHERE upper_inf(recorded) AND (feature_id = ANY(%(ids)s) OR other_id = ANY(%(ids)s))
"""
