"""What must follow when a bank, a network, works or a parameter row changes: the zones around them are drawn anew.

The cost follows the edit. A changed source brings itself, its zone and the few parameter rows of its kind; a changed
row brings the sources of its class. No layer is ever read whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from cadastres.environment import derivation
from cadastres.environment.sources import ANY, CLASSIFIERS, SOURCES, TIES, Tie
from cadastres.environment.zone_model import ZONE_PARAMETER
from gis.act import Case, Follower, Needs, Outcome, Related
from gis.profile import CityProfile
from gis.record import Timeline, Write, rewritten

FIRST_ID: Final = -2_000_000_000
"""Ids of zones that an act makes count down from here: no verb and no other follower comes near."""


@dataclass(frozen=True)
class Sight:
    """What an act does so far, and the records that stand after it.

    ``named`` are sources whose zones are to be drawn though the act does not change them, by layer.
    """

    case: Case
    outcome: Outcome
    named: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @cached_property
    def _writes(self) -> Mapping[tuple[str, int], list[Write]]:
        found: dict[tuple[str, int], list[Write]] = {}
        for write in self.outcome.writes:
            found.setdefault((write.layer, write.feature_id), []).append(write)
        return found

    def after(self, layer: str, feature_id: int) -> Timeline:
        """Return a feature's timeline as the act leaves it so far."""
        timeline = self.case.timeline(layer, feature_id)
        for write in self._writes.get((layer, feature_id), ()):
            timeline = rewritten(timeline, write)
        return timeline

    def known(self, layer: str) -> list[int]:
        """Return the features of a layer that were loaded or are written."""
        written = {i for name, i in self._writes if name == layer}
        return sorted(written | set(self.case.timelines.get(layer, {})))

    def written(self, layer: str) -> list[int]:
        """Return the features of a layer that are written."""
        return sorted(i for name, i in self._writes if name == layer)

    @cached_property
    def rows(self) -> Mapping[str, list[Timeline]]:
        """Timelines of the parameter rows in sight, by kind."""
        found: dict[str, list[Timeline]] = {}
        for feature_id in self.known(ZONE_PARAMETER.name):
            timeline = self.after(ZONE_PARAMETER.name, feature_id)
            for kind in sorted({str(v.attributes["zone_kind"]) for v in timeline}):
                found.setdefault(kind, []).append(timeline)
        return found

    def concerned(self, tie: Tie) -> list[int]:
        """Return the sources of a tie that the act changes, or whose parameter it changes."""
        found = {*self.written(tie.source.name), *self.named.get(tie.source.name, ())}
        keys = {value for row in self.changed_rows() for value in _values(self.case.profile, tie, row) or ()}
        if keys:
            found |= {i for i in self.known(tie.source.name) if keys & set(self._keys(tie, i))}
        return sorted(found)

    def changed_rows(self) -> set[tuple[str, str]]:
        """Return kind and class of each parameter row that the act writes, before and after."""
        rows = self.written(ZONE_PARAMETER.name)
        versions = [
            version
            for i in rows
            for timeline in (self.case.timeline(ZONE_PARAMETER.name, i), self.after(ZONE_PARAMETER.name, i))
            for version in timeline
        ]
        return {(str(v.attributes["zone_kind"]), str(v.attributes["class_key"])) for v in versions}

    def _keys(self, tie: Tie, source: int) -> list[str]:
        return [str(v.attributes[tie.key]) for v in self.after(tie.source.name, source)]

    def kinds(self, tie: Tie, source: int) -> set[str]:
        """Return the kinds of zone that a source's versions claim."""
        claims = [tie.claim(v.attributes) for v in self.after(tie.source.name, source) if not v.abolished]
        return {claim.kind for claim in claims if claim is not None}


def _values(profile: CityProfile, tie: Tie, row: tuple[str, str]) -> tuple[str, ...] | None:
    """Return the key values of the sources that a parameter row may concern."""
    values = tie.values(*row)
    if values == () and row[1] == ANY:
        return tuple(dict.fromkeys(e.code for e in profile.classifier(CLASSIFIERS[tie.source.name]).entries))
    return values


def _needs(outcome: Outcome, profile: CityProfile) -> Needs:  # noqa: ARG001 - part of the protocol
    """Ask for what is changed, as it was."""
    watched = (*sorted(SOURCES), ZONE_PARAMETER.name)
    return Needs(features={name: _written(outcome, name) for name in watched if _written(outcome, name)})


def _written(outcome: Outcome, layer: str) -> frozenset[int]:
    return frozenset(w.feature_id for w in outcome.writes if w.layer == layer and w.feature_id > 0)


def _further(case: Case, outcome: Outcome) -> Needs:
    """Ask for the sources that a changed row concerns, for the zones of what changes, and for the rows they take."""
    return _asked(Sight(case, outcome))


def needed(case: Case, named: Mapping[str, Sequence[int]]) -> Needs:
    """Return what must be seen so that the zones of sources can be drawn; asked until it asks for nothing new."""
    return _asked(Sight(case, Outcome(), named))


def _asked(sight: Sight) -> Needs:
    return Needs(related=tuple(dict.fromkeys(related for tie in TIES for related in _related(sight, tie))))


def _related(sight: Sight, tie: Tie) -> Iterator[Related]:
    for row in sorted(sight.changed_rows()):
        for value in _values(sight.case.profile, tie, row) or ():
            yield tie.source.name, tie.key, value
    for source in sight.concerned(tie):
        for kind in sorted(sight.kinds(tie, source)):
            yield ZONE_PARAMETER.name, "zone_kind", kind
        if source > 0:
            yield tie.zone.name, "source_id", source


def _follow(case: Case, outcome: Outcome) -> Outcome:
    return Outcome(tuple(drawn(Sight(case, outcome))))


def drawn(sight: Sight) -> Iterator[Write]:
    """Yield the zones of every source that an act concerns, where they are not yet what they must be."""
    zones = {tie.zone.name: _by_source(sight, tie) for tie in TIES}
    free = FIRST_ID - sum(i <= FIRST_ID for i in {w.feature_id for w in sight.outcome.writes})
    for tie in TIES:
        for source in sight.concerned(tie):
            found = list(_redrawn(sight, tie, source, zones[tie.zone.name].get(source, free)))
            free -= bool(found and found[0].feature_id == free)
            yield from found


def _redrawn(sight: Sight, tie: Tie, source: int, zone: int) -> Iterator[Write]:
    timeline = sight.after(tie.source.name, source)
    rows = [row for kind in sorted(sight.kinds(tie, source)) for row in sight.rows.get(kind, ())]
    wanted = derivation.spans(tie, timeline, rows)
    return derivation.writes(tie, zone, wanted, sight.after(tie.zone.name, zone), timeline)


def _by_source(sight: Sight, tie: Tie) -> dict[int, int]:
    """Return the zone of each source in sight; of several the one registered first."""
    found: dict[int, int] = {}
    for zone in sight.known(tie.zone.name):
        for version in sight.after(tie.zone.name, zone):
            found.setdefault(int(version.attributes["source_id"]), zone)
    return found


ZONES_FOLLOW: Final = Follower(
    id="environment.zone.follows-source",
    watches=SOURCES | {ZONE_PARAMETER.name},
    needs=_needs,
    further=_further,
    follow=_follow,
)
"""Keeps protective zones what their sources and parameters make of them, over all valid time."""

FOLLOWERS: Final = (ZONES_FOLLOW,)
"""Every follower of the environmental cadastre."""
