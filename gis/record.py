"""Versions and timelines as values: what the store loads, what verbs read, what a changeset writes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from shapely import GeometryCollection
from shapely.geometry.base import BaseGeometry

NOWHERE: Final = GeometryCollection()
"""The geometry of a feature that has none."""


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open span of valid time, ``[start, end)``; ``None`` is unbounded."""

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse an empty span."""
        if self.start is not None and self.end is not None and self.start >= self.end:
            msg = f"a period must end after it starts: {self.start} .. {self.end}"
            raise ValueError(msg)

    def contains(self, moment: datetime) -> bool:
        """Tell whether a moment lies inside; the start does, the end does not."""
        return (self.start is None or self.start <= moment) and (self.end is None or moment < self.end)

    def overlaps(self, other: "Period") -> bool:
        """Tell whether the two have a moment in common."""
        return _before(self.start, other.end) and _before(other.start, self.end)

    def intersection(self, other: "Period") -> "Period | None":
        """Return what both have in common, or ``None``."""
        if not self.overlaps(other):
            return None
        starts = [s for s in (self.start, other.start) if s is not None]
        ends = [e for e in (self.end, other.end) if e is not None]
        return Period(max(starts, default=None), min(ends, default=None))

    def minus(self, other: "Period") -> Iterator["Period"]:
        """Yield what is left of this period outside the other: none, one or two periods."""
        if not self.overlaps(other):
            yield self
            return
        if other.start is not None and (self.start is None or self.start < other.start):
            yield Period(self.start, other.start)
        if other.end is not None and (self.end is None or other.end < self.end):
            yield Period(other.end, self.end)


def _before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a feature as the register holds it now or would hold it after an act.

    Attributes:
        version: its number; ``None`` until a changeset records it.
        changeset: the changeset that opened it; ``None`` until then.
        geometry: in the city's projected system, x east, y north, metres; :data:`NOWHERE` in layers without geometry.
        abolished: the feature has ended in law; geometry and attributes are the last it had.
    """

    feature_id: int
    valid: Period
    geometry: BaseGeometry = NOWHERE
    attributes: Mapping[str, Any] = field(default_factory=dict)
    abolished: bool = False
    version: int | None = None
    changeset: int | None = None

    def says_as(self, other: "Version") -> bool:
        """Tell whether two versions say the same of the feature, whenever they are valid."""
        return (
            self.abolished == other.abolished
            and dict(self.attributes) == dict(other.attributes)
            and self.geometry.equals_exact(other.geometry, 0.0)
        )


Timeline = tuple[Version, ...]
"""All live versions of one feature, in order of valid time."""


@dataclass(frozen=True, slots=True)
class Write:
    """Replaces a feature for a portion of valid time."""

    layer: str
    feature_id: int
    valid: Period
    geometry: BaseGeometry = NOWHERE
    attributes: Mapping[str, Any] = field(default_factory=dict)
    abolished: bool = False

    def version(self) -> Version:
        """Return the version that the write proposes."""
        return Version(self.feature_id, self.valid, self.geometry, dict(self.attributes), self.abolished)


def at(timeline: Sequence[Version], moment: datetime) -> Version | None:
    """Return the version valid at a moment, abolished ones included."""
    return next((v for v in timeline if v.valid.contains(moment)), None)


def rewritten(timeline: Sequence[Version], write: Write) -> Timeline:
    """Return the timeline after a write: versions that it covers in part are split, those it covers whole are gone.

    A write that says what the register already says, over a period that one version holds, changes nothing.
    """
    proposed = write.version()
    if any(v.says_as(proposed) and not list(proposed.valid.minus(v.valid)) for v in timeline):
        return tuple(timeline)
    kept = [piece for version in timeline for piece in _pieces(version, write.valid)]
    return tuple(sorted([*kept, proposed], key=_start))


def _pieces(version: Version, covered: Period) -> Iterator[Version]:
    for left in version.valid.minus(covered):
        yield version if left == version.valid else replace(version, valid=left, version=None, changeset=None)


def _start(version: Version) -> float:
    return float("-inf") if version.valid.start is None else version.valid.start.timestamp()
