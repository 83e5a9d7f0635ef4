"""What turning costs a vehicle, and which turns are forbidden it.

Only streets' junctions are made of several nodes: each way into a junction and each way out of it is a node of its own,
and every turn an arc between them. A node at which two streets' segments merely meet, or a single one ends, is two
nodes, so that turning round there can cost. All other nodes stay as they are. Traffic keeps to the right.

Footways and the like meet a junction at two nodes more, one for coming and one for going, so that nobody gets round a
forbidden turn by way of them; searches from or to the junction begin and end there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from routing.network import INF, KINDS, MODES, Column, Floats, Graph, Ids, Ints, Turns, grouped
from routing.profile import Mode
from routing.skeleton import Ports, Skeleton, Weights

STRAIGHT, RIGHT, LEFT, ROUND, FREE = range(5)

SECONDS: Final = {STRAIGHT: 0.0, RIGHT: 2.0, LEFT: 5.0, ROUND: 20.0, FREE: 0.0}
"""What a turn costs a car: giving way when turning left, slowing down, turning round."""

FACTORS: Final[Mapping[Mode, float]] = {"foot": 0.0, "bicycle": 0.5, "car": 1.0, "ambulance": 0.5, "truck": 2.0}

BEND: Final = 35.0
"""Degrees: a way that bends less goes straight on."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Turning:
    """A skeleton with turns.

    Attributes:
        skeleton: its arcs behind the graph's are the turns.
        kind: of each turn.
        keys, places: turns between arcs of the graph, by ``from * 2m + to`` in order, and their places in ``kind``.
    """

    skeleton: Skeleton
    kind: npt.NDArray[np.uint8]
    keys: Ids
    places: Ids

    def costs(self, turns: Turns, mode: Mode, applies: npt.NDArray[np.bool_] | None = None) -> Weights:
        """Return what each turn costs in a mode [ms].

        Args:
            turns: those forbidden.
            mode: of the vehicle.
            applies: which rows of ``turns`` are in force; all are without.
        """
        factor = FACTORS[mode] * 1000.0
        scale = np.array([round(SECONDS[kind] * factor) for kind in range(len(SECONDS))], dtype=np.uint32)
        costs: Weights = scale[self.kind]
        costs[self._forbidden(turns, mode, applies)] = INF
        return costs

    def _forbidden(self, turns: Turns, mode: Mode, applies: npt.NDArray[np.bool_] | None) -> Ids:
        binding = (turns.except_modes >> MODES.index(mode)) & 1 == 0
        if applies is not None:
            binding &= applies
        wanted = _keys(turns.from_arc[binding], turns.to_arc[binding], self.skeleton.arcs)
        if not len(self.keys):
            return np.zeros(0, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        found: Ids = self.places[at[self.keys[at] == wanted]]
        return found


def turning(graph: Graph) -> Turning:
    """Return a graph's skeleton with turns."""
    return _Expansion(graph).turning()


def turn_kinds(graph: Graph, origin: Ints, target: Ints) -> npt.NDArray[np.uint8]:
    """Return of what kind the turns from some arcs of streets into others are; each pair meets at a node."""
    streets = street_degrees(graph)[graph.head[origin]]
    # Who ends an arc is heading away from where its twin begins.
    angle = np.degrees(_headings(graph, target) - _headings(graph, origin ^ 1)) % 360.0 - 180.0
    kinds = np.where(np.abs(angle) < BEND, STRAIGHT, np.where(angle > 0, LEFT, RIGHT))
    kinds = np.where(streets <= 2, FREE, kinds)
    return np.where(target == (origin ^ 1), ROUND, kinds).astype(np.uint8)


def street_degrees(graph: Graph) -> Ints:
    """Return how many ends of streets meet at each node."""
    return _ends(graph, (graph.kind == KINDS.index("street")) & (graph.feature_id >= 0))


def _ends(graph: Graph, edges: npt.NDArray[np.bool_]) -> Ints:
    return np.bincount(np.concatenate([graph.u[edges], graph.v[edges]]), minlength=graph.nodes).astype(np.int32)


def _headings(graph: Graph, arcs: Ints) -> Floats:
    """Return the directions in which arcs begin [radians, anticlockwise from east]; where they are many, each once."""
    if len(arcs) > len(graph.tail):
        return _headings(graph, np.arange(len(graph.tail), dtype=np.int32))[arcs]
    edges, back = arcs >> 1, (arcs & 1).astype(bool)
    first = np.where(back, graph.course_offsets[edges + 1] - 2, graph.course_offsets[edges])
    step = graph.courses[first + 1] - graph.courses[first]
    found: Floats = np.arctan2(step[:, 1], step[:, 0]) + np.where(back, np.pi, 0.0)
    return found


def _keys(origin: Ints, target: Ints, arcs: int) -> Ids:
    return np.asarray(origin.astype(np.int64) * arcs + target, dtype=np.int64)


class _Expansion:
    """Splits the nodes of a graph at which turns matter."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.nodes, self.arcs = graph, graph.nodes, 2 * graph.edges
        # Holes count here as if they were passed, so that the nodes stay when a segment is removed; what a turn costs
        # doesn't heed them.
        street = graph.kind == KINDS.index("street")
        self.street = np.repeat(street, 2)
        degree = _ends(graph, street)
        every = _ends(graph, np.ones(graph.edges, dtype=bool))
        via = np.zeros(self.nodes, dtype=bool)
        via[graph.head[graph.turns.from_arc]] = True
        loop = np.zeros(self.nodes, dtype=bool)
        loop[graph.u[graph.u == graph.v]] = True
        plain = (every == degree) & ~via & ~loop
        self.met, self.dead = np.flatnonzero(plain & (degree == 2)), np.flatnonzero(plain & (degree == 1))
        self.junction = (degree >= 1) & ~(plain & (degree <= 2))
        self.junctions = np.flatnonzero(self.junction)
        self.tail, self.head = graph.tail.copy(), graph.head.copy()

    def turning(self) -> Turning:
        leaving = self._leaving(self.junction)
        out_ports = self.nodes + np.arange(len(leaving), dtype=np.int32)
        in_ports = out_ports + len(leaving)
        halved = np.concatenate([self.met, self.dead])
        others = self.nodes + 2 * len(leaving) + np.arange(len(halved), dtype=np.int32)
        goings = self.nodes + 2 * len(leaving) + len(halved) + np.arange(len(self.junctions), dtype=np.int32)
        going_of = np.arange(self.nodes, dtype=np.int32)
        going_of[self.junctions] = goings
        at = self.graph.tail[leaving]
        self.tail[~self.street] = going_of[self.tail[~self.street]]
        self.tail[leaving], self.head[leaving ^ 1] = out_ports, in_ports
        first, second = self._pairs(leaving)
        here, there = leaving[first] ^ 1, leaving[second]
        ends = self._split(others)
        tails: list[Column] = [in_ports[first], halved, others[: len(self.met)], in_ports, at, self.junctions]
        heads = [out_ports[second], others, self.met, going_of[at], out_ports, goings]
        kinds = [turn_kinds(self.graph, here, there), turn_kinds(self.graph, ends ^ 1, ends)]
        free = sum(map(len, tails)) - sum(map(len, kinds))
        keys = _keys(np.concatenate([here, ends ^ 1]), np.concatenate([there, ends]), self.arcs)
        order = np.argsort(keys, kind="stable")
        return Turning(
            skeleton=Skeleton(
                nodes=int(self.nodes + 2 * len(leaving) + len(halved) + len(self.junctions)),
                lonlat=self.graph.lonlat[np.concatenate([np.arange(self.nodes), at, at, halved, self.junctions])],
                tail=np.concatenate([self.tail, *tails]).astype(np.int32),
                head=np.concatenate([self.head, *heads]).astype(np.int32),
                arcs=self.arcs,
                departures=self._ports(halved, others, np.arange(self.nodes, dtype=np.int32)),
                arrivals=self._ports(halved, others, going_of),
            ),
            kind=np.concatenate([*kinds, np.full(free, FREE)]).astype(np.uint8),
            keys=keys[order],
            places=order.astype(np.int64),
        )

    def _leaving(self, among: npt.NDArray[np.bool_]) -> Ints:
        """Return the arcs of streets that leave some nodes, by node."""
        arcs = np.flatnonzero(self.street & among[self.graph.tail])
        return arcs[np.argsort(self.graph.tail[arcs], kind="stable")].astype(np.int32)

    def _pairs(self, leaving: Ints) -> tuple[Ids, Ids]:
        """Return all pairs of arcs that leave the same node, as places among them."""
        counts = np.bincount(self.graph.tail[leaving], minlength=self.nodes)
        starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)[:-1]])
        node = self.graph.tail[leaving]
        many = counts[node]
        first = np.repeat(np.arange(len(leaving)), many)
        within = np.arange(len(first)) - np.repeat(np.cumsum(many) - many, many)
        return first, np.repeat(starts[node], many) + within

    def _split(self, others: Ints) -> Ints:
        """Make two nodes of each that is halved; return the arcs by which one goes back, in the order of the turns."""
        one, two = self._leaving_only(self.met).reshape(-1, 2).T
        dead = self._leaving_only(self.dead)
        # Who came by the first segment is at the node itself, and leaves by the second; the other way at its twin.
        firsts, twins = np.concatenate([self.met, self.dead]), others[: len(self.met)]
        self.head[np.concatenate([one, dead]) ^ 1], self.tail[np.concatenate([one, dead])] = firsts, others
        self.head[two ^ 1], self.tail[two] = twins, self.met
        return np.concatenate([one, dead, two])

    def _leaving_only(self, nodes: Ids) -> Ints:
        among = np.zeros(self.nodes, dtype=bool)
        among[nodes] = True
        return self._leaving(among)

    def _ports(self, halved: Ids, others: Ints, own: Ints) -> Ports:
        """Return each node's own place and, of one that is halved, its twin."""
        keys = np.concatenate([np.arange(self.nodes, dtype=np.int32), halved.astype(np.int32)])
        offsets, places = grouped(keys, self.nodes)
        return Ports(offsets=offsets, places=np.concatenate([own, others])[places])
