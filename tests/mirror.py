"""A mirror of the register in plain dictionaries, built from the changes feed alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from psycopg import sql

from gis.database import connect
from gis.geojson import feature_row
from tests.city import City

Key = tuple[str, int, int]


@dataclass
class Copy:
    """One version as the mirror keeps it."""

    opened: datetime
    feature: Mapping[str, Any]
    abolished: bool
    wkb: str | None = None
    closed: datetime | None = None


@dataclass
class Mirror:
    """What a bank keeps: versions with both ends of their recorded time, lineage, and the last hash of the chain."""

    number: int = 0
    hash: str = "00" * 32
    versions: dict[Key, Copy] = field(default_factory=dict)
    lineage: list[Mapping[str, Any]] = field(default_factory=list)
    withheld: int = 0

    def take(self, changesets: Iterable[Mapping[str, Any]]) -> None:
        """Apply changesets of the feed, each held to its digest and to the one before."""
        for changeset in changesets:
            assert changeset["number"] == self.number + 1
            assert changeset["previous_hash"] == self.hash
            assert changeset["digest"] == digest_of(changeset["changes"])
            if "line" in changeset:
                line = bytes.fromhex(self.hash + changeset["digest"]) + changeset["line"].encode()
                assert changeset["hash"] == sha256(line).hexdigest()
            assert changeset["events"] == len(changeset["changes"])
            self._apply(changeset)
            self.number, self.hash = changeset["number"], changeset["hash"]

    def _apply(self, changeset: Mapping[str, Any]) -> None:
        recorded = datetime.fromisoformat(changeset["recorded"])
        for change in changeset["changes"]:
            if change.get("withheld"):
                self.withheld += 1
            elif "feature" in change:
                copy = Copy(recorded, change["feature"], change["abolished"], change.get("wkb"))
                assert self.versions.setdefault(_key(change), copy) is copy
            elif "lineage" in change:
                self.lineage.append(change["lineage"])
            elif change["event"] == "closed":
                assert self.versions[_key(change)].closed is None
                self.versions[_key(change)].closed = recorded

    def at(self, recorded: datetime, layer: str) -> dict[tuple[int, int], tuple[Any, bool]]:
        """Return the versions of a layer that were on record at an instant."""
        return {
            (feature_id, version): (copy.feature, copy.abolished)
            for (name, feature_id, version), copy in self.versions.items()
            if name == layer and copy.opened <= recorded and (copy.closed is None or recorded < copy.closed)
        }


def _key(change: Mapping[str, Any]) -> Key:
    return change["layer"], change["id"], change["version"]


def digest_of(changes: Iterable[Mapping[str, Any]]) -> str:
    """Return a changeset's digest from the hashes of its changes."""
    return sha256(b"".join(c["event"][0].encode() + bytes.fromhex(c["hash"]) for c in changes)).hexdigest()


def on_record(city: City, recorded: datetime, layer: str) -> dict[tuple[int, int], tuple[Any, bool]]:
    """Return the same from the register's own table."""
    declared = city.register.layers[layer]
    statement = sql.SQL(
        "SELECT feature_id, version, ({})::json, abolished FROM {} AS v WHERE recorded @> %s::timestamptz"
    ).format(feature_row(declared), sql.Identifier(declared.schema, declared.table))
    with connect(city.register.database.owner) as connection:
        rows = connection.execute(statement, (recorded,)).fetchall()
    return {(feature_id, version): (feature, abolished) for feature_id, version, feature, abolished in rows}
