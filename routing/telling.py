"""From the pieces of a route to its manoeuvres: what is one stretch, where it turns, what stands in the way."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from routing.landmarks import REACH, Beside, Landmarks, beside, none, side
from routing.manoeuvres import (
    NARROW,
    OFF,
    Detail,
    Manoeuvre,
    Modifier,
    Type,
    detail_for,
    legs,
    modifier_of,
    turn_of,
)
from routing.route import Fixture, Piece, Route, Snapped
from routing.stretches import OBSTACLES, Course, Stretch, stretches_of
from routing.usage import SIDEWALKS
from routing.ways import Way, way_of

_LINK: Final = 12.0
"""A nameless way straight on, not longer [m], is not told."""
_BESIDE: Final = 3.0
"""A destination nearer to the way [m] lies at it, on neither side."""

_PATHS: Final = frozenset({"footway"})
_ROUGH: Final = frozenset({"dirt", "grass", "grass_paver", "gravel", "unpaved"})
_UNEVEN: Final = frozenset({"bad", "very_bad", "horrible", "very_horrible", "impassable"})
_TOLD: Final = (
    "markings", "signals", "sound_signals", "vibration", "island", "tactile_paving", "wheelchair_ramp", "status",
    "kerb", "height", "door_width", "speech", "braille", "hours", "barrier", "locked", "width", "bridge", "tunnel",
)  # fmt: skip
_OPPOSITE: Final = {"up": "down", "down": "up", "left": "right", "right": "left"}
_FOUND: Final = frozenset({"depart", "turn", "enter_path", "leave_path", "arrive"})
"""Manoeuvres that are told by landmarks."""


def manoeuvres_of(route: Route, landmarks: Landmarks = none, detail: Detail | None = None) -> tuple[Manoeuvre, ...]:
    """Return what is done along a route, from setting off to arriving.

    Args:
        route: to be told.
        landmarks: who knows named things near places.
        detail: what is told of; by default what its profile asks for.
    """
    detail = detail or detail_for(route.profile)
    if not route.pieces:
        before, after = _off(route.start), _off(route.end)
        return (Manoeuvre(type="arrive", location=route.start.point, off_before=before, off_after=after),)
    course = Course(route, detail.look)
    told = [*_Telling(course, detail).told(), _arrival(course)]
    times = [_reached(course, m) for m in told]
    done = legs(told, course.along[-1], [*times, route.seconds - route.access])
    return _with_landmarks(done, landmarks) if detail.landmarks else done


def _off(end: Snapped) -> float:
    return end.away if end.away > OFF else 0.0


def _reached(course: Course, manoeuvre: Manoeuvre) -> float:
    at = manoeuvre.pieces[0]
    delay = course.route.pieces[at - 1].delay if at and manoeuvre.type in {"kerb", "lift", "barrier"} else 0.0
    return course.times[at] - delay


def _arrival(course: Course) -> Manoeuvre:
    number = len(course.route.pieces)
    end, bearing = course.route.end, course.before(number)
    lies = "ahead" if end.away < _BESIDE or bearing is None else side(end.point, end.asked, bearing)
    sides: Mapping[str, Modifier] = {"left": "left", "right": "right"}
    return Manoeuvre(
        type="arrive",
        modifier=sides.get(lies),
        location=course.place(number),
        along=course.along[number],
        bearing_before=bearing,
        off_after=_off(end),
        pieces=(number, number),
    )


def _with_landmarks(manoeuvres: tuple[Manoeuvre, ...], landmarks: Landmarks) -> tuple[Manoeuvre, ...]:
    """Return manoeuvres with what stands near them; the one that each is told by was not told just before."""
    wanting = [m for m in manoeuvres if m.type in _FOUND]
    found = dict(zip(map(id, wanting), landmarks([m.location for m in wanting], REACH), strict=True))
    made: list[Manoeuvre] = []
    last: Beside | None = None
    for manoeuvre in manoeuvres:
        bearing = manoeuvre.bearing_after if manoeuvre.bearing_before is None else manoeuvre.bearing_before
        if id(manoeuvre) not in found or bearing is None:
            made.append(manoeuvre)
            continue
        near = beside(found[id(manoeuvre)], manoeuvre.location, bearing)
        told = _told_by(manoeuvre, near, last)
        last = told or last
        made.append(replace(manoeuvre, landmarks=near, landmark=told))
    return tuple(made)


def _told_by(manoeuvre: Manoeuvre, near: tuple[Beside, ...], last: Beside | None) -> Beside | None:
    """Return the landmark by which one is told: at the ends the nearest, else the most telling that isn't behind."""
    if manoeuvre.type in {"depart", "arrive"}:
        return min(near, key=lambda it: it.away, default=None)
    first = next((it for it in near if it.side != "behind"), None)
    return None if first is None or (last is not None and first.landmark == last.landmark) else first


class _Telling:
    def __init__(self, course: Course, detail: Detail) -> None:
        self.course, self.detail, self.pieces = course, detail, course.route.pieces
        self.ways = [way_of(piece, on_foot=detail.gait in {"walk", "wheels"}) for piece in self.pieces]
        self._pushing = False
        self._standing_at = cache(lambda at: tuple(self._fixtures(at)))
        self.stretches = stretches_of(course, self.ways, detail, self._standing_at)
        self._anchors = {stretch.first: stretch.anchor for stretch in self.stretches}

    def told(self) -> Iterator[Manoeuvre]:
        """Yield every manoeuvre but the arrival."""
        before = [None, *self.stretches[:-1]]
        begun = {stretch.begin: (last, stretch) for last, stretch in zip(before, self.stretches, strict=True)}
        for at in range(len(self.pieces)):
            standing = [self._turned(at, manoeuvre) for manoeuvre in self._standing_at(at)]
            yield from standing
            if at in begun:
                turned = any(m.turning != "straight" for m in standing)
                for manoeuvre in self._begin(*begun[at], turned=turned):
                    yield self._mounted(manoeuvre, begun[at][1])
            yield from self._warnings(at)
        yield from self._standing_at(len(self.pieces))

    def _turned(self, at: int, manoeuvre: Manoeuvre) -> Manoeuvre:
        """Return what stands before a stretch with the turn towards it, where one goes down a kerb."""
        if manoeuvre.type != "kerb" or manoeuvre.modifier != "down":
            return manoeuvre
        anchor = self._anchors.get(at, at)
        turning = modifier_of(self.course.turn(anchor, at))
        return replace(manoeuvre, turning=turning, bearing_before=self.course.before(anchor))

    # What begins

    def _mounted(self, manoeuvre: Manoeuvre, stretch: Stretch) -> Manoeuvre:
        """Return what begins with whether a bicycle is pushed from there on, and whether that is new."""
        pushed, before = self._pushed(stretch), self._pushing
        self._pushing = pushed
        return replace(manoeuvre, pushed=pushed, bicycle=None if pushed == before else "push" if pushed else "ride")

    def _pushed(self, stretch: Stretch) -> bool:
        return self.pieces[stretch.first].pushed

    def _begin(self, before: Stretch | None, stretch: Stretch, *, turned: bool) -> Iterator[Manoeuvre]:
        obstacle = stretch.way.kind in OBSTACLES
        if before is None:
            off = _off(self.course.route.start)
            told = replace(self._over(stretch, "depart"), bearing_before=None, off_before=off)
            yield told if obstacle else replace(told, way=stretch.way)
            if not obstacle:
                return
        done = self._obstacle(stretch, turned=turned) if obstacle else self._going(before or stretch, stretch)
        if done is not None:
            yield done

    def _obstacle(self, stretch: Stretch, *, turned: bool) -> Manoeuvre:
        types: Mapping[str, Type] = {"crossing": "crossing", "steps": "steps", "ramp": "ramp"}
        climbs: Mapping[Any, Modifier] = {"up": "up", "down": "down"}
        facts = self._facts(stretch)
        told = self._over(stretch, types[stretch.way.kind])
        turning = "straight" if turned else modifier_of(told.turn)
        return replace(
            told, way=stretch.way, modifier=climbs.get(facts.get("climb")), turning=turning, attributes=facts
        )

    def _going(self, before: Stretch, stretch: Stretch) -> Manoeuvre | None:
        way, last = stretch.way, before.way
        if way.noun == "roundabout":
            return self._roundabout(stretch)
        if last.noun == "roundabout":
            return None
        told = self._over(stretch, "continue")
        modifier = modifier_of(told.turn)
        same = modifier == "straight" and self._pushed(before) == self._pushed(stretch)
        if same and (last.same_street(way) or self._untold(last, stretch)):
            return None
        return replace(
            told,
            type=self._type(last, way, modifier),
            modifier=modifier,
            way=way,
            staying=last.same_street(way),
            plain=not way.named and not last.named and last.noun == way.noun,
            signals=last.kind not in OBSTACLES and self._signalled(stretch.begin),
        )

    def _signalled(self, at: int) -> bool:
        return any(fixture.kind == "signal" for fixture in self._standing(at))

    def _untold(self, last: Way, stretch: Stretch) -> bool:
        """Tell whether going straight on along a stretch goes without saying."""
        if stretch.way.named:
            return False
        if self.course.length(stretch.first, stretch.last) <= _LINK:
            return True
        return not last.named and last.kind == stretch.way.kind and last.kind in _PATHS

    @staticmethod
    def _type(before: Way, way: Way, modifier: Modifier) -> Type:
        if before.kind == "street" and way.kind in _PATHS:
            return "enter_path"
        if before.kind in _PATHS and way.kind == "street":
            return "leave_path"
        return "continue" if modifier == "straight" else "turn"

    def _roundabout(self, stretch: Stretch) -> Manoeuvre:
        """Return what is done at a roundabout: its turn is that from the way in to the way out of it."""
        entry, out = stretch.first, stretch.last
        before, after = self.course.before(entry), self.course.after(out)
        told = self._over(stretch, "roundabout")
        turn = 0.0 if before is None or after is None else turn_of(before, after)
        way = self.ways[out] if out < len(self.ways) else None
        return replace(told, bearing_before=before, bearing_after=after, modifier=modifier_of(turn), way=way)

    def _over(self, stretch: Stretch, kind: Type) -> Manoeuvre:
        """Return a manoeuvre where a stretch begins, its turn that from before the links to behind them."""
        told = self._at(stretch.begin, kind, pieces=(stretch.begin, stretch.last))
        before, after = self.course.before(stretch.anchor), self.course.after(stretch.first)
        return replace(told, bearing_before=before, bearing_after=after)

    def _at(self, at: int, kind: Type, **told: Any) -> Manoeuvre:
        course = self.course
        return Manoeuvre(
            type=kind,
            location=course.place(at),
            along=course.along[at],
            bearing_before=course.before(at),
            bearing_after=course.after(at),
            **{"pieces": (at, at), **told},
        )

    def _facts(self, stretch: Stretch) -> dict[str, Any]:
        pieces = [piece for piece in self.pieces[stretch.first : stretch.last] if piece.kind == stretch.way.kind]
        facts: dict[str, Any] = {"length": round(self.course.length(stretch.first, stretch.last), 1)}
        for piece in pieces:
            facts |= {name: value for name, value in oriented(piece).items() if not facts.get(name)}
        facts |= {"island": True} if stretch.island else {}
        counts = [piece.attributes.get("step_count") for piece in pieces]
        if counts and all(isinstance(count, int) for count in counts):
            facts["step_count"] = sum(count for count in counts if isinstance(count, int))
        signals = [f for at in (stretch.first, stretch.last) for f in self._standing(at) if f.kind == "signal"]
        for signal in signals if stretch.way.kind == "crossing" else ():
            facts = {**_kept(signal.attributes), **facts, "signals": True}
        return facts

    # What stands in the way

    def _standing(self, at: int) -> tuple[Fixture, ...]:
        return self.pieces[at - 1].fixtures if at else ()

    def _fixtures(self, at: int) -> Iterator[Manoeuvre]:
        wanted = {"kerb": self.detail.kerbs, "barrier": self.detail.barriers, "lift": True}
        for fixture in self._standing(at):
            level = fixture.attributes.get("kerb") == "flush" and not fixture.attributes.get("height")
            if wanted.get(fixture.kind) and (self.detail.touch or not level):
                yield self._fixture(at, fixture)

    def _fixture(self, at: int, fixture: Fixture) -> Manoeuvre:
        told = _kept(fixture.attributes)
        if fixture.kind == "barrier":
            return self._at(at, "barrier", attributes=told)
        if fixture.kind == "lift":
            return self._at(at, "lift", attributes=told)
        modifier = self._over_kerb(at)
        return self._at(at, "kerb", modifier=modifier, attributes=told)

    def _over_kerb(self, at: int) -> Modifier | None:
        roads = {"street", "crossing"}
        before = self.pieces[at - 1].kind in roads
        after = at < len(self.pieces) and self.pieces[at].kind in roads
        if before == after or at == len(self.pieces):
            return None
        return "up" if before else "down"

    # What is warned of

    def _warnings(self, at: int) -> Iterator[Manoeuvre]:
        warned: tuple[tuple[Type, bool, Callable[[Piece], Any]], ...] = (
            ("surface", self.detail.surfaces, rough),
            ("slope", self.detail.steep is not None, self._steep),
            ("narrow", self.detail.widths, _narrow),
            ("carriageway", self.detail.carriageway, _along_carriageway),
        )
        for kind, wanted, seen in warned:
            if wanted and seen(self.pieces[at]) and (at == 0 or seen(self.pieces[at - 1]) != seen(self.pieces[at])):
                yield self._warning(at, kind, seen)

    def _warning(self, at: int, kind: Type, seen: Callable[[Piece], Any]) -> Manoeuvre:
        found = seen(self.pieces[at])
        end = next((i for i in range(at, len(self.pieces)) if seen(self.pieces[i]) != found), len(self.pieces))
        pieces = self.pieces[at:end]
        facts: dict[str, Any] = {"length": round(self.course.along[end] - self.course.along[at], 1)}
        if kind == "surface":
            facts["surface"] = found
        if kind == "slope":
            inclines = [(abs(value), piece) for piece in pieces if (value := incline(piece)) is not None]
            steepest, piece = max(inclines, key=lambda pair: pair[0])
            facts |= {"incline": math.copysign(steepest, 1 if found == "up" else -1)}
            facts["incline_source"] = piece.attributes.get("incline_source")
        if kind == "narrow":
            facts["width"] = min(float(str(piece.attributes["width"])) for piece in pieces)
        modifier: Modifier | None = found if kind == "slope" else None
        return self._at(at, kind, modifier=modifier, attributes=facts, pieces=(at, end))

    def _steep(self, piece: Piece) -> str | None:
        value = incline(piece) if piece.kind in {"street", "footway", "crossing"} else None
        if value is None or self.detail.steep is None or abs(value) <= self.detail.steep:
            return None
        return "up" if value > 0 else "down"


def incline(piece: Piece) -> float | None:
    """Return the incline of a piece in the direction of travel; ``None`` where it is unknown."""
    told = piece.attributes.get("incline")
    if not isinstance(told, int | float):
        return None
    return float(told) if piece.forward else -float(told)


def rough(piece: Piece) -> str | None:
    """Return what makes a piece rough: its surface, or ``uneven``; ``None`` where it is smooth or unknown."""
    if piece.kind not in {"street", "footway"}:
        return None
    surface = piece.attributes.get("surface")
    if surface in _ROUGH:
        return str(surface)
    return "uneven" if piece.attributes.get("smoothness") in _UNEVEN else None


def _narrow(piece: Piece) -> bool:
    width = piece.attributes.get("width")
    return piece.kind == "footway" and isinstance(width, int | float) and width < NARROW


def _along_carriageway(piece: Piece) -> bool:
    return piece.kind == "street" and piece.attributes.get("sidewalk") not in SIDEWALKS


def oriented(piece: Piece) -> dict[str, Any]:
    """Return what is told of a crossing, steps or a ramp, left and right, up and down in the direction of travel."""
    told = _kept(piece.attributes)
    for name in ("climb", "handrail"):
        value = piece.attributes.get(name)
        if value is not None:
            told[name] = value if piece.forward else _OPPOSITE.get(str(value), value)
    slope = incline(piece)
    if slope is not None:
        told["incline"] = slope
        if piece.kind in {"ramp", "steps"} and "climb" not in told and slope:
            told["climb"] = "up" if slope > 0 else "down"
    return told


def _kept(attributes: Mapping[str, object]) -> dict[str, Any]:
    return {name: attributes[name] for name in _TOLD if attributes.get(name) is not None}
