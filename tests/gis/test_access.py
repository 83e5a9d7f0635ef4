"""Personal data: closed to the public login, shown to the confidant only once the look is logged, hashed with salt."""

from datetime import date

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from data.installation import MIGRATIONS
from gis.access import Look
from gis.audit import verify
from gis.database import connect, migrate
from gis.errors import BadRequest
from gis.record import NOWHERE
from tests.city import City

PARTY = "personal.party"
BORN = date(1999, 1, 1)
LOOK = Look(actor="N. Notary", role="notary", reason="sale of a flat", subject="real_estate.unit 1")


@pytest.fixture
def city(empty_city: City) -> City:
    """A register that knows one person."""
    empty_city.put(
        PARTY, NOWHERE, party_type="naturalPerson", iin_bin="990101300013", name="Сериков Асан", birth_date=BORN
    )
    return empty_city


def test_the_public_login_can_not_enter(city: City) -> None:
    """Not even by SQL around the API."""
    with connect(city.register.database.reader) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT name FROM personal.party")


def test_the_confidant_sees_nothing_without_a_logged_look(city: City) -> None:
    """Row-level security shows personal rows only in a transaction that has written to the log."""
    with connect(city.register.database.confidant) as connection:
        assert connection.execute("SELECT name FROM personal.party").fetchall() == []


def test_a_look_is_logged_and_shows(city: City) -> None:
    """With the log entry the rows are there; the next transaction sees nothing again."""
    with city.register.confiding(LOOK) as connection:
        assert connection.execute("SELECT name FROM personal.party").fetchall() == [("Сериков Асан",)]
    with connect(city.register.database.owner) as connection:
        logged = connection.execute("SELECT actor, role, reason, subject FROM qala.access").fetchall()
    assert logged == [("N. Notary", "notary", "sale of a flat", "real_estate.unit 1")]
    with connect(city.register.database.confidant) as connection:
        assert connection.execute("SELECT count(*) FROM personal.party").fetchone() == (0,)


def test_a_look_that_fails_stays_in_the_log(city: City) -> None:
    """What was seen before the failure was seen."""
    with pytest.raises(psycopg.errors.DivisionByZero), city.register.confiding(LOOK) as connection:
        connection.execute("SELECT name, 1 / 0 FROM personal.party").fetchall()
    with connect(city.register.database.owner) as connection:
        assert connection.execute("SELECT count(*) FROM qala.access").fetchone() == (1,)


def test_no_look_without_a_reason(city: City) -> None:
    """An empty reason is refused before anything is seen."""
    blank = Look(actor="a", role="bank", reason=" ", subject="s")
    with pytest.raises(BadRequest), city.register.confiding(blank):
        pass


@pytest.mark.parametrize("statement", ["UPDATE qala.access SET reason = 'x'", "DELETE FROM qala.access"])
def test_the_log_only_grows(city: City, statement: str) -> None:
    """Neither the confidant nor the owner changes or removes what is logged."""
    with city.register.confiding(LOOK):
        pass
    with connect(city.register.database.confidant) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)
    with connect(city.register.database.owner) as connection, pytest.raises(psycopg.DatabaseError) as refused:
        connection.execute(statement)
    assert "it only grows" in str(refused.value)


def test_personal_values_are_hashed_with_salt(city: City) -> None:
    """Two persons of one name have different digests, and an altered name is found."""
    city.put(PARTY, NOWHERE, party_type="naturalPerson", iin_bin="990101300023", name="Сериков Асан", birth_date=BORN)
    with connect(city.register.database.owner) as connection:
        salts = connection.execute("SELECT salt FROM personal.party").fetchall()
        assert len(set(salts)) == 2
        assert not list(verify(connection, city.register.layers.values(), city.register.heads))
        connection.execute("ALTER TABLE personal.party DISABLE TRIGGER USER")
        connection.execute("UPDATE personal.party SET name = 'Другой' WHERE feature_id = 1")
        found = [(f.kind, f.what) for f in verify(connection, city.register.layers.values(), city.register.heads)]
    assert ("altered", "personal.party 1 version 1") in found


def _log(connection: psycopg.Connection) -> int:
    """Log a look as the confidant may, and return its number."""
    row = connection.execute(
        "INSERT INTO qala.access (actor, role, reason, subject) VALUES ('a', 'bank', 'r', 's') RETURNING access_id"
    ).fetchone()
    return int(row[0]) if row else 0


def _names(connection: psycopg.Connection, look: int) -> list[tuple[object, ...]]:
    """Return the names that show when a look is claimed."""
    with connection.transaction():
        connection.execute("SELECT set_config('qala.look', %s, true)", (str(look),))
        return connection.execute("SELECT name FROM personal.party").fetchall()


def test_nothing_shows_before_the_look_is_committed(city: City) -> None:
    """Otherwise a transaction that is rolled back would have seen without a trace."""
    with connect(city.register.database.confidant) as connection, connection.transaction(force_rollback=True):
        assert _names(connection, _log(connection)) == []


def test_a_look_serves_its_own_session_alone_and_not_for_long(city: City) -> None:
    """Neither another session's look nor an old one opens anything; an invented one least of all."""
    with connect(city.register.database.confidant) as mine, connect(city.register.database.confidant) as other:
        look = _log(mine)
        assert _names(mine, look) == [("Сериков Асан",)]
        assert _names(other, look) == []
        assert _names(mine, look + 1000) == []
        with connect(city.register.database.owner) as owner:
            owner.execute("ALTER TABLE qala.access DISABLE TRIGGER USER")
            owner.execute("UPDATE qala.access SET at = at - interval '61 seconds'")
        assert _names(mine, look) == []


@pytest.mark.parametrize("column", ["at", "transaction", "session", "access_id"])
def test_when_and_where_a_look_was_is_the_databases_to_say(city: City, column: str) -> None:
    """The confidant fills in neither the time nor the session of a look."""
    values = {"at": "now()", "transaction": "pg_current_xact_id()", "session": "1", "access_id": "1"}
    forged = (
        f"INSERT INTO qala.access (actor, role, reason, subject, {column}) VALUES ('', '', 'r', '', {values[column]})"
    )
    with (
        connect(city.register.database.confidant) as connection,
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.GeneratedAlways)),
    ):
        connection.execute(forged)


def test_a_register_brought_to_another_cluster_shows_persons_again(city: City) -> None:
    """What logins may belongs to the cluster: a backup does not bring it along, so each opening grants it anew."""
    database = city.register.database
    public, confidant = (str(conninfo_to_dict(c)["user"]) for c in (database.reader, database.confidant))
    with connect(database.owner) as connection:
        connection.execute(sql.SQL("REVOKE {} FROM {}").format(*map(sql.Identifier, (public, confidant))))
        row = connection.execute("SELECT id FROM qala.city").fetchone()
    profile = city.profile.model_copy(update={"id": row[0] if row else ""})
    with pytest.raises(psycopg.errors.InsufficientPrivilege), city.register.confiding(LOOK):
        pass
    migrate(database, profile, MIGRATIONS, lambda login: str(_password(city, login)))
    with city.register.confiding(LOOK) as connection:
        assert connection.execute("SELECT count(*) FROM personal.party").fetchone() == (1,)


def _password(city: City, login: str) -> object:
    """Return the password that a login has already."""
    known = (conninfo_to_dict(conninfo) for conninfo in city.register.database.logins)
    return next(facts["password"] for facts in known if facts["user"] == login)
