"""What happens in the demo city: each scene looks at the land as it stands and finds where its act can be.

Scenes are pure; where several places would do, the order is that of a hash of the cadastral numbers, which scatters the
acts over the city and is the same everywhere. Geometries are in the city's projected system, metres.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from itertools import combinations, pairwise
from typing import Final

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from cadastres.land import partition
from cadastres.land.territories import Release, Reserve, Zone
from cadastres.land.verbs import AdjustBoundary, Archive, Form, Merge, Part, Split
from gis.act import Command
from gis.record import Version

_LARGEST: Final = 8000.0
_SMALLEST_PART: Final = 150.0
_SHORTEST_EDGE: Final = 15.0
_SHIFT: Final = 2.5
"""How far a boundary is moved at its middle [m]."""
_CLEAR: Final = 0.5
"""How far a new boundary keeps from walls [m]."""
_SHARES: Final = (0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7)
_OPEN_USES: Final = {"vacant", "recreation", "common_use"}
_GRID: Final = 0.01


@dataclass(frozen=True)
class Land:
    """The land on a legal day, and what the story did to it so far.

    Attributes:
        parcels: in force, by feature id.
        buildings: footprints.
        touched: parcels that an act has written.
        families: children of earlier splits and merges, by act, oldest first.
        cleared: parcels that were archived and whose ground is free.
        reservations: feature ids in force, oldest first.
        tolerance: the city's linear tolerance.
    """

    parcels: Mapping[int, Version]
    buildings: Sequence[BaseGeometry]
    touched: frozenset[int] = frozenset()
    families: Sequence[tuple[int, ...]] = ()
    cleared: Sequence[Version] = ()
    reservations: Mapping[int, BaseGeometry] = field(default_factory=dict)
    tolerance: float = 0.01

    @cached_property
    def fresh(self) -> list[Version]:
        """Parcels that no act has touched, scattered."""
        return sorted((v for i, v in self.parcels.items() if i not in self.touched), key=_scattered)

    @cached_property
    def _walls(self) -> shapely.STRtree:
        return shapely.STRtree(self.buildings)

    def clear(self, boundary: BaseGeometry) -> bool:
        """Tell whether a new boundary keeps off every wall."""
        return len(self._walls.query(boundary, predicate="dwithin", distance=_CLEAR)) == 0

    def built(self, area: BaseGeometry) -> bool:
        """Tell whether a building stands on an area."""
        return len(self._walls.query(area, predicate="intersects")) > 0

    def neighbours(self) -> Iterator[tuple[Version, Version]]:
        """Yield pairs of fresh parcels of one quarter that touch, each once."""
        tree = shapely.STRtree([v.geometry for v in self.fresh])
        for i, one in enumerate(self.fresh):
            for k in sorted(tree.query(one.geometry, predicate="touches").tolist()):
                if k > i and quarter(self.fresh[k]) == quarter(one):
                    yield one, self.fresh[k]


Scene = Callable[[Land], Command | None]


def number(parcel: Version) -> str:
    """Return a parcel's cadastral number."""
    return str(parcel.attributes["cadastral_number"])


def quarter(parcel: Version) -> str:
    """Return the code of the quarter that a parcel's number names."""
    return number(parcel)[:8]


def _scattered(parcel: Version) -> str:
    return blake2b(number(parcel).encode(), digest_size=8).hexdigest()


def split(land: Land) -> Command | None:
    """Split an untouched parcel in two."""
    return _split_one_of(land, land.fresh)


def split_child(land: Land) -> Command | None:
    """Split a parcel that an earlier act made."""
    return _split_one_of(land, [land.parcels[i] for family in land.families for i in family if i in land.parcels])


def _split_one_of(land: Land, parcels: Sequence[Version]) -> Command | None:
    for parcel in parcels:
        line = cut_line(land, parcel.geometry)
        if line is not None:
            return Split(parcel=parcel.feature_id, quarter=quarter(parcel), line=line)
    return None


def cut_line(land: Land, area: BaseGeometry) -> LineString | None:
    """Return a line across the longer axis of a parcel that divides it in two and meets no building."""
    if not isinstance(area, Polygon) or area.interiors or not 4 * _SMALLEST_PART <= area.area <= _LARGEST:
        return None
    for share in _SHARES:
        line = _across(area, share)
        parts = partition.cut(area, line, land.tolerance)
        if len(parts) == 2 and min(p.area for p in parts) >= _SMALLEST_PART and land.clear(line.intersection(area)):
            return line
    return None


def _across(area: Polygon, share: float) -> LineString:
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(area))[:4]
    sides = [corners[1] - corners[0], corners[3] - corners[0]]
    lengthwise, crosswise = sorted(sides, key=lambda side: -float(np.hypot(*side)))
    start = corners[0] + lengthwise * share
    return LineString(np.round([start - crosswise * 0.1, start + crosswise * 1.1], 2))


def merge(land: Land) -> Command | None:
    """Merge two untouched neighbours of one use."""
    return next((m for pair in land.neighbours() if (m := _merged(pair)) is not None), None)


def merge_back(land: Land) -> Command | None:
    """Merge two parts of an earlier split."""
    families = ([land.parcels[i] for i in family if i in land.parcels] for family in land.families)
    pairs = (pair for family in families for pair in combinations(family, 2))
    return next((m for pair in pairs if (m := _merged(pair)) is not None), None)


def _merged(pair: tuple[Version, Version]) -> Command | None:
    one, other = pair
    same = all(one.attributes[name] == other.attributes[name] for name in ("category", "permitted_use"))
    whole = shapely.coverage_union(one.geometry, other.geometry)
    if not same or not isinstance(whole, Polygon) or whole.interiors or whole.area > 2 * _LARGEST:
        return None
    return Merge(parcels=(one.feature_id, other.feature_id), quarter=quarter(one))


def adjust(land: Land) -> Command | None:
    """Move the boundary between two untouched neighbours a little."""
    for one, other in land.neighbours():
        moved = _moved(land, one.geometry, other.geometry)
        if moved is not None:
            parts = {v.feature_id: _measured(area) for v, area in zip((one, other), moved, strict=True)}
            return AdjustBoundary(parcels=parts)
    return None


def _measured(area: Polygon) -> Part:
    return Part(geometry=area, attributes={"official_area": round(area.area, 1)})


def _moved(land: Land, one: BaseGeometry, other: BaseGeometry) -> tuple[Polygon, Polygon] | None:
    """Return both areas after their common boundary, its ends kept, was bent towards the second."""
    edge = shapely.line_merge(shapely.intersection(one, other))
    whole = shapely.coverage_union(one, other)
    if not isinstance(edge, LineString) or edge.length < _SHORTEST_EDGE or not isinstance(whole, Polygon):
        return None
    for shift in (_SHIFT, -_SHIFT):
        bent = _bent(edge, shift)
        faces = partition.polygons(shapely.polygonize([shapely.union_all([whole.boundary, bent])]))
        inside = [face for face in faces if whole.contains(face.representative_point())]
        if len(inside) == 2 and land.clear(bent):
            first = max(inside, key=lambda face: face.intersection(one).area)
            second = next(face for face in inside if face is not first)
            return first, second
    return None


def _bent(edge: LineString, shift: float) -> LineString:
    points = shapely.get_coordinates(edge if len(edge.coords) > 2 else shapely.segmentize(edge, edge.length / 1.9))
    chord = points[-1] - points[0]
    aside = np.array([-chord[1], chord[0]]) / max(float(np.hypot(*chord)), _GRID)
    along = np.concatenate([[0.0], np.cumsum([float(np.hypot(*(b - a))) for a, b in pairwise(points)])])
    weights = np.sin(np.pi * along / along[-1])
    weights[[0, -1]] = 0.0
    bent = np.round(points + shift * weights[:, None] * aside, 2)
    bent[[0, -1]] = points[[0, -1]]
    return LineString(bent)


def reserve(land: Land) -> Command | None:
    """Reserve the ground of the largest untouched open parcel."""
    open_land = [v for v in land.fresh if v.attributes["permitted_use"] in _OPEN_USES and not _reserved(land, v)]
    largest = max(open_land, key=lambda v: (v.geometry.area, number(v)), default=None)
    if largest is None:
        return None
    said = {"purpose": "Widening of a street (sample)", "regulation": "Sample act of the demo city", "derived": True}
    return Reserve(geometry=partition.multipolygon(largest.geometry), attributes=said)


def _reserved(land: Land, parcel: Version) -> bool:
    return any(area.intersects(parcel.geometry) for area in land.reservations.values())


def release_half(land: Land) -> Command | None:
    """Release the western half of the oldest reservation."""
    for reservation, area in land.reservations.items():
        west, south, east, north = area.bounds
        return Release(reservation=reservation, geometry=shapely.box(west, south, (west + east) / 2, north))
    return None


def release(land: Land) -> Command | None:
    """Release the oldest reservation."""
    return next((Release(reservation=reservation) for reservation in land.reservations), None)


def zone_public(land: Land) -> Command | None:
    """Zone two untouched neighbours for public and business buildings."""
    for one, other in land.neighbours():
        whole = shapely.coverage_union(one.geometry, other.geometry)
        uses = {one.attributes["permitted_use"], other.attributes["permitted_use"]}
        if isinstance(whole, Polygon) and "public_business" not in uses:
            said = {"name": "Business centre (sample)", "derived": True}
            area = MultiPolygon([whole])
            return Zone(kind="permitted-use", code="public_business", geometry=area, parcels=True, attributes=said)
    return None


def zone_protected(land: Land) -> Command | None:
    """Put an untouched green parcel into the category of protected and recreational land."""
    for parcel in land.fresh:
        if parcel.attributes["permitted_use"] == "recreation" and parcel.attributes["category"] != "4":
            said = {"name": "Protected garden (sample)", "derived": True}
            area = partition.multipolygon(parcel.geometry)
            return Zone(kind="category", code="4", geometry=area, parcels=True, attributes=said)
    return None


def archive(land: Land) -> Command | None:
    """Archive an untouched parcel on which nothing stands."""
    empty = (v for v in land.fresh if not land.built(v.geometry) and not _reserved(land, v))
    return next((Archive(feature=v.feature_id) for v in empty), None)


def form(land: Land) -> Command | None:
    """Form a parcel on ground that an archived one left."""
    for old in land.cleared:
        area = old.geometry
        if isinstance(area, Polygon) and all(
            v.geometry.relate_pattern(area, "F********") for v in land.parcels.values()
        ):
            kept = ("category", "permitted_use", "official_area", "divisible", "derived")
            said = {name: old.attributes[name] for name in kept}
            return Form(quarter=quarter(old), geometry=area, attributes=said)
    return None
