"""A draft's edits once more, one by one: rules on acts as a whole look at each by itself.

A split followed by a split of a child is two acts, and each must add up by itself; of the whole draft one could only
see that the land of the first parent went to the grandchildren. What an edit wrote in public layers is kept with it;
what a draft proposes in others is looked at once, as it stands in the end. A bulk load is not looked at in this way, in
a draft no more than in the register.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from psycopg import Connection

from gis import store
from gis.act import Act, Case, Outcome, Succession
from gis.change import write_read
from gis.draft import Draft
from gis.layer import Layers
from gis.record import Timeline, Write, rewritten
from gis.register import Register
from gis.rules import Violation, check_act


@dataclass(frozen=True, slots=True)
class Replayed:
    """One edit as it counts in the end: without what was given back to the register since."""

    actor: str
    role: str
    reason: str
    valid_from: datetime
    outcome: Outcome


def replayed(connection: Connection, layers: Layers, draft: Draft) -> list[Replayed]:
    """Return a draft's edits in order; those of which everything was given back are left out."""
    rows = connection.execute(_STEPS, (draft.draft_id,)).fetchall()
    given_back: set[int] = set()
    edits: list[Replayed] = []
    for actor, role, reason, valid_from, reverted, successions, writes in reversed(rows):
        outcome = _standing(_outcome(layers, valid_from, successions, writes), given_back)
        if outcome.writes or outcome.successions:
            edits.append(Replayed(actor, role, reason, valid_from, outcome))
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
        for s in edit.outcome.successions:
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
    world = _world(connection, register, draft, edits)
    found: list[Violation] = []
    for edit in (*edits, _withheld(connection, register, draft, act)):
        ordered = replace(act, actor=edit.actor, role=edit.role, reason=edit.reason, valid_from=edit.valid_from)
        found += check_act(register.rules, Case(ordered, register.profile, world), edit.outcome)
        for write in edit.outcome.writes:
            timelines = world.setdefault(write.layer, {})
            timelines[write.feature_id] = rewritten(timelines.get(write.feature_id, ()), write)
    return list(dict.fromkeys(found))


def _world(
    connection: Connection, register: Register, draft: Draft, edits: Sequence[Replayed]
) -> dict[str, dict[int, Timeline]]:
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
SELECT actor, role, reason, valid_from, reverted, successions, writes FROM qala.draft_step
WHERE draft_id = %s ORDER BY revision
"""
_RELIED: Final = "SELECT layer, feature_id FROM qala.draft_reliance WHERE draft_id = %s"
_TOUCHED: Final = "SELECT feature_id FROM qala.draft_feature WHERE draft_id = %s AND layer = %s"
