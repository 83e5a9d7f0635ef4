"""The paths of OGC API - Routes in the OpenAPI 3.0.3 document."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from api.ogc.links import GEOJSON, JSON
from gis.text import Text
from routing.presets import PRESETS

Schema = dict[str, Any]

_CLASSES: Final = "http://www.opengis.net/spec/ogcapi-routes-1/1.0.0-draft.1/conf/"
CONFORMANCE: Final = (
    *(_CLASSES + name for name in ("core", "mode", "intermediate-waypoints", "height", "weight", "obstacles", "time")),
    "http://www.opengis.net/spec/rem/1.0.0-draft.1/conf/rem",
)
"""Of the draft whose clauses :mod:`api.routing.ogc` implements."""

PREFERENCES: Final = ("fastest", "shortest")
MODES: Final = tuple(PRESETS)
OPTIONS: Final[Mapping[str, Any]] = {
    _CLASSES + "core": {"values": list(PREFERENCES)},
    _CLASSES + "mode": {"modes": list(MODES)},
}
"""What the conformance declaration lists of the values that inputs take; the default is the first."""

REL: Final = "http://www.opengis.net/def/rel/ogc/1.0/routes"


def route_paths(told: Callable[[Text], str], refused: Mapping[str, Schema]) -> Schema:
    """Return the paths.

    Args:
        told: tells a text in the asker's language.
        refused: responses of refusals.
    """

    def operation(name: str, text: Text, media: str, schema: str, **others: Any) -> Schema:
        content = {media: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
        answers = {"200": {"description": "OK", "content": content}, **refused}
        return {"tags": ["routes"], "operationId": name, "summary": told(text), "responses": answers, **others}

    body = {"required": True, "content": {JSON: {"schema": _DEFINITION}}}
    one = [{"name": "routeId", "in": "path", "required": True, "schema": {"type": "string"}}]
    return {
        "/routes": {
            "get": operation("routes", _LIST, JSON, "document"),
            "post": operation("computeRoute", _COMPUTE, GEOJSON, "featureCollection", requestBody=body),
        },
        "/routes/{routeId}": {"get": operation("route", _ROUTE, GEOJSON, "featureCollection", parameters=one)},
        "/routes/{routeId}/definition": {
            "get": operation("routeDefinition", _DEFINED, JSON, "document", parameters=one)
        },
    }


def _geometry(kind: str) -> Schema:
    return {
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {"type": {"type": "string", "enum": [kind]}, "coordinates": {"type": "array", "items": {}}},
    }


_WHEN: Final[Schema] = {
    "type": "object",
    "required": ["timestamp"],
    "properties": {
        "timestamp": {"type": "string", "format": "date-time"},
        "type": {"type": "string", "enum": ["departure", "arrival"], "default": "departure"},
    },
}
_DEFINITION: Final[Schema] = {
    "type": "object",
    "required": ["inputs"],
    "properties": {
        "inputs": {
            "type": "object",
            "required": ["waypoints"],
            "properties": {
                "name": {"type": "string"},
                "waypoints": _geometry("MultiPoint"),
                "preference": {"type": "string", "enum": list(PREFERENCES), "default": PREFERENCES[0]},
                "mode": {"type": "string", "enum": list(MODES), "default": MODES[0]},
                "height": {"type": "number"},
                "weight": {"type": "number"},
                "obstacles": _geometry("MultiPolygon"),
                "when": _WHEN,
            },
        }
    },
}
TAG: Final = Text(kk="Маршруттар", ru="Маршруты", en="Routes")
_LIST: Final = Text(kk="Маршруттар ресурсы", ru="Ресурс маршрутов", en="The routes")
_COMPUTE: Final = Text(kk="Маршрутты есептеу", ru="Вычислить маршрут", en="Compute a route")
_ROUTE: Final = Text(kk="Есептелген маршрут", ru="Вычисленный маршрут", en="A route that was computed")
_DEFINED: Final = Text(kk="Маршруттың анықтамасы", ru="Определение маршрута", en="The definition of a route")
