"""``land.parcel.split-partitions``: the parts of a split make up the parent, no more and no less."""

import pytest
import shapely
from shapely import Polygon

from cadastres.land.verbs import NotDivided, Part, Split
from gis.errors import BadRequest
from tests.cadastres.land.registrar import QUARTER, Registrar, box, line

RULE = "land.parcel.split-partitions"


def _into(parcel: int, *areas: Polygon) -> Split:
    return Split(parcel=parcel, quarter=QUARTER, parts=tuple(Part(geometry=area) for area in areas))


def test_a_line_makes_children_that_share_their_vertices(registrar: Registrar) -> None:
    """The children's union is the parent, and where they meet their vertices are identical."""
    parent = registrar.form(box(0, 0, 40, 40))
    one, other = registrar.split(parent, line((15, -5), (25, 20), (15, 45)))
    areas = [registrar.area(i, "2018-01-01") for i in (one, other)]
    assert (
        shapely.union_all(areas)
        .normalize()
        .equals_exact(shapely.union_all([box(0, 0, 40, 40), *areas]).normalize(), 1e-9)
    )
    assert shapely.coverage_is_valid(areas)


def test_children_get_new_numbers_and_the_parent_is_abolished(registrar: Registrar) -> None:
    """Numbers go on in series; the parent stands until the day of the act and no longer."""
    parent = registrar.form(box(0, 0, 40, 40))
    children = registrar.split(parent, line((20, -1), (20, 41)), "2018-01-01")
    assert [registrar.said(i, "2018-01-01")["cadastral_number"] for i in children] == ["91001001002", "91001001003"]
    assert registrar.said(parent, "2017-12-31")["cadastral_number"] == "91001001001"
    assert registrar.said(parent, "2018-01-01") == {}


def test_a_split_never_makes_a_version_of_a_neighbour(registrar: Registrar) -> None:
    """The neighbour, on whose boundary the cut ends, keeps its one version."""
    parent, neighbour = registrar.form(box(0, 0, 40, 40)), registrar.form(box(40, 0, 80, 40))
    registrar.split(parent, line((0, 20), (40, 20)))
    assert [v.version for v in registrar.timeline(neighbour)] == [1]


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param((box(0, 0, 20, 40), box(20.02, 0, 40, 40)), id="gap"),
        pytest.param((box(0, 0, 20, 40), box(19.98, 0, 40, 40)), id="overlap"),
        pytest.param((box(0, 0, 20, 40), box(20, 0, 40.02, 40)), id="beyond the parent"),
        pytest.param((box(0, 0, 20, 40), box(20, 0, 40, 39.9)), id="short of the parent"),
    ],
)
def test_parts_that_do_not_make_up_the_parent_are_refused(registrar: Registrar, parts: tuple[Polygon, ...]) -> None:
    """What deviates by more than the tolerance is refused."""
    parent = registrar.form(box(0, 0, 40, 40))
    assert RULE in registrar.broken(_into(parent, *parts), "2018-01-01")


def test_parts_within_the_tolerance_are_drawn_together(registrar: Registrar) -> None:
    """Surveyed parts that miss the parent and each other by millimetres end up sharing vertices."""
    parent = registrar.form(box(0, 0, 40, 40))
    registrar.perform(_into(parent, box(0.004, 0.003, 20, 40.005), box(20.006, -0.004, 39.995, 40)), "2018-01-01")
    areas = [registrar.area(i, "2018-01-01") for i in (parent + 1, parent + 2)]
    assert shapely.coverage_is_valid(areas)
    assert shapely.union_all(areas).equals(box(0, 0, 40, 40))


def test_a_line_that_does_not_cross_divides_nothing(registrar: Registrar) -> None:
    """A line that ends inside, runs along the edge or misses the parcel is refused with the parcel's number."""
    parent = registrar.form(box(0, 0, 40, 40))
    for cut in (line((20, -1), (20, 20)), line((0, 0), (40, 0)), line((50, 0), (50, 40))):
        with pytest.raises(NotDivided, match="91-001-001-001"):
            registrar.perform(Split(parcel=parent, quarter=QUARTER, line=cut), "2018-01-01")


def test_a_line_millimetres_short_is_drawn_to_the_boundary(registrar: Registrar) -> None:
    """Ends within the tolerance of the boundary reach it; no sliver is left."""
    parent = registrar.form(box(0, 0, 40, 40))
    children = registrar.split(parent, line((20, 0.006), (20.004, 39.993)))
    assert sorted(round(registrar.area(i, "2018-01-01").area) for i in children) == [800, 800]


def test_only_what_is_in_force_is_split(registrar: Registrar) -> None:
    """A parcel that has ended, or has not begun, can't be split on that day."""
    parent = registrar.form(box(0, 0, 40, 40), "2016-01-01")
    with pytest.raises(BadRequest, match="not in force"):
        registrar.split(parent, line((20, -1), (20, 41)), "2015-06-01")
