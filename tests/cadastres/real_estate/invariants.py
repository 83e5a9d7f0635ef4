"""What the registers say, read row by row, and what must hold of it at every instant; no rule of the engine takes part.

A register is a step function of its two axes: it changes only where a span of some row begins or ends. :class:`Book`
reads all rows by plain SQL and cuts out what was said at each step; the functions below tell what is wrong with it, by
the numbers of the register's invariants.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from itertools import combinations, pairwise
from typing import Any

import shapely
from psycopg import Connection, sql
from psycopg.rows import dict_row
from psycopg.types.range import Range
from shapely.geometry.base import BaseGeometry

from data.catalogue import LAYERS
from gis.database import connect
from tests.cadastres.real_estate.estate import (
    ADDRESS,
    ADDRESSING,
    AREA,
    BUILDING,
    CONSENT,
    HOLDER,
    PARCEL,
    PART,
    PREMISES,
    RIGHT,
    UNIT,
)
from tests.city import City

T = 0.01
STREET, ALIAS = "address.street", "address.alias"
OWNING, USING = {"ownership", "stateOwnership"}, {"permanentUse", "temporaryUse"}
NUMBERS = {PARCEL: "cadastral_number", BUILDING: "building_number", PREMISES: "premises_number"}

Span = Range[datetime]


@dataclass(frozen=True, slots=True)
class Row:
    """One stored version of a feature."""

    layer: str
    feature: int
    changeset: int
    valid: Span
    recorded: Span
    abolished: bool
    said: Mapping[str, Any]
    area: BaseGeometry = field(default_factory=shapely.Polygon)

    def __getitem__(self, name: str) -> Any:
        return self.said[name]

    @property
    def share(self) -> Fraction:
        """The share; nothing where it has none."""
        return Fraction(self["share_numerator"] or 0, self["share_denominator"] or 1)


@dataclass(frozen=True, slots=True)
class Descent:
    """One line of lineage."""

    layer: str
    kind: str
    parent: int
    child: int
    recorded: Span


@dataclass(frozen=True)
class State:
    """All that was in force at one instant of law, as known at one instant of the register."""

    rows: Mapping[str, Sequence[Row]]
    descents: Sequence[Descent] = ()

    def __getitem__(self, layer: str) -> Sequence[Row]:
        return self.rows.get(layer, ())

    @cached_property
    def by_id(self) -> dict[tuple[str, int], Row]:
        """Rows by layer and feature."""
        return {(layer, row.feature): row for layer, rows in self.rows.items() for row in rows}

    def naming(self, layer: str, name: str, value: int) -> list[Row]:
        """Return a layer's rows that name something."""
        return [row for row in self[layer] if row[name] == value]

    def parts(self, unit: int, kind: str) -> list[Row]:
        """Return a unit's objects of one kind."""
        layer = {"parcel": PARCEL, "building": BUILDING, "premises": PREMISES}[kind]
        named = {p["object_id"] for p in self.naming(PART, "unit_id", unit) if p["object_kind"] == kind}
        return [row for row in self[layer] if row.feature in named]

    def kind_of(self, unit: int) -> str:
        """Return which of the five kinds of unit it is, by what it is made of."""
        made = Counter(part["object_kind"] for part in self.naming(PART, "unit_id", unit))
        if made == {"parcel": 1, "building": 1}:
            return "parcel with its building"
        return next(iter(made)) if made.total() == 1 else "several"


@dataclass(frozen=True)
class Book:
    """Every row that the register holds."""

    rows: Sequence[Row]
    descents: Sequence[Descent]

    @classmethod
    def read(cls, city: City) -> "Book":
        """Read everything, persons too."""
        with connect(city.register.database.writer) as connection:
            rows = [row for layer in LAYERS for row in _rows(connection, layer)]
            lines = connection.execute("SELECT layer, kind, parent, child, recorded FROM qala.lineage").fetchall()
        return cls(rows, [Descent(*line) for line in lines])

    @property
    def last(self) -> datetime:
        """When something was recorded last."""
        return max(row.recorded.lower for row in self.rows if row.recorded.lower is not None)

    def state(self, valid: datetime, recorded: datetime) -> State:
        """Return what was in force at ``valid`` by what was known at ``recorded``."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            if not row.abolished and recorded in row.recorded and valid in row.valid:
                found[row.layer].append(row)
        return State(found, [d for d in self.descents if recorded in d.recorded])

    def recordings(self, since: datetime) -> list[datetime]:
        """Return every moment from one on at which something was recorded."""
        found = (bound for row in self.rows for bound in _bounds(row.recorded))
        return sorted({bound for bound in found if bound >= since})

    def states(self, since: datetime) -> Iterator[tuple[datetime, datetime, State]]:
        """Yield every step of the register on both axes that was known from a moment on: (valid, recorded, state)."""
        for recorded in self.recordings(since):
            known = Book([row for row in self.rows if recorded in row.recorded], self.descents)
            for valid in sorted({bound for row in known.rows for bound in _bounds(row.valid)}):
                yield valid, recorded, known.state(valid, recorded)

    def wrong(self, since: datetime) -> list[str]:
        """Return all that is wrong, each with its instant."""
        found = [problem for check in OF_ALL_TIME for problem in check(self)]
        for valid, recorded, state in self.states(since):
            when = f"valid {valid:%Y-%m-%d}, recorded {recorded:%H:%M:%S.%f}"
            found += [f"{when}: {problem}" for check in AT_EVERY_INSTANT for problem in check(state)]
        return found


def _rows(connection: Connection, name: str) -> Iterator[Row]:
    layer = LAYERS[name]
    fields = [f.name for f in layer.fields]
    statement = sql.SQL("SELECT *, {shape} AS wkb FROM {table}").format(
        shape=sql.SQL("ST_AsBinary(geom)" if layer.spatial else "NULL"),
        table=sql.Identifier(layer.schema, layer.table),
    )
    for r in connection.cursor(row_factory=dict_row).execute(statement):
        area = shapely.from_wkb(bytes(r["wkb"])) if r["wkb"] else shapely.Polygon()
        said = {f: r[f] for f in fields}
        yield Row(name, r["feature_id"], r["opened_by"], r["valid"], r["recorded"], r["abolished"], said, area)


def _bounds(span: Span) -> list[datetime]:
    return [bound for bound in (span.lower, span.upper) if bound is not None]


def thin(area: BaseGeometry) -> bool:
    """Tell whether an area is no wider than the tolerance anywhere."""
    return bool(area.buffer(-T / 2).is_empty)


def same_thing(one: Row, other: Row) -> bool:
    """Tell whether two encumbrances of a unit rest on one thing: the whole unit holds every share of it."""
    things = {one["on_right_id"], other["on_right_id"]}
    return one["unit_id"] == other["unit_id"] and (None in things or len(things) == 1)


def _numbers_are_never_reused(book: Book) -> Iterator[str]:
    """Check invariants 11 and 35."""
    owners: dict[tuple[str, str, Any], set[int]] = defaultdict(set)
    for row in book.rows:
        for declared in LAYERS[row.layer].identifiers:
            owners[row.layer, declared.name, row[declared.name]].add(row.feature)
    for (layer, name, value), features in owners.items():
        if value is not None and len(features) > 1:
            yield f"11: {layer}.{name} {value} was given to {sorted(features)}"


def _timelines_have_neither_overlaps_nor_gaps(book: Book) -> Iterator[str]:
    """Check invariant 28."""
    for recorded in book.recordings(min(row.recorded.lower for row in book.rows if row.recorded.lower)):
        told: dict[tuple[str, int], list[Span]] = defaultdict(list)
        for row in book.rows:
            if recorded in row.recorded:
                told[row.layer, row.feature].append(row.valid)
        for key, spans in told.items():
            for earlier, later in pairwise(sorted(spans)):
                if earlier.upper is None or earlier.upper != later.lower:
                    yield f"28: {key} is {earlier}, then {later}"


def _nobody_descends_from_himself(book: Book) -> Iterator[str]:
    """Check invariant 13."""
    children: dict[int, set[int]] = defaultdict(set)
    for descent in book.descents:
        if descent.parent != descent.child:
            children[descent.parent].add(descent.child)
    for first in list(children):
        reached, todo = set[int](), {first}
        while todo:
            todo = {child for i in todo for child in children[i]} - reached
            reached |= todo
        if first in reached:
            yield f"13: {first} descends from itself"


def _indivisible_parcels_are_whole(book: Book) -> Iterator[str]:
    """Check invariant 15."""
    split = {d.parent for d in book.descents if d.layer == PARCEL and d.kind == "split"}
    for row in book.rows:
        if row.layer == PARCEL and row.feature in split and row["divisible"] is False:
            yield f"15: {row.feature} was split"


def _parents_or_children(state: State) -> Iterator[str]:
    """Check invariant 12."""
    for d in state.descents:
        if d.kind in {"split", "merge"} and {(d.layer, d.parent), (d.layer, d.child)} <= state.by_id.keys():
            yield f"12: {d.layer} {d.parent} and its child {d.child} are both in force"


def _parcels_lie_apart(state: State) -> Iterator[str]:
    """Check invariant 1."""
    for one, other in combinations(state[PARCEL], 2):
        if not thin(one.area.intersection(other.area)):
            yield f"1: parcels {one.feature} and {other.feature} overlap"


def _buildings_stand_on_their_parcels(state: State) -> Iterator[str]:
    """Check invariant 14, of buildings: on parcels, numbered after the one below most of it."""
    ground = shapely.union_all([parcel.area for parcel in state[PARCEL]])
    for house in state[BUILDING]:
        if not thin(house.area.difference(ground)):
            yield f"14: building {house.feature} stands beyond the parcels"
        below = {p["cadastral_number"]: p.area.intersection(house.area).area for p in state[PARCEL]}
        if below.get(house["parcel_number"], 0) < max(below.values(), default=0) - T:
            yield f"14: building {house.feature} names {house['parcel_number']} and stands on {below}"
        if not str(house["building_number"]).startswith(f"{house['parcel_number']}:"):
            yield f"14: building {house['building_number']} on {house['parcel_number']}"


def _premises_are_numbered_after_their_building(state: State) -> Iterator[str]:
    """Check invariant 14, of premises."""
    for flat in state[PREMISES]:
        house = state.by_id.get((BUILDING, flat["building_id"]))
        if house is None or not flat["premises_number"].startswith(f"{house['building_number']}:"):
            yield f"14: premises {flat['premises_number']} in {house and house['building_number']}"


def _units_are_numbered_after_an_object(state: State) -> Iterator[str]:
    """Check that a unit bears the number of one of its objects."""
    for unit in state[UNIT]:
        objects = [row for kind in ("parcel", "building", "premises") for row in state.parts(unit.feature, kind)]
        if unit["unit_number"] not in {row[NUMBERS[row.layer]] for row in objects}:
            yield f"unit {unit['unit_number']} is made of {[row[NUMBERS[row.layer]] for row in objects]}"


def _shares_sum_to_one(state: State) -> Iterator[str]:
    """Check invariant 16: every unit here is owned, so its owners' shares are the whole, and so are its users'."""
    for unit in state[UNIT]:
        rights = state.naming(RIGHT, "unit_id", unit.feature)
        owned = sum((r.share for r in rights if r["kind"] in OWNING), Fraction(0))
        used = sum((r.share for r in rights if r["kind"] in USING), Fraction(0))
        if owned != 1 or used not in {0, 1}:
            yield f"16: unit {unit.feature} is owned by {owned} and used by {used}"


def _rights_have_holders(state: State) -> Iterator[str]:
    """Check invariant 17."""
    held = Counter(holder["right_id"] for holder in state[HOLDER])
    for right in state[RIGHT]:
        if held[right.feature] > 1 or (right["party_required"] and not held[right.feature]):
            yield f"17: right {right.feature} has {held[right.feature]} holders"


def _what_is_named_is_in_force(state: State) -> Iterator[str]:
    """Check invariants 20 and 37, and every other reference: what is in force names what is in force."""
    for layer, rows in state.rows.items():
        for declared in (f for f in LAYERS[layer].fields if f.refers_to):
            for row in rows:
                value = row[declared.name]
                if value is not None and not any((name, value) in state.by_id for name in declared.refers_to):
                    yield f"20, 37: {layer} {row.feature} names {declared.name} {value}"


def _units_are_made_of_objects(state: State) -> Iterator[str]:
    """Check that each unit has objects, and no object is in two units."""
    for unit in state[UNIT]:
        if not state.naming(PART, "unit_id", unit.feature):
            yield f"unit {unit.feature} is made of nothing"
    for thing, times in Counter(part["object_id"] for part in state[PART]).items():
        if times > 1:
            yield f"object {thing} is in {times} units"


def _pledges_differ_in_rank(state: State) -> Iterator[str]:
    """Check invariant 21."""
    for one, other in combinations([r for r in state[RIGHT] if r["kind"] == "pledge"], 2):
        if same_thing(one, other) and (None in {one["rank"], other["rank"]} or one["rank"] == other["rank"]):
            yield f"21: pledges {one.feature} and {other.feature} have ranks {one['rank']}, {other['rank']}"


def _servitudes_lie_inside(state: State) -> Iterator[str]:
    """Check invariant 22."""
    for place in state[AREA]:
        right = state.by_id.get((RIGHT, place["right_id"]))
        parcels = state.parts(right["unit_id"], "parcel") if right else []
        if not thin(place.area.difference(shapely.union_all([p.area for p in parcels]))):
            yield f"22: area {place.feature} of right {place['right_id']} lies outside its unit"


def _exclusive_uses_do_not_meet(state: State) -> Iterator[str]:
    """Check invariant 23."""
    lying = {i: shapely.union_all([a.area for a in areas]) for i, areas in _grouped(state[AREA], "right_id").items()}
    for one, other in combinations([r for r in state[RIGHT] if r["excludes_others"]], 2):
        if one["unit_id"] != other["unit_id"] or {one["kind"], other["kind"]} <= OWNING | USING:
            continue
        apart = {one.feature, other.feature} <= lying.keys() and thin(lying[one.feature] & lying[other.feature])
        if not apart:
            yield f"23: {one.feature} and {other.feature} exclude each other"


def _grouped(rows: Iterable[Row], name: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


def _addresses_are_alone(state: State) -> Iterator[str]:
    """Check invariant 36: one address a number, one main address an object."""
    names = ("parent_address_id", "street_id", "locator_designator", "locator_block", "locator_level")
    for key, times in Counter(tuple(a[name] for name in names) for a in state[ADDRESS]).items():
        if times > 1:
            yield f"36: {times} addresses are {key}"
    for thing, times in Counter(g["object_id"] for g in state[ADDRESSING] if g["is_primary"]).items():
        if times > 1:
            yield f"36: object {thing} has {times} main addresses"


def _names_are_official(state: State) -> Iterator[str]:
    """Check invariant 38."""
    for street in state[STREET]:
        if not street["name_kk"] or not street["name_ru"]:
            yield f"38: street {street.feature} is {street['name_kk']!r}, {street['name_ru']!r}"


def _consents_serve_pledges(state: State) -> Iterator[str]:
    """Check that consent is given by pledgees only."""
    for consent in state[CONSENT]:
        right = state.by_id.get((RIGHT, consent["right_id"]))
        if right is None or right["kind"] != "pledge":
            yield f"consent {consent.feature} is of no pledge"


OF_ALL_TIME: Sequence[Callable[[Book], Iterator[str]]] = (
    _numbers_are_never_reused,
    _timelines_have_neither_overlaps_nor_gaps,
    _nobody_descends_from_himself,
    _indivisible_parcels_are_whole,
)
AT_EVERY_INSTANT: Sequence[Callable[[State], Iterator[str]]] = (
    _parents_or_children,
    _parcels_lie_apart,
    _buildings_stand_on_their_parcels,
    _premises_are_numbered_after_their_building,
    _units_are_numbered_after_an_object,
    _shares_sum_to_one,
    _rights_have_holders,
    _what_is_named_is_in_force,
    _units_are_made_of_objects,
    _pledges_differ_in_rank,
    _servitudes_lie_inside,
    _exclusive_uses_do_not_meet,
    _addresses_are_alone,
    _names_are_official,
    _consents_serve_pledges,
)
