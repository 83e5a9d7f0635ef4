"""Features as GML 3.2.1 (ISO 19136), written by the database.

A row expression makes one member's text from the row ``v`` of :func:`gis.instant.versions_at`; Python streams it and
never parses it. The element of a layer ``land.parcel`` is ``land:parcel`` in a namespace of its cadastre; its children
are the layer's properties in their order and, last, the geometry.

Two habits of PostGIS 3.3 shape the statements: ``ST_AsGML`` gives the parts of a collection the collection's own
``gml:id``, which must be unique, so parts are written one by one; and it knows two spellings of ``srsName``, so others
are put in afterwards.
"""

from collections.abc import Collection, Iterable
from typing import Final

from psycopg import sql

from gis.crs import OWN_AUTHORITY, OWN_SRIDS, Crs
from gis.layer import Field, FieldType, Layer, VersionField

NAMESPACE: Final = "http://www.opengis.net/gml/3.2"
SCHEMA_LOCATION: Final = "http://schemas.opengis.net/gml/3.2.1/gml.xsd"

GEOMETRY: Final = "geom"
"""Name of the geometry property."""

_NEEDS_CARE: Final = r"[&<>\x01-\x08\x0b-\x1f\ufffe\uffff]"
"""Characters that can't stand in a text as they are: markup, and what XML 1.0 (2.2) lacks."""

_ILLEGAL: Final = r"[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"

_ENTITIES: Final = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"))

_PARTS: Final = {
    "MultiPolygon": ("MultiSurface", "surfaceMember"),
    "MultiLineString": ("MultiCurve", "curveMember"),
}

_LONG_NAME, _PLAIN_LINE, _SWAP = 1, 4, 16
"""``ST_AsGML`` options: ``srsName`` as URN, ``LineString`` and not ``Curve``, y before x."""

Property = VersionField | Field
_Part = str | sql.Composable


def namespace(cadastre: str) -> str:
    """Return the XML namespace of a cadastre's feature types.

    It is a name and no address: it must stay the same wherever the register is served from, and nobody can look it up.
    Its number changes only when a property goes away or changes its meaning.
    """
    return f"urn:x-qala:{cadastre}:1"


def gml_id(layer: Layer, feature_id: int) -> str:
    """Return the ``gml:id`` (and WFS resource id) of a feature; it stays with the feature for ever.

    >>> from gis.layer import GeometryKind
    >>> from gis.text import Text
    >>> text = Text(kk="", ru="", en="")
    >>> quarter = Layer(name="land.quarter", title=text, description=text, geometry=GeometryKind.POLYGON, fields=())
    >>> gml_id(quarter, 12)
    'land.quarter.12'
    """
    return f"{layer.name}.{feature_id}"


def member(layer: Layer, crs: Crs, storage_srid: int, only: Collection[str] | None = None) -> sql.Composed:
    """Return the SQL expression of one ``wfs:member`` with its feature.

    Args:
        layer: its declaration.
        crs: system and axis order of the geometry.
        storage_srid: the city's system.
        only: properties to write beside those that no feature may lack; ``None`` writes all.
    """
    return _text(["<wfs:member>", feature(layer, crs, storage_srid, only), "</wfs:member>"])


def feature(layer: Layer, crs: Crs, storage_srid: int, only: Collection[str] | None = None) -> sql.Composed:
    """Return the SQL expression of one feature without XML declarations."""
    tag = f"{layer.schema}:{layer.table}"
    wanted = [p for p in layer.properties if only is None or p.required or p.name in only]
    parts: list[_Part] = [f'<{tag} gml:id="{layer.name}.', sql.SQL("v.feature_id::text"), '">']
    parts += _properties(layer, wanted)
    if only is None or GEOMETRY in only:
        parts += [_open(layer, GEOMETRY), geometry(layer, crs, storage_srid), _close(layer, GEOMETRY)]
    return _text([*parts, f"</{tag}>"])


def value(layer: Layer, name: str, crs: Crs, storage_srid: int) -> sql.Composed:
    """Return the SQL expression of one ``wfs:member`` with one property; empty where the feature lacks it.

    Raises:
        KeyError: the layer has no such property.
    """
    by_name = {p.name: p for p in layer.properties}
    content = geometry(layer, crs, storage_srid) if name == GEOMETRY else _escaped(by_name[name])
    text = _text([f"<wfs:member>{_open(layer, name)}", content, f"{_close(layer, name)}</wfs:member>"])
    return sql.SQL("coalesce({}, '')").format(text)


def geometry(layer: Layer, crs: Crs, storage_srid: int) -> sql.Composable:
    """Return the SQL expression of a feature's geometry in ``crs``: unique ids, ``srsName`` in the asked form."""
    stored = _stored(crs, storage_srid)
    identity = _text([f"{layer.name}.", sql.SQL("v.feature_id::text"), f".{GEOMETRY}"])
    if layer.geometry.wkt in _PARTS:
        return _collection(*_PARTS[layer.geometry.wkt], stored, crs, identity)
    return _named(_as_gml(stored, crs, identity), crs)


def _stored(crs: Crs, storage_srid: int) -> sql.Composable:
    if crs.srid == storage_srid:
        return sql.SQL("v.geom")
    if crs.srid == 4326:
        return sql.SQL("v.geom_4326")
    return sql.SQL("ST_Transform(v.geom, {})").format(crs.srid)


def _collection(tag: str, part_tag: str, stored: sql.Composable, crs: Crs, identity: sql.Composable) -> sql.Composed:
    part = _as_gml(sql.SQL("part.geom"), crs, sql.SQL("{} || '.' || part.path[1]").format(identity))
    parts = sql.SQL("(SELECT string_agg({}, '' ORDER BY part.path) FROM ST_Dump(ST_SetSRID({}, 0)) AS part)").format(
        _text([f"<gml:{part_tag}>", part, f"</gml:{part_tag}>"]), stored
    )
    start = f'" srsName="{crs.srs_name}">'
    return _text([f'<gml:{tag} gml:id="', identity, start, parts, f"</gml:{tag}>"])


def _as_gml(stored: sql.Composable, crs: Crs, identity: sql.Composable) -> sql.Composed:
    options = _PLAIN_LINE | (_LONG_NAME if _is_urn(crs) else 0) | (_SWAP if crs.swap else 0)
    return sql.SQL("ST_AsGML(3, {}, {}, {}, 'gml', {})").format(stored, _digits(crs), options, identity)


def _named(gml: sql.Composable, crs: Crs) -> sql.Composable:
    """Put the asked name of the system in place of the one that PostGIS wrote."""
    authority = OWN_AUTHORITY if crs.srid in OWN_SRIDS else "EPSG"
    written = f"urn:ogc:def:crs:{authority}::{crs.srid}" if _is_urn(crs) else f"{authority}:{crs.srid}"
    if crs.srs_name == written:
        return gml
    return sql.SQL("replace({}, {}, {})").format(gml, f'srsName="{written}"', f'srsName="{crs.srs_name}"')


def _is_urn(crs: Crs) -> bool:
    return crs.srs_name.startswith("urn:")


def _digits(crs: Crs) -> int:
    """Decimals: a tenth of a millimetre, in metres or in degrees."""
    return 9 if crs.is_geographic else 4


def _properties(layer: Layer, wanted: Iterable[Property]) -> list[_Part]:
    """Write properties; one look over all of a feature's texts tells whether any must be escaped."""
    wanted = list(wanted)
    texts = [p for p in wanted if _may_need_care(p)]
    if not texts:
        return [part for p in wanted for part in _element(layer, p, _content(p))]
    first, last = wanted.index(texts[0]), wanted.index(texts[-1]) + 1
    run = wanted[first:last]
    choice = sql.SQL("CASE WHEN concat({}) ~ {} THEN {} ELSE {} END").format(
        sql.SQL(", ").join(_content(p) for p in texts),
        _NEEDS_CARE,
        _text([part for p in run for part in _element(layer, p, _escaped(p))]),
        _text([part for p in run for part in _element(layer, p, _content(p))]),
    )
    before = [part for p in wanted[:first] for part in _element(layer, p, _content(p))]
    return [*before, choice, *(part for p in wanted[last:] for part in _element(layer, p, _content(p)))]


def _may_need_care(declared: Property) -> bool:
    return declared.type is FieldType.STRING and not declared.values


def _element(layer: Layer, declared: Property, content: sql.Composable) -> list[_Part]:
    parts: list[_Part] = [_open(layer, declared.name), content, _close(layer, declared.name)]
    return parts if declared.required else [sql.SQL("coalesce({}, '')").format(_text(parts))]


def _content(declared: Property) -> sql.Composable:
    """Return the XML Schema spelling of a value, a text as it is."""
    column = sql.SQL(declared.sql) if isinstance(declared, VersionField) else sql.SQL("v.{}").format(_name(declared))
    return sql.SQL(_SPELLED.get(declared.type, "{}::text")).format(column)


def _escaped(declared: Property) -> sql.Composable:
    content = _content(declared)
    if not _may_need_care(declared):
        return content
    content = sql.SQL("CASE WHEN {0} ~ {1} THEN regexp_replace({0}, {1}, '', 'g') ELSE {0} END").format(
        content, _ILLEGAL
    )
    for character, entity in _ENTITIES:
        content = sql.SQL("replace({}, {}, {})").format(content, character, entity)
    return content


_SPELLED: Final = {
    FieldType.STRING: "{}",
    FieldType.NUMBER: "replace({}::text, 'Infinity', 'INF')",
    FieldType.INSTANT: "replace(to_json({})::text, '\"', '')",
}


def _name(declared: Field) -> sql.Identifier:
    return sql.Identifier(declared.name)


def _open(layer: Layer, name: str) -> str:
    return f"<{layer.schema}:{name}>"


def _close(layer: Layer, name: str) -> str:
    return f"</{layer.schema}:{name}>"


def _text(parts: Iterable[_Part]) -> sql.Composed:
    """Concatenate expressions and constant pieces of text, neighbouring constants as one."""
    merged: list[_Part] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return sql.SQL("({})").format(sql.SQL(" || ").join(sql.Literal(p) if isinstance(p, str) else p for p in merged))
