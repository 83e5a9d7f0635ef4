"""Features as GeoJSON (RFC 7946), written by the database."""

from psycopg import sql

from gis.crs import CRS84, Crs
from gis.layer import Layer
from gis.pages import property_value

DECIMALS_DEGREES = 7
"""About a centimetre."""

DECIMALS_METRES = 3


def feature_row(layer: Layer, crs: Crs = CRS84) -> sql.Composed:
    """Return the text of one feature, an expression over the columns of ``v``.

    Coordinates stand in the axis order of ``crs``; RFC 7946 itself knows CRS84 only.
    """
    geometry = geometry_text(crs) if layer.spatial else sql.SQL("'null'")
    return sql.SQL(_FEATURE).format(geometry=geometry, properties=properties_text(layer))


_FEATURE = """'{{"type":"Feature","id":' || v.feature_id || ',"geometry":' || {geometry} || ',"properties":'
  || {properties} || '}}'"""


def geometry_text(crs: Crs) -> sql.Composed:
    """Return the geometry's text."""
    if crs == CRS84:
        return sql.SQL("ST_AsGeoJSON(v.geom_4326, {})").format(sql.Literal(DECIMALS_DEGREES))
    decimals = DECIMALS_DEGREES if crs.is_geographic else DECIMALS_METRES
    moved = sql.SQL("ST_Transform(v.geom, {})").format(sql.Literal(crs.srid))
    turned = sql.SQL("ST_FlipCoordinates({})").format(moved) if crs.swap else moved
    # Options 0: without the bbox and without GeoJSON 2008's member crs; the header Content-Crs names the system.
    return sql.SQL("ST_AsGeoJSON({}, {}, 0)").format(turned, sql.Literal(decimals))


def properties_text(layer: Layer) -> sql.Composed:
    """Return the properties' text: an object with every property of the layer, null where it has no value."""
    members = (
        sql.SQL("{} AS {}").format(property_value(declared), sql.Identifier(declared.name))
        for declared in layer.properties
    )
    return sql.SQL("row_to_json((SELECT r FROM (SELECT {}) AS r))::text").format(sql.SQL(", ").join(members))
