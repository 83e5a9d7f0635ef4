"""Statistics: how much of districts, quarters or zones each restriction covers, and what lies within a distance."""

import json
from collections.abc import Iterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.ogc.request import only
from api.restrictions.asked import (
    CSV,
    JSON,
    TIMES,
    form_of,
    listed,
    restricting_layers,
    statistics_of,
    streamed,
    table,
)
from gis.coverage import Coverage, Near, Statistics
from gis.errors import BadRequest, NotFound
from gis.layer import Layer
from gis.register import Register
from gis.text import Text

router = APIRouter()

FARTHEST: Final = 50_000.0
"""Metres: no distance asked about is greater than a city."""

_COVERAGE: Final = ("id", "name", "area", "layer", "count", "amount", "share")
_NEAR: Final = ("id", "name", "distance")


@router.get("/coverage")
def coverage(
    request: Request,
    by: Annotated[str, Query(max_length=80, description="Layer of areas, e.g. address.admin_unit, land.quarter.")],
    feature: Annotated[int | None, Query(ge=1, le=2**62, alias="id", description="Only this area.")] = None,
) -> Response:
    """How much of each area of a layer each restriction covers, counted once where several lie over one another."""
    only(request, ("by", "id", "f", "layers", *TIMES))
    form, statistics = form_of(request, "json", "csv"), statistics_of(request)
    register: Register = request.app.state.register
    subject = register.layers.mapped[by]
    found = statistics.coverage(subject, restricting_layers(request), None if feature is None else [feature])
    if form == "csv":
        return streamed(request, table(_COVERAGE, _rows(subject, found)), CSV, "coverage.csv")
    items = (_document(subject, one) for one in found)
    return streamed(request, listed('{"coverage":[', items, iter(["]}"])), JSON)


def _rows(subject: Layer, found: Iterator[Coverage]) -> Iterator[tuple[Any, ...]]:
    for one in found:
        for covered in one.covered:
            yield (
                one.feature_id, _name(subject, one.values), round(one.area, 4),
                covered.layer, covered.count, round(covered.amount, 4), covered.share,
            )  # fmt: skip


def _document(subject: Layer, one: Coverage) -> dict[str, Any]:
    covered = [
        {"layer": c.layer, "count": c.count, "amount": round(c.amount, 4), "share": c.share} for c in one.covered
    ]
    name = _name(subject, one.values)
    return {"id": one.feature_id, "name": name, "area": round(one.area, 4), "covered": covered}


def _name(layer: Layer, values: Any) -> Any:
    return values.get(layer.label) if layer.label else None


@router.get("/near")
def near(
    request: Request,
    layer: Annotated[str, Query(max_length=80, description="Whose features are sought.")],
    of: Annotated[str, Query(max_length=120, description="Near what: a layer, or a layer and an id: layer/17.")],
    distance: Annotated[float, Query(ge=0, le=FARTHEST, allow_inf_nan=False, description="Metres.")],
) -> Response:
    """The features of a layer within a distance of a feature, or of any feature of a layer."""
    only(request, ("layer", "of", "distance", "f", *TIMES))
    form, statistics = form_of(request, "json", "csv"), statistics_of(request)
    register: Register = request.app.state.register
    sought = register.layers.mapped[layer]
    found = nearest(statistics, register, sought, of, distance)
    if form == "csv":
        rows = ((one.feature_id, _name(sought, one.values), round(one.distance, 4)) for one in found)
        return streamed(request, table(_NEAR, rows), CSV, "near.csv")
    return streamed(request, iter([json.dumps({"features": [_told(sought, one) for one in found]})]), JSON)


def nearest(statistics: Statistics, register: Register, sought: Layer, of: str, distance: float) -> list[Near]:
    """Return a layer's features within a distance of ``of``: a layer's name, or name and id parted by a slash.

    Raises:
        NotFound: no such layer, or the feature is not in force.
        BadRequest: the id is no number.
    """
    name, slash, text = of.partition("/")
    other = register.layers.mapped[name]
    if not slash:
        return statistics.near_layer(sought, other, distance)
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadRequest(_NO_ID.filled(of=of[:80]), parameter="of")
    shape = statistics.shape_of(other, int(text))
    if shape is None:
        raise NotFound(_NO_FEATURE.filled(layer=name, id=text), layer=name, feature_id=int(text))
    return statistics.near(sought, shape, distance)


def _told(layer: Layer, one: Near) -> dict[str, Any]:
    return {
        "id": one.feature_id,
        "name": _name(layer, one.values),
        "distance": round(one.distance, 4),
        "href": f"/ogc/collections/{layer.name}/items/{one.feature_id}",
    }


_NO_ID: Final = Text(
    kk="of=«{of}» түсініксіз; дұрысы: қабаттың атауы (environment.water_body) не қабат пен нысан "
    "(environment.water_body/17).",
    ru="of=«{of}» не понято; верно: имя слоя (environment.water_body) или слой и объект (environment.water_body/17).",
    en="of='{of}' can't be read; right would be a layer (environment.water_body), or a layer and a feature "
    "(environment.water_body/17).",
)
_NO_FEATURE: Final = Text(
    kk="{layer} қабатындағы {id} нысаны сұралған күні күшінде емес.",
    ru="Объект {id} слоя {layer} на запрошенную дату не действует.",
    en="Feature {id} of {layer} is not in force on the date asked about.",
)
