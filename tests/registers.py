"""Registers for tests: made by copying, given back, cleansed and handed out again."""

import os
from collections import defaultdict
from dataclasses import replace
from itertools import count

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


class Cities:
    """Makes empty registers of bundled cities, each in a database copied from one that was migrated once.

    A register that is given back is cleansed and handed out again, which takes a tenth of a copy's time.
    """

    def __init__(self, installation: Installation) -> None:
        """Have none yet."""
        self.installation = installation
        self._templates: dict[str, tuple[Register, Pristine]] = {}
        self._made: list[Register] = []
        self._spare: dict[str, list[str]] = defaultdict(list)

    def __call__(self, profile_name: str = "helsinki") -> City:
        """Return an empty register."""
        profile = find(profile_name)
        template, _ = self._template(profile_name, profile)
        spare = self._spare[profile_name]
        name = spare.pop() if spare else self._copied(template)
        heads = SignedHeads(self.installation.home / "heads", name)
        register = replace(template, database=moved(template.database, name), profile=profile, heads=heads)
        self._made.append(register)
        return City(register, profile)

    def give_back(self, city: City, profile_name: str = "helsinki") -> None:
        """Take a register that its test is through with; it must have been asked for by the same name."""
        city.register.close()
        name = name_of(city.register.database)
        with connect(city.register.database.owner) as connection:
            clean = self._templates[profile_name][1].restore(connection)
        (self.installation.home / "heads" / f"{name}.heads").unlink(missing_ok=True)
        if clean:
            self._spare[profile_name].append(name)
        else:
            drop(self.installation, [name])

    def close(self) -> None:
        """Let go of all."""
        for register in self._made:
            register.close()
        if "QALA_TEST_HOME" in os.environ:  # any other home goes whole
            templates = [template for template, _ in self._templates.values()]
            drop(self.installation, [name_of(r.database) for r in (*self._made, *templates)])

    def _template(self, profile_name: str, profile: CityProfile) -> tuple[Register, Pristine]:
        if profile_name not in self._templates:
            unique = profile.model_copy(update={"id": f"t{os.getpid()}_{profile_name}"})
            register = self.installation.open(unique)
            register.close()
            with connect(register.database.owner) as connection:
                self._templates[profile_name] = register, Pristine.of(connection)
        return self._templates[profile_name]

    def _copied(self, template: Register) -> str:
        name = f"t{os.getpid()}_{next(_serial)}"
        with connect(self.installation.cluster.dsn("postgres")) as connection:
            source = sql.Identifier(name_of(template.database))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), source))
        return name


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
