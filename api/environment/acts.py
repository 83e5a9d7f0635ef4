"""The acts of an environmental registrar; ``?dry-run=true`` asks whether one may be, ``?draft=`` edits a draft."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path
from fastapi.responses import Response
from shapely import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from api.environment.bodies import (
    KINDS,
    SOURCE_LAYERS,
    ZONE_KINDS,
    BoundaryBody,
    ChangeBody,
    DeriveBody,
    EnterBody,
    Kind,
    WidthsBody,
    ZoneKind,
)
from api.land.bodies import ActBody, typed
from api.land.desk import Desk, desk_of
from api.land.geometry import Geometer
from cadastres.environment.verbs import Change, Derive, End, Enter, SetBoundary, SetWidths
from gis.errors import BadRequest
from gis.layer import GeometryKind, Layer
from gis.record import NOWHERE
from gis.text import Text

router = APIRouter()

AtDesk = Annotated[Desk, Depends(desk_of("environment", Desk))]
FeatureId = Annotated[int, Path(ge=1, le=2**62)]
KINDS_WITH_WIDTHS: Final = {"reaches": KINDS["reaches"], "facilities": KINDS["facilities"]}


@router.post("/zones/derive")
def derive(at: AtDesk, body: DeriveBody) -> Response:
    """Draw the zones around sources anew: after a load, which no follower watches."""
    layer = SOURCE_LAYERS[body.layer]
    command = Derive(sources=((layer.name, tuple(dict.fromkeys(body.features))),))
    return at.perform(command, at.act(body), layer, list(dict.fromkeys(body.features)))


@router.post("/zones/{kind}/boundary", status_code=201)
def set_boundary(at: AtDesk, body: BoundaryBody, kind: ZoneKind) -> Response:
    """Give the zone around a source the boundary of an approved project; it no longer follows a width."""
    zone, source = ZONE_KINDS[kind], SOURCE_LAYERS[body.source_layer]
    command = SetBoundary(
        zone=zone.name,
        source=at.known(source, body.source_id),
        source_layer=source.name,
        geometry=at.geometer(body).multipolygon(body.geometry),
        attributes=typed(zone, body.attributes),
    )
    return at.perform(command, at.act(body), zone)


@router.post("/{kind}/{feature_id}/widths")
def set_widths(at: AtDesk, body: WidthsBody, kind: Literal["reaches", "facilities"], feature_id: FeatureId) -> Response:
    """Set the widths of a reach's zone and strip, or of works' sanitary zone; the zones follow at once."""
    layer = KINDS_WITH_WIDTHS[kind]
    command = SetWidths(
        layer=layer.name, feature=at.known(layer, feature_id), zone=body.zone, strip=body.strip, basis=body.basis
    )
    return at.perform(command, at.act(body), layer, [feature_id])


@router.post("/{kind}", status_code=201)
def enter(at: AtDesk, body: EnterBody, kind: Kind) -> Response:
    """Enter a feature; the zones around it, or of its class, follow."""
    layer, act = KINDS[kind], at.act(body)
    until = None if body.valid_to is None else at.register.profile.midnight(body.valid_to)
    if until is not None and until <= act.valid_from:
        raise BadRequest(_BACKWARDS.filled(start=act.valid_from.date(), end=body.valid_to), field="valid_to")
    shape = _shape(at.geometer(body), layer, body.geometry)
    command = Enter(
        layer=layer.name,
        geometry=NOWHERE if shape is None else shape,
        attributes=typed(layer, body.attributes),
        until=until,
    )
    return at.perform(command, act, layer)


@router.post("/{kind}/{feature_id}/change")
def change(at: AtDesk, body: ChangeBody, kind: Kind, feature_id: FeatureId) -> Response:
    """Change a feature from the legal day on."""
    layer = KINDS[kind]
    shape = None if body.geometry is None else _shape(at.geometer(body), layer, body.geometry)
    command = Change(
        layer=layer.name,
        feature=at.known(layer, feature_id),
        geometry=shape,
        attributes=typed(layer, body.attributes),
    )
    return at.perform(command, at.act(body), layer, [feature_id])


@router.post("/{kind}/{feature_id}/end")
def end(at: AtDesk, body: ActBody, kind: Kind, feature_id: FeatureId) -> Response:
    """End a feature in law; the zones around it, or of its class, end or change with it."""
    layer = KINDS[kind]
    command = End(layer=layer.name, feature=at.known(layer, feature_id))
    return at.perform(command, at.act(body), layer, [feature_id])


def _shape(geometer: Geometer, layer: Layer, document: Any) -> BaseGeometry | None:
    """Return a geometry of the layer's kind."""
    if not layer.spatial:
        if document is not None:
            raise BadRequest(_PLACELESS.filled(layer=layer.name), layer=layer.name)
        return None
    if layer.geometry is GeometryKind.POINT:
        return geometer.point(document)
    if layer.geometry is GeometryKind.MULTILINESTRING:
        line = geometer.line(document)
        return MultiLineString([line]) if isinstance(line, LineString) else line
    return geometer.multipolygon(document)


_PLACELESS = Text(
    kk="{layer} қабатының нысандарында геометрия болмайды; оны жібермеңіз.",
    ru="У объектов слоя {layer} нет геометрии; не присылайте её.",
    en="Features of {layer} have no geometry; do not send one.",
)
_BACKWARDS = Text(
    kk="Аяқталу күні ({end}) басталу күнінен ({start}) кейін болуы тиіс.",
    ru="День окончания ({end}) должен быть позже дня начала ({start}).",
    en="The last day ({end}) must come after the first ({start}).",
)
