"""Where a cluster's files lie: the home that the operator names, and the place that the server can live in."""

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from gis.cluster.ownership import ROOT, Owner, WrongOwner, choose_owner, write_private

SYSTEM_PLACES = Path("/var/lib/qala")
LONGEST_SOCKET = 107
SOCKET_NAME = "/.s.PGSQL.65535.lock"


def default_home() -> Path:
    """Return ``QALA_HOME``, or ``~/.local/share/qala``."""
    return Path(os.environ.get("QALA_HOME") or Path.home() / ".local" / "share" / "qala").expanduser().absolute()


@dataclass(frozen=True, slots=True)
class Places:
    """The files and folders of one cluster.

    Attributes:
        home: the folder that the operator names; it keeps the secret, the port and the locks.
        place: the folder that the server lives in, most often the same.
        owner: the user that the server runs as.
        sockets: folder of the unix socket.
    """

    home: Path
    place: Path
    owner: Owner
    sockets: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.place / "data"

    @property
    def logs(self) -> Path:
        """Folder of PostgreSQL's logs."""
        return self.place / "log"

    @property
    def start_log(self) -> Path:
        """What the server said before it opened its own log."""
        return self.logs / "start.log"

    @property
    def configuration(self) -> Path:
        """Path of ``postgresql.conf``, which the server's user may read and not write."""
        return self.place / "postgresql.conf"

    @property
    def lock(self) -> Path:
        """Locked by whoever makes, starts or stops the cluster."""
        return self.home / "lock"

    @property
    def users(self) -> Path:
        """Locked, shared, by each who needs the cluster to run."""
        return self.home / "users"

    @property
    def ephemeral(self) -> Path:
        """Present while the last user is to stop the cluster."""
        return self.place / "ephemeral"

    @property
    def secret(self) -> Path:
        """From it every password is derived."""
        return self.home / "secret"

    @property
    def port(self) -> Path:
        """The loopback port."""
        return self.home / "port"

    @property
    def pointer(self) -> Path:
        """Names the place where it is not the home."""
        return self.home / "place"


def find_places(home: Path) -> Places:
    """Return the places of the cluster of this home; the home is made when it is missing.

    Raises:
        WrongOwner: the home is someone else's, or anyone may write in it.
    """
    home.mkdir(mode=0o711 if os.geteuid() == ROOT else 0o700, parents=True, exist_ok=True)
    if home.stat().st_mode & stat.S_IWOTH:
        raise WrongOwner(f"Anyone may write in {home}. Run: chmod o-w {home}")
    place = _place(home)
    owner = choose_owner(place / "data", home)
    return Places(home=home, place=place, owner=owner, sockets=_sockets(place, owner))


def _place(home: Path) -> Path:
    pointer = home / "place"
    if pointer.exists():
        return Path(pointer.read_text(encoding="utf-8").strip())
    if choose_owner(home / "data", home).may_enter(home.resolve()):
        return home
    place = SYSTEM_PLACES / _hash(home)
    place.mkdir(mode=0o755, parents=True, exist_ok=True)
    write_private(pointer, f"{place}\n", Owner.of(home))
    return place


def _sockets(place: Path, owner: Owner) -> Path:
    """A unix socket's path has at most 107 bytes, and PostgreSQL reads commas and quotes in it."""
    path = place / "run"
    if len(os.fsencode(f"{path}{SOCKET_NAME}")) <= LONGEST_SOCKET and re.fullmatch(r"[\w./+-]+", str(path)):
        return path
    parent = "/run" if os.geteuid() == ROOT else "/tmp"  # noqa: S108 - private_folder checks whose it is
    return Path(f"{parent}/qala-{owner.uid}-{_hash(place)}")


def _hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:16]
