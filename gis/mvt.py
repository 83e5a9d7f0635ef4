"""Vector tiles in the scheme WebMercatorQuad (OGC 17-083r4, annex D.1), written by the database (MVT 2.1).

A feature is drawn by its own shape from the zoom on at which it is 4 pixels wide or high, a line from 1 pixel on, and
every feature from zoom 14 on (column ``tile_zoom``; a pixel is 1/256 of a tile). Below that zoom what is too small to
be seen is not dropped but counted: areas and points become squares, or points, of 4 pixels that tell by ``count`` how
many features they stand for, and carry neither id nor attributes, since they are none of these features. Lines shorter
than a pixel are left out. So a tile has at most 4 096 counts and no more shapes than can be told apart, whatever lies
in it.

Web Mercator is taken as linear in latitude inside a tile from zoom 12 on, where that is wrong by less than one of its
4 096 units; tiles still meet exactly, and the coordinates come from the stored WGS 84 geometry as they are.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import atan, degrees, pi, sinh
from typing import Final

from psycopg import sql
from shapely import box, set_srid, to_wkb

from gis.bbox import Box, storage_windows
from gis.crs import CRS84, System
from gis.instant import Reading, arms_at, versions_at
from gis.layer import Layer

EXTENT: Final = 4096
"""Units along each side of a tile."""

BUFFER: Final = 64
"""Units beyond each side to which shapes are drawn, so that outlines don't show where tiles meet."""

MAX_ZOOM: Final = 22
MEDIA_TYPE: Final = "application/vnd.mapbox-vector-tile"

DRAWN_ZOOM: Final = 14
"""From this zoom on every feature is drawn by itself."""

_LINEAR_ZOOM = 12
_HALF = pi * 6378137.0
_CELL_BITS = 6
_CELLS_ZOOM = 20


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile: zoom, column from the antimeridian eastward, row from the north southward."""

    zoom: int
    column: int
    row: int

    @property
    def exists(self) -> bool:
        """Tell whether the scheme has such a tile."""
        return 0 <= self.zoom <= MAX_ZOOM and all(0 <= place < 2**self.zoom for place in (self.column, self.row))

    @property
    def bounds(self) -> Box:
        """West, south, east, north in degrees."""
        return self._box(0.0)

    @property
    def mercator(self) -> Box:
        """West, south, east, north in metres of Web Mercator."""
        side = 2 * _HALF / (1 << self.zoom)
        west, north = self.column * side - _HALF, _HALF - self.row * side
        return Box(west, north - side, west + side, north)

    @property
    def reach(self) -> Box:
        """The bounds, widened by the buffer and cut at the edges of the world."""
        wide = self._box(BUFFER / EXTENT)
        return Box(max(wide.min_x, -180.0), wide.min_y, min(wide.max_x, 180.0), wide.max_y)

    @property
    def cells(self) -> tuple[int, int]:
        """First and last of the cells of zoom 20 inside, in Z-order (column ``tile_cell``)."""
        shift = 2 * (_CELLS_ZOOM - self.zoom)
        first = _interleaved(self.column, self.row) << shift
        return first, first + (1 << shift) - 1

    def _box(self, margin: float) -> Box:
        west, east = (self._longitude(column) for column in (self.column - margin, self.column + 1 + margin))
        south, north = (self._latitude(row) for row in (self.row + 1 + margin, self.row - margin))
        return Box(west, south, east, north)

    def _longitude(self, column: float) -> float:
        return column / (1 << self.zoom) * 360 - 180

    def _latitude(self, row: float) -> float:
        return degrees(atan(sinh(pi * (1 - 2 * row / (1 << self.zoom)))))


def _interleaved(column: int, row: int) -> int:
    return sum((column >> bit & 1) << 2 * bit | (row >> bit & 1) << 2 * bit + 1 for bit in range(_CELLS_ZOOM))


@dataclass(frozen=True)
class Place:
    """A tile, and the box in storage that everything shown in it touches."""

    tile: Tile
    storage: Box
    srid: int

    @cached_property
    def parameters(self) -> dict[str, object]:
        """Values that place the tile in every statement of this module.

        Places go as values of PostGIS's own types, so that a prepared statement does not make them anew for each row.
        """
        first, last = self.tile.cells if self.tile.zoom < DRAWN_ZOOM else (0, 0)
        frame = self.tile.bounds if self.tile.zoom >= _LINEAR_ZOOM else self.tile.mercator
        return {
            "storage": to_wkb(set_srid(box(*self.storage), self.srid), hex=True, include_srid=True),
            "frame": f"BOX({frame.min_x!r} {frame.min_y!r},{frame.max_x!r} {frame.max_y!r})",
            "half_a_pixel": (self.tile.bounds.max_y - self.tile.bounds.min_y) / 512,
            "zoom": self.tile.zoom,
            "first": first,
            "last": last,
            "unseen": list(range(self.tile.zoom + 1, DRAWN_ZOOM + 1)),
        }


@lru_cache(maxsize=16384)
def place_of(tile: Tile, system: System, srid: int) -> Place | None:
    """Return where a tile lies in storage; ``None`` where the city's system can't reach, so that nothing lies there."""
    boxes = [window.bounds for window in storage_windows(tile.reach, CRS84, system)]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return Place(tile, Box(min(west), min(south), max(east), max(north)), srid)


def tile_statement(layer: Layer, reading: Reading, tile: Tile) -> sql.Composed:
    """Return the statement that answers one row: a tile's bytes, empty where nothing lies in it.

    It binds the parameters of the :class:`Place` and of the reading. Its text depends on :func:`kind_of` alone.
    """
    shapes = sql.SQL(_SHAPES).format(
        fields=_fields(layer, values=True),
        shape=sql.SQL(_shape(layer, tile)),
        source=versions_at(layer, reading),
        seen=sql.SQL("" if tile.zoom >= DRAWN_ZOOM else " AND v.tile_zoom <= %(zoom)s"),
        **_SIZES,
    )
    counted = tile.zoom < DRAWN_ZOOM and layer.geometry.dimension != 1
    parts = [shapes, _counts(layer, reading)] if counted else [shapes]
    return sql.SQL(_TILE).format(
        rows=sql.SQL(" UNION ALL ").join(parts), name=sql.Literal(layer.name), extent=_SIZES["extent"]
    )


def kind_of(reading: Reading, tile: Tile) -> tuple[bool, bool, bool, bool]:
    """Return what the text of a layer's :func:`tile_statement` depends on."""
    return reading.live, reading.present, tile.zoom < DRAWN_ZOOM, tile.zoom < _LINEAR_ZOOM


def changed_statement(layer: Layer) -> sql.Composed:
    """Return the statement that tells whether a tile of the present has changed since it was last looked at.

    It binds the parameters of the :class:`Place`; ``changeset`` and ``boundary``, where the layer stood then
    (:class:`gis.freshness.LayerHead`); and ``now``, the boundary where it stands now.
    """
    return sql.SQL(_CHANGED).format(table=sql.Identifier(layer.schema, layer.table))


_SIZES: Final = {"extent": sql.Literal(EXTENT), "buffer": sql.Literal(BUFFER)}

_TILE = "SELECT ST_AsMVT(t, {name}, {extent}, 'geom', 'feature_id') FROM ({rows}) AS t"

_SHAPES = """
SELECT v.feature_id, {fields}, NULL::integer AS count,
  ST_AsMVTGeom({shape}, %(frame)s::box2d, {extent}, {buffer}) AS geom
FROM {source} WHERE v.geom && %(storage)s::geometry{seen}
"""

# Only the columns of one index are named, so that it answers alone: the heap, grown tenfold by history, stays unread.
_COUNTS = """
SELECT NULL::bigint, {fields}, c.count::integer, {figure} FROM (
  SELECT {x} AS x, {y} AS y, count FROM (
    SELECT cell, sum(count) AS count FROM ({arms}) AS arm GROUP BY cell
  ) AS c) AS c
"""
# Each arm counts by itself: rows that pass through a UNION ALL cost more than the counting.
_ARM = """
SELECT v.tile_cell >> (28 - 2 * %(zoom)s) AS cell, count(*) FROM ({arm}) AS v
WHERE v.tile_zoom = ANY(%(unseen)s::smallint[]) AND v.tile_cell BETWEEN %(first)s AND %(last)s GROUP BY 1
"""
_SQUARE = "ST_Reverse(ST_MakeEnvelope({side} * x, {side} * y, {side} * (x + 1), {side} * (y + 1)))"
_MIDDLE = "ST_MakePoint({side} * x + {side} / 2, {side} * y + {side} / 2)"

_CHANGED = """
SELECT EXISTS (SELECT FROM {table} WHERE opened_by > %(changeset)s AND geom && %(storage)s::geometry)
  OR EXISTS (SELECT FROM {table} WHERE closed_by > %(changeset)s AND geom && %(storage)s::geometry)
  OR EXISTS (SELECT FROM {table} WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished
             AND lower(valid) > %(boundary)s AND lower(valid) <= %(now)s AND geom && %(storage)s::geometry)
  OR EXISTS (SELECT FROM {table} WHERE upper_inf(recorded) AND NOT upper_inf(valid) AND upper(valid) > %(boundary)s
             AND (upper(valid) <= %(now)s OR lower(valid) BETWEEN %(boundary)s AND %(now)s)
             AND geom && %(storage)s::geometry)
"""


def _counts(layer: Layer, reading: Reading) -> sql.Composed:
    side = EXTENT >> _CELL_BITS
    figure = sql.SQL(_MIDDLE if layer.geometry.dimension == 0 else _SQUARE).format(side=sql.Literal(side))
    return sql.SQL(_COUNTS).format(
        fields=_fields(layer, values=False),
        figure=figure,
        arms=sql.SQL(" UNION ALL ").join(sql.SQL(_ARM).format(arm=arm) for arm in arms_at(layer, reading)),
        x=sql.SQL(_every_second_bit(0)),
        y=sql.SQL(_every_second_bit(1)),
    )


def _every_second_bit(first: int) -> str:
    """Return the expression of a cell's column (first bit 0) or row (first bit 1) inside its tile."""
    return " | ".join(f"((cell >> {bit + first}) & {1 << bit})" for bit in range(_CELL_BITS))


def _fields(layer: Layer, *, values: bool) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier("v", f.name) if values else sql.SQL("NULL") for f in layer.fields)


def _shape(layer: Layer, tile: Tile) -> str:
    """Return the expression of a feature's shape in the tile's system, below zoom 14 without detail of half a pixel."""
    flat = "ST_Force2D(v.geom_4326)" if layer.z else "v.geom_4326"
    if tile.zoom < DRAWN_ZOOM and layer.geometry.dimension:
        flat = f"ST_Simplify({flat}, %(half_a_pixel)s, true)"
    return flat if tile.zoom >= _LINEAR_ZOOM else f"ST_Transform({flat}, 3857)"
