"""The norms of accessibility: entered with document, edition and clause, replaced when a newer value is entered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from cadastres.land.verbs import complete
from cadastres.urban_planning.street_state_model import ACCESSIBILITY_NORM
from gis.act import Case, Needs, Outcome
from gis.profile import CityProfile
from gis.record import NOWHERE, Write

KEY: Final = ("code", "edition", "clause", "object_kind", "attribute", "condition")
"""What tells one norm from another; the rest is what it says."""

Norm = Mapping[str, Any]
"""By the layer's fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNorms:
    """Set norms, from the legal date on; what the register said of the same clause and attribute is replaced."""

    norms: tuple[Norm, ...]
    verb: ClassVar[str] = "urban_planning.accessibility_norm.set"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the norms of the same documents."""
        codes = sorted({norm["code"] for norm in self.norms})
        return Needs(related=tuple((ACCESSIBILITY_NORM.name, "code", code) for code in codes))

    def decide(self, case: Case) -> Outcome:
        """Return the norms, new ones under ids of their own."""
        known = {_key(v.attributes): v.feature_id for v in case.all_current(ACCESSIBILITY_NORM.name)}
        return Outcome(
            tuple(
                Write(
                    ACCESSIBILITY_NORM.name,
                    known.get(_key(norm), -number),
                    case.act.period,
                    NOWHERE,
                    complete(ACCESSIBILITY_NORM, norm),
                )
                for number, norm in enumerate(self.norms, 1)
            )
        )


def _key(norm: Norm) -> tuple[object, ...]:
    return tuple(norm.get(name) for name in KEY)
