"""How verbs of rights read a case: what stands from the act's legal date on, and how it is ended or changed.

A right may be bounded by its term and may change its attributes later; an act on it is laid under each of its versions
and never reaches beyond the last. A later end, or a later change of what the act turns on, can't be guessed at: the act
is refused and says when it came.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from cadastres.real_estate import guards
from cadastres.real_estate.rights_model import CONSENT, HOLDER, PARTY, RIGHT, RIGHT_AREA, UNIT
from gis.act import Case, Needs
from gis.record import Period, Timeline, Version, Write
from gis.rules import Rule

_OF_A_RIGHT: Final = (HOLDER.name, RIGHT_AREA.name, CONSENT.name)
"""Layers of what belongs to one right and ends with it."""

_STEADY: Final = ("unit_id", "kind", "share_numerator", "share_denominator")
"""What must not change after an act's date: an act that meets such a change is refused."""


def estate(case: Case, units: Iterable[int]) -> Needs:
    """Ask for units with all rights on them, and all that belongs to these rights."""
    wanted = sorted(set(units))
    rights = [
        i
        for i, timeline in case.timelines.get(RIGHT.name, {}).items()
        if any(v.attributes["unit_id"] in wanted for v in timeline)
    ]
    return Needs(
        features={UNIT.name: frozenset(wanted)},
        related=(
            *((RIGHT.name, "unit_id", unit) for unit in wanted),
            *((layer, "right_id", i) for layer in _OF_A_RIGHT for i in sorted(rights)),
        ),
    )


def units_of(case: Case, rights: Iterable[int]) -> set[int]:
    """Return the units of loaded rights."""
    return {v.attributes["unit_id"] for i in rights for v in case.timeline(RIGHT.name, i)}


def standing(case: Case, layer: str, feature_id: int, rule: Rule) -> Timeline:
    """Return a feature's versions from the act's legal date on, cut to begin there.

    Raises:
        RuleBroken: by ``rule``, where it is not in force on the legal date.
        LaterChange: it ends by a later act.
    """
    if case.current(layer, feature_id) is None:
        raise guards.refusal(rule, feature_id, str(case.profile.legal_day(case.act.valid_from)))
    versions = tuple(_from(case.timeline(layer, feature_id), case.act.valid_from))
    ended = next((v for v in versions if v.abolished), None)
    if ended is not None:
        raise guards.later_change(case, layer, ended)
    return versions


def steady(case: Case, right: int) -> Timeline:
    """Return a right's versions from the act's legal date on; neither share nor kind may change in them.

    Raises:
        RuleBroken: it is not in force.
        LaterChange: it changes or ends by a later act.
    """
    versions = standing(case, RIGHT.name, right, guards.RIGHT_IN_FORCE)
    for version in versions:
        if any(version.attributes[name] != versions[0].attributes[name] for name in _STEADY):
            raise guards.later_change(case, RIGHT.name, version)
    return versions


def require_unit(case: Case, unit: int) -> None:
    """Refuse an act on a unit that is not in force on the act's legal date."""
    standing(case, UNIT.name, unit, guards.UNIT_IN_FORCE)


def require_party(case: Case, party: int) -> Version:
    """Return a party's version on the act's legal date, or refuse one that the register doesn't know then."""
    return standing(case, PARTY.name, party, guards.PARTY_IN_FORCE)[0]


def ended(layer: str, versions: Iterable[Version]) -> list[Write]:
    """Return the end of versions that are in force."""
    return [
        Write(layer, v.feature_id, v.valid, v.geometry, v.attributes, abolished=True)
        for v in versions
        if not v.abolished
    ]


def changed(layer: str, versions: Iterable[Version], **attributes: Any) -> list[Write]:
    """Return versions with other attributes; what an earlier correction cited is not cited again."""
    said = {"corrects": None, **attributes} if layer == RIGHT.name else attributes
    return [Write(layer, v.feature_id, v.valid, v.geometry, {**v.attributes, **said}) for v in versions]


def closed(case: Case, versions: Timeline) -> list[Write]:
    """Return the end of a right with all that belongs to it."""
    right = versions[0].feature_id
    return [
        *ended(RIGHT.name, versions),
        *(write for layer in _OF_A_RIGHT for v in belonging(case, layer, right) for write in ended(layer, [v])),
    ]


def belonging(case: Case, layer: str, right: int) -> list[Version]:
    """Return what belongs to a right in a layer from the act's legal date on, cut to begin there."""
    return [
        version
        for timeline in case.timelines.get(layer, {}).values()
        for version in _from(timeline, case.act.valid_from)
        if version.attributes["right_id"] == right and not version.abolished
    ]


def encumbrances(case: Case, right: int) -> list[Timeline]:
    """Return the rights that encumber a right, from the act's legal date on."""
    found = (_from(timeline, case.act.valid_from) for timeline in case.timelines.get(RIGHT.name, {}).values())
    kept = (tuple(v for v in versions if not v.abolished) for versions in found)
    return [versions for versions in kept if versions and versions[0].attributes["on_right_id"] == right]


def used_up(case: Case, consents_to: str, concerned: Callable[[Version], bool]) -> list[Write]:
    """Return the end of the consents that an act uses: at the end of its legal day, for each serves one act.

    Args:
        case: with the consents of the unit's pledges loaded.
        consents_to: to what they were given.
        concerned: tells of a pledge whether the act needed its consent.
    """
    end = next_midnight(case)
    return [
        write
        for consent in case.all_current(CONSENT.name)
        if consent.attributes["consents_to"] == consents_to
        and (pledge := case.current(RIGHT.name, consent.attributes["right_id"])) is not None
        and concerned(pledge)
        for write in ended(CONSENT.name, _from(case.timeline(CONSENT.name, consent.feature_id), end))
    ]


def next_midnight(case: Case) -> datetime:
    """Return the end of the act's legal day."""
    return case.profile.midnight(case.profile.legal_day(case.act.valid_from) + timedelta(days=1))


def within(timeline: Timeline, period: Period) -> Timeline:
    """Return what a timeline says within a period, cut to it, abolished versions left out."""
    return tuple(v for v in _cut(timeline, period) if not v.abolished)


def _from(timeline: Timeline, moment: datetime) -> Iterator[Version]:
    return _cut(timeline, Period(moment, None))


def _cut(timeline: Timeline, period: Period) -> Iterator[Version]:
    for version in timeline:
        span = version.valid.intersection(period)
        if span is not None:
            yield replace(version, valid=span)
