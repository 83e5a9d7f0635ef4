"""Directions in Russian."""

import re
from collections.abc import Mapping
from typing import Any, Final

from routing import russian
from routing.landmarks import Beside
from routing.manoeuvres import Manoeuvre, Modifier
from routing.russian import Case
from routing.speech import Numeral, Said, Speech, say, together
from routing.voice import Unit, Voice, by_ramp, crossing_key, handrail_key, heading, kerb_key, level_kerb, turned
from routing.ways import Called, Noun, Way, called, type_among

_UNITS: Final[Mapping[Unit, tuple[russian.Gender, str, str, str]]] = {
    "metre": ("m", "метр", "метра", "метров"),
    "kilometre": ("m", "километр", "километра", "километров"),
    "centimetre": ("m", "сантиметр", "сантиметра", "сантиметров"),
    "percent": ("m", "процент", "процента", "процентов"),
    "minute": ("f", "минута", "минуты", "минут"),
    "hour": ("m", "час", "часа", "часов"),
    "step": ("f", "ступень", "ступени", "ступеней"),
    "place": ("n", "место", "места", "мест"),
}

_HEADINGS: Final = {
    "n": "север", "ne": "северо-восток", "e": "восток", "se": "юго-восток", "s": "юг", "sw": "юго-запад",
    "w": "запад", "nw": "северо-запад",
}  # fmt: skip

_TURNS: Final[Mapping[Modifier, str]] = {
    "slight_right": "плавно поверните направо", "right": "поверните направо", "sharp_right": "резко поверните направо",
    "slight_left": "плавно поверните налево", "left": "поверните налево", "sharp_left": "резко поверните налево",
    "u_turn": "развернитесь",
}  # fmt: skip

_NOUNS: Final[Mapping[Noun, tuple[russian.Noun, str]]] = {
    "road": (russian.feminine("дорога"), ""),
    "highway": (russian.Noun("n", ("шоссе",) * 4), ""),
    "slip_road": (russian.masculine("съезд"), ""),
    "service": (russian.masculine("проезд", into="в"), ""),
    "track": (russian.feminine("дорога"), "грунтовая"),
    "roundabout": (russian.Noun("n", ("кольцо", "кольца", "кольцу", "кольцо")), ""),
    "footway": (russian.feminine("дорожка"), "пешеходная"),
    "sidewalk": (russian.masculine("тротуар"), ""),
    "traffic_island": (russian.Noun("m", ("островок безопасности", "островка безопасности",
        "островку безопасности", "островок безопасности")), ""),
    "pedestrian": (russian.feminine("улица"), "пешеходная"),
    "path": (russian.feminine("тропинка"), ""),
    "cycleway": (russian.feminine("велодорожка"), ""),
    "shared_path": (russian.feminine("дорожка"), "велопешеходная"),
    "crossing": (russian.masculine("переход"), "пешеходный"),
    "steps": (russian.feminine("лестница"), ""),
    "ramp": (russian.masculine("пандус"), ""),
}  # fmt: skip

_CARRIED: Final[Mapping[Noun, str]] = {
    "road": "street", "highway": "highway", "slip_road": "road", "service": "drive", "track": "road",
    "roundabout": "ring", "pedestrian": "street", "sidewalk": "street", "crossing": "street",
}  # fmt: skip
"""The type of street that a name without one is taken for, by the kind of way; other kinds are paths."""

_CLUSTERED: Final = re.compile(r"2-|[вф][бвгджзклмнпрстфхцчшщ]", re.IGNORECASE)
"""Before such sounds «в» becomes «во»: во 2-й переулок, во Фрунзенский переулок."""

_CROSSINGS: Final = {
    "signalled": "по пешеходному переходу со светофором",
    "marked": "по размеченному пешеходному переходу",
    "unmarked": "по переходу без разметки",
    "plain": "по пешеходному переходу",
}

_KERBS: Final = {
    "raised": ("высокий бордюр", "с высокого бордюра"), "rolled": ("скошенный бордюр", "со скошенного бордюра"),
    "lowered": ("пониженный бордюр", "с пониженного бордюра"), "flush": ("бордюр", "с бордюра"),
    "": ("бордюр", "с бордюра"),
}  # fmt: skip
"""Onto which one goes, and off which."""

_HANDRAILS: Final = {
    "both": "поручни с обеих сторон", "left": "поручень слева", "right": "поручень справа", "yes": "есть поручни",
    "no": "поручней нет",
}  # fmt: skip

_BARRIERS: Final = {
    "bollard": "между столбиками", "gate": "через ворота", "lift_gate": "мимо шлагбаума", "swing_gate": "через ворота",
    "sliding_gate": "через ворота", "bump_gate": "через ворота", "kissing_gate": "через калитку",
    "cycle_barrier": "между ограждениями", "turnstile": "через турникет", "full_height_turnstile": "через турникет",
    "stile": "через перелаз", "block": "мимо бетонных блоков", "chain": "мимо цепи", "rope": "мимо каната",
    "log": "мимо бревна", "planter": "мимо цветочницы", "jersey_barrier": "мимо бетонного ограждения",
    "height_restrictor": "под ограничителем высоты", "entrance": "через проход", "door": "через дверь",
    "debris": "мимо завала",
}  # fmt: skip

_LOCKED: Final = {
    "gate": "ворота заперты", "swing_gate": "ворота заперты", "sliding_gate": "ворота заперты",
    "bump_gate": "ворота заперты", "kissing_gate": "калитка заперта", "lift_gate": "шлагбаум закрыт",
    "turnstile": "турникет закрыт", "full_height_turnstile": "турникет закрыт", "door": "дверь заперта",
}  # fmt: skip

_SURFACES: Final = {
    "dirt": "грунт", "grass": "трава", "grass_paver": "газонная решётка", "gravel": "гравий",
    "unpaved": "дорога без покрытия", "uneven": "неровная дорога",
}  # fmt: skip

_LANDMARKS: Final = {
    "stop": ("остановка", "остановки"), "station": ("станция", "станции"), "shop": ("магазин", "магазина"),
    "pharmacy": ("аптека", "аптеки"), "hospital": ("больница", "больницы"), "school": ("школа", "школы"),
    "kindergarten": ("детский сад", "детского сада"), "university": ("университет", "университета"),
    "bank": ("банк", "банка"), "cafe": ("кафе", "кафе"), "hotel": ("гостиница", "гостиницы"),
    "theatre": ("театр", "театра"), "museum": ("музей", "музея"), "library": ("библиотека", "библиотеки"),
    "park": ("парк", "парка"), "monument": ("памятник", "памятника"), "mosque": ("мечеть", "мечети"),
    "church": ("церковь", "церкви"), "market": ("рынок", "рынка"), "building": ("здание", "здания"),
    "address": ("дом", "дома"),
}  # fmt: skip
"""In the nominative and in the genitive."""

_SIDES: Final = {"left": "слева", "right": "справа", "ahead": "впереди", "behind": "позади", "near": "рядом"}

_REMARKS: Final = {
    "lift": "воспользуйтесь лифтом",
    "arrive": "вы на месте",
    "island": "Посередине есть островок безопасности",
    "sound": "Есть звуковой сигнал",
    "no_sound": "Звукового сигнала нет",
    "sound_unknown": "Есть ли звуковой сигнал, неизвестно",
    "vibration": "Есть вибрационный сигнал",
    "tactile": "Есть тактильное покрытие",
    "no_tactile": "Тактильного покрытия нет",
    "lift_works": "Лифт работает",
    "lift_stopped": "По данным реестра лифт не работает",
    "lift_unknown": "Работает ли лифт, неизвестно",
    "lift_speech": "Остановки объявляются голосом",
    "lift_braille": "Есть надписи шрифтом Брайля",
    "there": "вы уже на месте",
    "one_place": "начальная точка и пункт назначения — у одного и того же места пути",
    "way_ends": "отмеченный на карте путь здесь заканчивается",
    "push": "Велосипед ведите рядом",
    "ride": "Дальше можно ехать на велосипеде",
    "ramp_stopped": "По данным реестра пандус не работает",
}


class Russian(Voice):
    """Russian, to one whom one does not know well."""

    language = "ru"
    tag = "ru-RU"

    def measure(self, number: float, unit: Unit) -> Speech:
        """Return a number with what it counts: of way in the accusative, else in the nominative."""
        gender, *forms = _UNITS[unit]
        shown = f"{number:g}".replace(".", ",")
        over = unit in {"metre", "kilometre"}
        numeral = Numeral(shown, russian.in_words(number, gender, accusative=over))
        return say("{n} {unit}", n=numeral, unit=russian.counted(number, *forms))

    def summary(self, metres: float, seconds: float) -> Speech:
        """Return a sentence on the whole route."""
        length, time = self.length(metres), self.duration(seconds)
        return say("Маршрут: {length}, примерно {time}.", length=length, time=time)

    def at_places(self, title: str, count: int) -> Speech:
        """Tell at how many places something is so."""
        return say("{title} — {count}", title=title, count=self.measure(count, "place"))

    def unknown(self, what: Speech) -> Speech:
        """Tell what nobody knows of a route."""
        return say("Неизвестно на пути: {what}", what=what)

    def off_start(self, distance: Speech) -> Speech:
        """Tell how far the first way of the map is."""
        return say("От начальной точки до пути — {distance}, этого участка на карте путей нет", distance=distance)

    def off_end(self, distance: Speech) -> Speech:
        """Tell how far the destination is from the last way of the map."""
        return say("До пункта назначения ещё {distance}, этого участка на карте путей нет", distance=distance)

    # Ways

    def street(self, way: Way, case: Case = "nominative") -> Speech:
        """Name a way in a case: «улице Абая», «проспекту «Тұран даңғылы»», «пешеходной дорожке»."""
        said = way.called("ru")
        if said is None:
            return Speech((self._noun(way.noun, case),))
        if way.noun == "sidewalk":
            named = self._named(said, way.type or "street", "genitive")
            return say("{noun} вдоль {street}", noun=self._noun("sidewalk", case), street=named)
        return self._named(said, way.type or _CARRIED.get(way.noun, "path"), case)

    @staticmethod
    def _named(said: Called, kind: str, case: Case) -> Speech:
        known = russian.street(said.text) if said.own else None
        if known is not None:
            return Speech((known.in_case(case),))
        carrier = russian.TYPES[russian.CARRIERS[kind]][1].in_case(case)
        return say("{carrier} {name}", carrier=carrier, name=said.quoted("«", "»"))

    @staticmethod
    def _noun(noun: Noun, case: Case) -> str:
        word, adjective = _NOUNS[noun]
        said = russian.declined(adjective, word.gender, case)
        return f"{said} {word.in_case(case)}".strip()

    def _into(self, way: Way) -> Speech:
        street = self.street(way, "accusative")
        into = self._preposition(way)
        smooth = "во" if into == "в" and _CLUSTERED.match(street.text) else into
        return say("{into} {street}", into=smooth, street=street)

    @staticmethod
    def _preposition(way: Way) -> str:
        said = way.called("ru")
        if said is None or way.noun == "sidewalk":
            return _NOUNS[way.noun][0].into
        own = russian.street(said.text) if said.own else None
        kind = russian.CARRIERS[way.type or _CARRIED.get(way.noun, "path")]
        return (own.noun if own is not None else russian.TYPES[kind][1]).into

    # Acts

    @property
    def _go(self) -> str:
        return "идите" if self.detail.gait == "walk" else "двигайтесь"

    def depart(self, manoeuvre: Manoeuvre, leg: Speech | None) -> Speech:
        """Set off."""
        bearing = manoeuvre.bearing_after
        to = "" if bearing is None else f"на {_HEADINGS[heading(bearing)]}"
        go = "ведите велосипед" if manoeuvre.pushed else self._go
        return together((go, to, self._along(manoeuvre.way), leg or ""))

    def _along(self, way: Way | None) -> Said:
        return "" if way is None else say("по {street}", street=self.street(way, "dative"))

    def go_on(self, manoeuvre: Manoeuvre, leg: Speech | None) -> Speech:
        """Go straight on along a way."""
        go = "ведите велосипед прямо" if manoeuvre.pushed else "продолжайте движение прямо"
        return together((go, self._along(manoeuvre.way), leg or ""))

    def go_for(self, distance: Speech) -> Speech:
        """Go on for a distance."""
        return say("далее {distance}", distance=distance)

    def turn(self, manoeuvre: Manoeuvre, leg: Speech | None) -> Speech:
        """Turn, or turn round; with a leg, where it is one motion with what follows."""
        said: Said = _TURNS[manoeuvre.modifier or "right"]
        hour, way = self.hour(manoeuvre), None if manoeuvre.plain else manoeuvre.way
        if hour is not None:
            said = say("{turn}, на {hour}", turn=said, hour=self.measure(hour, "hour"))
        if way is None:
            return together((said,))
        comma = "" if hour is None else ","
        if manoeuvre.staying or manoeuvre.modifier == "u_turn":
            back = manoeuvre.modifier == "u_turn"
            go = say("{go} {on}", go=self._go, on="обратно" if back else "дальше")
            return say("{turn}{comma} и {go}", turn=said, comma=comma, go=together((go, self._along(way), leg or "")))
        return say("{turn}{comma} {into}", turn=said, comma=comma, into=self._into(way))

    def roundabout(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass a roundabout."""
        modifier, way = manoeuvre.modifier or "straight", manoeuvre.way
        if modifier == "straight":
            into = "" if way is None else say(", {into}", into=self._into(way))
            return say("на кольце {go} прямо{into}", go=self._go, into=into)
        if modifier == "u_turn" or way is None:
            return say("на кольце {turn}", turn=_TURNS[modifier])
        return say("на кольце {turn} {into}", turn=_TURNS[modifier], into=self._into(way))

    def _turned(self, manoeuvre: Manoeuvre, act: Said) -> Speech:
        if not turned(manoeuvre.turning):
            return together((act,))
        return say("{turn} и {act}", turn=_TURNS[manoeuvre.turning], act=act)

    def cross(self, manoeuvre: Manoeuvre) -> Speech:
        """Cross a carriageway."""
        verb = "перейдите" if self.detail.gait == "walk" else "пересеките"
        way = manoeuvre.way
        street: Said = "дорогу" if way is None or not way.named else self.street(way, "accusative")
        how = _CROSSINGS[crossing_key(manoeuvre.attributes)]
        return self._turned(manoeuvre, together((verb, street, how)))

    def crossing_length(self, length: Speech) -> Speech:
        """Tell how long a crossing is."""
        return say("Длина перехода: {length}", length=length)

    def kerb(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass a kerb."""
        facts = manoeuvre.attributes
        if level_kerb(facts):
            return say("{turn}: там бордюр вровень с дорогой", turn=_TURNS[manoeuvre.turning])
        onto, off = self._kerbs(facts)
        walks = self.detail.gait == "walk"
        up, down = ("поднимитесь на", "спуститесь") if walks else ("заезжайте на", "съезжайте")
        act = (up, onto) if manoeuvre.modifier == "up" else (down, off)
        return self._turned(manoeuvre, together(act))

    def _kerbs(self, facts: Mapping[str, Any]) -> tuple[Speech, Speech]:
        """Return a kerb onto and off which one goes."""
        onto, off = _KERBS[kerb_key(facts)]
        height = facts.get("height")
        high: Said = say("высотой {height}", height=self.centimetres(height)) if height else ""
        return together((onto, high)), together((off, high))

    def steps(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass steps."""
        facts = manoeuvre.attributes
        what = "пандусу вдоль лестницы" if by_ramp(manoeuvre, self.detail) else "лестнице"
        count = facts.get("step_count")
        steps = self.measure(count, "step") if count else ""
        return self._climbed(manoeuvre, what, steps)

    def ramp(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass a ramp."""
        incline = manoeuvre.attributes.get("incline")
        slope = say("уклон {percent}", percent=self.percent(incline)) if incline else ""
        return self._climbed(manoeuvre, "пандусу", slope)

    def _climbed(self, manoeuvre: Manoeuvre, what: str, first: Said) -> Speech:
        verbs = {"up": "поднимитесь по", "down": "спуститесь по"}
        go = "пройдите по" if self.detail.gait == "walk" else "проезжайте по"
        rail = handrail_key(manoeuvre.attributes)
        facts = together((first, _HANDRAILS[rail] if rail else ""), ", ")
        act = say("{verb} {what}", verb=verbs.get(str(manoeuvre.modifier), go), what=what)
        return self._turned(manoeuvre, say("{act}: {facts}", act=act, facts=facts) if facts else act)

    def door_width(self, width: Speech) -> Speech:
        """Tell how wide a lift's door is."""
        return say("Ширина двери: {width}", width=width)

    def barrier(self, manoeuvre: Manoeuvre) -> Speech:
        """Pass a gate or another barrier."""
        verb = "пройдите" if self.detail.gait == "walk" else "проезжайте"
        return say(
            "{verb} {how}", verb=verb, how=_BARRIERS.get(str(manoeuvre.attributes.get("barrier")), "мимо преграды")
        )

    def clear_width(self, width: Speech) -> Speech:
        """Tell how wide the way past a barrier is."""
        return say("Ширина прохода: {width}", width=width)

    def locked(self, barrier: str) -> Speech:
        """Tell that a barrier is recorded as locked."""
        return say("По данным реестра {what}", what=_LOCKED.get(barrier, "проход закрыт"))

    def arrived_at(self, manoeuvre: Manoeuvre) -> Speech | None:
        """Tell on which side the destination lies."""
        sides: Mapping[str | None, str] = {"left": "слева", "right": "справа"}
        side = sides.get(manoeuvre.modifier)
        return None if side is None else say("пункт назначения {side}", side=side)

    def lies(self, side: str, thing: Speech) -> Speech:
        """Tell on which side something lies: one of :data:`routing.landmarks.Side`, or ``near``."""
        return say("{side} — {thing}", side=_SIDES[side], thing=thing)

    def thing(self, manoeuvre: Manoeuvre) -> Speech | None:
        """Return what lies ahead as a noun."""
        facts = manoeuvre.attributes
        if manoeuvre.type == "arrive":
            return say("конец пути на карте" if manoeuvre.off_after else "пункт назначения")
        if manoeuvre.type == "carriageway":
            return say("проезжая часть, тротуар не отмечен, {length}", length=self.length(facts["length"]))
        if manoeuvre.type == "kerb":
            return self._mere_kerb(manoeuvre)
        if manoeuvre.type == "surface":
            surface = _SURFACES.get(str(facts.get("surface")), _SURFACES["uneven"])
            return say("{surface}, {length}", surface=surface, length=self.length(facts["length"]))
        if manoeuvre.type == "slope":
            return self._sloping(manoeuvre)
        if manoeuvre.type == "narrow":
            return say("узкое место шириной {width}", width=self.centimetres(facts["width"]))
        return None

    def _mere_kerb(self, manoeuvre: Manoeuvre) -> Speech | None:
        if level_kerb(manoeuvre.attributes):
            return None if turned(manoeuvre.turning) else say("бордюр вровень с дорогой")
        return None if manoeuvre.modifier is not None else self._kerbs(manoeuvre.attributes)[0]

    def _sloping(self, manoeuvre: Manoeuvre) -> Speech:
        facts = manoeuvre.attributes
        about = facts.get("incline_source") == "terrain"
        return say(
            "{what}: {about}{percent}, {length}",
            what="крутой подъём" if manoeuvre.modifier == "up" else "крутой спуск",
            about="примерно " if about else "",
            percent=self.percent(facts["incline"], about=about),
            length=self.length(facts["length"]),
        )

    def notice(self, thing: Speech) -> Speech:
        """Tell of something right ahead that is no danger."""
        return say("впереди {thing}", thing=thing)

    def warning(self, thing: Speech) -> Speech:
        """Warn of something right ahead."""
        return say("осторожно, впереди {thing}", thing=thing)

    def ahead(self, distance: Speech, thing: Speech) -> Speech:
        """Tell what there will be after a distance."""
        return say("через {distance} — {thing}", distance=distance, thing=thing)

    def after(self, distance: Speech, act: Speech) -> Speech:
        """Tell what is to be done after a distance."""
        return say("через {distance} {act}", distance=distance, act=act)

    def then(self, said: Speech, *, thing: bool) -> Speech:
        """Tell what comes next, at once."""
        return say("сразу за этим — {said}" if thing else "затем {said}", said=said)

    def at_signals(self, act: Speech) -> Speech:
        """Do something at traffic lights."""
        return say("на светофоре {act}", act=act)

    def by(self, landmark: Speech, act: Speech) -> Speech:
        """Do something beside a landmark."""
        return say("у {landmark} {act}", landmark=landmark, act=act)

    def landmark(self, beside: Beside) -> Speech:
        """Name a landmark in the genitive."""
        return self._landmark(beside, 1)

    def landmark_name(self, beside: Beside) -> Speech:
        """Name a landmark by itself."""
        return self._landmark(beside, 0)

    def _landmark(self, beside: Beside, case: int) -> Speech:
        thing = beside.landmark
        said = called(thing.names, "ru")
        noun = _LANDMARKS.get(thing.kind, ("объект", "объекта"))[case]
        if thing.kind == "address":
            house = say("{noun} {number}", noun=noun, number=str(thing.number))
            kind = type_among(thing.names) or "street"
            return house if said is None else say("{h} по {s}", h=house, s=self._named(said, kind, "dative"))
        if said is None:
            return say("{noun}", noun=noun)
        first, _, rest = said.text.partition(" ")
        if said.own and first.lower() == _LANDMARKS.get(thing.kind, ("", ""))[0] and rest:
            return say("{noun} {rest}", noun=noun, rest=rest)
        return say("{noun} {name}", noun=noun, name=said.quoted("«", "»"))

    def remark(self, key: str) -> Speech:
        """Return one of the fixed sentences."""
        return Speech((_REMARKS[key],))
