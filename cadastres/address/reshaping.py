"""What an address clerk does with the shape of places: merge streets, split one, move boundaries.

A place that ends leaves successors, and the act says which; whatever referred to it refers to its successor from the
same day on, in the same changeset. Codes of addresses (РКА) stay. Where two addresses would come to read alike the
rules refuse the act and name each pair; the clerk renumbers them first.

Geometries are in the city's projected system, x east, y north, metres.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import shapely
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from cadastres.address import names
from cadastres.address.model import ADDRESS, ADMIN_UNIT, NAMED_PLACE, STREET
from cadastres.address.names import Names
from cadastres.address.verbs import (
    PLACES,
    Attributes,
    aliases_of,
    complete,
    ended,
    in_force,
    referring,
    require_name,
)
from cadastres.land import story
from cadastres.land.partition import multipolygon
from gis.act import Case, Needs, Outcome, Succession
from gis.errors import BadRequest
from gis.layer import GeometryKind
from gis.profile import CityProfile
from gis.record import Version, Write
from gis.text import Text

CENTRE_LINE_TOLERANCE: Final = 1.0
"""Centre lines are drawn, not surveyed: parts of a split may stray this far [m] from the street that they divide."""

ABSORB: Final = "absorb"
"""Kind of a succession in which a place that stays takes in others; their lineage leads to one older than its act."""


class NotReshaped(BadRequest):
    """Too few places to merge, or parts that don't divide the place."""

    code = "not-reshaped"


class NotAMember(BadRequest):
    """An address listed for a part, or for two, that doesn't hang on the place."""

    code = "not-a-member"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePlaces:
    """Merge streets, named places or units; whatever referred to them refers to the successor.

    Attributes:
        places: feature ids of those that end.
        into: feature id of one that stays and takes the others in; without it a new place succeeds them all.
        names: of the new place; one that stays keeps its own unless the act gives others.
        attributes: what else the act says of the successor; a new place inherits that in which all agree.
    """

    layer: str
    places: tuple[int, ...]
    into: int | None = None
    names: Names = field(default_factory=dict)
    attributes: Attributes = field(default_factory=dict)

    @property
    def verb(self) -> str:
        """Return the layer's own verb, e.g. ``address.street.merge``."""
        return f"{self.layer}.merge"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the places, their aliases, and all that refers to them."""
        return _needs(self.layer, self._all)

    def decide(self, case: Case) -> Outcome:
        """Return the ends, the successor, and what moves to it.

        Raises:
            NotReshaped: fewer than two places.
            BadRequest: one is not in force on the legal date.
            Nameless: the new place is given no name.
            LaterChange: one is changed or ends after the legal date.
        """
        if len(set(self._all)) < 2 or len(set(self._all)) != len(self._all):
            raise NotReshaped(_SEVERAL.filled(count=len(set(self._all))), places=list(self._all))
        before = [settled(case, self.layer, i) for i in self._all]
        ending = [v for v in before if v.feature_id != self.into]
        said = self._said(before)
        child = -1 if self.into is None else self.into
        heir = Write(self.layer, child, case.act.period, _united(self.layer, before), said)
        old = [names.lost(v.attributes, said) for v in before]
        succession = Succession(self.layer, "merge" if child < 0 else ABSORB, tuple(self.places), (child,))
        moved = [w for v in ending for w in _moved(case, self.layer, v, child, said)]
        aliases = [w for v in ending for w in names.moved(case, v.feature_id, child)]
        new = names.aliases(case, child, old, ids=count(-2, -1))
        ends = (ended(case, self.layer, v) for v in ending)
        return Outcome((*ends, heir, *moved, *aliases, *new), (succession,))

    @property
    def _all(self) -> tuple[int, ...]:
        return self.places if self.into is None else (*self.places, self.into)

    def _said(self, before: Sequence[Version]) -> dict[str, Any]:
        if self.into is not None:
            own = before[-1].attributes
            given = require_name(names.given(self.names)) if any(self.names.values()) else names.of(own)
            return {**own, **self.attributes, **given}
        return {**_agreed(self.layer, before), **self.attributes, **require_name(names.given(self.names))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """One place to come of a split.

    Attributes:
        names: its names.
        attributes: what the act says of it besides; the rest it inherits.
        addresses: feature ids of the addresses that go to it, wherever they lie.
    """

    geometry: BaseGeometry
    names: Names
    attributes: Attributes = field(default_factory=dict)
    addresses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPlace:
    """Split a street, a named place or a unit; each address goes to the part that lists it, else to the nearest."""

    layer: str
    place: int
    portions: tuple[Portion, ...]

    @property
    def verb(self) -> str:
        """Return the layer's own verb, e.g. ``address.street.split``."""
        return f"{self.layer}.split"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the place, its aliases, and all that refers to it."""
        return _needs(self.layer, (self.place,))

    def decide(self, case: Case) -> Outcome:
        """Return the place's end, its parts, and what moves to each.

        Raises:
            NotReshaped: fewer than two parts, or centre lines that don't make up the street's.
            NotAMember: an address is listed that doesn't hang on the place, or twice.
            BadRequest: the place is not in force on the legal date.
            LaterChange: it is changed or ends after the legal date.
        """
        before = settled(case, self.layer, self.place)
        self._require_division(before)
        children = tuple(range(-1, -1 - len(self.portions), -1))
        said = [self._said(before, portion) for portion in self.portions]
        births = [
            Write(self.layer, i, case.act.period, portion.geometry, attributes)
            for i, portion, attributes in zip(children, self.portions, said, strict=True)
        ]
        ids = count(-1 - len(children), -1)
        old = [before.attributes, *(v.attributes for v in names.current(case, self.place))]
        new = [
            write
            for i, attributes in zip(children, said, strict=True)
            for write in names.aliases(case, i, [names.lost(o, attributes) for o in old], ids=ids)
        ]
        moved = self._moved(case, before, dict(zip(children, said, strict=True)))
        ends = (ended(case, self.layer, before), *names.ended(case, self.place))
        return Outcome((*ends, *births, *moved, *new), (Succession(self.layer, "split", (self.place,), children),))

    def _said(self, before: Version, portion: Portion) -> dict[str, Any]:
        inherited = {**before.attributes, "external_reference": None}
        return {**inherited, **portion.attributes, **require_name(names.given(portion.names))}

    def _require_division(self, before: Version) -> None:
        if len(self.portions) < 2:
            raise NotReshaped(_PARTS.filled(count=len(self.portions)), parts=len(self.portions))
        if PLACES[self.layer].geometry is not GeometryKind.MULTILINESTRING:
            return
        parts = shapely.union_all([p.geometry for p in self.portions])
        for one, other in ((before.geometry, parts), (parts, before.geometry)):
            stray = one.difference(other.buffer(CENTRE_LINE_TOLERANCE))
            if stray.length > CENTRE_LINE_TOLERANCE:
                raise NotReshaped(_DIVISION.filled(length=round(stray.length, 1)), length=stray.length)

    def _moved(self, case: Case, before: Version, children: Mapping[int, Attributes]) -> Iterator[Write]:
        listed = self._listed(case, tuple(children))
        areas = {child: portion.geometry for child, portion in zip(children, self.portions, strict=True)}
        for layer, name in referring(self.layer):
            for version in names.onward(case, layer, name, self.place):
                nearest = min(children, key=lambda child: areas[child].distance(version.geometry))
                child = listed.get(version.feature_id, nearest)
                yield _renamed(layer, name, version, child, (before.attributes, children[child]))

    def _listed(self, case: Case, children: Sequence[int]) -> dict[int, int]:
        """Return the part of each address that the act lists."""
        fields = [name for layer, name in referring(self.layer) if layer == ADDRESS.name]
        members = {v.feature_id for name in fields for v in names.onward(case, ADDRESS.name, name, self.place)}
        listed: dict[int, int] = {}
        for child, portion in zip(children, self.portions, strict=True):
            for address in portion.addresses:
                if address not in members or address in listed:
                    raise NotAMember(_MEMBER.filled(address=address, place=self.place), feature_id=address)
                listed[address] = child
        return listed


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveBoundaries:
    """Move the boundaries of settlements, districts or microdistricts.

    Addresses, streets and named places that lie whole in ground that went from one unit to another go with it. Of a
    microdistrict only the boundary moves: which name a house is addressed by is for its own act to say.

    Attributes:
        areas: each place's new area, by feature id.
        allocation: an act of the authority is attached that gives the affected set ground or takes it away.
    """

    layer: str
    areas: Mapping[int, MultiPolygon]
    allocation: bool = False

    @property
    def verb(self) -> str:
        """Return the layer's own verb, e.g. ``address.admin_unit.boundary``."""
        return f"{self.layer}.boundary"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the places."""
        return Needs(features={self.layer: frozenset(self.areas)})

    def further(self, case: Case) -> Needs:
        """Return what lies in the ground that changes hands."""
        if self.layer != ADMIN_UNIT.name:
            return Needs()
        grounds = [
            self.areas[v.feature_id].symmetric_difference(v.geometry)
            for v in case.all_current(self.layer)
            if v.feature_id in self.areas
        ]
        ground = multipolygon(shapely.union_all(grounds))
        layers = (ADDRESS, STREET, NAMED_PLACE)
        return Needs() if ground.is_empty else Needs(areas=tuple((layer.name, ground) for layer in layers))

    def decide(self, case: Case) -> Outcome:
        """Return the places with their new areas, and what goes with the ground.

        Raises:
            NotReshaped: fewer than two places and no act of allocation.
            BadRequest: one is not in force on the legal date.
            LaterChange: the boundary of one changes again, or it ends, after the legal date.
        """
        ids = sorted(self.areas)
        if len(ids) < 2 and not self.allocation:
            raise NotReshaped(_ALONE.filled(count=len(ids)), places=ids)
        writes = tuple(
            Write(self.layer, v.feature_id, chapter.period, self.areas[v.feature_id], v.attributes)
            for chapter in story.chapters(case, self.layer, ids)
            for v in chapter.versions
        )
        kind = "allocation" if self.allocation else "boundary"
        successions = tuple(Succession(self.layer, kind, (i,), (i,)) for i in ids)
        return Outcome((*writes, *self._gone_over(case)), successions)

    def _gone_over(self, case: Case) -> Iterator[Write]:
        for layer in (ADDRESS, STREET, NAMED_PLACE) if self.layer == ADMIN_UNIT.name else ():
            for old in self.areas:
                for version in names.onward(case, layer.name, "admin_unit_id", old):
                    new = self._unit_over(version.geometry)
                    if new not in {None, old} and not self.areas[old].intersects(version.geometry):
                        yield _renamed(layer.name, "admin_unit_id", version, new or old, ({}, {}))

    def _unit_over(self, place: BaseGeometry) -> int | None:
        return next((i for i, area in sorted(self.areas.items()) if area.covers(place)), None)


def _needs(layer: str, places: Sequence[int]) -> Needs:
    related = [(other, name, place) for other, name in referring(layer) for place in places]
    return Needs(features={layer: frozenset(places)}, related=(*map(aliases_of, places), *related))


def settled(case: Case, layer: str, feature_id: int) -> Version:
    """Return the version in force on the legal date, of a feature that nothing changes after it.

    Raises:
        BadRequest: it is not in force then.
        LaterChange: it is changed or ends afterwards.
    """
    in_force(case, layer, feature_id)
    told = story.chapters(case, layer, [feature_id])
    if len(told) > 1:
        raise story.later(case, layer, feature_id, told[1].period.start or case.act.valid_from)
    return told[0].versions[0]


def _united(layer: str, before: Sequence[Version]) -> BaseGeometry:
    whole = shapely.union_all([v.geometry for v in before])
    if PLACES[layer].geometry is GeometryKind.MULTILINESTRING:
        return shapely.MultiLineString(list(shapely.get_parts(shapely.line_merge(whole))))
    return multipolygon(whole)


def _agreed(layer: str, before: Sequence[Version]) -> dict[str, Any]:
    """Return that in which all places agree; the reference to a source is each one's own."""
    said = complete(PLACES[layer], {})
    for name in said:
        values = {v.attributes.get(name) for v in before}
        said[name] = values.pop() if len(values) == 1 and name != "external_reference" else None
    return said


def _moved(case: Case, layer: str, place: Version, child: int, said: Attributes) -> Iterator[Write]:
    """Yield all that refers to a place, referring to its successor."""
    for other, name in referring(layer):
        for version in names.onward(case, other, name, place.feature_id):
            yield _renamed(other, name, version, child, (place.attributes, said))


def _renamed(layer: str, name: str, version: Version, child: int, old_and_new: tuple[Attributes, Attributes]) -> Write:
    """Return a feature that refers to a successor; an address on a street takes over its name too."""
    said = {**version.attributes, name: child}
    if name == "street_id":
        said["thoroughfare_name"] = names.successor(version.attributes.get("thoroughfare_name"), *old_and_new)
    return Write(layer, version.feature_id, version.valid, version.geometry, said)


_SEVERAL = Text(
    kk="Біріктіру үшін кемінде екі түрлі нысан керек; аталғаны: {count}.",
    ru="Для объединения нужны хотя бы два разных объекта; названо: {count}.",
    en="A merger takes two different places at least; the act names {count}.",
)
_PARTS = Text(
    kk="Бөлу үшін кемінде екі бөлік керек; берілгені: {count}.",
    ru="Для разделения нужны хотя бы две части; дано: {count}.",
    en="A split takes two parts at least; the act gives {count}.",
)
_DIVISION = Text(
    kk="Бөліктер бастапқы көшенің осьтік сызығын құрамайды: {length} м сәйкес келмейді.",
    ru="Части не составляют осевую линию исходной улицы: не совпадает {length} м.",
    en="The parts do not make up the street's centre line: {length} m do not match.",
)
_MEMBER = Text(
    kk="{address} мекенжайы {place} нысанына қатысты емес немесе екі бөлікке жазылған.",
    ru="Адрес {address} не относится к объекту {place} или отнесён к двум частям.",
    en="Address {address} does not hang on place {place}, or is listed for two parts.",
)
_ALONE = Text(
    kk="Шекара кемінде екі нысанның арасында өзгереді (аталғаны: {count}); жер қосатын не алатын акт болса, "
    "оны көрсетіңіз.",
    ru="Граница меняется хотя бы между двумя объектами (названо: {count}); если территория прибавляется "
    "или убавляется, укажите акт об этом.",
    en="A boundary moves between two places at least (the act names {count}); to gain or lose ground, "
    "attach the act that says so.",
)
