"""The acts of a registrar on streets and what stands on them; ``?dry-run=true`` asks whether one may be.

One set of acts serves every layer of streets: enter, alter, retire, or several of these by one act. Whatever is drawn
joins the ways about it (:mod:`cadastres.urban_planning.street_verbs`), so that routes pass it from the legal date on.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi.responses import Response
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from api.land.bodies import ActBody, typed
from api.land.desk import Desk, desk_of
from api.urban_planning.streets_bodies import (
    KINDS,
    AlterBody,
    ChangeBody,
    ChangesBody,
    DivideBody,
    Kind,
    ObjectBody,
    Way,
)
from cadastres.urban_planning.street_division import DivideWay
from cadastres.urban_planning.street_verbs import Alter, Change, ChangeStreets, Enter, Retire
from gis.errors import BadGeometry, BadRequest
from gis.layer import GeometryKind, Layer
from gis.record import NOWHERE
from gis.text import Text

router = APIRouter(prefix="/urban-planning/streets", tags=["urban planning: streets"])

InUrl = Annotated[int, Path(ge=1, le=2**62, description="Id in the register.")]


class StreetDesk(Desk):
    """One request of a registrar of streets."""

    __slots__ = ()

    def drawn(self, body: ActBody, layer: Layer, document: dict[str, Any] | None) -> BaseGeometry | None:
        """Return an object's geometry as its layer has it; ``None`` where none was sent.

        Raises:
            BadGeometry: of another kind, outside the city, or of an object that has none.
        """
        if document is None:
            return None
        match layer.geometry:
            case GeometryKind.POINT:
                return self.geometer(body).point(document)
            case GeometryKind.LINESTRING:
                line = self.geometer(body).line(document)
                if isinstance(line, LineString):
                    return line
        raise BadGeometry(_KIND.filled(layer=layer.title, kind=layer.geometry.wkt or "—"), expected=layer.geometry.wkt)

    def entered(self, body: ActBody, layer: Layer, sent: ObjectBody | ChangeBody) -> Enter:
        """Return the change that enters an object.

        Raises:
            BadGeometry: as :meth:`drawn`; or none was sent where the layer has one.
        """
        geometry = self.drawn(body, layer, sent.geometry)
        if geometry is None and layer.spatial:
            raise BadGeometry(_NEEDED.filled(layer=layer.title, kind=layer.geometry.wkt), expected=layer.geometry.wkt)
        return Enter(layer=layer, geometry=geometry or NOWHERE, attributes=typed(layer, sent.attributes))

    def altered(self, body: ActBody, layer: Layer, feature: int, sent: AlterBody | ChangeBody) -> Alter:
        """Return the change that alters an object."""
        geometry = self.drawn(body, layer, sent.geometry)
        said = typed(layer, sent.attributes)
        return Alter(layer=layer, feature=self.known(layer, feature), geometry=geometry, attributes=said)

    def one(self, change: Change, body: ActBody) -> Response:
        """Perform an act on one object."""
        named = [] if change.feature is None else [change.feature]
        return self.perform(ChangeStreets(changes=(change,)), self.act(body), change.layer, named)


class StreetsDesk(StreetDesk):
    """One request that changes objects of several layers; its answer names all of them."""

    __slots__ = ()

    def _features(self, layer: Layer, ids: Sequence[int], token: int | None) -> list[dict[str, Any]]:  # noqa: ARG002
        found = (super(StreetsDesk, self)._features(kind, ids, token) for kind in KINDS.values())
        return [feature for features in found for feature in features]


AtStreetDesk = Annotated[StreetDesk, Depends(desk_of("urban_planning", StreetDesk))]
AtStreetsDesk = Annotated[StreetsDesk, Depends(desk_of("urban_planning", StreetsDesk))]


@router.post("/changes")
def change_streets(at: AtStreetsDesk, body: ChangesBody) -> Response:
    """Change several objects by one act: move a junction with all its ways, divide a street, build a crossing."""
    changes = tuple(_change(at, body, sent) for sent in body.changes)
    named = [change.feature for change in changes if change.feature is not None]
    return at.perform(ChangeStreets(changes=changes), at.act(body), changes[0].layer, named)


@router.post("/{kind}", status_code=201)
def register_object(at: AtStreetDesk, body: ObjectBody, kind: Kind) -> Response:
    """Enter a street segment, a footway, a crossing, a kerb, a lift: whatever the kind is."""
    return at.one(at.entered(body, KINDS[kind], body), body)


@router.post("/{kind}/{feature}/alter")
def alter_object(at: AtStreetDesk, body: AlterBody, kind: Kind, feature: InUrl) -> Response:
    """Draw an object anew, or change what is on record of it, from the legal date on."""
    return at.one(at.altered(body, KINDS[kind], feature, body), body)


@router.post("/{kind}/{feature}/divide", status_code=201)
def divide_way(at: AtStreetsDesk, body: DivideBody, kind: Way, feature: InUrl) -> Response:
    """Divide a way where another is to join it; restrictions, closures and speeds go with the parts."""
    layer, place = KINDS[kind], at.geometer(body).point(body.geometry)
    command = DivideWay(layer=layer, feature=at.known(layer, feature), place=place)
    return at.perform(command, at.act(body), layer, [feature])


@router.post("/{kind}/{feature}/retire")
def retire_object(at: AtStreetDesk, body: ActBody, kind: Kind, feature: InUrl) -> Response:
    """End an object; restricted turns, closures and speeds of a way or lift end with it."""
    layer = KINDS[kind]
    return at.one(Retire(layer=layer, feature=at.known(layer, feature)), body)


def _change(at: StreetDesk, body: ChangesBody, sent: ChangeBody) -> Change:
    if sent.do == "register":
        return at.entered(body, sent.layer, sent)
    if sent.id is None:
        raise BadRequest(_NAMELESS.filled(do=sent.do), field="id")
    if sent.do == "alter":
        return at.altered(body, sent.layer, sent.id, sent)
    return Retire(layer=sent.layer, feature=at.known(sent.layer, sent.id))


_KIND = Text(
    kk="«{layer}» қабатының нысандары үшін геометрия түрі: {kind}.",
    ru="У объектов слоя «{layer}» геометрия вида: {kind}.",
    en="The geometry of features of '{layer}' is of the kind: {kind}.",
)
_NEEDED = Text(
    kk="«{layer}» қабатына жаңа нысан геометриясыз енгізілмейді; geometry мүшесінде {kind} жіберіңіз.",
    ru="В слой «{layer}» новый объект без геометрии не вносится; пришлите {kind} в члене geometry.",
    en="A new feature of '{layer}' can't be entered without geometry; send a {kind} in the member geometry.",
)
_NAMELESS = Text(
    kk="«{do}» әрекеті бар нысанды атауы тиіс: id мүшесінде оның нөмірін беріңіз.",
    ru="Действие «{do}» должно назвать имеющийся объект: дайте его номер в члене id.",
    en="'{do}' must name an object that there is: give its id in the member id.",
)
