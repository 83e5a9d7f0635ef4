"""What a registrar sends: the bodies of acts on streets and what stands on them."""

from typing import Annotated, Any, Literal

from pydantic import Field

from api.land.bodies import ActBody, Body, GeoJson
from cadastres.urban_planning.streets import LAYERS
from gis.layer import Layer

KINDS = {layer.table: layer for layer in LAYERS}
"""Layers of streets by the names under which the interface knows them."""

Kind = Literal[
    "street_segment", "footway", "crossing", "steps", "ramp", "kerb", "lift", "barrier", "traffic_signal",
    "turn_restriction", "closure", "street_speed", "daily_speed", "accessibility_norm",
]  # fmt: skip
"""The same names, for whoever reads the interface's description."""

Way = Literal["street_segment", "footway", "crossing", "steps", "ramp"]
"""Those along which one moves."""

FeatureId = Annotated[int, Field(ge=1, le=2**62)]
Attributes = Annotated[
    dict[str, Any],
    Field(
        description="By the layer's fields, see /ogc/collections/urban_planning.{kind}/schema. What one act enters "
        "is referred to as -1, -2, … in order."
    ),
]
Place = Annotated[
    GeoJson | None,
    Field(description="A LineString or Point as the layer has; ends are drawn to ways' ends nearer than 0.1 m."),
]


class ObjectBody(ActBody):
    """Enter an object; a layer without geometry takes none."""

    geometry: Place = None
    attributes: Attributes = Field(default_factory=dict)


class AlterBody(ActBody):
    """Draw an object anew, or change what is on record of it; what isn't named stays."""

    geometry: Place = None
    attributes: Attributes = Field(default_factory=dict)


class DivideBody(ActBody):
    """Divide a way, so that others can join it there."""

    geometry: Annotated[GeoJson, Field(description="A point on the way, within 1 m.")]


class ChangeBody(Body):
    """One change of several: ``alter`` and ``retire`` name the object by its ``id``."""

    do: Literal["register", "alter", "retire"]
    kind: Kind
    id: FeatureId | None = None
    geometry: Place = None
    attributes: Attributes = Field(default_factory=dict)

    @property
    def layer(self) -> Layer:
        """Return the layer of the object that changes."""
        return KINDS[self.kind]


class ChangesBody(ActBody):
    """Change several objects by one act, all or none."""

    changes: Annotated[list[ChangeBody], Field(min_length=1, max_length=1000)]
