"""Parcels with units and rights on them, put there in few words, and what a test reads back with plain SQL."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import shapely
from psycopg import sql
from psycopg.rows import dict_row
from shapely.geometry.base import BaseGeometry

from cadastres.land.verbs import Archive, Merge, Split
from cadastres.real_estate.rights_model import SHARED_KINDS
from data.catalogue import LAYERS
from gis.act import Act, Command
from gis.database import connect
from gis.edit import Put
from gis.errors import RuleBroken
from gis.record import NOWHERE, Period, Write
from gis.recording import Recorded
from tests.city import ORIGIN, City

QUARTER = "91001001"
START = "2020-01-01"
PARCEL, BUILDING, PREMISES = "land.parcel", "real_estate.building", "real_estate.premises"
UNIT, PART, RIGHT, AREA = "real_estate.unit", "real_estate.unit_part", "real_estate.right", "real_estate.right_area"
CONSENT, HOLDER, PARTY = "real_estate.consent", "personal.holder", "personal.party"
ADDRESSING, ADDRESS = "real_estate.addressing", "address.address"

RESTRICTIONS = ("servitude", "pledge", "arrest", "priorityInterest", "prohibition", "monument")
DUTIES = ("maintenance", "accessProvision")


def area(west: float, east: float, south: float = 0, north: float = 40) -> shapely.Polygon:
    """Return a box in metres from the tests' origin."""
    x, y = ORIGIN
    return shapely.box(x + west, y + south, x + east, y + north)


def upright(*at: float) -> BaseGeometry:
    """Return lines from south to north at some metres east of the origin."""
    x, y = ORIGIN
    return shapely.MultiLineString([[(x + e, y - 1), (x + e, y + 41)] for e in at])


@dataclass
class Land:
    """A register with parcels in one row, and short cuts to put units and rights on them."""

    city: City
    serials: int = 0
    names: dict[int, str] = field(default_factory=dict)

    def act(self, day: str) -> Act:
        """Return an act of a day."""
        return self.city.act(day)

    def put(
        self, layer: str, geometry: BaseGeometry = NOWHERE, day: str = START, until: str | None = None, **said: Any
    ) -> int:
        """Write a new feature from a day on, or until another."""
        return self.record(day, [self.new(-1, layer, geometry, day, until, **said)])[-1]

    def new(
        self,
        feature: int,
        layer: str,
        geometry: BaseGeometry = NOWHERE,
        day: str = START,
        until: str | None = None,
        **said: Any,
    ) -> Write:
        """Return the write of a feature that says nothing but what is given."""
        end = None if until is None else self.act(until).valid_from
        full = {f.name: said.get(f.name) for f in LAYERS[layer].fields}
        return Write(layer, feature, Period(self.act(day).valid_from, end), geometry, full)

    def record(self, day: str, writes: Iterable[Write]) -> Mapping[int, int]:
        """Record writes as one act; return the ids of its new features."""
        return self.city.register.perform(Put(tuple(writes)), self.act(day)).features

    def end(self, layer: str, feature: int, day: str) -> None:
        """End a feature as it is."""
        self.record(day, [self.ended(layer, feature, day)])

    def ended(self, layer: str, feature: int, day: str) -> Write:
        """Return the write that ends a feature as it is."""
        row = self.row(layer, feature, day)
        geometry = shapely.from_wkb(bytes(row["wkb"])) if row["wkb"] else NOWHERE
        said = {f.name: row[f.name] for f in LAYERS[layer].fields}
        return Write(layer, feature, self.act(day).period, geometry, said, abolished=True)

    def parcel(self, west: float, east: float, day: str = START) -> int:
        """Register a parcel with the next number."""
        self.serials += 1
        where = area(west, east)
        number = f"{QUARTER}{self.serials:03d}"
        return self.put(PARCEL, where, day, cadastral_number=number, official_area=where.area, divisible=True)

    def building(self, where: shapely.Polygon, parcel: str, number: str | None = None, day: str = START) -> int:
        """Register a building."""
        said = {"condition_of_construction": "functional", "parcel_number": parcel, "building_number": number}
        return self.put(BUILDING, shapely.MultiPolygon([where]), day, **said)

    def premises(self, building: int, number: str, day: str = START) -> int:
        """Register premises."""
        return self.put(PREMISES, day=day, building_id=building, premises_number=number, current_use="residential")

    def party(self, name: str) -> int:
        """Register a party."""
        found = self.put(PARTY, party_type="nonNaturalPerson", name=name, birth_date=date(1990, 1, 1))
        self.names[found] = name
        return found

    def unit(self, number: str, *objects: tuple[str, int], day: str = START, kind: str = "basicPropertyUnit") -> int:
        """Form a unit of objects, each with its kind."""
        return self.record(day, self.forming(number, objects, day, kind))[-1]

    def forming(self, number: str, objects: Iterable[tuple[str, int]], day: str, kind: str) -> list[Write]:
        """Return the writes that form a unit, the unit being -1."""
        parts = [
            self.new(-2 - i, PART, day=day, unit_id=-1, object_id=feature, object_kind=object_kind)
            for i, (object_kind, feature) in enumerate(objects)
        ]
        return [self.new(-1, UNIT, day=day, unit_number=number, type=kind), *parts]

    def right(
        self,
        unit: int,
        kind: str,
        holders: Sequence[int] = (),
        share: tuple[int, int] | None = None,
        day: str = START,
        until: str | None = None,
        **said: Any,
    ) -> int:
        """Register a right, restriction or responsibility with its holder."""
        return self.record(day, self.granting(-1, unit, kind, holders, share, day, until, **said))[-1]

    def granting(
        self,
        feature: int,
        unit: int,
        kind: str,
        holders: Sequence[int],
        share: tuple[int, int] | None,
        day: str,
        until: str | None = None,
        **said: Any,
    ) -> list[Write]:
        """Return the writes that register a right with its holders, who have the ids after its own."""
        category = "restriction" if kind in RESTRICTIONS else "responsibility" if kind in DUTIES else "right"
        facts = {
            "unit_id": unit, "category": category, "kind": kind, "share_check": kind in SHARED_KINDS,
            "share_numerator": share and share[0], "share_denominator": share and share[1],
            "party_required": bool(holders), "registered": True, "excludes_others": False, **said,
        }  # fmt: skip
        held = [
            self.new(feature - 1 - i, HOLDER, day=day, until=until, right_id=feature, party_id=party)
            for i, party in enumerate(holders)
        ]
        return [self.new(feature, RIGHT, day=day, until=until, **facts), *held]

    def owning(self, unit: int, day: str, holders: Sequence[int]) -> list[Write]:
        """Return the writes that give a unit to parties in equal shares; their ids begin at -1000."""
        shares = [(-1000 - 10 * i, party) for i, party in enumerate(holders)]
        form = "sole" if len(holders) == 1 else "shared"
        told = [self.granting(i, unit, "ownership", [p], (1, len(holders)), day, holding=form) for i, p in shares]
        return [write for writes in told for write in writes]

    def sell(self, unit: int, day: str, *buyers: int) -> None:
        """Give a unit to others from a day on."""
        sold = {r["feature_id"] for r in self.rows(RIGHT, day) if r["unit_id"] == unit and r["kind"] == "ownership"}
        holders = [h["feature_id"] for h in self.rows(HOLDER, day) if h["right_id"] in sold]
        ends = [self.ended(HOLDER, i, day) for i in holders] + [self.ended(RIGHT, i, day) for i in sold]
        self.record(day, [*ends, *self.owning(unit, day, buyers)])

    def lie(self, right: int, *where: shapely.Polygon, day: str = START) -> int:
        """Give a right its area."""
        return self.put(AREA, shapely.MultiPolygon(where), day, right_id=right)

    def owned(self, west: float, east: float, *holders: int) -> tuple[int, int]:
        """Register a parcel held by parties in equal shares: its id and its unit's."""
        parcel = self.parcel(west, east)
        number = f"{QUARTER}{self.serials:03d}"
        unit = self.forming(number, [("parcel", parcel)], START, "basicPropertyUnit")
        return parcel, self.record(START, [*unit, *self.owning(-1, START, holders)])[-1]

    def perform(self, command: Command, day: str) -> Recorded:
        """Record an act."""
        return self.city.register.perform(command, self.act(day))

    def split(self, parcel: int, *at: float, day: str = "2022-01-01") -> list[int]:
        """Split a parcel from south to north; return the parts' ids from west to east."""
        done = self.perform(Split(parcel=parcel, quarter=QUARTER, line=upright(*at)), day)
        return [done.features[-1 - i] for i in range(len(at) + 1)]

    def merge(self, *parcels: int, day: str = "2022-01-01") -> int:
        """Merge parcels."""
        return self.perform(Merge(parcels=parcels, quarter=QUARTER), day).features[-1]

    def archive(self, parcel: int, day: str = "2022-01-01") -> Recorded:
        """End a parcel."""
        return self.perform(Archive(feature=parcel), day)

    def broken(self, command: Command, day: str = "2022-01-01") -> Counter[tuple[str, int, int | None]]:
        """Return what stands in an act's way: rule, feature, other."""
        before = self.changesets()
        try:
            self.perform(command, day)
        except RuleBroken as refused:
            assert self.changesets() == before
            return Counter((v.rule, v.feature_id, v.other_id) for v in refused.data["violations"])
        return Counter()

    def changesets(self) -> int:
        """Return the number of the last changeset."""
        with connect(self.city.register.database.reader) as connection:
            row = connection.execute("SELECT max(number) FROM qala.changeset").fetchone()
        assert row is not None
        return int(row[0])

    def rows(self, layer: str, day: str) -> list[dict[str, Any]]:
        """Return what is in force of a layer on a day, by plain SQL."""
        declared = LAYERS[layer]
        statement = sql.SQL(
            "SELECT *, {wkb} AS wkb FROM {table} "
            "WHERE upper_inf(recorded) AND valid @> %s::timestamptz AND NOT abolished"
        ).format(
            wkb=sql.SQL("ST_AsBinary(geom)" if declared.spatial else "NULL::bytea"),
            table=sql.Identifier(declared.schema, declared.table),
        )
        with (
            connect(self.city.register.database.writer) as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            return cursor.execute(statement, (self.act(day).valid_from,)).fetchall()

    def row(self, layer: str, feature: int, day: str) -> dict[str, Any]:
        """Return one feature as it is on a day."""
        return next(row for row in self.rows(layer, day) if row["feature_id"] == feature)

    def units_of(self, parcel: int, day: str) -> list[int]:
        """Return the units of which a parcel is a part on a day."""
        return [row["unit_id"] for row in self.rows(PART, day) if row["object_id"] == parcel]

    def held(self, unit: int, day: str) -> Counter[tuple[Any, ...]]:
        """Return the multiset of (kind, share, rank, holders) on a unit on a day."""
        holders: dict[int, list[str]] = {}
        for row in self.rows(HOLDER, day):
            holders.setdefault(row["right_id"], []).append(self.names[row["party_id"]])
        return Counter(
            (r["kind"], _share(r), r["rank"], tuple(sorted(holders.get(r["feature_id"], ()))))
            for r in self.rows(RIGHT, day)
            if r["unit_id"] == unit
        )

    def held_on(self, parcel: int, day: str) -> Counter[tuple[Any, ...]]:
        """Return what is held on a parcel's one unit on a day."""
        (unit,) = self.units_of(parcel, day)
        return self.held(unit, day)

    def sums(self, day: str) -> set[Fraction]:
        """Return the sums of shares of every unit and kind of right whose shares must add up."""
        sums: dict[tuple[int, str], Fraction] = {}
        for r in self.rows(RIGHT, day):
            if r["share_check"]:
                key = (r["unit_id"], r["kind"])
                sums[key] = sums.get(key, Fraction(0)) + Fraction(r["share_numerator"], r["share_denominator"])
        return set(sums.values())

    def areas(self, unit: int, day: str) -> dict[str, BaseGeometry]:
        """Return the areas of a unit's rights by kind."""
        rights = {r["feature_id"]: r["kind"] for r in self.rows(RIGHT, day) if r["unit_id"] == unit}
        return {
            rights[row["right_id"]]: shapely.from_wkb(bytes(row["wkb"]))
            for row in self.rows(AREA, day)
            if row["right_id"] in rights
        }

    def said(self, layer: str, features: Iterable[int], name: str, day: str) -> list[Any]:
        """Return what features say in a field on a day."""
        rows = {row["feature_id"]: row[name] for row in self.rows(layer, day)}
        return [rows.get(feature) for feature in features]


def _share(row: dict[str, Any]) -> Fraction | None:
    return None if row["share_numerator"] is None else Fraction(row["share_numerator"], row["share_denominator"])
