"""Acts of construction: objects, stages, equity holders' contracts, funds; ``?dry-run=true`` asks whether one may be.

Accepting an object registers a building, executing a contract a right: these acts need the role ``registrar``, which
writes those cadastres too. Persons are named by ids; no answer tells who somebody is.
"""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from api.land.bodies import ActBody
from api.urban_planning.construction_bodies import (
    AcceptBody,
    BuilderBody,
    ContractBody,
    ExecuteBody,
    FundsBody,
    HolderBody,
    InspectBody,
    ObjectBody,
    ObjectChangeBody,
    PaymentBody,
    PermitBody,
    StagesBody,
    TerminateBody,
    said,
)
from api.urban_planning.construction_bodies import Step as StepName
from api.urban_planning.works_desk import AtWorksDesk
from cadastres.real_estate import number as object_number
from cadastres.real_estate.model import PREMISES
from cadastres.urban_planning.construction_acceptance import AcceptObject, ExecuteContract
from cadastres.urban_planning.construction_equity_verbs import (
    AssignContract,
    EnterFunds,
    ReceivePayment,
    RegisterContract,
    TerminateContract,
)
from cadastres.urban_planning.construction_model import (
    CONSTRUCTION_OBJECT,
    CONSTRUCTION_PARTY,
    CONSTRUCTION_STAGE,
    EQUITY_CONTRACT,
)
from cadastres.urban_planning.construction_verbs import (
    ChangeObject,
    EnterObject,
    InspectStage,
    NameBuilder,
    PlanStages,
    Step,
)
from gis.errors import NotFound
from gis.text import Text

router = APIRouter()

ObjectId = Annotated[int, Path(ge=1, le=2**62, description="Id of a construction object.")]
StageId = Annotated[int, Path(ge=1, le=2**62, description="Id of a stage.")]
ContractId = Annotated[int, Path(ge=1, le=2**62, description="Id of an equity contract.")]


@router.post("/construction", status_code=201)
def enter_object(at: AtWorksDesk, body: ObjectBody) -> Response:
    """Enter an object of construction, in design, on its parcel."""
    parcel = at.parcels([body.parcel])[0]
    site = at.geometer(body).multipolygon(body.geometry)
    command = EnterObject(parcel=parcel, site=site, attributes=said(body.attributes), persons=body.persons)
    return at.perform(command, at.act(body), CONSTRUCTION_OBJECT)


@router.post("/construction/{construction}/change")
def change_object(at: AtWorksDesk, body: ObjectChangeBody, construction: ObjectId) -> Response:
    """Change what is planned of an object, who builds it, or its site."""
    site = None if body.geometry is None else at.geometer(body).multipolygon(body.geometry)
    command = ChangeObject(construction=_object(at, construction), attributes=said(body.attributes), site=site)
    return at.perform(command, at.act(body), CONSTRUCTION_OBJECT, [construction])


@router.post("/construction/{construction}/permit")
def permit(at: AtWorksDesk, body: PermitBody, construction: ObjectId) -> Response:
    """Enter the permit."""
    command = Step(construction=_object(at, construction), step="permit", permit_number=body.permit_number)
    return at.perform(command, at.act(body), CONSTRUCTION_OBJECT, [construction])


@router.post("/construction/{construction}/steps/{step}")
def step_on(at: AtWorksDesk, body: ActBody, construction: ObjectId, step: StepName) -> Response:
    """Begin, suspend, resume or complete construction; return a completed object, revoke a permit."""
    command = Step(construction=_object(at, construction), step=step)
    return at.perform(command, at.act(body), CONSTRUCTION_OBJECT, [construction])


@router.post("/construction/{construction}/builder", status_code=201)
def name_builder(at: AtWorksDesk, body: BuilderBody, construction: ObjectId) -> Response:
    """Enter a person who develops or builds, in the closed schema."""
    command = NameBuilder(construction=_object(at, construction), part=body.part, party=body.party)
    return at.perform(command, at.act(body), CONSTRUCTION_PARTY)


@router.post("/construction/{construction}/accept", status_code=201)
def accept(at: AtWorksDesk, body: AcceptBody, construction: ObjectId) -> Response:
    """Accept a completed object: construction ends and the building is registered, in one changeset."""
    command = AcceptObject(
        construction=_object(at, construction),
        footprint=at.geometer(body).multipolygon(body.geometry),
        letter=body.letter,
        attributes=body.building(),
    )
    return at.perform(command, at.act(body), CONSTRUCTION_OBJECT, [construction])


@router.post("/construction/{construction}/stages", status_code=201)
def plan_stages(at: AtWorksDesk, body: StagesBody, construction: ObjectId) -> Response:
    """Enter a schedule; stages that there are take the new plan and keep their progress."""
    stages = tuple(stage.planned() for stage in body.stages)
    command = PlanStages(construction=_object(at, construction), stages=stages)
    return at.perform(command, at.act(body), CONSTRUCTION_STAGE)


@router.post("/construction-stages/{stage}/inspect")
def inspect_stage(at: AtWorksDesk, body: InspectBody, stage: StageId) -> Response:
    """Enter what an inspection found done."""
    command = InspectStage(stage=at.known(CONSTRUCTION_STAGE, stage), progress=body.progress, report=body.report)
    return at.perform(command, at.act(body), CONSTRUCTION_STAGE, [stage])


@router.post("/construction/{construction}/contracts", status_code=201)
def register_contract(at: AtWorksDesk, body: ContractBody, construction: ObjectId) -> Response:
    """Register a contract with an equity holder."""
    command = RegisterContract(
        construction=_object(at, construction),
        number=body.number,
        premises=body.premises,
        area=body.area,
        price=body.price,
        received=body.received,
        holder=body.holder,
    )
    return at.perform(command, at.act(body), EQUITY_CONTRACT)


@router.post("/equity-contracts/{contract}/assign")
def assign_contract(at: AtWorksDesk, body: HolderBody, contract: ContractId) -> Response:
    """Enter to whom a contract was ceded."""
    command = AssignContract(contract=_contract(at, contract), holder=body.holder)
    return at.perform(command, at.act(body), EQUITY_CONTRACT, [contract])


@router.post("/equity-contracts/{contract}/payments")
def receive_payment(at: AtWorksDesk, body: PaymentBody, contract: ContractId) -> Response:
    """Enter money that came in."""
    command = ReceivePayment(contract=_contract(at, contract), amount=body.amount)
    return at.perform(command, at.act(body), EQUITY_CONTRACT, [contract])


@router.post("/equity-contracts/{contract}/terminate")
def terminate_contract(at: AtWorksDesk, body: TerminateBody, contract: ContractId) -> Response:
    """End a contract before it was executed."""
    command = TerminateContract(contract=_contract(at, contract), refunded=body.refunded)
    return at.perform(command, at.act(body), EQUITY_CONTRACT, [contract])


@router.post("/equity-contracts/{contract}/execute", status_code=201)
def execute_contract(at: AtWorksDesk, body: ExecuteBody, contract: ContractId) -> Response:
    """Hand over what was built: the unit of the premises is formed, the holder becomes its owner."""
    number = object_number.compact_premises(body.premises)
    premises = at.found(PREMISES, "premises_number", number)
    if premises is None:
        raise NotFound(_NO_PREMISES.filled(number=number), number=number)
    command = ExecuteContract(contract=_contract(at, contract), premises=premises)
    return at.perform(command, at.act(body), EQUITY_CONTRACT, [contract])


@router.post("/construction/{construction}/fund-plan", status_code=201)
def plan_funds(at: AtWorksDesk, body: FundsBody, construction: ObjectId) -> Response:
    """Enter what equity funds are planned for."""
    return _funds(at, body, construction, used=False)


@router.post("/construction/{construction}/fund-use", status_code=201)
def use_funds(at: AtWorksDesk, body: FundsBody, construction: ObjectId) -> Response:
    """Enter what equity funds were used for."""
    return _funds(at, body, construction, used=True)


def _funds(at: AtWorksDesk, body: FundsBody, construction: int, *, used: bool) -> Response:
    rows = tuple(row.row() for row in body.rows)
    command = EnterFunds(construction=_object(at, construction), rows=rows, used=used)
    return at.perform(command, at.act(body), command.layer)


def _object(at: AtWorksDesk, construction: int) -> int:
    return at.known(CONSTRUCTION_OBJECT, construction)


def _contract(at: AtWorksDesk, contract: int) -> int:
    return at.known(EQUITY_CONTRACT, contract)


_NO_PREMISES = Text(
    kk="{number} нөмірлі үй-жай ешқашан тіркелмеген.",
    ru="Помещение с номером {number} никогда не регистрировалось.",
    en="No premises were ever registered under the number {number}.",
)
