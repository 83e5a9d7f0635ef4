"""What an address clerk does with streets, named places and administrative units: form, rename, change, abolish.

A place that gets another name stays the same feature, and whatever refers to it stays where it is; the names that it
gives up become its aliases. A retroactive act meets later records: its effect reaches as far as what it changes was not
changed again. Merging, splitting and moved boundaries stand in :mod:`cadastres.address.reshaping`, addresses in
:mod:`cadastres.address.formation`.

Geometries are in the city's projected system, x east, y north, metres.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, ClassVar, Final

from shapely.geometry.base import BaseGeometry

from cadastres.address import names
from cadastres.address.model import ADMIN_UNIT, ALIAS, LAYERS, NAMED_PLACE, STREET
from cadastres.land import story
from gis.act import Case, Needs, Outcome, missing
from gis.errors import BadRequest
from gis.layer import Layer
from gis.profile import CityProfile
from gis.record import Period, Version, Write
from gis.text import Text

Attributes = Mapping[str, Any]

PLACES: Final[Mapping[str, Layer]] = {layer.name: layer for layer in (STREET, NAMED_PLACE, ADMIN_UNIT)}
"""Layers of what has a name and may have addresses, by name."""


class Nameless(BadRequest):
    """A street, a place or a unit without any name."""

    code = "nameless"


class NothingChanged(BadRequest):
    """An act that says what the register says already."""

    code = "nothing-changed"


class NotChangedSo(BadRequest):
    """A field that has a verb of its own, or is not a clerk's to change."""

    code = "not-changed-so"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPlace:
    """Form a street, a named place or an administrative unit, and name it.

    Attributes:
        layer: name of its layer.
        names: ``name_kk``, ``name_ru``, ``name_en``, and ``name``, what stands on the plate: by default the Kazakh one.
        geometry: centre lines of a street; the area of a place or a unit.
        attributes: its other attributes.
    """

    layer: str
    names: names.Names
    geometry: BaseGeometry
    attributes: Attributes = field(default_factory=dict)

    @property
    def verb(self) -> str:
        """Return the layer's own verb, e.g. ``address.street.form``."""
        return f"{self.layer}.form"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return nothing: the rules look at what it refers to."""
        return Needs()

    def decide(self, case: Case) -> Outcome:
        """Return the new place.

        Raises:
            Nameless: it is given no name.
        """
        said = {**complete(PLACES[self.layer], self.attributes), **require_name(names.given(self.names))}
        return Outcome((Write(self.layer, -1, case.act.period, self.geometry, said),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """Give a place other names; those that it gives up become aliases.

    Attributes:
        names: those that change, and those that don't: the act gives all four anew, ``None`` takes one away.
    """

    layer: str
    place: int
    names: names.Names

    @property
    def verb(self) -> str:
        """Return the layer's own verb, e.g. ``address.street.rename``."""
        return f"{self.layer}.rename"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the place and its aliases."""
        return Needs(features={self.layer: frozenset({self.place})}, related=(aliases_of(self.place),))

    def decide(self, case: Case) -> Outcome:
        """Return the place under its new names, and the old ones as an alias.

        Raises:
            BadRequest: it is not in force on the legal date.
            Nameless: it is given no name.
            NothingChanged: it bears these names already.
        """
        said = require_name(names.given(self.names))
        before = story.current(case, self.layer, [self.place])[0]
        old = names.lost(before.attributes, said)
        period = Period(case.act.valid_from, last_day(case, self.layer, self.place))
        writes = (*rewritten(case, before, self.layer, said),
                  *names.aliases(case, self.place, [old], ids=count(-1, -1), period=period))  # fmt: skip
        return Outcome(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePlace:
    """Change what the register says of a place besides its names, its KATO code and its boundary."""

    layer: str
    place: int
    attributes: Attributes

    @property
    def verb(self) -> str:
        """Return the layer's own verb, e.g. ``address.street.change``."""
        return f"{self.layer}.change"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the place."""
        return Needs(features={self.layer: frozenset({self.place})})

    def decide(self, case: Case) -> Outcome:
        """Return the place with the new attributes.

        Raises:
            BadRequest: it is not in force on the legal date.
            NotChangedSo: an attribute that another verb changes.
            NothingChanged: it has these attributes already.
        """
        refuse_fields(self.attributes, (*names.FIELDS, "kato"))
        before = story.current(case, self.layer, [self.place])[0]
        return Outcome(tuple(rewritten(case, before, self.layer, self.attributes)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeKato:
    """Give an administrative unit another KATO code: codes change with reforms, units stay.

    Attributes:
        kato: nine digits.
    """

    unit: int
    kato: str
    verb: ClassVar[str] = "address.admin_unit.kato"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the unit."""
        return Needs(features={ADMIN_UNIT.name: frozenset({self.unit})})

    def decide(self, case: Case) -> Outcome:
        """Return the unit under its new code.

        Raises:
            BadRequest: it is not in force on the legal date.
            NothingChanged: it has this code already.
        """
        before = story.current(case, ADMIN_UNIT.name, [self.unit])[0]
        return Outcome(tuple(rewritten(case, before, ADMIN_UNIT.name, {"kato": self.kato.strip()})))


@dataclass(frozen=True, slots=True, kw_only=True)
class AbolishPlace:
    """End a place in law, and its aliases with it. Whatever refers to it must have ended or moved before."""

    layer: str
    place: int

    @property
    def verb(self) -> str:
        """Return the layer's own verb, e.g. ``address.street.abolish``."""
        return f"{self.layer}.abolish"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the place and its aliases."""
        return Needs(features={self.layer: frozenset({self.place})}, related=(aliases_of(self.place),))

    def decide(self, case: Case) -> Outcome:
        """Return the place's end.

        Raises:
            BadRequest: it is not in force on the legal date.
            LaterChange: it is changed or ends after the legal date.
        """
        version = story.chapters(case, self.layer, [self.place])[0].versions[0]
        return Outcome((ended(case, self.layer, version), *names.ended(case, self.place)))


def aliases_of(place: int) -> tuple[str, str, int]:
    """Return a place's aliases, as :class:`gis.act.Needs` asks for them."""
    return ALIAS.name, "place_id", place


def referring(layer: str) -> tuple[tuple[str, str], ...]:
    """Return the layers and fields of this cadastre that name features of a layer, aliases left out.

    >>> referring("address.named_place")
    (('address.address', 'named_place_id'),)
    """
    return tuple((other.name, f.name) for other in LAYERS if other != ALIAS for f in other.fields
                 if layer in f.refers_to)  # fmt: skip


def rewritten(case: Case, before: Version, layer: str, said: Attributes) -> Iterator[Write]:
    """Yield a feature with new attributes, from the legal date until one of these attributes next changes.

    Raises:
        NothingChanged: it has them already.
    """
    if all(before.attributes.get(name) == value for name, value in said.items()):
        raise NothingChanged(_NOTHING.filled(layer=layer, id=before.feature_id), feature_id=before.feature_id)
    for version in _unchanged(case, before, layer, said):
        period = version.valid.intersection(case.act.period)
        if period is not None:
            yield Write(layer, version.feature_id, period, version.geometry, {**version.attributes, **said})


def _unchanged(case: Case, before: Version, layer: str, fields: Iterable[str]) -> Iterator[Version]:
    """Yield the versions from the one in force on, until a field differs or the feature ends."""
    kept = {name: before.attributes.get(name) for name in fields}
    for version in case.timeline(layer, before.feature_id):
        if _starts_before(version.valid, before.valid):
            continue
        if version.abolished or any(version.attributes.get(name) != value for name, value in kept.items()):
            return
        yield version


def _starts_before(one: Period, other: Period) -> bool:
    return other.start is not None and (one.start is None or one.start < other.start)


def last_day(case: Case, layer: str, feature_id: int) -> datetime | None:
    """Return when a feature that is in force on the legal date ends; ``None`` where it doesn't."""
    for version in case.timeline(layer, feature_id):
        if version.abolished and version.valid.overlaps(case.act.period):
            return version.valid.start
    return None


def ended(case: Case, layer: str, version: Version) -> Write:
    """Return the end of a feature from the act's legal date on."""
    return Write(layer, version.feature_id, case.act.period, version.geometry, version.attributes, abolished=True)


def complete(layer: Layer, attributes: Attributes) -> dict[str, Any]:
    """Return a layer's attributes with those given; the rest are unknown."""
    return {**dict.fromkeys(f.name for f in layer.fields), **attributes}


def require_name(said: dict[str, Any]) -> dict[str, Any]:
    """Return names of which there is at least one.

    Raises:
        Nameless: there is none.
    """
    if not any(said.values()):
        raise Nameless(_NAMELESS)
    return said


def refuse_fields(attributes: Attributes, fields: Iterable[str]) -> None:
    """Refuse attributes that a verb of their own changes.

    Raises:
        NotChangedSo: names the first.
    """
    found = sorted(set(attributes) & set(fields))
    if found:
        raise NotChangedSo(_NOT_SO.filled(field=found[0]), field=found[0])


def in_force(case: Case, layer: str, feature_id: int) -> Version:
    """Return the version in force on the act's legal date.

    Raises:
        BadRequest: there is none.
    """
    version = case.current(layer, feature_id)
    if version is None:
        raise missing(layer, feature_id, case.act.valid_from)
    return version


_NAMELESS = Text(
    kk="Атау берілмеген; name_kk және name_ru өрістерін толтырыңыз.",
    ru="Название не дано; заполните name_kk и name_ru.",
    en="No name is given; fill in name_kk and name_ru.",
)
_NOTHING = Text(
    kk="{layer} қабатының {id} нысаны туралы тізілім дәл осыны айтып тұр; акт ештеңені өзгертпейді.",
    ru="Об объекте {id} слоя {layer} регистр говорит то же самое; акт ничего не меняет.",
    en="The register says exactly this of feature {id} of {layer} already; the act changes nothing.",
)
_NOT_SO = Text(
    kk="«{field}» өрісі бұл әрекетпен өзгертілмейді: атаудың, ӘАОЖ (КАТО) кодының және МТК (РКА) өз әрекеттері бар.",
    ru="Поле «{field}» этим действием не меняется: у названий, кода КАТО и РКА свой порядок.",
    en="The field '{field}' is not changed by this verb: names, the KATO code and the RCA have their own.",
)
