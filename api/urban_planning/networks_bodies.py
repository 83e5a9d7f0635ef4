"""What a registrar sends: the bodies of acts on engineering networks."""

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from api.land.bodies import ActBody, Body, GeoJson, Prose, Word
from cadastres.urban_planning.network_model import NETWORK_LINE, NETWORK_NODE, NETWORK_STRUCTURE
from gis.layer import Layer


def _attributes(layer: Layer, *said_elsewhere: str) -> WithJsonSchema:
    """Return the JSON Schema of what an act may say of a layer's features, without what the body says elsewhere."""
    fields = {
        f.name: {
            "type": [f.type.json, "null"],
            "title": f.title.en,
            **({"enum": [*f.values, None]} if f.values else {}),
        }
        for f in layer.fields
        if f.name not in said_elsewhere
    }
    return WithJsonSchema({"type": "object", "properties": fields, "additionalProperties": False})


_ENDS = ("from_node", "to_node")
FeatureId = Annotated[int, Field(ge=1, le=2**62)]
LaidAttributes = Annotated[dict[str, Any], _attributes(NETWORK_LINE, "utility_network_type", *_ENDS)]
LineAttributes = Annotated[dict[str, Any], _attributes(NETWORK_LINE, *_ENDS)]
PlacedAttributes = Annotated[dict[str, Any], _attributes(NETWORK_NODE, "utility_network_type", "node_kind")]
NodeAttributes = Annotated[dict[str, Any], _attributes(NETWORK_NODE)]
BuiltAttributes = Annotated[dict[str, Any], _attributes(NETWORK_STRUCTURE, "utility_network_type", "structure_kind")]
StructureAttributes = Annotated[dict[str, Any], _attributes(NETWORK_STRUCTURE)]


class EndBody(Body):
    """How an end of a line is connected: the node named, else one there; else a node of this kind is made."""

    node: FeatureId | None = None
    kind: Word = "junction"


class LayBody(ActBody):
    """Lay a line; its first position is where the flow begins."""

    network: Word
    geometry: GeoJson
    begin: EndBody = EndBody()
    end: EndBody = EndBody()
    attributes: LaidAttributes = Field(default_factory=dict)


class MoveLineBody(ActBody):
    """Give a line another course between its nodes."""

    geometry: GeoJson
    attributes: LineAttributes = Field(default_factory=dict)


class SplitLineBody(ActBody):
    """Split a line at a node: the one named, else one there, else one of this kind is made."""

    geometry: Annotated[GeoJson, Field(description="A point on the line.")]
    node: FeatureId | None = None
    kind: Word = "junction"
    attributes: NodeAttributes = Field(default_factory=dict, description="What is said of the node that is made.")


class LineChangeBody(ActBody):
    """Change what is on record of a line."""

    attributes: LineAttributes


class NodeBody(ActBody):
    """Place a node."""

    network: Word
    kind: Word
    geometry: GeoJson
    attributes: PlacedAttributes = Field(default_factory=dict)


class MoveNodeBody(ActBody):
    """Move a node; the lines that end at it follow."""

    geometry: GeoJson


class StateBody(ActBody):
    """Shut or open a valve, switch a switch off or on."""

    lets_through: bool


class NodeChangeBody(ActBody):
    """Change what is on record of a node."""

    attributes: NodeAttributes


class StructureBody(ActBody):
    """Register a structure of a network."""

    network: Word
    kind: Word
    geometry: GeoJson
    attributes: BuiltAttributes = Field(default_factory=dict)


class StructureChangeBody(ActBody):
    """Change what is on record of a structure."""

    attributes: StructureAttributes


class ClearanceBody(ActBody):
    """Set how near two networks may come; one distance at least."""

    networks: Annotated[list[Word], Field(min_length=2, max_length=2)]
    min_horizontal: Annotated[float | None, Field(ge=0, le=1000, description="Between edges in plan, metres.")] = None
    min_vertical: Annotated[float | None, Field(ge=0, le=1000, description="In depth, where they cross, metres.")] = (
        None
    )
    legal_basis: Annotated[Prose, Field(min_length=1, max_length=500)]
    confirmed: Annotated[bool, Field(description="The value was read in the act itself.")] = False
