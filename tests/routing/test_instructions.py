"""Routes told in three languages, held against texts that were read and approved, line by line."""

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from gis.text import LANGUAGES, Language, Text
from routing.hours import Clock
from routing.instructions import VOICES, Instruction, instruction, instructions
from routing.manoeuvres import Manoeuvre, detail_for
from routing.presets import PRESETS
from routing.ssml import SSML, ssml, utterance
from routing.telling import manoeuvres_of
from tests.routing.plain_router import PlainRouter
from tests.routing.plain_streets import NOON, Streets
from tests.routing.plain_streets import Way as Drawn
from tests.routing.test_why import snapped
from tests.routing.told_routes import (
    ABAI,
    FLUSH,
    HIGH_KERB,
    MANOEUVRES,
    ROUTES,
    SIDEWALK,
    go,
    near,
    standing,
    trip,
)

GOLDEN = Path(__file__).parent / "golden"
WRITE = os.environ.get("QALA_GOLDEN") == "write"
"""Set it to write the texts anew, then read every line that changed."""


def golden(name: str, text: str) -> str:
    """Return the approved text."""
    path = GOLDEN / name
    if WRITE:
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def line(step: Instruction) -> str:
    """Return a manoeuvre as the golden files show it: ahead of it, at it."""
    return f"{step.manoeuvre.type}\n  < {step.alert.text if step.alert else ''}\n  = {step.verbal.text}\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_manoeuvre_is_told_as_approved(language: Language) -> None:
    """Thirty and two manoeuvres, each as one who moves so is told it."""
    steps = [instruction(VOICES[language](detail_for(PRESETS[who])), done) for who, done in MANOEUVRES]
    text = "\n".join(f"{who} {line(step)}" for (who, _), step in zip(MANOEUVRES, steps, strict=True))
    assert text == golden(f"manoeuvres.{language}.txt", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whole_routes_are_told_as_approved(language: Language) -> None:
    """Thirteen routes from setting off to arriving."""
    told = {name: instructions(made(), language, near) for name, made in ROUTES.items()}
    text = "\n".join(f"# {name}: {it.summary.text}\n" + "".join(map(line, it.steps)) for name, it in told.items())
    assert text == golden(f"routes.{language}.txt", text)


def test_legs_make_up_the_route() -> None:
    """Distances and durations of the manoeuvres sum to those of the route, and none goes back."""
    for made in ROUTES.values():
        route = made()
        done = manoeuvres_of(route)
        assert sum(m.distance for m in done) == pytest.approx(route.length)
        assert sum(m.seconds for m in done) == pytest.approx(route.seconds)
        assert all(a.along <= b.along for a, b in pairwise(done))
        assert (done[0].type, done[-1].type) == ("depart", "arrive")


def test_each_asker_is_told_what_matters_to_him() -> None:
    """A walker hears of no kerb, a wheelchair of none that is level, the blind of each; a driver of neither."""
    steps = (
        go("footway", 40, 0, at_end=(FLUSH,), **SIDEWALK),
        go("crossing", 9, 0, at_end=(HIGH_KERB,)),
        go("footway", 40, 0, at_end=(standing("barrier", barrier="bollard"),), **SIDEWALK),
        go("footway", 40, 0, **SIDEWALK),
    )

    def told(profile: str) -> list[str]:
        return [m.type for m in manoeuvres_of(trip(profile, *steps)) if m.type in {"kerb", "barrier"}]

    assert told("foot") == ["barrier"]
    assert told("wheelchair-manual") == ["kerb", "barrier"]
    assert told("blind") == ["kerb", "kerb", "barrier"]
    assert told("car") == []


def test_what_has_sides_is_told_in_the_direction_of_travel() -> None:
    """Drawn up with the handrail left; passed downwards, it is on the right."""
    up = go("steps", 0, 6, step_count=9, climb="up", handrail="left")
    down = replace(up, forward=False)
    there, back = (manoeuvres_of(trip("foot", step))[1] for step in (up, down))
    assert (there.modifier, there.attributes["handrail"]) == ("up", "left")
    assert (back.modifier, back.attributes["handrail"]) == ("down", "right")


def test_a_street_in_many_pieces_is_told_once() -> None:
    """Fifty pieces of one avenue that bends are one instruction."""
    bend = [go("street", 20, n % 3, highway="primary", **ABAI) for n in range(50)]
    done = manoeuvres_of(trip("car", *bend))
    assert [m.type for m in done] == ["depart", "arrive"]
    assert done[0].distance == pytest.approx(1001.5, abs=1)


def test_who_is_there_already_is_told_so() -> None:
    """A route without pieces has nothing but its end."""
    told = instructions(replace(trip("foot", go("street", 1, 0)), pieces=()), "ru")
    assert told.summary.text == "Вы уже на месте."
    assert told.lines == ("Вы на месте.",)


def test_what_nobody_knows_is_told_first() -> None:
    """How many places of the way lack a slope and a surface, in words that a voice reads with the noun."""
    slope, surface = Text(kk="еңістік", ru="уклон", en="slope"), Text(kk="жабыны", ru="покрытие", en="surface")
    route = ROUTES["on_wheels"]()
    texts = [instructions(route, each, unknown=((slope, 22), (surface, 1))) for each in LANGUAGES]
    said = {told.language: told.summary.text.partition(". ")[2] for told in texts}
    assert said == {
        "kk": "Жолда мыналар белгісіз: еңістік — 22 жерде, жабыны — 1 жерде.",
        "ru": "Неизвестно на пути: уклон — 22 места, покрытие — 1 место.",
        "en": "Not known of the way: slope in 22 places, surface in 1 place.",
    }
    assert '<sub alias="одно">1</sub> место.' in ssml(texts[list(LANGUAGES).index("ru")])


def test_people_on_foot_share_a_cycle_track_that_is_signed_for_them() -> None:
    """To a cyclist it stays a cycle track; so does one without the sign to who walks."""
    shared, own = (go("footway", 80, 0, footway="cycleway", foot=sign) for sign in ("designated", "yes"))
    said = [instructions(trip(who, step), "en").lines[0] for who in ("blind", "bicycle") for step in (shared, own)]
    assert [line.split("the ")[1].split(" for")[0] for line in said] == [
        "shared path",
        "cycle track",
        "cycle track",
        "cycle track",
    ]


def test_members_tell_where_a_bicycle_is_pushed() -> None:
    """Where it is ridden nothing is said of it."""
    told = instructions(ROUTES["pushing"](), "en").as_json()["manoeuvres"]
    assert [each.get("pushed", False) for each in told] == [True, False, True, True, True, False, False]


def test_a_bicycle_is_pushed_where_the_price_says_so() -> None:
    """Against one-way traffic and along a footway; with the traffic it is ridden, and nobody on foot pushes one."""
    street = {"highway": "residential", "one_way": "backward"}
    ways = [Drawn("street", 0, 1, 60, street), Drawn("footway", 1, 2, 40, {"footway": "footway"})]
    graph = Streets([*ways, Drawn("street", 2, 3, 50, {"highway": "residential"})]).graph()
    router = PlainRouter(Clock())

    def pushed(who: str, start: int, end: int) -> list[bool]:
        metric, ends = router.metric(graph, PRESETS[who], NOON), (snapped(graph, start), snapped(graph, end))
        return [piece.pushed for piece in router.joined(graph, metric, PRESETS[who], *ends, NOON).pieces]

    assert pushed("bicycle", 0, 3) == [True, True, False]
    assert pushed("bicycle", 3, 0) == [False, True, False]
    assert pushed("foot", 0, 3) == [False, False, False]


def test_two_places_that_share_the_nearest_way_are_not_one() -> None:
    """No way of the map leads between them, but neither is one there already."""
    route = trip("foot", go("street", 1, 0), left=(0.0, 90.0), asked=(1.0, -250.0))
    told = instructions(replace(route, pieces=()), "en")
    assert "already" not in told.summary.text
    assert "the first 90 metres" in told.lines[0]
    assert "the last 250 metres" in told.lines[0]


def test_members_of_json() -> None:
    """Each manoeuvre says where it is, which way it goes, what it is called and what is said."""
    made = ROUTES["on_foot"]()
    told = instructions(made, "en", near).as_json(place=lambda point: (point[0] + 1000, point[1]))
    first, crossing = told["manoeuvres"][:2]
    assert told["language"] == "en-GB"
    assert first["location"] == [1000.0, 0.0]
    assert (first["bearing_before"], first["bearing_after"], first["distance"]) == (None, 90.0, 270.0)
    assert first["street"] == {"id": None, "kind": "road", **ABAI}
    assert first["landmarks"][0] | {"distance": None} == {
        "kind": "address",
        "number": "7А",
        **ABAI,
        "side": "left",
        "distance": None,
    }
    assert crossing["attributes"]["signals"] is True
    assert crossing["verbal_alert"] == "In 30 metres, cross Dostyq Avenue at the signalled crossing."


# SSML

_CONTENT = {
    "speak": {"p", "s", "break", "mark"},
    "p": {"s"},
    "s": {"sub", "lang"},
    "sub": set(),
    "lang": set(),
    "break": set(),
    "mark": set(),
}
"""What of SSML 1.1 is used, and in what: each a subset of what section 3 of the Recommendation allows there."""

_REQUIRED = {
    "speak": {"version", "{http://www.w3.org/XML/1998/namespace}lang"},
    "sub": {"alias"},
    "lang": {"{http://www.w3.org/XML/1998/namespace}lang"},
    "mark": {"name"},
    "break": {"time"},
}


def _faults(document: etree._Element) -> Iterator[str]:
    for element in document.iter():
        name = etree.QName(element)
        kind = name.localname
        if name.namespace != SSML or set(element.attrib) != _REQUIRED.get(kind, set()):
            yield f"{kind}: {sorted(map(str, element.attrib))}"
        inside = (etree.QName(child).localname for child in element)
        yield from (f"{kind}/{child}" for child in inside if child not in _CONTENT[kind])
        texts = [element.text, *(child.tail for child in element)]
        if kind in {"speak", "p", "break", "mark"} and any((text or "").strip() for text in texts):
            yield f"text in {kind}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_speech_markup_is_valid_and_says_the_same(language: Language) -> None:
    """Elements, attributes and languages are SSML's; the text is the instructions'; marks are names and unique."""
    for made in ROUTES.values():
        told = instructions(made(), language, near)
        document = etree.fromstring(ssml(told).encode())
        assert list(_faults(document)) == []
        assert document.get("version") == "1.1"
        assert document.get("{http://www.w3.org/XML/1998/namespace}lang") == told.tag
        said = ["".join(s.itertext()) for s in document.iter(f"{{{SSML}}}s")]
        assert said == [told.summary.text, *told.lines]
        marks = [mark.get("name") for mark in document.iter(f"{{{SSML}}}mark")]
        assert marks == [f"manoeuvre-{n}" for n in range(len(told.steps))]


def test_numbers_are_read_in_gender_and_case() -> None:
    """«через 21 метр» is read «двадцать один», «21 ступень» and «примерно 21 минута» «двадцать одна»."""
    steps = Manoeuvre(type="steps", modifier="up", location=(0, 0), attributes={"step_count": 21})
    voice = VOICES["ru"](detail_for(PRESETS["foot"]))
    assert '<sub alias="двадцать одна">21</sub> ступень' in utterance(voice.instruction(steps), voice.tag)
    assert '<sub alias="двадцать одна">21</sub> минута' in utterance(voice.duration(21 * 60), voice.tag)


def test_foreign_names_are_read_in_their_language_and_odd_ones_are_escaped() -> None:
    """A Kazakh name in Russian speech is marked as Kazakh; markup in a name stays text."""
    odd = go("street", 90, 0, name="Қарлығаш <b>&\x0b\"' көшесі", highway="residential")
    told = instructions(trip("foot", odd), "ru")
    document = etree.fromstring(ssml(told).encode())
    lang = next(document.iter(f"{{{SSML}}}lang"))
    assert lang.get("{http://www.w3.org/XML/1998/namespace}lang") == "kk-KZ"
    assert "<b>&" in (lang.text or "")
