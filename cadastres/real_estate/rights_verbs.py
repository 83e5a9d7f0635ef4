"""What a registrar does with rights, restrictions and responsibilities (ISO 19152 LA_RRR).

Registering, declaring what is valid though unregistered, consenting, discharging and correcting stand here; transfers
and inheritances in :mod:`cadastres.real_estate.conveyance`, forming units in :mod:`cadastres.real_estate.units`,
parties in :mod:`cadastres.real_estate.parties`.

Every right is a row of its own with one exact share; a right of several is several rows, a right of a group one row
that the group holds. Whoever holds it stands apart, in the closed schema.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import count
from typing import Any, ClassVar

from cadastres.real_estate import granting, guards, shares, standing
from cadastres.real_estate.conveyance import Inherit, Recipient, Transfer
from cadastres.real_estate.granting import NewRight
from cadastres.real_estate.rights_model import CONSENT, HOLDER, PARTY, PLEDGE, RIGHT, SHARED_KINDS
from cadastres.real_estate.units import FormUnit, UnitObject
from gis.act import Case, Needs, Outcome
from gis.profile import CityProfile
from gis.record import NOWHERE, Period, Timeline, Version, Write

__all__ = [
    "Consent",
    "CorrectRight",
    "Correction",
    "DeclareUnregistered",
    "Discharge",
    "FormUnit",
    "Inherit",
    "NewRight",
    "Recipient",
    "RegisterDeclared",
    "RegisterRight",
    "Transfer",
    "UnitObject",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRight:
    """Register rights, restrictions or responsibilities on a unit, several at once where they belong together.

    Attributes:
        unit: feature id of the unit.
        rights: what is registered.
    """

    unit: int
    rights: tuple[NewRight, ...]
    verb: ClassVar[str] = "real_estate.right.register"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the holders and the rights to be encumbered."""
        return granting.holders(self.rights)

    def further(self, case: Case) -> Needs:
        """Return the unit with all rights on it."""
        return standing.estate(case, [self.unit])

    def decide(self, case: Case) -> Outcome:
        """Return the new rights; consents to a further pledge are used up by it.

        Raises:
            RuleBroken: the unit is not in force, a holder is not known, or a right can't be granted.
        """
        writes = _granted(case, self.unit, self.rights, registered=True)
        if any(right.kind == PLEDGE for right in self.rights):
            writes += standing.used_up(case, "furtherPledge", self._concerns)
        return Outcome(tuple(writes))

    def _concerns(self, pledge: Version) -> bool:
        things = [right.on_right for right in self.rights if right.kind == PLEDGE]
        met = any(granting.same_thing(thing, pledge.attributes["on_right_id"]) for thing in things)
        return pledge.attributes["unit_id"] == self.unit and met


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareUnregistered:
    """State that rights are valid though unregistered: they arose before registration, or the law asks for none.

    Attributes:
        unit: feature id of the unit.
        rights: what is stated; :class:`RegisterDeclared` later registers it.
    """

    unit: int
    rights: tuple[NewRight, ...]
    verb: ClassVar[str] = "real_estate.right.declare"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the holders and the rights to be encumbered."""
        return granting.holders(self.rights)

    def further(self, case: Case) -> Needs:
        """Return the unit with all rights on it."""
        return standing.estate(case, [self.unit])

    def decide(self, case: Case) -> Outcome:
        """Return the new rights.

        Raises:
            RuleBroken: as :class:`RegisterRight`.
        """
        return Outcome(tuple(_granted(case, self.unit, self.rights, registered=False)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterDeclared:
    """Register a right that stood on record as valid though unregistered.

    Attributes:
        right: its feature id.
    """

    right: int
    verb: ClassVar[str] = "real_estate.right.register-declared"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the right."""
        return Needs(features={RIGHT.name: frozenset({self.right})})

    def decide(self, case: Case) -> Outcome:
        """Return the right, registered from the act's legal date on.

        Raises:
            RuleBroken: it is not in force.
        """
        versions = standing.standing(case, RIGHT.name, self.right, guards.RIGHT_IN_FORCE)
        return Outcome(tuple(standing.changed(RIGHT.name, versions, registered=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Enter a pledgee's consent; it serves one act and is used up by it.

    Attributes:
        right: feature id of the pledge.
        consents_to: disposal, furtherPledge or reorganisation.
        until: first day on which it no longer serves; without one it serves until it is used or the pledge ends.
    """

    right: int
    consents_to: str
    until: date | None = None
    verb: ClassVar[str] = "real_estate.right.consent"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the pledge."""
        return Needs(features={RIGHT.name: frozenset({self.right})})

    def decide(self, case: Case) -> Outcome:
        """Return the consent, which lasts no longer than the pledge.

        Raises:
            RuleBroken: there is no such pledge in force, or the consent ends before it begins.
        """
        pledge = standing.standing(case, RIGHT.name, self.right, guards.CONSENT_TO_PLEDGE)
        if pledge[0].attributes["kind"] != PLEDGE:
            raise guards.refusal(guards.CONSENT_TO_PLEDGE, self.right, str(pledge[0].attributes["kind"]))
        ends = [e for e in (pledge[-1].valid.end, granting.end_of(case, self.until)) if e is not None]
        said = {"right_id": self.right, "consents_to": self.consents_to}
        period = Period(case.act.valid_from, min(ends, default=None))
        return Outcome((Write(CONSENT.name, -1, period, NOWHERE, said),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Discharge:
    """End an encumbrance, a lease or another right that needs no successor.

    Attributes:
        right: its feature id.
    """

    right: int
    verb: ClassVar[str] = "real_estate.right.discharge"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the right."""
        return Needs(features={RIGHT.name: frozenset({self.right})})

    def further(self, case: Case) -> Needs:
        """Return the unit with all rights on it."""
        return standing.estate(case, standing.units_of(case, [self.right]))

    def decide(self, case: Case) -> Outcome:
        """Return the end of the right and of what belongs to it.

        Raises:
            RuleBroken: it is not in force, or it is ownership or land use.
            LaterChange: it ends by a later act.
        """
        versions = standing.standing(case, RIGHT.name, self.right, guards.RIGHT_IN_FORCE)
        if versions[0].attributes["kind"] in SHARED_KINDS:
            raise guards.refusal(guards.NOT_DISCHARGED, self.right, str(versions[0].attributes["kind"]))
        return Outcome(tuple(standing.closed(case, versions)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What is right of one right, instead of what was recorded.

    Attributes:
        right: its feature id.
        share: the right share.
        holder: feature id of the right holder.
        attributes: other attributes that were wrong: rank, registered, excludes_others, description, on_right_id.
    """

    right: int
    share: Fraction | None = None
    holder: int | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectRight:
    """Correct an error of the register, from the act's legal date on: several rights at once where they hang together.

    What the register said before it knew better stays on record; the new versions cite the changeset that erred.

    Attributes:
        corrections: what is right.
        cites: number of the changeset that made the wrong entry.
        until: first day for which the correction no longer holds; without one it holds as long as the right.
    """

    corrections: tuple[Correction, ...]
    cites: int
    until: date | None = None
    verb: ClassVar[str] = "real_estate.right.correct"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the rights and the right holders."""
        parties = frozenset(c.holder for c in self.corrections if c.holder is not None)
        return Needs(features={RIGHT.name: frozenset(c.right for c in self.corrections), PARTY.name: parties})

    def further(self, case: Case) -> Needs:
        """Return the units with all rights on them."""
        return standing.estate(case, standing.units_of(case, [c.right for c in self.corrections]))

    def decide(self, case: Case) -> Outcome:
        """Return the corrected versions.

        Raises:
            RuleBroken: a right has no entry in the time corrected, or none that the cited changeset made.
        """
        period = Period(case.act.valid_from, granting.end_of(case, self.until))
        ids = count(-1, -1)
        writes = [write for c in self.corrections for write in self._corrected(case, c, period, ids)]
        return Outcome(tuple(writes))

    def _corrected(self, case: Case, correction: Correction, period: Period, ids: Iterator[int]) -> Iterator[Write]:
        entries = standing.within(case.timeline(RIGHT.name, correction.right), period)
        holders = standing.within(tuple(standing.belonging(case, HOLDER.name, correction.right)), period)
        if not entries:
            raise guards.refusal(guards.RIGHT_IN_FORCE, correction.right)
        if self.cites not in {v.changeset for v in (*entries, *holders)}:
            raise guards.refusal(guards.CITES_ERROR, correction.right, f"changeset {self.cites}")
        said = {**correction.attributes, "corrects": self.cites}
        if correction.share is not None:
            said |= shares.as_attributes(shares.checked(correction.share))
        if correction.holder is not None:
            share = correction.share or shares.of(entries[0].attributes)
            said["holding"] = granting.holding(share, standing.require_party(case, correction.holder))
            yield from _reheld(correction, entries, holders, ids)
        yield from standing.changed(RIGHT.name, entries, **said)


def _reheld(correction: Correction, entries: Timeline, holders: Timeline, ids: Iterator[int]) -> Iterator[Write]:
    """Yield the end of wrong holders and the right one's row, for the time of the corrected entries."""
    wrong = [v for v in holders if v.attributes["party_id"] != correction.holder]
    yield from standing.ended(HOLDER.name, wrong)
    span = Period(entries[0].valid.start, entries[-1].valid.end)
    lacking = [span]
    for kept in holders:
        if kept not in wrong:
            lacking = [piece for piece in lacking for piece in piece.minus(kept.valid)]
    for piece in lacking:
        yield granting.held(correction.right, correction.holder or 0, piece, ids)


def _granted(case: Case, unit: int, rights: tuple[NewRight, ...], *, registered: bool) -> list[Write]:
    standing.require_unit(case, unit)
    ids = count(-1, -1)
    return [write for right in rights for write in granting.granted(case, unit, right, ids, registered=registered)]
