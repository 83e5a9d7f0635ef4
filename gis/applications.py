"""Applications as values: what is asked for, the steps that they go through, and when they must be answered.

An application is received, examined (and perhaps suspended meanwhile, with reasons), and ends in a decision (the
changeset of an act), a refusal with reasons, or a withdrawal; every step stands on record with who took it and when.
:mod:`gis.counter` keeps them; what they hold while they are examined is the matter of :mod:`gis.reservation`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

from gis.profile import CityProfile
from gis.workdays import Days, Hold, Pause, Term, due

State = Literal["received", "examination", "suspended", "decided", "refused", "withdrawn"]
PartyType = Literal["naturalPerson", "nonNaturalPerson"]

OPEN: Final = ("received", "examination", "suspended")
ENDED: Final = ("decided", "refused", "withdrawn")

LARGEST_DOCUMENT: Final = 20 * 1024 * 1024
"""Bytes of one document."""

MOST_DOCUMENTS: Final = 100
"""Documents of one application."""


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who takes a step, and in which role."""

    actor: str
    role: str


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies: personal data."""

    party_type: PartyType
    name: str
    iin_bin: str | None


@dataclass(frozen=True, slots=True)
class Intake:
    """What is asked for, by whom, concerning which features (layer, feature id)."""

    kind: str
    applicant: Applicant
    objects: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the applicant takes home; the code is shown this once and opens the status of this application only."""

    number: int
    received: datetime
    code: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an examination: the state that it leads to, the codes of its reasons, and a clerk's note.

    Attributes:
        resumes: it goes on with an examination that was suspended.
    """

    state: State
    reasons: tuple[str, ...] = ()
    note: str | None = None
    resumes: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A document to be kept."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """A step on record; ``changeset`` is that of the act that decided."""

    at: datetime
    state: State
    reasons: Sequence[str]
    changeset: int | None
    actor: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """An application without what is personal in it.

    Attributes:
        ahead: how many under examination were received earlier for one of the same features.
    """

    number: int
    kind: str
    received: datetime
    term: int
    days: Days
    ahead: int
    events: Sequence[Event]
    objects: Sequence[tuple[str, int]] = ()
    holds: Hold = "nothing"

    @property
    def state(self) -> State:
        """The state that it is in."""
        return self.events[-1].state


@dataclass(frozen=True, slots=True)
class Deadline:
    """When an application must have been answered.

    Attributes:
        due: the last legal day of its term; ``None`` while it is suspended within the term.
        overdue: the term is over and it was not answered by then.
    """

    due: date | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document that is kept, without its content."""

    serial: int
    name: str
    media_type: str
    size: int
    sha256: str
    added: datetime


@dataclass(frozen=True, slots=True)
class Confidences:
    """What is personal in an application.

    Attributes:
        notes: what clerks wrote, by the moments of their steps.
    """

    applicant: Applicant
    documents: Sequence[DocumentFacts] = ()
    notes: Mapping[datetime, str] = field(default_factory=dict)


def deadline(application: Application, profile: CityProfile, now: datetime) -> Deadline:
    """Return when an application must be answered, or must have been."""
    since = profile.legal_day(application.received)
    last = due(
        Term(application.term, application.days, since), profile.workdays, _pauses(application.events), profile.midnight
    )
    ended = application.events[-1].at if application.state in ENDED else now
    return Deadline(last, last is not None and profile.legal_day(ended) > last)


def _pauses(events: Sequence[Event]) -> list[Pause]:
    ends: list[datetime | None] = [event.at for event in events[1:]]
    spans = zip(events, [*ends, None], strict=True)
    return [Pause(event.at, end) for event, end in spans if event.state == "suspended"]
