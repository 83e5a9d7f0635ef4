"""Streets held against the norms of accessibility: every object of a route, or of an area, and what is broken."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from shapely import Point
from shapely.geometry.base import BaseGeometry

from gis.text import Text
from routing.network import FIXTURES, KINDS, Graph
from routing.norms import Judgement, Norm, Verdict, conditions_of, judge
from routing.reasons import listed, object_named
from routing.route import Fixture, Piece, Route
from routing.snapping import WayIndex

VERDICTS: Final[tuple[Verdict, ...]] = ("broken", "conditional", "unknown", "met")
"""The worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One object held against the norms of its kind.

    Attributes:
        kind, layer, feature_id: the object; place: a point of it in the city's projected system [m].
        judgements: one for each document and attribute.
        out_of_order: whether it is said not to work, which no value can make good.
        sentence: what is wrong, for a reader.
    """

    kind: str
    layer: str
    feature_id: int
    place: tuple[float, float]
    judgements: tuple[Judgement, ...]
    out_of_order: bool
    sentence: Text

    @property
    def wrong(self) -> tuple[Judgement, ...]:
        """What is broken, or broken unless a condition holds."""
        return _wrong(self.judgements)

    @property
    def worst(self) -> Verdict | None:
        """The worst verdict; ``None`` where no norm speaks of such an object and it is not out of order."""
        if self.out_of_order:
            return "broken"
        found = {judgement.verdict for judgement in self.judgements}
        return next((verdict for verdict in VERDICTS if verdict in found), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conformity:
    """All objects that were looked at, in the graph's order.

    Attributes:
        held: those that a norm speaks of, or that are out of order; without_norm: how many others there are.
    """

    held: tuple[Held, ...]
    without_norm: int

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """Objects by their worst verdict."""
        counted = Counter(each.worst for each in self.held)
        return {verdict: counted[verdict] for verdict in VERDICTS}

    @property
    def broken(self) -> tuple[Held, ...]:
        """Objects with something broken, worst first: out of order, then broken, then broken unless conditions hold."""
        wrong = [each for each in self.held if each.worst in {"broken", "conditional"}]
        return tuple(sorted(wrong, key=_gravity))


def route_conformity(route: Route, norms: Iterable[Norm]) -> Conformity:
    """Hold the ways of a route, and what stands on it, against norms; each object once."""
    return _conformity(_of_route(route), tuple(norms))


def area_conformity(graph: Graph, index: WayIndex, area: BaseGeometry | None, norms: Iterable[Norm]) -> Conformity:
    """Hold all objects that touch an area against norms.

    Args:
        graph: the network.
        index: of its ways.
        area: in the city's projected system; everywhere, where ``None``.
        norms: those in force.
    """
    rows = tuple(norms)
    return _conformity(_of_area(graph, index, area, rows), rows)


def _gravity(each: Held) -> tuple[bool, int, int]:
    return not each.out_of_order, VERDICTS.index(each.worst or "met"), each.feature_id


_Seen = tuple[str, str, int, tuple[float, float], Mapping[str, Any]]


def _conformity(seen: Iterable[_Seen], norms: tuple[Norm, ...]) -> Conformity:
    held = [_held(each, norms) for each in seen]
    telling = tuple(each for each in held if each.worst is not None)
    return Conformity(held=telling, without_norm=len(held) - len(telling))


def _held(seen: _Seen, norms: tuple[Norm, ...]) -> Held:
    kind, layer, feature_id, place, known = seen
    judgements = judge(kind, known, norms)
    broken = known.get("status") == "out_of_order"
    wrong = [each.norm.statement for each in _wrong(judgements)]
    said = listed([*([_OUT_OF_ORDER] if broken else []), *wrong], " ")
    return Held(
        kind=kind,
        layer=layer,
        feature_id=feature_id,
        place=place,
        judgements=judgements,
        out_of_order=broken,
        sentence=_SENTENCE.filled(object=object_named(kind, feature_id), said=said if said.en else _ALL_WELL),
    )


def _wrong(judgements: Iterable[Judgement]) -> tuple[Judgement, ...]:
    return tuple(each for each in judgements if each.verdict in {"broken", "conditional"})


def _of_route(route: Route) -> Iterator[_Seen]:
    seen: set[int] = set()
    for piece in route.pieces:
        passed: tuple[Piece | Fixture, ...] = (piece, *piece.fixtures)
        for each in passed:
            if each.feature_id not in seen:
                seen.add(each.feature_id)
                course = piece.course
                x, y = (course[-1] if isinstance(each, Fixture) else course[len(course) // 2]).tolist()
                yield each.kind, each.layer, each.feature_id, (x, y), each.attributes


def _of_area(graph: Graph, index: WayIndex, area: BaseGeometry | None, norms: tuple[Norm, ...]) -> Iterator[_Seen]:
    """Yield the objects of an area with as much of what is known as norms ask about."""
    asked = {"status", "kerb", *(norm.attribute for norm in norms), *conditions_of(norms)}
    edges = np.arange(graph.edges) if area is None else np.sort(index.near(graph, area))
    for edge in edges[graph.feature_id[edges] >= 0].tolist():
        course = graph.course(edge)
        x, y = course[len(course) // 2].tolist()
        known = graph.known(edge, asked)
        yield KINDS[int(graph.kind[edge])], graph.layer_of(edge), int(graph.feature_id[edge]), (x, y), known
    for fixture in np.flatnonzero((graph.fixture_id >= 0) & (graph.fixture_node >= 0)).tolist():
        x, y = graph.xy[graph.fixture_node[fixture]].tolist()
        if area is None or area.intersects(Point(x, y)):
            known = graph.known_of_fixture(fixture, asked)
            feature, layer = int(graph.fixture_id[fixture]), graph.layer_of_fixture(fixture)
            yield FIXTURES[int(graph.fixture_kind[fixture])], layer, feature, (x, y), known


_SENTENCE: Final = Text(kk="{object}: {said}", ru="{object}: {said}", en="{object}: {said}")
_OUT_OF_ORDER: Final = Text(kk="Жұмыс істемейді.", ru="Не работает.", en="Out of order.")
_ALL_WELL: Final = Text(
    kk="Белгілі мәндер нормаға қайшы емес.",
    ru="Известные значения не нарушают норм.",
    en="No value that is known breaks a norm.",
)
