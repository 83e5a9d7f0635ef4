"""``qala streets`` and ``qala export network`` as an operator meets them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import networkx as nx
import osmnx
import pytest
from typer.testing import CliRunner, Result

from api.main import app
from tests.cadastres.urban_planning.surveyor import Surveyor
from tests.registers import Cities

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def run(fresh_city: Cities, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Run verbs of ``qala`` over a city of two streets."""
    with fresh_city.operated(tmp_path_factory.mktemp("city")) as operated:
        surveyor = Surveyor(operated.city)
        surveyor.street((0, 0), (50, 0), max_speed=40.0)
        surveyor.street((50, 0), (50, 40))
        operated.city.register.close()
        yield lambda *arguments: CliRunner().invoke(app, [str(each) for each in arguments], env=operated.environment)


def test_norms_are_entered_once(run: Run) -> None:
    """The second time all are known."""
    first, second = (json.loads(run("streets", "norms", "--json").stdout) for _ in range(2))
    assert first["entered"] == first["read"] == second["known"] > 20


def test_the_graph_is_taken_away(run: Run, tmp_path: Path) -> None:
    """As of a day, for networkx and for osmnx, which computes times from it."""
    plain, other = tmp_path / "city.graphml", tmp_path / "osmnx.graphml"
    told = json.loads(run("export", "network", plain, "--json").stdout)
    assert (told["nodes"], told["edges"]) == (3, 2)
    assert nx.read_graphml(plain).number_of_edges() == 2
    assert run("export", "network", other, "--to", "osmnx").exit_code == 0
    timed = osmnx.add_edge_travel_times(osmnx.add_edge_speeds(osmnx.load_graphml(other)))
    assert min(data["travel_time"] for _, _, data in timed.edges(data=True)) == pytest.approx(3.6, abs=0.01)
    before = run("export", "network", plain, "--datetime", "2015-01-01")
    assert before.exit_code != 0
    assert "no ways are on record" in " ".join(before.output.split())
    refused = run("export", "network", tmp_path / "city.shp")
    assert refused.exit_code != 0
    assert "graphml" in refused.output
