"""Drafts equal a naive model: what they show on both axes, what conflicts, what rebase, revert and adoption leave."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Literal

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection, sql

from gis import drafts, store
from gis.database import connect
from gis.edit import Put
from gis.instant import Instant, read_head, settle, versions_at
from gis.record import Period, Write
from tests.city import City, square

LAYER = "land.reservation"
FEATURES, DAYS = 3, 8
KNOWN = 2
"""Features that the register has to begin with, so that acts and edits often meet."""
_DAY_ZERO = datetime(2020, 1, 1, tzinfo=UTC)
_serial = count(1)

Said = tuple[str | None, str | None, int, bool]
"""Purpose, regulation, column of the square, whether abolished."""
State = dict[tuple[int, int], Said]
"""What is said by (feature, day); day -1 stands for all time before, DAYS for all after."""

spans = st.tuples(st.one_of(st.none(), st.integers(0, DAYS - 1)), st.one_of(st.none(), st.integers(1, DAYS))).filter(
    lambda s: s[0] is None or s[1] is None or s[0] < s[1]
)
writes = st.tuples(st.integers(0, FEATURES - 1), spans, st.integers(0, 3))
changes = st.tuples(st.sampled_from(["act", "edit"]), writes)
steps = st.one_of(
    changes,
    changes,
    changes,
    st.tuples(st.just("revert"), st.integers(0, FEATURES - 1)),
    st.tuples(st.just("rebase"), st.sampled_from(["draft", "register"])),
)
points = st.lists(st.tuples(st.integers(-1, DAYS), st.integers(0, 9)), min_size=2, max_size=4)


def _day(number: int) -> datetime:
    return _DAY_ZERO + timedelta(days=number)


@dataclass
class _Model:
    """The register as a list of states, and one draft over it as days of the features that it touches."""

    history: list[tuple[datetime, State]]
    base: dict[int, State] = field(default_factory=dict)
    draft: dict[int, State] = field(default_factory=dict)

    @property
    def register(self) -> State:
        return self.history[-1][1]

    def of(self, feature: int, state: State) -> State:
        return {key: said for key, said in state.items() if key[0] == feature}

    def seen(self, day: int, state: State) -> dict[int, Said]:
        """What a reader sees through the draft, over a state of the register."""
        shown = {f: said for (f, d), said in state.items() if d == day and f not in self.draft}
        shown |= {f: said for days in self.draft.values() for (f, d), said in days.items() if d == day}
        return {f: said for f, said in shown.items() if not said[3]}

    def moved(self) -> set[int]:
        return {f for f, base in self.base.items() if self.of(f, self.register) != base}

    def clashing(self, feature: int) -> bool:
        sides = (self.base[feature], self.of(feature, self.register), self.draft[feature])
        keys = {key for side in sides for key in side}
        return any(_clash(*(side.get(key) for side in sides)) for key in keys)

    def rebase(self, choice: str) -> None:
        for feature in self.moved():
            now = self.of(feature, self.register)
            sides = (self.base[feature], now, self.draft[feature])
            keys = {key for side in sides for key in side}
            merged = {key: _merged(*(side.get(key) for side in sides), choice=choice) for key in keys}
            self.draft[feature] = {key: said for key, said in merged.items() if said is not None}
            self.base[feature] = now
            if self.draft[feature] == now:
                self.revert(feature)

    def revert(self, feature: int) -> None:
        del self.draft[feature], self.base[feature]


def _clash(base: Said | None, register: Said | None, draft: Said | None) -> bool:
    if len({base, register, draft}) < 3:
        return False
    values = zip(base or (None,) * 4, register or (None,) * 4, draft or (None,) * 4, strict=True)
    return any(r != d and b not in (r, d) for b, r, d in values)


def _merged(base: Said | None, register: Said | None, draft: Said | None, *, choice: str) -> Said | None:
    if draft in {register, base}:
        return register
    if base == register:
        return draft
    sides: list[Sequence[Any]] = [side or (None,) * 4 for side in (base, register, draft)]
    chosen = [d if b == r else r if b == d else d if choice == "draft" else r for b, r, d in zip(*sides, strict=True)]
    purpose, regulation, column, abolished = chosen
    return purpose, regulation, column or 0, bool(abolished)


@dataclass
class _World:
    """The register and the draft under test, beside their model."""

    city: City
    reader: Connection
    model: _Model
    name: str
    ids: dict[int, int] = field(default_factory=dict)

    def drafted(self) -> drafts.Draft:
        return drafts.find(self.reader, self.name)

    def write(self, kind: str, change: tuple[int, tuple[int | None, int | None], int]) -> None:
        """Change one attribute of a feature, or end it, from what is said at the start of the span."""
        feature, (start, end), attribute = change
        model = self.model
        state = model.draft.get(feature, model.register) if kind == "edit" else model.register
        if kind == "act" and feature in model.base and not model.of(feature, model.base[feature]):
            return  # the draft made it: the register knows nothing of it
        said: list[Any] = list(state.get((feature, -1 if start is None else start), (None, None, 0, False)))
        serial = next(_serial)
        said[attribute] = not said[3] if attribute == 3 else serial % 50 if attribute == 2 else str(serial)
        told: Said = (said[0] or str(serial), said[1], said[2], said[3])
        days = range(-1 if start is None else start, DAYS + 1 if end is None else end)
        if all(state.get((feature, day)) == told for day in days):
            return
        self._put(
            kind, feature, Period(start if start is None else _day(start), end if end is None else _day(end)), told
        )
        after = state | {(feature, day): told for day in days}
        if kind == "edit":
            model.base.setdefault(feature, model.of(feature, model.register))
            model.draft[feature] = model.of(feature, after)

    def _put(self, kind: str, feature: int, valid: Period, told: Said) -> None:
        place = shapely.MultiPolygon([square(told[2], feature)])
        attributes = {"purpose": told[0], "regulation": told[1]}
        write = Write(LAYER, self.ids.get(feature, -1), valid, place, attributes, told[3])
        act, register = self.city.act("2020-01-01"), self.city.register
        if kind == "edit":
            done = register.perform(Put((write,)), act, draft=self.drafted().draft_id)
            self.ids.setdefault(feature, done.features.get(-1, 0))
            return
        recorded = register.perform(Put((write,)), act)
        self.ids.setdefault(feature, recorded.features.get(-1, 0))
        start, end = valid.start, valid.end
        days = [
            d for d in range(-1, DAYS + 1) if (start is None or start <= _day(d)) and (end is None or _day(d) < end)
        ]
        after = self.model.register | {(feature, day): told for day in days}
        self.model.history.append((recorded.recorded, after))

    def revert(self, feature: int) -> None:
        if feature in self.model.draft:
            made = not self.model.base[feature]
            drafts.revert(
                self.city.register, self.drafted(), actor="p", role="planner", reason="-", features=[self.ids[feature]]
            )
            self.model.revert(feature)
            if made:
                del self.ids[feature]

    def rebase(self, choice: Literal["draft", "register"]) -> None:
        moved = self.model.moved()
        clashing = {self.ids[f]: choice for f in moved if self.model.clashing(f)}
        register, draft = self.city.register, self.drafted()
        if clashing:
            with pytest.raises(drafts.DraftConflict):
                drafts.rebase(register, draft, actor="p", role="planner", reason="-")
        drafts.rebase(register, draft, actor="p", role="planner", reason="-", choices=clashing)
        self.model.rebase(choice)

    def check_seen(self, day: int, back: int) -> None:
        """At any point of both axes the draft shows its own, and the register's of that point."""
        recorded, state = self.model.history[back % len(self.model.history)]
        draft = self.drafted()
        overlay = draft.laid() if draft.state == "open" else None
        assert self.seen(day, recorded, overlay) == self.named(self.model.seen(day, state))

    def named(self, seen: Mapping[int, Said]) -> dict[int, Said]:
        return {self.ids[f]: said for f, said in seen.items()}

    def seen(self, day: int, recorded: datetime, overlay: drafts.Overlay | None) -> dict[int, Said]:
        instant = Instant(_day(day) + timedelta(hours=5), recorded, overlay)
        reading = settle(instant, read_head(self.reader))
        statement = sql.SQL(_SEEN).format(versions_at(self.city.register.layers[LAYER], reading))
        rows = self.reader.execute(statement, reading.parameters).fetchall()
        ours = [row for row in rows if row[0] in self.ids.values()]
        assert len({row[0] for row in ours}) == len(ours), "a feature has two versions at once"
        return {i: (purpose, regulation, _column(west), False) for i, purpose, regulation, west in ours}

    def check_conflicts(self) -> None:
        with self.city.register.writing() as connection:
            found = drafts.conflicts(connection, self.city.register, self.drafted())
        expected = {(self.ids[f], self.model.clashing(f)) for f in self.model.moved()}
        assert {(c.feature_id, bool(c.clashes)) for c in found} == expected

    def adopt(self) -> None:
        register, act = self.city.register, self.city.act("2020-01-01")
        if self.model.moved():
            with pytest.raises(drafts.DraftConflict):
                drafts.adopt(register, self.drafted(), act)
            self.rebase("draft")
        if not self.model.draft:
            return
        done = drafts.adopt(register, self.drafted(), act)
        after = dict(self.model.register)
        for feature, days in self.model.draft.items():
            if self.model.base[feature] or not all(said[3] for said in days.values()):
                after |= days
        self.model.history.append((done.recorded, after))
        self.model.draft.clear()
        self.model.base.clear()
        with pytest.raises(drafts.DraftClosed, match=str(done.number)):
            drafts.adopt(register, self.drafted(), act)


_SEEN = "SELECT v.feature_id, v.purpose, v.regulation, ST_XMin(v.geom) FROM {}"


def _column(west: float) -> int:
    return round((west - square(0, 0).bounds[0]) / 40.0)


def _play(world: _World, played: list[tuple[str, Any]], seen: list[tuple[int, int]]) -> None:
    for kind, change in played:
        if kind in {"act", "edit"}:
            world.write(kind, change)
        elif kind == "revert":
            world.revert(change)
        else:
            world.rebase(change)
        world.check_seen(*seen[0])
    world.check_conflicts()
    for day, back in seen:
        world.check_seen(day, back)
    world.adopt()
    for day, back in [*seen, *((day, -1) for day in range(-1, DAYS + 1))]:
        world.check_seen(day, back)


def test_drafts_equal_a_naive_model(fresh_city: Callable[[str], City]) -> None:
    """After any sequence of acts, edits, reverts and rebases, readers see what the model says, adoption included."""
    city = fresh_city("helsinki")
    city.put("land.reservation", shapely.MultiPolygon([square(99, 99)]), purpose="elsewhere")
    with connect(city.register.database.reader) as reader:

        @settings(suppress_health_check=list(HealthCheck), max_examples=settings().max_examples // 4)
        @given(st.lists(steps, min_size=4, max_size=12), points)
        def play(played: list[tuple[str, Any]], seen: list[tuple[int, int]]) -> None:
            name = f"model-{next(_serial)}"
            drafts.opened(city.register, name, name, actor="p", role="planner")
            head = read_head(reader)
            world = _World(city, reader, _Model([(head.recorded, {})]), name)
            for feature in range(KNOWN):
                world.write("act", (feature, (None, None), 0))
            _play(world, played, seen)
            world.check_seen(0, 0)

        play()
    with connect(city.register.database.reader) as reader:
        assert store.timelines(reader, city.register.layers[LAYER], [1])
