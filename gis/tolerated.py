"""Defects on record: what a bulk load accepted with its eyes open, and what breaks a rule that records.

A later act is not refused for a defect that stood before it, unless it makes it worse; one that it heals is closed. A
rule of severity ``recorded`` refuses nothing: what breaks it is put on record by whatever act brings it about, and
closed by the act that heals it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from psycopg import Connection

from gis.act import Succession
from gis.rules import Violation

_SLACK = 1e-6
"""Two computations of the same overlap may differ in the last digits; this much is no worsening."""

_Pair = tuple[str, frozenset[int]]
_Record = tuple[int, float | None]
"""Id of a defect on record, and how bad it is."""


@dataclass(frozen=True, slots=True)
class Review:
    """What an act's violations come to against the defects on record.

    Attributes:
        found: the violations, those tolerated turned into warnings.
        healed: ids of defects that the act removes or lessens.
        lessened: violations to be put on record in place of worse ones, or of their features' parents'; and those of
            rules that record, where they are new or other than on record.
    """

    found: Sequence[Violation]
    healed: Sequence[int]
    lessened: Sequence[Violation]


def review(
    connection: Connection, found: Sequence[Violation], touched: Iterable[int], successions: Sequence[Succession] = ()
) -> Review:
    """Hold the violations found against the defects on record of the touched features.

    A defect goes over to its feature's successors: what parents had between them, a child may have.
    """
    known = _on_record(connection, touched)
    inherited = {_pair(v): record for v in found if (record := _inherited(known, v, _parents(successions)))}
    answers = [_tolerated(v, known.get(_pair(v)) or inherited.get(_pair(v))) for v in found]
    now = {_pair(v): v for v in sorted(found, key=_badness)}
    healed = [record[0] for pair, record in known.items() if pair not in now or _replaces(now[pair], record)]
    lessened = [v for pair, v in now.items() if _replaces(v, known.get(pair))]
    heirs = [v for v, answer in zip(found, answers, strict=True) if _pair(v) in inherited and answer is not v]
    return Review(answers, healed, [*lessened, *heirs])


def _replaces(violation: Violation, record: _Record | None) -> bool:
    """Tell whether a violation is to stand on record in place of what is there: a lesser one, or any of its rule's."""
    if record is None:
        return violation.severity == "recorded"
    _, amount = record
    worse = violation.severity == "recorded" and _less(amount, violation.amount)
    return worse or _less(violation.amount, amount)


def _badness(violation: Violation) -> float:
    """Order violations so that of one pair's, at several times, the worst comes last."""
    return float("inf") if violation.amount is None else violation.amount


def _parents(successions: Sequence[Succession]) -> dict[int, frozenset[int]]:
    return {child: frozenset(s.parents) for s in successions for child in s.children if child not in s.parents}


def _inherited(
    known: Mapping[_Pair, _Record], violation: Violation, parents: Mapping[int, frozenset[int]]
) -> _Record | None:
    """Return what the parents of a violation's features have on record between them."""
    rule, features = _pair(violation)
    if _pair(violation) in known or not any(i in parents for i in features):
        return None
    sides = [parents.get(i, frozenset({i})) for i in features]
    records = [record for pair in {frozenset(p) for p in product(*sides)} if (record := known.get((rule, pair)))]
    amounts = [amount for _, amount in records]
    if not records:
        return None
    return records[0][0], None if None in amounts else sum(a for a in amounts if a is not None)


def _tolerated(violation: Violation, record: _Record | None) -> Violation:
    if record is None or violation.severity != "error" or _less(record[1], violation.amount):
        return violation
    return replace(violation, severity="warning")


def _less(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and one < other - _SLACK * max(1.0, abs(other))


def _pair(violation: Violation) -> _Pair:
    return violation.rule, frozenset(i for i in (violation.feature_id, violation.other_id) if i is not None)


def _on_record(connection: Connection, touched: Iterable[int]) -> dict[_Pair, _Record]:
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
