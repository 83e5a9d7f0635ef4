"""What a registrar sends: the bodies of acts on buildings, premises, rooms and the addresses given to them."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import Field, WithJsonSchema

from api.land.bodies import ActBody, Body, GeoJson, Number, Prose, Word, typed
from api.land.geometry import Geometer
from cadastres.real_estate.model import BUILDING, PREMISES
from cadastres.real_estate.premises_verbs import Room
from cadastres.real_estate.verbs import GIVEN
from gis.errors import BadRequest
from gis.layer import Layer
from gis.text import Text

_OURS: Final[Mapping[str, tuple[str, ...]]] = {BUILDING.name: GIVEN, PREMISES.name: ("premises_number", "building_id")}
"""Fields that the register gives by itself."""


def _schema(layer: Layer) -> WithJsonSchema:
    fields = {
        f.name: {"type": [f.type.json, "null"], "title": f.title.en}
        | ({"format": f.type.json_format} if f.type.json_format else {})
        for f in layer.fields
        if f.name not in _OURS[layer.name]
    }
    return WithJsonSchema({"type": "object", "properties": fields, "additionalProperties": False})


BuildingAttributes = Annotated[dict[str, Any], _schema(BUILDING)]
PremisesAttributes = Annotated[dict[str, Any], _schema(PREMISES)]
Letter = Annotated[str, Field(max_length=10, description="Литер; a letter alike in both scripts is Cyrillic.")]
Key = Annotated[Word, Field(description="A number in any spelling, or an id in the register.")]


def said(layer: Layer, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a body says of an object, as the layer's types.

    Raises:
        BadRequest: something that the register gives by itself, or a date that is none.
    """
    ours = [name for name in _OURS[layer.name] if name in attributes]
    if ours:
        raise BadRequest(_GIVEN.filled(field=ours[0]), field=ours[0])
    return typed(layer, attributes)


class BuildingBody(ActBody):
    """Register a building on its parcel."""

    geometry: GeoJson
    letter: Letter = ""
    attributes: Annotated[BuildingAttributes, Field(default_factory=dict)]


class LetterBody(ActBody):
    """Give an imported building its number."""

    letter: Letter = ""


class BuildingChangeBody(ActBody):
    """Change a building's outline or what is on record of it; what is left out stays."""

    geometry: GeoJson | None = None
    attributes: Annotated[BuildingAttributes, Field(default_factory=dict)]


class PremisesBody(ActBody):
    """Form premises in a building."""

    building: Key
    attributes: Annotated[PremisesAttributes, Field(default_factory=dict)]


class PremisesChangeBody(ActBody):
    """Change what is on record of premises; what is left out stays."""

    attributes: PremisesAttributes


class PremisesSplitBody(ActBody):
    """Split premises into parts; floor and use are the old ones' unless said."""

    parts: Annotated[list[PremisesAttributes], Field(min_length=1, max_length=1000)]


class PremisesMergeBody(ActBody):
    """Merge premises of one building; areas are added up unless said."""

    premises: Annotated[list[Key], Field(min_length=1, max_length=1000)]
    attributes: Annotated[PremisesAttributes, Field(default_factory=dict)]


class RoomBody(Body):
    """One room of a floor plan."""

    geometry: GeoJson
    use: Annotated[Word, Field(examples=["living", "kitchen", "corridor"])]
    designation: Prose | None = None
    area: Annotated[float | None, Field(gt=0, le=1e6, description="By survey, m².")] = None

    def room(self, geometer: Geometer) -> Room:
        """Return the room, in the city's projected system."""
        outline = geometer.polygon(self.geometry)
        return Room(outline=outline, use=self.use, designation=self.designation, area=self.area)


class RoomsBody(ActBody):
    """Draw the rooms of premises in place of those drawn before."""

    rooms: Annotated[list[RoomBody], Field(max_length=1000)]


class AddressBody(ActBody):
    """Give an address to an object, or take it away."""

    address: Annotated[Word, Field(description="Registration code (РКА) in any spelling, or id in the register.")]
    object: Annotated[Number, Field(description="Number of a parcel, a building or premises, in any spelling.")]


class GiveBody(AddressBody):
    """Give an address to an object."""

    primary: bool = True


_GIVEN = Text(
    kk="«{field}» мәнін тізілім өзі береді; оны жібермеңіз.",
    ru="Значение «{field}» присваивает сам регистр; не присылайте его.",
    en="The register itself gives '{field}'; do not send it.",
)
