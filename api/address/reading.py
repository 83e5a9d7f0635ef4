"""Reading addresses on both axes of time: places with their old names and kin, addresses with what they hang on."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from psycopg import Connection

from api.address.desk import LAYERS, FeatureId, Key, Kind, address_id
from api.drafts.asked import PARAMETER, InDraft, kept
from api.drafts.sight import feature_at, features_at, live_spans
from api.land.desk import etag
from api.moments import parse_moment, told
from api.ogc.request import only
from cadastres.address import names, number
from cadastres.address.formation import COMPONENTS
from cadastres.address.model import ADDRESS, ALIAS
from gis import store
from gis.draft import Overlay
from gis.errors import Gone, NotFound
from gis.instant import Instant, Reading, read_head, settle
from gis.layer import Layer
from gis.lineage import Descent, descents
from gis.profile import CityProfile
from gis.register import Register
from gis.text import Text

router = APIRouter()

Valid = Annotated[str | None, Query(alias="datetime", description="When it was so: a day or an instant; now.")]
Known = Annotated[str | None, Query(alias="recorded-at", description="As the register knew it then.")]


@router.get("/addresses/{key}")
def address(
    request: Request, key: Key, valid: Valid = None, recorded_at: Known = None, draft: InDraft = None
) -> Response:
    """An address by its id or code as it was on a date, with the names of what it hung on."""
    only(request, ("datetime", "recorded-at", PARAMETER))
    register: Register = request.app.state.register
    feature_id = address_id(register, key, draft)
    with register.reading() as connection:
        reading = settle(_instant(register, valid, recorded_at, draft), read_head(connection))
        feature = _feature(connection, ADDRESS, feature_id, reading, register.profile)
        said = feature["properties"]
        feature["hangs_on"] = [
            {"layer": layer, **_named(connection, register.layers[layer], said[name], reading)}
            for name, layer in COMPONENTS.items()
            if said[name] is not None
        ]
        token = store.tokens(connection, ADDRESS, [feature_id], draft)[feature_id]
    if said["rka"] is not None:
        feature["spelled"] = number.format(said["rka"])
    feature["links"] = _links(request, ADDRESS, feature_id, f"/address/addresses/{feature_id}")
    return _answer(feature, feature_id, token)


@router.get("/{kind}/{feature_id}")
def place(
    request: Request,
    kind: Kind,
    feature_id: FeatureId,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """A street, a named place or a unit as it was on a date, with its old names, predecessors and successors."""
    only(request, ("datetime", "recorded-at", PARAMETER))
    register: Register = request.app.state.register
    layer = LAYERS[kind]
    with register.reading() as connection:
        token = store.tokens(connection, layer, [feature_id], draft).get(feature_id)
        if token is None:
            raise NotFound(_NEVER.filled(id=feature_id, title=layer.title), feature_id=feature_id)
        reading = settle(_instant(register, valid, recorded_at, draft), read_head(connection))
        feature = _feature(connection, layer, feature_id, reading, register.profile)
        feature["aliases"] = _aliases(connection, feature_id, reading)
        feature["lineage"] = _lineage(connection, layer, feature_id, reading)
    feature["links"] = _links(request, layer, feature_id, f"/address/{kind}/{feature_id}")
    return _answer(feature, feature_id, token)


def _answer(feature: dict[str, Any], feature_id: int, token: int) -> Response:
    return JSONResponse(feature, media_type="application/geo+json", headers={"ETag": etag(feature_id, token)})


def _instant(register: Register, valid: str | None, recorded_at: str | None, draft: Overlay | None) -> Instant:
    moment = None if valid is None else parse_moment("datetime", valid, register.profile)
    known = None if recorded_at is None else parse_moment("recorded-at", recorded_at, register.profile)
    return Instant(moment, known, draft)


def _feature(
    connection: Connection, layer: Layer, feature_id: int, reading: Reading, profile: CityProfile
) -> dict[str, Any]:
    found = feature_at(connection, layer, feature_id, reading)
    if found is not None:
        return found
    live = live_spans(connection, layer, feature_id, reading)
    facts = {"id": feature_id, "title": layer.title}
    if not live:
        raise NotFound(_UNKNOWN_THEN.filled(**facts, day=told(reading.recorded, profile)), feature_id=feature_id)
    spans = [{"from": told(span.start, profile), "to": told(span.end, profile)} for span in live]
    listed = "; ".join(f"{span['from']} – {span['to']}" for span in spans)
    message = _GONE.filled(**facts, day=told(reading.valid, profile), spans=listed)
    raise Gone(message, feature_id=feature_id, in_force=spans)


def _named(connection: Connection, layer: Layer, feature_id: int, reading: Reading) -> dict[str, Any]:
    found = feature_at(connection, layer, feature_id, reading)
    return {"id": feature_id, **(names.of(found["properties"]) if found else {}), "href": _href(layer, feature_id)}


def _aliases(connection: Connection, place_id: int, reading: Reading) -> list[dict[str, Any]]:
    found = [alias["properties"] for alias in features_at(connection, ALIAS, "place_id", place_id, reading)]
    return [{"kind": a["kind"], **names.of(a), "valid_from": a["valid_from"]} for a in found]


def _lineage(connection: Connection, layer: Layer, feature_id: int, reading: Reading) -> dict[str, Any]:
    found = [d for d in descents(connection, feature_id, reading.recorded) if d.layer == layer.name]
    kin = {d.parent for d in found} | {d.child for d in found}
    last = {
        i: timeline[-1].attributes for i, timeline in store.timelines(connection, layer, kin, reading.overlay).items()
    }
    pairs = {"predecessors": [(d, d.parent) for d in found], "successors": [(d, d.child) for d in found]}
    return {
        side: [_relative(layer, d, i, last.get(i, {})) for d, i in kin_of if i != feature_id]
        for side, kin_of in pairs.items()
    }


def _relative(layer: Layer, descent: Descent, feature_id: int, attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": feature_id,
        **names.of(attributes),
        "kind": descent.kind,
        "valid_from": descent.valid_from.isoformat(),
        "changeset": descent.opened_by,
        "href": _href(layer, feature_id),
    }


def _href(layer: Layer, feature_id: int) -> str:
    page = next((kind for kind, known in LAYERS.items() if known == layer), "addresses")
    return f"/address/{page}/{feature_id}"


def _links(request: Request, layer: Layer, feature_id: int, own: str) -> list[dict[str, str]]:
    item = f"/ogc/collections/{layer.name}/items/{feature_id}"
    return [
        {"rel": "self", "type": "application/geo+json", "href": kept(request, own)},
        {"rel": "canonical", "type": "application/geo+json", "href": kept(request, item)},
        {"rel": "version-history", "type": "application/json", "href": f"{item}/versions"},
    ]


_NEVER = Text(
    kk="«{title}» қабатында {id} нысаны ешқашан тіркелмеген.",
    ru="В слое «{title}» объект {id} никогда не регистрировался.",
    en="No feature {id} was ever registered in '{title}'.",
)
_UNKNOWN_THEN = Text(
    kk="{day} жағдайы бойынша «{title}» қабатының {id} нысаны тізілімге белгісіз болған.",
    ru="Объект {id} слоя «{title}» на {day} регистру не был известен.",
    en="The register did not know feature {id} of '{title}' at {day}.",
)
_GONE = Text(
    kk="«{title}» қабатының {id} нысаны {day} жағдайы бойынша күшінде емес. Күшінде болған кезеңі: {spans}.",
    ru="Объект {id} слоя «{title}» на {day} не действует. Он действовал: {spans}.",
    en="Feature {id} of '{title}' is not in force at {day}. It was in force: {spans}.",
)
