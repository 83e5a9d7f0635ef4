"""The content of passports: all that belongs to a unit, the same for ever at the same point on both axes."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastres.address.model import LAYERS as ADDRESS_LAYERS
from cadastres.real_estate.model import LAYERS as ESTATE_LAYERS
from cadastres.real_estate.nomenclature import WORDS
from cadastres.real_estate.passport import absence, extract, passport
from cadastres.real_estate.rights_model import LAYERS as RIGHTS_LAYERS
from cadastres.real_estate.sheets import Sight
from cadastres.real_estate.subject import find
from gis.access import Look
from gis.errors import BadRequest, Conflict, Gone, NotFound, RuleBroken
from gis.record import NOWHERE
from tests.cadastres.real_estate.dossier import (
    FLAT,
    HOUSE,
    IIN,
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
    """An estate that the tests only read."""
    dossier = opened(fresh_city("helsinki"))
    yield dossier
    dossier.city.register.close()


@pytest.fixture
def own(empty_city: City) -> Dossier:
    """An estate to change."""
    return opened(empty_city)


def said(
    dossier: Dossier, number: str, day: str | None = None, recorded: datetime | None = None, *, full: bool = False
) -> Any:
    """Return a passport's content."""
    moment = None if day is None else dossier.city.act(day).valid_from
    reading = dossier.reading(moment, recorded)
    register = dossier.city.register
    with register.confiding(LOOK) if full else register.reading() as connection:
        sight = Sight(connection, reading, dossier.city.profile)
        return passport(sight, find(connection, number, reading, sight.profile), "full" if full else "public")


@pytest.mark.parametrize(
    "spelling", [FLAT, "91-001-002-001:1/А:1", "91:001:002:001:1/а:1", " 91 001 002 001:1/A:1 ", "91001002001:1/А:01"]
)
def test_a_unit_is_found_in_any_spelling(estate: Dossier, spelling: str) -> None:
    """Parted or joined, in either case, with a Latin letter that looks alike."""
    assert estate.subject(spelling).feature_id == estate.ids["unit"]


@pytest.mark.parametrize(("number", "kind"), [(PARCEL, "parcel"), (HOUSE, "building"), (f"{HOUSE}:2", "premises")])
def test_an_object_without_a_unit_has_a_passport(estate: Dossier, number: str, kind: str) -> None:
    """Of its own number."""
    content = said(estate, number)
    assert content["subject"]["kind"] == kind
    assert [piece["number"] for piece in content["objects"] if piece["own"]] == [number]


def test_a_text_that_is_no_number_is_refused(estate: Dossier) -> None:
    """With what would be right; a number never issued is not found."""
    with pytest.raises(BadRequest):
        estate.subject("дом на горе")
    with pytest.raises(NotFound):
        estate.subject(f"{QUARTER}777")


def test_a_flat_comes_with_its_house_its_ground_its_address_and_its_rooms(estate: Dossier) -> None:
    """All that a technical passport must say."""
    content = said(estate, FLAT)
    pieces = {piece["kind"]: piece for piece in content["objects"]}
    assert pieces["premises"]["own"]
    assert not pieces["building"]["own"]
    assert pieces["building"]["attributes"]["year_of_construction"] == 1987
    assert pieces["parcel"]["number"] == PARCEL
    assert pieces["premises"]["addresses"][0]["text"]["kk"].endswith("Қабанбай батыр көшесі, 15, 1-пәтер")
    assert pieces["premises"]["addresses"][0]["text"]["ru"].endswith("улица Кабанбай батыра, 15, кв. 1")
    assert pieces["premises"]["addresses"][0]["rka"] == "0201300000000123"
    rooms = content["floor_plans"][0]["rooms"]
    assert [room["designation"] for room in rooms] == ["1", "2", "3", "4", "5"]
    assert sum(room["area"] for room in rooms) == pytest.approx(45.0)


def test_the_plan_has_turning_points_lengths_and_neighbours(estate: Dossier) -> None:
    """Clockwise from the north-west, each edge with what lies along it; shapely is the oracle."""
    plan = said(estate, PARCEL)["plans"][0]
    shape = box(0, 0, 42, 55)
    assert shapely.Polygon(plan["outline"][0]).equals(shape)
    corners = [(p["x"], p["y"]) for p in plan["points"]]
    west, south, east, north = shape.bounds
    assert corners == [(west, north), (east, north), (east, south), (west, south)]
    assert [p["length"] for p in plan["points"]] == [42.0, 55.0, 42.0, 55.0]
    assert [p["neighbours"] for p in plan["points"]] == [
        ["91-001-002-003"], ["91-001-002-002"], [], ["91-001-002-004"]
    ]  # fmt: skip
    assert {b["designation"] for b in plan["buildings"]} == {"А", "Б"}


def test_the_public_passport_names_nobody(estate: Dossier) -> None:
    """Neither name nor IIN; in full it names the owner and the bank."""
    assert OWNER not in str(said(estate, FLAT))
    assert IIN not in str(said(estate, FLAT))
    holders = [right["holders"][0] for right in said(estate, FLAT, full=True)["rights"]]
    assert [holder["name"] for holder in holders] == [OWNER, "«Қала Банкі» АҚ"]
    assert holders[0]["iin_bin"] == IIN


def test_full_disclosure_takes_the_confidants_login(estate: Dossier) -> None:
    """A check forgotten above shows nobody: the public login can't enter the schema."""
    reading = estate.reading()
    with estate.city.register.reading() as connection, pytest.raises(Exception, match="permission denied"):
        passport(Sight(connection, reading, estate.city.profile), estate.subject(FLAT), "full")


def test_rights_tell_share_source_and_term(estate: Dossier) -> None:
    """By which act since when, and what encumbers what."""
    ownership, pledge = said(estate, FLAT)["rights"]
    assert (ownership["share"], ownership["since"]) == ("1/1", "2016-01-01")
    assert (ownership["source"]["kind"], ownership["source"]["number"]) == ("sale-contract", "K-77/2016")
    assert (pledge["since"], pledge["on_right_id"], pledge["attributes"]["rank"]) == ("2017-03-01", ownership["id"], 1)


def test_as_of_an_earlier_day_there_is_no_pledge(estate: Dossier) -> None:
    """Valid time decides."""
    assert [r["attributes"]["kind"] for r in said(estate, FLAT, "2016-06-01")["rights"]] == ["ownership"]


def test_before_it_was_registered_a_unit_is_gone_or_unknown(estate: Dossier) -> None:
    """410 with the time in force; 404 where the register did not know it at all."""
    with pytest.raises(Gone) as gone:
        said(estate, FLAT, "2015-06-01")
    assert gone.value.data["in_force"][0]["from"].startswith("2016-01-01")
    with pytest.raises(NotFound):
        said(estate, FLAT, None, datetime.fromisoformat("2000-01-01T00:00:00+00:00"))


def test_what_is_registered_later_under_the_number_changes_no_earlier_answer(own: Dossier) -> None:
    """A parcel's passport stays the parcel's at the instants before its unit was registered."""
    before = own.reading()
    first = said(own, PARCEL, "2018-01-01", before.recorded)
    own.write(
        ("land unit", "real_estate.unit", NOWHERE, {"unit_number": PARCEL, "type": "basicPropertyUnit"}),
        ("land part", "real_estate.unit_part", NOWHERE, {
            "unit_id": "@land unit", "object_id": "@parcel 1", "object_kind": "parcel"}),
        ("land right", "real_estate.right", NOWHERE, {**RIGHT, "unit_id": "@land unit"}),
        ("land holder", "personal.holder", NOWHERE, {"right_id": "@land right", "party_id": "@owner"}),
    )  # fmt: skip
    assert said(own, PARCEL, "2018-01-01", before.recorded) == first
    assert said(own, PARCEL, "2018-01-01")["subject"]["kind"] == "unit"


def test_absence_is_certified_only_of_what_is_absent(estate: Dossier) -> None:
    """Nothing on the parcel; on the flat a pledge, which was not there a year before."""
    with estate.city.register.reading() as connection:
        now = Sight(connection, estate.reading(), estate.city.profile)
        earlier = Sight(connection, estate.reading(estate.city.act("2016-06-01").valid_from), estate.city.profile)
        flat = estate.subject(FLAT)
        assert absence(now, estate.subject(PARCEL), "rights")["absent"] == "rights"
        assert absence(earlier, flat)["absent"] == "encumbrances"
        with pytest.raises(Conflict) as refused:
            absence(now, flat)
        with pytest.raises(Conflict):
            absence(earlier, flat, "rights")
    assert refused.value.data["registered"] == ["pledge"]


def test_an_extract_has_rights_and_no_plans(estate: Dossier) -> None:
    """It says what is registered."""
    with estate.city.register.reading() as connection:
        content = extract(Sight(connection, estate.reading(), estate.city.profile), estate.subject(FLAT))
    assert len(content["rights"]) == 2
    assert "plans" not in content


CHANGES: dict[str, Callable[[Dossier, str], object]] = {
    "repair": lambda d, day: d.write(
        ("flat", "real_estate.premises", NOWHERE, {
            "premises_number": FLAT, "building_id": "@house", "designation": "1", "floor": 1,
            "current_use": "residential", "total_area": 48.0 + int(day[-2:])}), day=day),
    "rename": lambda d, day: d.write(
        ("street", "address.street", shapely.MultiLineString([[(0, 0), (9, 9)]]), {
            "name_kk": "Қабанбай батыр көшесі", "name_ru": "улица Кабанбай батыра", "name_en": day,
            "admin_unit_id": "@district"}), day=day),
    "area": lambda d, day: d.write(
        ("parcel 1", "land.parcel", box(0, 0, 42, 55), {
            "cadastral_number": PARCEL, "official_area": 2310 + int(day[-2:]) / 100, "category": "2",
            "divisible": True}), day=day),
    "rank": lambda d, day: d.write(
        ("pledge", "real_estate.right", NOWHERE, {
            **PLEDGE, "unit_id": "@unit", "on_right_id": "@right", "rank": int(day[-2:])}), day=day),
    "describe": lambda d, day: d.write(
        ("right", "real_estate.right", NOWHERE, {**RIGHT, "unit_id": "@unit", "description": day}), day=day),
    "holder": lambda d, day: d.write(
        ("owner", "personal.party", NOWHERE, {
            "party_type": "naturalPerson", "iin_bin": IIN, "name": f"{OWNER} {day}",
            "birth_date": date(1988, 1, 1)}), day=day),
}  # fmt: skip
DAYS = [f"20{year}-{month:02d}-{day:02d}" for year in (17, 18, 20) for month in (4, 9) for day in (3, 14)]


class Remembered:
    """An estate that changes from example to example, and all that was ever said of it: day, recorded, content."""

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self.known: list[tuple[str, datetime, Any]] = []
        self.changed = 0


@pytest.fixture(scope="module")
def changing(fresh_city: Callable[[str], City]) -> Iterator[Remembered]:
    """An estate to change at random."""
    dossier = opened(fresh_city("helsinki"))
    remembered = Remembered(dossier)
    yield remembered
    assert remembered.changed > len(CHANGES)
    dossier.city.register.close()


@settings(max_examples=15)
@given(
    steps=st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.sampled_from(DAYS)), min_size=1, max_size=3),
    day=st.sampled_from(DAYS),
    again=st.integers(0, 10_000),
)
def test_what_was_said_of_a_past_instant_is_said_for_ever(
    changing: Remembered, steps: list[tuple[str, str]], day: str, again: int
) -> None:
    """After any acts, retroactive ones among them, every instant asked about before gives the content it gave then."""
    dossier, known = changing.dossier, changing.known
    known.append((day, dossier.reading().recorded, said(dossier, FLAT, day, full=True)))
    for change, when in steps:
        with suppress(RuleBroken):
            CHANGES[change](dossier, when)
            changing.changed += 1
    asked, recorded, content = known[again % len(known)]
    assert said(dossier, FLAT, asked, recorded, full=True) == content


def test_every_code_that_a_document_can_show_has_its_word() -> None:
    """No reader is shown INSPIRE's camel case."""
    shown = [
        (f.name, value) for layer in (*ESTATE_LAYERS, *RIGHTS_LAYERS, *ADDRESS_LAYERS) for f in layer.fields
        for value in f.values if f.name not in {"level", "functional_class", "position_specification"}
    ]  # fmt: skip
    assert [(field, value) for field, value in shown if value not in WORDS.get(field, {})] == []
