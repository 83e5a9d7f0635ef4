"""What must follow in the address cadastre when a street gets another name."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cadastres.address import names
from cadastres.address.model import ADDRESS, STREET
from gis.act import Case, Follower, Needs, Outcome
from gis.profile import CityProfile
from gis.record import Timeline, Write, at, rewritten


def _needs(outcome: Outcome, profile: CityProfile) -> Needs:  # noqa: ARG001 - part of the protocol
    """Ask for the streets as they were."""
    written = frozenset(w.feature_id for w in outcome.writes if w.layer == STREET.name and w.feature_id > 0)
    return Needs(features={STREET.name: written})


def _further(case: Case, outcome: Outcome) -> Needs:
    """Ask for the addresses of those whose names change: most acts change none."""
    return Needs(related=tuple((ADDRESS.name, "street_id", w.feature_id) for w, _ in _renamed(case, outcome)))


def _follow(case: Case, outcome: Outcome) -> Outcome:
    return Outcome(tuple(write for w, old in _renamed(case, outcome) for write in _respelled(case, outcome, w, old)))


def _renamed(case: Case, outcome: Outcome) -> Iterator[tuple[Write, Mapping[str, Any]]]:
    """Yield each write that gives a street another name, and the attributes that the street had before."""
    for write in outcome.writes:
        if write.layer == STREET.name and not write.abolished and write.valid.start is not None:
            before = at(case.timeline(STREET.name, write.feature_id), write.valid.start)
            if before is not None and names.of(before.attributes) != names.of(write.attributes):
                yield write, before.attributes


def _respelled(case: Case, outcome: Outcome, street: Write, old: Mapping[str, Any]) -> Iterator[Write]:
    """Yield the addresses on a street that spell its old name, spelling the new one."""
    for feature_id in case.timelines.get(ADDRESS.name, {}):
        for version in _after(case, outcome, feature_id):
            period = version.valid.intersection(street.valid)
            if period is None or version.abolished or version.attributes.get("street_id") != street.feature_id:
                continue
            spelled = version.attributes.get("thoroughfare_name")
            said = names.successor(spelled, old, street.attributes)
            if said != spelled:
                attributes = {**version.attributes, "thoroughfare_name": said}
                yield Write(ADDRESS.name, feature_id, period, version.geometry, attributes)


def _after(case: Case, outcome: Outcome, feature_id: int) -> Timeline:
    """Return an address's timeline as it stands after what the act does so far."""
    timeline = case.timeline(ADDRESS.name, feature_id)
    for write in outcome.writes:
        if (write.layer, write.feature_id) == (ADDRESS.name, feature_id):
            timeline = rewritten(timeline, write)
    return timeline


ADDRESS_FOLLOWS_STREET: Final = Follower(
    id="address.address.follows-street",
    watches=frozenset({STREET.name}),
    needs=_needs,
    further=_further,
    follow=_follow,
)
"""Keeps the street's name in its addresses that of the street."""

FOLLOWERS: Final = (ADDRESS_FOLLOWS_STREET,)
"""Every follower of the address cadastre."""
