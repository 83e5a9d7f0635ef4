"""A made-up city of irregular parcels, the same on every machine.

The parcels lie as a net of crooked meshes in one tile of zoom 10 that they almost fill: some 900 to a tile of zoom 14,
56 to one of zoom 16. Neighbours share every vertex, so nothing overlaps and nothing gapes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

Array = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int_]

SIDE = 40.7
"""Metres between two corners of the net: at 60 degrees north this gives 30 by 30 parcels to a tile of zoom 14."""

_BENDS = 2
_CORNER_SHIFT = 0.16
_BEND_SHIFT = 0.05
_SEED = 20240301


@dataclass(frozen=True, slots=True)
class Net:
    """Shape of the made-up city.

    Attributes:
        count: parcels.
        columns: parcels side by side, from west to east.
        origin: x and y of its south-western corner, in metres of the city's projected system.
        block: parcels along each side of an accounting quarter.
    """

    count: int
    columns: int
    origin: tuple[float, float]
    block: int = 30

    @property
    def rows(self) -> int:
        """Rows of parcels; the last one may be short."""
        return -(-self.count // self.columns)

    @property
    def numbering(self) -> tuple[Indexes, Indexes]:
        """Index of each parcel's quarter, and its serial in it, from 1."""
        across = -(-self.columns // self.block)
        row, column = np.divmod(np.arange(self.count), self.columns)
        quarter = (row // self.block) * across + column // self.block
        return quarter, (row % self.block) * self.block + column % self.block + 1

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in the projected system, all parcels inside."""
        x, y = self.origin
        return (x - SIDE, y - SIDE, x + (self.columns + 1) * SIDE, y + (self.rows + 1) * SIDE)


def net_around(centre: tuple[float, float], count: int) -> Net:
    """Return a net of so many parcels, as square as can be, around a centre in metres."""
    columns = int(np.ceil(np.sqrt(count)))
    rows = -(-count // columns)
    return Net(count, columns, (centre[0] - columns * SIDE / 2, centre[1] - rows * SIDE / 2))


def parcels(net: Net) -> npt.NDArray[np.object_]:
    """Return the parcels as shapely polygons of 12 corners, row by row from the south-west."""
    corners, eastward, northward = _corners(net), _bends(net, 1), _bends(net, 2)
    row, column = np.divmod(np.arange(net.count), net.columns)
    south, north = _side(corners, eastward, row, column), _side(corners, eastward, row + 1, column)
    west, east = _upright(corners, northward, row, column), _upright(corners, northward, row, column + 1)
    north_east, north_west = corners[row + 1, column + 1][:, None], corners[row + 1, column][:, None]
    rings = [south, east, north_east, north[:, :0:-1], north_west, west[:, :0:-1], south[:, :1]]
    return np.asarray(shapely.polygons(np.round(np.concatenate(rings, axis=1), 3)), dtype=np.object_)


def _corners(net: Net) -> Array:
    shape = (net.rows + 1, net.columns + 1, 2)
    row, column = np.mgrid[: shape[0], : shape[1]]
    straight = np.stack([column, row], axis=-1) * SIDE + np.asarray(net.origin)
    return np.asarray(straight + _noise(shape, 0) * SIDE * _CORNER_SHIFT)


def _bends(net: Net, seed: int) -> Array:
    return _noise((net.rows + 1, net.columns + 1, _BENDS, 2), seed) * SIDE * _BEND_SHIFT


def _noise(shape: tuple[int, ...], seed: int) -> Array:
    return np.random.default_rng(_SEED + seed).uniform(-1, 1, shape)


def _side(corners: Array, bends: Array, row: Indexes, column: Indexes) -> Array:
    return _bent(corners[row, column], corners[row, column + 1], bends[row, column])


def _upright(corners: Array, bends: Array, row: Indexes, column: Indexes) -> Array:
    return _bent(corners[row, column], corners[row + 1, column], bends[row, column])


def _bent(start: Array, end: Array, bends: Array) -> Array:
    """Return the start of each line and its bends; the end belongs to the next line."""
    steps = np.arange(1, _BENDS + 1)[None, :, None] / (_BENDS + 1)
    between = start[:, None] + (end - start)[:, None] * steps + bends
    return np.concatenate([start[:, None], between], axis=1)
