"""Corrections: new versions that cite the error, while what the register said before stays word for word."""

from datetime import datetime

from psycopg import sql

from cadastres.real_estate.rights_verbs import Correction, CorrectRight
from gis.database import connect
from gis.geojson import feature_row
from gis.instant import Instant, read_head, settle, versions_at
from gis.layer import Layer
from tests.cadastres.real_estate.notary import RIGHT, Notary, owning, share, to


def _told(notary: Notary, known: datetime, day: str) -> list[tuple[object, ...]]:
    """Return all rights as the register knew them at a recorded instant about a day, byte for byte."""
    layer: Layer = notary.city.register.layers[RIGHT]
    with connect(notary.city.register.database.reader) as connection:
        reading = settle(Instant(notary.act(day).valid_from, known), read_head(connection))
        statement = sql.SQL("SELECT {} FROM {} ORDER BY v.feature_id").format(
            feature_row(layer), versions_at(layer, reading)
        )
        return connection.execute(statement, reading.parameters).fetchall()


def test_an_error_is_corrected_a_year_later(notary: Notary) -> None:
    """The right shares hold from the beginning; what was known before still reads as it did."""
    one, other = notary.person(), notary.person()
    unit, rights = notary.unit_with([owning(one, "1/3"), owning(other, "2/3")])
    erred = notary.timeline(rights[0])[0].changeset
    assert erred is not None
    with connect(notary.city.register.database.reader) as connection:
        known = read_head(connection).recorded
    before = _told(notary, known, "2016-06-01")
    right = (Correction(right=rights[0], share=share("2/3")), Correction(right=rights[1], share=share("1/3")))
    notary.correct(*right, cites=erred, day="2016-01-01")
    assert notary.held(unit, "2016-06-01") == {one: share("2/3"), other: share("1/3")}
    assert notary.said(rights[0], "2016-06-01")["corrects"] == erred
    assert _told(notary, known, "2016-06-01") == before


def test_a_correction_cites_the_error(notary: Notary) -> None:
    """A changeset that made no entry of the right is no error of it."""
    _, (right,) = notary.owned(notary.person())
    wrong = CorrectRight(corrections=(Correction(right=right, holder=notary.person()),), cites=1)
    assert notary.broken(wrong, "2017-01-01") == {"real_estate.right.correction-cites"}


def test_the_holder_is_corrected_through_later_acts(notary: Notary) -> None:
    """The wrong brother was entered, and has sold a half since: what he has left becomes the right brother's."""
    wrong, right_one, buyer = notary.person(), notary.person(), notary.person()
    unit, (right,) = notary.owned(wrong)
    erred = notary.timeline(right)[0].changeset
    assert erred is not None
    notary.transfer(right, to(buyer, "1/2"))
    notary.correct(Correction(right=right, holder=right_one), cites=erred, day="2016-01-01")
    assert notary.held(unit, "2017-01-01") == {right_one: share("1")}
    assert notary.held(unit, "2019-01-01") == {right_one: share("1/2"), buyer: share("1/2")}


def test_a_correction_can_end(notary: Notary) -> None:
    """From its last day on the register says again what it said."""
    owner = notary.person()
    unit, (right,) = notary.owned(owner)
    erred = notary.timeline(right)[0].changeset
    assert erred is not None
    until = notary.act("2017-01-01").source.acceptance
    holder = notary.person()
    command = CorrectRight(corrections=(Correction(right=right, holder=holder),), cites=erred, until=until)
    notary.perform(command, "2016-01-01")
    assert notary.held(unit, "2016-12-31") == {holder: 1}
    assert notary.held(unit, "2017-01-01") == {owner: 1}
    assert notary.said(right, "2017-01-01")["corrects"] is None


def test_a_correction_must_keep_the_sum(notary: Notary) -> None:
    """Correcting one share and not the other is refused."""
    _, rights = notary.owned(notary.person(), notary.person())
    erred = notary.timeline(rights[0])[0].changeset
    assert erred is not None
    command = CorrectRight(corrections=(Correction(right=rights[0], share=share("2/3")),), cites=erred)
    assert notary.broken(command, "2017-01-01") == {"real_estate.right.shares-sum-to-one"}
