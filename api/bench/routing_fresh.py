"""How long a change that was recorded waits until every answer counts it, while others ask without pause."""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from api.bench.estate import act_of
from api.bench.routing_rivals import Searched
from cadastres.urban_planning.street_verbs import Alter, ChangeStreets
from gis.errors import QalaError, Unavailable
from routing.metric import Terminal
from routing.network import INF, KINDS, Graph
from routing.presets import PRESETS
from routing.router import Router

CLIENTS: Final = 8
PATIENCE: Final = 30.0

ASKERS: Final = ("foot", "wheelchair-manual", "wheelchair-electric", "pushchair", "low-vision", "blind")
"""Standard profiles for which clients ask in turn."""


@dataclass
class Freshness:
    """A router that is asked by eight threads while a way is closed to walkers, and opened again."""

    router: Router
    graph: Graph
    moment: datetime

    def measure(self, searched: Searched) -> float:
        """Return the time [ms] from the end of the recording until the first answer that counts it."""
        stop = threading.Event()
        clients = [threading.Thread(target=self._ask, args=(searched, n, stop), daemon=True) for n in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            return self._closed(self._edge(searched))
        finally:
            stop.set()
            for client in clients:
                client.join()

    def _ask(self, searched: Searched, first: int, stop: threading.Event) -> None:
        number, profile = first, PRESETS[ASKERS[first % len(ASKERS)]]
        while not stop.is_set():
            source, target = searched.pairs[number % len(searched.pairs)].tolist()
            graph = self.router.graph()
            metric = self.router.metric(graph, profile, self.moment)
            metric.path([Terminal(source)], [Terminal(target)])
            number += CLIENTS

    def _edge(self, searched: Searched) -> int:
        """Return an edge in the middle of a way."""
        source, target = searched.pairs[0].tolist()
        graph = self.router.graph()
        metric = self.router.metric(graph, PRESETS["foot"], self.moment)
        found = metric.path([Terminal(source)], [Terminal(target)])
        if found is None:
            raise Unavailable("the pair of places is joined no more: build the bench's city anew")
        return int(found.arcs[len(found.arcs) // 2]) >> 1

    def _closed(self, edge: int) -> float:
        self._record(edge, "no")
        begun = time.perf_counter()
        try:
            while not self._counts(edge):
                if time.perf_counter() - begun > PATIENCE:
                    raise Unavailable("a recorded change isn't counted in routes")
            return (time.perf_counter() - begun) * 1000
        finally:
            self._record(edge, None)

    def _record(self, edge: int, foot: str | None) -> None:
        register = self.router.register
        layer = self.router.streets.lines[KINDS[int(self.graph.kind[edge])]]
        change = Alter(layer=layer, feature=int(self.graph.feature_id[edge]), attributes={"foot": foot})
        yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
        try:
            register.perform(ChangeStreets(changes=(change,)), act_of(register.profile, yesterday, "registrar"))
        except QalaError as refused:
            raise Unavailable(f"the bench's change was refused: {refused}") from refused

    def _counts(self, edge: int) -> bool:
        graph = self.router.graph()
        metric = self.router.metric(graph, PRESETS["foot"], self.moment)
        return bool(metric.weights[2 * edge] >= INF)
