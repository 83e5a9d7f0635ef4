"""Working days of a city, and when a statutory term ends.

A term is counted in the city's legal days: the first is the day after the application was received. A day at whose end
the application stood suspended does not count. A term in calendar days that would end on a day off ends on the next
working day.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from gis.classifier import Settings
from gis.text import Text

_DAY = timedelta(days=1)
_LEAP = 2024
"""Some leap year: every month and day of a holiday exists in it."""


def _month_and_day(text: str) -> str:
    try:
        return date.fromisoformat(f"{_LEAP}-{text}").strftime("%m-%d")
    except ValueError:
        msg = f"{text!r} is no month and day; right would be, for example, 03-22"
        raise ValueError(msg) from None


Days = Literal["working", "calendar"]
Hold = Literal["nothing", "objects", "referring"]
MonthDay = Annotated[str, AfterValidator(_month_and_day)]


class Workdays(Settings):
    """Table ``workdays``: which days are worked.

    Attributes:
        weekend: days of the week that are off, 1 for Monday to 7 for Sunday.
        holidays: days of every year (``MM-DD``); one that falls on a day off makes the next working day a day off.
        days_off: days of every year that are off, but move no other.
        moved_off: single days off, by a decree of the year.
        moved_on: days off that are worked, by a decree of the year.
    """

    weekend: tuple[Annotated[int, Field(ge=1, le=7)], ...] = (6, 7)
    holidays: tuple[MonthDay, ...] = ()
    days_off: tuple[MonthDay, ...] = ()
    moved_off: tuple[date, ...] = ()
    moved_on: tuple[date, ...] = ()
    act: Text | None = None
    confirmed: bool = True

    @model_validator(mode="after")
    def _some_worked(self) -> Self:
        if len(set(self.weekend)) == 7:
            raise ValueError("weekend: one day of the week at least must be worked")
        return self

    def worked(self, day: date) -> bool:
        """Tell whether a day is a working day."""
        if day in self.moved_on:
            return True
        return not (self._off(day) or day in _substitutes(self, day.year) or day in _substitutes(self, day.year - 1))

    def _off(self, day: date) -> bool:
        yearly = day.strftime("%m-%d")
        listed = yearly in self.holidays or yearly in self.days_off or day in self.moved_off
        return listed or day.isoweekday() in self.weekend

    def substitutes(self, year: int) -> Iterator[date]:
        """Yield the days that are off in place of a year's holidays that fall on a weekend."""
        taken: set[date] = set()
        for holiday in sorted(_in_year(self.holidays, year)):
            if holiday.isoweekday() in self.weekend:
                instead = holiday + _DAY
                while self._off(instead) or instead in taken:
                    instead += _DAY
                taken.add(instead)
                yield instead


@lru_cache(maxsize=256)
def _substitutes(workdays: Workdays, year: int) -> frozenset[date]:
    return frozenset(workdays.substitutes(year))


def _in_year(days: Sequence[str], year: int) -> Iterator[date]:
    for day in days:
        if day != "02-29" or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)):
            yield date.fromisoformat(f"{year}-{day}")


class Service(Settings):
    """A kind of application: what is asked for, and within what term it must be answered.

    Attributes:
        term: days of the statutory term.
        days: whether they are working days or calendar days.
        holds: what an application under examination bars to acts for others: ``objects``, to write its objects;
            ``referring``, also to write what names one of them, such as a right on the unit that is sold; ``nothing``.
        confirmed: the term was read in the act itself.
    """

    title: Text
    term: Annotated[int, Field(ge=1, le=366)]
    days: Days = "working"
    holds: Hold = "referring"
    act: Text | None = None
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Pause:
    """A suspension: from an instant until another, ``None`` while it lasts."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Term:
    """So many working or calendar days, from the day after a legal day on."""

    length: int
    days: Days
    since: date


def due(term: Term, workdays: Workdays, pauses: Sequence[Pause], midnight: Callable[[date], datetime]) -> date | None:
    """Return the last day of a term; ``None`` while its clock stands still.

    Args:
        term: how long, and since when.
        workdays: the city's.
        pauses: the suspensions.
        midnight: tells the instant at which a legal day begins.
    """
    day, counted = term.since, 0
    while counted < term.length:
        day += _DAY
        end = midnight(day + _DAY)
        if any(pause.start < end and pause.end is None for pause in pauses):
            return None
        counts = term.days == "calendar" or workdays.worked(day)
        counted += counts and not _paused(pauses, end)
    while not workdays.worked(day):
        day += _DAY
    return day


def _paused(pauses: Sequence[Pause], end: datetime) -> bool:
    """Tell whether an instant, the end of a day, lies in an ended suspension."""
    return any(pause.start < end and pause.end is not None and pause.end >= end for pause in pauses)
