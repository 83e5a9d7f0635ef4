"""A route as a FIT course (Garmin's Flexible and Interoperable Data Transfer protocol), for receivers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from fit_tool.fit_file_builder import FitFileBuilder
from fit_tool.profile.messages.course_message import CourseMessage
from fit_tool.profile.messages.course_point_message import CoursePointMessage
from fit_tool.profile.messages.event_message import EventMessage
from fit_tool.profile.messages.file_id_message import FileIdMessage
from fit_tool.profile.messages.lap_message import LapMessage
from fit_tool.profile.messages.record_message import RecordMessage
from fit_tool.profile.profile_type import CoursePoint, Event, EventType, FileType, Manufacturer, Sport

from data.exports.routes import Taken
from routing.manoeuvres import Manoeuvre

EPOCH: Final = datetime(1989, 12, 31, tzinfo=UTC)
"""No time before it can be written; a route of a map as old as that sets off then."""

LONGEST: Final = 60
"""Bytes of UTF-8 of a course point's name; receivers show less."""

_TURNS: Final = {
    "straight": CoursePoint.STRAIGHT, "slight_right": CoursePoint.SLIGHT_RIGHT, "right": CoursePoint.RIGHT,
    "sharp_right": CoursePoint.SHARP_RIGHT, "u_turn": CoursePoint.U_TURN, "sharp_left": CoursePoint.SHARP_LEFT,
    "left": CoursePoint.LEFT, "slight_left": CoursePoint.SLIGHT_LEFT,
}  # fmt: skip
_OTHERS: Final = {
    "depart": CoursePoint.SEGMENT_START, "arrive": CoursePoint.SEGMENT_END, "crossing": CoursePoint.CROSSING,
    "slope": CoursePoint.STEEP_INCLINE, "surface": CoursePoint.DANGER, "narrow": CoursePoint.OBSTACLE,
    "barrier": CoursePoint.OBSTACLE, "kerb": CoursePoint.OBSTACLE, "steps": CoursePoint.OBSTACLE,
}  # fmt: skip
_SPORTS: Final = {"foot": Sport.WALKING, "bicycle": Sport.CYCLING}


def fit(taken: Taken) -> bytes:
    """Return the file; times are those of the departure and how long each piece takes."""
    builder = FitFileBuilder(auto_define=True)
    start = max(taken.route.departure.astimezone(UTC), EPOCH)
    first = int(start.timestamp()) * 1000
    for message in _messages(taken, first):
        builder.add(message)
    return bytes(builder.build_bytes())


def _messages(taken: Taken, start: int) -> Iterator[Any]:
    end = start + _milliseconds(taken.route.seconds)
    yield _filled(
        FileIdMessage(),
        type=FileType.COURSE,
        manufacturer=Manufacturer.DEVELOPMENT.value,
        product=0,
        serial_number=1,
        time_created=start,
    )
    sport = _SPORTS.get(taken.route.profile.mode, Sport.DRIVING)
    yield _filled(CourseMessage(), course_name=shortened(taken.name, LONGEST), sport=sport)
    yield _lap(taken, start, end)
    yield _filled(EventMessage(), timestamp=start, event=Event.TIMER, event_type=EventType.START)
    yield from _records(taken, start)
    yield from _points(taken, start)
    yield _filled(EventMessage(), timestamp=end, event=Event.TIMER, event_type=EventType.STOP_ALL)


def _filled(message: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(message, name, value)
    return message


def _lap(taken: Taken, start: int, end: int) -> Any:
    (west, south), (east, north) = taken.globe[0].tolist(), taken.globe[-1].tolist()
    seconds = (end - start) / 1000
    return _filled(
        LapMessage(),
        timestamp=start,
        start_time=start,
        total_elapsed_time=seconds,
        total_timer_time=seconds,
        total_distance=taken.route.length,
        start_position_lat=south,
        start_position_long=west,
        end_position_lat=north,
        end_position_long=east,
    )


def _records(taken: Taken, start: int) -> Iterator[Any]:
    for (longitude, latitude), (metres, seconds) in zip(taken.globe.tolist(), taken.passed.tolist(), strict=True):
        yield _filled(
            RecordMessage(),
            timestamp=start + _milliseconds(seconds),
            position_lat=latitude,
            position_long=longitude,
            distance=metres,
        )


def _points(taken: Taken, start: int) -> Iterator[Any]:
    since = 0.0
    for index, (longitude, latitude, step) in enumerate(taken.placed()):
        yield _filled(
            CoursePointMessage(),
            message_index=index,
            timestamp=start + _milliseconds(since),
            position_lat=latitude,
            position_long=longitude,
            distance=step.manoeuvre.along,
            type=_kind(step.manoeuvre),
            course_point_name=shortened(step.text.text, LONGEST),
        )
        since += step.manoeuvre.seconds


def _kind(done: Manoeuvre) -> CoursePoint:
    if done.type in _OTHERS:
        return _OTHERS[done.type]
    return _TURNS.get(str(done.modifier), CoursePoint.GENERIC)


def _milliseconds(seconds: float) -> int:
    """Return whole seconds, as FIT counts time, in milliseconds."""
    return int(seconds) * 1000


def shortened(text: str, most: int) -> str:
    """Return the beginning of a text that takes no more bytes of UTF-8: whole words, or else whole letters.

    >>> shortened("улица Абая", 14), shortened("Абай", 5)
    ('улица', 'Аб')
    """
    if len(text.encode()) <= most:
        return text
    cut = text.encode()[:most].decode(errors="ignore")
    return cut.rpartition(" ")[0] or cut
