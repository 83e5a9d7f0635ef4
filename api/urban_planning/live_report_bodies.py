"""What is sent from the field, and by whoever decides on it."""

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field

from api.land.bodies import Body, GeoJson, Prose, SourceBody, Word, readable
from api.urban_planning.live_bodies import FeatureId, Moment
from cadastres.urban_planning.street_point_model import BARRIERS
from cadastres.urban_planning.street_reports import REPORTABLE
from gis.layer import Layer

KINDS: Final = ("attributes", "obstacle", "gone")
"""Kinds of reports."""

Kind = Literal["attributes", "obstacle", "gone"]
LAYERS: Final[dict[str, Layer]] = {layer.name: layer for layer in REPORTABLE}
Reportable = Annotated[Word, Field(json_schema_extra={"enum": list(LAYERS)})]
Note = Annotated[Prose | None, Field(max_length=4000, description="In your own words; read by whoever decides.")]
Attributes = Annotated[dict[str, Any], Field(description="Fields of the layer, as its schema names them.")]
Barrier = Annotated[Word, Field(json_schema_extra={"enum": list(BARRIERS)})]
Answer = Annotated[Prose, Field(min_length=1, max_length=2000), AfterValidator(readable)]


class ReportBody(Body):
    """What every report says: when it was seen, and whatever else whoever decides should know."""

    seen: Annotated[Moment | None, Field(description="When; by default now.")] = None
    note: Note = None


class AttributesBody(ReportBody):
    """Say what was seen of an object; without attributes, that all is as the register has it."""

    layer: Reportable
    id: FeatureId
    attributes: Attributes = Field(default_factory=dict)


class GoneBody(ReportBody):
    """Say that an object is there no more."""

    layer: Reportable
    id: FeatureId


class WayBody(Body):
    """The way on which an obstacle stands."""

    layer: Reportable
    id: FeatureId


class ObstacleBody(ReportBody):
    """Say that something stands in the way."""

    geometry: Annotated[GeoJson, Field(description="A point.")]
    crs: Annotated[str | None, Field(description="System of the coordinates; by default CRS84 (lon, lat).")] = None
    barrier: Barrier = "other"
    blocks: Annotated[
        list[Literal["foot", "bicycle", "motor_vehicle", "heavy", "wheelchair"]],
        Field(max_length=5, description="Whom it bars."),
    ] = Field(default_factory=list)
    width_left: Annotated[float | None, Field(ge=0, le=50, description="Clear width beside it, metres.")] = None
    way: Annotated[WayBody | None, Field(description="By default the nearest one.")] = None
    until: Annotated[Moment | None, Field(description="When it is expected to be gone.")] = None
    description: Annotated[Prose | None, Field(max_length=1000, description="Public, once it is accepted.")] = None


class AcceptBody(Body):
    """Accept a report; its source is the report itself unless one is named."""

    answer: Annotated[Answer | None, Field(description="What the reporter is told.")] = None
    reason: Annotated[Prose, Field(min_length=1, max_length=2000)] = "report from the field"
    source: SourceBody | None = None
    choices: Annotated[
        dict[FeatureId, Literal["draft", "register"]],
        Field(max_length=100, description="Whose values stand where the register changed the same since."),
    ] = Field(default_factory=dict)


class DeclineBody(Body):
    """Decline a report, and say why."""

    answer: Annotated[Answer, Field(description="Why; the reporter reads it.")]
