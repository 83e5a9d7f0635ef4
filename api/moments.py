"""Moments in requests: RFC 3339 instants with their offset, or legal days, which begin at the city's midnight."""

from datetime import UTC, date, datetime

from gis.errors import BadRequest
from gis.pages import Span
from gis.profile import CityProfile
from gis.text import Text
from gis.years import require_in_calendar

OPEN = ("", "..")


def parse_moment(name: str, text: str, profile: CityProfile) -> datetime:
    """Read a moment.

    Args:
        name: the parameter, for the refusal.
        text: ``2024-03-01`` or ``2024-03-01T00:00:00+05:00``; a blank stands for a ``+`` that was not escaped.
        profile: the city's; its zone says when a day begins.

    Raises:
        BadRequest: neither; or an instant without offset; or of a year that nobody means.
    """
    told = _read(text)
    if told is None:
        raise BadRequest(_MOMENT.filled(name=name, text=text[:80]), parameter=name)
    require_in_calendar(told, f"{name}={text[:80]}", parameter=name)
    return told.astimezone(UTC) if isinstance(told, datetime) else profile.midnight(told)


def _read(text: str) -> date | None:
    """Return the legal day, or the instant with its offset, that a text tells."""
    try:
        if len(text) == len("2024-03-01"):
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment


def parse_span(name: str, text: str, profile: CityProfile) -> Span:
    """Read an interval of two moments, ``..`` or nothing for an open end (OGC API Features, 7.15.4).

    Raises:
        BadRequest: not two moments, both open, or the end before the start.
    """
    start_text, slash, end_text = text.partition("/")
    if not slash or "/" in end_text or (start_text in OPEN and end_text in OPEN):
        raise BadRequest(_SPAN.filled(name=name, text=text[:80]), parameter=name)
    start = None if start_text in OPEN else parse_moment(name, start_text, profile)
    end = None if end_text in OPEN else parse_moment(name, end_text, profile)
    if start is not None and end is not None and end < start:
        raise BadRequest(_SPAN.filled(name=name, text=text[:80]), parameter=name)
    return Span(start, end)


def told(moment: datetime | None, profile: CityProfile) -> str:
    """Return a moment as people of the city write it: the legal day that it begins, else local time with its offset."""
    if moment is None:
        return "…"
    day = profile.legal_day(moment)
    if profile.midnight(day) == moment:
        return day.isoformat()
    return moment.astimezone(profile.zone).isoformat(sep=" ", timespec="seconds")


_MOMENT = Text(
    kk="{name}=«{text}» бір сәтті білдірмейді; дұрысы, мысалы: 2024-03-01 немесе 2024-03-01T00:00:00+05:00.",
    ru="{name}=«{text}» не обозначает момента; верно, например: 2024-03-01 или 2024-03-01T00:00:00+05:00.",
    en="{name}='{text}' is not one moment; right would be, for example, 2024-03-01 or 2024-03-01T00:00:00+05:00.",
)
_SPAN = Text(
    kk="{name}=«{text}» аралық емес; дұрысы, мысалы: 2020-01-01/2021-01-01 немесе 2020-01-01/.. .",
    ru="{name}=«{text}» не промежуток; верно, например: 2020-01-01/2021-01-01 или 2020-01-01/.. .",
    en="{name}='{text}' is no interval; right would be, for example, 2020-01-01/2021-01-01 or 2020-01-01/.. .",
)
