"""``land.parcel.not-reserved``: reserved land is not granted before it is released."""

from cadastres.land.verbs import Split
from gis.edit import Put
from gis.record import Write
from tests.cadastres.land.registrar import PARCEL, QUARTER, RESERVATION, Registrar, adjusting, box, forming, line

RULE = {"land.parcel.not-reserved"}


def test_no_parcel_is_formed_on_reserved_land(registrar: Registrar) -> None:
    """Not before release, not across its edge; beside it, and after release, yes."""
    reservation = registrar.reserve(box(0, 0, 100, 100), day="2017-01-01")
    assert registrar.broken(forming(box(0, 0, 40, 40)), "2018-01-01") == RULE
    assert registrar.broken(forming(box(90, 0, 130, 40)), "2018-01-01") == RULE
    assert registrar.broken(forming(box(100, 0, 140, 40)), "2018-01-01") == set()
    registrar.release(reservation, "2019-01-01")
    assert registrar.broken(forming(box(0, 0, 40, 40)), "2018-12-31") == RULE
    assert registrar.broken(forming(box(0, 0, 40, 40)), "2019-01-01") == set()


def test_what_was_granted_before_the_reserve_may_be_split_and_merged(registrar: Registrar) -> None:
    """Land that a parcel held the moment before is not granted anew."""
    parcel = registrar.form(box(0, 0, 40, 40), "2016-01-01")
    registrar.reserve(box(0, 0, 100, 100), day="2017-01-01")
    children = registrar.split(parcel, line((20, -1), (22, 41)), "2018-01-01")
    merged = registrar.merge(*children, day="2019-01-01")
    assert registrar.area(merged, "2019-01-01").equals(box(0, 0, 40, 40))


def test_a_boundary_can_not_move_onto_reserved_land(registrar: Registrar) -> None:
    """An allocation act that takes in reserved land is refused; between neighbours a boundary may move."""
    left, right = registrar.form(box(0, 0, 40, 40)), registrar.form(box(40, 0, 80, 40))
    registrar.reserve(box(0, 0, 100, 100), day="2017-01-01")
    assert registrar.broken(adjusting({right: box(40, 0, 84, 40)}, allocation=True), "2018-01-01") == RULE
    moved = adjusting({left: box(0, 0, 41, 40), right: box(41, 0, 80, 40)})
    assert registrar.broken(moved, "2018-01-01") == set()


def test_land_given_up_is_reserved_again(registrar: Registrar) -> None:
    """Once a parcel is archived, its reserved land can't be granted again."""
    parcel = registrar.form(box(0, 0, 40, 40))
    registrar.reserve(box(0, 0, 100, 100), day="2017-01-01")
    registrar.archive(parcel, "2018-01-01")
    assert registrar.broken(forming(box(0, 0, 40, 40)), "2019-01-01") == RULE


def test_a_part_may_be_released(registrar: Registrar) -> None:
    """What is released can be granted, the rest stays reserved."""
    reservation = registrar.reserve(box(0, 0, 100, 100), day="2017-01-01")
    registrar.release(reservation, "2018-01-01", box(0, 0, 50, 100))
    assert registrar.area(reservation, "2018-01-01", RESERVATION).equals(box(50, 0, 100, 100))
    assert registrar.broken(forming(box(0, 0, 40, 40)), "2018-01-01") == set()
    assert registrar.broken(forming(box(60, 0, 90, 40)), "2018-01-01") == RULE


def test_whoever_writes_the_rule_holds(registrar: Registrar) -> None:
    """A plain write is refused like a verb; a split that takes in reserved land outside the parent too."""
    parcel = registrar.form(box(0, 0, 40, 40))
    registrar.reserve(box(40, 0, 100, 100), day="2017-01-01")
    number = {"cadastral_number": "91001001777"}
    write = Write(PARCEL, -1, registrar.act("2018-01-01").period, box(50, 0, 90, 40), number)
    assert registrar.broken(Put((write,)), "2018-01-01") == RULE
    split = Split(parcel=parcel, quarter=QUARTER, line=line((20, -1), (20, 41)))
    assert registrar.broken(split, "2018-01-01") == set()
