"""Random splits, merges, sales and encumbrances: no right is lost, none is made, shares are whole at every instant.

The oracle reads rows by plain SQL and knows nothing of how rights are carried: it compares who held what on each parcel
before an act with who holds what on the parcels after it, on many legal days.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

import pytest
import shapely

from gis.errors import RuleBroken
from tests.cadastres.real_estate.estate import AREA, CONSENT, HOLDER, PARCEL, PART, RIGHT, UNIT, Land, area
from tests.city import SEEDS, City

DAYS = [f"{year}-{month}-01" for year in range(2020, 2024) for month in ("04", "10")]
Held = dict[tuple[Any, ...], float]
"""What is held on a parcel, with the area where it lies (m²); 0 where that is the whole of it."""


@dataclass
class World:
    """A row of parcels, and the random choices of one run."""

    land: Land
    chance: Random
    row: list[tuple[float, float, int]] = field(default_factory=list)
    served: int = 0

    def party(self) -> int:
        """Register somebody new."""
        self.served += 1
        return self.land.party(f"P{self.served}")

    def held(self, day: str) -> dict[int, Held]:
        """Return what is held on each parcel on a day."""
        holders: dict[int, list[str]] = {}
        for row in self.land.rows(HOLDER, day):
            holders.setdefault(row["right_id"], []).append(self.land.names[row["party_id"]])
        areas: dict[int, float] = {}
        for row in self.land.rows(AREA, day):
            areas[row["right_id"]] = areas.get(row["right_id"], 0) + shapely.from_wkb(bytes(row["wkb"])).area
        ground = {row["unit_id"]: row["object_id"] for row in self.land.rows(PART, day)}
        found: dict[int, Held] = {}
        for r in self.land.rows(RIGHT, day):
            share = r["share_numerator"] and Fraction(r["share_numerator"], r["share_denominator"])
            key = (r["kind"], share, r["rank"], tuple(sorted(holders.get(r["feature_id"], ()))))
            mine = found.setdefault(ground[r["unit_id"]], {})
            assert key not in mine
            mine[key] = areas.get(r["feature_id"], 0.0)
        return found

    def snapshot(self) -> dict[str, dict[int, Held]]:
        """Return what is held on all days."""
        return {day: self.held(day) for day in DAYS}

    def own(self, unit: int, day: str) -> None:
        """Sell a unit whole to one or two new owners on a day."""
        if any(r["unit_id"] == unit and r["kind"] == "pledge" for r in self.land.rows(RIGHT, day)):
            return
        self.land.sell(unit, day, *(self.party() for _ in range(self.chance.choice((1, 2)))))

    def encumber(self, place: tuple[float, float, int], day: str) -> None:
        """Put a lease for a term, a servitude on a part, a duty, or a pledge with consent on a parcel's unit."""
        west, east, parcel = place
        units = self.land.units_of(parcel, day)
        kind = self.chance.choice(("lease", "servitude", "maintenance", "pledge"))
        until = self.chance.choice([d for d in (*DAYS, None) if d is None or d > day])
        if kind == "servitude":
            right = self.land.right(units[0], kind, [self.party()], day=day)
            at = self.chance.uniform(west, east - 2)
            self.land.lie(right, area(at, min(east, at + self.chance.uniform(1, 20)), 5, 10), day=day)
        elif kind == "pledge":
            right = self.land.right(units[0], kind, [self.party()], day=day, rank=self.served)
            self.land.put(CONSENT, day=day, right_id=right, consents_to="reorganisation")
        else:
            self.land.right(units[0], kind, [self.party()], day=day, until=until)


def _where(world: World, parcel: int) -> shapely.Geometry:
    west, east = next((w, e) for w, e, i in world.row if i == parcel)
    return area(west, east)


def _split(world: World, index: int, day: str) -> None:
    west, east, parcel = world.row[index]
    if east - west < 12:
        return
    before = world.snapshot()
    lying = {r["feature_id"]: shapely.from_wkb(bytes(r["wkb"])) for r in world.land.rows(AREA, day)}
    parts = shapely.union_all(list(lying.values())) if lying else shapely.Polygon()
    at = world.chance.uniform(west + 5, east - 5)
    children = world.land.split(parcel, at - 0, day=day)
    world.row[index : index + 1] = [(west, at, children[0]), (at, east, children[1])]
    for probe in (d for d in DAYS if d >= day):
        after, told = world.held(probe), before[probe].get(parcel, {})
        one, other = (after.get(child, {}) for child in children)
        for key, size in told.items():
            if size:
                assert one.get(key, 0) + other.get(key, 0) == pytest.approx(size, abs=1e-3)
            else:
                assert one.pop(key) == other.pop(key) == 0
        assert all(size > 0 for left in (one, other) for size in left.values())
        assert set(one) | set(other) == {key for key, size in told.items() if size}
        assert parts.is_valid


def _merge(world: World, index: int, day: str) -> None:
    west, _, first = world.row[index]
    _, east, second = world.row[index + 1]
    before = world.snapshot()
    later = [d for d in DAYS if d >= day]
    shared = [[{k for k in before[d].get(p, {}) if k[0] == "ownership"} for d in later] for p in (first, second)]
    if shared[0] != shared[1]:
        with pytest.raises(RuleBroken, match="same-holders"):
            world.land.merge(first, second, day=day)
        assert world.snapshot() == before
        return
    child = world.land.merge(first, second, day=day)
    world.row[index : index + 2] = [(west, east, child)]
    for probe in later:
        told = [before[probe].get(p, {}) for p in (first, second)]
        now = world.held(probe).get(child, {})
        assert set(now) == set(told[0]) | set(told[1])
        for key, size in now.items():
            if size:
                assert any(t.get(key) for t in told) or (key in told[0]) != (key in told[1])


def _acts(world: World) -> Iterator[str]:
    """Yield what is done on each of the days."""
    for day in DAYS[:-1]:
        for _ in range(2):
            index = world.chance.randrange(len(world.row))
            match world.chance.choice(("split", "split", "merge", "encumber", "encumber", "sell")):
                case "split":
                    _split(world, index, day)
                case "merge" if index + 1 < len(world.row):
                    _merge(world, index, day)
                case "encumber":
                    world.encumber(world.row[index], world.chance.choice([d for d in DAYS if d >= day]))
                case "sell":
                    later = world.chance.choice([d for d in DAYS if d >= day])
                    world.own(world.land.units_of(world.row[index][2], later)[0], later)
            yield day


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_random_acts_lose_no_right(fresh_city: Callable[[str], City], seed: int) -> None:
    """Whatever is split, merged, sold and encumbered, in whatever order, every parcel bears what its land bore."""
    world = World(Land(fresh_city("helsinki")), Random(seed))
    ann = world.land.party("Ann")
    for i in range(3):
        parcel, _ = world.land.owned(40 * i, 40 * i + 40, ann)
        world.row.append((40 * i, 40 * i + 40, parcel))
    for day in _acts(world):
        for probe in DAYS:
            assert world.land.sums(probe) == {Fraction(1)}
        units = Counter(r["object_id"] for r in world.land.rows(PART, day))
        assert units == {r["feature_id"]: 1 for r in world.land.rows(PARCEL, day)}
        assert len(world.land.rows(UNIT, day)) == len(units)
    world.land.city.register.close()
