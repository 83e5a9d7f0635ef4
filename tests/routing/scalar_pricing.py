"""What an arc costs, said once more and plainly: one way at a time, without NumPy, from rows instead of columns."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from routing.hours import Clock
from routing.profile import Profile
from tests.routing.plain_streets import NOON, Streets, Thing, Way

MAY = {"yes", "designated", "destination"}
NO = {"no", "private"}
FAST = {"motorway", "motorway_link"}
TRUNK = {"trunk", "trunk_link"}
QUIET = {"residential", "living_street", "service", "unclassified", "track", "road"}
SMOOTH = ["excellent", "good", "intermediate", "bad", "very_bad", "horrible", "very_horrible", "impassable"]
KERBS = {"flush": (-1, 0), "lowered": (0, 0.03), "rolled": (0.03, 0.1), "raised": (0.1, math.inf)}
WHEELS = {"gravel": 0.6, "dirt": 0.6, "grass": 0.5, "grass_paver": 0.7, "unpaved": 0.6, "paving_stones": 0.9}
CYCLE = {"gravel": 0.6, "dirt": 0.6, "grass": 0.4, "grass_paver": 0.6, "unpaved": 0.6, "paving_stones": 0.8}
MOTOR = {"gravel": 0.6, "dirt": 0.4, "grass": 0.2, "grass_paver": 0.5, "unpaved": 0.5, "paving_stones": 0.8}
SPEEDS = {
    "motorway": 100, "motorway_link": 50, "trunk": 70, "trunk_link": 45, "primary": 60, "primary_link": 40,
    "secondary": 55, "secondary_link": 40, "tertiary": 50, "tertiary_link": 35, "unclassified": 40,
    "residential": 35, "living_street": 15, "service": 15, "track": 15, "busway": 40, "road": 30,
}  # fmt: skip
GATES = {"gate", "lift_gate", "swing_gate", "sliding_gate", "bump_gate", "door"}
STOPS_CHAIRS = {"stile", "turnstile", "full_height_turnstile", "kissing_gate", "log", "debris"}
STOPS_CYCLES = {"stile", "turnstile", "full_height_turnstile", "kissing_gate"}
STOPS_MOTORS = {
    "bollard", "kissing_gate", "cycle_barrier", "turnstile", "full_height_turnstile", "stile", "block", "chain", "rope",
    "log", "planter", "jersey_barrier", "entrance", "door", "debris",
}  # fmt: skip


class Barred(Exception):
    """This arc isn't passed; carries the attribute."""


@dataclass
class Teller:
    """Prices one arc at a time."""

    streets: Streets
    profile: Profile
    moment: datetime
    clock: Clock

    def price(self, number: int, *, forward: bool) -> tuple[int | None, float]:
        """Return the weight [ms], ``None`` where barred, and the seconds."""
        seconds = self._seconds(number, forward=forward)
        try:
            factor = self._factor(number, forward=forward)
        except Barred:
            return None, seconds
        return min(max(round(seconds * 1000 * factor), 1), 2**30), seconds

    # How long.

    def _seconds(self, number: int, *, forward: bool) -> float:
        way = self.streets.ways[number]
        moving = {"foot": self._walk, "bicycle": self._ride}.get(self.profile.mode)
        total = moving(way, forward) if moving else self._drive(number, way, forward)
        if self.profile.mode in {"foot", "bicycle"} and way.kind == "crossing" and way.known.get("signals"):
            total += self.profile.signal_seconds
        return total + self._delay(way, forward)

    def _slope(self, way: Way, forward: bool) -> float:
        rise: float = min(max(way.known.get("incline", 0.0), -0.5), 0.5)
        return rise if forward else -rise

    def _climb(self, way: Way) -> float:
        if way.kind != "steps":
            return 0.0
        count = way.known.get("step_count", 0)
        return (count if count > 0 else way.length / 0.3) * self.profile.step_seconds

    def _walk(self, way: Way, forward: bool) -> float:
        speed = self.profile.speed / 3.6
        if self.profile.wheelchair or self.profile.steps in {"bar", "ramp"}:
            speed *= WHEELS.get(way.known.get("surface", ""), 1)
        slope = 0.0 if way.kind == "steps" else self._slope(way, forward)
        tobler = 6 * math.exp(-3.5 * abs(slope + 0.05)) / (6 * math.exp(-3.5 * 0.05))
        return way.length / (speed * tobler) + self._climb(way)

    def _ride(self, way: Way, forward: bool) -> float:
        if not self._rides(way, forward):
            return way.length / (4 / 3.6) + self._climb(way)
        percent = 100 * self._slope(way, forward)
        speed = self.profile.speed - (1.44 if percent > 0 else 0.86) * percent
        speed = min(max(speed, 6), 1.6 * self.profile.speed) * CYCLE.get(way.known.get("surface", ""), 1)
        return way.length / (speed / 3.6) + self._climb(way)

    def _drive(self, number: int, way: Way, forward: bool) -> float:
        told = way.known.get("max_speed") or (SPEEDS[way.known["highway"]] if way.kind == "street" else 10)
        speed = told * MOTOR.get(way.known.get("surface", ""), 1)
        if self.profile.live:
            told = self._told_speed(number, forward)
            speed = speed if told is None else told
        if self.profile.mode == "ambulance" and self._wrong_way(way, forward):
            speed = min(speed, 20)
        return way.length / (min(max(speed, 1), self.profile.speed) / 3.6)

    def _told_speed(self, number: int, forward: bool) -> float | None:
        if abs((self.moment - NOON).total_seconds()) <= 1800 and (number, forward) in self.streets.live:
            return self.streets.live[number, forward]
        local = self.clock.local(self.moment)
        day = {5: "saturday", 6: "sunday"}.get(local.weekday(), "workday")
        course = self.streets.daily.get((number, forward, day))
        return course[local.hour * 4 + local.minute // 15] if course else None

    # What stands at the ends.

    @cached_property
    def _standing(self) -> dict[int, list[tuple[int, Thing]]]:
        found: dict[int, list[tuple[int, Thing]]] = {}
        for n, thing in enumerate(self.streets.things):
            found.setdefault(thing.node, []).append((n, thing))
        return found

    @cached_property
    def _ending(self) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        for way in self.streets.ways:
            for node in (way.u, way.v):
                found.setdefault(node, set()).update(() if way.removed else (way.kind,))
        return found

    def _things(self, node: int) -> list[tuple[int, Thing]]:
        return self._standing.get(node, [])

    def _crossed(self, node: int) -> bool:
        return "crossing" in self._ending[node]

    def _footed(self, node: int) -> bool:
        return not self._ending[node].isdisjoint({"footway", "steps", "ramp"})

    def _paid(self, way: Way, forward: bool) -> Iterator[tuple[int, Thing]]:
        """Yield what the arc pays for: what stands where it ends, and for crossings the kerbs at both ends."""
        behind, ahead = (way.u, way.v) if forward else (way.v, way.u)
        for n, thing in self._things(ahead):
            if thing.kind != "kerb" or way.kind == "crossing" or not self._crossed(ahead):
                yield n, thing
        if way.kind == "crossing":
            yield from ((n, thing) for n, thing in self._things(behind) if thing.kind == "kerb")

    def _delay(self, way: Way, forward: bool) -> float:
        behind = self._things(way.u if forward else way.v)
        waited = way.length <= 30 and any(thing.kind == "signal" for _, thing in behind)
        met = [thing for _, thing in self._paid(way, forward)]
        return sum(self._waits(thing) for thing in met if not (waited and thing.kind == "signal"))

    def _waits(self, thing: Thing) -> float:
        known, profile = thing.known, self.profile
        if thing.kind == "kerb":
            return 0 if known.get("kerb") == "flush" else profile.kerb_seconds
        if thing.kind == "lift":
            return float(known.get("wait", profile.lift_seconds))
        if thing.kind == "signal" and profile.mode != "foot":
            return float(known["cycle"]) / 8 if known.get("cycle", 0) > 0 else profile.signal_seconds
        return 0

    # Whether, and how gladly.

    def _factor(self, number: int, *, forward: bool) -> float:
        way, total = self.streets.ways[number], 1.0
        if way.removed or any(c.way == number and self._closes(c) for c in self.streets.closings):
            raise Barred("closed")
        for times in self._asked_of_way(way, forward):
            total *= times
        for end in (way.u, way.v):
            for n, thing in self._things(end):
                binds = thing.kind != "kerb" or way.kind == "crossing" or not self._crossed(end)
                if binds:
                    list(self._asked_of_thing(n, thing))
        for n, thing in self._paid(way, forward):
            for times in self._asked_of_thing(n, thing):
                total *= times
        return total

    def _closes(self, closing: Any) -> bool:
        on = closing.begins <= self.moment < closing.ends and self.profile.mode in closing.modes
        return on and (closing.hours is None or self.clock.door(closing.hours, self.moment) != "closed")

    def _doubt(self, attribute: str) -> float:
        treated = self.profile.on_unknown(attribute)
        if treated == "bar":
            raise Barred(attribute)
        return 1.5 if treated == "penalise" else 1.0

    def _measured(self, attribute: str, fits: bool | None) -> float:
        if fits is None:
            return self._doubt(attribute)
        if not fits:
            raise Barred(attribute)
        return 1.0

    def _wish(self, attribute: str, there: bool | None) -> float:
        wish = getattr(self.profile, {"markings": "marked_crossings", "lit": "light"}.get(attribute, attribute))
        if wish == "require":
            return self._measured(attribute, there)
        return 1.5 if wish == "prefer" and not there else 1.0

    def _wrong_way(self, way: Way, forward: bool) -> bool:
        """Tell whether motor vehicles may not go that way."""
        told = way.known.get("one_way" if way.kind == "street" else "bicycle_one_way")
        return told == ("backward" if forward else "forward")

    def _rides(self, way: Way, forward: bool) -> bool:
        told = way.known.get("bicycle_one_way")
        if told is None and way.kind == "street":
            told = way.known.get("one_way")
        return self._may_ride(way) and told in {None, "no", "forward" if forward else "backward"}

    def _walks(self, way: Way, forward: bool) -> bool:
        """Tell whether one may walk that way: moving walks and escalators run one way only, streets both."""
        told = "no" if way.kind == "street" else way.known.get("one_way", "no")
        return self._may_walk(way) and told in {"no", "forward" if forward else "backward"}

    def _entered(self, known: dict[str, Any], attribute: str) -> bool | None:
        return None if attribute not in known else known[attribute] in MAY

    def _may_walk(self, way: Way) -> bool:
        highway, sidewalk = way.known.get("highway"), way.known.get("sidewalk")
        usual = highway not in FAST | {"busway"} and (highway not in TRUNK or sidewalk in {"both", "left", "right"})
        entered = self._entered(way.known, "foot")
        return usual if entered is None else entered

    def _may_ride(self, way: Way) -> bool:
        usual = way.kind == "street" and way.known["highway"] not in FAST | {"busway"}
        entered = self._entered(way.known, "bicycle")
        return (usual or way.known.get("footway") in {"cycleway", "path"}) if entered is None else entered

    def _may_drive(self, way: Way) -> bool:
        entered = self._entered(way.known, "motor_vehicle")
        if self.profile.mode == "ambulance":
            on_foot_only = way.known.get("footway") == "pedestrian"
            return way.kind == "street" or on_foot_only or way.known.get("motor_vehicle", "no") != "no"
        return (way.kind == "street" and way.known["highway"] != "busway") if entered is None else entered

    def _asked_of_way(self, way: Way, forward: bool) -> Iterator[float]:
        yield from self._access(way, forward)
        yield from self._limits(way, forward)
        if way.known.get("status") == "out_of_order":
            raise Barred("status")
        if way.kind == "ramp" and "status" not in way.known:
            yield self._doubt("status")
        if way.kind in {"footway", "steps", "ramp"} and self.profile.max_kerb is not None:
            yield from (self._doubt("kerb") for end in (way.u, way.v) if self._steps_down(end))
        yield from self._wishes(way)

    def _steps_down(self, node: int) -> bool:
        """Tell whether one gets onto a carriageway at a node of which no kerb is known."""
        kerbed = any(thing.kind == "kerb" for _, thing in self._things(node))
        return "street" in self._ending[node] and not self._crossed(node) and not kerbed

    def _access(self, way: Way, forward: bool) -> Iterator[float]:
        mode, known, wrong = self.profile.mode, way.known, self._wrong_way(way, forward)
        if mode == "foot":
            yield self._measured("foot", self._walks(way, forward))
            yield self._among_cars(known) if way.kind == "street" else 1.0
        elif mode == "bicycle":
            yield self._measured("bicycle", self._walks(way, forward) or self._rides(way, forward))
            yield 1.5 if known.get("highway") in TRUNK else 1.0
        else:
            yield self._measured("motor_vehicle", self._may_drive(way))
            urgent = mode == "ambulance"
            yield self._measured("one_way", not wrong or (urgent and known.get("highway") not in FAST | TRUNK))
            yield 3.0 if known.get("motor_vehicle") == "destination" and not urgent else 1.0
            if mode == "truck":
                yield self._measured("heavy", known.get("heavy") not in NO)
                yield 3.0 if known.get("heavy") == "destination" else 1.0

    def _among_cars(self, known: dict[str, Any]) -> float:
        """Return how much dearer it is to walk along a street."""
        times, sidewalk = self.profile.carriageway, known.get("sidewalk")
        if sidewalk in {"both", "left", "right"}:
            # It stands for its sidewalk, unless people may walk on it beside one that is drawn.
            return 0.5 + times / 2 if "foot" in known else 1.0
        drawn = 1.5 if sidewalk == "separate" else 1.0
        by_class = {"living_street": 1.1, "track": 1.1, "service": 0.5 + times / 2}
        return drawn * by_class.get(known["highway"], times if known["highway"] in QUIET else 1.25 * times)

    def _limits(self, way: Way, forward: bool) -> Iterator[float]:
        profile, known, steps = self.profile, way.known, way.kind == "steps"
        # Who takes the ramp beside steps climbs as steeply as they do.
        rolls = not steps or (profile.steps == "ramp" and known.get("wheelchair_ramp") is not False)
        if rolls and (profile.max_incline_up is not None or profile.max_incline_down is not None):
            yield self._incline(way, forward)
        if not steps and profile.max_cross_slope is not None:
            yield self._measured("cross_slope", at_most(known.get("cross_slope"), profile.max_cross_slope))
        if profile.min_width is not None and (way.kind != "street" or profile.mode in {"car", "truck", "ambulance"}):
            yield self._measured("width", at_least(known.get("width"), profile.min_width))
        if not steps and profile.surfaces is not None:
            yield self._measured("surface", known["surface"] in profile.surfaces if "surface" in known else None)
        if not steps and profile.worst_smoothness is not None:
            worst = SMOOTH.index(profile.worst_smoothness)
            yield self._measured(
                "smoothness", SMOOTH.index(known["smoothness"]) <= worst if "smoothness" in known else None
            )
        if profile.wheelchair and known.get("wheelchair") == "no":
            raise Barred("wheelchair")
        yield from self._vehicle(way)
        yield from self._stairs(way)

    def _vehicle(self, way: Way) -> Iterator[float]:
        for attribute, where in (("max_height", "tunnel"), ("max_weight", "bridge")):
            own = getattr(self.profile, attribute)
            if own is not None and (attribute in way.known or way.known.get(where)):
                yield self._measured(attribute, at_least(way.known.get(attribute), own))

    def _incline(self, way: Way, forward: bool) -> float:
        if "incline" not in way.known:
            return self._doubt("incline")
        rise = way.known["incline"] if forward else -way.known["incline"]
        error = way.known.get("incline_error", 0.0)
        if not self._bearable(rise):
            raise Barred("incline")
        return 1.0 if self._bearable(rise + error) and self._bearable(rise - error) else self._doubt("incline")

    def _bearable(self, rise: float) -> bool:
        up, down = self.profile.max_incline_up, self.profile.max_incline_down
        return (up is None or rise <= up) and (down is None or -rise <= down)

    def _stairs(self, way: Way) -> Iterator[float]:
        if way.kind == "steps" and self.profile.steps == "bar":
            raise Barred("steps")
        if way.kind == "steps" and self.profile.steps == "handrail":
            yield self._measured("handrail", way.known["handrail"] != "no" if "handrail" in way.known else None)
        if way.kind == "steps" and self.profile.steps == "ramp":
            yield self._measured("wheelchair_ramp", way.known.get("wheelchair_ramp"))

    def _wishes(self, way: Way) -> Iterator[float]:
        known = way.known
        yield self._wish("lit", known.get("lit"))
        if way.kind == "steps":
            yield self._wish("tactile_paving", known["tactile_paving"] != "no" if "tactile_paving" in known else None)
        if way.kind != "crossing":
            return
        marked = True if known.get("signals") else (known["markings"] != "no" if "markings" in known else None)
        yield self._wish("markings", marked)
        if known.get("signals") is not False:
            yield self._wish("sound_signals", known.get("sound_signals"))
        if self.profile.tactile_paving != "ignore":
            yield self._wish("tactile_paving", self._paved_for_feet(way))
        if self.profile.max_kerb is not None:
            for end in (way.u, way.v):
                if self._footed(end) and not any(thing.kind == "kerb" for _, thing in self._things(end)):
                    yield self._doubt("kerb")

    def _paved_for_feet(self, way: Way) -> bool | None:
        if "tactile_paving" in way.known:
            return bool(way.known["tactile_paving"] != "no")
        told: list[bool | None] = []
        for end in (way.u, way.v):
            kerbs = [thing for _, thing in self._things(end) if thing.kind == "kerb"]
            told += [k.known["tactile_paving"] != "no" if "tactile_paving" in k.known else None for k in kerbs]
            if not kerbs and self._footed(end):
                told.append(None)
        return False if False in told else None if None in told else True

    def _asked_of_thing(self, number: int, thing: Thing) -> Iterator[float]:
        if any(c.thing == number and self._closes(c) for c in self.streets.closings):
            raise Barred("closed")
        door = self.clock.door(thing.hours, self.moment)
        yield self._measured("hours", {"open": True, "closed": False, "unknown": None}[door])
        yield from {"kerb": self._kerb, "lift": self._lift, "barrier": self._barrier}.get(
            thing.kind, lambda _: iter(())
        )(thing)

    def _kerb(self, thing: Thing) -> Iterator[float]:
        limit, known = self.profile.max_kerb, thing.known
        if limit is None:
            return
        if "height" in known:
            yield self._measured("kerb", known["height"] <= limit)
        elif "kerb" in known:
            low, high = KERBS[known["kerb"]]
            yield self._measured("kerb", True if high <= limit else False if low >= limit else None)
        else:
            yield self._doubt("kerb")

    def _lift(self, thing: Thing) -> Iterator[float]:
        if not self.profile.lifts:
            raise Barred("lift")
        status = thing.known.get("status")
        yield self._measured("status", None if status is None else status == "working")
        if self.profile.min_width is not None:
            yield self._measured("door_width", at_least(thing.known.get("door_width"), self.profile.min_width))
        if self.profile.wheelchair and thing.known.get("wheelchair") == "no":
            raise Barred("wheelchair")

    def _barrier(self, thing: Thing) -> Iterator[float]:
        profile, known = self.profile, thing.known
        attribute = {"foot": "foot", "bicycle": "bicycle"}.get(profile.mode, "motor_vehicle")
        entered = self._entered(known, attribute)
        if entered is False and profile.mode != "ambulance":
            raise Barred(attribute)
        if entered is False and profile.mode == "ambulance":
            # A siren passes signs; a bollard stays a bollard.
            entered = None
        if profile.wheelchair:
            if known.get("wheelchair") == "no":
                raise Barred("wheelchair")
            entered = False if entered is False else True if "wheelchair" in known else None
        stops = STOPS_MOTORS
        if profile.mode == "foot":
            stops = STOPS_CHAIRS if profile.wheelchair or profile.steps == "bar" else set()
        if profile.mode == "bicycle":
            stops = STOPS_CYCLES
        if entered is None:
            if known["barrier"] in stops:
                raise Barred("barrier")
            yield self._doubt("barrier") if known["barrier"] in {"other", "debris"} else 1.0
        if profile.mode == "truck" and known.get("heavy") in NO:
            raise Barred("heavy")
        yield from self._gate(thing)

    def _gate(self, thing: Thing) -> Iterator[float]:
        profile, known = self.profile, thing.known
        if known.get("locked"):
            raise Barred("locked")
        if "locked" not in known and known["barrier"] in GATES and not thing.hours:
            yield self._doubt("locked")
        if profile.min_width is not None:
            yield self._measured("width", at_least(known.get("width"), profile.min_width))
        if profile.max_height is not None and known.get("max_height", math.inf) < profile.max_height:
            raise Barred("max_height")


def at_most(value: float | None, limit: float) -> bool | None:
    """Compare what is known."""
    return None if value is None else value <= limit


def at_least(value: float | None, limit: float) -> bool | None:
    """Compare what is known."""
    return None if value is None else value >= limit
