"""A small town of streets, footways and what stands on them, drawn at random over a grid, and its graph's oracles."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from gis.act import Act
from gis.edit import Put
from gis.record import Write
from routing.network import INF, Graph
from routing.skeleton import Weights
from tests.city import ORIGIN, City

SIDE = 60.0
SURFACES = ("asphalt", "concrete", "gravel", "paving_stones", None)
HIGHWAYS = ("residential", "tertiary", "secondary", "service")


def at(column: float, row: float) -> tuple[float, float]:
    """Return a crossing of the grid, in the city's system."""
    return ORIGIN[0] + column * SIDE, ORIGIN[1] + row * SIDE


@dataclass
class Town:
    """A town in a register: ids of its features by layer's table."""

    city: City
    size: int
    chance: random.Random
    ids: dict[str, list[int]] = field(default_factory=dict)
    ends: dict[int, tuple[Any, Any]] = field(default_factory=dict)

    def build(self) -> "Town":
        """Enter all streets and footways as one act."""
        act = self.city.act("2020-01-01")
        spots = [(c, r) for c in range(self.size) for r in range(self.size)]
        links = [((c, r), (c + 1, r)) for c, r in spots if c + 1 < self.size]
        links += [((c, r), (c, r + 1)) for c, r in spots if r + 1 < self.size]
        writes = [self._drawn(-1 - n, act, *link) for n, link in enumerate(links)]
        writes += [self._standing(-10_000 - n, act, spot) for n, spot in enumerate(spots) if n % 5 == 0]
        done = self.city.register.perform(Put(tuple(writes)), act)
        for write in writes:
            self.ids.setdefault(write.layer.split(".")[1], []).append(done.features[write.feature_id])
        for write, link in zip(writes, links, strict=False):
            self.ends[done.features[write.feature_id]] = link
        return self

    def _drawn(self, number: int, act: Act, a: Any, b: Any) -> Write:
        kind = self.chance.choice(["street_segment"] * 5 + ["footway"] * 3 + ["crossing", "steps"])
        return Write(f"urban_planning.{kind}", number, act.period, self.line(a, b), self.said(kind))

    def line(self, a: Any, b: Any, bend: float = 0.0) -> shapely.LineString:
        """Return a way between two crossings of the grid, bent by some metres."""
        (x, y), (s, t) = at(*a), at(*b)
        middle = ((x + s) / 2 + bend * self.chance.random(), (y + t) / 2 + bend * self.chance.random())
        return shapely.LineString([(x, y), middle, (s, t)])

    def said(self, kind: str) -> dict[str, Any]:
        """Return random attributes of a way."""
        chance = self.chance
        told: dict[str, Any] = {
            "surface": chance.choice(SURFACES),
            "incline": chance.choice([None, 0.0, round(chance.uniform(-0.12, 0.12), 3)]),
            "width": chance.choice([None, 0.8, 1.5, 3.0]),
            "lit": chance.choice([None, True, False]),
        }
        if kind == "street_segment":
            told |= {"highway": chance.choice(HIGHWAYS), "one_way": chance.choice([None, "no", "forward", "backward"])}
            told |= {"max_speed": chance.choice([None, 20.0, 40.0, 60.0])}
        if kind == "footway":
            told |= {"footway": chance.choice(["footway", "sidewalk", "path"])}
        if kind == "crossing":
            told |= {"markings": chance.choice(["zebra", "no", None]), "signals": chance.choice([True, False, None])}
        if kind == "steps":
            told |= {"step_count": chance.randint(3, 20), "handrail": chance.choice(["both", "no", None])}
        return told

    def _standing(self, number: int, act: Act, spot: Any) -> Write:
        kind, told = self.fixture()
        return Write(f"urban_planning.{kind}", number, act.period, shapely.Point(at(*spot)), told)

    def fixture(self, kind: str | None = None) -> tuple[str, dict[str, Any]]:
        """Return something random that stands at a node."""
        chance = self.chance
        kind = kind or chance.choice(["kerb", "barrier", "traffic_signal", "lift"])
        told: Mapping[str, dict[str, Any]] = {
            "kerb": {"kerb": chance.choice(["raised", "lowered", "flush"]), "height": chance.choice([None, 0.02, 0.1])},
            "barrier": {"barrier": "gate", "width": chance.choice([None, 0.7, 1.2]), "foot": "yes"},
            "traffic_signal": {"sound_signals": chance.choice([None, True, False])},
            "lift": {"status": chance.choice([None, "working", "out_of_order"])},
        }
        return kind, told[kind]

    def change(self, count: int = 1, day: str = "2021-01-01") -> None:
        """Record random changes of attributes, of courses, or of what stands at nodes, as one act."""
        act = self.city.act(day)
        every = [(kind, feature) for kind, features in self.ids.items() for feature in features]
        writes = [self._changed(act, *each) for each in self.chance.sample(every, count)]
        self.city.register.perform(Put(tuple(writes)), act)

    def _changed(self, act: Act, kind: str, feature: int) -> Write:
        layer = f"urban_planning.{kind}"
        if feature not in self.ends:
            return Write(layer, feature, act.period, self._where(layer, feature), self.fixture(kind)[1])
        course = self.line(*self.ends[feature], bend=self.chance.choice([0.0, 9.0]))
        return Write(layer, feature, act.period, course, self.said(kind))

    def _where(self, layer: str, feature: int) -> shapely.Point:
        table = layer.split(".")[1]
        statement = f"SELECT ST_X(geom), ST_Y(geom) FROM urban_planning.{table} WHERE feature_id = %s LIMIT 1"
        with self.city.register.reading() as connection:
            row = connection.execute(statement, (feature,)).fetchone()
        assert row is not None
        return shapely.Point(row)


def swept(graph: Graph, weights: Weights, sources: Any) -> Any:
    """Return what SciPy finds that getting from some nodes to all costs; made of the weights and nothing of ours."""
    usable = np.flatnonzero(weights < INF)
    cheapest: dict[tuple[int, int], int] = {}
    for arc in usable.tolist():
        pair = (int(graph.tail[arc]), int(graph.head[arc]))
        cheapest[pair] = min(int(weights[arc]), cheapest.get(pair, INF))
    pairs = np.array(sorted(cheapest), dtype=np.int64).reshape(-1, 2)
    costs = np.array([cheapest[a, b] for a, b in pairs.tolist()], dtype=np.float64)
    matrix = csr_array((costs, (pairs[:, 0], pairs[:, 1])), shape=(graph.nodes, graph.nodes))
    return dijkstra(matrix, indices=sources)


NOON = datetime.fromisoformat("2026-11-23T12:00:00+02:00")
