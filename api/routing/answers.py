"""A route as JSON and GeoJSON. Coordinates are longitude and latitude of WGS 84, lengths metres, times seconds."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np
from shapely import LineString, Point

from api.routing.asked import told_profile
from api.routing.places import Place
from api.violations import on_globe
from gis.crs import System, transformer
from gis.instant import Reading
from gis.profile import CityProfile
from routing.route import Fixture, Piece, Route, Snapped

Document = dict[str, Any]

_NEAR: Final = 0.005
"""Metres within which two points of a route are one."""


def dumped(document: Document) -> bytes:
    """Return a document as JSON."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=_plain).encode(
        errors="backslashreplace"
    )


def times(reading: Reading) -> Document:
    """Return the two points in time of the map that was read."""
    told = {"datetime": utc(reading.valid), "recorded_at": utc(reading.recorded)}
    return told if reading.overlay is None else {**told, "draft": reading.overlay.name}


def utc(moment: datetime) -> str:
    """Return a moment as RFC 3339."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def local(moment: datetime, city: CityProfile) -> str:
    """Return a moment in the city's time, with its offset."""
    return moment.astimezone(city.zone).isoformat(timespec="seconds")


def route_document(route: Route, city: CityProfile, ends: Sequence[Place]) -> Document:
    """Return a route.

    Args:
        route: in the city's projected system.
        city: its profile.
        ends: the places that were asked for, the first and the last of them start and end.
    """
    arrival = route.departure + timedelta(seconds=route.seconds)
    return {
        "profile": told_profile(route.profile),
        **times(route.reading),
        "departure": local(route.departure, city),
        "arrival": local(arrival, city),
        "from": ended(route.start, ends[0], city.system),
        "to": ended(route.end, ends[-1], city.system),
        **totals(route),
        "geometry": geometry(route, city.system),
        "pieces": [_piece(piece, city.system) for piece in route.pieces],
    }


def totals(route: Route) -> Document:
    """Return how long a route is and takes, and what was minimised."""
    return {"length": round(route.length, 2), "duration": round(route.seconds, 1), "cost": route.cost / 1000}


def geometry(route: Route, system: System) -> Document:
    """Return the course of a route; a point where start and end are one."""
    course = route.course
    if len(course) < 2 or np.ptp(course, axis=0).max() < _NEAR:
        return on_globe(Point(route.end.point), system)
    return on_globe(LineString(course), system)


def route_features(routes: Sequence[Route], system: System) -> Iterator[Document]:
    """Yield each route as one feature, the best first, as layers of a map have it."""
    for number, route in enumerate(routes):
        facts = {"route": number, "profile": route.profile.name, **totals(route), "departure": utc(route.departure)}
        yield _feature(number, geometry(route, system), facts)


def piece_features(routes: Sequence[Route], system: System) -> Iterator[Document]:
    """Yield the pieces of routes as features with all that is known of each way."""
    number = 0
    for which, route in enumerate(routes):
        for order, piece in enumerate(route.pieces):
            told = _piece(piece, system)
            facts = {
                **{str(name): _plain_value(value) for name, value in told.pop("attributes").items()},
                **{name: told[name] for name in ("kind", "layer", "feature_id", "forward", "length", "duration")},
            }
            yield _feature(number, told["geometry"], {"route": which, "order": order, **facts})
            number += 1


def collection(features: Iterator[Document], **facts: Any) -> Document:
    """Return features as a GeoJSON collection."""
    listed = list(features)
    return {"type": "FeatureCollection", "numberReturned": len(listed), **facts, "features": listed}


def _feature(number: int, shape: Document, facts: Document) -> Document:
    return {"type": "Feature", "id": number, "geometry": shape, "properties": facts}


def ended(snapped: Snapped, place: Place, system: System) -> Document:
    """Return a place that was asked for, and where it was put onto the ways."""
    told = {
        "kind": place.kind,
        "label": place_told(place, system),
        "feature_id": place.feature_id,
        "asked": on_globe(Point(snapped.asked), system)["coordinates"],
        "snapped": on_globe(Point(snapped.point), system)["coordinates"],
        "away": round(snapped.away, 2),
    }
    return {name: value for name, value in told.items() if value is not None}


def place_told(place: Place, system: System) -> str:
    """Return what a place is called; a point by its latitude and longitude, as people read them."""
    if place.label:
        return place.label
    longitude, latitude = transformer(system, 4326).transform(*place.xy)
    return f"{latitude:.5f}, {longitude:.5f}"


def _piece(piece: Piece, system: System) -> Document:
    told: Document = {
        "kind": piece.kind,
        "layer": piece.layer,
        "feature_id": piece.feature_id,
        "href": f"/ogc/collections/{piece.layer}/items/{piece.feature_id}",
        "forward": piece.forward,
        "length": round(piece.length, 2),
        "duration": round(piece.seconds, 1),
        "attributes": dict(piece.attributes),
        "geometry": on_globe(LineString(piece.course), system),
    }
    if piece.pushed:
        told["pushed"] = True
    if piece.fixtures:
        told |= {"fixtures": [_fixture(one) for one in piece.fixtures], "delay": round(piece.delay, 1)}
    return told


def _fixture(fixture: Fixture) -> Document:
    return {
        "kind": fixture.kind,
        "layer": fixture.layer,
        "feature_id": fixture.feature_id,
        "attributes": dict(fixture.attributes),
    }


def _plain_value(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)
