"""A router over streets drawn as plain rows, which tells what its graph says instead of reading the register."""

from collections.abc import Mapping

from data.catalogue import STREETS
from routing.hours import Clock
from routing.network import Graph
from routing.router import Router


class PlainRouter(Router):
    """Answers about any graph that it is handed."""

    def __init__(self, clock: Clock) -> None:
        """Take up a clock; there is no register."""
        self.clock, self.streets, self._background = clock, STREETS, False

    def _told(self, graph: Graph, ids: list[int]) -> dict[int, Mapping[str, object]]:
        return {
            each: graph.known(graph.edge_of[each])
            if each in graph.edge_of
            else graph.known_of_fixture(graph.fixture_of[each])
            for each in ids
        }
