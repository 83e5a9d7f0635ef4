"""Connected networks out of what an extract tells of lines, supports and structures.

Ways of one network that share a vertex are connected there. A way is parted wherever another of its network meets it,
and at valves, manholes and hydrants on it; supports carry it on. Where a part begins or ends and the map has no node,
one is made: a source inside a structure that feeds, else a junction, or a terminal where one line ends alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from shapely import LineString, Point, STRtree
from shapely.geometry.base import BaseGeometry

from cadastres.urban_planning.network_model import NETWORK_LINE, NETWORK_NODE, NETWORK_STRUCTURE

if TYPE_CHECKING:
    from data.loaders.osm import Feature, LayerRows

_Place = tuple[float, float]
_Spot = tuple[str, _Place]

_SUPPORTS: Final = ("pole", "tower")
_FEEDING: Final = ("substation", "powerPlant", "boilerHouse", "pumpingStation", "treatmentPlant", "waterTower")


def connect(layers: Mapping[str, "LayerRows"]) -> None:
    """Put connected features in the place of those read of the three layers of networks.

    Nodes and structures are named by their index among their layer's features; the register's id takes its place when
    they are written.
    """
    structures, nodes, lines = (layers[layer.name] for layer in (NETWORK_STRUCTURE, NETWORK_NODE, NETWORK_LINE))
    structures.features = [part for feature in structures.features for part in _single(feature)]
    standing = _merged(nodes.features)
    courses = [part for feature in lines.features for part in _single(feature)]
    parts = list(_parted(courses, {spot: f.attributes["node_kind"] for spot, f in standing.items()}))
    made = _with_ends(standing, parts, _Housing(structures.features))
    places = {spot: i for i, spot in enumerate(made)}
    nodes.features = list(made.values())
    lines.features = [_ended(part, places) for part in parts]


def _single(feature: "Feature") -> Iterator["Feature"]:
    """Yield the parts of an area or a line; the first stands for the row."""
    first, *others = shapely.get_parts(feature.geometry)
    yield replace(feature, geometry=first)
    yield from (replace(feature, geometry=part, rows=0, flawed=0) for part in others)


def _merged(nodes: Sequence["Feature"]) -> dict[_Spot, "Feature"]:
    """Return the nodes by network and place; two of one network in one place are one."""
    found: dict[_Spot, Feature] = {}
    for node in nodes:
        spot = _spot(node.attributes, _places(node.geometry)[0])
        first = found.get(spot)
        found[spot] = (
            node if first is None else replace(first, rows=first.rows + node.rows, flawed=first.flawed + node.flawed)
        )
    return found


def _spot(said: Mapping[str, Any], place: _Place) -> _Spot:
    return str(said["utility_network_type"]), place


def _places(shape: BaseGeometry) -> list[_Place]:
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(shape)]


def _parted(lines: Sequence["Feature"], kinds: Mapping[_Spot, str]) -> Iterator["Feature"]:
    """Yield the parts of lines between the nodes of their networks; the first part stands for the row."""
    met = Counter(_spot(line.attributes, place) for line in lines for place in _places(line.geometry))
    ends = {_spot(line.attributes, place) for line in lines for place in _both_ends(line)}
    for line in lines:
        places = _places(line.geometry)
        spots = [_spot(line.attributes, place) for place in places]
        stops = {
            i
            for i, spot in enumerate(spots)
            if met[spot] > 1 or spot in ends or kinds.get(spot, _SUPPORTS[0]) not in _SUPPORTS
        }
        cuts = sorted({0, len(places) - 1, *stops})
        for n, (start, stop) in enumerate(_without_rings(places, cuts)):
            part = replace(line, geometry=LineString(places[start : stop + 1]))
            yield part if n == 0 else replace(part, rows=0, flawed=0)


def _both_ends(line: "Feature") -> tuple[_Place, _Place]:
    places = _places(line.geometry)
    return places[0], places[-1]


def _without_rings(places: Sequence[_Place], cuts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the spans between cuts; one that returns to where it began is cut once more in its middle."""
    for start, stop in pairwise(cuts):
        if places[start] != places[stop]:
            yield start, stop
        elif stop - start > 1:
            middle = (start + stop) // 2
            yield from ((start, middle), (middle, stop))


class _Housing:
    """Which structure of its network a place lies in."""

    def __init__(self, structures: Sequence["Feature"]) -> None:
        self._structures = structures
        self._tree = STRtree([s.geometry for s in structures])

    def around(self, spot: _Spot) -> int | None:
        """Return the index of a structure of the spot's network around it."""
        network, place = spot
        for i in np.sort(self._tree.query(Point(place), predicate="intersects")).tolist():
            if self._structures[i].attributes["utility_network_type"] == network:
                return int(i)
        return None

    def feeds(self, index: int) -> bool:
        """Tell whether a structure feeds a network."""
        return self._structures[index].attributes["structure_kind"] in _FEEDING


def _with_ends(
    standing: Mapping[_Spot, "Feature"], parts: Sequence["Feature"], housing: _Housing
) -> dict[_Spot, "Feature"]:
    """Return the nodes of the map, and those made where lines end and it has none."""
    ending: dict[_Spot, list[Feature]] = defaultdict(list)
    for part in parts:
        for place in _both_ends(part):
            ending[_spot(part.attributes, place)].append(part)
    nodes = {
        spot: replace(feature, attributes={**feature.attributes, "structure_id": housing.around(spot)})
        for spot, feature in standing.items()
    }
    for spot, lines in ending.items():
        if spot not in nodes:
            nodes[spot] = _made(spot, lines, housing)
    return nodes


def _made(spot: _Spot, lines: Sequence["Feature"], housing: _Housing) -> "Feature":
    network, place = spot
    structure = housing.around(spot)
    feeding = structure is not None and housing.feeds(structure)
    kind = "source" if feeding else "junction" if len(lines) > 1 else "terminal"
    said: dict[str, Any] = {f.name: None for f in NETWORK_NODE.fields}
    said |= {
        "utility_network_type": network,
        "node_kind": kind,
        "current_status": "functional",
        "structure_id": structure,
        "external_reference": lines[0].attributes["external_reference"],
    }
    return replace(lines[0], geometry=Point(place), attributes=said, rows=0, flawed=0)


def _ended(part: "Feature", places: Mapping[_Spot, int]) -> "Feature":
    begin, end = (places[_spot(part.attributes, place)] for place in _both_ends(part))
    return replace(part, attributes={**part.attributes, "from_node": begin, "to_node": end})
