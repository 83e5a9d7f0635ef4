"""The acts of a registrar of rights, each with its legal source; ``?dry-run=true`` asks whether one may be.

Parties are named by their ids. No answer tells who somebody is: that is asked with a reason, which is logged.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path
from fastapi.responses import JSONResponse, Response

from api.land.bodies import ActBody
from api.real_estate.bodies import (
    ConsentBody,
    CorrectBody,
    GroupBody,
    InheritBody,
    PartyBody,
    PartyChangeBody,
    RightBody,
    RightsBody,
    TransferBody,
    UnitBody,
)
from api.real_estate.desk import AtRightsDesk, RightsDesk
from api.real_estate.holdings import WhoseBody, looked_up
from api.tokens import CONFIDENTIAL, Confidant, confidant
from cadastres.real_estate.parties import ChangeParty, EndParty, FormGroup, RegisterParty
from cadastres.real_estate.rights_model import CONSENT, PARTY, RIGHT, UNIT
from cadastres.real_estate.rights_verbs import (
    Consent,
    CorrectRight,
    DeclareUnregistered,
    Discharge,
    FormUnit,
    Inherit,
    NewRight,
    RegisterDeclared,
    RegisterRight,
    Transfer,
    UnitObject,
)
from cadastres.real_estate.units import ObjectKind
from gis import store
from gis.record import Version

router = APIRouter()

InUrl = Annotated[str, Path(max_length=80, description="Number of a unit, in any spelling.")]
RightId = Annotated[int, Path(ge=1, le=2**62, description="Id of a right, restriction or responsibility.")]
PartyId = Annotated[int, Path(ge=1, le=2**62, description="Id of a party.")]


@router.post("/parties", status_code=201)
def register_party(at: AtRightsDesk, body: PartyBody) -> Response:
    """Register a person, an organisation or the State; the answer gives the party's id alone."""
    command = RegisterParty(
        party_type=body.party_type, name=body.name, iin_bin=body.iin_bin, birth_date=body.birth_date
    )
    return at.perform(command, at.act(body), PARTY)


@router.post("/parties/groups", status_code=201)
def form_group(at: AtRightsDesk, body: GroupBody) -> Response:
    """Form a group that holds rights together: a family, co-owners, an association."""
    members = tuple(member.membership() for member in body.members)
    command = FormGroup(group_type=body.group_type, members=members, name=body.name)
    return at.perform(command, at.act(body), PARTY)


@router.post("/parties/find")
def find_party(whose: Annotated[WhoseBody, Body()], asker: Annotated[Confidant, Depends(confidant)]) -> Response:
    """Parties by id, or by IIN or BIN, with all that is personal; for those who may, with a reason, logged."""
    found = [
        _told(store.timelines(connection, PARTY, [party]).get(party, ())) | {"party": party}
        for party, connection in looked_up(asker, whose)
    ]
    return JSONResponse({"parties": found}, headers=CONFIDENTIAL)


def _told(timeline: tuple[Version, ...]) -> dict[str, Any]:
    """Return what the register says of a party, by its valid time."""
    return {
        "versions": [
            {
                "valid_from": v.valid.start and v.valid.start.isoformat(),
                "valid_to": v.valid.end and v.valid.end.isoformat(),
                "abolished": v.abolished,
                **{
                    name: value if isinstance(value, str | None) else str(value) for name, value in v.attributes.items()
                },
            }
            for v in timeline
        ]
    }


@router.post("/parties/{party}/change")
def change_party(at: AtRightsDesk, body: PartyChangeBody, party: PartyId) -> Response:
    """Change a party's name, number, date of birth or type of group from the act's legal day on."""
    command = ChangeParty(party=party, attributes=body.attributes())
    return at.perform(command, at.act(body), PARTY, [party])


@router.post("/parties/{party}/end")
def end_party(at: AtRightsDesk, body: ActBody, party: PartyId) -> Response:
    """Enter a death or a liquidation on the act's legal day, or dissolve a group."""
    return at.perform(EndParty(party=party), at.act(body), PARTY, [party])


@router.post("/units", status_code=201)
def form_unit(at: AtRightsDesk, body: UnitBody) -> Response:
    """Form a unit of parcels, buildings and premises; the answer names it, then the first rights on it."""
    objects = tuple(UnitObject(_kind(found.kind), found.feature_id) for found in at.objects(body.objects))
    command = FormUnit(objects=objects, rights=_rights(at, body, body.rights), name=body.name, type=body.type)
    return at.perform(command, at.act(body), UNIT)


def _kind(kind: str) -> ObjectKind:
    return "parcel" if kind == "parcel" else "building" if kind == "building" else "premises"


def _rights(at: RightsDesk, body: ActBody, rights: list[RightBody]) -> tuple[NewRight, ...]:
    geometer = at.geometer(body)
    return tuple(right.right(geometer) for right in rights)


@router.post("/units/{number:path}/rights", status_code=201)
def register_rights(at: AtRightsDesk, body: RightsBody, number: InUrl) -> Response:
    """Register rights, restrictions or responsibilities on a unit; the answer names them in the order asked."""
    unit = at.unit(number)
    return at.perform(RegisterRight(unit=unit, rights=_rights(at, body, body.rights)), at.act(body), RIGHT)


@router.post("/units/{number:path}/declarations", status_code=201)
def declare_rights(at: AtRightsDesk, body: RightsBody, number: InUrl) -> Response:
    """State that rights on a unit are valid though unregistered."""
    unit = at.unit(number)
    return at.perform(DeclareUnregistered(unit=unit, rights=_rights(at, body, body.rights)), at.act(body), RIGHT)


@router.post("/rights/inherit", status_code=201)
def inherit(at: AtRightsDesk, body: InheritBody) -> Response:
    """Pass the rights of one who died to the heirs, several at once; the answer names what each heir got, in order."""
    heirs = tuple(heir.recipient() for heir in body.heirs)
    command = Inherit(testator=body.testator, rights=tuple(body.rights), heirs=heirs, died=body.died)
    return at.perform(command, at.act(body), RIGHT, body.rights)


@router.post("/rights/correct")
def correct_rights(at: AtRightsDesk, body: CorrectBody) -> Response:
    """Correct an error of the register; what was known before stays as it was."""
    corrections = tuple(correction.correction() for correction in body.corrections)
    command = CorrectRight(corrections=corrections, cites=body.cites, until=body.until)
    return at.perform(command, at.act(body), RIGHT, [correction.right for correction in corrections])


@router.post("/rights/{right}/register")
def register_declared(at: AtRightsDesk, body: ActBody, right: RightId) -> Response:
    """Register a right that was valid though unregistered."""
    return at.perform(RegisterDeclared(right=at.known(RIGHT, right)), at.act(body), RIGHT, [right])


@router.post("/rights/{right}/transfer", status_code=201)
def transfer_right(at: AtRightsDesk, body: TransferBody, right: RightId) -> Response:
    """Transfer a right, whole or an exact share of it; the answer names what each holder got, in order."""
    area = None if body.area is None else at.geometer(body).multipolygon(body.area)
    command = Transfer(right=at.known(RIGHT, right), to=tuple(to.recipient() for to in body.to), area=area)
    return at.perform(command, at.act(body), RIGHT, [right])


@router.post("/rights/{right}/consent", status_code=201)
def consent(at: AtRightsDesk, body: ConsentBody, right: RightId) -> Response:
    """Enter a pledgee's consent to a disposal, a further pledge or a reorganisation."""
    command = Consent(right=at.known(RIGHT, right), consents_to=body.consents_to, until=body.until)
    return at.perform(command, at.act(body), CONSENT)


@router.post("/rights/{right}/discharge")
def discharge(at: AtRightsDesk, body: ActBody, right: RightId) -> Response:
    """End an encumbrance, a lease or another right that needs no successor."""
    return at.perform(Discharge(right=at.known(RIGHT, right)), at.act(body), RIGHT, [right])
