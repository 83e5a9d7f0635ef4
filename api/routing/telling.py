"""A way told in words, and written into files for receivers, maps and paper."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from shapely import Point

from api.routing.answers import (
    Document,
    collection,
    dumped,
    ended,
    geometry,
    piece_features,
    place_told,
    route_document,
    route_features,
    times,
    totals,
)
from api.routing.asked import Question
from api.routing.explaining import found_on, unknowns_told
from api.routing.finding import Found
from api.routing.layers import vector_file
from api.routing.taking import FILES as FIELD_FILES
from api.routing.taking import taken_file
from api.violations import on_globe
from data.landmarks import RegisterLandmarks
from gis.text import Text
from routing.instructions import Instructions, instructions
from routing.reasons import unknown_of
from routing.route import Route
from routing.ssml import ssml

FILES: Final[Mapping[str, str]] = {
    ".gpx": "gpx", ".kml": "kml", ".fit": "fit", ".pdf": "pdf", ".geojson": "geojson", ".gpkg": "gpkg", ".fgb": "fgb",
    ".txt": "text", ".ssml": "ssml", ".json": "json",
}  # fmt: skip
"""Forms by the suffix of a file."""


def told(question: Question, route: Route) -> Instructions:
    """Return a way told in the asker's language, by the landmarks of the map that was read."""
    landmarks = RegisterLandmarks(question.register, route.reading)
    unknown = unknown_of(question.desk.router.streets, found_on(question, route))
    return instructions(route, question.language, landmarks, unknown=unknown)


def manoeuvres(question: Question, route: Route) -> dict[str, Any]:
    """Return the same as JSON members; places are longitude and latitude."""
    system = question.city.system
    return told(question, route).as_json(lambda point: on_globe(Point(point), system)["coordinates"])


def written(question: Question, found: Found, form: str, parts: str | None = None, link: str = "") -> bytes:
    """Return ways in a form, one of the values of :data:`FILES`.

    Args:
        question: whose language, register and map they are told in.
        found: the ways; words and files for the field have the best alone.
        form: which.
        parts: whether a layer has a feature for each of the ``routes``, or for each of the ``pieces`` of all; where it
            is not said, the GeoPackage of a single way has layers of its course, its pieces and its manoeuvres.
        link: where the way can be asked for again.
    """
    best, system = found.routes[0], question.city.system
    if form in _WORDS:
        return _WORDS[form](told(question, best)).encode()
    if form in FIELD_FILES or (form == "gpkg" and parts is None and len(found.routes) == 1):
        return taken_file(question, found, form, link)
    if form == "json":
        return dumped(document(question, found))
    features = (piece_features if parts == "pieces" else route_features)(found.routes, system)
    if form == "geojson":
        return dumped(collection(features, **times(best.reading)))
    return vector_file(features, form, parts or "routes")


def document(question: Question, found: Found) -> Document:
    """Return ways as JSON: the best with all that is known of it, others with their courses."""
    best, *others = found.routes
    whole = route_document(best, question.city, found.places)
    start, end = (place_told(place, question.city.system) for place in (found.places[0], found.places[-1]))
    whole["places"] = _PLACES.filled(start=start, end=end).in_language(question.language)
    whole |= {**manoeuvres(question, best), "unknowns": unknowns(question, best)}
    if len(found.places) > 2:
        inner = zip(found.legs[:-1], found.places[1:-1], strict=True)
        whole["via"] = [ended(leg.end, place, question.city.system) for leg, place in inner]
    whole["alternatives"] = [{**totals(other), "geometry": geometry(other, question.city.system)} for other in others]
    return whole


def unknowns(question: Question, route: Route) -> list[Document]:
    """Return what nobody knows of a way among all that its profile limits, and what was made of it."""
    return unknowns_told(question, found_on(question, route))


def _text(said: Instructions) -> str:
    """Return a way as plain text: the whole in a line, then a line for each manoeuvre."""
    return "\n".join([said.summary.text, *(f"{number}. {line}" for number, line in enumerate(said.lines, 1))]) + "\n"


_WORDS: Final[Mapping[str, Callable[[Instructions], str]]] = {"text": _text, "ssml": ssml}
_PLACES: Final = Text(
    kk="Қайдан: {start}; қайда: {end}.", ru="Откуда: {start}; куда: {end}.", en="Route from {start} to {end}."
)
