"""Land divided among streets, waters and buildings: exact, complete, inside its quarter."""

import itertools
from collections.abc import Sequence

import pytest
import shapely
from shapely import LineString, MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from data.coast import sea
from data.parcelling import Quarter, city_limit, coverage, parcelled

T = 0.01

STREETS: Sequence[tuple[BaseGeometry, str]] = [
    (LineString([(0, y), (300, y)]), "firstClass" if y in {0, 300} else "fifthClass") for y in (0, 100, 200, 300)
] + [(LineString([(x, 0), (x, 300)]), "firstClass" if x in {0, 300} else "fifthClass") for x in (0, 100, 200, 300)]
BUILDINGS = [
    box(x + 20 + 30 * k, y + 30, x + 40 + 30 * k, y + 55) for x in (0, 100) for y in (0, 100, 200) for k in (0, 1)
]


def divided(
    streets: Sequence[tuple[BaseGeometry, str]] = STREETS,
    buildings: list[Polygon] = BUILDINGS,
    waters: list[BaseGeometry] | None = None,
) -> list[Quarter]:
    """Divide a small town of nine blocks, six of them built on."""
    limit = city_limit([*(line for line, _ in streets), *buildings])
    return parcelled(streets, [], waters or [], buildings, limit)


def plots_of(quarters: list[Quarter]) -> list[Polygon]:
    """Return all plots."""
    return [plot for quarter in quarters for plot in quarter.plots]


def overlapping(areas: list[Polygon]) -> list[tuple[int, int]]:
    """Return by brute force the pairs whose intersection, shrunk by T/2, is not empty."""
    pairs = itertools.combinations(enumerate(areas), 2)
    return [(i, k) for (i, a), (k, b) in pairs if not a.intersection(b).buffer(-T / 2).is_empty]


def test_every_building_gets_the_plot_around_it() -> None:
    """Each building lies within one plot, no plot holds two, and plots don't overlap."""
    plots = plots_of(divided())
    homes = [[i for i, plot in enumerate(plots) if plot.covers(building)] for building in BUILDINGS]
    assert all(len(home) == 1 for home in homes)
    assert len({home[0] for home in homes}) == len(BUILDINGS)
    assert overlapping(plots) == []


def test_place_belongs_to_the_nearest_building() -> None:
    """A place well inside a plot is nearer to the plot's building than to any other of its block."""
    plots = plots_of(divided())
    for building in BUILDINGS:
        plot = next(p for p in plots if p.covers(building))
        corners = [shapely.Point(c) for c in shapely.get_coordinates(plot.buffer(-3))]
        others = [b for b in BUILDINGS if b is not building and b.distance(building) < 20]
        assert all(corner.distance(building) <= min(corner.distance(b) for b in others) for corner in corners)


def test_blocks_without_buildings_are_plots_and_streets_are_not() -> None:
    """An empty block is one plot; no plot reaches into a street's strip."""
    plots = plots_of(divided())
    inner = [p for p in plots if box(204, 104, 292, 196).buffer(0.1).covers(p)]
    assert [round(p.area) for p in inner] == [(88 * 92)]
    assert all(line.distance(p) >= (8 if kind == "firstClass" else 4) - 0.1 for line, kind in STREETS for p in plots)


def test_plots_lie_in_their_quarter_which_main_streets_enclose() -> None:
    """Quarters don't overlap and hold their plots; the box of main streets is one of them."""
    quarters = divided()
    areas = [part for quarter in quarters for part in quarter.area.geoms]
    assert overlapping(areas) == []
    for quarter in quarters:
        assert all(plot.difference(quarter.area).buffer(-T / 2).is_empty for plot in quarter.plots)
    assert any(quarter.area.equals(MultiPolygon([box(0, 0, 300, 300)])) for quarter in quarters)


def test_building_that_reaches_into_the_street_keeps_its_ground() -> None:
    """A building that stands in the strip lies in its plot all the same; one that bridges the street closes none."""
    bridging = box(150, 190, 170, 210)
    plots = plots_of(divided(buildings=[*BUILDINGS[:4], box(120, 102, 140, 125), bridging]))
    assert any(plot.covers(box(120, 102, 140, 125)) for plot in plots)
    assert not any(plot.intersects(LineString([(104, 200), (196, 200)])) for plot in plots)


def test_waters_and_verges_are_no_plots() -> None:
    """No plot lies in a water; a strip of verge between two carriageways is none."""
    pond = box(220, 120, 280, 180)
    twin: list[tuple[BaseGeometry, str]] = [(LineString([(0, 286), (300, 286)]), "fifthClass")]
    plots = plots_of(divided(streets=[*STREETS, *twin], waters=[pond]))
    assert all(plot.intersection(pond).area < 1 for plot in plots)
    assert not any(box(10, 290.2, 290, 291.8).intersects(plot) for plot in plots)


def test_open_country_is_parcelled_only_around_buildings() -> None:
    """In a block of a square kilometre the plot of a lone house ends some metres from it."""
    ring = box(0, 0, 1000, 1000).exterior
    house = box(500, 500, 510, 510)
    plots = plots_of(divided(streets=[(LineString(ring.coords), "firstClass")], buildings=[house]))
    inside = [p for p in plots if p.intersects(house)]
    assert len(inside) == 1
    assert inside[0].area < 110 * 110


def test_same_city_same_bytes() -> None:
    """Dividing twice gives the same plots in the same order, whatever the order of the streets."""
    first, again = divided(), divided(streets=STREETS[::-1])
    assert [shapely.to_wkb(p) for p in plots_of(first)] == [shapely.to_wkb(p) for p in plots_of(divided())]
    assert {shapely.normalize(p).wkt for p in plots_of(first)} == {shapely.normalize(p).wkt for p in plots_of(again)}


def test_coverage_is_exact_and_the_earlier_area_keeps_the_ground() -> None:
    """Of overlapping areas the first keeps the ground; neighbours share their vertices; nothing is lost."""
    areas = [box(0, 0, 10, 10), box(5, 5, 20, 20), box(0.004, 9.996, 5, 20)]
    parts = coverage(areas)
    assert shapely.coverage_is_valid(parts)
    assert parts[0].equals(areas[0])
    assert shapely.union_all(parts).area == pytest.approx(shapely.union_all(areas).area, abs=0.5)


def test_coverage_fills_what_it_is_to_fill() -> None:
    """Gaps go to the nearest area, and what hangs over is cut off."""
    whole = box(0, 0, 10, 10)
    parts = coverage([box(0, 0, 4.9, 10), box(5.1, 0, 12, 10)], within=whole)
    assert shapely.coverage_is_valid(parts)
    assert shapely.union_all(parts).equals(whole)


@pytest.mark.parametrize("northward", [True, False])
def test_sea_is_on_the_right_of_the_shore(northward: bool) -> None:
    """The side on which the sea lies is told by the line's direction alone."""
    limit = box(0, 0, 100, 100)
    points = [(50.0, -5.0), (55.0, 50.0), (50.0, 95.0)]
    shore = LineString(points if northward else points[::-1])
    found = sea([shore], limit)
    assert found.contains(shapely.Point(90, 50)) is northward
    assert found.contains(shapely.Point(10, 50)) is not northward


def test_island_is_no_sea_and_a_city_inland_has_none() -> None:
    """A closed shore with the water on its right is an island; without shores there is no sea."""
    limit = box(0, 0, 100, 100)
    island = LineString(shapely.orient_polygons(box(40, 40, 60, 60)).exterior.coords)
    found = sea([island], limit)
    assert found.contains(shapely.Point(10, 10))
    assert not found.contains(shapely.Point(50, 50))
    assert sea([], limit).is_empty
