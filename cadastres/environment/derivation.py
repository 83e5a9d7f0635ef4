"""Zones as a function of their source and of the parameter rows, pointwise in time.

The time is parted wherever a version of the source or of a parameter row of its kind begins or ends. In each span the
zone is the buffer of the source's geometry then by the width that holds then; neighbouring spans that say the same are
one. What a project gave its own boundary is left as it stands for as long as the source is in force.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import shapely
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from cadastres.environment.parameters import picked
from cadastres.environment.sources import Claim, Tie
from gis.record import Period, Timeline, Version, Write

QUADRANT_SEGMENTS: Final = 16
"""Chords in a quarter of a circle: the buffer of a width falls short of it by 0.12 % at most."""

_TAKEN: Final = ("no_building", "regime_kk", "regime_ru", "regime_en")
"""What a zone says as its parameter row does."""


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time and what the zone is in it; ``None`` where there is none."""

    period: Period
    zone: Version | None


def spans(tie: Tie, source: Timeline, rows: Sequence[Timeline]) -> list[Span]:
    """Return what a source's zone is over the whole of time.

    Args:
        tie: which zone around which source.
        source: its timeline.
        rows: timelines of the parameter rows of the kinds that the source claims.
    """
    moments = _moments([source, *rows])
    parts = [Span(p, _zone(tie, _valid(source, p), rows, p)) for p in _periods(moments)]
    joined: list[Span] = []
    for part in parts:
        if joined and _same(joined[-1].zone, part.zone):
            joined[-1] = Span(Period(joined[-1].period.start, part.period.end), joined[-1].zone)
        else:
            joined.append(part)
    return joined


def writes(tie: Tie, zone_id: int, wanted: Iterable[Span], standing: Timeline, source: Timeline) -> Iterator[Write]:
    """Yield what must be written so that a zone's timeline says what is wanted, and nothing that it says already."""
    last: Version | None = None
    for span in wanted:
        for period in _outside(span.period, _projected(standing, source)):
            if span.zone is not None:
                if not _says(standing, period, span.zone):
                    yield _write(tie, zone_id, period, span.zone)
            else:
                yield from _ends(tie, zone_id, period, standing, last)
        last = span.zone or last


def _moments(timelines: Iterable[Timeline]) -> list[datetime]:
    bounds = {bound for timeline in timelines for v in timeline for bound in (v.valid.start, v.valid.end)}
    return sorted(bound for bound in bounds if bound is not None)


def _periods(moments: Sequence[datetime]) -> Iterator[Period]:
    for start, end in pairwise([None, *moments, None]):
        yield Period(start, end)


def _valid(timeline: Timeline, period: Period) -> Version | None:
    """Return the version in force in a span that no bound of the timeline parts."""
    return next((v for v in timeline if not v.abolished and v.valid.overlaps(period)), None)


def _zone(tie: Tie, source: Version | None, rows: Sequence[Timeline], period: Period) -> Version | None:
    claim = None if source is None else tie.claim(source.attributes)
    if source is None or claim is None:
        return None
    row = picked([v for timeline in rows if (v := _valid(timeline, period)) is not None], claim)
    width = claim.width if claim.width is not None else None if row is None else float(row.attributes["width"])
    if width is None:
        return None
    area = buffered(source.geometry, width + claim.beyond)
    return None if area.is_empty else Version(source.feature_id, period, area, _said(source, claim, row, width))


def buffered(geometry: BaseGeometry, distance: float) -> MultiPolygon:
    """Return the area within a distance [m] of a geometry (projected system); heights play no part."""
    area = shapely.force_2d(geometry).buffer(distance, quad_segs=QUADRANT_SEGMENTS)
    return MultiPolygon(list(shapely.get_parts(area)))


def _said(source: Version, claim: Claim, row: Version | None, width: float) -> dict[str, Any]:
    own = claim.width is not None
    norm = None if row is None else row.attributes.get("legal_basis")
    return {
        "zone_kind": claim.kind,
        "source_id": source.feature_id,
        "parameter_id": None if row is None else row.feature_id,
        "width": width,
        "derived": True,
        "established": own,
        **{name: None if row is None else row.attributes.get(name) for name in _TAKEN},
        "legal_basis": (claim.basis or norm) if own else norm,
    }


def _same(one: Version | None, other: Version | None) -> bool:
    return one is other if one is None or other is None else one.says_as(other)


def _projected(standing: Timeline, source: Timeline) -> list[Period]:
    """Return when the boundary is a project's own while the source is in force."""
    own = [v.valid for v in standing if not v.abolished and not v.attributes["derived"]]
    lives = [v.valid for v in source if not v.abolished]
    return [part for period in own for life in lives if (part := period.intersection(life)) is not None]


def _outside(period: Period, taken: Iterable[Period]) -> list[Period]:
    left = [period]
    for other in taken:
        left = [piece for part in left for piece in part.minus(other)]
    return left


def _says(standing: Timeline, period: Period, zone: Version) -> bool:
    """Tell whether a timeline says the same throughout a period."""
    there = [v for v in standing if v.valid.overlaps(period)]
    wanted = replace(zone, feature_id=there[0].feature_id) if there else zone
    return not _outside(period, [v.valid for v in there]) and all(v.says_as(wanted) for v in there)


def _ends(tie: Tie, zone_id: int, period: Period, standing: Timeline, last: Version | None) -> Iterator[Write]:
    """Yield a zone's end where it stands without a reason, and, after a span of it, where nothing is told of it."""
    there = [(part, v) for v in standing if (part := v.valid.intersection(period)) is not None]
    for part, version in there:
        if not version.abolished:
            yield _write(tie, zone_id, part, version, abolished=True)
    if last is not None:
        for part in _outside(period, [told for told, _ in there]):
            yield _write(tie, zone_id, part, last, abolished=True)


def _write(tie: Tie, zone_id: int, period: Period, said: Version, *, abolished: bool = False) -> Write:
    return Write(tie.zone.name, zone_id, period, said.geometry, said.attributes, abolished)
