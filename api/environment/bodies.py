"""What an environmental registrar sends."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field

from api.land.bodies import ActBody, GeoJson, Prose, readable
from cadastres.environment.model import (
    FACILITY,
    GREEN_AREA,
    PROTECTED_SITE,
    PROTECTED_ZONE,
    WATER_BODY,
    WATER_REACH,
)
from cadastres.environment.monitoring_model import HAZARD_AREA, MONITORING_STATION, OBSERVED_EVENT
from cadastres.environment.zone_model import (
    SANITARY_ZONE,
    UTILITY_ZONE,
    WATER_PROTECTION_STRIP,
    WATER_PROTECTION_ZONE,
    ZONE_PARAMETER,
)
from cadastres.urban_planning.network_model import NETWORK_LINE, NETWORK_STRUCTURE
from gis.layer import Layer

Kind = Literal[
    "water-bodies", "green-areas", "reaches", "protected-sites", "protected-zones", "facilities", "parameters",
    "hazard-areas", "events", "stations",
]  # fmt: skip
"""What is entered, by the last part of its address."""

KINDS: Final[dict[str, Layer]] = {
    "water-bodies": WATER_BODY,
    "green-areas": GREEN_AREA,
    "reaches": WATER_REACH,
    "protected-sites": PROTECTED_SITE,
    "protected-zones": PROTECTED_ZONE,
    "facilities": FACILITY,
    "parameters": ZONE_PARAMETER,
    "hazard-areas": HAZARD_AREA,
    "events": OBSERVED_EVENT,
    "stations": MONITORING_STATION,
}

ZoneKind = Literal["water-protection-zones", "water-protection-strips", "utility-zones", "sanitary-zones"]

ZONE_KINDS: Final[dict[str, Layer]] = {
    "water-protection-zones": WATER_PROTECTION_ZONE,
    "water-protection-strips": WATER_PROTECTION_STRIP,
    "utility-zones": UTILITY_ZONE,
    "sanitary-zones": SANITARY_ZONE,
}

SourceLayer = Literal[
    "environment.water_reach",
    "environment.facility",
    "urban_planning.network_line",
    "urban_planning.network_structure",
]
SOURCE_LAYERS: Final[dict[str, Layer]] = {
    layer.name: layer for layer in (WATER_REACH, FACILITY, NETWORK_LINE, NETWORK_STRUCTURE)
}

Attributes = Annotated[dict[str, Any], Field(description="Fields of the layer, as its schema names them.")]
Metres = Annotated[float, Field(gt=0, le=100_000, description="Metres.")]
Basis = Annotated[Prose, Field(min_length=1, max_length=2000), AfterValidator(readable)]


class EnterBody(ActBody):
    """Enter a feature; parameter rows have no geometry. ``valid_to`` is the first day on which it is no longer so."""

    geometry: GeoJson | None = None
    attributes: Attributes = Field(default_factory=dict)
    valid_to: date | None = None


class ChangeBody(ActBody):
    """Change a feature's geometry, some attributes, or both, from the legal day on."""

    geometry: GeoJson | None = None
    attributes: Attributes = Field(default_factory=dict)


class WidthsBody(ActBody):
    """Set widths by an approved project, in metres: of the zone, and of a reach's strip."""

    zone: Metres
    strip: Metres | None = None
    basis: Annotated[Basis, Field(description="The act that approved the project.")]


class BoundaryBody(ActBody):
    """Give the zone around a source the boundary of an approved project."""

    source_layer: SourceLayer
    source_id: Annotated[int, Field(ge=1, le=2**62)]
    geometry: GeoJson
    attributes: Attributes = Field(default_factory=dict)


class DeriveBody(ActBody):
    """Draw the zones around sources anew, after a load."""

    layer: SourceLayer
    features: Annotated[list[Annotated[int, Field(ge=1, le=2**62)]], Field(min_length=1, max_length=1000)]
