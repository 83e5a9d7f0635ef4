"""What registrars and clerks may think of doing in a neighbourhood, sensible or not, drawn at random."""

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final, TypeVar

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from cadastres.address.formation import AbolishAddress, ChangeAddress, FormAddress
from cadastres.address.verbs import AbolishPlace, FormPlace, Rename
from cadastres.land.verbs import AdjustBoundary, Archive, Form, Merge, Part, Split
from cadastres.real_estate.addressing import GiveAddress, TakeAddress
from cadastres.real_estate.premises_verbs import ChangePremises, EndPremises, FormPremises, MergePremises, SplitPremises
from cadastres.real_estate.rights_verbs import (
    Consent,
    Correction,
    CorrectRight,
    DeclareUnregistered,
    Discharge,
    FormUnit,
    Inherit,
    NewRight,
    Recipient,
    RegisterRight,
    Transfer,
    UnitObject,
)
from cadastres.real_estate.verbs import ChangeBuilding, DemolishBuilding, RegisterBuilding
from gis.act import Command
from tests.cadastres.real_estate.estate import (
    ADDRESS,
    ADDRESSING,
    BUILDING,
    HOLDER,
    PARCEL,
    PART,
    PREMISES,
    RIGHT,
    UNIT,
)
from tests.cadastres.real_estate.invariants import OWNING, STREET, USING, Row, State
from tests.cadastres.real_estate.neighbourhood import LAND, QUARTER, SIDE, Neighbourhood, X, Y, box, footprint, owning

_T = TypeVar("_T")

KINDS: Final = {PARCEL: "parcel", BUILDING: "building", PREMISES: "premises"}
NAMES: Final = (
    ("Абай көшесі", "улица Абая"),
    ("Сәтбаев көшесі", "улица Сатпаева"),
    ("Достық даңғылы", "проспект Достык"),
)


class NothingThereError(Exception):
    """There is nothing of which one could be chosen."""


@dataclass
class Scene:
    """What is in force on the day of an act, as far as is known, and the dice that choose from it.

    Attributes:
        aim: the kind of unit to choose, where one is to be chosen; any, if none is said.
    """

    place: Neighbourhood
    state: State
    day: date
    dice: random.Random
    aim: str | None = None

    def pick(self, choices: Collection[_T]) -> _T:
        """Choose one."""
        if not choices:
            raise NothingThereError
        return self.dice.choice(list(choices))

    def several(self, choices: Sequence[_T], most: int) -> list[_T]:
        """Choose one or more, all different."""
        many = self.dice.randint(1, most)
        if len(choices) < many:
            raise NothingThereError
        return self.dice.sample(choices, many)

    def metres(self, least: float, most: float) -> float:
        """Choose a length in whole metres."""
        return float(self.dice.randint(int(least), max(int(least), int(most))))

    def unit(self) -> Row:
        """Choose a unit, each kind as likely as another."""
        units: dict[str, list[Row]] = {}
        for unit in self.state[UNIT]:
            units.setdefault(self.state.kind_of(unit.feature), []).append(unit)
        return self.pick(units.get(self.pick([self.aim] if self.aim else sorted(units)), []))

    def right(self) -> Row:
        """Choose somebody's ownership or use of a unit."""
        unit = self.unit().feature
        return self.pick([right for right in self.rights() if right["unit_id"] == unit])

    def people(self) -> list[int]:
        """Return who lives, and a family that holds jointly."""
        living = [p for p in self.state["personal.party"] if p["end_date"] is None]
        return [p.feature for p in living if p["party_type"] in {"naturalPerson", "group"}]

    def owners(self) -> list[int]:
        """Choose new owners."""
        return self.several(self.people(), self.pick((1, 1, 2)))

    def rights(self, kinds: Collection[str] = OWNING | USING) -> list[Row]:
        """Return the rights of some kinds."""
        return [right for right in self.state[RIGHT] if right["kind"] in kinds]

    def ground(self, unit: Row) -> BaseGeometry:
        """Return a unit's land."""
        return shapely.union_all([p.area for p in self.state.parts(unit.feature, "parcel")])

    def homeless(self) -> list[Row]:
        """Return objects that belong to no unit."""
        housed = {part["object_id"] for part in self.state[PART]}
        return [row for layer in KINDS for row in self.state[layer] if row.feature not in housed]

    def neighbours(self) -> list[tuple[Row, Row]]:
        """Return pairs of parcels with an edge in common, either way."""
        parcels = self.state[PARCEL]
        return [(a, b) for a in parcels for b in parcels if a is not b and _border(a, b).length > 1]


def _border(one: Row, other: Row) -> BaseGeometry:
    return one.area.boundary.intersection(other.area.boundary)


def _sell(scene: Scene) -> Command:
    right = scene.right()
    part = min(Fraction(1), right.share * scene.pick((Fraction(1), Fraction(1), Fraction(1, 3), Fraction(4, 3))))
    buyers = scene.owners()
    return Transfer(right=right.feature, to=tuple(Recipient(holder=b, share=part / len(buyers)) for b in buyers))


def _inherit(scene: Scene) -> Command:
    person = scene.pick([p for p in scene.people() if p != scene.place.family])
    held = {holder["right_id"] for holder in scene.state.naming(HOLDER, "party_id", person)}
    rights = [right.feature for right in scene.rights() if right.feature in held]
    if not rights:
        raise NothingThereError
    heirs = scene.several([p for p in scene.people() if p != person], 2)
    shares = (Fraction(1),) if len(heirs) == 1 else (Fraction(1, 3), Fraction(2, 3))
    given = tuple(Recipient(holder=h, share=s) for h, s in zip(heirs, shares, strict=True))
    return Inherit(testator=person, rights=tuple(rights), heirs=given, died=scene.day)


def _on(scene: Scene, unit: Row) -> int | None:
    """Choose the whole unit or somebody's share of it."""
    shares = [right.feature for right in scene.rights() if right["unit_id"] == unit.feature]
    return scene.pick([None, None, *shares])


def _pledge(scene: Scene) -> Command:
    unit = scene.unit()
    pledge = NewRight(
        kind="pledge", holder=scene.place.bank, rank=scene.pick((1, 2, None, 3)), on_right=_on(scene, unit)
    )
    return RegisterRight(unit=unit.feature, rights=(pledge,))


def _consent(scene: Scene) -> Command:
    pledge = scene.pick(scene.rights({"pledge"}))
    return Consent(right=pledge.feature, consents_to=scene.pick(("disposal", "reorganisation", "furtherPledge")))


def _arrest(scene: Scene) -> Command:
    unit = scene.unit()
    return RegisterRight(unit=unit.feature, rights=(NewRight(kind="arrest", on_right=_on(scene, unit)),))


def _discharge(scene: Scene) -> Command:
    encumbrances = [right for right in scene.state[RIGHT] if right["kind"] not in OWNING | USING]
    return Discharge(right=scene.pick(encumbrances).feature)


def _servitude(scene: Scene) -> Command:
    unit = scene.pick([u for u in scene.state[UNIT] if not scene.ground(u).is_empty])
    west, south, east, north = (
        edge - corner for edge, corner in zip(scene.ground(unit).bounds, (X, Y) * 2, strict=True)
    )
    left, low = scene.metres(west, east - 2), scene.metres(south, north - 2)
    right, high = left + scene.metres(1, east - left), low + scene.metres(1, north - low + 1)
    area = MultiPolygon([box(left, right, low, high)])
    return RegisterRight(
        unit=unit.feature, rights=(NewRight(kind="servitude", holder=scene.pick(scene.people()), area=area),)
    )


def _lease(scene: Scene) -> Command:
    unit = scene.unit()
    until = scene.pick([None, *(date(year, 7, 1) for year in range(2017, 2026))])
    lease = NewRight(kind="lease", holder=scene.pick(scene.people()), until=until)
    return RegisterRight(unit=unit.feature, rights=(lease,))


def _burden(scene: Scene) -> Command:
    bound = ("monument", "priorityInterest", "prohibition")
    kind = scene.pick((*bound, "maintenance", "accessProvision", "temporaryUse", "ownership"))
    rights = (NewRight(kind=kind, holder=None if kind in bound else scene.pick(scene.people())),)
    unit = scene.unit().feature
    declared = kind == "priorityInterest" and scene.pick((True, False))
    return DeclareUnregistered(unit=unit, rights=rights) if declared else RegisterRight(unit=unit, rights=rights)


def _correct(scene: Scene) -> Command:
    right = scene.right()
    until = scene.pick((None, None, date(2024, 3, 1)))
    share = scene.pick((None, None, Fraction(1, 3)))
    correction = Correction(right=right.feature, share=share, holder=scene.pick(scene.people()))
    return CorrectRight(corrections=(correction,), cites=right.changeset, until=until)


def _form_unit(scene: Scene) -> Command:
    objects = scene.several(scene.homeless(), 2)
    made_of = tuple(UnitObject(KINDS[o.layer], o.feature) for o in objects)  # type: ignore[arg-type]
    return FormUnit(objects=made_of, rights=owning(scene.owners()))


def _form_parcel(scene: Scene) -> Command:
    west = scene.metres(0, 400)
    return Form(quarter=QUARTER, geometry=box(west, west + SIDE, SIDE * scene.pick((1, 2)), SIDE * 3), attributes=LAND)


def _split(scene: Scene) -> Command:
    parcel = scene.pick(scene.state[PARCEL])
    west, south, east, north = parcel.area.bounds
    x, lean = west + scene.metres(1, east - west - 1), scene.pick((0, 0, 7))
    line = shapely.LineString([(x - lean, south - 1), (x + lean, north + 1)])
    return Split(parcel=parcel.feature, quarter=QUARTER, line=line)


def _merge(scene: Scene) -> Command:
    pair = scene.pick(scene.neighbours())
    return Merge(parcels=tuple(row.feature for row in pair), quarter=QUARTER)


def _adjust(scene: Scene) -> Command:
    """Give a strip along the common border to the neighbour."""
    taker, giver = scene.pick(scene.neighbours())
    strip = giver.area & _border(taker, giver).buffer(scene.metres(1, 3), cap_style="flat")
    areas = {taker.feature: taker.area | strip, giver.feature: giver.area - strip}
    parts = {i: Part(geometry=area) for i, area in areas.items() if isinstance(area, Polygon) and not area.is_empty}
    if len(parts) < 2:
        raise NothingThereError
    return AdjustBoundary(parcels=parts)


def _close(scene: Scene) -> Command:
    """End an object; what stands on it or is registered on it stands in the way."""
    built = shapely.union_all([house.area for house in scene.state[BUILDING]])
    bare = [parcel for parcel in scene.state[PARCEL] if not parcel.area.intersects(built)]
    row = scene.pick([*bare, *scene.state[BUILDING], *scene.state[PREMISES]])
    if row.layer == PARCEL:
        return Archive(feature=row.feature)
    return DemolishBuilding(building=row.feature) if row.layer == BUILDING else EndPremises(premises=row.feature)


def _build(scene: Scene) -> Command:
    west = scene.metres(0, 300)
    return RegisterBuilding(footprint=footprint(west, west + 5, 32, 38), letter=scene.pick(("", "Б")))


def _move_house(scene: Scene) -> Command:
    """Draw a building anew, a little aside or on another parcel; its number then follows."""
    house = scene.pick(scene.state[BUILDING])
    moved = shapely.affinity.translate(house.area, scene.pick((-30.0, -6.0, 6.0, 30.0)))
    assert isinstance(moved, MultiPolygon)
    return ChangeBuilding(building=house.feature, footprint=moved)


def _form_flat(scene: Scene) -> Command:
    house = scene.pick(scene.state[BUILDING])
    said = {"current_use": "residential", "floor": 1, "total_area": scene.metres(20, 90)}
    return FormPremises(building=house.feature, attributes=said)


def _change_flat(scene: Scene) -> Command:
    said = {"total_area": scene.metres(20, 90)}
    return ChangePremises(premises=scene.pick(scene.state[PREMISES]).feature, attributes=said)


def _split_flat(scene: Scene) -> Command:
    flat = scene.pick(scene.state[PREMISES])
    return SplitPremises(premises=flat.feature, parts=({"total_area": 20.0}, {"total_area": 30.0}))


def _merge_flats(scene: Scene) -> Command:
    return MergePremises(premises=tuple(flat.feature for flat in scene.several(scene.state[PREMISES], 2)))


def _rename(scene: Scene) -> Command:
    street, (kk, ru) = scene.pick(scene.state[STREET]), scene.pick(NAMES)
    return Rename(layer=STREET, place=street.feature, names={"name_kk": kk, "name_ru": ru, "name": kk})


def _name_street(scene: Scene) -> Command:
    (kk, ru), y = scene.pick(NAMES), Y + scene.metres(100, 190)
    line = shapely.MultiLineString([[(X, y), (X + 300, y)]])
    return FormPlace(layer=STREET, names={"name_kk": kk, "name_ru": ru}, geometry=line)


def _abolish_street(scene: Scene) -> Command:
    return AbolishPlace(layer=STREET, place=scene.pick(scene.state[STREET]).feature)


def _form_address(scene: Scene) -> Command:
    number = str(scene.pick(range(1, 9)))
    houses = [a for a in scene.state[ADDRESS] if a["parent_address_id"] is None]
    parent = scene.pick([None, *houses]) if scene.dice.random() < 0.5 else None
    if parent is not None:
        return FormAddress(designator=number, parent=parent.feature)
    street = scene.pick(scene.state[STREET]).feature
    return FormAddress(designator=number, street=street, geometry=shapely.Point(X + 20 * int(number), Y - 5))


def _renumber_address(scene: Scene) -> Command:
    said = {"locator_designator": str(scene.pick(range(1, 9)))}
    return ChangeAddress(address=scene.pick(scene.state[ADDRESS]).feature, attributes=said)


def _move_address(scene: Scene) -> Command:
    said: dict[str, Any] = {"street_id": scene.pick(scene.state[STREET]).feature}
    return ChangeAddress(address=scene.pick(scene.state[ADDRESS]).feature, attributes=said)


def _give_address(scene: Scene) -> Command:
    thing = scene.pick([row for layer in KINDS for row in scene.state[layer]])
    inside = thing.layer == PREMISES
    fit = [a for a in scene.state[ADDRESS] if (a["parent_address_id"] is not None) == inside]
    kind: Any = KINDS[thing.layer]
    return GiveAddress(
        address=scene.pick(fit).feature, object_id=thing.feature, kind=kind, primary=scene.pick((True, False))
    )


def _take_address(scene: Scene) -> Command:
    given = scene.pick(scene.state[ADDRESSING])
    return TakeAddress(address=given["address_id"], object_id=given["object_id"])


def _abolish_address(scene: Scene) -> Command:
    return AbolishAddress(address=scene.pick(scene.state[ADDRESS]).feature, with_flats=scene.pick((True, False)))


ON_UNITS: Final[Sequence[Callable[[Scene], Command]]] = (
    *(_sell, _sell, _sell, _pledge, _arrest, _lease, _burden, _correct),
)
"""What may be drawn to be done to a unit of any kind; what is listed twice comes twice as often."""

MOVES: Final[Sequence[Callable[[Scene], Command]]] = (
    *(_sell, _sell, _sell, _inherit, _inherit, _form_unit, _correct),
    *(_pledge, _pledge, _consent, _consent, _discharge, _discharge, _arrest, _servitude, _servitude, _lease, _burden),
    *(_split, _split, _merge, _merge, _adjust, _adjust, _form_parcel, _close),
    *(_build, _move_house, _form_flat, _change_flat, _split_flat, _merge_flats),
    *(_rename, _name_street, _abolish_street, _form_address, _renumber_address, _move_address),
    *(_give_address, _take_address, _abolish_address),
)
"""What may be drawn to be done to anything."""
