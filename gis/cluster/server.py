"""The PostgreSQL and PostGIS programs that are installed on this machine."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gis.errors import Unavailable

OLDEST_POSTGRESQL = 15
OLDEST_POSTGIS = (3, 3)
DEBIAN_LIBRARIES = Path("/usr/lib/postgresql")


class NoServer(Unavailable):
    """No PostgreSQL and PostGIS new enough are installed."""

    code = "no-server"


@dataclass(frozen=True, slots=True)
class Server:
    """One installed PostgreSQL.

    Attributes:
        programs: the folder of ``postgres``, ``initdb`` and ``pg_ctl``.
        major: PostgreSQL's major version.
        postgis: version of the PostGIS installed for it, or nothing.
    """

    programs: Path
    major: int
    postgis: tuple[int, ...]

    @property
    def suits(self) -> bool:
        """Whether the register can run on it."""
        return self.major >= OLDEST_POSTGRESQL and self.postgis >= OLDEST_POSTGIS


def find_server(major: int | None = None) -> Server:
    """Return the newest installed server that suits.

    Args:
        major: only this PostgreSQL major version, because a data directory was made by it.

    Raises:
        NoServer: when there is none; the message names what was found and what to install.
    """
    found = installed_servers()
    suiting = [server for server in found if server.suits and major in (None, server.major)]
    if not suiting:
        raise NoServer(_what_is_missing(found, major), found=[str(server.programs) for server in found])
    return max(suiting, key=lambda server: server.major)


@cache
def installed_servers() -> tuple[Server, ...]:
    """List Debian's servers and the one that ``pg_config`` on the path belongs to."""
    folders = {folder for folder in DEBIAN_LIBRARIES.glob("*/bin") if _is_server(folder)}
    if pg_config := shutil.which("pg_config"):
        folders.add(Path(_ask(Path(pg_config), "--bindir")))
    return tuple(_describe(folder.resolve()) for folder in sorted(folders) if _is_server(folder))


def _is_server(folder: Path) -> bool:
    return all((folder / program).exists() for program in ("postgres", "initdb", "pg_ctl"))


def _describe(programs: Path) -> Server:
    version = _ask(programs / "postgres", "--version")
    number = re.search(r"\) (\d+)", version)
    return Server(programs=programs, major=int(number[1]) if number else 0, postgis=_postgis_version(programs))


def _postgis_version(programs: Path) -> tuple[int, ...]:
    control = _shared_files(programs) / "extension" / "postgis.control"
    text = control.read_text(encoding="utf-8") if control.exists() else ""
    version = re.search(r"default_version\s*=\s*'(\d+)\.(\d+)", text)
    return (int(version[1]), int(version[2])) if version else ()


def _shared_files(programs: Path) -> Path:
    if (programs / "pg_config").exists():
        return Path(_ask(programs / "pg_config", "--sharedir"))
    return Path("/usr/share/postgresql") / programs.parent.name


def _ask(program: Path, option: str) -> str:
    return subprocess.run([program, option], capture_output=True, text=True, check=True).stdout.strip()


def _what_is_missing(found: tuple[Server, ...], major: int | None) -> str:
    wanted = f"PostgreSQL {major or f'{OLDEST_POSTGRESQL} or newer'} with PostGIS 3.3 or newer"
    have = "; ".join(f"PostgreSQL {server.major}, {_postgis_text(server)} in {server.programs}" for server in found)
    package = major or OLDEST_POSTGRESQL
    return (
        f"{wanted} is needed, but this machine has {have or 'none'}. "
        f"On Debian: apt-get install postgresql-{package} postgresql-{package}-postgis-3"
    )


def _postgis_text(server: Server) -> str:
    return f"PostGIS {'.'.join(map(str, server.postgis))}" if server.postgis else "no PostGIS"
