"""Acts on land in drafts: what the verbs do there, and that many editors at once leave every rule intact."""

import os
import random
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from itertools import count

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from cadastres.land.verbs import Merge, Split
from gis import audit, drafts, store
from gis.act import Command
from gis.database import connect
from gis.edit import Put
from gis.errors import QalaError, RuleBroken
from gis.record import Version, Write, at
from tests.cadastres.land.chance import PARCEL, Chance
from tests.cadastres.land.oracle import Register, check_no_overlap, check_whole
from tests.cadastres.land.registrar import QUARTER, Registrar, adjusting, box, line

EDITORS, REGISTRARS = 8, 2
SECONDS = float(os.environ.get("QALA_TEST_SECONDS", "4"))
"""How long they work; a minute or more in a long run."""
_PATIENCE = 8
"""An editor gives up after so many rebases."""
_PAUSE = 0.3
"""Seconds for which a registrar rests, so that a draft has a chance."""


@dataclass(frozen=True)
class _Drafter:
    """A registrar who works in a draft."""

    registrar: Registrar
    draft: drafts.Draft

    @classmethod
    def of(cls, registrar: Registrar, name: str) -> "_Drafter":
        return cls(registrar, drafts.opened(registrar.city.register, name, name, actor="p", role="planner"))

    @classmethod
    def inverting(cls, registrar: Registrar, changeset: int) -> "_Drafter":
        register = registrar.city.register
        return cls(registrar, drafts.invert(register, changeset, "inverse", "-", actor="p", role="planner"))

    def perform(self, command: Command, day: str) -> drafts.Proposed:
        city = self.registrar.city
        since = city.act(day).valid_from
        act = drafts.proposing(city.profile, self.draft, actor="p", role="planner", reason="try", valid_from=since)
        return city.register.perform(command, act, draft=self.draft.draft_id)

    def split(self, parcel: int, *points: tuple[float, float], day: str) -> list[int]:
        done = self.perform(Split(parcel=parcel, quarter=QUARTER, line=line(*points)), day)
        assert not [v for v in done.warnings if v.severity == "error"]
        return [done.features[i] for i in sorted(done.features, reverse=True)]

    def revert(self, *features: int) -> None:
        register = self.registrar.city.register
        drafts.revert(register, self.draft, actor="p", role="planner", reason="-", features=features)

    def rebase(self, choices: dict[int, drafts.Side]) -> None:
        register = self.registrar.city.register
        drafts.rebase(register, self.draft, actor="p", role="planner", reason="-", choices=choices)

    def adopt(self, day: str = "2024-01-01") -> int:
        return drafts.adopt(self.registrar.city.register, self.draft, self.registrar.act(day)).number


def test_a_child_is_split_again_in_one_draft(registrar: Registrar) -> None:
    """Numbers are free, each split adds up by itself, and lineage keeps the date of each."""
    parcel = registrar.form(box(0, 0, 40, 40), official_area=1600.0)
    drafter = _Drafter.of(registrar, "twice")
    west, east = drafter.split(parcel, (20, -1), (20, 41), day="2020-01-01")
    parts = drafter.split(west, (-1, 20), (41, 20), day="2021-01-01")
    drafter.adopt()
    assert registrar.said(parcel, "2019-01-01")
    assert not registrar.said(parcel, "2020-01-01")
    assert registrar.area(west, "2020-06-01").area == pytest.approx(800)
    assert not registrar.said(west, "2021-01-01")
    assert sum(registrar.area(i, "2021-01-01").area for i in (east, *parts)) == pytest.approx(1600)
    stored = Register.read(registrar.city)
    assert {(d.parent, d.child, d.valid.lower) for d in stored.lineage} == {
        *((parcel, child, registrar.act("2020-01-01").valid_from) for child in (west, east)),
        *((west, child, registrar.act("2021-01-01").valid_from) for child in parts),
    }
    stored.check_lineage()
    stored.check_numbers()


def test_a_parcel_made_and_split_on_one_day_leaves_no_gap(registrar: Registrar) -> None:
    """It is never in force, so that its children descend from its parent."""
    parcel = registrar.form(box(0, 0, 40, 40))
    drafter = _Drafter.of(registrar, "one-day")
    west, east = drafter.split(parcel, (20, -1), (20, 41), day="2020-01-01")
    parts = drafter.split(west, (-1, 20), (41, 20), day="2020-01-01")
    drafter.adopt()
    stored = Register.read(registrar.city)
    assert {(d.parent, d.child) for d in stored.lineage} == {(parcel, child) for child in (east, *parts)}
    assert west not in {row.feature for row in stored.rows}


def test_half_a_split_is_not_adopted(registrar: Registrar) -> None:
    """Where one part was given back, the rest no longer adds up to the parent, though no two parcels overlap."""
    parcel = registrar.form(box(0, 0, 40, 40))
    drafter = _Drafter.of(registrar, "half")
    _, east = drafter.split(parcel, (20, -1), (20, 41), day="2020-01-01")
    drafter.revert(east)
    with pytest.raises(RuleBroken) as refused:
        drafter.adopt()
    assert "land.parcel.split-partitions" in {v.rule for v in refused.value.data["violations"]}


def test_a_boundary_moved_meanwhile_is_noticed(registrar: Registrar) -> None:
    """The draft split the parcel as it was: brought up to date, its parts no longer make up the whole."""
    one, other = registrar.form(box(0, 0, 40, 40)), registrar.form(box(40, 0, 80, 40))
    drafter = _Drafter.of(registrar, "late")
    drafter.split(one, (20, -1), (20, 41), day="2022-01-01")
    registrar.perform(adjusting({one: box(0, 0, 39.9, 40), other: box(39.9, 0, 80, 40)}), "2020-01-01")
    with pytest.raises(drafts.DraftConflict) as refused:
        drafter.adopt()
    assert [(c.feature_id, c.kind) for c in refused.value.data["conflicts"]] == [(one, "touched")]
    drafter.rebase({})
    with pytest.raises(RuleBroken):
        drafter.adopt()


ROW = box(0, 0, 120, 40)
"""Three parcels side by side."""


@dataclass(frozen=True)
class _Row:
    """Three parcels of 40 by 40 metres side by side, and a draft."""

    drafter: _Drafter
    parcels: tuple[int, int, int]

    @classmethod
    def of(cls, registrar: Registrar) -> "_Row":
        parcels = [registrar.form(box(40 * i, 0, 40 * i + 40, 40)) for i in range(3)]
        return cls(_Drafter.of(registrar, "row"), (parcels[0], parcels[1], parcels[2]))

    def moved(self, left: int, to: float) -> Command:
        """Return the command that moves the boundary between a parcel and the next one."""
        west, east = self.parcels[left : left + 2]
        return adjusting({west: box(40 * left, 0, to, 40), east: box(to, 0, 40 * left + 80, 40)})

    def address(self, day: str) -> None:
        """Give the middle parcel an address in the draft."""
        registrar, middle = self.drafter.registrar, self.parcels[1]
        version = registrar.timeline(middle)[0]
        said = {**version.attributes, "address": "Testikatu 1"}
        write = Write(PARCEL, middle, registrar.act(day).period, version.geometry, said)
        self.drafter.perform(Put((write,)), day)

    def check(self) -> None:
        """Whatever the register says of any day since all three were there, they make up the same land."""
        stored = Register.read(self.drafter.registrar.city)
        for _, _, rows in stored.known_whole(self.parcels):
            check_whole(rows, ROW)


def _of_each_a_side(row: _Row) -> None:
    row.drafter.perform(row.moved(0, 45), "2020-01-01")
    row.drafter.registrar.perform(row.moved(0, 35), "2020-01-01")
    row.drafter.rebase({row.parcels[0]: "register", row.parcels[1]: "draft"})


def _of_each_a_side_from_a_later_day(row: _Row) -> None:
    row.drafter.perform(row.moved(0, 45), "2022-01-01")
    row.drafter.registrar.perform(row.moved(0, 35), "2020-01-01")
    row.drafter.rebase({row.parcels[0]: "register", row.parcels[1]: "draft"})


def _split_before_a_boundary_moves(row: _Row) -> None:
    row.drafter.split(row.parcels[1], (60, -1), (60, 41), day="2020-01-01")
    row.drafter.registrar.perform(row.moved(1, 85), "2021-01-01")
    row.drafter.rebase({})


def _merged_before_a_boundary_moves(row: _Row) -> None:
    row.drafter.perform(Merge(parcels=row.parcels[:2], quarter=QUARTER), "2020-01-01")
    row.drafter.registrar.perform(row.moved(1, 85), "2021-01-01")
    row.drafter.rebase({})


def _moved_before_another_boundary_moves(row: _Row) -> None:
    row.drafter.perform(row.moved(0, 35), "2020-01-01")
    row.drafter.registrar.perform(row.moved(1, 85), "2021-01-01")
    row.drafter.rebase({row.parcels[1]: "register"})


def _moved_after_an_edit_of_an_address(row: _Row) -> None:
    row.address("2020-01-01")
    row.drafter.perform(row.moved(0, 45), "2020-01-01")
    row.drafter.registrar.perform(row.moved(1, 85), "2018-01-01")
    row.drafter.rebase({row.parcels[1]: "draft"})


@pytest.mark.parametrize(
    "draw",
    [
        _of_each_a_side,
        _of_each_a_side_from_a_later_day,
        _split_before_a_boundary_moves,
        _merged_before_a_boundary_moves,
        _moved_before_another_boundary_moves,
        _moved_after_an_edit_of_an_address,
    ],
)
def test_a_draft_brought_up_to_date_may_leave_no_gap(registrar: Registrar, draw: Callable[[_Row], None]) -> None:
    """Land that the draft's side and the register's give to nobody, on whatever day, stands in the way of adoption."""
    row = _Row.of(registrar)
    draw(row)
    with pytest.raises(RuleBroken) as refused:
        row.drafter.adopt()
    assert {v.rule for v in refused.value.data["violations"]} <= {
        "land.parcel.boundary-conserves",
        "land.parcel.merge-unites",
        "land.parcel.split-partitions",
    }
    row.check()


def test_the_drafts_boundary_may_stand_whole(registrar: Registrar) -> None:
    """Whoever takes the draft's side of both neighbours moves the boundary that the register has moved meanwhile."""
    row = _Row.of(registrar)
    row.drafter.perform(row.moved(0, 45), "2020-01-01")
    registrar.perform(row.moved(0, 35), "2018-01-01")
    row.drafter.rebase(dict.fromkeys(row.parcels[:2], "draft"))
    row.drafter.adopt()
    assert registrar.area(row.parcels[0], "2019-01-01").equals(box(0, 0, 35, 40))
    assert registrar.area(row.parcels[0], "2020-01-01").equals(box(0, 0, 45, 40))
    row.check()


def test_the_registers_boundary_may_stand_whole(registrar: Registrar) -> None:
    """Whoever takes the register's side of both neighbours gives that edit up; the draft's others are adopted."""
    row = _Row.of(registrar)
    row.drafter.perform(row.moved(0, 45), "2020-01-01")
    east = row.drafter.split(row.parcels[2], (100, -1), (100, 41), day="2020-01-01")
    registrar.perform(row.moved(0, 35), "2018-01-01")
    row.drafter.rebase(dict.fromkeys(row.parcels[:2], "register"))
    row.drafter.adopt()
    assert registrar.area(row.parcels[0], "2020-01-01").equals(box(0, 0, 35, 40))
    assert [registrar.area(i, "2020-01-01").area for i in east] == [800, 800]
    row.check()


def test_an_address_is_kept_on_land_that_moved_meanwhile(registrar: Registrar) -> None:
    """An edit that leaves the boundary alone leaves it where the register has it by then, at every time."""
    row = _Row.of(registrar)
    row.address("2020-01-01")
    registrar.perform(row.moved(1, 75), "2018-01-01")
    row.drafter.rebase({})
    row.drafter.adopt()
    assert registrar.said(row.parcels[1], "2020-01-01")["address"] == "Testikatu 1"
    assert registrar.area(row.parcels[1], "2020-01-01").equals(box(40, 0, 75, 40))
    row.check()


def _half_given_back(row: _Row, inverse: _Drafter) -> None:
    inverse.revert(row.parcels[1])


def _of_each_a_side_of_the_inverse(row: _Row, inverse: _Drafter) -> None:
    inverse.registrar.perform(row.moved(0, 50), "2021-01-01")
    inverse.rebase({row.parcels[0]: "draft", row.parcels[1]: "register"})


@pytest.mark.parametrize("draw", [_half_given_back, _of_each_a_side_of_the_inverse])
def test_a_moved_boundary_is_taken_back_whole(registrar: Registrar, draw: Callable[[_Row, _Drafter], None]) -> None:
    """One neighbour as before the act and the other as after it leave a gap between them."""
    row = _Row.of(registrar)
    inverse = _Drafter.inverting(registrar, registrar.perform(row.moved(0, 45), "2020-01-01").number)
    draw(row, inverse)
    with pytest.raises(RuleBroken, match=r"land\.parcel\.boundary-conserves"):
        inverse.adopt()
    row.check()


def test_a_split_is_not_taken_back_from_under_a_neighbour(registrar: Registrar) -> None:
    """A child has taken land of its neighbour's since: the parent as it was would leave it to nobody."""
    row = _Row.of(registrar)
    cut = Split(parcel=row.parcels[1], quarter=QUARTER, line=line((60, -1), (60, 41)))
    done = registrar.perform(cut, "2020-01-01")
    neighbours = {done.features[-2]: box(60, 0, 85, 40), row.parcels[2]: box(85, 0, 120, 40)}
    registrar.perform(adjusting(neighbours), "2021-01-01")
    with pytest.raises(RuleBroken, match=r"land\.parcel\.boundary-conserves"):
        _Drafter.inverting(registrar, done.number).adopt()
    row.check()


def test_an_allocation_of_land_is_taken_back(registrar: Registrar) -> None:
    """An act that did not keep the territory as it was need not keep it when it is taken back."""
    row = _Row.of(registrar)
    grown = adjusting({row.parcels[1]: box(40, 0, 80, 44), row.parcels[2]: box(80, 0, 120, 44)}, allocation=True)
    inverse = _Drafter.inverting(registrar, registrar.perform(grown, "2020-01-01").number)
    inverse.adopt()
    assert registrar.area(row.parcels[1], "2020-01-01").equals(box(40, 0, 80, 40))


_names = (f"draft-{n}" for n in count(1))


@dataclass
class _Editor(Chance):
    """Does whatever comes to mind in drafts, and adopts what can be."""

    names: str = "editor"
    adopted: list[int] = field(default_factory=list)
    drafter: _Drafter | None = None

    def work(self, number: int) -> None:
        """Open a draft, edit it some times, bring it up to date, adopt it or give it up."""
        self.drafter = _Drafter.of(Registrar(self.city), f"{self.names}-{number}")
        for _ in range(self.dice.randint(1, 4)):
            self.act()
        try:
            self._adopt()
        except QalaError as refusal:
            self.refused.append(f"adopt: {refusal}")
            drafts.withdraw(self.city.register, self.drafter.draft)

    def act(self) -> None:
        assert self.drafter is not None
        day = self._day()
        command = self.dice.choice([self._split, self._merge, self._adjust])(self._live(day))
        if command is None:
            return
        try:
            done = self.drafter.perform(command, day.isoformat())
        except QalaError as refusal:
            self.refused.append(f"{command.verb}: {refusal}")
            return
        self.features += done.features.values()
        self.done.append(command.verb)

    def _adopt(self) -> None:
        assert self.drafter is not None
        for _ in range(_PATIENCE):
            try:
                self.adopted.append(self.drafter.adopt())
            except drafts.DraftConflict as refused:
                clashing = [c.feature_id for c in refused.data["conflicts"] if c.clashes]
                sides: tuple[drafts.Side, ...] = ("draft", "register")
                self.drafter.rebase({i: self.dice.choice(sides) for i in clashing})
            else:
                return
        drafts.withdraw(self.city.register, self.drafter.draft)

    def _live(self, day: date) -> dict[int, Version]:
        assert self.drafter is not None
        moment, register = self.city.profile.midnight(day), self.city.register
        with connect(register.database.reader) as connection:
            overlay = drafts.overlay(connection, self.drafter.draft)
            found = store.timelines(connection, register.layers[PARCEL], self.features, overlay)
        there = {i: at(timeline, moment) for i, timeline in found.items()}
        return {i: v for i, v in there.items() if v is not None and not v.abolished}


def _check_territory(stored: Register, whole: BaseGeometry, formed: Collection[int]) -> None:
    """On every day as it is known now, and on some hundreds as they were known before, parcels make up the whole."""
    latest = max(row.recorded.lower for row in stored.rows)
    instants = list(stored.known_whole(formed))
    now = [each for each in instants if each[1] == latest]
    then = [each for each in instants if each[1] != latest]
    assert now
    for _, _, rows in now + random.Random(0).sample(then, min(len(then), 300)):
        check_whole(rows, whole)
        check_no_overlap(rows)


@pytest.mark.slow
def test_eight_editors_and_the_register_at_once(registrar: Registrar) -> None:
    """After seconds of edits, rebases, adoptions and acts, all rules hold at every instant, and the audit is clean."""
    city, side = registrar.city, 50
    places = [(side * (i % 4), side * (i // 4)) for i in range(16)]
    features = [registrar.form(box(x, y, x + side, y + side), official_area=2500.0) for x, y in places]
    whole = shapely.union_all([registrar.area(i, "2016-01-01") for i in features])
    formed = frozenset(features)
    until, since = time.monotonic() + SECONDS, date(2016, 1, 1)

    def edit(seed: int) -> _Editor:
        dice = random.Random(seed)
        # Of one list of parcels: what others have left behind is soon all that an editor of his own would know.
        editor = _Editor(city, dice, QUARTER, features, 0.1, since, since, names=f"editor-{seed}")
        for number in count():
            if time.monotonic() > until:
                return editor
            editor.work(number)
        raise AssertionError

    def register(seed: int) -> Chance:
        chance = Chance(city, random.Random(seed), QUARTER, features, 0.1, since, since)
        while time.monotonic() < until:
            chance.act()
            time.sleep(_PAUSE)
        return chance

    with ThreadPoolExecutor(EDITORS + REGISTRARS) as pool:
        editors = [pool.submit(edit, seed) for seed in range(EDITORS)]
        registrars = [pool.submit(register, seed) for seed in range(EDITORS, EDITORS + REGISTRARS)]
    worked = [each.result() for each in editors]
    for number in range(40):  # in peace, so that some draft is adopted on however slow a machine
        if any(each.adopted for each in worked):
            break
        worked[number % EDITORS].work(1000 + number)
    assert any(each.adopted for each in worked)
    assert sum(len(each.result().done) for each in registrars) > 0
    stored = Register.read(city)
    _check_territory(stored, whole, formed)
    stored.check_numbers()
    stored.check_lineage()
    stored.check_timelines()
    with connect(city.register.database.owner) as connection:
        assert list(audit.verify(connection, city.register.layers.values(), city.register.heads)) == []
