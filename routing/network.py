"""The graph of one reading of the street layers, as columns: what pricing, search and telling read.

Edge ``e`` runs from ``u[e]`` to ``v[e]`` as its feature is drawn. Arc ``2e`` passes it so, arc ``2e + 1`` against it.
Coordinates are in the city's projected system, easting before northing [m].

A graph never changes. One kept in step with the register is replaced by another that shares the columns in which
nothing changed; edges, arcs, nodes and fixtures keep their numbers then. What was removed stays as a hole: its
``feature_id`` is -1 and nothing passes it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from functools import cached_property, partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gis.instant import Reading

INF: Final = 2**31 - 1
"""Weight of an arc that isn't passed, cost of what isn't reached."""

KINDS: Final = ("street", "footway", "crossing", "steps", "ramp")
"""Kinds of edges; ``Graph.kind`` indexes them."""

FIXTURES: Final = ("kerb", "lift", "barrier", "signal")
"""Kinds of what stands at nodes; ``Graph.fixture_kind`` indexes them."""

MODES: Final = ("foot", "bicycle", "car", "ambulance", "truck")
"""Modes of moving, as bits: a set of modes is an integer in which bit ``i`` stands for ``MODES[i]``."""

ALL_MODES: Final = 2 ** len(MODES) - 1

DAYS: Final = ("workday", "saturday", "sunday")
"""Kinds of day that have usual speeds."""

QUARTERS: Final = 96
"""Quarters of an hour in a day."""

EPOCH: Final = date(1970, 1, 1)
"""Day 0 of columns of dates."""

Column = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Ids = npt.NDArray[np.int64]


_ints: Final[Any] = partial(np.zeros, 0, np.int32)
_ids: Final[Any] = partial(np.zeros, 0, np.int64)
_bytes: Final[Any] = partial(np.zeros, 0, np.uint8)
_floats: Final[Any] = partial(np.zeros, 0, np.float64)
_places: Final[Any] = partial(np.zeros, (0, 2), np.float64)
_speeds: Final[Any] = partial(np.zeros, 0, np.float32)
_rows: Final[Any] = partial(np.zeros, (len(DAYS), 0), np.int32)
_profiles: Final[Any] = partial(np.zeros, (0, QUARTERS), np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Turns:
    """Restrictions of turns, one row for each turn that is forbidden.

    Attributes:
        from_arc, to_arc: arcs; the first ends at the node where the second begins. An ``only…`` restriction has a row
            for each other arc that leaves the node.
        except_modes: sets of modes to which the restriction doesn't apply.
        feature_id: of the register's restriction.
        hours: hours at which it applies, as the register has them; ``None`` for all.
        restrictions: rows from which they follow.
    """

    from_arc: Ints = field(default_factory=_ints)
    to_arc: Ints = field(default_factory=_ints)
    except_modes: npt.NDArray[np.uint8] = field(default_factory=_bytes)
    feature_id: Ids = field(default_factory=_ids)
    hours: tuple[str | None, ...] = ()
    restrictions: tuple[Any, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Closures:
    """What is closed, one row for each closure in force at the reading or to come into force after it.

    Attributes:
        feature_id: of the register's closure.
        edge: what is closed, or -1; fixture: the lift that is, or -1.
        modes: sets of modes to which it is closed.
        begins, ends: the version's valid time, seconds since 1970 (UTC), infinite where it has no end.
        hours: hours of the day at which it is closed, as the register has them; ``None`` for all.
        closings: rows from which they follow.
    """

    feature_id: Ids = field(default_factory=_ids)
    edge: Ints = field(default_factory=_ints)
    fixture: Ints = field(default_factory=_ints)
    modes: npt.NDArray[np.uint8] = field(default_factory=_bytes)
    begins: Floats = field(default_factory=_floats)
    ends: Floats = field(default_factory=_floats)
    hours: tuple[str | None, ...] = ()
    closings: tuple[Any, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Speeds:
    """Speeds told for segments [km/h].

    Attributes:
        live: by arc, NaN where none is told at the reading.
        daily: by kind of day (:data:`DAYS`) and arc the row of ``profiles``, -1 where there is none; shape (3, 2m).
        profiles: usual speeds by quarter of an hour, shape (k, 96).
    """

    live: npt.NDArray[np.float32] = field(default_factory=_speeds)
    daily: Ints = field(default_factory=_rows)
    profiles: npt.NDArray[np.float32] = field(default_factory=_profiles)


@dataclass(frozen=True, kw_only=True, eq=False)
class Graph:
    """Columns of nodes, edges and fixtures.

    Numbers are float32 with NaN where unknown; values of a closed list are int16 places in ``codes[name]``, booleans
    int8, both -1 where unknown; dates are int32 days since 1970, -1 where unknown. Every edge has every attribute of
    the layers of lines, unknown where its layer lacks it; so has every fixture those of the layers of points.

    Attributes:
        xy: nodes, shape (n, 2); lonlat: the same in degrees, float32.
        u, v: nodes at the ends of edges; length: [m] in the plane; kind: places in :data:`KINDS`.
        feature_id: of the register's features, -1 at holes.
        attributes: columns by name; codes: values of those of closed lists.
        hours: hours of edges and fixtures that have them, as the register has them, by feature id.
        course_offsets, courses: the course of edge ``e`` is ``courses[course_offsets[e]:course_offsets[e + 1]]``.
        fixture_kind, fixture_node, fixture_id, fixture_attributes, fixture_codes: the same of what stands at nodes;
            the node is -1 where no edge ends there. fixture_xy: where they stand, shape (f, 2).
        turns, closures, speeds: what else the layers say.
        layers: names of the layers by kind of edge and of fixture.
        reading: what was read; changeset: the register's last one then.
        shape: a number that all graphs share whose edges, nodes and holes are the same but for attributes.
    """

    xy: Floats
    lonlat: npt.NDArray[np.float32]
    u: Ints
    v: Ints
    length: Floats
    kind: npt.NDArray[np.uint8]
    feature_id: Ids
    attributes: Mapping[str, Column]
    codes: Mapping[str, tuple[str, ...]]
    course_offsets: Ids
    courses: Floats
    reading: Reading
    hours: Mapping[int, str] = field(default_factory=dict)
    fixture_kind: npt.NDArray[np.uint8] = field(default_factory=_bytes)
    fixture_node: Ints = field(default_factory=_ints)
    fixture_id: Ids = field(default_factory=_ids)
    fixture_xy: Floats = field(default_factory=_places)
    fixture_attributes: Mapping[str, Column] = field(default_factory=dict)
    fixture_codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    turns: Turns = field(default_factory=Turns)
    closures: Closures = field(default_factory=Closures)
    speeds: Speeds = field(default_factory=Speeds)
    layers: Mapping[str, str] = field(default_factory=dict)
    changeset: int = 0
    shape: int = 0

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.xy)

    @property
    def edges(self) -> int:
        """How many edges there are, holes included."""
        return len(self.u)

    @cached_property
    def tail(self) -> Ints:
        """Node at which each arc begins."""
        return np.column_stack([self.u, self.v]).ravel().astype(np.int32, copy=False)

    @cached_property
    def head(self) -> Ints:
        """Node at which each arc ends."""
        return np.column_stack([self.v, self.u]).ravel().astype(np.int32, copy=False)

    @cached_property
    def leaving(self) -> tuple[Ids, Ints]:
        """Arcs by the node at which they begin: those of node ``n`` are ``arcs[offsets[n]:offsets[n + 1]]``."""
        return grouped(self.tail, self.nodes)

    @cached_property
    def standing(self) -> tuple[Ids, Ints]:
        """Fixtures by their node, as :attr:`leaving`."""
        placed = np.flatnonzero(self.fixture_node >= 0).astype(np.int32)
        offsets, order = grouped(self.fixture_node[placed], self.nodes)
        return offsets, placed[order]

    @cached_property
    def edge_of(self) -> Mapping[int, int]:
        """Edge by its feature's id."""
        return {feature: e for e, feature in enumerate(self.feature_id.tolist()) if feature >= 0}

    @cached_property
    def fixture_of(self) -> Mapping[int, int]:
        """Fixture by its feature's id."""
        return {feature: f for f, feature in enumerate(self.fixture_id.tolist()) if feature >= 0}

    def arcs_from(self, node: int) -> Ints:
        """Return the arcs that begin at a node."""
        offsets, arcs = self.leaving
        return arcs[offsets[node] : offsets[node + 1]]

    def fixtures_at(self, node: int) -> Ints:
        """Return what stands at a node."""
        offsets, found = self.standing
        return found[offsets[node] : offsets[node + 1]]

    def course(self, edge: int, *, forward: bool = True) -> Floats:
        """Return the coordinates of an edge, in the direction in which it is passed."""
        drawn = self.courses[self.course_offsets[edge] : self.course_offsets[edge + 1]]
        return drawn if forward else drawn[::-1]

    def known(self, edge: int, among: Iterable[str] | None = None) -> dict[str, object]:
        """Return the attributes of an edge that are known: all, or those among some."""
        return _decoded(self.attributes, self.codes, edge, among)

    def known_of_fixture(self, fixture: int, among: Iterable[str] | None = None) -> dict[str, object]:
        """Return the attributes of a fixture that are known: all, or those among some."""
        return _decoded(self.fixture_attributes, self.fixture_codes, fixture, among)

    def layer_of(self, edge: int) -> str:
        """Return the name of an edge's layer."""
        kind = KINDS[int(self.kind[edge])]
        return self.layers.get(kind, kind)

    def layer_of_fixture(self, fixture: int) -> str:
        """Return the name of a fixture's layer."""
        kind = FIXTURES[int(self.fixture_kind[fixture])]
        return self.layers.get(kind, kind)

    def replaced(self, **columns: Any) -> "Graph":
        """Return a graph with other columns; what was derived from columns that stay is shared."""
        other = replace(self, **columns)
        for name, needed in _DERIVED.items():
            if name in self.__dict__ and all(getattr(self, each) is getattr(other, each) for each in needed):
                other.__dict__[name] = self.__dict__[name]
        return other

    @property
    def nbytes(self) -> int:
        """Bytes of its columns."""
        own = [getattr(self, each.name) for each in fields(self)]
        held = [*own, *self.attributes.values(), *self.fixture_attributes.values()]
        return sum(each.nbytes for each in held if isinstance(each, np.ndarray))


_DERIVED: Final[Mapping[str, tuple[str, ...]]] = {
    "tail": ("u", "v"),
    "head": ("u", "v"),
    "leaving": ("u", "v", "xy"),
    "standing": ("fixture_node", "xy"),
    "edge_of": ("feature_id",),
    "fixture_of": ("fixture_id",),
    "node_index": ("xy",),
}


def grouped(keys: Ints, count: int) -> tuple[Ids, Ints]:
    """Return offsets and places such that those of key ``k`` are ``places[offsets[k]:offsets[k + 1]]``, in order."""
    places = np.argsort(keys, kind="stable").astype(np.int32)
    offsets = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(keys, minlength=count), out=offsets[1:])
    return offsets, places


def modes_of(names: Sequence[str]) -> int:
    """Return a set of modes as bits; names that are no mode are passed over.

    >>> modes_of(["foot", "car"])
    5
    """
    return sum(1 << MODES.index(name) for name in set(names) if name in MODES)


def _decoded(
    columns: Mapping[str, Column], codes: Mapping[str, tuple[str, ...]], place: int, among: Iterable[str] | None
) -> dict[str, object]:
    names = columns if among is None else [name for name in among if name in columns]
    found = {name: _value(columns[name][place], codes.get(name)) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def _value(stored: np.generic, codes: tuple[str, ...] | None) -> object:
    if isinstance(stored, np.floating):
        return None if np.isnan(stored) else round(float(stored), 6)
    number = int(stored)
    if number < 0:
        return None
    if codes is not None:
        return codes[number]
    return bool(number) if stored.dtype == np.int8 else EPOCH + timedelta(days=number)
