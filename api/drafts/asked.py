"""The draft that a request lays over the register: its name for whoever has a token, its link for anybody.

``draft=north-gate`` is a name: the token that comes along must be of a role that reads drafts. A name, a dot and a
secret are a link: it opens the public layers of that one draft to whoever has it. The draft is looked up anew for each
request, so that a link that was taken back, or a draft that was adopted meanwhile, is refused at once.
"""

import re
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from starlette.concurrency import run_in_threadpool

from api.tokens import asker
from gis import policy
from gis.draft import Draft, Overlay, by_link, find, require_open
from gis.errors import BadRequest, Forbidden, NotFound
from gis.register import Register
from gis.text import Text

PARAMETER: Final = "draft"

_REFERENCE: Final = re.compile(r"(?P<name>[a-z0-9-]{1,60})(?:\.(?P<secret>[A-Za-z0-9_-]{1,100}))?")


def reads_drafts(role: str) -> bool:
    """Tell whether a role may read drafts by their names: whoever plans, registers, audits or runs the register."""
    return role in _READERS or role.startswith(f"{policy.REGISTRAR}.")


_READERS: Final = frozenset({policy.PLANNER, policy.REGISTRAR, policy.OPERATOR, policy.AUDITOR})


def found_draft(request: Request, reference: str) -> Draft:
    """Return a draft, in whatever state, by its name or by its link.

    Raises:
        Unauthorised: a name without a token.
        Forbidden: the token's role reads no drafts.
        NotFound: there is no such draft, or the link is not, or no longer, its own.
    """
    named = _REFERENCE.fullmatch(reference)
    if named is None:
        raise NotFound(_NO_DRAFT.filled(name=reference[:60]), parameter=PARAMETER)
    if named["secret"] is None:
        require_reader(asker(request).role)
    register: Register = request.app.state.register
    with register.reading() as connection:
        name, secret = named["name"], named["secret"]
        return find(connection, name) if secret is None else by_link(connection, name, secret)


def require_reader(role: str) -> None:
    """Refuse a role that reads no drafts by their names.

    Raises:
        Forbidden: it does not.
    """
    if not reads_drafts(role):
        raise Forbidden(_NO_READER.filled(role=role), role=role)


def draft_named(request: Request, reference: str) -> Draft:
    """Return an open draft.

    Raises:
        QalaError: as :func:`found_draft`.
        DraftClosed: it was adopted, by a changeset that is named, or withdrawn.
    """
    return require_open(found_draft(request, reference))


def overlay_named(request: Request, reference: str | None) -> Overlay | None:
    """Return what the draft of a reference lays over the register; errors as :func:`draft_named`."""
    return draft_named(request, reference).laid() if reference else None


def overlay_of(request: Request) -> Overlay | None:
    """Return what the request's parameter ``draft`` lays over the register; errors as :func:`draft_named`."""
    return overlay_named(request, request.query_params.get(PARAMETER))


def _overlay_of(
    request: Request,
    draft: Annotated[
        str | None, Query(max_length=200, description="A draft laid over the register: its name, or its link.")
    ] = None,
) -> Overlay | None:
    return overlay_named(request, draft)


InDraft = Annotated[Overlay | None, Depends(_overlay_of)]
"""What the parameter ``draft`` of a request lays over the register; errors as :func:`draft_named`."""


async def overlay_for(request: Request, reference: str | None) -> Overlay | None:
    """Return the same to an endpoint that must not block."""
    return await run_in_threadpool(overlay_named, request, reference) if reference else None


def refuse_draft(request: Request) -> None:
    """Refuse to issue a document of a draft.

    Raises:
        BadRequest: there is a parameter ``draft``.
    """
    if PARAMETER in request.query_params:
        raise BadRequest(_NO_FORCE, parameter=PARAMETER)


def kept(request: Request, href: str) -> str:
    """Return an address with the request's draft kept in it."""
    return with_draft(href, request.query_params.get(PARAMETER))


def with_draft(href: str, reference: str | None) -> str:
    """Return an address that leads to a draft."""
    if not reference:
        return href
    return f"{href}{'&' if '?' in href else '?'}{urlencode({PARAMETER: reference})}"


def spelled(token: int) -> str:
    """Return a write token as entity tags have it: a changeset's number, or a draft's revision, which is below zero.

    >>> spelled(42), spelled(-5)
    ('42', 'draft-5')
    """
    return str(token) if token >= 0 else f"draft-{-token}"


_NO_READER = Text(
    kk="«{role}» рөлі жобаларды атауы бойынша оқи алмайды; жобаның сілтемесін оның иесінен сұраңыз.",
    ru="Роль «{role}» не читает черновики по имени; попросите у владельца черновика ссылку на него.",
    en="The role '{role}' reads no drafts by name; ask the draft's owner for its link.",
)
_NO_DRAFT = Text(
    kk="«{name}» жобасы жоқ, немесе сілтемесі жарамсыз.",
    ru="Черновика «{name}» нет, или ссылка на него недействительна.",
    en="There is no draft '{name}', or its link is not valid.",
)
_NO_FORCE = Text(
    kk="Жобаның заңды күші жоқ, сондықтан ол бойынша құжат берілмейді; draft параметрін алып тастаңыз.",
    ru="Черновик не имеет юридической силы, и документы по нему не выдаются; уберите параметр draft.",
    en="A draft has no legal force, so no document is issued from it; leave the parameter draft out.",
)
