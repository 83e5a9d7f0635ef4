"""The acts of a registrar on buildings, premises, rooms and addresses given; ``?dry-run=true`` asks whether one may be.

Buildings and premises are named by number in any spelling, those never numbered by their id in the register.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Path
from fastapi.responses import Response

from api.address.desk import address_id
from api.land.bodies import ActBody
from api.real_estate.desk import AtRightsDesk, RightsDesk
from api.real_estate.objects_bodies import (
    AddressBody,
    BuildingBody,
    BuildingChangeBody,
    GiveBody,
    LetterBody,
    PremisesBody,
    PremisesChangeBody,
    PremisesMergeBody,
    PremisesSplitBody,
    RoomsBody,
    said,
)
from cadastres.real_estate import number
from cadastres.real_estate.addressing import GiveAddress, ObjectKind, TakeAddress
from cadastres.real_estate.model import ADDRESSING, BUILDING, PREMISES, ROOM
from cadastres.real_estate.premises_verbs import (
    ChangePremises,
    DrawRooms,
    EndPremises,
    FormPremises,
    MergePremises,
    SplitPremises,
)
from cadastres.real_estate.verbs import ChangeBuilding, DemolishBuilding, NumberBuilding, RegisterBuilding
from gis.errors import NotFound
from gis.layer import Layer
from gis.text import Text

router = APIRouter()

InUrl = Annotated[str, Path(max_length=80, description="A number in any spelling, or an id in the register.")]

_SHORTEST_NUMBER: Final = 11
"""Digits of a parcel's number at least: fewer are an id."""


@router.post("/buildings", status_code=201)
def register_building(at: AtRightsDesk, body: BuildingBody) -> Response:
    """Register a building on its parcel; the register issues its number."""
    footprint = at.geometer(body).multipolygon(body.geometry)
    command = RegisterBuilding(footprint=footprint, letter=body.letter, attributes=said(BUILDING, body.attributes))
    return at.perform(command, at.act(body), BUILDING)


@router.post("/buildings/{key:path}/number")
def number_building(at: AtRightsDesk, body: LetterBody, key: InUrl) -> Response:
    """Give a number to a building that has none."""
    building = _building(at, key)
    return at.perform(NumberBuilding(building=building, letter=body.letter), at.act(body), BUILDING, [building])


@router.post("/buildings/{key:path}/change")
def change_building(at: AtRightsDesk, body: BuildingChangeBody, key: InUrl) -> Response:
    """Change a building's outline or what is on record of it."""
    building = _building(at, key)
    footprint = None if body.geometry is None else at.geometer(body).multipolygon(body.geometry)
    command = ChangeBuilding(building=building, footprint=footprint, attributes=said(BUILDING, body.attributes))
    return at.perform(command, at.act(body), BUILDING, [building])


@router.post("/buildings/{key:path}/demolish")
def demolish_building(at: AtRightsDesk, body: ActBody, key: InUrl) -> Response:
    """End a demolished building."""
    building = _building(at, key)
    return at.perform(DemolishBuilding(building=building), at.act(body), BUILDING, [building])


@router.post("/premises", status_code=201)
def form_premises(at: AtRightsDesk, body: PremisesBody) -> Response:
    """Form premises in a building; the register issues their number."""
    command = FormPremises(building=_building(at, body.building), attributes=said(PREMISES, body.attributes))
    return at.perform(command, at.act(body), PREMISES)


@router.post("/premises/merge", status_code=201)
def merge_premises(at: AtRightsDesk, body: PremisesMergeBody) -> Response:
    """Merge premises of one building; their rights go over."""
    ids = [_premises(at, key) for key in body.premises]
    command = MergePremises(premises=tuple(ids), attributes=said(PREMISES, body.attributes))
    return at.perform(command, at.act(body), PREMISES, ids)


@router.post("/premises/{key:path}/split", status_code=201)
def split_premises(at: AtRightsDesk, body: PremisesSplitBody, key: InUrl) -> Response:
    """Split premises; their rights go over to every part."""
    premises = _premises(at, key)
    command = SplitPremises(premises=premises, parts=tuple(said(PREMISES, part) for part in body.parts))
    return at.perform(command, at.act(body), PREMISES, [premises])


@router.post("/premises/{key:path}/change")
def change_premises(at: AtRightsDesk, body: PremisesChangeBody, key: InUrl) -> Response:
    """Change what is on record of premises."""
    premises = _premises(at, key)
    command = ChangePremises(premises=premises, attributes=said(PREMISES, body.attributes))
    return at.perform(command, at.act(body), PREMISES, [premises])


@router.post("/premises/{key:path}/end")
def end_premises(at: AtRightsDesk, body: ActBody, key: InUrl) -> Response:
    """End premises without a successor."""
    premises = _premises(at, key)
    return at.perform(EndPremises(premises=premises), at.act(body), PREMISES, [premises])


@router.post("/premises/{key:path}/rooms", status_code=201)
def draw_rooms(at: AtRightsDesk, body: RoomsBody, key: InUrl) -> Response:
    """Draw the rooms of premises in place of those drawn before."""
    geometer = at.geometer(body)
    rooms = tuple(room.room(geometer) for room in body.rooms)
    return at.perform(DrawRooms(premises=_premises(at, key), rooms=rooms), at.act(body), ROOM)


@router.post("/addressing/give", status_code=201)
def give_address(at: AtRightsDesk, body: GiveBody) -> Response:
    """Give an address to a parcel, a building or premises."""
    (found,) = at.objects([body.object])
    kind: ObjectKind = _KINDS[found.kind]
    address = address_id(at.register, body.address, at.overlay)
    command = GiveAddress(address=address, object_id=found.feature_id, kind=kind, primary=body.primary)
    return at.perform(command, at.act(body), ADDRESSING)


@router.post("/addressing/take")
def take_address(at: AtRightsDesk, body: AddressBody) -> Response:
    """Take an address away from an object."""
    (found,) = at.objects([body.object])
    command = TakeAddress(address=address_id(at.register, body.address, at.overlay), object_id=found.feature_id)
    return at.perform(command, at.act(body), ADDRESSING)


_KINDS: Final[dict[str, ObjectKind]] = {"parcel": "parcel", "building": "building", "premises": "premises"}


def _building(at: RightsDesk, key: str) -> int:
    """Return a building's feature id.

    Raises:
        InvalidBuildingNumber: neither a number nor an id.
        NotFound: never registered.
    """
    if _is_id(key):
        return at.known(BUILDING, int(key))
    return _found(at, BUILDING, "building_number", number.compact_building(key))


def _premises(at: RightsDesk, key: str) -> int:
    """Return premises' feature id; errors as :func:`_building`."""
    if _is_id(key):
        return at.known(PREMISES, int(key))
    return _found(at, PREMISES, "premises_number", number.compact_premises(key))


def _is_id(key: str) -> bool:
    return key.isascii() and key.isdecimal() and len(key) < _SHORTEST_NUMBER


def _found(at: RightsDesk, layer: Layer, field: str, value: str) -> int:
    found = at.found(layer, field, value)
    if found is None:
        raise NotFound(_NEVER.filled(number=value, what=layer.title), number=value)
    return found


_NEVER = Text(
    kk="{number} нөмірі ешқашан берілмеген («{what}»).",
    ru="Номер {number} никогда не присваивался («{what}»).",
    en="The number {number} was never issued ('{what}').",
)
