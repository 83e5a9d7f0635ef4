"""Street files: runs of points are cut where they jump; every row and every point has an outcome."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from cadastres.address.verbs import Rename
from data.loaders.source import BadFile, EmptyFile
from data.loaders.streets import import_streets, language_of, read_streets, streets_of, type_of
from gis.database import connect
from tests.city import City
from tests.data.loaders.astana import STREETS, Astana, loaded, request_for

UTM42 = 32642
WGS84 = Geod(ellps="WGS84")
X, Y = 71.43, 51.13
OPEN = "SELECT rule FROM qala.violation WHERE upper_inf(recorded)"
DEGREE = 70_000.0
"""About how many metres a degree of longitude has in Astana."""


@pytest.fixture(scope="module")
def astana(fresh_city: Callable[[str], City]) -> Astana:
    """Astana's districts and streets, loaded once."""
    return loaded(fresh_city("astana"))


def _run(*metres: float) -> list[dict[str, float]]:
    return [{"lat": Y, "lng": X + m / DEGREE} for m in metres]


def _file(folder: Path, **streets: list[dict[str, float]]) -> Path:
    path = folder / "streets.json"
    rows = [{"name": name.replace("_", " "), "points": points} for name, points in streets.items()]
    path.write_text(json.dumps({"streets": rows}, ensure_ascii=False), encoding="utf-8")
    return path


def _shape(points: list[dict[str, float]]) -> tuple[list[list[int]], int, int]:
    """Return the streets of a run as the lengths of their pieces, the jumps, the points lost."""
    read = np.array([(p["lng"], p["lat"]) for p in points])
    streets, jumps, lost = streets_of(read, UTM42)
    return [[len(piece) for piece in street] for street in streets], jumps, lost


def test_a_run_is_cut_where_it_jumps() -> None:
    """Pieces that lie near each other are one street, however the file orders them; those far apart are two."""
    assert _shape(_run(0, 100, 200)) == ([[3]], 0, 0)
    assert _shape(_run(0, 100, 5000, 5100)) == ([[2], [2]], 1, 0)
    assert _shape(_run(0, 100, 1500, 1600, 200, 300)) == ([[2, 2], [2]], 2, 0)
    assert _shape(_run(0, 900, 5000, 5100, 1300, 5000)) == ([[2], [2]], 3, 2)
    assert _shape(_run(0, 100, 9000, 200)) == ([[2]], 2, 2)


def test_every_row_and_point_is_told(fresh_city: Callable[[str], City], tmp_path: Path) -> None:
    """A row without a line is refused by name, a lonely point is lost by name, and the counts add up."""
    city = fresh_city("astana")
    runs = {
        "улица_Абая": _run(0, 100, 9000),
        "улица_Мира": _run(50),
        "көше_1": _run(500, 500),
        "172": _run(0, 9, 9000, 9009),
    }
    report = import_streets(city.register, request_for(city, _file(tmp_path, **runs)))
    told = report.as_json()
    assert (told["rows"], told["rows_with_streets"], told["rows_refused"]) == (4, 2, ["улица Мира", "көше 1"])
    assert (told["jumps"], told["lost_points"], told["streets"]) == (2, {"улица Абая": 1}, 3)
    assert told["load"]["rows"] == {"read": 3, "accepted": 0, "accepted_with_defect": 3, "refused": 0}
    again = import_streets(city.register, request_for(city, _file(tmp_path, **runs)))
    assert again.load is not None
    assert (again.load.unchanged, again.load.changeset) == (3, None)


def test_the_renaming_that_supplies_a_name_heals(fresh_city: Callable[[str], City], tmp_path: Path) -> None:
    """A missing name is on record as long as the street lacked it on any day; the file's hash is its source's."""
    city = fresh_city("astana")
    file = _file(tmp_path, улица_Абая=_run(0, 100))
    import_streets(city.register, request_for(city, file))
    with connect(city.register.database.reader) as connection:
        row = connection.execute("SELECT feature_id FROM address.street").fetchone()
        assert row is not None
        source = connection.execute("SELECT source_file_hash FROM qala.changeset").fetchone()
        assert source == (sha256(file.read_bytes()).digest(),)
        assert connection.execute(OPEN).fetchall() == [("address.name.official",)]
    names = {"name_kk": "Абай көшесі", "name_ru": "улица Абая"}
    for day, left in (("2024-06-01", [("address.name.official",)]), ("2024-01-01", [])):
        city.register.perform(Rename(layer="address.street", place=row[0], names=names), city.act(day))
        with connect(city.register.database.reader) as connection:
            assert connection.execute(OPEN).fetchall() == left


def test_without_leave_a_defect_is_a_refusal(fresh_city: Callable[[str], City], tmp_path: Path) -> None:
    """Names in one language of two go in only where the operator takes the defect on record."""
    city = fresh_city("astana")
    file = _file(tmp_path, улица_Абая=_run(0, 100))
    report = import_streets(city.register, request_for(city, file, accept_defects=False))
    assert report.load is not None
    assert (report.load.refused, report.load.log.by_code) == (1, {"address.name.official": 1})


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ("no json", BadFile),
        ('{"roads": []}', BadFile),
        ('{"streets": [{"name": "А"}]}', BadFile),
        ('{"streets": [{"name": "А", "points": [{"lat": "x", "lng": 1}]}]}', BadFile),
        ('{"streets": [{"name": "А", "points": [{"lat": NaN, "lng": 1}]}]}', BadFile),
        ('{"streets": []}', EmptyFile),
        ('{"streets": [{"name": "А", "points": []}]}', EmptyFile),
    ],
)
def test_other_files_are_refused(empty_city: City, tmp_path: Path, content: str, refusal: type[BadFile]) -> None:
    """Each says what is wrong, and nothing is written."""
    file = tmp_path / "streets.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(refusal):
        import_streets(empty_city.register, request_for(empty_city, file))


def test_languages_and_kinds() -> None:
    """A letter that only Kazakh has tells, else the word for the kind; a name of neither says nothing."""
    told = {
        "Северная көшесі": ("kk", "street"),
        "Қонаев": ("kk", None),
        "проспект Туран": ("ru", "avenue"),
        "Дәулет тұйық көшесі": ("kk", "lane"),
        "Green Belt Cycle Path": (None, None),
        "172": (None, None),
    }
    assert {name: (language_of(name), type_of(name)) for name in told} == told


def _rows(astana: Astana, statement: str) -> list[tuple[Any, ...]]:
    with connect(astana.city.register.database.reader) as connection:
        return connection.execute(statement).fetchall()


def _jumps(lines: BaseGeometry) -> float:
    """Return the longest segment of a line in longitude and latitude, metres on the ellipsoid."""
    longest = 0.0
    for part in shapely.get_parts(lines):
        points = shapely.get_coordinates(part)
        _, _, lengths = WGS84.inv(*points[:-1].T, *points[1:].T)
        longest = max(longest, *np.atleast_1d(lengths).tolist())
    return longest


@pytest.mark.realdata
def test_astana_has_its_streets(astana: Astana) -> None:
    """At least 1 500 streets, none of whose segments jumps over 2 km; no name of the file is missing."""
    rows = _rows(astana, "SELECT name, ST_AsBinary(geom_4326) FROM address.street")
    assert len(rows) == astana.streets.streets >= 1500
    assert max(_jumps(shapely.from_wkb(bytes(shape))) for _, shape in rows) < 2000
    names = {" ".join(name.split()) for name, _ in read_streets(STREETS)}
    assert names == {" ".join(name.split()) for name, _ in rows} | set(astana.streets.refused)


@pytest.mark.realdata
def test_astana_s_points_are_all_there(astana: Astana) -> None:
    """Each point of the file lies on its street, but for those that the report tells as lost."""
    file_points = sum(len(points) for _, points in read_streets(STREETS))
    load, lost = astana.streets.load, sum(astana.streets.lost_points.values())
    assert load is not None
    assert load.read == astana.streets.streets == load.accepted + load.accepted_with_defect
    rows = _rows(astana, "SELECT sum(ST_NPoints(geom)) FROM address.street")
    assert rows[0][0] + lost == file_points
    assert lost < 0.01 * file_points


@pytest.mark.realdata
def test_astana_s_defects_are_on_record(astana: Astana) -> None:
    """The file names each street in one language; two names have a Latin letter among Cyrillic ones."""
    rows = _rows(astana, "SELECT rule, detail FROM qala.violation WHERE layer = 'address.street'")
    mixed = sorted(detail.split("«")[1].split("»")[0] for rule, detail in rows if rule == "address.name.one-script")
    assert set(mixed) == {"Сандыктаc", "Уcтирт"}
    load = astana.streets.load
    assert load is not None
    assert load.accepted_with_defect == load.read


@pytest.mark.realdata
def test_astana_s_districts_have_their_codes(astana: Astana) -> None:
    """Six districts; two new ones still bear the codes of those they came from, and that stands on record."""
    rows = dict(_rows(astana, "SELECT name_ru, kato FROM address.admin_unit"))
    assert rows == {
        "Сарыарка": "711310000", "Байконур": "711410000", "Нура": "711210000", "Алматы": "711110000",
        "Сарайшык": "711110000", "Есиль": "711210000",
    }  # fmt: skip
    report = astana.districts
    assert (report.read, report.accepted, report.accepted_with_defect, report.refused) == (6, 2, 4, 0)
    assert report.log.by_code == {"address.admin_unit.kato-unique": 4}
