"""Numbers that extend other numbers and follow them: a building's its parcel's, premises' their building's.

A building that comes to stand on another parcel, or whose parcel is replaced, bears that parcel's number from the act's
legal date on and is renumbered with it, serial and letter kept where they are free there. Numbers that it bore before
stay its own for ever and find it. A building whose parcel ends without a successor keeps its number. A unit that bears
the number of a building or of premises is renumbered with it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import shapely

from cadastres.land.model import PARCEL
from cadastres.real_estate import number
from cadastres.real_estate.model import BUILDING, PREMISES
from cadastres.real_estate.rights_model import UNIT, UNIT_PART
from gis.act import Case, Needs, Outcome
from gis.profile import CityProfile
from gis.record import Period, Timeline, Version, Write, at, rewritten


def _parcel_writes(outcome: Outcome) -> list[Write]:
    return [write for write in outcome.writes if write.layer == PARCEL.name]


def needs(outcome: Outcome, profile: CityProfile) -> Needs:
    """Ask for the buildings on and beside the changed parcels.

    A parcel that gives ground up does so by one boundary step at most, so buildings that it loses are within that step.
    """
    writes = _parcel_writes(outcome)
    places = [write.geometry.buffer(profile.limits.boundary_step) for write in writes]
    return Needs(
        features={PARCEL.name: frozenset(write.feature_id for write in writes if write.feature_id > 0)},
        areas=tuple((BUILDING.name, place) for place in places),
    )


def further(case: Case, outcome: Outcome) -> Needs:
    """Ask for all parcels under the buildings found, and for the numbers issued where a building is renumbered.

    The parcel under most of a building may lie apart from the change.
    """
    found = _after(case, outcome, BUILDING.name).values()
    ground = shapely.union_all([version.geometry for timeline in found for version in timeline])
    if ground.is_empty:
        return Needs()
    return Needs(areas=((PARCEL.name, ground),), numbers=tuple(sorted(_series(case, outcome))))


def _series(case: Case, outcome: Outcome) -> set[tuple[str, str, str]]:
    """Return the series of numbers on the parcels to which numbered buildings come."""
    renamed = (w for writes in _corrections(case, outcome).values() for w in writes)
    return {_series_of(w.attributes["parcel_number"]) for w in renamed if _needs_number(w)}


def _series_of(parcel: str) -> tuple[str, str, str]:
    return BUILDING.name, "building_number", f"{parcel}:"


def _needs_number(write: Write) -> bool:
    """Tell whether a building's number names another parcel than the one on which it stands."""
    parcel, own = write.attributes["parcel_number"], write.attributes.get("building_number")
    return parcel is not None and own is not None and number.parcel_of(own) != parcel


def follow(case: Case, outcome: Outcome) -> Outcome:
    """Return the buildings with the right numbers, wherever the act changed what lies below them."""
    given = _Given(case, _after(case, outcome, BUILDING.name))
    corrected = _corrections(case, outcome)
    return Outcome(tuple(given.renumbered(write) for writes in corrected.values() for write in writes))


def _corrections(case: Case, outcome: Outcome) -> dict[int, list[Write]]:
    changed = [write.valid for write in _parcel_writes(outcome)]
    parcels = list(_after(case, outcome, PARCEL.name).values())
    buildings = sorted(_after(case, outcome, BUILDING.name).items())
    return {i: list(_renumbered(timeline, _near(timeline, parcels), changed)) for i, timeline in buildings}


def along(case: Case, write: Write) -> tuple[Write, ...]:
    """Return a building's write, and what its number becomes where the parcels below it change later.

    The parcels under the building and the numbers issued on them are to be loaded.
    """
    timeline = rewritten(case.timeline(BUILDING.name, write.feature_id), write)
    parcels = _near(timeline, case.timelines.get(PARCEL.name, {}).values())
    given = _Given(case, {**case.timelines.get(BUILDING.name, {}), write.feature_id: timeline})
    corrected = _renumbered(timeline, parcels, [write.valid])
    return (write, *(given.renumbered(correction) for correction in corrected))


def series(case: Case) -> tuple[tuple[str, str, str], ...]:
    """Return the series of buildings' numbers on all loaded parcels, as :class:`gis.act.Needs` asks for them."""
    parcels = (v for timeline in case.timelines.get(PARCEL.name, {}).values() for v in timeline)
    return tuple(sorted({_series_of(_number(parcel)) for parcel in parcels}))


def number_below(case: Case, write: Write) -> str | None:
    """Return the number of the parcel under most of a building on the act's legal date."""
    parcels = list(case.timelines.get(PARCEL.name, {}).values())
    return _number_below(write.version(), Period(case.act.valid_from, None), parcels)


@dataclass(frozen=True)
class _Given:
    """Buildings' numbers as one act gives them: a building has one number on a parcel, whenever it stands there."""

    case: Case
    buildings: Mapping[int, Timeline]
    now: dict[tuple[int, str], str] = field(default_factory=dict)

    def renumbered(self, write: Write) -> Write:
        """Return a building's write with the number that it bears on its parcel."""
        if not _needs_number(write):
            return write
        parcel, own = str(write.attributes["parcel_number"]), str(write.attributes["building_number"])
        key = (write.feature_id, parcel)
        if key not in self.now:
            self.now[key] = self._had(*key) or number.moved(own, parcel, self._taken(parcel))
        return replace(write, attributes={**write.attributes, "building_number": self.now[key]})

    def _had(self, building: int, parcel: str) -> str | None:
        numbers = _numbers(self.buildings[building], "building_number")
        return next((n for n in numbers if number.parcel_of(n) == parcel), None)

    def _taken(self, parcel: str) -> list[str]:
        standing = (n for timeline in self.buildings.values() for n in _numbers(timeline, "building_number"))
        told = {*self.case.issued.get(_series_of(parcel), ()), *self.now.values(), *standing}
        return sorted(n for n in told if number.parcel_of(n) == parcel)


def _numbers(timeline: Timeline, name: str) -> list[str]:
    return [str(said) for version in timeline if (said := version.attributes.get(name)) is not None]


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
    below = None if version.abolished else _number_below(version, span, parcels)
    if version.abolished or version.attributes.get("parcel_number") == below:
        return None
    attributes = {**version.attributes, "parcel_number": below}
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


_NUMBER_OF: Final = {BUILDING.name: "building_number", PREMISES.name: "premises_number"}
_OBJECTS: Final = tuple(_NUMBER_OF)


def _renamed(case: Case, outcome: Outcome, layers: Sequence[str] = _OBJECTS) -> list[Write]:
    """Return the writes that give a registered building or premises another number than it bore then."""
    return [
        write
        for write in outcome.writes
        if write.layer in layers and write.feature_id > 0 and not write.abolished and _old_numbers(case, write)
    ]


def _old_numbers(case: Case, write: Write) -> set[str]:
    """Return the numbers that a write replaces."""
    name = _NUMBER_OF[write.layer]
    replaced = [v for v in case.timeline(write.layer, write.feature_id) if v.valid.overlaps(write.valid)]
    return set(_numbers(tuple(replaced), name)) - {str(write.attributes.get(name))}


def needs_of_buildings(outcome: Outcome, profile: CityProfile) -> Needs:  # noqa: ARG001 - part of the protocol
    """Ask for the buildings that the act writes, as they are."""
    return _written(outcome, (BUILDING.name,))


def further_of_buildings(case: Case, outcome: Outcome) -> Needs:
    """Ask for the premises of renumbered buildings."""
    renamed = sorted({write.feature_id for write in _renamed(case, outcome, (BUILDING.name,))})
    return Needs(related=tuple((PREMISES.name, "building_id", building) for building in renamed))


def follow_buildings(case: Case, outcome: Outcome) -> Outcome:
    """Return the premises of renumbered buildings with their new numbers; one numbered otherwise is left alone."""
    premises = sorted(_after(case, outcome, PREMISES.name).items())
    return Outcome(
        tuple(
            _said(PREMISES.name, version, span, "premises_number", f"{building.attributes['building_number']}:{serial}")
            for building in _renamed(case, outcome, (BUILDING.name,))
            for _, timeline in premises
            for version in timeline
            if not version.abolished and version.attributes["building_id"] == building.feature_id
            for own, _, serial in [str(version.attributes["premises_number"]).rpartition(":")]
            if own in _old_numbers(case, building) and (span := version.valid.intersection(building.valid))
        )
    )


def needs_of_objects(outcome: Outcome, profile: CityProfile) -> Needs:  # noqa: ARG001 - part of the protocol
    """Ask for the buildings and premises that the act writes, as they are."""
    return _written(outcome, _OBJECTS)


def further_of_objects(case: Case, outcome: Outcome) -> Needs:
    """Ask for the units of which renumbered buildings and premises are parts."""
    renamed = sorted({write.feature_id for write in _renamed(case, outcome)})
    units = {unit for i in renamed for unit in _units(case, i)}
    return Needs(
        features={UNIT.name: frozenset(units)} if units else {},
        related=tuple((UNIT_PART.name, "object_id", i) for i in renamed),
    )


def follow_objects(case: Case, outcome: Outcome) -> Outcome:
    """Return the units that bore the number of a renumbered building or of premises with the new one."""
    units = _after(case, outcome, UNIT.name)
    return Outcome(
        tuple(
            _said(UNIT.name, version, span, "unit_number", str(write.attributes[_NUMBER_OF[write.layer]]))
            for write in _renamed(case, outcome)
            for unit in sorted(_units(case, write.feature_id))
            for version in units.get(unit, ())
            if not version.abolished and version.attributes["unit_number"] in _old_numbers(case, write)
            if (span := version.valid.intersection(write.valid))
        )
    )


def _units(case: Case, feature_id: int) -> set[int]:
    parts = (v for timeline in case.timelines.get(UNIT_PART.name, {}).values() for v in timeline if not v.abolished)
    return {int(v.attributes["unit_id"]) for v in parts if v.attributes["object_id"] == feature_id}


def _written(outcome: Outcome, layers: Sequence[str]) -> Needs:
    ids = {name: frozenset(w.feature_id for w in outcome.writes if w.layer == name) for name in layers}
    return Needs(features={name: frozenset(i for i in found if i > 0) for name, found in ids.items() if found})


def _said(layer: str, version: Version, span: Period, name: str, value: str) -> Write:
    return Write(layer, version.feature_id, span, version.geometry, {**version.attributes, name: value})
