"""The acts of a registrar, each with its legal source; ``?dry-run=true`` asks whether one may be."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response
from shapely import Polygon

from api.land.bodies import (
    ActBody,
    AdjustBody,
    FormBody,
    MergeBody,
    QuarterBody,
    ReleaseBody,
    ReserveBody,
    SplitBody,
    ZoneBody,
    typed,
)
from api.land.desk import AtDesk, Desk
from api.land.geometry import Geometer
from cadastres.land import number as cadastral_number
from cadastres.land.model import PARCEL, QUARTER, RESERVATION, ZONE
from cadastres.land.quarters import quarter_at
from cadastres.land.territories import FormQuarter, Release, Reserve, Zone
from cadastres.land.verbs import AdjustBoundary, Archive, Form, Merge, Part, Split
from gis.errors import BadRequest
from gis.instant import Instant, read_head, settle
from gis.text import Text

router = APIRouter()

InUrl = Annotated[str, Path(max_length=80, description="A cadastral number in any spelling.")]
FeatureId = Annotated[int, Path(ge=1, le=2**62)]


@router.post("/quarters", status_code=201)
def form_quarter(at: AtDesk, body: QuarterBody) -> Response:
    """Form an accounting quarter."""
    area = at.geometer(body).multipolygon(body.geometry)
    command = FormQuarter(code=body.code, geometry=area, attributes=typed(QUARTER, body.attributes))
    return at.perform(command, at.act(body), QUARTER)


@router.post("/parcels", status_code=201)
def form_parcel(at: AtDesk, body: FormBody) -> Response:
    """Form a parcel where there was none; the register issues its number."""
    area = at.geometer(body).polygon(body.geometry)
    quarter = cadastral_number.parse_quarter(body.quarter) if body.quarter else _quarter_of(at, body, area)
    command = Form(quarter=quarter, geometry=area, attributes=typed(PARCEL, body.attributes))
    return at.perform(command, at.act(body), PARCEL)


@router.post("/parcels/merge", status_code=201)
def merge_parcels(at: AtDesk, body: MergeBody) -> Response:
    """Merge adjoining parcels into one with a new number."""
    ids = at.parcels(body.parcels)
    quarter = _quarter(body.quarter, body.parcels[0])
    command = Merge(parcels=tuple(ids), quarter=quarter, attributes=typed(PARCEL, body.attributes))
    return at.perform(command, at.act(body), PARCEL, ids)


@router.post("/parcels/adjust")
def adjust_boundary(at: AtDesk, body: AdjustBody) -> Response:
    """Move the boundary between parcels; each keeps its number."""
    ids = at.parcels([parcel.number for parcel in body.parcels])
    geometer = at.geometer(body)
    parts = [
        Part(geometry=geometer.polygon(parcel.geometry), attributes=typed(PARCEL, parcel.attributes))
        for parcel in body.parcels
    ]
    command = AdjustBoundary(parcels=dict(zip(ids, parts, strict=True)), allocation=body.allocation)
    return at.perform(command, at.act(body), PARCEL, ids)


@router.post("/parcels/{number}/split", status_code=201)
def split_parcel(at: AtDesk, body: SplitBody, number: InUrl) -> Response:
    """Split a parcel along a line or into given parts; the children get new numbers."""
    if body.line is not None and body.parts:
        raise BadRequest(_NOT_BOTH)
    if body.line is None and not body.parts:
        raise BadRequest(_NEITHER)
    ids = at.parcels([number])
    geometer = at.geometer(body)
    command = Split(
        parcel=ids[0],
        quarter=_quarter(body.quarter, number),
        line=None if body.line is None else geometer.line(body.line),
        parts=_parts(geometer, body),
        attributes=typed(PARCEL, body.attributes),
    )
    return at.perform(command, at.act(body), PARCEL, ids)


def _parts(geometer: Geometer, body: SplitBody) -> tuple[Part, ...]:
    return tuple(
        Part(geometry=geometer.polygon(part.geometry), attributes=typed(PARCEL, part.attributes)) for part in body.parts
    )


@router.post("/parcels/{number}/archive")
def archive_parcel(at: AtDesk, body: ActBody, number: InUrl) -> Response:
    """End a parcel in law, without a successor."""
    ids = at.parcels([number])
    return at.perform(Archive(feature=ids[0]), at.act(body), PARCEL, ids)


@router.post("/zones", status_code=201)
def zone_land(at: AtDesk, body: ZoneBody) -> Response:
    """Set a land category, a permitted use or a functional zone for a territory."""
    command = Zone(
        kind=body.kind,
        code=body.code,
        geometry=at.geometer(body).multipolygon(body.geometry),
        parcels=body.parcels,
        attributes=typed(ZONE, body.attributes),
    )
    return at.perform(command, at.act(body), ZONE)


@router.post("/zones/{feature_id}/archive")
def archive_zone(at: AtDesk, body: ActBody, feature_id: FeatureId) -> Response:
    """End a zone."""
    command = Archive(feature=at.known(ZONE, feature_id), layer=ZONE.name)
    return at.perform(command, at.act(body), ZONE, [feature_id])


@router.post("/quarters/{code}/archive")
def archive_quarter(at: AtDesk, body: ActBody, code: Annotated[str, Path(max_length=80)]) -> Response:
    """End an accounting quarter."""
    feature_id = at.quarter(cadastral_number.parse_quarter(code))
    return at.perform(Archive(feature=feature_id, layer=QUARTER.name), at.act(body), QUARTER, [feature_id])


@router.post("/reservations", status_code=201)
def reserve_land(at: AtDesk, body: ReserveBody) -> Response:
    """Reserve land for the needs of the state."""
    area = at.geometer(body).multipolygon(body.geometry)
    command = Reserve(geometry=area, attributes=typed(RESERVATION, body.attributes))
    return at.perform(command, at.act(body), RESERVATION)


@router.post("/reservations/{feature_id}/release")
def release_land(at: AtDesk, body: ReleaseBody, feature_id: FeatureId) -> Response:
    """Release reserved land, whole or in part."""
    area = None if body.geometry is None else at.geometer(body).multipolygon(body.geometry)
    command = Release(reservation=at.known(RESERVATION, feature_id), geometry=area)
    return at.perform(command, at.act(body), RESERVATION, [feature_id])


def _quarter(named: str | None, parcel: str) -> str:
    return cadastral_number.parse_quarter(named) if named else cadastral_number.parse(parcel).quarter_code


def _quarter_of(at: Desk, body: FormBody, area: Polygon) -> str:
    """Return the quarter in which a new parcel lies on its legal day."""
    register = at.register
    instant = Instant(at.act(body).valid_from, draft=at.overlay)
    with register.reading() as connection:
        reading = settle(instant, read_head(connection))
        code = quarter_at(connection, reading, area, register.profile.srid)
    if code is None:
        raise BadRequest(_NO_QUARTER)
    return code


_NOT_BOTH = Text(
    kk="Бөлу үшін не line (сызық), не parts (бөліктер) беріледі, мұнда екеуі де бар; біреуін қалдырыңыз.",
    ru="Для раздела задаётся либо line (линия), либо parts (части), а здесь есть и то и другое; оставьте одно.",
    en="A split takes either a line or parts, here are both; leave one of them.",
)
_NEITHER = Text(
    kk="Учаскені қалай бөлу керегі айтылмаған: line (сызық) немесе parts (бөліктер) мүшесін беріңіз.",
    ru="Не сказано, как делить участок: задайте line (линию) или parts (части).",
    en="It is not said how to split the parcel: give a line, or parts.",
)
_NO_QUARTER = Text(
    kk="Учаске жатқан жерде есептік орам жоқ; quarter мүшесінде орам кодын беріңіз немесе алдымен орамды құрыңыз.",
    ru="Там, где лежит участок, нет учётного квартала; назовите его в члене quarter или сначала образуйте квартал.",
    en="There is no quarter where the parcel lies; name one by the member quarter, or form the quarter first.",
)
