"""Connections: one database per city, four logins.

The owner migrates; the writer records acts; the reader answers the public; the confidant reads personal data, and only
in a transaction that has logged the look (:mod:`gis.access`). They are logins of their own, not roles named in a
session setting, which could be forged.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy
from alembic import command
from alembic.config import Config
from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from gis.crs import spatial_ref_sys_row
from gis.errors import BadRequest, Unavailable
from gis.profile import CityProfile

Password = Callable[[str], str]
"""Tells a login's password by its name."""

SESSION = "-c TimeZone=UTC -c DateStyle=ISO -c extra_float_digits=1 -c jit=off"
"""Settings that every connection relies on: canonical forms and outputs must not depend on the server's defaults."""

READING = f"{SESSION} -c max_parallel_workers_per_gather=0"
"""The same for the reader: starting a helper costs more than a page or a tile, and many are asked for at once."""


@dataclass(frozen=True, slots=True)
class Database:
    """Where a city's register lives: psycopg connection strings of its four logins."""

    owner: str
    writer: str
    reader: str
    confidant: str

    @classmethod
    def of(cls, owner: str, password: Password) -> "Database":
        """Return the database that ``owner`` connects to; ``password`` tells the other logins' passwords."""
        name = conninfo_to_dict(owner)["dbname"]
        logins = (f"{name}_writer", f"{name}_reader", f"{name}_confidant")
        writer, reader, confidant = (make_conninfo(owner, user=u, password=password(u)) for u in logins)
        return cls(
            _with_session(owner), _with_session(writer), _with_session(reader, READING), _with_session(confidant)
        )

    @property
    def logins(self) -> tuple[str, str, str]:
        """The connection strings of the logins that run the register; the owner's is not among them."""
        return self.writer, self.reader, self.confidant


def _with_session(conninfo: str, session: str = SESSION) -> str:
    return make_conninfo(conninfo, options=session)


@contextmanager
def connect(conninfo: str, *, autocommit: bool = True) -> Iterator[Connection]:
    """Open a connection for one piece of work; an unreachable server is :class:`gis.errors.Unavailable`."""
    try:
        connection = psycopg.connect(conninfo, autocommit=autocommit)
    except psycopg.OperationalError as error:
        raise Unavailable(f"the database can't be reached: {str(error).strip().splitlines()[0]}") from error
    try:
        yield connection
    finally:
        connection.close()


def create_database(server: str, name: str) -> str:
    """Create a city's database where it is missing; return the owner's connection string to it."""
    with connect(server) as connection:
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if known is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
            )
    return make_conninfo(server, dbname=name)


def database_exists(server: str, name: str) -> bool:
    """Tell whether a server has a database of that name."""
    with connect(server) as connection:
        return connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None


def drop_database(server: str, name: str) -> None:
    """Drop a database, whoever is in it, if it is there."""
    with connect(server) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def migrate(
    database: Database, profile: CityProfile, locations: Sequence[Path], password: Password, *, revision: str = "heads"
) -> None:
    """Bring a city's database to a revision, forward or back.

    Args:
        database: its logins.
        profile: the city's; its spatial reference system and SRID are what the tables are made for.
        locations: folders of migrations, the engine's own aside.
        password: tells the passwords of writer and reader.
        revision: an Alembic revision, ``heads`` for the newest, ``base`` for an empty database.

    Raises:
        BadRequest: there is no such revision; the database is at one that this software does not know; it belongs to
            another city or another spatial reference system.
    """
    engine = sqlalchemy.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(database.owner))
    try:
        with engine.connect() as connection:
            _step(connection, _alembic(locations, connection, profile.srid), revision)
            connection.commit()
    finally:
        engine.dispose()
    if revision != "base":
        _settle_city(database, profile, password)


def _step(connection: sqlalchemy.Connection, config: Config, revision: str) -> None:
    from alembic.script import ScriptDirectory  # noqa: PLC0415  (only needed to tell forward from back)

    known = sorted(r.revision for r in ScriptDirectory.from_config(config).walk_revisions())
    if revision not in {"base", "heads", *known}:
        listed = ", ".join(("base", *known, "heads"))
        raise BadRequest(f"there is no revision {revision!r} of the database; right would be one of: {listed}")
    current = _revisions(connection)
    if not set(current) <= set(known):
        raise BadRequest(
            f"the database is at revision {', '.join(current)}, which this software does not know (it knows "
            f"{', '.join(known)}): use the software that made it, or a newer one"
        )
    back = revision == "base" or (revision != "heads" and any(each > revision for each in current))
    (command.downgrade if back else command.upgrade)(config, revision)


def _revisions(connection: sqlalchemy.Connection) -> list[str]:
    """Return the revisions that a database is at; none where it is new."""
    if connection.exec_driver_sql("SELECT to_regclass('public.migration')").scalar() is None:
        return []
    return [str(each) for each in connection.exec_driver_sql("SELECT version_num FROM migration").scalars()]


def _alembic(locations: Sequence[Path], connection: sqlalchemy.Connection, srid: int) -> Config:
    own = Path(__file__).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(own))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", ":".join(str(p) for p in (own / "versions", *locations)))
    config.attributes.update(connection=connection, srid=srid)
    return config


def _settle_city(database: Database, profile: CityProfile, password: Password) -> None:
    with connect(database.owner, autocommit=False) as connection:
        _know_system(connection, profile)
        _know_city(connection, profile)
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        logins = [str(conninfo_to_dict(conninfo)["user"]) for conninfo in database.logins]
        for login in logins:
            if login in known:  # an early revision does not know the confidant yet
                _let_in(connection, login, password)
        if known.issuperset(logins):
            _grant(connection, database)
        connection.commit()


def _know_system(connection: Connection, profile: CityProfile) -> None:
    row = spatial_ref_sys_row(profile)
    if row is not None:
        connection.execute(
            "INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text) VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT (srid) DO UPDATE SET srtext = excluded.srtext, proj4text = excluded.proj4text",
            row,
        )


def _know_city(connection: Connection, profile: CityProfile) -> None:
    values: tuple[Any, ...] = (profile.id, profile.srid, profile.model_dump_json())
    connection.execute(
        "INSERT INTO qala.city (id, srid, profile) VALUES (%s, %s, %s) ON CONFLICT (only_one) DO NOTHING", values
    )
    row = connection.execute("SELECT id, srid FROM qala.city").fetchone()
    if row != (profile.id, profile.srid):
        raise BadRequest(
            f"this database belongs to the city and spatial reference system {row}, "
            f"not to {(profile.id, profile.srid)}: choose the profile it was made with, or another database"
        )
    connection.execute("UPDATE qala.city SET profile = %s", (profile.model_dump_json(),))


def _grant(connection: Connection, database: Database) -> None:
    """Grant what belongs to the cluster, not to the database: a backup restored elsewhere brings none of it along."""
    name = sql.Identifier(str(conninfo_to_dict(database.owner)["dbname"]))
    writer, reader, confidant = (sql.Identifier(str(conninfo_to_dict(c)["user"])) for c in database.logins)
    for grant in (
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}, {}").format(name, writer, reader, confidant),
        sql.SQL("GRANT TEMPORARY ON DATABASE {} TO {}").format(name, writer),
        sql.SQL("GRANT {} TO {}").format(reader, confidant),
    ):
        connection.execute(grant)


def _let_in(connection: Connection, login: str, password: Password) -> None:
    connection.execute(
        sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(login), sql.Literal(password(login)))
    )
