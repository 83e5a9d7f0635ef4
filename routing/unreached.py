"""Why no way leads from one place to another, and the nearest point to which one does."""

from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis.errors import QalaError
from gis.text import Text
from routing.metric import Metric
from routing.network import INF, Graph
from routing.route import Snapped
from routing.skeleton import Weights
from routing.snapping import passable, terminals

Why = Literal["apart", "barred", "one-way"]
"""No ways of the map join the places at all; those that do aren't passed; they are passed the other way only."""


class Unreachable(QalaError):
    """No way leads there; ``data`` tells why and the nearest point that is reached."""

    code = "unreachable"
    status = 422


def unreachable(graph: Graph, metric: Metric, start: Snapped, end: Snapped) -> Unreachable:
    """Return the refusal."""
    reached = metric.reach(terminals(graph, metric, start)) < INF
    why = _why(graph, metric.weights, start, end)
    if why == "one-way" and not metric.approach.joined:
        why = "barred"  # who walks is kept from one direction by his limits, as uphill, not by traffic
    data = {"why": why, "reached": round(float(reached.mean()), 4) if graph.nodes else 0.0}
    nearest = _nearest(graph, reached, end)
    if nearest is None:
        return Unreachable(_TEXTS[why].filled(near=_NOWHERE), **data)
    place, away = nearest
    near = _NEAR.filled(away=round(away))
    return Unreachable(_TEXTS[why].filled(near=near), nearest=list(place), away=round(away, 1), **data)


def _nearest(graph: Graph, reached: npt.NDArray[np.bool_], end: Snapped) -> tuple[tuple[float, float], float] | None:
    nodes = np.flatnonzero(reached)
    if not len(nodes):
        return None
    away = np.hypot(*(graph.xy[nodes] - np.array(end.asked)).T)
    best = int(np.argmin(away))
    x, y = graph.xy[nodes[best]].tolist()
    return (x, y), float(away[best])


def _why(graph: Graph, weights: Weights, start: Snapped, end: Snapped) -> Why:
    """Tell by what alone the places would be joined: any way of the map, or any that is passed one way or the other."""
    passed = passable(weights)
    for why, edges in (("apart", graph.feature_id >= 0), ("barred", passed)):
        if not _joined(graph, edges, int(graph.u[start.edge]), int(graph.u[end.edge])):
            return "apart" if why == "apart" else "barred"
    return "one-way"


def _joined(graph: Graph, edges: npt.NDArray[np.bool_], one: int, other: int) -> bool:
    ends = (graph.u[edges], graph.v[edges])
    links = coo_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=(graph.nodes, graph.nodes))
    _, group = connected_components(links.tocsr(), directed=False)
    return bool(group[one] == group[other])


_NEAR = Text(
    kk="Жетуге болатын ең жақын нүктеден барар жерге дейін {away} м.",
    ru="От ближайшей достижимой точки до цели {away} м.",
    en="The nearest point that is reached is {away} m from the destination.",
)
_NOWHERE = Text(
    kk="Бастапқы орыннан ешқайда шығуға болмайды; басқа жерден бастаңыз.",
    ru="От начальной точки нет пути никуда; начните в другом месте.",
    en="No way leads anywhere from the start; begin elsewhere.",
)
_TEXTS: Final[dict[Why, Text]] = {
    "apart": Text(
        kk="Бұл екі орынды картадағы жолдар жалғастырмайды. {near}",
        ru="Эти два места не соединены никакими путями карты. {near}",
        en="No ways of the map join these two places. {near}",
    ),
    "barred": Text(
        kk="Бұл екі орынның арасындағы барлық жолда сіз өте алмайтын бөлік бар. {near}",
        ru="На всех путях между этими местами есть участки, по которым вам не пройти. {near}",
        en="All ways between these two places have parts that you can't pass. {near}",
    ),
    "one-way": Text(
        kk="Бұл жерге апаратын жолдармен тек кері бағытта жүруге болады. {near}",
        ru="По путям, ведущим туда, можно двигаться только в обратном направлении. {near}",
        en="The ways that lead there may be passed only in the other direction. {near}",
    ),
}
