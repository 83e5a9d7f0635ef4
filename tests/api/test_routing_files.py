"""Ways fetched as files for the field: what other programs find in them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import httpx2
import pypdfium2
import pytest
from fit_tool.fit_file import FitFile

from tests.api.server import serving
from tests.api.street_town import built, lonlat_text
from tests.city import City

ENDS = {"from": lonlat_text(5, 0), "to": lonlat_text(195, 0), "profile": "foot", "lang": "ru"}


@pytest.fixture(scope="module")
def client(fresh_city: Callable[[str], City]) -> Iterator[httpx2.Client]:
    """A client of a server of a few streets."""
    town = built(fresh_city("helsinki"))
    with serving(town.city.register) as server, httpx2.Client(base_url=server.address, timeout=120.0) as opened:
        yield opened


def fetched(client: httpx2.Client, form: str, media_type: str) -> bytes:
    """Return a way in a form."""
    answer = client.get("/routing/route", params={**ENDS, "f": form})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith(media_type)
    assert answer.headers["content-disposition"] == f'attachment; filename="route.{form}"'
    return answer.content


def test_ways_are_fetched_for_receivers(client: httpx2.Client, tmp_path: Path) -> None:
    """GPX and KML open in GDAL, FIT in a library; each has the instructions of the text."""
    lines = client.get("/routing/route", params={**ENDS, "f": "text"}).text.splitlines()[1:]
    said = [line.partition(" ")[2] for line in lines]
    for form, media_type in (("gpx", "application/gpx+xml"), ("kml", "application/vnd.google-earth.kml+xml")):
        (tmp_path / f"way.{form}").write_bytes(fetched(client, form, media_type))
    assert gpd.read_file(tmp_path / "way.gpx", layer="route_points")["desc"].tolist() == said
    assert gpd.read_file(tmp_path / "way.kml", layer="Указания")["description"].tolist() == said
    course = FitFile.from_bytes(fetched(client, "fit", "application/vnd.ant.fit"))
    kinds = [type(record.message).__name__ for record in course.records]
    assert kinds.count("CoursePointMessage") == len(said)


def test_a_sheet_is_printed(client: httpx2.Client) -> None:
    """The way's streets and instructions, its ends by their coordinates, and who must be named."""
    document = pypdfium2.PdfDocument(fetched(client, "pdf", "application/pdf"))
    pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    text = " ".join(" ".join(pages).split())
    document.close()
    assert "Маршрутный лист" in text
    assert "вдоль улицы Абая" in text
    assert "© OpenStreetMap contributors" in text
