"""Which user the server runs as, and files and folders that nobody else may read or plant."""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gis.errors import Unavailable

ROOT = 0
SERVER_USER = "postgres"
OWN_USER = "qala"


class WrongOwner(Unavailable):
    """A file or folder belongs to, or is open to, someone it should not."""

    code = "wrong-owner"


@dataclass(frozen=True, slots=True)
class Owner:
    """An operating system user, by number."""

    uid: int
    gid: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return the owner of a file or folder."""
        facts = path.lstat()
        return cls(facts.st_uid, facts.st_gid)

    @classmethod
    def me(cls) -> Self:
        """Return the user that this process acts as."""
        return cls(os.geteuid(), os.getegid())

    @property
    def name(self) -> str:
        """The user's name, or its number when it has none."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)

    def may_enter(self, folder: Path) -> bool:
        """Tell whether every folder from the root down to this one lets the user pass, by its mode bits."""
        return all(self._may_pass(step) for step in (folder, *folder.parents))

    def _may_pass(self, folder: Path) -> bool:
        facts = folder.stat()
        if facts.st_uid == self.uid:
            return bool(facts.st_mode & stat.S_IXUSR)
        return bool(facts.st_mode & (stat.S_IXGRP if facts.st_gid == self.gid else stat.S_IXOTH))


def choose_owner(*belongings: Path) -> Owner:
    """Choose the unprivileged user that the server runs as.

    Args:
        belongings: folders whose owner decides when this process is root, the most telling first.

    Raises:
        WrongOwner: when this process is not root and one of them is someone else's.
    """
    owners = {path: Owner.of(path) for path in belongings if path.exists()}
    if os.geteuid() == ROOT:
        return next((owner for owner in owners.values() if owner.uid != ROOT), None) or _system_user()
    for path, owner in owners.items():
        if owner.uid != os.geteuid():
            raise WrongOwner(
                f"{path} belongs to {owner.name}, but this is {Owner.me().name}. "
                f"Run as {owner.name}, or set QALA_HOME to a folder of your own."
            )
    return Owner.me()


def _system_user() -> Owner:
    for name in (SERVER_USER, OWN_USER):
        if owner := _user_named(name):
            return owner
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    subprocess.run(
        [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", OWN_USER], check=True
    )
    user = pwd.getpwnam(OWN_USER)
    return Owner(user.pw_uid, user.pw_gid)


def _user_named(name: str) -> Owner | None:
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        return None
    return Owner(user.pw_uid, user.pw_gid)


def private_folder(path: Path, owner: Owner) -> Path:
    """Make a folder that only its owner may enter, or check that an existing one is such.

    Raises:
        WrongOwner: when the path is a link, no folder, someone else's, or open to others: planted, perhaps.
    """
    try:
        path.mkdir(mode=0o700)
        give(path, owner)
    except FileExistsError:
        _check_private(path, owner)
    return path


def _check_private(path: Path, owner: Owner) -> None:
    facts = path.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != owner.uid:
        raise WrongOwner(f"{path} should be a folder of {owner.name}, but is not. Remove it if it is yours.")
    if facts.st_mode & 0o077:
        raise WrongOwner(f"{path} is open to other users (mode {facts.st_mode & 0o777:o}). Run: chmod 700 {path}")


def give(path: Path, owner: Owner) -> None:
    """Hand a file or folder to its owner; only root can and needs to."""
    if os.geteuid() == ROOT:
        os.chown(path, owner.uid, owner.gid, follow_symlinks=False)


def write_private(path: Path, text: str, owner: Owner, mode: int = 0o600) -> None:
    """Write a whole file at once: a reader sees the old text or the new, and a link is replaced, not followed."""
    draft = path.with_name(f"{path.name}.new-{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(mode)
    give(draft, owner)
    draft.replace(path)


def read_private(path: Path) -> str:
    """Read a secret.

    Raises:
        WrongOwner: when others could have read it, too.
    """
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise WrongOwner(f"{path} can be read by other users (mode {mode:o}). Run: chmod 600 {path}")
    return path.read_text(encoding="utf-8").strip()


def run_as(owner: Owner, command: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as the owner, in its own session, with nothing of our environment that PostgreSQL would heed."""
    is_root = os.geteuid() == ROOT
    return subprocess.run(
        command,
        cwd=folder,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        user=owner.uid if is_root else None,
        group=owner.gid if is_root else None,
        extra_groups=[] if is_root else None,
    )
