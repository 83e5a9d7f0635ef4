"""A route as GPX 1.1: ``rte`` with a point for each manoeuvre, ``trk`` with the whole course."""

from datetime import UTC
from typing import Any
from xml.sax.saxutils import escape

import gpxpy.gpx as gpx_model

from data.exports.routes import Taken
from routing.ways import legible


def gpx(taken: Taken) -> bytes:
    """Return the file.

    A receiver that navigates by itself takes the route, one that follows a line the track. Neither has times: nobody
    has been there yet.
    """
    document = gpx_model.GPX()
    document.creator = "Qala"
    document.name = taken.name
    document.description = taken.told.summary.text
    document.time = taken.route.departure.astimezone(UTC)
    if taken.link:
        # gpxpy escapes what stands between tags, but no attribute.
        document.link, document.link_text = escape(legible(taken.link), {'"': "&quot;"}), taken.name
    document.routes.append(_route(taken))
    document.tracks.append(_track(taken))
    return document.to_xml("1.1").encode()


def _route(taken: Taken) -> Any:
    route: Any = gpx_model.GPXRoute(name=taken.name, description=taken.told.summary.text, number=1)
    route.type = taken.route.profile.name
    for longitude, latitude, step in taken.placed():
        done = step.manoeuvre
        route.points.append(
            gpx_model.GPXRoutePoint(
                latitude=latitude,
                longitude=longitude,
                name=step.text.text,
                comment=None if step.alert is None else step.alert.text,
                description=step.verbal.text,
                type=done.type if done.modifier is None else f"{done.type} {done.modifier}",
            )
        )
    return route


def _track(taken: Taken) -> Any:
    track: Any = gpx_model.GPXTrack(name=taken.name, description=taken.told.summary.text, number=1)
    track.type = taken.route.profile.name
    points = [gpx_model.GPXTrackPoint(latitude=lat, longitude=lon) for lon, lat in taken.globe.tolist()]
    track.segments.append(gpx_model.GPXTrackSegment(points))
    return track
