"""What an address clerk sends: the bodies of acts on streets, named places, administrative units and addresses."""

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from api.land.bodies import ActBody, Body, GeoJson, Prose, Word
from cadastres.address.formation import Level

Attributes = Annotated[
    dict[str, Any],
    WithJsonSchema({"type": "object", "description": "Fields of the layer that have no verb of their own."}),
]
Name = Annotated[Prose, Field(max_length=200)]
Id = Annotated[int, Field(ge=1, le=2**62)]


class NamesBody(Body):
    """The names of a place: official ones by language, and what stands on the plate (the Kazakh one by default)."""

    name_kk: Name | None = None
    name_ru: Name | None = None
    name_en: Name | None = None
    name: Name | None = None


class FormPlaceBody(ActBody):
    """Form a street by its centre lines, a named place or a unit by its area."""

    names: NamesBody
    geometry: GeoJson
    attributes: Attributes = Field(default_factory=dict)


class RenameBody(ActBody):
    """Give a place other names: all of them anew."""

    names: NamesBody


class ChangePlaceBody(ActBody):
    """Change a place's other attributes."""

    attributes: Attributes


class KatoBody(ActBody):
    """Give a unit another KATO code."""

    kato: Annotated[Prose, Field(max_length=40)]


class MergeBody(ActBody):
    """Merge places into a new one, which needs names, or into one that stays."""

    places: Annotated[list[Id], Field(min_length=1, max_length=100)]
    into: Id | None = None
    names: NamesBody = Field(default_factory=NamesBody)
    attributes: Attributes = Field(default_factory=dict)


class PortionBody(Body):
    """One part of a place that is split, and the addresses that go to it wherever they lie."""

    geometry: GeoJson
    names: NamesBody
    attributes: Attributes = Field(default_factory=dict)
    addresses: list[Id] = Field(default_factory=list, max_length=20_000)


class SplitBody(ActBody):
    """Split a place; addresses that no part lists go to the nearest."""

    parts: Annotated[list[PortionBody], Field(max_length=100)]


class MovedBody(Body):
    """One place's new area."""

    id: Id
    geometry: GeoJson


class BoundaryBody(ActBody):
    """Move boundaries; ``allocation`` says that an act gives the affected places ground or takes it away."""

    places: Annotated[list[MovedBody], Field(min_length=1, max_length=100)]
    allocation: bool = False


class FormAddressBody(ActBody):
    """Give an address; ``parent`` is the address of the house in which a flat or an entrance is."""

    number: Word
    block: Annotated[Prose, Field(max_length=40)] | None = None
    level: Level | None = None
    street: Id | None = None
    named_place: Id | None = None
    admin_unit: Id | None = None
    parent: Id | None = None
    geometry: GeoJson | None = None
    rka: Annotated[Prose, Field(max_length=80)] | None = None
    attributes: Attributes = Field(default_factory=dict)


class ChangeAddressBody(ActBody):
    """Change an address; a code that it has stays, one that it has not may be given."""

    attributes: Attributes = Field(default_factory=dict)
    geometry: GeoJson | None = None


class AbolishAddressBody(ActBody):
    """Abolish an address, alone or with those that hang on it."""

    with_flats: bool = False
