"""A route on paper: where it runs, how steep it is, what to do where, and a square code that leads back to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from data.exports.documents import route_words as words
from data.exports.documents import wording
from data.exports.documents.flow import Box, Column, Flow
from data.exports.documents.paper import BODY, CELL, FOOT, LEFT, MM, RIGHT, SMALL, SPAN, TITLE, TOP, Draw, printed
from data.exports.documents.route_drawing import (
    Around,
    RouteMap,
    Slopes,
    ground,
    map_height,
    route_drawing,
    slope_drawing,
)
from data.exports.documents.saying import Saying
from data.exports.documents.square_code import CODE_SIDE, square_code
from data.exports.routes import Taken
from gis.crs import pyproj_crs
from gis.profile import CityProfile

MAP_HEIGHT: Final = 150 * MM
"""The map is not higher [points]."""

LONGEST_LINK: Final = 900
"""Bytes of a link that a square code of this size still holds legibly."""

_SLOPES: Final = 34 * MM
_GAP: Final = 8.0


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What is printed.

    Attributes:
        taken: the route, with its instructions.
        profile: the city's.
        start, end: what the two places are called.
        around: ways beside the route, within :func:`shown_ground`.
        attribution: who must be named.
    """

    taken: Taken
    profile: CityProfile
    start: str
    end: str
    around: Sequence[Around] = ()
    attribution: Sequence[str] = ()


def shown_ground(taken: Taken) -> tuple[float, float, float, float]:
    """Return which ground the map will show: west, south, east, north [m, the city's projected system]."""
    return ground(taken.course, SPAN, MAP_HEIGHT)


def route_sheet(sheet: Sheet) -> bytes:
    """Return the sheet as PDF, in the language of the instructions; the same sheet gives the same bytes."""
    say, flow = Saying(sheet.taken.language, sheet.profile), Flow()
    _head(flow, sheet, say)
    _map(flow, sheet, say)
    _slopes(flow, sheet, say)
    _table(flow, sheet, say)
    flow.space(_GAP)
    flow.text(say(words.CAUTION), SMALL)
    if sheet.attribution:
        flow.text(say(wording.SOURCES.filled(named="; ".join(sheet.attribution))), SMALL)
    pages = [[*page, _foot(sheet, say, at, len(flow.pages))] for at, page in enumerate(flow.pages, 1)]
    return printed(pages, title=f"{say(words.TITLE)}: {sheet.taken.name}", language=sheet.taken.language)


def _head(flow: Flow, sheet: Sheet, say: Saying) -> None:
    link = sheet.taken.link
    room = SPAN - CODE_SIDE - _GAP
    if link and len(link.encode()) <= LONGEST_LINK:
        flow.draw(partial(square_code, link))
        flow.draw(partial(_under_code, say(words.SCAN)))
    flow.text(say(words.TITLE), TITLE, room)
    flow.text(sheet.profile.name.in_language(sheet.taken.language), BODY, room)
    flow.text(sheet.taken.told.summary.text, BODY, room)
    flow.y = min(flow.y, TOP - CODE_SIDE - 8) - _GAP
    flow.facts(_facts(sheet, say))


def _under_code(label: str, canvas: Canvas) -> None:
    SMALL.put(canvas, RIGHT - CODE_SIDE / 2, TOP - CODE_SIDE - 8, label, "middle")


def _facts(sheet: Sheet, say: Saying) -> Iterable[tuple[str, str]]:
    route, zone = sheet.taken.route, sheet.profile.zone
    mover = words.MOVERS.get(route.profile.name)
    yield say(words.FROM), sheet.start
    yield say(words.TO), sheet.end
    yield say(words.MOVING), route.profile.name if mover is None else say(mover)
    yield say(words.DEPARTURE), say.moment(route.departure.astimezone(zone).isoformat(timespec="seconds"))
    yield say(words.LENGTH), _length(route.length, say)
    yield say(words.TIME), _time(route.seconds, say)
    if sheet.taken.told.unknown:
        yield say(words.UNKNOWN), "; ".join(f"{say(title)}: {count}" for title, count in sheet.taken.told.unknown)
    yield say(words.MAP_OF), say.moment(route.reading.valid.astimezone(zone).isoformat(timespec="seconds"))
    yield say(words.RECORDED), say.moment(route.reading.recorded.astimezone(zone).isoformat(timespec="seconds"))


def _length(metres: float, say: Saying) -> str:
    if metres < 995:
        return f"{metres:.0f} {say(words.METRE)}"
    return f"{say.number(metres / 1000, 2 if metres < 9_995 else 1)} {say(words.KILOMETRE)}"


def _time(seconds: float, say: Saying) -> str:
    hours, minutes = divmod(max(1, round(seconds / 60)), 60)
    return say((words.HOURS if hours else words.MINUTES).filled(hours=hours, minutes=minutes))


def _map(flow: Flow, sheet: Sheet, say: Saying) -> None:
    taken = sheet.taken
    drawn = RouteMap(
        bounds=shown_ground(taken),
        course=taken.course,
        around=sheet.around,
        steps=taken.told.steps,
        system=pyproj_crs(taken.system).name,
    )
    height = map_height(drawn.bounds, SPAN)
    flow.need(height + 3 * BODY.leading)
    flow.heading(say(words.MAP))
    flow.drawing(height, lambda canvas, box: route_drawing(canvas, box, drawn, say))


def _slopes(flow: Flow, sheet: Sheet, say: Saying) -> None:
    """Draw the slopes, where any is known."""
    profile = sheet.taken.route.profile
    slopes = Slopes.of(sheet.taken.route.pieces, profile.max_incline_up, profile.max_incline_down)
    if not slopes.known:
        return
    flow.need(_SLOPES + 5 * BODY.leading)
    flow.heading(say(words.SLOPES))
    flow.text(f"{say(words.SLOPES_NOTE)} {say(words.SLOPES_LIMIT) if slopes.limited else ''}".strip(), SMALL)
    flow.drawing(_SLOPES, partial(_slope_step, slopes, say(words.METRE)))


def _slope_step(slopes: Slopes, unit: str, canvas: Canvas, box: Box) -> None:
    slope_drawing(canvas, box, slopes, unit)


def _table(flow: Flow, sheet: Sheet, say: Saying) -> None:
    flow.heading(say(words.INSTRUCTIONS))
    columns = (
        Column(say(words.NUMBER), 6),
        Column(say(words.WHAT), 76),
        Column(say(words.AFTER), 16, "right"),
        Column(say(words.LEG), 16, "right"),
    )
    rows = (
        (str(number), step.text.text, _length(step.manoeuvre.along, say), _length(step.manoeuvre.distance, say))
        for number, step in enumerate(sheet.taken.told.steps, 1)
    )
    flow.table(columns, rows)


def _foot(sheet: Sheet, say: Saying, page: int, pages: int) -> Draw:
    def draw(canvas: Canvas) -> None:
        room = SPAN - 40 * MM
        SMALL.put(canvas, LEFT, FOOT - 14, CELL.fitted(sheet.taken.name, room))
        SMALL.put(canvas, RIGHT, FOOT - 14, say(wording.PAGE.filled(page=page, pages=pages)), "right")

    return draw
