"""What must follow in the real-estate cadastre when the land below it changes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import shapely

from cadastres.land.model import PARCEL
from cadastres.real_estate.model import BUILDING
from gis.act import Case, Follower, Needs, Outcome
from gis.profile import CityProfile
from gis.record import Period, Timeline, Version, Write, at, rewritten


def _parcel_writes(outcome: Outcome) -> list[Write]:
    return [write for write in outcome.writes if write.layer == PARCEL.name]


def _needs(outcome: Outcome, profile: CityProfile) -> Needs:
    """Ask for the buildings on and beside the changed parcels.

    A parcel that gives ground up does so by one boundary step at most, so buildings that it loses are within that step.
    """
    writes = _parcel_writes(outcome)
    places = [write.geometry.buffer(profile.limits.boundary_step) for write in writes]
    return Needs(
        features={PARCEL.name: frozenset(write.feature_id for write in writes if write.feature_id > 0)},
        areas=tuple((BUILDING.name, place) for place in places),
    )


def _further(case: Case, outcome: Outcome) -> Needs:
    """Ask for all parcels under the buildings found: the one under most of a building may lie apart from the change."""
    found = _after(case, outcome, BUILDING.name).values()
    ground = shapely.union_all([version.geometry for timeline in found for version in timeline])
    return Needs() if ground.is_empty else Needs(areas=((PARCEL.name, ground),))


def _follow(case: Case, outcome: Outcome) -> Outcome:
    changed = [write.valid for write in _parcel_writes(outcome)]
    parcels = list(_after(case, outcome, PARCEL.name).values())
    buildings = _after(case, outcome, BUILDING.name)
    return Outcome(
        tuple(
            write
            for timeline in buildings.values()
            for write in _renumbered(timeline, _near(timeline, parcels), changed)
        )
    )


def _after(case: Case, outcome: Outcome, layer: str) -> dict[int, Timeline]:
    """Return the loaded timelines of a layer as they stand after what the act does so far."""
    timelines = dict(case.timelines.get(layer, {}))
    for write in outcome.writes:
        if write.layer == layer:
            timelines[write.feature_id] = rewritten(timelines.get(write.feature_id, ()), write)
    return timelines


def _near(building: Timeline, parcels: Iterable[Timeline]) -> list[Timeline]:
    return [parcel for parcel in parcels if any(p.geometry.intersects(b.geometry) for p in parcel for b in building)]


def _renumbered(building: Timeline, parcels: Sequence[Timeline], changed: Sequence[Period]) -> Iterator[Write]:
    """Yield writes that put the right number into a building wherever the changed time finds another."""
    pending: Write | None = None
    for version in building:
        for span in _spans(version, parcels, changed):
            write = _correction(version, span, parcels)
            if pending and write and pending.valid.end == span.start and _same(pending, write):
                pending = replace(pending, valid=Period(pending.valid.start, span.end))
                continue
            if pending:
                yield pending
            pending = write
    if pending:
        yield pending


def _spans(version: Version, parcels: Sequence[Timeline], changed: Sequence[Period]) -> list[Period]:
    """Cut a version's time, as far as it was changed, wherever a parcel under it begins or ends."""
    periods = [p for change in changed if (p := change.intersection(version.valid)) is not None]
    cuts = {moment for parcel in parcels for v in parcel for moment in (v.valid.start, v.valid.end) if moment}
    cuts |= {moment for period in periods for moment in (period.start, period.end) if moment}
    spans = {span for period in periods for span in _cut(period, sorted(cuts))}
    return sorted(spans, key=lambda span: span.start.timestamp() if span.start else float("-inf"))


def _cut(period: Period, moments: Sequence[datetime]) -> Iterator[Period]:
    start = period.start
    for moment in moments:
        if moment != start and period.contains(moment):
            yield Period(start, moment)
            start = moment
    yield Period(start, period.end)


def _correction(version: Version, span: Period, parcels: Sequence[Timeline]) -> Write | None:
    number = None if version.abolished else _number_below(version, span, parcels)
    if version.abolished or version.attributes.get("parcel_number") == number:
        return None
    attributes = {**version.attributes, "parcel_number": number}
    return Write(BUILDING.name, version.feature_id, span, version.geometry, attributes)


def _number_below(building: Version, span: Period, parcels: Sequence[Timeline]) -> str | None:
    """Return the number of the parcel under most of a building; of equals, the first number."""
    live = [parcel for timeline in parcels if (parcel := _during(timeline, span)) is not None]
    shares = [(-parcel.geometry.intersection(building.geometry).area, _number(parcel)) for parcel in live]
    return min((share for share in shares if share[0] < 0), default=(0.0, None))[1]


def _during(timeline: Timeline, span: Period) -> Version | None:
    """Return the version in force throughout a span that no version's bound cuts."""
    found = at(timeline, span.start) if span.start else next((v for v in timeline if v.valid.start is None), None)
    return None if found is None or found.abolished else found


def _number(parcel: Version) -> str:
    return str(parcel.attributes["cadastral_number"])


def _same(one: Write, other: Write) -> bool:
    return one.geometry == other.geometry and one.attributes == other.attributes


BUILDING_FOLLOWS_PARCEL: Final = Follower(
    id="real_estate.building.follows-parcel",
    watches=frozenset({PARCEL.name}),
    needs=_needs,
    follow=_follow,
    further=_further,
)
"""Keeps ``parcel_number`` of each building the number of the parcel on which most of it stands."""
