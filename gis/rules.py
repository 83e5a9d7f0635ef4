"""Rules: what the law or the register's own order forbids.

A rule has a stable id, a severity, a statement in three languages, its legal basis where there is one, and one small
function or one SQL statement. It says which layers it watches; layers don't list rules. An act is asked by the same
rules before ("may I?") and when it is written.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

import shapely
from psycopg import Connection
from psycopg.types.range import Range
from shapely.geometry.base import BaseGeometry

from gis import staging
from gis.act import Case, Outcome
from gis.errors import RuleBroken
from gis.layer import Layers
from gis.profile import CityProfile
from gis.record import Period
from gis.text import Text

Severity = Literal["error", "warning", "recorded"]
"""What comes of a broken rule: the act is refused; it is told; it stands on record as an open violation till healed."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where a rule is broken.

    Attributes:
        rule: its id.
        feature_id: the feature that breaks it; negative for one that the act would make.
        other_id: the other party, where there are two.
        valid: the span of valid time in which it is broken.
        amount: how badly, in the rule's own unit (metres, square metres, a ratio); a later act may not raise it.
        place: where, in the city's projected system.
        detail: what was found, for the reader.
    """

    rule: str
    severity: Severity
    layer: str
    feature_id: int
    other_id: int | None = None
    valid: Period = field(default_factory=Period)
    amount: float | None = None
    place: BaseGeometry | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        watches: layers whose proposed versions wake it; the first is the layer of the features it names.
        sql: a statement over ``{proposed:layer}``, ``{after:layer}`` and the other relations of :mod:`gis.staging`. It
            binds ``%(linear)s`` (T, metres) and the other tolerances of the profile by name, and returns rows
            (feature_id, other_id, valid, amount, place, detail), one a violation. Where both features are proposed,
            the pair may be returned once.
        function: for what speaks of the act as a whole.
        basis: the article that demands it.
        tested_by: the test that proves it.
    """

    id: str
    severity: Severity
    statement: Text
    watches: tuple[str, ...]
    sql: str | None = None
    function: Callable[[Case, Outcome], Iterable[Violation]] | None = None
    basis: str | None = None
    tested_by: str | None = None

    def violation(self, feature_id: int, **facts: Any) -> Violation:
        """Return a violation of this rule."""
        return Violation(self.id, self.severity, self.watches[0], feature_id, **facts)


def check(
    connection: Connection,
    rules: Sequence[Rule],
    layers: Layers,
    touched: Iterable[str],
    profile: CityProfile,
    screened: Collection[str] = (),
) -> list[Violation]:
    """Run every SQL rule that watches a touched layer over what is staged; ``screened`` layers were screened."""
    watching = awake(rules, touched)
    staging.prepare(connection, {layers[name] for rule in watching for name in staging.relations(rule.sql or "")})
    return [violation for rule in watching for violation in _found(connection, rule, layers, profile, screened)]


def awake(rules: Sequence[Rule], touched: Iterable[str]) -> list[Rule]:
    """Return the SQL rules that watch one of the touched layers."""
    changed = set(touched)
    return [rule for rule in rules if rule.sql is not None and changed & set(rule.watches)]


def check_act(rules: Sequence[Rule], case: Case, outcome: Outcome) -> list[Violation]:
    """Run every rule that speaks of the act as a whole."""
    changed = {w.layer for w in outcome.writes} | {s.layer for s in outcome.successions}
    return [
        violation
        for rule in rules
        if rule.function is not None and changed & set(rule.watches)
        for violation in rule.function(case, outcome)
    ]


def _found(
    connection: Connection, rule: Rule, layers: Layers, profile: CityProfile, screened: Collection[str]
) -> Iterator[Violation]:
    statement = _text(rule.sql or "", layers, frozenset(screened))
    for feature_id, other_id, valid, amount, place, detail in connection.execute(statement, parameters(profile)):
        yield rule.violation(
            feature_id,
            other_id=other_id,
            valid=_period(valid),
            amount=amount,
            place=None if place is None else shapely.from_wkb(place),
            detail=detail,
        )


@lru_cache(maxsize=2000)
def _text(statement: str, layers: Layers, screened: frozenset[str]) -> bytes:
    """Return a rule's statement as it is sent; composing it anew for every act would cost as much as running it."""
    return staging.with_relations(statement, layers, screened).as_bytes(None)


def parameters(profile: CityProfile) -> dict[str, object]:
    """Named parameters of every rule's statement: the profile's tolerances, names and tenure, its id and its zone."""
    return {
        **profile.tolerances.model_dump(),
        "city": profile.id,
        "zone": profile.timezone,
        "official_names": list(profile.official_names),
        "unownable_categories": list(profile.tenure.unownable_categories),
        "unownable_uses": list(profile.tenure.unownable_uses),
        "registration_since": profile.tenure.registration_since,
    }


def _period(span: Range[datetime] | None) -> Period:
    return Period() if span is None else Period(span.lower, span.upper)


def refuse(violations: Sequence[Violation], rules: Sequence[Rule]) -> RuleBroken:
    """Return the refusal that names every violation with its rule's statement."""
    statements = {rule.id: rule.statement for rule in rules}
    broken = list(dict.fromkeys(v.rule for v in violations))
    told = [statements[i] for i in broken]
    message = Text(
        **{
            language: " ".join(f"[{i}] {text.in_language(language)}" for i, text in zip(broken, told, strict=True))
            for language in ("kk", "ru", "en")
        }
    )
    return RuleBroken(message, violations=list(violations), statements={i: statements[i] for i in broken})
