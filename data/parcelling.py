"""Parcels where a city publishes none: derived from its streets and buildings, without legal meaning.

Land between street strips and waters makes blocks; a block with buildings is divided among them by enclosed
tessellation (Fleischmann et al. 2020, the momepy library): every place belongs to the building nearest to it. Main
streets enclose the accounting quarters.

All geometries are in the city's projected system, x east, y north, metres, on a grid of 5 cm, so that neighbours share
their vertices exactly.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import momepy
import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

GRID: Final = 0.05
"""Vertices stand on this grid [m]: five times the usual tolerance, so that two of them are one or clearly apart."""

Areas = npt.NDArray[np.object_]

HALF_WIDTHS: Final = {"mainRoad": 10.0, "firstClass": 8.0, "secondClass": 7.0, "thirdClass": 6.0}
"""Half of the strip that a street takes [m], by functional class."""
_HALF_WIDTH: Final = 4.0
_RAILWAY: Final = 4.0
_MAIN: Final = frozenset(HALF_WIDTHS)

_LARGE: Final = 100_000.0
"""A block larger than this [m²] is open country: only what lies around its buildings becomes parcels."""
_AROUND: Final = 40.0
"""How far around a building [m] its parcel reaches in open country."""
_SMALLEST: Final = 60.0
"""No parcel is smaller [m²]; a smaller piece goes to its neighbour."""
_NARROWEST: Final = 6.0
"""Land without buildings that is nowhere wider [m] is verge, no parcel."""
_EAVES: Final = 0.3
"""How far [m] land reaches beyond the wall of a building that stands in a street's strip."""
_SMALLEST_BUILDING: Final = 4.0
_FEWEST: Final = 5
"""An enclosure with fewer plots is no quarter of its own."""
_COUNTRY: Final = 4_000_000.0
"""A quarter larger than this [m²] is open country."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """An accounting quarter with its parcels to be, both in the order in which they are numbered."""

    area: MultiPolygon
    plots: tuple[Polygon, ...]


def city_limit(shapes: Iterable[BaseGeometry]) -> Polygon:
    """Return the box around all that is built, a little widened, to whole metres, which are on the grid."""
    west, south, east, north = np.round(shapely.total_bounds(np.array(list(shapes), dtype=object))).tolist()
    return Polygon.from_bounds(west - 10, south - 10, east + 10, north + 10)


def parcelled(
    streets: Sequence[tuple[BaseGeometry, str]],
    railways: Sequence[BaseGeometry],
    waters: Sequence[BaseGeometry],
    buildings: Sequence[BaseGeometry],
    limit: Polygon,
) -> list[Quarter]:
    """Divide a city's land.

    Args:
        streets: centre lines with their functional class (INSPIRE FunctionalRoadClassValue).
        railways: centre lines.
        waters: surfaces.
        buildings: footprints.
        limit: the area to be divided.

    Returns:
        Quarters that have plots, along a Hilbert curve; so are the plots in each.
    """
    standing = np.array(buildings, dtype=object)
    land = _blocks(streets, railways, waters, standing, limit)
    plots = list(_plots(_enclosures(land, standing), standing))
    return _quartered(plots, [line for line, kind in streets if kind in _MAIN], limit)


def _blocks(
    streets: Sequence[tuple[BaseGeometry, str]],
    railways: Sequence[BaseGeometry],
    waters: Sequence[BaseGeometry],
    buildings: Areas,
    limit: Polygon,
) -> Areas:
    """Return the land between streets, railways and waters; buildings that reach into a strip keep their ground."""
    lines = np.array([*(line for line, _ in streets), *railways], dtype=object)
    halves = [*(HALF_WIDTHS.get(kind, _HALF_WIDTH) for _, kind in streets), *(_RAILWAY for _ in railways)]
    strips = shapely.buffer(lines, halves, quad_segs=2, cap_style="square", join_style="mitre")
    taken = shapely.union_all([*strips, *waters])
    blocks = shapely.get_parts(limit.difference(taken))
    return _with_eaves(blocks, buildings, lines, strips)


def _with_eaves(blocks: Areas, buildings: Areas, lines: Areas, strips: Areas) -> Areas:
    grounds = shapely.buffer(buildings, _EAVES, join_style="mitre")
    in_strips = np.unique(shapely.STRtree(strips).query(grounds, predicate="intersects")[0])
    across = np.unique(shapely.STRtree(lines).query(grounds, predicate="intersects")[0])
    tree = shapely.STRtree(blocks)
    widened = blocks.copy()
    for i in np.setdiff1d(in_strips, across).tolist():
        touched = tree.query(grounds[i], predicate="intersects")
        if len(touched) == 1:
            widened[touched[0]] = shapely.union(widened[touched[0]], grounds[i])
    return shapely.get_parts(widened)


def _enclosures(blocks: Areas, buildings: Areas) -> Areas:
    """Return the land to be divided, on the grid: blocks, and of open country what lies around buildings."""
    large = shapely.area(blocks) > _LARGE
    around = shapely.union_all(shapely.buffer(buildings, _AROUND, quad_segs=2))
    pieces = np.concatenate([blocks[~large], shapely.intersection(blocks[large], around)])
    pieces = shapely.get_parts(shapely.set_precision(pieces, GRID))
    areal = shapely.get_type_id(pieces) == shapely.GeometryType.POLYGON
    pieces = pieces[areal & (shapely.area(pieces) >= _SMALLEST)]
    in_order: Areas = pieces[np.argsort(_along_curve(pieces), kind="stable")]
    return in_order


def _plots(enclosures: Areas, buildings: Areas) -> Iterator[Polygon]:
    footprints = buildings[shapely.area(buildings) > _SMALLEST_BUILDING]
    where = shapely.STRtree(enclosures).query(footprints, predicate="intersects")[1]
    standing = np.bincount(where, minlength=len(enclosures))
    cells = _cells(enclosures, footprints, np.flatnonzero(standing > 1))
    for i, enclosure in enumerate(enclosures):
        if len(cells.get(i, ())) > 1:
            yield from _divided(enclosure, cells[i])
        elif standing[i] or not shapely.buffer(enclosure, -_NARROWEST / 2).is_empty:
            yield enclosure


def _cells(enclosures: Areas, footprints: Areas, shared: npt.NDArray[np.int64]) -> dict[int, Areas]:
    """Return the cells of the buildings in each enclosure that several share, by the enclosure's index."""
    if not len(shared):
        return {}
    cells = momepy.enclosed_tessellation(
        gpd.GeoDataFrame(geometry=footprints),
        gpd.GeoDataFrame(geometry=enclosures, index=range(len(enclosures))).iloc[shared],
        segment=2.0,
        n_jobs=1,
    )
    return {int(i): group.geometry.to_numpy() for i, group in cells.groupby("enclosure_index")}


def _divided(enclosure: Polygon, cells: Areas) -> list[Polygon]:
    """Make an exact division of one that has gaps and overlaps by the noise of doubles, or cells in several parts."""
    parts = shapely.get_parts(np.array(coverage([*cells], within=enclosure), dtype=object))
    return _without_scraps(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON].tolist())


def coverage(areas: Sequence[BaseGeometry], within: Polygon | None = None) -> list[BaseGeometry]:
    """Return areas that share vertices exactly and nowhere overlap; where two did, the earlier one keeps the ground.

    Args:
        areas: polygons and multipolygons, in order of precedence.
        within: an area that they are to fill: gaps go to the nearest, what hangs over is cut off.
    """
    outlines = [area.boundary for area in areas] + ([within.boundary] if within is not None else [])
    network = shapely.union_all(outlines, grid_size=GRID)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(network)))
    middles = shapely.point_on_surface(faces)
    tree = shapely.STRtree(areas)
    owner = np.full(len(faces), -1)
    face, area = tree.query(middles, predicate="intersects")
    for f, a in sorted(zip(face.tolist(), area.tolist(), strict=True), reverse=True):
        owner[f] = a
    if within is not None:
        gaps = np.flatnonzero((owner < 0) & shapely.intersects(within, middles))
        owner[gaps] = tree.nearest(middles[gaps])
        owner[~shapely.intersects(within, middles)] = -1
    return [shapely.coverage_union_all(faces[owner == k]) for k in range(len(areas))]


def _without_scraps(parts: Sequence[Polygon]) -> list[Polygon]:
    """Give each part that is too small to its neighbour along the longest edge; one that has none is left out."""
    ordered = sorted(parts, key=lambda part: part.bounds)
    whole = [part for part in ordered if part.area >= _SMALLEST]
    for scrap in (part for part in ordered if part.area < _SMALLEST):
        k = _beside(scrap, whole)
        joined = shapely.coverage_union(whole[k], scrap) if k is not None else None
        if k is not None and isinstance(joined, Polygon):
            whole[k] = joined
    return whole


def _beside(area: BaseGeometry, others: Sequence[BaseGeometry]) -> int | None:
    """Return which of the others has the longest edge in common with an area."""
    edges = [shapely.intersection(area.boundary, other.boundary).length for other in others]
    longest = max(edges, default=0.0)
    return edges.index(longest) if longest > 0 else None


def _quartered(plots: Sequence[Polygon], main_streets: Sequence[BaseGeometry], limit: Polygon) -> list[Quarter]:
    lines = shapely.get_parts(np.array([*main_streets, limit.boundary], dtype=object))
    enclosed = momepy.enclosures(gpd.GeoSeries(lines), limit=gpd.GeoSeries([limit])).geometry.to_numpy()
    enclosed = enclosed[np.argsort(_along_curve(enclosed), kind="stable")]
    middles = shapely.point_on_surface(np.array(plots, dtype=object))
    plot, quarter = shapely.STRtree(enclosed).query(middles, predicate="intersects")
    members: list[list[Polygon]] = [[] for _ in enclosed]
    for p, q in sorted(zip(plot.tolist(), quarter.tolist(), strict=True)):
        members[q].append(plots[p])
    found = [(area, inside) for area, inside in zip(enclosed, members, strict=True) if inside]
    return [Quarter(_bounded(area, inside), tuple(_in_order(inside))) for area, inside in _joined(found)]


_Filled = tuple[BaseGeometry, list[Polygon]]


def _joined(quarters: Sequence[_Filled]) -> list[_Filled]:
    """Join islands between carriageways, where hardly a plot lies, to the quarter along their longest edge."""
    kept = [q for q in quarters if len(q[1]) >= _FEWEST]
    tree = shapely.STRtree([area for area, _ in kept])
    alone: list[_Filled] = []
    for area, inside in (q for q in quarters if len(q[1]) < _FEWEST):
        around = sorted(tree.query(area, predicate="intersects").tolist())
        k = _beside(area, [kept[i][0] for i in around])
        if k is None:
            alone.append((area, inside))
        else:
            host = kept[around[k]]
            kept[around[k]] = (shapely.coverage_union(host[0], area), [*host[1], *inside])
    return kept + alone


def _bounded(area: BaseGeometry, inside: Sequence[Polygon]) -> MultiPolygon:
    """Return a quarter's area; of open country, only what lies around its plots."""
    if area.area > _COUNTRY:
        around = shapely.union_all(shapely.buffer(np.array(inside, dtype=object), _AROUND, quad_segs=2))
        area = shapely.intersection(area, around)
    return MultiPolygon([part for part in shapely.get_parts(area).tolist() if isinstance(part, Polygon)])


def _in_order(plots: Sequence[Polygon]) -> list[Polygon]:
    places = _along_curve(np.array(plots, dtype=object))
    return [plots[i] for i in np.argsort(places, kind="stable").tolist()]


def _along_curve(areas: Areas) -> Any:
    """Return each area's place along a Hilbert curve through all of them; near areas come near each other."""
    return gpd.GeoSeries(areas).hilbert_distance(level=16).to_numpy()
