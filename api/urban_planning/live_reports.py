"""Reports from the field: opened as drafts, listed for inspectors, accepted as acts or declined with a reason."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from shapely import Point
from shapely.geometry.base import BaseGeometry

from api.counter.answers import answer
from api.drafts.answers import comparison_document, conflict_documents
from api.drafts.asked import reads_drafts
from api.land.bodies import typed
from api.land.geometry import Geometer
from api.moments import parse_moment
from api.ogc.request import only
from api.problems import language_of
from api.tokens import CONFIDENTIAL, RequireRole, asker
from api.urban_planning.live_report_bodies import (
    LAYERS,
    AcceptBody,
    AttributesBody,
    DeclineBody,
    GoneBody,
    Kind,
    ObstacleBody,
    ReportBody,
)
from api.violations import on_globe, violation_documents
from cadastres.urban_planning.street_point_model import BARRIER
from cadastres.urban_planning.street_reports import ReportAttributes, ReportGone, ReportObstacle, parted, wording
from gis import policy, report_photos, reports, store
from gis.act import Act, Command, Source, missing
from gis.drafts import DraftConflict
from gis.errors import BadRequest, Forbidden, NotFound
from gis.layer import Layer
from gis.record import at
from gis.register import Register
from gis.report import NotOpen, Report, Reporter, Sighting, State, Wanted
from gis.report import alike as alike_to
from gis.report import found as report_found
from gis.report import listed as reports_listed
from gis.report_photos import Photo
from gis.reports import Decision
from gis.rules import Violation
from gis.text import Language, Text
from gis.tokens import Token

router = APIRouter(prefix="/urban-planning/reports", tags=["urban planning: reports from the field"])

_WRITERS: Final = "urban_planning"
ALIKE: Final = 15.0
"""Open reports of the same layer so near [m] are told of: they may be about the same thing."""

OLDEST: Final = timedelta(days=366)
AHEAD: Final = timedelta(minutes=5)
"""A report is of something seen within the last year; clocks of phones differ a little."""

LARGER_BODY: Final = (re.compile(r"/urban-planning/reports/[0-9]+/photos"), report_photos.LARGEST_PHOTO)
"""Where a body may be larger than elsewhere, and its bound."""

Who = Annotated[Token, Depends(RequireRole(policy.FIELD, policy.PLANNER, cadastre=_WRITERS))]
Inspector = Annotated[Token, Depends(RequireRole(cadastre=_WRITERS))]
Number = Annotated[int, Path(ge=1, le=2**62, description="A report's number.")]


@dataclass(frozen=True, slots=True)
class _Desk:
    """One request about reports: who asks, and how he is told."""

    register: Register
    token: Token
    language: Language

    @property
    def inspects(self) -> bool:
        """Whether the asker may decide, and so sees who reported."""
        return policy.may_perform(self.token.role, f"{_WRITERS}.report", self.register.layers)

    def found(self, number: int) -> Report:
        """Return a report that the asker may read: his own, or any where he reads drafts.

        Raises:
            NotFound: there is none of that number, or it is somebody else's.
        """
        one = report_found(self.register, number)
        if not (reads_drafts(self.token.role) or self.is_his(one)):
            raise NotFound(_NOT_YOURS.filled(number=number), number=number)
        return one

    def is_his(self, one: Report) -> bool:
        """Tell whether the asker reported it himself."""
        return one.is_of(self.token.name, self.token.token_id)

    def knows(self, one: Report) -> bool:
        """Tell whether the asker may know who reported, and in what words."""
        return self.inspects or self.is_his(one)

    def seen(self, body: ReportBody) -> datetime:
        """Return when something was seen.

        Raises:
            BadRequest: in the future, or too long ago.
        """
        now = datetime.now(UTC)
        if body.seen is None:
            return now
        seen = parse_moment("seen", body.seen, self.register.profile)
        if not now - OLDEST <= seen <= now + AHEAD:
            raise BadRequest(_SEEN.filled(seen=body.seen), field="seen")
        return seen

    def place(self, layer: Layer, feature: int, seen: datetime) -> Point:
        """Return where an object is that was in force when it was seen.

        Raises:
            BadRequest: it was not.
        """
        with self.register.reading() as connection:
            timeline = store.timelines(connection, layer, [feature]).get(feature, ())
        version = at(timeline, seen)
        if version is None or version.abolished:
            raise missing(layer.name, feature, seen)
        return _middle(version.geometry)

    def report(self, command: Command, sighting: Sighting) -> Response:
        """Take a report in, and answer what it proposes and what the rules say."""
        reporter = Reporter(name=self.token.name, role=self.token.role, token_id=self.token.token_id)
        one, done = reports.report(self.register, command, sighting, reporter, f"report: {sighting.kind}", wording)
        told = self.document(one)
        told |= {"warnings": self.violations(list(done.warnings)), "allowed": _allowed(list(done.warnings))}
        told["alike"] = self.alike(one)
        return answer(told, 201, {"Location": told["href"]})

    def document(self, one: Report) -> dict[str, Any]:
        """Return a report as the asker may see it; who reported, and his own words, only inspectors and himself."""
        zone = self.register.profile.zone
        told: dict[str, Any] = {
            "number": one.number,
            "kind": one.kind,
            "state": one.state,
            "state_title": one.titled.in_language(self.language),
            "confirms": one.confirms,
            "layer": one.layer,
            "id": one.feature_id,
            "place": on_globe(one.place, self.register.profile.system),
            "seen": one.seen.astimezone(zone).isoformat(timespec="seconds"),
            "created": one.created.astimezone(zone).isoformat(timespec="seconds"),
            "decided": None if one.decided is None else one.decided.astimezone(zone).isoformat(timespec="seconds"),
            "answer": one.answer,
            "changeset": one.draft.changeset,
            "photos": one.photos,
            "draft": one.draft.name,
            "href": f"/urban-planning/reports/{one.number}",
        }
        if self.knows(one):
            told |= {"note": one.note, "words": one.words, "language": one.language, "reporter": one.reporter}
        return told

    def whole(self, one: Report) -> dict[str, Any]:
        """Return an open report with what it would change, what the rules say, and what stands in its way."""
        told, register = self.document(one), self.register
        if one.state != "open":
            return told
        try:
            proposed = reports.proposal(register, one, wording if self.knows(one) else reports.wordless)
        except NotOpen:
            return self.document(self.found(one.number))
        told["changes"] = [comparison_document(each, register.layers, register.profile) for each in proposed.changes]
        found = list(proposed.violations)
        told |= {"allowed": _allowed(found), "violations": self.violations(found), "alike": self.alike(one)}
        told["conflicts"] = conflict_documents(list(proposed.conflicts), register.profile)
        return told

    def alike(self, one: Report) -> list[int]:
        """Return the numbers of other open reports that may be about the same."""
        return [other.number for other in alike_to(self.register, one, ALIKE)]

    def violations(self, found: list[Violation]) -> list[dict[str, Any]]:
        """Return what rules found."""
        register = self.register
        return violation_documents(found, register.rules, self.language, register.profile.system)


def _desk(request: Request, token: Annotated[Token, Depends(asker)]) -> _Desk:
    only(request, ("lang", "state", "kind", "layer", "id", "after", "limit"))
    return _Desk(request.app.state.register, token, language_of(request))


AtDesk = Annotated[_Desk, Depends(_desk)]


@router.post("/attributes", status_code=201)
def report_attributes(at_desk: AtDesk, token: Who, body: AttributesBody) -> Response:  # noqa: ARG001 - the role counts
    """Confirm an object as the register has it, or tell what is otherwise: a kerb's height, a width, a handrail."""
    layer, seen = _layer(body.layer), at_desk.seen(body)
    measured, words = parted(layer, typed(layer, body.attributes))
    command = ReportAttributes(layer=layer, feature=body.id, attributes=measured)
    sighting = _sighting(at_desk, "attributes", layer, body.id, seen, body)
    return at_desk.report(command, replace(sighting, words=words))


@router.post("/gone", status_code=201)
def report_gone(at_desk: AtDesk, token: Who, body: GoneBody) -> Response:  # noqa: ARG001 - the role counts
    """Tell that an object is there no more."""
    layer, seen = _layer(body.layer), at_desk.seen(body)
    command = ReportGone(layer=layer, feature=body.id)
    return at_desk.report(command, _sighting(at_desk, "gone", layer, body.id, seen, body))


@router.post("/obstacles", status_code=201)
def report_obstacle(at_desk: AtDesk, token: Who, body: ObstacleBody) -> Response:  # noqa: ARG001 - the role counts
    """Tell of something that stands in the way: where, what, whom it bars, how much width is left."""
    seen, profile = at_desk.seen(body), at_desk.register.profile
    place = Geometer.of(profile, body.crs).point(body.geometry)
    command = ReportObstacle(
        place=place,
        barrier=body.barrier,
        blocks=tuple(dict.fromkeys(body.blocks)),
        width_left=body.width_left,
        way=None if body.way is None else (_layer(body.way.layer).name, body.way.id),
        until=None if body.until is None else parse_moment("until", body.until, profile),
    )
    sighting = Sighting(
        kind="obstacle",
        layer=BARRIER.name,
        place=place,
        seen=seen,
        words={} if body.description is None else {"description": body.description},
        note=body.note,
        language=at_desk.language,
    )
    return at_desk.report(command, sighting)


def _sighting(at_desk: _Desk, kind: Kind, layer: Layer, feature: int, seen: datetime, body: ReportBody) -> Sighting:
    return Sighting(
        kind=kind,
        layer=layer.name,
        feature_id=feature,
        place=at_desk.place(layer, feature, seen),
        seen=seen,
        note=body.note,
        language=at_desk.language,
    )


@router.get("")
def listed(
    at_desk: AtDesk,
    state: Annotated[State | None, Query(description="Only reports in this state.")] = None,
    kind: Annotated[Kind | None, Query(description="Only reports of this kind.")] = None,
    layer: Annotated[str | None, Query(max_length=100)] = None,
    feature: Annotated[int | None, Query(alias="id", ge=1, le=2**62, description="About this object.")] = None,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """Reports in the order in which they came in: all of them for the office, for others their own."""
    token = at_desk.token
    if not reads_drafts(token.role) and token.role != policy.FIELD:
        raise Forbidden(_NO_READER.filled(role=token.role), role=token.role)
    own = None if reads_drafts(token.role) else (token.name, token.token_id)
    wanted = Wanted(state=state, kind=kind, layer=layer, feature_id=feature, reporter=own, after=after, limit=limit)
    found = reports_listed(at_desk.register, wanted)
    last = found[-1].number if len(found) == limit else None
    return answer({"reports": [at_desk.document(one) for one in found], "next_after": last})


@router.get("/{number}")
def one_report(at_desk: AtDesk, number: Number) -> Response:
    """A report: what it would change, what the rules say, what stands in its way; or what became of it."""
    return answer(at_desk.whole(at_desk.found(number)))


@router.post("/{number}/accept", status_code=201)
def accept(at_desk: AtDesk, token: Inspector, number: Number, body: AcceptBody) -> Response:
    """Record what a report proposes as one act; routes count it from then on.

    Where the register says the same by now the report confirms it: nothing is recorded, and the answer is 200.
    """
    one, register = at_desk.found(number), at_desk.register
    decision = Decision(act=_act(register, token, one, body), answer=body.answer, choices=body.choices)
    try:
        done = reports.accept(register, one, decision, wording)
    except DraftConflict as refusal:
        refusal.message = _CONFLICT.filled(number=number)
        refusal.data["conflicts"] = conflict_documents(refusal.data["conflicts"], register.profile)
        raise
    told = at_desk.document(at_desk.found(number))
    if done is None:
        return answer(told)
    told["recorded"] = done.recorded.isoformat()
    told["warnings"] = at_desk.violations(list(done.warnings))
    return answer(told, 201, {"Location": f"/changesets/{done.number}"})


@router.post("/{number}/decline")
def decline(at_desk: AtDesk, token: Inspector, number: Number, body: DeclineBody) -> Response:
    """Decline a report; the reporter is told why."""
    reports.decline(at_desk.register, at_desk.found(number), token.name, token.role, body.answer)
    return answer(at_desk.document(at_desk.found(number)))


@router.post("/{number}/withdraw")
def withdraw(at_desk: AtDesk, number: Number) -> Response:
    """Take one's own report back."""
    one = at_desk.found(number)
    if not at_desk.is_his(one):
        raise Forbidden(_NOT_HIS.filled(number=number), number=number)
    reports.withdraw(at_desk.register, one)
    return answer(at_desk.document(at_desk.found(number)))


@router.post("/{number}/photos", status_code=201)
async def attach(request: Request, at_desk: AtDesk, number: Number) -> Response:
    """Keep a photograph with one's report: the body is the picture, of the type that the header Content-Type says."""
    told = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    photo = Photo(told, await request.body())
    serial = await run_in_threadpool(_attached, at_desk, number, photo)
    place = f"/urban-planning/reports/{number}/photos/{serial}"
    return answer({"serial": serial, "href": place}, 201, {"Location": place})


def _require_picture(photo: Photo) -> None:
    """Refuse what does not begin as files of the type do that it says to be.

    Raises:
        BadRequest: it is something else.
    """
    begins = _BEGINS.get(photo.media_type)
    if photo.content and begins is not None and begins.match(photo.content) is None:
        raise BadRequest(_NO_PICTURE.filled(found=photo.media_type), media_type=photo.media_type)


_BEGINS: Final = {
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    "image/heic": re.compile(rb".{4}ftyp", re.DOTALL),
    "application/pdf": re.compile(rb"%PDF-"),
}
"""How files of these types begin."""


def _attached(at_desk: _Desk, number: int, photo: Photo) -> int:
    one = at_desk.found(number)
    if not at_desk.is_his(one):
        raise Forbidden(_NOT_HIS.filled(number=number), number=number)
    _require_picture(photo)
    return report_photos.attach(at_desk.register, one, photo)


@router.get("/{number}/photos/{serial}")
def photo(at_desk: AtDesk, number: Number, serial: Annotated[int, Path(ge=1, le=1000)]) -> Response:
    """A photograph of a report, for inspectors and whoever took it: it may show persons, so each look is logged."""
    one, token = at_desk.found(number), at_desk.token
    if not at_desk.knows(one):
        raise Forbidden(_NO_READER.filled(role=token.role), role=token.role)
    found = report_photos.photo_of(at_desk.register, one, serial, actor=token.name, role=token.role)
    kept = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff", **CONFIDENTIAL}
    return Response(found.content, headers=kept, media_type=found.media_type)


def _act(register: Register, token: Token, one: Report, body: AcceptBody) -> Act:
    """Return the act of an inspector who accepts a report; its source is the report unless he names one."""
    now = datetime.now(register.profile.zone)
    today = now.date()
    seen = register.profile.legal_day(one.seen)
    own = Source(kind="field-report", number=one.draft.name, acceptance=seen, submission=seen, recordation=today)
    return Act(
        actor=token.name,
        role=token.role,
        reason=body.reason,
        source=own if body.source is None else body.source.source(today),
        valid_from=one.seen,
    )


def _layer(name: str) -> Layer:
    if name not in LAYERS:
        raise BadRequest(_NO_LAYER.filled(layer=name[:60], known=", ".join(LAYERS)), layer=name[:60])
    return LAYERS[name]


def _middle(shape: BaseGeometry) -> Point:
    return shape if isinstance(shape, Point) else shape.interpolate(0.5, normalized=True)


def _allowed(found: list[Violation]) -> bool:
    return all(violation.severity != "error" for violation in found)


_NOT_YOURS = Text(
    kk="{number}-хабарлама жоқ немесе ол сіздікі емес.",
    ru="Сообщения № {number} нет, или оно не ваше.",
    en="There is no report {number}, or it is not yours.",
)
_NO_PICTURE = Text(
    kk="Жіберілген файл {found} емес: ол басқаша басталады. Суреттің өзін дұрыс Content-Type мәнімен жіберіңіз.",
    ru="Присланное — не {found}: файл начинается иначе. Пришлите сам снимок и верный Content-Type.",
    en="What was sent is no {found}: the file begins otherwise. Send the picture itself with its right Content-Type.",
)
_CONFLICT = Text(
    kk="{number}-хабарлама жіберілгеннен бері тізілімде сол нысан өзгерген. Әр қайшылық үшін не қалатынын choices "
    "мүшесінде айтыңыз немесе хабарламаны қабылдамаңыз.",
    ru="После сообщения № {number} тот же объект в регистре изменился. Скажите в choices для каждого расхождения, что "
    "остаётся, или отклоните сообщение.",
    en="Since report {number} came in the same object has changed in the register. Say in choices, for each conflict, "
    "what stays, or decline the report.",
)
_NOT_HIS = Text(
    kk="{number}-хабарламаны оны жіберген адам ғана толықтыра немесе кері ала алады.",
    ru="Дополнить или отозвать сообщение № {number} может только тот, кто его прислал.",
    en="Only whoever sent report {number} may add to it or take it back.",
)
_NO_READER = Text(
    kk="«{role}» рөлі бұл хабарламаларды оқи алмайды.",
    ru="Роль «{role}» этих сообщений не читает.",
    en="The role '{role}' does not read these reports.",
)
_SEEN = Text(
    kk="«{seen}»: көрген уақыт болашақта немесе бір жылдан бұрын болмауы тиіс.",
    ru="«{seen}»: увиденное не может быть в будущем или больше года назад.",
    en="'{seen}': what was seen can't be in the future or more than a year ago.",
)
_NO_LAYER = Text(
    kk="«{layer}» қабаты туралы хабарланбайды; мыналар туралы хабарлауға болады: {known}.",
    ru="О слое «{layer}» не сообщают; сообщать можно о слоях: {known}.",
    en="Nothing is reported about the layer '{layer}'; reports are about: {known}.",
)
