"""Premises and their rooms: formed, split, merged, ended; rights on them are carried over as those on parcels are."""

from fractions import Fraction

import pytest

from cadastres.real_estate.premises_verbs import (
    ChangePremises,
    DrawRooms,
    EndPremises,
    FormPremises,
    MergePremises,
    Room,
    SplitPremises,
)
from tests.cadastres.real_estate.estate import PREMISES, QUARTER, UNIT, Land, area
from tests.city import City

HOUSE = f"{QUARTER}001:1/А"
DAY = "2021-01-01"
ROOM = "real_estate.room"
FLAT = {"current_use": "residential", "floor": 1}


@pytest.fixture
def land(empty_city: City) -> Land:
    """A register with one house on one parcel, numbered."""
    made = Land(empty_city)
    made.parcel(0, 40)
    return made


@pytest.fixture
def house(land: Land) -> int:
    """The house."""
    return land.building(area(0, 20, 0, 20), f"{QUARTER}001", HOUSE)


def flat(land: Land, house: int, day: str = DAY, **said: object) -> int:
    """Form a flat."""
    return land.perform(FormPremises(building=house, attributes={**FLAT, **said}), day).features[-1]


def test_premises_are_numbered_in_series(land: Land, house: int) -> None:
    """Serials follow one another in a building; those of ended premises are never used again."""
    first, second = flat(land, house), flat(land, house)
    land.perform(EndPremises(premises=second), "2022-01-01")
    third = flat(land, house, "2023-01-01")
    assert land.said(PREMISES, [first, third], "premises_number", "2023-01-01") == [f"{HOUSE}:1", f"{HOUSE}:3"]


def test_premises_need_a_numbered_building(land: Land) -> None:
    """In a footprint that was never numbered no premises are formed."""
    drawn = land.building(area(25, 35, 0, 10), f"{QUARTER}001")
    forming = FormPremises(building=drawn, attributes=FLAT)
    assert land.broken(forming, DAY) == {("real_estate.premises.building-numbered", drawn, None): 1}


def test_a_split_needs_parts_and_a_merge_one_building(land: Land, house: int) -> None:
    """One part is no split; one flat, or flats of two houses, are no merge."""
    one = flat(land, house)
    second = land.building(area(25, 35, 0, 10), f"{QUARTER}001", f"{QUARTER}001:2")
    far = flat(land, second)
    rule = "real_estate.premises.several"
    assert land.broken(SplitPremises(premises=one, parts=(FLAT,))) == {(rule, one, None): 1}
    assert land.broken(MergePremises(premises=(one, one))) == {(rule, one, None): 1}
    assert land.broken(MergePremises(premises=(one, far))) == {(rule, one, None): 1}


def test_rights_on_split_and_merged_premises_are_carried(land: Land, house: int) -> None:
    """Each part's unit has the flat's rights; merged again by the same holders they are one."""
    parent = flat(land, house, total_area=60.0)
    unit = land.unit(f"{HOUSE}:1", ("premises", parent), day=DAY)
    land.record(DAY, land.owning(unit, DAY, [land.party("Ann"), land.party("Bob")]))
    before = land.held(unit, "2021-12-31")
    parts = tuple({"total_area": area} for area in (25.0, 35.0))
    done = land.perform(SplitPremises(premises=parent, parts=parts), "2022-01-01")
    children = [done.features[-1], done.features[-2]]
    assert [land.held_on(child, "2022-01-01") for child in children] == [before, before]
    units = [land.units_of(child, "2022-01-01")[0] for child in children]
    assert land.said(UNIT, units, "unit_number", "2022-01-01") == [f"{HOUSE}:2", f"{HOUSE}:3"]
    whole = land.perform(MergePremises(premises=tuple(children)), "2023-01-01").features[-1]
    assert land.held_on(whole, "2023-01-01") == before
    assert land.row(PREMISES, whole, "2023-01-01")["total_area"] == 60.0
    assert land.sums("2023-01-01") == {Fraction(1)}
    assert len(land.rows(PREMISES, "2023-01-01")) == len(land.rows(UNIT, "2023-01-01")) == 1


def test_ending_premises_waits_for_their_rights(land: Land, house: int) -> None:
    """A flat under arrest is neither split nor ended."""
    one = flat(land, house)
    unit = land.unit(f"{HOUSE}:1", ("premises", one), day=DAY)
    arrest = land.right(unit, "arrest", day=DAY)
    assert land.broken(EndPremises(premises=one)) == {("real_estate.carrying.closed", unit, arrest): 1}
    split = SplitPremises(premises=one, parts=({}, {}))
    assert land.broken(split) == {("real_estate.carrying.barred", unit, arrest): 1}


def drawn(premises: int, *rooms: tuple[float, float, float]) -> DrawRooms:
    """Return the command that draws rooms from west to east, each with its area by survey."""
    return DrawRooms(
        premises=premises,
        rooms=tuple(
            Room(outline=area(w, e, 1, 9), use="living", designation=str(i), area=a)
            for i, (w, e, a) in enumerate(rooms)
        ),
    )


def test_rooms_lie_inside_and_apart(land: Land, house: int) -> None:
    """Out of the house or over one another they are refused; a neighbour's on another floor are no matter."""
    one, upstairs, beside = flat(land, house), flat(land, house, floor=2), flat(land, house)
    land.perform(drawn(one, (1, 5, 32.0), (5, 9, 32.0)), DAY)
    land.perform(drawn(upstairs, (1, 9, 64.0)), DAY)
    assert {rule for rule, *_ in land.broken(drawn(one, (15, 21, 48.0)))} == {"real_estate.room.inside-building"}
    assert {rule for rule, *_ in land.broken(drawn(one, (1, 6, 40.0), (5, 9, 32.0)))} == {"real_estate.room.apart"}
    assert {rule for rule, *_ in land.broken(drawn(beside, (8, 12, 32.0)))} == {"real_estate.room.apart"}
    land.perform(drawn(one, (1, 4, 24.0)), "2022-06-01")
    assert [r["designation"] for r in land.rows(ROOM, "2022-06-01") if r["premises_id"] == one] == ["0"]


def test_areas_of_rooms_should_add_up(land: Land, house: int) -> None:
    """A sum off by more than the city allows is a warning with both figures; one that agrees is none."""
    one = flat(land, house, total_area=64.0)
    warned = land.perform(drawn(one, (1, 5, 32.0), (5, 9, 31.0)), DAY).warnings
    assert [(v.rule, v.feature_id, v.detail) for v in warned] == [
        ("real_estate.room.area-sum", one, "63.00 m2 / 64 m2")
    ]
    assert land.perform(drawn(one, (1, 5, 32.0), (5, 9, 32.0)), "2021-02-01").warnings == []
    changed = land.perform(ChangePremises(premises=one, attributes={"total_area": 70.0}), "2021-03-01").warnings
    assert [v.rule for v in changed] == ["real_estate.room.area-sum"]


def test_rooms_follow_a_merge_and_end_with_a_split(land: Land, house: int) -> None:
    """Merged flats keep their rooms; a split flat's are drawn anew."""
    one, other = flat(land, house), flat(land, house)
    land.perform(drawn(one, (1, 5, 32.0)), DAY)
    land.perform(drawn(other, (5, 9, 32.0)), DAY)
    whole = land.perform(MergePremises(premises=(one, other)), "2022-01-01").features[-1]
    assert {r["premises_id"] for r in land.rows(ROOM, "2022-01-01")} == {whole}
    land.perform(SplitPremises(premises=whole, parts=({}, {})), "2023-01-01")
    assert land.rows(ROOM, "2023-01-01") == []
