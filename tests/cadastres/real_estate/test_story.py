"""The story of a unit: what happened, by which act, what it replaced, and what was corrected, on both axes."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import shapely

from cadastres.land.model import PARCEL as PARCELS
from cadastres.land.verbs import Split
from cadastres.real_estate.chronicle import Known, events
from cadastres.real_estate.history_story import story
from cadastres.real_estate.sheets import Sight
from cadastres.real_estate.subject import find_known
from gis.access import Look
from gis.record import NOWHERE, Period
from gis.text import LANGUAGES
from tests.cadastres.real_estate.dossier import (
    FLAT,
    FLAT_1,
    FROM,
    OWNER,
    PARCEL,
    PLEDGE,
    QUARTER,
    RIGHT,
    Dossier,
    box,
    opened,
)
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
    assert "Прекращено: залог" in discharged["text"]["ru"]


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


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([known(2016, 1)], ["created"]),
        ([known(2016, 1, 2), known(2018, 2, label="new")], ["created", "changed"]),
        ([known(2016, 1, 2), known(2016, 2, label="new")], ["created", "corrected"]),
        ([known(2016, 1, 2), known(2018, 2, abolished=True)], ["created", "ended"]),
        ([known(2016, 1, 2), known(2016, 2, abolished=True)], ["created", "annulled"]),
        ([known(2016, 1), known(2010, 2)], ["created", "corrected"]),
        ([known(2016, 1, 2), known(2016, 2)], ["created"]),
    ],
)
def test_what_a_changeset_did(versions: list[Known], expected: list[str]) -> None:
    """Changed from a later day, corrected from the very beginning; a remainder that says the same is no event."""
    assert [event.what for event in events(PARCELS, versions, ("address",))] == expected


def test_the_estate_begins_on_its_day(estate: Dossier) -> None:
    """The first entry."""
    assert told(estate, FLAT)[0]["valid_from"] == FROM
