"""What a party holds, for those who may look persons up; every look is logged with its reason.

The IIN or BIN comes in the body: addresses of requests are written to logs.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, Request
from fastapi.responses import JSONResponse, Response
from psycopg import Connection
from pydantic import BaseModel, ConfigDict

from api.drafts.asked import refuse_draft
from api.ogc.request import only
from api.problems import language_of
from api.real_estate.copies import TIMES, answered, instant_of, issuer_of
from api.tokens import CONFIDENTIAL, Confidant, confidant
from cadastres.real_estate import identity_number
from cadastres.real_estate.holdings import holdings, known_as
from cadastres.real_estate.sheets import Sight
from gis.errors import BadRequest, NotFound
from gis.instant import read_head, settle
from gis.register import Register
from gis.text import Text

router = APIRouter()

_BY_NUMBER: Final = "personal.party by IIN or BIN"


class WhoseBody(BaseModel):
    """Whose holdings are asked for: a party by its id, or by its IIN or BIN."""

    model_config = ConfigDict(extra="forbid")

    party: int | None = None
    iin_bin: str | None = None


Whose = Annotated[WhoseBody, Body()]
Asker = Annotated[Confidant, Depends(confidant)]


@router.post("/holdings")
def party_holdings(request: Request, whose: Whose, asker: Asker) -> Response:
    """The rights of a party over all units, in its own name and through groups."""
    only(request, ("reason", *TIMES))
    register: Register = request.app.state.register
    instant = instant_of(request)
    found: list[dict[str, Any]] = []
    for party, connection in looked_up(asker, whose):
        reading = settle(instant, read_head(connection))
        found.append(holdings(Sight(connection, reading, register.profile), party))
    return JSONResponse({"parties": found}, headers=CONFIDENTIAL)


@router.post("/holdings/absence")
def no_party_holdings(request: Request, whose: Whose, asker: Asker) -> Response:
    """A certificate that a party holds nothing, as PDF; 409 where it holds something."""
    refuse_draft(request)
    only(request, ("reason", *TIMES))
    issuer, instant, language = issuer_of(request), instant_of(request), language_of(request)
    copies = [
        issuer.issue_no_holdings(party, instant, language, connection) for party, connection in looked_up(asker, whose)
    ]
    return answered(request, copies[0])


def looked_up(asker: Confidant, whose: WhoseBody) -> Iterator[tuple[int, Connection]]:
    """Yield the parties meant, each with a connection that sees persons while its look lasts.

    Raises:
        BadRequest: neither id nor number is given, or both, or the number is wrong.
        NotFound: no party has the number.
    """
    for party in _parties(asker, whose):
        with asker.at_persons(f"personal.party {party}") as connection:
            yield party, connection


def _parties(asker: Confidant, whose: WhoseBody) -> list[int]:
    if (whose.party is None) == (whose.iin_bin is None):
        raise BadRequest(_WHOSE)
    if whose.party is not None:
        return [whose.party]
    number = identity_number.compact(whose.iin_bin or "")
    with asker.at_persons(_BY_NUMBER) as connection:
        found = known_as(connection, number)
    if not found:
        identity_number.require(number)  # a slip of the pen deserves its reason, not "nobody"
        raise NotFound(_NOBODY)
    return found


_WHOSE: Final = Text(
    kk="Біреуін ғана беріңіз: party (тұлғаның тізілімдегі нөмірі) немесе iin_bin (ЖСН не БСН).",
    ru="Назовите одно из двух: party (номер лица в регистре) или iin_bin (ИИН или БИН).",
    en="Give one of the two: party (the party's id in the register) or iin_bin (its IIN or BIN).",
)
_NOBODY: Final = Text(
    kk="Мұндай ЖСН/БСН бар тұлға тізілімде жоқ.",
    ru="Лица с таким ИИН/БИН в регистре нет.",
    en="No party with this IIN or BIN is in the register.",
)
