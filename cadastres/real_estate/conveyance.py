"""Conveyance: a right goes over to others, by transfer or by inheritance, whole or by exact shares.

The new holders get rights of their own. The old right goes on with what is left of its share, or ends. What encumbers
the old right follows the thing: it encumbers the new rights as it did the old one, with the same rank and holder.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import count
from typing import Any, ClassVar

from shapely.geometry.base import BaseGeometry

from cadastres.real_estate import guards, shares, standing
from cadastres.real_estate.granting import held, holding
from cadastres.real_estate.rights_model import HOLDER, PARTY, PLEDGE, RIGHT, RIGHT_AREA
from gis.act import Case, Needs, Outcome, Succession
from gis.errors import BadRequest
from gis.profile import CityProfile
from gis.record import Period, Timeline, Version, Write
from gis.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets what.

    Attributes:
        holder: feature id of a party or a group.
        share: of the whole unit in a transfer, of the estate in an inheritance; a sole recipient may leave it out and
            takes all.
    """

    holder: int
    share: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Transfer a right, whole or an exact share of it, to one or several holders.

    Attributes:
        right: feature id of the right.
        to: the recipients; their shares, of the whole unit, sum to what is transferred.
        area: part of the ground that is meant; there is no such transfer, and the refusal says what to do instead.
    """

    right: int
    to: tuple[Recipient, ...]
    area: BaseGeometry | None = None
    verb: ClassVar[str] = "real_estate.right.transfer"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the right and the recipients."""
        return _parties_and_rights((r.holder for r in self.to), (self.right,))

    def further(self, case: Case) -> Needs:
        """Return the unit with all rights on it."""
        return standing.estate(case, standing.units_of(case, [self.right]))

    def decide(self, case: Case) -> Outcome:
        """Return the recipients' rights and what is left of the old one.

        Raises:
            RuleBroken: the right is not in force, more is transferred than it has, a recipient is not known, or part of
                the ground is meant.
            LaterChange: the right changes or ends by a later act.
        """
        if self.area is not None:
            raise guards.refusal(guards.PART_FORMED_FIRST, self.right)
        versions = steady_unit(case, self.right)
        self._require_others(case)
        ids = count(-1, -1)
        conveyed = _convey(case, versions, _given(versions[0], self.to), ids)
        return conveyed + Outcome(tuple(_consents(case, versions[0])))

    def _require_others(self, case: Case) -> None:
        """Refuse a transfer to who holds the right already, and one that names a recipient twice."""
        holders = [v.attributes["party_id"] for v in standing.belonging(case, HOLDER.name, self.right)]
        named = [r.holder for r in self.to]
        if len({*named}) < len(named) or set(named) & set(holders):
            raise BadRequest(_TO_OTHERS.filled(right=self.right), feature_id=self.right)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherit:
    """Pass the rights of one who died to his heirs, several at once.

    Attributes:
        testator: feature id of the party who died.
        rights: rights that he held, each to be divided among the heirs.
        heirs: their shares are of the estate and sum to one.
        died: the day, where it is not on record yet; this act then puts it there.
    """

    testator: int
    rights: tuple[int, ...]
    heirs: tuple[Recipient, ...]
    died: date | None = None
    verb: ClassVar[str] = "real_estate.right.inherit"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the testator, the heirs and the rights."""
        return _parties_and_rights((self.testator, *(h.holder for h in self.heirs)), self.rights)

    def further(self, case: Case) -> Needs:
        """Return the units with all rights on them."""
        return standing.estate(case, standing.units_of(case, self.rights))

    def decide(self, case: Case) -> Outcome:
        """Return the heirs' rights and the end of the testator's.

        Raises:
            RuleBroken: a right is not in force or not the testator's, the heirs' shares don't sum to one, or no day of
                death is known.
            LaterChange: a right changes or ends by a later act.
        """
        _require_all(self.heirs)
        ids = count(-1, -1)
        outcome = Outcome(tuple(self._death(case)))
        for right in self.rights:
            versions = steady_unit(case, right)
            self._require_held(case, right)
            whole = shares.of(versions[0].attributes)
            given = [(h.holder, None if whole is None else whole * (h.share or 1)) for h in self.heirs]
            _require_divisible(versions[0], given)
            outcome += _convey(case, versions, given, ids)
        return outcome

    def _death(self, case: Case) -> list[Write]:
        known = standing.standing(case, PARTY.name, self.testator, guards.PARTY_IN_FORCE)
        day = self.died or known[0].attributes["end_date"]
        if day is None or day > case.profile.legal_day(case.act.valid_from):
            raise guards.refusal(guards.DEATH_KNOWN, self.testator)
        lacking = [v for v in known if v.attributes["end_date"] is None]
        return standing.changed(PARTY.name, lacking, end_date=day)

    def _require_held(self, case: Case, right: int) -> None:
        found = standing.belonging(case, HOLDER.name, right)
        if any(v.attributes["party_id"] != self.testator for v in found) or not found:
            raise guards.refusal(guards.TESTATOR_HOLDS, right)


def steady_unit(case: Case, right: int) -> Timeline:
    """Return a right's versions from the act's legal date on, whose unit is in force.

    Raises:
        RuleBroken: the right or its unit is not in force.
        LaterChange: one of them changes or ends by a later act.
    """
    versions = standing.steady(case, right)
    standing.require_unit(case, versions[0].attributes["unit_id"])
    return versions


def _parties_and_rights(parties: Iterator[int] | Sequence[int], rights: Sequence[int]) -> Needs:
    return Needs(features={PARTY.name: frozenset(parties), RIGHT.name: frozenset(rights)})


_Given = Sequence[tuple[int, Fraction | None]]


def _given(version: Version, to: Sequence[Recipient]) -> _Given:
    """Return what each recipient gets; of a right without shares only the whole can go, to one."""
    whole = shares.of(version.attributes)
    if len(to) == 1 and to[0].share is None:
        return [(to[0].holder, whole)]
    given = [(r.holder, r.share) for r in to]
    _require_divisible(version, given)
    asked = shares.total(share for _, share in given if share is not None)
    if whole is not None and asked > whole:
        raise guards.refusal(guards.HOLDS_ENOUGH, version.feature_id, f"{asked} > {whole}")
    return given


def _require_divisible(version: Version, given: _Given) -> None:
    """Refuse what does not say who gets which share; a right without shares goes whole, and to one."""
    stated = [share for _, share in given if share is not None]
    divided = shares.of(version.attributes) is not None
    if not given or (len(stated) < len(given) if divided else len(given) > 1 or stated):
        raise BadRequest(_WHO_GETS_WHAT.filled(right=version.feature_id), feature_id=version.feature_id)
    for share in stated:
        shares.checked(share)


def _require_all(heirs: Sequence[Recipient]) -> None:
    sole = len(heirs) == 1 and heirs[0].share is None
    stated = [h.share for h in heirs if h.share is not None]
    if not sole and (len(stated) < len(heirs) or shares.total(stated) != shares.WHOLE):
        raise guards.refusal(guards.HEIRS_TAKE_ALL, detail=str(shares.total(stated)))


def _convey(case: Case, versions: Timeline, given: _Given, ids: Iterator[int]) -> Outcome:
    """Return the new rights, what is left of the old one, and what encumbers them."""
    old = versions[0].feature_id
    made = {next(ids): to for to in given}
    writes = [write for new, (party, share) in made.items() for write in _new(case, versions, new, party, share, ids)]
    whole = shares.of(versions[0].attributes)
    left = None if whole is None else whole - shares.total(share for _, share in given if share is not None)
    writes += _rest(case, versions, left)
    keepers = [*([old] if left else []), *made]
    follow = [_follow(case, encumbrance, keepers, ids) for encumbrance in standing.encumbrances(case, old)]
    succession = Succession(RIGHT.name, "transfer", (old,), tuple(made))
    return sum(follow, Outcome(tuple(writes), (succession,)))


def _new(
    case: Case, versions: Timeline, new: int, party: int, share: Fraction | None, ids: Iterator[int]
) -> Iterator[Write]:
    to = standing.require_party(case, party)
    said = {**shares.as_attributes(share), "holding": holding(share, to), "registered": True, "corrects": None}
    for version in versions:
        yield Write(RIGHT.name, new, version.valid, version.geometry, {**version.attributes, **said})
    yield held(new, party, _span(versions), ids)


def _rest(case: Case, versions: Timeline, left: Fraction | None) -> list[Write]:
    if not left:
        return standing.closed(case, versions)
    holding_now = versions[0].attributes["holding"]
    shown = "shared" if holding_now == "sole" else holding_now
    return standing.changed(RIGHT.name, versions, **shares.as_attributes(left), holding=shown)


def _follow(case: Case, encumbrance: Timeline, keepers: Sequence[int], ids: Iterator[int]) -> Outcome:
    """Let an encumbrance go over: its own row to the first of the rights that keep the thing, a copy to each other."""
    right = encumbrance[0].feature_id
    writes = standing.changed(RIGHT.name, encumbrance, on_right_id=keepers[0])
    copies = []
    for keeper in keepers[1:]:
        copies.append(next(ids))
        moved = [replace(v, feature_id=copies[-1]) for v in encumbrance]
        writes += standing.changed(RIGHT.name, moved, on_right_id=keeper)
        for layer in (HOLDER, RIGHT_AREA):
            for version in standing.belonging(case, layer.name, right):
                copy = {**version.attributes, "right_id": copies[-1]}
                writes.append(Write(layer.name, next(ids), version.valid, version.geometry, copy))
    succession = (Succession(RIGHT.name, "transfer", (right,), tuple(copies)),) if copies else ()
    return Outcome(tuple(writes), succession)


def _consents(case: Case, sold: Version) -> list[Write]:
    """Return the end of the consents to disposal that the transfer used."""

    def concerned(pledge: Version) -> bool:
        said: dict[str, Any] = dict(pledge.attributes)
        same_unit = said["unit_id"] == sold.attributes["unit_id"] and said["kind"] == PLEDGE
        return same_unit and said["on_right_id"] in {None, sold.feature_id}

    return standing.used_up(case, "disposal", concerned)


def _span(versions: Timeline) -> Period:
    return Period(versions[0].valid.start, versions[-1].valid.end)


_TO_OTHERS = Text(
    kk="{right} құқығы оны онсыз да иеленушіге берілмейді, әр алушы бір рет қана аталады.",
    ru="Право {right} не передаётся тому, кто его уже имеет, и каждый получатель называется один раз.",
    en="Right {right} is not transferred to who holds it already, and each recipient is named once.",
)
_WHO_GETS_WHAT = Text(
    kk="{right} құқығын кім қандай үлеспен алатыны айтылмаған: әр алушыға бөлшек үлес беріңіз; үлессіз құқық бір ғана "
    "алушыға толық өтеді.",
    ru="Не сказано, кто какую долю права {right} получает: назовите долю каждого; право без долей переходит целиком и "
    "к одному.",
    en="It is not said who gets which share of right {right}: give each recipient's share; a right without shares goes "
    "whole, and to one.",
)
