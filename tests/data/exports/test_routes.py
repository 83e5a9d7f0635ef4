"""Routes as files and on paper: what other programs read of them is what they are."""

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pypdfium2
import pytest
import shapely
import xmlschema
from fit_tool.fit_file import FitFile

from data.catalogue import STREETS
from data.exports.documents.route_drawing import Around
from data.exports.documents.route_sheet import MAP_HEIGHT, Sheet, route_sheet, shown_ground
from data.exports.route_surroundings import surroundings
from data.exports.routes import FORMS, MEDIA_TYPES, Taken, write
from data.profiles import find
from gis.crs import transformer
from gis.instant import Instant, read_head, settle
from gis.text import LANGUAGES, Language
from routing.instructions import instructions
from routing.route import Route, Snapped
from tests.api.street_town import built
from tests.city import ORIGIN, City
from tests.routing.told_routes import ROUTES, go, near, trip

ODD = 'Қарлығаш → <Абай> & "Co" \' ]]> 𝔘🚑\x0b\u202e'
KEPT = 'Қарлығаш → <Абай> & "Co" \' ]]> 𝔘🚑'
LINK = "https://map.example.kz/routing/route?from=43.2,76.9&to=43.3,77.0"
SYSTEM = 32643


def moved(route: Route, east: float = 658_000.0, north: float = 4_790_000.0) -> Route:
    """Return a route that was made at the origin, in Almaty."""
    away = np.array([east, north])

    def there(snapped: Snapped) -> Snapped:
        (ax, ay), (px, py) = snapped.asked, snapped.point
        return replace(snapped, asked=(ax + east, ay + north), point=(px + east, py + north))

    pieces = tuple(replace(piece, course=piece.course + away) for piece in route.pieces)
    return replace(route, start=there(route.start), end=there(route.end), pieces=pieces)


def taken(name: str = "on_wheels", language: Language = "kk", title: str = ODD) -> Taken:
    """Return a route to be taken along."""
    route = moved(ROUTES[name]())
    told = instructions(route, language)
    return Taken(route=route, told=told, system=SYSTEM, title=title, link=LINK)


def saved(folder: Path, some: Taken, form: str) -> Path:
    """Write a route into a file."""
    file = folder / f"route.{form}"
    file.write_bytes(write(some, form))
    return file


@pytest.mark.parametrize("name", ROUTES)
def test_gpx_keeps_the_schema(name: str) -> None:
    """Elements in their order, numbers in their range, the link escaped."""
    schema = xmlschema.XMLSchema(Path(__file__).with_name("gpx11.xsd"))
    schema.validate(io.BytesIO(write(taken(name), "gpx")))


def test_gpx_opens_in_gdal(tmp_path: Path) -> None:
    """A route of as many points as there are manoeuvres, a track of the whole course, texts letter by letter."""
    some = taken()
    file = saved(tmp_path, some, "gpx")
    routes, tracks = (gpd.read_file(file, layer=layer) for layer in ("routes", "tracks"))
    points, track = (gpd.read_file(file, layer=layer) for layer in ("route_points", "track_points"))
    assert (len(routes), len(tracks)) == (1, 1)
    assert routes["name"].tolist() == [KEPT]
    assert points["desc"].tolist() == list(some.told.lines)
    assert len(track) == len(some.course)
    back = np.column_stack(transformer(4326, SYSTEM).transform(track.geometry.x, track.geometry.y))
    assert np.abs(back - some.course).max() < 0.02


def test_kml_opens_in_gdal(tmp_path: Path) -> None:
    """The course, and a folder with the manoeuvres."""
    some = taken(title="Үйден <b>мектепке</b>")
    file = saved(tmp_path, some, "kml")
    counts = {layer: pyogrio.read_info(file, layer=layer)["features"] for layer, _ in pyogrio.list_layers(file)}
    assert counts == {"Үйден <b>мектепке</b>": 1, "Нұсқаулар": len(some.told.steps)}
    described = gpd.read_file(file, layer="Нұсқаулар")["description"].tolist()
    assert described == list(some.told.lines)


def test_desktop_files_open_in_gdal(tmp_path: Path) -> None:
    """GeoPackage with three layers, FlatGeobuf with the pieces, GeoJSON with the course and the manoeuvres."""
    some = taken("by_car", "ru")
    gpkg, fgb, geojson = (saved(tmp_path, some, form) for form in ("gpkg", "fgb", "geojson"))
    counts = {layer: pyogrio.read_info(gpkg, layer=layer)["features"] for layer, _ in pyogrio.list_layers(gpkg)}
    assert counts == {"route": 1, "pieces": len(some.route.pieces), "manoeuvres": len(some.told.steps)}
    line = gpd.read_file(gpkg, layer="route")
    assert line.crs is not None
    assert line.crs.to_epsg() == SYSTEM
    assert line["name"].tolist() == [KEPT]
    assert shapely.equals_exact(line.geometry.iloc[0], shapely.LineString(some.course))
    pieces = gpd.read_file(fgb).sort_values("order")
    assert pieces["length"].sum() == pytest.approx(some.route.length, abs=0.1)
    assert pieces.geometry.length.tolist() == pytest.approx([piece.length for piece in some.route.pieces])
    collection = json.loads(geojson.read_bytes())["features"]
    assert [one["properties"]["part"] for one in collection] == ["route"] + ["manoeuvre"] * len(some.told.steps)
    assert len(gpd.read_file(geojson)) == 1 + len(some.told.steps)


def test_fit_is_a_course(tmp_path: Path) -> None:
    """Its sum is right; records go on in time and distance; turns are of their kind; long names end with a word."""
    some = taken("by_car", "ru")
    messages = [record.message for record in FitFile.from_file(str(saved(tmp_path, some, "fit"))).records]

    def of(kind: str) -> list[object]:
        return [message for message in messages if type(message).__name__ == f"{kind}Message"]

    records, points = of("Record"), of("CoursePoint")
    distances = [record.distance for record in records]  # type: ignore[attr-defined]
    times = [record.timestamp for record in records]  # type: ignore[attr-defined]
    assert len(records) == len(some.course)
    assert distances == sorted(distances)
    assert times == sorted(times)
    assert distances[-1] == pytest.approx(some.route.length, abs=0.1)
    names = [point.course_point_name for point in points]  # type: ignore[attr-defined]
    assert len(names) == len(some.told.steps)
    assert all(step.text.text.startswith(name) for name, step in zip(names, some.told.steps, strict=True))
    assert max(len(name.encode()) for name in names) <= 60
    assert len(of("Course")) == len(of("Lap")) == 1


def test_a_way_without_length_is_written_as_well(tmp_path: Path) -> None:
    """Who is there already gets files with one manoeuvre, and a sheet."""
    there = moved(replace(trip("foot", go("street", 1, 0)), pieces=()))
    some = Taken(route=there, told=instructions(there, "en"), system=SYSTEM, title="")
    for form in FORMS:
        assert saved(tmp_path, some, form).stat().st_size > 100
    assert len(gpd.read_file(tmp_path / "route.gpx", layer="route_points")) == 1
    sheet = route_sheet(Sheet(taken=some, profile=find("almaty"), start="A", end="A"))
    assert "You have arrived." in _text(sheet)
    assert set(MEDIA_TYPES) == {*FORMS, "pdf"}


# Paper


def _text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    document.close()
    return " ".join(" ".join(pages).split())


def sheet_of(name: str, language: Language) -> Sheet:
    """Return a sheet with a few streets around."""
    route = moved(ROUTES[name]())
    some = Taken(
        route=route, told=instructions(route, language, near), system=SYSTEM, title="Абай — Қарағаш", link=LINK
    )
    west, south, east, north = shown_ground(some)
    across = np.array([[west, south + 0.7 * (north - south)], [east, south + 0.7 * (north - south)]])
    around = (Around("street", across, "Қаныш Сәтбаев көшесі"), Around("path", across + 9), Around("major", across - 9))
    return Sheet(taken=some, profile=find("almaty"), start="Абай даңғылы, 7А", end="Қарағаш, 12", around=around)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_has_every_instruction(language: Language) -> None:
    """Each instruction whole, the two places, the name of a street around; the same sheet, the same bytes."""
    sheet = sheet_of("on_wheels", language)
    content = route_sheet(sheet)
    text = _text(content)
    for step in sheet.taken.told.steps:
        assert step.text.text in text
    assert "Абай даңғылы, 7А" in text
    assert "Қаныш Сәтбаев көшесі" in text
    assert content == route_sheet(sheet)


@pytest.mark.parametrize("name", ROUTES)
def test_nothing_is_drawn_outside_the_margins(name: str) -> None:
    """Whatever the shape and the length of the way, all ink lies within the page's margins, and there is a line."""
    document = pypdfium2.PdfDocument(route_sheet(sheet_of(name, "ru")))
    for number in range(len(document)):
        pixels = document[number].render(scale=1).to_numpy()[..., :3].min(axis=2)
        rows, columns = np.nonzero(pixels < 200)
        assert columns.min() > 40
        assert columns.max() < pixels.shape[1] - 35
        assert rows.min() > 35
    colours = document[0].render(scale=1).to_numpy()[..., :3].astype(int)
    assert (np.abs(colours - [0xB0, 0x70, 0x1B]).max(axis=2) < 12).sum() > 150
    document.close()


def test_the_ground_shown_holds_the_way_and_fits_the_paper() -> None:
    """Long, short, upright and flat ways."""
    for name in ROUTES:
        some = taken(name)
        west, south, east, north = shown_ground(some)
        (left, below), (right, above) = some.course.min(axis=0), some.course.max(axis=0)
        assert west < left <= right < east
        assert south < below <= above < north
        assert (north - south) / (east - west) <= MAP_HEIGHT / 400


def test_streets_around_are_those_of_the_day(empty_city: City) -> None:
    """Ways within the frame by kind and name in the language; none before they were entered, few on a wide map."""
    town = built(empty_city, "2020-01-01")
    x, y = ORIGIN

    def around(day: str, reach: float, language: Language = "ru") -> list[Around]:
        register = town.city.register
        with register.reading() as connection:
            reading = settle(Instant(town.city.profile.midnight(date.fromisoformat(day))), read_head(connection))
        return surroundings(register, STREETS, reading, (x - reach, y - reach, x + reach, y + reach), language)

    assert {way.name for way in around("2021-01-01", 300)} == {"", "улица Абая", "Лестница"}
    assert {way.name for way in around("2021-01-01", 300, "kk")} == {"", "Абай көшесі", "Лестница"}
    assert {way.kind for way in around("2021-01-01", 300)} == {"path", "street"}
    assert {way.kind for way in around("2021-01-01", 2000)} == {"street"}
    assert around("2021-01-01", 9000) == []
    assert around("2019-01-01", 300) == []
