"""The official schemas, read from files: no test looks anything up on the network."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import xmlschema
from lxml import etree

_SHIPPED = Path(__file__).parents[1] / "data" / "schemas"
_W3C = Path(xmlschema.__file__).parent / "schemas"
_ELSEWHERE = {
    "http://www.w3.org/1999/xlink.xsd": _W3C / "XLINK" / "xlink.xsd",
    "http://www.w3.org/2001/xml.xsd": _W3C / "XML" / "xml.xsd",
}
_ROOT = "http://schemas.opengis.net/"
XSD = "http://www.w3.org/2001/XMLSchema"


class _Files(etree.Resolver):
    """Finds the official schemas among the files, and documents that a test has at hand."""

    def __init__(self, at_hand: Mapping[str, bytes]) -> None:
        super().__init__()
        self._at_hand = at_hand

    def resolve(self, system_url: str | None, public_id: str | None, context: Any) -> Any:
        """Return a document of the asked address."""
        url = system_url or ""
        if url in self._at_hand:
            return self.resolve_string(self._at_hand[url], context, base_url=url)
        file = _ELSEWHERE.get(url) or _SHIPPED / url.removeprefix(_ROOT)
        if not file.is_file():
            message = f"{url} is not among the schemas"
            raise LookupError(message)
        return self.resolve_string(file.read_bytes(), context, base_url=url)


def schema_of(locations: Mapping[str, str], at_hand: Mapping[str, bytes] | None = None) -> etree.XMLSchema:
    """Return one schema that imports others.

    Args:
        locations: namespace → address of its schema.
        at_hand: documents by address that are not official, such as what DescribeFeatureType answered.
    """
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Files(at_hand or {}))
    imports = "".join(f'<xsd:import namespace="{name}" schemaLocation="{url}"/>' for name, url in locations.items())
    text = f'<xsd:schema xmlns:xsd="{XSD}">{imports}</xsd:schema>'
    return etree.XMLSchema(etree.fromstring(text, parser, base_url="http://schemas.opengis.net/"))


@cache
def official() -> etree.XMLSchema:
    """Return the schema of WFS 2.0 answers without features: capabilities, exception reports, stored queries."""
    return schema_of(
        {
            "http://www.opengis.net/wfs/2.0": f"{_ROOT}wfs/2.0/wfs.xsd",
            "http://www.opengis.net/gml/3.2": f"{_ROOT}gml/3.2.1/gml.xsd",
        }
    )


def with_types(types: Mapping[str, bytes]) -> etree.XMLSchema:
    """Return the schema of WFS 2.0 answers with features; ``types``: namespace → what DescribeFeatureType answered."""
    addresses = {name: f"http://schemas.opengis.net/at-hand/{number}.xsd" for number, name in enumerate(types)}
    return schema_of(
        {
            "http://www.opengis.net/wfs/2.0": f"{_ROOT}wfs/2.0/wfs.xsd",
            "http://www.opengis.net/gml/3.2": f"{_ROOT}gml/3.2.1/gml.xsd",
            **addresses,
        },
        {addresses[name]: document for name, document in types.items()},
    )


def refused(schema: etree.XMLSchema, document: bytes) -> list[str]:
    """Return what a schema finds wrong with a document; empty where it is valid."""
    schema.validate(etree.fromstring(document))
    return [f"{entry.line}: {entry.message}" for entry in schema.error_log]
