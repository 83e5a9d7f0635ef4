"""What hangs on objects that an act replaces or ends: their units, with all that is registered on these.

The *fate* of a parcel or of premises is what an act makes of them: parts (split), a larger one (merge), or nothing
(archive; so end buildings too). An *estate* is a unit with its parts, rights, holders, areas and consents, from the
act's legal date on.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from shapely.geometry.base import BaseGeometry

from cadastres.land.model import PARCEL
from cadastres.real_estate.model import BUILDING, PREMISES
from cadastres.real_estate.remaining import live, remaining
from cadastres.real_estate.rights_model import CONSENT, HOLDER, RIGHT, RIGHT_AREA, UNIT, UNIT_PART
from gis.act import Case, Needs, Outcome
from gis.profile import CityProfile
from gis.record import Period, Timeline, Write, at

Kind = Literal["split", "merge", "archive"]
Features = Mapping[int, Timeline]

OF_UNIT: Final = (UNIT_PART.name, RIGHT.name)
OF_RIGHT: Final = (HOLDER.name, RIGHT_AREA.name, CONSENT.name)
"""What names a unit, and what names a right of it."""


OBJECTS: Final = {
    PARCEL.name: ("parcel", "cadastral_number"),
    BUILDING.name: ("building", "building_number"),
    PREMISES.name: ("premises", "premises_number"),
}
"""Layers of what units consist of: the kind as parts name it, and the field of its number."""


@dataclass(frozen=True, slots=True)
class Heir:
    """What takes the place of others: its id within the act, its number, its area; premises have none.

    Attributes:
        numbers: its number in each span of its time: premises are renumbered with their building, at once or later.
    """

    feature: int
    number: str
    area: BaseGeometry
    numbers: tuple[tuple[Period, str], ...] = ()

    def number_in(self, period: Period) -> str:
        """Return its number in a time that no renumbering cuts."""
        return next((number for span, number in self.numbers if span.overlaps(period)), self.number)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of objects of one layer; what is archived has no heirs."""

    layer: str
    kind: Kind
    parents: tuple[int, ...]
    heirs: tuple[Heir, ...] = ()

    @property
    def object_kind(self) -> str:
        """What parts of units call such an object."""
        return OBJECTS[self.layer][0]

    @property
    def on_land(self) -> bool:
        """Whether it is parcels that are replaced or end."""
        return self.layer == PARCEL.name

    def numbers(self, case: Case) -> list[str]:
        """Return the numbers of what is replaced, as they are on the legal date."""
        found = (case.current(self.layer, parent) for parent in self.parents)
        return [str(version.attributes[OBJECTS[self.layer][1]]) for version in found if version is not None]


@dataclass(frozen=True)
class Estate:
    """A unit and all that is registered on it, from the act's legal date on; only what is in force at some moment.

    Attributes:
        unit: its feature id.
        told: pieces by layer and feature.
    """

    unit: int
    told: Mapping[str, Features]

    @property
    def pieces(self) -> Timeline:
        """What the unit itself says."""
        return self.told[UNIT.name][self.unit]

    @property
    def parts(self) -> Features:
        """The unit's parts."""
        return self.told[UNIT_PART.name]

    @property
    def rights(self) -> Features:
        """Rights, restrictions and responsibilities on it."""
        return self.told[RIGHT.name]

    @property
    def number(self) -> str:
        """Its number, as it is on the legal date."""
        return str(self.pieces[0].attributes["unit_number"])

    @property
    def type(self) -> str:
        """Its type, as it is on the legal date."""
        return str(self.pieces[0].attributes["type"])

    @cached_property
    def objects(self) -> dict[int, str]:
        """The objects of which it consists, each with its kind."""
        pieces = (piece for part in self.parts.values() for piece in live(part))
        return {int(p.attributes["object_id"]): str(p.attributes["object_kind"]) for p in pieces}

    def besides(self, fate: Fate) -> frozenset[int]:
        """Return the objects of the unit that an act leaves, by which it is another unit than theirs.

        With a parcel go the buildings on it; premises go alone.
        """
        left = {i: kind for i, kind in self.objects.items() if i not in fate.parents}
        return frozenset(i for i, kind in left.items() if not fate.on_land or kind == fate.object_kind)

    def of_right(self, layer: str, right: int) -> Features:
        """Return the features of a layer that name a right."""
        return {i: pieces for i, pieces in self.told[layer].items() if pieces[0].attributes["right_id"] == right}


def fates(outcome: Outcome) -> list[Fate]:
    """Return what an act makes of objects: its successions, and the ends that have no successor."""
    return [fate for layer in OBJECTS for fate in _fates(layer, outcome)]


def _fates(layer: str, outcome: Outcome) -> Iterator[Fate]:
    writes = [write for write in outcome.writes if write.layer == layer]
    followed: set[int] = set()
    for s in outcome.successions:
        if s.layer == layer and s.kind in {"split", "merge"}:
            heirs = tuple(_heir(layer, child, writes) for child in s.children)
            followed.update(s.parents)
            yield Fate(layer, "split" if s.kind == "split" else "merge", s.parents, heirs)
    ended = sorted({w.feature_id for w in writes if w.abolished and w.feature_id > 0} - followed)
    if ended:
        yield Fate(layer, "archive", tuple(ended))


def _heir(layer: str, child: int, writes: list[Write]) -> Heir:
    own = [write for write in writes if write.feature_id == child and not write.abolished]
    numbers = tuple((write.valid, str(write.attributes[OBJECTS[layer][1]])) for write in own)
    return Heir(child, numbers[0][1], own[0].geometry, numbers)


def needs(outcome: Outcome, profile: CityProfile) -> Needs:  # noqa: ARG001 - part of the protocol
    """Ask for what the act replaces or ends, and for the units of which it is part."""
    told = fates(outcome)
    ended = {layer: frozenset(i for fate in told if fate.layer == layer for i in fate.parents) for layer in OBJECTS}
    return Needs(
        features={layer: ids for layer, ids in ended.items() if ids},
        related=tuple((UNIT_PART.name, "object_id", i) for ids in ended.values() for i in sorted(ids)),
    )


def further(case: Case, outcome: Outcome) -> Needs:
    """Ask for what is registered on the units, and for the buildings among their parts."""
    units = sorted({unit for fate in fates(outcome) for unit in _units(case, fate)})
    rights = [i for i, pieces in _naming(case, RIGHT.name, "unit_id", units).items() if pieces]
    parts = [p for pieces in _naming(case, UNIT_PART.name, "unit_id", units).values() for p in live(pieces)]
    named = {kind: _objects(parts, kind) for kind in ("building", "premises")}
    homes = {v.attributes["building_id"] for i in named["premises"] for v in case.timeline(PREMISES.name, i)}
    return Needs(
        features={
            UNIT.name: frozenset(units),
            BUILDING.name: named["building"] | homes,
            PREMISES.name: named["premises"],
        },
        related=(
            *((layer, "unit_id", unit) for layer in OF_UNIT for unit in units),
            *((layer, "right_id", right) for layer in OF_RIGHT for right in rights),
        ),
    )


def _objects(parts: list[Any], kind: str) -> frozenset[int]:
    return frozenset(p.attributes["object_id"] for p in parts if p.attributes["object_kind"] == kind)


def estates(case: Case, fate: Fate) -> list[Estate]:
    """Return the units of the objects of a fate, in the order of the objects, then of their ids."""
    found = [estate for unit in sorted(_units(case, fate)) if (estate := _estate(case, unit)).pieces]
    return sorted(found, key=lambda e: (min(fate.parents.index(i) for i in e.objects if i in fate.parents), e.unit))


def _estate(case: Case, unit: int) -> Estate:
    told = {name: _naming(case, name, "unit_id", [unit]) for name in OF_UNIT}
    told |= {name: _naming(case, name, "right_id", told[RIGHT.name]) for name in OF_RIGHT}
    return Estate(unit, {UNIT.name: {unit: remaining(case.timeline(UNIT.name, unit), case.act.valid_from)}, **told})


def _units(case: Case, fate: Fate) -> set[int]:
    """Return the ids of the units of which such an object is a part at some moment from the legal date on."""
    pieces = (p for part in _naming(case, UNIT_PART.name, "object_id", fate.parents).values() for p in live(part))
    return {int(piece.attributes["unit_id"]) for piece in pieces}


def _naming(case: Case, layer: str, name: str, values: Collection[int]) -> dict[int, Timeline]:
    """Return the loaded features of a layer that name one of some ids, as far as they are in force from the act on."""
    since = case.act.valid_from
    told = {i: remaining(timeline, since) for i, timeline in sorted(case.timelines.get(layer, {}).items())}
    return {i: pieces for i, pieces in told.items() if pieces and pieces[0].attributes[name] in values}


def standing_on(case: Case, fate: Fate, part: Any) -> Heir:
    """Return the heir on which a building, or the building of premises, stands; of several the one under most of it."""
    ground = _ground(case, part) if fate.on_land else None
    if ground is None:
        return fate.heirs[0]
    return min(fate.heirs, key=lambda h: (-h.area.intersection(ground).area, h.area.distance(ground)))


def _ground(case: Case, part: Any) -> BaseGeometry | None:
    moment = part.valid.start or case.act.valid_from
    building = part.attributes["object_id"]
    if part.attributes["object_kind"] == "premises":
        premises = at(case.timeline(PREMISES.name, building), moment)
        building = None if premises is None else premises.attributes["building_id"]
    version = None if building is None else at(case.timeline(BUILDING.name, building), moment)
    return None if version is None else version.geometry


def of_kind(estate: Estate, *kinds: str) -> Iterator[tuple[int, Timeline]]:
    """Yield the rights of some kinds."""
    return ((i, pieces) for i, pieces in estate.rights.items() if pieces[0].attributes["kind"] in kinds)


def consented(estate: Estate, pledge: int) -> bool:
    """Tell whether the pledgee consents to a reorganisation when the pledge meets it."""
    pieces = estate.rights[pledge]
    consents = estate.of_right(CONSENT.name, pledge).values()
    met = pieces[0].valid.start
    return any(
        piece.attributes["consents_to"] == "reorganisation" and (met is None or piece.valid.contains(met))
        for consent in consents
        for piece in live(consent)
    )
