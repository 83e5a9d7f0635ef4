"""The raw street network of an extract: every node of every ``highway`` a node, every step between two an edge."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from data.loaders.pbf import read_blocks

_NANO: Final = 1e-9


@dataclass(frozen=True, eq=False)
class RawNet:
    """The largest part of a network whose nodes are all joined.

    Attributes:
        lonlat: of nodes, degrees of WGS 84, shape (n, 2).
        u, v: nodes at the ends of edges, in the order of their way.
        way: of each edge, its place in ``tags``.
    """

    lonlat: npt.NDArray[np.float64]
    u: npt.NDArray[np.int64]
    v: npt.NDArray[np.int64]
    way: npt.NDArray[np.int64]
    tags: tuple[Mapping[str, str], ...]


def read_raw(path: Path) -> RawNet:
    """Read the network of an extract (PBF)."""
    places: dict[int, tuple[float, float]] = {}
    ways: list[tuple[Any, Mapping[str, str]]] = []
    for block in read_blocks(path):
        strings = [each.decode() for each in block.stringtable.s]
        for group in block.primitivegroup:
            _take_nodes(places, block, group)
            ways += [(np.cumsum(np.array(way.refs, dtype=np.int64)), _tags(way, strings)) for way in group.ways]
    roads = [(refs[[ref in places for ref in refs.tolist()]], tags) for refs, tags in ways if "highway" in tags]
    first, last = (np.concatenate([refs[part] for refs, _ in roads]) for part in (slice(None, -1), slice(1, None)))
    number = np.repeat(np.arange(len(roads)), [max(0, len(refs) - 1) for refs, _ in roads])
    apart = first != last
    ids, inverse = np.unique(np.concatenate([first[apart], last[apart]]), return_inverse=True)
    u, v = inverse.reshape(2, -1)
    lonlat = np.array([places[node] for node in ids.tolist()])
    return _largest(RawNet(lonlat, u, v, number[apart], tuple(tags for _, tags in roads)))


def _tags(way: Any, strings: list[str]) -> Mapping[str, str]:
    return {strings[k]: strings[v] for k, v in zip(way.keys, way.vals, strict=True)}


def _take_nodes(places: dict[int, tuple[float, float]], block: Any, group: Any) -> None:
    dense = group.dense
    ids, lat, lon = (np.cumsum(np.array(each, dtype=np.int64)) for each in (dense.id, dense.lat, dense.lon))
    x = (block.lon_offset + block.granularity * lon) * _NANO
    y = (block.lat_offset + block.granularity * lat) * _NANO
    places.update(zip(ids.tolist(), zip(x.tolist(), y.tolist(), strict=True), strict=True))
    for node in group.nodes:
        place = (block.lon_offset + block.granularity * node.lon, block.lat_offset + block.granularity * node.lat)
        places[node.id] = (place[0] * _NANO, place[1] * _NANO)


def _largest(net: RawNet) -> RawNet:
    count = len(net.lonlat)
    links = coo_array((np.ones(len(net.u), dtype=np.int8), (net.u, net.v)), shape=(count, count))
    _, group = connected_components(links.tocsr(), directed=False)
    inside = group == np.bincount(group).argmax()
    number = np.cumsum(inside) - 1
    kept = inside[net.u]
    return RawNet(net.lonlat[inside], number[net.u[kept]], number[net.v[kept]], net.way[kept], net.tags)
