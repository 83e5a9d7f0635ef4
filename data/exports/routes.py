"""A route to be taken into the field: for receivers, for desktop GIS, and for a browser.

``gpx``
    GPX 1.1: a route whose points are the manoeuvres, and the track of the whole course.
``kml``
    KML 2.2: the course, and a folder of manoeuvres.
``geojson``
    RFC 7946: the course and the manoeuvres as features of one collection.
``gpkg``
    GeoPackage in the city's projected system: layers ``route``, ``pieces`` and ``manoeuvres``.
``fgb``
    FlatGeobuf in the city's projected system: the pieces, with what is known of each.
``fit``
    A FIT course, with the manoeuvres as course points.

There is no TCX: no library that writes it is kept up, and receivers that read it read FIT as well.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gis.crs import System, pyproj_crs, transformer
from gis.text import Language
from routing.instructions import Instruction, Instructions
from routing.route import Coordinates, Piece, Route
from routing.telling import incline
from routing.ways import called, legible

_PLAIN: Final = (str, int, float, bool)
_KNOWN: Final = ("surface", "smoothness", "width", "tactile_paving", "lit", "wheelchair", "handrail", "step_count")
"""What of each way is written as well, where it is known."""

Columns = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A route that somebody takes along.

    Attributes:
        route: in the city's projected system.
        told: its instructions.
        system: the city's projected system.
        title: what it is called, in the language of the instructions.
        link: where it can be asked for again; empty where nowhere.
    """

    route: Route
    told: Instructions
    system: System
    title: str
    link: str = ""

    @property
    def language(self) -> Language:
        """Of the instructions."""
        return self.told.language

    @cached_property
    def name(self) -> str:
        """The title, without letters that files can't hold."""
        return legible(self.title) or "Qala"

    @cached_property
    def course(self) -> Coordinates:
        """The course in the city's system; of a route without length, its place twice."""
        course = self.route.course
        return course if len(course) else np.array([self.route.start.point] * 2, dtype=np.float64)

    @cached_property
    def globe(self) -> Coordinates:
        """The course in longitude and latitude [degrees]."""
        return self.degrees(self.course)

    @cached_property
    def passed(self) -> npt.NDArray[np.float64]:
        """For each vertex of the course, metres of the route before it and seconds until it: shape (n, 2)."""
        rows, before, since = [np.zeros((1, 2))], 0.0, 0.0
        for piece in self.route.pieces:
            drawn = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(piece.course, axis=0).T))])
            share = drawn / drawn[-1] if drawn[-1] else np.linspace(0, 1, len(drawn))
            rows.append(np.column_stack([before + share * piece.length, since + share * piece.seconds])[1:])
            before, since = before + piece.length, since + piece.seconds + piece.delay
        return np.concatenate(rows) if self.route.pieces else np.zeros((2, 2))

    def degrees(self, places: npt.ArrayLike) -> Coordinates:
        """Return places of the city's system in longitude and latitude of WGS 84 [degrees], to a centimetre."""
        there = np.asarray(places, dtype=np.float64).reshape(-1, 2)
        longitude, latitude = transformer(self.system, 4326).transform(there[:, 0], there[:, 1])
        return np.round(np.column_stack([longitude, latitude]), 7)

    def placed(self) -> Iterator[tuple[float, float, Instruction]]:
        """Yield longitude and latitude of each manoeuvre, with what is said of it."""
        where = self.degrees([step.manoeuvre.location for step in self.told.steps])
        for (longitude, latitude), step in zip(where.tolist(), self.told.steps, strict=True):
            yield longitude, latitude, step

    @property
    def facts(self) -> dict[str, Any]:
        """What is said of the whole route."""
        route = self.route
        return {
            "name": self.name,
            "profile": route.profile.name,
            "length": round(route.length, 2),
            "duration": round(route.seconds, 1),
            "departure": route.departure.isoformat(timespec="seconds"),
            "valid": route.reading.valid.isoformat(timespec="seconds"),
            "recorded": route.reading.recorded.isoformat(timespec="seconds"),
            "summary": self.told.summary.text,
        }


def told_piece(piece: Piece, order: int, language: Language) -> dict[str, Any]:
    """Return what is said of one way of a route; the incline in the direction of travel [ratio]."""
    attributes = piece.attributes
    names = {key: value for key in ("name", "name_kk", "name_ru", "name_en") if (value := legible(attributes.get(key)))}
    said = called(names, language)
    known = {name: said_of for name in _KNOWN if isinstance(said_of := attributes.get(name), _PLAIN)}
    return {
        "order": order,
        "kind": piece.kind,
        "layer": piece.layer,
        "feature_id": piece.feature_id,
        "name": None if said is None else said.text,
        "length": round(piece.length, 2),
        "duration": round(piece.seconds, 1),
        "delay": round(piece.delay, 1),
        "incline": incline(piece),
        **known,
    }


def told_manoeuvre(step: Instruction, number: int) -> dict[str, Any]:
    """Return what is said of one manoeuvre, numbered from 1."""
    done = step.manoeuvre
    return {
        "number": number,
        "type": done.type,
        "modifier": done.modifier,
        "instruction": step.verbal.text,
        "alert": None if step.alert is None else step.alert.text,
        "along": round(done.along, 1),
        "distance": round(done.distance, 1),
        "duration": round(done.seconds, 1),
    }


def geojson(taken: Taken) -> bytes:
    """Return a collection: the course, then the manoeuvres."""
    line = {"type": "LineString", "coordinates": taken.globe.tolist()}
    features: list[dict[str, Any]] = [
        {"type": "Feature", "geometry": line, "properties": {"part": "route", **taken.facts}}
    ]
    for number, (longitude, latitude, step) in enumerate(taken.placed(), 1):
        point = {"type": "Point", "coordinates": [longitude, latitude]}
        told: dict[str, Any] = {"part": "manoeuvre", **told_manoeuvre(step, number)}
        features.append({"type": "Feature", "geometry": point, "properties": told})
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def geopackage(taken: Taken) -> bytes:
    """Return a GeoPackage of three layers."""
    layers = {
        "route": ([shapely.LineString(taken.course)], [taken.facts]),
        "pieces": _pieces(taken),
        "manoeuvres": (
            [shapely.Point(step.manoeuvre.location) for step in taken.told.steps],
            [told_manoeuvre(step, number) for number, step in enumerate(taken.told.steps, 1)],
        ),
    }
    return _vector(taken, "route.gpkg", "GPKG", layers)


def flatgeobuf(taken: Taken) -> bytes:
    """Return a FlatGeobuf of the pieces."""
    return _vector(taken, "pieces.fgb", "FlatGeobuf", {"pieces": _pieces(taken)})


_Layer = tuple[list[shapely.LineString] | list[shapely.Point], list[dict[str, Any]]]


def _pieces(taken: Taken) -> _Layer:
    pieces = taken.route.pieces
    rows = [told_piece(piece, order, taken.language) for order, piece in enumerate(pieces)]
    return [shapely.LineString(piece.course) for piece in pieces], rows


def _vector(taken: Taken, name: str, driver: str, layers: Mapping[str, _Layer]) -> bytes:
    """Write layers by GDAL, which wants a file, and return its bytes."""
    with TemporaryDirectory(prefix="qala-route-") as folder:
        file = Path(folder) / name
        for layer, (shapes, rows) in layers.items():
            _write(file, driver, layer, shapes, rows, taken.system)
        return file.read_bytes()


def _write(
    file: Path,
    driver: str,
    layer: str,
    shapes: Sequence[Any],
    rows: Sequence[Mapping[str, Any]],
    system: System,
) -> None:
    import pyogrio  # noqa: PLC0415  (it takes a second to load)

    names = list(dict.fromkeys(name for row in rows for name in row))
    pyogrio.raw.write(
        file,
        np.array([shape.wkb for shape in shapes], dtype=object),
        field_data=[_column([row.get(name) for row in rows]) for name in names],
        fields=np.array(names, dtype=object),
        layer=layer,
        driver=driver,
        geometry_type="Point" if layer == "manoeuvres" else "LineString",
        crs=pyproj_crs(system).to_wkt(),
        append=file.exists(),
    )


def _column(values: Sequence[Any]) -> npt.NDArray[Any]:
    """Return a column of one type: whole numbers where none lacks, numbers, or texts; an absent value is none."""
    known = [value for value in values if value is not None]
    numbers = bool(known) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known)
    if numbers and len(known) == len(values) and all(isinstance(value, int) for value in known):
        return np.array(values, dtype=np.int64)
    if numbers:
        return np.array([np.nan if value is None else float(value) for value in values])
    return np.array([None if value is None else legible(value) for value in values], dtype=object)


def write(taken: Taken, form: str) -> bytes:
    """Return a route as a file of one of :data:`FORMS`.

    Raises:
        KeyError: of none of them.
    """
    return FORMS[form](taken)


def _gpx(taken: Taken) -> bytes:
    from data.exports.route_gpx import gpx  # noqa: PLC0415  (each form loads its own library)

    return gpx(taken)


def _kml(taken: Taken) -> bytes:
    from data.exports.route_kml import kml  # noqa: PLC0415  (as above)

    return kml(taken)


def _fit(taken: Taken) -> bytes:
    from data.exports.route_fit import fit  # noqa: PLC0415  (as above)

    return fit(taken)


FORMS: Final[Mapping[str, Callable[[Taken], bytes]]] = {
    "gpx": _gpx, "kml": _kml, "geojson": geojson, "gpkg": geopackage, "fgb": flatgeobuf, "fit": _fit,
}  # fmt: skip
"""By the suffix of the file."""

MEDIA_TYPES: Final = {
    "gpx": "application/gpx+xml", "kml": "application/vnd.google-earth.kml+xml", "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3", "fgb": "application/flatgeobuf", "fit": "application/vnd.ant.fit",
    "pdf": "application/pdf",
}  # fmt: skip
"""Of each form, and of the printed sheet (:mod:`data.exports.documents.route_sheet`)."""
