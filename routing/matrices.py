"""What getting from each of many places to each of many costs, in blocks of rows however many there are.

Costs are what the metric minimises [ms]. Two places on one way are joined along it too.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from gis.errors import BadRequest, TooLarge
from gis.text import Text
from routing.metric import Metric
from routing.network import INF, Graph
from routing.route import Snapped
from routing.snapping import along_edge, spots, terminals

Costs = npt.NDArray[np.uint32]

AT_ONCE: Final = 1_000_000
"""Pairs of one block; a larger matrix comes in several."""

MOST_PLACES: Final = 10_000
"""Places on either side, so that there are at most 10⁸ pairs."""


class EmptyMatrix(BadRequest):
    """No sources or no targets."""

    code = "empty-matrix"


class MatrixTooLarge(TooLarge):
    """More places than a matrix may have."""

    code = "matrix-too-large"


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some rows of a matrix.

    Attributes:
        first: place of the first row among the sources.
        costs: [ms], :data:`~routing.network.INF` where no way leads; shape (rows, targets).
    """

    first: int
    costs: Costs

    def seconds(self) -> list[list[float | None]]:
        """Return the rows in seconds, ``None`` where no way leads."""
        rows: list[list[float | None]] = np.where(self.costs < INF, self.costs / 1000.0, np.nan).tolist()
        return [[None if each != each else each for each in row] for row in rows]  # noqa: PLR0124 - NaN


def matrix(
    graph: Graph, metric: Metric, sources: Sequence[Snapped], targets: Sequence[Snapped], at_once: int = AT_ONCE
) -> Iterator[Block]:
    """Return the matrix in blocks of whole rows; memory depends on ``at_once`` alone, but for one row at least.

    Raises:
        EmptyMatrix: no sources or no targets.
        MatrixTooLarge: more than :data:`MOST_PLACES` of either.
    """
    for places in (sources, targets):
        if len(places) > MOST_PLACES:
            raise MatrixTooLarge(_TOO_LARGE.filled(most=MOST_PLACES, given=len(places)), most=MOST_PLACES)
    if not sources or not targets:
        raise EmptyMatrix(_EMPTY)
    return _blocks(graph, metric, sources, targets, max(at_once // len(targets), 1))


def _blocks(
    graph: Graph, metric: Metric, sources: Sequence[Snapped], targets: Sequence[Snapped], rows: int
) -> Iterator[Block]:
    for first in range(0, len(sources), rows):
        yield Block(first, costs_between(graph, metric, sources[first : first + rows], targets))


def costs_between(graph: Graph, metric: Metric, sources: Sequence[Snapped], targets: Sequence[Snapped]) -> Costs:
    """Return what getting from each source to each target costs [ms], INF where no way leads; all at once."""
    costs = metric.matrix(
        [terminals(graph, metric, place) for place in sources],
        [terminals(graph, metric, place, reverse=True) for place in targets],
    )
    on_edge = defaultdict(list)
    for column, target in enumerate(targets):
        for edge in {spot.edge for spot in spots(target, reverse=True)}:
            on_edge[edge].append((column, target))
    for row, source in enumerate(sources):
        for edge in {spot.edge for spot in spots(source)}:
            for column, target in on_edge.get(edge, ()):
                direct = along_edge(metric, source, target)
                if direct is not None:
                    costs[row, column] = min(int(costs[row, column]), direct.cost)
    return costs


_EMPTY = Text(
    kk="Матрица үшін кемінде бір бастапқы және бір соңғы нүкте керек.",
    ru="Для матрицы нужны хотя бы одна начальная и одна конечная точки.",
    en="A matrix needs at least one source and one target.",
)
_TOO_LARGE = Text(
    kk="Матрицада бір жағынан ең көбі {most} нүкте болады, {given} берілді: оларды бөліп сұраңыз.",
    ru="В матрице не больше {most} точек с каждой стороны, дано: {given}; запросите её по частям.",
    en="A matrix has at most {most} places on either side, {given} were given: ask for it in parts.",
)
