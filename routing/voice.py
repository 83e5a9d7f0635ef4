"""What every language has in common when it tells of manoeuvres: which sentences there are and in what order.

A language (:mod:`routing.words_kk`, :mod:`routing.words_ru`, :mod:`routing.words_en`) gives the words.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from gis.text import Language, Text
from routing.landmarks import Beside
from routing.manoeuvres import OFF, WARNINGS, Detail, Manoeuvre, Modifier, clock_hour
from routing.route import Route
from routing.speech import Speech, sentence, together
from routing.ways import Way

Unit = Literal["metre", "kilometre", "centimetre", "percent", "minute", "hour", "step", "place"]

Unknown = Sequence[tuple[Text, int]]
"""What nobody knows of a route, and at how many places."""

_NOTHING: Final = 0.5
"""A route that is shorter [m] leads nowhere."""
_TURNING: Final = frozenset({"turn", "enter_path", "leave_path", "roundabout"})
_PASSED: Final = _TURNING | {"depart", "continue"}
_STOOD: Final = frozenset({"kerb", "lift", "barrier"})
_WORTH_TELLING: Final = 12.0
"""Behind what stands in the way, how far one goes on is told from so many metres on."""

HEADINGS: Final = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


def heading(bearing: float) -> str:
    """Return the point of the compass next to a bearing.

    >>> heading(350), heading(46)
    ('n', 'ne')
    """
    return HEADINGS[round(bearing / 45) % 8]


def rounded(metres: float) -> tuple[float, Unit]:
    """Return a length as it is said: to the metre, to 5, 10 and 50 metres, then to tenths and whole kilometres.

    >>> [rounded(m) for m in (0.3, 7.4, 33, 138, 733, 1449, 12600)]
    [(1, 'metre'), (7, 'metre'), (35, 'metre'), (140, 'metre'), (750, 'metre'), (1.4, 'kilometre'), (13, 'kilometre')]
    """
    for limit, step in ((10, 1), (100, 5), (300, 10), (975, 50)):
        if metres < limit - step / 2 or limit == 975 > metres:
            return max(1, int(metres / step + 0.5) * step), "metre"
    kilometres = round(metres / 1000, 1) if metres < 9950 else int(metres / 1000 + 0.5)
    return (int(kilometres) if kilometres == int(kilometres) else kilometres), "kilometre"


def whole_or_tenths(number: float, *, below: float = 10.0) -> float:
    """Return a small number to tenths, a greater one whole.

    >>> whole_or_tenths(4.52), whole_or_tenths(4.98), whole_or_tenths(12.4)
    (4.5, 5, 12)
    """
    tenths = round(number, 1)
    return int(number + 0.5) if number >= below or tenths == int(tenths) else tenths


class Voice(ABC):
    """One language's way of telling manoeuvres.

    Attributes:
        language: of the register; tag: BCP 47, for voices.
        detail: what the asker is told of.
    """

    language: Language
    tag: str

    def __init__(self, detail: Detail) -> None:
        self.detail = detail

    # What is said of one manoeuvre

    def instruction(self, manoeuvre: Manoeuvre) -> Speech:
        """Return what to do, and what is known of it, when one is there."""
        return together(map(sentence, (*self._first(manoeuvre), self._said(manoeuvre), *self.details(manoeuvre))))

    def verbal_instruction(self, manoeuvre: Manoeuvre) -> Speech:
        """Return the same with how far one goes on then."""
        far = 1 if manoeuvre.type in _PASSED else _WORTH_TELLING if manoeuvre.type in _STOOD else math.inf
        leg = self.length(manoeuvre.going) if manoeuvre.going >= far else None
        if leg is not None and _is_motion(manoeuvre):
            said = self._placed(manoeuvre, self.act(manoeuvre, leg=leg))
            return together(map(sentence, (*self._first(manoeuvre), said, *self.details(manoeuvre))))
        onward = [sentence(self.go_for(leg))] if leg is not None else []
        return together((self.instruction(manoeuvre), *onward))

    def _first(self, manoeuvre: Manoeuvre) -> Iterator[Speech]:
        if manoeuvre.off_before:
            yield self.off_start(self.length(manoeuvre.off_before))

    def whole(self, route: Route, unknown: Unknown = ()) -> Speech:
        """Return what is said of a whole route at its head.

        Args:
            route: to be told.
            unknown: what nobody knows of it, and at how many places.
        """
        said = self.summary(route.length, route.seconds)
        if route.length < _NOTHING:
            off = max(route.start.away, route.end.away) > OFF
            said = sentence(self.remark("one_place" if off else "there"))
        parts = [self.at_places(title.in_language(self.language), count) for title, count in unknown]
        return together((said, sentence(self.unknown(together(parts, ", "))) if parts else ""))

    def verbal_alert(self, manoeuvre: Manoeuvre, metres: float | None) -> Speech:
        """Return what will be done so many metres on; at once after what is done now, where ``None``."""
        noun = self.thing(manoeuvre)
        if metres is None:
            return sentence(self.then(noun or self.act(manoeuvre), thing=noun is not None))
        distance = self.length(metres)
        if noun is not None:
            return sentence(self.ahead(distance, noun))
        return sentence(self.after(distance, self._placed(manoeuvre, self.act(manoeuvre))))

    def _said(self, manoeuvre: Manoeuvre) -> Speech:
        noun = None if manoeuvre.type == "arrive" else self.thing(manoeuvre)
        if noun is None:
            return self._placed(manoeuvre, self.act(manoeuvre))
        return self.warning(noun) if manoeuvre.type in WARNINGS else self.notice(noun)

    def _placed(self, manoeuvre: Manoeuvre, act: Speech) -> Speech:
        """Return an act with what one finds its place by: traffic lights, or a landmark that is not far off."""
        if manoeuvre.type not in _TURNING or manoeuvre.modifier == "straight":
            return act
        if manoeuvre.signals:
            return self.at_signals(act)
        return act if manoeuvre.landmark is None else self.by(self.landmark(manoeuvre.landmark), act)

    def act(self, manoeuvre: Manoeuvre, *, leg: Speech | None = None) -> Speech:
        """Return what is done, as a clause without capital and full stop; with a leg, where that is one motion."""
        if manoeuvre.type == "depart":
            return self.depart(manoeuvre, leg)
        if manoeuvre.type == "roundabout":
            return self.roundabout(manoeuvre)
        if manoeuvre.type in _PASSED:
            return self.go_on(manoeuvre, leg) if manoeuvre.modifier == "straight" else self.turn(manoeuvre, leg)
        if manoeuvre.off_after:
            return self.remark("way_ends")
        done = self._acts.get(manoeuvre.type)
        return self.remark(manoeuvre.type) if done is None else done(manoeuvre)

    @property
    def _acts(self) -> Mapping[str, Callable[[Manoeuvre], Speech]]:
        return {
            "crossing": self.cross, "steps": self.steps, "ramp": self.ramp, "kerb": self.kerb, "barrier": self.barrier,
        }  # fmt: skip

    def details(self, manoeuvre: Manoeuvre) -> Iterator[Speech]:
        """Yield what is known of a thing that is passed, each a sentence."""
        told: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Speech]]] = {
            "crossing": self._of_crossing, "kerb": self._of_kerb, "lift": self._of_lift, "barrier": self._of_barrier,
            "ramp": self._of_ramp,
        }  # fmt: skip
        if manoeuvre.type == "arrive":
            yield from (self.off_end(self.length(far)) for far in (manoeuvre.off_after,) if far)
            yield from filter(None, (self.arrived_at(manoeuvre),))
        if manoeuvre.bicycle is not None and not _pushed_along(manoeuvre):
            yield self.remark(manoeuvre.bicycle)
        if manoeuvre.type in told:
            yield from told[manoeuvre.type](manoeuvre.attributes)
        near = manoeuvre.landmark
        if manoeuvre.type in {"depart", "arrive"} and near is not None:
            yield self.lies("near" if manoeuvre.type == "arrive" else near.side, self.landmark_name(near))

    def _of_crossing(self, facts: Mapping[str, Any]) -> Iterator[Speech]:
        if facts.get("island"):
            yield self.remark("island")
        if self.detail.touch:
            yield from self._touched(facts)
        if self.detail.kerbs and facts.get("length", 0) >= 1:
            yield self.crossing_length(self.measure(int(facts["length"] + 0.5), "metre"))

    def _touched(self, facts: Mapping[str, Any]) -> Iterator[Speech]:
        if facts.get("signals"):
            sound = facts.get("sound_signals")
            yield self.remark("sound_unknown" if sound is None else "sound" if sound else "no_sound")
        if facts.get("vibration"):
            yield self.remark("vibration")
        yield from self._paving(facts)

    def _paving(self, facts: Mapping[str, Any]) -> Iterator[Speech]:
        paving = facts.get("tactile_paving")
        if paving is not None:
            yield self.remark("no_tactile" if paving == "no" else "tactile")

    def _of_kerb(self, facts: Mapping[str, Any]) -> Iterator[Speech]:
        if self.detail.touch:
            yield from self._paving(facts)

    def _of_lift(self, facts: Mapping[str, Any]) -> Iterator[Speech]:
        status = facts.get("status")
        yield self.remark({"working": "lift_works", "out_of_order": "lift_stopped"}.get(str(status), "lift_unknown"))
        if self.detail.widths and facts.get("door_width"):
            yield self.door_width(self.centimetres(facts["door_width"]))
        if self.detail.touch:
            yield from (self.remark(f"lift_{name}") for name in ("speech", "braille") if facts.get(name))

    def _of_barrier(self, facts: Mapping[str, Any]) -> Iterator[Speech]:
        if facts.get("locked"):
            yield self.locked(str(facts.get("barrier")))
        if self.detail.widths and facts.get("width"):
            yield self.clear_width(self.centimetres(facts["width"]))

    def _of_ramp(self, facts: Mapping[str, Any]) -> Iterator[Speech]:
        if facts.get("status") == "out_of_order":
            yield self.remark("ramp_stopped")

    def hour(self, manoeuvre: Manoeuvre) -> int | None:
        """Return to which hour of a clock's face one turns, where the asker is told so."""
        return clock_hour(manoeuvre.turn) if self.detail.clock and manoeuvre.modifier != "straight" else None

    def length(self, metres: float) -> Speech:
        """Return a length, rounded as one says it."""
        return self.measure(*rounded(metres))

    def centimetres(self, metres: float) -> Speech:
        """Return a height or width in centimetres."""
        return self.measure(whole_or_tenths(metres * 100), "centimetre")

    def percent(self, incline: float, *, about: bool = False) -> Speech:
        """Return an incline in per cent, whole where it is known about."""
        return self.measure(whole_or_tenths(abs(incline) * 100, below=0 if about else 10), "percent")

    def duration(self, seconds: float) -> Speech:
        """Return a duration to the minute."""
        minutes = max(1, int(seconds / 60 + 0.5))
        hours, rest = divmod(minutes, 60)
        said = [self.measure(hours, "hour")] if hours else []
        return together([*said, *([self.measure(rest, "minute")] if rest or not hours else [])])

    # What a language gives

    @abstractmethod
    def measure(self, number: float, unit: Unit) -> Speech:
        """Return a number with what it counts, as an object of «through» or «for»."""

    @abstractmethod
    def summary(self, metres: float, seconds: float) -> Speech:
        """Return a sentence on the whole route."""

    @abstractmethod
    def at_places(self, title: str, count: int) -> Speech:
        """Tell at how many places something is so."""

    @abstractmethod
    def unknown(self, what: Speech) -> Speech:
        """Tell what nobody knows of a route."""

    @abstractmethod
    def off_start(self, distance: Speech) -> Speech:
        """Tell how far the first way of the map is."""

    @abstractmethod
    def off_end(self, distance: Speech) -> Speech:
        """Tell how far the destination is from the last way of the map."""

    @abstractmethod
    def locked(self, barrier: str) -> Speech:
        """Tell that a barrier is recorded as locked."""

    @abstractmethod
    def depart(self, manoeuvre: Manoeuvre, leg: Speech | None) -> Speech:
        """Set off."""

    @abstractmethod
    def go_on(self, manoeuvre: Manoeuvre, leg: Speech | None) -> Speech:
        """Go straight on along a way."""

    @abstractmethod
    def go_for(self, distance: Speech) -> Speech:
        """Go on for a distance."""

    @abstractmethod
    def turn(self, manoeuvre: Manoeuvre, leg: Speech | None) -> Speech:
        """Turn, or turn round; with a leg, where it is one motion with what follows."""

    @abstractmethod
    def roundabout(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass a roundabout."""

    @abstractmethod
    def cross(self, manoeuvre: Manoeuvre) -> Speech:
        """Cross a carriageway."""

    @abstractmethod
    def crossing_length(self, length: Speech) -> Speech:
        """Tell how long a crossing is."""

    @abstractmethod
    def kerb(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass a kerb."""

    @abstractmethod
    def steps(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass steps."""

    @abstractmethod
    def ramp(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass a ramp."""

    @abstractmethod
    def door_width(self, width: Speech) -> Speech:
        """Tell how wide a lift's door is."""

    @abstractmethod
    def barrier(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass a gate or another barrier."""

    @abstractmethod
    def clear_width(self, width: Speech) -> Speech:
        """Tell how wide the way past a barrier is."""

    @abstractmethod
    def arrived_at(self, manoeuvre: Manoeuvre) -> Speech | None:
        """Tell on which side the destination lies."""

    @abstractmethod
    def lies(self, side: str, thing: Speech) -> Speech:
        """Tell on which side something lies: one of :data:`routing.landmarks.Side`, or ``near``."""

    @abstractmethod
    def thing(self, manoeuvre: Manoeuvre) -> Speech | None:
        """Return what lies ahead as a noun, for what is no act: warnings and the destination."""

    @abstractmethod
    def notice(self, thing: Speech) -> Speech:
        """Tell of something right ahead that is no danger."""

    @abstractmethod
    def warning(self, thing: Speech) -> Speech:
        """Warn of something right ahead."""

    @abstractmethod
    def ahead(self, distance: Speech, thing: Speech) -> Speech:
        """Tell what there will be after a distance."""

    @abstractmethod
    def after(self, distance: Speech, act: Speech) -> Speech:
        """Tell what is to be done after a distance."""

    @abstractmethod
    def then(self, said: Speech, *, thing: bool) -> Speech:
        """Tell what comes next, at once."""

    @abstractmethod
    def at_signals(self, act: Speech) -> Speech:
        """Do something at traffic lights."""

    @abstractmethod
    def by(self, landmark: Speech, act: Speech) -> Speech:
        """Do something beside a landmark."""

    @abstractmethod
    def landmark(self, beside: Beside) -> Speech:
        """Name a landmark as what one does something beside."""

    @abstractmethod
    def landmark_name(self, beside: Beside) -> Speech:
        """Name a landmark by itself."""

    @abstractmethod
    def street(self, way: Way) -> Speech:
        """Name a way by itself, in the nominative."""

    @abstractmethod
    def remark(self, key: str) -> Speech:
        """Return one of the fixed sentences."""


def handrail_key(facts: Mapping[str, Any]) -> str | None:
    """Return what is told of handrails: ``both``, ``left``, ``right``, ``yes``, ``no``, or nothing."""
    told = facts.get("handrail")
    return str(told) if told in {"both", "left", "right", "yes", "no"} else None


def crossing_key(facts: Mapping[str, Any]) -> str:
    """Return which crossing it is: ``signalled``, ``marked``, ``unmarked``, or ``plain`` where that is unknown."""
    if facts.get("signals"):
        return "signalled"
    markings = facts.get("markings")
    return "plain" if markings is None else "unmarked" if markings == "no" else "marked"


def by_ramp(manoeuvre: Manoeuvre, detail: Detail) -> bool:
    """Tell whether steps are passed by the ramp beside them."""
    return detail.wheels_up and bool(manoeuvre.attributes.get("wheelchair_ramp"))


def level_kerb(facts: Mapping[str, Any]) -> bool:
    """Tell whether a kerb is level with the road."""
    return facts.get("kerb") == "flush" and not facts.get("height")


def kerb_key(facts: Mapping[str, Any]) -> str:
    """Return what kind of kerb is told; where its height is, that it is a high one goes without saying."""
    kind = str(facts.get("kerb") or "")
    return "" if kind == "raised" and facts.get("height") else kind


def _is_motion(manoeuvre: Manoeuvre) -> bool:
    """Tell whether what is done is one motion with the way after it: «go north for 200 metres»."""
    straight = manoeuvre.modifier == "straight" and manoeuvre.type != "roundabout"
    return manoeuvre.type == "depart" or straight or manoeuvre.staying or manoeuvre.modifier == "u_turn"


def _pushed_along(manoeuvre: Manoeuvre) -> bool:
    """Tell whether the act itself says that a bicycle is pushed."""
    straight = manoeuvre.modifier == "straight" and manoeuvre.type in _PASSED - {"roundabout"}
    return manoeuvre.pushed and (manoeuvre.type == "depart" or straight)


def turned(modifier: Modifier | None) -> bool:
    """Tell whether a modifier is a turn that is worth telling before something else is done."""
    return modifier not in {None, "straight", "up", "down"}
