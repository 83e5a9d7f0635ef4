"""A route as somebody follows it: sentences in Kazakh, Russian or English, as text, as JSON members, for a voice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gis.text import Language
from routing.landmarks import Beside, Landmarks, Point, none
from routing.manoeuvres import WARNINGS, Detail, Gait, Manoeuvre, detail_for
from routing.route import Route
from routing.speech import Speech
from routing.telling import manoeuvres_of
from routing.voice import Unknown, Voice
from routing.words_en import English
from routing.words_kk import Kazakh
from routing.words_ru import Russian

VOICES: Final[Mapping[Language, type[Voice]]] = {"kk": Kazakh, "ru": Russian, "en": English}

ALERTED: Final[Mapping[Gait, float]] = {"walk": 30.0, "wheels": 30.0, "ride": 80.0, "drive": 200.0}
"""How far before a manoeuvre [m] it is announced, where the way to it is longer."""

AT_ONCE: Final[Mapping[Gait, float]] = {"walk": 8.0, "wheels": 8.0, "ride": 15.0, "drive": 30.0}
"""After a shorter way [m] a manoeuvre is announced as coming at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """What is said of one manoeuvre.

    Attributes:
        manoeuvre: of which.
        text: what to do there, and what is known of it.
        alert: what is said ahead of it; ``None`` at the start, and of what is told in one breath with what is before.
        alert_metres: how far ahead.
        verbal: the text, and how far one goes on then.
    """

    manoeuvre: Manoeuvre
    text: Speech
    alert: Speech | None
    alert_metres: float
    verbal: Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructions:
    """A route told in one language.

    Attributes:
        language: of the register; tag: BCP 47.
        summary: a sentence or two on the whole: how long, and what of it nobody knows.
        steps: in order.
        unknown: what nobody knows of it, and at how many places.
    """

    language: Language
    tag: str
    summary: Speech
    steps: tuple[Instruction, ...]
    unknown: Unknown = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """As plain text, a line for each manoeuvre."""
        return tuple(step.verbal.text for step in self.steps)

    def as_json(self, place: Callable[[Point], Sequence[float]] = tuple) -> dict[str, Any]:
        """Return JSON members.

        Args:
            place: puts a place of the city's projected system into the coordinates of the answer.
        """
        return {
            "language": self.tag,
            "summary": self.summary.text,
            "manoeuvres": [_members(step, voice_place=place) for step in self.steps],
        }


def instructions(
    route: Route,
    language: Language,
    landmarks: Landmarks = none,
    detail: Detail | None = None,
    unknown: Unknown = (),
) -> Instructions:
    """Tell a route.

    Args:
        route: to be told.
        language: in which.
        landmarks: who knows named things near places.
        detail: what is told of; by default what the route's profile asks for.
        unknown: what nobody knows of it (:func:`routing.reasons.unknown_of`).
    """
    detail = detail or detail_for(route.profile)
    return told(route, manoeuvres_of(route, landmarks, detail), language, detail, unknown)


def told(
    route: Route, manoeuvres: Sequence[Manoeuvre], language: Language, detail: Detail, unknown: Unknown = ()
) -> Instructions:
    """Tell manoeuvres that were found before: one finds them once for all languages."""
    voice = VOICES[language](detail)
    return Instructions(
        language=language,
        tag=voice.tag,
        summary=voice.whole(route, unknown),
        steps=tuple(instruction(voice, manoeuvre) for manoeuvre in manoeuvres),
        unknown=tuple(unknown),
    )


def instruction(voice: Voice, manoeuvre: Manoeuvre) -> Instruction:
    """Tell one manoeuvre."""
    gait = voice.detail.gait
    ahead = min(manoeuvre.before, ALERTED[gait])
    alert = voice.verbal_alert(manoeuvre, ahead if ahead >= AT_ONCE[gait] else None)
    together_with_last = manoeuvre.type == "depart" or (manoeuvre.type in WARNINGS and ahead < 1)
    return Instruction(
        manoeuvre=manoeuvre,
        text=voice.instruction(manoeuvre),
        alert=None if together_with_last else alert,
        alert_metres=round(ahead, 1),
        verbal=voice.verbal_instruction(manoeuvre),
    )


def _members(step: Instruction, *, voice_place: Callable[[Point], Sequence[float]]) -> dict[str, Any]:
    told = step.manoeuvre
    return {
        "type": told.type,
        "modifier": told.modifier,
        "turning": told.turning,
        "location": list(voice_place(told.location)),
        "along": round(told.along, 1),
        "bearing_before": told.bearing_before,
        "bearing_after": told.bearing_after,
        "distance": round(told.distance, 1),
        "duration": round(told.seconds, 1),
        "street": _street(told),
        "landmarks": [_landmark(it) for it in told.landmarks],
        "attributes": dict(told.attributes),
        "pieces": list(told.pieces),
        **({"pushed": True} if told.pushed else {}),
        "instruction": step.text.text,
        "verbal_alert": None if step.alert is None else step.alert.text,
        "alert_distance": step.alert_metres,
        "verbal_instruction": step.verbal.text,
    }


def _street(manoeuvre: Manoeuvre) -> dict[str, Any] | None:
    way = manoeuvre.way
    return None if way is None else {"id": way.street_id, "kind": way.noun, **way.names}


def _landmark(beside: Beside) -> dict[str, Any]:
    thing = beside.landmark
    names = {name: value for name, value in thing.names.items() if value}
    number = {} if thing.number is None else {"number": thing.number}
    return {"kind": thing.kind, **number, **names, "side": beside.side, "distance": round(beside.away, 1)}
