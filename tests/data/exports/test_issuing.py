"""Issued documents: one copy for one question, kept as it was, closed where it names persons, verifiable by anybody."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import Any

import psycopg
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadastres.real_estate.subject import find
from data.exports.documents import wording
from data.exports.documents.issuing import Issuer, Kind, Looking, Order
from gis.access import Look
from gis.database import connect
from gis.documents import Copy, Question, by_hash, settle_question
from gis.errors import Conflict, NotFound
from gis.instant import Instant
from gis.record import NOWHERE
from gis.text import LANGUAGES, Language
from tests.cadastres.real_estate.dossier import FLAT, FLAT_1, OWNER, PARCEL, Dossier, opened
from tests.city import City


@pytest.fixture(scope="module")
def estate(fresh_city: Callable[[str], City]) -> Iterator[Dossier]:
    """An estate that changes only where no test looks."""
    dossier = opened(fresh_city("helsinki"))
    yield dossier
    dossier.city.register.close()


def looking(dossier: Dossier) -> Looking:
    """Return a notary's way to see persons."""
    return lambda number: dossier.city.register.confiding(
        Look(actor="N. Notary", role="notary", reason="sale", subject=f"real_estate.unit {number}")
    )


def order(dossier: Dossier, day: str | None = "2018-01-01", *, full: bool = False, language: Language = "kk") -> Order:
    """Order the flat's passport."""
    valid = None if day is None else dossier.city.act(day).valid_from
    seen = looking(dossier) if full else None
    return Order(kind="passport", number=FLAT, instant=Instant(valid), language=language, looking=seen)


def count(dossier: Dossier, table: str = "qala.document") -> int:
    """Return how many rows a table has."""
    with connect(dossier.city.register.database.owner) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row
    return int(row[0])


def repaired(dossier: Dossier, area: float, day: str) -> None:
    """Change the flat."""
    dossier.write(("flat", "real_estate.premises", NOWHERE, {**FLAT_1, "total_area": area}), day=day)


def test_the_same_question_gets_the_copy_issued_first(estate: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the program would print another today."""
    issuer = Issuer(estate.city.register)
    first = issuer.issue(order(estate))
    monkeypatch.setattr(wording, "VERIFY", wording.PAGE.filled(page=1, pages=1))
    assert issuer.issue(order(estate)) == first
    assert sha256(first.file).digest() == first.document.file_hash


def test_what_differs_in_language_or_disclosure_is_another_document(estate: Dossier) -> None:
    """Six of one flat and day."""
    issuer = Issuer(estate.city.register)
    orders = [order(estate, "2018-02-02", full=full, language=tongue) for full in (False, True) for tongue in LANGUAGES]
    assert len({issuer.issue(one).document.number for one in orders}) == 6


def test_a_question_is_settled_to_the_day_and_the_changeset(estate: Dossier) -> None:
    """Any hour of a day, any moment between two acts: the same copy."""
    register, profile = estate.city.register, estate.city.profile
    noon = estate.city.act("2018-03-03").valid_from
    recorded = estate.reading().recorded
    repaired(estate, 48.0, "2024-01-01")
    repaired(estate, 48.25, "2024-01-02")
    with register.reading() as connection:
        settled = [
            settle_question(
                connection, Instant(noon + timedelta(hours=h), recorded + timedelta(microseconds=us)), profile
            )
            for h, us in ((0, 0), (23, 0), (9, 1))
        ]
    assert settled[0].valid == profile.midnight(profile.legal_day(noon))
    assert len({(one.valid, one.recorded) for one in settled}) == 1
    assert settled[0].recorded == recorded


def test_many_at_once_get_one_copy(estate: Dossier) -> None:
    """Eight first askers, one row, the same bytes for all."""
    issuer, before = Issuer(estate.city.register), count(estate)
    with ThreadPoolExecutor(8) as pool:
        copies = list(pool.map(lambda _: issuer.issue(order(estate, "2018-04-04")), range(8)))
    assert len({copy.file for copy in copies}) == 1
    assert count(estate) == before + 1


def test_a_copy_outlives_what_it_says(fresh_city: Callable[[str], City]) -> None:
    """After the register moved on, the question of then is answered by the copy of then, today's by another."""
    dossier = opened(fresh_city("helsinki"))
    issuer = Issuer(dossier.city.register)
    today = issuer.issue(order(dossier, None))
    recorded = today.document.recorded
    assert issuer.standing(today.document).current
    repaired(dossier, 50.0, "2020-01-01")
    again = Order(kind="passport", number=FLAT, instant=Instant(today.document.valid, recorded), language="kk")
    assert issuer.issue(again) == today
    later = issuer.issue(order(dossier, None))
    assert later.document.number != today.document.number
    standing = issuer.standing(today.document)
    assert (standing.reproduced, standing.current) == (True, False)
    assert issuer.standing(later.document).current


def test_an_act_elsewhere_does_not_make_a_copy_stale(estate: Dossier) -> None:
    """What the register says of the flat is the same."""
    issuer = Issuer(estate.city.register)
    copy = issuer.issue(order(estate, None))
    estate.write(("other", "personal.party", NOWHERE, {"party_type": "nonNaturalPerson", "name": "X"}))
    standing = issuer.standing(copy.document)
    assert (standing.reproduced, standing.current) == (True, True)


def test_a_copy_with_names_lies_in_the_closed_schema(estate: Dossier) -> None:
    """The public login can't read it, the confidant only once the look is logged."""
    copy = Issuer(estate.city.register).issue(order(estate, "2018-05-05", full=True))
    number, database = copy.document.number, estate.city.register.database
    with connect(database.reader) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM personal.document_file")
    with connect(database.confidant) as connection:
        assert connection.execute("SELECT * FROM personal.document_file").fetchall() == []
    with connect(database.reader) as connection:
        assert connection.execute("SELECT * FROM qala.document_file WHERE number = %s", (number,)).fetchall() == []
        assert OWNER not in str(connection.execute("SELECT * FROM qala.document").fetchall())


def test_each_look_at_a_copy_with_names_is_logged(estate: Dossier) -> None:
    """When it is made, and when the copy kept is given out."""
    issuer, before = Issuer(estate.city.register), count(estate, "qala.access")
    for _ in range(2):
        issuer.issue(order(estate, "2018-06-06", full=True))
    assert count(estate, "qala.access") == before + 2


@pytest.mark.parametrize("table", ["qala.document", "qala.document_file", "personal.document_file"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "UPDATE {} SET number = number", "TRUNCATE {} CASCADE"])
def test_documents_are_never_changed(estate: Dossier, table: str, verb: str) -> None:
    """Not even by the owner."""
    issuer = Issuer(estate.city.register)
    for full in (False, True):
        issuer.issue(order(estate, "2018-07-07", full=full))
    with connect(estate.city.register.database.owner) as connection, pytest.raises(psycopg.DatabaseError) as refused:
        connection.execute(verb.format(table))
    assert "it only grows" in str(refused.value)


def test_a_file_is_found_by_its_hash(estate: Dossier) -> None:
    """An altered one is not."""
    copy = Issuer(estate.city.register).issue(order(estate, "2018-08-08"))
    with estate.city.register.reading() as connection:
        assert by_hash(connection, sha256(copy.file).digest()) == copy.document
        assert by_hash(connection, sha256(copy.file + b" ").digest()) is None


@pytest.fixture(scope="module")
def issued(fresh_city: Callable[[str], City]) -> Iterator[tuple["Archive", Issuer]]:
    """An estate that changes at random, and every copy ever given out of it."""
    dossier = opened(fresh_city("helsinki"))
    yield Archive(dossier), Issuer(dossier.city.register)
    dossier.city.register.close()


class Archive:
    """What was given out: orders settled, and their copies."""

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self.copies: list[tuple[Order, Copy]] = []

    def ask(self, issuer: Issuer, day: str) -> None:
        """Order a passport of the present record, and keep the question with its recorded instant."""
        copy = issuer.issue(order(self.dossier, day))
        instant = Instant(self.dossier.city.act(day).valid_from, copy.document.recorded)
        self.copies.append((Order(kind="passport", number=FLAT, instant=instant, language="kk"), copy))


@settings(max_examples=12)
@given(
    asked=st.sampled_from(["2016-05-05", "2019-05-05", "2023-05-05"]),
    area=st.integers(40, 60),
    day=st.sampled_from(["2016-02-02", "2018-02-02", "2022-02-02"]),
)
def test_issued_at_random_instants_asked_again_later(
    issued: tuple[Archive, Issuer], asked: str, area: int, day: str
) -> None:
    """Between acts on any day, past ones too, every copy ever issued is given again, byte by byte."""
    archive, issuer = issued
    archive.ask(issuer, asked)
    repaired(archive.dossier, float(area), day)
    for question, copy in archive.copies:
        assert issuer.issue(question) == copy
        assert issuer.content(question)["as_of"]["day"] == question.instant.valid.date().isoformat()  # type: ignore[union-attr]
        assert issuer.standing(copy.document).reproduced


def test_the_number_tells_one_question_from_another(estate: Dossier) -> None:
    """Nothing that a document depends on is left out of its number."""
    register = estate.city.register
    with register.reading() as connection:
        reading = settle_question(connection, Instant(), register.profile)
        later = settle_question(connection, Instant(reading.valid + timedelta(days=400)), register.profile)
        subject = find(connection, FLAT, reading, register.profile)
    base: dict[str, Any] = {
        "kind": "passport", "subject_kind": subject.kind, "subject_id": subject.feature_id,
        "subject_number": subject.number, "reading": reading, "language": "kk", "disclosure": "public",
    }  # fmt: skip
    others: list[dict[str, Any]] = [
        {"kind": "extract"}, {"subject_kind": "premises"}, {"subject_id": 1}, {"reading": later}, {"language": "ru"},
        {"disclosure": "full"},
    ]  # fmt: skip
    numbers = {Question(**(base | other)).number for other in ({}, *others)}
    assert len(numbers) == 7


def test_a_certificate_that_a_party_holds_nothing(estate: Dossier) -> None:
    """For a party without rights; for the owner it is refused, for nobody it is not found."""
    register, issuer = estate.city.register, Issuer(estate.city.register)
    estate.write(("poor", "personal.party", NOWHERE, {"party_type": "nonNaturalPerson", "name": "«Бос» ЖШС"}))
    with looking(estate)("x") as connection:
        copy = issuer.issue_no_holdings(estate.ids["poor"], Instant(), "ru", connection)
        assert issuer.issue_no_holdings(estate.ids["poor"], Instant(), "ru", connection) == copy
        with pytest.raises(Conflict):
            issuer.issue_no_holdings(estate.ids["owner"], Instant(), "ru", connection)
        with pytest.raises(NotFound):
            issuer.issue_no_holdings(987_654, Instant(), "ru", connection)
    assert copy.document.subject_number is None
    with register.reading() as connection:
        assert by_hash(connection, copy.document.file_hash) == copy.document


def test_the_square_code_never_leads_where_a_request_came_in(estate: Dossier) -> None:
    """Only to the configured address; without one it is a name."""
    number = "K7QA-2MXD-93HT-PW6C"
    assert Issuer(estate.city.register)._link(number) == f"urn:qala:helsinki:document:{number}"
    outside = Issuer(estate.city.register, "https://map.example.kz/qala")
    assert outside._link(number) == f"https://map.example.kz/qala/documents/{number}"


def test_a_parcel_has_documents_too(estate: Dossier) -> None:
    """Passport, extract and both certificates."""
    issuer = Issuer(estate.city.register)
    kinds: tuple[Kind, ...] = ("passport", "extract", "absence.encumbrances", "absence.rights")
    copies = [issuer.issue(Order(kind=kind, number=PARCEL, instant=Instant(), language="en")) for kind in kinds]
    assert [copy.document.kind for copy in copies] == list(kinds)
    assert all(copy.file.startswith(b"%PDF-") for copy in copies)


def test_a_guess_at_the_names_can_not_be_proved_by_the_hash(estate: Dossier) -> None:
    """The hash of a copy is public, so a copy with names holds what nobody can guess."""
    issuer = Issuer(estate.city.register)
    told, public = (issuer.issue(order(estate, "2018-06-06", full=full)) for full in (True, False))
    salts = [pypdfium2.PdfDocument(copy.file).get_metadata_value("Keywords") for copy in (told, public)]
    assert len(salts[0]) == 32
    assert salts[1] == ""
