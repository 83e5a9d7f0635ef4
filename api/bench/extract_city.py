"""Almaty enlarged: a made-up city of irregular parcels in its system, under twenty layers of restrictions.

The same on every machine. Six layers tile the whole city by zones, large and small; five are strips along lines, four
circles around things, two the meanders of rivers; two are lines and one points.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from psycopg import Connection, sql
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from api.bench.parcels import Net, net_around, parcels
from cadastres.fields import LEGAL_BASIS, REGIME
from cadastres.land.model import PARCEL
from data.installation import Installation
from data.profiles import find
from gis.cluster import default_home
from gis.crs import transformer
from gis.database import connect
from gis.layer import Field, FieldType, GeometryKind, Layer, Layers, Restricting
from gis.profile import CityProfile
from gis.register import Register
from gis.schema import create_layer
from gis.text import Text

CENTRE: Final = (76.93, 43.25)
PLAIN: Final = "plain_{table}"
"""Table of what a layer says now, without its time: what bare SQL and rivals read."""

_SEED: Final = 20250914
_COMPLETE: Final = "SELECT to_regclass('public.bench_complete') IS NOT NULL"
_PREFIX: Final = "20313"
_KIND: Final = Field(name="kind", type=FieldType.STRING, title=Text(kk="Түрі", ru="Вид", en="Kind"))
_HEIGHT: Final = Field(
    name="max_height", type=FieldType.NUMBER, unit="m", title=Text(kk="Биіктігі", ru="Высота", en="Height")
)

Shapes = Callable[[np.random.Generator, Net], Iterable[BaseGeometry]]


def _layer(name: str, geometry: GeometryKind) -> Layer:
    title = Text(kk=name, ru=name, en=name)
    return Layer(
        name=f"bench_restrictions.{name}",
        title=title,
        description=title,
        geometry=geometry,
        fields=(_KIND, *REGIME, LEGAL_BASIS, _HEIGHT),
        restricting=Restricting(
            kind="kind", regime=("regime_kk", "regime_ru", "regime_en"), basis="legal_basis", max_height="max_height"
        ),
    )


def _tiles(side: float, vertices: int) -> Shapes:
    """Return zones of about a side [m] that tile the city; an edge has so many vertices."""

    def shapes(random: np.random.Generator, net: Net) -> Iterator[BaseGeometry]:
        west, south, east, north = net.bounds
        columns, rows = (max(1, round(span / side)) for span in (east - west, north - south))
        x = np.linspace(west, east, columns * vertices + 1)
        y = np.linspace(south, north, rows * vertices + 1)
        grid = np.stack(np.meshgrid(x, y), axis=-1)
        grid += random.uniform(-1, 1, grid.shape) * side / vertices * 0.3
        for row in range(rows):
            for column in range(columns):
                yield MultiPolygon([_tile(grid, row * vertices, column * vertices, vertices)])

    return shapes


def _tile(grid: npt.NDArray[np.float64], row: int, column: int, size: int) -> Polygon:
    south = grid[row, column : column + size]
    east = grid[row : row + size, column + size]
    north = grid[row + size, column + size : column : -1]
    west = grid[row + size : row : -1, column]
    return Polygon(np.concatenate([south, east, north, west]))


def _lines(spacing: float, length: float) -> Callable[[np.random.Generator, Net], Iterator[LineString]]:
    """Return crooked lines of a length, so many that they lie about a spacing apart [m]."""

    def shapes(random: np.random.Generator, net: Net) -> Iterator[LineString]:
        west, south, east, north = net.bounds
        count = max(2, round((east - west) * (north - south) / spacing / length))
        for _ in range(count):
            start = random.uniform((west, south), (east, north))
            turn = random.choice([0.0, np.pi / 2]) + np.cumsum(random.normal(0, 0.15, round(length / 50)))
            steps = np.stack([np.cos(turn), np.sin(turn)], axis=1) * 50
            yield LineString(np.concatenate([[start], start + np.cumsum(steps, axis=0)]))

    return shapes


def _strips(width: float, spacing: float, length: float) -> Shapes:
    lines = _lines(spacing, length)
    return lambda random, net: (_many(line.buffer(width)) for line in lines(random, net))


def _circles(radius: float, spacing: float) -> Shapes:
    def shapes(random: np.random.Generator, net: Net) -> Iterator[BaseGeometry]:
        for point in _points(spacing)(random, net):
            yield _many(point.buffer(radius * random.uniform(0.5, 1.5)))

    return shapes


def _points(spacing: float) -> Callable[[np.random.Generator, Net], Iterator[Point]]:
    def shapes(random: np.random.Generator, net: Net) -> Iterator[Point]:
        west, south, east, north = net.bounds
        count = max(2, round((east - west) * (north - south) / spacing**2))
        for x, y in random.uniform((west, south), (east, north), (count, 2)).tolist():
            yield Point(x, y)

    return shapes


def _many(shape: BaseGeometry) -> MultiPolygon:
    return MultiPolygon([part for part in shapely.get_parts(shape).tolist() if isinstance(part, Polygon)])


_AREA, _LINE, _POINT = GeometryKind.MULTIPOLYGON, GeometryKind.LINESTRING, GeometryKind.POINT

RESTRICTIONS: Final[dict[Layer, Shapes]] = {
    _layer("functional_zone", _AREA): _tiles(600, 20),
    _layer("building_zone", _AREA): _tiles(900, 30),
    _layer("height_zone", _AREA): _tiles(1500, 40),
    _layer("seismic_zone", _AREA): _tiles(4500, 200),
    _layer("category", _AREA): _tiles(3000, 150),
    _layer("flight_zone", _AREA): _tiles(9000, 300),
    _layer("power_zone", _AREA): _strips(20, 900, 3000),
    _layer("heat_zone", _AREA): _strips(5, 700, 1500),
    _layer("gas_zone", _AREA): _strips(3, 500, 1000),
    _layer("water_main_zone", _AREA): _strips(10, 1200, 2500),
    _layer("railway_zone", _AREA): _strips(100, 6000, 9000),
    _layer("sanitary_zone", _AREA): _circles(200, 1500),
    _layer("monument_zone", _AREA): _circles(60, 900),
    _layer("well_zone", _AREA): _circles(40, 1200),
    _layer("hazard_area", _AREA): _circles(400, 4000),
    _layer("river_zone", _AREA): _strips(500, 5000, 12000),
    _layer("river_strip", _AREA): _strips(35, 5000, 12000),
    _layer("red_line", _LINE): _lines(400, 1200),
    _layer("building_line", _LINE): _lines(400, 1200),
    _layer("monument", _POINT): _points(400),
}


@dataclass(frozen=True)
class ExtractCity:
    """A made-up city of so many parcels under :data:`RESTRICTIONS`, in a database of its own."""

    count: int
    home: Path

    @classmethod
    def of(cls, count: int, home: Path | None = None) -> "ExtractCity":
        """Return the city of a size, under ``QALA_HOME/bench`` unless told where."""
        return cls(count, home or default_home() / "bench")

    @cached_property
    def installation(self) -> Installation:
        """Its installation: a cluster apart from the one that serves."""
        return Installation(self.home, None)

    @cached_property
    def profile(self) -> CityProfile:
        """Almaty's, under a name of its own."""
        return find("almaty").model_copy(update={"id": f"extract_{self.count}"})

    @cached_property
    def register(self) -> Register:
        """Its register, which knows no layers but parcels and the restrictions. The cluster must be running."""
        opened = self.installation.open(self.profile)
        return replace(opened, layers=Layers((PARCEL, *RESTRICTIONS)), rules=(), followers=())

    @cached_property
    def net(self) -> Net:
        """Shape of the city."""
        x, y = transformer(4326, self.profile.system).transform(*CENTRE)
        return net_around((round(x), round(y)), self.count)

    def ensure(self, tell: Callable[[str], None]) -> None:
        """Build the city unless it stands already."""
        with connect(self.register.database.owner) as connection:
            if connection.execute(_COMPLETE).fetchone() == (True,):
                return
            tell(f"making {self.count} parcels under {len(RESTRICTIONS)} layers")
            self._fill(connection)
            connection.execute("VACUUM ANALYZE")
            connection.execute("CREATE TABLE public.bench_complete ()")

    def _fill(self, connection: Connection) -> None:
        connection.execute(_CHANGESETS)
        quarter, serial = self.net.numbering
        numbers = (f"{_PREFIX}{q + 1:03d}{s:03d}" for q, s in zip(quarter, serial, strict=True))
        self._copy(connection, zip(range(1, self.count + 1), numbers, parcels(self.net), strict=True))
        connection.execute("ALTER TABLE land.parcel DISABLE TRIGGER USER")
        connection.execute(_PARCELS)
        connection.execute("ALTER TABLE land.parcel ENABLE TRIGGER USER")
        _plain(connection, PARCEL)
        random, first = np.random.default_rng(_SEED), self.count + 1
        for layer, shapes in RESTRICTIONS.items():
            first += self._restrict(connection, layer, list(shapes(random, self.net)), first)

    def _restrict(self, connection: Connection, layer: Layer, shapes: list[BaseGeometry], first: int) -> int:
        for statement in create_layer(layer, self.profile.srid):
            connection.execute(statement.encode())
        self._copy(connection, ((first + i, f"№ {i}", shape) for i, shape in enumerate(shapes)))
        connection.execute(sql.SQL(_RESTRICTIONS).format(sql.Identifier(layer.schema, layer.table)))
        _plain(connection, layer)
        return len(shapes)

    def _copy(self, connection: Connection, rows: Iterable[tuple[int, str, BaseGeometry]]) -> None:
        connection.execute("DROP TABLE IF EXISTS bench_shape")
        connection.execute("CREATE UNLOGGED TABLE bench_shape (place bigint, name text, geom geometry)")
        with connection.cursor() as cursor, cursor.copy("COPY bench_shape FROM STDIN") as copy:
            for place, name, shape in rows:
                placed = shapely.set_srid(shape, self.profile.srid)
                copy.write_row((place, name, shapely.to_wkb(placed, hex=True, include_srid=True)))


def _plain(connection: Connection, layer: Layer) -> None:
    """Copy what a layer says now, indexed by key and place."""
    name = sql.Identifier(PLAIN.format(table=layer.table))
    columns = sql.SQL(", ").join(sql.Identifier(f.name) for f in layer.fields)
    for text in (
        "CREATE TABLE {name} AS SELECT feature_id, geom, {columns} FROM {table} WHERE upper_inf(recorded) ORDER BY 1",
        "ALTER TABLE {name} ADD PRIMARY KEY (feature_id)",
        "CREATE INDEX ON {name} USING gist (geom)",
        "GRANT SELECT ON {name} TO PUBLIC",
    ):
        table = sql.Identifier(layer.schema, layer.table)
        connection.execute(sql.SQL(text).format(name=name, columns=columns, table=table))


_CHANGESETS: Final = """
INSERT INTO qala.changeset (number, recorded, verb, actor, role, reason, source_kind, source_number,
  source_acceptance, source_submission, source_recordation, layers, form, digest, previous_hash, hash)
SELECT n, timestamptz '2015-01-01Z' + n * interval '1 year', 'bench', 'bench', 'registrar', 'bench', 'akimat-decision',
  'bench-' || n, '2014-01-01', '2014-01-01', '2014-01-01', '{land.parcel}', 1,
  sha256('bench'), sha256(n::text::bytea), sha256((n + 1)::text::bytea)
FROM generate_series(1, 2) AS n
"""
_PARCELS: Final = """
WITH changeset AS (SELECT min(recorded) AS first, max(recorded) AS last FROM qala.changeset)
INSERT INTO land.parcel (feature_id, version, valid, recorded, opened_by, closed_by, geom,
  cadastral_number, category, permitted_use, official_area, divisible)
SELECT place, v.version, tstzrange('2014-01-01Z', NULL), v.recorded, v.version, v.closed_by, geom,
  name, '2', 'individual_housing', round(ST_Area(geom)::numeric, 1), true
FROM bench_shape, changeset, LATERAL (VALUES (1, tstzrange(first, last), 2), (2, tstzrange(last, NULL), NULL))
  AS v (version, recorded, closed_by)
ORDER BY v.version, place;
INSERT INTO land.parcel_cadastral_number_issued SELECT name, place, 1 FROM bench_shape
"""
_RESTRICTIONS: Final = """
INSERT INTO {} (feature_id, version, valid, recorded, opened_by, geom, kind, regime_kk, regime_ru, regime_en,
  legal_basis, max_height)
SELECT place, 1, tstzrange('2014-01-01Z', CASE WHEN place % 10 = 0 THEN timestamptz '2060-01-01Z' END),
  tstzrange((SELECT min(recorded) FROM qala.changeset), NULL), 1, geom, name, 'құрылысқа тыйым салынған',
  'строительство запрещено', 'no building', 'Bench Act, art. 1', 12
FROM bench_shape
"""
