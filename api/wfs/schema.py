"""DescribeFeatureType: the XML Schema of feature types, derived from the layer declarations (WFS 2.0, clause 9)."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from lxml import etree
from lxml.builder import ElementMaker

from gis.gml import GEOMETRY, NAMESPACE, SCHEMA_LOCATION, namespace
from gis.layer import Field, Layer, VersionField
from gis.text import Text

XSD: Final = "http://www.w3.org/2001/XMLSchema"
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_GEOMETRY_TITLE = Text(kk="Геометриясы", ru="Геометрия", en="Geometry")

Address = Callable[[Sequence[Layer]], str]
"""Tells where the schema of some feature types of one cadastre can be read."""


def describe(layers: Sequence[Layer], address: Address) -> bytes:
    """Return the schema of feature types.

    A schema document has one target namespace. Types of one cadastre are declared in it; where types of several
    cadastres are asked for, the document only imports those of each.
    """
    cadastres = list(dict.fromkeys(layer.schema for layer in layers))
    grouped = {cadastre: [layer for layer in layers if layer.schema == cadastre] for cadastre in cadastres}
    schema = _types(layers) if len(grouped) == 1 else _imports(grouped.values(), address)
    return etree.tostring(schema, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _imports(groups: Iterable[Sequence[Layer]], address: Address) -> etree._Element:
    xsd = _maker()
    return xsd.schema(
        *(xsd("import", namespace=namespace(g[0].schema), schemaLocation=address(g)) for g in groups), version="1.0"
    )


def _types(layers: Sequence[Layer]) -> etree._Element:
    xsd = _maker(**{layer.schema: namespace(layer.schema) for layer in layers[:1]}, gml=NAMESPACE)
    declared = [part for layer in layers for part in (_element(xsd, layer), _type(xsd, layer))]
    return xsd.schema(
        xsd("import", namespace=NAMESPACE, schemaLocation=SCHEMA_LOCATION),
        *declared,
        targetNamespace=namespace(layers[0].schema),
        elementFormDefault="qualified",
        version="1.0",
    )


def _maker(**prefixes: str) -> ElementMaker:
    return ElementMaker(namespace=XSD, nsmap={"xsd": XSD, **prefixes})


def _element(xsd: ElementMaker, layer: Layer) -> etree._Element:
    return xsd.element(
        _annotation(xsd, layer.title, layer.description),
        name=layer.table,
        type=f"{layer.schema}:{layer.table}Type",
        substitutionGroup="gml:AbstractFeature",
    )


def _type(xsd: ElementMaker, layer: Layer) -> etree._Element:
    properties = [_property(xsd, declared) for declared in layer.properties]
    extension = xsd.extension(xsd.sequence(*properties, _geometry(xsd, layer)), base="gml:AbstractFeatureType")
    return xsd.complexType(xsd.complexContent(extension), name=f"{layer.table}Type")


def _property(xsd: ElementMaker, declared: Field | VersionField) -> etree._Element:
    element = xsd.element(_annotation(xsd, declared.title, declared.description), name=declared.name)
    if not declared.required:
        element.set("minOccurs", "0")
    if declared.values:
        allowed = (xsd.enumeration(value=value) for value in declared.values)
        element.append(xsd.simpleType(xsd.restriction(*allowed, base=f"xsd:{declared.type.xsd}")))
    else:
        element.set("type", f"xsd:{declared.type.xsd}")
    return element


def _geometry(xsd: ElementMaker, layer: Layer) -> etree._Element:
    annotation = _annotation(xsd, _GEOMETRY_TITLE)
    return xsd.element(annotation, name=GEOMETRY, type=f"gml:{layer.geometry.gml}", minOccurs="0")


def _annotation(xsd: ElementMaker, title: Text, description: Text | None = None) -> etree._Element:
    annotation = xsd.annotation()
    for language, text in title.as_dict().items():
        more = f": {description.in_language(language)}" if description else ""
        documentation = xsd.documentation(text + more)
        documentation.set(_XML_LANG, language)
        annotation.append(documentation)
    return annotation
