"""The verbs as pure functions: whatever is cut, joined or moved, land and official areas stay what they were."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon
from shapely.affinity import rotate

from cadastres.land import partition, verbs
from cadastres.land.model import PARCEL
from cadastres.land.story import LaterChange
from data.profiles import find
from gis.act import Act, Case, Needs, Outcome, Source
from gis.errors import BadRequest
from gis.profile import CityProfile
from gis.record import Period, Version, rewritten

PROFILE: CityProfile = find("almaty")
QUARTER = "20315094"
PLACE = (652_000.0, 4_789_000.0)
DAY = date(2024, 3, 1)
EVE = date(2024, 2, 29)


def _act(day: date = DAY) -> Act:
    source = Source(kind="akimat-decision", number="1", acceptance=day, submission=day, recordation=day)
    return Act(actor="a", role="registrar", reason="r", source=source, valid_from=PROFILE.midnight(day))


def _version(feature_id: int, area: Polygon, since: date = date(2020, 1, 1), **said: Any) -> Version:
    attributes = {**verbs.complete(PARCEL, {}), "cadastral_number": f"{QUARTER}{feature_id:03d}", **said}
    return Version(feature_id, Period(PROFILE.midnight(since), None), area, attributes)


def _case(*versions: Version, act: Act | None = None) -> Case:
    timelines: dict[int, tuple[Version, ...]] = {}
    for version in versions:
        timelines[version.feature_id] = (*timelines.get(version.feature_id, ()), version)
    issued = sorted({str(v.attributes["cadastral_number"]) for v in versions}, key=lambda n: (len(n), n))
    return Case(act or _act(), PROFILE, {PARCEL.name: timelines}, {verbs.series(QUARTER): issued})


def _children(outcome: Outcome) -> list[Polygon]:
    return [
        Polygon(w.geometry) if isinstance(w.geometry, Polygon) else Polygon() for w in outcome.writes if not w.abolished
    ]


@st.composite
def stars(draw: st.DrawFn) -> Polygon:
    """Draw a star-shaped polygon of 3 to 12 corners, 5 to 60 metres from its middle, anywhere near a city's origin."""
    angles = np.sort(draw(st.lists(st.floats(0, 2 * np.pi), min_size=3, max_size=12, unique_by=lambda a: round(a, 2))))
    radii = draw(st.lists(st.floats(5, 60), min_size=len(angles), max_size=len(angles)))
    ring = [(PLACE[0] + r * np.cos(a), PLACE[1] + r * np.sin(a)) for a, r in zip(angles, radii, strict=True)]
    area = Polygon(ring)
    assume(area.is_valid and area.area > 1 and not partition.is_thin(area, 1.0))
    return area


cuts = st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(-0.008, 0.008), st.floats(-0.008, 0.008))


def _cut(area: Polygon, drawn: tuple[float, float, float, float]) -> LineString:
    """Return a line between two places of the boundary, missing it by millimetres."""
    first, last, dx, dy = drawn
    ends = [area.exterior.interpolate(at, normalized=True) for at in (first, last)]
    return LineString([(ends[0].x + dx, ends[0].y + dy), (ends[1].x - dx, ends[1].y - dy)])


@given(stars(), cuts)
@settings(deadline=None)
def test_cut_parts_make_up_the_whole(area: Polygon, drawn: tuple[float, float, float, float]) -> None:
    """Parts are valid, share vertices, and their union differs from the whole by less than a micrometre."""
    line = _cut(area, drawn)
    assume(line.length > 1)
    parts = partition.cut(area, line, 0.01)
    assert all(part.is_valid for part in parts)
    assert shapely.coverage_is_valid(parts)
    assert sum(part.area for part in parts) == pytest.approx(area.area, abs=1e-4)
    assert partition.difference(shapely.union_all(parts), area, 1e-5).is_empty


@given(stars(), cuts, st.one_of(st.none(), st.floats(0.5, 1e5)))
@settings(deadline=None)
def test_a_split_conserves_land_and_official_area(
    area: Polygon, drawn: tuple[float, float, float, float], official: float | None
) -> None:
    """Children's official areas add up to the parent's to the last digit that doubles keep."""
    case = _case(_version(1, area, official_area=official))
    line = _cut(area, drawn)
    try:
        outcome = verbs.Split(parcel=1, quarter=QUARTER, line=line).decide(case)
    except verbs.NotDivided:
        return
    births = [w for w in outcome.writes if not w.abolished]
    given_areas = [w.attributes["official_area"] for w in births]
    assert sum(w.geometry.area for w in births) == pytest.approx(area.area, abs=1e-4)
    assert (
        given_areas == [None] * len(births)
        if official is None
        else sum(given_areas) == pytest.approx(official, abs=1e-5)
    )
    numbers = [w.attributes["cadastral_number"] for w in births]
    assert numbers == [f"{QUARTER}{serial:03d}" for serial in range(2, 2 + len(births))]


@given(stars(), cuts)
@settings(deadline=None)
def test_merging_what_was_split_gives_the_whole_again(area: Polygon, drawn: tuple[float, float, float, float]) -> None:
    """Split and merge are inverse on the ground; on paper the child is a new parcel."""
    line = _cut(area, drawn)
    assume(line.length > 1)
    parts = partition.cut(area, line, 0.01)
    assume(len(parts) == 2)
    case = _case(_version(1, parts[0], official_area=1.5), _version(2, parts[1], official_area=2.25))
    outcome = verbs.Merge(parcels=(1, 2), quarter=QUARTER).decide(case)
    (child,) = _children(outcome)
    assert partition.difference(child, area, 1e-5).is_empty
    assert [w.attributes["official_area"] for w in outcome.writes if not w.abolished] == [3.75]
    assert [(s.kind, s.parents, s.children) for s in outcome.successions] == [("merge", (1, 2), (-1,))]


@given(st.floats(-8, 8), st.floats(0, 90), st.floats(-0.009, 0.009))
@settings(deadline=None)
def test_a_moved_boundary_conserves_land(step: float, angle: float, noise: float) -> None:
    """Rounded coordinates are drawn to the old corners, so that the union stays what it was."""
    centre = (PLACE[0] + 40, PLACE[1] + 20)

    def turned(west: float, east: float) -> Polygon:
        box = shapely.box(PLACE[0] + west, PLACE[1], PLACE[0] + east, PLACE[1] + 40)
        return rotate(box, angle, origin=centre)

    before = {1: turned(0, 40), 2: turned(40, 80)}
    after = {1: turned(0 + noise / 2, 40 + step), 2: turned(40 + step, 80 - noise / 2)}
    parts = {i: verbs.Part(geometry=area) for i, area in after.items()}
    outcome = verbs.AdjustBoundary(parcels=parts).decide(_case(*(_version(i, a) for i, a in before.items())))
    moved = _children(outcome)
    whole = shapely.union_all(list(before.values()))
    assert partition.difference(shapely.union_all(moved), whole, 0.01).is_empty
    assert shapely.coverage_is_valid(moved)


def test_holes_survive_a_cut() -> None:
    """A cut through a yard makes two parts with a bite each; one beside it leaves the yard whole."""
    x, y = PLACE
    yard = shapely.box(x + 10, y + 10, x + 20, y + 20)
    area = Polygon(shapely.box(x, y, x + 30, y + 30).exterior, [yard.exterior])
    through = partition.cut(area, LineString([(x + 15, y - 1), (x + 15, y + 31)]), 0.01)
    beside = partition.cut(area, LineString([(x + 25, y - 1), (x + 25, y + 31)]), 0.01)
    assert [len(part.interiors) for part in through] == [0, 0]
    assert sorted(len(part.interiors) for part in beside) == [0, 1]
    assert sum(part.area for part in (*through, *beside)) == pytest.approx(2 * area.area)


def test_several_lines_cut_into_several_parts() -> None:
    """A cross makes four."""
    x, y = PLACE
    cross = shapely.MultiLineString([[(x - 1, y + 15), (x + 31, y + 15)], [(x + 15, y - 1), (x + 15, y + 31)]])
    assert len(partition.cut(shapely.box(x, y, x + 30, y + 30), cross, 0.01)) == 4


def test_what_the_parent_becomes_later_the_children_become_too() -> None:
    """A retroactive split keeps a later change of an attribute, under each child."""
    x, y = PLACE
    area = shapely.box(x, y, x + 30, y + 30)
    first = _version(1, area, category="7")
    turn = PROFILE.midnight(date(2025, 1, 1))
    early = replace(first, valid=Period(first.valid.start, turn))
    late = replace(first, valid=Period(turn, None), attributes={**first.attributes, "category": "2"})
    line = LineString([(x + 10, y - 1), (x + 10, y + 31)])
    outcome = verbs.Split(parcel=1, quarter=QUARTER, line=line).decide(_case(early, late))
    said = [(w.feature_id, w.valid.start == turn, w.attributes["category"]) for w in outcome.writes if not w.abolished]
    assert said == [(-1, False, "7"), (-1, True, "2"), (-2, False, "7"), (-2, True, "2")]


@pytest.mark.parametrize("ends", [True, False])
def test_a_later_boundary_or_end_is_not_guessed_at(ends: bool) -> None:
    """An act dated before a change of the boundary, or before the end, is refused and told the day."""
    x, y = PLACE
    area = shapely.box(x, y, x + 30, y + 30)
    first = _version(1, area)
    turn = PROFILE.midnight(date(2025, 1, 1))
    late = replace(first, valid=Period(turn, None), geometry=area if ends else area.buffer(1), abolished=ends)
    case = _case(replace(first, valid=Period(first.valid.start, turn)), late)
    with pytest.raises(LaterChange, match="2025-01-01"):
        verbs.Archive(feature=1).decide(case)


def test_legal_dates_are_the_citys_midnights() -> None:
    """Almaty left UTC+6 for UTC+5 as 1 March 2024 began: the day before begins at the old midnight."""
    x, y = PLACE
    starts = []
    for day in (EVE, DAY):
        case = _case(_version(1, shapely.box(x, y, x + 30, y + 30)), act=_act(day))
        outcome = verbs.Archive(feature=1).decide(case)
        after = rewritten(case.timeline(PARCEL.name, 1), outcome.writes[0])
        starts.append([v.valid.start.utcoffset() for v in after if v.abolished and v.valid.start is not None])
    hours = [offset.total_seconds() / 3600 for (offset,) in starts if offset is not None]
    assert hours == [6.0, 5.0]


def test_an_act_on_nothing_is_refused() -> None:
    """A parcel that is not in force on the legal date is no parcel to the act."""
    with pytest.raises(BadRequest, match="not in force"):
        verbs.Archive(feature=7).decide(_case())


def test_verbs_say_what_they_need() -> None:
    """Each verb names its parcels, places and series, so that they are locked before it looks."""
    x, y = PLACE
    area = shapely.box(x, y, x + 30, y + 30)
    form = verbs.Form(quarter=QUARTER, geometry=area).needs(PROFILE)
    assert form.numbers == ((PARCEL.name, "cadastral_number", QUARTER),)
    assert form.areas[0][1].covers(area)
    merge = verbs.Merge(parcels=(3, 4), quarter=QUARTER).needs(PROFILE)
    assert merge.features == {PARCEL.name: frozenset({3, 4})}
    assert verbs.Archive(feature=3).needs(PROFILE) == Needs(features={PARCEL.name: frozenset({3})})


def test_serials_go_on_after_the_largest_ever_issued() -> None:
    """Numbers sort by serial, not by spelling: 1000 follows 999."""
    case = Case(_act(), PROFILE, {}, {verbs.series(QUARTER): [f"{QUARTER}001", f"{QUARTER}999"]})
    assert verbs.next_numbers(case, QUARTER, 2) == [f"{QUARTER}1000", f"{QUARTER}1001"]
