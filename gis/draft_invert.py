"""The inverse of a changeset as a draft: what it opened is taken back where nobody has touched it since."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from psycopg import Connection

from gis import store
from gis.act import Act, Case, Outcome, Succession
from gis.change import Change, Turn, during, spans
from gis.draft import Draft, find
from gis.draft_edit import Edit, MovedOn, take_up
from gis.draft_life import opened, proposing
from gis.draft_merge import Clash, merge
from gis.draft_rebase import Conflicting, DraftConflict, proposals, stage_anew
from gis.draft_replay import REBASED, turned
from gis.errors import Conflict, NotFound
from gis.layer import Layer
from gis.record import Timeline, Version, Write
from gis.register import ATTEMPTS, Register
from gis.rules import check_act
from gis.text import Text


def invert(
    register: Register, changeset: int, name: str, title: str, *, actor: str, role: str, reason: str | None = None
) -> Draft:
    """Open a draft that takes a changeset back.

    Over each span of valid time every feature says again what it said before; one that the changeset made is abolished.
    What later changesets changed besides stays.

    Args:
        register: the register.
        changeset: number of the changeset.
        name: of the draft.
        title: of the draft.
        actor: who opens it.
        role: in which role.
        reason: why.

    Raises:
        NotFound: there is no such changeset.
        DraftConflict: later changesets changed the same attributes over the same time; no draft is opened.
        Forbidden, BadRequest, NameTaken: as for :func:`gis.draft_life.opened`.
    """
    with register.writing() as connection:
        for _ in range(ATTEMPTS):
            with suppress(MovedOn), connection.transaction():
                after = _taken_back(connection, register, changeset)
                draft = opened(register, name, title, actor=actor, role=role, within=connection)
                act = proposing(register.profile, draft, actor=actor, role=role, reason=reason or title)
                tied = [s for layer, ids in after if (s := _tied(connection, register, act, changeset, layer, ids))]
                return _filled(connection, register, draft, after, act, tied)
    raise Conflict(_RESTLESS)


_Found = list[tuple[Layer, dict[int, Timeline]]]


def _taken_back(connection: Connection, register: Register, changeset: int) -> _Found:
    """Return the timelines that features would have without a changeset, by layer."""
    rows = connection.execute(_TOUCHED, (changeset,)).fetchall()
    if not rows:
        raise NotFound(_UNKNOWN.filled(number=changeset), changeset=changeset)
    found: _Found = []
    clashing: list[Conflicting] = []
    for name, ids in rows:
        layer = register.layers[name]
        now = store.timelines(connection, layer, ids)
        tokens = store.tokens(connection, layer, ids)
        before, after = (store.timelines_at(connection, layer, ids, number) for number in (changeset - 1, changeset))
        timelines: dict[int, Timeline] = {}
        for i in ids:
            merged = merge(after.get(i, ()), now.get(i, ()), _without(before.get(i, ()), after.get(i, ())))
            timelines[i] = merged.timeline
            if merged.clashes:
                shown = merged.clashes if layer.public else tuple(_withheld(c) for c in merged.clashes)
                clashing.append(Conflicting(name, i, "touched", changeset, tokens[i], shown))
        found.append((layer, timelines))
    if clashing:
        listed = ", ".join(f"{each.layer}/{each.feature_id}" for each in clashing[:5])
        raise DraftConflict(_CHANGED_SINCE.filled(number=changeset, listed=listed), conflicts=clashing)
    return found


def _withheld(clash: Clash) -> Clash:
    return replace(clash, base=None, register=None, draft=None)


def _without(before: Timeline, after: Timeline) -> Timeline:
    """Return what was before, and the end of what was not there before."""
    return tuple(_ended(before, after))


def _ended(before: Timeline, after: Timeline) -> Iterator[Version]:
    for span in spans(before, after):
        version = during(before, span)
        if version is not None:
            yield replace(version, valid=span)
        elif (made := during(after, span)) is not None:
            yield replace(made, valid=span, abolished=True)


def _tied(
    connection: Connection, register: Register, act: Act, changeset: int, layer: Layer, features: Collection[int]
) -> Succession | None:
    """Return the succession of what a changeset did to features together: it added up, so must what takes it back."""
    if not layer.public or not layer.spatial:
        return None
    before, after = (store.timelines_at(connection, layer, features, number) for number in (changeset - 1, changeset))
    undone = {i: _without(before.get(i, ()), after.get(i, ())) for i in features}
    turns = [turn for i in features for turn in Change.between(layer.name, after.get(i, ()), undone[i]).turns]
    ids = tuple(sorted({turn.feature_id for turn in turns if not _rests(turn)}))
    if not before or len(ids) < 2:
        return None
    case, writes = Case(act, register.profile, {layer.name: after}), tuple(turned(turns))
    tied = Succession(layer.name, REBASED, ids, ids)
    found = check_act(register.rules, case, Outcome(writes, (tied,)))
    added_up = not found or set(found) <= set(check_act(register.rules, case, Outcome(writes)))
    return tied if added_up else None


def _rests(turn: Turn) -> bool:
    """Tell whether a feature neither moves nor ends."""
    one, other = turn.before, turn.after
    if one is None or other is None:
        return False
    return one.abolished == other.abolished and one.geometry.equals_exact(other.geometry, 0.0)


def _filled(
    connection: Connection, register: Register, draft: Draft, found: _Found, act: Act, tied: Sequence[Succession]
) -> Draft:
    written: dict[str, frozenset[int]] = {}
    writes: list[Write] = []
    for layer, timelines in found:
        stage_anew(connection, register, layer, timelines)
        written[layer.name] = frozenset(timelines)
        writes += proposals(layer, timelines)
    edit = Edit("register.draft.invert", act, written, outcome=Outcome(tuple(writes), tuple(tied)), anew=True)
    take_up(connection, register.layers, draft, edit)
    return find(connection, draft.name)


_TOUCHED: Final = """
SELECT layer, array_agg(DISTINCT feature_id ORDER BY feature_id) FROM qala.ledger
WHERE changeset = %s AND layer NOT IN ('qala.lineage', 'qala.violation') GROUP BY layer ORDER BY layer
"""

_UNKNOWN = Text(
    kk="{number} өзгерістер жинағы жоқ не ештеңе өзгертпеген.",
    ru="Набора изменений {number} нет, или он ничего не менял.",
    en="There is no changeset {number}, or it changed nothing.",
)
_CHANGED_SINCE = Text(
    kk="{number} өзгерістер жинағын кері қайтаруға болмайды: одан кейін сол мәндер өзгерді ({listed}).",
    ru="Набор изменений {number} нельзя обратить: те же значения изменены позже ({listed}).",
    en="Changeset {number} can't be taken back: the same values were changed since ({listed}).",
)
_RESTLESS = Text(
    kk="Тізілім тым жиі өзгеруде; сәл кейін қайталаңыз.",
    ru="Регистр меняется слишком часто; повторите немного позже.",
    en="The register keeps changing; repeat it a little later.",
)
