"""Taking in applications, and the steps of their examination."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.counter.answers import answer
from api.counter.bodies import IntakeBody, StepBody
from api.counter.desk import AtPlainDesk, Desk, Number
from gis.applications import Step
from gis.reservation import spelled

router = APIRouter()


@router.post("/applications", status_code=201)
def receive(at: AtPlainDesk, body: IntakeBody) -> Response:
    """Take an application in; the receipt's code is shown this once."""
    receipt = at.counter.receive(body.intake(), at.clerk)
    told = at.shown.application(at.counter.application(receipt.number))
    place = f"/counter/applications/{spelled(receipt.number)}"
    return answer({**told, "code": receipt.code}, 201, {"Location": place})


@router.post("/applications/{number}/examine")
def examine(at: AtPlainDesk, number: Number, body: StepBody | None = None) -> Response:
    """Submit an application for processing: from now on it holds its objects."""
    return _moved(at, number, (body or StepBody()).step(state="examination"))


@router.post("/applications/{number}/suspend")
def suspend(at: AtPlainDesk, number: Number, body: StepBody) -> Response:
    """Suspend an examination, with reasons; the clock of its term stops."""
    return _moved(at, number, body.step(state="suspended"))


@router.post("/applications/{number}/resume")
def resume(at: AtPlainDesk, number: Number, body: StepBody | None = None) -> Response:
    """Go on with a suspended examination."""
    return _moved(at, number, (body or StepBody()).step(state="examination", resumes=True))


@router.post("/applications/{number}/refuse")
def refuse(at: AtPlainDesk, number: Number, body: StepBody) -> Response:
    """Refuse an application, with reasons."""
    return _moved(at, number, body.step(state="refused"))


@router.post("/applications/{number}/withdraw")
def withdraw(at: AtPlainDesk, number: Number, body: StepBody | None = None) -> Response:
    """End an application at the applicant's wish."""
    return _moved(at, number, (body or StepBody()).step(state="withdrawn"))


def _moved(at: Desk, number: int, step: Step) -> Response:
    return answer(at.shown.application(at.counter.move(number, step, at.clerk)))
