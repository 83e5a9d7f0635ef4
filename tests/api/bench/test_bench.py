"""The bench's own parts: its city is sound, its verdicts follow the rule, its statements reach pgbench as they are."""

import shapely
from rich.console import Console

from api.bench.load import Statement
from api.bench.parcels import net_around, parcels
from api.bench.table import Line, Result, Target, run


def test_the_made_up_city_is_a_clean_coverage() -> None:
    """Parcels are valid, share every vertex with their neighbours, and are the same each time."""
    net = net_around((25_500_000.0, 6_672_000.0), 700)
    areas = parcels(net)
    assert len(areas) == 700
    assert bool(shapely.is_valid(areas).all())
    assert bool(shapely.coverage_is_valid(areas))
    assert {len(area.exterior.coords) for area in areas} == {13}
    assert bool(shapely.equals_exact(areas, parcels(net), 0.0).all())
    whole = shapely.coverage_union_all(areas)
    assert whole.geom_type == "Polygon"
    assert shapely.get_num_interior_rings(whole) == 0


def test_quarters_number_their_parcels_once() -> None:
    """No two parcels of a quarter have one serial."""
    quarter, serial = net_around((0.0, 0.0), 5000).numbering
    assert len(set(zip(quarter.tolist(), serial.tolist(), strict=True))) == 5000
    assert serial.min() == 1
    assert serial.max() == 900


def test_a_target_counts_against_the_best_of_the_others() -> None:
    """A floor is held against the fastest rival, a ceiling against the cheapest."""
    rates = {"qala": 100.0, "tipg": 4.0, "pygeoapi": 8.0}
    faster = Target(("tipg", "pygeoapi"), 18)
    assert faster.ratio(100.0, rates) == 12.5
    assert not faster.met(12.5)
    assert faster.met(18.0)
    dearer = Target(("a", "b"), 1.25, at_least=False)
    assert dearer.ratio(5.0, {"a": 4.0, "b": 10.0}) == 1.25
    assert dearer.met(1.25)
    assert not dearer.met(1.26)


def test_contenders_take_turns_and_the_median_counts() -> None:
    """Rounds alternate, so that a busy minute strikes all alike."""
    order: list[str] = []

    def measure(name: str, values: list[float]) -> float:
        order.append(name)
        return values.pop(0)

    ours, theirs = [30.0, 10.0, 20.0], [1.0, 2.0, 9.0]
    line = Line(
        name="work",
        contenders={"qala": lambda: measure("qala", ours), "other": lambda: measure("other", theirs)},
        targets=(Target(("other",), 10),),
        rounds=3,
        bound=("MB", lambda: 59.0, 60),
    )
    (result,) = run([line], Console(quiet=True).print)
    assert order == ["qala", "other"] * 3
    assert result.figures == {"qala": 20.0, "other": 2.0}
    assert [met for _, _, met in result.verdicts] == [True, True]
    assert not Result(line, {"qala": 19.0, "other": 2.0}, 61.0).verdicts[1][2]


def test_statements_reach_pgbench_as_they_are() -> None:
    """Drawn values become variables, fixed ones typed literals; a colon inside a string is no variable."""
    text = "SELECT 'urn:x:' || '50%%' FROM t WHERE a = %(at)s AND b < %(when)s"
    script = Statement("dbname=x", text, {"when": ("2020-01-01", "date")}, {"at": "random(1, 9)"})._script()
    assert script.splitlines()[0] == r"\set at random(1, 9)"
    assert "a = :at AND b < '2020-01-01'::date" in script
    assert "'urn' || chr(58) || 'x' || chr(58) || '' || '50%'" in script
