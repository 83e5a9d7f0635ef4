"""Issuing documents: the copy kept for a question, or a new one, and what a copy is still worth."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

from psycopg import Connection

from cadastres.real_estate.holdings import no_holdings
from cadastres.real_estate.passport import AS_OF, absence, extract, passport
from cadastres.real_estate.sheets import Content, Sight
from cadastres.real_estate.subject import KINDS, Subject, find
from data.exports.documents.rendering import Rendering, render
from data.exports.restrictions import KIND as RESTRICTIONS
from data.exports.restrictions import restrictions
from gis.documents import Copy, Disclosure, Document, Question, content_hash, keep, settle_question, stored
from gis.errors import QalaError
from gis.instant import Instant, Reading
from gis.register import Register
from gis.text import Language

Kind = Literal["passport", "extract", "absence.encumbrances", "absence.rights", "restrictions"]

Looking = Callable[[str], AbstractContextManager[Connection]]
"""Opens a connection that sees the persons of a subject, by its number, once the look is logged."""

_CONTENTS: Final[Mapping[str, Callable[[Sight, Subject, Disclosure], Content]]] = {
    "passport": passport,
    "extract": extract,
    "absence.encumbrances": lambda sight, subject, _: absence(sight, subject, "encumbrances"),
    "absence.rights": lambda sight, subject, _: absence(sight, subject, "rights"),
}
_HOLDINGS: Final = "holdings.absence"
_OF_PARCELS: Final = frozenset({RESTRICTIONS})
"""Documents about parcels alone, not about the unit that may bear the same number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody asks for.

    Attributes:
        number: of a unit, parcel, building or premises, in any spelling.
        looking: for full disclosure, how persons may be seen; without it the document is public.
    """

    kind: Kind
    number: str
    instant: Instant
    language: Language
    looking: Looking | None = None

    @property
    def disclosure(self) -> Disclosure:
        """What the document tells of persons."""
        return "public" if self.looking is None else "full"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Issues a register's documents.

    Attributes:
        outside: where the world outside finds the service; what a document's square code begins with.
        admit: asked before a new public document is made and kept; it refuses by raising.
    """

    register: Register
    outside: str | None = None
    admit: Callable[[], None] = lambda: None

    def content(self, order: Order) -> Content:
        """Return the content of what is ordered; nothing is kept.

        Raises:
            QalaError: the number, the instant, or what stands against a certificate.
        """
        with self._seen(order) as (sight, subject):
            return self._content(order.kind, sight, subject, order.disclosure)

    def issue(self, order: Order) -> Copy:
        """Return the copy issued for what is ordered: the one kept, or one made now and kept from now on.

        Raises:
            QalaError: the number, the instant, what stands against a certificate, or that no more are issued now.
        """
        with self._seen(order) as (sight, subject):
            question = Question(
                kind=order.kind,
                subject_kind=subject.kind,
                subject_id=subject.feature_id,
                subject_number=subject.number,
                reading=sight.reading,
                language=order.language,
                disclosure=order.disclosure,
            )
            kept = stored(sight.connection, question)
            if kept is not None:
                return kept
            content = self._content(order.kind, sight, subject, order.disclosure)
        if order.looking is None:
            self.admit()
        return self._kept(question, content)

    def issue_no_holdings(self, party_id: int, instant: Instant, language: Language, connection: Connection) -> Copy:
        """Return the certificate that a party holds nothing.

        Args:
            party_id: whose.
            instant: on both axes.
            language: of the certificate.
            connection: the confidant's, inside a logged look.

        Raises:
            Conflict: it holds something.
            NotFound: there is no such party.
        """
        profile = self.register.profile
        question = Question(
            kind=_HOLDINGS,
            subject_kind="party",
            subject_id=party_id,
            subject_number=None,
            reading=settle_question(connection, instant, profile),
            language=language,
            disclosure="full",
        )
        kept = stored(connection, question)
        content = None if kept else no_holdings(Sight(connection, question.reading, profile), party_id)
        return kept or self._kept(question, content or {})

    @contextmanager
    def _seen(self, order: Order) -> Iterator[tuple[Sight, Subject]]:
        """Settle and find what is ordered, and see it as far as the order may: the public, or persons too."""
        profile = self.register.profile
        with self.register.reading() as connection:
            reading = settle_question(connection, order.instant, profile)
            subject = find(connection, order.number, reading, profile, _kinds(order.kind))
            if order.looking is None:
                yield Sight(connection, reading, profile), subject
                return
        with order.looking(subject.number) as confided:
            yield Sight(confided, reading, profile), subject

    def _kept(self, question: Question, content: Content) -> Copy:
        rendering = Rendering(
            language=question.language,
            number=question.number,
            link=self._link(question.number),
            profile=self.register.profile,
            salt=secrets.token_hex(16) if question.disclosure == "full" else "",
        )
        file = render(content, rendering)
        with self.register.writing() as connection:
            return keep(connection, question, public_part(content), file)

    def _content(self, kind: str, sight: Sight, subject: Subject, disclosure: Disclosure) -> Content:
        if kind == RESTRICTIONS:
            return restrictions(sight, subject, self.register.layers, drawn=True)
        return _CONTENTS[kind](sight, subject, disclosure)

    def _link(self, number: str) -> str:
        """Return where a document is verified; without a public address, a name that is not taken from any request."""
        if self.outside is None:
            return f"urn:qala:{self.register.profile.id}:document:{number}"
        return f"{self.outside}/documents/{number}"

    def standing(self, document: Document) -> "Standing":
        """Tell what an issued document is still worth, by what anybody may read."""
        if document.kind == _HOLDINGS:
            return Standing(None, None)
        with self.register.reading() as connection:
            then = settle_question(connection, Instant(document.valid, document.recorded), self.register.profile)
            now = settle_question(connection, Instant(), self.register.profile)
            said_then, said_now = (self._said(connection, document, reading) for reading in (then, now))
        if said_then is None:
            return Standing(reproduced=False, current=False)
        same = said_now is not None and _timeless(said_then) == _timeless(said_now)
        return Standing(content_hash(said_then) == document.content_hash, same)

    def _said(self, connection: Connection, document: Document, reading: Reading) -> Content | None:
        """Return the public content of a document's question at a reading, ``None`` where there is none."""
        sight = Sight(connection, reading, self.register.profile)
        try:
            kinds = _kinds(document.kind)
            subject = find(connection, document.subject_number or "", reading, self.register.profile, kinds)
            content = self._content(document.kind, sight, subject, "public")
        except QalaError:
            return None
        return public_part(content)


@dataclass(frozen=True, slots=True)
class Standing:
    """What an issued document is still worth, as far as it is public; ``None`` where nothing of it is.

    Attributes:
        reproduced: asked again of the same point on both axes, the register says the same.
        current: today the register says the same.
    """

    reproduced: bool | None
    current: bool | None


def _kinds(document: str) -> tuple[str, ...]:
    return ("parcel",) if document in _OF_PARCELS else tuple(KINDS)


def public_part(content: Mapping[str, Any]) -> Content:
    """Return what anybody may read of a content."""
    if content["document"] == _HOLDINGS:
        return {"document": _HOLDINGS}
    rights = [{k: v for k, v in right.items() if k != "holders"} for right in content.get("rights", ())]
    return {**content, "disclosure": "public", **({"rights": rights} if "rights" in content else {})}


def _timeless(content: Content) -> Content:
    return {name: value for name, value in content.items() if name != AS_OF}
