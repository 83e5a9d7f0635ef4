"""The one declaration of a layer.

From it come the table, the OGC collection with its schema and queryables, the WFS feature type, the tile layer, the
loaders' column mapping, the exports and the documentation: no other list of a layer's fields exists.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from gis.errors import NotFound
from gis.text import Text

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


class FieldType(Enum):
    """Type of an attribute: (PostgreSQL type, JSON type, JSON format or nothing, XML Schema type)."""

    STRING = ("text", "string", "", "string")
    INTEGER = ("bigint", "integer", "", "long")
    NUMBER = ("double precision", "number", "", "double")
    BOOLEAN = ("boolean", "boolean", "", "boolean")
    DATE = ("date", "string", "date", "date")
    INSTANT = ("timestamptz", "string", "date-time", "dateTime")

    def __init__(self, sql: str, json: str, json_format: str, xsd: str) -> None:
        """Name the four."""
        self.sql = sql
        self.json = json
        self.json_format = json_format or None
        self.xsd = xsd


class GeometryKind(Enum):
    """Kind of a layer's geometry: (WKT and GeoJSON name, GML 3.2 property type); of ``NONE`` its features have none."""

    NONE = ("", "")
    POINT = ("Point", "PointPropertyType")
    LINESTRING = ("LineString", "CurvePropertyType")
    MULTILINESTRING = ("MultiLineString", "MultiCurvePropertyType")
    POLYGON = ("Polygon", "SurfacePropertyType")
    MULTIPOLYGON = ("MultiPolygon", "MultiSurfacePropertyType")

    @property
    def wkt(self) -> str:
        """Name in WKT, GeoJSON and PostGIS."""
        return self.value[0]

    @property
    def gml(self) -> str:
        """Local name of the GML 3.2.1 property type (clause 21 of ISO 19136)."""
        return self.value[1]

    @property
    def dimension(self) -> int:
        """0 for points, 1 for lines, 2 for areas, -1 where there is none."""
        if self is GeometryKind.NONE:
            return -1
        return 0 if self is GeometryKind.POINT else 1 if "Line" in self.wkt else 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One attribute of a layer.

    Attributes:
        name: column and property name, lower snake case.
        unit: unit of measure (UCUM symbol, e.g. ``m2``), for numbers.
        required: no version may lack it.
        codes: name of the city profile's classifier whose codes (valid on the date) are the only values.
        values: closed list of values, where the list is the engine's own and not the city's.
        identifier: issued once and never to another feature; every value ever issued is kept in a table of its own.
        refers_to: layers one of whose features the value names by its id.
        key: features are looked up by this value, so it is indexed; a field that refers is always a key.
        personal: tells who somebody is; hashed with salt, so that it can be withheld without breaking the chain.
        document: a text of any length (JSON), not one that somebody typed.
    """

    name: str
    type: FieldType
    title: Text
    description: Text | None = None
    unit: str | None = None
    required: bool = False
    codes: str | None = None
    values: tuple[str, ...] = ()
    identifier: bool = False
    refers_to: tuple[str, ...] = ()
    key: bool = False
    personal: bool = False
    document: bool = False

    @property
    def sought(self) -> bool:
        """Whether features are looked up by this field's value."""
        return self.key or bool(self.refers_to)

    def __post_init__(self) -> None:
        """Refuse a name that could not stand unquoted in SQL, JSON, GML and a Shapefile alike."""
        if not _NAME.fullmatch(self.name):
            msg = f"field name {self.name!r} must be lower snake case"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionField:
    """An attribute that every layer's versions have; ``sql`` computes it from the row ``v``."""

    name: str
    type: FieldType
    title: Text
    sql: str
    unit: str | None = None
    description: Text | None = None
    required: bool = False
    values: tuple[str, ...] = ()
    codes: str | None = None


VERSION_FIELDS: tuple[VersionField, ...] = (
    VersionField(
        name="version",
        type=FieldType.INTEGER,
        sql="v.version",
        required=True,
        title=Text(kk="Нұсқа нөмірі", ru="Номер версии", en="Version number"),
    ),
    VersionField(
        name="changeset",
        type=FieldType.INTEGER,
        sql="v.opened_by",
        required=True,
        title=Text(kk="Жазған өзгерістер жинағы", ru="Записавший набор изменений", en="Changeset that recorded it"),
    ),
    VersionField(
        name="valid_from",
        type=FieldType.INSTANT,
        sql="lower(v.valid)",
        title=Text(kk="Заңды күші басталуы", ru="Действует с", en="Valid from"),
    ),
    VersionField(
        name="valid_to",
        type=FieldType.INSTANT,
        sql="upper(v.valid)",
        title=Text(kk="Заңды күші аяқталуы", ru="Действует до", en="Valid to"),
    ),
    VersionField(
        name="begin_lifespan_version",
        type=FieldType.INSTANT,
        sql="lower(v.recorded)",
        required=True,
        title=Text(kk="Тізілімге жазылған сәті", ru="Записано в регистр", en="Recorded at"),
    ),
)
"""Shown with every feature. The end of the recorded time is left out on purpose: it changes when a version is closed,
and what the register said on a day must read the same for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Default symbol: CSS colours, widths in pixels, the zoom from which tiles show the layer."""

    stroke: str = "#333333"
    fill: str | None = None
    width: float = 1.0
    opacity: float = 1.0
    min_zoom: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Restricting:
    """How a layer's features restrict what they lie upon: what a restriction extract and a buildable envelope read.

    The act that set a restriction is the source of the changeset that recorded it.

    Attributes:
        kind: field that tells of which kind a restriction is, where the layer has several.
        regime: fields that say, in kk, ru and en, what is forbidden or allowed.
        basis: field that names the rule or act behind it.
        no_building: boolean field: nothing may be built there.
        max_height: field with the greatest height [m above ground] that may be built there.
        when: (field, value): a version restricts only while the field has the value; all do without one.
        parameter: field that refers to the row from which its measures were taken, which tells whether it is
            ``confirmed``.
    """

    kind: str | None = None
    regime: tuple[str, str, str] | None = None
    basis: str | None = None
    no_building: str | None = None
    max_height: str | None = None
    when: tuple[str, str] | None = None
    parameter: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields that it reads."""
        one = (self.kind, self.basis, self.no_building, self.max_height, self.parameter)
        named = (*one, *(self.regime or ()), *(self.when or ())[:1])
        return tuple(name for name in named if name is not None)


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A versioned layer.

    Attributes:
        name: ``cadastre.layer``; also the PostgreSQL schema and table and the OGC collection id.
        geometry: its kind; ``z`` tells whether heights (metres) are stored. Personal data lies in layers without one.
        readers: roles that may read it; ``anonymous`` opens it to all. Where it does not, the layer's schema is closed
            to the public login.
        writers: roles whose token may change it; its cadastre's registrar too, unless one is named.
        label: the field that names a feature to a reader.
        attribution: sources that must be named wherever the data shows.
        restricting: how its features restrict what they lie upon, where they do.
    """

    name: str
    title: Text
    description: Text
    geometry: GeometryKind
    z: bool = False
    fields: tuple[Field, ...]
    readers: frozenset[str] = frozenset({"anonymous"})
    writers: frozenset[str] = frozenset({"registrar"})
    label: str | None = None
    attribution: tuple[str, ...] = ()
    style: Style = field(default_factory=Style)
    restricting: Restricting | None = None

    def __post_init__(self) -> None:
        """Check names once, so that everything derived may rely on them."""
        if not all(_NAME.fullmatch(part) for part in self.name.split(".")) or self.name.count(".") != 1:
            msg = f"layer name {self.name!r} must be 'cadastre.layer' in lower snake case"
            raise ValueError(msg)
        names = [f.name for f in self.properties]
        if len(names) != len(set(names)):
            msg = f"layer {self.name} declares a field twice: {sorted(names)}"
            raise ValueError(msg)
        if self.salted and (self.public or self.spatial):
            msg = f"layer {self.name} has personal fields: it can be neither public nor on the map"
            raise ValueError(msg)
        unknown = set(self.restricting.fields if self.restricting else ()) - {f.name for f in self.fields}
        if unknown:
            msg = f"layer {self.name} restricts by fields that it has not: {sorted(unknown)}"
            raise ValueError(msg)

    @property
    def schema(self) -> str:
        """PostgreSQL schema: the cadastre."""
        return self.name.split(".")[0]

    @property
    def table(self) -> str:
        """Table name inside the schema."""
        return self.name.split(".")[1]

    @property
    def public(self) -> bool:
        """Whether anybody may read it."""
        return "anonymous" in self.readers

    @property
    def spatial(self) -> bool:
        """Whether its features have a geometry."""
        return self.geometry is not GeometryKind.NONE

    @cached_property
    def salted(self) -> bool:
        """Whether it has personal fields, whose hashes take salt."""
        return any(f.personal for f in self.fields)

    @cached_property
    def keys(self) -> tuple[Field, ...]:
        """Fields by whose values features are looked up."""
        return tuple(f for f in self.fields if f.sought)

    @cached_property
    def properties(self) -> tuple[VersionField | Field, ...]:
        """All properties of a feature as readers see them, in order."""
        return VERSION_FIELDS + self.fields

    @cached_property
    def identifiers(self) -> tuple[Field, ...]:
        """Fields whose values are issued once."""
        return tuple(f for f in self.fields if f.identifier)

    def field(self, name: str) -> Field:
        """Return a declared field; ``KeyError`` where there is none."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {f.name: f for f in self.fields}


class Layers(Mapping[str, Layer]):
    """The layers of a register by name, in the order they were listed."""

    def __init__(self, layers: Iterable[Layer]) -> None:
        """Index them; two layers of one name are a programming error."""
        self._layers = {layer.name: layer for layer in layers}

    def __getitem__(self, name: str) -> Layer:
        """Return a layer, or refuse with the list of those there are."""
        try:
            return self._layers[name]
        except KeyError:
            raise _unknown(name, self._layers) from None

    def __contains__(self, name: object) -> bool:
        """Tell whether a layer of that name is declared."""
        return name in self._layers

    def __iter__(self) -> Iterator[str]:
        """Iterate over names."""
        return iter(self._layers)

    def __len__(self) -> int:
        """Count the layers."""
        return len(self._layers)

    def __hash__(self) -> int:
        """Hash by the layers' names: what is declared does not change."""
        return hash(tuple(self._layers))

    @property
    def public(self) -> "Layers":
        """Those that anybody may read."""
        return Layers(layer for layer in self.values() if layer.public)

    @property
    def mapped(self) -> "Layers":
        """Those of them that have a geometry: what map services offer."""
        return Layers(layer for layer in self.public.values() if layer.spatial)


def _unknown(name: str, known: Iterable[str]) -> NotFound:
    listed = ", ".join(known)
    return NotFound(
        Text(
            kk=f"«{name}» қабаты жоқ. Бар қабаттар: {listed}.",
            ru=f"Слоя «{name}» нет. Есть слои: {listed}.",
            en=f"There is no layer '{name}'. The layers are: {listed}.",
        ),
        layer=name,
        known=list(known),
    )
