"""Rights carried over from units that end to the units of the parcels or premises that take their objects' place.

Everything keeps what it said: kind, share, holders, rank, term. On a split each part's unit gets a copy of every right;
one that lies on a part of the land only goes where it lies, cut to it. On a merge the shared rights (ownership and its
like) of all parcels must be the same and become one; what encumbered one parcel only keeps that parcel as its area,
unless all parcels bore the same. Buildings that belonged to a unit go to the unit of the parcel on which they stand.

What ends, ends in the same act: the old units, their parts, rights, holders, areas and consents.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from cadastres.land import partition
from cadastres.land.model import PARCEL
from cadastres.real_estate.estates import Estate, Fate, Features, Heir, standing_on
from cadastres.real_estate.remaining import begin, bounds, cut, joined, live, periods, within
from cadastres.real_estate.rights_model import ARREST, CONSENT, HOLDER, PLEDGE, RIGHT, RIGHT_AREA, UNIT, UNIT_PART
from gis.act import Case, Succession
from gis.record import Period, Timeline, Version, Write, at

NOWHERE_BOUND: Final = (PLEDGE, ARREST, "priorityInterest", "prohibition")
"""Kinds that weigh on a unit as such: they have no area of their own."""

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Inheritance:
    """What one heir's unit gets from a group of units that it succeeds to.

    Attributes:
        group: one unit that is split, or those that become one by a merge.
        ids: of the new features, by what they are a copy of; negative, the same whenever asked.
    """

    case: Case
    fate: Fate
    group: tuple[Estate, ...]
    heir: Heir
    number: str
    ids: "NewIds"

    @cached_property
    def unit(self) -> int:
        """Id of the new unit."""
        return self.ids.of(UNIT.name, self.group[0].unit, self.heir.feature)

    @cached_property
    def carried(self) -> dict[int, Timeline]:
        """Pieces of the rights that go to this heir, by the old right's id; of several that become one, the first's."""
        own = {i: self._placed(e, i) for e in self.group for i in e.rights if self.master(e, i) == i}
        kept = {i: pieces for i, pieces in own.items() if live(pieces)}
        old = {i for estate in self.group for i in estate.rights}
        lost = old - kept.keys() - {i for e in self.group for i in e.rights if self.master(e, i) != i}
        return {i: pieces for i, pieces in kept.items() if pieces[0].attributes.get("on_right_id") not in lost}

    def master(self, estate: Estate, right: int) -> int:
        """Return the right that stands for this one in the new unit: itself, or the like of an earlier unit."""
        if estate is self.group[0]:
            return right
        pieces = estate.rights[right]
        if pieces[0].attributes["share_check"]:
            return twin(estate, right, self.group[0], self.case.act.valid_from)
        return self._alike.get((estate.unit, right), right)

    @cached_property
    def _alike(self) -> dict[tuple[int, int], int]:
        """Encumbrances that all units of the group bear alike, each with the first unit's."""
        signs = [{self._sign(e, i): i for i in e.rights if _plain(e, i)} for e in self.group]
        common = set(signs[0]).intersection(*signs[1:])
        return {
            (e.unit, sign[s]): signs[0][s] for e, sign in zip(self.group[1:], signs[1:], strict=True) for s in common
        }

    def _sign(self, estate: Estate, right: int) -> Key:
        """Return all that a right says, but for the unit on which it lies."""
        said = tuple(
            (piece.valid, tuple(sorted((k, str(v)) for k, v in self._said(estate, piece).items())))
            for piece in live(estate.rights[right])
        )
        holders = estate.of_right(HOLDER.name, right).values()
        held = sorted((str(h.valid), h.attributes["party_id"]) for pieces in holders for h in live(pieces))
        return said, tuple(held)

    def _said(self, estate: Estate, piece: Version) -> dict[str, Any]:
        on = piece.attributes.get("on_right_id")
        stands = self.master(estate, on) if on is not None and _shared(estate.rights.get(on)) else on
        return {**piece.attributes, "unit_id": None, "on_right_id": stands}

    def _placed(self, estate: Estate, right: int) -> Timeline:
        """Return a right's pieces as far as it touches the heir's land."""
        pieces = estate.rights[right]
        areas = [a for told in estate.of_right(RIGHT_AREA.name, right).values() for a in live(told)]
        if not areas:
            return pieces
        parted = cut(pieces, bounds(areas))
        return joined(p for p in parted if self._touched([a for a in areas if a.valid.overlaps(p.valid)]))

    def _touched(self, areas: Sequence[Version]) -> bool:
        return not areas or any(not self._on_heir(area.geometry).is_empty for area in areas)

    def _on_heir(self, area: BaseGeometry) -> BaseGeometry:
        return partition.overlap(area, self.heir.area, self.case.profile.tolerances.linear)

    def writes(self) -> Iterator[Write]:
        """Yield the new unit with all that belongs to it."""
        first = self.group[0]
        yield from written(UNIT.name, self.unit, self._numbered())
        ground = {"unit_id": self.unit, "object_id": self.heir.feature, "object_kind": self.fate.object_kind}
        part = self.ids.of(UNIT_PART.name, first.unit, self.heir.feature)
        yield from written(UNIT_PART.name, part, (replace(p, attributes=ground) for p in first.pieces))
        yield from self._buildings()
        for estate in self.group:
            for right in estate.rights:
                if right in self.carried:
                    yield from self._right(estate, right)

    def _numbered(self) -> Timeline:
        """Return what the first of the old units said, under the number that the heir has at each time."""
        rest = self.number.removeprefix(self.heir.number)
        parted = cut(self.group[0].pieces, {span.start for span, _ in self.heir.numbers if span.start is not None})
        return joined(replaced(p, unit_number=self.heir.number_in(p.valid) + rest) for p in parted)

    def _buildings(self) -> Iterator[Write]:
        taken: set[int] = set()
        for estate in self.group:
            for part, pieces in estate.parts.items():
                thing = pieces[0].attributes["object_id"]
                if thing not in taken and self._comes_along(pieces[0]):
                    taken.add(thing)
                    new = self.ids.of(UNIT_PART.name, part, self.heir.feature)
                    yield from written(UNIT_PART.name, new, (replaced(p, unit_id=self.unit) for p in pieces))

    def _comes_along(self, part: Version) -> bool:
        if part.attributes["object_id"] in self.fate.parents:
            return False
        return standing_on(self.case, self.fate, part) is self.heir

    def _right(self, estate: Estate, right: int) -> Iterator[Write]:
        pieces, new = self.carried[right], self.new_right(right)
        yield from written(RIGHT.name, new, (self._repointed(estate, piece) for piece in pieces))
        times = periods(pieces)
        yield from self._copies(HOLDER.name, new, estate.of_right(HOLDER.name, right), times)
        consents = {i: c for i, c in estate.of_right(CONSENT.name, right).items() if not _used(c)}
        yield from self._copies(CONSENT.name, new, consents, times)
        yield from self._areas(estate, right, times)

    def new_right(self, right: int) -> int:
        """Return the id of a right's copy in the heir's unit."""
        return self.ids.of(RIGHT.name, right, self.heir.feature)

    def _repointed(self, estate: Estate, piece: Version) -> Version:
        on = piece.attributes.get("on_right_id")
        stands = self.new_right(self.master(estate, on)) if on is not None and on in estate.rights else on
        return replaced(piece, unit_id=self.unit, on_right_id=stands)

    def _copies(self, layer: str, right: int, features: Features, times: Sequence[Period]) -> Iterator[Write]:
        for old, pieces in features.items():
            new = self.ids.of(layer, old, self.heir.feature)
            yield from written(layer, new, (replaced(p, right_id=right) for p in within(live(pieces), times)))

    def _areas(self, estate: Estate, right: int, times: Sequence[Period]) -> Iterator[Write]:
        areas, said = estate.of_right(RIGHT_AREA.name, right), {"right_id": self.new_right(right)}
        for old, pieces in areas.items():
            parts = [(p, self._on_heir(p.geometry)) for p in within(live(pieces), times)]
            new = self.ids.of(RIGHT_AREA.name, old, self.heir.feature)
            for piece, part in parts:
                if not part.is_empty:
                    yield Write(RIGHT_AREA.name, new, piece.valid, partition.multipolygon(part), said)
        if not areas and not self._everywhere(estate, right):
            ground = partition.multipolygon(self._ground(estate))
            new = self.ids.of(RIGHT_AREA.name, right, self.heir.feature)
            yield from (Write(RIGHT_AREA.name, new, span, ground, said) for span in times)

    def _everywhere(self, estate: Estate, right: int) -> bool:
        """Tell whether a right without an area weighs on all of the heir's land, or has no place at all."""
        if not self.fate.on_land or estate.rights[right][0].attributes["kind"] in NOWHERE_BOUND:
            return True
        bearing = [e for e in self.group if any(self.master(e, i) == right for i in e.rights)]
        return frozenset(self.fate.parents) <= {i for e in bearing for i in e.objects}

    def _ground(self, estate: Estate) -> BaseGeometry:
        parcels = (self.case.current(PARCEL.name, i) for i in sorted(estate.objects) if i in self.fate.parents)
        return shapely.union_all([p.geometry for p in parcels if p is not None])


@dataclass(frozen=True)
class NewIds:
    """Ids of features that an act makes: each copy has its own, the same whenever it is asked for."""

    first: int = -1_000_000_000
    _given: dict[tuple[str, int, int], int] = field(default_factory=dict)

    def of(self, layer: str, origin: int, heir: int) -> int:
        """Return the id of the copy that an heir gets of a feature."""
        return self._given.setdefault((layer, origin, heir), self.first - len(self._given))


def written(layer: str, feature_id: int, pieces: Iterator[Version] | Sequence[Version]) -> Iterator[Write]:
    """Yield pieces as writes of a feature."""
    return (Write(layer, feature_id, p.valid, p.geometry, p.attributes, p.abolished) for p in pieces)


def replaced(piece: Version, **said: Any) -> Version:
    """Return a piece that says something else in some fields."""
    return replace(piece, attributes={**piece.attributes, **said})


def _shared(pieces: Timeline | None) -> bool:
    return bool(pieces and pieces[0].attributes["share_check"])


def _plain(estate: Estate, right: int) -> bool:
    """Tell whether a right is an encumbrance without an area: one that units may bear alike."""
    return not _shared(estate.rights[right]) and not estate.of_right(RIGHT_AREA.name, right)


def _used(consent: Timeline) -> bool:
    return bool(consent[0].attributes["consents_to"] == "reorganisation")


def key_of(estate: Estate, right: int, moment: datetime) -> Key | None:
    """Return how a shared right is held at a moment, and by whom; nothing when it is not in force then."""
    piece = at(estate.rights[right], moment)
    if piece is None or piece.abolished or not piece.attributes["share_check"]:
        return None
    said = piece.attributes
    share = None if said["share_numerator"] is None else Fraction(said["share_numerator"], said["share_denominator"])
    return (said["kind"], str(share), str(said["holding"]), said["registered"], held_by(estate, right, moment))


def held_by(estate: Estate, right: int, moment: datetime) -> tuple[int, ...]:
    """Return the parties that hold a right at a moment."""
    found = (at(pieces, moment) for pieces in estate.of_right(HOLDER.name, right).values())
    return tuple(sorted(h.attributes["party_id"] for h in found if h is not None and not h.abolished))


def twin(estate: Estate, right: int, other: Estate, otherwise: datetime) -> int:
    """Return the right of another unit that is held as this one is, when this one begins."""
    moment = begin(estate.rights[right], otherwise)
    key = key_of(estate, right, moment)
    alike = [i for i in estate.rights if key_of(estate, i, moment) == key]
    others = [i for i in other.rights if key_of(other, i, moment) == key]
    return others[alike.index(right)]


def ends(case: Case, fate: Fate, found: Sequence[Estate]) -> Iterator[Write]:
    """Yield the ends of units and of all that is registered on them.

    A unit that keeps other objects by which it stands loses only the part that the object was.
    """
    for estate in found:
        left = bool(estate.besides(fate))
        for layer, features in estate.told.items():
            for feature_id, pieces in features.items():
                if not left or pieces[0].attributes.get("object_id") in fate.parents:
                    first = pieces[0]
                    span = Period(begin(pieces, case.act.valid_from), None)
                    yield Write(layer, feature_id, span, first.geometry, first.attributes, abolished=True)


def groups(fate: Fate, found: Sequence[Estate]) -> list[tuple[Estate, ...]]:
    """Return the units that become one: the basic units of a merge together, every other unit by itself."""
    if fate.kind != "merge":
        return [(estate,) for estate in found]
    basic = tuple(estate for estate in found if estate.type == "basicPropertyUnit")
    return [*([basic] if basic else []), *((estate,) for estate in found if estate not in basic)]


def inheritances(case: Case, fate: Fate, found: Sequence[Estate], ids: NewIds) -> list[Inheritance]:
    """Return what each heir gets."""
    told = groups(fate, found)
    numbers = [(heir, group, _number(case, fate, group[0], heir)) for heir in fate.heirs for group in told]
    taken: dict[str, int] = {}
    answer = []
    for heir, group, number in numbers:
        taken[number] = taken.get(number, 0) + 1
        own = number if taken[number] == 1 else f"{number}-{taken[number]}"
        answer.append(Inheritance(case, fate, group, heir, own, ids))
    return answer


def _number(case: Case, fate: Fate, estate: Estate, heir: Heir) -> str:
    """Return the heir's number, with what the old unit's had behind its object's, unless that named a building."""
    rest = next((estate.number.removeprefix(n) for n in fate.numbers(case) if estate.number.startswith(n)), "")
    return heir.number + ("" if rest.startswith(":") else rest)


def successions(case: Case, inherited: Sequence[Inheritance]) -> list[Succession]:
    """Return which units replace which: those in force on the legal date descend to new ones in force then."""
    found: dict[tuple[int, ...], list[int]] = {}
    kinds: dict[tuple[int, ...], str] = {}
    for each in inherited:
        old = tuple(e.unit for e in each.group if case.current(UNIT.name, e.unit) is not None)
        if old:
            found.setdefault(old, []).append(each.unit)
            kinds[old] = each.fate.kind
    return [Succession(UNIT.name, kinds[old], old, tuple(new)) for old, new in found.items()]
