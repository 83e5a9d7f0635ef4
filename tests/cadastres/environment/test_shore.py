"""Near a shore land is granted only once zone and strip are set (invariant 42)."""

from typing import Any

from cadastres.environment.model import WATER_REACH
from cadastres.environment.verbs import SetWidths
from cadastres.real_estate.rights_verbs import RegisterRight, Transfer
from tests.cadastres.environment.naturalist import Naturalist, bank
from tests.cadastres.land.registrar import Registrar, box, forming, line
from tests.cadastres.real_estate.notary import Notary, owning, to

BY_SHORE = "environment.shore.zones-set-before-grant"


def shore(nature: Naturalist, distance: float, **said: Any) -> int:
    """Enter the norm of 500 m, general widths, and a reach east of the quarter's western edge."""
    nature.row("shore_grant", 500.0, "2010-01-01")
    nature.row("water_protection_zone", 500.0)
    nature.row("water_protection_strip", 35.0)
    return nature.reach(bank((distance, -2000), (distance, 2000)), **said)


def set_widths(nature: Naturalist, reach: int, day: str) -> None:
    """Set the reach's zone and strip by a project."""
    widths = SetWidths(layer=WATER_REACH.name, feature=reach, zone=500.0, strip=35.0, basis="Decree No. 12")
    nature.perform(widths, day)


def test_a_parcel_by_an_unset_shore_is_refused(nature: Naturalist) -> None:
    """Widths by general rows are no project: a parcel within the distance can't be formed, one beyond can."""
    registrar = Registrar(nature.city)
    registrar.quarter(box(0, 0, 400, 400))
    shore(nature, -300.0)
    assert registrar.broken(forming(box(0, 0, 40, 40)), "2020-01-01") == {BY_SHORE}
    assert registrar.broken(forming(box(210, 0, 250, 40)), "2020-01-01") == set()


def test_a_parcel_is_granted_once_both_are_set(nature: Naturalist) -> None:
    """From the day on which zone and strip are set, not a day before."""
    registrar = Registrar(nature.city)
    registrar.quarter(box(0, 0, 400, 400))
    reach = shore(nature, -300.0)
    set_widths(nature, reach, "2021-01-01")
    assert registrar.broken(forming(box(0, 0, 40, 40)), "2020-12-31") == {BY_SHORE}
    assert registrar.broken(forming(box(0, 0, 40, 40)), "2021-01-01") == set()


def test_an_axis_counts_from_the_waters_edge(nature: Naturalist) -> None:
    """Half the channel lies between the axis and the shore."""
    registrar = Registrar(nature.city)
    registrar.quarter(box(0, 0, 400, 400))
    shore(nature, -510.0, measured_from="axis", half_width=20.0)
    assert registrar.broken(forming(box(0, 0, 5, 40)), "2020-01-01") == {BY_SHORE}
    assert registrar.broken(forming(box(15, 0, 40, 40)), "2020-01-01") == set()


def test_what_is_divided_is_no_grant(nature: Naturalist) -> None:
    """Land that a parcel held the moment before was granted long ago."""
    registrar = Registrar(nature.city)
    registrar.quarter(box(0, 0, 400, 400))
    parcel = registrar.form(box(0, 0, 40, 40), "2014-06-01")
    shore(nature, -300.0)
    assert len(registrar.split(parcel, line((20, -1), (20, 41)), "2020-01-01")) == 2


def test_land_that_the_law_leaves_out(nature: Naturalist) -> None:
    """Protected areas and the forest fund are exempt, as long as rows say so."""
    registrar = Registrar(nature.city)
    registrar.quarter(box(0, 0, 400, 400))
    shore(nature, -300.0)
    nature.row("shore_grant_exempt", 0.0, "2010-01-01", class_key="category/5")
    assert registrar.broken(forming(box(0, 0, 40, 40), category="5"), "2020-01-01") == set()
    assert registrar.broken(forming(box(40, 0, 80, 40), category="2"), "2020-01-01") == {BY_SHORE}


def test_a_city_without_the_norm_grants_freely(nature: Naturalist) -> None:
    """The distance is a row: none, no limit."""
    registrar = Registrar(nature.city)
    registrar.quarter(box(0, 0, 400, 400))
    nature.reach(bank((-10, -2000), (-10, 2000)))
    assert registrar.broken(forming(box(0, 0, 40, 40)), "2020-01-01") == set()


def test_a_first_right_is_a_grant_and_a_later_one_is_not(nature: Naturalist) -> None:
    """A parcel formed long ago gets no first right by an unset shore; a holder may pass his on."""
    Registrar(nature.city).quarter()
    notary = Notary(nature.city)
    owner, buyer = notary.person(), notary.person()
    _, held = notary.owned(owner, day="2014-06-01")
    bare = notary.unit(day="2014-06-01")
    reach = shore(nature, -300.0)
    first = RegisterRight(unit=bare, rights=(owning(owner, "1"),))
    assert notary.broken(first, "2018-01-01") == {BY_SHORE}
    assert notary.broken(Transfer(right=held[0], to=(to(buyer),)), "2018-01-01") == set()
    set_widths(nature, reach, "2019-01-01")
    assert notary.broken(first, "2019-01-01") == set()
