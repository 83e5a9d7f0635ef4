"""Tracing: random networks in a register, asked as the register answers and as networkx does."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import networkx as nx
import numpy as np
import pytest
from psycopg import Connection
from shapely import LineString, Point

from cadastres.urban_planning.network_model import NETWORK_LINE, NETWORK_NODE
from cadastres.urban_planning.network_tracing import NETWORK
from gis import network
from gis.database import connect
from gis.edit import Put
from gis.instant import Instant, read_head, settle
from gis.network import Gates, Snapshot, cut_off, from_line, isolate, one_way_rings, trace
from gis.record import Write
from tests.city import ORIGIN, City

DAYS = ("2020-01-01", "2021-01-01")
ROOTS = frozenset({"source"})
KINDS = ("junction", "junction", "junction", "valve", "consumer", "source")


@dataclass
class Drawn:
    """A random network as the test drew it: nodes and lines by their ids, on each day."""

    kinds: dict[int, str] = field(default_factory=dict)
    gates: dict[str, dict[int, bool]] = field(default_factory=dict)
    lines: dict[str, dict[int, tuple[int, int, bool]]] = field(default_factory=dict)

    def graph(self, day: str, way: str = "downstream") -> "nx.MultiDiGraph[int]":
        """Return the network of a day as networkx keeps it; either way where ``way`` is ``connected``."""
        graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
        graph.add_nodes_from(self.kinds)
        for i, (begin, end, one_way) in self.lines[day].items():
            back = way == "upstream"
            if way == "connected" or not one_way or not back:
                graph.add_edge(begin, end, key=i)
            if way == "connected" or not one_way or back:
                graph.add_edge(end, begin, key=i)
        return graph


def drawn(city: City, chance: np.random.Generator, nodes: int, lines: int) -> Drawn:
    """Record a random network; a year later valves are turned and lines taken out of service."""
    net = Drawn()
    act = city.act(DAYS[0])
    writes = []
    for i in range(nodes):
        x, y = chance.uniform(0, 500, 2)
        kind = str(chance.choice(KINDS))
        said: dict[str, Any] = {"utility_network_type": "water", "node_kind": kind, "current_status": "functional"}
        said["lets_through"] = bool(chance.random() < 0.7) if kind == "valve" else None
        writes.append(Write(NETWORK_NODE.name, -1 - i, act.period, Point(ORIGIN[0] + x, ORIGIN[1] + y), said))
    pairs = [tuple(int(v) for v in chance.choice(nodes, 2, replace=False)) for _ in range(lines)]
    for n, (a, b) in enumerate(pairs):
        middle = (ORIGIN[0] + n * 0.5, ORIGIN[1] - 10.0 - n)
        course = LineString([writes[a].geometry.coords[0], middle, writes[b].geometry.coords[0]])
        said = {
            "utility_network_type": "water",
            "from_node": -1 - a,
            "to_node": -1 - b,
            "flow_direction": "inDirection" if chance.random() < 0.5 else "bothDirections",
            "current_status": "functional",
        }
        writes.append(Write(NETWORK_LINE.name, -1 - nodes - n, act.period, course, said))
    ids = city.register.perform(Put(tuple(writes)), act).features
    _note(net, DAYS[0], writes, ids)
    later = [_turned(w, ids, city, chance) for w in writes]
    changed = [w for w in later if w is not None]
    city.register.perform(Put(tuple(changed)), city.act(DAYS[1]))
    now = {ids.get(w.feature_id, w.feature_id): w for w in (*writes, *changed)}
    _note(net, DAYS[1], list(now.values()), ids)
    return net


def _turned(write: Write, ids: Mapping[int, int], city: City, chance: np.random.Generator) -> Write | None:
    said = {k: ids.get(v, v) if k in {"from_node", "to_node"} else v for k, v in write.attributes.items()}
    if said.get("node_kind") == "valve":
        said["lets_through"] = not said["lets_through"]
    elif write.layer == NETWORK_LINE.name and chance.random() < 0.1:
        said["current_status"] = "disused"
    else:
        return None
    return Write(write.layer, ids[write.feature_id], city.act(DAYS[1]).period, write.geometry, said)


def _note(net: Drawn, day: str, writes: list[Write], ids: Mapping[int, int]) -> None:
    net.gates[day], net.lines[day] = {}, {}
    for write in writes:
        i, said = ids.get(write.feature_id, write.feature_id), write.attributes
        if write.layer == NETWORK_NODE.name:
            net.kinds[i] = said["node_kind"]
            net.gates[day][i] = said.get("lets_through") is not False
        elif said["current_status"] == "functional":
            ends = (ids.get(said[end], said[end]) for end in ("from_node", "to_node"))
            begin, end = ends
            net.lines[day][i] = (begin, end, said["flow_direction"] == "inDirection")


def naive_trace(net: Drawn, day: str, starts: set[int], way: str, shut: frozenset[int] = frozenset()) -> set[int]:
    """Return the nodes reached, by networkx: a node that is shut has no way on but from a start."""
    graph = net.graph(day, way)
    graph.remove_edges_from([(a, b, k) for a, b, k in graph.edges(keys=True) if k in shut])
    for node, passes in net.gates[day].items():
        if not passes and node not in starts:
            graph.remove_edges_from(list(graph.out_edges(node, keys=True)))
    found = set(starts)
    for start in starts:
        found |= nx.descendants(graph, start)
    return found


@dataclass
class Looker:
    """A city, and a connection to look at it."""

    city: City
    connection: Connection

    def at(self, day: str) -> Snapshot:
        """Return a fresh snapshot of a day."""
        reading = settle(Instant(self.city.act(day).valid_from, None), read_head(self.connection))
        return Snapshot(self.connection, NETWORK, reading, "water")


@pytest.fixture(scope="module")
def nets(fresh_city: Callable[[str], City]) -> Iterator[list[tuple[Looker, Drawn]]]:
    """Six random networks, from sparse to dense, each in a register of its own."""
    chance = np.random.default_rng(20260101)
    made = []
    with ExitStack() as open_cities:
        for nodes, lines in ((20, 14), (30, 30), (40, 60), (40, 35), (60, 66), (25, 80)):
            city = fresh_city("helsinki")
            open_cities.callback(city.register.close)
            net = drawn(city, chance, nodes, lines)
            made.append((Looker(city, open_cities.enter_context(connect(city.register.database.reader))), net))
        yield made


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("way", ["downstream", "upstream", "connected"])
def test_traces_agree_with_networkx(nets: list[tuple[Looker, Drawn]], day: str, way: network.Way) -> None:
    """From every node, on every day, each way: the nodes and the lines between them."""
    for looker, net in nets:
        for start in sorted(net.kinds)[::3]:
            snapshot = looker.at(day)
            reached = trace(snapshot, [start], way)
            assert reached.nodes == naive_trace(net, day, {start}, way)
            passing = {n for n in reached.nodes if n == start or net.gates[day][n]}
            lines = {k for a, _, k in net.graph(day, way).edges(keys=True) if a in passing}
            assert reached.lines.keys() == lines


@pytest.mark.parametrize("day", DAYS)
def test_what_a_shut_valve_or_line_cuts_off_agrees_with_networkx(nets: list[tuple[Looker, Drawn]], day: str) -> None:
    """Before: the element lets through; after: it does not."""
    for looker, net in nets:
        sources = {i for i, kind in net.kinds.items() if kind == "source"}
        elements = [i for i, kind in net.kinds.items() if kind == "valve"] + sorted(net.lines[day])[::4]
        for closed in elements:
            snapshot = looker.at(day)
            lost = cut_off(snapshot, [closed], ROOTS)
            opened, shut = (
                Drawn(
                    net.kinds, {day: {**net.gates[day], **({closed: gate} if closed in net.kinds else {})}}, net.lines
                )
                for gate in (True, False)
            )
            before = naive_trace(opened, day, sources, "downstream") if sources else set()
            after = naive_trace(shut, day, sources, "downstream", frozenset({closed})) if sources else set()
            assert lost.nodes == before - after - {closed}


@pytest.mark.parametrize("day", DAYS)
def test_shutting_the_gates_found_isolates_a_line(nets: list[tuple[Looker, Drawn]], day: str) -> None:
    """With the gates shut, nothing outside the section reaches the line any more; each of them is needed."""
    for looker, net in nets:
        for line in sorted(net.lines[day])[::5]:
            snapshot = looker.at(day)
            link = snapshot.line(line)
            assert link is not None
            found = isolate(snapshot, link, frozenset({"valve"}), ROOTS)
            valves = {i for i, kind in net.kinds.items() if kind == "valve"}
            graph = net.graph(day, "connected").to_undirected()
            inner = graph.subgraph(set(graph) - valves)
            expected = {line} | {
                k
                for node in set(link[1:3]) - valves
                for reached in (nx.node_connected_component(inner, node),)
                for _, _, k in graph.edges(reached, keys=True)
            }
            assert found.section.lines.keys() == expected
            touching = {n for i in expected for n in net.lines[day][i][:2]} & valves
            leading = {n for n in touching if any(k not in expected for _, _, k in graph.edges(n, keys=True))}
            assert {*found.to_shut, *found.shut} == leading
            assert set(found.shut) == {n for n in leading if not net.gates[day][n]}
            inside = {n for i in expected for n in net.lines[day][i][:2] if net.kinds[n] == "source"}
            assert set(found.roots) == inside


@pytest.mark.parametrize("day", DAYS)
def test_rings_of_one_way_lines_agree_with_networkx(nets: list[tuple[Looker, Drawn]], day: str) -> None:
    """Lines inside strongly connected components of the one-way lines alone."""
    rings = 0
    for looker, net in nets:
        one_way: nx.MultiDiGraph[int] = nx.MultiDiGraph()
        for i, (begin, end, only) in net.lines[day].items():
            if only:
                one_way.add_edge(begin, end, key=i)
        expected = sorted(
            tuple(sorted(k for _, _, k in one_way.subgraph(part).edges(keys=True)))
            for part in nx.strongly_connected_components(one_way)
            if len(part) > 1
        )
        snapshot = looker.at(day)
        assert one_way_rings(snapshot) == expected
        rings += len(expected)
    assert rings


def test_reading_the_rest_at_once_answers_the_same(
    nets: list[tuple[Looker, Drawn]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However early the rest of the network is read."""
    looker, net = nets[2]
    start = min(net.kinds)
    step_by_step = trace(looker.at(DAYS[0]), [start], "connected")
    for rounds, far in ((0, 4000), (1, 4000), (150, 3)):
        monkeypatch.setattr(network, "ROUNDS", rounds)
        monkeypatch.setattr(network, "FAR", far)
        assert trace(looker.at(DAYS[0]), [start], "connected") == step_by_step


def test_shut_gates_are_passed_where_asked(nets: list[tuple[Looker, Drawn]]) -> None:
    """Whatever the register says of gates: the plain components."""
    for looker, net in nets:
        start = max(net.kinds)
        reached = trace(looker.at(DAYS[0]), [start], "connected", Gates(heeded=False))
        graph = net.graph(DAYS[0], "connected").to_undirected()
        assert reached.nodes == nx.node_connected_component(graph, start)


def test_a_line_leads_where_it_flows(nets: list[tuple[Looker, Drawn]]) -> None:
    """Downstream of a one-way line is what is downstream of its end, if that lets through."""
    for looker, net in nets:
        for line, (begin, end, one_way) in sorted(net.lines[DAYS[0]].items())[:10]:
            snapshot = looker.at(DAYS[0])
            link = snapshot.line(line)
            assert link is not None
            reached = from_line(snapshot, link, "downstream")
            ends = {end} if one_way else {begin, end}
            open_ends = {n for n in ends if net.gates[DAYS[0]][n]}
            assert reached.nodes == ends | (naive_trace(net, DAYS[0], open_ends, "downstream") if open_ends else set())
            assert line in reached.lines


def test_a_local_trace_reads_little(nets: list[tuple[Looker, Drawn]]) -> None:
    """No line is read that does not end at a node reached."""
    for looker, net in nets:
        snapshot = looker.at(DAYS[0])
        reached = trace(snapshot, [min(net.kinds)], "connected")
        assert all({link.begin, link.end} & reached.nodes for link in snapshot.links.values())
