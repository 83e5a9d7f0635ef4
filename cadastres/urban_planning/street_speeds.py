"""What is told of speeds on street segments: one word replaces another for the portion of time that both are about.

A word says how fast one moves along a segment in one direction over a span of time: a quarter of an hour, or until it
is revoked. Each word is a feature of its own, so that no timeline grows with the months; one that replaces another
whole takes its feature over. What stood on record before stays askable by recorded time.
"""

from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from cadastres.urban_planning.street_state_model import STREET_SPEED
from gis.record import NOWHERE, Period, Timeline, Version

Way = tuple[int, str]
"""A segment's feature id and a direction along it."""


@dataclass(frozen=True, slots=True)
class Word:
    """A speed told for one way over one period; without one, what was told before is revoked.

    Attributes:
        way: segment and direction.
        speed: km/h; 0 where nothing moves.
        period: when it is so.
        row: of the batch.
    """

    way: Way
    speed: float | None
    period: Period
    row: int = 0

    @property
    def attributes(self) -> dict[str, Any]:
        """Return what the register keeps of it."""
        said = dict.fromkeys(f.name for f in STREET_SPEED.fields)
        return {**said, "segment_id": self.way[0], "direction": self.way[1], "speed": self.speed}


@dataclass
class Told:
    """Words on record, and what a batch makes of them.

    Attributes:
        timelines: of the features that a batch may touch, as they stand and, afterwards, as they come to stand; new
            features have negative ids.
        unchanged: how many words of the batch the register had already.
    """

    timelines: dict[int, Timeline]
    unchanged: int = 0
    _by_way: dict[Way, list[int]] = field(default_factory=dict)
    _new: Iterator[int] = field(default_factory=lambda: count(-1, -1))

    def __post_init__(self) -> None:
        """Index features by their way."""
        for feature_id, timeline in self.timelines.items():
            self._by_way.setdefault(_way(timeline[0]), []).append(feature_id)

    def tell(self, words: Iterable[Word]) -> None:
        """Lay words over what is told, one after the other."""
        for word in words:
            self._lay(word)

    def _lay(self, word: Word) -> None:
        met = [(i, v) for i in self._by_way.get(word.way, ()) for v in self._in_force(i, word.period)]
        if word.speed is not None and any(_says(v, word) for _, v in met):
            self.unchanged += 1
            return
        if word.speed is None and not met:
            self.unchanged += 1
            return
        free = [self._cut(i, v, word.period) for i, v in met]
        if word.speed is not None:
            carrier = next((i for i in free if i is not None), None)
            self._put(carrier, Version(carrier or 0, word.period, NOWHERE, word.attributes), word.way)

    def _in_force(self, feature_id: int, period: Period) -> list[Version]:
        return [v for v in self.timelines[feature_id] if not v.abolished and v.valid.overlaps(period)]

    def _cut(self, feature_id: int, version: Version, period: Period) -> int | None:
        """Take a period out of a version; return the feature where nothing of the version is left."""
        left = [replace(version, valid=span, version=None, changeset=None) for span in version.valid.minus(period)]
        others = [v for v in self.timelines[feature_id] if v is not version]
        if not left:
            ended = replace(version, abolished=True, version=None, changeset=None)
            self.timelines[feature_id] = _ordered([*others, ended])
            return feature_id
        self.timelines[feature_id] = _ordered([*others, left[0]])
        for rest in left[1:]:
            self._put(None, rest, _way(version))
        return None

    def _put(self, feature_id: int | None, version: Version, way: Way) -> None:
        """Enter a version, over what its feature said at the time; in a new one where none is named."""
        if feature_id is None:
            feature_id = next(self._new)
            self._by_way.setdefault(way, []).append(feature_id)
        before = self.timelines.get(feature_id, ())
        kept = [
            v if span == v.valid else replace(v, valid=span, version=None, changeset=None)
            for v in before
            for span in v.valid.minus(version.valid)
        ]
        self.timelines[feature_id] = _ordered([*kept, replace(version, feature_id=feature_id)])


def overlapping(words: Sequence[Word]) -> Mapping[int, int]:
    """Return the rows of a batch that speak of a time of which an earlier row speaks, each with that row."""
    by_way: dict[Way, list[Word]] = {}
    refused: dict[int, int] = {}
    for word in words:
        said = by_way.setdefault(word.way, [])
        place = bisect(said, _begin(word), key=_begin)
        beside = said[max(place - 1, 0) : place + 1]
        first = next((other for other in beside if other.period.overlaps(word.period)), None)
        if first is None:
            said.insert(place, word)
        else:
            refused[word.row] = first.row
    return refused


def _begin(word: Word) -> float:
    return float("-inf") if word.period.start is None else word.period.start.timestamp()


def _says(version: Version, word: Word) -> bool:
    return version.attributes["speed"] == word.speed and not list(word.period.minus(version.valid))


def _way(version: Version) -> Way:
    return int(version.attributes["segment_id"]), str(version.attributes["direction"])


def _ordered(versions: Sequence[Version]) -> Timeline:
    return tuple(sorted(versions, key=_start))


def _start(version: Version) -> float:
    start: datetime | None = version.valid.start
    return float("-inf") if start is None else start.timestamp()
