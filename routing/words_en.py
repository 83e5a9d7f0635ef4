"""Directions in English, as spoken in Britain."""

from collections.abc import Mapping
from typing import Any, Final

from routing.landmarks import Beside
from routing.manoeuvres import Gait, Manoeuvre, Modifier
from routing.speech import Numeral, Said, Speech, say, together
from routing.voice import Unit, Voice, by_ramp, crossing_key, handrail_key, heading, kerb_key, level_kerb, turned
from routing.ways import Called, Noun, Way, called

_UNITS: Final[Mapping[Unit, tuple[str, str]]] = {
    "metre": ("metre", "metres"), "kilometre": ("kilometre", "kilometres"),
    "centimetre": ("centimetre", "centimetres"), "percent": ("per cent", "per cent"), "minute": ("minute", "minutes"),
    "hour": ("hour", "hours"), "step": ("step", "steps"), "place": ("place", "places"),
}  # fmt: skip

_HEADINGS: Final = {
    "n": "north", "ne": "north-east", "e": "east", "se": "south-east", "s": "south", "sw": "south-west", "w": "west",
    "nw": "north-west",
}  # fmt: skip

_GO: Final[Mapping[Gait, str]] = {"walk": "walk", "wheels": "go", "ride": "ride", "drive": "drive"}

_TURNS: Final[Mapping[Modifier, str]] = {
    "slight_right": "bear right", "right": "turn right", "sharp_right": "turn sharp right", "slight_left": "bear left",
    "left": "turn left", "sharp_left": "turn sharp left", "u_turn": "turn round",
}  # fmt: skip

_NOUNS: Final[Mapping[Noun, str]] = {
    "road": "road", "highway": "main road", "slip_road": "slip road", "service": "service road", "track": "track",
    "roundabout": "roundabout", "footway": "footpath", "sidewalk": "pavement", "traffic_island": "traffic island",
    "pedestrian": "pedestrian street", "path": "path", "cycleway": "cycle track", "shared_path": "shared path",
    "crossing": "crossing", "steps": "steps", "ramp": "ramp",
}  # fmt: skip

_CROSSINGS: Final = {
    "signalled": "at the signalled crossing", "marked": "at the marked crossing",
    "unmarked": "at the unmarked crossing", "plain": "at the crossing",
}  # fmt: skip

_KERBS: Final = {"raised": "high kerb", "rolled": "sloping kerb", "lowered": "lowered kerb"}

_HANDRAILS: Final = {
    "both": "handrails on both sides", "left": "handrail on the left", "right": "handrail on the right",
    "yes": "with a handrail", "no": "no handrail",
}  # fmt: skip

_BARRIERS: Final = {
    "bollard": "between the bollards", "gate": "through the gate", "lift_gate": "past the lift gate",
    "swing_gate": "through the gate", "sliding_gate": "through the gate", "bump_gate": "through the gate",
    "kissing_gate": "through the kissing gate", "cycle_barrier": "between the barriers",
    "turnstile": "through the turnstile", "full_height_turnstile": "through the turnstile", "stile": "over the stile",
    "block": "past the concrete blocks", "chain": "past the chain", "rope": "past the rope", "log": "past the log",
    "planter": "past the planter", "jersey_barrier": "past the concrete barrier",
    "height_restrictor": "under the height restrictor", "entrance": "through the opening",
    "door": "through the door", "debris": "past the debris",
}  # fmt: skip

_LOCKED: Final = {
    "gate": "gate", "swing_gate": "gate", "sliding_gate": "gate", "bump_gate": "gate", "kissing_gate": "kissing gate",
    "lift_gate": "lift gate", "turnstile": "turnstile", "full_height_turnstile": "turnstile", "door": "door",
}  # fmt: skip

_SURFACES: Final = {
    "dirt": "bare earth", "grass": "grass", "grass_paver": "grass paving", "gravel": "gravel",
    "unpaved": "an unpaved surface", "uneven": "uneven ground",
}  # fmt: skip

_LANDMARKS: Final = {
    "stop": "stop", "station": "station", "shop": "shop", "pharmacy": "pharmacy", "hospital": "hospital",
    "school": "school", "kindergarten": "kindergarten", "university": "university", "bank": "bank", "cafe": "café",
    "hotel": "hotel", "theatre": "theatre", "museum": "museum", "library": "library", "park": "park",
    "monument": "monument", "mosque": "mosque", "church": "church", "market": "market", "building": "building",
}  # fmt: skip

_SIDES: Final = {
    "left": "on the left is", "right": "on the right is", "ahead": "ahead is", "behind": "behind you is",
    "near": "close by is",
}  # fmt: skip

_REMARKS: Final = {
    "lift": "take the lift",
    "arrive": "you have arrived",
    "island": "There is a traffic island in the middle",
    "sound": "There is a sound signal",
    "no_sound": "There is no sound signal",
    "sound_unknown": "Whether there is a sound signal is not known",
    "vibration": "There is a vibrating signal",
    "tactile": "There is tactile paving",
    "no_tactile": "There is no tactile paving",
    "lift_works": "The lift is working",
    "lift_stopped": "The lift is recorded as out of order",
    "lift_unknown": "Whether the lift is working is not known",
    "lift_speech": "The lift announces its stops",
    "lift_braille": "There is lettering in Braille",
    "there": "you are there already",
    "one_place": "the start and the destination are at the same place of the way",
    "way_ends": "the way on the map ends here",
    "push": "Push your bicycle",
    "ride": "You may ride again",
    "ramp_stopped": "The ramp is recorded as out of order",
}

_ABBREVIATED: Final = {
    "str": "Street", "st": "Street", "ave": "Avenue", "av": "Avenue", "blvd": "Boulevard", "rd": "Road", "ln": "Lane",
    "sq": "Square", "hwy": "Highway", "emb": "Embankment",
}  # fmt: skip

_BELOW_TWENTY: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def in_words(number: float) -> str:
    """Return a number below a million, whole or with tenths, as it is read.

    >>> in_words(121), in_words(1.5), in_words(2040)
    ('one hundred and twenty-one', 'one point five', 'two thousand and forty')
    """
    whole = int(number)
    if number != whole:
        whole, tenths = divmod(round(number * 10), 10)
        return f"{in_words(whole)} point {_BELOW_TWENTY[tenths]}"
    if whole < 100:
        tens, units = divmod(whole, 10)
        return _BELOW_TWENTY[whole] if whole < 20 else "-".join(filter(None, (_TENS[tens], _unit(units))))
    size, word = (1000, "thousand") if whole >= 1000 else (100, "hundred")
    count, rest = divmod(whole, size)
    joint = " and " if rest and rest < 100 else ", " if rest else ""
    return f"{in_words(count)} {word}{joint}{in_words(rest) if rest else ''}"


def _unit(units: int) -> str:
    return _BELOW_TWENTY[units] if units else ""


class English(Voice):
    """English."""

    language = "en"
    tag = "en-GB"

    def measure(self, number: float, unit: Unit) -> Speech:
        """Return a number with what it counts."""
        one, many = _UNITS[unit]
        return say("{n} {unit}", n=Numeral(f"{number:g}", in_words(number)), unit=one if number == 1 else many)

    def summary(self, metres: float, seconds: float) -> Speech:
        """Return a sentence on the whole route."""
        length, time = self.length(metres), self.duration(seconds)
        return say("The route is {length} long and takes about {time}.", length=length, time=time)

    def at_places(self, title: str, count: int) -> Speech:
        """Tell at how many places something is so."""
        return say("{title} in {count}", title=title, count=self.measure(count, "place"))

    def unknown(self, what: Speech) -> Speech:
        """Tell what nobody knows of a route."""
        return say("Not known of the way: {what}", what=what)

    def off_start(self, distance: Speech) -> Speech:
        """Tell how far the first way of the map is."""
        return say("no way is on the map for the first {distance}, to where the way begins", distance=distance)

    def off_end(self, distance: Speech) -> Speech:
        """Tell how far the destination is from the last way of the map."""
        return say("no way is on the map for the last {distance} to your destination", distance=distance)

    # Ways

    def street(self, way: Way) -> Speech:
        """Name a way: Abai Avenue, “улица Абая”, the pavement of Abai Avenue, the footpath."""
        said = way.called("en")
        if said is None:
            return say("the {noun}", noun=_NOUNS[way.noun])
        named = self._named(said)
        return say("the pavement of {street}", street=named) if way.noun == "sidewalk" else named

    @staticmethod
    def _named(said: Called) -> Speech:
        return Speech((_spelled_out(said.text),)) if said.own else said.quoted("“", "”")

    # Acts

    @property
    def _go(self) -> str:
        return _GO[self.detail.gait]

    def depart(self, manoeuvre: Manoeuvre, leg: Speech | None) -> Speech:
        """Set off."""
        bearing = manoeuvre.bearing_after
        to = "" if bearing is None else _HEADINGS[heading(bearing)]
        go = "push your bicycle" if manoeuvre.pushed else self._go
        return together((go, to, self._along(manoeuvre.way), _for(leg)))

    def _along(self, way: Way | None) -> Said:
        return "" if way is None else say("along {street}", street=self.street(way))

    def go_on(self, manoeuvre: Manoeuvre, leg: Speech | None) -> Speech:
        """Go straight on along a way."""
        go = "push your bicycle straight on" if manoeuvre.pushed else "continue straight"
        return together((go, self._along(manoeuvre.way), _for(leg)))

    def go_for(self, distance: Speech) -> Speech:
        """Go on for a distance."""
        return say("continue for {distance}", distance=distance)

    def turn(self, manoeuvre: Manoeuvre, leg: Speech | None) -> Speech:
        """Turn, or turn round; with a leg, where it is one motion with what follows."""
        said, hour, way = (
            _TURNS[manoeuvre.modifier or "right"],
            self.hour(manoeuvre),
            None if manoeuvre.plain else manoeuvre.way,
        )
        to: Said = "" if hour is None else say(", towards {hour} o'clock", hour=Numeral(str(hour), in_words(hour)))
        if way is None:
            return say("{turn}{to}", turn=said, to=to)
        to = "" if hour is None else say("{to},", to=to)
        back, stay = manoeuvre.modifier == "u_turn", manoeuvre.staying
        onto = "and go back along" if back else "to stay on" if stay else "onto"
        done = say("{turn}{to} {onto} {street}", turn=said, to=to, onto=onto, street=self.street(way))
        return together((done, _for(leg)))

    def roundabout(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass a roundabout."""
        modifier, way = manoeuvre.modifier or "straight", manoeuvre.way
        turn = "go straight ahead" if modifier == "straight" else _TURNS[modifier]
        if way is None or modifier == "u_turn":
            return say("at the roundabout, {turn}", turn=turn)
        return say("at the roundabout, {turn} onto {street}", turn=turn, street=self.street(way))

    @staticmethod
    def _turned(manoeuvre: Manoeuvre, act: Said) -> Speech:
        if not turned(manoeuvre.turning):
            return together((act,))
        return say("{turn} and {act}", turn=_TURNS[manoeuvre.turning], act=act)

    def cross(self, manoeuvre: Manoeuvre) -> Speech:
        """Cross a carriageway."""
        way = manoeuvre.way
        street: Said = "the road" if way is None or not way.named else self.street(way)
        how = _CROSSINGS[crossing_key(manoeuvre.attributes)]
        return self._turned(manoeuvre, together(("cross", street, how)))

    def crossing_length(self, length: Speech) -> Speech:
        """Tell how long a crossing is."""
        return say("The crossing is {length} long", length=length)

    def kerb(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass a kerb."""
        if level_kerb(manoeuvre.attributes):
            return say("{turn}: there the kerb is level with the road", turn=_TURNS[manoeuvre.turning])
        verb = "go up" if manoeuvre.modifier == "up" else "go down"
        return self._turned(manoeuvre, say("{verb} the {kerb}", verb=verb, kerb=self._kerb(manoeuvre.attributes)))

    def _kerb(self, facts: Mapping[str, Any]) -> Speech:
        high = say("{height} high", height=self.centimetres(facts["height"])) if facts.get("height") else ""
        return together((_KERBS.get(kerb_key(facts), "kerb"), high), ", ")

    def steps(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass steps."""
        count = manoeuvre.attributes.get("step_count")
        if by_ramp(manoeuvre, self.detail):
            return self._climbed(manoeuvre, "the ramp beside the steps")
        if not count:
            return self._climbed(manoeuvre, "the steps")
        return self._climbed(manoeuvre, self.measure(count, "step"))

    def ramp(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass a ramp."""
        incline = manoeuvre.attributes.get("incline")
        slope = say("gradient {percent}", percent=self.percent(incline)) if incline else ""
        return self._climbed(manoeuvre, "the ramp", slope)

    def _climbed(self, manoeuvre: Manoeuvre, what: Said, first: Said = "") -> Speech:
        verb = {"up": "go up", "down": "go down"}.get(str(manoeuvre.modifier), "take")
        rail = handrail_key(manoeuvre.attributes)
        act = say("{verb} {what}", verb=verb, what=what)
        return self._turned(manoeuvre, together((act, first, _HANDRAILS[rail] if rail else ""), ", "))

    def door_width(self, width: Speech) -> Speech:
        """Tell how wide a lift's door is."""
        return say("Its door is {width} wide", width=width)

    def barrier(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass a gate or another barrier."""
        how = _BARRIERS.get(str(manoeuvre.attributes.get("barrier")), "past the obstacle")
        return say("go {how}", how=how)

    def clear_width(self, width: Speech) -> Speech:
        """Tell how wide the way past a barrier is."""
        return say("The clear width is {width}", width=width)

    def locked(self, barrier: str) -> Speech:
        """Tell that a barrier is recorded as locked."""
        return say("The {what} is recorded as locked", what=_LOCKED.get(barrier, "barrier"))

    def arrived_at(self, manoeuvre: Manoeuvre) -> Speech | None:
        """Tell where the destination lies."""
        side = str(manoeuvre.modifier) if manoeuvre.modifier in {"left", "right"} else None
        return None if side is None else say("your destination is on the {side}", side=side)

    def lies(self, side: str, thing: Speech) -> Speech:
        """Tell on which side something lies: one of :data:`routing.landmarks.Side`, or ``near``."""
        return say("{side} {thing}", side=_SIDES[side], thing=thing)

    def thing(self, manoeuvre: Manoeuvre) -> Speech | None:
        """Return what lies ahead as a noun."""
        facts = manoeuvre.attributes
        if manoeuvre.type == "arrive":
            return say("the end of the way on the map" if manoeuvre.off_after else "your destination")
        if manoeuvre.type == "carriageway":
            length = self.length(facts["length"])
            return say("the carriageway, with no pavement on record, for {length}", length=length)
        if manoeuvre.type == "kerb":
            return self._mere_kerb(manoeuvre)
        if manoeuvre.type == "surface":
            surface = _SURFACES.get(str(facts.get("surface")), _SURFACES["uneven"])
            return say("{surface} for {length}", surface=surface, length=self.length(facts["length"]))
        if manoeuvre.type == "slope":
            return self._sloping(manoeuvre)
        if manoeuvre.type == "narrow":
            return say("a narrow place, {width} wide", width=self.centimetres(facts["width"]))
        return None

    def _mere_kerb(self, manoeuvre: Manoeuvre) -> Speech | None:
        if level_kerb(manoeuvre.attributes):
            return None if turned(manoeuvre.turning) else say("a kerb level with the road")
        return None if manoeuvre.modifier is not None else say("a {kerb}", kerb=self._kerb(manoeuvre.attributes))

    def _sloping(self, manoeuvre: Manoeuvre) -> Speech:
        facts = manoeuvre.attributes
        about = facts.get("incline_source") == "terrain"
        return say(
            "{what} of {about}{percent} for {length}",
            what="a steep climb" if manoeuvre.modifier == "up" else "a steep descent",
            about="about " if about else "",
            percent=self.percent(facts["incline"], about=about),
            length=self.length(facts["length"]),
        )

    def notice(self, thing: Speech) -> Speech:
        """Tell of something right ahead that is no danger."""
        return say("ahead is {thing}", thing=thing)

    def warning(self, thing: Speech) -> Speech:
        """Warn of something right ahead."""
        return say("take care, ahead is {thing}", thing=thing)

    def ahead(self, distance: Speech, thing: Speech) -> Speech:
        """Tell what there will be after a distance."""
        return say("in {distance}: {thing}", distance=distance, thing=thing)

    def after(self, distance: Speech, act: Speech) -> Speech:
        """Tell what is to be done after a distance."""
        return say("in {distance}, {act}", distance=distance, act=act)

    def then(self, said: Speech, *, thing: bool) -> Speech:
        """Tell what comes next, at once."""
        return say("right after that: {said}" if thing else "then {said}", said=said)

    def at_signals(self, act: Speech) -> Speech:
        """Do something at traffic lights."""
        return say("at the traffic lights, {act}", act=act)

    def by(self, landmark: Speech, act: Speech) -> Speech:
        """Do something beside a landmark."""
        return say("by {landmark}, {act}", landmark=landmark, act=act)

    def landmark(self, beside: Beside) -> Speech:
        """Name a landmark as what one does something beside."""
        thing = beside.landmark
        said = called(thing.names, "en")
        if thing.kind == "address":
            number = str(thing.number)
            street = say("{number} {street}", number=number, street=self._named(said)) if said else None
            return street or say("house number {number}", number=number)
        if said is None:
            return Speech()
        noun = _LANDMARKS.get(thing.kind)
        if said.own and noun is not None and noun in said.text.lower():
            return Speech((said.text,))
        name = said.quoted("“", "”")
        return name if noun is None else say("the {name} {noun}", name=name, noun=noun)

    def landmark_name(self, beside: Beside) -> Speech:
        """Name a landmark by itself."""
        return self.landmark(beside)

    def remark(self, key: str) -> Speech:
        """Return one of the fixed sentences."""
        return Speech((_REMARKS[key],))


def _spelled_out(name: str) -> str:
    *before, last = name.split(" ")
    return " ".join((*before, _ABBREVIATED.get(last.lower().rstrip("."), last)))


def _for(leg: Speech | None) -> Said:
    return "" if leg is None else say("for {leg}", leg=leg)
