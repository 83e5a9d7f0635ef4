"""What a planner sends: the bodies of acts on plans, zones and lines of regulation."""

from typing import Annotated, Any, Final

from pydantic import Field, WithJsonSchema

from api.land.bodies import ActBody, Body, GeoJson
from cadastres.urban_planning.line_model import REGULATION_LINE
from cadastres.urban_planning.plan_model import SPATIAL_PLAN, STEP_FIELD, ZONING_ELEMENT
from gis.layer import Layer

_MOST_ZONES: Final = 2000
"""Zones drawn by one act over HTTP; more come by `qala import`."""


def _attributes(layer: Layer) -> WithJsonSchema:
    """Return the JSON Schema of what an act may say of a layer's features: all but the step and the plan."""
    fields = {
        f.name: {
            "type": [f.type.json, "null"],
            "title": f.title.en,
            **({"format": f.type.json_format} if f.type.json_format else {}),
        }
        for f in layer.fields
        if f.name not in {STEP_FIELD, "plan_id"}
    }
    return WithJsonSchema({"type": "object", "properties": fields, "additionalProperties": False})


PlanAttributes = Annotated[dict[str, Any], _attributes(SPATIAL_PLAN)]
ZoneAttributes = Annotated[dict[str, Any], _attributes(ZONING_ELEMENT)]
LineAttributes = Annotated[dict[str, Any], _attributes(REGULATION_LINE)]
Plan = Annotated[int | None, Field(ge=1, le=2**62, description="Id of the plan that sets it.")]


class PlanBody(ActBody):
    """Draw up a plan; ``plan_type``, ``title_kk``, ``title_ru`` and ``level_of_spatial_plan`` are needed."""

    geometry: GeoJson
    attributes: PlanAttributes


class PlanChangeBody(ActBody):
    """Amend a plan's territory or attributes."""

    geometry: GeoJson | None = None
    attributes: PlanAttributes = Field(default_factory=dict)


class AdoptBody(ActBody):
    """Adopt a plan; the ordinance is the act's source unless the attributes name another."""

    attributes: PlanAttributes = Field(default_factory=dict)


class ZoneBody(Body):
    """One functional zone of a plan; ``functional_zone`` is needed."""

    geometry: GeoJson
    attributes: ZoneAttributes


class ZonesBody(ActBody):
    """Draw functional zones in a plan."""

    zones: Annotated[list[ZoneBody], Field(min_length=1, max_length=_MOST_ZONES)]


class ZoneChangeBody(ActBody):
    """Change a zone's area or regulation."""

    geometry: GeoJson | None = None
    attributes: ZoneAttributes = Field(default_factory=dict)


class LineBody(ActBody):
    """Set a line; ``line_kind`` and ``building_side`` are needed. Without a plan it is in force from the legal day."""

    geometry: GeoJson
    attributes: LineAttributes
    plan: Plan = None


class SetBackBody(ActBody):
    """Set a building line at a distance behind a red line."""

    offset: Annotated[float, Field(gt=0, le=1000, description="Metres.")]
    attributes: LineAttributes = Field(default_factory=dict)


class LineChangeBody(ActBody):
    """Move a line, or change what is said of it."""

    geometry: GeoJson | None = None
    attributes: LineAttributes = Field(default_factory=dict)
