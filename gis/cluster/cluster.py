"""Making, starting and stopping the register's own PostgreSQL cluster."""

import fcntl
import hmac
import os
import secrets
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import quote, urlencode

from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from gis.cluster.ownership import Owner, give, private_folder, read_private, run_as, write_private
from gis.cluster.places import Places, default_home, find_places
from gis.cluster.postmaster import POLL_SECONDS, Postmaster
from gis.cluster.server import Server, find_server
from gis.cluster.settings import configuration
from gis.errors import Unavailable

SUPERUSER = "postgres"
FIRST_PORT, PORTS = 15432, 10_000  # below the range that Linux hands to outgoing connections
PORT_ATTEMPTS = 5
RECOVERY_SECONDS = 900  # replaying max_wal_size after a crash takes minutes on a slow disk
STOP_SECONDS = 120
LOG_TAIL = 1500


class ClusterFailed(Unavailable):
    """The cluster can't be made, started or stopped; the message quotes PostgreSQL."""

    code = "cluster-failed"


@dataclass(frozen=True, slots=True)
class Status:
    """What can be seen of a cluster.

    Attributes:
        initialised: whether its data directory exists.
        running: whether it takes connections.
        pid: its first process, also while it starts or recovers.
        port: its loopback port, kept from one start to the next.
        sockets: folder of its unix socket.
        data: its data directory.
        logs: folder of its logs.
    """

    initialised: bool
    running: bool
    pid: int | None
    port: int | None
    sockets: Path
    data: Path
    logs: Path


@dataclass(frozen=True)
class Cluster:
    """A private cluster in one home; the package says where what lies.

    Any number of processes may use the same home at once.

    Attributes:
        home: its folder, made when needed.
        settings: PostgreSQL settings that replace or join the usual ones from the next start on, such as
            ``{"fsync": "off"}`` for a throw-away cluster.
        throw_away: whether the last user of ``running`` that stops it also erases it, for tests.
    """

    home: Path = field(default_factory=default_home)
    settings: Mapping[str, str] = field(default_factory=dict)
    throw_away: bool = False

    def initialise(self) -> bool:
        """Make the cluster where there is none yet; tell whether it was made now.

        Raises:
            NoServer: no PostgreSQL and PostGIS new enough.
            WrongOwner: the home is someone else's, or open to others.
            ClusterFailed: PostgreSQL's ``initdb`` refused.
        """
        with self._locked():
            return self._initialise()

    def start(self) -> bool:
        """Start the cluster, made first where needed, and leave it running; tell whether it was started now.

        The server leads its own session: a Ctrl-C in the terminal does not reach it. What a killed server left behind
        is cleared away, and its write-ahead log replayed.

        Raises:
            NoServer: no PostgreSQL and PostGIS new enough, or not the version that made the data.
            WrongOwner: the home or the socket's folder is someone else's, or open to others.
            ClusterFailed: PostgreSQL did not start.
        """
        with self._locked():
            self._places.ephemeral.unlink(missing_ok=True)
            return self._start()

    def stop(self) -> bool:
        """Stop the cluster, ending its sessions; tell whether it ran.

        Raises:
            ClusterFailed: it did not stop.
        """
        with self._locked():
            return self._stop()

    @contextmanager
    def running(self) -> Iterator["Cluster"]:
        """Keep the cluster running for a while.

        The last of several users at once, in one process or many, stops it on leaving, unless it ran before the first
        came. A user that was killed counts as gone.

        Raises:
            NoServer, WrongOwner, ClusterFailed: as ``start`` and ``stop``.
        """
        users = self._join()
        try:
            yield self
        finally:
            self._leave(users)

    def status(self) -> Status:
        """Look at the cluster as it is now."""
        return Status(
            initialised=self._places.data.exists(),
            running=self._postmaster.pid is not None and self._answers(),
            pid=self._postmaster.pid,
            port=self._kept_port(),
            sockets=self._places.sockets,
            data=self._places.data,
            logs=self._places.logs,
        )

    def password(self, role: str) -> str:
        """Return a login role's password: HMAC-SHA256 of the role's name under this cluster's secret, in hexadecimal.

        Raises:
            ClusterFailed: the cluster is not initialised, or its secret is lost.
            WrongOwner: the secret can be read by others.
        """
        try:
            secret = read_private(self._places.secret)
        except FileNotFoundError:
            raise ClusterFailed(f"{self._places.secret} is missing: restore it, or start a new cluster.") from None
        return hmac.new(secret.encode(), role.encode(), "sha256").hexdigest()

    def dsn(self, database: str = "qala", user: str = SUPERUSER) -> str:
        """Return a database's URL by the unix socket, password included; libpq, psycopg and SQLAlchemy read it.

        Raises:
            ClusterFailed: the cluster was never started, or its secret is lost.
            WrongOwner: the secret can be read by others.
        """
        port = self._kept_port()
        if port is None:
            raise ClusterFailed(f"The cluster in {self.home} was never started: start it first.")
        where = urlencode({"host": self._places.sockets, "port": port})
        return f"postgresql://{quote(user, safe='')}:{self.password(user)}@/{quote(database, safe='')}?{where}"

    def erase(self) -> None:
        """Stop the cluster and remove all that it keeps, every database included. There is no way back."""
        with self._locked():
            self._stop()
            self._erase()

    def _initialise(self) -> bool:
        places = find_places(self.home)  # anew: another process may have erased it
        if places.data.exists():
            return False
        server = find_server()
        for left_over in self._half_made():
            shutil.rmtree(left_over)
        if not places.secret.exists():
            write_private(places.secret, secrets.token_hex(32), Owner.of(self.home))
        self._initdb(server, places.place / f"data.new-{os.getpid()}")
        return True

    def _initdb(self, server: Server, made: Path) -> None:
        """Make the data directory aside, and move it to its place when it is whole."""
        places = self._places
        private_folder(made, places.owner)
        password = places.place / f"password-{os.getpid()}"
        write_private(password, self.password(SUPERUSER), places.owner)
        options = ("--auth=scram-sha-256", f"--pwfile={password}", f"--username={SUPERUSER}")
        language = ("--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums")
        hasty = ("--no-sync",) if self.settings.get("fsync") == "off" else ()
        done = run_as(
            places.owner, [server.programs / "initdb", f"--pgdata={made}", *options, *language, *hasty], places.place
        )
        password.unlink()
        if done.returncode:
            raise ClusterFailed(f"PostgreSQL could not make {places.data}: {_last_words(done)}")
        made.rename(places.data)

    def _start(self) -> bool:
        self._initialise()
        if self._comes_up():
            return False
        places = self._places
        private_folder(places.logs, places.owner)
        private_folder(places.sockets, places.owner)
        self._postmaster.clear_wreckage(places.sockets)
        for _ in range(PORT_ATTEMPTS):
            if self._launch(self._free_port()):
                return True
        raise ClusterFailed(f"PostgreSQL found its port taken {PORT_ATTEMPTS} times: {self._said()}")

    def _launch(self, port: int) -> bool:
        """Start the server on this port; tell whether the port was still free."""
        places = self._places
        text = configuration(port, places.sockets, places.logs, self.settings)
        write_private(places.configuration, text, Owner.of(places.place), mode=0o644)
        write_private(places.port, f"{port}\n", Owner.of(self.home))
        places.start_log.unlink(missing_ok=True)
        # Relative paths, so that no path is read by the shell that pg_ctl uses.
        options = ("--log=log/start.log", f"--timeout={RECOVERY_SECONDS}", "--options=-c config_file=postgresql.conf")
        done = self._pg_ctl("start", *options)
        if done.returncode and "could not create any TCP/IP sockets" not in self._said():
            raise ClusterFailed(f"PostgreSQL did not start: {self._said() or _last_words(done)}")
        return done.returncode == 0

    def _stop(self) -> bool:
        if self._postmaster.pid is None:
            return False
        done = self._pg_ctl("stop", "--mode=fast", f"--timeout={STOP_SECONDS}")
        if done.returncode and self._postmaster.pid is not None:
            raise ClusterFailed(f"PostgreSQL did not stop: {_last_words(done)}")
        return True

    def _erase(self) -> None:
        """Remove everything but the locks: whoever waits for them makes a new cluster."""
        places = self._places
        for folder in (places.data, places.logs, places.sockets, *self._half_made()):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (places.configuration, places.ephemeral, places.port, places.secret):
            file.unlink(missing_ok=True)
        if places.place != self.home:
            places.place.rmdir()
            places.pointer.unlink()

    def _pg_ctl(self, order: str, *options: str) -> CompletedProcess[str]:
        version = (self._places.data / "PG_VERSION").read_text(encoding="utf-8")
        pg_ctl = find_server(int(version)).programs / "pg_ctl"
        command: list[str | Path] = [pg_ctl, order, "--pgdata=data", "--wait", "--silent", *options]
        return run_as(self._places.owner, command, self._places.place)

    def _comes_up(self) -> bool:
        """Tell whether a server runs already. One that still recovers is waited for; one that dies meanwhile is not."""
        deadline = time.monotonic() + RECOVERY_SECONDS
        while self._postmaster.pid is not None:
            if self._answers():
                return True
            if time.monotonic() > deadline:
                raise ClusterFailed(f"PostgreSQL did not finish its start: {self._said()}")
            time.sleep(POLL_SECONDS)
        return False

    def _answers(self) -> bool:
        """Ask the server itself, without logging in: a killed one still has a process number for a moment."""
        address = {"host": str(self._places.sockets), "port": self._kept_port(), "connect_timeout": 5}
        return PGconn.ping(make_conninfo("", **address).encode()) == Ping.OK

    def _said(self) -> str:
        """Return the end of what the server said on its way up, in its first and in its own log."""
        logs = sorted(self._places.logs.glob("*.log"), key=lambda log: log.stat().st_mtime)
        words = "\n".join(log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:] for log in logs[-2:])
        return words.strip()

    def _kept_port(self) -> int | None:
        try:
            return int(self._places.port.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None

    def _free_port(self) -> int:
        """Return the kept port, or one that follows from the home's path; the next free one when it is taken."""
        wanted = self._kept_port() or FIRST_PORT + int.from_bytes(os.fsencode(self.home)) % PORTS
        for step in range(PORTS):
            port = FIRST_PORT + (wanted - FIRST_PORT + step) % PORTS
            if _is_free(port):
                return port
        raise ClusterFailed(f"No loopback port between {FIRST_PORT} and {FIRST_PORT + PORTS} is free.")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = self._open(self._places.lock)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _join(self) -> int:
        with self._locked():
            users = self._open(self._places.users)
            try:
                fcntl.flock(users, fcntl.LOCK_SH)
                if self._start():
                    write_private(self._places.ephemeral, "", Owner.of(self._places.place))
            except BaseException:
                os.close(users)
                raise
        return users

    def _leave(self, users: int) -> None:
        with self._locked():
            last = _alone(users)
            os.close(users)
            if not last or not self._places.ephemeral.exists():
                return
            self._stop()
            self._places.ephemeral.unlink()
            if self.throw_away:
                self._erase()

    def _open(self, path: Path) -> int:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        give(path, Owner.of(self.home))
        return handle

    @cached_property
    def _places(self) -> Places:
        return find_places(self.home)

    @property
    def _postmaster(self) -> Postmaster:
        return Postmaster(self._places.data)

    def _half_made(self) -> Iterator[Path]:
        return self._places.place.glob("data.new-*")


def _alone(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _last_words(done: CompletedProcess[str]) -> str:
    return (done.stderr or done.stdout)[-LOG_TAIL:].strip()
