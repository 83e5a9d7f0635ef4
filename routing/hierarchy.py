"""The customizable contraction hierarchy of a skeleton: one for all metrics over the same nodes and arcs."""

import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from routing.cells import Cells
from routing.network import Ids
from routing.shelf import Shelf
from routing.skeleton import Skeleton, Weights

try:
    import pyroutingkit as _kit
except ImportError:  # no wheel for this platform: SciPy answers, exactly but slower
    _kit = None

ACCELERATED: Final = _kit is not None
"""Whether hierarchies can be made here."""


class Hierarchy:
    """A skeleton's hierarchy; building it takes seconds for a large city, and lets other threads run meanwhile."""

    def __init__(self, skeleton: Skeleton, shelf: Shelf | None = None) -> None:
        """Build it where that is possible.

        Args:
            skeleton: whose.
            shelf: where orders are kept, with which it stands much sooner; none, where that is left out.
        """
        self.skeleton = skeleton
        self._topology: Any = None
        self._order: Ids = np.zeros(0, dtype=np.int64)
        self._cells: Cells | None = None
        self._lock = threading.Lock()
        if ACCELERATED and len(skeleton.tail):
            self._order = self._found() if shelf is None else shelf.order(skeleton, self._found)
            if not self.accelerated:
                self._topology = _ordered(skeleton, self._order)

    @property
    def accelerated(self) -> bool:
        """Whether metrics over it can be customised."""
        return self._topology is not None

    def prepare(self) -> None:
        """Find now what a large matrix needs, which whoever asks for the first one would wait for."""
        if self.accelerated:
            _ = self.cells

    @property
    def cells(self) -> Cells:
        """The cells by which large matrices are answered; found when they are first needed."""
        with self._lock:
            if self._cells is None:
                self._cells, self._order = Cells.of(self.skeleton, self._order), self._order[:0].copy()
            return self._cells

    def customised(self, weights: Weights) -> Any:
        """Return a customised metric over the hierarchy."""
        metric = _kit.CCHMetric(self._topology)
        metric.customize(weights)
        return metric

    def _found(self) -> Ids:
        """Find an order, and with it build the topology."""
        skeleton, self._topology = self.skeleton, _kit.CCHTopology()
        tail, head = skeleton.tail.astype(np.uint32), skeleton.head.astype(np.uint32)
        longitude, latitude = (np.ascontiguousarray(column, dtype=np.float32) for column in skeleton.lonlat.T)
        self._topology.build(tail, head, latitude, longitude, skeleton.nodes)
        with TemporaryDirectory(prefix="qala-") as folder:
            self._topology.save(folder)
            return np.fromfile(Path(folder) / "order", dtype=np.uint32).astype(np.int64)


def _ordered(skeleton: Skeleton, order: Ids) -> Any:
    """Return the topology of a known order; the library takes it from files alone."""
    rank = np.empty(len(order), dtype=np.uint32)
    rank[order] = np.arange(len(order), dtype=np.uint32)
    columns: dict[str, npt.NDArray[Any]] = {
        "tail": skeleton.tail,
        "head": skeleton.head,
        "order": order,
        "rank": rank,
    }
    topology = _kit.CCHTopology()
    with TemporaryDirectory(prefix="qala-") as folder:
        for name, column in columns.items():
            column.astype(np.uint32).tofile(Path(folder) / name)
        np.array([skeleton.nodes], dtype=np.uint32).tofile(Path(folder) / "node_count")
        topology.load(folder)
    return topology
