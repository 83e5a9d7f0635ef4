"""Small OpenStreetMap extracts for the tests, written block by block as the format describes it."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from pyrosm.proto import fileformat_pb2, osmformat_pb2

SCALE = 10_000_000
Tags = Mapping[str, str]


@dataclass
class OsmFile:
    """An extract in the making: nodes by id as (longitude, latitude, tags), ways and relations by id.

    A relation's members are (id, role), of ways; of nodes (id, role, "node").
    """

    nodes: dict[int, tuple[float, float, Tags]] = field(default_factory=dict)
    ways: dict[int, tuple[Sequence[int], Tags]] = field(default_factory=dict)
    relations: dict[int, tuple[Sequence[tuple[int, str] | tuple[int, str, str]], Tags]] = field(default_factory=dict)
    timestamp: int = 1_500_000_000
    _strings: list[str] = field(default_factory=lambda: [""])

    def way(self, way_id: int, points: Sequence[tuple[float, float]], *, closed: bool = False, **tags: str) -> None:
        """Add a way with nodes of its own."""
        first = way_id * 100
        refs = [first + i for i in range(len(points))]
        self.nodes.update({ref: (*point, {}) for ref, point in zip(refs, points, strict=True)})
        self.ways[way_id] = ([*refs, first] if closed else refs, {k.replace("__", ":"): v for k, v in tags.items()})

    def write(self, path: Path) -> Path:
        """Write the file."""
        header = osmformat_pb2.HeaderBlock(required_features=["OsmSchema-V0.6", "DenseNodes"])
        block = osmformat_pb2.PrimitiveBlock()
        self._dense(block.primitivegroup.add().dense)
        self._ways(block.primitivegroup.add())
        self._relations(block.primitivegroup.add())
        block.stringtable.s.extend(text.encode() for text in self._strings)
        path.write_bytes(_blob("OSMHeader", header.SerializeToString()) + _blob("OSMData", block.SerializeToString()))
        return path

    def _string(self, text: str) -> int:
        if text not in self._strings:
            self._strings.append(text)
        return self._strings.index(text)

    def _dense(self, dense: Any) -> None:
        ids = sorted(self.nodes)
        dense.id.extend(_deltas(ids))
        dense.lon.extend(_deltas([round(self.nodes[i][0] * SCALE) for i in ids]))
        dense.lat.extend(_deltas([round(self.nodes[i][1] * SCALE) for i in ids]))
        for i in ids:
            for key, value in self.nodes[i][2].items():
                dense.keys_vals.extend([self._string(key), self._string(value)])
            dense.keys_vals.append(0)
        info = dense.denseinfo
        info.version.extend([1] * len(ids))
        info.timestamp.extend(_deltas([self.timestamp] * len(ids)))
        for name in ("changeset", "uid", "user_sid"):
            getattr(info, name).extend([0] * len(ids))

    def _ways(self, group: Any) -> None:
        for way_id, (refs, tags) in sorted(self.ways.items()):
            way = group.ways.add(id=way_id, refs=_deltas(refs))
            self._tag(way, tags)
            way.info.version, way.info.timestamp = 1, self.timestamp

    def _relations(self, group: Any) -> None:
        for relation_id, (members, tags) in sorted(self.relations.items()):
            relation = group.relations.add(id=relation_id, memids=_deltas([member[0] for member in members]))
            relation.roles_sid.extend(self._string(member[1]) for member in members)
            kinds = osmformat_pb2.Relation
            relation.types.extend(kinds.NODE if member[2:] == ("node",) else kinds.WAY for member in members)
            self._tag(relation, tags)
            relation.info.version, relation.info.timestamp = 1, self.timestamp

    def _tag(self, element: Any, tags: Tags) -> None:
        element.keys.extend(self._string(key) for key in tags)
        element.vals.extend(self._string(value) for value in tags.values())


def _deltas(values: Sequence[int]) -> list[int]:
    return [*values[:1], *(b - a for a, b in pairwise(values))]


def _blob(kind: str, data: bytes) -> bytes:
    blob = fileformat_pb2.Blob(raw_size=len(data), zlib_data=zlib.compress(data)).SerializeToString()
    header = fileformat_pb2.BlobHeader(type=kind, datasize=len(blob)).SerializeToString()
    return struct.pack(">I", len(header)) + bytes(header) + bytes(blob)


def block_of(kind: str, packed: bytes) -> bytes:
    """Return a block with any packed content, sound or not."""
    blob = fileformat_pb2.Blob(zlib_data=packed).SerializeToString()
    header = fileformat_pb2.BlobHeader(type=kind, datasize=len(blob)).SerializeToString()
    return struct.pack(">I", len(header)) + bytes(header) + bytes(blob)
