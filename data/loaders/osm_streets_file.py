"""What an OpenStreetMap extract holds of streets: ways, nodes and relations as they stand in the file, unbuilt.

Topology is the file's own: two ways meet where they name the same node. So nodes are read by their ids, and their
places are projected once, all together.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from pyrosm.proto import osmformat_pb2

from data.loaders.pbf import read_blocks
from gis.crs import System, transformer

Tags = Mapping[str, str]
Place = tuple[float, float]
"""Easting and northing in the city's projected system, to a millimetre."""

_NANO: Final = 1e-9
_WANTED: Final = frozenset({"barrier", "kerb", "crossing"})
"""Nodes with one of these keys are read, beside those of :data:`_STANDING`."""

_STANDING: Final = frozenset({"crossing", "elevator", "traffic_signals"})
"""Values of ``highway`` of nodes that mean something on a way."""

_ABSENT: Final = (-1,)
_AREAS: Final = frozenset({"multipolygon", "boundary"})
_TYPES: Final = {osmformat_pb2.Relation.NODE: "node", osmformat_pb2.Relation.WAY: "way"}


@dataclass(frozen=True, slots=True)
class Node:
    """A tagged node."""

    id: int
    tags: Tags
    day: date | None = None

    @property
    def reference(self) -> str:
        """What the map calls it."""
        return f"node/{self.id}"


@dataclass(frozen=True, slots=True)
class Way:
    """A way with its tags; one of a relation that is an area bears that relation's tags and reference."""

    reference: str
    refs: tuple[int, ...]
    tags: Tags
    day: date | None = None

    @property
    def closed(self) -> bool:
        """Whether it ends where it begins."""
        return len(self.refs) > 2 and self.refs[0] == self.refs[-1]


@dataclass(frozen=True, slots=True)
class Restriction:
    """A relation that restricts turns; members are (role, kind, id)."""

    id: int
    tags: Tags
    members: tuple[tuple[str, str, int], ...]
    day: date | None = None

    @property
    def reference(self) -> str:
        """What the map calls it."""
        return f"relation/{self.id}"


@dataclass(frozen=True)
class StreetFile:
    """Everything of an extract that may belong to the graph of streets.

    Attributes:
        ways: with a ``highway`` of their own.
        areas: the member ways of each relation that is an area with a ``highway``; those with their own are left out.
        nodes: tagged, by id.
        restrictions: of turns.
        places: of the nodes that the extract has and a way names, by id.
    """

    ways: tuple[Way, ...]
    areas: tuple[tuple[Way, ...], ...]
    nodes: Mapping[int, Node]
    restrictions: tuple[Restriction, ...]
    places: Mapping[int, Place]


@dataclass
class _Read:
    ways: list[Way] = field(default_factory=list)
    bare: dict[int, tuple[int, ...]] = field(default_factory=dict)
    nodes: dict[int, Node] = field(default_factory=dict)
    restrictions: list[Restriction] = field(default_factory=list)
    areas: list[tuple[int, Tags, tuple[int, ...], date | None]] = field(default_factory=list)
    ids: list[npt.NDArray[np.int64]] = field(default_factory=list)
    degrees: list[npt.NDArray[np.float64]] = field(default_factory=list)


def read_street_file(path: Path, system: System) -> StreetFile:
    """Read an extract's streets into the city's projected system.

    Raises:
        BadFile: no PBF file, or a broken one.
        NoTransformation: only a ballpark transformation leads from WGS 84 to the city's system.
    """
    read = _Read()
    for block in read_blocks(path):
        strings = [s.decode("utf-8", "replace") for s in block.stringtable.s]
        for group in block.primitivegroup:
            _take_nodes(read, group, strings, block)
            _take_dense(read, group.dense, strings, block)
            _take_ways(read, group, strings, block)
            _take_relations(read, group, strings, block)
    own = {way.reference for way in read.ways}
    areas = tuple(_area(read, own, *area) for area in read.areas)
    named = [way.refs for way in (*read.ways, *(way for area in areas for way in area))]
    return StreetFile(tuple(read.ways), areas, read.nodes, tuple(read.restrictions), _places(read, named, system))


def _area(
    read: _Read, own: Container[str], relation: int, tags: Tags, members: Sequence[int], day: date | None
) -> tuple[Way, ...]:
    """Return an area's member ways, but those that are told on their own; one that is absent has an absent node."""
    told = (i for i in members if f"way/{i}" not in own)
    return tuple(Way(f"relation/{relation}", read.bare.get(i, _ABSENT), tags, day) for i in told)


def _take_nodes(read: _Read, group: Any, strings: Sequence[str], block: Any) -> None:
    for node in group.nodes:
        read.ids.append(np.array([node.id], dtype=np.int64))
        read.degrees.append(_degrees(np.array([node.lon]), np.array([node.lat]), block))
        _keep_node(read, Node(node.id, _tags(node, strings), _day(node.info.timestamp, block)))


def _take_dense(read: _Read, dense: Any, strings: Sequence[str], block: Any) -> None:
    if not dense.id:
        return
    ids = np.cumsum(np.array(dense.id, dtype=np.int64))
    read.ids.append(ids)
    read.degrees.append(_degrees(np.cumsum(np.array(dense.lon)), np.cumsum(np.array(dense.lat)), block))
    stamps = np.cumsum(np.array(dense.denseinfo.timestamp, dtype=np.int64)).tolist()
    for place, tags in _dense_tags(dense, strings):
        _keep_node(read, Node(int(ids[place]), tags, _day(stamps[place] if stamps else 0, block)))


def _dense_tags(dense: Any, strings: Sequence[str]) -> Iterator[tuple[int, Tags]]:
    """Yield the tags of tagged nodes with their place in the block."""
    codes = list(dense.keys_vals)
    start = 0
    for place in range(len(dense.id) if codes else 0):
        end = codes.index(0, start)
        if end > start:
            pairs = zip(codes[start:end:2], codes[start + 1 : end : 2], strict=True)
            yield place, {strings[k]: strings[v] for k, v in pairs}
        start = end + 1


def _keep_node(read: _Read, node: Node) -> None:
    if not _WANTED.isdisjoint(node.tags) or node.tags.get("highway") in _STANDING:
        read.nodes[node.id] = node


def _take_ways(read: _Read, group: Any, strings: Sequence[str], block: Any) -> None:
    for way in group.ways:
        refs = tuple(np.cumsum(np.array(way.refs, dtype=np.int64)).tolist())
        tags = _tags(way, strings)
        if "highway" in tags:
            read.ways.append(Way(f"way/{way.id}", refs, tags, _day(way.info.timestamp, block)))
        else:
            read.bare[way.id] = refs


def _take_relations(read: _Read, group: Any, strings: Sequence[str], block: Any) -> None:
    for relation in group.relations:
        tags = _tags(relation, strings)
        kind, day = tags.get("type", ""), _day(relation.info.timestamp, block)
        members = _members(relation, strings)
        if kind.partition(":")[0] == "restriction":
            read.restrictions.append(Restriction(relation.id, tags, members, day))
        elif kind in _AREAS and "highway" in tags:
            read.areas.append((relation.id, tags, tuple(i for _, kind, i in members if kind == "way"), day))


def _members(relation: Any, strings: Sequence[str]) -> tuple[tuple[str, str, int], ...]:
    ids = np.cumsum(np.array(relation.memids, dtype=np.int64)).tolist()
    told = zip(relation.roles_sid, relation.types, ids, strict=True)
    return tuple((strings[role], _TYPES.get(kind, "relation"), i) for role, kind, i in told)


def _tags(element: Any, strings: Sequence[str]) -> dict[str, str]:
    return {strings[k]: strings[v] for k, v in zip(element.keys, element.vals, strict=True)}


def _day(stamp: int, block: Any) -> date | None:
    """Return the day of an edit; the format counts in units of ``date_granularity`` milliseconds."""
    return datetime.fromtimestamp(stamp * block.date_granularity / 1000, UTC).date() if stamp > 0 else None


def _degrees(longitudes: Any, latitudes: Any, block: Any) -> npt.NDArray[np.float64]:
    x = (block.lon_offset + block.granularity * longitudes.astype(np.int64)) * _NANO
    y = (block.lat_offset + block.granularity * latitudes.astype(np.int64)) * _NANO
    return np.column_stack([x, y])


def _places(read: _Read, named: Sequence[tuple[int, ...]], system: System) -> dict[int, Place]:
    """Return where the nodes are that ways name, as far as the extract has them."""
    wanted = np.unique(np.fromiter((i for refs in named for i in refs), np.int64))
    if not len(wanted) or not read.ids:
        return {}
    ids, degrees = np.concatenate(read.ids), np.concatenate(read.degrees)
    here = np.isin(ids, wanted)
    ids, degrees = ids[here], degrees[here]
    x, y = transformer(4326, system).transform(degrees[:, 0], degrees[:, 1])
    x, y = np.round(x, 3).tolist(), np.round(y, 3).tolist()
    return dict(zip(ids.tolist(), zip(x, y, strict=True), strict=True))
