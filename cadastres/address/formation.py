"""What an address clerk does with addresses: give one, change it, abolish it.

An address hangs on a street, on a named place or, where there is neither, on an administrative unit; that of a flat on
the address of its house. Its registration code (РКА) stays its own whatever else changes.

Geometries are points in the city's projected system, x east, y north, metres.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, ClassVar, Final, Literal

from shapely import Point

from cadastres.address import number
from cadastres.address.model import ADDRESS, ADMIN_UNIT, NAMED_PLACE, STREET
from cadastres.address.verbs import Attributes, complete, ended, in_force, refuse_fields, rewritten
from cadastres.land import story
from gis.act import Case, Needs, Outcome
from gis.errors import BadRequest
from gis.profile import CityProfile
from gis.record import Version, Write
from gis.text import Text

Level = Literal["siteLevel", "accessLevel", "unitLevel"]

COMPONENTS: Final = {"street_id": STREET.name, "named_place_id": NAMED_PLACE.name, "admin_unit_id": ADMIN_UNIT.name}
"""The fields by which an address hangs on places, and their layers."""

INHERITED: Final = (*COMPONENTS, "thoroughfare_name", "post_code", "position_specification")
"""What a flat's address has from that of its house."""

_PARENT: Final = "parent_address_id"


class Nowhere(BadRequest):
    """An address that hangs on nothing, or that has neither a point nor a house with one."""

    code = "address-nowhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormAddress:
    """Give an address.

    Attributes:
        designator: number of the house, or of the flat where ``parent`` is given.
        street, named_place, admin_unit: feature ids of what it hangs on.
        parent: feature id of the house's address, for an entrance or a flat; it hangs where the house does.
        block: of the house (корпус).
        level: of what is addressed.
        geometry: its point; a flat's is its house's unless given.
        rka: its registration code in any spelling; without one the register issues the next of its own series.
        attributes: its other attributes.
    """

    designator: str
    street: int | None = None
    named_place: int | None = None
    admin_unit: int | None = None
    parent: int | None = None
    block: str | None = None
    level: Level | None = None
    geometry: Point | None = None
    rka: str | None = None
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "address.address.form"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return what it hangs on."""
        named = {layer: i for layer, i in zip(COMPONENTS.values(), self._hangs_on, strict=True) if i is not None}
        if self.parent is not None:
            named[ADDRESS.name] = self.parent
        counted = counted_with(dict(zip(COMPONENTS, self._hangs_on, strict=True)) | {_PARENT: self.parent})
        return Needs(features={layer: frozenset({i}) for layer, i in named.items()}, related=counted)

    def further(self, case: Case) -> Needs:
        """Return the series of codes, where the register is to issue one.

        Raises:
            SeriesExhausted: the city has no series.
        """
        return Needs() if self.rka is not None else Needs(numbers=(_series(case),))

    def decide(self, case: Case) -> Outcome:
        """Return the address.

        Raises:
            BadRequest: what it hangs on is not in force on the legal date.
            Nowhere: it hangs on nothing, or has no point.
            InvalidRka: the code is none.
        """
        refuse_fields(self.attributes, ("rka", "locator_designator", "locator_block", *COMPONENTS, _PARENT))
        parent = None if self.parent is None else in_force(case, ADDRESS.name, self.parent)
        said = {
            **complete(ADDRESS, {"position_specification": "building"}),
            **self._hanging(case, parent),
            **self.attributes,
            "locator_designator": self.designator.strip(),
            "locator_block": self.block.strip() if self.block else None,
            "locator_level": self.level or ("siteLevel" if parent is None else "unitLevel"),
            "rka": next_code(case) if self.rka is None else number.compact(self.rka),
        }
        return Outcome((Write(ADDRESS.name, -1, case.act.period, self._point(parent), said),))

    @property
    def _hangs_on(self) -> tuple[int | None, int | None, int | None]:
        return self.street, self.named_place, self.admin_unit

    def _hanging(self, case: Case, parent: Version | None) -> dict[str, Any]:
        if parent is not None:
            return {name: parent.attributes.get(name) for name in INHERITED} | {_PARENT: parent.feature_id}
        return hung(case, dict(zip(COMPONENTS, self._hangs_on, strict=True)))

    def _point(self, parent: Version | None) -> Point:
        point = self.geometry if self.geometry is not None else parent and parent.geometry
        if not isinstance(point, Point):
            raise Nowhere(_NO_POINT)
        return point


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAddress:
    """Change an address: its number, its place, what it hangs on. Its flats and entrances follow; every code stays.

    Attributes:
        attributes: what changes; the name of the street is the register's to write, and a code is given only where
            there is none.
        geometry: its new point, where that changes.
    """

    address: int
    attributes: Attributes = field(default_factory=dict)
    geometry: Point | None = None
    verb: ClassVar[str] = "address.address.change"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the address, what hangs on it, and what it is to hang on."""
        named = {layer: self.attributes.get(name) for name, layer in COMPONENTS.items()}
        features = {layer: frozenset({i}) for layer, i in named.items() if isinstance(i, int)}
        return Needs(
            features={**features, ADDRESS.name: frozenset({self.address})},
            related=((ADDRESS.name, _PARENT, self.address), *counted_with(self.attributes)),
        )

    def further(self, case: Case) -> Needs:
        """Return what it hangs on now, and what hangs on what hangs on it: flats at an entrance."""
        before = case.current(ADDRESS.name, self.address)
        held = {layer: before and before.attributes.get(name) for name, layer in COMPONENTS.items()}
        return Needs(
            features={layer: frozenset({i}) for layer, i in held.items() if isinstance(i, int)},
            related=(
                *((ADDRESS.name, _PARENT, i) for i in below(case, self.address)),
                *counted_with(before.attributes if before else {}),
            ),
        )

    def decide(self, case: Case) -> Outcome:
        """Return the address and those that hang on it.

        Raises:
            BadRequest: the address, or what it is to hang on, is not in force on the legal date.
            NotChangedSo: a code, where the address has one on any date, or the street's name.
            InvalidRka: the code is none.
            NothingChanged: the register says this already.
            LaterChange: the point moves, or the address ends, after the legal date, and the act moves the point.
        """
        before = in_force(case, ADDRESS.name, self.address)
        coded = any(v.attributes.get("rka") for v in case.timeline(ADDRESS.name, self.address))
        refuse_fields(self.attributes, ("thoroughfare_name", *(("rka",) if coded else ())))
        said = self._said(case, before)
        if self.geometry is not None:
            told = story.chapters(case, ADDRESS.name, [self.address])
            versions = [(c.period, c.versions[0]) for c in told]
            own = [Write(ADDRESS.name, v.feature_id, p, self.geometry, {**v.attributes, **said}) for p, v in versions]
        else:
            own = list(rewritten(case, before, ADDRESS.name, said))
        return Outcome((*own, *self._followed(case, said)))

    def _said(self, case: Case, before: Version) -> dict[str, Any]:
        code = self.attributes.get("rka")
        said = {**self.attributes, **({} if code is None else {"rka": number.compact(code)})}
        if not set(said) & set(COMPONENTS):
            return said
        components = {name: said.get(name, before.attributes.get(name)) for name in COMPONENTS}
        return {**said, **hung(case, components)}

    def _followed(self, case: Case, said: Attributes) -> Iterator[Write]:
        """Yield what hangs on the address, hanging where it does now."""
        passed = {name: value for name, value in said.items() if name in INHERITED[:-1]}
        for feature_id in below(case, self.address):
            version = case.current(ADDRESS.name, feature_id)
            if version is not None and any(version.attributes.get(n) != value for n, value in passed.items()):
                yield from rewritten(case, version, ADDRESS.name, passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class AbolishAddress:
    """End an address in law.

    Attributes:
        with_flats: also end the addresses that hang on it; without that they stand in the way.
    """

    address: int
    with_flats: bool = False
    verb: ClassVar[str] = "address.address.abolish"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the address and what hangs on it."""
        related = ((ADDRESS.name, _PARENT, self.address),) if self.with_flats else ()
        return Needs(features={ADDRESS.name: frozenset({self.address})}, related=related)

    def further(self, case: Case) -> Needs:
        """Return what hangs on what hangs on it."""
        if not self.with_flats:
            return Needs()
        return Needs(related=tuple((ADDRESS.name, _PARENT, i) for i in below(case, self.address)))

    def decide(self, case: Case) -> Outcome:
        """Return the end of the address, and of its flats where the act says so.

        Raises:
            BadRequest: it is not in force on the legal date.
            LaterChange: it moves or ends after the legal date.
        """
        flats = [i for i in below(case, self.address) if case.current(ADDRESS.name, i)] if self.with_flats else []
        return Outcome(tuple(_ends(case, [self.address, *flats])))


def _ends(case: Case, addresses: Sequence[int]) -> Iterator[Write]:
    for feature_id in addresses:
        version = story.chapters(case, ADDRESS.name, [feature_id])[0].versions[0]
        yield ended(case, ADDRESS.name, version)


def below(case: Case, address: int) -> list[int]:
    """Return the loaded addresses that hang on an address, at any remove, on the legal date or later."""
    found: list[int] = []
    layer = [address]
    while layer:
        layer = [i for i in chain.from_iterable(_hanging_on(case, parent) for parent in layer) if i not in found]
        found += layer
    return found


def _hanging_on(case: Case, parent: int) -> Iterator[int]:
    for feature_id, timeline in case.timelines.get(ADDRESS.name, {}).items():
        if any(v.attributes.get(_PARENT) == parent and not v.abolished for v in timeline):
            yield feature_id


def counted_with(said: Attributes) -> tuple[tuple[str, str, int], ...]:
    """Return the addresses among which a number is to be the only one, so that no two clerks give it at once."""
    counted_on = (_PARENT, *COMPONENTS)
    return tuple((ADDRESS.name, name, said[name]) for name in counted_on if isinstance(said.get(name), int))[:1]


def hung(case: Case, components: dict[str, int | None]) -> dict[str, Any]:
    """Return an address's components and its street's name as the plate has it.

    Raises:
        Nowhere: there is no component.
        BadRequest: one is not in force on the legal date.
    """
    if not any(components.values()):
        raise Nowhere(_NO_COMPONENT)
    for name, feature_id in components.items():
        if feature_id is not None:
            in_force(case, COMPONENTS[name], feature_id)
    street = components["street_id"]
    known = None if street is None else case.current(STREET.name, street)
    plate = None if known is None else known.attributes.get("name")
    return {**components, "thoroughfare_name": plate}


def _series(case: Case) -> tuple[str, str, str]:
    return ADDRESS.name, "rka", number.series(case.profile, case.act.source.recordation)


def next_code(case: Case) -> str:
    """Return the next registration code of this register's own series."""
    issued = case.issued.get(_series(case), ())
    return number.next_number(_series(case)[2], issued[-1] if issued else None)


_NO_COMPONENT = Text(
    kk="Мекенжай ештеңеге байланбаған; көшені, аталған жерді немесе әкімшілік бірлікті көрсетіңіз.",
    ru="Адрес ни к чему не привязан; назовите улицу, поименованное место или административную единицу.",
    en="The address hangs on nothing; name a street, a named place or an administrative unit.",
)
_NO_POINT = Text(
    kk="Мекенжайдың нүктесі жоқ; оны координатамен беріңіз немесе нүктесі бар негізгі мекенжайды көрсетіңіз.",
    ru="У адреса нет точки; дайте её координаты или назовите основной адрес, у которого она есть.",
    en="The address has no point; give its coordinates, or name a parent address that has one.",
)
