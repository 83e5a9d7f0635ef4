"""The acts of a planner, each with its legal source; ``?dry-run=true`` asks whether one may be."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import Response
from shapely import LineString, MultiLineString, MultiPolygon

from api.land.bodies import ActBody, typed
from api.land.desk import Desk
from api.land.geometry import Geometer
from api.urban_planning.bodies import (
    AdoptBody,
    LineBody,
    LineChangeBody,
    PlanBody,
    PlanChangeBody,
    SetBackBody,
    ZoneChangeBody,
    ZonesBody,
)
from api.urban_planning.desk import AtPlanningDesk
from cadastres.urban_planning.line_model import REGULATION_LINE
from cadastres.urban_planning.line_verbs import CancelLine, MoveLine, SetBack, SetLine
from cadastres.urban_planning.plan_model import SPATIAL_PLAN, ZONING_ELEMENT
from cadastres.urban_planning.verbs import (
    AdoptPlan,
    AmendPlan,
    BringIntoForce,
    ChangeZone,
    DrawUpPlan,
    DrawZones,
    EndPlan,
    RemoveZone,
    ZoneDrawn,
)

router = APIRouter()

FeatureId = Annotated[int, Path(ge=1, le=2**62)]


@router.post("/plans", status_code=201)
def draw_up_plan(at: AtPlanningDesk, body: PlanBody) -> Response:
    """Draw up a plan: it is in elaboration and restricts nothing yet."""
    territory = at.geometer(body).multipolygon(body.geometry)
    command = DrawUpPlan(territory=territory, attributes=typed(SPATIAL_PLAN, body.attributes))
    return at.perform(command, at.act(body), SPATIAL_PLAN)


@router.post("/plans/{plan}/amend")
def amend_plan(at: AtPlanningDesk, body: PlanChangeBody, plan: FeatureId) -> Response:
    """Amend a plan's territory, or what is said of it."""
    territory = _area(at.geometer(body), body.geometry)
    attributes = typed(SPATIAL_PLAN, body.attributes)
    command = AmendPlan(plan=at.known(SPATIAL_PLAN, plan), territory=territory, attributes=attributes)
    return at.perform(command, at.act(body), SPATIAL_PLAN, [plan])


@router.post("/plans/{plan}/adopt")
def adopt_plan(at: AtPlanningDesk, body: AdoptBody, plan: FeatureId) -> Response:
    """Adopt a plan that was in elaboration."""
    command = AdoptPlan(plan=at.known(SPATIAL_PLAN, plan), attributes=typed(SPATIAL_PLAN, body.attributes))
    return at.perform(command, at.act(body), SPATIAL_PLAN, [plan])


@router.post("/plans/{plan}/bring-into-force")
def bring_into_force(at: AtPlanningDesk, body: ActBody, plan: FeatureId) -> Response:
    """Bring an adopted plan into force; its predecessor ends that day."""
    return at.perform(BringIntoForce(plan=at.known(SPATIAL_PLAN, plan)), at.act(body), SPATIAL_PLAN, [plan])


@router.post("/plans/{plan}/end")
def end_plan(at: AtPlanningDesk, body: ActBody, plan: FeatureId) -> Response:
    """End a plan; its zones and lines end with it."""
    return at.perform(EndPlan(plan=at.known(SPATIAL_PLAN, plan)), at.act(body), SPATIAL_PLAN, [plan])


@router.post("/plans/{plan}/zones", status_code=201)
def draw_zones(at: AtPlanningDesk, body: ZonesBody, plan: FeatureId) -> Response:
    """Draw functional zones in a plan; they take force with it."""
    geometer = at.geometer(body)
    zones = tuple(
        ZoneDrawn(geometry=geometer.multipolygon(z.geometry), attributes=typed(ZONING_ELEMENT, z.attributes))
        for z in body.zones
    )
    return at.perform(DrawZones(plan=at.known(SPATIAL_PLAN, plan), zones=zones), at.act(body), ZONING_ELEMENT)


@router.post("/zones/{zone}/change")
def change_zone(at: AtPlanningDesk, body: ZoneChangeBody, zone: FeatureId) -> Response:
    """Change a zone's area or regulation."""
    area = _area(at.geometer(body), body.geometry)
    attributes = typed(ZONING_ELEMENT, body.attributes)
    command = ChangeZone(zone=at.known(ZONING_ELEMENT, zone), geometry=area, attributes=attributes)
    return at.perform(command, at.act(body), ZONING_ELEMENT, [zone])


@router.post("/zones/{zone}/remove")
def remove_zone(at: AtPlanningDesk, body: ActBody, zone: FeatureId) -> Response:
    """Take a zone out of its plan."""
    return at.perform(RemoveZone(zone=at.known(ZONING_ELEMENT, zone)), at.act(body), ZONING_ELEMENT, [zone])


@router.post("/lines", status_code=201)
def set_line(at: AtPlanningDesk, body: LineBody) -> Response:
    """Set a red line, a building line or another; buildings that it crosses are recorded as violations."""
    command = SetLine(
        line=_line(at.geometer(body), body.geometry),
        attributes=typed(REGULATION_LINE, body.attributes),
        plan=_plan(at, body.plan),
    )
    return at.perform(command, at.act(body), REGULATION_LINE)


@router.post("/lines/{line}/set-back", status_code=201)
def set_back(at: AtPlanningDesk, body: SetBackBody, line: FeatureId) -> Response:
    """Set a building line at a distance behind a line, on the side on which one may build."""
    command = SetBack(
        behind=at.known(REGULATION_LINE, line),
        offset=body.offset,
        attributes=typed(REGULATION_LINE, body.attributes),
    )
    return at.perform(command, at.act(body), REGULATION_LINE)


@router.post("/lines/{line}/move")
def move_line(at: AtPlanningDesk, body: LineChangeBody, line: FeatureId) -> Response:
    """Move a line, or change what is said of it."""
    drawn = None if body.geometry is None else _line(at.geometer(body), body.geometry)
    attributes = typed(REGULATION_LINE, body.attributes)
    command = MoveLine(line=at.known(REGULATION_LINE, line), geometry=drawn, attributes=attributes)
    return at.perform(command, at.act(body), REGULATION_LINE, [line])


@router.post("/lines/{line}/cancel")
def cancel_line(at: AtPlanningDesk, body: ActBody, line: FeatureId) -> Response:
    """Cancel a line."""
    return at.perform(CancelLine(line=at.known(REGULATION_LINE, line)), at.act(body), REGULATION_LINE, [line])


def _area(geometer: Geometer, document: Any | None) -> MultiPolygon | None:
    return None if document is None else geometer.multipolygon(document)


def _line(geometer: Geometer, document: Any) -> MultiLineString:
    line = geometer.line(document)
    return MultiLineString([line]) if isinstance(line, LineString) else line


def _plan(at: Desk, plan: int | None) -> int | None:
    return None if plan is None else at.known(SPATIAL_PLAN, plan)
