"""The acts of a registrar on engineering networks; ``?dry-run=true`` asks whether one may be.

Lines, nodes, structures and norms are named by their ids in the register.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi.responses import Response
from shapely import LineString

from api.land.bodies import ActBody, typed
from api.land.desk import Desk, desk_of
from api.urban_planning.networks_bodies import (
    ClearanceBody,
    EndBody,
    LayBody,
    LineChangeBody,
    MoveLineBody,
    MoveNodeBody,
    NodeBody,
    NodeChangeBody,
    SplitLineBody,
    StateBody,
    StructureBody,
    StructureChangeBody,
)
from cadastres.land.verbs import Archive
from cadastres.urban_planning.network_model import CLEARANCE, NETWORK_LINE, NETWORK_NODE, NETWORK_STRUCTURE
from cadastres.urban_planning.network_upkeep import (
    BuildStructure,
    ChangeElement,
    Decommission,
    PlaceNode,
    SetClearance,
    SetState,
)
from cadastres.urban_planning.network_verbs import End, LayLine, MoveLine, MoveNode, SplitLine, TurnLine
from gis.errors import BadGeometry
from gis.layer import Layer
from gis.text import Text

router = APIRouter()

InUrl = Annotated[int, Path(ge=1, le=2**62, description="Id in the register.")]


class NetworkDesk(Desk):
    """One request of a networks' registrar; an act on lines also names the nodes that it made."""

    __slots__ = ()

    def _features(self, layer: Layer, ids: Sequence[int], token: int | None) -> list[dict[str, Any]]:
        made = (layer, NETWORK_NODE) if layer is NETWORK_LINE else (layer,)
        return [feature for kind in made for feature in super(NetworkDesk, self)._features(kind, ids, token)]

    def course(self, body: ActBody, document: Any) -> LineString:
        """Return a line's course.

        Raises:
            BadGeometry: no LineString in the city.
        """
        drawn = self.geometer(body).line(document)
        if not isinstance(drawn, LineString):
            raise BadGeometry(_ONE_LINE, expected=["LineString"])
        return drawn


AtNetworkDesk = Annotated[NetworkDesk, Depends(desk_of("urban_planning", NetworkDesk))]


@router.post("/lines", status_code=201)
def lay_line(at: AtNetworkDesk, body: LayBody) -> Response:
    """Lay a line, with nodes at its ends where there are none."""
    command = LayLine(
        network=body.network,
        geometry=at.course(body, body.geometry),
        begin=_end(body.begin),
        end=_end(body.end),
        attributes=typed(NETWORK_LINE, body.attributes),
    )
    return at.perform(command, at.act(body), NETWORK_LINE)


@router.post("/lines/{line}/move")
def move_line(at: AtNetworkDesk, body: MoveLineBody, line: InUrl) -> Response:
    """Give a line another course between its nodes."""
    course = at.course(body, body.geometry)
    command = MoveLine(
        line=at.known(NETWORK_LINE, line), geometry=course, attributes=typed(NETWORK_LINE, body.attributes)
    )
    return at.perform(command, at.act(body), NETWORK_LINE, [line])


@router.post("/lines/{line}/turn")
def turn_line(at: AtNetworkDesk, body: ActBody, line: InUrl) -> Response:
    """Turn a line round: it flows the other way."""
    return at.perform(TurnLine(line=at.known(NETWORK_LINE, line)), at.act(body), NETWORK_LINE, [line])


@router.post("/lines/{line}/split", status_code=201)
def split_line(at: AtNetworkDesk, body: SplitLineBody, line: InUrl) -> Response:
    """Split a line at a node, so that others can be connected there."""
    command = SplitLine(
        line=at.known(NETWORK_LINE, line),
        place=at.geometer(body).point(body.geometry),
        end=End(node=body.node, kind=body.kind),
        node=typed(NETWORK_NODE, body.attributes),
    )
    return at.perform(command, at.act(body), NETWORK_LINE, [line])


@router.post("/lines/{line}/change")
def change_line(at: AtNetworkDesk, body: LineChangeBody, line: InUrl) -> Response:
    """Change what is on record of a line."""
    return _changed(at, body, NETWORK_LINE, line)


@router.post("/lines/{line}/decommission")
def decommission_line(at: AtNetworkDesk, body: ActBody, line: InUrl) -> Response:
    """Take a line out of service for good; it stays where it lies."""
    return at.perform(Decommission(line=at.known(NETWORK_LINE, line)), at.act(body), NETWORK_LINE, [line])


@router.post("/lines/{line}/archive")
def archive_line(at: AtNetworkDesk, body: ActBody, line: InUrl) -> Response:
    """End a line that was taken up."""
    return _archived(at, body, NETWORK_LINE, line)


@router.post("/nodes", status_code=201)
def place_node(at: AtNetworkDesk, body: NodeBody) -> Response:
    """Place a node: a source, a consumer, a hydrant."""
    command = PlaceNode(
        network=body.network,
        kind=body.kind,
        place=at.geometer(body).point(body.geometry),
        attributes=typed(NETWORK_NODE, body.attributes),
    )
    return at.perform(command, at.act(body), NETWORK_NODE)


@router.post("/nodes/{node}/move")
def move_node(at: AtNetworkDesk, body: MoveNodeBody, node: InUrl) -> Response:
    """Move a node; the lines that end at it follow."""
    place = at.geometer(body).point(body.geometry)
    return at.perform(MoveNode(node=at.known(NETWORK_NODE, node), place=place), at.act(body), NETWORK_NODE, [node])


@router.post("/nodes/{node}/state")
def set_state(at: AtNetworkDesk, body: StateBody, node: InUrl) -> Response:
    """Shut or open a valve, switch a switch off or on."""
    command = SetState(node=at.known(NETWORK_NODE, node), lets_through=body.lets_through)
    return at.perform(command, at.act(body), NETWORK_NODE, [node])


@router.post("/nodes/{node}/change")
def change_node(at: AtNetworkDesk, body: NodeChangeBody, node: InUrl) -> Response:
    """Change what is on record of a node."""
    return _changed(at, body, NETWORK_NODE, node)


@router.post("/nodes/{node}/archive")
def archive_node(at: AtNetworkDesk, body: ActBody, node: InUrl) -> Response:
    """End a node at which no line ends any more."""
    return _archived(at, body, NETWORK_NODE, node)


@router.post("/structures", status_code=201)
def build_structure(at: AtNetworkDesk, body: StructureBody) -> Response:
    """Register a structure: a pumping station, a boiler house, a substation."""
    command = BuildStructure(
        network=body.network,
        kind=body.kind,
        geometry=at.geometer(body).polygon(body.geometry),
        attributes=typed(NETWORK_STRUCTURE, body.attributes),
    )
    return at.perform(command, at.act(body), NETWORK_STRUCTURE)


@router.post("/structures/{structure}/change")
def change_structure(at: AtNetworkDesk, body: StructureChangeBody, structure: InUrl) -> Response:
    """Change what is on record of a structure."""
    return _changed(at, body, NETWORK_STRUCTURE, structure)


@router.post("/structures/{structure}/archive")
def archive_structure(at: AtNetworkDesk, body: ActBody, structure: InUrl) -> Response:
    """End a structure that was taken down."""
    return _archived(at, body, NETWORK_STRUCTURE, structure)


@router.post("/clearances", status_code=201)
def set_clearance(at: AtNetworkDesk, body: ClearanceBody) -> Response:
    """Set how near two networks may come, from the legal date on."""
    command = SetClearance(
        networks=(body.networks[0], body.networks[1]),
        horizontal=body.min_horizontal,
        vertical=body.min_vertical,
        basis=body.legal_basis,
        confirmed=body.confirmed,
    )
    return at.perform(command, at.act(body), CLEARANCE)


@router.post("/clearances/{clearance}/archive")
def archive_clearance(at: AtNetworkDesk, body: ActBody, clearance: InUrl) -> Response:
    """End a norm that was repealed."""
    return _archived(at, body, CLEARANCE, clearance)


def _end(body: EndBody) -> End:
    return End(node=body.node, kind=body.kind)


def _changed(
    at: NetworkDesk,
    body: LineChangeBody | NodeChangeBody | StructureChangeBody,
    layer: Layer,
    feature: int,
) -> Response:
    attributes = typed(layer, body.attributes)
    command = ChangeElement(layer=layer, feature=at.known(layer, feature), attributes=attributes)
    return at.perform(command, at.act(body), layer, [feature])


def _archived(at: NetworkDesk, body: ActBody, layer: Layer, feature: int) -> Response:
    command = Archive(feature=at.known(layer, feature), layer=layer.name)
    return at.perform(command, at.act(body), layer, [feature])


_ONE_LINE = Text(
    kk="Желі сызығы үзіліссіз бір LineString болуы тиіс; бірнеше бөлікті бірнеше акт етіп салыңыз.",
    ru="Линия сети — одна непрерывная LineString; несколько частей проложите несколькими актами.",
    en="A line of a network is one unbroken LineString; lay several parts by several acts.",
)
