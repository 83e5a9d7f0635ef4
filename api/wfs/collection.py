"""The envelope of a GetFeature or GetPropertyValue answer: counts, time and links before the members."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlencode
from xml.sax.saxutils import quoteattr

from api.wfs.names import WFS, qualified
from api.wfs.request import FeatureQuery
from gis.crs import CRS84
from gis.gml import NAMESPACE, SCHEMA_LOCATION, namespace
from gis.instant import Reading
from gis.layer import Layer

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_WFS_SCHEMA: Final = "http://schemas.opengis.net/wfs/2.0/wfs.xsd"

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What part of the whole an answer is.

    Attributes:
        reading: point on both axes that it shows.
        matched: features of the whole; ``None`` where nobody counted.
        returned: members of this answer.
        last: key of the last of them.
        more: others follow.
    """

    reading: Reading
    matched: int | None
    returned: int
    last: int | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the service is, and what it was asked.

    Attributes:
        endpoint: its address, without query.
        asked: parameters of the request, by upper-case name.
    """

    endpoint: str
    asked: Mapping[str, str]

    def schema(self, *layers: Layer) -> str:
        """Return where the schema of some types of one cadastre can be read."""
        types = ",".join(qualified(layer) for layer in layers)
        request = {"SERVICE": "WFS", "VERSION": "2.0.0", "REQUEST": "DescribeFeatureType"}
        return self._address(request | {"TYPENAMES": types})

    def links(self, query: FeatureQuery, extract: Extract) -> dict[str, str]:
        """Return the addresses of the pages around an answer; they stay at its point on both axes."""
        found = {}
        if query.start > 0 and query.count > 0 and not query.hits:
            begin = max(0, query.start - query.count)
            found["previous"] = self._page(extract.reading, begin, query.start - begin)
        if query.hits and extract.matched:
            found["next"] = self._page(extract.reading, query.start, query.count)
        elif extract.more:
            found["next"] = self._page(extract.reading, query.start + query.count, query.count, extract.last)
        return found

    def _page(self, reading: Reading, start: int, count: int, after: int | None = None) -> str:
        asked = {name: value for name, value in self.asked.items() if name not in {"RESULTTYPE", "AFTER"}}
        moments = {"DATETIME": _moment(reading.valid), "RECORDED-AT": _moment(reading.recorded)}
        key = {} if after is None else {"AFTER": str(after)}
        return self._address(asked | moments | {"STARTINDEX": str(start), "COUNT": str(count)} | key)

    def _address(self, parameters: Mapping[str, str]) -> str:
        return f"{self.endpoint}?{urlencode(parameters, quote_via=quote, safe=':,;/')}"


Envelope = Callable[[FeatureQuery, Extract, Addresses], tuple[bytes, bytes]]
"""Returns what stands before the members, and what after."""


def features(query: FeatureQuery, extract: Extract, addresses: Addresses) -> tuple[bytes, bytes]:
    """Return the envelope of a ``wfs:FeatureCollection``."""
    return _enveloped("wfs:FeatureCollection", query, extract, addresses)


def values(query: FeatureQuery, extract: Extract, addresses: Addresses) -> tuple[bytes, bytes]:
    """Return the envelope of a ``wfs:ValueCollection``."""
    return _enveloped("wfs:ValueCollection", query, extract, addresses)


def geojson(query: FeatureQuery, extract: Extract, addresses: Addresses) -> tuple[bytes, bytes]:
    """Return the envelope of a GeoJSON FeatureCollection; ``crs`` (GeoJSON 2008) stands where it is not CRS84."""
    envelope: dict[str, object] = {"type": "FeatureCollection", "timeStamp": _now(), "numberReturned": extract.returned}
    if extract.matched is not None:
        envelope["numberMatched"] = extract.matched
    if query.crs != CRS84:
        envelope["crs"] = {"type": "name", "properties": {"name": query.crs.urn}}
    links = addresses.links(query, extract)
    envelope["links"] = [
        {"rel": {"previous": "prev"}.get(name, name), "type": "application/geo+json", "href": href}
        for name, href in links.items()
    ]
    return f'{json.dumps(envelope)[:-1]}, "features": ['.encode(), b"]}"


def _enveloped(tag: str, query: FeatureQuery, extract: Extract, addresses: Addresses) -> tuple[bytes, bytes]:
    matched = "unknown" if extract.matched is None else str(extract.matched)
    attributes = {
        "timeStamp": _now(),
        "numberMatched": matched,
        "numberReturned": str(extract.returned),
        **addresses.links(query, extract),
    }
    start = f"<{tag}{declarations(query.layer, addresses)}{_attributes(attributes)}>"
    return (DECLARATION + start).encode(), f"</{tag}>".encode()


def declarations(layer: Layer, addresses: Addresses) -> str:
    """Return the namespaces and schema locations that a feature of a layer needs, as attributes."""
    own = namespace(layer.schema)
    names = {"xmlns:wfs": WFS, "xmlns:gml": NAMESPACE, f"xmlns:{layer.schema}": own, "xmlns:xsi": _XSI}
    locations = {WFS: _WFS_SCHEMA, NAMESPACE: SCHEMA_LOCATION, own: addresses.schema(layer)}
    pairs = " ".join(f"{name} {address}" for name, address in locations.items())
    return _attributes({**names, "xsi:schemaLocation": pairs})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _attributes(attributes: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
