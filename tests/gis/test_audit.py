"""The audit names whatever was done behind the engine's back."""

from typing import Any

import pytest
from psycopg import Connection, errors

from gis.audit import verify
from gis.database import connect
from tests.city import City, square

_TAMPERING = {
    "altered": "UPDATE land.parcel SET official_area = 1 WHERE feature_id = {id} AND version = 1",
    "removed": "DELETE FROM land.parcel WHERE feature_id = {id} AND version = 1",
    "rewound": "UPDATE land.parcel SET recorded = tstzrange(lower(recorded) - interval '1 year', upper(recorded)) "
    "WHERE feature_id = {id} AND version = 1",
    "added": "INSERT INTO land.parcel (feature_id, version, valid, recorded, opened_by, geom, cadastral_number) "
    "SELECT {id} + 100000, 1, valid, recorded, opened_by, geom, cadastral_number FROM land.parcel "
    "WHERE feature_id = {id} AND version = 1",
    "chain": "UPDATE qala.changeset SET reason = 'another' WHERE number = 1",
    "head": "WITH gone AS (DELETE FROM qala.ledger WHERE changeset = 2) DELETE FROM qala.changeset WHERE number = 2",
}


def _behind_its_back(connection: Connection, statement: str) -> None:
    connection.execute("SET session_replication_role = replica")
    connection.execute(statement)


@pytest.mark.parametrize("kind", sorted(_TAMPERING))
def test_tampering_is_named(empty_city: City, kind: str) -> None:
    """Each way of tampering is found, and the row or changeset is named."""
    parcel = empty_city.put("land.parcel", square(0, 0), cadastral_number="91001001001", official_area=1600.0)
    empty_city.put("land.parcel", square(0, 0), "2021-05-01", parcel, cadastral_number="91001001001", official_area=5.0)
    register = empty_city.register
    with connect(register.database.owner) as connection:
        assert list(verify(connection, register.layers.values(), register.heads)) == []
        _behind_its_back(connection, _TAMPERING[kind].format(id=parcel))
        findings = list(verify(connection, register.layers.values(), register.heads))
    named = {"chain": "changeset 1", "head": "signed changeset 2", "added": str(parcel + 100000)}
    assert kind in {f.kind for f in findings}
    assert any(named.get(kind, f"land.parcel {parcel} version 1") in f.what for f in findings if f.kind == kind)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE land.parcel SET official_area = 1",
        "UPDATE land.parcel SET recorded = tstzrange(lower(recorded), now()), closed_by = 1, official_area = 1",
        "UPDATE land.parcel SET recorded = tstzrange('2001-01-01Z', now()), closed_by = 1",
        "DELETE FROM land.parcel",
        "TRUNCATE land.parcel",
        "UPDATE qala.changeset SET reason = 'x'",
        "DELETE FROM qala.ledger",
    ],
)
def test_triggers_refuse(empty_city: City, statement: str) -> None:
    """Even the owner can't change history without first putting the guards out of action."""
    empty_city.put("land.parcel", square(0, 0), cadastral_number="91001001001")
    with connect(empty_city.register.database.owner) as connection, pytest.raises(errors.Error) as refused:
        connection.execute(statement)
    assert refused.value.sqlstate == "QA001"


def test_reader_cannot_write(empty_city: City) -> None:
    """The public login can read layers, and neither write nor see tokens."""
    with connect(empty_city.register.database.reader) as connection:
        assert connection.execute("SELECT count(*) FROM land.parcel").fetchone() == (0,)
        for statement in ("INSERT INTO land.parcel (feature_id) VALUES (1)", "SELECT * FROM qala.token"):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(statement)


@pytest.mark.parametrize("version", [1, 2])
def test_one_version_at_a_time(empty_city: City, version: int) -> None:
    """The database itself refuses a version that overlaps another on both axes, the first one or a later one."""
    number: dict[str, Any] = {"cadastral_number": "91001001001"}
    parcel = empty_city.put("land.parcel", square(0, 0), **number)
    if version == 2:
        empty_city.put("land.parcel", square(0, 1), "2021-05-01", parcel, **number)
    copied = (
        "INSERT INTO land.parcel (feature_id, version, valid, recorded, opened_by, geom, cadastral_number) "
        "SELECT feature_id, 9, valid, recorded, opened_by, geom, cadastral_number FROM land.parcel WHERE version = %s"
    )
    with connect(empty_city.register.database.owner) as connection, pytest.raises(errors.ExclusionViolation):
        connection.execute(copied, (version,))
