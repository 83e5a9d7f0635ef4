"""District files of known and unknown layouts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from data.loaders.districts import import_districts
from data.loaders.source import BadFile
from gis.database import connect
from tests.city import REAL_DATA, City
from tests.data.loaders.astana import request_for

GEOJSON = '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {%s}, "geometry": %s}]}'
SQUARE = '{"type": "Polygon", "coordinates": [[[71.4, 51.1], [71.5, 51.1], [71.5, 51.2], [71.4, 51.2], [71.4, 51.1]]]}'
MAPPING = """
key = "code"
fields = { name = "title", name_kk = "title", name_ru = "title", kato = "code" }
constants = { level = "settlement" }
"""


def test_an_unknown_layout_needs_a_mapping(fresh_city: Callable[[str], City], tmp_path: Path) -> None:
    """The refusal names the columns that it found and those that it knows."""
    city = fresh_city("astana")
    file, mapping = tmp_path / "units.geojson", tmp_path / "units.toml"
    file.write_text(GEOJSON % ('"title": "Қоянды", "code": "116667100"', SQUARE), encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    with pytest.raises(BadFile, match="code"):
        import_districts(city.register, request_for(city, file))
    asked = request_for(city, file, accept_defects=False)
    object.__setattr__(asked, "mapping", mapping)
    report = import_districts(city.register, asked)
    assert (report.read, report.accepted, report.refused) == (1, 1, 0)


@pytest.mark.realdata
def test_almaty_s_districts(fresh_city: Callable[[str], City]) -> None:
    """Eight districts; the one whose name has a Latin letter is refused, and its letter named, or goes on record."""
    city = fresh_city("almaty")
    file = REAL_DATA / "almaty" / "districts.geojson"
    strict = import_districts(city.register, request_for(city, file, accept_defects=False))
    assert (strict.read, strict.accepted, strict.refused) == (8, 7, 1)
    assert "U+018F" in str([defect["detail"] for defect in strict.log])
    lenient = import_districts(city.register, request_for(city, file))
    assert (lenient.unchanged, lenient.accepted_with_defect) == (7, 1)
    with connect(city.register.database.reader) as connection:
        rows = connection.execute("SELECT count(*), count(kato) FROM address.admin_unit").fetchone()
    assert rows == (8, 0)
