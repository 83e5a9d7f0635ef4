"""Tracks of GPX 1.0 and 1.1 files: positions and their times, from a stranger and perhaps with odd characters."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from lxml import etree

from api.routing.bodies import MOST_POINTS
from gis.errors import BadRequest, TooLarge
from gis.text import Text

TYPE: Final = "application/gpx+xml"
_OF_TRACKS: Final = ("trkpt", ("trk", "trkseg"))
_OF_ROUTES: Final = ("rtept", ("rte",))
"""Names of points, and of what holds those that hang together."""


class BadTrack(BadRequest):
    """A file that is no GPX, or has no track."""

    code = "bad-track"


@dataclass(frozen=True, slots=True)
class Track:
    """The points of a file in its order.

    Attributes:
        positions: longitude before latitude.
        times: of the points, where each has one.
        parts: numbers of the segments that they belong to: between two segments nobody knows where the receiver was.
        untimed: points without a time, where others have one; for their sake no times are told.
    """

    positions: list[list[float]]
    times: list[str] | None
    parts: list[int]
    untimed: list[int]


def track_of(content: bytes) -> Track:
    """Return the track of a file; of one that has none, its route.

    Raises:
        BadTrack: no XML, a document type in it, no points, or a position that is none.
        TooLarge: too many points.
    """
    root = _root(content)
    points = _points(root, *_OF_TRACKS) or _points(root, *_OF_ROUTES)
    if len(points) < 2:
        raise BadTrack(_NO_TRACK.filled(count=len(points)), points=len(points))
    if len(points) > MOST_POINTS:
        raise TooLarge(_LONG.filled(count=len(points), most=MOST_POINTS), most=MOST_POINTS)
    times = [_time(point) for _, point in points]
    known = [time for time in times if time is not None]
    return Track(
        positions=[_position(point, number) for number, (_, point) in enumerate(points)],
        times=known if len(known) == len(times) else None,
        parts=[part for part, _ in points],
        untimed=[number for number, time in enumerate(times) if time is None] if known else [],
    )


def _points(root: etree._Element, named: str, within: tuple[str, ...]) -> list[tuple[int, Any]]:
    """Return points with the number of the segment that each is in."""
    found, part = [], 0
    for element in root.iter():
        name = _name(element)
        part += name in within
        if name == named:
            found.append((part, element))
    return found


def _root(content: bytes) -> etree._Element:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise BadTrack(_DECLARES)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = getattr(error, "msg", None) or str(error)
        raise BadTrack(_NO_XML.filled(reason=ascii(reason)[1:-1][:200])) from None
    if root.getroottree().docinfo.internalDTD is not None:  # in another encoding the bytes don't show it
        raise BadTrack(_DECLARES)
    return root


def _name(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _position(point: Any, number: int) -> list[float]:
    try:
        longitude, latitude = float(point.get("lon", "")), float(point.get("lat", ""))
    except ValueError:
        longitude = latitude = math.nan
    if not (math.isfinite(longitude) and math.isfinite(latitude)):
        raise BadTrack(_NO_POSITION.filled(number=number + 1), point=number)
    return [longitude, latitude]


def _time(point: Any) -> str | None:
    """Return the time of a point; GPX tells it in UTC, so one without its offset is."""
    text = next((child.text or "" for child in point if _name(child) == "time"), "")
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


_NO_TRACK = Text(
    kk="Файлда {count} нүкте бар; жол жүру үшін кемінде екі нүкте (trkpt не rtept) керек.",
    ru="В файле точек: {count}; для трека нужно не меньше двух (trkpt или rtept).",
    en="The file has {count} points; a track takes two at least (trkpt or rtept).",
)
_LONG = Text(
    kk="Файлда {count} нүкте бар; ең көбі {most}. Оны бөліңіз.",
    ru="В файле точек: {count}; можно не больше {most}. Разделите его.",
    en="The file has {count} points; {most} at most. Split it.",
)
_DECLARES = Text(
    kk="GPX құжат түрін немесе мәндерді (DOCTYPE, ENTITY) жариялайды; бұған рұқсат жоқ.",
    ru="GPX объявляет тип документа или сущности (DOCTYPE, ENTITY); это не разрешено.",
    en="The GPX declares a document type or entities (DOCTYPE, ENTITY); that is not allowed.",
)
_NO_XML = Text(
    kk="Файл GPX ретінде оқылмайды: {reason}.",
    ru="Файл не читается как GPX: {reason}.",
    en="The file can't be read as GPX: {reason}.",
)
_NO_POSITION = Text(
    kk="{number}-нүктенің lon немесе lat мәні сан емес.",
    ru="У точки {number} lon или lat — не число.",
    en="The lon or lat of point {number} is no number.",
)
