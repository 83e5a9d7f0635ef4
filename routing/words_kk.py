"""Directions in Kazakh."""

from collections.abc import Mapping
from typing import Any, Final

from routing import kazakh
from routing.kazakh import Case
from routing.landmarks import Beside
from routing.manoeuvres import Manoeuvre, Modifier
from routing.speech import Numeral, Said, Speech, say, together
from routing.voice import Unit, Voice, by_ramp, crossing_key, handrail_key, heading, kerb_key, level_kerb, turned
from routing.ways import Called, Noun, Way, called, type_among

_UNITS: Final[Mapping[Unit, str]] = {
    "metre": "метр", "kilometre": "километр", "centimetre": "сантиметр", "percent": "пайыз", "minute": "минут",
    "hour": "сағат", "step": "басқыш", "place": "жерде",
}  # fmt: skip

_HEADINGS: Final = {
    "n": "солтүстікке", "ne": "солтүстік-шығысқа", "e": "шығысқа", "se": "оңтүстік-шығысқа", "s": "оңтүстікке",
    "sw": "оңтүстік-батысқа", "w": "батысқа", "nw": "солтүстік-батысқа",
}  # fmt: skip

_TURNS: Final[Mapping[Modifier, str]] = {
    "slight_right": "сәл оңға", "right": "оңға", "sharp_right": "күрт оңға", "slight_left": "сәл солға",
    "left": "солға", "sharp_left": "күрт солға", "u_turn": "кері",
}  # fmt: skip

_NOUNS: Final[Mapping[Noun, tuple[str, str, bool]]] = {
    "road": ("", "жол", False), "highway": ("тас ", "жол", False), "slip_road": ("шығу ", "жолы", True),
    "service": ("ішкі ", "жол", False), "track": ("қара ", "жол", False),
    "roundabout": ("айналма ", "қиылыс", False), "footway": ("жаяу жүргінші ", "жолы", True),
    "sidewalk": ("", "тротуар", False), "traffic_island": ("қауіпсіздік ", "аралы", True),
    "pedestrian": ("жаяу жүргінші ", "көшесі", True), "path": ("", "соқпақ", False),
    "cycleway": ("", "веложол", False), "shared_path": ("велосипед пен жаяу жүргінші ", "жолы", True),
    "crossing": ("жаяу жүргінші ", "өткелі", True),
    "steps": ("", "баспалдақ", False), "ramp": ("", "пандус", False),
}  # fmt: skip
"""What stands before the word, the word, and whether it bears the ending of possession."""

_CARRIED: Final[Mapping[Noun, str]] = {
    "road": "street", "highway": "highway", "pedestrian": "street", "sidewalk": "street", "crossing": "street",
}  # fmt: skip
"""The type of street that a name without one is taken for, by the kind of way; other kinds are roads."""

_CROSSINGS: Final = {
    "signalled": "бағдаршамы бар жаяу жүргінші өткелімен",
    "marked": "таңбаланған жаяу жүргінші өткелімен",
    "unmarked": "таңбаланбаған өткелмен",
    "plain": "жаяу жүргінші өткелімен",
}

_KERBS: Final = {"raised": "биік ", "rolled": "көлбеу ", "lowered": "түсірілген "}

_HANDRAILS: Final = {
    "both": "екі жағында тұтқа бар", "left": "сол жағында тұтқа бар", "right": "оң жағында тұтқа бар",
    "yes": "тұтқасы бар", "no": "тұтқасы жоқ",
}  # fmt: skip

_BARRIERS: Final = {
    "bollard": "тіректердің арасынан", "gate": "қақпадан", "lift_gate": "шлагбаумның жанынан",
    "swing_gate": "қақпадан", "sliding_gate": "қақпадан", "bump_gate": "қақпадан", "kissing_gate": "шағын қақпадан",
    "cycle_barrier": "қоршаулардың арасынан", "turnstile": "турникеттен", "full_height_turnstile": "турникеттен",
    "stile": "қоршаудағы басқыштардан", "block": "бетон блоктардың жанынан", "chain": "шынжырдың жанынан",
    "rope": "арқанның жанынан", "log": "бөрененің жанынан", "planter": "гүл құмырасының жанынан",
    "jersey_barrier": "бетон қоршаудың жанынан", "height_restrictor": "биіктік шектегішінің астынан",
    "entrance": "кіреберістен", "door": "есіктен", "debris": "үйіндінің жанынан",
}  # fmt: skip

_LOCKED: Final = {
    "gate": "қақпа құлыптаулы", "swing_gate": "қақпа құлыптаулы", "sliding_gate": "қақпа құлыптаулы",
    "bump_gate": "қақпа құлыптаулы", "kissing_gate": "шағын қақпа құлыптаулы", "lift_gate": "шлагбаум жабық",
    "turnstile": "турникет жабық", "full_height_turnstile": "турникет жабық", "door": "есік құлыптаулы",
}  # fmt: skip

_SURFACES: Final = {
    "dirt": "топырақ жол", "grass": "көгал", "grass_paver": "көгалды тор төсем", "gravel": "қиыршық тас жол",
    "unpaved": "жабыны жоқ жол", "uneven": "кедір-бұдыр жол",
}  # fmt: skip

_LANDMARKS: Final = {
    "stop": ("аялдама", "аялдамасы"), "station": ("бекет", "бекеті"), "shop": ("дүкен", "дүкені"),
    "pharmacy": ("дәріхана", "дәріханасы"), "hospital": ("аурухана", "ауруханасы"), "school": ("мектеп", "мектебі"),
    "kindergarten": ("балабақша", "балабақшасы"), "university": ("университет", "университеті"),
    "bank": ("банк", "банкі"), "cafe": ("кафе", "кафесі"), "hotel": ("қонақүй", "қонақүйі"),
    "theatre": ("театр", "театры"), "museum": ("мұражай", "мұражайы"), "library": ("кітапхана", "кітапханасы"),
    "park": ("саябақ", "саябағы"), "monument": ("ескерткіш", "ескерткіші"), "mosque": ("мешіт", "мешіті"),
    "church": ("шіркеу", "шіркеуі"), "market": ("базар", "базары"), "building": ("ғимарат", "ғимараты"),
}  # fmt: skip
"""By itself, and with the ending of possession."""

_SIDES: Final = {
    "left": "сол жағыңызда", "right": "оң жағыңызда", "ahead": "алдыңызда", "behind": "артыңызда", "near": "жаныңызда",
}  # fmt: skip

_REMARKS: Final = {
    "lift": "лифтіні пайдаланыңыз",
    "arrive": "сіз межелі жерге жеттіңіз",
    "island": "Ортасында қауіпсіздік аралы бар",
    "sound": "Дыбыстық сигнал бар",
    "no_sound": "Дыбыстық сигнал жоқ",
    "sound_unknown": "Дыбыстық сигналдың бар-жоғы белгісіз",
    "vibration": "Діріл сигналы бар",
    "tactile": "Тактильді жабын бар",
    "no_tactile": "Тактильді жабын жоқ",
    "lift_works": "Лифт жұмыс істеп тұр",
    "lift_stopped": "Тізілім дерегі бойынша лифт жұмыс істемейді",
    "lift_unknown": "Лифт жұмыс істей ме, жоқ па — белгісіз",
    "lift_speech": "Лифт тоқтаған жерін дауыстап хабарлайды",
    "lift_braille": "Брайль жазуы бар",
    "there": "сіз межелі жердесіз",
    "one_place": "бастапқы орын мен межелі жер жолдың бір тұсында",
    "way_ends": "картадағы жол осы жерде аяқталады",
    "push": "Велосипедті жетектеп жүріңіз",
    "ride": "Әрі қарай велосипедпен жүруге болады",
    "ramp_stopped": "Тізілім дерегі бойынша пандус жұмыс істемейді",
}


class Kazakh(Voice):
    """Kazakh, to one whom one does not know well."""

    language = "kk"
    tag = "kk-KZ"

    def measure(self, number: float, unit: Unit) -> Speech:
        """Return a number with what it counts, which stays singular."""
        numeral = Numeral(f"{number:g}".replace(".", ","), kazakh.in_words(number))
        return say("{n} {unit}", n=numeral, unit=_UNITS[unit])

    def summary(self, metres: float, seconds: float) -> Speech:
        """Return a sentence on the whole route."""
        length, time = self.length(metres), self.duration(seconds)
        return say("Маршрут ұзындығы — {length}, уақыты — шамамен {time}.", length=length, time=time)

    def at_places(self, title: str, count: int) -> Speech:
        """Tell at how many places something is so."""
        return say("{title} — {count}", title=title, count=self.measure(count, "place"))

    def unknown(self, what: Speech) -> Speech:
        """Tell what nobody knows of a route."""
        return say("Жолда мыналар белгісіз: {what}", what=what)

    def off_start(self, distance: Speech) -> Speech:
        """Tell how far the first way of the map is."""
        return say("Бастапқы орыннан жолға дейін {distance}, бұл аралық жолдар картасында жоқ", distance=distance)

    def off_end(self, distance: Speech) -> Speech:
        """Tell how far the destination is from the last way of the map."""
        return say("Межелі жерге дейін тағы {distance}, бұл аралық жолдар картасында жоқ", distance=distance)

    # Ways

    def street(self, way: Way, case: Case = "nominative") -> Speech:
        """Name a way in a case: «Абай даңғылымен», ««улица Абая» көшесімен», «соқпақпен»."""
        said = way.called("kk")
        if said is None:
            before, word, possessed = _NOUNS[way.noun]
            return Speech((before + kazakh.in_case(word, case, possessed=possessed),))
        if way.noun == "sidewalk":
            named = self._named(said, way.type or "street", "genitive")
            return say("{street} {noun}", street=named, noun=kazakh.in_case("тротуары", case, possessed=True))
        return self._named(said, way.type or _CARRIED.get(way.noun, "path"), case)

    @staticmethod
    def _named(said: Called, kind: str, case: Case) -> Speech:
        known = kazakh.street(said.text) if said.own else None
        if known is not None:
            return Speech((known.in_case(case),))
        carrier = kazakh.in_case(kazakh.CARRIERS[kind], case, possessed=True)
        return say("{name} {carrier}", carrier=carrier, name=said.quoted("«", "»"))

    # Acts

    def depart(self, manoeuvre: Manoeuvre, leg: Speech | None) -> Speech:
        """Set off."""
        bearing = manoeuvre.bearing_after
        to = "" if bearing is None else f"{_HEADINGS[heading(bearing)]} қарай"
        pushing = "велосипедті жетектеп," if manoeuvre.pushed else ""
        return together((self._along(manoeuvre.way), to, pushing, leg or "", "жүріңіз"))

    def _along(self, way: Way | None) -> Said:
        return "" if way is None else self.street(way, "instrumental")

    def go_on(self, manoeuvre: Manoeuvre, leg: Speech | None) -> Speech:
        """Go straight on along a way."""
        pushing = "велосипедті жетектеп," if manoeuvre.pushed else ""
        return together((self._along(manoeuvre.way), pushing, leg or "", "тура жүріңіз"))

    def go_for(self, distance: Speech) -> Speech:
        """Go on for a distance."""
        return say("{distance} жүріңіз", distance=distance)

    def turn(self, manoeuvre: Manoeuvre, leg: Speech | None) -> Speech:
        """Turn, or turn round; with a leg, where it is one motion with what follows."""
        side, hour, way = (
            _TURNS[manoeuvre.modifier or "right"],
            self.hour(manoeuvre),
            None if manoeuvre.plain else manoeuvre.way,
        )
        to: Said = "" if hour is None else say(", {hour} бағытына", hour=self._hour(hour))
        if way is None:
            return say("{side}{to} бұрылыңыз", side=side, to=to)
        if manoeuvre.modifier == "u_turn":
            back = together((self._along(way), leg or "", "кері жүріңіз"))
            return say("артқа{to} бұрылып, {back}", to=to, back=back)
        if manoeuvre.staying:
            go = ("жүре беріңіз",) if leg is None else (leg, "жүріңіз")
            return say("{side}{to} бұрылып, {go}", side=side, to=to, go=together((self._along(way), *go)))
        return say("{side}{to}, {street} бұрылыңыз", side=side, to=to, street=self.street(way, "dative"))

    @staticmethod
    def _hour(hour: int) -> Speech:
        return say("сағат {hour}", hour=Numeral(str(hour), kazakh.in_words(hour)))

    def roundabout(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass a roundabout."""
        modifier, way = manoeuvre.modifier or "straight", manoeuvre.way
        onto = "" if way is None else self.street(way, "dative")
        if modifier == "straight":
            return together(("айналма қиылыстан", onto, "тура өтіңіз"))
        if modifier == "u_turn" or way is None:
            return say("айналма қиылыста {side} бұрылыңыз", side=_TURNS[modifier])
        return say("айналма қиылыста {side}, {street} бұрылыңыз", side=_TURNS[modifier], street=onto)

    @staticmethod
    def _turned(manoeuvre: Manoeuvre, act: Said) -> Speech:
        if not turned(manoeuvre.turning):
            return together((act,))
        return say("{side} бұрылып, {act}", side=_TURNS[manoeuvre.turning], act=act)

    def cross(self, manoeuvre: Manoeuvre) -> Speech:
        """Cross a carriageway."""
        way = manoeuvre.way
        street: Said = "жолды" if way is None or not way.named else self.street(way, "accusative")
        how = _CROSSINGS[crossing_key(manoeuvre.attributes)]
        return self._turned(manoeuvre, together((street, how, "кесіп өтіңіз")))

    def crossing_length(self, length: Speech) -> Speech:
        """Tell how long a crossing is."""
        return say("Өткелдің ұзындығы — {length}", length=length)

    def kerb(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass a kerb."""
        if level_kerb(manoeuvre.attributes):
            turn = _TURNS[manoeuvre.turning]
            return say("{side} бұрылыңыз: онда жиектас жолмен бір деңгейде", side=turn)
        up = manoeuvre.modifier == "up"
        kerb = self._kerb(manoeuvre.attributes, "dative" if up else "ablative")
        return self._turned(manoeuvre, together((kerb, "көтеріліңіз" if up else "түсіңіз")))

    def _kerb(self, facts: Mapping[str, Any], case: Case) -> Speech:
        high = self._sized(facts["height"]) if facts.get("height") else ""
        return together((high, _KERBS.get(kerb_key(facts), "") + kazakh.in_case("жиектас", case)))

    def _sized(self, metres: float) -> Speech:
        return say("{height}лік", height=self.centimetres(metres))

    def steps(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass steps."""
        what = "баспалдақ жанындағы пандуспен" if by_ramp(manoeuvre, self.detail) else "баспалдақпен"
        count = manoeuvre.attributes.get("step_count")
        return self._climbed(manoeuvre, what, self.measure(count, "step") if count else "")

    def ramp(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass a ramp."""
        incline = manoeuvre.attributes.get("incline")
        slope = say("еңістігі {percent}", percent=self.percent(incline)) if incline else ""
        return self._climbed(manoeuvre, "пандуспен", slope)

    def _climbed(self, manoeuvre: Manoeuvre, what: str, first: Said) -> Speech:
        verbs = {"up": "жоғары көтеріліңіз", "down": "төмен түсіңіз"}
        rail = handrail_key(manoeuvre.attributes)
        facts = together((first, _HANDRAILS[rail] if rail else ""), ", ")
        act = say("{what} {verb}", what=what, verb=verbs.get(str(manoeuvre.modifier), "өтіңіз"))
        return self._turned(manoeuvre, say("{act}: {facts}", act=act, facts=facts) if facts else act)

    def door_width(self, width: Speech) -> Speech:
        """Tell how wide a lift's door is."""
        return say("Есігінің ені — {width}", width=width)

    def barrier(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass a gate or another barrier."""
        how = _BARRIERS.get(str(manoeuvre.attributes.get("barrier")), "бөгеттің жанынан")
        return say("{how} өтіңіз", how=how)

    def clear_width(self, width: Speech) -> Speech:
        """Tell how wide the way past a barrier is."""
        return say("Өтетін жердің ені — {width}", width=width)

    def locked(self, barrier: str) -> Speech:
        """Tell that a barrier is recorded as locked."""
        return say("Тізілім дерегі бойынша {what}", what=_LOCKED.get(barrier, "өтетін жер жабық"))

    def arrived_at(self, manoeuvre: Manoeuvre) -> Speech | None:
        """Tell where the destination lies."""
        sides: Mapping[str | None, str] = {"left": "сол жағыңызда", "right": "оң жағыңызда"}
        side = sides.get(manoeuvre.modifier)
        what = "межелі жер" if manoeuvre.off_after else "ол"
        return None if side is None else say("{what} {side}", what=what, side=side)

    def lies(self, side: str, thing: Speech) -> Speech:
        """Tell on which side something lies: one of :data:`routing.landmarks.Side`, or ``near``."""
        return say("{side} — {thing}", side=_SIDES[side], thing=thing)

    def thing(self, manoeuvre: Manoeuvre) -> Speech | None:
        """Return what lies ahead as a noun."""
        facts = manoeuvre.attributes
        if manoeuvre.type == "arrive":
            return say("картадағы жолдың соңы" if manoeuvre.off_after else "межелі жер")
        if manoeuvre.type == "carriageway":
            return say("тротуары көрсетілмеген жүріс бөлігі, {length}", length=self.length(facts["length"]))
        if manoeuvre.type == "kerb":
            return self._mere_kerb(manoeuvre)
        if manoeuvre.type == "surface":
            surface = _SURFACES.get(str(facts.get("surface")), _SURFACES["uneven"])
            return say("{surface}, {length}", surface=surface, length=self.length(facts["length"]))
        if manoeuvre.type == "slope":
            return self._sloping(manoeuvre)
        if manoeuvre.type == "narrow":
            return say("{width} тар жер", width=self._sized(facts["width"]))
        return None

    def _mere_kerb(self, manoeuvre: Manoeuvre) -> Speech | None:
        if level_kerb(manoeuvre.attributes):
            return None if turned(manoeuvre.turning) else say("жолмен бір деңгейдегі жиектас")
        return None if manoeuvre.modifier is not None else self._kerb(manoeuvre.attributes, "nominative")

    def _sloping(self, manoeuvre: Manoeuvre) -> Speech:
        facts = manoeuvre.attributes
        about = facts.get("incline_source") == "terrain"
        return say(
            "{what}: {about}{percent}, {length}",
            what="тік өр" if manoeuvre.modifier == "up" else "тік еңіс",
            about="шамамен " if about else "",
            percent=self.percent(facts["incline"], about=about),
            length=self.length(facts["length"]),
        )

    def notice(self, thing: Speech) -> Speech:
        """Tell of something right ahead that is no danger."""
        return say("алда {thing} бар", thing=thing)

    def warning(self, thing: Speech) -> Speech:
        """Warn of something right ahead."""
        return say("сақ болыңыз, алда {thing}", thing=thing)

    def ahead(self, distance: Speech, thing: Speech) -> Speech:
        """Tell what there will be after a distance."""
        return say("{distance} кейін — {thing}", distance=_ablative(distance), thing=thing)

    def after(self, distance: Speech, act: Speech) -> Speech:
        """Tell what is to be done after a distance."""
        return say("{distance} кейін {act}", distance=_ablative(distance), act=act)

    def then(self, said: Speech, *, thing: bool) -> Speech:
        """Tell what comes next, at once."""
        return say("содан кейін — {said}" if thing else "содан кейін {said}", said=said)

    def at_signals(self, act: Speech) -> Speech:
        """Do something at traffic lights."""
        return say("бағдаршамнан {act}", act=act)

    def by(self, landmark: Speech, act: Speech) -> Speech:
        """Do something beside a landmark."""
        return say("{landmark} жанынан {act}", landmark=landmark, act=act)

    def landmark(self, beside: Beside) -> Speech:
        """Name a landmark in the genitive."""
        return self._landmark(beside, "genitive")

    def landmark_name(self, beside: Beside) -> Speech:
        """Name a landmark by itself."""
        return self._landmark(beside, "nominative")

    def _landmark(self, beside: Beside, case: Case) -> Speech:
        thing = beside.landmark
        said = called(thing.names, "kk")
        if thing.kind == "address":
            return self._house(said, str(thing.number), type_among(thing.names), case)
        if said is None:
            return Speech()
        nouns = _LANDMARKS.get(thing.kind)
        if nouns is None:
            return say("{name}{ending}", name=said.quoted("«", "»"), ending=kazakh.behind_quotes(said.text, case))
        last = said.text.split()[-1].lower()
        if said.own and last in nouns and last != said.text.lower():
            return Speech((kazakh.in_case(said.text, case, possessed=last == nouns[1]),))
        noun = kazakh.in_case(nouns[1], case, possessed=True)
        return say("{name} {noun}", name=said.quoted("«", "»"), noun=noun)

    def _house(self, said: Called | None, number: str, kind: str | None, case: Case) -> Speech:
        shown: Said = number
        if number.isdecimal():
            shown = Numeral(f"{number}-", f"{kazakh.ordinal(int(number))} ")
        house = say("{number}{house}", number=shown, house=kazakh.in_case("үй", case))
        if not isinstance(shown, Numeral):
            house = say("{number}-{house}", number=shown, house=kazakh.in_case("үй", case))
        if said is None:
            return house
        street = self._named(said, kind or "street", "locative")
        return say("{street}{of} {house}", street=street, of=kazakh.of_place(street.text), house=house)

    def remark(self, key: str) -> Speech:
        """Return one of the fixed sentences."""
        return Speech((_REMARKS[key],))


def _ablative(distance: Speech) -> Speech:
    *before, last = distance.parts
    word = last if isinstance(last, str) else last.shown
    return Speech((*before, kazakh.in_case(word, "ablative")))
