"""The private cluster: started twice, killed, crowded out, and guarded against other users."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gis.cluster import Cluster, ClusterFailed, NoServer, WrongOwner, default_home, find_server
from gis.cluster.ownership import Owner, private_folder, write_private
from gis.cluster.places import SYSTEM_PLACES
from gis.cluster.settings import SETTINGS, configuration
from gis.errors import BadRequest

ROOT = Path(__file__).resolve().parents[2]
SMALL = {
    "shared_buffers": "16MB",
    "max_wal_size": "64MB",
    "min_wal_size": "32MB",
    "max_connections": "20",
    "fsync": "off",
}
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can drop to another user")


@contextmanager
def folder(prefix: str = "qc-", mode: int = 0o711) -> Iterator[Path]:
    """A short-named folder that the server's user may enter, unlike pytest's own when this runs as root."""
    with tempfile.TemporaryDirectory(prefix=prefix, dir="/tmp") as name:
        Path(name).chmod(mode)
        yield Path(name)


@contextmanager
def cluster(home: Path, **settings: str) -> Iterator[Cluster]:
    """A cluster that is erased whatever happens."""
    made = Cluster(home, settings=SMALL | settings)
    try:
        yield made
    finally:
        made.erase()


@pytest.fixture(scope="module")
def shared() -> Iterator[Cluster]:
    """One cluster for the tests that leave it as they found it: started."""
    with folder() as home, cluster(home / "home") as made:
        made.start()
        yield made


def ask(made: Cluster, question: str, user: str = "postgres") -> Any:
    """Ask the cluster for one value."""
    with psycopg.connect(made.dsn("postgres", user)) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def processes_of(made: Cluster) -> list[int]:
    """List the processes that work in the data directory, as the kernel tells."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink() == made.status().data.resolve():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def in_another_process(code: str, *arguments: object) -> "subprocess.Popen[str]":
    """Start Python on some code; the caller waits for it."""
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_new_cluster_has_what_the_register_needs(shared: Cluster) -> None:
    """PostgreSQL and PostGIS are new enough, and speak UTF-8 and UTC."""
    assert int(ask(shared, "SHOW server_version_num")) >= 150000
    assert ask(shared, "SELECT default_version >= '3.3' FROM pg_available_extensions WHERE name = 'postgis'")
    expected = {"server_encoding": "UTF8", "timezone": "UTC", "jit": "off", "synchronous_commit": "on"}
    assert {name: ask(shared, f"SHOW {name}") for name in expected} == expected
    assert ask(shared, "SHOW data_checksums") == "on"
    assert SETTINGS["fsync"] == "on"


def test_extra_settings_win(shared: Cluster) -> None:
    """What the caller sets replaces the usual setting."""
    assert ask(shared, "SHOW shared_buffers") == "16MB"


def test_starting_a_running_cluster_changes_nothing(shared: Cluster) -> None:
    """A second start finds the same server and says that it started none."""
    before = shared.status()
    assert before.running
    assert Cluster(shared.home).start() is False
    assert shared.status() == before


def test_any_database_name_can_be_addressed(shared: Cluster) -> None:
    """Quotes, blanks and slashes in a database's name survive the URL."""
    with psycopg.connect(shared.dsn("postgres"), autocommit=True) as connection:
        connection.execute('CREATE DATABASE "odd ""name""/?1"')
    with psycopg.connect(shared.dsn('odd "name"/?1')) as connection:
        assert connection.info.dbname == 'odd "name"/?1'


def test_a_login_role_gets_in_by_its_derived_password_alone(shared: Cluster) -> None:
    """A role's password follows from its name; any other is refused, on the socket and on the loopback address."""
    with psycopg.connect(shared.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE reader LOGIN PASSWORD '{shared.password('reader')}'".encode())
    assert ask(shared, "SELECT current_user", user="reader") == "reader"
    assert shared.password("reader") != shared.password("writer")
    status = shared.status()
    for host in (str(status.sockets), "127.0.0.1"):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(host=host, port=status.port, user="reader", password="guess", dbname="postgres")


def test_secrets_and_sockets_are_closed_to_others(shared: Cluster) -> None:
    """No other user can read the secret, the data, the logs, or reach the socket."""
    status = shared.status()
    assert (shared.home / "secret").stat().st_mode & 0o777 == 0o600
    for path in (status.data, status.logs, status.sockets):
        assert path.stat().st_mode & 0o077 == 0
        assert path.stat().st_uid != 0


def test_the_server_leads_its_own_session(shared: Cluster) -> None:
    """A Ctrl-C in our terminal is not sent to it."""
    pid = shared.status().pid
    assert pid is not None
    assert os.getsid(pid) != os.getsid(0)


def test_an_open_secret_is_refused() -> None:
    """A secret that others could have read is named, with the command that closes it."""
    with folder() as home, cluster(home) as made:
        write_private(home / "secret", "ab" * 32, Owner.me())
        assert made.password("x") == made.password("x")
        (home / "secret").chmod(0o644)
        with pytest.raises(WrongOwner, match=r"mode 644.*chmod 600"):
            made.password("x")


def test_a_home_that_anyone_may_write_in_is_refused() -> None:
    """Nobody else may plant files in the home."""
    with folder(mode=0o777) as home, pytest.raises(WrongOwner, match="chmod o-w"):
        Cluster(home).start()


def test_a_planted_socket_folder_is_refused(tmp_path: Path) -> None:
    """A link, a file, another's folder or an open folder is not taken for our private one."""
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "link").symlink_to(private_folder(tmp_path / "own", Owner.me()))
    (tmp_path / "file").touch()
    for name in ("open", "link", "file"):
        with pytest.raises(WrongOwner, match=name):
            private_folder(tmp_path / name, Owner.me())
    stranger = Owner(Owner.me().uid + 1, Owner.me().gid)
    with pytest.raises(WrongOwner, match="should be a folder of"):
        private_folder(tmp_path / "own", stranger)


def test_a_cluster_never_started_has_no_address() -> None:
    """Asking for its address or its password says what to do, and starts nothing."""
    with folder() as home, cluster(home) as made:
        with pytest.raises(ClusterFailed, match="never started"):
            made.dsn()
        with pytest.raises(ClusterFailed, match="secret is missing"):
            made.password("x")
        assert not made.status().initialised
        assert made.stop() is False


def test_initialise_takes_up_after_a_killed_one() -> None:
    """What a killed initdb left is removed; the cluster is made whole, once."""
    with folder() as home, cluster(home) as made:
        (home / "data.new-1").mkdir()
        (home / "data.new-1" / "PG_VERSION").touch()
        assert made.initialise() is True
        assert made.initialise() is False
        assert not (home / "data.new-1").exists()
        assert not made.status().running


def test_it_survives_being_killed_whole() -> None:
    """All processes die at once under a write; the next start keeps what was acknowledged, and the port."""
    with folder() as home, cluster(home) as made:
        made.start()
        port = made.status().port
        with psycopg.connect(made.dsn("postgres"), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
            for pid in processes_of(made):
                os.kill(pid, signal.SIGKILL)
        assert made.start() is True
        assert ask(made, "SELECT count(*) FROM kept") == 1000
        assert made.status().port == port


def test_it_survives_the_death_of_the_postmaster_alone() -> None:
    """A backend that is busy outlives its killed postmaster and holds the shared memory; the next start ends it."""
    with folder() as home, cluster(home) as made:
        made.start()
        with psycopg.connect(made.dsn("postgres"), autocommit=True) as connection:
            stubborn = connection.info.backend_pid
            os.kill(stubborn, signal.SIGSTOP)
            first = made.status().pid
            assert first is not None
            os.kill(first, signal.SIGKILL)
            assert made.start() is True
        assert stubborn not in processes_of(made)
        assert ask(made, "SELECT 1") == 1


def test_it_survives_a_process_number_used_again() -> None:
    """After a restart of the machine, the number in postmaster.pid may be another program's."""
    with folder() as home, cluster(home) as made:
        made.start()
        status = made.status()
        note = (status.data / "postmaster.pid").read_text(encoding="utf-8")
        for pid in processes_of(made):
            os.kill(pid, signal.SIGKILL)
        bystander = subprocess.Popen(["sleep", "60"], user=status.data.stat().st_uid if os.geteuid() == 0 else None)
        try:
            again = "\n".join([str(bystander.pid), *note.splitlines()[1:], ""])
            (status.data / "postmaster.pid").write_text(again, encoding="utf-8")
            assert made.status().pid is None
            assert made.start() is True
            assert bystander.poll() is None
        finally:
            bystander.kill()
            bystander.wait()


def test_two_starts_at_once_make_one_server() -> None:
    """Of several starters, in threads and in another process, exactly one starts the server; all find it running."""
    code = """
        import sys
        from pathlib import Path
        from gis.cluster import Cluster
        print(Cluster(Path(sys.argv[1])).start())
    """
    with folder() as home, cluster(home) as made, in_another_process(code, home) as other:
        with ThreadPoolExecutor(3) as pool:
            started = list(pool.map(lambda _: Cluster(home, settings=SMALL).start(), range(3)))
        printed, _ = other.communicate()
        assert sorted([*map(str, started), printed.strip()]) == ["False", "False", "False", "True"]
        assert ask(made, "SELECT 1") == 1


def test_the_last_user_stops_it_even_after_a_killed_one() -> None:
    """While one of two users runs the server stays; a killed user counts as gone."""
    code = """
        import sys
        from pathlib import Path
        from gis.cluster import Cluster
        with Cluster(Path(sys.argv[1])).running():
            print("in", flush=True)
            sys.stdin.read()
    """
    with folder() as home, cluster(home) as made, in_another_process(code, home) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "in\n"
        with made.running():
            assert made.status().running
        assert made.status().running
        with made.running():
            other.kill()
            other.wait()
            assert made.status().running
        assert not made.status().running


def test_a_throw_away_cluster_leaves_nothing() -> None:
    """Its last user erases it; who waited meanwhile gets a new one."""
    with folder() as home:
        made = Cluster(home, settings=SMALL, throw_away=True)
        with made.running(), Cluster(home, settings=SMALL, throw_away=True).running():
            assert ask(made, "SELECT 1") == 1
        assert {path.name for path in home.iterdir()} == {"lock", "users"}
        with made.running():
            assert ask(made, "SELECT 1") == 1
        assert {path.name for path in home.iterdir()} == {"lock", "users"}


def test_a_cluster_started_for_good_outlives_its_users() -> None:
    """``running`` does not stop what ``start`` left running."""
    with folder() as home, cluster(home) as made:
        made.start()
        with made.running():
            pass
        assert made.status().running
        assert made.stop() is True
        with made.running():
            assert made.status().running
        assert not made.status().running


def test_a_taken_port_is_left_to_its_taker() -> None:
    """When someone took the kept port meanwhile, the next free one is used and kept from then on."""
    with folder() as home, cluster(home) as made:
        made.start()
        first = made.status().port
        assert first is not None
        made.stop()
        with socket.create_server(("127.0.0.1", first)):
            made.start()
            second = made.status().port
        assert second not in (first, None)
        made.stop()
        made.start()
        assert made.status().port == second
        assert ask(made, "SHOW port") == str(second)


def test_a_long_or_odd_home_is_as_good() -> None:
    """A path too long for a socket, with blanks, quotes and dollars in it, works, and keeps its socket elsewhere."""
    with folder() as parent:
        home = parent / 'it\'s a $HOME, "қала"' / ("x" * 90)
        with cluster(home) as made:
            made.start()
            assert ask(made, "SELECT 1") == 1
            sockets = made.status().sockets
            assert len(str(sockets)) < 60
            assert sockets.stat().st_mode & 0o777 == 0o700
            for pid in processes_of(made):
                os.kill(pid, signal.SIGKILL)
            assert made.start() is True
        assert not sockets.exists()


@needs_root
def test_root_finds_a_place_for_a_home_that_the_server_cannot_enter() -> None:
    """A home closed like /root keeps the secret; the data lies under /var/lib/qala until it is erased."""
    with folder(mode=0o700) as closed:
        with cluster(closed / "home") as made:
            made.start()
            place = made.status().data.parent
            assert place.parent == SYSTEM_PLACES
            assert (closed / "home" / "place").read_text(encoding="utf-8").strip() == str(place)
            assert Cluster(closed / "home").start() is False
            assert (closed / "home" / "secret").stat().st_uid == 0
        assert not place.exists()


@needs_root
def test_root_serves_a_users_home_as_that_user() -> None:
    """The data of an ordinary user's home belong to that user, who can go on alone afterwards."""
    with folder() as home:
        os.chown(home, 65534, 65534)
        with cluster(home) as made:
            made.start()
            assert made.status().data.stat().st_uid == 65534
            assert {path.stat().st_uid for path in home.iterdir()} == {65534}


@needs_root
def test_another_users_home_is_refused() -> None:
    """An ordinary user is told whose home it is."""
    code = """
        import os, sys
        from pathlib import Path
        from gis.cluster import Cluster, WrongOwner
        os.setgid(65534); os.setuid(65534)
        try:
            Cluster(Path(sys.argv[1])).start()
        except WrongOwner as refusal:
            print(refusal)
    """
    with folder(mode=0o755) as home, in_another_process(code, home) as other:
        printed, _ = other.communicate()
        assert "belongs to root, but this is nobody" in printed


def test_a_setting_that_postgresql_refuses_is_quoted() -> None:
    """The error says what PostgreSQL said; nothing is left running; a good setting starts it."""
    with folder() as home, cluster(home) as made:
        with pytest.raises(ClusterFailed, match="no_such_setting"):
            Cluster(home, settings=SMALL | {"no_such_setting": "1"}).start()
        assert processes_of(made) == []
        assert made.start() is True


@pytest.mark.parametrize(("name", "value"), [("port'", "1"), ("work_mem", "1\nfsync = off"), ("", "1")])
def test_a_setting_cannot_smuggle_in_another(name: str, value: str) -> None:
    """Names and values that would break out of their line are refused."""
    with pytest.raises(BadRequest, match="is no setting"):
        configuration(5432, Path("/run"), Path("/log"), {name: value})


def test_a_missing_server_says_what_to_install() -> None:
    """The message names Debian's packages."""
    with pytest.raises(NoServer, match="apt-get install postgresql-99 postgresql-99-postgis-3"):
        find_server(99)


def test_the_home_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """QALA_HOME names it, as an absolute path; without it, it lies where a user's data lie."""
    monkeypatch.setenv("QALA_HOME", "~/somewhere")
    assert default_home() == Path.home() / "somewhere"
    monkeypatch.delenv("QALA_HOME")
    assert default_home() == Path.home() / ".local" / "share" / "qala"
