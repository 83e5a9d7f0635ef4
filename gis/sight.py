"""Lines of sight: where a straight line between two points in space first meets a triangle."""

import numpy as np
import numpy.typing as npt

from gis.solid import Points

_SLACK = 1e-9


def meetings(start: Points, end: Points, triangles: Points) -> npt.NDArray[np.float64]:
    """Return for each triangle where the line from ``start`` to ``end`` meets it, as a share of the way.

    Points are x, y, z [m]; infinite where it passes by, or runs within the triangle's plane (Möller, Trumbore, 1997).
    """
    way = end - start
    first, second = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    across = np.cross(way, second)
    size = (first * across).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        offset = start - triangles[:, 0]
        u = (offset * across).sum(axis=1) / size
        turned = np.cross(offset, first)
        v = (turned @ way) / size
        share = (second * turned).sum(axis=1) / size
        hit = (u >= -_SLACK) & (v >= -_SLACK) & (u + v <= 1 + _SLACK) & (share > _SLACK) & (share < 1 - _SLACK)
    found: npt.NDArray[np.float64] = np.where(hit & (np.abs(size) > _SLACK), share, np.inf)
    return found


def first_meeting(start: Points, end: Points, triangles: Points) -> float:
    """Return where the line first meets any of them, as a share of the way; infinite where it is free."""
    return float(meetings(start, end, triangles).min(initial=np.inf))
