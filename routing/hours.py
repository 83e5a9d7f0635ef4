"""The city's clock, and hours of the day at which something is open or closed.

Hours are told as OpenStreetMap tells opening hours, and read by the clock on the wall: where clocks change, 03:00 is
whatever shows three.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Literal

from opening_hours import OpeningHours, validate

from gis.workdays import Workdays
from routing.network import DAYS, QUARTERS

Door = Literal["open", "closed", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How a city counts hours and days.

    Attributes:
        zone: its time zone; without one, a moment counts as its own offset says.
        workdays: which days are worked.
    """

    zone: tzinfo | None = None
    workdays: Workdays = field(default_factory=Workdays)

    def local(self, moment: datetime) -> datetime:
        """Return a moment by the city's clock."""
        return moment if self.zone is None else moment.astimezone(self.zone)

    def holiday(self, day: date) -> bool:
        """Tell whether a day is off for another reason than the week's end."""
        yearly = day.strftime("%m-%d") in (*self.workdays.holidays, *self.workdays.days_off)
        return yearly or (not self.workdays.worked(day) and day.isoweekday() not in self.workdays.weekend)

    def kind_of_day(self, moment: datetime) -> int:
        """Return the place in :data:`routing.network.DAYS` of the day that it is; a holiday counts as a Sunday."""
        day = self.local(moment).date()
        if self.workdays.worked(day):
            return DAYS.index("workday")
        return DAYS.index("saturday" if day.isoweekday() == 6 and not self.holiday(day) else "sunday")

    def quarter(self, moment: datetime) -> int:
        """Return the quarter of an hour of the day that the clock on the wall shows, from 0 to 95."""
        local = self.local(moment)
        return (local.hour * 60 + local.minute) * QUARTERS // (24 * 60)

    def door(self, hours: str | None, moment: datetime) -> Door:
        """Tell whether something is open.

        Args:
            hours: as OpenStreetMap writes ``opening_hours``; round the clock where ``None`` or blank.
            moment: when.

        Hours that can't be read or say themselves that they are unknown are unknown, as are those that speak of public
        holidays while there is one, and those that speak of school holidays.

        >>> Clock().door("Mo-Fr 08:00-20:00", datetime(2026, 11, 23, 21))
        'closed'
        """
        text = (hours or "").strip()
        if not text:
            return "open"
        local = self.local(moment)
        read = _read(text)
        if read is None or "SH" in text or ("PH" in text and self.holiday(local.date())):
            return "unknown"
        local = local.replace(tzinfo=None)
        return "open" if read.is_open(local) else "closed" if read.is_closed(local) else "unknown"


@lru_cache(maxsize=4096)
def _read(text: str) -> OpeningHours | None:
    return OpeningHours(text) if validate(text) else None
