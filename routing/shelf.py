"""Orders of contraction kept on disk: with one at hand, a hierarchy stands in a second instead of a minute.

An order fits a skeleton of the same arcs, and any order of its nodes is right, so whatever may happen to a file costs
time at the worst. Server processes of one installation share the folder: one finds an order, the others wait for it.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np

from routing.network import Ids
from routing.skeleton import Skeleton

KEPT: Final = 8
"""Orders that are kept, the last used ones."""


class Shelf:
    """A folder of orders; one that can't be written to keeps nothing, and nobody is troubled."""

    def __init__(self, folder: Path) -> None:
        """Take up a folder; it is made when there is something to keep."""
        self._folder = folder

    def order(self, skeleton: Skeleton, find: Callable[[], Ids]) -> Ids:
        """Return the order that is kept for a skeleton, or find one and keep it."""
        path = self._folder / f"{_key(skeleton)}.order"
        with _alone(path.with_suffix(".lock")):
            known = _read(path, skeleton.nodes)
            if known is not None:
                return known
            order = find()
            with suppress(OSError):
                _write(path, order)
                self._clear()
        return order

    def _clear(self) -> None:
        orders = sorted(self._folder.glob("*.order"), key=lambda each: each.stat().st_mtime, reverse=True)
        for each in orders[KEPT:]:
            each.unlink(missing_ok=True)
            each.with_suffix(".lock").unlink(missing_ok=True)


def _key(skeleton: Skeleton) -> str:
    told = sha256(np.int64(skeleton.nodes).tobytes())
    for column in (skeleton.tail, skeleton.head):
        told.update(np.ascontiguousarray(column, dtype="<u4").data)
    return told.hexdigest()[:32]


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other processes out, where the folder allows for it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:
        yield
        return
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _read(path: Path, nodes: int) -> Ids | None:
    """Return an order, if the file holds one of so many nodes."""
    try:
        order = np.fromfile(path, dtype="<u4").astype(np.int64)
        path.touch()
    except OSError:
        return None
    fits = len(order) == nodes and np.array_equal(np.sort(order), np.arange(nodes))
    return order if fits else None


def _write(path: Path, order: Ids) -> None:
    fresh = path.with_suffix(f".{os.getpid()}")
    order.astype("<u4").tofile(fresh)
    fresh.replace(path)
