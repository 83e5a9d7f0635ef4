"""Batches of speeds: every row recorded, told already or refused; the last word stands, and the earlier is not lost."""

import json
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg import sql
from shapely import LineString

from cadastres.urban_planning.street_speeds import Told, Word
from cadastres.urban_planning.street_state_model import STREET_SPEED
from data.loaders.speed_rows import CLOCK, rows_of_csv
from data.loaders.speeds import LIVE_COLUMNS, revoke_speeds, tell_daily_speeds, tell_speeds
from gis.act import Act
from gis.edit import Put
from gis.errors import BadRequest, Forbidden
from gis.instant import Instant, read_head, settle, versions_at
from gis.record import Period, Version, Write
from tests.city import ORIGIN, City

NOON = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
"""Noon in Helsinki, in summer."""


def act(city: City, role: str = "operator") -> Act:
    """Return an act of a feed."""
    made = city.act("2026-09-01")
    return Act(actor="feed", role=role, reason="feed", source=made.source, valid_from=made.valid_from)


def streets(city: City, count: int, day: str = "2020-01-01") -> list[int]:
    """Lay a row of segments end to end."""
    made = city.act(day)
    x, y = ORIGIN
    writes = [
        Write(
            "urban_planning.street_segment",
            -1 - i,
            made.period,
            LineString([(x + 50 * i, y), (x + 50 * i + 50, y)]),
            {"highway": "residential"},
        )
        for i in range(count)
    ]
    done = city.register.perform(Put(tuple(writes)), made)
    return [done.features[-1 - i] for i in range(count)]


def row(segment: int, speed: Any, start: datetime | str = NOON, end: Any = None, direction: str = "forward") -> Any:
    """Return a row of a batch."""
    told = start if isinstance(start, str) else start.isoformat()
    return {
        "segment": segment,
        "direction": direction,
        "speed": speed,
        "from": told,
        "to": end.isoformat() if isinstance(end, datetime) else end,
    }


def told_at(city: City, moment: datetime, recorded: datetime | None = None) -> dict[tuple[int, str], float]:
    """Return the speeds on record at a moment, as readers find them."""
    with city.register.reading() as connection:
        reading = settle(Instant(moment, recorded), read_head(connection))
        statement = sql.SQL("SELECT segment_id, direction, speed FROM {}").format(versions_at(STREET_SPEED, reading))
        rows = connection.execute(statement, reading.parameters).fetchall()
    found = {(row[0], row[1]): row[2] for row in rows}
    assert len(found) == len(rows)
    return found


def test_the_last_word_stands_and_the_earlier_is_not_lost(empty_city: City) -> None:
    """What was known at first about a quarter of an hour can still be asked for."""
    (street,) = streets(empty_city, 1)
    way = (street, "forward")
    first = tell_speeds(empty_city.register, [row(street, 20.0)], act(empty_city))
    second = tell_speeds(empty_city.register, [row(street, 35)], act(empty_city))
    again = tell_speeds(empty_city.register, [row(street, 35)], act(empty_city))
    assert (second.recorded, second.refused, again.unchanged, again.changeset) == (1, 0, 1, None)
    late = NOON + timedelta(minutes=14)
    assert told_at(empty_city, late) == {way: 35.0}
    assert told_at(empty_city, late, first.recorded_at) == {way: 20.0}
    assert told_at(empty_city, NOON + timedelta(minutes=15)) == {}


def test_a_quarter_lies_over_what_stands_until_it_is_revoked(empty_city: City) -> None:
    """Works slow a street down; measurements interrupt that; revoking ends it."""
    (street,) = streets(empty_city, 1)
    way = (street, "forward")
    hours = [NOON + timedelta(hours=h) for h in range(4)]
    tell_speeds(empty_city.register, [row(street, 20, hours[0], "revoked")], act(empty_city))
    tell_speeds(empty_city.register, [row(street, 40, hours[1]), row(street, 50, hours[2])], act(empty_city))
    seen = [told_at(empty_city, hour + timedelta(minutes=m)).get(way) for hour in hours[:3] for m in (0, 20)]
    assert seen == [20, 20, 40, 20, 50, 20]
    done = revoke_speeds(empty_city.register, [way, (10**9, "forward")], Period(hours[3], None), act(empty_city))
    assert (done.read, done.recorded, done.refused) == (2, 1, 1)
    assert told_at(empty_city, hours[3]) == {}
    assert told_at(empty_city, hours[3] - timedelta(seconds=1)) == {way: 20.0}


def test_rows_that_will_not_do_are_told_one_by_one(empty_city: City) -> None:
    """Every defect has its own reason; the rest goes in; the counts add up."""
    street, other = streets(empty_city, 2)
    rows = [
        row(street, 20.0),
        row(street, 20.0),
        row(street, 25.0, NOON + timedelta(minutes=5)),
        row(999_999, 20.0),
        row(street, -1, NOON + timedelta(hours=1)),
        row(street, "NaN", NOON + timedelta(hours=2)),
        row(street, 400, NOON + timedelta(hours=3)),
        row(street, None, NOON + timedelta(hours=4)),
        row(street, 20, "yesterday"),
        row(street, 20, NOON, NOON),
        row(street, 20, NOON, NOON + timedelta(days=2)),
        row(street, 20, "2126-01-01T00:00:00Z"),
        row(other, 20, "2019-06-01T12:00:00+03:00"),
        row(street, 20, direction="sideways"),
        row(street, True, NOON + timedelta(hours=5)),
        row(other, 0),
    ]
    report = tell_speeds(empty_city.register, rows, act(empty_city))
    assert [refusal.code for refusal in sorted(report.first, key=lambda r: r.row)] == [
        "duplicate", "overlap", "segment-unknown", "speed-negative", "speed-no-number", "speed-too-great",
        "speed-no-number", "time-unreadable", "period-empty", "period-long", "time-far", "segment-not-in-force",
        "direction", "speed-no-number",
    ]  # fmt: skip
    assert (report.read, report.recorded, report.unchanged, report.refused) == (16, 2, 0, 14)
    told = report.summary("Europe/Helsinki", "kk")
    assert all(each["message"] and "{" not in each["message"] for each in told["refusals"])
    with pytest.raises(BadRequest):
        tell_speeds(empty_city.register, [], act(empty_city))
    with pytest.raises(Forbidden):
        tell_speeds(empty_city.register, [row(street, 3)], act(empty_city, "planner"))


def test_local_times_are_read_by_the_citys_clock(empty_city: City) -> None:
    """Without an offset the city's zone counts, and that is told; an hour that is skipped or comes twice is refused."""
    (street,) = streets(empty_city, 1)
    rows = [
        row(street, 20.0, "2026-07-01T12:00"),
        row(street, 21.0, "2026-10-25T03:15"),
        row(street, 22.0, "2026-03-29T03:15"),
        row(street, 23.0, "2026-10-25T03:15+03:00"),
        row(street, 24.0, "2026-10-25T03:15+02:00"),
    ]
    report = tell_speeds(empty_city.register, rows, act(empty_city))
    assert {refusal.row: refusal.code for refusal in report.first} == {2: "time-twice", 3: "time-skipped"}
    assert report.assumed == 1
    assert told_at(empty_city, datetime(2026, 7, 1, 9, 14, tzinfo=UTC)) == {(street, "forward"): 20.0}
    assert told_at(empty_city, datetime(2026, 10, 25, 0, 20, tzinfo=UTC)) == {(street, "forward"): 23.0}
    assert told_at(empty_city, datetime(2026, 10, 25, 1, 20, tzinfo=UTC)) == {(street, "forward"): 24.0}


def test_usual_speeds_replace_each_other(empty_city: City) -> None:
    """By 96 columns or 96 numbers; of one way and kind of day the later ones count from their day on."""
    street, other = streets(empty_city, 2)
    columns = {name: str(10 + i % 4) for i, name in enumerate(CLOCK)}
    head = ",".join(["segment", "direction", "days", *CLOCK])
    file = f"{head}\n{street},forward,workday,{','.join(columns.values())}\n".encode()
    rows = list(rows_of_csv(file, "usual.csv", ("segment", "direction", "days")))
    assert tell_daily_speeds(empty_city.register, rows, act(empty_city), first_row=2).recorded == 1
    more = [
        {"segment": street, "direction": "forward", "days": "workday", "speeds": [30] * 96},
        {"segment": street, "direction": "forward", "days": "sunday", "speeds": "40 " * 95 + "null"},
        {"segment": street, "direction": "forward", "days": "monday", "speeds": [30] * 96},
        {"segment": other, "direction": "forward", "days": "workday", "speeds": [30] * 95},
        {"segment": other, "direction": "forward", "days": "workday", "speeds": [30] * 95 + [400]},
    ]
    later = empty_city.act("2026-09-10")
    done = tell_daily_speeds(empty_city.register, more, Act(
        actor="feed", role="operator", reason="r", source=later.source, valid_from=later.valid_from
    ))  # fmt: skip
    assert (done.recorded, dict(done.refusals)) == (2, {"days": 1, "quarters": 1, "speed-too-great": 1})
    with empty_city.register.reading() as connection:
        kept = connection.execute(
            "SELECT days, upper_inf(valid), speeds FROM urban_planning.daily_speed WHERE upper_inf(recorded)"
            " ORDER BY days, lower(valid)"
        ).fetchall()
    assert [(days, stands) for days, stands, _ in kept] == [("sunday", True), ("workday", False), ("workday", True)]
    assert [len(json.loads(speeds)) for _, _, speeds in kept] == [96, 96, 96]
    assert json.loads(kept[0][2])[94:] == [40, None]


def test_a_thousand_are_recorded_at_once(empty_city: City) -> None:
    """A hundred well within a third of a second, a thousand within a second and a half, over what a day has left."""
    ids = streets(empty_city, 1000)
    for hour in range(3):
        tell_speeds(
            empty_city.register, [row(i, 30 + hour, NOON + timedelta(hours=hour)) for i in ids], act(empty_city)
        )
    took = {}
    for count, start in ((100, NOON), (1000, NOON + timedelta(hours=2))):
        begun = time.perf_counter()
        report = tell_speeds(empty_city.register, [row(i, 51, start) for i in ids[:count]], act(empty_city))
        took[count] = time.perf_counter() - begun
        assert report.recorded == count
    assert took[100] < 0.6, took
    assert took[1000] < 3.0, took


@pytest.mark.parametrize("seed", range(20))
def test_words_are_laid_as_quarters_in_a_table_would_be(seed: int) -> None:
    """Against a naive table: one cell for each way and minute, the last word written into it."""
    dice = random.Random(seed)
    told = Told({})
    table: dict[tuple[int, int], float | None] = {}
    for _ in range(60):
        way, start, length = dice.randrange(2), dice.randrange(100), dice.choice([1, 2, 5, 30, 1000])
        speed = dice.choice([None, 10.0, 20.0, 30.0])
        until = None if length == 1000 else NOON + timedelta(minutes=start + length)
        told.tell([Word((way, "forward"), speed, Period(NOON + timedelta(minutes=start), until))])
        table |= {(way, minute): speed for minute in range(start, min(start + length, 200))}
    live = [v for timeline in told.timelines.values() for v in timeline if not v.abolished]
    for way in range(2):
        for minute in range(200):
            assert _at(live, way, NOON + timedelta(minutes=minute)) == [
                speed for speed in [table.get((way, minute))] if speed is not None
            ]


def _at(live: Sequence[Version], way: int, moment: datetime) -> list[float]:
    return [v.attributes["speed"] for v in live if v.attributes["segment_id"] == way and v.valid.contains(moment)]


def test_csv_needs_its_columns() -> None:
    """Semicolons will do; a missing column is named."""
    rows = list(rows_of_csv(b"segment;direction;speed;from\n1;forward;20;x\n", "a.csv", LIVE_COLUMNS))
    assert rows[0]["speed"] == "20"
    with pytest.raises(BadRequest, match="speed"):
        rows_of_csv(b"segment,direction,from\n", "a.csv", LIVE_COLUMNS)
