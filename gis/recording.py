"""Recording: the last steps of a changeset, one register-wide lock long.

The lock makes recorded time follow commit order: number, recorded instant and hash are given under it, and the
transaction commits with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection, errors, sql
from psycopg.types.range import Range

from gis import canonical
from gis.act import Act, Succession
from gis.errors import Conflict
from gis.instant import read_head
from gis.layer import Field, Layer
from gis.rules import Violation
from gis.schema import issued_name
from gis.staging import column_list, staged
from gis.text import Text

COMMIT_LOCK = 0x51414C41  # "QALA"; apart from the acts' own locks, whose keys are 64-bit hashes

FORM = 1
"""Number of the canonical form of a changeset's own line in the chain."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A committed changeset.

    Attributes:
        number: its number.
        recorded: its instant on the recorded axis.
        hash: its place in the chain.
        features: ids of new features by the negative ids that the act gave them.
        warnings: what the rules found without forbidding it.
    """

    number: int
    recorded: datetime
    hash: bytes
    features: Mapping[int, int]
    warnings: Sequence[Violation] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """All that one changeset records besides the staged versions."""

    verb: str
    act: Act
    layers: Sequence[Layer]
    successions: Sequence[Succession] = ()
    violations: Sequence[Violation] = ()
    healed: Sequence[int] = ()
    fingerprint: bytes | None = None


def record(connection: Connection, entry: Entry) -> tuple[int, datetime, bytes]:
    """Write what is staged as one changeset: (number, recorded instant, hash). The caller commits at once."""
    forms = {layer.name: canonical.current_form(connection, layer) for layer in entry.layers}
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (COMMIT_LOCK,))
    number, recorded, previous = _next(connection)
    for layer in entry.layers:
        _close(connection, layer, number, recorded)
        _open(connection, layer, number, recorded)
        _issue(connection, layer, number)
        _enter(connection, layer, number, forms[layer.name])
    _descend(connection, entry, number, recorded)
    _heal(connection, entry.healed, number, recorded)
    _note(connection, entry.violations, number, recorded)
    return number, recorded, _chain(connection, entry, number, recorded, previous)


def _next(connection: Connection) -> tuple[int, datetime, bytes]:
    row = connection.execute(_NEXT).fetchone()
    if row is None:
        return 1, read_head(connection).now, bytes(32)
    return row[0], row[1], bytes(row[2])


_NEXT = """
SELECT number + 1, greatest(clock_timestamp(), recorded + interval '1 microsecond'), hash
FROM qala.changeset ORDER BY number DESC LIMIT 1
"""


def _close(connection: Connection, layer: Layer, number: int, recorded: datetime) -> None:
    connection.execute(
        sql.SQL(
            "UPDATE {table} AS v SET recorded = tstzrange(lower(v.recorded), %(recorded)s), closed_by = %(number)s "
            "FROM {staged} AS s WHERE s._state = 'closed' AND v.feature_id = s.feature_id AND v.version = s.version"
        ).format(table=sql.Identifier(layer.schema, layer.table), staged=staged(layer)),
        {"recorded": recorded, "number": number},
    )


def _open(connection: Connection, layer: Layer, number: int, recorded: datetime) -> None:
    connection.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}, recorded, opened_by) "
            "SELECT {columns}, %(recorded)s, %(number)s FROM {staged} WHERE _state = 'new' ORDER BY feature_id, version"
        ).format(table=sql.Identifier(layer.schema, layer.table), columns=column_list(layer), staged=staged(layer)),
        {"recorded": Range(recorded, None, "[)"), "number": number},
    )


def _issue(connection: Connection, layer: Layer, number: int) -> None:
    """Keep every identifier for ever; one that is another feature's already is refused here, whoever raced."""
    for identifier in layer.identifiers:
        connection.execute(_ISSUE.format(**_issue_names(layer, identifier)), {"number": number})
        taken = connection.execute(_TAKEN.format(**_issue_names(layer, identifier))).fetchone()
        if taken is not None:
            raise Conflict(_ISSUED.filled(value=taken[0], other=taken[1]), value=taken[0], feature_id=taken[1])


def _issue_names(layer: Layer, identifier: Field) -> dict[str, sql.Composable]:
    return {
        "issued": sql.Identifier(layer.schema, issued_name(layer, identifier)),
        "staged": staged(layer),
        "field": sql.Identifier(identifier.name),
    }


_ISSUE = sql.SQL(
    "INSERT INTO {issued} SELECT DISTINCT ON ({field}) {field}, feature_id, %(number)s FROM {staged} "
    "WHERE _state = 'new' AND {field} IS NOT NULL ORDER BY {field}, feature_id ON CONFLICT (value) DO NOTHING"
)
_TAKEN = sql.SQL(
    "SELECT i.value, i.feature_id FROM {staged} AS s JOIN {issued} AS i ON i.value = s.{field} "
    "WHERE s._state = 'new' AND i.feature_id <> s.feature_id LIMIT 1"
)


def _enter(connection: Connection, layer: Layer, number: int, form: int) -> None:
    fields = [f.name for f in layer.fields]
    connection.execute(
        sql.SQL(
            "INSERT INTO qala.ledger (changeset, layer, feature_id, version, event, form, hash) "
            "SELECT %(number)s, %(layer)s, s.feature_id, s.version, CASE s._state WHEN 'new' THEN 'o' ELSE 'c' END, "
            "%(form)s, CASE s._state WHEN 'new' THEN {opening} ELSE {closing} END "
            "FROM {staged} AS s WHERE s._state IN ('new', 'closed')"
        ).format(
            opening=canonical.opening(layer, fields, "s"), closing=canonical.closing(layer, "s"), staged=staged(layer)
        ),
        {"number": number, "layer": layer.name, "form": form},
    )


def _descend(connection: Connection, entry: Entry, number: int, recorded: datetime) -> None:
    rows = [
        (s.layer, s.kind, parent, child, Range(since, None, "[)"), Range(recorded, None, "[)"), number)
        for s, since in ((s, s.since or entry.act.valid_from) for s in entry.successions)
        for parent in s.parents
        for child in s.children
        if parent != child
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_DESCEND, rows)


_DESCEND = """
WITH made AS (
  INSERT INTO qala.lineage (layer, kind, parent, child, valid, recorded, opened_by)
  VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING *
)
INSERT INTO qala.ledger (changeset, layer, feature_id, version, event, form, hash)
SELECT opened_by, 'qala.lineage', lineage_id, 1, 'o', 1, sha256(convert_to(json_build_array(
  layer, kind, parent, child, extract(epoch FROM lower(valid)), extract(epoch FROM upper(valid)))::text, 'UTF8'))
FROM made
"""


def _heal(connection: Connection, healed: Sequence[int], number: int, recorded: datetime) -> None:
    if healed:
        connection.execute(_HEAL, {"ids": list(healed), "recorded": recorded, "number": number})


_HEAL = """
WITH closed AS (
  UPDATE qala.violation SET recorded = tstzrange(lower(recorded), %(recorded)s), closed_by = %(number)s
  WHERE violation_id = ANY(%(ids)s) RETURNING *
)
INSERT INTO qala.ledger (changeset, layer, feature_id, version, event, form, hash)
SELECT closed_by, 'qala.violation', violation_id, 1, 'c', 1,
  sha256(convert_to(json_build_array('qala.violation', violation_id, 1, 'closed')::text, 'UTF8'))
FROM closed
"""


def _note(connection: Connection, violations: Sequence[Violation], number: int, recorded: datetime) -> None:
    rows = [
        (v.rule, v.layer, v.feature_id, v.other_id, v.amount, v.place and v.place.wkb, v.detail, recorded, number)
        for v in violations
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_NOTE, rows)


_NOTE = """
WITH made AS (
  INSERT INTO qala.violation (rule, layer, feature_id, other_id, amount, place, detail, recorded, opened_by)
  VALUES (%s, %s, %s, %s, %s, %s::geometry, %s, tstzrange(%s, NULL), %s) RETURNING *
)
INSERT INTO qala.ledger (changeset, layer, feature_id, version, event, form, hash)
SELECT opened_by, 'qala.violation', violation_id, 1, 'o', 1,
  sha256(convert_to(json_build_array(rule, layer, feature_id, other_id, amount)::text, 'UTF8'))
FROM made
"""


def _chain(connection: Connection, entry: Entry, number: int, recorded: datetime, previous: bytes) -> bytes:
    act, source = entry.act, entry.act.source
    row = connection.execute(
        _CHANGESET,
        {
            "number": number,
            "recorded": recorded,
            "verb": entry.verb,
            "actor": act.actor,
            "role": act.role,
            "reason": act.reason,
            "kind": source.kind,
            "source_number": source.number,
            "acceptance": source.acceptance,
            "submission": source.submission,
            "recordation": source.recordation,
            "file_hash": source.file_hash,
            "layers": [layer.name for layer in entry.layers],
            "form": FORM,
            "previous": previous,
            "fingerprint": entry.fingerprint,
        },
    ).fetchone()
    if row is None:
        raise errors.InternalError("the changeset was not written")
    return bytes(row[0])


DIGEST = """
SELECT sha256(coalesce(
  string_agg(event::text::bytea || hash, ''::bytea ORDER BY layer, feature_id, version, event), ''))
FROM qala.ledger WHERE changeset = c.number
"""
"""One digest of all that a changeset opened and closed; ``c`` is its row."""

TOLD = """
json_build_array(c.number, extract(epoch FROM c.recorded), c.verb,
  c.actor, c.role, c.reason, c.source_kind, c.source_number, c.source_acceptance, c.source_submission,
  c.source_recordation, encode(c.source_file_hash, 'hex'), c.layers)::text
"""
"""What a changeset's line says of its act, form 1; ``c`` is its row."""

LINE = f"sha256(c.previous_hash || c.digest || convert_to({TOLD}, 'UTF8'))"
"""Hash of a changeset's line in the chain; ``c`` is its row."""

_CHANGESET = """
WITH c AS (
  SELECT %(number)s::bigint AS number, %(recorded)s::timestamptz AS recorded, %(verb)s::text AS verb,
    %(actor)s::text AS actor, %(role)s::text AS role, %(reason)s::text AS reason, %(kind)s::text AS source_kind,
    %(source_number)s::text AS source_number, %(acceptance)s::date AS source_acceptance,
    %(submission)s::date AS source_submission, %(recordation)s::date AS source_recordation,
    %(file_hash)s::bytea AS source_file_hash, %(layers)s::text[] AS layers, %(form)s::smallint AS form,
    %(previous)s::bytea AS previous_hash
), digested AS (SELECT c.*, (DIGEST) AS digest FROM c)
INSERT INTO qala.changeset (number, recorded, verb, actor, role, reason, source_kind, source_number,
  source_acceptance, source_submission, source_recordation, source_file_hash, layers, form, previous_hash, digest, hash,
  fingerprint)
SELECT number, recorded, verb, actor, role, reason, source_kind, source_number, source_acceptance, source_submission,
  source_recordation, source_file_hash, layers, form, previous_hash, digest, LINE, %(fingerprint)s
FROM digested AS c RETURNING hash
""".replace("DIGEST", DIGEST).replace("LINE", LINE)

_ISSUED = Text(
    kk="«{value}» нөмірі бұрын {other} нысанына берілген; нөмір ешқашан қайта берілмейді, басқасын алыңыз.",
    ru="Номер «{value}» уже выдан объекту {other}; номера не используются повторно, возьмите другой.",
    en="Number '{value}' was issued to feature {other} already; numbers are never used again, take another.",
)
