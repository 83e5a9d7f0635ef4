"""A register with layers of restrictions of every kind of geometry, and what lies on what by brute force.

The brute force reads the tables' rows as they are and asks shapely; it shares nothing with the engine's statements.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import shapely
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from shapely.geometry.base import BaseGeometry

from cadastres.land.model import PARCEL
from gis import drafts
from gis.database import connect
from gis.edit import Put
from gis.layer import Field, FieldType, GeometryKind, Layer, Layers, Restricting
from gis.overlay import Ground
from gis.record import Period, Write
from gis.schema import create_layer, twin_name
from gis.text import Text
from tests.city import ORIGIN, City

TOLERANCE = 0.01
_LOGIN = sql.SQL("CREATE OR REPLACE FUNCTION qala.{}() RETURNS text LANGUAGE sql STABLE RETURN {}")
_ALIKE = Text(kk="x", ru="x", en="x")


def layer(name: str, geometry: GeometryKind) -> Layer:
    """Return a layer of restrictions."""
    kind = Field(name="kind", type=FieldType.STRING, title=_ALIKE)
    return Layer(
        name=f"test_restrictions.{name}",
        title=_ALIKE,
        description=_ALIKE,
        geometry=geometry,
        fields=(kind,),
        restricting=Restricting(kind="kind"),
    )


AREA = layer("area", GeometryKind.MULTIPOLYGON)
LINE = layer("line", GeometryKind.LINESTRING)
POINT = layer("point", GeometryKind.POINT)
RESTRICTIONS = (AREA, LINE, POINT)

Found = dict[tuple[str, int], float]
"""Amount by layer and feature."""
Row = tuple[int, Any, Any, BaseGeometry]


def restricted(city: City) -> City:
    """Give a fresh city the layers of restrictions; no rule stands in the way of what tests put there."""
    with connect(city.register.database.owner) as connection:
        for name in ("reader", "writer"):  # a copied database is read by the logins of the one it was copied from
            login = conninfo_to_dict(getattr(city.register.database, name))["user"]
            connection.execute(_LOGIN.format(sql.Identifier(name), sql.Literal(login)))
        for one in RESTRICTIONS:
            for statement in create_layer(one, city.profile.srid):
                connection.execute(statement.encode())
    layers = Layers((PARCEL, *RESTRICTIONS))
    return City(replace(city.register, layers=layers, rules=(), followers=()), city.profile)


def at(x: float, y: float) -> tuple[float, float]:
    """Return a place in metres from the tests' origin."""
    return ORIGIN[0] + x, ORIGIN[1] + y


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a rectangle in metres from the tests' origin."""
    return shapely.box(*at(west, south), *at(east, north))


@dataclass
class World:
    """A register in which tests put parcels and restrictions."""

    city: City
    numbers: int = 0
    recorded: list[datetime] = field(default_factory=list)

    def put(
        self, name: str, shape: BaseGeometry, day: str = "2020-01-01", until: str | None = None, i: int = -1
    ) -> int:
        """Write a feature for a time; return its id."""
        write = self._write(name, shape, day, until, i)
        done = self.city.register.perform(Put((write,)), self.city.act(day))
        self.recorded.append(done.recorded)
        return done.features.get(i, i)

    def propose(self, draft: str, name: str, shape: BaseGeometry, day: str = "2020-01-01", i: int = -1) -> int:
        """Write a feature in a draft; return its id."""
        write = self._write(name, shape, day, None, i)
        with self.city.register.writing() as connection:
            number = drafts.find(connection, draft).draft_id
        done = self.city.register.perform(Put((write,)), self.city.act(day), draft=number)
        return dict(done.features).get(i, i)

    def _write(self, name: str, shape: BaseGeometry, day: str, until: str | None, i: int) -> Write:
        start = self.city.act(day).valid_from
        end = None if until is None else self.city.act(until).valid_from
        values: dict[str, Any] = {"kind": name} if name != PARCEL.name else {"cadastral_number": self._number(i)}
        return Write(name, i, Period(start, end), shape, values)

    def _number(self, feature_id: int) -> str:
        if feature_id > 0:
            with self.city.register.reading() as connection:
                row = connection.execute(
                    "SELECT cadastral_number FROM land.parcel WHERE feature_id = %s LIMIT 1", (feature_id,)
                ).fetchone()
            return str(row[0]) if row else ""
        self.numbers += 1
        return f"91001001{self.numbers:03d}"

    @cached_property
    def rows(self) -> Mapping[str, Sequence[Row]]:
        """All versions ever recorded, by layer: id, valid, recorded, geometry; read once, when all is put."""
        return {one.name: self._rows(one.schema, one.table, "recorded") for one in (PARCEL, *RESTRICTIONS)}

    @cached_property
    def proposed(self) -> Mapping[str, Sequence[Row]]:
        """All versions in drafts, by layer."""
        return {one.name: self._rows(one.schema, twin_name(one), "NULL") for one in (PARCEL, *RESTRICTIONS)}

    def _rows(self, schema: str, table: str, recorded: str) -> Sequence[Row]:
        statement = sql.SQL(
            "SELECT feature_id, valid, {}, ST_AsBinary(geom) FROM {} WHERE NOT abolished ORDER BY feature_id"
        ).format(sql.SQL(recorded), sql.Identifier(schema, table))
        with connect(self.city.register.database.owner) as connection:
            found = connection.execute(statement).fetchall()
        return [(i, valid, known, shapely.from_wkb(bytes(shape))) for i, valid, known, shape in found]

    def in_force(
        self, name: str, valid: datetime, recorded: datetime, *, drafted: bool = False
    ) -> dict[int, BaseGeometry]:
        """Return a layer's features at an instant, by brute force."""
        rows = [row for row in self.rows[name] if recorded in row[2]]
        if drafted:
            touched = {row[0] for row in self.proposed[name]}
            rows = [row for row in rows if row[0] not in touched] + list(self.proposed[name])
        return {row[0]: row[3] for row in rows if valid in row[1]}

    def lying(self, ground: BaseGeometry, valid: datetime, recorded: datetime, *, drafted: bool = False) -> Found:
        """Return what lies on an area at an instant, by brute force."""
        found: Found = {}
        for one in RESTRICTIONS:
            for feature_id, shape in self.in_force(one.name, valid, recorded, drafted=drafted).items():
                amount = overlap(ground, shape)
                if amount:
                    found[one.name, feature_id] = amount
        return found


def overlap(ground: BaseGeometry, shape: BaseGeometry) -> float:
    """Return how much of a shape lies on an area: m², metres or 1; 0 where it merely touches."""
    common = ground.intersection(shape)
    core = ground.buffer(-TOLERANCE / 2)
    dimension = shapely.get_dimensions(shape)
    if dimension == 2:
        return 0.0 if common.buffer(-TOLERANCE / 2, quad_segs=2).is_empty else common.area
    if dimension == 1:
        return common.length if common.intersects(core) else 0.0
    return 1.0 if shape.intersects(core) else 0.0


def told(ground: Ground | None) -> Found:
    """Return what the engine says lies on an area."""
    return {} if ground is None else {(o.laid.layer, o.laid.feature_id): o.amount for o in ground.overlaps}


def same(one: Found, other: Found, area: float) -> bool:
    """Tell whether two answers are the same: the same features, areas alike to a millionth of the ground's."""
    return one.keys() == other.keys() and all(abs(one[k] - other[k]) <= 1e-6 * max(area, 1.0) for k in one)


def union(shapes: Iterable[BaseGeometry]) -> BaseGeometry:
    """Return the union of shapes."""
    return shapely.union_all(list(shapes))
