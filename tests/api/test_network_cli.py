"""``qala network`` as an operator meets it: facts for programs, exit codes, other days."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from typer.testing import CliRunner, Result

from api.main import app
from tests.cadastres.urban_planning.engineer import Engineer
from tests.registers import Cities


@dataclass(frozen=True)
class Operator:
    """An operator of one city, and the network that lies in it: a source, a valve, a consumer."""

    environment: Mapping[str, str]
    source: int
    valve: int
    lines: tuple[int, int]

    def run(self, *arguments: object) -> Result:
        """Run a verb of ``qala network``."""
        return CliRunner().invoke(app, ["network", *(str(each) for each in arguments)], env=self.environment)

    def told(self, *arguments: object) -> dict[str, object]:
        """Run a verb that must succeed; return what it says to programs."""
        done = self.run(*arguments, "--json")
        assert done.exit_code == 0, done.output
        answer: dict[str, object] = json.loads(done.stdout)
        return answer


@pytest.fixture(scope="module")
def operator(fresh_city: Cities, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """An operator of a copy of Helsinki."""
    with fresh_city.operated(tmp_path_factory.mktemp("city")) as operated:
        engineer = Engineer(operated.city)
        ends = (engineer.node(i * 50, 0, kind) for i, kind in enumerate(("source", "valve", "consumer")))
        source, valve, consumer = ends
        lines = engineer.between(source, valve, day="2018-01-01"), engineer.between(valve, consumer, day="2019-01-01")
        operated.city.register.close()
        yield Operator(operated.environment, source, valve, lines)


def test_traces_are_told_to_programs(operator: Operator) -> None:
    """With ids, counts and lengths; as of other days as well."""
    now = operator.told("trace", operator.source)
    assert (now["lines"], now["length"], now["line_ids"]) == (2, 100.0, sorted(operator.lines))
    then = operator.told("trace", operator.source, "--datetime", "2018-06-01", "--way", "connected")
    assert then["line_ids"] == [operator.lines[0]]
    assert operator.told("cut-off", operator.valve)["consumers"] == 1
    assert operator.told("isolate", operator.lines[1])["to_shut"] == [operator.valve]
    assert "100.0 m" in operator.run("trace", operator.source).output
    assert f"to shut: {operator.valve}" in operator.run("isolate", operator.lines[1]).output


def test_exit_codes(operator: Operator) -> None:
    """3 where there is no such thing, 2 for bad input, 0 where nothing is amiss."""
    assert operator.run("trace", 999_999).exit_code == 3
    assert operator.run("trace", operator.source, "--way", "sideways").exit_code == 2
    assert operator.run("loops", "pneumatic").exit_code == 2
    assert operator.run("loops", "water").exit_code == 0
    assert operator.run("crossings").exit_code == 0


def test_norms_go_in_once(operator: Operator) -> None:
    """Those that come with the engine."""
    first = operator.told("norms", "--act-date", "2015-01-01")
    assert first["entered"] == first["read"]
    assert operator.told("norms", "--act-date", "2015-01-01")["entered"] == 0
