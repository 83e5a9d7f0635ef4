"""The forms in which answers about routes come: by ``f``, else by ``Accept``."""

from collections.abc import Mapping
from typing import Final

from fastapi import Request

from gis.errors import BadRequest
from gis.text import Text

TYPES: Final[Mapping[str, str]] = {
    "json": "application/json",
    "geojson": "application/geo+json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "text": "text/plain",
    "ssml": "application/ssml+xml",
    "gpkg": "application/geopackage+sqlite3",
    "fgb": "application/flatgeobuf",
    "gpx": "application/gpx+xml",
    "kml": "application/vnd.google-earth.kml+xml",
    "fit": "application/vnd.ant.fit",
    "pdf": "application/pdf",
}
"""Media types by the name of the form."""


PLAIN: Final = ("json", "ndjson")
"""Of answers that are facts and nothing else."""

OF_ONE: Final = frozenset({"text", "ssml", "gpx", "kml", "fit", "pdf"})
"""Forms that hold one way: words, and files for the field."""

OF_FEATURES: Final = frozenset({"geojson", "gpkg", "fgb"})
"""Forms of which it can be said what their features are."""

ATTACHED: Final = frozenset({"gpkg", "fgb", "gpx", "kml", "fit", "pdf"})
"""Forms that are files to be kept."""


def form_of(request: Request, *known: str) -> str:
    """Return the form of the answer; the first one known where nothing is said, or nothing known is accepted.

    Raises:
        BadRequest: ``f`` is none of those known.
    """
    form = request.query_params.get("f")
    if form is None:
        return _accepted(request.headers.get("accept", ""), known)
    if form not in known:
        raise BadRequest(_NO_FORM.filled(form=form[:40], known=", ".join(known)), parameter="f", known=list(known))
    return form


def require_room(form: str, alternatives: int, parts: str | None) -> None:
    """Refuse what a form has no room for, rather than leave it out.

    Args:
        form: of the answer.
        alternatives: how many other ways are wanted beside the best.
        parts: what a layer's features are to be.

    Raises:
        BadRequest: names the parameter, and the forms that take it.
    """
    known = ", ".join(sorted(OF_FEATURES))
    if alternatives and form in OF_ONE:
        raise BadRequest(_ONE_WAY.filled(form=form, known=f"json, {known}"), parameter="alternatives", form=form)
    if parts is not None and form not in OF_FEATURES:
        raise BadRequest(_NO_PARTS.filled(form=form, known=known), parameter="parts", form=form)


def _accepted(accept: str, known: tuple[str, ...]) -> str:
    """Return the form that is liked best; of those liked equally, one that is named goes before one of many."""
    ranges = [_rank(part) for part in accept.split(",")]
    refused = {name for name, weight in ranges if not weight > 0}
    for name, _ in sorted((each for each in ranges if each[1] > 0), key=lambda each: (-each[1], "*" in each[0])):
        for form in known:
            if TYPES[form] not in refused and _covers(name, TYPES[form]):
                return form
    return known[0]


def _covers(name: str, media_type: str) -> bool:
    """Tell whether a media range holds a type."""
    return name in {media_type, "*/*", f"{media_type.partition('/')[0]}/*"}


def _rank(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weight = next((p[2:] for p in parameters if p.startswith("q=")), "1")
    try:
        return name, float(weight)
    except ValueError:
        return name, 0.0


_ONE_WAY: Final = Text(
    kk="{form} түрінде бір ғана жол болады, сондықтан alternatives берілмейді; балама жолдар мына түрлерде: {known}.",
    ru="В виде {form} помещается один путь, поэтому alternatives здесь нет; другие пути есть в видах: {known}.",
    en="The form {form} holds one way, so it takes no alternatives; these forms have other ways: {known}.",
)
_NO_PARTS: Final = Text(
    kk="{form} түрінде нысандар таңдалмайды, сондықтан parts берілмейді; ол мына түрлерге арналған: {known}.",
    ru="В виде {form} объекты не выбирают, поэтому parts здесь нет; он для видов: {known}.",
    en="The form {form} leaves no choice of features, so it takes no parts; these forms do: {known}.",
)
_NO_FORM: Final = Text(
    kk="f=«{form}» түрі жоқ; мыналар бар: {known}.",
    ru="Вида f=«{form}» нет; есть: {known}.",
    en="There is no form f='{form}'; there are: {known}.",
)
