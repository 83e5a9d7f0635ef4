"""Whatever is done in whatever order, the register says what a plain reckoning of shares says, at every instant."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest

from cadastres.real_estate.rights_verbs import (
    Consent,
    Correction,
    CorrectRight,
    Discharge,
    Inherit,
    NewRight,
    RegisterRight,
    Transfer,
)
from gis.act import Command
from gis.errors import Conflict, RuleBroken
from gis.record import Timeline, Version, at
from tests.cadastres.real_estate.notary import HOLDER, RIGHT, Notary, related_to, to
from tests.city import SEEDS

ACTS = 24


@dataclass
class Reckoning:
    """Who holds which share of one unit, reckoned without the register: right by right, day by day."""

    shares: dict[int, tuple[int, Fraction]]
    days: dict[date, dict[int, Fraction]] = field(default_factory=dict)

    def close(self, day: date) -> None:
        """Note what is held from a day on."""
        held: dict[int, Fraction] = {}
        for holder, part in self.shares.values():
            held[holder] = held.get(holder, Fraction(0)) + part
        self.days[day] = held

    def convey(self, right: int, given: list[tuple[int, int, Fraction]]) -> None:
        """Take shares from a right and give them to new ones: (new right, holder, share)."""
        holder, part = self.shares.pop(right)
        rest = part - sum(share for _, _, share in given)
        if rest:
            self.shares[right] = (holder, rest)
        self.shares |= {new: (to_whom, share) for new, to_whom, share in given}


@dataclass
class Player:
    """Does whatever comes to mind with one unit."""

    notary: Notary
    dice: random.Random
    unit: int
    people: list[int]
    bank: int
    reckoning: Reckoning
    day: date = date(2016, 1, 1)
    done: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def act(self) -> None:
        """Try one act, later than the last."""
        self.day += timedelta(days=self.dice.randint(1, 40))
        self.dice.choice(
            [self.sell, self.sell, self.sell, self.bequeath, self.pledge, self.consent, self.consent, self.discharge,
             self.arrest, self.correct]
        )()  # fmt: skip
        self.reckoning.close(self.day)

    def _try(self, command: Command) -> list[int] | None:
        try:
            made = self.notary.made(self.notary.perform(command, self.day.isoformat()))
        except (RuleBroken, Conflict) as refusal:
            self.refused.append(str(refusal))
            return None
        self.done.append(command.verb)
        return made

    def _right(self) -> int:
        return self.dice.choice(sorted(self.reckoning.shares))

    def sell(self) -> None:
        """Sell a random part of a random right to one or two others; sometimes more than there is."""
        right = self._right()
        factor = self.dice.choice([Fraction(1), Fraction(1), Fraction(1, 2), Fraction(2, 3), Fraction(4, 3)])
        part = min(self.reckoning.shares[right][1] * factor, Fraction(1))
        others = [person for person in self.people if person != self.reckoning.shares[right][0]]
        buyers = self.dice.sample(others, self.dice.choice([1, 1, 2]))
        given = [(buyer, part / len(buyers)) for buyer in buyers]
        made = self._try(Transfer(right=right, to=tuple(to(b, str(s)) for b, s in given)))
        if made is not None:
            self.reckoning.convey(right, [(new, b, s) for new, (b, s) in zip(made, given, strict=False)])

    def bequeath(self) -> None:
        """Let a holder die, and two heirs take his rights by thirds."""
        holder = self.dice.choice(sorted({h for h, _ in self.reckoning.shares.values()}))
        heirs = self.dice.sample([p for p in self.people if p != holder], 2)
        rights = sorted(r for r, (h, _) in self.reckoning.shares.items() if h == holder)
        command = Inherit(testator=holder, rights=tuple(rights), heirs=(to(heirs[0], "1/3"), to(heirs[1], "2/3")),
                          died=self.day)  # fmt: skip
        made = self._try(command)
        if made is None:
            return
        self.people.remove(holder)
        self.people.append(self.notary.person())
        new = [i for i in made if self.said(i)["kind"] == "ownership"]
        for number, right in enumerate(rights):
            part = self.reckoning.shares[right][1]
            pair = zip(new[2 * number : 2 * number + 2], heirs, (part / 3, part * 2 / 3), strict=True)
            self.reckoning.convey(right, list(pair))

    def said(self, right: int) -> dict[str, Any]:
        """Return what is said of a right today."""
        return dict(self.notary.said(right, self.day.isoformat()))

    def pledge(self) -> None:
        """Pledge a share, or all, with a random rank."""
        on_right = self.dice.choice([None, self._right()])
        rank = self.dice.choice([None, 1, 2, 3])
        self._try(
            RegisterRight(
                unit=self.unit, rights=(NewRight(kind="pledge", holder=self.bank, rank=rank, on_right=on_right),)
            )
        )

    def consent(self) -> None:
        """Let a bank consent."""
        for pledge in self._encumbrances("pledge"):
            self._try(Consent(right=pledge, consents_to=self.dice.choice(["disposal", "disposal", "furtherPledge"])))

    def discharge(self) -> None:
        """End an encumbrance."""
        found = self._encumbrances("pledge") + self._encumbrances("arrest")
        if found:
            self._try(Discharge(right=self.dice.choice(found)))

    def arrest(self) -> None:
        """Arrest a share."""
        self._try(RegisterRight(unit=self.unit, rights=(NewRight(kind="arrest", on_right=self._right()),)))

    def correct(self) -> None:
        """Put another holder into a right, from today."""
        right = self._right()
        erred = self.notary.timeline(right)[-1].changeset or 0
        holder = self.dice.choice(self.people)
        if self._try(CorrectRight(corrections=(Correction(right=right, holder=holder),), cites=erred)) is not None:
            self.reckoning.shares[right] = (holder, self.reckoning.shares[right][1])

    def _encumbrances(self, kind: str) -> list[int]:
        return self.notary.on_unit(self.unit, self.day.isoformat(), kind)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_acts(notary: Notary, seed: int) -> None:
    """Shares are as reckoned on every day; each right has one holder, ranks differ, encumbrances rest on what is."""
    people = [notary.person() for _ in range(5)]
    unit, rights = notary.owned(*people[:2])
    shares = {right: (owner, Fraction(1, 2)) for right, owner in zip(rights, people[:2], strict=True)}
    player = Player(notary, random.Random(seed), unit, people, notary.bank(), Reckoning(shares))
    for _ in range(ACTS):
        player.act()
    assert len(set(player.done)) >= 5
    assert player.refused
    timelines, holders = _standing(notary, unit)
    for day, held in player.reckoning.days.items():
        assert _held(timelines, holders, notary.act(day.isoformat()).valid_from) == held
    _check_all_instants(notary, unit)


def _standing(notary: Notary, unit: int) -> tuple[dict[int, Timeline], dict[int, dict[int, Timeline]]]:
    """Return the timelines of a unit's rights, and of the rows of each one's holders."""
    timelines = related_to(notary.city, RIGHT, "unit_id", unit)
    return timelines, {right: related_to(notary.city, HOLDER, "right_id", right) for right in timelines}


def _held(
    timelines: dict[int, Timeline], holders: dict[int, dict[int, Timeline]], moment: datetime
) -> dict[int, Fraction]:
    held: dict[int, Fraction] = {}
    for right, timeline in timelines.items():
        version = at(timeline, moment)
        if version is None or version.abolished or version.attributes["kind"] != "ownership":
            continue
        (holder,) = [h.attributes["party_id"] for h in _in_force(holders[right], moment)]
        share = Fraction(version.attributes["share_numerator"], version.attributes["share_denominator"])
        held[holder] = held.get(holder, Fraction(0)) + share
    return held


def _in_force(timelines: dict[int, Timeline], moment: datetime) -> list[Version]:
    found = [at(timeline, moment) for timeline in timelines.values()]
    return [v for v in found if v is not None and not v.abolished]


def _check_all_instants(notary: Notary, unit: int) -> None:
    timelines, holders = _standing(notary, unit)
    rows = [v for timeline in timelines.values() for v in timeline]
    for moment in {v.valid.start for v in rows if v.valid.start is not None}:
        live = [v for v in rows if v.valid.contains(moment) and not v.abolished]
        owned = [v.attributes for v in live if v.attributes["kind"] == "ownership"]
        assert sum(Fraction(a["share_numerator"], a["share_denominator"]) for a in owned) == 1
        for right in live:
            required = 1 if right.attributes["party_required"] else 0
            assert len(_in_force(holders[right.feature_id], moment)) == required
        _check_pledges([v for v in live if v.attributes["kind"] in {"pledge", "arrest"}], live)


def _check_pledges(encumbrances: list[Version], live: list[Version]) -> None:
    there = {v.feature_id for v in live if v.attributes["kind"] == "ownership"}
    for encumbrance in encumbrances:
        assert encumbrance.attributes["on_right_id"] in there | {None}
    for one, other in combinations([v.attributes for v in encumbrances if v.attributes["kind"] == "pledge"], 2):
        apart = None not in {one["on_right_id"], other["on_right_id"]} and one["on_right_id"] != other["on_right_id"]
        assert apart or one["rank"] != other["rank"]
