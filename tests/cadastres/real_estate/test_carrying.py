"""Rights on parcels that are split, merged, adjusted or archived: carried over in the same changeset, or refused."""

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from threading import Barrier

import pytest
import shapely

from cadastres.land.verbs import AdjustBoundary, Archive, Merge, Part, Split
from gis.database import connect
from gis.edit import Put
from gis.errors import RuleBroken
from gis.instant import read_head
from gis.lineage import descents
from gis.record import Write
from tests.cadastres.real_estate.estate import (
    ADDRESS,
    ADDRESSING,
    AREA,
    CONSENT,
    HOLDER,
    PARCEL,
    PART,
    QUARTER,
    RIGHT,
    UNIT,
    Land,
    area,
    upright,
)
from tests.city import City

HALF = Fraction(1, 2)


@pytest.fixture
def land(empty_city: City) -> Land:
    """An empty register."""
    return Land(empty_city)


def cut(parcel: int, *at: float) -> Split:
    """Return the command that splits a parcel from south to north."""
    return Split(parcel=parcel, quarter=QUARTER, line=upright(*(at or (20,))))


def joining(*parcels: int) -> Merge:
    """Return the command that merges parcels."""
    return Merge(parcels=parcels, quarter=QUARTER)


def test_split_carries_every_right_to_each_part(land: Land) -> None:
    """Each part's unit bears the same rights, shares and holders; the old unit bears none; one changeset holds it."""
    ann, bob, shop = land.party("Ann"), land.party("Bob"), land.party("Shop")
    parcel, unit = land.owned(0, 40, ann, bob)
    land.right(unit, "lease", [shop], until="2024-01-01")
    land.right(unit, "maintenance")
    before = land.held(unit, "2021-12-31")
    children = land.split(parcel, 15)
    assert before == land.held_on(children[0], "2022-01-01") == land.held_on(children[1], "2022-01-01")
    assert before[("ownership", HALF, None, ("Ann",))] == 1
    assert not land.held(unit, "2022-01-01")
    assert land.sums("2022-01-01") == {Fraction(1)}
    assert {r["opened_by"] for r in land.rows(RIGHT, "2022-06-01")} == {land.changesets()}


def test_term_rights_keep_their_term(land: Land) -> None:
    """A lease to the end of 2023, and one that begins in 2025, are so on each part as well."""
    ann, shop = land.party("Ann"), land.party("Shop")
    parcel, unit = land.owned(0, 40, ann)
    land.right(unit, "lease", [shop], until="2024-01-01")
    land.right(unit, "lease", [shop], day="2025-01-01", until="2030-01-01")
    days = ("2023-12-31", "2024-06-01", "2025-06-01", "2030-06-01")
    before = [land.held(unit, day) for day in days]
    for child in land.split(parcel, 20):
        assert [land.held_on(child, day) for day in days] == before


def test_retroactive_split_keeps_a_later_transfer(land: Land) -> None:
    """An act dated before a transfer on record carries the seller's right until then and the buyer's from then on."""
    ann, bob = land.party("Ann"), land.party("Bob")
    parcel, unit = land.owned(0, 40, ann)
    land.sell(unit, "2023-01-01", bob)
    for child in land.split(parcel, 20, day="2022-01-01"):
        assert list(land.held_on(child, "2022-06-01")) == [("ownership", 1, None, ("Ann",))]
        assert list(land.held_on(child, "2023-06-01")) == [("ownership", 1, None, ("Bob",))]


def test_units_descend_as_their_parcels_do(land: Land) -> None:
    """The new units are numbered after the parts and stand in the register's lineage."""
    parcel, unit = land.owned(0, 40, land.party("Ann"))
    children = land.split(parcel, 20)
    units = [land.units_of(child, "2022-01-01")[0] for child in children]
    assert land.said(UNIT, units, "unit_number", "2022-01-01") == [f"{QUARTER}002", f"{QUARTER}003"]
    with connect(land.city.register.database.reader) as connection:
        found = descents(connection, unit, read_head(connection).recorded)
    assert sorted((d.kind, d.parent, d.child) for d in found) == sorted(("split", unit, u) for u in units)


def test_arrest_bars_a_split(land: Land) -> None:
    """An arrest or a prohibition, on record at any moment from the act on, bars it; the refusal names each."""
    parcel, unit = land.owned(0, 40, land.party("Ann"))
    arrest = land.right(unit, "arrest")
    later = land.right(unit, "prohibition", day="2024-01-01")
    barred = {("real_estate.carrying.barred", unit, arrest): 1, ("real_estate.carrying.barred", unit, later): 1}
    assert land.broken(cut(parcel)) == barred
    for right in (arrest, later):
        land.end(RIGHT, right, "2024-06-01")
    assert land.broken(cut(parcel), "2024-06-01") == {}


def test_pledge_needs_consent(land: Land) -> None:
    """With the pledgee's consent to reorganisation a pledge goes to every part, rank, share and holder kept."""
    ann, bank = land.party("Ann"), land.party("Bank")
    parcel, unit = land.owned(0, 40, ann)
    owned = land.rows(RIGHT, "2021-01-01")[0]["feature_id"]
    pledge = land.right(unit, "pledge", [bank], rank=2, on_right_id=owned)
    land.put(CONSENT, right_id=pledge, consents_to="disposal")
    assert land.broken(cut(parcel)) == {("real_estate.carrying.pledge-consent", unit, pledge): 1}
    land.put(CONSENT, day="2021-06-01", right_id=pledge, consents_to="reorganisation")
    before = land.held(unit, "2021-12-31")
    children = land.split(parcel, 20)
    for child in children:
        (new,) = land.units_of(child, "2022-01-01")
        assert land.held(new, "2022-01-01") == before
        rights = {r["kind"]: r for r in land.rows(RIGHT, "2022-01-01") if r["unit_id"] == new}
        assert rights["pledge"]["on_right_id"] == rights["ownership"]["feature_id"]
    consents = [row["consents_to"] for row in land.rows(CONSENT, "2022-01-01")]
    assert consents == ["disposal", "disposal"]


def test_servitude_goes_where_it_lies_and_is_cut(land: Land) -> None:
    """A servitude with an area burdens only the parts that it touches, each with what lies on it."""
    ann, gas = land.party("Ann"), land.party("Gas")
    parcel, unit = land.owned(0, 60, ann)
    servitude = land.right(unit, "servitude", [gas])
    land.lie(servitude, area(10, 30, 5, 10))
    west, middle, east = land.split(parcel, 20, 40)
    lying = [land.areas(land.units_of(child, "2022-01-01")[0], "2022-01-01") for child in (west, middle, east)]
    assert lying[0]["servitude"].equals(area(10, 20, 5, 10))
    assert lying[1]["servitude"].equals(area(20, 30, 5, 10))
    assert lying[2] == {}
    assert [key[0] for key in land.held_on(east, "2022-01-01")] == ["ownership"]


def test_servitude_off_the_land_stands_in_the_way(land: Land) -> None:
    """A servitude whose area is too thin to lie on any of the parts would be lost: the act is refused."""
    parcel, unit = land.owned(0, 40, land.party("Ann"))
    servitude = land.right(unit, "servitude", [land.party("Gas")])
    land.lie(servitude, area(10, 10.005))
    assert land.broken(cut(parcel)) == {("real_estate.carrying.placed", unit, servitude): 1}


def test_unit_with_another_parcel_is_not_torn(land: Land) -> None:
    """A unit of two parcels is parted by its own act before one of them is split; merging both is no matter."""
    ann = land.party("Ann")
    one, other = land.parcel(0, 40), land.parcel(40, 80)
    unit = land.unit(f"{QUARTER}001", ("parcel", one), ("parcel", other))
    land.right(unit, "ownership", [ann], (1, 1))
    assert land.broken(cut(one)) == {("real_estate.carrying.whole-unit", unit, other): 1}
    child = land.merge(one, other)
    assert list(land.held_on(child, "2022-01-01")) == [("ownership", 1, None, ("Ann",))]


def test_buildings_of_a_unit_go_to_the_part_below_them(land: Land) -> None:
    """A house that belongs to a parcel's unit belongs to the unit of the part on which it stands; premises too."""
    parcel = land.parcel(0, 40)
    house = land.building(area(25, 35, 5, 15), f"{QUARTER}001", f"{QUARTER}001:1/А")
    flat = land.premises(house, f"{QUARTER}001:1/А:1")
    unit = land.unit(f"{QUARTER}001", ("parcel", parcel), ("building", house), ("premises", flat))
    land.right(unit, "ownership", [land.party("Ann")], (1, 1))
    west, east = land.split(parcel, 20)
    parts = {child: land.units_of(child, "2022-01-01")[0] for child in (west, east)}
    things = {(r["unit_id"], r["object_id"]) for r in land.rows(PART, "2022-01-01")}
    assert things == {(parts[west], west), (parts[east], east), (parts[east], house), (parts[east], flat)}


def test_merge_of_parcels_held_alike(land: Land) -> None:
    """Parcels held by the same parties in the same shares become one unit with these; nothing counts twice."""
    ann, bob = land.party("Ann"), land.party("Bob")
    one, first = land.owned(0, 40, ann, bob)
    other, second = land.owned(40, 80, bob, ann)
    before = land.held(first, "2021-12-31")
    child = land.merge(one, other)
    assert land.held_on(child, "2022-01-01") == before == land.held(second, "2021-12-31")
    assert land.sums("2022-01-01") == {Fraction(1)}
    (unit,) = land.units_of(child, "2022-01-01")
    with connect(land.city.register.database.reader) as connection:
        found = descents(connection, unit, read_head(connection).recorded)
    assert [(d.kind, d.parent) for d in found] == [("merge", first), ("merge", second)]


def test_merge_of_unlike_holders_is_refused(land: Land) -> None:
    """Other shares, other holders, or land without a unit: each right that has no like is named."""
    ann, bob = land.party("Ann"), land.party("Bob")
    one, first = land.owned(0, 40, ann)
    other, second = land.owned(40, 80, ann, bob)
    rights: dict[int, list[int]] = {first: [], second: []}
    for row in land.rows(RIGHT, "2021-01-01"):
        rights[row["unit_id"]].append(row["feature_id"])
    rule = "real_estate.carrying.same-holders"
    expected = {(rule, first, rights[first][0]): 1, **{(rule, second, right): 1 for right in rights[second]}}
    assert land.broken(joining(one, other)) == expected
    bare = land.parcel(80, 120)
    assert land.broken(joining(other, bare)) == {(rule, second, bare): 1}


def test_merge_sees_holders_who_differ_only_later(land: Land) -> None:
    """Alike on the act's date, but one of two parcels was sold after it: the act is refused."""
    ann, bob = land.party("Ann"), land.party("Bob")
    one, _ = land.owned(0, 40, ann)
    other, unit = land.owned(40, 80, ann)
    land.sell(unit, "2023-01-01", bob)
    assert {rule for rule, *_ in land.broken(joining(one, other))} == {"real_estate.carrying.same-holders"}


def test_merge_keeps_each_encumbrance_on_its_land(land: Land) -> None:
    """A servitude on one whole parcel keeps that parcel as its area; one that all parcels bear needs none."""
    ann, gas, heat = land.party("Ann"), land.party("Gas"), land.party("Heat")
    one, first = land.owned(0, 40, ann)
    other, second = land.owned(40, 80, ann)
    land.right(first, "servitude", [gas])
    for unit in (first, second):
        land.right(unit, "maintenance", [heat])
    child = land.merge(one, other)
    (unit,) = land.units_of(child, "2022-01-01")
    lying = land.areas(unit, "2022-01-01")
    assert list(lying) == ["servitude"]
    assert lying["servitude"].equals(area(0, 40))
    assert land.held(unit, "2022-01-01") == {
        ("ownership", 1, None, ("Ann",)): 1,
        ("servitude", None, None, ("Gas",)): 1,
        ("maintenance", None, None, ("Heat",)): 1,
    }


def _pledged(land: Land, unit: int, bank: int, rank: int) -> int:
    owned = next(r for r in land.rows(RIGHT, "2021-01-01") if r["unit_id"] == unit and r["kind"] == "ownership")
    pledge = land.right(unit, "pledge", [bank], rank=rank, on_right_id=owned["feature_id"])
    for matter in ("reorganisation", "furtherPledge"):
        land.put(CONSENT, right_id=pledge, consents_to=matter)
    return pledge


def test_merge_with_equal_ranks_is_refused(land: Land) -> None:
    """Two banks with one rank can't be on one unit; with different ranks both pledges weigh on the merged one."""
    ann, bank, rival = land.party("Ann"), land.party("Bank"), land.party("Rival")
    one, first = land.owned(0, 40, ann)
    other, second = land.owned(40, 80, ann)
    mine = _pledged(land, first, bank, 1)
    theirs = _pledged(land, second, rival, 1)
    assert land.broken(joining(one, other)) == {("real_estate.carrying.pledge-rank", mine, theirs): 1}


def test_merge_repoints_pledges_to_the_one_ownership(land: Land) -> None:
    """A pledge of each rank follows; one and the same pledge on both parcels becomes one."""
    ann, bank, rival = land.party("Ann"), land.party("Bank"), land.party("Rival")
    one, first = land.owned(0, 40, ann)
    other, second = land.owned(40, 80, ann)
    _pledged(land, first, bank, 1)
    _pledged(land, second, bank, 1)
    _pledged(land, second, rival, 2)
    child = land.merge(one, other)
    (unit,) = land.units_of(child, "2022-01-01")
    rights = [r for r in land.rows(RIGHT, "2022-01-01") if r["unit_id"] == unit]
    (owned,) = (r["feature_id"] for r in rights if r["kind"] == "ownership")
    assert [(r["rank"], r["on_right_id"]) for r in rights if r["kind"] == "pledge"] == [(1, owned), (2, owned)]
    assert land.areas(unit, "2022-01-01") == {}


def test_every_obstacle_is_told_at_once(land: Land) -> None:
    """The refusal is complete: arrest, unconsented pledge and unlike holders in one list, without a name."""
    ann, bob = land.party("Ann"), land.party("Bob")
    one, first = land.owned(0, 40, ann)
    other, second = land.owned(40, 80, bob)
    land.right(first, "arrest")
    land.right(second, "pledge", [bob], rank=1)
    with pytest.raises(RuleBroken) as refused:
        land.merge(one, other)
    found = refused.value.data["violations"]
    assert sorted(v.rule.rpartition(".")[2] for v in found) == [
        "barred",
        "pledge-consent",
        "same-holders",
        "same-holders",
    ]
    told = " ".join(f"{v.detail}" for v in found) + " ".join(
        refused.value.in_language(lang) for lang in ("kk", "ru", "en")
    )
    assert "Ann" not in told
    assert "Bob" not in told
    assert f"{QUARTER}001: ownership 1" in told


def test_archive_is_refused_while_rights_live(land: Land) -> None:
    """Each right must be closed by its own act, one that begins later as well; then unit and parcel end together."""
    parcel, unit = land.owned(0, 40, land.party("Ann"))
    owned = land.rows(RIGHT, "2021-01-01")[0]["feature_id"]
    later = land.right(unit, "monument", day="2025-01-01")
    rule = "real_estate.carrying.closed"
    assert land.broken(Archive(feature=parcel)) == {(rule, unit, owned): 1, (rule, unit, later): 1}
    (holder,) = (row["feature_id"] for row in land.rows(HOLDER, "2021-01-01"))
    closed = [land.ended(HOLDER, holder, "2021-06-01"), land.ended(RIGHT, owned, "2021-06-01")]
    land.record("2021-06-01", closed)
    land.end(RIGHT, later, "2025-01-01")
    land.archive(parcel)
    assert land.units_of(parcel, "2022-01-01") == []
    assert land.rows(UNIT, "2022-01-01") == []


def test_moved_boundary_leaves_units_alone(land: Land) -> None:
    """An adjusted parcel keeps its unit and all rights on it."""
    one, first = land.owned(0, 40, land.party("Ann"))
    other, second = land.owned(40, 80, land.party("Bob"))
    before = [land.held(unit, "2021-12-31") for unit in (first, second)]
    parts = {one: Part(geometry=area(0, 37)), other: Part(geometry=area(37, 80))}
    land.perform(AdjustBoundary(parcels=parts), "2022-01-01")
    assert [land.held(unit, "2022-01-01") for unit in (first, second)] == before
    assert land.units_of(one, "2022-01-01") == [first]


def test_no_other_writer_leaves_a_right_behind(land: Land) -> None:
    """Whoever ends a unit's last object, or its last part, by a plain write is refused while a right lives."""
    land.parcel(0, 40)
    house = land.building(area(5, 15, 5, 15), f"{QUARTER}001")
    unit = land.unit("H1", ("building", house))
    owned = land.right(unit, "ownership", [land.party("Ann")], (1, 1))
    part = next(r for r in land.rows(PART, "2021-01-01") if r["unit_id"] == unit)
    act = land.act("2022-01-01")
    said = {name: part[name] for name in ("unit_id", "object_id", "object_kind")}
    left = Put((Write(PART, part["feature_id"], act.period, attributes=said, abolished=True),))
    assert ("real_estate.right.grounded", unit, owned) in land.broken(left)
    row = land.row("real_estate.building", house, "2021-01-01")
    named = {"condition_of_construction": "functional", "parcel_number": row["parcel_number"]}
    gone = Write("real_estate.building", house, act.period, shapely.from_wkb(bytes(row["wkb"])), named, abolished=True)
    assert land.broken(Put((gone,))) == {("real_estate.carrying.closed", unit, owned): 1}
    bare = Put((Write(UNIT, unit, act.period, attributes={"unit_number": "H1", "type": "basicPropertyUnit"}),))
    assert land.broken(bare) == {}


def test_addresses_go_to_the_part_where_they_lie(land: Land) -> None:
    """A split gives each address of the parcel to the part with its point; a merge keeps one of them primary."""
    parcel = land.parcel(0, 40)
    said = {"locator_designator": "1", "position_specification": "parcel"}
    west = land.put(ADDRESS, area(5, 6).centroid, **said)
    east = land.put(ADDRESS, area(50, 51).centroid, **{**said, "locator_designator": "2"})
    for address, primary in ((west, True), (east, False)):
        land.put(ADDRESSING, address_id=address, object_id=parcel, object_kind="parcel", is_primary=primary)
    parts = land.split(parcel, 20)
    given = {r["address_id"]: r["object_id"] for r in land.rows(ADDRESSING, "2022-01-01")}
    assert given == {west: parts[0], east: parts[1]}
    land.put(ADDRESSING, day="2022-02-01", address_id=east, object_id=parts[1], object_kind="parcel", is_primary=True)
    child = land.merge(*parts, day="2023-01-01")
    told = [(r["address_id"], r["object_id"], r["is_primary"]) for r in land.rows(ADDRESSING, "2023-01-01")]
    assert sorted(told) == sorted([(west, child, True), (east, child, False)])


def test_parcels_without_units_are_split_as_ever(land: Land) -> None:
    """Where nothing is registered nothing follows."""
    parcel = land.parcel(0, 40)
    done = land.perform(cut(parcel), "2022-01-01")
    assert set(done.features) == {-1, -2}
    assert [land.rows(layer, "2022-01-01") for layer in (UNIT, RIGHT, AREA)] == [[], [], []]
    assert len(land.rows(PARCEL, "2022-01-01")) == 2


def test_a_right_registered_while_its_parcel_is_split_is_not_lost(land: Land) -> None:
    """A split and a new right at once: either the right is carried over, or it is refused since its unit has ended."""
    shop = land.party("Shop")
    owned = [land.owned(100 * i, 100 * i + 40, land.party(f"Owner {i}")) for i in range(4)]
    for i, (parcel, unit) in enumerate(owned):
        barrier = Barrier(2)

        def leased(unit: int = unit, barrier: Barrier = barrier) -> bool:
            barrier.wait()
            try:
                land.right(unit, "lease", [shop], day="2021-06-01")
            except RuleBroken:
                return False
            return True

        def parted(parcel: int = parcel, at: float = 100 * i + 20, barrier: Barrier = barrier) -> list[int]:
            barrier.wait()
            return land.split(parcel, at)

        with ThreadPoolExecutor(2) as both:
            lease, split = both.submit(leased), both.submit(parted)
        kinds = [sorted(key[0] for key in land.held_on(child, "2022-01-01")) for child in split.result()]
        assert kinds == [["lease", "ownership"] if lease.result() else ["ownership"]] * 2
