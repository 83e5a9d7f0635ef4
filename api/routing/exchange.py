"""The Route Exchange Model (OGC 21-001, draft), requirements class ``rem``: a route as a GeoJSON feature collection.

Coordinates are longitude and latitude of WGS 84. Each way that is passed is a segment; the sums of the segments'
lengths and durations are those of the overview, as the class demands, because it is they that are added up.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np

from api.ogc.links import Link
from api.routing.answers import Document, utc
from gis.crs import System, transformer
from gis.text import Language
from routing.route import Piece, Route

_STRAIGHT: Final = 35.0
"""Degrees up to which a way that bends on still continues."""

_LENGTH: Final = 2
_DURATION: Final = 1


def route_exchanged(
    route: Route, system: System, language: Language, name: str | None, links: Sequence[Link]
) -> Document:
    """Return a route in the model.

    Args:
        route: in the city's projected system.
        system: that system.
        language: of the names of roads.
        name: as the asker named the route.
        links: to the route and to its definition.
    """
    course = _degrees(route, system)
    segments = list(_segments(route, course, language))
    features = [
        _overview(route, course, segments),
        _point(course[0], {"featureType": "start", "timestamp": utc(route.departure)}),
        *segments,
        _point(course[-1], {"featureType": "end", "timestamp": utc(_arrival(route))}),
    ]
    numbered = [{"id": number, **feature} for number, feature in enumerate(features, 1)]
    named = {"name": name} if name else {}
    return {"type": "FeatureCollection", **named, "status": "successful", "links": list(links), "features": numbered}


def _arrival(route: Route) -> datetime:
    return route.departure + timedelta(seconds=route.seconds)


def _degrees(route: Route, system: System) -> list[list[float]]:
    """Return the course, two positions at least: that of a route to where one stands already is that place twice."""
    xy = route.course if len(route.course) > 1 else np.array([route.end.point, route.end.point])
    longitude, latitude = transformer(system, 4326).transform(xy[:, 0], xy[:, 1])
    positions: list[list[float]] = np.round(np.column_stack((longitude, latitude)), 7).tolist()
    return positions


def _overview(route: Route, course: list[list[float]], segments: Sequence[Document]) -> Document:
    told = [segment["properties"] for segment in segments]
    facts: Document = {
        "featureType": "overview",
        "length_m": round(math.fsum(each["length_m"] for each in told), _LENGTH),
        "duration_s": round(math.fsum(each["duration_s"] for each in told), _DURATION),
        "processingTime": utc(datetime.now(UTC)),
    }
    for limit in ("maxHeight_m", "maxWeight_t"):
        known = [each[limit] for each in told if limit in each]
        if known:
            facts[limit] = min(known)
    facts["comment"] = f"{route.profile.name}; {route.start.away:.0f} m, {route.end.away:.0f} m"
    return {"type": "Feature", "geometry": {"type": "LineString", "coordinates": course}, "properties": facts}


def _segments(route: Route, course: list[list[float]], language: Language) -> Iterator[Document]:
    if not route.pieces:
        yield _point(course[-1], {"featureType": "segment", "length_m": 0.0, "duration_s": 0.0})
        return
    last = 0
    following = [*route.pieces[1:], None]
    for piece, after in zip(route.pieces, following, strict=True):
        last += len(piece.course) - 1
        yield _point(course[last], _facts(piece, after, language))


def _facts(piece: Piece, after: Piece | None, language: Language) -> Document:
    said = piece.attributes
    facts: Document = {
        "featureType": "segment",
        "length_m": round(piece.length, _LENGTH),
        "duration_s": round(piece.seconds + piece.delay, _DURATION),
        "kind": piece.kind,
        "collection": piece.layer,
        "featureId": piece.feature_id,
    }
    road = said.get(f"name_{language}") or said.get("name")
    if road:
        facts["roadName"] = str(road)
    for ours, theirs in (("max_height", "maxHeight_m"), ("max_weight", "maxWeight_t")):
        if ours in said:
            facts[theirs] = said[ours]
    if isinstance(speed := said.get("max_speed"), int | float):
        facts |= {"speedLimit": round(speed), "speedLimitUnit": "kmph"}
    if after is not None:
        facts["instructions"] = _turn(piece, after)
    return facts


def _turn(piece: Piece, after: Piece) -> str:
    """Return how the way goes on at the end of a piece, in the model's three words."""
    bend = math.degrees(_heading(after.course[:2]) - _heading(piece.course[-2:]))
    bend = (bend + 180) % 360 - 180
    return "continue" if abs(bend) <= _STRAIGHT else "left" if bend > 0 else "right"


def _heading(ends: Any) -> float:
    (x, y), (to_x, to_y) = ends
    return math.atan2(to_y - y, to_x - x)


def _point(position: list[float], facts: Document) -> Document:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": position}, "properties": facts}
