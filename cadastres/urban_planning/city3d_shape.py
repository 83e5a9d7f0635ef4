"""The shape of an object in three dimensions: what its field ``shape`` says, and what follows from it.

``{"vertices": [[x, y, z], …], "geometry": […]}``: the members of ``geometry`` are geometry objects of CityJSON 2.0
(clause 3), whose boundaries number the vertices from 0.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import shapely

from gis.solid import Face, Points, Shell, Solid, footprint
from gis.solid_flaws import Flaw, closed_volume, flaws, is_closed, surface_flaws

DEPTHS: Final[Mapping[str, int]] = {
    "MultiPoint": 1,
    "MultiLineString": 2,
    "MultiSurface": 3,
    "CompositeSurface": 3,
    "Solid": 4,
    "MultiSolid": 5,
    "CompositeSolid": 5,
}
"""Geometry types of CityJSON: how deep the vertex numbers stand in their boundaries."""

_RINGS: Final = 3


@dataclass(frozen=True)
class Shape:
    """A shape in the city's projected system, metres.

    Attributes:
        vertices: x east, y north, z up.
        geometry: geometry objects of CityJSON over them.
    """

    vertices: Points
    geometry: tuple[Mapping[str, Any], ...]

    @classmethod
    def read(cls, text: str) -> "Shape":
        """Read the field of a feature."""
        said = json.loads(text)
        return cls(np.array(said["vertices"], dtype=float).reshape(-1, 3), tuple(said["geometry"]))

    def text(self) -> str:
        """Return it as the field holds it."""
        said = {"vertices": self.vertices.tolist(), "geometry": list(self.geometry)}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def lod(self) -> str | None:
        """The highest level of detail of all geometries; ``None`` without any."""
        return max((str(g["lod"]) for g in self.geometry), key=float, default=None)

    @cached_property
    def finest(self) -> tuple[Mapping[str, Any], ...]:
        """The geometries of the highest level of detail that have faces."""
        faced = [g for g in self.geometry if DEPTHS[g["type"]] >= _RINGS]
        best = max((float(g["lod"]) for g in faced), default=None)
        return tuple(g for g in faced if float(g["lod"]) == best)

    @cached_property
    def faces(self) -> tuple[Face, ...]:
        """The faces of the finest geometries."""
        return tuple(face for geometry in self.finest for face in faces_of(geometry))

    @cached_property
    def solids(self) -> tuple[Solid, ...]:
        """The solids of the finest geometries."""
        return tuple(Solid(self.vertices, shells) for g in self.finest for shells in solids_of(g))

    def footprint(self) -> shapely.MultiPolygon:
        """Return what the finest faces cover as seen from above; empty where there is nothing."""
        return footprint(self.vertices, self.faces)


def solids_of(geometry: Mapping[str, Any]) -> list[tuple[Shell, ...]]:
    """Return the solids of a geometry object as their shells; none of one that bounds no space."""
    depth, boundaries = DEPTHS[geometry["type"]], geometry["boundaries"]
    if depth <= _RINGS:
        return []
    solids = [boundaries] if depth == DEPTHS["Solid"] else boundaries
    return [tuple(tuple(_face(face) for face in shell) for shell in solid) for solid in solids]


def faces_of(geometry: Mapping[str, Any]) -> list[Face]:
    """Return all faces of a geometry object."""
    if DEPTHS[geometry["type"]] == _RINGS:
        return [_face(face) for face in geometry["boundaries"]]
    return [face for solid in solids_of(geometry) for shell in solid for face in shell]


def _face(rings: Sequence[Sequence[int]]) -> Face:
    return tuple(tuple(ring) for ring in rings)


def numbers_in(boundaries: Any) -> Iterator[Any]:
    """Yield what stands at the bottom of nested lists."""
    if isinstance(boundaries, list):
        for part in boundaries:
            yield from numbers_in(part)
    else:
        yield boundaries


def measured(shape: Shape, tolerance: float) -> dict[str, Any]:
    """Return the fields of a city object that follow from its shape.

    Args:
        shape: in the city's system.
        tolerance: how far a point may lie off its face's plane [m].
    """
    found = list(_flaws(shape, tolerance))
    heights = shape.vertices[:, 2]
    closed = all(is_closed(f for _, f in found if _ == i) for i in range(len(shape.finest))) if shape.solids else None
    return {
        "lod": shape.lod,
        "ground_height": round(float(heights.min()), 3) if len(heights) else None,
        "roof_height": round(float(heights.max()), 3) if len(heights) else None,
        "volume": _volume(shape),
        "closed": closed,
        "shape": shape.text(),
        "flaws": json.dumps([_told(i, flaw) for i, flaw in found], separators=(",", ":")) if found else None,
    }


def _volume(shape: Shape) -> float | None:
    each = [closed_volume(solid) for solid in shape.solids]
    known = [v for v in each if v is not None]
    return round(sum(known), 6) if known and len(known) == len(each) else None


def _flaws(shape: Shape, tolerance: float) -> Iterator[tuple[int, Flaw]]:
    """Yield the flaws of all geometries with faces, with the number of the geometry among the finest."""
    for number, geometry in enumerate(shape.finest):
        solids = solids_of(geometry)
        for shells in solids:
            yield from ((number, flaw) for flaw in flaws(Solid(shape.vertices, shells), tolerance))
        if not solids:
            yield from ((number, flaw) for flaw in surface_flaws(shape.vertices, faces_of(geometry), tolerance))


def _told(number: int, flaw: Flaw) -> dict[str, Any]:
    where = f"geometry {number}, shell {flaw.shell}" + (f", face {flaw.face}" if flaw.face >= 0 else "")
    told = {"code": flaw.code, "where": where, "face": flaw.face, "place": list(flaw.place)}
    return told if flaw.amount is None else {**told, "amount": round(flaw.amount, 4)}
