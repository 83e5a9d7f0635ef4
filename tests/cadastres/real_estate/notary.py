"""A registrar of rights at work in a register under test: parties, units and rights in few words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import count
from typing import Any

import shapely

from cadastres.land.verbs import Form
from cadastres.real_estate.identity_number import check_digit
from cadastres.real_estate.parties import EndParty, FormGroup, Membership, RegisterParty
from cadastres.real_estate.rights_verbs import (
    Consent,
    Correction,
    CorrectRight,
    Discharge,
    FormUnit,
    Inherit,
    NewRight,
    Recipient,
    RegisterRight,
    Transfer,
    UnitObject,
)
from gis.act import Act, Command
from gis.database import connect
from gis.errors import RuleBroken
from gis.record import Timeline, at
from gis.recording import Recorded
from gis.rules import Violation
from gis.store import related, timelines
from tests.cadastres.land.registrar import QUARTER, box
from tests.city import City

UNIT, RIGHT, HOLDER = "real_estate.unit", "real_estate.right", "personal.holder"
FORMED = "2016-01-01"
"""The day on which units under test are formed."""

_serial = count(1)


def share(text: str) -> Fraction:
    """Return a fraction."""
    return Fraction(text)


def iin(born: date, *, male: bool = True) -> str:
    """Return a made-up IIN of a day of birth, another each time."""
    century = {18: 1, 19: 3, 20: 5}[born.year // 100] + (0 if male else 1)
    while True:
        digits = f"{born:%y%m%d}{century}{next(_serial) % 10000:04d}"
        check = check_digit(digits)
        if check is not None:
            return f"{digits}{check}"


def bin_number() -> str:
    """Return a made-up BIN, another each time."""
    while True:
        digits = f"100140{next(_serial) % 100000:05d}"
        check = check_digit(digits)
        if check is not None:
            return f"{digits}{check}"


@dataclass
class Notary:
    """Short cuts for the verbs of rights; every act is dated by the day given."""

    city: City
    places: Any = field(default_factory=lambda: count(0))

    def act(self, day: str) -> Act:
        """Return an act of a day."""
        return self.city.act(day, kind="contract")

    def perform(self, command: Command, day: str, expected: Mapping[int, int] | None = None) -> Recorded:
        """Record an act."""
        return self.city.register.perform(command, self.act(day), expected)

    def may(self, command: Command, day: str) -> list[Violation]:
        """Ask without writing."""
        return list(self.city.register.may(command, self.act(day)))

    def broken(self, command: Command, day: str) -> set[str]:
        """Return the ids of the rules by which an act is refused; empty when it is recorded."""
        try:
            self.perform(command, day)
        except RuleBroken as refused:
            return {v.rule for v in refused.data["violations"]}
        return set()

    def person(self, name: str = "Тестов Тест", born: str = "1980-05-17", **facts: Any) -> int:
        """Register a person."""
        day = date.fromisoformat(born)
        command = RegisterParty(party_type="naturalPerson", name=name, **{"iin_bin": iin(day), **facts})
        return self.perform(command, "2015-01-01").features[-1]

    def bank(self, name: str = "АО «Тест Банк»") -> int:
        """Register an organisation."""
        command = RegisterParty(party_type="nonNaturalPerson", name=name, iin_bin=bin_number())
        return self.perform(command, "2015-01-01").features[-1]

    def family(self, *members: int, day: str = "2015-06-01") -> int:
        """Form a family that holds jointly."""
        command = FormGroup(group_type="family", members=tuple(Membership(party=m) for m in members))
        return self.perform(command, day).features[-1]

    def place(self) -> shapely.Polygon:
        """Return a free place of 20 by 20 metres in the quarter."""
        number = next(self.places)
        west, south = 20.0 * (number % 20), 20.0 * (number // 20)
        return box(west, south, west + 20, south + 20)

    def parcel(self, day: str = FORMED, **attributes: Any) -> int:
        """Form a parcel."""
        command = Form(quarter=QUARTER, geometry=self.place(), attributes=attributes)
        return self.perform(command, day).features[-1]

    def unit(self, rights: Sequence[NewRight] = (), day: str = FORMED, parcel: int | None = None) -> int:
        """Form a unit of a parcel of its own."""
        return self.unit_with(rights, day, parcel)[0]

    def unit_with(
        self, rights: Sequence[NewRight], day: str = FORMED, parcel: int | None = None
    ) -> tuple[int, list[int]]:
        """Form a unit of a parcel; return it and its first rights."""
        main = UnitObject("parcel", parcel or self.parcel(day))
        done = self.perform(FormUnit(objects=(main,), rights=tuple(rights)), day)
        return done.features[-1], self.made(done)

    def owned(self, *owners: int, day: str = FORMED) -> tuple[int, list[int]]:
        """Form a unit that owners hold by equal shares; return it and their rights."""
        each = Fraction(1, len(owners))
        return self.unit_with([owning(owner, each) for owner in owners], day)

    def made(self, done: Recorded) -> list[int]:
        """Return the rights that an act made, in its order."""
        found = timelines_of(self.city, RIGHT, done.features.values())
        return [i for _, i in sorted(done.features.items(), reverse=True) if i in found]

    def register(self, unit: int, *rights: NewRight, day: str = "2017-01-01") -> list[int]:
        """Register rights; return them."""
        return self.made(self.perform(RegisterRight(unit=unit, rights=rights), day))

    def pledge(self, unit: int, bank: int, day: str = "2017-01-01", **facts: Any) -> int:
        """Register a pledge."""
        return self.register(unit, NewRight(kind="pledge", holder=bank, **facts), day=day)[0]

    def transfer(self, right: int, *to: Recipient, day: str = "2018-01-01") -> list[int]:
        """Transfer a right; return the new ones."""
        return self.made(self.perform(Transfer(right=right, to=to), day))

    def inherit(self, testator: int, rights: Sequence[int], *heirs: Recipient, day: str, died: str) -> list[int]:
        """Pass rights to heirs; return the new ones."""
        command = Inherit(testator=testator, rights=tuple(rights), heirs=heirs, died=date.fromisoformat(died))
        return self.made(self.perform(command, day))

    def consent(self, pledge: int, to: str = "disposal", day: str = "2017-06-01") -> Recorded:
        """Enter a pledgee's consent."""
        return self.perform(Consent(right=pledge, consents_to=to), day)

    def discharge(self, right: int, day: str = "2019-01-01") -> Recorded:
        """End an encumbrance."""
        return self.perform(Discharge(right=right), day)

    def end(self, party: int, day: str) -> Recorded:
        """Enter a death."""
        return self.perform(EndParty(party=party), day)

    def broken_by_end(self, party: int, day: str) -> set[str]:
        """Return the rules by which a party can't end on a day."""
        return self.broken(EndParty(party=party), day)

    def rows(self, layer: str, key: str, value: int) -> list[int]:
        """Return the features that refer to a value."""
        return sorted(related_to(self.city, layer, key, value))

    def correct(self, *corrections: Correction, cites: int, day: str) -> Recorded:
        """Correct an error."""
        return self.perform(CorrectRight(corrections=corrections, cites=cites), day)

    def timeline(self, feature: int, layer: str = RIGHT) -> Timeline:
        """Return a feature's live versions."""
        return timelines_of(self.city, layer, [feature])[feature]

    def said(self, feature: int, day: str, layer: str = RIGHT) -> Mapping[str, Any]:
        """Return a feature's attributes on a day; empty when it is not in force."""
        version = at(self.timeline(feature, layer), self.act(day).valid_from)
        return {} if version is None or version.abolished else version.attributes

    def held(self, unit: int, day: str, kind: str = "ownership") -> dict[int, Fraction]:
        """Return who holds which share of a unit on a day."""
        moment = self.act(day).valid_from
        shares: dict[int, Fraction] = {}
        for right, timeline in related_to(self.city, RIGHT, "unit_id", unit).items():
            version = at(timeline, moment)
            if version is None or version.abolished or version.attributes["kind"] != kind:
                continue
            part = Fraction(version.attributes["share_numerator"] or 1, version.attributes["share_denominator"] or 1)
            holder = self.holder(right, day)
            shares[holder] = shares.get(holder, Fraction(0)) + part
        return shares

    def on_unit(self, unit: int, day: str, kind: str) -> list[int]:
        """Return the rights of a kind on a unit on a day."""
        found = related_to(self.city, RIGHT, "unit_id", unit)
        return sorted(i for i in found if self.said(i, day).get("kind") == kind)

    def holder(self, right: int, day: str) -> int:
        """Return who holds a right on a day; 0 where nobody does."""
        moment = self.act(day).valid_from
        found = [at(timeline, moment) for timeline in related_to(self.city, HOLDER, "right_id", right).values()]
        there = [v.attributes["party_id"] for v in found if v is not None and not v.abolished]
        assert len(there) <= 1
        return int(there[0]) if there else 0


def owning(holder: int, part: Fraction | str = "1", **facts: Any) -> NewRight:
    """Return a right of ownership."""
    return NewRight(kind="ownership", holder=holder, share=Fraction(part), **facts)


def to(holder: int, part: str | None = None) -> Recipient:
    """Return a recipient."""
    return Recipient(holder=holder, share=None if part is None else Fraction(part))


def timelines_of(city: City, layer: str, features: Any) -> dict[int, Timeline]:
    """Return live timelines, as the owner of the database sees them."""
    with connect(city.register.database.writer) as connection:
        return timelines(connection, city.register.layers[layer], features)


def related_to(city: City, layer: str, key: str, value: int) -> dict[int, Timeline]:
    """Return the timelines of features that refer to a value."""
    with connect(city.register.database.writer) as connection:
        return related(connection, city.register.layers[layer], key, [value])
