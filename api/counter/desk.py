"""The clerk's desk: who asks, of which application, and how an application is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request

from api.ogc.request import only
from api.problems import language_of
from api.tokens import RequireRole
from gis.applications import OPEN, Application, Clerk, Event, deadline
from gis.counter import REASONS, Counter
from gis.profile import CityProfile
from gis.register import Register
from gis.reservation import STATES, parse_number, spelled
from gis.text import Language
from gis.tokens import Token

CLERKS: Final = RequireRole(cadastre="counter")
"""Whoever performs acts of any cadastre may take in applications for them."""

Spelled = Annotated[str, Path(max_length=40, description="An application's number, such as 2026-0000042.")]


@dataclass(frozen=True, slots=True)
class Shown:
    """How applications are told: in whose language, by which city's profile."""

    profile: CityProfile
    language: Language

    def application(self, application: Application) -> dict[str, Any]:
        """Return an application as clerks see it; nothing in it is personal but the clerks' own names."""
        return {
            **self.status(application),
            "objects": [{"layer": layer, "id": i} for layer, i in application.objects],
            "events": [
                {**self._event(event), "actor": event.actor, "role": event.role} for event in application.events
            ],
        }

    def status(self, application: Application) -> dict[str, Any]:
        """Return an application as the applicant sees it."""
        term = deadline(application, self.profile, datetime.now(self.profile.zone))
        service = self.profile.services.get(application.kind)
        return {
            "number": spelled(application.number),
            "kind": application.kind,
            "title": application.kind if service is None else service.title.in_language(self.language),
            "received": self.moment(application.received),
            "state": application.state,
            "state_title": self._state(application.state),
            "due": term.due,
            "overdue": term.overdue,
            "ahead": application.ahead if application.state in OPEN else None,
            "events": [self._event(event) for event in application.events],
        }

    def moment(self, moment: datetime) -> str:
        """Return a moment in the city's zone."""
        return moment.astimezone(self.profile.zone).isoformat()

    def reason(self, state: str, code: str) -> Mapping[str, str]:
        """Return a reason with its title; a code that the city's list no longer has stands for itself."""
        classifier = self.profile.classifiers.get(REASONS.get(state, ""))
        known = {} if classifier is None else {entry.code: entry.title for entry in classifier.entries}
        return {"code": code, "title": known[code].in_language(self.language) if code in known else code}

    def _event(self, event: Event) -> dict[str, Any]:
        return {
            "at": self.moment(event.at),
            "state": event.state,
            "state_title": self._state(event.state),
            "reasons": [self.reason(event.state, code) for code in event.reasons],
            "changeset": event.changeset,
        }

    def _state(self, state: str) -> str:
        return STATES[state].in_language(self.language)


def shown(request: Request) -> Shown:
    """Return how a request's answer is told."""
    register: Register = request.app.state.register
    return Shown(register.profile, language_of(request))


@dataclass(frozen=True, slots=True)
class Desk:
    """One request of a clerk."""

    counter: Counter
    clerk: Clerk
    shown: Shown


def desk(request: Request, token: Annotated[Token, Depends(CLERKS)]) -> Desk:
    """Return the desk of a clerk's request."""
    register: Register = request.app.state.register
    return Desk(Counter(register), Clerk(token.name, token.role), shown(request))


def plain_desk(request: Request, at: Annotated[Desk, Depends(desk)]) -> Desk:
    """Return the desk of a request that takes no parameters."""
    only(request)
    return at


AtDesk = Annotated[Desk, Depends(desk)]
AtPlainDesk = Annotated[Desk, Depends(plain_desk)]


def number_in(number: Spelled) -> int:
    """Return the number of the application in the address."""
    return parse_number(number)


Number = Annotated[int, Depends(number_in)]
