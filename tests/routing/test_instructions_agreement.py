"""Agreement, cases and numerals of what is said: over numbers, kinds of manoeuvres, and real names of streets."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import get_args

import pytest

from gis.text import LANGUAGES, Language
from routing import kazakh, russian
from routing.instructions import VOICES, Instruction, instruction, instructions
from routing.landmarks import Beside, Landmark
from routing.manoeuvres import Manoeuvre, Modifier, detail_for
from routing.presets import PRESETS
from routing.reasons import gain_told
from routing.voice import Voice
from routing.ways import NOUNS, Way, called
from routing.words_en import in_words as english
from tests.city import REAL_DATA
from tests.routing.agreement import faults, harmonious, words
from tests.routing.told_routes import MANOEUVRES, ROUTES, names, near

NAMES = (
    names("Абай даңғылы", "проспект Абая", "Abai Avenue"),
    names("Төле би көшесі", "ул. Толе Би"),
    names("Әл-Фараби даңғылы", "Аль-Фараби прс."),
    names("Садовый бульвары", "Садовый бульвар"),
    names("Құлжа тас жолы", "Кульжинский тракт"),
    names(plate="Восточная Алматинская объездная дорога"),
    names(plate="пер.Дружбы"),
    names(plate="Тулеубаева 2-й переулок"),
    names(plate="ул. Джандосова;ул.Джандосова"),
    names(plate="Дәулет тұйық көшесі"),
    names(plate="101-я улица"),
    names(plate="70-көше"),
    names(plate="Серуен көпірі"),
    names(plate="Ұлытау аллеясы"),
    names(plate="018-й учетный квартал"),
    names(plate="улица 8 Марта"),
    names(plate="тупик Льва Толстого"),
    names(plate="3 микрорайон"),
    names(plate="Северное кольцо"),
    names(plate="Набережная"),
    names(plate="Коргалжинское шоссе"),
    names(plate="улица газеты «Егемен Қазақстан»"),
    names(plate="Green Belt Cycle Path"),
    names(plate="E 495"),
    names(plate="Толе Би (Tole Bi)"),
    names(plate='тропа на вершину "Три брата"'),
    names(plate="172"),
    names(kk="Бауыржан Момышұлы көшесі"),
    names(ru="переулок Дальний"),
    names(en="Timiryazev Street"),
    names(plate="1-ықшамаудан"),
    names(plate="Большая Морская улица"),
    names(plate="переулок 1-й Тверской"),
    names(plate="улица Тенистая"),
    names(plate="2-я улица Строителей"),
    names(plate="улица Рыбачья"),
)

DECLINED = {
    "Большая Морская улица": ("по Большой Морской улице", "на Большую Морскую улицу"),
    "улица Хорошая": ("по Хорошей улице", "на Хорошую улицу"),
    "улица Чужая": ("по Чужой улице", "на Чужую улицу"),
    "улица Рыбачья": ("по Рыбачьей улице", "на Рыбачью улицу"),
    "Казачья улица": ("по Казачьей улице", "на Казачью улицу"),
    "улица Узкая": ("по Узкой улице", "на Узкую улицу"),
    "улица Пятая": ("по Пятой улице", "на Пятую улицу"),
    "улица Третья": ("по Третьей улице", "на Третью улицу"),
    "2-я улица Строителей": ("по 2-й улице Строителей", "на 2-ю улицу Строителей"),
    "улица 2-ая Строителей": ("по 2-й улице Строителей", "на 2-ю улицу Строителей"),
    "переулок Тверской": ("по Тверскому переулку", "в Тверской переулок"),
    "переулок 1-й Тверской": ("по 1-му Тверскому переулку", "в 1-й Тверской переулок"),
    "проезд Ямской": ("по Ямскому проезду", "в Ямской проезд"),
    "бульвар Большой": ("по Большому бульвару", "на Большой бульвар"),
    "проспект Морской": ("по Морскому проспекту", "на Морской проспект"),
    "тупик Рабочий": ("по Рабочему тупику", "в Рабочий тупик"),
    "переулок Рыбачий": ("по Рыбачьему переулку", "в Рыбачий переулок"),
    "переулок 1-й Конной Армии": ("по переулку 1-й Конной Армии", "в переулок 1-й Конной Армии"),
    "улица Крупской": ("по улице Крупской", "на улицу Крупской"),
    "улица Мустафы Шокая": ("по улице Мустафы Шокая", "на улицу Мустафы Шокая"),
    "улица Абая": ("по улице Абая", "на улицу Абая"),
}


@pytest.mark.parametrize("name", DECLINED)
def test_russian_names_are_declined_as_they_are_spoken(name: str) -> None:
    """An adjective goes before its noun, whichever way round the plate has them; a genitive stays behind."""
    voice, way = voices("ru")[0], Way(kind="street", noun="road", names={"name": name})
    go = Manoeuvre(type="continue", modifier="straight", location=(0, 0), way=way)
    turn = Manoeuvre(type="turn", modifier="right", location=(0, 0), way=way)
    along, into = DECLINED[name]
    assert voice.instruction(go).text == f"Продолжайте движение прямо {along}."
    assert voice.instruction(turn).text == f"Поверните направо {into}."


GAINS = (
    (40, 0, 0, "Путь появится у 40 человек."),
    (1, 5, 720, "Путь появится у 1 человека; короче он станет у 5 человек, всего на 12 минут."),
    (0, 21, 1260, "Путь станет короче у 21 человека, всего на 21 минуту."),
    (11, 101, 120, "Путь появится у 11 человек; короче он станет у 101 человека, всего на 2 минуты."),
    (0, 2, 9, "Путь станет короче у 2 человек, но всего меньше чем на минуту."),
)


@pytest.mark.parametrize(("opened", "shortened", "saved", "said"), GAINS)
def test_gains_of_a_repair_are_counted_as_people_are(opened: int, shortened: int, saved: int, said: str) -> None:
    """Nobody is told of in noughts, and «человек» agrees."""
    told = gain_told(opened=opened, shortened=shortened, saved=saved)
    assert told.ru == said
    assert not re.search(r"\b0\b", told.kk + told.en)


FACTS = {
    "step_count": 3, "handrail": "left", "incline": 0.065, "height": 0.03, "kerb": "rolled", "status": "out_of_order",
    "length": 21.0, "width": 0.81, "surface": "gravel", "barrier": "gate", "signals": True, "tactile_paving": "no",
    "door_width": 0.9,
}  # fmt: skip


def real_names() -> Iterator[dict[str, str]]:
    """Yield what streets of Astana and Almaty are called, as plates have it."""
    rows = json.loads((REAL_DATA / "astana/streets.json").read_text(encoding="utf-8"))["streets"]
    yield from ({"name": name} for name in sorted({row["name"] for row in rows}))
    blocks = json.loads((REAL_DATA / "almaty/districts.geojson").read_text(encoding="utf-8"))["features"]
    yield from ({"name": str(value)} for row in blocks for key, value in row["properties"].items() if "name" in key)


def told(voice: Voice, way: Way) -> Iterator[Instruction]:
    """Yield every manoeuvre in which a way is named."""
    here = Manoeuvre(type="turn", location=(0, 0), way=way, bearing_before=0, bearing_after=90, before=99, going=21)
    yield instruction(voice, replace(here, type="depart"))
    yield instruction(voice, replace(here, type="continue", modifier="straight"))
    for modifier in get_args(Modifier)[:4]:
        yield instruction(voice, replace(here, modifier=modifier))
    yield instruction(voice, replace(here, modifier="left", staying=True))
    yield instruction(voice, replace(here, type="roundabout", modifier="right"))
    yield instruction(voice, replace(here, type="crossing", attributes=FACTS))


def said(steps: Iterator[Instruction]) -> Iterator[str]:
    """Yield every sentence."""
    for step in steps:
        yield step.verbal.text
        yield from () if step.alert is None else (step.alert.text,)


def voices(language: Language) -> list[Voice]:
    """Return one voice for each way of moving."""
    return [VOICES[language](detail_for(PRESETS[name])) for name in ("foot", "wheelchair-manual", "blind", "car")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_street_is_named_in_its_case(language: Language) -> None:
    """Thirty real names in all their roles, on streets and on sidewalks along them."""
    for named in NAMES:
        for voice in voices(language)[:1]:
            for kind, noun in (("street", "road"), ("footway", "sidewalk"), ("footway", "path")):
                way = Way(kind=kind, noun=noun, names=named)  # type: ignore[arg-type]
                assert [fault for text in said(told(voice, way)) for fault in faults(text, language)] == []


@pytest.mark.realdata
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_street_of_a_city_is_named_in_its_case(language: Language) -> None:
    """Fifteen hundred names as they are, with all their slips."""
    voice = voices(language)[0]
    found = list(real_names())
    assert len(found) > 1000
    for named in found:
        texts = list(said(islice(told(voice, Way(kind="street", noun="road", names=named)), 1, 7, 2)))
        assert [fault for text in texts for fault in faults(text, language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_agrees(language: Language) -> None:
    """Each type of manoeuvre, each kind of way without a name, each preset."""
    for voice in voices(language):
        for noun in NOUNS:
            way = Way(kind="footway", noun=noun)
            assert [fault for text in said(told(voice, way)) for fault in faults(text, language)] == []
        for _, done in MANOEUVRES:
            for turning in get_args(Modifier)[:3]:
                for facts in (
                    {**FACTS, **done.attributes},
                    {**done.attributes, "length": 9.0, "width": 1.0, "incline": 0.1},
                ):
                    step = instruction(voice, replace(done, turning=turning, attributes=facts))
                    assert [fault for text in said(iter([step])) for fault in faults(text, language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_numerals_agree_with_what_they_count(language: Language) -> None:
    """Every number from 0 to 1000, and with tenths, of everything that is counted."""
    voice = voices(language)[0]
    for number in [*range(1001), *(n / 10 for n in range(11, 400) if n % 10)]:
        measured = [voice.measure(number, unit) for unit in ("metre", "percent", "minute", "step")]
        texts = [voice.go_for(measured[0]).text, voice.ahead(measured[0], voice.thing(MANOEUVRES[31][1])).text]  # type: ignore[arg-type]
        for text in [*(said.text for said in measured), *texts]:
            assert faults(f"{text[:1].upper()}{text[1:]}.", language) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", [1, 2, 5, 11, 21, 101, 1000])
def test_what_is_told_beside_the_way_agrees(language: Language, number: int) -> None:
    """What lies off the map, carriageways, bicycles that are pushed, locks of every kind, unknowns and hours."""
    here = Manoeuvre(type="continue", modifier="straight", location=(0, 0), way=Way(kind="street", noun="shared_path"))
    pushed = replace(here, pushed=True, bicycle="push", going=float(number))
    kinds = ("gate", "lift_gate", "kissing_gate", "turnstile", "door", "entrance")
    done = [
        pushed,
        replace(pushed, type="depart", bearing_after=0.0, off_before=float(number)),
        replace(pushed, type="turn", modifier="left"),
        replace(here, type="turn", modifier="u_turn", bicycle="ride", going=float(number)),
        replace(here, type="arrive", modifier="right", off_after=float(number)),
        replace(here, type="carriageway", modifier=None, attributes={"length": float(number)}),
        *(replace(here, type="barrier", attributes={"barrier": kind, "locked": True}) for kind in kinds),
    ]
    for voice in voices(language):
        texts = [*said(instruction(voice, each) for each in done), voice.summary(number, 60 * number).text]
        texts.append(f"Q: {voice.at_places('«»', number).text}.")
        assert [fault for text in texts for fault in faults(text, language)] == []


def test_russian_numerals_are_spelled_as_their_nouns_are_declined() -> None:
    """A numeral's last word tells the form of the noun and its gender: «двадцать одна минута», «две ступени»."""
    one = {"metre": "один", "minute": "одна", "step": "одна"}
    voice = voices("ru")[0]
    for number in range(1, 1001):
        for unit, single in one.items():
            numeral, word = voice.measure(number, unit).parts[0], voice.measure(number, unit).parts[-1]  # type: ignore[arg-type]
            last = numeral.spoken.split()[-1]  # type: ignore[union-attr]
            few = {"два" if unit == "metre" else "две", "три", "четыре"}
            form = 0 if last == single else 1 if last in few else 2
            endings = {"metre": ("метр", "метра", "метров"), "minute": ("минута", "минуты", "минут"),
                       "step": ("ступень", "ступени", "ступеней")}[unit]  # fmt: skip
            assert word == endings[form]


def test_numerals_are_spelled_uniquely_and_known_ones_rightly() -> None:
    """No two numbers are spelled alike; a few as dictionaries have them."""
    for spell in (russian.in_words, kazakh.in_words, english):
        assert len({spell(n) for n in range(10_000)}) == 10_000
    assert russian.in_words(1211) == "одна тысяча двести одиннадцать"
    assert kazakh.in_words(1948) == "мың тоғыз жүз қырық сегіз"
    assert english(745) == "seven hundred and forty-five"
    assert (russian.in_words(0.5), kazakh.in_words(2.5), english(0.5)) == (
        "ноль целых пять десятых",
        "екі жарым",
        "zero point five",
    )


KAZAKH_ENDINGS = {
    "1": ("ге", "ден", "дің"), "2": ("ге", "ден", "нің"), "3": ("ке", "тен", "тің"), "4": ("ке", "тен", "тің"),
    "5": ("ке", "тен", "тің"), "6": ("ға", "дан", "ның"), "7": ("ге", "ден", "нің"), "8": ("ге", "ден", "дің"),
    "9": ("ға", "дан", "дың"), "10": ("ға", "нан", "ның"), "20": ("ға", "дан", "ның"), "30": ("ға", "дан", "дың"),
    "40": ("қа", "тан", "тың"), "50": ("ге", "ден", "дің"), "60": ("қа", "тан", "тың"), "70": ("ке", "тен", "тің"),
    "80": ("ге", "нен", "нің"), "90": ("ға", "нан", "ның"), "100": ("ге", "ден", "дің"), "1000": ("ға", "нан", "ның"),
    "Mega": ("ға", "дан", "ның"), "Dostyk Plaza": ("ға", "дан", "ның"), "Home": ("ға", "нан", "ның"),
    "Towers": ("ке", "тен", "тің"), "Рахат": ("қа", "тан", "тың"), "Гоголь": ("ге", "ден", "дің"),
    "Төле би": ("ге", "ден", "дің"), "Абылай хан": ("ға", "нан", "ның"), "Райымбек": ("ке", "тен", "тің"),
    "Момышұлы": ("на", "нан", "ның"), "Астана": ("ға", "дан", "ның"), "Жеңіс": ("ке", "тен", "тің"),
}  # fmt: skip


@pytest.mark.parametrize("name", KAZAKH_ENDINGS)
def test_kazakh_endings_follow_the_last_sound(name: str) -> None:
    """Dative, ablative and genitive, behind digits and behind quotation marks."""
    cases: tuple[kazakh.Case, ...] = ("dative", "ablative", "genitive")
    assert tuple(kazakh.behind_quotes(name, case)[1:] for case in cases) == KAZAKH_ENDINGS[name]


def test_every_number_takes_the_ending_of_its_last_digits() -> None:
    """What holds for a digit or a ten holds for each number that ends in it."""
    for number in range(1, 1000):
        digits = str(number)
        last = digits[-1] if digits[-1] != "0" else f"{digits[-2]}0" if digits[-2:] != "00" else "100"
        assert kazakh.in_case(digits, "dative") == f"{digits}-{KAZAKH_ENDINGS[last][0]}"
        assert harmonious(kazakh.ordinal(number))


@pytest.mark.parametrize("language", LANGUAGES)
def test_landmarks_of_every_kind_are_declined(language: Language) -> None:
    """Shops and houses, with names of its own language, of another, and with none."""
    voice = voices(language)[2]
    turn = Manoeuvre(type="turn", modifier="right", location=(0, 0), bearing_before=0, bearing_after=90, before=50)
    for kind in ("shop", "bank", "object", "school", "address", "monument"):
        for named in (names("Рахат", "Рахат", "Rakhat"), {"name": "Mega"}, names("№ 5 мектеп", "школа № 5")):
            beside = Beside(Landmark(kind=kind, point=(5, 5), names=named, number="12/1"), "left", 7.0)
            for step in (turn, replace(turn, type="arrive", modifier=None)):
                texts = said(iter([instruction(voice, replace(step, landmark=beside))]))
                assert [fault for text in texts for fault in faults(text, language)] == []


def test_no_language_leaks_into_another() -> None:
    """Kazakh and Russian have no word in common but those that both borrowed, and none with a Latin letter."""
    spoken: dict[str, set[str]] = {}
    for language in LANGUAGES:
        texts = [text for made in ROUTES.values() for text in instructions(made(), language, near).lines]
        done = [instruction(voice, m).verbal.text for voice in voices(language) for _, m in MANOEUVRES]
        spoken[language] = set().union(*map(words, [*texts, *done]))
    common = {word for word in spoken["kk"] & spoken["ru"] if word not in _NAMED}
    assert common == set()
    assert not any(re.search("[a-z]", word) for word in spoken["kk"] | spoken["ru"])
    assert not any(re.search("[а-я]", word) for word in spoken["en"])


_NAMED = frozenset({"әл"})


def test_names_are_those_of_the_language_where_the_register_has_them() -> None:
    """What a name looks like counts for more than the field in which it stands."""
    assert called({"name": "Абай даңғылы", "name_ru": "проспект Абая"}, "ru").own  # type: ignore[union-attr]
    assert not called({"name_ru": "Абай даңғылы"}, "ru").own  # type: ignore[union-attr]
    assert not called({"name_kk": "улица Абая"}, "kk").own  # type: ignore[union-attr]
    assert not called({"name_en": "улица Абая"}, "en").own  # type: ignore[union-attr]
    assert called({"name": None}, "kk") is None
