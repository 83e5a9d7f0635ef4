"""Plans as content: a parcel with its turning points, neighbours and buildings; a floor with its rooms.

Coordinates are metres of the city's projected system, x east and y north, rounded to the millimetre.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import shapely
from psycopg import sql
from shapely import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from cadastres.land.model import PARCEL
from cadastres.real_estate.model import BUILDING, ROOM
from cadastres.real_estate.sheets import Content, Piece, Sight, attributes
from cadastres.real_estate.subject import NUMBER_OF, spelled
from gis.instant import versions_at
from gis.layer import Layer

_DECIMALS: Final = 3
_MARGIN: Final = 0.25
"""How far the plan looks beyond the parcel, as a share of the parcel's longer side."""

_LEAST_MARGIN: Final = 10.0
_MOST_NEIGHBOURS: Final = 300
_SHARED_EDGE: Final = 0.1
"""An edge adjoins a neighbour along at least so many metres, or half of itself; corners that touch don't count."""

Place = tuple[float, float]


def rings(geometry: BaseGeometry) -> list[list[Place]]:
    """Return the rings of a polygon or several, closed, each outer ring before its holes."""
    polygons = [g for g in getattr(geometry, "geoms", [geometry]) if isinstance(g, Polygon) and not g.is_empty]
    return [
        [(x, y) for x, y in np.round(shapely.get_coordinates(ring), _DECIMALS).tolist()]
        for polygon in polygons
        for ring in (polygon.exterior, *polygon.interiors)
    ]


def parcel_plan(sight: Sight, parcel: Piece) -> Content:
    """Return the plan of a parcel: outline, turning points, what adjoins it, what stands on it and around."""
    shape = _from_the_north_west(parcel.version.geometry)
    frame = _frame(shape)
    around = [row for row in _within(sight, PARCEL, frame, shape) if row[0] != parcel.version.feature_id]
    return {
        "parcel_id": parcel.version.feature_id,
        "number": parcel.number,
        "spelled": None if parcel.number is None else spelled(parcel.number),
        "frame": [round(value, _DECIMALS) for value in frame.bounds],
        "outline": rings(shape),
        "points": list(_turning_points(shape, around, sight.profile.tolerances.linear)),
        "perimeter": round(shape.length, _DECIMALS),
        "neighbours": [_neighbour(row, frame) for row in around],
        "buildings": [_building(row, frame) for row in _within(sight, BUILDING, frame, shape)],
    }


def _from_the_north_west(shape: BaseGeometry) -> Polygon:
    """Return a parcel's polygon clockwise from its north-western point, as surveyors number the points."""
    if not isinstance(shape, Polygon):
        msg = "a parcel is one polygon"
        raise TypeError(msg)
    turned = orient(shape, sign=-1.0)
    exterior = list(turned.exterior.coords)[:-1]
    first = min(range(len(exterior)), key=lambda i: (exterior[i][0] - exterior[i][1], exterior[i]))
    return Polygon([*exterior[first:], *exterior[:first]], [list(hole.coords) for hole in turned.interiors])


def _frame(shape: Polygon) -> Polygon:
    west, south, east, north = shape.bounds
    margin = max(_LEAST_MARGIN, _MARGIN * max(east - west, north - south))
    return shapely.box(west - margin, south - margin, east + margin, north + margin)


Row = tuple[int, dict[str, Any], BaseGeometry, bool]
"""Feature id, attributes, geometry, whether it touches the parcel."""


def _within(sight: Sight, layer: Layer, frame: Polygon, shape: Polygon) -> list[Row]:
    statement = sql.SQL(_WITHIN).format(
        versions=versions_at(layer, sight.reading),
        fields=sql.SQL(", ").join(sql.Identifier("v", f.name) for f in layer.fields),
    )
    named = {
        **sight.reading.parameters,
        "srid": sight.profile.srid,
        "frame": shapely.to_wkb(frame),
        "shape": shapely.to_wkb(shape),
        "near": sight.profile.tolerances.linear,
        "most": _MOST_NEIGHBOURS,
    }
    names = [f.name for f in layer.fields]
    rows = sight.connection.execute(statement, named).fetchall()
    return [(r[0], dict(zip(names, r[3:], strict=True)), shapely.from_wkb(bytes(r[1])), r[2]) for r in rows]


_WITHIN: Final = """
SELECT v.feature_id, ST_AsBinary(v.geom), ST_DWithin(v.geom, ST_GeomFromWKB(%(shape)s, %(srid)s), %(near)s) AS touches,
  {fields}
FROM {versions} WHERE v.geom && ST_GeomFromWKB(%(frame)s, %(srid)s)
ORDER BY touches DESC, v.feature_id LIMIT %(most)s
"""


def _neighbour(row: Row, frame: Polygon) -> Content:
    feature_id, values, shape, touches = row
    number = str(values[NUMBER_OF[PARCEL.name]])
    return {"id": feature_id, "number": number, "spelled": spelled(number), "adjoins": touches, **_drawn(shape, frame)}


def _building(row: Row, frame: Polygon) -> Content:
    feature_id, values, shape, _ = row
    said = ("building_number", "designation", "number_of_floors_above_ground", "wall_material")
    return {"id": feature_id, **{name: values.get(name) for name in said}, **_drawn(shape, frame)}


def _drawn(shape: BaseGeometry, frame: Polygon) -> Content:
    """Return a shape's rings inside the frame, and a point inside them for its label."""
    seen = shapely.clip_by_rect(shape, *frame.bounds)
    label = None if seen.is_empty else shapely.point_on_surface(seen)
    place = None if label is None else [round(label.x, _DECIMALS), round(label.y, _DECIMALS)]
    return {"outline": rings(seen), "label": place}


def _turning_points(shape: Polygon, around: Sequence[Row], tolerance: float) -> Iterator[Content]:
    """Yield the points in order: number, coordinates, length of the edge to the next, the parcels along that edge."""
    number = 1
    for ring in (shape.exterior, *shape.interiors):
        coords = shapely.get_coordinates(ring)
        edges = np.asarray(shapely.linestrings(np.stack([coords[:-1], coords[1:]], axis=1)))
        lengths = np.round(shapely.length(edges), _DECIMALS).tolist()
        beside = _beside(edges, [row for row in around if row[3]], tolerance)
        first = number
        for index, (x, y) in enumerate(coords[:-1].tolist()):
            last = index == len(edges) - 1
            yield {
                "point": number,
                "x": round(x, _DECIMALS),
                "y": round(y, _DECIMALS),
                "to": first if last else number + 1,
                "length": lengths[index],
                "neighbours": beside[index],
            }
            number += 1


def _beside(edges: Any, touching: Iterable[Row], tolerance: float) -> list[list[str]]:
    """Return, for each edge, the numbers of the parcels that lie along it."""
    found: list[list[str]] = [[] for _ in edges]
    enough = np.minimum(_SHARED_EDGE, shapely.length(edges) / 2)
    for _, values, neighbour, _ in touching:
        shared = shapely.length(shapely.intersection(edges, neighbour.buffer(tolerance, quad_segs=1)))
        for index in np.flatnonzero(shared > enough):
            found[index].append(spelled(str(values[NUMBER_OF[PARCEL.name]])))
    return found


def floor_plans(sight: Sight, premises: Iterable[Piece]) -> list[Content]:
    """Return the floor plans of premises that have rooms: each room's number, use, area and outline."""
    found = []
    for piece in premises:
        rooms = sight.at(ROOM, [piece.version.feature_id], "premises_id")
        if rooms:
            found.append(
                {
                    "premises_id": piece.version.feature_id,
                    "number": piece.number,
                    "spelled": None if piece.number is None else spelled(piece.number),
                    "floor": piece.version.attributes.get("floor"),
                    "rooms": sorted((_room(r.feature_id, r.geometry, attributes(ROOM, r)) for r in rooms), key=_order),
                }
            )
    return found


def _room(feature_id: int, shape: BaseGeometry, said: Content) -> Content:
    label = shapely.point_on_surface(shape)
    return {
        "id": feature_id,
        **said,
        "computed_area": round(shape.area, _DECIMALS),
        "outline": rings(shape),
        "label": [round(label.x, _DECIMALS), round(label.y, _DECIMALS)],
    }


def _order(room: Content) -> tuple[int, str, int]:
    designation = str(room.get("designation") or "")
    return len(designation), designation, room["id"]
