"""Watercourses and protected areas out of an OpenStreetMap extract."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from data.loaders.osm import LayerRows, read_osm
from tests.city import REAL_DATA
from tests.osm_file import OsmFile

GK25 = 3879
REACH, SITE = "environment.water_reach", "environment.protected_site"
X, Y = 24.94, 60.17
COURSE = [(X, Y), (X + 0.001, Y + 0.001), (X + 0.002, Y)]
AREA = [(X, Y), (X + 0.002, Y), (X + 0.002, Y + 0.002), (X, Y + 0.002)]


def told(rows: LayerRows) -> dict[str, Mapping[str, Any]]:
    """Return what the features say by their reference."""
    return {str(f.attributes["external_reference"]): f.attributes for f in rows.features}


def test_watercourses_are_reaches_by_class(tmp_path: Path) -> None:
    """Rivers, streams, canals and ditches; half of a width that the map tells; weirs are none."""
    file = OsmFile()
    file.way(1, COURSE, waterway="river", name="Joki", width="24 m")
    file.way(2, COURSE, waterway="stream")
    file.way(3, COURSE, waterway="ditch", width="wide")
    file.way(4, COURSE, waterway="weir")
    rows = read_osm(file.write(tmp_path / "small.osm.pbf"), GK25).layers[REACH]
    said = told(rows)
    assert {name: s["water_class"] for name, s in said.items()} == {
        "way/1": "river",
        "way/2": "small_river",
        "way/3": "canal",
    }
    assert [said[name]["half_width"] for name in sorted(said)] == [12.0, None, None]
    assert {s["measured_from"] for s in said.values()} == {"axis"}
    assert (rows.accepted, rows.accepted_with_defect) == (2, 1)


def test_protected_areas_get_the_kind_that_comes_nearest(tmp_path: Path) -> None:
    """By the class that the map tells; a class without a kind in the law is passed over."""
    file = OsmFile()
    file.way(1, AREA, closed=True, boundary="national_park", name="Puisto")
    file.way(2, AREA, closed=True, boundary="protected_area", protect_class="1b")
    file.way(3, AREA, closed=True, boundary="protected_area", protect_class="22")
    file.way(4, AREA, closed=True, leisure="nature_reserve")
    said = told(read_osm(file.write(tmp_path / "small.osm.pbf"), GK25).layers[SITE])
    assert {name: s["site_kind"] for name, s in said.items()} == {
        "way/1": "national_park",
        "way/2": "nature_reserve",
        "way/4": "zakaznik",
    }


@pytest.mark.realdata
def test_almatys_rivers_are_there() -> None:
    """The streams that come down from the mountains, among them those that everybody knows."""
    rows = read_osm(REAL_DATA / "almaty" / "almaty-2012.osm.pbf", 32643).layers[REACH]
    names = " ".join(str(f.attributes["name"]) for f in rows.features)
    assert len(rows.features) > 20
    assert "Алматинка" in names
