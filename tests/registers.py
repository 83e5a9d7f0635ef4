"""Registers for tests: made by copying, given back, cleansed and handed out again."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from itertools import chain, count
from pathlib import Path

from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from data.installation import Installation
from data.profiles import find
from gis.database import Database, connect
from gis.heads import SignedHeads
from gis.profile import CityProfile
from gis.register import Register
from tests.city import City
from tests.cleansing import Pristine

_serial = count(1)


@dataclass(frozen=True)
class Operated:
    """A city for commands: its register, and the environment in which ``qala`` finds it."""

    city: City
    environment: Mapping[str, str]


class Cities:
    """Makes empty registers of bundled cities, each in a database copied from one that was migrated once.

    A register that is given back is cleansed and handed out again, which takes a tenth of a copy's time.
    """

    def __init__(self, installation: Installation) -> None:
        """Have none yet."""
        self.installation = installation
        self._templates: dict[str, tuple[Register, Pristine]] = {}
        self._kept: list[Register] = []
        self._spare: dict[str, list[Register]] = defaultdict(list)
        self._lent: dict[str, tuple[Register, Pristine | None]] = {}

    def __call__(self, profile_name: str = "helsinki") -> City:
        """Return an empty register."""
        profile = find(profile_name)
        template, pristine = self._template(profile_name, profile)
        spare = self._spare[profile.id]
        register = spare.pop() if spare else self._copied(template, profile)
        self._lent[name_of(register.database)] = register, pristine
        return City(register, profile)

    def like(self, source: Database, profile_name: str) -> City:
        """Return a copy of a register whose connections are closed, and of its signed heads.

        The logins are the other's: what another worker built is open to that worker's alone.
        """
        profile, folder = find(profile_name), self.installation.home / "heads"
        template, _ = self._template(profile_name, profile)
        register = self._copied(replace(template, database=source), profile, "file_copy")
        for number, digest in SignedHeads(folder, name_of(source)).heads():
            SignedHeads(folder, name_of(register.database)).append(number, digest)
        self._lent[name_of(register.database)] = register, None
        return City(register, profile)

    def keep(self, city: City) -> City:
        """Leave a register to whoever has it, until the end."""
        self._lent.pop(name_of(city.register.database))
        self._kept.append(city.register)
        return city

    def give_back(self, city: City) -> None:
        """Take a register that its test is through with.

        Its connections stay open: the first act through a new one takes several times as long.
        """
        name = name_of(city.register.database)
        register, pristine = _handed_over(city.register), self._lent.pop(name)[1]
        (self.installation.home / "heads" / f"{name}.heads").unlink(missing_ok=True)
        if pristine is not None and self._cleansed(register, pristine):
            self._spare[register.profile.id].append(register)
        else:
            register.close()
            drop(self.installation, [name])

    def take_back(self) -> None:
        """Take all that are lent: the module that asked for them is over."""
        for register, _ in list(self._lent.values()):
            self.give_back(City(register, register.profile))

    @contextmanager
    def operated(self, folder: Path) -> Iterator[Operated]:
        """Open an operator's city of Helsinki, with its profile in a folder, until its commands have run.

        It is a copy too; its logins may do what those of the city that it was copied from may.
        """
        file = folder / f"o{os.getpid()}_{next(_serial)}.toml"
        file.write_text(f'extends = "helsinki"\nid = "{file.stem}"\n', encoding="utf-8")
        profile = find(file)
        template, _ = self._template("helsinki", find("helsinki"))
        database = self.installation.database(profile)
        self._copy(template.database, file.stem)
        with connect(database.owner) as connection:
            connection.execute("UPDATE qala.city SET id = %s", [profile.id])
            for login, like in zip(database.logins, template.database.logins, strict=True):
                named = (sql.Identifier(str(conninfo_to_dict(each)["user"])) for each in (login, like))
                connection.execute(sql.SQL("CREATE ROLE {} IN ROLE {}").format(*named))
        register = self.installation.open(profile)
        environment = {"QALA_HOME": str(self.installation.home), "QALA_PROFILE": str(file), "COLUMNS": "200"}
        try:
            yield Operated(City(register, profile), environment)
        finally:
            register.close()
            drop(self.installation, [file.stem])

    def close(self) -> None:
        """Let go of all."""
        lent = (register for register, _ in self._lent.values())
        made = (*self._kept, *lent, *chain(*self._spare.values()))
        for register in made:
            register.close()
        if "QALA_TEST_HOME" in os.environ:  # any other home goes whole
            templates = [template for template, _ in self._templates.values()]
            drop(self.installation, [name_of(r.database) for r in (*made, *templates)])

    def _template(self, profile_name: str, profile: CityProfile) -> tuple[Register, Pristine]:
        if profile_name not in self._templates:
            unique = profile.model_copy(update={"id": f"t{os.getpid()}_{profile_name}"})
            register = self.installation.open(unique)
            register.close()
            with connect(register.database.owner) as connection:
                self._templates[profile_name] = register, Pristine.of(connection)
        return self._templates[profile_name]

    def _copied(self, template: Register, profile: CityProfile, strategy: str = "wal_log") -> Register:
        name = f"t{os.getpid()}_{next(_serial)}"
        self._copy(template.database, name, strategy)
        heads = SignedHeads(self.installation.home / "heads", name)
        return replace(template, database=moved(template.database, name), profile=profile, heads=heads)

    def _copy(self, source: Database, name: str, strategy: str = "wal_log") -> None:
        """Copy a database; large ones file by file."""
        with connect(self.installation.cluster.dsn("postgres")) as connection:
            names = (sql.Identifier(each) for each in (name, name_of(source)))
            copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY {}").format(*names, sql.SQL(strategy))
            connection.execute(copy)

    def _cleansed(self, register: Register, pristine: Pristine) -> bool:
        with connect(register.database.owner) as connection:
            return pristine.restore(connection)


def _handed_over(register: Register) -> Register:
    """Return the same register with the connections that it has, of which the one before lets go."""
    other = replace(register)
    pools = [name for name in vars(register) if name not in {each.name for each in fields(register)}]
    other.__dict__.update((name, register.__dict__.pop(name)) for name in pools)
    return other


def name_of(database: Database) -> str:
    """Return a database's name."""
    return str(conninfo_to_dict(database.owner)["dbname"])


def moved(database: Database, name: str) -> Database:
    """Return the same logins, in another database."""
    return Database(*(make_conninfo(c, dbname=name) for c in (database.owner, *database.logins)))


def drop(installation: Installation, names: list[str]) -> None:
    """Drop databases of the tests' cluster, whoever is connected."""
    with connect(installation.cluster.dsn("postgres")) as connection:
        for name in names:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
