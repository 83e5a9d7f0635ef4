"""Memory of server processes, as Linux tells it in ``/proc``."""

import re
from collections.abc import Iterator
from pathlib import Path

from api.bench.load import fetch
from gis.errors import Unavailable

_PROC = Path("/proc")


def growth(port: int, url: str) -> float:
    """Return by how many megabytes the workers of the server on a port grew at most while answering once.

    Raises:
        Unavailable: no process listens on the port.
    """
    workers = list(listeners(port))
    if not workers:
        raise Unavailable(f"no process listens on port {port}")
    for worker in workers:
        (worker / "clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
    before = sum(_kilobytes(worker, "VmRSS") for worker in workers)
    fetch(url)
    return (sum(_kilobytes(worker, "VmHWM") for worker in workers) - before) / 1024


def listeners(port: int) -> Iterator[Path]:
    """Yield the processes that hold the socket listening on a loopback port."""
    inodes = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for process in _PROC.glob("[0-9]*"):
        try:
            if any(str(handle.readlink()) in inodes for handle in (process / "fd").iterdir()):
                yield process
        except OSError:
            continue


def _listening_inodes(port: int) -> Iterator[str]:
    for line in (_PROC / "net" / "tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and int(fields[1].partition(":")[2], 16) == port:
            yield fields[9]


def _kilobytes(process: Path, name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", (process / "status").read_text(encoding="ascii"))
    return int(found[1]) if found else 0


def peak() -> float:
    """Return the most memory that this process has had [MB]."""
    return _kilobytes(_PROC / "self", "VmHWM") / 1024
