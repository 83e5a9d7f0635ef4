"""The numbered canonical form under which versions, lineage and violations are hashed.

Form 1 of a layer's opening is the SHA-256 of a JSON array: layer, feature id, version, start and end of validity
(seconds since 1970-01-01Z, exact decimals), abolished, geometry (little-endian ISO WKB in hexadecimal, null in layers
without one), then the attributes in the order that ``qala.canonical_form`` keeps for the layer; instants again as
seconds. A personal attribute enters as the hexadecimal SHA-256 of the version's salt and the attribute's text, so that
it can be withheld from who checks the chain. A closing is the SHA-256 of the array layer, feature id, version,
``"closed"``. What a form says never changes: a layer that gains a field gains a form, and versions hashed under the old
one keep it.
"""

from collections.abc import Sequence

from psycopg import Connection, sql

from gis.layer import FieldType, Layer

_ENVELOPE = (
    "{layer}, {row}.feature_id, {row}.version, extract(epoch FROM lower({row}.valid)), "
    "extract(epoch FROM upper({row}.valid)), {row}.abolished, {geometry}"
)
_GEOMETRY = "encode(ST_AsBinary({row}.geom, 'NDR'), 'hex')"
_OPENING = "sha256(convert_to(json_build_array(" + _ENVELOPE + "{attributes})::text, 'UTF8'))"
_CLOSING = "sha256(convert_to(json_build_array({layer}, {row}.feature_id, {row}.version, 'closed')::text, 'UTF8'))"


def opening(layer: Layer, fields: Sequence[str], row: str) -> sql.Composed:
    """Return the SQL of the hash of a version's opening content; ``row`` is the alias of its table."""
    attributes = sql.SQL("").join(sql.SQL(", ") + _attribute(layer, name, row) for name in fields)
    alias = sql.Identifier(row)
    return sql.SQL(_OPENING).format(
        layer=sql.Literal(layer.name),
        row=alias,
        geometry=sql.SQL(_GEOMETRY).format(row=alias) if layer.spatial else sql.SQL("NULL"),
        attributes=attributes,
    )


def closing(layer: Layer, row: str) -> sql.Composed:
    """Return the SQL of the hash of a version's closing event."""
    return sql.SQL(_CLOSING).format(layer=sql.Literal(layer.name), row=sql.Identifier(row))


def _attribute(layer: Layer, name: str, row: str) -> sql.Composed:
    column = sql.Identifier(row, name)
    if layer.field(name).personal:
        digest = "encode(sha256({salt} || convert_to({value}::text, 'UTF8')), 'hex')"
        return sql.SQL(digest).format(salt=sql.Identifier(row, "salt"), value=column)
    if layer.field(name).type is FieldType.INSTANT:
        return sql.SQL("extract(epoch FROM {})").format(column)
    return sql.SQL("{}").format(column)


def current_form(connection: Connection, layer: Layer) -> int:
    """Return the number of the form of the layer's present fields; a new one is written down when they changed."""
    fields = [f.name for f in layer.fields]
    row = connection.execute(_LAST_FORM, (layer.name,)).fetchone()
    if row is not None and row[1] == fields:
        return int(row[0])
    form = 1 if row is None else int(row[0]) + 1
    # Two first acts at once note the same form; the second waits for the first and finds it noted.
    connection.execute(
        "INSERT INTO qala.canonical_form VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", (layer.name, form, fields)
    )
    return form


_LAST_FORM = "SELECT form, fields FROM qala.canonical_form WHERE layer = %s ORDER BY form DESC LIMIT 1"
