"""The reverse question: which parcels, buildings, addresses and how many right holders a feature or a shape touches."""

import json
from collections.abc import Iterator
from dataclasses import astuple
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from shapely.geometry.base import BaseGeometry

from api.land.bodies import Body, GeoJson
from api.land.geometry import Geometer
from api.ogc.request import only
from api.restrictions.asked import (
    CSV,
    GEOJSON,
    JSON,
    TIMES,
    form_of,
    instant_asked,
    listed,
    statistics_of,
    streamed,
    table,
)
from api.violations import on_globe
from data.exports.affected import COLUMNS, Affected, AffectedParcel
from gis.errors import BadGeometry, NotFound
from gis.instant import Instant
from gis.register import Register
from gis.text import Text

router = APIRouter()

_FORMS: Final = ("json", "csv", "geojson")


class ShapeBody(Body):
    """A shape that is in no layer yet: an area, a line or a point; its coordinates are CRS84 unless ``crs`` says."""

    geometry: GeoJson
    crs: str | None = None


@router.post("/affected")
def affected_by_shape(request: Request, body: ShapeBody) -> Response:
    """What a new zone, plan or line would touch, before it exists; nothing is written."""
    only(request, ("f", *TIMES))
    form, instant = form_of(request, *_FORMS), instant_asked(request)
    register: Register = request.app.state.register
    return _answer(request, form, instant, _shape(Geometer.of(register.profile, body.crs), body.geometry))


@router.get("/{layer}/{feature_id}/affected")
def affected_by_feature(request: Request, layer: str, feature_id: Annotated[int, Path(ge=1, le=2**62)]) -> Response:
    """What a feature of any public layer touches as of any date, with or without a draft."""
    only(request, ("f", *TIMES))
    form, statistics = form_of(request, *_FORMS), statistics_of(request)
    register: Register = request.app.state.register
    declared = register.layers.mapped[layer]
    shape = statistics.shape_of(declared, feature_id)
    if shape is None:
        raise NotFound(_NO_FEATURE.filled(layer=layer, id=feature_id), layer=layer, feature_id=feature_id)
    return _answer(request, form, statistics.instant, shape)


def _answer(request: Request, form: str, instant: Instant, shape: BaseGeometry) -> Response:
    found = Affected(request.app.state.register, instant, shape)
    if form == "csv":
        rows = (astuple(parcel) for parcel in found.parcels())
        return streamed(request, table(COLUMNS, rows), CSV, "affected.csv")
    if form == "geojson":
        return streamed(request, _geojson(request, found), GEOJSON)
    parcels = (_document(parcel) for parcel in found.parcels())
    return streamed(request, listed('{"parcels":[', parcels, _totals(found)), JSON)


def _document(parcel: AffectedParcel) -> dict[str, Any]:
    return {**dict(zip(COLUMNS, astuple(parcel), strict=True)), "href": f"/restrictions/parcels/{parcel.number}"}


def _totals(found: Affected) -> Iterator[str]:
    """Yield the end of the document, once the totals are known."""
    yield f'],"totals":{json.dumps(found.totals.as_json())}}}'


def _geojson(request: Request, found: Affected) -> Iterator[str]:
    register: Register = request.app.state.register
    features = (
        {
            "type": "Feature",
            "id": parcel.id,
            "geometry": on_globe(ground, register.profile.system),
            "properties": _document(parcel),
        }
        for parcel, ground in found.outlined()
    )
    return listed('{"type":"FeatureCollection","features":[', features, _totals(found))


def _shape(geometer: Geometer, document: Any) -> BaseGeometry:
    """Return the shape of a body in the city's projected system.

    Raises:
        BadGeometry: no geometry of one of the kinds, broken, or outside the city.
    """
    kind = document.get("type")
    readers = {
        "Polygon": geometer.multipolygon,
        "MultiPolygon": geometer.multipolygon,
        "LineString": geometer.line,
        "MultiLineString": geometer.line,
        "Point": geometer.point,
    }
    if kind not in readers:
        raise BadGeometry(_KIND.filled(found=str(kind)[:40], kinds=", ".join(readers)), expected=list(readers))
    return readers[kind](document)


_KIND: Final = Text(
    kk="GeoJSON геометриясының түрі {found}; мыналардың бірі керек: {kinds}.",
    ru="Тип геометрии GeoJSON — {found}; нужен один из: {kinds}.",
    en="The GeoJSON geometry's type is {found}; it must be one of: {kinds}.",
)
_NO_FEATURE: Final = Text(
    kk="{layer} қабатындағы {id} нысаны сұралған күні күшінде емес.",
    ru="Объект {id} слоя {layer} на запрошенную дату не действует.",
    en="Feature {id} of {layer} is not in force on the date asked about.",
)
