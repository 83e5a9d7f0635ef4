"""Files of measurements go in whole: every row kept with its quality, or refused with its reason."""

import csv
import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest

from data.loaders.measurements import Layout, load_measurements, read_layout
from data.loaders.source import BadFile
from gis.register import Register
from sensors.observations import TakenAlready
from sensors.series import Asked, datastreams, series
from tests.city import REAL_DATA, City

LAYOUT = Layout(
    time="at", station="code", value="pm", observed_property="PM2.5", unit="ug/m3", longitude="lon", latitude="lat"
)
HERE = {"lon": "24.94", "lat": "60.17"}


def written(folder: Path, *rows: dict[str, str], name: str = "air.csv") -> Path:
    """Write a file of measurements."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, ["at", "code", "pm", "lon", "lat"])
        table.writeheader()
        table.writerows(rows)
    return path


def told(at: str, value: str, code: str = "A1", **place: str) -> dict[str, str]:
    """Return a row."""
    return {"at": at, "code": code, "pm": value, **(place or HERE)}


def test_every_row_is_kept_or_refused(empty_city: City, tmp_path: Path) -> None:
    """Duplicates, conflicts and negatives are kept with their flag; what is no measurement is refused by reason."""
    file = written(
        tmp_path,
        told("2024-01-01T00:00:00+02:00", "10"),
        told("2023-12-31T22:00:00+00:00", "10"),
        told("2023-12-31 15:00:00-07:00", "11.5"),
        told("2024-01-01T01:00:00+02:00", "-3"),
        told("2024-01-01T02:00:00", "12"),
        told("2024-01-01T03:00:00+02:00", "n/a"),
        told("2024-01-01T03:00:00+02:00", "inf"),
        told("2024-01-01T04:00:00+02:00", "9", code="B7", lon="10", lat="10"),
    )
    report = load_measurements(empty_city.register, file, LAYOUT, empty_city.act("2024-02-01"))
    assert report.kept == {"good": 1, "negative": 1, "duplicate": 1, "conflict": 1}
    assert report.refusals == {"time-without-offset": 1, "no-number": 2, "station-unknown": 1}
    assert report.read == sum(report.kept.values()) + report.refused == 8
    assert report.stations == ["A1"]


def test_only_good_values_enter_into_means(empty_city: City, tmp_path: Path) -> None:
    """The mean of a day leaves flagged values out, and days are the city's."""
    file = written(
        tmp_path,
        told("2024-01-01T00:00:00+02:00", "10"),
        told("2024-01-01T23:00:00+02:00", "20"),
        told("2024-01-02T00:00:00+02:00", "50"),
        told("2024-01-01T12:00:00+02:00", "-99"),
    )
    load_measurements(empty_city.register, file, LAYOUT, empty_city.act("2024-02-01"))
    number, days = _days(empty_city.register)
    assert [(day["mean"], day["min"], day["max"], day["count"]) for day in days] == [(15, 10, 20, 2), (50, 50, 50, 1)]
    assert days[0]["phenomenon_time"] == datetime(2023, 12, 31, 22, tzinfo=UTC)
    assert number > 0


def _days(register: Register) -> tuple[int, list[dict[str, object]]]:
    with register.reading() as connection:
        row = connection.execute("SELECT id FROM sensors.datastream").fetchone()
        assert row is not None
        asked = Asked(step="day", zone=register.profile.timezone)
        return int(row[0]), [dict(day) for day in series(connection, int(row[0]), asked)]


def test_a_later_file_adds_to_the_same_series(empty_city: City, tmp_path: Path) -> None:
    """What an earlier file told is a duplicate; the same bytes are refused; nothing is ever rewritten."""
    act = empty_city.act("2024-02-01")
    first = written(tmp_path, told("2024-01-01T00:00:00+02:00", "10"))
    load_measurements(empty_city.register, first, LAYOUT, act)
    with pytest.raises(TakenAlready):
        load_measurements(empty_city.register, first, LAYOUT, act)
    more = [told("2024-01-01T00:00:00+02:00", "12"), told("2024-01-01T01:00:00+02:00", "13")]
    second = load_measurements(empty_city.register, written(tmp_path, *more, name="more.csv"), LAYOUT, act)
    assert (second.kept, second.stations) == ({"good": 1, "conflict": 1}, [])
    with empty_city.register.reading() as connection:
        station = connection.execute("SELECT thing FROM sensors.datastream").fetchone()
        assert station is not None
        last = datastreams(connection, [station[0]], None)[0]
    assert (last["count"], last["result"]) == (2, 13.0)


def test_an_observation_can_be_neither_changed_nor_removed(empty_city: City, tmp_path: Path) -> None:
    """The table only grows."""
    file = written(tmp_path, told("2024-01-01T00:00:00+02:00", "10"))
    load_measurements(empty_city.register, file, LAYOUT, empty_city.act("2024-02-01"))
    for statement in ("UPDATE sensors.observation SET result = 0", "DELETE FROM sensors.observation"):
        with psycopg.connect(empty_city.register.database.owner) as connection, pytest.raises(psycopg.Error):
            connection.execute(statement)


def test_a_file_without_its_columns_is_refused(empty_city: City, tmp_path: Path) -> None:
    """The refusal names what is lacking, and nothing is written."""
    path = tmp_path / "other.csv"
    path.write_text("x,y\n1,2\n", encoding="utf-8")
    with pytest.raises(BadFile, match="at, code, pm"):
        load_measurements(empty_city.register, path, LAYOUT, empty_city.act("2024-02-01"))
    path.write_bytes(gzip.compress(b"\xff\xfe\x00"))
    with pytest.raises(BadFile):
        load_measurements(empty_city.register, path, LAYOUT, empty_city.act("2024-02-01"))


@pytest.mark.realdata
def test_astanas_air_loads_as_one_file(fresh_city: Callable[[str], City]) -> None:
    """All 185 984 hours of 13 stations; the sum agrees with the file read by other means."""
    city = fresh_city("astana")
    file = REAL_DATA / "air" / "astana-pm25.csv.gz"
    layout = read_layout(files("data.mappings") / "air-astana.toml")
    report = load_measurements(city.register, file, layout, city.act("2018-01-01"))
    assert report.read == sum(report.kept.values()) + report.refused == 185_984
    assert (report.kept, len(report.stations)) == ({"good": 185_984}, 13)
    with gzip.open(file, "rt", encoding="utf-8") as stream:
        values = [float(row["value_ugm3"]) for row in csv.DictReader(stream)]
    with city.register.reading() as connection:
        row = connection.execute(
            "SELECT sum(result), min(phenomenon_time), count(DISTINCT datastream_id) FROM sensors.observation"
        ).fetchone()
    assert row is not None
    assert row[0] == pytest.approx(sum(values))
    assert row[1:] == (datetime(2018, 7, 27, 16, tzinfo=UTC), 13)
    city.register.close()
