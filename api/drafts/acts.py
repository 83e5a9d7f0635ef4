"""What is done with a draft as a whole: opened, brought up to date, reverted, shared, adopted, withdrawn.

A draft is edited by the acts of the cadastres, each with the parameter ``draft``.
"""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse, Response

from api.drafts.answers import conflict_documents, draft_document
from api.drafts.asked import require_reader
from api.drafts.bodies import DraftBody, RebaseBody, RevertBody
from api.land.bodies import ActBody, require_sane
from api.ogc.request import only
from api.origin import origin
from api.problems import language_of
from api.tokens import CONFIDENTIAL, asker
from api.violations import violation_documents
from gis import drafts
from gis.draft import Draft
from gis.drafts import DraftConflict, Proposed
from gis.errors import Forbidden
from gis.policy import OPERATOR, REGISTRAR, require_planning
from gis.register import Register
from gis.rules import Violation
from gis.text import Text
from gis.tokens import Token

router = APIRouter()

Name = Annotated[str, Path(max_length=60, description="A draft's name.")]
Asker = Annotated[Token, Depends(asker)]

KEEPERS: Final = frozenset({REGISTRAR, OPERATOR})
"""Who may share and withdraw drafts that others opened."""


@router.post("/drafts", status_code=201)
def open_draft(request: Request, token: Asker, body: DraftBody) -> Response:
    """Open a draft, empty or with what takes an earlier act back."""
    only(request)
    require_reader(token.role)
    register: Register = request.app.state.register
    draft = _empty(register, body, token) if body.inverse_of is None else _inverse(register, body, token)
    told = draft_document(draft, draft.name, register.profile, register.layers)
    return JSONResponse(told, 201, {"Location": told["href"]})


def _empty(register: Register, body: DraftBody, token: Token) -> Draft:
    if body.valid_from is not None:
        require_sane("valid_from", body.valid_from, register.profile, datetime.now(register.profile.zone).date())
    return drafts.opened(
        register,
        body.name,
        body.title,
        actor=token.name,
        role=token.role,
        purpose=body.purpose,
        valid_from=None if body.valid_from is None else register.profile.midnight(body.valid_from),
    )


def _inverse(register: Register, body: DraftBody, token: Token) -> Draft:
    number = body.inverse_of or 0
    who = {"actor": token.name, "role": token.role}
    try:
        return drafts.invert(register, number, body.name, body.title, reason=body.purpose, **who)
    except DraftConflict as refusal:
        raise _told(refusal, register) from None


@router.post("/drafts/{name}/rebase")
def rebase(request: Request, token: Asker, name: Name, body: RebaseBody | None = None) -> Response:
    """Take over what the register changed meanwhile, and decide whose say stands where both changed the same."""
    register, draft = _opened(request, token, name)
    asked = body or RebaseBody()
    who = {"actor": token.name, "role": token.role, "reason": asked.reason}
    try:
        done = drafts.rebase(register, draft, choices=asked.choices, **who)
    except DraftConflict as refusal:
        raise _told(refusal, register) from None
    return JSONResponse(_revised(request, done))


@router.post("/drafts/{name}/revert")
def revert(request: Request, token: Asker, name: Name, body: RevertBody) -> Response:
    """Give features back to the register, so that the draft proposes nothing for them any more."""
    register, draft = _opened(request, token, name)
    who = {"actor": token.name, "role": token.role, "reason": body.reason}
    done = drafts.revert(register, draft, features=body.features, after=body.after, **who)
    return JSONResponse(_revised(request, done))


@router.post("/drafts/{name}/share", status_code=201)
def share(request: Request, token: Asker, name: Name) -> Response:
    """Make the link that opens a draft to anybody; it is shown this once, and an earlier one opens it no more."""
    register, draft = _opened(request, token, name)
    _require_keeper(register, draft, token)
    reference = f"{draft.name}.{drafts.share(register, draft)}"
    content = {"draft": reference, "href": f"{origin(request)}/drafts/{reference}?f=html"}
    return JSONResponse(content, 201, CONFIDENTIAL)


@router.delete("/drafts/{name}/share", status_code=204)
def unshare(request: Request, token: Asker, name: Name) -> Response:
    """Take a draft's link back; it opens the draft no more."""
    register, draft = _opened(request, token, name)
    _require_keeper(register, draft, token)
    drafts.unshare(register, draft)
    return Response(status_code=204)


@router.post("/drafts/{name}/withdraw")
def withdraw(request: Request, token: Asker, name: Name) -> Response:
    """Give a draft up: it is neither read nor edited any more, and its name is not used again."""
    register, draft = _opened(request, token, name)
    _require_keeper(register, draft, token)
    drafts.withdraw(register, draft)
    with register.reading() as connection:
        ended = drafts.find(connection, name)
    return JSONResponse(draft_document(ended, name, register.profile, register.layers))


@router.post("/drafts/{name}/adopt", status_code=201)
def adopt(request: Request, token: Asker, name: Name, body: ActBody) -> Response:
    """Record all that a draft proposes as one act, by its legal source; or nothing of it."""
    register, draft = _opened(request, token, name)
    try:
        done = drafts.adopt(register, draft, body.act(register.profile, token))
    except DraftConflict as refusal:
        raise _told(refusal, register) from None
    content = {
        "changeset": done.number,
        "recorded": done.recorded.isoformat(),
        "draft": draft.name,
        "warnings": _warnings(request, done.warnings),
    }
    return JSONResponse(content, 201, {"Location": f"/changesets/{done.number}"})


def _opened(request: Request, token: Token, name: str) -> tuple[Register, Draft]:
    """Return an open draft to somebody who may change it.

    Raises:
        Forbidden: a role that neither plans nor writes.
        NoDraft: there is none of that name.
        DraftClosed: it was adopted, by a changeset that is named, or withdrawn.
    """
    only(request)
    register: Register = request.app.state.register
    require_reader(token.role)
    require_planning(token.role, register.layers)
    with register.reading() as connection:
        return register, drafts.require_open(drafts.find(connection, name))


def _require_keeper(register: Register, draft: Draft, token: Token) -> None:
    with register.writing() as connection:  # the public login does not see owners
        owned = drafts.owner(connection, draft) == token.name
    if not owned and token.role not in KEEPERS:
        raise Forbidden(_NOT_YOURS.filled(name=draft.name), draft=draft.name, roles=sorted(KEEPERS))


def _revised(request: Request, done: Proposed) -> dict[str, Any]:
    return {"draft": done.draft, "revision": done.revision, "warnings": _warnings(request, done.warnings)}


def _warnings(request: Request, found: Any) -> list[dict[str, Any]]:
    register: Register = request.app.state.register
    violations: list[Violation] = list(found)
    return violation_documents(violations, register.rules, language_of(request), register.profile.system)


def _told(refusal: DraftConflict, register: Register) -> DraftConflict:
    """Return a refusal whose conflicts are documents."""
    refusal.data["conflicts"] = conflict_documents(refusal.data["conflicts"], register.profile)
    return refusal


_NOT_YOURS = Text(
    kk="«{name}» жобасын оны ашқан адам не тізілім жүргізуші ғана бөлісе не қайтарып ала алады.",
    ru="Черновиком «{name}» может делиться и отозвать его только тот, кто его открыл, или регистратор.",
    en="Only whoever opened the draft '{name}', or a registrar, may share it or withdraw it.",
)
