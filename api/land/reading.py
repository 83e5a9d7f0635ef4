"""Reading the land cadastre: a parcel by its number on both axes of time, with its lineage; the gaps in a quarter."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from psycopg import Connection

from api.drafts.asked import PARAMETER, InDraft, kept
from api.drafts.sight import feature_at, live_spans
from api.land.desk import etag, parcel_id
from api.moments import parse_moment, told
from api.ogc.request import only
from api.violations import on_globe
from cadastres.land import number as cadastral_number
from cadastres.land.model import PARCEL, QUARTER
from cadastres.land.quarters import Gap, gaps
from gis import store
from gis.draft import Overlay
from gis.errors import Gone, NotFound, QalaError
from gis.instant import Instant, Reading, read_head, settle
from gis.lineage import Descent, descents
from gis.profile import CityProfile
from gis.record import Period
from gis.register import Register
from gis.text import Text

router = APIRouter()

Valid = Annotated[str | None, Query(alias="datetime", description="When it was so: a day or an instant; now.")]
Known = Annotated[str | None, Query(alias="recorded-at", description="As the register knew it then.")]


@router.get("/parcels/{number}")
def parcel(
    request: Request,
    number: Annotated[str, Path(max_length=80, description="A cadastral number in any spelling.")],
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """A parcel as it was on a date, or as the register knew it on a date, with its parents and children."""
    only(request, ("datetime", "recorded-at", PARAMETER))
    register: Register = request.app.state.register
    compact = cadastral_number.compact(number)
    with register.reading() as connection:
        reading = settle(_instant(register, valid, recorded_at, draft), read_head(connection))
        feature_id = parcel_id(store.find(connection, PARCEL, "cadastral_number", compact, draft), compact)
        feature = feature_at(connection, PARCEL, feature_id, reading)
        if feature is None:
            raise _gone(live_spans(connection, PARCEL, feature_id, reading), reading, compact, register.profile)
        lineage = _lineage(connection, feature_id, reading)
        token = store.tokens(connection, PARCEL, [feature_id], draft)[feature_id]
    feature["spelled"] = cadastral_number.format(compact)
    feature["lineage"] = lineage
    feature["links"] = _links(request, feature_id, compact)
    return JSONResponse(feature, media_type="application/geo+json", headers={"ETag": etag(feature_id, token)})


def _instant(register: Register, valid: str | None, recorded_at: str | None, draft: Overlay | None) -> Instant:
    moment = None if valid is None else parse_moment("datetime", valid, register.profile)
    known = None if recorded_at is None else parse_moment("recorded-at", recorded_at, register.profile)
    return Instant(moment, known, draft)


def _gone(spans: Sequence[Period], reading: Reading, compact: str, profile: CityProfile) -> QalaError:
    """Return the refusal of a parcel that is not in force at a reading."""
    shown = cadastral_number.format(compact)
    if not spans:
        return NotFound(_UNKNOWN_THEN.filled(number=shown, day=told(reading.recorded, profile)), number=shown)
    listed = "; ".join(f"{told(span.start, profile)} – {told(span.end, profile)}" for span in spans)
    message = _GONE.filled(number=shown, day=told(reading.valid, profile), spans=listed)
    return Gone(message, number=shown, in_force=[{"from": _iso(s.start), "to": _iso(s.end)} for s in spans])


def _lineage(connection: Connection, feature_id: int, reading: Reading) -> dict[str, Any]:
    found = [d for d in descents(connection, feature_id, reading.recorded) if d.layer == PARCEL.name]
    relatives = {d.parent for d in found} | {d.child for d in found}
    timelines = store.timelines(connection, PARCEL, relatives, reading.overlay)
    numbers = {i: str(versions[-1].attributes["cadastral_number"]) for i, versions in timelines.items()}
    return {
        "parents": [_relative(d, d.parent, numbers) for d in found if d.child == feature_id],
        "children": [_relative(d, d.child, numbers) for d in found if d.parent == feature_id],
    }


def _relative(descent: Descent, feature_id: int, numbers: Mapping[int, str]) -> dict[str, Any]:
    compact = numbers[feature_id]
    return {
        "id": feature_id,
        "cadastral_number": compact,
        "spelled": cadastral_number.format(compact),
        "kind": descent.kind,
        "valid_from": _iso(descent.valid_from),
        "changeset": descent.opened_by,
        "href": f"/land/parcels/{compact}",
    }


def _links(request: Request, feature_id: int, compact: str) -> list[dict[str, str]]:
    item = f"/ogc/collections/{PARCEL.name}/items/{feature_id}"
    return [
        {"rel": "self", "type": "application/geo+json", "href": kept(request, f"/land/parcels/{compact}")},
        {"rel": "canonical", "type": "application/geo+json", "href": kept(request, item)},
        {"rel": "version-history", "type": "application/json", "href": f"{item}/versions"},
    ]


@router.get("/quarters/{code}/gaps")
def quarter_gaps(
    request: Request,
    code: Annotated[str, Path(max_length=80)],
    narrower_than: Annotated[float | None, Query(alias="narrower-than", gt=0, description="Metres.")] = None,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """The parts of a quarter that no parcel holds, narrowest first: bad fits, forgotten land, streets."""
    only(request, ("narrower-than", "datetime", "recorded-at", PARAMETER))
    register: Register = request.app.state.register
    compact = cadastral_number.parse_quarter(code)
    with register.reading() as connection:
        reading = settle(_instant(register, valid, recorded_at, draft), read_head(connection))
        found = gaps(connection, reading, compact, register.profile.tolerances.linear)
        known = store.find(connection, QUARTER, "code", compact, draft)
    if found is None:
        shown = cadastral_number.format_quarter(compact)
        refusal = NotFound if known is None else Gone
        raise refusal(_NO_QUARTER.filled(code=shown, day=told(reading.valid, register.profile)), code=shown)
    shown_gaps = [gap for gap in found if narrower_than is None or gap.width < narrower_than]
    content = {"type": "FeatureCollection", "features": [_gap(gap, register) for gap in shown_gaps]}
    return JSONResponse(content, media_type="application/geo+json")


def _gap(gap: Gap, register: Register) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": on_globe(gap.place, register.profile.system),
        "properties": {"area": round(gap.area, 4), "width": round(gap.width, 4), "parcels": list(gap.parcels)},
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


_UNKNOWN_THEN = Text(
    kk="{day} жағдайы бойынша {number} учаскесі тізілімге белгісіз болған.",
    ru="Участок {number} на {day} регистру не был известен.",
    en="The register did not know parcel {number} at {day}.",
)
_GONE = Text(
    kk="{number} учаскесі {day} жағдайы бойынша күшінде емес. Күшінде болған кезеңі: {spans}.",
    ru="Участок {number} на {day} не действует. Он действовал: {spans}.",
    en="Parcel {number} is not in force at {day}. It was in force: {spans}.",
)
_NO_QUARTER = Text(
    kk="{code} есептік орамы {day} жағдайы бойынша күшінде емес.",
    ru="Учётный квартал {code} на {day} не действует.",
    en="Quarter {code} is not in force at {day}.",
)
