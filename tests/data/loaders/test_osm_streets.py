"""Streets out of OpenStreetMap: one graph, connected and as long as the map's own ways, every row accounted for."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from pyproj import Transformer
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from data.demo import demo_extract
from data.loaders import pbf
from data.loaders.osm import Feature, LayerRows
from data.loaders.osm_streets import LAYERS, read_streets
from tests.city import ALMATY
from tests.osm_file import OsmFile

GK25, UTM43 = 3879, 32643
X, Y = 24.94, 60.17
WAYS = ("street_segment", "footway", "crossing", "steps", "ramp")
Rows = Mapping[str, LayerRows]


@pytest.fixture(scope="module")
def helsinki() -> Rows:
    """The extract of the demo city."""
    return read_streets(demo_extract(), GK25)


def features(rows: Rows, table: str) -> list[Feature]:
    """Return a layer's features."""
    return rows[f"urban_planning.{table}"].features


def ends(feature: Feature) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return where a line begins and ends."""
    return tuple(feature.geometry.coords[0]), tuple(feature.geometry.coords[-1])


def test_every_row_is_told_and_features_say_what_is_declared(helsinki: Rows) -> None:
    """Counts add up in every layer, to what an independent reading of the file finds; values are of the lists."""
    for rows in helsinki.values():
        assert rows.read == rows.accepted + rows.accepted_with_defect + rows.refused
        assert sum(f.rows for f in rows.features) == rows.accepted + rows.accepted_with_defect
        assert sum(f.flawed for f in rows.features) == rows.accepted_with_defect
        assert len({d.key for d in rows.defects if d.outcome.value == "refused"}) == rows.refused
        listed = {f.name: f.values for f in rows.layer.fields if f.values}
        needed = {f.name for f in rows.layer.fields if f.required}
        for feature in rows.features:
            assert all(feature.attributes[name] in (None, *values) for name, values in listed.items())
            assert all(feature.attributes[name] is not None for name in needed)
    reads = {layer.table: helsinki[layer.name].read for layer in LAYERS}
    there = counted(demo_extract())
    assert sum(reads[table] for table in (*WAYS, "lift")) == sum(there[k] for k in ("way", "area", "crossing", "lift"))
    assert (reads["barrier"], reads["turn_restriction"]) == (there["barrier"], there["restriction"])
    assert min(reads[table] for table in ("street_segment", "footway", "crossing", "steps")) > 100


def counted(path: Path) -> Counter[str]:
    """Count what an extract has of streets, block by block."""
    found: Counter[str] = Counter()
    own: set[int] = set()
    for block in pbf.read_blocks(path):
        strings = [s.decode() for s in block.stringtable.s]
        for group in block.primitivegroup:
            pairs = iter(group.dense.keys_vals)
            tags: dict[str, str] = {}
            for key in pairs:
                if key:
                    tags[strings[key]] = strings[next(pairs)]
                    continue
                found["crossing"] += tags.get("highway") == "crossing" or ("crossing" in tags and "railway" not in tags)
                found["barrier"] += "barrier" in tags
                found["lift"] += tags.get("highway") == "elevator"
                tags = {}
            for way in group.ways:
                if "highway" in {strings[k] for k in way.keys}:
                    own.add(way.id)
            for relation in group.relations:
                tags = {strings[k]: strings[v] for k, v in zip(relation.keys, relation.vals, strict=True)}
                found["restriction"] += tags.get("type") == "restriction"
                members = set(np.cumsum(relation.memids).tolist())
                found["area"] += tags.get("type") == "multipolygon" and "highway" in tags and bool(members - own)
    found["way"] = len(own)
    return found


def test_helsinki_is_connected_and_its_objects_stand_at_nodes(helsinki: Rows) -> None:
    """Most of what one walks hangs together; signals, lifts and barriers stand where lines end."""
    graph: nx.Graph[tuple[float, ...]] = nx.Graph(ends(line) for table in WAYS for line in features(helsinki, table))
    for table in ("kerb", "lift", "barrier", "traffic_signal"):
        assert all(tuple(f.geometry.coords[0]) in graph for f in features(helsinki, table))
    sizes = sorted((len(part) for part in nx.connected_components(graph)), reverse=True)
    assert sizes[0] / sum(sizes) > 0.95
    for turn in features(helsinki, "turn_restriction"):
        place = tuple(turn.geometry.coords[0])
        for end in ("from_segment", "to_segment"):
            assert place in ends(features(helsinki, "street_segment")[turn.attributes[end]])


@dataclass(frozen=True)
class Raw:
    """The carriageways of an extract as its ways draw them: nodes by id, arcs between neighbours."""

    index: Mapping[int, int]
    places: np.ndarray[Any, Any]
    lengths: Any


DRIVEN = {
    *("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street"),
    *("service", "track", "road", "motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link"),
}


def raw_graph(path: Path, system: int) -> Raw:
    """Read ways straight from the blocks: every step between two nodes is an arc, one-way where the tag says so."""
    degrees: dict[int, tuple[float, float]] = {}
    arcs: list[tuple[int, int]] = []
    for block in pbf.read_blocks(path):
        strings = [s.decode() for s in block.stringtable.s]
        for group in block.primitivegroup:
            ids, lon, lat = (np.cumsum(values) for values in (group.dense.id, group.dense.lon, group.dense.lat))
            scaled = zip(
                (lon * block.granularity / 1e9).tolist(), (lat * block.granularity / 1e9).tolist(), strict=True
            )
            degrees.update(zip(ids.tolist(), scaled, strict=True))
            for way in group.ways:
                tags = {strings[k]: strings[v] for k, v in zip(way.keys, way.vals, strict=True)}
                if tags.get("highway") in DRIVEN and tags.get("area") != "yes":
                    arcs += driven(np.cumsum(way.refs).tolist(), tags)
    arcs = [(a, b) for a, b in arcs if a in degrees and b in degrees]
    nodes = sorted({node for arc in arcs for node in arc})
    moved = Transformer.from_crs(4326, system, always_xy=True).transform(*np.array([degrees[n] for n in nodes]).T)
    index = {node: i for i, node in enumerate(nodes)}
    places = np.column_stack(moved)
    u, v = (np.array([index[node] for node in side]) for side in zip(*arcs, strict=True))
    return Raw(index, places, sparse(u, v, np.hypot(*(places[u] - places[v]).T), len(nodes)))


def driven(refs: list[int], tags: Mapping[str, str]) -> list[tuple[int, int]]:
    """Return the steps of a way in the directions in which it may be driven."""
    ahead = list(pairwise(refs))
    back = [(b, a) for a, b in ahead]
    told = tags.get("oneway") or ("yes" if tags.get("junction") == "roundabout" else "no")
    return {"yes": ahead, "-1": back}.get(told, ahead + back)


def sparse(u: Any, v: Any, lengths: Any, count: int) -> Any:
    """Return a matrix of the shortest arc between each two nodes."""
    order = np.lexsort((-lengths, v, u))
    last = np.append(np.diff(u[order] * count + v[order]) != 0, True)
    kept = order[last]
    return coo_matrix((np.maximum(lengths[kept], 1e-9), (u[kept], v[kept])), shape=(count, count)).tocsr()


@pytest.mark.realdata
def test_almaty_is_as_long_and_as_connected_as_its_ways() -> None:
    """Between junctions, along the directions of traffic, distances are those of the ways node by node."""
    raw = raw_graph(ALMATY, UTM43)
    segments = features(read_streets(ALMATY, UTM43), "street_segment")
    joints = {place: i for i, place in enumerate(sorted({end for line in segments for end in ends(line)}))}
    arcs: list[tuple[int, int, float]] = []
    for line in segments:
        (u, v), length, one_way = (joints[end] for end in ends(line)), line.geometry.length, line.attributes["one_way"]
        arcs += [(u, v, length)] if one_way != "backward" else []
        arcs += [(v, u, length)] if one_way != "forward" else []
    begins, finishes, lengths = (np.array(column) for column in zip(*arcs, strict=True))
    loaded = sparse(begins, finishes, lengths, len(joints))
    at = {(round(x, 3), round(y, 3)): i for i, (x, y) in enumerate(raw.places.tolist())}
    same = {place: at[place] for place in joints if place in at}
    assert len(same) > 0.99 * len(joints)
    chance = np.random.default_rng(5)
    places = [list(same)[i] for i in chance.choice(len(same), 25, replace=False)]
    found = dijkstra(loaded, indices=[joints[p] for p in places])[:, [joints[p] for p in same]]
    expected = dijkstra(raw.lengths, indices=[same[p] for p in places])[:, list(same.values())]
    assert (np.isinf(found) == np.isinf(expected)).all()
    assert np.isfinite(found).mean() > 0.8
    assert np.nanmax(np.abs(np.where(np.isinf(found), 0, found) - np.where(np.isinf(expected), 0, expected))) < 0.5
    parts, _ = connected_components(loaded, connection="strong")
    beyond, _ = connected_components(raw.lengths, connection="strong")
    assert parts <= beyond


def at(east: float, north: float) -> tuple[float, float]:
    """Return a place so many steps of about ten metres from the centre, degrees."""
    return X + east * 0.00018, Y + north * 0.00009


@dataclass
class Town:
    """A small extract in the making: nodes on a grid of ten metres, by their place."""

    file: OsmFile
    nodes: dict[tuple[float, float], int]

    def node(self, east: float, north: float, **tags: str) -> int:
        """Return the node at a place, tagged."""
        i = self.nodes.setdefault((east, north), len(self.nodes) + 1)
        told = {**self.file.nodes.get(i, (0, 0, {}))[2], **{k.replace("__", ":"): v for k, v in tags.items()}}
        self.file.nodes[i] = (*at(east, north), told)
        return i

    def way(self, number: int, *places: tuple[float, float], **tags: str) -> None:
        """Add a way over places."""
        told = {k.replace("__", ":"): v for k, v in tags.items()}
        self.file.ways[number] = ([self.node(*place) for place in places], told)

    def read(self, folder: Path) -> Rows:
        """Return the layers."""
        return read_streets(self.file.write(folder / "town.osm.pbf"), GK25)


@pytest.fixture
def town() -> Town:
    """Nothing yet."""
    return Town(OsmFile(), {})


def codes(rows: Rows, table: str) -> dict[str, str]:
    """Return the defects of a layer by reference."""
    return {str(d.key): d.code for d in rows[f"urban_planning.{table}"].defects}


def test_ways_are_cut_where_others_meet_them_and_where_something_stands(town: Town, tmp_path: Path) -> None:
    """A bridge meets nothing below; a ring is cut in its middle; what stands on no way is refused, with its reason."""
    town.way(1, (0, 0), (5, 0), (10, 0), (20, 0), highway="primary", lanes="4", maxspeed="40 mph", oneway="-1")
    town.way(2, (10, -10), (10, 0), (10, 10), highway="residential", maxheight="12'6\"", maxweight="3500 kg")
    town.way(3, (15, -10), (15, 10), highway="footway", bridge="yes", layer="1", incline="-3°", width="150 cm")
    town.way(4, (10, 10), (12, 12), (8, 12), (10, 10), highway="residential", junction="roundabout")
    town.way(5, (0, 20), (5, 20), highway="construction")
    town.way(6, (0, 30), (5, 30), highway="raceway")
    town.node(5, 0, barrier="gate", access="private", opening_hours="Mo-Fr 08:00-18:00")
    town.node(40, 40, barrier="bollard")
    rows = town.read(tmp_path)
    parts = [f for f in features(rows, "street_segment") if f.attributes["external_reference"] == "way/1"]
    assert [round(f.geometry.length, -1) for f in parts] == [50, 50, 100]
    assert {(f.attributes["one_way"], f.attributes["lanes"], f.attributes["max_speed"]) for f in parts} == {
        ("backward", 4, 64.4)
    }
    assert [f.rows for f in parts] == [1, 0, 0]
    crossing = next(f for f in features(rows, "street_segment") if f.attributes["external_reference"] == "way/2")
    assert (crossing.attributes["max_height"], crossing.attributes["max_weight"]) == (3.81, 3.5)
    (bridge,) = features(rows, "footway")
    assert bridge.attributes["incline"] == pytest.approx(-0.0524, abs=1e-4)
    assert [bridge.attributes[n] for n in ("width", "level", "bridge", "incline_source")] == [1.5, 1, True, "tagged"]
    ring = [f for f in features(rows, "street_segment") if f.attributes["roundabout"]]
    assert [f.attributes["one_way"] for f in ring] == ["forward"] * 2
    assert ends(ring[0])[0] == ends(ring[1])[1]
    assert codes(rows, "street_segment") == {"way/5": "way-not-built", "way/6": "not-a-public-way"}
    assert codes(rows, "barrier") == {"node/16": "on-no-way"} or list(codes(rows, "barrier").values()) == ["on-no-way"]
    (gate,) = features(rows, "barrier")
    assert [gate.attributes[n] for n in ("barrier", "foot", "hours")] == ["gate", "private", "Mo-Fr 08:00-18:00"]
    assert gate.attributes["checked_on"] == date(2017, 7, 14)


def test_a_crossing_told_by_a_node_alone(town: Town, tmp_path: Path) -> None:
    """The part of a footway on the carriageway becomes the crossing; a crossing's own way is completed; kerbs stand."""
    town.way(1, (-20, 0), (0, 0), (10, 0), (20, 0), highway="secondary", lanes="2")
    town.way(2, (0, -10), (0, 0), (0, 10), highway="footway", surface="sett")
    town.way(3, (10, -10), (10, -1), highway="footway", footway="sidewalk")
    town.way(4, (10, -1), (10, 0), (10, 1), highway="footway", footway="crossing")
    town.node(0, 0, highway="crossing", crossing="traffic_signals", traffic_signals__sound="yes", tactile_paving="yes")
    town.node(10, 0, highway="crossing", crossing_ref="zebra")
    town.node(10, -1, barrier="kerb", kerb="lowered", kerb__height="3 cm")
    town.node(20, 0, highway="crossing", crossing="uncontrolled")
    rows = town.read(tmp_path)
    made = [f for f in features(rows, "crossing") if f.attributes["inferred"]]
    assert [round(f.geometry.length, 2) for f in made] == [3.25, 3.25], "half of two lanes each"
    assert {f.attributes["surface"] for f in made} == {"paving_stones"}
    assert {(f.attributes["signals"], f.attributes["sound_signals"]) for f in made} == {(True, True)}
    assert sum(f.geometry.length for f in features(rows, "footway")) == pytest.approx(200 + 90 - 6.5, rel=0.01)
    drawn = [f for f in features(rows, "crossing") if not f.attributes["inferred"]]
    assert [f.attributes["markings"] for f in drawn] == ["zebra", "zebra"]
    (kerb,) = features(rows, "kerb")
    assert [kerb.attributes[n] for n in ("kerb", "height")] == ["lowered", 0.03]
    assert tuple(kerb.geometry.coords[0]) in ends(drawn[0])
    assert list(codes(rows, "crossing").values()) == ["crossing-joins-nothing"]
    assert len(features(rows, "traffic_signal")) == 1


def test_turns_that_are_forbidden(town: Town, tmp_path: Path) -> None:
    """Tied to the parts that meet; what leads through other ways, or names what is not there, is refused."""
    town.way(1, (-10, 0), (0, 0), highway="primary")
    town.way(2, (0, 0), (10, 0), (10, 10), highway="primary")
    town.way(3, (0, -10), (0, 0), (0, 10), highway="residential", oneway="yes")
    via = (town.node(0, 0), "via", "node")
    told = {"type": "restriction", "restriction": "no_left_turn", "except": "bicycle;psv"}
    town.file.relations[1] = ([(1, "from"), via, (3, "to")], told)
    heavy = {"type": "restriction", "restriction:hgv": "only_straight_on", "hour_on": "07:00", "hour_off": "09:00"}
    town.file.relations[2] = ([(1, "from"), via, (2, "to")], heavy)
    town.file.relations[3] = ([(1, "from"), (3, "via"), (2, "to")], {"type": "restriction", "restriction": "no_u_turn"})
    town.file.relations[4] = ([(1, "from"), via, (99, "to")], {"type": "restriction", "restriction": "no_u_turn"})
    town.file.relations[5] = ([(1, "from"), via, (2, "to")], {"type": "restriction", "restriction": "no_fun"})
    rows = town.read(tmp_path)
    segments = [f.attributes["external_reference"] for f in features(rows, "street_segment")]
    turns = [f.attributes for f in features(rows, "turn_restriction")]
    assert [(segments[t["from_segment"]], segments[t["to_segment"]]) for t in turns] == [
        ("way/1", "way/3"),
        ("way/1", "way/2"),
    ]
    onward = features(rows, "street_segment")[turns[0]["to_segment"]]
    assert ends(onward)[0] == ends(features(rows, "street_segment")[turns[0]["from_segment"]])[1], "the way ahead"
    assert [(t["except_modes"], t["hours"]) for t in turns] == [
        ("bicycle", None),
        ("bicycle,car,ambulance", "07:00-09:00"),
    ]
    assert codes(rows, "turn_restriction") == {
        "relation/3": "restriction-via-ways",
        "relation/4": "restriction-member-missing",
        "relation/5": "restriction-unknown",
    }


@pytest.mark.parametrize(
    ("tags", "excepted"),
    [
        ({"restriction:motor_vehicle": "no_left_turn"}, "bicycle"),
        ({"restriction:vehicle": "no_left_turn"}, None),
        ({"restriction:motorcar": "no_left_turn", "restriction:hgv": "no_left_turn"}, "bicycle,ambulance"),
        ({"restriction:bus": "no_right_turn", "restriction:hgv": "no_left_turn"}, "bicycle,car,ambulance"),
        ({"restriction:hgv:conditional": "no_left_turn @ (07:00-19:00)"}, "bicycle,car,ambulance"),
        ({"restriction": "no_left_turn", "except": "motor_vehicle"}, "car,ambulance,truck"),
        ({"restriction": "no_left_turn", "except": "psv;emergency"}, "ambulance"),
    ],
)
def test_whom_a_restriction_binds(town: Town, tmp_path: Path, tags: dict[str, str], excepted: str | None) -> None:
    """A word for many vehicles is all of them, not none; keys that say the same are one."""
    town.way(1, (-10, 0), (0, 0), highway="primary")
    town.way(2, (0, 0), (0, 10), highway="primary")
    town.way(3, (0, 0), (10, 0), highway="primary")
    via = (town.node(0, 0), "via", "node")
    town.file.relations[1] = ([(1, "from"), via, (2, "to")], {"type": "restriction", **tags})
    (turn,) = features(town.read(tmp_path), "turn_restriction")
    assert (turn.attributes["restriction"], turn.attributes["except_modes"]) == ("no_left_turn", excepted)
    assert (turn.attributes["hours"] is not None) is ("conditional" in next(iter(tags)))


def test_no_entry_from_several_ways_and_no_exit_to_several(town: Town, tmp_path: Path) -> None:
    """Each pair of ways is a turn of its own; the row counts once, and is refused whole where one way is unknown."""
    for number, place in enumerate([(-10, 0), (0, 10), (10, 0), (0, -10)], 1):
        town.way(number, place, (0, 0), highway="residential")
    via = (town.node(0, 0), "via", "node")
    entry, way_out = ({"type": "restriction", "restriction": kind} for kind in ("no_entry", "no_exit"))
    town.file.relations[1] = ([(1, "from"), (2, "from"), via, (3, "to")], entry)
    town.file.relations[2] = ([(4, "from"), via, (1, "to"), (2, "to")], way_out)
    town.file.relations[3] = ([(4, "from"), (99, "from"), via, (1, "to")], entry)
    town.file.relations[4] = ([(1, "from"), (2, "from"), via, (3, "to")], {**entry, "restriction": "no_left_turn"})
    rows = town.read(tmp_path)
    segments = [f.attributes["external_reference"] for f in features(rows, "street_segment")]
    turns = features(rows, "turn_restriction")
    assert [[segments[f.attributes[end]] for end in ("from_segment", "to_segment")] for f in turns] == [
        ["way/1", "way/3"],
        ["way/2", "way/3"],
        ["way/4", "way/1"],
        ["way/4", "way/2"],
    ]
    assert [f.rows for f in turns] == [1, 0, 1, 0]
    assert codes(rows, "turn_restriction") == {
        "relation/3": "restriction-member-missing",
        "relation/4": "restriction-not-at-junction",
    }


@pytest.mark.parametrize(
    ("tags", "directions"),
    [
        ({"highway": "residential", "oneway": "yes"}, ("forward", None)),
        ({"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}, ("forward", "no")),
        ({"highway": "residential", "oneway": "-1", "cycleway": "opposite"}, ("backward", "no")),
        ({"highway": "residential", "oneway": "yes", "cycleway:left": "opposite_lane"}, ("forward", "no")),
        ({"highway": "residential", "oneway": "yes", "cycleway:left:oneway": "-1"}, ("forward", "no")),
        ({"highway": "residential", "oneway": "yes", "cycleway:right": "lane"}, ("forward", None)),
        ({"highway": "cycleway", "oneway": "yes"}, (None, "forward")),
        ({"highway": "cycleway", "oneway": "yes", "oneway:bicycle": "no"}, (None, "no")),
        ({"highway": "footway", "conveying": "backward"}, ("backward", None)),
        ({"highway": "footway", "oneway:foot": "yes"}, ("forward", None)),
    ],
)
def test_directions_of_vehicles_bicycles_and_people_on_foot(
    town: Town, tmp_path: Path, tags: dict[str, str], directions: tuple[str | None, str | None]
) -> None:
    """Bicycles may be let through against the traffic, or have a track one way on which one walks both."""
    town.way(1, (0, 0), (10, 0), **tags)
    rows = town.read(tmp_path)
    (line,) = [*features(rows, "street_segment"), *features(rows, "footway")]
    assert (line.attributes["one_way"], line.attributes["bicycle_one_way"]) == directions


def test_escalators_run_one_way_and_directions_that_are_none_are_told(town: Town, tmp_path: Path) -> None:
    """Steps that move, and a value that no direction follows from."""
    town.way(1, (0, 0), (10, 0), highway="steps", conveying="backward")
    town.way(2, (0, 5), (10, 5), highway="steps", conveying="yes", oneway="yes")
    town.way(3, (0, 9), (10, 9), highway="steps")
    town.way(4, (0, 20), (10, 20), highway="cycleway", oneway="sometimes")
    rows = town.read(tmp_path)
    assert [f.attributes["one_way"] for f in features(rows, "steps")] == ["backward", "forward", None]
    assert codes(rows, "footway") == {"way/4": "value-not-understood"}


def on_foot(rows: Rows) -> "nx.Graph[tuple[float, ...]]":
    """Return what people on foot may pass."""
    lines = (f for table in WAYS for f in features(rows, table) if f.attributes["foot"] != "no")
    return nx.Graph(ends(line) for line in lines)


def test_sidewalks_that_a_tag_tells_of(town: Town, tmp_path: Path) -> None:
    """Beside the street at the width of its lanes, round the corner, across the side street, tied at the crossing."""
    town.way(1, (-20, 0), (0, 0), highway="tertiary", lanes="2", sidewalk="both", sidewalk__both__surface="asphalt")
    town.way(2, (0, 0), (10, 0), (20, 0), highway="tertiary", lanes="2", sidewalk__right="yes", lit="yes")
    town.way(3, (0, 0), (0, 20), highway="residential")
    town.node(10, 0, highway="crossing", crossing="zebra")
    rows = town.read(tmp_path)
    made = features(rows, "footway")
    assert {(f.attributes["footway"], f.attributes["inferred"]) for f in made} == {("sidewalk", True)}
    beside = [f for f in made if f.geometry.length > 50]
    streets = features(rows, "street_segment")
    assert {round(f.geometry.hausdorff_distance(streets[0].geometry)) for f in beside[:2]} <= {5, 7}
    assert [f.attributes["surface"] for f in beside] == ["asphalt", "asphalt", None, None]
    assert [f.attributes["foot"] for f in streets] == ["no", "no", "no", None]
    zebra = [f for f in features(rows, "crossing") if f.attributes["markings"] == "zebra"]
    assert [(f.rows, f.attributes["inferred"]) for f in zebra] == [(1, True)]
    assert nx.is_connected(on_foot(rows))
    assert codes(rows, "crossing") == {}


@pytest.mark.parametrize("seed", range(6))
def test_sidewalks_part_nobody_from_anywhere(town: Town, tmp_path: Path, seed: int) -> None:
    """Whatever sides of the streets of a skewed grid have sidewalks, all that is open on foot hangs together."""
    chance = np.random.default_rng(seed)
    shifts = chance.uniform(-1.5, 1.5, (4, 4, 2))
    spots = {(i, j): (i * 10 + shifts[i, j, 0], j * 10 + shifts[i, j, 1]) for i in range(4) for j in range(4)}
    told = ["both", "left", "right", "no", "separate", None]
    pairs = [((i, j), (i + 1, j)) for i in range(3) for j in range(4)]
    pairs += [((i, j), (i, j + 1)) for i in range(4) for j in range(3)]
    for number, (a, b) in enumerate(pairs, 1):
        side = told[int(chance.integers(len(told)))]
        town.way(number, spots[a], spots[b], highway="residential", **({"sidewalk": side} if side else {}))
    town.way(99, spots[1, 1], (spots[1, 1][0] + 4, spots[1, 1][1] + 4), highway="footway")
    graph = on_foot(town.read(tmp_path))
    assert nx.is_connected(graph)
    assert len(graph) >= len(spots)


def test_lifts_and_squares_that_are_drawn_by_their_outline(town: Town, tmp_path: Path) -> None:
    """A lift is one point, joined to the ways that meet it; a square is walked along its edge."""
    town.way(1, (0, 0), (0.2, 0), (0.2, 0.2), (0, 0.2), (0, 0), highway="elevator", wheelchair="yes")
    town.way(2, (-10, 0), (0, 0), highway="footway")
    town.way(3, (0.2, 0.2), (10, 0.2), highway="corridor", level="1")
    town.way(4, (-10, 0), (-20, 0), (-20, 10), (-10, 10), (-10, 0), highway="pedestrian", area="yes")
    town.way(5, (50, 0), (60, 0), (60, 10), (50, 0), highway="service", area="yes")
    rows = town.read(tmp_path)
    (lift,) = features(rows, "lift")
    place = tuple(lift.geometry.coords[0])
    joined = [f for f in features(rows, "footway") if place in ends(f)]
    assert [f.attributes["inferred"] for f in joined] == [True, True]
    assert lift.attributes["wheelchair"] == "yes"
    assert nx.is_connected(on_foot(rows))
    square = [f for f in features(rows, "footway") if f.attributes["external_reference"] == "way/4"]
    assert {(f.attributes["footway"], f.attributes["inferred"]) for f in square} == {("pedestrian", True)}
    assert codes(rows, "street_segment") == {"way/5": "carriageway-as-area"}


def test_segments_name_their_street(tmp_path: Path) -> None:
    """By the way of which both are made."""
    file = OsmFile()
    file.way(1, [at(0, 0), at(10, 0)], highway="residential", name="Yksi")
    file.way(2, [at(0, 5), at(10, 5)], highway="residential")
    streets = [Feature(None, {"external_reference": "way/9;way/1"}), Feature(None, {"external_reference": "way/7"})]  # type: ignore[arg-type]
    rows = read_streets(file.write(tmp_path / "two.osm.pbf"), GK25, streets)
    assert [f.attributes["street_id"] for f in features(rows, "street_segment")] == [0, None]
