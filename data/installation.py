"""One installation: its home folder, its database server, and the registers of its cities."""

import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from data.catalogue import FOLLOWERS, LAYERS, RULES
from gis.cluster import Cluster, default_home
from gis.database import Database, create_database, migrate
from gis.heads import SignedHeads
from gis.profile import CityProfile
from gis.register import Register

MIGRATIONS = (Path(__file__).parent / "migrations" / "versions",)
DATABASE_URL = "QALA_DATABASE_URL"


@dataclass(frozen=True)
class Installation:
    """Where the registers of an installation live.

    Attributes:
        home: folder of the embedded cluster, the keys and the signed heads; ``QALA_HOME``.
        outside: URL of the city's own server (``QALA_DATABASE_URL``), used instead of the embedded cluster.
    """

    home: Path = field(default_factory=lambda: Path(os.environ.get("QALA_HOME") or default_home()))
    outside: str | None = field(default_factory=lambda: os.environ.get(DATABASE_URL) or None)

    @cached_property
    def cluster(self) -> Cluster:
        """The embedded cluster."""
        return Cluster(self.home)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Keep the database server running for a while; the city's own server is left alone."""
        if self.outside:
            yield
            return
        with self.cluster.running():
            yield

    def database(self, profile: CityProfile) -> Database:
        """Return the logins of a city's database; with an outside server, the one that its URL names."""
        if self.outside:
            return Database.of(self.outside, self.password)
        return Database.of(self.cluster.dsn(profile.id), self.password)

    def open(self, profile: CityProfile) -> Register:
        """Return a city's register, its database made and migrated where needed. The server must be running."""
        database = self.database(profile)
        name = str(conninfo_to_dict(database.owner)["dbname"])
        create_database(make_conninfo(database.owner, dbname="postgres"), name)
        migrate(database, profile, MIGRATIONS, self.password)
        return self.register(database, profile)

    def register(self, database: Database, profile: CityProfile) -> Register:
        """Return the register in a database that is migrated already."""
        heads = SignedHeads(self.home / "heads", str(conninfo_to_dict(database.owner)["dbname"]))
        return Register(database, LAYERS, RULES, FOLLOWERS, profile, heads)

    def password(self, login: str) -> str:
        """Return a login's password: HMAC-SHA-256 of its name under the installation's secret."""
        if not self.outside:
            return self.cluster.password(login)
        return hmac.new(self._secret, login.encode(), "sha256").hexdigest()

    @cached_property
    def _secret(self) -> bytes:
        path = self.home / "outside-secret"
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32), encoding="ascii")
        return path.read_bytes()
