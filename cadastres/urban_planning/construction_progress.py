"""Progress of construction against its schedule, on any day.

Work on a stage is planned evenly over its days, the first and the last included; stages weigh by their planned cost,
all alike where none costs anything. What is planned on a day is what should be done by its end.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final, Self

from gis.record import Version

_WHOLE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage of a schedule: its days, its planned cost [KZT] and how much of it is done [%]."""

    code: str
    planned_start: date
    planned_end: date
    planned_cost: int
    progress: float

    @classmethod
    def of(cls, version: Version) -> Self:
        """Return the stage that a version tells of."""
        said = version.attributes
        return cls(
            code=str(said["stage"]),
            planned_start=said["planned_start"],
            planned_end=said["planned_end"],
            planned_cost=int(said["planned_cost"]),
            progress=float(said["progress"]),
        )

    def planned(self, day: date) -> Fraction:
        """Return how much of it should be done by the end of a day [%]."""
        length = (self.planned_end - self.planned_start).days + 1
        elapsed = (day - self.planned_start).days + 1
        return Fraction(_WHOLE * min(max(elapsed, 0), length), length)


@dataclass(frozen=True, slots=True)
class Progress:
    """How construction stands on a day.

    Attributes:
        planned: what should be done by its end [%].
        actual: what is done [%].
        days: how many days ahead of its schedule it is; below zero, behind.
    """

    planned: float
    actual: float
    days: int

    @property
    def percent(self) -> float:
        """How far it is ahead of its schedule, in per cent of all work; below zero, behind."""
        return round(self.actual - self.planned, 6)


def progress(stages: Sequence[Stage], day: date) -> Progress | None:
    """Return how construction stands on a day; ``None`` where it has no schedule.

    It is as many days ahead as there are to the first day whose plan asks for what is done; as many days behind as
    passed since the last day whose plan asked for no more than that.
    """
    if not stages:
        return None
    schedule = _Schedule(stages)
    planned, actual = schedule.planned(day), schedule.actual()
    return Progress(float(planned), float(actual), schedule.days_ahead(day, planned, actual))


class _Schedule:
    """The stages of an object with their weights."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        total = sum(stage.planned_cost for stage in stages)
        each = Fraction(1, len(stages))
        self._weighed = [(stage, Fraction(stage.planned_cost, total) if total else each) for stage in stages]
        self._first = min(stage.planned_start for stage in stages) - timedelta(days=1)
        self._last = max(stage.planned_end for stage in stages)

    def planned(self, day: date) -> Fraction:
        return sum((weight * stage.planned(day) for stage, weight in self._weighed), Fraction(0))

    def actual(self) -> Fraction:
        return sum((weight * Fraction(str(stage.progress)) for stage, weight in self._weighed), Fraction(0))

    def days_ahead(self, day: date, planned: Fraction, actual: Fraction) -> int:
        """Return the days between a day and the one on which the plan stands where the work does."""
        if actual == planned:
            return 0
        days = range((self._last - self._first).days + 1)
        at = bisect_left if actual > planned else bisect_right
        found = at(days, actual, key=lambda n: self.planned(self._first + timedelta(days=n)))
        nearest = self._first + timedelta(days=min(found, days[-1]) if actual > planned else found - 1)
        return (nearest - day).days
