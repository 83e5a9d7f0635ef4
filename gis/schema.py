"""Tables derived from layer declarations.

A layer's table holds every version of every feature. Its indexes are few and each has its reader:

=========================  ======================================================================================
``…_pkey``                 one feature's versions
``…_one_at_a_time``        exclusion: no two versions of a feature overlap on both axes. A first version is held
                           against later ones by the trigger ``beside_first``: most features never get a second one,
                           and the index entry of a first would cost a bulk load as much as all the rest
``…_tail``                 the present, by place: nothing closed, nothing bounded
``…_tail_key``             the present, by key (pages)
``…_tail_tiles``           the present, by zoom and cell: what a small-scale tile counts, from the index alone
``…_tail_from``            the present, by the start of validity (what comes into force between two moments)
``…_bounded``              live versions that end, by their end (what goes out of force)
``…_history``              the past, by place and both axes
``…_opened``, ``…_closed`` changes by changeset (differences, freshness of tiles and answers)
``…_<field>``              versions by a field that refers or is a key
=========================  ======================================================================================

A layer without geometry has none of those that go by place. One with personal fields has a column ``salt``.

Beside each stands ``…_draft``, the timelines that features have in drafts (:mod:`gis.drafts`).
"""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import TIMESTAMP, TSTZRANGE, ExcludeConstraint
from sqlalchemy.schema import CreateIndex, CreateTable, SchemaItem
from sqlalchemy.types import TypeEngine

from gis.layer import Field, FieldType, Layer

_TYPES: dict[FieldType, type[TypeEngine[Any]] | TypeEngine[Any]] = {
    FieldType.STRING: Text,
    FieldType.INTEGER: BigInteger,
    FieldType.NUMBER: Double,
    FieldType.BOOLEAN: Boolean,
    FieldType.DATE: Date,
    FieldType.INSTANT: TIMESTAMP(timezone=True),
}

LIVE = "upper_inf(recorded)"
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so
TAIL = "upper_inf(recorded) AND upper_inf(valid) AND NOT abolished"


_VERSION_COLUMNS = ("feature_id", "version", "valid", "recorded", "opened_by", "closed_by", "abolished")
_PLACE_COLUMNS = ("geom", "geom_4326", "tile_zoom", "tile_cell")


def layer_table(layer: Layer, srid: int, metadata: MetaData | None = None) -> Table:
    """Return the table of a layer's versions, in the city's projected system ``srid``."""
    return Table(
        layer.table,
        metadata if metadata is not None else MetaData(),
        *_version_columns(),
        *(_geometry_columns(layer, srid) if layer.spatial else ()),
        *([Column("salt", LargeBinary, nullable=False)] if layer.salted else ()),
        *(_attribute(f) for f in layer.fields),
        *_constraints(layer),
        *_indexes(layer),
        schema=layer.schema,
    )


def issued_table(layer: Layer, identifier: Field, metadata: MetaData | None = None) -> Table:
    """Return the table of every value ever issued for an identifier: what stands there is never another feature's."""
    return Table(
        issued_name(layer, identifier),
        metadata if metadata is not None else MetaData(),
        Column("value", Text, primary_key=True),
        Column("feature_id", BigInteger, nullable=False),
        Column("issued_by", BigInteger, nullable=False),
        schema=layer.schema,
    )


def issued_name(layer: Layer, identifier: Field) -> str:
    """Name of the table of values ever issued."""
    return f"{layer.table}_{identifier.name}_issued"


def create_layer(layer: Layer, srid: int) -> list[str]:
    """Return the statements that create a layer's tables, indexes, guards and grants."""
    metadata = MetaData()
    tables = [layer_table(layer, srid, metadata), *(issued_table(layer, f, metadata) for f in layer.identifiers)]
    statements = [f"CREATE SCHEMA IF NOT EXISTS {layer.schema}"]
    for table in tables:
        statements += [_compiled(CreateTable(table)), *(_compiled(CreateIndex(i)) for i in _sorted(table.indexes))]
    generated = ", 'geom_4326'" if layer.spatial else ""
    statements += [f"SELECT qala.guard_versions('{layer.schema}', '{layer.table}'{generated})"]
    statements += [f"SELECT qala.guard_first('{layer.schema}', '{layer.table}')"]
    statements += [f"SELECT qala.guard_log('{t.schema}', '{t.name}')" for t in tables[1:]]
    return [*statements, _statistics(layer), *_grants(layer, tables), _twin(layer)]


def table_columns(layer: Layer) -> list[str]:
    """Return the names of all columns of a layer's table, in its order; its draft twin has them too."""
    special = [*(_PLACE_COLUMNS if layer.spatial else ()), *(("salt",) if layer.salted else ())]
    return [*_VERSION_COLUMNS, *special, *(f.name for f in layer.fields)]


def twin_name(layer: Layer) -> str:
    """Name of the table of what drafts propose for a layer."""
    return f"{layer.table}_draft"


def _twin(layer: Layer) -> str:
    """Return the statement that makes the table of what drafts propose for a layer."""
    return f"SELECT qala.make_draft_twin('{layer.schema}', '{layer.table}', {str(not layer.public).lower()})"


def _grants(layer: Layer, tables: list[Table]) -> list[str]:
    if layer.public:
        return [f"SELECT qala.grant_layer('{layer.schema}')"]
    return [f"SELECT qala.grant_confidential('{t.schema}', '{t.name}')" for t in tables]


def _statistics(layer: Layer) -> str:
    """Return the statement that lets the planner know how few versions are live, bounded or yet to come."""
    ends = "(lower(valid)), (upper(valid)), (upper_inf(valid)), (upper_inf(recorded))"
    return f"CREATE STATISTICS {layer.schema}.{layer.table}_ends ON {ends} FROM {layer.schema}.{layer.table}"


def _sorted(indexes: set[Index]) -> list[Index]:
    return sorted(indexes, key=lambda index: str(index.name))


def _compiled(element: CreateTable | CreateIndex) -> str:
    return str(element.compile(dialect=_DIALECT)).strip()


def _version_columns() -> list[Column[object]]:
    return [
        Column("feature_id", BigInteger, nullable=False),
        Column("version", Integer, nullable=False),
        Column("valid", TSTZRANGE, nullable=False),
        Column("recorded", TSTZRANGE, nullable=False),
        Column("opened_by", BigInteger, nullable=False),
        Column("closed_by", BigInteger),
        Column("abolished", Boolean, nullable=False, server_default=text("false")),
    ]


def _geometry_columns(layer: Layer, srid: int) -> list[Column[object]]:
    kind = layer.geometry.wkt.upper() + ("Z" if layer.z else "")
    dimension = 3 if layer.z else 2
    stored = Geometry(kind, srid=srid, dimension=dimension, spatial_index=False, nullable=False)
    wgs84 = Geometry(kind, srid=4326, dimension=dimension, spatial_index=False)
    return [
        Column("geom", stored, nullable=False),
        Column("geom_4326", wgs84, Computed("ST_Transform(geom, 4326)", persisted=True)),
        Column("tile_zoom", SmallInteger, Computed("qala.tile_zoom(geom)", persisted=True)),
        Column("tile_cell", BigInteger, Computed("qala.tile_cell(geom)", persisted=True)),
    ]


def _attribute(declared: Field) -> Column[object]:
    return Column(declared.name, _TYPES[declared.type], nullable=not declared.required)


def _constraints(layer: Layer) -> list[SchemaItem]:
    return [
        PrimaryKeyConstraint("feature_id", "version", name=f"{layer.table}_pkey"),
        ExcludeConstraint(
            ("feature_id", "="),
            ("valid", "&&"),
            ("recorded", "&&"),
            using="gist",
            name=f"{layer.table}_one_at_a_time",
            where=text("version > 1"),
        ),
    ]


def _indexes(layer: Layer) -> list[Index]:
    name = layer.table
    tail, live = text(TAIL), text(LIVE)
    return [
        *(_indexes_of_place(name) if layer.spatial else ()),
        Index(f"{name}_tail_key", "feature_id", postgresql_where=tail, unique=True),
        Index(f"{name}_tail_from", text("lower(valid)"), postgresql_where=tail),
        Index(f"{name}_bounded", text("upper(valid)"), postgresql_where=text(f"{live} AND NOT upper_inf(valid)")),
        Index(f"{name}_opened", "opened_by"),
        Index(f"{name}_closed", "closed_by", postgresql_where=text("closed_by IS NOT NULL")),
        *(Index(f"{name}_{f.name}", f.name) for f in layer.keys),
    ]


def _indexes_of_place(name: str) -> list[Index]:
    tail = text(TAIL)
    return [
        Index(f"{name}_tail", "geom", postgresql_using="gist", postgresql_where=tail),
        Index(f"{name}_tail_tiles", "tile_zoom", "tile_cell", postgresql_include=["valid"], postgresql_where=tail),
        Index(f"{name}_history", "geom", "valid", "recorded", postgresql_using="gist"),
    ]
