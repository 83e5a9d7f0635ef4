"""What follows for turns, closures and speeds when the way or lift that they speak of ends: they end with it."""

from collections.abc import Iterator
from typing import Final

from cadastres.real_estate.remaining import live, remaining
from cadastres.urban_planning.street_model import WAYS
from cadastres.urban_planning.street_point_model import LIFT
from cadastres.urban_planning.street_state_model import STATES
from gis.act import Case, Follower, Needs, Outcome
from gis.profile import CityProfile
from gis.record import Version, Write

_ENDING: Final = frozenset(layer.name for layer in (*WAYS, LIFT))
SPEAKING: Final = tuple(
    (layer.name, f.name, frozenset(f.refers_to)) for layer in STATES for f in layer.fields if f.refers_to
)
"""(layer, field, layers that it refers to) of what speaks of ways."""


def _ended(outcome: Outcome) -> Iterator[Write]:
    return (write for write in outcome.writes if write.abolished and write.layer in _ENDING)


def _spoken_of(outcome: Outcome, profile: CityProfile) -> Needs:  # noqa: ARG001 - part of the protocol
    related = {
        (layer, name, write.feature_id)
        for write in _ended(outcome)
        for layer, name, targets in SPEAKING
        if write.layer in targets
    }
    return Needs(related=tuple(sorted(related)))


def _end(case: Case, outcome: Outcome) -> Outcome:
    treated = {write.feature_id for write in outcome.writes}
    ending: dict[tuple[int, object], Write] = {}
    for write in _ended(outcome):
        for layer, piece in speaking(case, write.layer, write.feature_id):
            if piece.feature_id not in treated:
                said = Write(layer, piece.feature_id, piece.valid, piece.geometry, piece.attributes, abolished=True)
                ending.setdefault((piece.feature_id, piece.valid), said)
    return Outcome(tuple(ending.values()))


def speaking(case: Case, layer: str, feature: int) -> Iterator[tuple[str, Version]]:
    """Yield what speaks of a feature of a layer, from the legal date on: (layer, piece), once for each field."""
    for speaker, name, targets in SPEAKING:
        for timeline in case.timelines.get(speaker, {}).values() if layer in targets else ():
            for piece in live(remaining(timeline, case.act.valid_from)):
                if piece.attributes[name] == feature:
                    yield speaker, piece


FOLLOWERS: Final = (
    Follower(
        id="urban_planning.street.ends-with-its-way",
        watches=_ENDING,
        needs=_spoken_of,
        follow=_end,
    ),
)
