"""Where the register has moved on since a draft looked at it: what conflicts, and how the draft is brought up to date.

A draft remembers the write token of every feature that it took up or relied on. Where a token is not the present one,
the three timelines are merged (:mod:`gis.draft_merge`); what merges by itself is no obstacle to anybody, but it takes a
rebase, so that somebody has seen it, before the draft is adopted.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final, Literal

from psycopg import Connection, sql

from gis import staging, store
from gis.act import Act, Outcome
from gis.draft import Draft, held
from gis.draft_edit import Edit, MovedOn, Proposed, take_up, twin
from gis.draft_life import proposing
from gis.draft_merge import Clash, Merged, Side, merge
from gis.errors import BadRequest, Conflict
from gis.layer import Layer, Layers
from gis.policy import require_planning
from gis.record import Timeline, Write
from gis.register import ATTEMPTS, Register
from gis.schema import issued_name
from gis.text import Text

Kind = Literal["touched", "relied", "number"]


@dataclass(frozen=True, slots=True)
class Conflicting:
    """One feature for whose sake a draft can't be adopted as it is.

    Attributes:
        kind: ``touched``: the draft changes it, and so did the register; ``relied``: an edit looked it up and the
            register changed it since; ``number``: an identifier that the draft gives it was issued to another since.
        token: its write token when the draft looked; 0 for what the draft makes.
        current: its write token now.
        clashes: what both sides changed differently; none where a rebase merges by itself. Values of a layer that is
            not public are withheld.
        number: the identifier issued to another feature, ``other``.
    """

    layer: str
    feature_id: int
    kind: Kind
    token: int
    current: int
    clashes: tuple[Clash, ...] = ()
    number: str | None = None
    other: int | None = None


class DraftConflict(Conflict):
    """The register moved on; ``data["conflicts"]`` lists it feature by feature, attribute by attribute."""

    code = "draft-conflict"


def conflicts(connection: Connection, register: Register, draft: Draft) -> list[Conflicting]:
    """Return all that stands between a draft and the register as it is now; the connection is a writer's."""
    found = [_conflicting(moved) for moved in _moved(connection, register.layers, draft)]
    layers = [register.layers[name] for name in draft.layers]
    for layer in _relied_layers(connection, register.layers, draft):
        found += _relied_moved(connection, layer, draft)
    return [*found, *(each for layer in layers for each in _numbers_taken(connection, layer, draft))]


def refusal(draft: Draft, found: Sequence[Conflicting]) -> DraftConflict:
    """Return the refusal that lists conflicts."""
    listed = ", ".join(f"{each.layer}/{each.feature_id}" for each in found[:5])
    message = _MOVED_ON.filled(name=draft.name, count=len(found), listed=listed)
    return DraftConflict(message, draft=draft.name, conflicts=list(found))


def rebase(
    register: Register,
    draft: Draft,
    *,
    actor: str,
    role: str,
    reason: str,
    choices: Mapping[int, Side] | None = None,
) -> Proposed:
    """Bring a draft up to date with the register.

    Args:
        register: the register.
        draft: the draft.
        actor: who does.
        role: in which role.
        reason: why.
        choices: whose values stand where both sides clash, by feature.

    Raises:
        DraftConflict: features clash for which nobody chose; nothing is changed.
        BadRequest: a choice for a feature that does not clash.
        DraftClosed: the draft was adopted or withdrawn.
    """
    require_planning(role, register.layers)
    chosen = choices or {}
    act = proposing(register.profile, draft, actor=actor, role=role, reason=reason)
    with register.writing() as connection:
        for _ in range(ATTEMPTS):
            with suppress(MovedOn), connection.transaction():
                return rebased(connection, register, held(connection, draft.draft_id), act, chosen)
    raise Conflict(_RESTLESS)


def revert(
    register: Register,
    draft: Draft,
    *,
    actor: str,
    role: str,
    reason: str,
    features: Collection[int] = (),
    after: int | None = None,
) -> Proposed:
    """Give features back to the register: the draft proposes nothing for them any more.

    Args:
        register: the register.
        draft: the draft.
        actor: who does.
        role: in which role.
        reason: why.
        features: which ones.
        after: besides, whatever edits after this revision changed.

    Raises:
        BadRequest: a feature that the draft does not touch, or nothing to give back.
        DraftClosed: the draft was adopted or withdrawn.
    """
    require_planning(role, register.layers)
    with register.writing() as connection, connection.transaction():
        current = held(connection, draft.draft_id)
        act = proposing(register.profile, current, actor=actor, role=role, reason=reason)
        bound = {"draft": current.draft_id, "ids": sorted(features), "after": after}
        rows = connection.execute(_TO_REVERT, bound).fetchall()
        reverted = {name: [row[1] for row in some] for name, some in groupby(rows, key=lambda row: row[0])}
        given = {i for ids in reverted.values() for i in ids}
        strange = sorted(set(features) - given)
        if strange or not given:
            told = ", ".join(map(str, strange)) or "-"
            raise BadRequest(_NOTHING.filled(name=current.name, features=told), features=strange)
        for name, ids in reverted.items():
            layer = register.layers[name]
            values = {"draft": current.draft_id, "ids": ids}
            connection.execute(sql.SQL(_GIVE_BACK).format(twin=twin(layer)), values)
        connection.execute(_LET_GO, {"draft": current.draft_id, "ids": sorted(given)})
        edit = Edit("register.draft.revert", act, {}, reverted=given)
        revision = take_up(connection, register.layers, current, edit)
        return Proposed(current.draft_id, current.name, revision, {})


def rebased(
    connection: Connection, register: Register, draft: Draft, act: Act, choices: Mapping[int, Side]
) -> Proposed:
    """Do the same to a draft that the caller holds, in his transaction; errors as :func:`rebase`.

    Raises:
        MovedOn: the register changed meanwhile; it is to be tried again.
    """
    moved = list(_moved(connection, register.layers, draft))
    clashing = {each.feature_id for each in moved if each.merged("draft").clashes}
    strange = sorted(choices.keys() - clashing)
    if strange:
        raise BadRequest(_NO_CLASH.filled(features=", ".join(map(str, strange))), features=strange)
    left = [_conflicting(each) for each in moved if each.feature_id in clashing - choices.keys()]
    if left:
        raise refusal(draft, left)
    written: dict[str, frozenset[int]] = {}
    writes: list[Write] = []
    for layer, some in groupby(moved, key=lambda each: each.layer):
        merged = {each.feature_id: each.merged(choices.get(each.feature_id, "draft")).timeline for each in some}
        written[layer.name] = frozenset(merged)
        stage_anew(connection, register, layer, merged)
        writes += proposals(layer, merged)
    edit = Edit("register.draft.rebase", act, written, outcome=Outcome(tuple(writes)), anew=True)
    revision = take_up(connection, register.layers, draft, edit)
    for layer in _relied_layers(connection, register.layers, draft):
        _rely_anew(connection, layer, draft)
    return Proposed(draft.draft_id, draft.name, revision, {})


def stage_anew(connection: Connection, register: Register, layer: Layer, after: Mapping[int, Timeline]) -> None:
    """Stage timelines of features against what the register has now."""
    before = store.timelines(connection, layer, after)
    last = store.last_versions(connection, layer, after)
    staging.prepare(connection, [layer])
    staging.stage(connection, layer, register.profile.srid, before, after, last)


def proposals(layer: Layer, timelines: Mapping[int, Timeline]) -> Iterator[Write]:
    """Yield the writes that propose what timelines have beside the register's own versions."""
    for feature_id, timeline in timelines.items():
        for v in timeline:
            if v.version is None:
                yield Write(layer.name, feature_id, v.valid, v.geometry, v.attributes, v.abolished)


@dataclass(frozen=True, slots=True)
class _Moved:
    """A feature that both the draft and the register have changed since the draft took it up."""

    layer: Layer
    feature_id: int
    token: int
    current: int
    base: Timeline
    register: Timeline
    draft: Timeline

    def merged(self, choice: Side) -> Merged:
        return merge(self.base, self.register, self.draft, choice)


def _conflicting(moved: _Moved) -> Conflicting:
    clashes = moved.merged("draft").clashes
    if not moved.layer.public:
        clashes = tuple(replace(clash, base=None, register=None, draft=None) for clash in clashes)
    return Conflicting(moved.layer.name, moved.feature_id, "touched", moved.token, moved.current, clashes)


def _moved(connection: Connection, layers: Layers, draft: Draft) -> Iterator[_Moved]:
    for name in draft.layers:
        layer = layers[name]
        statement = sql.SQL(_MOVED).format(
            table=sql.Identifier(layer.schema, layer.table), kept=sql.Identifier("qala", "draft_feature")
        )
        rows = connection.execute(statement, {"draft": draft.draft_id, "layer": name}).fetchall()
        if rows:
            yield from _with_timelines(connection, layer, draft, rows)


def _with_timelines(
    connection: Connection, layer: Layer, draft: Draft, rows: Sequence[tuple[int, int, int]]
) -> Iterator[_Moved]:
    ids = [row[0] for row in rows]
    now = store.timelines(connection, layer, ids)
    drafted = store.timelines(connection, layer, ids, draft.laid())
    base: dict[int, Timeline] = {}
    for token, some in groupby(sorted(rows, key=lambda row: row[1]), key=lambda row: row[1]):
        base |= store.timelines_at(connection, layer, [row[0] for row in some], token)
    for feature_id, token, current in rows:
        sides = (timelines.get(feature_id, ()) for timelines in (base, now, drafted))
        yield _Moved(layer, feature_id, token, current, *sides)


_MOVED: Final = """
SELECT f.feature_id, f.token, t.token FROM {kept} AS f
CROSS JOIN LATERAL (SELECT max(greatest(opened_by, closed_by)) AS token FROM {table}
                    WHERE feature_id = f.feature_id) AS t
WHERE f.draft_id = %(draft)s AND f.layer = %(layer)s AND t.token <> f.token ORDER BY 1
"""


def _relied_layers(connection: Connection, layers: Layers, draft: Draft) -> list[Layer]:
    statement = "SELECT DISTINCT layer FROM qala.draft_reliance WHERE draft_id = %s ORDER BY 1"
    return [layers[row[0]] for row in connection.execute(statement, (draft.draft_id,)).fetchall()]


def _relied_moved(connection: Connection, layer: Layer, draft: Draft) -> Iterator[Conflicting]:
    """Yield what an edit relied on; what the draft itself changes is told as such."""
    statement = sql.SQL(_MOVED).format(table=sql.Identifier(layer.schema, layer.table), kept=sql.SQL(_RELIED_ONLY))
    for row in connection.execute(statement, {"draft": draft.draft_id, "layer": layer.name}).fetchall():
        yield Conflicting(layer.name, row[0], "relied", row[1], row[2])


_RELIED_ONLY: Final = """(
  SELECT * FROM qala.draft_reliance AS r WHERE NOT EXISTS (
    SELECT FROM qala.draft_feature AS d WHERE d.draft_id = r.draft_id AND d.feature_id = r.feature_id))"""


def _rely_anew(connection: Connection, layer: Layer, draft: Draft) -> None:
    table = sql.Identifier(layer.schema, layer.table)
    connection.execute(sql.SQL(_RELY_ANEW).format(table=table), {"draft": draft.draft_id, "layer": layer.name})


_RELY_ANEW: Final = """
UPDATE qala.draft_reliance AS r SET token = (
  SELECT max(greatest(opened_by, closed_by)) FROM {table} WHERE feature_id = r.feature_id)
WHERE draft_id = %(draft)s AND layer = %(layer)s
"""


def _numbers_taken(connection: Connection, layer: Layer, draft: Draft) -> Iterator[Conflicting]:
    for identifier in layer.identifiers:
        statement = sql.SQL(_TAKEN).format(
            field=sql.Identifier(identifier.name),
            twin=twin(layer),
            issued=sql.Identifier(layer.schema, issued_name(layer, identifier)),
        )
        for feature_id, value, other, token in connection.execute(statement, {"draft": draft.draft_id}).fetchall():
            yield Conflicting(layer.name, feature_id, "number", token, token, number=value, other=other)


_TAKEN: Final = """
SELECT DISTINCT t.feature_id, i.value, i.feature_id, f.token
FROM {twin} AS t JOIN qala.draft_feature AS f USING (draft_id, feature_id) JOIN {issued} AS i ON i.value = t.{field}
WHERE draft_id = %(draft)s AND t.proposed AND NOT t.abolished AND i.feature_id <> t.feature_id ORDER BY 1
"""
_TO_REVERT: Final = """
SELECT layer, feature_id FROM qala.draft_feature AS f
WHERE draft_id = %(draft)s AND (feature_id = ANY(%(ids)s::bigint[]) OR feature_id IN (
  SELECT unnest(features) FROM qala.draft_step WHERE draft_id = %(draft)s AND revision > %(after)s::bigint))
ORDER BY 1, 2
"""
_GIVE_BACK: Final = "DELETE FROM {twin} WHERE draft_id = %(draft)s AND feature_id = ANY(%(ids)s)"
_LET_GO: Final = "DELETE FROM qala.draft_feature WHERE draft_id = %(draft)s AND feature_id = ANY(%(ids)s)"

_MOVED_ON = Text(
    kk="«{name}» жобасы ашылғалы тізілім өзгерді: {count} нысан қайшы ({listed}). Жобаны тізілімге сәйкестендіріңіз.",
    ru="Регистр изменился с тех пор, как смотрел черновик «{name}»: расходятся объекты, {count} ({listed}). "
    "Приведите черновик к регистру.",
    en="The register has moved on since the draft '{name}' looked at it: {count} features conflict ({listed}). "
    "Rebase the draft.",
)
_NOTHING = Text(
    kk="«{name}» жобасында қайтаратын ештеңе жоқ немесе ол мына нысандарды өзгертпейді: {features}.",
    ru="В черновике «{name}» нечего возвращать, или он не меняет объектов: {features}.",
    en="The draft '{name}' has nothing to give back, or does not change these features: {features}.",
)
_NO_CLASH = Text(
    kk="Мына нысандарда таңдайтын қайшылық жоқ: {features}.",
    ru="У этих объектов нет расхождения, для которого нужен выбор: {features}.",
    en="These features have no clash to choose for: {features}.",
)
_RESTLESS = Text(
    kk="Тізілім тым жиі өзгеруде; сәл кейін қайталаңыз.",
    ru="Регистр меняется слишком часто; повторите немного позже.",
    en="The register keeps changing; repeat it a little later.",
)
