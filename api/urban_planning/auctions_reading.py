"""Reading auctions: lots, auctions and bids on any date; who takes part, for those who may look."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from psycopg import sql

from api.drafts.asked import InDraft, kept
from api.land.reading import Known, Valid
from api.ogc.request import only
from api.tokens import CONFIDENTIAL, Confidant, confidant
from api.urban_planning.works_reading import Sight, persons, row, sight
from api.violations import on_globe
from cadastres.urban_planning.auction_model import (
    ANNOUNCED,
    AUCTION,
    AUCTION_BID,
    AUCTION_LOT,
    AUCTION_PARTICIPANT,
    ENGLISH,
)
from gis.instant import versions_at
from gis.record import Version

router = APIRouter()

FeatureId = Annotated[int, Path(ge=1, le=2**62)]
State = Literal["announced", "awarded", "void", "concluded", "cancelled"]

_MOST: Final = 500


@router.get("/auctions")
def auctions(
    request: Request,
    state: Annotated[State | None, Query(description="Only auctions in this state.")] = None,
    after: Annotated[int, Query(ge=0, le=2**62, description="Id after which to go on.")] = 0,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """Auctions on a date, by id, at most 500 at once; ``next`` leads on."""
    with sight(request, valid, recorded_at, draft, "state", "after") as seen:
        found = seen.of(AUCTION, _ids(seen, state, after))
    content: dict[str, Any] = {"auctions": [_summary(request, each) for each in found]}
    if len(found) == _MOST:
        query = request.url.include_query_params(after=found[-1].feature_id).query
        content["next"] = f"/urban-planning/auctions?{query}"
    return JSONResponse(content)


def _ids(seen: Sight, state: str | None, after: int) -> list[int]:
    statement = sql.SQL(
        "SELECT v.feature_id FROM {versions} WHERE v.feature_id > %(after)s "
        "AND (%(state)s::text IS NULL OR v.state = %(state)s) ORDER BY v.feature_id LIMIT %(most)s"
    ).format(versions=versions_at(AUCTION, seen.reading))
    asked = {**seen.reading.parameters, "after": after, "state": state, "most": _MOST}
    return [int(found[0]) for found in seen.connection.execute(statement, asked)]


def _summary(request: Request, auction: Version) -> dict[str, Any]:
    lot = auction.attributes["lot_id"]
    return {
        **row(auction),
        "href": kept(request, f"/urban-planning/auctions/{auction.feature_id}"),
        "lot_href": kept(request, f"/urban-planning/auction-lots/{lot}"),
    }


@router.get("/auctions/{auction}")
def one_auction(
    request: Request,
    auction: FeatureId,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """An auction on a date: its lot, its bids in the order of receipt, and the least bid that would do next."""
    with sight(request, valid, recorded_at, draft) as seen:
        found, tag = seen.one(AUCTION, auction)
        lot, _ = seen.one(AUCTION_LOT, found.attributes["lot_id"])
        bids = seen.of(AUCTION_BID, [auction], "auction_id")
    bids.sort(key=lambda bid: (bid.attributes["received"], bid.feature_id))
    content = {
        **row(found),
        "lot": row(lot),
        "bids": [row(bid, "auction_id") for bid in bids],
        "next_bid": _next(found, lot, bids),
        "links": _links(request, f"/urban-planning/auctions/{auction}", lot),
    }
    return JSONResponse(content, headers={"ETag": tag})


def _next(auction: Version, lot: Version, bids: list[Version]) -> int | None:
    """Return the least bid that would do next in an English auction that runs."""
    if auction.attributes["state"] != ANNOUNCED or auction.attributes["kind"] != ENGLISH:
        return None
    start, step = lot.attributes["starting_price"], lot.attributes["step"]
    return int(bids[-1].attributes["amount"] + step if bids else start)


@router.get("/auction-lots/{lot}")
def one_lot(
    request: Request,
    lot: FeatureId,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """A lot on a date, with its auctions; what restricts its land is behind the link ``restrictions``."""
    with sight(request, valid, recorded_at, draft) as seen:
        found, tag = seen.one(AUCTION_LOT, lot)
        held = seen.of(AUCTION, [lot], "lot_id")
    content = {
        "type": "Feature",
        "id": lot,
        "geometry": on_globe(found.geometry, seen.register.profile.system),
        "properties": row(found),
        "auctions": [_summary(request, each) for each in held],
        "links": _links(request, f"/urban-planning/auction-lots/{lot}", found),
    }
    return JSONResponse(content, media_type="application/geo+json", headers={"ETag": tag})


def _links(request: Request, own: str, lot: Version) -> list[dict[str, str]]:
    parcel = lot.attributes["parcel_number"]
    item = f"/ogc/collections/{AUCTION_LOT.name}/items/{lot.feature_id}"
    return [
        {"rel": "self", "type": "application/json", "href": kept(request, own)},
        {"rel": "lot", "type": "application/geo+json", "href": kept(request, item)},
        {"rel": "parcel", "type": "application/geo+json", "href": kept(request, f"/land/parcels/{parcel}")},
        {"rel": "restrictions", "type": "application/json", "href": kept(request, f"/restrictions/parcels/{parcel}")},
    ]


@router.post("/auctions/{auction}/participants/find")
def participants(request: Request, auction: FeatureId, asker: Annotated[Confidant, Depends(confidant)]) -> Response:
    """Who takes part in an auction; for those who may, with a reason (``?reason=``), logged."""
    only(request, ("reason",))
    found = persons(asker, AUCTION_PARTICIPANT, "auction_id", AUCTION, auction)
    return JSONResponse({"participants": found}, headers=CONFIDENTIAL)
