"""What is said about tiles: the tile matrix set WebMercatorQuad, the tile sets of a collection, and TileJSON.

Basis: OGC 17-083r4 (tile matrix sets and tile set metadata), OGC 20-057 (API Tiles), TileJSON 3.0.
"""

from math import pi
from typing import Any, Final

from api.drafts.asked import with_draft
from gis.layer import Field, Layer
from gis.mvt import MAX_ZOOM, MEDIA_TYPE
from gis.profile import CityProfile

WEB_MERCATOR_QUAD: Final = "WebMercatorQuad"
URI: Final = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
CRS: Final = "http://www.opengis.net/def/crs/EPSG/0/3857"

_TILING_SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
_HALF = pi * 6378137.0
_PIXEL = 0.00028
_TILE_SIDE = 256

Json = dict[str, Any]


def _matrix(zoom: int) -> Json:
    side = 2 * _HALF / _TILE_SIDE / 2**zoom
    return {
        "id": str(zoom),
        "scaleDenominator": side / _PIXEL,
        "cellSize": side,
        "pointOfOrigin": [-_HALF, _HALF],
        "cornerOfOrigin": "topLeft",
        "tileWidth": _TILE_SIDE,
        "tileHeight": _TILE_SIDE,
        "matrixWidth": 2**zoom,
        "matrixHeight": 2**zoom,
    }


TILE_MATRIX_SET: Final[Json] = {
    "id": WEB_MERCATOR_QUAD,
    "title": "Google Maps Compatible for the World",
    "uri": URI,
    "crs": CRS,
    "orderedAxes": ["E", "N"],
    "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
    "tileMatrices": [_matrix(zoom) for zoom in range(MAX_ZOOM + 1)],
}


def tile_matrix_sets(root: str) -> Json:
    """Return the list of tile matrix sets; ``root`` is the URL of the landing page."""
    link = {"rel": "self", "type": "application/json", "href": f"{root}/tileMatrixSets/{WEB_MERCATOR_QUAD}"}
    known = {name: TILE_MATRIX_SET[name] for name in ("id", "title", "uri", "crs")}
    return {"tileMatrixSets": [{**known, "links": [link]}]}


def tile_sets(layer: Layer, root: str, draft: str | None = None) -> Json:
    """Return the list of a layer's tile sets: one, of vector tiles; all links lead to the draft that is named."""
    own = _self(with_draft(_base(layer, root), draft))
    return {"links": [own], "tilesets": [_summary(layer, root, draft)]}


def tile_set(layer: Layer, root: str, profile: CityProfile, draft: str | None = None) -> Json:
    """Return a tile set's metadata (17-083r4, clause 8): scheme, place, layer and address of the tiles."""
    west, south, east, north = profile.extent
    corners = {"lowerLeft": [west, south], "upperRight": [east, north]}
    summary = _summary(layer, root, draft)
    item = {
        "rel": "item",
        "type": MEDIA_TYPE,
        "templated": True,
        "href": with_draft(_address(layer, root, "tileMatrix", "tileRow", "tileCol"), draft),
    }
    tile_json_link = {
        "rel": "describedby",
        "type": "application/json",
        "title": "TileJSON",
        "href": with_draft(f"{_set(layer, root)}?f=tilejson", draft),
    }
    return {
        **summary,
        "description": str(layer.description),
        "attribution": "; ".join(layer.attribution),
        "boundingBox": {**corners, "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"},
        "layers": [_described(layer)],
        "links": [*summary["links"], item, tile_json_link],
    }


def tile_json(layer: Layer, root: str, profile: CityProfile, draft: str | None = None) -> Json:
    """Return TileJSON 3.0, which MapLibre and QGIS read."""
    west, south, east, north = profile.extent
    fields = {field.name: _typed(field) for field in layer.fields}
    return {
        "tilejson": "3.0.0",
        "name": layer.name,
        "description": str(layer.description),
        "attribution": "; ".join(layer.attribution),
        "scheme": "xyz",
        "tiles": [with_draft(_address(layer, root, "z", "y", "x"), draft)],
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
        "bounds": list(profile.extent),
        "center": [(west + east) / 2, (south + north) / 2, layer.style.min_zoom],
        "vector_layers": [{"id": layer.name, "description": str(layer.title), "fields": {**fields, "count": _COUNT}}],
    }


_COUNT = "Number: how many features too small to be seen a square or point stands for; absent from a feature itself"


def _base(layer: Layer, root: str) -> str:
    return f"{root}/collections/{layer.name}/tiles"


def _set(layer: Layer, root: str) -> str:
    return f"{_base(layer, root)}/{WEB_MERCATOR_QUAD}"


def _address(layer: Layer, root: str, *names: str) -> str:
    return _set(layer, root) + "".join(f"/{{{name}}}" for name in names)


def _self(href: str) -> Json:
    return {"rel": "self", "type": "application/json", "href": href}


def _summary(layer: Layer, root: str, draft: str | None) -> Json:
    scheme = {"rel": _TILING_SCHEME, "type": "application/json", "href": f"{root}/tileMatrixSets/{WEB_MERCATOR_QUAD}"}
    return {
        "title": str(layer.title),
        "dataType": "vector",
        "crs": CRS,
        "tileMatrixSetId": WEB_MERCATOR_QUAD,
        "tileMatrixSetURI": URI,
        "links": [_self(with_draft(_set(layer, root), draft)), scheme],
    }


def _described(layer: Layer) -> Json:
    properties = {field.name: {"title": str(field.title), "type": field.type.json} for field in layer.fields}
    return {
        "id": layer.name,
        "title": str(layer.title),
        "dataType": "vector",
        "geometryDimension": layer.geometry.dimension,
        "propertiesSchema": {
            "type": "object",
            "properties": {**properties, "count": {"title": _COUNT, "type": "integer"}},
        },
    }


def _typed(field: Field) -> str:
    kind = {"integer": "Number", "number": "Number", "boolean": "Boolean"}.get(field.type.json, "String")
    return f"{kind}: {field.title}"
