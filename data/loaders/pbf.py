"""Reading an OpenStreetMap extract (PBF): every element that bears a wanted tag, with its geometry where it has one.

pyrosm builds the geometries, but passes silently over elements whose nodes lie outside the extract, and closes a cut
way by a straight line. So that no row is lost unseen, the file's own blocks are read for the inventory first: which
elements there are, their tags, and how many of their members the extract lacks.
"""

import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyrosm
from pyrosm.exceptions import PBFException
from pyrosm.proto import fileformat_pb2, osmformat_pb2
from shapely.geometry.base import BaseGeometry

from data.loaders.source import BadFile
from gis.profile import Extent
from gis.text import Text

Ids = npt.NDArray[np.int64]

_LONGEST_HEADER: Final = 64 * 1024
_LONGEST_BLOB: Final = 32 * 1024 * 1024
"""Bounds that the format itself sets (OSM wiki, PBF Format)."""

_SUPPORTED: Final = {"OsmSchema-V0.6", "DenseNodes"}
_NANO: Final = 1e9
_AREAS: Final = {"multipolygon", "boundary"}


class Reference(NamedTuple):
    """What OpenStreetMap calls an element; ``str()`` gives ``way/25514394``."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"


@dataclass(frozen=True, slots=True)
class Element:
    """A tagged element.

    Attributes:
        geometry: lon/lat of WGS 84; ``None`` where none can be built.
        lacking: how many of its nodes, or whole member ways, the extract lacks.
    """

    reference: Reference
    tags: Mapping[str, str]
    geometry: BaseGeometry | None
    lacking: int = 0


@dataclass(frozen=True)
class Extract:
    """What was read of an extract.

    Attributes:
        elements: in order of kind and id.
        day: when its newest element was edited; ``None`` where the file keeps no times.
    """

    elements: tuple[Element, ...]
    day: datetime | None


@dataclass
class _Inventory:
    """Elements with a wanted tag, and what tells whether they are whole."""

    keys: frozenset[str]
    tags: dict[Reference, dict[str, str]] = field(default_factory=dict)
    members: dict[Reference, Ids] = field(default_factory=dict)
    outlines: dict[Reference, tuple[Ids, Ids]] = field(default_factory=dict)
    nodes: list[Ids] = field(default_factory=list)
    ways: dict[int, Ids] = field(default_factory=dict)
    newest: int = 0


def read_extract(path: Path, keys: Sequence[str]) -> Extract:
    """Read the elements that bear at least one of the keys.

    An old-style multipolygon, whose relation is bare and whose tags stand on its outer way, is seen as that way with
    the relation's shape.

    Raises:
        BadFile: no PBF file, a broken one, or one that needs what this reader lacks.
    """
    inventory = _Inventory(frozenset(keys))
    with _reading(path), path.open("rb") as file:
        for kind, data in _blobs(file, path):
            _take(inventory, kind, data, path)
    with _reading(path):
        shapes = _geometries(path, inventory)
    return Extract(tuple(_elements(inventory, shapes)), _instant(inventory.newest))


def read_blocks(path: Path) -> Iterator[Any]:
    """Yield an extract's blocks of elements as the format has them (``PrimitiveBlock``).

    Raises:
        BadFile: as :func:`read_extract`.
    """
    with _reading(path), path.open("rb") as file:
        for kind, data in _blobs(file, path):
            if kind == "OSMData":
                yield osmformat_pb2.PrimitiveBlock.FromString(data)


def read_extent(path: Path) -> Extent:
    """Return where an extract lies (lon/lat of WGS 84), as its header says or else as its nodes do.

    Raises:
        BadFile: as :func:`read_extract`; or it has no nodes.
    """
    boxes: list[tuple[float, float, float, float]] = []
    with _reading(path), path.open("rb") as file:
        for kind, data in _blobs(file, path):
            if kind == "OSMHeader":
                header = osmformat_pb2.HeaderBlock.FromString(data)
                if header.HasField("bbox"):
                    box = header.bbox
                    return Extent(box.left / _NANO, box.bottom / _NANO, box.right / _NANO, box.top / _NANO)
            elif kind == "OSMData":
                boxes += _box(osmformat_pb2.PrimitiveBlock.FromString(data))
    if not boxes:
        raise _broken(path, "it has no nodes")
    west, south, east, north = zip(*boxes, strict=True)
    return Extent(min(west), min(south), max(east), max(north))


def _box(block: Any) -> Iterator[tuple[float, float, float, float]]:
    """Yield the boxes around a block's nodes."""
    for group in block.primitivegroup:
        longitudes = [*np.cumsum(np.array(group.dense.lon, dtype=np.int64)).tolist(), *(n.lon for n in group.nodes)]
        latitudes = [*np.cumsum(np.array(group.dense.lat, dtype=np.int64)).tolist(), *(n.lat for n in group.nodes)]
        if longitudes:
            x = [(block.lon_offset + block.granularity * v) / _NANO for v in (min(longitudes), max(longitudes))]
            y = [(block.lat_offset + block.granularity * v) / _NANO for v in (min(latitudes), max(latitudes))]
            yield x[0], y[0], x[1], y[1]


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Make a refusal of what reading a broken file raises."""
    try:
        yield
    except (OSError, zlib.error, struct.error, ValueError, PBFException) as error:
        raise _broken(path, error) from error
    except Exception as error:  # protobuf's DecodeError has no stable home between its versions
        if type(error).__name__ != "DecodeError":
            raise
        raise _broken(path, error) from error


def _blobs(file: BinaryIO, path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each block's type and its content."""
    while prefix := file.read(4):
        length = struct.unpack(">I", prefix)[0]
        if length > _LONGEST_HEADER:
            raise _broken(path, f"a header of {length} bytes; at most {_LONGEST_HEADER} are allowed")
        header = fileformat_pb2.BlobHeader.FromString(file.read(length))
        if header.datasize > _LONGEST_BLOB:
            raise _broken(path, f"a block of {header.datasize} bytes; at most {_LONGEST_BLOB} are allowed")
        data = file.read(header.datasize)
        if len(data) < header.datasize:
            raise _broken(path, "it ends in the middle of a block")
        yield header.type, _content(fileformat_pb2.Blob.FromString(data), path)


def _content(blob: Any, path: Path) -> bytes:
    if blob.HasField("raw"):
        return bytes(blob.raw)
    if not blob.HasField("zlib_data"):
        raise _broken(path, "a block is packed in another way than zlib")
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(blob.zlib_data, _LONGEST_BLOB)
    if unpacker.unconsumed_tail:
        raise _broken(path, f"a block unpacks to more than {_LONGEST_BLOB} bytes")
    return data


def _take(inventory: _Inventory, kind: str, data: bytes, path: Path) -> None:
    if kind == "OSMHeader":
        needed = set(osmformat_pb2.HeaderBlock.FromString(data).required_features) - _SUPPORTED
        if needed:
            raise _broken(path, f"it needs {', '.join(sorted(needed))}")
    elif kind == "OSMData":
        block = osmformat_pb2.PrimitiveBlock.FromString(data)
        strings = [s.decode("utf-8", "replace") for s in block.stringtable.s]
        for group in block.primitivegroup:
            _take_nodes(inventory, group, strings)
            _take_dense(inventory, group.dense, strings, block.date_granularity)
            _take_ways(inventory, group, strings, block.date_granularity)
            _take_relations(inventory, group, strings, block.date_granularity)


def _take_nodes(inventory: _Inventory, group: Any, strings: Sequence[str]) -> None:
    for node in group.nodes:
        inventory.nodes.append(np.array([node.id], dtype=np.int64))
        _keep(inventory, Reference("node", node.id), _tags(node, strings))


def _take_dense(inventory: _Inventory, dense: Any, strings: Sequence[str], granularity: int) -> None:
    ids = np.cumsum(np.array(dense.id, dtype=np.int64))
    inventory.nodes.append(ids)
    if dense.denseinfo.timestamp:
        newest = int(np.cumsum(np.array(dense.denseinfo.timestamp, dtype=np.int64)).max())
        inventory.newest = max(inventory.newest, newest * granularity)
    codes = list(dense.keys_vals)
    start = 0
    for node in ids if codes else ():
        end = codes.index(0, start)
        if end > start:
            pairs = zip(codes[start:end:2], codes[start + 1 : end : 2], strict=True)
            _keep(inventory, Reference("node", int(node)), {strings[k]: strings[v] for k, v in pairs})
        start = end + 1


def _take_ways(inventory: _Inventory, group: Any, strings: Sequence[str], granularity: int) -> None:
    for way in group.ways:
        reference = Reference("way", way.id)
        inventory.newest = max(inventory.newest, way.info.timestamp * granularity)
        inventory.ways[way.id] = np.cumsum(np.array(way.refs, dtype=np.int64))
        if _keep(inventory, reference, _tags(way, strings)):
            inventory.members[reference] = np.unique(inventory.ways[way.id])


def _take_relations(inventory: _Inventory, group: Any, strings: Sequence[str], granularity: int) -> None:
    for relation in group.relations:
        inventory.newest = max(inventory.newest, relation.info.timestamp * granularity)
        tags = _tags(relation, strings)
        if tags.get("type") not in _AREAS:
            continue
        reference = Reference("relation", relation.id)
        ids = np.cumsum(np.array(relation.memids, dtype=np.int64))
        is_way = np.array(relation.types, dtype=np.int64) == osmformat_pb2.Relation.WAY
        if _keep(inventory, reference, tags):
            inventory.members[reference] = np.unique(ids[is_way])
        elif not tags.keys() - {"type", "created_by", "source", "note"}:
            outer = np.array([strings[i] != "inner" for i in relation.roles_sid], dtype=bool)
            inventory.outlines[reference] = (ids[is_way & outer], ids[is_way])


def _tags(element: Any, strings: Sequence[str]) -> dict[str, str]:
    return {strings[k]: strings[v] for k, v in zip(element.keys, element.vals, strict=True)}


def _keep(inventory: _Inventory, reference: Reference, tags: dict[str, str]) -> bool:
    wanted = not inventory.keys.isdisjoint(tags)
    if wanted:
        inventory.tags[reference] = tags
    return wanted


def _geometries(path: Path, inventory: _Inventory) -> dict[Reference, BaseGeometry]:
    """Return the geometries that pyrosm builds, of wanted elements and of bare multipolygons.

    Relations are asked for apart: beside them pyrosm leaves out their member ways, though a pond in a park, tagged on
    its own, is a thing of its own.
    """
    own: dict[str, Any] = dict.fromkeys(sorted(inventory.keys), True)
    areas = {**own, "type": sorted(_AREAS)}
    osm = pyrosm.OSM(str(path), keep_metadata=False, engine="in_memory", progress=False)
    return {
        **_shapes(osm, custom_filter=own, keep_relations=False),
        **_shapes(osm, custom_filter=areas, keep_nodes=False, keep_ways=False),
    }


def _shapes(osm: Any, **asked: Any) -> dict[Reference, BaseGeometry]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "no data found" is for the report to tell
        frame = osm.get_data_by_custom_criteria(filter_type="keep", **asked)
    if frame is None:
        return {}
    rows = zip(frame["osm_type"], frame["id"], frame.geometry, strict=True)
    return {Reference(str(kind), int(i)): shape for kind, i, shape in rows if shape is not None and not shape.is_empty}


def _elements(inventory: _Inventory, shapes: Mapping[Reference, BaseGeometry]) -> Iterator[Element]:
    nodes = np.unique(np.concatenate([*inventory.nodes, np.empty(0, np.int64)]))
    ways = _whole_ways(inventory, nodes)
    outlined = _outlined(inventory, shapes)
    for reference in sorted(inventory.tags):
        present = ways if reference.kind == "relation" else nodes
        members = inventory.members.get(reference, np.empty(0, np.int64))
        lacking = len(members) - _common(members, present)
        shape = outlined.get(reference, shapes.get(reference))
        yield Element(reference, inventory.tags[reference], shape, lacking)


def _whole_ways(inventory: _Inventory, nodes: Ids) -> Ids:
    """Return the ids of the ways all of whose nodes the extract has, in order."""
    ids = np.fromiter(inventory.ways, np.int64, len(inventory.ways))
    owners = np.repeat(ids, [len(refs) for refs in inventory.ways.values()])
    refs = np.concatenate([*inventory.ways.values(), np.empty(0, np.int64)])
    cut = owners[~np.isin(refs, nodes)]
    return np.setdiff1d(ids, cut)


def _common(members: Ids, present: Ids) -> int:
    """Count the members that a sorted array has."""
    places = np.minimum(np.searchsorted(present, members), len(present) - 1)
    return int(np.count_nonzero(present[places] == members)) if len(present) else 0


def _outlined(inventory: _Inventory, shapes: Mapping[Reference, BaseGeometry]) -> dict[Reference, BaseGeometry]:
    """Return the shapes of bare multipolygons by the outer way that bears their tags."""
    found: dict[Reference, BaseGeometry] = {}
    for relation, (outer, _) in sorted(inventory.outlines.items()):
        tagged = [way for i in outer.tolist() if (way := Reference("way", i)) in inventory.tags]
        shape = shapes.get(relation)
        if shape is None or shape.area == 0:
            continue
        for way in tagged[: None if len(tagged) == len(outer) else 1]:
            own = shapes.get(way)
            found[way] = shape if own is None or own.area == 0 else shape.intersection(own)
    return found


def _instant(seconds: float) -> datetime | None:
    # date_granularity is in milliseconds
    return datetime.fromtimestamp(seconds / 1000, UTC) if seconds > 0 else None


def _broken(path: Path, reason: object) -> BadFile:
    return BadFile(_BROKEN.filled(file=path.name, reason=str(reason)[:200]), file=path.name)


_BROKEN = Text(
    kk="{file} файлын OpenStreetMap үзіндісі ретінде оқу мүмкін емес: {reason}. Дұрысы — .osm.pbf файлы.",
    ru="Файл {file} не читается как выгрузка OpenStreetMap: {reason}. Нужен файл .osm.pbf.",
    en="{file} can't be read as an OpenStreetMap extract: {reason}. What is needed is an .osm.pbf file.",
)
