"""The acts of an address clerk, each with its legal source; ``?dry-run=true`` asks whether one may be."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.address.bodies import (
    AbolishAddressBody,
    BoundaryBody,
    ChangeAddressBody,
    ChangePlaceBody,
    FormAddressBody,
    FormPlaceBody,
    KatoBody,
    MergeBody,
    RenameBody,
    SplitBody,
)
from api.address.desk import LAYERS, AreaKind, AtDesk, FeatureId, Key, Kind, address_id, shape_of
from api.land.bodies import ActBody, typed
from cadastres.address.formation import AbolishAddress, ChangeAddress, FormAddress
from cadastres.address.model import ADDRESS, ADMIN_UNIT
from cadastres.address.reshaping import MergePlaces, MoveBoundaries, Portion, SplitPlace
from cadastres.address.verbs import AbolishPlace, ChangeKato, ChangePlace, FormPlace, Rename

router = APIRouter()


@router.post("/addresses", status_code=201)
def form_address(at: AtDesk, body: FormAddressBody) -> Response:
    """Give an address to a house, an entrance or a flat; the register issues its code unless the act brings one."""
    command = FormAddress(
        designator=body.number,
        street=body.street,
        named_place=body.named_place,
        admin_unit=body.admin_unit,
        parent=body.parent,
        block=body.block,
        level=body.level,
        geometry=None if body.geometry is None else at.geometer(body).point(body.geometry),
        rka=body.rka,
        attributes=typed(ADDRESS, body.attributes),
    )
    return at.perform(command, at.act(body), ADDRESS)


@router.post("/addresses/{key}/change")
def change_address(at: AtDesk, body: ChangeAddressBody, key: Key) -> Response:
    """Change an address: number, block, point, what it hangs on, a code where there is none; flats follow."""
    address = address_id(at.register, key, at.overlay)
    point = None if body.geometry is None else at.geometer(body).point(body.geometry)
    command = ChangeAddress(address=address, attributes=typed(ADDRESS, body.attributes), geometry=point)
    return at.perform(command, at.act(body), ADDRESS, [address])


@router.post("/addresses/{key}/abolish")
def abolish_address(at: AtDesk, body: AbolishAddressBody, key: Key) -> Response:
    """End an address in law."""
    address = address_id(at.register, key, at.overlay)
    command = AbolishAddress(address=address, with_flats=body.with_flats)
    return at.perform(command, at.act(body), ADDRESS, [address])


@router.post("/admin-units/{feature_id}/kato")
def change_kato(at: AtDesk, body: KatoBody, feature_id: FeatureId) -> Response:
    """Give an administrative unit another KATO code."""
    unit = at.known(ADMIN_UNIT, feature_id)
    return at.perform(ChangeKato(unit=unit, kato=body.kato), at.act(body), ADMIN_UNIT, [unit])


@router.post("/{kind}", status_code=201)
def form_place(at: AtDesk, body: FormPlaceBody, kind: Kind) -> Response:
    """Form a street, a named place or an administrative unit, and name it."""
    layer = LAYERS[kind]
    command = FormPlace(
        layer=layer.name,
        names=body.names.model_dump(),
        geometry=shape_of(layer, at.geometer(body), body.geometry),
        attributes=typed(layer, body.attributes),
    )
    return at.perform(command, at.act(body), layer)


@router.post("/{kind}/merge", status_code=201)
def merge_places(at: AtDesk, body: MergeBody, kind: Kind) -> Response:
    """Merge places; whatever referred to them refers to the successor."""
    layer = LAYERS[kind]
    named = [at.known(layer, i) for i in (*body.places, *([] if body.into is None else [body.into]))]
    command = MergePlaces(
        layer=layer.name,
        places=tuple(body.places),
        into=body.into,
        names=body.names.model_dump(exclude_none=True),
        attributes=typed(layer, body.attributes),
    )
    return at.perform(command, at.act(body), layer, named)


@router.post("/{kind}/boundary")
def move_boundaries(at: AtDesk, body: BoundaryBody, kind: AreaKind) -> Response:
    """Move the boundaries of settlements, districts or microdistricts."""
    layer = LAYERS[kind]
    named = [at.known(layer, place.id) for place in body.places]
    areas = {place.id: at.geometer(body).multipolygon(place.geometry) for place in body.places}
    command = MoveBoundaries(layer=layer.name, areas=areas, allocation=body.allocation)
    return at.perform(command, at.act(body), layer, named)


@router.post("/{kind}/{feature_id}/split", status_code=201)
def split_place(at: AtDesk, body: SplitBody, kind: Kind, feature_id: FeatureId) -> Response:
    """Split a place; each address goes to the part that lists it, else to the nearest."""
    layer = LAYERS[kind]
    portions = tuple(
        Portion(
            geometry=shape_of(layer, at.geometer(body), part.geometry),
            names=part.names.model_dump(),
            attributes=typed(layer, part.attributes),
            addresses=tuple(part.addresses),
        )
        for part in body.parts
    )
    place = at.known(layer, feature_id)
    return at.perform(SplitPlace(layer=layer.name, place=place, portions=portions), at.act(body), layer, [place])


@router.post("/{kind}/{feature_id}/rename")
def rename_place(at: AtDesk, body: RenameBody, kind: Kind, feature_id: FeatureId) -> Response:
    """Give a place other names; the old ones become aliases."""
    layer = LAYERS[kind]
    place = at.known(layer, feature_id)
    command = Rename(layer=layer.name, place=place, names=body.names.model_dump())
    return at.perform(command, at.act(body), layer, [place])


@router.post("/{kind}/{feature_id}/change")
def change_place(at: AtDesk, body: ChangePlaceBody, kind: Kind, feature_id: FeatureId) -> Response:
    """Change what is neither name nor boundary nor KATO code."""
    layer = LAYERS[kind]
    place = at.known(layer, feature_id)
    command = ChangePlace(layer=layer.name, place=place, attributes=typed(layer, body.attributes))
    return at.perform(command, at.act(body), layer, [place])


@router.post("/{kind}/{feature_id}/abolish")
def abolish_place(at: AtDesk, body: ActBody, kind: Kind, feature_id: FeatureId) -> Response:
    """End a place in law; no address may hang on it."""
    layer = LAYERS[kind]
    place = at.known(layer, feature_id)
    return at.perform(AbolishPlace(layer=layer.name, place=place), at.act(body), layer, [place])
