"""Terrain: editions of height rasters, and the height of the ground at a point, with how sure it is.

Heights are metres in the raster's own vertical system and are never carried over. Between the centres of four cells a
height is bilinear. What the source lacked was filled from around, and says so wherever it takes part. Editions lie over
each other: the latest recorded one that is valid on the date and covers the place answers.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from psycopg import Connection

from gis.crs import System, transformer
from gis.instant import Reading

BLOCK: Final = 256
"""Cells along the side of a block."""

Raster = npt.NDArray[np.float32]


class GroundHeight(NamedTuple):
    """The ground at a point.

    Attributes:
        height: metres above the zero of ``vertical_system``; ``None`` where no edition covers the place.
        uncertainty: metres; nine of ten heights are no farther off. ``None`` where the source does not say.
        filled: a cell that the source lacked takes part.
        terrain: name of the edition.
    """

    height: float | None
    uncertainty: float | None = None
    filled: bool = False
    terrain: str | None = None
    vertical_system: str | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """A raster as it was brought in; ``west`` and ``north`` are the corner of its first cell, in its own system."""

    terrain_id: int
    name: str
    srid: int
    vertical_system: str | None
    accuracy: float | None
    west: float
    north: float
    cell_x: float
    cell_y: float
    width: int
    height: int


class Terrain:
    """The terrain as it stood at a reading, for one connection; blocks that were read are remembered."""

    def __init__(self, connection: Connection, reading: Reading, system: System) -> None:
        """Look up the editions, the latest first; ``system`` is that of the points asked for."""
        self._connection = connection
        self._editions = [Edition(*row) for row in connection.execute(_EDITIONS, reading.parameters)]
        self._system = system
        self._block = lru_cache(maxsize=256)(self._read_block)

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self._editions)

    def heights(self, points: npt.NDArray[np.float64]) -> list[GroundHeight]:
        """Return the ground under points (x east, y north, in the system given)."""
        found = [GroundHeight(None)] * len(points)
        for edition in self._editions:
            lacking = [i for i, ground in enumerate(found) if ground.height is None]
            if not lacking:
                break
            for i, ground in zip(lacking, self._on(edition, points[lacking]), strict=True):
                found[i] = ground
        return found

    def height(self, x: float, y: float) -> GroundHeight:
        """Return the ground under one point."""
        return self.heights(np.array([[x, y]]))[0]

    def resolution(self) -> float | None:
        """Return the side of the finest edition's cells, in metres or what comes near; ``None`` without terrain."""
        return min((_metres(e) for e in self._editions), default=None)

    def _on(self, edition: Edition, points: npt.NDArray[np.float64]) -> Iterator[GroundHeight]:
        x, y = transformer(self._system, edition.srid).transform(points[:, 0], points[:, 1])
        columns = (np.asarray(x) - edition.west) / edition.cell_x - 0.5
        rows = (edition.north - np.asarray(y)) / edition.cell_y - 0.5
        for column, row in zip(columns.tolist(), rows.tolist(), strict=True):
            yield self._between(edition, column, row)

    def _between(self, edition: Edition, column: float, row: float) -> GroundHeight:
        """Return the height between the centres of four cells; the outer half of the edge cells has their height."""
        if not (-0.5 <= column <= edition.width - 0.5 and -0.5 <= row <= edition.height - 0.5):
            return GroundHeight(None)
        column, row = min(max(column, 0), edition.width - 1), min(max(row, 0), edition.height - 1)
        left, top = int(column), int(row)
        right, bottom = min(left + 1, edition.width - 1), min(top + 1, edition.height - 1)
        cells = [self._cell(edition, c, r) for r in (top, bottom) for c in (left, right)]
        dx, dy = column - left, row - top
        weights = [(1 - dx) * (1 - dy), dx * (1 - dy), (1 - dx) * dy, dx * dy]
        used = [(height, doubt, w) for (height, doubt), w in zip(cells, weights, strict=True) if w > 0]
        doubt = max(d for _, d, _ in used)
        height = sum(h * w for h, _, w in used)
        uncertainty = None if edition.accuracy is None else round(float(np.hypot(edition.accuracy, doubt)), 2)
        return GroundHeight(round(height, 3), uncertainty, doubt > 0, edition.name, edition.vertical_system)

    def _cell(self, edition: Edition, column: int, row: int) -> tuple[float, float]:
        heights, doubts = self._block(edition.terrain_id, column // BLOCK, row // BLOCK, edition.width, edition.height)
        place = row % BLOCK, column % BLOCK
        return float(heights[place]), float(doubts[place]) if doubts is not None else 0.0

    def _read_block(
        self, terrain_id: int, column: int, row: int, width: int, height: int
    ) -> tuple[Raster, Raster | None]:
        bound = {"terrain_id": terrain_id, "column": column, "row": row}
        stored = self._connection.execute(_BLOCK, bound).fetchone()
        if stored is None:
            msg = f"block {column}, {row} of terrain {terrain_id} is missing"
            raise RuntimeError(msg)
        shape = min(BLOCK, height - row * BLOCK), min(BLOCK, width - column * BLOCK)
        return _unpacked(stored[0], shape), None if stored[1] is None else _unpacked(stored[1], shape)


def _metres(edition: Edition) -> float:
    degrees = edition.cell_x < 0.1
    return edition.cell_y * 111_320 if degrees else edition.cell_y


def packed(raster: Raster) -> bytes:
    """Return a block as it is stored."""
    return zlib.compress(np.ascontiguousarray(raster, dtype="<f4").tobytes(), 6)


def _unpacked(stored: bytes, shape: tuple[int, int]) -> Raster:
    raster: Raster = np.frombuffer(zlib.decompress(stored), dtype="<f4").reshape(shape)
    return raster


def blocks(heights: Raster, doubts: Raster) -> Iterator[tuple[int, int, bytes, bytes | None]]:
    """Yield (column, row, heights, doubts) of each block of a raster."""
    for row in range(0, heights.shape[0], BLOCK):
        for column in range(0, heights.shape[1], BLOCK):
            part = slice(row, row + BLOCK), slice(column, column + BLOCK)
            doubt = packed(doubts[part]) if doubts[part].any() else None
            yield column // BLOCK, row // BLOCK, packed(heights[part]), doubt


def along(points: Sequence[tuple[float, float]], step: float) -> npt.NDArray[np.float64]:
    """Return points of a line no farther apart than ``step`` [m], its own among them, with the way to each [m]."""
    found = [(*points[0], 0.0)]
    for (x1, y1), (x2, y2) in pairwise(points):
        length = float(np.hypot(x2 - x1, y2 - y1))
        count = max(1, int(np.ceil(length / step)))
        way = found[-1][2]
        found += [(x1 + (x2 - x1) * t, y1 + (y2 - y1) * t, way + length * t) for t in (np.arange(1, count + 1) / count)]
    return np.array(found, dtype=float)


_EDITIONS: Final = """
SELECT t.terrain_id, t.name, t.srid, t.vertical_system, t.accuracy, t.west, t.north, t.cell_x, t.cell_y,
  t.width, t.height
FROM qala.terrain AS t JOIN qala.changeset AS c ON c.number = t.changeset
WHERE t.valid_from <= %(valid)s AND c.recorded <= %(recorded)s ORDER BY t.valid_from DESC, t.terrain_id DESC
"""
_BLOCK: Final = """
SELECT heights, doubts FROM qala.terrain_block
WHERE terrain_id = %(terrain_id)s AND block_column = %(column)s AND block_row = %(row)s
"""
