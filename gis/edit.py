"""The plainest command: writes as they are, for layers whose cadastre has no verb of its own for them."""

from collections.abc import Iterable
from dataclasses import dataclass

from gis.act import Case, Needs, Outcome
from gis.profile import CityProfile
from gis.record import Write


@dataclass(frozen=True, slots=True)
class Put:
    """Writes features over portions of valid time; new ones carry negative ids. Every rule still applies."""

    writes: tuple[Write, ...]
    verb: str = "register.put"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002  (part of the Command protocol)
        """Return the features that exist already."""
        layers: Iterable[str] = dict.fromkeys(w.layer for w in self.writes)
        return Needs(
            features={
                name: frozenset(w.feature_id for w in self.writes if w.layer == name and w.feature_id > 0)
                for name in layers
            }
        )

    def decide(self, case: Case) -> Outcome:  # noqa: ARG002  (part of the Command protocol)
        """Return the writes."""
        return Outcome(self.writes)
