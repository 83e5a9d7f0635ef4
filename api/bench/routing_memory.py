"""Run as a process of its own: reads streets, makes metrics of eight profiles, prints the memory it took [MB]."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from api.bench.memory import peak
from api.bench.routing_city import RawCity
from data.catalogue import STREETS
from routing.metric import Terminal
from routing.presets import PRESETS
from routing.router import Router

PROFILES = 8


def main(extract: Path, home: Path) -> None:
    """Do it; the cluster must be running."""
    city = RawCity.of(extract, home)
    router, moment = Router(city.register, STREETS), datetime.now(UTC)
    graph = router.graph()
    for name in list(PRESETS)[:PROFILES]:
        metric = router.metric(graph, PRESETS[name], moment)
        metric.reach([Terminal(0)])
    router.kept(graph).settled(600.0)
    router.index(graph)
    print(peak())  # noqa: T201 - its answer
    city.register.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
