"""The ``qala`` command as an operator meets it: exit codes, words, JSON for programs, and what it leaves behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner, Result

from api.main import app
from data.installation import Installation
from data.profiles import find
from gis import tokens
from gis.database import database_exists, drop_database
from tests.city import City, square

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Operator:
    """An operator of one city of the tests' own."""

    installation: Installation
    profile: Path

    @property
    def city(self) -> str:
        """The city's id, and its database's name."""
        return self.profile.stem

    @property
    def server(self) -> str:
        """Where databases are made and dropped."""
        return self.installation.cluster.dsn("postgres")

    def run(self, *arguments: object) -> Result:
        """Run a verb."""
        environment = {"QALA_HOME": str(self.installation.home), "QALA_PROFILE": str(self.profile), "COLUMNS": "200"}
        return CliRunner().invoke(app, [str(each) for each in arguments], env=environment)

    def told(self, *arguments: object) -> dict[str, object]:
        """Run a verb that must succeed; return what it says to programs."""
        done = self.run(*arguments, "--json")
        assert done.exit_code == 0, done.output
        answer: dict[str, object] = json.loads(done.stdout)
        return answer

    def refused(self, *arguments: object) -> str:
        """Run a verb that must refuse bad input; return what it says on standard error, on one line."""
        done = self.run(*arguments)
        assert done.exit_code == 2, done.output
        assert "Traceback" not in done.output
        return " ".join(done.stderr.split())


@pytest.fixture(scope="module")
def operator(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """An operator of a copy of Helsinki with one parcel."""
    city = f"o{os.getpid()}"
    file = tmp_path_factory.mktemp("city") / f"{city}.toml"
    file.write_text(f'extends = "helsinki"\nid = "{city}"\n', encoding="utf-8")
    made = Operator(installation, file)
    with_register(made, lambda c: c.put("land.parcel", square(0, 0), cadastral_number="91001001001"))
    yield made
    drop_database(made.server, city)


def with_register(operator: Operator, do: Callable[[City], object]) -> None:
    """Do something with the operator's register."""
    profile = find(operator.profile)
    register = operator.installation.open(profile)
    try:
        do(City(register, profile))
    finally:
        register.close()


def test_a_revision_that_there_is_not(operator: Operator) -> None:
    """It is refused with those there are."""
    assert "base, 0001" in operator.refused("db", "migrate", "nope")


def test_programs_are_told_in_json(operator: Operator) -> None:
    """Verbs that answer with facts give them to programs as well."""
    assert f"dbname={operator.city}" in str(operator.told("db", "url")["url"])
    assert operator.told("audit", "verify") == {"changesets": 1, "findings": []}
    secret = operator.told("token", "create", "--role", "registrar", "--name", "A. Registrar")["secret"]
    seen: list[str] = []

    def look(city: City) -> None:
        with city.register.writing() as connection:
            seen.append(tokens.verify(connection, str(secret)).name)

    with_register(operator, look)
    assert seen == ["A. Registrar"]
    rules = json.loads(operator.run("rules", "--json").stdout)
    assert {"kk", "ru", "en"} == set(next(r for r in rules if r["id"] == "land.parcel.no-overlap")["statement"])


def test_a_backup_comes_back_only_where_nothing_is(operator: Operator, tmp_path: Path) -> None:
    """A register that exists is left alone; after it is gone, the backup brings back what its acts wrote."""
    file = tmp_path / "city.backup"
    assert operator.told("backup", file)["bytes"] == file.stat().st_size
    assert "exists already" in operator.refused("backup", file)
    assert "exists already" in operator.refused("restore", file)
    assert operator.told("audit", "verify")["changesets"] == 1
    drop_database(operator.server, operator.city)
    assert operator.told("restore", file)["city"] == operator.city
    assert operator.told("audit", "verify") == {"changesets": 1, "findings": []}


def test_a_restore_that_fails_leaves_nothing(operator: Operator, tmp_path: Path) -> None:
    """Cut short, no backup, another city's: bad input each, and no half-made database in the next one's way."""
    whole = tmp_path / "city.backup"
    operator.told("backup", whole)
    cut, noise = tmp_path / "cut.backup", tmp_path / "noise.backup"
    cut.write_bytes(whole.read_bytes()[:-5000])
    noise.write_text("no backup", encoding="utf-8")
    other = tmp_path / f"{operator.city}_other.toml"
    other.write_text(f'extends = "helsinki"\nid = "{other.stem}"\n', encoding="utf-8")
    for file, word in ((cut, "damaged"), (noise, "damaged"), (whole, "belongs to the city")):
        assert word in operator.refused("restore", file, "--profile", other)
        assert not database_exists(operator.server, other.stem)


def test_a_backup_that_fails_leaves_nothing(operator: Operator, tmp_path: Path) -> None:
    """Into a folder that is not there, or of a register that is not there."""
    assert "there is no folder" in operator.refused("backup", tmp_path / "nowhere" / "city.backup")
    nobody = tmp_path / f"{operator.city}_nobody.toml"
    nobody.write_text(f'extends = "helsinki"\nid = "{nobody.stem}"\n', encoding="utf-8")
    failed = operator.run("backup", tmp_path / "city.backup", "--profile", nobody)
    assert failed.exit_code == 6
    assert list(tmp_path.iterdir()) == [nobody]


def test_an_encoding_that_there_is_not(operator: Operator, tmp_path: Path) -> None:
    """Said on the command line or in the mapping, it is bad input."""
    file = tmp_path / "parcels.csv"
    file.write_text('id,wkt\na,"POINT (1 1)"\n', encoding="utf-8")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('encoding = "nope"\n', encoding="utf-8")
    for option in (("--encoding", "nope"), ("--mapping", mapping)):
        told = operator.refused("import", "land.parcel", file, "--crs", "EPSG:3879", *option)
        assert "'nope'" in told


def test_a_port_in_use_is_told_before_anything_is_started(tmp_path: Path) -> None:
    """Bad input, and no cluster was made for it."""
    home = tmp_path / "home"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = CliRunner().invoke(app, ["up", "--port", str(port)], env={"QALA_HOME": str(home)})
    assert done.exit_code == 2
    assert f":{port} can't be served on" in done.stderr
    assert not home.exists()


def test_a_public_address_that_is_none_is_refused(tmp_path: Path) -> None:
    """It would stand in every link."""
    environment = {"QALA_HOME": str(tmp_path / "home"), "QALA_PUBLIC_URL": "map.example.kz"}
    done = CliRunner().invoke(app, ["up", "--port", str(_free_port())], env=environment)
    assert done.exit_code == 2
    assert "https://map.example.kz" in done.stderr


@pytest.mark.slow
def test_servers_end_with_a_command_that_was_killed(operator: Operator) -> None:
    """Kill -9 of ``qala up`` leaves no process that goes on serving, and none that holds the port."""
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "api.main",
        "up",
        "--empty",
        "--port",
        str(port),
        "--profile",
        str(operator.profile),
    ]
    environment = os.environ | {"QALA_HOME": str(operator.installation.home)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            _until(lambda: _answers(port), 180)
        finally:
            process.send_signal(signal.SIGKILL)
    _until(lambda: not _answers(port), 15)
    _until(lambda: _is_free(port), 15)  # the last worker may still be ending


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/health", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


def _until(so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.2)
