"""The story of a unit: what happened, by which act, what it replaced, and what was corrected, on both axes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import shapely

from cadastres.land.model import PARCEL as PARCELS
from cadastres.land.verbs import Split
from cadastres.real_estate.chronicle import Deed, Known, events
from cadastres.real_estate.history_story import story
from cadastres.real_estate.premises_verbs import MergePremises, SplitPremises
from cadastres.real_estate.sheets import Sight
from cadastres.real_estate.subject import find_known, spelled
from gis.access import Look
from gis.record import NOWHERE, Period
from gis.text import LANGUAGES
from tests.cadastres.real_estate.dossier import (
    FLAT,
    FLAT_1,
    FROM,
    HOUSE,
    OWNER,
    PARCEL,
    PLEDGE,
    QUARTER,
    RIGHT,
    Dossier,
    box,
    opened,
)
from tests.cadastres.real_estate.estate import Land, area
from tests.city import City

LOOK = Look(actor="N. Notary", role="notary", reason="sale", subject="real_estate.unit 1")


@pytest.fixture(scope="module")
def estate(fresh_city: Callable[[str], City]) -> Iterator[Dossier]:
    """An estate with a history: a discharge, a sale, and an area corrected back to the beginning."""
    dossier = opened(fresh_city("helsinki"))
    dossier.write(
        ("pledge", "real_estate.right", NOWHERE, {**PLEDGE, "unit_id": "@unit", "on_right_id": "@right"}),
        ("pledgee", "personal.holder", NOWHERE, {"right_id": "@pledge", "party_id": "@bank"}),
        day="2018-02-02", number="D-1", ending=("pledge", "pledgee"),
    )  # fmt: skip
    _sell(dossier)
    dossier.write(
        ("flat", "real_estate.premises", NOWHERE, {**FLAT_1, "total_area": 47.5}),
        kind="correction", number="Q-9", reason="wrong area",
    )  # fmt: skip
    yield dossier
    dossier.city.register.close()


def _sell(dossier: Dossier) -> None:
    """End the owner's right and give another to a buyer, by one act."""
    ended = {**RIGHT, "unit_id": "@unit"}
    buyer = {"party_type": "nonNaturalPerson", "name": "«Шаңырақ» ЖШС"}
    dossier.write(("buyer", "personal.party", NOWHERE, buyer), day="2019-05-01")
    dossier.write(
        ("right", "real_estate.right", NOWHERE, ended),
        ("right 2", "real_estate.right", NOWHERE, {**RIGHT, "unit_id": "@unit"}),
        ("holder 2", "personal.holder", NOWHERE, {"right_id": "@right 2", "party_id": "@buyer"}),
        ("holder", "personal.holder", NOWHERE, {"right_id": "@right", "party_id": "@owner"}),
        day="2019-05-06", kind="sale-contract", number="K-1/2019", ending=("right", "holder"),
    )  # fmt: skip


def told(dossier: Dossier, number: str, **asked: Any) -> list[dict[str, Any]]:
    """Return the entries of a story."""
    recorded, valid = asked.pop("recorded", None), asked.pop("valid", None)
    full = asked.pop("full", False)
    register = dossier.city.register
    reading = dossier.reading(valid, recorded)
    with register.confiding(LOOK) if full else register.reading() as connection:
        sight = Sight(connection, reading, dossier.city.profile)
        subject = find_known(connection, number, reading, sight.profile)
        entries: list[dict[str, Any]] = story(sight, subject, "full" if full else "public", **asked)["entries"]
    return entries


def by_source(entries: list[dict[str, Any]], number: str) -> dict[str, Any]:
    """Return the entry of an act."""
    return next(entry for entry in entries if entry["source"]["number"] == number)


def whats(entry: dict[str, Any]) -> set[tuple[str, str]]:
    """Return what happened to which layer."""
    return {(event["what"], event["layer"]) for event in entry["events"]}


def test_a_sale_tells_what_ended_what_began_and_what_it_replaced(estate: Dossier) -> None:
    """By one act of sale."""
    sale = by_source(told(estate, FLAT), "K-1/2019")
    assert {("ended", "real_estate.right"), ("created", "real_estate.right")} <= whats(sale)
    begun = next(e for e in sale["events"] if e["what"] == "created" and e["layer"] == "real_estate.right")
    assert begun["replaces"] == [estate.ids["right"]]
    assert sale["valid_from"] == "2019-05-06"
    assert "договор купли-продажи № K-1/2019 от 06.05.2019" in sale["text"]["ru"]
    assert "бұрынғы жазбаның орнына" in sale["text"]["kk"]


def test_a_correction_is_shown_as_such(estate: Dossier) -> None:
    """What was said of the whole time before had never been so: 47.5 square metres, by the act Q-9."""
    corrected = by_source(told(estate, FLAT), "Q-9")
    assert corrected["correction"]
    event = corrected["events"][0]
    assert (event["what"], event["changes"]["total_area"]) == ("corrected", {"before": 48.0, "after": 47.5})
    assert "Исправлена ошибка: помещение" in corrected["text"]["ru"]
    assert "48 м² → 47,5 м²" in corrected["text"]["kk"]
    assert not by_source(told(estate, FLAT), "K-1/2019")["correction"]


def test_a_discharge_ends_the_pledge(estate: Dossier) -> None:
    """On its day, by its act."""
    discharged = by_source(told(estate, FLAT), "D-1")
    assert whats(discharged) == {("ended", "real_estate.right")}
    assert discharged["valid_from"] == "2018-02-02"
    assert "Прекращено: залог, очерёдность 1; с 02.02.2018." in discharged["text"]["ru"]


def test_as_the_register_knew_it_before_there_is_no_correction(estate: Dossier) -> None:
    """The recorded axis: the story of an earlier day lacks what was recorded since, and is told alike for ever."""
    sale = by_source(told(estate, FLAT), "K-1/2019")
    then = datetime.fromisoformat(sale["source"]["recorded"])
    earlier = told(estate, FLAT, recorded=then)
    assert earlier[-1]["source"]["number"] == "K-1/2019"
    assert not any(entry["correction"] for entry in earlier)


def test_as_of_a_day_what_came_later_is_left_out(estate: Dossier) -> None:
    """The valid axis."""
    entries = told(estate, FLAT, valid=estate.city.act("2018-01-01").valid_from)
    assert {e["source"]["number"] for e in entries} & {"K-1/2019"} == set()
    assert by_source(entries, "Q-9")["correction"]


def test_the_order_is_that_of_law_or_of_the_register(estate: Dossier) -> None:
    """A retroactive correction stands at the day of which it speaks, or where it was recorded."""
    legal = [entry["source"]["number"] for entry in told(estate, FLAT)]
    recorded = [entry["source"]["number"] for entry in told(estate, FLAT, order="recorded")]
    assert legal.index("Q-9") < legal.index("K-1/2019")
    assert recorded.index("Q-9") > recorded.index("K-1/2019")


def test_names_stand_only_in_full(estate: Dossier) -> None:
    """Everybody learns that a right was held, confidants by whom."""
    assert OWNER not in str(told(estate, FLAT))
    assert "personal" not in str(told(estate, FLAT))
    assert OWNER in str(told(estate, FLAT, full=True))


def test_the_story_goes_through_splits_and_renamed_streets(empty_city: City) -> None:
    """The parcel below the house is split; the house's street is renamed: the flat's story tells both."""
    dossier = opened(empty_city)
    register = dossier.city.register
    x, y = box(0, 0, 1, 1).bounds[:2]
    cut = shapely.LineString([(x + 42 - 4, y - 1), (x + 42 - 4, y + 56)])
    register.perform(
        Split(
            parcel=dossier.ids["parcel 2"],
            quarter=QUARTER,
            line=shapely.LineString([(x + 60, y - 1), (x + 60, y + 56)]),
        ),
        dossier.city.act("2020-01-01", number="S-other"),
    )
    register.perform(
        Split(parcel=dossier.ids["parcel 1"], quarter=QUARTER, line=cut), dossier.city.act("2020-02-02", number="S-1")
    )
    line = shapely.MultiLineString([[(x, y), (x + 90, y)]])
    dossier.write(
        ("street", "address.street", line, {
            "name_kk": "Жаңа көше", "name_ru": "Новая улица", "admin_unit_id": "@district"}),
        ("alias", "address.alias", NOWHERE, {
            "place_id": "@street", "kind": "former", "name_kk": "Қабанбай батыр көшесі",
            "name_ru": "улица Кабанбай батыра", "name_en": "Kabanbay Batyr street"}),
        day="2021-03-03", number="R-1",
    )  # fmt: skip
    entries = told(dossier, FLAT)
    split = by_source(entries, "S-1")
    assert {s["parent"] for s in split["succession"]} == {"91-001-002-001"}
    assert len(split["succession"]) == 2
    assert "Участок разделён: 91-001-002-001 →" in split["text"]["ru"]
    renamed = by_source(entries, "R-1")
    assert renamed["events"][0]["changes"]["name_kk"] == {"before": "Қабанбай батыр көшесі", "after": "Жаңа көше"}
    assert not any(entry["source"]["number"] == "S-other" for entry in entries)


def test_every_sentence_ends_and_stands_in_three_languages(estate: Dossier) -> None:
    """Nothing is left unfilled."""
    texts = [entry["text"][language] for entry in told(estate, FLAT, full=True) for language in LANGUAGES]
    assert all(text.endswith(").") and "{" not in text and ": ;" not in text for text in texts)


def known(
    start: int, opened_by: int, closed_by: int | None = None, *, abolished: bool = False, label: str = ""
) -> Known:
    """Return a version of one feature, valid from a year on."""
    valid = Period(datetime.fromisoformat(f"{start}-01-01T00:00:00+00:00"))
    return Known(1, valid, opened_by, closed_by, abolished, "", 0.0, {"cadastral_number": PARCEL, "address": label})


def deeds(later: int, *, corrects: bool = False) -> dict[int, Deed]:
    """Return an act of 2016 and a second, whose source was accepted in some year."""
    accepted = [datetime.fromisoformat(f"{year}-01-01T00:00:00+00:00") for year in (2016, later)]
    return {1: Deed(accepted[0]), 2: Deed(accepted[1], corrects)}


SAME_DAY, LATE, CORRECTING = deeds(2016), deeds(2019), deeds(2019, corrects=True)
EARLIER = [known(2016, 1, 2)]


@pytest.mark.parametrize(
    ("versions", "acts", "expected"),
    [
        ([known(2016, 1)], SAME_DAY, ["created"]),
        ([*EARLIER, known(2016, 2)], LATE, ["created"]),
        ([*EARLIER, known(2018, 2, label="new")], LATE, ["created", "changed"]),
        ([*EARLIER, known(2018, 2, label="new")], CORRECTING, ["created", "changed"]),
        ([*EARLIER, known(2016, 2, label="new")], SAME_DAY, ["created", "changed"]),
        ([*EARLIER, known(2016, 2, label="new")], LATE, ["created", "restated"]),
        ([*EARLIER, known(2016, 2, label="new")], CORRECTING, ["created", "corrected"]),
        ([*EARLIER, known(2016, 2, label="new")], deeds(2016, corrects=True), ["created", "corrected"]),
        ([*EARLIER, known(2018, 2, abolished=True)], LATE, ["created", "ended"]),
        ([*EARLIER, known(2016, 2, abolished=True)], SAME_DAY, ["created", "ended"]),
        ([*EARLIER, known(2016, 2, abolished=True)], LATE, ["created", "annulled"]),
        ([known(2016, 1), known(2010, 2)], LATE, ["created", "restated"]),
        ([known(2016, 1), known(2010, 2)], CORRECTING, ["created", "corrected"]),
    ],
)
def test_what_a_changeset_did(versions: list[Known], acts: dict[int, Deed], expected: list[str]) -> None:
    """Changed from a later day or by the day's next act, restated by a later source, corrected by an act of correction.

    A remainder that says the same is no event.
    """
    assert [event.what for event in events(PARCELS, versions, ("address",), acts)] == expected


def test_the_estate_begins_on_its_day(estate: Dossier) -> None:
    """The first entry."""
    assert told(estate, FLAT)[0]["valid_from"] == FROM


def test_the_next_act_of_the_same_day_corrects_nothing(empty_city: City) -> None:
    """A house is surveyed on the day on which it is numbered, by another source: changed; a later slip is corrected."""
    dossier = opened(empty_city)
    survey = {**FLAT_1, "total_area": 47.1}
    flat = "real_estate.premises"
    dossier.write(("flat", flat, NOWHERE, survey), kind="survey", number="V-1")
    dossier.write(("flat", flat, NOWHERE, {**survey, "living_area": 29.0}), kind="correction", number="V-2")
    surveyed, corrected = (by_source(told(dossier, FLAT), number) for number in ("V-1", "V-2"))
    assert (surveyed["correction"], whats(surveyed)) == (False, {("changed", flat)})
    assert "Изменено: помещение" in surveyed["text"]["ru"]
    assert (corrected["correction"], whats(corrected)) == (True, {("corrected", flat)})


def numbered(entries: list[dict[str, Any]], layer: str) -> set[str]:
    """Return the numbers of a layer's features of which a story tells that they were registered."""
    return {
        event["number"]
        for entry in entries
        for event in entry["events"]
        if event["layer"] == layer and event["what"] == "created"
    }


def kinds_of_rights(entries: list[dict[str, Any]]) -> list[str]:
    """Return the kinds of rights that a story tells to have been registered, in its order."""
    made = [event for entry in entries for event in entry["events"] if event["what"] == "created"]
    return [event["said"]["kind"] for event in made if event["layer"] == "real_estate.right"]


@dataclass
class Ground:
    """Two owned parcels side by side, merged, then split; a servitude lies on the first from the beginning."""

    land: Land
    dossier: Dossier
    gas: int
    merged: str
    parts: list[str]
    recorded: list[datetime]


@pytest.fixture(scope="module")
def ground(fresh_city: Callable[[str], City]) -> Iterator[Ground]:
    """Merged on 2021-01-01, split on 2022-01-01; a part sold after."""
    land = Land(fresh_city("helsinki"))
    dossier = Dossier(land.city)
    ann, gas = land.party("Ann"), land.party("Gas")
    first, unit = land.owned(0, 40, ann)
    second, _ = land.owned(40, 80, ann)
    land.lie(land.right(unit, "servitude", [gas]), area(0, 20))
    recorded = [dossier.reading().recorded]
    merged = land.merge(first, second, day="2021-01-01")
    recorded.append(dossier.reading().recorded)
    parts = land.split(merged, 30, day="2022-01-01")
    recorded.append(dossier.reading().recorded)
    land.sell(land.units_of(parts[1], "2023-01-01")[0], "2023-01-01", gas)
    whole = land.row("land.parcel", merged, "2021-06-01")["cadastral_number"]
    numbers = [str(land.row("land.parcel", part, "2022-01-01")["cadastral_number"]) for part in parts]
    yield Ground(land, dossier, gas, str(whole), numbers, recorded)
    land.city.register.close()


def test_the_story_of_ground_goes_back_to_its_first_parcels(ground: Ground) -> None:
    """Through a split and a merge: both first parcels, the units on them, ownership and servitude of the beginning."""
    west, east = ground.parts
    entries = told(ground.dossier, west)
    first = {f"91-001-001-00{n}" for n in (1, 2)}
    here = {spelled(number) for number in (ground.merged, west)}
    assert numbered(entries, "land.parcel") == first | here
    assert numbered(entries, "real_estate.unit") == first | here
    assert kinds_of_rights(entries) == [
        "ownership", "ownership", "servitude", "ownership", "servitude", "ownership", "servitude",
    ]  # fmt: skip
    kin = [(s["layer"], s["kind"], s["parent"], s["child"]) for entry in entries for s in entry["succession"]]
    for layer in ("land.parcel", "real_estate.unit"):
        merged = {(layer, "merge", parent, spelled(ground.merged)) for parent in first}
        parted = {(layer, "split", spelled(ground.merged), spelled(part)) for part in (west, east)}
        assert merged | parted == {each for each in kin if each[0] == layer}
    split = next(entry for entry in entries if entry["valid_from"] == "2022-01-01")
    assert f"Единица недвижимости разделена: {spelled(ground.merged)} → " in split["text"]["ru"]
    assert "взамен прежней записи" in split["text"]["ru"]


def test_what_a_sibling_became_is_not_told(ground: Ground) -> None:
    """The eastern part's sale is its own story, not the western's, nor that of the parcel before the split."""
    days = {
        number: {e["valid_from"] for e in told(ground.dossier, number)} for number in (ground.merged, *ground.parts)
    }
    assert [("2023-01-01" in days[n]) for n in (ground.merged, *ground.parts)] == [False, False, True]


def test_the_line_is_told_as_it_was_known(ground: Ground) -> None:
    """Before the split was recorded the merged parcel's story ends with the merge; as of a day before it, as well."""
    last = [told(ground.dossier, ground.merged, recorded=moment)[-1] for moment in ground.recorded[1:]]
    assert [entry["valid_from"] for entry in last] == ["2021-01-01", "2022-01-01"]
    eve = ground.land.act("2021-12-31").valid_from
    entries = told(ground.dossier, ground.parts[0], valid=eve)
    assert entries[-1]["valid_from"] == "2021-01-01"
    assert not any(s["kind"] == "split" for entry in entries for s in entry["succession"])


def test_merged_and_parted_flats_tell_of_those_before(empty_city: City) -> None:
    """Two flats merged, the new one parted: the part's story begins with the two and with the rights on them."""
    dossier = opened(empty_city)
    dossier.write(
        ("pledge", "real_estate.right", NOWHERE, {**PLEDGE, "unit_id": "@unit", "on_right_id": "@right"}),
        ("pledgee", "personal.holder", NOWHERE, {"right_id": "@pledge", "party_id": "@bank"}),
        day="2018-01-01", ending=("pledge", "pledgee"),
    )  # fmt: skip
    dossier.write(
        ("unit 2", "real_estate.unit", NOWHERE, {"unit_number": f"{HOUSE}:2", "type": "basicPropertyUnit"}),
        ("part 2", "real_estate.unit_part", NOWHERE, {
            "unit_id": "@unit 2", "object_id": "@flat 2", "object_kind": "premises"}),
        ("right 2", "real_estate.right", NOWHERE, {**RIGHT, "unit_id": "@unit 2"}),
        ("holder 2", "personal.holder", NOWHERE, {"right_id": "@right 2", "party_id": "@owner"}),
    )  # fmt: skip
    register, both = dossier.city.register, (dossier.ids["flat"], dossier.ids["flat 2"])
    done = register.perform(MergePremises(premises=both), dossier.city.act("2020-01-01", number="M-1"))
    merged = done.features[-1]
    half = {"total_area": 50.0}
    register.perform(SplitPremises(premises=merged, parts=(half, half)), dossier.city.act("2021-01-01", number="S-1"))
    for number in (f"{HOUSE}:4", f"{HOUSE}:5"):
        entries = told(dossier, number)
        lived = {spelled(n) for n in (FLAT, f"{HOUSE}:2", f"{HOUSE}:3", number)}
        assert numbered(entries, "real_estate.premises") == numbered(entries, "real_estate.unit") == lived
        assert by_source(entries, "K-77/2016")
        merge, split = by_source(entries, "M-1"), by_source(entries, "S-1")
        assert "Үй-жайлар біріктірілді: " in merge["text"]["kk"]
        assert "Помещение разделено: " in split["text"]["ru"]
    assert "Помещения объединены" in by_source(told(dossier, FLAT), "M-1")["text"]["ru"]
