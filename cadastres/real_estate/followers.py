"""What must follow in the real-estate cadastre when the land below it changes.

Each follower is pure and settles one thing: the numbers of buildings (:mod:`cadastres.real_estate.renumbering`), of
premises and units named after them, the units and rights of parcels that are replaced or end
(:mod:`cadastres.real_estate.carrying`), and the addresses of such parcels.
"""

from collections.abc import Iterator
from typing import Final

from cadastres.address.model import ADDRESS
from cadastres.land.model import PARCEL
from cadastres.real_estate import estates, renumbering
from cadastres.real_estate.carrying import NewIds, ends, inheritances, replaced, successions, written
from cadastres.real_estate.carrying_rules import OBSTACLES, obstacles
from cadastres.real_estate.estates import Fate, Heir, fates
from cadastres.real_estate.model import ADDRESSING, BUILDING, PREMISES
from cadastres.real_estate.remaining import live, remaining
from gis.act import Case, Follower, Needs, Outcome
from gis.profile import CityProfile
from gis.record import Period, Timeline, Version, Write, at
from gis.rules import refuse

BUILDING_FOLLOWS_PARCEL: Final = Follower(
    id="real_estate.building.follows-parcel",
    watches=frozenset({PARCEL.name}),
    needs=renumbering.needs,
    follow=renumbering.follow,
    further=renumbering.further,
)
"""Keeps each building's ``parcel_number`` that of the parcel on which most of it stands, and its own number with it."""

PREMISES_FOLLOW_BUILDING: Final = Follower(
    id="real_estate.premises.follow-building",
    watches=frozenset({BUILDING.name}),
    needs=renumbering.needs_of_buildings,
    follow=renumbering.follow_buildings,
    further=renumbering.further_of_buildings,
)
"""Keeps the numbers of premises extensions of their building's."""

UNITS_FOLLOW_THEIR_OBJECT: Final = Follower(
    id="real_estate.unit.follows-object",
    watches=frozenset({BUILDING.name, PREMISES.name}),
    needs=renumbering.needs_of_objects,
    follow=renumbering.follow_objects,
    further=renumbering.further_of_objects,
)
"""Renumbers a unit that bears the number of a building or of premises when that is renumbered."""


def _carry(case: Case, outcome: Outcome) -> Outcome:
    """Return the old units' ends and the new units.

    Raises:
        RuleBroken: with every single thing that stands in the way.
    """
    ids, found = NewIds(), [(fate, estates.estates(case, fate)) for fate in fates(outcome)]
    broken = [violation for fate, here in found for violation in obstacles(case, fate, here)]
    if broken:
        raise refuse(broken, OBSTACLES)
    writes: list[Write] = []
    descended = []
    for fate, here in found:
        inherited = inheritances(case, fate, here, ids)
        writes += [*ends(case, fate, here), *(w for each in inherited for w in each.writes())]
        descended += successions(case, inherited)
    return Outcome(tuple(writes), tuple(s for s in descended if s not in outcome.successions))


RIGHTS_FOLLOW_OBJECT: Final = Follower(
    id="real_estate.right.follows-object",
    watches=frozenset(estates.OBJECTS),
    needs=estates.needs,
    follow=_carry,
    further=estates.further,
)
"""Carries units with their rights over to the parcels or premises that replace theirs, or refuses the act."""


def _addresses_needed(outcome: Outcome, profile: CityProfile) -> Needs:  # noqa: ARG001 - part of the protocol
    parents = sorted({parent for fate in fates(outcome) for parent in fate.parents})
    return Needs(related=tuple((ADDRESSING.name, "object_id", parent) for parent in parents))


def _addresses_told(case: Case, outcome: Outcome) -> Needs:
    given = (p for fate in fates(outcome) for pieces in _given(case, fate).values() for p in pieces)
    return Needs(features={ADDRESS.name: frozenset(p.attributes["address_id"] for p in given)})


def _given(case: Case, fate: Fate) -> dict[int, Timeline]:
    """Return the addresses given to the objects of a fate, those of its first object first."""
    loaded = sorted(case.timelines.get(ADDRESSING.name, {}).items())
    told = [(i, pieces) for i, timeline in loaded if (pieces := live(remaining(timeline, case.act.valid_from)))]
    named = [(fate.parents.index(o), i, p) for i, p in told if (o := p[0].attributes["object_id"]) in fate.parents]
    return {i: pieces for _, i, pieces in sorted(named, key=lambda told: told[:2])}


def _readdress(case: Case, outcome: Outcome) -> Outcome:
    """Give each address of what is replaced to the heir on which, or nearest to which, its point lies.

    Of premises that are split the first part keeps the address: parts have no place by which to tell.
    """
    ids = NewIds(first=-2_000_000_000)
    return Outcome(tuple(write for fate in fates(outcome) for write in _moved(case, fate, ids)))


def _moved(case: Case, fate: Fate, ids: NewIds) -> Iterator[Write]:
    """Yield the old entries' ends and the new entries; of several primary addresses the first stays primary."""
    taken: list[tuple[int, Version]] = []
    for feature_id, pieces in _given(case, fate).items():
        since = Period(pieces[0].valid.start or case.act.valid_from, None)
        yield Write(ADDRESSING.name, feature_id, since, attributes=pieces[0].attributes, abolished=True)
        if not fate.heirs:
            continue
        heir = _nearest(case, fate, pieces[0])
        new = ids.of(ADDRESSING.name, feature_id, heir.feature)
        met = [p for i, p in taken if i == heir.feature and any(p.valid.overlaps(q.valid) for q in pieces)]
        if any(p.attributes["address_id"] == pieces[0].attributes["address_id"] for p in met):
            continue
        first = not any(p.attributes["is_primary"] for p in met)
        entries = [_entry(piece, heir, primary=first) for piece in pieces]
        taken += [(heir.feature, entry) for entry in entries]
        yield from written(ADDRESSING.name, new, entries)


def _entry(piece: Version, heir: Heir, *, primary: bool) -> Version:
    return replaced(piece, object_id=heir.feature, is_primary=piece.attributes["is_primary"] and primary)


def _nearest(case: Case, fate: Fate, given: Version) -> Heir:
    address = at(case.timeline(ADDRESS.name, given.attributes["address_id"]), given.valid.start or case.act.valid_from)
    if address is None or not fate.on_land:
        return fate.heirs[0]
    return min(fate.heirs, key=lambda heir: heir.area.distance(address.geometry))


ADDRESSES_FOLLOW_OBJECT: Final = Follower(
    id="real_estate.addressing.follows-object",
    watches=frozenset(estates.OBJECTS),
    needs=_addresses_needed,
    follow=_readdress,
    further=_addresses_told,
)
"""Gives the addresses of what is replaced to what replaces it; those of what is archived end with it."""

FOLLOWERS: Final = (
    BUILDING_FOLLOWS_PARCEL,
    PREMISES_FOLLOW_BUILDING,
    UNITS_FOLLOW_THEIR_OBJECT,
    RIGHTS_FOLLOW_OBJECT,
    ADDRESSES_FOLLOW_OBJECT,
)
"""Every follower of the cadastre."""
