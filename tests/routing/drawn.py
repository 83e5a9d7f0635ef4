"""Graphs drawn at random without a register, with all that is awkward: loops, parallels, islands, points for lines."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st

from gis.instant import Reading
from routing.network import INF, Graph, Turns

LATER: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
READING: Final = Reading(LATER, LATER, 1, live=True, present=True)


def graph_of(xy: Any, ends: Any, kinds: Any = None, **columns: Any) -> Graph:
    """Return a graph of straight edges between numbered nodes; footways, unless ``kinds`` says otherwise."""
    places = np.array(xy, dtype=np.float64).reshape(-1, 2)
    pairs = np.array(ends, dtype=np.int32).reshape(-1, 2)
    count = len(pairs)
    courses = np.column_stack([places[pairs[:, 0]], places[pairs[:, 1]]]).reshape(-1, 2)
    return Graph(
        xy=places,
        lonlat=(places / 100_000).astype(np.float32),
        u=pairs[:, 0].copy(),
        v=pairs[:, 1].copy(),
        length=np.hypot(*(places[pairs[:, 1]] - places[pairs[:, 0]]).T),
        kind=np.array([1] * count if kinds is None else kinds, dtype=np.uint8),
        feature_id=np.arange(1, count + 1, dtype=np.int64),
        attributes={},
        codes={},
        course_offsets=np.arange(0, 2 * count + 1, 2, dtype=np.int64),
        courses=courses,
        reading=READING,
        **columns,
    )


WEIGHTS: Final = st.one_of(st.just(0), st.just(INF), st.integers(0, 30), st.integers(0, 10**6))


@st.composite
def priced_graphs(draw: st.DrawFn, *, streets: bool = False) -> tuple[Graph, Any]:
    """Return a graph and weights of its arcs; ``streets`` makes most edges streets."""
    nodes = draw(st.integers(1, 9))
    xy = draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=nodes, max_size=nodes))
    node = st.integers(0, nodes - 1)
    ends = draw(st.lists(st.tuples(node, node), min_size=0, max_size=18))
    kinds = draw(st.lists(st.sampled_from([0, 0, 0, 1]), min_size=len(ends), max_size=len(ends))) if streets else None
    weights = draw(st.lists(WEIGHTS, min_size=2 * len(ends), max_size=2 * len(ends)))
    return graph_of(xy, ends, kinds), np.array(weights, dtype=np.uint32)


@st.composite
def restricted_graphs(draw: st.DrawFn) -> tuple[Graph, Any]:
    """Return a graph of streets with forbidden turns, and weights of its arcs."""
    graph, weights = draw(priced_graphs(streets=True))
    meeting = [
        (a, b)
        for a in range(2 * graph.edges)
        for b in range(2 * graph.edges)
        if graph.head[a] == graph.tail[b] and graph.kind[a >> 1] == graph.kind[b >> 1] == 0
    ]
    banned = draw(st.lists(st.sampled_from(meeting), max_size=6, unique=True)) if meeting else []
    excepted = draw(st.lists(st.sampled_from([0, 4, 31]), min_size=len(banned), max_size=len(banned)))
    turns = Turns(
        from_arc=np.array([a for a, _ in banned], dtype=np.int32),
        to_arc=np.array([b for _, b in banned], dtype=np.int32),
        except_modes=np.array(excepted, dtype=np.uint8),
        feature_id=np.arange(len(banned), dtype=np.int64),
        hours=(None,) * len(banned),
    )
    return graph.replaced(turns=turns), weights


def cheapest(start: Mapping[Any, int], following: Any) -> dict[Any, int]:
    """Return the cost of reaching everything, by the plainest of searches: look for a cheaper way until there is none.

    ``following`` yields (state, cost) pairs that come after a state.
    """
    best = dict(start)
    waiting = list(best)
    while waiting:
        state = waiting.pop()
        for other, cost in following(state):
            if best[state] + cost < best.get(other, INF):
                best[other] = best[state] + cost
                waiting.append(other)
    return best
