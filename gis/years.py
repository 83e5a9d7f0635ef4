"""Years that somebody may mean: the bounds of every day and instant that is told to the register."""

from datetime import date
from typing import Final

from gis.errors import BadRequest
from gis.text import Text

FIRST_YEAR: Final = 1000
LAST_YEAR: Final = 2999
"""Nobody means a day of another year, and near the ends of the calendar no clock shows it in every zone."""


def in_calendar(day: date) -> bool:
    """Tell whether a day, or an instant, is of a year that anybody means; every zone has a time for it."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def require_in_calendar(day: date, told: str, **facts: str) -> None:
    """Refuse a day or an instant of a year that nobody means.

    Args:
        day: which.
        told: how it was said, and by which name.
        facts: of the refusal.

    Raises:
        BadRequest: says between which years it must lie.
    """
    if not in_calendar(day):
        raise BadRequest(_NO_YEAR.filled(told=told, first=FIRST_YEAR, last=LAST_YEAR), **facts)


_NO_YEAR = Text(
    kk="{told}: мұндай жылды ешкім айтпайды; {first} мен {last} аралығындағы жыл керек.",
    ru="{told}: такого года никто не имеет в виду; нужен год от {first} до {last}.",
    en="{told}: nobody means that year; it must be from {first} to {last}.",
)
