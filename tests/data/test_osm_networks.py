"""Networks out of OpenStreetMap: connected where ways share nodes, every row told."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import shapely

from cadastres.urban_planning.network_tracing import lost, traced
from data.city import build_city
from data.demo import demo_extract
from data.loaders.osm import OsmCity, read_osm
from data.loaders.pbf import read_extract
from gis.crs import transformer
from gis.database import connect
from gis.instant import Instant, read_head, settle
from tests.city import REAL_DATA, City
from tests.osm_file import OsmFile

GK25 = 3879
LINE, NODE = "urban_planning.network_line", "urban_planning.network_node"
STRUCTURE = "urban_planning.network_structure"
X, Y = 24.94, 60.17


@pytest.fixture(scope="module")
def helsinki() -> OsmCity:
    """The extract of the demo city: pipes of water, heat and gas under its streets."""
    return read_osm(demo_extract(), GK25)


def at(east: int, north: int) -> tuple[float, float]:
    """Return a place so many steps of about ten metres from the centre, degrees."""
    return X + east * 0.0002, Y + north * 0.0001


def power(file: OsmFile, way: int, *refs: int, **tags: str) -> None:
    """Add a power line over nodes that are there."""
    file.ways[way] = (refs, {"power": "line", **tags})


@pytest.fixture
def grid(tmp_path: Path) -> OsmCity:
    """A substation, a line over four towers, a branch from the second, a crossing without a node."""
    file = OsmFile()
    file.way(1, [at(-2, -2), at(2, -2), at(2, 2), at(-2, 2)], closed=True, power="substation", voltage="110000")
    places = {1000: at(0, 0), 1001: at(10, 0), 1002: at(20, 0), 1003: at(30, 0), 1004: at(20, 10), 1005: at(30, 10)}
    for i, place in places.items():
        tags = {} if i in {1000, 1005} else {"power": "tower", "ref": f"T{i}"}
        file.nodes[i] = (*place, tags)
    power(file, 2, 1000, 1001, 1002, 1003, voltage="110000;35000", circuits="2", operator="АЖК АҚ")
    power(file, 3, 1002, 1004, 1005, voltage="35000")
    file.way(4, [at(5, -5), at(5, 5)], man_made="pipeline", substance="water", diameter='4"', operator="ИП Ахметов")
    file.way(5, [at(50, 0), at(60, 0)], man_made="pipeline", substance="beer")
    file.way(6, [at(70, 0), at(80, 0), at(80, 10)], closed=True, power="cable")
    return read_osm(file.write(tmp_path / "grid.osm.pbf"), GK25)


def lines(city: OsmCity, reference: str) -> list[Any]:
    """Return the parts that a way was made into."""
    return [f for f in city.layers[LINE].features if f.attributes["external_reference"] == reference]


def test_a_way_is_parted_where_another_of_its_network_meets_it(grid: OsmCity) -> None:
    """Towers carry a line on; a pipe that crosses below parts nothing."""
    nodes = grid.layers[NODE].features
    main, branch = lines(grid, "way/2"), lines(grid, "way/3")
    assert [len(part.geometry.coords) for part in main] == [3, 2]
    assert len(branch) == 1
    assert main[0].attributes["to_node"] == main[1].attributes["from_node"] == branch[0].attributes["from_node"]
    assert nodes[branch[0].attributes["from_node"]].attributes["designation"] == "T1002"
    assert [(p.attributes["voltage"], p.attributes["circuits"]) for p in main] == [(110_000.0, 2)] * 2
    assert len(lines(grid, "way/4")) == 1
    assert {f.attributes["node_kind"] for f in nodes if f.attributes["designation"]} == {"tower"}


def test_what_feeds_stands_in_its_structure(grid: OsmCity) -> None:
    """The end of a line in a substation is a source of the network mapped."""
    begin = grid.layers[NODE].features[lines(grid, "way/2")[0].attributes["from_node"]].attributes
    assert (begin["node_kind"], begin["structure_id"]) == ("source", 0)
    end = grid.layers[NODE].features[lines(grid, "way/3")[0].attributes["to_node"]].attributes
    assert (end["node_kind"], end["structure_id"]) == ("terminal", None)


def test_every_row_is_told(grid: OsmCity) -> None:
    """What is carried must be known; a person is no operator; a ring is parted; inches are millimetres."""
    (refused,) = [d for d in grid.layers[LINE].defects if d.outcome.value == "refused" and d.code == "network-not-told"]
    assert refused.key == "way/5"
    pipe = lines(grid, "way/4")[0].attributes
    assert (pipe["diameter"], pipe["operator"], pipe["utility_network_type"]) == (101.6, None, "water")
    assert not any("Ахметов" in str(d.as_json()) for d in grid.layers[LINE].defects)
    assert all(f.attributes["from_node"] != f.attributes["to_node"] for f in grid.layers[LINE].features)
    for layer in (LINE, NODE, STRUCTURE):
        rows = grid.layers[layer]
        assert rows.read == rows.accepted + rows.accepted_with_defect + rows.refused
        assert sum(f.rows for f in rows.features) == rows.accepted + rows.accepted_with_defect


def test_connected_as_the_ways_are(helsinki: OsmCity) -> None:
    """The components of the network are those of the ways that share points, told by another library."""
    found = helsinki.layers[LINE].features
    made: nx.Graph[tuple[str, object]] = nx.Graph()
    for feature in found:
        said = feature.attributes
        made.add_edge(("node", said["from_node"]), ("node", said["to_node"]))
        made.add_edge(("node", said["from_node"]), ("way", said["external_reference"]))
    expected: nx.Graph[tuple[str, object]] = nx.Graph()
    kinds = {f.attributes["external_reference"]: f.attributes["utility_network_type"] for f in found}
    for element in read_extract(demo_extract(), ("man_made", "power")).elements:
        kind = kinds.get(str(element.reference))
        if kind is not None and element.geometry is not None:
            for place in shapely.get_coordinates(element.geometry).tolist():
                expected.add_edge(("way", str(element.reference)), (kind, tuple(place)))
    assert len(kinds) > 70
    assert _ways(made) == _ways(expected)


def _ways(graph: "nx.Graph[tuple[str, object]]") -> set[frozenset[object]]:
    return {frozenset(i for kind, i in part if kind == "way") for part in nx.connected_components(graph)}


def test_ends_are_at_nodes(helsinki: OsmCity) -> None:
    """To the last digit, and of the same network."""
    nodes = helsinki.layers[NODE].features
    for line in helsinki.layers[LINE].features:
        for end, corner in (("from_node", 0), ("to_node", -1)):
            node = nodes[line.attributes[end]]
            assert node.geometry.coords[0] == line.geometry.coords[corner]
            assert node.attributes["utility_network_type"] == line.attributes["utility_network_type"]


@pytest.fixture(scope="module")
def built(fresh_city: Callable[[str], City]) -> Iterator[City]:
    """The demo city's map in a register, by the rules."""
    city = fresh_city("helsinki")
    build_city(city.register, demo_extract())
    yield city
    city.register.close()


@pytest.mark.slow
def test_the_register_traces_what_was_read(built: City, helsinki: OsmCity) -> None:
    """From one line of the largest network as far as the map connects it."""
    graph: nx.Graph[int] = nx.Graph()
    for line in helsinki.layers[LINE].features:
        graph.add_edge(line.attributes["from_node"], line.attributes["to_node"])
    largest = max(nx.connected_components(graph), key=len)
    ends = (line.attributes for line in helsinki.layers[LINE].features)
    references = Counter(said["external_reference"] for said in ends if said["from_node"] in largest)
    with connect(built.register.database.reader) as connection:
        reading = settle(Instant(), read_head(connection))
        row = connection.execute(
            f"SELECT min(feature_id) FROM {LINE} WHERE external_reference = %s", (min(references),)
        ).fetchone()
        assert row is not None
        found = traced(connection, reading, int(row[0]), "connected")
        assert len(found.reached.lines) == references.total() > 20
        assert len(found.reached.nodes) == len(largest)
        assert lost(connection, reading, [int(row[0])]).reached.lines == {}, "the map shows no source of it"


@pytest.mark.realdata
def test_almaty_shows_supports_alone() -> None:
    """In 2012 the map of Almaty had towers, poles and a substation, and not one line between them."""
    city = read_osm(REAL_DATA / "almaty" / "almaty-2012.osm.pbf", 32643)
    kinds = Counter(f.attributes["node_kind"] for f in city.layers[NODE].features)
    assert kinds == {"tower": 28, "pole": 3}
    assert Counter(f.attributes["structure_kind"] for f in city.layers[STRUCTURE].features)["substation"] == 1
    assert city.layers[LINE].read == 0


def test_places_keep_their_millimetre(helsinki: OsmCity) -> None:
    """Parts of a way make up the way."""
    to_city = transformer(4326, GK25)
    for element in read_extract(demo_extract(), ("man_made",)).elements:
        parts = lines(helsinki, str(element.reference))
        if element.geometry is None or not parts:
            continue
        length = sum(
            shapely.Point(*to_city.transform(*a)).distance(shapely.Point(*to_city.transform(*b)))
            for a, b in pairwise(shapely.get_coordinates(element.geometry).tolist())
        )
        assert sum(part.geometry.length for part in parts) == pytest.approx(length, abs=0.05)
