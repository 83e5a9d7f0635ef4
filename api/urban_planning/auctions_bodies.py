"""What a clerk of auctions, or a trading platform, sends: the bodies of acts on lots, auctions and bids."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from api.land.bodies import GREATEST, ActBody, GeoJson, Number, Word, typed
from api.urban_planning.construction_bodies import FeatureId, Tenge
from api.urban_planning.works_desk import require_not_given, told_by
from cadastres.urban_planning.auction_model import AUCTION_LOT

LotTerms = Annotated[dict[str, Any], told_by(AUCTION_LOT)]
Bidder = Annotated[int, Field(ge=1, le=1_000_000, description="Number of the bidder in the auction.")]


def terms(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return what a body says of a lot, as the layer's types.

    Raises:
        BadRequest: something that the register gives by itself.
    """
    require_not_given(AUCTION_LOT, attributes)
    return typed(AUCTION_LOT, attributes)


class LotBody(ActBody):
    """Plan a lot over a parcel; without a geometry all of it is offered."""

    parcel: Number
    geometry: GeoJson | None = None
    attributes: LotTerms


class LotChangeBody(ActBody):
    """Change the terms of a planned lot; what is left out stays."""

    attributes: LotTerms


class AnnounceBody(ActBody):
    """Announce a lot's auction on the act's legal day; times have their offset."""

    kind: Literal["english", "dutch"]
    bids_deadline: AwareDatetime
    held: AwareDatetime
    place: Word


class ParticipantBody(ActBody):
    """Register a buyer under a number."""

    party: FeatureId
    bidder_number: Bidder
    deposit_paid: Tenge


class BidBody(ActBody):
    """Take a bid; ``received`` is when the platform took it, by default now. Its legal day is that day."""

    bidder_number: Bidder
    amount: Annotated[int, Field(ge=1, le=int(GREATEST), description="Whole tenge.")]
    received: AwareDatetime | None = None
