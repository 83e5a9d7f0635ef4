"""Audit: does the register still say what its changesets wrote?

Every row is held against the ledger, the ledger against its changesets' digests, the changesets against each other
(the chain), and the chain against the heads that were signed outside the database.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from psycopg import Connection, sql

from gis import canonical
from gis.heads import InvalidSignature, SignedHeads
from gis.layer import Layer
from gis.recording import DIGEST, LINE


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was recorded.

    Attributes:
        kind: ``altered``, ``removed``, ``added``, ``rewound`` (a version), ``chain`` (a changeset) or ``head``.
        what: the row or changeset, by name.
    """

    kind: str
    what: str


def verify(connection: Connection, layers: Iterable[Layer], heads: SignedHeads | None = None) -> Iterator[Finding]:
    """Yield everything that was altered, added, removed or rewound behind the engine's back.

    Args:
        connection: one that may read the whole register; the whole check reads one snapshot.
        layers: all declared layers.
        heads: the heads signed outside the database.
    """
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for layer in layers:
            yield from _versions(connection, layer)
        for log in _LOGS:
            yield from (Finding(*row) for row in connection.execute(log))
        yield from (Finding("chain", what) for (what,) in connection.execute(_CHAIN))
        if heads is not None:
            yield from _heads(connection, heads)


def _versions(connection: Connection, layer: Layer) -> Iterator[Finding]:
    forms = connection.execute(
        "SELECT form, fields FROM qala.canonical_form WHERE layer = %s", (layer.name,)
    ).fetchall()
    for form, fields in forms:
        statement = sql.SQL(_ALTERED).format(
            table=sql.Identifier(layer.schema, layer.table),
            opening=canonical.opening(layer, fields, "v"),
        )
        rows = connection.execute(statement, {"layer": layer.name, "form": form})
        yield from (Finding(kind, f"{layer.name} {feature} version {version}") for kind, feature, version in rows)
    statement = sql.SQL(_UNKNOWN).format(table=sql.Identifier(layer.schema, layer.table))
    rows = connection.execute(statement, {"layer": layer.name})
    yield from (Finding("added", f"{layer.name} {feature} version {version}") for feature, version in rows)


# One row of the ledger, one row of the table: its content, its changeset, its recorded time and its end must agree.
_ALTERED = """
SELECT CASE WHEN v.feature_id IS NULL THEN 'removed'
            WHEN {opening} <> o.hash THEN 'altered'
            ELSE 'rewound' END, o.feature_id, o.version
FROM qala.ledger AS o
JOIN qala.changeset AS opened ON opened.number = o.changeset
LEFT JOIN qala.ledger AS c
  ON c.layer = o.layer AND c.feature_id = o.feature_id AND c.version = o.version AND c.event = 'c'
LEFT JOIN qala.changeset AS closed ON closed.number = c.changeset
LEFT JOIN {table} AS v ON v.feature_id = o.feature_id AND v.version = o.version
WHERE o.layer = %(layer)s AND o.event = 'o' AND o.form = %(form)s
  AND (v.feature_id IS NULL OR {opening} <> o.hash
       OR (v.opened_by, lower(v.recorded)) IS DISTINCT FROM (o.changeset, opened.recorded)
       OR (v.closed_by, upper(v.recorded)) IS DISTINCT FROM (c.changeset, closed.recorded))
ORDER BY 2, 3
"""

_UNKNOWN = """
SELECT v.feature_id, v.version FROM {table} AS v
LEFT JOIN qala.ledger AS o
  ON o.layer = %(layer)s AND o.feature_id = v.feature_id AND o.version = v.version AND o.event = 'o'
WHERE o.layer IS NULL ORDER BY 1, 2
"""

_LINEAGE_LOG = """
SELECT CASE WHEN l.lineage_id IS NULL THEN 'removed' WHEN o.hash IS NULL THEN 'added' ELSE 'altered' END,
  'qala.lineage ' || coalesce(l.lineage_id, o.feature_id)
FROM qala.lineage AS l
FULL JOIN (SELECT * FROM qala.ledger WHERE layer = 'qala.lineage' AND event = 'o') AS o ON o.feature_id = l.lineage_id
WHERE l.lineage_id IS NULL OR o.hash IS NULL OR l.opened_by <> o.changeset
  OR o.hash <> sha256(convert_to(json_build_array(l.layer, l.kind, l.parent, l.child,
       extract(epoch FROM lower(l.valid)), extract(epoch FROM upper(l.valid)))::text, 'UTF8'))
"""

_VIOLATION_LOG = """
SELECT CASE WHEN l.violation_id IS NULL THEN 'removed' WHEN o.hash IS NULL THEN 'added'
            WHEN (l.closed_by IS NULL) <> (c.changeset IS NULL) THEN 'rewound' ELSE 'altered' END,
  'qala.violation ' || coalesce(l.violation_id, o.feature_id)
FROM qala.violation AS l
FULL JOIN (SELECT * FROM qala.ledger WHERE layer = 'qala.violation' AND event = 'o') AS o
  ON o.feature_id = l.violation_id
LEFT JOIN qala.ledger AS c ON c.layer = 'qala.violation' AND c.event = 'c' AND c.feature_id = l.violation_id
WHERE l.violation_id IS NULL OR o.hash IS NULL OR l.opened_by <> o.changeset
  OR l.closed_by IS DISTINCT FROM c.changeset
  OR o.hash <> sha256(convert_to(json_build_array(l.rule, l.layer, l.feature_id, l.other_id, l.amount)::text, 'UTF8'))
"""

_LOGS = (_LINEAGE_LOG, _VIOLATION_LOG)

_CHAIN = """
SELECT 'changeset ' || c.number FROM (
  SELECT *, lag(number, 1, 0::bigint) OVER w AS before,
    lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER w AS previous,
    lag(recorded, 1, '-infinity') OVER w AS earlier
  FROM qala.changeset WINDOW w AS (ORDER BY number)
) AS c
WHERE c.number <> c.before + 1 OR c.previous_hash <> c.previous OR c.recorded <= c.earlier
  OR c.digest <> (DIGEST) OR c.hash <> LINE
ORDER BY c.number
""".replace("DIGEST", DIGEST).replace("LINE", LINE)


def _heads(connection: Connection, heads: SignedHeads) -> Iterator[Finding]:
    known: dict[int, bytes] = dict(connection.execute("SELECT number, hash FROM qala.changeset").fetchall())
    try:
        for number, digest in heads.heads():
            if bytes(known.get(number, b"")) != digest:
                yield Finding("head", f"signed changeset {number} is not the one in the register")
    except (InvalidSignature, ValueError, KeyError):
        yield Finding("head", "the log of signed heads was altered")
