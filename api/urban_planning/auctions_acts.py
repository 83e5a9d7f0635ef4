"""Acts of land auctions; ``?dry-run=true`` asks whether one may be.

Concluding a contract registers the winner's right: that act needs the role ``registrar``, which writes rights too. A
bid answered with 201 is recorded and stands; one that lost a race is refused with what the least bid is by then.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from api.land.bodies import ActBody
from api.urban_planning.auctions_bodies import (
    AnnounceBody,
    BidBody,
    LotBody,
    LotChangeBody,
    ParticipantBody,
    terms,
)
from api.urban_planning.works_desk import AtWorksDesk
from cadastres.urban_planning.auction_award import Award, CallOff, Conclude
from cadastres.urban_planning.auction_model import AUCTION, AUCTION_BID, AUCTION_LOT, AUCTION_PARTICIPANT
from cadastres.urban_planning.auction_verbs import Announce, Bid, ChangeLot, PlanLot, RegisterParticipant, WithdrawLot
from gis.errors import BadRequest
from gis.text import Text

router = APIRouter()

LotId = Annotated[int, Path(ge=1, le=2**62, description="Id of a lot.")]
AuctionId = Annotated[int, Path(ge=1, le=2**62, description="Id of an auction.")]


@router.post("/auction-lots", status_code=201)
def plan_lot(at: AtWorksDesk, body: LotBody) -> Response:
    """Plan a lot over a free or reserved parcel; the register issues its number."""
    parcel = at.parcels([body.parcel])[0]
    area = None if body.geometry is None else at.geometer(body).multipolygon(body.geometry)
    command = PlanLot(parcel=parcel, attributes=terms(body.attributes), area=area)
    return at.perform(command, at.act(body), AUCTION_LOT)


@router.post("/auction-lots/{lot}/change")
def change_lot(at: AtWorksDesk, body: LotChangeBody, lot: LotId) -> Response:
    """Change the terms of a planned lot."""
    command = ChangeLot(lot=at.known(AUCTION_LOT, lot), attributes=terms(body.attributes))
    return at.perform(command, at.act(body), AUCTION_LOT, [lot])


@router.post("/auction-lots/{lot}/withdraw")
def withdraw_lot(at: AtWorksDesk, body: ActBody, lot: LotId) -> Response:
    """Take a planned lot back."""
    return at.perform(WithdrawLot(lot=at.known(AUCTION_LOT, lot)), at.act(body), AUCTION_LOT, [lot])


@router.post("/auction-lots/{lot}/announce", status_code=201)
def announce(at: AtWorksDesk, body: AnnounceBody, lot: LotId) -> Response:
    """Announce the auction of a planned lot."""
    command = Announce(
        lot=at.known(AUCTION_LOT, lot),
        kind=body.kind,
        bids_deadline=body.bids_deadline,
        held=body.held,
        place=body.place,
    )
    return at.perform(command, at.act(body), AUCTION)


@router.post("/auctions/{auction}/participants", status_code=201)
def register_participant(at: AtWorksDesk, body: ParticipantBody, auction: AuctionId) -> Response:
    """Register a buyer, who has paid the deposit, under a number."""
    command = RegisterParticipant(
        auction=at.known(AUCTION, auction),
        party=body.party,
        bidder_number=body.bidder_number,
        deposit_paid=body.deposit_paid,
    )
    return at.perform(command, at.act(body), AUCTION_PARTICIPANT)


@router.post("/auctions/{auction}/bids", status_code=201)
def bid(at: AtWorksDesk, body: BidBody, auction: AuctionId) -> Response:
    """Take a bid."""
    now = datetime.now(UTC)
    received = body.received or now
    if received > now:
        raise BadRequest(_FUTURE.filled(received=received.isoformat()), field="received")
    profile = at.register.profile
    act = replace(at.act(body), valid_from=profile.midnight(profile.legal_day(received)))
    command = Bid(
        auction=at.known(AUCTION, auction),
        bidder_number=body.bidder_number,
        amount=body.amount,
        received=received,
    )
    return at.perform(command, act, AUCTION_BID)


@router.post("/auctions/{auction}/award")
def award(at: AtWorksDesk, body: ActBody, auction: AuctionId) -> Response:
    """Declare the highest bid the winner; without bids the auction is void."""
    return at.perform(Award(auction=at.known(AUCTION, auction)), at.act(body), AUCTION, [auction])


@router.post("/auctions/{auction}/cancel")
def cancel(at: AtWorksDesk, body: ActBody, auction: AuctionId) -> Response:
    """Cancel an announced auction; its lot is planned again."""
    return at.perform(CallOff(auction=at.known(AUCTION, auction)), at.act(body), AUCTION, [auction])


@router.post("/auctions/{auction}/declare-void")
def declare_void(at: AtWorksDesk, body: ActBody, auction: AuctionId) -> Response:
    """Declare an auction void whose winner does not conclude; its lot is planned again."""
    return at.perform(CallOff(auction=at.known(AUCTION, auction), void=True), at.act(body), AUCTION, [auction])


@router.post("/auctions/{auction}/conclude")
def conclude(at: AtWorksDesk, body: ActBody, auction: AuctionId) -> Response:
    """Enter the contract: the winner's right is registered and the lot is sold, in one changeset."""
    return at.perform(Conclude(auction=at.known(AUCTION, auction)), at.act(body), AUCTION, [auction])


_FUTURE = Text(
    kk="Ұсыныс {received} сәтінде қабылданған болуы мүмкін емес: ол әлі келген жоқ.",
    ru="Предложение не могло быть принято в {received}: этот момент ещё не наступил.",
    en="A bid can't have been received at {received}: that moment is yet to come.",
)
