"""The changes feed: what each changeset recorded, so that a mirror rebuilds the register and holds it to its hashes.

Changesets go out in order of their numbers, each with everything that it opened and closed, in the order in which its
digest takes them. What the reader may not see is withheld but for its hash: the digest can be computed all the same.
What is served never changes, so no snapshot is needed: batches are read one by one by their keys, each in a short
transaction of its own, and a changeset of a million rows takes no more memory than one of ten.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, NamedTuple

from psycopg import Connection, sql
from psycopg.rows import dict_row

from gis.geojson import feature_row
from gis.instant import read_head
from gis.layer import Layer
from gis.recording import TOLD

BATCH: Final = 2000
"""Rows of the ledger that are read at once."""

_HEADERS: Final = 200
_EVENTS: Final = {"o": "opened", "c": "closed"}

Take = Callable[[], AbstractContextManager[Connection]]
"""Takes a connection for one batch."""


@dataclass(frozen=True, slots=True)
class View:
    """What a reader of the feed may see.

    Attributes:
        layers: those whose content is told; of all others only hashes are.
        exact: give geometries as they are stored, too: hexadecimal WKB in the city's projected system.
    """

    layers: Mapping[str, Layer]
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One changeset: its facts, and the texts of its events in batches, which must be read before the next entry."""

    number: int
    facts: Mapping[str, Any]
    events: Iterator[Sequence[str]]


class _Row(NamedTuple):
    """A row of the ledger."""

    changeset: int
    layer: str
    feature_id: int
    version: int
    event: str
    form: int
    hash: str
    told: bool

    @property
    def content_key(self) -> tuple[str, int, int]:
        """What names the version."""
        return self.layer, self.feature_id, self.version


class Feed:
    """Reads the feed.

    Args:
        take: takes a connection that may read what the view shows.
        view: what may be seen.
        attest: takes one that may read who acted; that is told then, and each changeset's line as it was hashed into
            the chain.
    """

    def __init__(self, take: Take, view: View, attest: Take | None = None) -> None:
        self._take = take
        self._view = view
        self._attest = attest

    def head(self) -> int:
        """Return the number of the last changeset; 0 where there is none."""
        with self._take() as connection:
            return read_head(connection).changeset

    def entries(self, after: int, until: int) -> Iterator[Entry]:
        """Yield the changesets whose numbers lie behind ``after`` and not behind ``until``."""
        while after < until:
            facts = self._facts(after, min(after + _HEADERS, until))
            for group in _groups(facts):
                yield from self._group(group)
            after = min(after + _HEADERS, until)

    def _facts(self, after: int, until: int) -> list[dict[str, Any]]:
        parameters = {"after": after, "until": until, "shown": list(self._view.layers)}
        take, statement = (self._take, CHANGESETS) if self._attest is None else (self._attest, _ATTESTED)
        with take() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement, parameters).fetchall()

    def _group(self, group: Sequence[Mapping[str, Any]]) -> Iterator[Entry]:
        """Yield neighbours that one batch holds, or a single changeset that takes several."""
        if group[0]["events"] > BATCH:
            yield Entry(group[0]["number"], _told(group[0]), self._batches(group[0]))
            return
        numbers = {"first": group[0]["number"], "last": group[-1]["number"]}
        with self._take() as connection:
            rows = self._ledger(connection, _NEIGHBOURS, numbers)
            texts = self._texts(connection, rows)
        by_number = {
            number: [text for _, text in pairs]
            for number, pairs in groupby(zip(rows, texts, strict=True), key=lambda pair: pair[0].changeset)
        }
        for facts in group:
            yield Entry(facts["number"], _told(facts), iter([by_number.get(facts["number"], [])]))

    def _batches(self, facts: Mapping[str, Any]) -> Iterator[Sequence[str]]:
        """Yield a large changeset's events layer by layer, by the ledger's key."""
        for layer in facts["ordered"]:
            key = {"feature_id": 0, "version": 0, "event": ""}
            while key:
                with self._take() as connection, connection.transaction():
                    # Fresh from a load the ledger has no statistics, and all that is left would be sorted each time.
                    connection.execute("SET LOCAL enable_sort = off")
                    parameters = {"number": facts["number"], "layer": layer, "batch": BATCH, **key}
                    rows = self._ledger(connection, _LARGE, parameters)
                    yield self._texts(connection, rows)
                last = rows[-1] if len(rows) == BATCH else None
                key = {n: getattr(last, n) for n in ("feature_id", "version", "event")} if last else {}

    def _ledger(self, connection: Connection, statement: str, parameters: Mapping[str, Any]) -> list[_Row]:
        rows = connection.execute(statement, {**parameters, "shown": list(self._view.layers)})
        return [_Row(*row) for row in rows]

    def _texts(self, connection: Connection, rows: Sequence[_Row]) -> list[str]:
        """Return each row of the ledger as a JSON object."""
        contents: dict[tuple[str, int, int], str] = {}
        opened = [row for row in rows if row.told and row.event == "o"]
        for name, asked in groupby(opened, key=lambda row: row.layer):
            contents |= self._contents(connection, name, list(asked))
        return [_text(row, contents) for row in rows]

    def _contents(self, connection: Connection, name: str, rows: Sequence[_Row]) -> dict[tuple[str, int, int], str]:
        ids, versions = [row.feature_id for row in rows], [row.version for row in rows]
        statement = _LOGS.get(name) or self._versions(self._view.layers[name])
        found = connection.execute(statement, {"ids": ids, "versions": versions})
        return {(name, feature_id, version): content for feature_id, version, content in found}

    def _versions(self, layer: Layer) -> sql.Composed:
        exact = sql.SQL(_WKB) if self._view.exact and layer.spatial else sql.SQL("''")
        return sql.SQL(_VERSIONS).format(
            table=sql.Identifier(layer.schema, layer.table), feature=feature_row(layer), exact=exact
        )


def _told(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in facts.items() if name != "ordered"}


def _groups(facts: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Yield runs of neighbours that have no more events than a batch; a larger changeset stands alone."""
    group: list[Mapping[str, Any]] = []
    for each in facts:
        if group and sum(known["events"] for known in group) + each["events"] > BATCH:
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _text(row: _Row, contents: Mapping[tuple[str, int, int], str]) -> str:
    event = _EVENTS[row.event]
    if not row.told:
        return f'{{"event": "{event}", "hash": "{row.hash}", "withheld": true}}'
    content = contents[row.content_key] if row.event == "o" else ""
    return (
        f'{{"layer": "{row.layer}", "id": {row.feature_id}, "version": {row.version}, "event": "{event}", '
        f'"form": {row.form}, "hash": "{row.hash}"{content}}}'
    )


# Lineage and defects are told where the layer that they are of is.
_TOLD: Final = """coalesce(CASE l.layer
  WHEN 'qala.lineage' THEN (SELECT d.layer FROM qala.lineage AS d WHERE d.lineage_id = l.feature_id)
  WHEN 'qala.violation' THEN (SELECT d.layer FROM qala.violation AS d WHERE d.violation_id = l.feature_id)
  ELSE l.layer END = ANY(%(shown)s), false)"""

_BOTH = """
SELECT c.number, c.recorded, c.verb, c.role, c.reason,
  json_build_object('kind', c.source_kind, 'number', c.source_number, 'acceptance', c.source_acceptance,
    'submission', c.source_submission, 'recordation', c.source_recordation,
    'file_hash', encode(c.source_file_hash, 'hex')) AS source,
  c.layers, counted.events, counted.withheld, c.form, encode(c.digest, 'hex') AS digest,
  encode(c.previous_hash, 'hex') AS previous_hash, encode(c.hash, 'hex') AS hash, ATTESTED
  ARRAY(SELECT name FROM unnest(c.layers || '{qala.lineage,qala.violation}'::text[]) AS name ORDER BY name) AS ordered
FROM qala.changeset AS c CROSS JOIN LATERAL (
  SELECT count(*) AS events, count(*) FILTER (WHERE NOT TOLD) AS withheld
  FROM qala.ledger AS l WHERE l.changeset = c.number) AS counted
WHERE c.number > %(after)s AND c.number <= %(until)s ORDER BY c.number
""".replace("TOLD", _TOLD)

CHANGESETS: Final = _BOTH.replace("ATTESTED", "")
"""Reads the facts of changesets, but for who acted."""

_ATTESTED: Final = _BOTH.replace("ATTESTED", f"c.actor, {TOLD} AS line,")

_ROW = "SELECT l.changeset, l.layer, l.feature_id, l.version, l.event::text, l.form, encode(l.hash, 'hex'), " + _TOLD

_NEIGHBOURS = f"""{_ROW}
FROM qala.ledger AS l WHERE l.changeset BETWEEN %(first)s AND %(last)s
ORDER BY l.changeset, l.layer, l.feature_id, l.version, l.event
"""

# The ledger's key leads from batch to batch; the index of changesets would sort the whole changeset for each.
_LARGE = f"""{_ROW}
FROM qala.ledger AS l WHERE l.changeset + 0 = %(number)s AND l.layer = %(layer)s
  AND (l.feature_id, l.version, l.event) > (%(feature_id)s, %(version)s, %(event)s::"char")
ORDER BY l.feature_id, l.version, l.event LIMIT %(batch)s
"""

_VERSIONS = """
SELECT v.feature_id, v.version, ', "abolished": ' || v.abolished || ', "feature": ' || {feature} || {exact}
FROM unnest(%(ids)s::bigint[], %(versions)s::integer[]) AS asked (feature_id, version)
JOIN {table} AS v USING (feature_id, version)
"""
_WKB = """', "wkb": "' || encode(ST_AsBinary(v.geom, 'NDR'), 'hex') || '"'"""

_LOGS: Final[Mapping[str, sql.SQL]] = {
    "qala.lineage": sql.SQL("""
SELECT d.lineage_id, 1, ', "lineage": ' || json_build_object('layer', d.layer, 'kind', d.kind, 'parent', d.parent,
  'child', d.child, 'valid_from', lower(d.valid), 'valid_to', upper(d.valid))
FROM qala.lineage AS d WHERE d.lineage_id = ANY(%(ids)s)"""),
    "qala.violation": sql.SQL("""
SELECT d.violation_id, 1, ', "violation": ' || json_build_object('rule', d.rule, 'layer', d.layer, 'id', d.feature_id,
  'other_id', d.other_id, 'amount', d.amount)
FROM qala.violation AS d WHERE d.violation_id = ANY(%(ids)s)"""),
}
