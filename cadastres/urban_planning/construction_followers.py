"""What follows for construction objects when the land below them, or the building that one became, changes.

A parcel that is replaced hands the object over to the heir on which most of its site lies. A building that ends leaves
the object its number alone: the object is history then.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from shapely.geometry.base import BaseGeometry

from cadastres.land.model import PARCEL
from cadastres.real_estate.model import BUILDING
from cadastres.real_estate.remaining import live, remaining
from cadastres.urban_planning.construction_model import CONSTRUCTION_OBJECT
from gis.act import Case, Follower, Needs, Outcome, Succession
from gis.profile import CityProfile
from gis.record import Version, Write

_OBJECT: Final = CONSTRUCTION_OBJECT.name


def _replacing(outcome: Outcome) -> Iterator[Succession]:
    """Yield the successions by which parcels end."""
    for succession in outcome.successions:
        if succession.layer == PARCEL.name and set(succession.parents) - set(succession.children):
            yield succession


def _on_parcels(outcome: Outcome, profile: CityProfile) -> Needs:  # noqa: ARG001 - part of the protocol
    parents = sorted({parent for succession in _replacing(outcome) for parent in succession.parents})
    return Needs(related=tuple((_OBJECT, "parcel_id", parent) for parent in parents))


def _move(case: Case, outcome: Outcome) -> Outcome:
    writes = (write for s in _replacing(outcome) for parent in s.parents for write in _moved(case, outcome, s, parent))
    return Outcome(tuple(writes))


def _moved(case: Case, outcome: Outcome, succession: Succession, parent: int) -> Iterator[Write]:
    areas = {w.feature_id: w for w in outcome.writes if w.layer == PARCEL.name and w.feature_id in succession.children}
    for piece in _referring(case, "parcel_id", parent):
        heir = areas[_most_of(piece.geometry, {i: w.geometry for i, w in areas.items()})]
        said = {"parcel_id": heir.feature_id, "parcel_number": heir.attributes["cadastral_number"]}
        yield Write(_OBJECT, piece.feature_id, piece.valid, piece.geometry, {**piece.attributes, **said})


def _most_of(site: BaseGeometry, areas: Mapping[int, BaseGeometry]) -> int:
    """Return on which of some parcels most of a site lies; of equals the first one formed."""
    return max(sorted(areas, reverse=True), key=lambda i: site.intersection(areas[i]).area)


def _of_buildings(outcome: Outcome, profile: CityProfile) -> Needs:  # noqa: ARG001 - part of the protocol
    ending = sorted({w.feature_id for w in outcome.writes if w.layer == BUILDING.name and w.abolished})
    return Needs(related=tuple((_OBJECT, "building_id", building) for building in ending))


def _forget(case: Case, outcome: Outcome) -> Outcome:
    ending = {w.feature_id for w in outcome.writes if w.layer == BUILDING.name and w.abolished}
    writes = (
        Write(_OBJECT, p.feature_id, p.valid, p.geometry, {**p.attributes, "building_id": None})
        for building in sorted(ending)
        for p in _referring(case, "building_id", building)
    )
    return Outcome(tuple(writes))


def _referring(case: Case, name: str, value: int) -> Iterator[Version]:
    """Yield what objects that refer to a feature say from the legal date on."""
    for timeline in case.timelines.get(_OBJECT, {}).values():
        for piece in live(remaining(timeline, case.act.valid_from)):
            if piece.attributes[name] == value:
                yield piece


FOLLOWERS: Final = (
    Follower(
        id="urban_planning.construction.follows-parcel",
        watches=frozenset({PARCEL.name}),
        needs=_on_parcels,
        follow=_move,
    ),
    Follower(
        id="urban_planning.construction.forgets-building",
        watches=frozenset({BUILDING.name}),
        needs=_of_buildings,
        follow=_forget,
    ),
)
"""Every follower of construction objects."""
