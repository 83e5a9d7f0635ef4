"""Bringing files in: what becomes of each row, what the register says after, and that nothing is ever lost."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
import shapely
from psycopg import sql
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from data.loaders.importing import import_file
from data.loaders.mapping import BadMapping
from data.loaders.report import PLACES, REPORT, ImportReport
from data.loaders.request import ImportRequest, Progress
from data.loaders.source import BadFile, EmptyFile
from data.loaders.workbench import Workbench
from gis.database import connect
from gis.errors import QalaError, RuleBroken
from tests.city import City, square

Row = dict[str, Any]


def _row(i: int, **changes: Any) -> Row:
    """Return a sound parcel: the i-th square of a grid."""
    place = square(i % 10, i // 10)
    row = {"id": f"p{i}", "cadastral_number": f"09100100{i + 1:04d}", "official_area": 1600.0, "geometry": place}
    if i < 999:
        row["cadastral_number"] = f"09100100{i + 1:03d}"
    return row | changes


def _file(folder: Path, rows: Sequence[Row], name: str = "parcels.gpkg") -> Path:
    path = folder / name
    path.unlink(missing_ok=True)
    frame = gpd.GeoDataFrame(list(rows), geometry="geometry", crs=3879)
    pyogrio.write_dataframe(frame, path, geometry_type="Unknown")
    return path


def _import(city: City, file: Path, day: str = "2020-01-01", **options: Any) -> ImportReport:
    asked = {"layer": "land.parcel", "dataset": "parcels", **options}
    report = import_file(city.register, ImportRequest(file=file, act=city.act(day), **asked))
    assert report.read == report.accepted + report.accepted_with_defect + report.refused
    assert report.read == report.new + report.changed + report.unchanged + report.refused
    return report


def _query(city: City, query: str, *values: object) -> list[tuple[Any, ...]]:
    with connect(city.register.database.reader) as connection:
        return connection.execute(sql.SQL(query), values).fetchall()


def _live(city: City, day: str = "2026-01-01") -> dict[str, float]:
    """Return the parcels in force on a day: official area by number."""
    rows = _query(
        city,
        "SELECT cadastral_number, official_area FROM land.parcel "
        "WHERE upper_inf(recorded) AND NOT abolished AND valid @> %s::timestamptz",
        datetime.fromisoformat(day).replace(tzinfo=UTC),
    )
    return dict(rows)


def _codes(report: ImportReport) -> dict[int, list[str]]:
    codes: dict[int, list[str]] = {}
    for defect in report.log:
        if defect["outcome"] != "accepted":
            codes.setdefault(defect["row"], []).append(defect["code"])
    return codes


def test_rows_become_features_from_the_acts_date_on(empty_city: City, tmp_path: Path) -> None:
    """Columns fill the fields of the same name; geometry and values are those of the file."""
    report = _import(empty_city, _file(tmp_path, [_row(i) for i in range(12)]))
    assert (report.new, report.clean) == (12, True)
    assert _live(empty_city, "2019-12-31") == {}
    assert _live(empty_city) == {_row(i)["cadastral_number"]: 1600.0 for i in range(12)}
    stored = _query(empty_city, "SELECT cadastral_number, ST_AsBinary(geom), opened_by FROM land.parcel")
    by_number = {_row(i)["cadastral_number"]: _row(i)["geometry"] for i in range(12)}
    for number, wkb, changeset in stored:
        assert shapely.from_wkb(wkb).equals_exact(by_number[number], 0.0)
        assert changeset == report.changeset


def test_the_changeset_carries_the_act_and_the_files_hash(empty_city: City, tmp_path: Path) -> None:
    """The legal source is what the operator named; the file is its document."""
    report = _import(empty_city, _file(tmp_path, [_row(0)]))
    with connect(empty_city.register.database.owner) as connection:  # who acted is not the public's to know
        told = connection.execute("SELECT verb, actor, source_file_hash FROM qala.changeset").fetchall()
    ((verb, actor, file_hash),) = told
    assert (verb, actor, bytes(file_hash).hex()) == ("register.import", "registrar-1", report.sha256)


def test_a_dry_run_says_the_same_and_writes_nothing(empty_city: City, tmp_path: Path) -> None:
    """Not even the memory of the rows."""
    file = _file(tmp_path, [_row(0), _row(1, official_area=-1.0), _row(2)])
    dry = _import(empty_city, file, dry_run=True)
    assert _query(empty_city, "SELECT count(*) FROM qala.changeset") == [(0,)]
    wet = _import(empty_city, file)
    same = ("read", "new", "accepted", "refused", "accepted_with_defect")
    assert [getattr(dry, name) for name in same] == [getattr(wet, name) for name in same]
    assert _codes(dry) == _codes(wet) == {2: ["land.parcel.official-area-positive"]}


def test_the_same_file_again_changes_nothing(empty_city: City, tmp_path: Path) -> None:
    """In any order of its rows."""
    rows = [_row(i) for i in range(5)]
    _import(empty_city, _file(tmp_path, rows))
    report = _import(empty_city, _file(tmp_path, rows[::-1]), "2021-01-01")
    assert (report.changeset, report.unchanged, report.new, report.changed) == (None, 5, 0, 0)


def test_a_newer_edition_cuts_the_past_where_it_begins(empty_city: City, tmp_path: Path) -> None:
    """What was so before stays so; what is new holds from the new source's date; other rows keep their version."""
    _import(empty_city, _file(tmp_path, [_row(i) for i in range(3)]))
    report = _import(empty_city, _file(tmp_path, [_row(0), _row(1, official_area=1601.0), _row(2)]), "2021-01-01")
    number = _row(1)["cadastral_number"]
    assert (report.changed, report.unchanged) == (1, 2)
    assert _live(empty_city, "2020-06-01")[number] == 1600.0
    assert _live(empty_city, "2021-06-01")[number] == 1601.0
    touched = "SELECT DISTINCT cadastral_number FROM land.parcel WHERE opened_by = %s OR closed_by = %s"
    assert _query(empty_city, touched, report.changeset, report.changeset) == [(number,)]


def test_fields_that_the_file_does_not_fill_keep_their_values(empty_city: City, tmp_path: Path) -> None:
    """An edition speaks of its own columns only."""
    _import(empty_city, _file(tmp_path, [_row(0, address="Testikatu 1")]))
    mapping = tmp_path / "m.toml"
    mapping.write_text('dataset = "parcels"\nkey = "id"\n[fields]\ncadastral_number = "cadastral_number"\n'
                       'official_area = "official_area"\n', encoding="utf-8")  # fmt: skip
    report = _import(empty_city, _file(tmp_path, [_row(0, official_area=1590.0)]), "2021-01-01", mapping=mapping)
    assert report.changed == 1
    last = "SELECT official_area, address FROM land.parcel WHERE upper_inf(recorded) AND upper_inf(valid)"
    assert _query(empty_city, last) == [(1590.0, "Testikatu 1")]


def test_absent_rows_are_reported_and_archived_only_on_request(empty_city: City, tmp_path: Path) -> None:
    """And one that comes back is the same feature again."""
    rows = [_row(i) for i in range(3)]
    _import(empty_city, _file(tmp_path, rows))
    told = _import(empty_city, _file(tmp_path, rows[:2]), "2021-01-01")
    assert (told.absent, told.archived, told.changeset, len(_live(empty_city))) == (["p2"], 0, None, 3)
    done = _import(empty_city, _file(tmp_path, rows[:2]), "2021-01-01", archive_missing=True)
    assert (done.absent, done.archived) == (["p2"], 1)
    assert (len(_live(empty_city, "2020-06-01")), len(_live(empty_city))) == (3, 2)
    assert _import(empty_city, _file(tmp_path, rows[:2]), "2021-01-01", archive_missing=True).changeset is None
    back = _import(empty_city, _file(tmp_path, rows), "2022-01-01")
    assert (back.new, back.changed, len(_live(empty_city))) == (0, 1, 3)
    assert _query(empty_city, "SELECT count(DISTINCT feature_id) FROM land.parcel") == [(3,)]


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([_row(0), _row(0)], {2: ["duplicate-row"]}),
        ([_row(0), _row(1, id="p0"), _row(2)], {1: ["duplicate-key"], 2: ["duplicate-key"]}),
        (
            [_row(0), _row(1, cadastral_number=_row(0)["cadastral_number"]), _row(2)],
            {1: ["duplicate-number"], 2: ["duplicate-number"]},
        ),
        ([_row(0), _row(1, geometry=None)], {2: ["geometry-missing"]}),
        ([_row(0), _row(1, id=None)], {2: ["key-missing"]}),
        ([_row(0), _row(1, cadastral_number="12")], {2: ["bad-number"]}),
        ([_row(0), _row(1, cadastral_number=None)], {2: ["value-missing"]}),
        (
            [_row(0), _row(1, geometry=translate(square(0, 0), 20)), _row(2)],
            {i: ["land.parcel.no-overlap"] for i in (1, 2)},
        ),
        ([_row(0), _row(1, geometry=square(0, 0))], {i: ["land.parcel.no-overlap"] for i in (1, 2)}),
    ],
)
def test_bad_rows_are_refused_and_the_others_come_in(
    empty_city: City, tmp_path: Path, rows: list[Row], codes: dict[int, list[str]]
) -> None:
    """Each with its reason, and none of them in the register."""
    report = _import(empty_city, _file(tmp_path, rows))
    assert _codes(report) == codes
    assert (report.refused, report.new) == (len(codes), len(rows) - len(codes))
    assert len(_live(empty_city)) == report.new


def test_a_file_of_every_defect_adds_up(empty_city: City, tmp_path: Path) -> None:
    """A zoo: sound rows between broken ones, all of them accounted for; the report is JSON, its places GeoJSON."""
    a, b, c, d, _ = square(0, 3).exterior.coords
    bow_tie = shapely.Polygon([a, c, b, d])
    zoo: list[BaseGeometry | None] = [
        None,
        shapely.Polygon(),
        bow_tie,
        shapely.Point(25_496_500, 6_673_000),
        shapely.MultiPolygon([square(20, 0), square(22, 0)]),
        shapely.MultiPolygon([square(24, 0)]),
        translate(square(0, 0), 5e6),
        shapely.force_3d(square(26, 0), 5.0),
    ]
    rows = [_row(i) for i in range(5)]
    rows += [_row(20 + i, geometry=shape) for i, shape in enumerate(zoo)]
    rows += [_row(40, official_area=0.0), _row(41, cadastral_number="x"), _row(0), _row(42, id="p1")]
    report = _import(empty_city, _file(tmp_path, rows), report=tmp_path / "report")
    # p1 stands twice, with different contents: neither is let in.
    assert (report.read, report.refused, report.unwrapped) == (len(rows), 6 + 2 + 1 + 2, 1)
    written = json.loads((tmp_path / "report" / REPORT).read_text(encoding="utf-8"))
    assert written["rows"] == report.summary()["rows"]
    refused = {d["row"] for d in written["defects"] if d["outcome"] == "refused"}
    assert len(refused) == report.refused
    places = gpd.read_file(tmp_path / "report" / PLACES)
    assert set(places["code"]) >= {"self-crossing"}
    assert (places.bounds.abs().max() <= 180).all()


def test_a_row_that_overlaps_the_register_is_refused(empty_city: City, tmp_path: Path) -> None:
    """The other party is named: it is in no row of the file."""
    feature = empty_city.put("land.parcel", square(0, 0), cadastral_number="09100100900")
    report = _import(empty_city, _file(tmp_path, [_row(0), _row(1)]))
    assert _codes(report) == {1: ["land.parcel.no-overlap"]}
    (defect,) = [d for d in report.log if d["outcome"] == "refused"]
    assert defect["others"] == [{"feature_id": feature, "row": None, "key": None}]
    assert defect["amount"] == pytest.approx(1600.0)


def test_a_number_of_another_feature_is_refused(empty_city: City, tmp_path: Path) -> None:
    """Numbers are issued once, whoever brings them."""
    empty_city.put("land.parcel", square(5, 5), cadastral_number=_row(0)["cadastral_number"])
    report = _import(empty_city, _file(tmp_path, [_row(0), _row(1)]))
    assert _codes(report) == {1: ["number-issued"]}


def test_a_refused_change_takes_down_what_relied_on_it(empty_city: City, tmp_path: Path) -> None:
    """0 gives land to 1, but 0's new shape is refused (it overlaps 5): then 1 can't grow into 0's old one either."""
    rows = [_row(0), _row(1), _row(2), _row(3)]
    _import(empty_city, _file(tmp_path, rows))
    x, y, _, _ = square(0, 0).bounds
    shrunk = shapely.box(x, y - 30, x + 20, y + 40)
    grown = shapely.box(x + 20, y, x + 80, y + 40)
    foreign = shapely.box(x, y - 40, x + 20, y - 20)
    empty_city.put("land.parcel", foreign, cadastral_number="09100100900")
    edition = [_row(0, geometry=shrunk), _row(1, geometry=grown), _row(2), _row(3, official_area=1.0)]
    report = _import(empty_city, _file(tmp_path, edition), "2021-01-01")
    assert _codes(report) == {1: ["land.parcel.no-overlap"], 2: ["land.parcel.no-overlap"]}
    assert (report.changed, report.unchanged, report.refused) == (1, 1, 2)


def test_what_a_registrar_changed_since_is_not_overwritten(empty_city: City, tmp_path: Path) -> None:
    """The row is refused and names the changeset; a row that says nothing new is no conflict."""
    _import(empty_city, _file(tmp_path, [_row(0), _row(1)]))
    ((feature,),) = _query(empty_city, "SELECT feature_id FROM land.parcel WHERE cadastral_number = '09100100001'")
    number = _row(0)["cadastral_number"]
    empty_city.put("land.parcel", square(0, 0), "2020-06-01", feature, cadastral_number=number, official_area=1500.0)
    assert _import(empty_city, _file(tmp_path, [_row(0), _row(1)])).unchanged == 2
    report = _import(empty_city, _file(tmp_path, [_row(0, official_area=1700.0), _row(1)]), "2021-01-01")
    assert _codes(report) == {1: ["edited-since"]}
    assert _live(empty_city)[number] == 1500.0


def test_defects_on_record_stay_until_an_edition_heals_them(empty_city: City, tmp_path: Path) -> None:
    """Accepted with open eyes, counted at every later import, closed by the one that puts them right."""
    rows = [_row(0), _row(1, geometry=translate(square(0, 0), 30)), _row(2, category="99")]
    report = _import(empty_city, _file(tmp_path, rows), accept_defects=True)
    assert (report.accepted, report.accepted_with_defect, report.refused) == (0, 3, 0)
    open_ones = "SELECT rule FROM qala.violation WHERE upper_inf(recorded) ORDER BY rule"
    assert _query(empty_city, open_ones) == [("import.unknown-code",), ("land.parcel.no-overlap",)]
    again = _import(empty_city, _file(tmp_path, rows))
    assert (again.changeset, again.accepted_with_defect) == (None, 3)
    better = [_row(0), _row(1), _row(2, category="2")]
    healed = _import(empty_city, _file(tmp_path, better), "2020-01-01")
    assert (healed.changed, healed.accepted_with_defect) == (2, 0)
    assert _query(empty_city, open_ones) == []


def test_a_file_in_cp1251_needs_its_encoding(empty_city: City, tmp_path: Path) -> None:
    """Without it the Cyrillic rows are refused, one by one; with it they are in."""
    path = tmp_path / "parcels.shp"
    rows = [{"id": f"p{i}", "cadnum": _row(i)["cadastral_number"], "address": a, "geometry": square(i, 0)}
            for i, a in enumerate(["Абай даңғылы", "plain"])]  # fmt: skip
    rows[0]["address"] = "пр. Абая"
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=3879)
    pyogrio.write_dataframe(frame, path, encoding="cp1251")
    path.with_suffix(".cpg").unlink()
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    table[29] = 0
    path.with_suffix(".dbf").write_bytes(table)
    mapping = tmp_path / "m.toml"
    mapping.write_text('key = "id"\n[fields]\ncadastral_number = "cadnum"\naddress = "address"\n', encoding="utf-8")
    blind = _import(empty_city, path, mapping=mapping, crs="EPSG:3879", dry_run=True)
    assert _codes(blind) == {1: ["undecodable-text"]}
    report = _import(empty_city, path, mapping=mapping, crs="EPSG:3879", encoding="cp1251")
    assert report.new == 2
    assert ("пр. Абая",) in _query(empty_city, "SELECT address FROM land.parcel")


def test_numbers_may_be_issued_by_place(empty_city: City, tmp_path: Path) -> None:
    """Foreign rows get the next serials of the quarter they lie in; one outside every quarter can't be numbered."""
    empty_city.put("land.quarter", shapely.MultiPolygon([square(0, 0, 200.0)]), code="09100107")
    empty_city.put("land.parcel", square(4, 4), cadastral_number="09100107041")
    rows = [{"id": f"91-2-48-{i}", "geometry": square(c, 0)} for i, c in enumerate((0, 1, 9))]
    mapping = tmp_path / "m.toml"
    mapping.write_text('key = "id"\n[fields]\nnational_reference = "id"\n[numbering]\n', encoding="utf-8")
    report = _import(empty_city, _file(tmp_path, rows), mapping=mapping)
    assert _codes(report) == {3: ["no-quarter"]}
    numbers = "SELECT national_reference, cadastral_number FROM land.parcel WHERE opened_by = %s ORDER BY 1"
    assert _query(empty_city, numbers, report.changeset) == [("91-2-48-0", "09100107042"), ("91-2-48-1", "09100107043")]


def test_other_layers_are_loaded_alike(empty_city: City, tmp_path: Path) -> None:
    """A layer of MultiPolygons takes single ones."""
    rows = [{"code": "091-001-07", "name": "Kamppi", "geometry": square(0, 0, 200.0)}]
    rows[0]["code"] = "09-100-107"
    report = _import(empty_city, _file(tmp_path, rows), layer="land.quarter")
    assert (report.new, report.unwrapped) == (1, 1)
    assert _query(empty_city, "SELECT code, name FROM land.quarter") == [("09100107", "Kamppi")]


def test_an_error_half_way_leaves_nothing(empty_city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All or nothing; and the same connection imports the file right after."""
    file = _file(tmp_path, [_row(0), _row(1)])

    def broken(*_: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(Workbench, "remember", broken)
        with pytest.raises(RuntimeError, match="power cut"):
            _import(empty_city, file)
    assert _query(empty_city, "SELECT count(*) FROM land.parcel") == [(0,)]
    assert _query(empty_city, "SELECT count(*) FROM qala.changeset") == [(0,)]
    assert _import(empty_city, file).new == 2


def test_progress_is_told(empty_city: City, tmp_path: Path) -> None:
    """From reading to recording, with the number of rows."""
    told: list[Progress] = []
    request = ImportRequest(layer="land.parcel", file=_file(tmp_path, [_row(0)]), act=empty_city.act())
    import_file(empty_city.register, request, told.append)
    assert [p.stage.en for p in told] == ["Reading", "Comparing with the register", "Checking the rules", "Recording"]
    assert {(p.done, p.total) for p in told} == {(1, 1)}


@pytest.mark.parametrize(
    ("mapping", "named"),
    [
        ("key = 'nowhere'", "nowhere"),
        ("[fields]\ncadastral_number = 'nowhere'", "nowhere"),
        ("[fields]\nnonsense = 'id'", "nonsense"),
        ("layer = 'land.zone'", "land.zone"),
        ("[fields]\nlabel = 'id'", "cadastral_number"),
        ("nonsense = 1", "nonsense"),
        ("key = ", "TOML"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(empty_city: City, tmp_path: Path, mapping: str, named: str) -> None:
    """Before anything is read, with what is wrong named."""
    file = tmp_path / "m.toml"
    file.write_text(mapping, encoding="utf-8")
    with pytest.raises(BadMapping, match=named):
        _import(empty_city, _file(tmp_path, [_row(0)]), mapping=file)


def test_bad_requests_are_refused_whole(empty_city: City, tmp_path: Path) -> None:
    """Unknown layer, missing file, empty file, unknown system, a source from the future."""
    file = _file(tmp_path, [_row(0)])
    nothing = tmp_path / "nothing.gpkg"
    nothing.touch()
    with pytest.raises(QalaError, match=r"land\.nowhere"):
        _import(empty_city, file, layer="land.nowhere")
    with pytest.raises(BadFile):
        _import(empty_city, tmp_path / "nowhere.gpkg")
    with pytest.raises(EmptyFile):
        _import(empty_city, nothing)
    with pytest.raises(QalaError, match="EPSG:1"):
        _import(empty_city, file, crs="EPSG:1")
    with pytest.raises(RuleBroken):
        _import(empty_city, file, "2999-01-01")
