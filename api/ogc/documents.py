"""The documents that describe the API: landing page, conformance, collections, schema, queryables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.ogc.codes import titles
from api.ogc.links import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Address, Link, link, own_links
from api.ogc.openapi_routes import CONFORMANCE as ROUTES
from api.ogc.openapi_routes import OPTIONS as ROUTE_OPTIONS
from api.ogc.openapi_routes import REL as ROUTES_REL
from gis.bbox import Box
from gis.crs import CRS84, offered
from gis.layer import Field, Layer, VersionField
from gis.profile import CityProfile
from gis.text import Language, Text

_FEATURES: Final = "http://www.opengis.net/spec/ogcapi-features-"
_TILES: Final = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
CONFORMANCE: Final = (
    _FEATURES + "1/1.0/conf/core",
    _FEATURES + "1/1.0/conf/oas30",
    _FEATURES + "1/1.0/conf/html",
    _FEATURES + "1/1.0/conf/geojson",
    _FEATURES + "2/1.0/conf/crs",
    _FEATURES + "3/1.0/conf/queryables",
    _FEATURES + "5/1.0/conf/schemas",
    _TILES + "core",
    _TILES + "tileset",
    _TILES + "tilesets-list",
    _TILES + "geodata-tilesets",
    _TILES + "mvt",
    *ROUTES,
)
_REL: Final = "http://www.opengis.net/def/rel/ogc/1.0/"


Document = dict[str, Any]

Extents = Mapping[str, Box | None]
"""By layer: box in longitude and latitude; ``None`` where it holds nothing yet."""


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of one city for one asker.

    Attributes:
        layers: those that the asker may read.
        address: where the request came in.
        html: the asker gets them as pages; ``self`` and ``alternate`` change places.
    """

    profile: CityProfile
    layers: Mapping[str, Layer]
    address: Address
    language: Language
    html: bool

    def landing(self) -> Document:
        """Return the landing page (7.2)."""
        to = self.address.to
        return {
            "title": _TITLE.filled(city=self._told(self.profile.name)).in_language(self.language),
            "description": self._told(_ABOUT),
            "links": [
                *own_links(self.address, html=self.html),
                link(to("/api"), "service-desc", OPENAPI, "OpenAPI 3.0"),
                link(to("/api?f=html"), "service-doc", HTML, "API"),
                link(to("/conformance"), "conformance", JSON),
                link(to("/collections"), "data", JSON),
                link(to("/tileMatrixSets"), _REL + "tiling-schemes", JSON),
                link(to("/routes"), ROUTES_REL, JSON),
            ],
        }

    def conformance(self) -> Document:
        """Return the conformance declaration (7.4)."""
        return {"conformsTo": list(CONFORMANCE), **ROUTE_OPTIONS, "links": own_links(self.address, html=self.html)}

    def collections(self, extents: Extents) -> Document:
        """Return the list of collections (7.13)."""
        listed = [self.collection(layer, extents) for layer in self.layers.values()]
        return {
            "links": own_links(self.address, html=self.html),
            "crs": [crs.uri for crs in offered(self.profile.system)],
            "collections": [each | {"crs": ["#/crs"]} for each in listed],
        }

    def collection(self, layer: Layer, extents: Extents) -> Document:
        """Return the description of one collection (7.14; Part 2, 6.2)."""
        described = {
            "id": layer.name,
            "title": self._told(layer.title),
            "description": self._told(layer.description),
            "attribution": "; ".join(layer.attribution) or None,
            "itemType": "feature",
            "extent": self._extent(extents.get(layer.name)),
            "crs": [crs.uri for crs in offered(self.profile.system)],
            "storageCrs": offered(self.profile.system)[-1].uri,
            "links": self._collection_links(layer),
        }
        return _without_nothing(described)

    def schema(self, layer: Layer) -> Document:
        """Return the JSON Schema of a collection's features (Part 5)."""
        required = [f.name for f in layer.properties if f.required]
        return {**self._schema(layer), "required": required}

    def queryables(self, layer: Layer) -> Document:
        """Return what a collection's features can be asked by (Part 3): the same properties, none required."""
        return {**self._schema(layer), "additionalProperties": False}

    def _told(self, text: Text) -> str:
        return text.in_language(self.language)

    def _extent(self, box: Box | None) -> Document:
        """Return where and when; open on both sides in time: what was so before the register may still be written."""
        return {
            "spatial": {"bbox": [list(box or self.profile.extent)], "crs": CRS84.uri},
            "temporal": {"interval": [[None, None]], "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"},
        }

    def _collection_links(self, layer: Layer) -> list[Link]:
        base, title = self.address.to(f"/collections/{layer.name}"), self._told(layer.title)
        return [
            link(base, "alternate" if self.html else "self", JSON, title),
            link(f"{base}?f=html", "self" if self.html else "alternate", HTML, title),
            link(f"{base}/items", "items", GEOJSON, title),
            link(f"{base}/items?f=html", "items", HTML, title),
            link(f"{base}/schema", "describedby", SCHEMA),
            link(f"{base}/schema", _REL + "schema", SCHEMA),
            link(f"{base}/queryables", _REL + "queryables", SCHEMA),
            link(f"{base}/tiles", _REL + "tilesets-vector", JSON),
            link(f"{base}/changes", "version-history", JSON),
        ]

    def _schema(self, layer: Layer) -> Document:
        geometry = {
            "title": self._told(_GEOMETRY),
            "format": f"geometry-{layer.geometry.wkt.lower()}",
            "x-ogc-role": "primary-geometry",
        }
        properties = {f.name: self._property(f) for f in layer.properties}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": self.address.path,
            "title": self._told(layer.title),
            "description": self._told(layer.description),
            "type": "object",
            "properties": {**properties, "geometry": geometry},
        }

    def _property(self, declared: Field | VersionField) -> Document:
        facts = {
            "title": self._told(declared.title),
            "description": self._told(declared.description) if declared.description else None,
            "type": declared.type.json,
            "format": declared.type.json_format,
            "enum": list(declared.values) or None,
            "oneOf": _codes(declared.codes, self.profile, self.language) if declared.codes else None,
            "x-ogc-unit": declared.unit,
        }
        return _without_nothing(facts)


def _without_nothing(facts: Mapping[str, Any]) -> Document:
    return {name: value for name, value in facts.items() if value is not None}


def _codes(classifier: str, profile: CityProfile, language: Language) -> list[dict[str, str]] | None:
    return [{"const": code, "title": title} for code, title in titles(profile, classifier, language).items()] or None


_TITLE = Text(kk="{city}: қала тізілімі", ru="{city}: регистр города", en="{city}: the city's register")
_ABOUT = Text(
    kk="Қаланың нұсқаланған қабаттары: жер, мекенжай, жылжымайтын мүлік, қала құрылысы, экология. "
    "Кез келген күнгі жағдайды сұрауға болады: datetime — заң бойынша, recorded-at — тізілім бойынша.",
    ru="Версионные слои города: земля, адреса, недвижимость, градостроительство, экология. "
    "Можно спросить о любой дате: datetime — по праву, recorded-at — по записям регистра.",
    en="The city's versioned layers: land, addresses, real estate, urban planning, environment. "
    "Ask about any date: datetime as it was in law, recorded-at as the register knew it.",
)
_GEOMETRY = Text(kk="Геометрия", ru="Геометрия", en="Geometry")
