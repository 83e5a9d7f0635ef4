"""Streets as plain rows, drawn by hand or at random, and the graph that holds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

import numpy as np

from cadastres.urban_planning.streets import STREETS
from gis.instant import Reading
from gis.layer import Field, FieldType, Layer
from routing.network import DAYS, EPOCH, FIXTURES, KINDS, MODES, QUARTERS, Closures, Graph, Speeds

NOON: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""A Monday."""

THINGS: Final = 1_000_000
CLOSINGS: Final = 2_000_000
"""Ids of features are their places, counted from these."""


@dataclass
class Way:
    """An edge from node to node."""

    kind: str
    u: int
    v: int
    length: float = 100.0
    known: dict[str, Any] = field(default_factory=dict)
    removed: bool = False


@dataclass
class Thing:
    """What stands at a node."""

    kind: str
    node: int
    known: dict[str, Any] = field(default_factory=dict)
    hours: str | None = None


@dataclass
class Closing:
    """A closure of a way or a thing."""

    way: int = -1
    thing: int = -1
    modes: tuple[str, ...] = MODES
    begins: datetime = NOON - timedelta(days=1)
    ends: datetime = NOON + timedelta(days=1)
    hours: str | None = None


@dataclass
class Streets:
    """All of it; live and daily speeds by (way, forward), the latter also by kind of day."""

    ways: list[Way]
    things: list[Thing] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    live: dict[tuple[int, bool], float] = field(default_factory=dict)
    daily: dict[tuple[int, bool, str], list[float | None]] = field(default_factory=dict)
    places: Sequence[tuple[float, float]] | None = None
    """Where nodes lie; else on a line, 100 m apart."""

    @property
    def nodes(self) -> int:
        """How many there are."""
        ends = [node for way in self.ways for node in (way.u, way.v)]
        return 1 + max([*ends, *(thing.node for thing in self.things)], default=-1)

    def graph(self) -> Graph:
        """Return the columns that hold all this. A way's feature has its place as id."""
        xy = np.array(self.places or [(100.0 * node, 0.0) for node in range(self.nodes)], dtype=float).reshape(-1, 2)
        u, v = (np.array([getattr(way, end) for way in self.ways], dtype=np.int32) for end in ("u", "v"))
        attributes, codes = _columns(list(STREETS.lines.values()), [way.known for way in self.ways])
        of_things, thing_codes = _columns(list(STREETS.points.values()), [thing.known for thing in self.things])
        return Graph(
            xy=xy,
            lonlat=xy.astype(np.float32),
            u=u,
            v=v,
            length=np.array([way.length for way in self.ways], dtype=float),
            kind=np.array([KINDS.index(way.kind) for way in self.ways], dtype=np.uint8),
            feature_id=np.array([-1 if way.removed else n for n, way in enumerate(self.ways)], dtype=np.int64),
            attributes=attributes,
            codes=codes,
            course_offsets=np.arange(len(self.ways) + 1, dtype=np.int64) * 2,
            courses=np.stack([xy[u], xy[v]], axis=1).reshape(-1, 2),
            reading=Reading(NOON, NOON, 1, live=True, present=True),
            hours={THINGS + n: thing.hours for n, thing in enumerate(self.things) if thing.hours},
            fixture_kind=np.array([FIXTURES.index(thing.kind) for thing in self.things], dtype=np.uint8),
            fixture_node=np.array([thing.node for thing in self.things], dtype=np.int32),
            fixture_id=np.arange(len(self.things), dtype=np.int64) + THINGS,
            fixture_attributes=of_things,
            fixture_codes=thing_codes,
            closures=self._closures(),
            speeds=self._speeds(),
            layers={kind: layer.name for kind, layer in {**STREETS.lines, **STREETS.points}.items()},
        )

    def _closures(self) -> Closures:
        rows = self.closings
        return Closures(
            feature_id=np.arange(len(rows), dtype=np.int64) + CLOSINGS,
            edge=np.array([row.way for row in rows], dtype=np.int32),
            fixture=np.array([row.thing for row in rows], dtype=np.int32),
            modes=np.array([sum(1 << MODES.index(mode) for mode in row.modes) for row in rows], dtype=np.uint8),
            begins=np.array([row.begins.timestamp() for row in rows]),
            ends=np.array([row.ends.timestamp() for row in rows]),
            hours=tuple(row.hours for row in rows),
        )

    def _speeds(self) -> Speeds:
        arcs = 2 * len(self.ways)
        live = np.full(arcs, np.nan, dtype=np.float32)
        daily = np.full((len(DAYS), arcs), -1, dtype=np.int32)
        for (way, forward), speed in self.live.items():
            live[2 * way + (not forward)] = speed
        for row, (way, forward, day) in enumerate(self.daily):
            daily[DAYS.index(day), 2 * way + (not forward)] = row
        told = [[np.nan if speed is None else speed for speed in speeds] for speeds in self.daily.values()]
        return Speeds(live=live, daily=daily, profiles=np.array(told, dtype=np.float32).reshape(-1, QUARTERS))


def plain(graph: Graph) -> Streets:
    """Return a graph's ways and what stands on them as rows again; closures and speeds are left out."""
    ways = [
        Way(KINDS[graph.kind[e]], int(graph.u[e]), int(graph.v[e]), float(graph.length[e]), graph.known(e))
        for e in range(graph.edges)
    ]
    things = [
        Thing(FIXTURES[graph.fixture_kind[f]], int(graph.fixture_node[f]), graph.known_of_fixture(f))
        for f in range(len(graph.fixture_id))
    ]
    return Streets(ways, things)


def _columns(layers: Sequence[Layer], rows: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    fields = {field.name: field for layer in layers for field in layer.fields}
    codes = {name: field.values for name, field in fields.items() if field.values}
    columns = {name: _column(field, [row.get(name) for row in rows]) for name, field in fields.items()}
    return {name: column for name, column in columns.items() if column is not None}, codes


def _column(told: Field, values: Sequence[Any]) -> Any:
    if told.values:
        return np.array([-1 if value is None else told.values.index(value) for value in values], dtype=np.int16)
    if told.type is FieldType.BOOLEAN:
        return np.array([-1 if value is None else int(value) for value in values], dtype=np.int8)
    if told.type is FieldType.DATE:
        return np.array([-1 if value is None else (value - EPOCH).days for value in values], dtype=np.int32)
    if told.type in {FieldType.NUMBER, FieldType.INTEGER} and not told.refers_to:
        return np.array([np.nan if value is None else value for value in values], dtype=np.float32)
    return None


_RANGES: Final = {
    "width": (0.5, 3.5), "incline": (-0.14, 0.14), "incline_error": (0.0, 0.03), "cross_slope": (0.0, 0.07),
    "max_speed": (20, 90), "max_height": (2.0, 5.0), "max_weight": (3, 40), "step_count": (2, 30),
    "height": (0.0, 0.2), "door_width": (0.6, 1.2), "wait": (0, 90), "cycle": (30, 120),
}  # fmt: skip
_RARE: Final = {"foot", "bicycle", "motor_vehicle", "heavy", "wheelchair", "status", "max_height", "max_weight"}
_HOURS: Final = (None, None, None, "Mo-Fr 08:00-20:00", "22:00-06:00", "24/7", "rubbish", "Mo-Su 09:00-18:00; PH off")


def scattered(seed: int, *, nodes: int = 25, ways: int = 60, things: int = 25) -> Streets:
    """Draw streets at random, with every attribute known here and unknown there."""
    chance = Random(seed)
    drawn = [_way(chance, nodes) for _ in range(ways)]
    standing = [_thing(chance, nodes) for _ in range(things)]
    streets = Streets(drawn, standing)
    for _ in range(6):
        lasting = timedelta(hours=chance.uniform(-30, 30))
        shut = {"way": chance.randrange(ways)} if chance.random() < 0.7 else {"thing": chance.randrange(things)}
        modes = tuple(mode for mode in MODES if chance.random() < 0.6)
        hours = chance.choice([None, None, "10:00-14:00", "18:00-20:00", "rubbish"])
        streets.closings.append(
            Closing(**shut, modes=modes, begins=NOON + lasting - timedelta(hours=12), ends=NOON + lasting, hours=hours)
        )
    for way, row in enumerate(drawn):
        for forward in (True, False):
            if row.kind == "street" and chance.random() < 0.3:
                streets.live[way, forward] = max(0.0, chance.uniform(-10, 80))
            for day in DAYS:
                if row.kind == "street" and chance.random() < 0.3:
                    course = [chance.choice([None, max(0.0, chance.uniform(-10, 80))]) for _ in range(QUARTERS)]
                    streets.daily[way, forward, day] = course
    return streets


def _way(chance: Random, nodes: int) -> Way:
    kind = chance.choices(KINDS, [40, 30, 18, 8, 4])[0]
    known = _known(chance, STREETS.lines[kind])
    return Way(
        kind, chance.randrange(nodes), chance.randrange(nodes), chance.uniform(0, 300), known, chance.random() < 0.03
    )


def _thing(chance: Random, nodes: int) -> Thing:
    kind = chance.choices(FIXTURES, [50, 15, 25, 10])[0]
    hours = chance.choice(_HOURS) if kind in {"lift", "barrier"} else None
    node = chance.randrange(nodes) if chance.random() < 0.95 else -1
    return Thing(kind, node, _known(chance, STREETS.points[kind]), hours)


def _known(chance: Random, layer: Layer) -> dict[str, Any]:
    values = {told.name: _value(chance, told) for told in layer.fields}
    seldom = {name: 0.15 if name in _RARE else 0.55 for name in values}
    return {
        name: value
        for name, value in values.items()
        if value is not None and (name in {"highway", "footway", "barrier"} or chance.random() < seldom[name])
    }


def _value(chance: Random, told: Field) -> Any:
    if told.values:
        return chance.choice(told.values)
    if told.type is FieldType.BOOLEAN:
        return chance.random() < 0.5
    if told.type is FieldType.DATE:
        return date(2020, 1, 1) + timedelta(days=chance.randrange(2000))
    return float(np.float32(chance.uniform(*_RANGES[told.name]))) if told.name in _RANGES else None
