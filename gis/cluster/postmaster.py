"""The processes of one data directory, and what a killed server leaves behind.

PostgreSQL trusts the process number in ``postmaster.pid``. After a power cut or in a fresh container that number may be
another program's, or a dead process that nobody has reaped, and the server would refuse to start. Here a process counts
as ours only when it is a ``postgres`` that works in our data directory.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

NOBODY = 2**22 + 1  # Linux numbers no process above 2**22
PATIENCE_SECONDS = 3.0
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The server's first process, or its absence, in one data directory."""

    data: Path

    @property
    def pid(self) -> int | None:
        """Process number of the running server of this data directory."""
        pid = self._noted_pid()
        return pid if pid is not None and _works_in(pid, self.data.resolve()) else None

    def clear_wreckage(self, sockets: Path) -> None:
        """After the postmaster was killed: end its orphans and let go of the locks that it held.

        PostgreSQL itself frees the shared memory, whose key stands in ``postmaster.pid``: hence the file stays, with a
        process number that no process has.
        """
        self._end_orphans()
        for left_over in sockets.glob(".s.PGSQL.*"):
            left_over.unlink()
        if self._noted_pid() is not None:
            self._disown()

    def _end_orphans(self) -> None:
        for order in (signal.SIGQUIT, signal.SIGKILL):
            orphans = list(self._processes())
            for pid in orphans:
                with suppress(ProcessLookupError):
                    os.kill(pid, order)
            if not orphans or self._all_gone():
                return

    def _all_gone(self) -> bool:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if not any(self._processes()):
                return True
            time.sleep(POLL_SECONDS)
        return False

    def _processes(self) -> Iterator[int]:
        data = self.data.resolve()
        numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        return (pid for pid in numbers if _works_in(pid, data))

    def _noted_pid(self) -> int | None:
        lines = self._lines()
        return int(lines[0]) if lines and lines[0].strip().isdigit() else None

    def _lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []

    def _disown(self) -> None:
        note = "\n".join([str(NOBODY), *self._lines()[1:], ""])
        with os.fdopen(os.open(self.data / "postmaster.pid", os.O_WRONLY | os.O_NOFOLLOW), "w") as file:
            file.truncate()
            file.write(note)


def _works_in(pid: int, folder: Path) -> bool:
    process = Path("/proc") / str(pid)
    try:
        program = (process / "exe").readlink().name.removesuffix(" (deleted)")
        return program == "postgres" and (process / "cwd").readlink() == folder
    except OSError:  # gone, not reaped, or another user's
        return False
