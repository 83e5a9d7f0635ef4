"""Networks of lines between nodes, read from two versioned layers at an instant, and what can be asked of them.

Lines name the nodes at their ends. What flows passes a line from its first node to its last, or both ways; a node can
be shut. A trace reads only what it comes by: the lines at the nodes reached so far, by the index of the named nodes.
Once it has come far, the rest of the network is read in one go, which then costs less than asking on.

Every question is answered for any reading, on both axes of time, with a draft laid over the register or without.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from psycopg import Connection, sql

from gis.instant import Reading, versions_at
from gis.layer import Layer

Way = Literal["downstream", "upstream", "connected"]
"""With the flow, against it, or either way."""

FAR: Final = 4_000
"""A trace that has read so many lines reads the rest of its network at once."""

ROUNDS: Final = 150
"""So does one that has asked so many times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How two layers make a network.

    Attributes:
        lines, nodes: the layers.
        kind: field of both that tells networks apart; lines of one kind only meet nodes of that kind.
        begin, end: fields of a line that name its nodes.
        one_way: field of a line and its value that lets pass from begin to end only.
        in_service: field of a line and its value without which nothing passes.
        role: field of a node that tells what it is.
        gate: boolean field of a node; where it is false nothing passes the node.
    """

    lines: Layer
    nodes: Layer
    kind: str
    begin: str
    end: str
    one_way: tuple[str, str]
    in_service: tuple[str, str]
    role: str
    gate: str


class Link(NamedTuple):
    """A line of a network: its ids and its length [m]."""

    id: int
    begin: int
    end: int
    one_way: bool
    length: float

    def beyond(self, node: int) -> int:
        """Return the node at its other end."""
        return self.end if node == self.begin else self.begin

    def leads(self, node: int, way: Way) -> bool:
        """Tell whether it leads away from one of its nodes, that way."""
        if way == "connected" or not self.one_way:
            return True
        return node == (self.begin if way == "downstream" else self.end)


class Node(NamedTuple):
    """A node of a network: what it is, and whether it lets through; ``gate`` is ``None`` where it can't be shut."""

    role: str
    gate: bool | None


@dataclass(frozen=True, slots=True)
class Reached:
    """What a trace came by: nodes, and lines with their lengths [m]."""

    nodes: AbstractSet[int] = frozenset()
    lines: Mapping[int, float] = field(default_factory=dict)

    @property
    def length(self) -> float:
        """Sum of the lines' lengths [m]."""
        return sum(self.lines.values())

    def without(self, other: "Reached") -> "Reached":
        """Return what this trace came by and the other did not."""
        return Reached(self.nodes - other.nodes, {line: m for line, m in self.lines.items() if line not in other.lines})


class Snapshot:
    """One kind of network as it stands at a reading, read as far as it is asked for."""

    def __init__(self, connection: Connection, network: Network, reading: Reading, kind: str) -> None:
        """Read nothing yet."""
        self.network, self.kind = network, kind
        self.nodes: dict[int, Node] = {}
        self.links: dict[int, Link] = {}
        self._at: dict[int, list[Link]] = {}
        self._connection, self._reading = connection, reading
        self._complete: set[int] = set()
        self._rounds = 0
        self._whole = False

    def at(self, node: int) -> list[Link]:
        """Return the lines in service at a node that was asked for by :meth:`require`."""
        return self._at.get(node, [])

    def require(self, nodes: Iterable[int]) -> None:
        """Read the lines at nodes, and what the nodes are."""
        wanted = set(nodes) - self._complete
        if not wanted or self._whole:
            return
        self._rounds += 1
        if self._rounds > ROUNDS or len(self.links) > FAR:
            self.require_all()
            return
        ids = sorted(wanted)
        self._take_nodes(self._nodes("v.feature_id = ANY(%(ids)s)"), ids)
        for end in (self.network.begin, self.network.end):
            self._take_links(self._lines(sql.SQL("v.{} = ANY(%(ids)s)").format(sql.Identifier(end))), ids)
        self._complete |= wanted

    def require_all(self) -> None:
        """Read the whole network of this kind."""
        if not self._whole:
            self._take_nodes(self._nodes("true"), [])
            self._take_links(self._lines(sql.SQL("true")), [])
            self._whole = True

    def line(self, feature_id: int) -> Link | None:
        """Return a line in service of this kind, by its id."""
        if feature_id not in self.links:
            self._take_links(self._lines(sql.SQL("v.feature_id = ANY(%(ids)s)")), [feature_id])
        return self.links.get(feature_id)

    def _take_nodes(self, statement: sql.Composed, ids: list[int]) -> None:
        for feature_id, role, gate in self._rows(statement, ids):
            self.nodes[feature_id] = Node(role, gate)

    def _take_links(self, statement: sql.Composed, ids: list[int]) -> None:
        for row in self._rows(statement, ids):
            link = Link(*row)
            if link.id not in self.links:
                self.links[link.id] = link
                self._at.setdefault(link.begin, []).append(link)
                self._at.setdefault(link.end, []).append(link)

    def _rows(self, statement: sql.Composed, ids: list[int]) -> Iterator[tuple[Any, ...]]:
        parameters = {**self._reading.parameters, "ids": ids, "kind": self.kind, **self._values}
        yield from self._connection.execute(statement, parameters, binary=True)

    @property
    def _values(self) -> dict[str, str]:
        return {"one_way": self.network.one_way[1], "in_service": self.network.in_service[1]}

    def _nodes(self, condition: str) -> sql.Composed:
        return (
            sql.SQL("SELECT v.feature_id, v.{role}, v.{gate} FROM {versions} WHERE v.{kind} = %(kind)s AND ").format(
                role=sql.Identifier(self.network.role),
                gate=sql.Identifier(self.network.gate),
                kind=sql.Identifier(self.network.kind),
                versions=versions_at(self.network.nodes, self._reading),
            )
            + sql.SQL(condition).format()
        )

    def _lines(self, condition: sql.SQL | sql.Composed) -> sql.Composed:
        network = self.network
        return sql.SQL(_LINES).format(
            begin=sql.Identifier(network.begin),
            end=sql.Identifier(network.end),
            one_way=sql.Identifier(network.one_way[0]),
            in_service=sql.Identifier(network.in_service[0]),
            kind=sql.Identifier(network.kind),
            versions=versions_at(network.lines, self._reading),
            condition=condition,
        )


_LINES: Final = """
SELECT v.feature_id, v.{begin}, v.{end}, v.{one_way} = %(one_way)s, ST_Length(v.geom) FROM {versions}
WHERE v.{kind} = %(kind)s AND v.{in_service} = %(in_service)s AND v.{begin} IS NOT NULL AND v.{end} IS NOT NULL
  AND {condition}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """Which nodes and lines nothing passes.

    Attributes:
        shut: nodes and lines that are shut whatever the register says.
        opened: nodes that let through whatever the register says.
        heeded: whether what the register says of gates counts.
        stops: roles of nodes that are never passed.
    """

    shut: AbstractSet[int] = frozenset()
    opened: AbstractSet[int] = frozenset()
    heeded: bool = True
    stops: AbstractSet[str] = frozenset()

    def passes(self, feature_id: int, node: Node | None) -> bool:
        """Tell whether a node lets through."""
        if feature_id in self.shut:
            return False
        if node is not None and node.role in self.stops:
            return False
        return feature_id in self.opened or not self.heeded or node is None or node.gate is not False


AS_IS: Final = Gates()


def trace(snapshot: Snapshot, starts: Iterable[int], way: Way, gates: Gates = AS_IS) -> Reached:
    """Return what is reached from nodes; a node that lets nothing through is reached, but not passed.

    The trace leaves each start even where it is shut, unless ``gates`` shut it.
    """
    begun = [start for start in starts if start not in gates.shut]
    seen: set[int] = set(begun)
    lines: dict[int, float] = {}
    frontier = begun
    first = True
    while frontier:
        snapshot.require(frontier)
        passed = [n for n in frontier if first or gates.passes(n, snapshot.nodes.get(n))]
        frontier, first = _next(snapshot, passed, way, gates, seen, lines), False
    return Reached(seen, lines)


def _next(
    snapshot: Snapshot,
    nodes: Iterable[int],
    way: Way,
    gates: Gates,
    seen: set[int],
    lines: dict[int, float],
) -> list[int]:
    """Go one step on from nodes; note lines and nodes that are come by, and return the new nodes."""
    found: list[int] = []
    for node in nodes:
        for link in snapshot.at(node):
            if link.id in gates.shut or not link.leads(node, way):
                continue
            lines[link.id] = link.length
            beyond = link.beyond(node)
            if beyond not in seen:
                seen.add(beyond)
                found.append(beyond)
    return found


def from_line(snapshot: Snapshot, line: Link, way: Way, gates: Gates = AS_IS) -> Reached:
    """Return what is reached from a line, itself included."""
    starts = [node for node in (line.begin, line.end) if line.leads(line.beyond(node), way)]
    snapshot.require(starts)
    passed = [node for node in starts if gates.passes(node, snapshot.nodes.get(node))]
    reached = trace(snapshot, passed, way, gates)
    return Reached(reached.nodes | set(starts), {line.id: line.length, **reached.lines})


def cut_off(snapshot: Snapshot, shut: Iterable[int], roots: AbstractSet[str], way: Way = "downstream") -> Reached:
    """Return what is reached from roots no longer once nodes or lines are shut that would let through otherwise.

    Args:
        snapshot: the network.
        shut: ids of nodes and lines.
        roots: roles of the nodes from which the network is fed; where it collects, those to which it drains.
        way: ``downstream`` from the roots, or ``upstream`` from them where the network collects.
    """
    closing = frozenset(shut)
    opened = Gates(opened=closing)
    around = trace(snapshot, sorted(_nodes_of(snapshot, closing)), "connected", opened)
    snapshot.require(around.nodes)
    feeding = [n for n in sorted(around.nodes) if (node := snapshot.nodes.get(n)) is not None and node.role in roots]
    before = trace(snapshot, feeding, way, opened)
    after = trace(snapshot, feeding, way, Gates(shut=closing))
    lost = before.without(after)
    return Reached(lost.nodes - closing, {line: m for line, m in lost.lines.items() if line not in closing})


def _nodes_of(snapshot: Snapshot, elements: Iterable[int]) -> Iterator[int]:
    for element in elements:
        link = snapshot.line(element)
        yield from (element,) if link is None else (link.begin, link.end)


@dataclass(frozen=True, slots=True)
class Isolation:
    """What isolates a line.

    Attributes:
        section: what is isolated with it.
        to_shut: gates that let through and lead out of the section.
        shut: gates about the section that are shut already.
        roots: nodes inside the section that feed it: no gate parts the line from them.
    """

    section: Reached
    to_shut: tuple[int, ...]
    shut: tuple[int, ...]
    roots: tuple[int, ...]


def isolate(snapshot: Snapshot, line: Link, operable: AbstractSet[str], roots: AbstractSet[str]) -> Isolation:
    """Return the nearest gates about a line, whatever way it flows: those to shut, and those that are shut."""
    section = from_line(snapshot, line, "connected", Gates(heeded=False, stops=operable))
    snapshot.require(section.nodes)
    roles = {n: node for n in section.nodes if (node := snapshot.nodes.get(n)) is not None}
    gates = [n for n, node in sorted(roles.items()) if node.role in operable]
    leading = [n for n in gates if any(link.id not in section.lines for link in snapshot.at(n))]
    return Isolation(
        section,
        to_shut=tuple(n for n in leading if roles[n].gate is not False),
        shut=tuple(n for n in leading if roles[n].gate is False),
        roots=tuple(n for n, node in sorted(roles.items()) if node.role in roots),
    )


def one_way_rings(snapshot: Snapshot) -> list[tuple[int, ...]]:
    """Return the lines of each ring of one-way lines of the whole network, rings that touch taken together."""
    snapshot.require_all()
    links = [link for link in snapshot.links.values() if link.one_way]
    number = _components(links)
    rings: dict[int, list[int]] = {}
    for link in links:
        if number[link.begin] == number[link.end]:
            rings.setdefault(number[link.begin], []).append(link.id)
    return sorted(tuple(sorted(ring)) for ring in rings.values())


def _components(links: Iterable[Link]) -> dict[int, int]:
    """Number the strongly connected components of one-way lines by node (Kosaraju's two passes, without recursion)."""
    forth: dict[int, list[int]] = {}
    back: dict[int, list[int]] = {}
    for link in links:
        for node in (link.begin, link.end):
            forth.setdefault(node, [])
            back.setdefault(node, [])
        forth[link.begin].append(link.end)
        back[link.end].append(link.begin)
    number: dict[int, int] = {}
    for root in reversed(_finished(forth)):
        waiting = [root] if root not in number else []
        while waiting:
            node = waiting.pop()
            if node not in number:
                number[node] = root
                waiting += back[node]
    return number


def _finished(forth: Mapping[int, list[int]]) -> list[int]:
    """Return the nodes in the order in which a depth-first search leaves them."""
    done: list[int] = []
    seen: set[int] = set()
    for root in forth:
        if root in seen:
            continue
        seen.add(root)
        waiting = [(root, iter(forth[root]))]
        while waiting:
            node, rest = waiting[-1]
            following = next((n for n in rest if n not in seen), None)
            if following is None:
                done.append(node)
                waiting.pop()
            else:
                seen.add(following)
                waiting.append((following, iter(forth[following])))
    return done
