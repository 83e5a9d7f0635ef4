"""A draft becomes part of the register: staged whole, checked by every rule, recorded as one changeset."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from psycopg import Connection, sql

from gis import policy, reservation, staging
from gis.act import Act, Succession
from gis.bulk import Bulk
from gis.draft import Draft, held, hold
from gis.draft_edit import twin
from gis.draft_life import proposing
from gis.draft_rebase import conflicts, refusal
from gis.draft_replay import act_rules, descended, replayed
from gis.errors import BadRequest
from gis.layer import Layer
from gis.locks import WHOLE_REGISTER
from gis.recording import Entry, Recorded, record
from gis.register import Register
from gis.rules import Violation, refuse
from gis.source import check_source
from gis.text import Text
from gis.tolerated import Review, review

VERB: Final = "register.draft.adopt"


def adopt(register: Register, draft: Draft, act: Act) -> Recorded:
    """Record all that a draft proposes as one changeset, or nothing of it.

    What the draft made and ended again is left out. Each change keeps its own legal date; the act's is that of the
    changeset.

    Args:
        register: the register.
        draft: the draft.
        act: who adopts it, by which source.

    Raises:
        Forbidden: the act's role may not write all that the draft changes.
        DraftClosed: it was adopted before, by a changeset that is named, or withdrawn.
        DraftConflict: the register moved on; every conflict is in the error's data.
        RuleBroken: rules forbid it, or the dates of its source; every violation is in the error's data.
        Reserved: it would change what an application under examination holds.
        BadRequest: the draft proposes nothing.
    """
    with register.writing() as connection, connection.transaction():
        recorded = adopted(connection, register, held(connection, draft.draft_id), act)
    if register.heads is not None:
        register.heads.append(recorded.number, recorded.hash)
    return recorded


def adopted(connection: Connection, register: Register, draft: Draft, act: Act) -> Recorded:
    """Adopt a draft that the caller holds; he commits at once, and has the head signed.

    The draft is held before the register is: while somebody edits it, the register does not wait.
    """
    check_source(act.source, register.profile)
    WHOLE_REGISTER.acquire(connection)
    with _laid_out(connection, register, draft, act) as standing:
        policy.require_writer(act.role, standing.bulk.layers)
        standing.require_fresh()
        _require_free(standing)
        return _recorded(standing)


def check(register: Register, draft: Draft) -> Sequence[Violation]:
    """Ask every rule of a draft as if it were adopted now, and return all that they find; nothing is written.

    Raises:
        DraftClosed: it was adopted or withdrawn.
    """
    with register.writing() as connection, connection.transaction(force_rollback=True):
        return checked(connection, register, hold(connection, draft.draft_id))


def checked(connection: Connection, register: Register, draft: Draft) -> Sequence[Violation]:
    """Ask the same of a draft that the caller holds, in a transaction that he rolls back."""
    act = proposing(register.profile, draft, actor="", role=policy.REGISTRAR, reason="")
    with _laid_out(connection, register, draft, act) as standing:
        return standing.reviewed().found


class _Standing:
    """A draft staged as it would stand in the register."""

    def __init__(self, bulk: Bulk, draft: Draft) -> None:
        self.bulk, self.draft = bulk, draft
        self.connection = bulk.connection
        layers = bulk.register.layers
        self.edits = replayed(self.connection, layers, draft)
        vanished = frozenset(i for layer in bulk.layers for i in _vanished(self.connection, layer, draft))
        for layer in bulk.layers:
            _stage(self.connection, layer, draft, vanished)
        rows = self.connection.execute(_TOUCHED, (draft.draft_id,)).fetchall()
        self.touched = frozenset(row[0] for row in rows)
        self.successions = self._new(descended(self.edits, self.touched, vanished))

    def _new(self, successions: Sequence[Succession]) -> list[Succession]:
        """Leave out successions that the register has on record already."""
        pairs = [(s.parents[0], s.children[0]) for s in successions]
        bound = {"parents": [p for p, _ in pairs], "children": [c for _, c in pairs]}
        known = set(self.connection.execute(_KNOWN_PAIRS, bound).fetchall())
        return [s for s, pair in zip(successions, pairs, strict=True) if pair not in known]

    def require_fresh(self) -> None:
        """Refuse a draft on which the register has moved on."""
        found = conflicts(self.connection, self.bulk.register, self.draft)
        if found:
            raise refusal(self.draft, found)

    def reviewed(self) -> Review:
        """Ask every rule."""
        found = [*self._checked(), *self._act_rules()]
        return review(self.connection, found, self.touched, self.successions)

    def _checked(self) -> list[Violation]:
        """Ask the rules on rows, with the draft's successions on record while they look."""
        self.bulk.settle()
        self.connection.execute("SAVEPOINT provisional")
        with self.connection.cursor() as cursor:
            rows = [(s.layer, s.kind, s.parents[0], s.children[0], s.since) for s in self.successions]
            cursor.executemany(_PROVISIONAL, rows)
        found = self.bulk.check()
        self.connection.execute("ROLLBACK TO SAVEPOINT provisional")
        return found

    def _act_rules(self) -> list[Violation]:
        return act_rules(self.connection, self.bulk.register, self.draft, self.bulk.act, self.edits)


@contextmanager
def _laid_out(connection: Connection, register: Register, draft: Draft, act: Act) -> Iterator[_Standing]:
    if not draft.layers:
        raise BadRequest(_EMPTY.filled(name=draft.name), draft=draft.name)
    bulk = Bulk(register, connection, act, [register.layers[name] for name in draft.layers])
    try:
        with connection.transaction():
            staging.prepare(connection, bulk.layers)
            yield _Standing(bulk, draft)
    finally:
        bulk.drop_indexes()


def _require_free(standing: _Standing) -> None:
    connection, register, act = standing.connection, standing.bulk.register, standing.bulk.act
    if act.application is None:
        reservation.require_free_bulk(connection, register.profile, standing.bulk.layers)
    else:
        written = standing.touched
        reservation.require_free(connection, register.profile, act.application, written=written, named=())


def _recorded(standing: _Standing) -> Recorded:
    reviewed = standing.reviewed()
    broken = [v for v in reviewed.found if v.severity == "error"]
    register, act = standing.bulk.register, standing.bulk.act
    if broken:
        raise refuse(broken, register.rules)
    entry = Entry(VERB, act, standing.bulk.layers, standing.successions, reviewed.lessened, reviewed.healed)
    number, recorded, digest = record(standing.connection, entry)
    reservation.decide(standing.connection, act, number)
    standing.connection.execute(_ADOPTED, (number, standing.draft.draft_id))
    return Recorded(number, recorded, digest, {}, reviewed.found)


def _vanished(connection: Connection, layer: Layer, draft: Draft) -> Iterator[int]:
    """Yield what the draft made and ended again, so that it would never have been in force."""
    statement = sql.SQL(_VANISHED).format(twin=twin(layer))
    bound = {"draft": draft.draft_id, "layer": layer.name}
    return (row[0] for row in connection.execute(statement, bound).fetchall())


def _stage(connection: Connection, layer: Layer, draft: Draft, vanished: frozenset[int]) -> None:
    names = {
        "staged": staging.staged(layer),
        "columns": staging.column_list(layer),
        "drafted": staging.column_list(layer, "t"),
        "registered": staging.column_list(layer, "b"),
        "table": sql.Identifier(layer.schema, layer.table),
        "twin": twin(layer),
    }
    bound = {"draft": draft.draft_id, "layer": layer.name, "vanished": sorted(vanished)}
    for statement in (_STAGE_DRAFTED, _STAGE_CLOSED):
        connection.execute(sql.SQL(statement).format(**names), bound)


_VANISHED: Final = """
SELECT f.feature_id FROM qala.draft_feature AS f
WHERE f.draft_id = %(draft)s AND f.layer = %(layer)s AND f.token = 0 AND NOT EXISTS (
  SELECT FROM {twin} AS t WHERE t.draft_id = f.draft_id AND t.feature_id = f.feature_id AND NOT t.abolished)
"""
_STAGE_DRAFTED: Final = """
INSERT INTO {staged} ({columns}, _state)
SELECT {drafted}, CASE WHEN t.proposed THEN 'new' ELSE 'kept' END FROM {twin} AS t
WHERE t.draft_id = %(draft)s AND t.feature_id <> ALL(%(vanished)s::bigint[])
"""
_STAGE_CLOSED: Final = """
INSERT INTO {staged} ({columns}, _state)
SELECT {registered}, 'closed' FROM qala.draft_feature AS f JOIN {table} AS b USING (feature_id)
WHERE f.draft_id = %(draft)s AND f.layer = %(layer)s AND upper_inf(b.recorded) AND NOT EXISTS (
  SELECT FROM {twin} AS t
  WHERE t.draft_id = f.draft_id AND (t.feature_id, t.version) = (b.feature_id, b.version) AND NOT t.proposed)
"""
_TOUCHED: Final = "SELECT feature_id FROM qala.draft_feature WHERE draft_id = %s"
_KNOWN_PAIRS: Final = """
SELECT parent, child FROM qala.lineage
JOIN unnest(%(parents)s::bigint[], %(children)s::bigint[]) AS asked (parent, child) USING (parent, child)
WHERE upper_inf(recorded)
"""
_PROVISIONAL: Final = """
INSERT INTO qala.lineage (layer, kind, parent, child, valid, recorded, opened_by)
VALUES (%s, %s, %s, %s, tstzrange(%s, NULL), tstzrange(clock_timestamp(), NULL), 0)
"""
_ADOPTED: Final = "UPDATE qala.draft SET state = 'adopted', changeset = %s WHERE draft_id = %s"

_EMPTY = Text(
    kk="«{name}» жобасы ештеңе ұсынбайды; бекітетін нәрсе жоқ.",
    ru="Черновик «{name}» ничего не предлагает; принимать нечего.",
    en="The draft '{name}' proposes nothing; there is nothing to adopt.",
)
