"""The 18th arrondissement of Paris: 6 821 real parcels, their overlaps found, a newer edition told apart."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from psycopg import sql
from shapely.affinity import scale
from shapely.geometry import mapping, shape

from data.loaders.importing import import_file
from data.loaders.report import ImportReport
from data.loaders.request import ImportRequest
from gis.crs import transformer
from gis.database import connect
from tests.city import REAL_DATA, City

pytestmark = [pytest.mark.realdata, pytest.mark.slow]

PARCELS = REAL_DATA / "parcels" / "paris-18e.geojson"
MAPPING = Path(__file__).parents[1] / "files" / "paris-18e.toml"
ROWS = 6_821
TOLERANCE = 0.01


@dataclass(frozen=True)
class Paris:
    """The arrondissement imported once, and imported again from any edition."""

    city: City
    first: ImportReport

    def again(self, file: Path = PARCELS, **options: Any) -> ImportReport:
        """Import an edition."""
        return import_file(self.city.register, _request(self.city, file, **options))

    def count(self, query: str, *values: object) -> int:
        """Return the one number that a query answers."""
        with connect(self.city.register.database.reader) as connection:
            row = connection.execute(sql.SQL(query), values).fetchone()
        assert row is not None
        return int(row[0])


def _request(city: City, file: Path, **options: Any) -> ImportRequest:
    return ImportRequest(layer="land.parcel", file=file, act=city.act("2022-01-01"), mapping=MAPPING, **options)


@pytest.fixture(scope="module")
def paris(fresh_city: Callable[[str], City]) -> Paris:
    """Imported with all defects refused."""
    city = fresh_city("paris18")
    return Paris(city, import_file(city.register, _request(city, PARCELS)))


@pytest.fixture(scope="module")
def features() -> list[dict[str, Any]]:
    """The file's features."""
    loaded: list[dict[str, Any]] = json.loads(PARCELS.read_text(encoding="utf-8"))["features"]
    return loaded


@pytest.fixture(scope="module")
def overlapping(features: list[dict[str, Any]]) -> set[frozenset[str]]:
    """Pairs that overlap by the register's definition, found by brute force in EPSG:2154."""
    to_metres = transformer(4326, 2154).transform
    on_globe = [shape(f["geometry"]) for f in features]
    shapes = shapely.transform(on_globe, lambda lon_lat: np.column_stack(to_metres(*lon_lat.T)))
    keys = [f["properties"]["id"] for f in features]
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    return {
        frozenset((keys[i], keys[j]))
        for i, j in zip(one, other, strict=True)
        if i < j and not shapes[i].intersection(shapes[j]).buffer(-TOLERANCE / 2).is_empty
    }


def _pairs(report: ImportReport) -> set[frozenset[str]]:
    return {frozenset((d["key"], d["others"][0]["key"])) for d in report.log if d["code"] == "land.parcel.no-overlap"}


def test_every_row_is_accounted_for(paris: Paris, overlapping: set[frozenset[str]]) -> None:
    """All rows are read; those that overlap are refused, all others are in."""
    report = paris.first
    refused = set().union(*overlapping)
    assert (report.read, report.refused) == (ROWS, len(refused))
    assert report.read == report.accepted + report.accepted_with_defect + report.refused
    assert report.new == ROWS - len(refused)
    assert paris.count("SELECT count(*) FROM land.parcel") == report.new


def test_every_overlapping_pair_is_found_and_named(paris: Paris, overlapping: set[frozenset[str]]) -> None:
    """The register and brute force agree pair by pair."""
    assert overlapping
    assert _pairs(paris.first) == overlapping


def test_each_refused_row_has_its_reason_and_place(paris: Paris, overlapping: set[frozenset[str]]) -> None:
    """Words in three languages, and a place within Paris."""
    refused = [d for d in paris.first.log if d["outcome"] == "refused"]
    assert {d["key"] for d in refused} == set().union(*overlapping)
    for defect in refused:
        west, south, east, north = shape(defect["place"]).bounds
        assert 2.3 < west <= east < 2.4
        assert 48.8 < south <= north < 49.0
        assert set(defect["text"]) == {"kk", "ru", "en"}


def test_numbers_are_the_citys_own_beside_the_french_ones(paris: Paris) -> None:
    """Each section became one quarter, named by the first digits of its parcels' numbers."""
    assert paris.first.quarters == 84
    assert paris.count("SELECT count(DISTINCT cadastral_number) FROM land.parcel") == paris.first.new
    one_section = """
SELECT count(*) FROM (
  SELECT left(cadastral_number, 8), count(DISTINCT substr(national_reference, 6, 5)) AS sections
  FROM land.parcel GROUP BY 1) AS quarter WHERE sections <> 1
"""
    assert paris.count(one_section) == 0
    assert paris.count("SELECT count(*) FROM land.parcel WHERE cadastral_number !~ '^75118[0-9]{6}$'") == 0


def test_areas_are_the_legal_ones(paris: Paris, features: list[dict[str, Any]]) -> None:
    """What the file says, never what was computed."""
    said = {f["properties"]["id"]: f["properties"]["contenance"] for f in features}
    with connect(paris.city.register.database.reader) as connection:
        kept = connection.execute("SELECT national_reference, official_area FROM land.parcel").fetchall()
    assert all(said[key] == area for key, area in kept)


def test_the_same_file_again_changes_nothing(paris: Paris, overlapping: set[frozenset[str]]) -> None:
    """No changeset, no version; the same pairs are named again."""
    before = paris.count("SELECT count(*) FROM qala.changeset")
    report = paris.again()
    assert (report.new, report.changed, report.unchanged) == (0, 0, paris.first.new)
    assert (report.read, report.refused, report.changeset) == (ROWS, paris.first.refused, None)
    assert _pairs(report) == overlapping
    assert paris.count("SELECT count(*) FROM qala.changeset") == before


def test_a_newer_edition_makes_versions_of_what_changed(
    paris: Paris, features: list[dict[str, Any]], overlapping: set[frozenset[str]], tmp_path: Path
) -> None:
    """50 rows changed, 20 missing: 50 new versions, 20 reported and left in force."""
    edition = _edition(features, set().union(*overlapping), tmp_path)
    report = paris.again(edition)
    assert (report.new, report.changed, report.read) == (0, 50, ROWS - 20)
    assert (len(report.absent), report.archived) == (20, 0)
    assert report.read == report.accepted + report.accepted_with_defect + report.refused
    assert paris.count("SELECT count(*) FROM land.parcel WHERE opened_by = %s", report.changeset) == 50
    assert paris.count("SELECT count(*) FROM land.parcel WHERE closed_by = %s", report.changeset) == 50
    assert paris.count("SELECT count(*) FROM land.parcel WHERE upper_inf(recorded)") == paris.first.new
    assert paris.again(edition).changeset is None


def _edition(features: list[dict[str, Any]], apart: set[str], folder: Path) -> Path:
    """Write an edition: 25 areas put right, 25 parcels shrunk, 20 left out, in another order."""
    sound = [f for f in features if f["properties"]["id"] not in apart]
    left_out = {f["properties"]["id"] for f in sound[100:120]}
    changed = {f["properties"]["id"]: f for f in [f for f in sound[1000:] if _convex(f)][:50]}
    edited = [_changed(f, i) for i, f in enumerate(changed.values())]
    kept = [f for f in features if f["properties"]["id"] not in changed.keys() | left_out]
    file = folder / "edition.geojson"
    collection = {"type": "FeatureCollection", "features": [*edited, *reversed(kept)]}
    file.write_text(json.dumps(collection), encoding="utf-8")
    return file


def _convex(feature: dict[str, Any]) -> bool:
    """Tell whether a parcel shrunk about its middle stays inside itself."""
    outline = shape(feature["geometry"])
    return bool(outline.equals(outline.convex_hull))


def _changed(feature: dict[str, Any], number: int) -> dict[str, Any]:
    if number % 2:
        return {**feature, "properties": {**feature["properties"], "contenance": 7}}
    return {**feature, "geometry": mapping(scale(shape(feature["geometry"]), 0.9, 0.9))}


def test_defects_may_be_taken_on_record(fresh_city: Callable[[str], City], overlapping: set[frozenset[str]]) -> None:
    """Then every row is in, each pair stands as an open violation, and the next import finds nothing to say."""
    city = fresh_city("paris18")
    report = import_file(city.register, _request(city, PARCELS, accept_defects=True))
    paris = Paris(city, report)
    assert (report.new, report.refused) == (ROWS, 0)
    assert report.accepted_with_defect == len(set().union(*overlapping))
    assert _pairs(report) == overlapping
    standing = "SELECT count(*) FROM qala.violation WHERE upper_inf(recorded) AND rule = 'land.parcel.no-overlap'"
    assert paris.count(standing) == len(overlapping)
    again = paris.again(accept_defects=True)
    assert (again.changeset, again.unchanged, again.accepted_with_defect) == (None, ROWS, report.accepted_with_defect)
    assert again.read == again.accepted + again.accepted_with_defect + again.refused
