"""A draft's edits once more, one by one: rules on acts as a whole look at each by itself.

A split followed by a split of a child is two acts, and each must add up by itself; of the whole draft one could only
see that the land of the first parent went to the grandchildren. What an edit wrote in public layers is kept with it;
what a draft proposes in others is looked at once, as it stands in the end. A bulk load is not looked at in this way, in
a draft no more than in the register.

Bringing a draft up to date is an edit too. Whoever takes the register's side of one feature and the draft's of another
may tear asunder what an act did to both: a rule sees this by the succession :data:`REBASED`, among all the features
that the edits before tied together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from psycopg import Connection

from gis import store
from gis.act import Act, Case, Outcome, Succession
from gis.change import Change, Turn, write_read
from gis.draft import Draft
from gis.layer import Layers
from gis.record import Timeline, Write, rewritten
from gis.register import Register
from gis.rules import Violation, check_act

REBASED: Final = "rebased"
"""Kind of the succession, by themselves, of features that acts tied together: brought up to date with the register, or
taken back. It is never recorded."""

_Lives = dict[str, dict[int, Timeline]]


@dataclass(frozen=True, slots=True)
class Replayed:
    """One edit as it counts in the end: without what was given back to the register since.

    Attributes:
        rebased: features that it brought up to date with the register.
        unmoved: features of which it only repeats the geometry and the end; they are whatever they are by then.
    """

    actor: str
    role: str
    reason: str
    valid_from: datetime
    outcome: Outcome
    rebased: frozenset[int] = frozenset()
    unmoved: frozenset[int] = frozenset()


def replayed(connection: Connection, layers: Layers, draft: Draft) -> list[Replayed]:
    """Return a draft's edits in order; those of which everything was given back are left out."""
    rows = connection.execute(_STEPS, (draft.draft_id,)).fetchall()
    given_back: set[int] = set()
    edits: list[Replayed] = []
    for actor, role, reason, valid_from, rebased, reverted, successions, writes in reversed(rows):
        outcome = _standing(_outcome(layers, valid_from, successions, writes), given_back)
        left = frozenset(rebased) - given_back
        unmoved = frozenset(told["id"] for told in writes if not told.get("moved", True))
        if outcome.writes or outcome.successions or left:
            edits.append(Replayed(actor, role, reason, valid_from, outcome, left, unmoved - left))
        given_back |= set(reverted)
    return edits[::-1]


def _outcome(
    layers: Layers, valid_from: datetime, successions: Sequence[Mapping[str, Any]], writes: Sequence[Mapping[str, Any]]
) -> Outcome:
    return Outcome(
        tuple(write_read(told, layers) for told in writes),
        tuple(
            Succession(s["layer"], s["kind"], tuple(s["parents"]), tuple(s["children"]), valid_from)
            for s in successions
        ),
    )


def _standing(outcome: Outcome, given_back: set[int]) -> Outcome:
    """Leave out what was given back; a succession of which something is left still has to add up."""
    writes = tuple(w for w in outcome.writes if w.feature_id not in given_back)
    left = tuple(s for s in outcome.successions if not {*s.parents, *s.children} <= given_back)
    return Outcome(writes, left)


def descended(edits: Iterable[Replayed], there: frozenset[int], vanished: frozenset[int]) -> list[Succession]:
    """Return the successions of a draft, each parent and child once, from the earliest date.

    Args:
        edits: the draft's.
        there: features that the draft touches.
        vanished: those of them that are never in force; their children descend from their parents.
    """
    pairs: dict[tuple[str, int, int], tuple[str, datetime]] = {}
    for edit in edits:
        for s in (s for s in edit.outcome.successions if s.kind != REBASED):
            for parent in s.parents:
                for child in s.children:
                    since = edit.valid_from
                    known = pairs.get((s.layer, parent, child))
                    if parent != child and (known is None or since < known[1]):
                        pairs[s.layer, parent, child] = (s.kind, since)
    for gone in vanished:
        _bridge(pairs, gone)
    return [
        Succession(layer, kind, (parent,), (child,), since)
        for (layer, parent, child), (kind, since) in pairs.items()
        if {parent, child} & there
    ]


def _bridge(pairs: dict[tuple[str, int, int], tuple[str, datetime]], gone: int) -> None:
    before = [
        (layer, parent, pairs.pop((layer, parent, child))) for layer, parent, child in list(pairs) if child == gone
    ]
    after = [
        (layer, child, pairs.pop((layer, parent, child))) for layer, parent, child in list(pairs) if parent == gone
    ]
    for layer, parent, _ in before:
        for other, child, said in after:
            if layer == other and parent != child:
                pairs.setdefault((layer, parent, child), said)


def act_rules(
    connection: Connection, register: Register, draft: Draft, act: Act, edits: Sequence[Replayed]
) -> list[Violation]:
    """Ask the rules on acts as a whole of each edit in turn, each over what those before it have left."""
    now = _world(connection, register, draft, edits)
    world = {name: dict(timelines) for name, timelines in now.items()}
    found: list[Violation] = []
    tied: list[_Tied] = []
    for edit in (*edits, _withheld(connection, register, draft, act)):
        ordered = replace(act, actor=edit.actor, role=edit.role, reason=edit.reason, valid_from=edit.valid_from)
        outcome = _rebased(_on(edit, world), tied, world, now)
        found += check_act(register.rules, Case(ordered, register.profile, world), outcome)
        _apply(world, outcome)
        tied = _tied_with(tied, edit.outcome.successions)
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class _Tied:
    """Features of a layer that edits tied together: what was done to one of them was done to the others too."""

    layer: str
    features: frozenset[int]


def _tied_with(tied: Sequence[_Tied], successions: Sequence[Succession]) -> list[_Tied]:
    """Return what is tied together after an edit of these successions."""
    left = list(tied)
    for layer in dict.fromkeys(s.layer for s in successions):
        features = {i for s in successions if s.layer == layer for i in (*s.parents, *s.children)}
        met = [each for each in left if each.layer == layer and each.features & features]
        left = [each for each in left if each not in met]
        left.append(_Tied(layer, frozenset(features.union(*(each.features for each in met)))))
    return left


def _on(edit: Replayed, world: _Lives) -> Replayed:
    """Return an edit as it would be of the world as it is: what it left where it was, it leaves where that is now."""
    writes: list[Write] = []
    for write in edit.outcome.writes:
        there = world.get(write.layer, {}).get(write.feature_id, ())
        writes += _resting(write, there) if write.feature_id in edit.unmoved else (write,)
    return replace(edit, outcome=replace(edit.outcome, writes=tuple(writes)))


def _resting(write: Write, timeline: Timeline) -> Iterator[Write]:
    for version in timeline:
        valid = version.valid.intersection(write.valid)
        if valid is not None:
            yield replace(write, valid=valid, geometry=version.geometry, abolished=version.abolished)


def _rebased(edit: Replayed, tied: Sequence[_Tied], world: _Lives, now: _Lives) -> Outcome:
    """Return what an edit comes to, with what it brought up to date among features that are tied together.

    Where all of them are the register's again nothing is left of what tied them.
    """
    outcome = edit.outcome
    for each in tied:
        brought = each.features & edit.rebased
        if not brought:
            continue
        before, register = world.get(each.layer, {}), now.get(each.layer, {})
        after = {i: register.get(i, ()) for i in sorted(brought)}
        for write in (w for w in outcome.writes if w.feature_id in brought):
            after[write.feature_id] = rewritten(after[write.feature_id], write)
        turns = [t for i in after for t in Change.between(each.layer, before.get(i, ()), after[i]).turns]
        others = [w for w in outcome.writes if w.feature_id not in brought]
        ids = tuple(sorted(each.features))
        given_up = all(after.get(i, before.get(i, ())) == register.get(i, ()) for i in ids)
        said = () if given_up else (Succession(each.layer, REBASED, ids, ids),)
        outcome = Outcome((*others, *turned(turns)), outcome.successions + said)
    return outcome


def turned(turns: Iterable[Turn]) -> Iterator[Write]:
    """Yield the writes that turn features so; that there was no version at all can't be written."""
    for t in turns:
        if t.after is not None:
            yield Write(t.layer, t.feature_id, t.valid, t.after.geometry, t.after.attributes, t.after.abolished)


def _apply(world: _Lives, outcome: Outcome) -> None:
    for write in outcome.writes:
        timelines = world.setdefault(write.layer, {})
        timelines[write.feature_id] = rewritten(timelines.get(write.feature_id, ()), write)


def _world(connection: Connection, register: Register, draft: Draft, edits: Sequence[Replayed]) -> _Lives:
    """Load, as the register has it, what the edits touched and what they looked up."""
    wanted: dict[str, set[int]] = {}
    for write in (w for edit in edits for w in edit.outcome.writes):
        wanted.setdefault(write.layer, set()).add(write.feature_id)
    for s in (s for edit in edits for s in edit.outcome.successions):
        wanted.setdefault(s.layer, set()).update((*s.parents, *s.children))
    for name, feature_id in connection.execute(_RELIED, (draft.draft_id,)).fetchall():
        wanted.setdefault(name, set()).add(feature_id)
    return {name: store.timelines(connection, register.layers[name], ids) for name, ids in wanted.items()}


def _withheld(connection: Connection, register: Register, draft: Draft, act: Act) -> Replayed:
    """Return what the draft proposes in layers that are not public, as one edit."""
    writes: list[Write] = []
    for layer in (register.layers[name] for name in draft.layers if not register.layers[name].public):
        ids = [row[0] for row in connection.execute(_TOUCHED, (draft.draft_id, layer.name)).fetchall()]
        writes += _proposed(layer.name, store.timelines(connection, layer, ids, draft.laid()))
    return Replayed(act.actor, act.role, act.reason, act.valid_from, Outcome(tuple(writes)))


def _proposed(layer: str, timelines: Mapping[int, Timeline]) -> Iterator[Write]:
    for feature_id, timeline in timelines.items():
        for v in timeline:
            if v.changeset == 0:
                yield Write(layer, feature_id, v.valid, v.geometry, v.attributes, v.abolished)


_STEPS: Final = """
SELECT actor, role, reason, valid_from, CASE verb WHEN 'register.draft.rebase' THEN features ELSE '{}' END,
  reverted, successions, writes
FROM qala.draft_step WHERE draft_id = %s ORDER BY revision
"""
_RELIED: Final = "SELECT layer, feature_id FROM qala.draft_reliance WHERE draft_id = %s"
_TOUCHED: Final = "SELECT feature_id FROM qala.draft_feature WHERE draft_id = %s AND layer = %s"
