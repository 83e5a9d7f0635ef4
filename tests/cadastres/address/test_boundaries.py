"""Boundaries of settlements, districts and microdistricts move; ground is neither lost nor made."""

import pytest

from cadastres.address.reshaping import MoveBoundaries, NotReshaped
from tests.cadastres.address.clerk import Clerk, area, line, point

UNIT, PLACE, ADDRESS, STREET = "address.admin_unit", "address.named_place", "address.address", "address.street"
MEDEU = {"name_kk": "Медеу ауданы", "name_ru": "Медеуский район"}
AUEZOV = {"name_kk": "Әуезов ауданы", "name_ru": "Ауэзовский район"}
RULE = "address.place.boundary-conserves"


def _units(clerk: Clerk) -> tuple[int, int]:
    return clerk.unit(MEDEU, area(0, 0, 500, 500)), clerk.unit(AUEZOV, area(500, 0, 1000, 500))


def test_ground_goes_over_with_what_lies_on_it(clerk: Clerk) -> None:
    """Addresses and streets that lie whole in the strip go to the other district; what only touches it stays."""
    west, east = _units(clerk)
    crossing = clerk.street(y=10, admin_unit_id=west)
    form = clerk.street({"name_kk": "Гүлдер көшесі", "name_ru": "Улица Цветов"}, y=100, admin_unit_id=west)
    houses = [clerk.address(str(x), street=crossing, admin_unit=west, geometry=point(x)) for x in (300, 450)]
    del form
    inside = clerk.city.put(
        STREET, line(50, 410, 480), "2020-01-01", -1, name="Ш", name_kk="Шағын көше", name_ru="Малая улица",
        admin_unit_id=west,
    )  # fmt: skip
    moved = {west: area(0, 0, 400, 500), east: area(400, 0, 1000, 500)}
    clerk.do(MoveBoundaries(layer=UNIT, areas=moved), "2021-01-01")
    assert [clerk.said(ADDRESS, i, "2021-01-01")["admin_unit_id"] for i in houses] == [west, east]
    assert [clerk.said(ADDRESS, i, "2020-12-31")["admin_unit_id"] for i in houses] == [west, west]
    assert clerk.said(STREET, inside, "2021-01-01")["admin_unit_id"] == east
    assert clerk.said(STREET, crossing, "2021-01-01")["admin_unit_id"] == west
    ground = clerk.on(UNIT, west, "2021-01-01")
    assert ground is not None
    assert ground.geometry.area == pytest.approx(400 * 500)


def test_ground_is_conserved_unless_an_act_says_otherwise(clerk: Clerk) -> None:
    """A strip that vanishes is refused with its area; under an act of allocation the set may gain or lose."""
    west, east = _units(clerk)
    gap = {west: area(0, 0, 400, 500), east: area(410, 0, 1000, 500)}
    assert clerk.refused(MoveBoundaries(layer=UNIT, areas=gap)) == {RULE: ["5000.0 m2"]}
    with pytest.raises(NotReshaped):
        clerk.do(MoveBoundaries(layer=UNIT, areas={west: area(0, 0, 600, 500)}))
    clerk.do(MoveBoundaries(layer=UNIT, areas={east: area(500, 0, 1200, 500)}, allocation=True), "2021-01-01")
    version = clerk.on(UNIT, east, "2021-06-01")
    assert version is not None
    assert version.geometry.area == pytest.approx(700 * 500)


def test_a_microdistrict_s_boundary_moves_no_address(clerk: Clerk) -> None:
    """By which name a house is addressed is for its own act to say."""
    west = clerk.place({"name_kk": "Самал-1", "name_ru": "Самал-1"}, area(0, 0, 500, 500))
    east = clerk.place({"name_kk": "Самал-2", "name_ru": "Самал-2"}, area(500, 0, 1000, 500))
    house = clerk.address("1", named_place=west, geometry=point(450))
    moved = {west: area(0, 0, 400, 500), east: area(400, 0, 1000, 500)}
    clerk.do(MoveBoundaries(layer=PLACE, areas=moved), "2021-01-01")
    assert clerk.said(ADDRESS, house, "2021-01-01")["named_place_id"] == west
