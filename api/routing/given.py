"""Parameters that questions about ways have in common, and how they are described to programs."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Query

from api.routing.bodies import STANDARD, ProfileBody, RouteBody, made
from api.routing.forms import TYPES
from gis.text import LANGUAGES
from routing.presets import PRESETS
from routing.profile import Unknown

Named = Annotated[str, Query(max_length=200, description="lon,lat; a cadastral number; an address; РКА.")]
"""A place."""


Preset = Annotated[str, Query(max_length=60, description="Who moves.", json_schema_extra={"enum": [*PRESETS]})]
"""A preset's name."""


def answering(*forms: str) -> dict[str, Any]:
    """Return what describes an answer: in which forms it comes, of which map, in which language.

    These parameters are read where the question is put (:class:`api.routing.asked.Question`), for bodies may name some
    of them as well.
    """

    def described(
        f: Annotated[
            str | None, Query(description="The form; else by Accept.", json_schema_extra={"enum": [*forms]})
        ] = None,
        valid: Annotated[
            str | None, Query(alias="datetime", description="The map of this legal date; today's.")
        ] = None,
        recorded: Annotated[str | None, Query(alias="recorded-at", description="As the register knew it then.")] = None,
        draft: Annotated[str | None, Query(description="With this draft laid over the register.")] = None,
        lang: Annotated[
            str | None,
            Query(description="The language; else by Accept-Language.", json_schema_extra={"enum": [*LANGUAGES]}),
        ] = None,
    ) -> None:
        """Nothing is read here."""

    content: dict[str, Any] = {TYPES[form]: {} for form in forms}
    return {"dependencies": [Depends(described)], "responses": {200: {"content": content}}}


@dataclass(frozen=True)
class Moving:
    """Who moves, when, and in which system coordinates are."""

    profile: Preset = STANDARD
    unknown: Annotated[Unknown | None, Query(description="What becomes of unknown attributes.")] = None
    departure: Annotated[
        str | None, Query(max_length=40, description="When to set off, with its offset from UTC; now.")
    ] = None
    crs: Annotated[str | None, Query(max_length=200, description="Of coordinates; longitude, latitude.")] = None

    @property
    def members(self) -> dict[str, Any]:
        """The same as members of a body; errors as :func:`api.routing.bodies.made`."""
        mover = made(ProfileBody, name=self.profile, unknown=self.unknown)
        return {"profile": mover, "departure": self.departure, "crs": self.crs}


MOVING: Final = ("profile", "unknown", "departure", "crs")
IsMoving = Annotated[Moving, Depends()]


@dataclass(frozen=True)
class Ends:
    """From where to where."""

    start: Annotated[
        str, Query(alias="from", max_length=200, description="lon,lat; a cadastral number; an address; РКА.")
    ]
    end: Annotated[str, Query(alias="to", max_length=200, description="As from.")]

    def body(self, moving: Moving, **others: Any) -> RouteBody:
        """Return the question as a body; errors as :func:`api.routing.bodies.made`."""
        return made(RouteBody, **{"from": self.start, "to": self.end}, **moving.members, **others)


ENDS: Final = ("from", "to", *MOVING)
HasEnds = Annotated[Ends, Depends()]
