"""Editing a draft: what an act staged goes into the tables of what drafts propose.

A draft locks nothing in the register and reserves nothing. What it takes up, and what it relied on, it remembers with
the write token of that moment; by them it sees later that the register has moved on.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from psycopg import Connection, sql

from gis import staging
from gis.act import Act, Outcome
from gis.change import write_told
from gis.draft import Draft, Overlay
from gis.errors import Conflict
from gis.layer import Layer, Layers
from gis.rules import Violation, awake
from gis.schema import twin_name
from gis.text import Text

if TYPE_CHECKING:
    from gis.register import Register

_MANY: Final = 200
"""Rows in staging from which an index pays."""


class MovedOn(Conflict):
    """The register moved on between two looks of one edit; the edit is to be tried again."""

    code = "moved-on"


@dataclass(frozen=True, slots=True)
class Proposed:
    """An edit that a draft took up.

    Attributes:
        draft_id: the draft's number.
        draft: its name.
        revision: the draft's revision from now on.
        features: ids of new features by the negative ids that the act gave them.
        warnings: what the rules found; errors among them will stand in the way of adoption.
    """

    draft_id: int
    draft: str
    revision: int
    features: Mapping[int, int]
    warnings: Sequence[Violation] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """What a draft takes up from staging.

    Attributes:
        verb: name of the act.
        act: who, why, from when.
        written: the features staged, by layer.
        relied: features by layer that the act looked up by name; of them, those not written are kept in mind.
        outcome: writes and successions, for the rules on acts as a whole; nothing of a bulk load.
        anew: the features are taken up as the register has them now, whatever the draft said before.
        reverted: features that the draft lets go of.
    """

    verb: str
    act: Act
    written: Mapping[str, Collection[int]]
    relied: Mapping[str, Collection[int]] = field(default_factory=dict)
    outcome: Outcome = field(default_factory=Outcome)
    anew: bool = False
    reverted: Collection[int] = ()


def twin(layer: Layer) -> sql.Identifier:
    """Name of the table of what drafts propose for a layer."""
    return sql.Identifier(layer.schema, twin_name(layer))


def stage_rest(connection: Connection, register: "Register", overlay: Overlay, written: Iterable[str]) -> None:
    """Stage what else the draft has in the layers that the rules will read, as rows that stay.

    So a rule sees the draft where it reads what the act leaves alone, and no rule knows of drafts.
    """
    names = {n for rule in awake(register.rules, written) for n in staging.relations(rule.sql or "")}
    layers = [register.layers[name] for name in sorted({*names, *written} & overlay.layers)]
    staging.prepare(connection, layers)
    for layer in layers:
        names_staged = {"staged": staging.staged(layer), "columns": staging.column_list(layer), "twin": twin(layer)}
        done = connection.execute(sql.SQL(_REST).format(**names_staged), {"draft": overlay.draft_id})
        if done.rowcount > _MANY:
            connection.execute(sql.SQL("ANALYZE {staged}").format(staged=staging.staged(layer)))


_REST: Final = """
INSERT INTO {staged} ({columns}, _state)
SELECT {columns}, 'kept' FROM {twin} AS t
WHERE draft_id = %(draft)s AND NOT EXISTS (SELECT FROM {staged} AS s WHERE s.feature_id = t.feature_id)
"""


def take_up(connection: Connection, layers: Layers, draft: Draft, edit: Edit) -> int:
    """Move what is staged of the written features into the draft, which the caller holds; return its new revision.

    Raises:
        MovedOn: what was staged is not what the register has by now.
    """
    revision = draft.revision + 1
    touched = [i for name, ids in edit.written.items() for i in _enter(connection, layers[name], draft, edit, ids)]
    for name, ids in edit.relied.items():
        relied = set(ids) - set(edit.written.get(name, ()))
        if relied:
            _remember(connection, layers[name], draft, relied)
    told = {w.layer for w in edit.outcome.writes}
    moved = {i for name in told for i in _moved_in_space(connection, layers[name])}
    connection.execute(_STEP, _step(layers, draft, revision, edit, touched, moved))
    connection.execute(_REVISED, {"draft": draft.draft_id, "revision": revision})
    return revision


def _enter(connection: Connection, layer: Layer, draft: Draft, edit: Edit, ids: Collection[int]) -> list[int]:
    """Take up the features of one layer; return those that are really changed."""
    names = _names(layer)
    bound: dict[str, object] = {"draft": draft.draft_id, "layer": layer.name, "revision": draft.revision + 1}
    bound["ids"] = sorted(ids)
    rows = connection.execute(sql.SQL(_CHANGED).format(**names), {**bound, "anew": edit.anew}).fetchall()
    bound["ids"] = [row[0] for row in rows]
    new = connection.execute(sql.SQL(_TAKE_ANEW if edit.anew else _TAKE).format(**names), bound).fetchall()
    taken = {**bound, "ids": [row[0] for row in new if row[0] is not None]}
    if connection.execute(sql.SQL(_MOVED).format(**names), taken).fetchone() is not None:
        raise MovedOn(_MOVED_ON)
    for statement in (_DROP_ALL if edit.anew else _DROP, _ADD, _KEEP, _NUMBER, _TURN, _RELEASE, _FORGET):
        connection.execute(sql.SQL(statement).format(**names), bound)
    return [row[0] for row in rows]


def _names(layer: Layer) -> dict[str, sql.Composable]:
    return {
        "twin": twin(layer),
        "table": sql.Identifier(layer.schema, layer.table),
        "staged": staging.staged(layer),
        "columns": staging.column_list(layer),
        "registered": staging.column_list(layer, "b"),
    }


# Of what is written, only what is not the same as before; what the draft has already counts whatever is written.
_CHANGED: Final = """
SELECT DISTINCT feature_id FROM {staged} AS s WHERE feature_id = ANY(%(ids)s)
  AND (_state = 'new' OR _state = 'closed' OR %(anew)s)
"""

_OF_REGISTER: Final = """
INSERT INTO qala.draft_feature (draft_id, feature_id, layer, token, last_version, revision)
SELECT %(draft)s, wanted.id, %(layer)s, coalesce(b.token, 0), coalesce(b.last, 0), %(revision)s
FROM unnest(%(ids)s::bigint[]) AS wanted (id) LEFT JOIN (
  SELECT feature_id, max(greatest(opened_by, closed_by)) AS token, max(version) AS last
  FROM {table} WHERE feature_id = ANY(%(ids)s) GROUP BY 1) AS b ON b.feature_id = wanted.id
ON CONFLICT (draft_id, feature_id) DO UPDATE SET revision = excluded.revision"""
_TAKE: Final = f"{_OF_REGISTER} RETURNING CASE WHEN xmax = 0 THEN feature_id END"
_TAKE_ANEW: Final = f"{_OF_REGISTER}, token = excluded.token, last_version = excluded.last_version RETURNING feature_id"

# What was loaded is what the register has now, by the numbers of the live versions: no lock holds it, and the token was
# read later than the versions.
_MOVED: Final = """
SELECT FROM unnest(%(ids)s::bigint[]) AS wanted (id)
LEFT JOIN (SELECT feature_id, array_agg(version ORDER BY version) AS versions FROM {table}
           WHERE feature_id = ANY(%(ids)s) AND upper_inf(recorded) GROUP BY 1) AS b ON b.feature_id = wanted.id
LEFT JOIN (SELECT feature_id, array_agg(version ORDER BY version) AS versions FROM {staged}
           WHERE feature_id = ANY(%(ids)s) AND _state IN ('kept', 'closed') GROUP BY 1) AS s ON s.feature_id = wanted.id
WHERE b.versions IS DISTINCT FROM s.versions LIMIT 1
"""

_DROP_ALL: Final = "DELETE FROM {twin} WHERE draft_id = %(draft)s AND feature_id = ANY(%(ids)s)"
_DROP: Final = """
DELETE FROM {twin} AS t WHERE draft_id = %(draft)s AND feature_id = ANY(%(ids)s)
  AND NOT EXISTS (SELECT FROM {staged} AS s
                  WHERE s.feature_id = t.feature_id AND s.version = t.version AND s._state = 'kept')
"""
_ADD: Final = """
INSERT INTO {twin} ({columns}, recorded, opened_by, draft_id, proposed)
SELECT {columns}, tstzrange(clock_timestamp(), NULL), 0, %(draft)s, true
FROM {staged} WHERE _state = 'new' AND feature_id = ANY(%(ids)s)
"""
_KEEP: Final = """
INSERT INTO {twin} ({columns}, recorded, opened_by, draft_id, proposed)
SELECT {registered}, b.recorded, b.opened_by, %(draft)s, false
FROM {staged} AS s JOIN {table} AS b USING (feature_id, version)
WHERE s._state = 'kept' AND s.feature_id = ANY(%(ids)s)
  AND NOT EXISTS (SELECT FROM {twin} AS t
                  WHERE t.draft_id = %(draft)s AND t.feature_id = s.feature_id AND t.version = s.version)
"""

# Proposed versions have the numbers that they would get. By way of negative ones, so that no two ever meet.
_NUMBER: Final = """
UPDATE {twin} AS t SET version = -n.number FROM (
  SELECT feature_id, version, f.last_version + row_number() OVER (
    PARTITION BY feature_id ORDER BY lower(valid) NULLS FIRST) AS number
  FROM {twin} JOIN qala.draft_feature AS f USING (draft_id, feature_id)
  WHERE draft_id = %(draft)s AND proposed AND feature_id = ANY(%(ids)s)) AS n
WHERE t.draft_id = %(draft)s AND t.proposed AND (t.feature_id, t.version) = (n.feature_id, n.version)
  AND n.number <> n.version
"""
_TURN: Final = """
UPDATE {twin} SET version = -version WHERE draft_id = %(draft)s AND feature_id = ANY(%(ids)s) AND version < 0
"""

# A feature of which nothing is proposed any more is the register's again.
_RELEASE: Final = """
DELETE FROM qala.draft_feature AS f WHERE draft_id = %(draft)s AND feature_id = ANY(%(ids)s)
  AND NOT EXISTS (SELECT FROM {twin} AS t
                  WHERE t.draft_id = f.draft_id AND t.feature_id = f.feature_id AND t.proposed)
"""
_FORGET: Final = """
DELETE FROM {twin} AS t WHERE draft_id = %(draft)s AND feature_id = ANY(%(ids)s)
  AND NOT EXISTS (SELECT FROM qala.draft_feature AS f
                  WHERE f.draft_id = t.draft_id AND f.feature_id = t.feature_id)
"""


def _remember(connection: Connection, layer: Layer, draft: Draft, ids: Collection[int]) -> None:
    table = sql.Identifier(layer.schema, layer.table)
    bound = {"draft": draft.draft_id, "layer": layer.name, "ids": sorted(ids)}
    connection.execute(sql.SQL(_RELIED).format(table=table), bound)


_RELIED: Final = """
INSERT INTO qala.draft_reliance (draft_id, feature_id, layer, token)
SELECT %(draft)s, feature_id, %(layer)s, max(greatest(opened_by, closed_by)) FROM {table}
WHERE feature_id = ANY(%(ids)s) GROUP BY feature_id
ON CONFLICT (draft_id, feature_id) DO NOTHING
"""


def _moved_in_space(connection: Connection, layer: Layer) -> list[int]:
    """Return the features staged that get another geometry or another end."""
    if not layer.spatial:
        return []
    statement = sql.SQL(_MOVED_IN_SPACE).format(staged=staging.staged(layer))
    return [row[0] for row in connection.execute(statement).fetchall()]


_MOVED_IN_SPACE: Final = """
WITH stood AS (
  SELECT feature_id, abolished, ST_AsBinary(geom) AS shape, range_agg(valid) AS valid
  FROM {staged} WHERE _state = 'closed' GROUP BY 1, 2, 3)
SELECT DISTINCT n.feature_id FROM {staged} AS n LEFT JOIN stood AS s
  ON (s.feature_id, s.abolished, s.shape) = (n.feature_id, n.abolished, ST_AsBinary(n.geom))
WHERE n._state = 'new' AND NOT coalesce(s.valid @> n.valid, false)
"""


def _step(
    layers: Layers, draft: Draft, revision: int, edit: Edit, touched: Sequence[int], moved: Collection[int]
) -> dict[str, object]:
    act, outcome = edit.act, edit.outcome
    successions = [
        {"layer": s.layer, "kind": s.kind, "parents": s.parents, "children": s.children} for s in outcome.successions
    ]
    public = [w for w in outcome.writes if layers[w.layer].public]
    writes = [{**write_told(w), "moved": w.feature_id in moved} for w in public]
    return {
        "draft": draft.draft_id,
        "revision": revision,
        "actor": act.actor,
        "role": act.role,
        "verb": edit.verb,
        "reason": act.reason,
        "valid_from": act.valid_from,
        "features": sorted(touched),
        "reverted": sorted(edit.reverted),
        "successions": json.dumps(successions),
        "writes": json.dumps(writes, ensure_ascii=False),
    }


_STEP: Final = """
INSERT INTO qala.draft_step (draft_id, revision, actor, role, verb, reason, valid_from, features, reverted, successions,
  writes)
VALUES (%(draft)s, %(revision)s, %(actor)s, %(role)s, %(verb)s, %(reason)s, %(valid_from)s, %(features)s, %(reverted)s,
  %(successions)s, %(writes)s)
"""
_REVISED: Final = """
UPDATE qala.draft SET revision = %(revision)s, layers = ARRAY(
  SELECT DISTINCT layer FROM qala.draft_feature WHERE draft_id = %(draft)s ORDER BY 1)
WHERE draft_id = %(draft)s
"""

_MOVED_ON = Text(
    kk="Тізілім дәл қазір өзгерді; қайталаңыз.",
    ru="Регистр только что изменился; повторите.",
    en="The register has just changed; repeat it.",
)
