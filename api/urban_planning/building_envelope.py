"""What may be built on a parcel, over HTTP: GeoJSON with every reason, or CityJSON blocks."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from psycopg import Connection

from api.drafts.asked import PARAMETER, InDraft, kept
from api.land.desk import parcel_id
from api.land.reading import Known, Valid
from api.moments import told
from api.ogc.request import only
from api.problems import language_of
from api.urban_planning.envelope_documents import EnvelopeDocuments
from api.urban_planning.reading import instant_of
from cadastres.land import number as cadastral_number
from cadastres.land.model import PARCEL
from cadastres.urban_planning.building_envelope import ParcelEnvelope, parcel_envelope
from gis import store
from gis.errors import Gone
from gis.instant import Instant, read_head, settle
from gis.register import Register
from gis.terrain import GroundHeight, Terrain
from gis.text import Text

router = APIRouter()

Format = Annotated[Literal["json", "cityjson"], Query(description="GeoJSON, or blocks in CityJSON 2.0.")]


@router.get("/parcels/{number}/envelope")
def buildable_envelope(
    request: Request,
    number: Annotated[str, Path(max_length=80, description="A cadastral number in any spelling.")],
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
    f: Format = "json",
) -> Response:
    """What may be built on a parcel after lines, setbacks, zones and height limits, and which of them took what."""
    only(request, ("datetime", "recorded-at", PARAMETER, "f"))
    register: Register = request.app.state.register
    compact = cadastral_number.compact(number)
    instant = instant_of(register, valid, recorded_at, draft)
    with register.reading() as connection:
        parcel = parcel_id(store.find(connection, PARCEL, "cadastral_number", compact, draft), compact)
        found = parcel_envelope(connection, instant, register.layers, parcel, register.profile)
        if found is None:
            raise _gone(connection, register, instant, compact)
        ground = _ground(connection, found, register)
    documents = EnvelopeDocuments(found, compact, register.profile, language_of(request), ground)
    if f == "cityjson":
        return JSONResponse(documents.cityjson(), media_type="application/city+json")
    content = documents.geojson()
    content["links"] = [
        {"rel": "parcel", "type": "application/geo+json", "href": kept(request, f"/land/parcels/{compact}")},
        {
            "rel": "alternate",
            "type": "application/city+json",
            "href": kept(request, f"/urban-planning/parcels/{compact}/envelope?f=cityjson"),
        },
    ]
    return JSONResponse(content, media_type="application/geo+json")


def _ground(connection: Connection, found: ParcelEnvelope, register: Register) -> GroundHeight:
    """Return the ground in the middle of the parcel."""
    middle = found.found.ground.representative_point()
    return Terrain(connection, found.reading, register.profile.system).height(middle.x, middle.y)


def _gone(connection: Connection, register: Register, instant: Instant, compact: str) -> Gone:
    reading = settle(instant, read_head(connection))
    shown = cadastral_number.format(compact)
    return Gone(_GONE.filled(number=shown, day=told(reading.valid, register.profile)), number=shown)


_GONE = Text(
    kk="{number} учаскесі {day} жағдайы бойынша күшінде емес; ол күшінде болған күнді datetime параметрімен беріңіз.",
    ru="Участок {number} на {day} не действует; задайте параметром datetime дату, на которую он действовал.",
    en="Parcel {number} is not in force at {day}; give by the parameter datetime a date on which it was.",
)
