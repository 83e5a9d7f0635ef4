"""From arcs found to a route: each way with what the register says of it, and what stands where it ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from routing.columns import Ways
from routing.metric import Found, Metric
from routing.network import FIXTURES, KINDS, Floats, Graph, Ids
from routing.profile import Profile
from routing.route import Fixture, Piece, Route, Snapped
from routing.snapping import Direct, access_seconds
from routing.usage import riding

Told = Callable[[Ids], Mapping[int, Any]]
"""Returns attributes of features by their ids."""


@dataclass(frozen=True, slots=True)
class _Part:
    """An arc, from one share of it to another in the direction of travel, and the seconds spent turning behind it."""

    arc: int
    begin: float = 0.0
    end: float = 1.0
    turned: float = 0.0

    @property
    def whole_end(self) -> bool:
        return self.end >= 1.0


class Teller:
    """Tells routes over one graph and metric."""

    def __init__(self, graph: Graph, metric: Metric, told: Told) -> None:
        """Take up where the arcs are and what they cost."""
        self._graph, self._metric, self._told = graph, metric, told

    def route(self, profile: Profile, departure: datetime, start: Snapped, end: Snapped, found: Found) -> Route:
        """Return a way that was found as a route."""
        parts = _parts(start, end, found)
        return self._route(profile, departure, start, end, found.cost, parts)

    def along(self, profile: Profile, departure: datetime, direct: Direct) -> Route:
        """Return a route that doesn't leave its one edge."""
        cost, arc, start, end = direct
        shares = (start.along, end.along) if arc % 2 == 0 else (1 - start.along, 1 - end.along)
        parts = [] if shares[0] == shares[1] else [_Part(arc, *shares)]
        return self._route(profile, departure, start, end, cost, parts)

    def _route(
        self, profile: Profile, departure: datetime, start: Snapped, end: Snapped, cost: int, parts: list[_Part]
    ) -> Route:
        told = self._told(self._features(parts))
        pushed = self._pushed(profile, parts)
        return Route(
            profile=profile,
            reading=self._graph.reading,
            departure=departure,
            start=start,
            end=end,
            cost=cost,
            pieces=tuple(self._piece(part, told, pushed=push) for part, push in zip(parts, pushed, strict=True)),
            access=access_seconds(self._metric, start, end),
        )

    def _features(self, parts: list[_Part]) -> Ids:
        graph = self._graph
        edges = np.array([part.arc >> 1 for part in parts], dtype=np.int64)
        nodes = [int(graph.head[part.arc]) for part in parts if part.whole_end]
        standing = [graph.fixture_id[graph.fixtures_at(node)] for node in nodes]
        return np.unique(np.concatenate([graph.feature_id[edges], *standing]).astype(np.int64))

    def _pushed(self, profile: Profile, parts: list[_Part]) -> list[bool]:
        """Tell along which parts a bicycle is pushed."""
        if profile.mode != "bicycle" or not parts:
            return [False] * len(parts)
        ridden = riding(Ways(self._graph, np.array([part.arc >> 1 for part in parts], dtype=np.int32)))
        return [not bool(ridden[part.arc % 2, row]) for row, part in enumerate(parts)]

    def _piece(self, part: _Part, told: Mapping[int, Any], *, pushed: bool) -> Piece:
        graph, metric = self._graph, self._metric
        edge, share = part.arc >> 1, part.end - part.begin
        feature, delay = int(graph.feature_id[edge]), float(metric.delays[part.arc])
        fixtures = graph.fixtures_at(int(graph.head[part.arc])).tolist() if part.whole_end else []
        return Piece(
            kind=KINDS[int(graph.kind[edge])],
            layer=graph.layer_of(edge),
            feature_id=feature,
            forward=part.arc % 2 == 0,
            length=float(graph.length[edge]) * share,
            seconds=(float(metric.seconds[part.arc]) - delay) * share,
            attributes=told.get(feature, {}),
            course=cut(graph.course(edge, forward=part.arc % 2 == 0), part.begin, part.end),
            fixtures=tuple(self._fixture(fixture, told) for fixture in fixtures),
            delay=(delay if part.whole_end else 0.0) + part.turned,
            pushed=pushed,
        )

    def _fixture(self, fixture: int, told: Mapping[int, Any]) -> Fixture:
        graph = self._graph
        feature = int(graph.fixture_id[fixture])
        return Fixture(
            kind=FIXTURES[int(graph.fixture_kind[fixture])],
            layer=graph.layer_of_fixture(fixture),
            feature_id=feature,
            attributes=told.get(feature, {}),
        )


def _parts(start: Snapped, end: Snapped, found: Found) -> list[_Part]:
    """Return the arcs passed; those at the ends in part."""
    turned = (found.turned if len(found.turned) else np.zeros(len(found.arcs) + 1)) / 1000.0
    parts = []
    if found.start.arc >= 0:
        begin = start.along if found.start.arc % 2 == 0 else 1.0 - start.along
        parts.append(_Part(found.start.arc, begin, 1.0, float(turned[0])))
    parts += [_Part(int(arc), turned=float(spent)) for arc, spent in zip(found.arcs, turned[1:], strict=True)]
    if found.end.arc >= 0:
        share = end.along if found.end.arc % 2 == 0 else 1.0 - end.along
        parts.append(_Part(found.end.arc, 0.0, share))
    return parts


def cut(course: Floats, begin: float, end: float) -> Floats:
    """Return the part of a course between two shares of its length."""
    if begin <= 0.0 and end >= 1.0:
        return course
    run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(course, axis=0).T))])
    first, last = begin * run[-1], end * run[-1]
    inner = course[(run > first) & (run < last)]
    tips = np.column_stack([np.interp([first, last], run, course[:, axis]) for axis in (0, 1)])
    return np.concatenate([tips[:1], inner, tips[1:]])
