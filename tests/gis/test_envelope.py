"""The buildable envelope against a brute-force raster: each cell asked by itself, by distances and signs alone."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point, Polygon, box

from gis.envelope import Barred, Ceiling, Envelope, Setback, Side, SidedLine, edges, envelope

T = 0.01
CELL = 1.0

Forbids = Callable[[Point], bool]


@dataclass
class World:
    """Random restrictions on one parcel, as the envelope takes them and as a cell asks about them."""

    ground: Polygon
    barred: list[Barred[str]] = field(default_factory=list)
    lines: list[SidedLine[str]] = field(default_factory=list)
    setbacks: list[Setback[str]] = field(default_factory=list)
    ceilings: list[Ceiling[str]] = field(default_factory=list)
    forbids: list[Forbids] = field(default_factory=list)

    def envelope(self) -> Envelope[str]:
        """Ask the engine."""
        return envelope(
            self.ground,
            barred=self.barred,
            lines=self.lines,
            setbacks=self.setbacks,
            ceilings=self.ceilings,
            tolerance=T,
        )

    def height(self, place: Point) -> float | None:
        """Return how high one may build at a point, by asking each restriction; -1 where one may not."""
        if not self.ground.contains(place) or any(forbids(place) for forbids in self.forbids):
            return -1.0
        return min((c.height for c in self.ceilings if c.area.contains(place)), default=None)


def convex(draw: st.DrawFn) -> Polygon:
    """Draw a convex parcel some 40 metres wide."""
    angles = sorted(draw(st.lists(st.integers(0, 71), min_size=3, max_size=8, unique=True)))
    points = [(25 + 20 * math.cos(a * math.pi / 36), 25 + 20 * math.sin(a * math.pi / 36)) for a in angles]
    return Polygon(points)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a parcel with areas, lines that cross it whole, setbacks and ceilings."""
    world = World(convex(draw))
    numbers = st.integers(0, 50)
    for i in range(draw(st.integers(0, 3))):
        x, y = draw(numbers), draw(numbers)
        area = Point(x, y).buffer(draw(st.integers(2, 12)))
        world.barred.append(Barred(f"area {i}", area))
        world.forbids.append(area.contains)
    for i in range(draw(st.integers(0, 2))):
        crossing(draw, world, i)
    for i in range(draw(st.integers(0, 2))):
        ring = world.ground.exterior.coords
        k = draw(st.integers(0, len(ring) - 2))
        edge, distance = LineString(ring[k : k + 2]), draw(st.integers(1, 8))
        within = box(0, 0, draw(numbers), 50)
        world.setbacks.append(Setback(f"setback {i}", edge, float(distance), within))
        world.forbids.append(lambda p, e=edge, d=distance, w=within: e.distance(p) < d and w.contains(p))  # type: ignore[misc]
    for i in range(draw(st.integers(0, 3))):
        left, low = draw(numbers), draw(numbers)
        world.ceilings.append(
            Ceiling(f"ceiling {i}", box(left, low, left + 20, low + 20), float(draw(st.integers(3, 40))))
        )
    return world


def bent(draw: st.DrawFn, world: World) -> None:
    """Add a bent line that crosses everything from west to east: below it is its right, whatever the parcel's shape."""
    east = np.array([-60.0, *range(0, 51, 10), 110.0])
    north = np.array([float(draw(st.integers(5, 45))) for _ in east])
    side: Side = draw(st.sampled_from(("left", "right")))
    world.lines.append(SidedLine("bent", LineString(np.column_stack((east, north))), side))

    def behind(p: Point) -> bool:
        level = float(np.interp(p.x, east, north))
        return bool(p.y < level) if side == "left" else bool(p.y > level)

    if world.ground.buffer(-T / 2).intersects(world.lines[-1].line):
        world.forbids.append(behind)


@st.composite
def notched(draw: st.DrawFn) -> World:
    """Draw a parcel out of which a corner or a bay is cut, with a bent line across it."""
    x, y, side = draw(st.integers(5, 40)), draw(st.integers(5, 40)), draw(st.integers(3, 20))
    parts = shapely.get_parts(convex(draw).difference(box(x, y, x + side, y + side))).tolist()
    world = World(max(parts, key=lambda part: part.area, default=box(0, 0, 50, 50)))
    bent(draw, world)
    return world


def crossing(draw: st.DrawFn, world: World, i: int) -> None:
    """Add a straight line across everything; its barred side is told by the sign of a cross product."""
    angle = draw(st.integers(0, 359)) * math.pi / 180
    middle = np.array((draw(st.integers(10, 40)), draw(st.integers(10, 40))), float)
    along = np.array((math.cos(angle), math.sin(angle)))
    a, b = middle - 100 * along, middle + 100 * along
    side: Side = draw(st.sampled_from(("left", "right")))
    world.lines.append(SidedLine(f"line {i}", LineString([a, middle, b]), side))

    def behind(p: Point) -> bool:
        cross = along[0] * (p.y - middle[1]) - along[1] * (p.x - middle[0])
        return bool(cross < 0) if side == "left" else bool(cross > 0)

    if world.ground.buffer(-T / 2).intersects(world.lines[-1].line):
        world.forbids.append(behind)


def cells() -> Sequence[Point]:
    """Return the middles of all cells of the raster."""
    steps = np.arange(CELL / 2, 50, CELL) + 1e-4
    return [Point(x, y) for x in steps for y in steps]


CELLS = cells()


@given(st.one_of(worlds(), notched()))
def test_the_envelope_equals_a_raster_within_its_cell(world: World) -> None:
    """Each cell is free, and as high, as its own questions say, unless a boundary runs through it."""
    found = world.envelope()
    borders = shapely.union_all([world.ground.boundary, *(b.area.boundary for b in found.blocks)])
    clear = [p for p in CELLS if world.ground.contains(p) and p.distance(borders) > CELL]
    for place in clear:
        block = next((b for b in found.blocks if b.area.contains(place)), None)
        assert (-1.0 if block is None else block.height) == world.height(place), place
    expected = sum(CELL**2 for p in CELLS if world.height(p) != -1.0)
    assert found.area == pytest.approx(expected, abs=borders.length * CELL + CELL**2)


@given(worlds())
def test_blocks_and_what_is_taken_make_up_the_ground(world: World) -> None:
    """Nothing is lost: blocks don't overlap, and with what was taken they cover the parcel."""
    found = world.envelope()
    blocks = shapely.union_all([b.area for b in found.blocks])
    assert blocks.area == pytest.approx(found.area, abs=1e-6)
    whole = shapely.union_all([blocks, *(t.area for t in found.taken)])
    assert whole.symmetric_difference(world.ground).buffer(-T).is_empty
    for taken in found.taken:
        others = shapely.union_all([t.area for t in found.taken if t is not taken])
        assert taken.alone == pytest.approx(taken.area.difference(others).area, abs=1e-6)


def test_a_line_that_ends_inside_is_prolonged() -> None:
    """A building line that stops short of the parcel's edge bars the whole strip behind it."""
    short = MultiLineString([LineString([(-5, 4), (6, 4)]), LineString([(6, 4), (12, 4)])])
    found = envelope(box(0, 0, 20, 30), lines=[SidedLine("line", short, "left")], tolerance=T)
    assert [b.area.equals(box(0, 4, 20, 30)) for b in found.blocks] == [True]
    assert [(t.cause, t.area.area, t.alone) for t in found.taken] == [("line", 80.0, 80.0)]


def test_a_line_around_a_corner_bars_both_strips() -> None:
    """A corner parcel keeps what lies inside the bend; seen from the other side it keeps the strips."""
    bend = LineString([(-10, 5), (15, 5), (15, 40)])
    inside = envelope(box(0, 0, 20, 30), lines=[SidedLine("line", bend, "left")], tolerance=T)
    assert inside.area == pytest.approx(15 * 25)
    outside = envelope(box(0, 0, 20, 30), lines=[SidedLine("line", bend, "right")], tolerance=T)
    assert outside.area == pytest.approx(600 - 15 * 25)


def test_a_line_on_the_edge_takes_nothing() -> None:
    """A red line drawn along the parcel's edge, or a finger's breadth inside, bars nothing of it."""
    for y in (0.0, -3.0, 0.004):
        line = SidedLine("red", LineString([(-10, y), (30, y)]), "right")
        assert envelope(box(0, 0, 20, 30), lines=[line], tolerance=T).area == pytest.approx(600.0)


def test_edges_by_kind() -> None:
    """Front on the street, rear opposite, sides between; stubs around the neighbours' corners are front."""
    ground = box(0, 0, 20, 30)
    around = [box(-20, 0, 0, 30), box(20.1, 0, 40, 30), box(-20, 30, 40, 60)]
    found = edges(ground, around, 0.25)
    assert found["front"].equals(LineString([(0, 0), (20, 0)]))
    assert found["rear"].equals(LineString([(0, 30), (20, 30)]))
    assert found["side"].length == pytest.approx(60.0)


def test_a_corner_parcel_has_two_fronts_and_no_rear() -> None:
    """With streets on two sides the other two are sides."""
    found = edges(box(0, 0, 20, 30), [box(-20, 0, 0, 30), box(0, 30, 20, 60)], 0.25)
    assert found["front"].length == pytest.approx(50.0)
    assert found["side"].length == pytest.approx(50.0)
    assert found["rear"].is_empty


def test_a_parcel_among_neighbours_has_sides_alone() -> None:
    """Landlocked: nothing is front, so nothing is rear."""
    found = edges(box(0, 0, 20, 30), [box(-20, -20, 40, 60).difference(box(0, 0, 20, 30))], 0.25)
    assert found["front"].is_empty
    assert found["rear"].is_empty
    assert found["side"].length == pytest.approx(100.0)
