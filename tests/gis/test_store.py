"""The store equals a naive model of the two axes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection, sql

from gis.database import connect
from gis.edit import Put
from gis.instant import Instant, read_head, settle, versions_at
from gis.record import Period, Write
from tests.city import City, square

LAYER = "land.reservation"
DAYS = 12
_DAY_ZERO = datetime(2020, 1, 1, tzinfo=UTC)

moments = st.integers(0, DAYS)
writes = st.tuples(
    st.integers(0, 2),  # feature
    st.one_of(st.none(), st.integers(0, DAYS - 1)),  # start
    st.one_of(st.none(), st.integers(1, DAYS)),  # end
    st.integers(0, 3),  # content
    st.booleans(),  # abolished
).filter(lambda w: w[1] is None or w[2] is None or w[1] < w[2])
histories = st.lists(st.lists(writes, min_size=1, max_size=3), min_size=1, max_size=6)
History = list[list[tuple[int, int | None, int | None, int, bool]]]
State = dict[tuple[int, int], int]
"""The naive model: the content in force by (feature, day); day -1 stands for all time before, DAYS for all after."""


def _day(number: int) -> datetime:
    return _DAY_ZERO + timedelta(days=number)


def _apply(state: State, changes: list[tuple[int, int | None, int | None, int, bool]]) -> State:
    after = dict(state)
    for feature, start, end, content, abolished in changes:
        for day in range(-1 if start is None else start, DAYS + 1 if end is None else end):
            after[feature, day] = -1 if abolished else content
    return after


def _write(ids: dict[int, int], change: tuple[int, int | None, int | None, int, bool]) -> Write:
    feature, start, end, content, abolished = change
    period = Period(None if start is None else _day(start), None if end is None else _day(end))
    place = shapely.MultiPolygon([square(content, feature)])
    return Write(LAYER, ids.get(feature, -1 - feature), period, place, {"purpose": str(content)}, abolished)


def _seen(city: City, reader: Connection, valid: datetime, recorded: datetime) -> dict[int, int]:
    """Return purposes by feature id as a reader sees them, each geometry agreeing with its attribute."""
    reading = settle(Instant(valid, recorded), read_head(reader))
    versions = versions_at(city.register.layers[LAYER], reading)
    statement = sql.SQL("SELECT v.feature_id, v.purpose, ST_AsBinary(v.geom) FROM {}").format(versions)
    rows = reader.execute(statement, reading.parameters).fetchall()
    for feature_id, purpose, geometry in rows:
        column = (shapely.from_wkb(bytes(geometry)).bounds[0] - square(0, 0).bounds[0]) / 40.0
        assert round(column) == int(purpose), feature_id
    assert len({row[0] for row in rows}) == len(rows), "a feature has two versions at once"
    return {row[0]: int(row[1]) for row in rows}


def _play(city: City, reader: Connection, history: History, points: list[tuple[int, int]]) -> None:
    ids: dict[int, int] = {}
    states: list[tuple[datetime, State]] = []
    state: State = {}
    for changes in history:
        done = city.register.perform(Put(tuple(_write(ids, c) for c in changes)), city.act("2020-01-01"))
        ids.update({-1 - given_id: real for given_id, real in done.features.items()})
        state = _apply(state, changes)
        states.append((done.recorded, state))
    for day, back in points:
        recorded, expected = states[back % len(states)]
        seen = _seen(city, reader, _day(day) + timedelta(hours=5), recorded)
        known = {ids[f]: content for (f, d), content in expected.items() if d == day and content >= 0}
        assert {i: c for i, c in seen.items() if i in ids.values()} == known


def test_store_equals_naive_model(fresh_city: Callable[[str], City]) -> None:
    """After any sequence of writes, every reader at every point of both axes sees what the model says."""
    city = fresh_city("helsinki")
    with connect(city.register.database.reader) as reader:

        @settings(suppress_health_check=list(HealthCheck))
        @given(histories, st.lists(st.tuples(st.integers(-1, DAYS), st.integers(0, 5)), min_size=4, max_size=8))
        def play(history: History, points: list[tuple[int, int]]) -> None:
            _play(city, reader, history, points)

        play()
