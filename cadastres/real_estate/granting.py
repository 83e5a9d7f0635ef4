"""How a right, restriction or responsibility comes into being: its row, its holder's, and the area where it applies."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final

from shapely import MultiPolygon

from cadastres.real_estate import guards, shares, standing
from cadastres.real_estate.rights_model import (
    HOLDER,
    PARTY,
    PLEDGE,
    RESPONSIBILITIES,
    RESTRICTIONS,
    RIGHT,
    RIGHT_AREA,
    RIGHTS,
    SHARED_KINDS,
)
from gis.act import Case, Needs
from gis.errors import BadRequest
from gis.record import NOWHERE, Period, Version, Write
from gis.text import Text

HELD_KINDS: Final = frozenset({*RIGHTS, PLEDGE, "accessProvision", "maintenance"})
"""Kinds that are nothing without a holder (LA_RRR partyRequired); the others bind a unit whoever gains by them."""

EXCLUSIVE_KINDS: Final = frozenset({"lease"})
"""Kinds of which two can't stand on one unit at once, unless an act says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRight:
    """One right, restriction or responsibility to be (LA_RRR).

    Attributes:
        kind: ownership, stateOwnership, permanentUse, temporaryUse, lease, trustManagement; servitude, pledge, arrest,
            prohibition, priorityInterest, monument; maintenance, accessProvision.
        holder: feature id of the party or group.
        share: of the whole unit; ownership and land use without one are of the whole.
        until: first day on which it is no longer in force; without one it has no end.
        rank: of a pledge; a first one takes 1.
        on_right: the right (somebody's share) that it encumbers; without one it encumbers the whole unit.
        excludes_others: no other exclusive use at the same time and place; by default so for a lease.
        description: what it contains; no personal data.
        area: of a restriction or responsibility that applies to part of a parcel, in the city's projected system.
    """

    kind: str
    holder: int | None = None
    share: Fraction | None = None
    until: date | None = None
    rank: int | None = None
    on_right: int | None = None
    excludes_others: bool | None = None
    description: str | None = None
    area: MultiPolygon | None = None

    @property
    def stated_share(self) -> Fraction | None:
        """The share that goes on record."""
        if self.share is None:
            return shares.WHOLE if self.kind in SHARED_KINDS else None
        return shares.checked(self.share)


def category(kind: str) -> str | None:
    """Return what a kind is: a right, a restriction or a responsibility.

    >>> category("servitude")
    'restriction'
    """
    kinds = {"right": RIGHTS, "restriction": RESTRICTIONS, "responsibility": RESPONSIBILITIES}
    return next((name for name, members in kinds.items() if kind in members), None)


def holders(rights: tuple[NewRight, ...]) -> Needs:
    """Ask for the parties that will hold rights, and for the rights to be encumbered."""
    parties = frozenset(right.holder for right in rights if right.holder is not None)
    encumbered = frozenset(right.on_right for right in rights if right.on_right is not None)
    return Needs(features={PARTY.name: parties, RIGHT.name: encumbered})


def granted(case: Case, unit: int, right: NewRight, ids: Iterator[int], *, registered: bool = True) -> list[Write]:
    """Return the rows of a new right from the act's legal date on; ``ids`` gives new features' negative ids.

    Raises:
        RuleBroken: its term ends before it begins, its holder is not known, or it is of part of a unit.
    """
    require_kind(right.kind)
    require_whole(right)
    party = None if right.holder is None else standing.require_party(case, right.holder)
    period = Period(case.act.valid_from, end_of(case, right.until))
    attributes = {
        "unit_id": unit,
        "category": category(right.kind),
        "kind": right.kind,
        **shares.as_attributes(right.stated_share),
        "share_check": right.kind in SHARED_KINDS,
        "holding": holding(right.stated_share, party),
        "rank": _rank(case, unit, right),
        "on_right_id": right.on_right,
        "party_required": right.kind in HELD_KINDS,
        "registered": registered,
        "excludes_others": _exclusive(right),
        "description": right.description,
    }
    return _rows(attributes, right, period, ids)


def _rows(attributes: dict[str, Any], right: NewRight, period: Period, ids: Iterator[int]) -> list[Write]:
    number = next(ids)
    writes = [Write(RIGHT.name, number, period, NOWHERE, attributes)]
    if right.holder is not None:
        writes.append(held(number, right.holder, period, ids))
    if right.area is not None:
        writes.append(Write(RIGHT_AREA.name, next(ids), period, right.area, {"right_id": number}))
    return writes


def held(right: int, party: int, period: Period, ids: Iterator[int]) -> Write:
    """Return the row that ties a right to its holder."""
    return Write(HOLDER.name, next(ids), period, NOWHERE, {"right_id": right, "party_id": party})


def holding(share: Fraction | None, party: Version | None) -> str | None:
    """Return how a right of a share is held by a party."""
    if party is None:
        return None
    if party.attributes["party_type"] == "group":
        return "family" if party.attributes["group_type"] == "family" else "joint"
    return "sole" if share in {None, shares.WHOLE} else "shared"


def require_kind(kind: str) -> None:
    """Refuse a kind that there is not."""
    if category(kind) is None:
        known = ", ".join((*RIGHTS, *RESTRICTIONS, *RESPONSIBILITIES))
        raise BadRequest(_NO_KIND.filled(kind=kind, known=known), kind=kind)


def require_whole(right: NewRight) -> None:
    """Refuse a right of use or ownership on part of a parcel; restrictions and responsibilities may be of a part."""
    if right.area is not None and category(right.kind) == "right":
        raise guards.refusal(guards.PART_FORMED_FIRST, detail=right.kind)


def same_thing(one: int | None, other: int | None) -> bool:
    """Tell whether two encumbrances of a unit meet: on the same right, or one of them on the whole unit."""
    return one is None or other is None or one == other


def _exclusive(right: NewRight) -> bool:
    return right.kind in EXCLUSIVE_KINDS if right.excludes_others is None else right.excludes_others


def _rank(case: Case, unit: int, right: NewRight) -> int | None:
    if right.rank is not None or right.kind != PLEDGE:
        return right.rank
    pledges = [v.attributes for v in case.related(RIGHT.name, "unit_id", unit) if v.attributes["kind"] == PLEDGE]
    earlier = [p for p in pledges if same_thing(p["on_right_id"], right.on_right)]
    return None if earlier else 1


def end_of(case: Case, until: date | None) -> datetime | None:
    """Return the moment at which a term ends, which must lie after the act's legal date."""
    if until is None:
        return None
    end = case.profile.midnight(until)
    if end <= case.act.valid_from:
        raise guards.refusal(guards.TERM, detail=f"{case.profile.legal_day(case.act.valid_from)} .. {until}")
    return end


_NO_KIND = Text(
    kk="«{kind}» деген құқық түрі жоқ; бар түрлері: {known}.",
    ru="Вида права «{kind}» нет; есть виды: {known}.",
    en="There is no kind of right '{kind}'; the kinds are: {known}.",
)
