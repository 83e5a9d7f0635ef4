"""3D Tiles 1.1 (OGC 22-025r4): the city as a quadtree of binary glTF, each tile built once.

A body belongs to one cell of a grid that is fixed in the city's plane: the finest that is as wide as the body, and
coarser for great buildings, so that they are seen from afar. So a tile depends on its own bodies alone. Its fingerprint
tells of which versions it is made; a tile is built when its fingerprint is new, and served from the database then on.
An edit changes the fingerprints of the tiles that it touches and of no others.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from psycopg import Connection, sql

from cadastres.real_estate.model import BUILDING
from cadastres.urban_planning.city3d_model import CITY_OBJECT
from cadastres.urban_planning.city3d_scene import UNBUILT, UNDEPICTED, Body, Scene
from gis.earth import Globe, local_frame
from gis.errors import NotFound
from gis.glb import glb
from gis.instant import Instant, Reading, read_head, settle, versions_at
from gis.profile import CityProfile
from gis.register import Register
from gis.text import Text

FORM: Final = 1
"""Raised whenever the same bodies come to give other bytes."""

SIDE: Final = 512.0
"""Metres: the side of the finest cells."""

TOP: Final = 5
"""The coarsest level, whose cells are 16 km wide."""

_KEPT: Final = 4
"""Editions of a tile that stay in the cache: of the present, of dates and drafts that were looked at."""

_COLOURS: Final[Mapping[str, tuple[int, int, int, int]]] = {
    "PlantCover": (126, 160, 104, 255),
    "SolitaryVegetationObject": (126, 160, 104, 255),
    "WaterBody": (132, 170, 205, 255),
    "Waterway": (132, 170, 205, 255),
    "Road": (150, 150, 150, 255),
    "Railway": (150, 150, 150, 255),
    "LandUse": (196, 190, 168, 255),
    "TINRelief": (196, 190, 168, 255),
}
_RECORDED, _DERIVED, _OTHER = (214, 205, 190, 255), (176, 186, 199, 255), (190, 184, 176, 255)


class Cell(NamedTuple):
    """A cell of the grid: its level (0 is the finest), column to the east and row to the north."""

    level: int
    column: int
    row: int

    @property
    def side(self) -> float:
        """Its side [m]."""
        return SIDE * 2.0**self.level

    @property
    def parent(self) -> "Cell":
        """The cell of the next coarser level."""
        return Cell(self.level + 1, self.column // 2, self.row // 2)

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle, in the city's system."""
        return (self.column + 0.5) * self.side, (self.row + 0.5) * self.side

    @property
    def reach(self) -> shapely.Polygon:
        """What its bodies may cover: they stick out by half of themselves at most."""
        x, y = self.middle
        return shapely.box(x - self.side, y - self.side, x + self.side, y + self.side)

    @property
    def name(self) -> str:
        """Its place in addresses."""
        return f"{self.level}/{self.column}/{self.row}"


@dataclass(frozen=True, slots=True)
class Built:
    """A tile: region as west, south, east, north [radians], lowest and highest [m]."""

    fingerprint: bytes
    region: tuple[float, ...]
    content: bytes


@dataclass(frozen=True, slots=True)
class TileSet:
    """A tile set as of a reading; ``rebuilt`` are the cells that had to be built for it."""

    document: Mapping[str, Any]
    rebuilt: tuple[Cell, ...]
    tiles: int


class City3dTiles:
    """The tiles of a register."""

    def __init__(self, register: Register) -> None:
        """Serve from and build into the register's database."""
        self._register = register

    def tile_set(self, instant: Instant, query: str = "") -> TileSet:
        """Return the tile set, its missing tiles built; ``query`` is appended to the tiles' addresses."""
        profile = self._register.profile
        with self._register.reading() as connection:
            reading = settle(instant, read_head(connection))
            members = _members(connection, reading, profile)
            known = _known(connection, members)
            missing = [cell for cell in members if cell not in known]
            scene = Scene(connection, reading, profile)
            made = {cell: _built(scene, cell, members[cell], profile) for cell in missing}
        self._keep(made)
        regions = known | {cell: built.region for cell, built in made.items()}
        prints = {cell: member.fingerprint for cell, member in members.items()}
        globe = Globe(profile.system, profile.blocks.geoid_height)
        return TileSet(_document(regions, prints, globe, query), tuple(missing), len(members))

    def tile(self, cell: Cell, instant: Instant) -> Built:
        """Return a tile, built if it must be.

        Raises:
            NotFound: nothing stands in the cell.
        """
        profile = self._register.profile
        with self._register.reading() as connection:
            reading = settle(instant, read_head(connection))
            member = _members(connection, reading, profile, cell).get(cell)
            if member is None:
                raise NotFound(_EMPTY.filled(tile=cell.name), tile=cell.name)
            row = connection.execute(_TILE, (cell.name, member.fingerprint)).fetchone()
            if row is not None:
                return Built(member.fingerprint, tuple(row[0]), bytes(row[1]))
            built = _built(Scene(connection, reading, profile), cell, member, profile)
        self._keep({cell: built})
        return built

    def _keep(self, made: Mapping[Cell, Built]) -> None:
        """Put tiles into the cache, and drop the oldest editions of each."""
        if not made:
            return
        with self._register.writing() as connection, connection.transaction():
            for cell, built in made.items():
                bound = (cell.name, built.fingerprint, list(built.region), built.content)
                connection.execute(_KEEP, bound)
            connection.execute(_DROP, {"tiles": [cell.name for cell in made], "kept": _KEPT})


@dataclass(frozen=True, slots=True)
class _Member:
    """What stands in a cell: ids of objects and of buildings, and the fingerprint of their versions."""

    objects: Sequence[int]
    buildings: Sequence[int]
    fingerprint: bytes


def _members(
    connection: Connection, reading: Reading, profile: CityProfile, only: Cell | None = None
) -> dict[Cell, _Member]:
    """Return what stands in each cell, or in one."""
    where: sql.Composable = sql.SQL("true")
    bound: dict[str, Any] = {**reading.parameters, "unbuilt": list(UNBUILT), "side": SIDE, "top": TOP}
    if only is not None:
        where = sql.SQL("v.geom && ST_SetSRID(ST_GeomFromWKB(%(place)s), {})").format(profile.srid)
        bound["place"] = shapely.to_wkb(only.reach)
    undepicted = sql.SQL(UNDEPICTED).format(objects=versions_at(CITY_OBJECT, reading))
    statement = sql.SQL(_MEMBERS).format(
        objects=versions_at(CITY_OBJECT, reading),
        buildings=versions_at(BUILDING, reading),
        undepicted=undepicted,
        where=where,
        object_said=sql.SQL("md5(v.shape)" if reading.overlaid(CITY_OBJECT) else "v.version::text"),
        building_said=sql.SQL(_BUILDING_SAID if reading.overlaid(BUILDING) else "v.version::text"),
    )
    salt = _salt(connection, reading, profile)
    rows = connection.execute(statement, bound).fetchall()
    found = {Cell(*row[:3]): _Member(row[3] or (), row[4] or (), _digest(salt, row[5])) for row in rows}
    return found if only is None else {cell: member for cell, member in found.items() if cell == only}


def _salt(connection: Connection, reading: Reading, profile: CityProfile) -> str:
    """Return what all tiles depend on beside their own bodies: how they are built, the terrain, the profile."""
    editions = connection.execute(_EDITIONS, reading.parameters).fetchone()
    return f"{FORM};{profile.blocks!r};{profile.srid};{editions[0] if editions else ''}"


def _digest(salt: str, said: str) -> bytes:
    return blake2b(f"{salt};{said}".encode(), digest_size=16).digest()


def _known(connection: Connection, members: Mapping[Cell, _Member]) -> dict[Cell, tuple[float, ...]]:
    """Return the regions of the tiles that are built already."""
    cells = {(cell.name, member.fingerprint): cell for cell, member in members.items()}
    names, prints = [name for name, _ in cells], [print_ for _, print_ in cells]
    rows = connection.execute(_KNOWN, (names, prints)).fetchall()
    return {cells[name, bytes(print_)]: tuple(region) for name, print_, region in rows}


def _built(scene: Scene, cell: Cell, member: _Member, profile: CityProfile) -> Built:
    bodies = [*scene.objects(ids=member.objects), *scene.blocks(ids=member.buildings)]
    globe = Globe(profile.system, profile.blocks.geoid_height)
    origin, frame = _frame(cell, globe)
    triangles = [body.triangles for body in bodies]
    corners = np.concatenate([np.zeros((0, 3, 3)), *triangles]).reshape(-1, 3)
    degrees = globe.degrees(corners) if len(corners) else np.zeros((0, 3))
    local = (globe.centred(corners) - origin) @ frame if len(corners) else corners
    owners = np.repeat(np.arange(len(bodies)), [len(t) for t in triangles])
    colours = np.array([_colour(body) for body in bodies], dtype=np.uint8)
    content = glb(local.reshape(-1, 3, 3), owners, colours, _columns(bodies)) if len(corners) else b""
    return Built(member.fingerprint, _region(degrees, cell, globe), content)


def _frame(cell: Cell, globe: Globe) -> tuple[Any, Any]:
    """Return the tile's origin (earth-centred) and its directions east, north, up."""
    middle = np.array([[*cell.middle, -globe.geoid_height]])
    longitude, latitude, _ = globe.degrees(middle)[0]
    return globe.centred(middle)[0], local_frame(float(longitude), float(latitude))


def _region(degrees: Any, cell: Cell, globe: Globe) -> tuple[float, ...]:
    if not len(degrees):
        degrees = globe.degrees(np.array([[*cell.middle, 0.0]]))
    low, high = degrees.min(axis=0), degrees.max(axis=0)
    plane = np.radians([low[0], low[1], high[0], high[1]]).tolist()
    return (*plane, float(low[2]), float(high[2]))


def _colour(body: Body) -> tuple[int, int, int, int]:
    if body.object_type in _COLOURS:
        return _COLOURS[body.object_type]
    if body.derived:
        return _DERIVED
    return _RECORDED if body.object_type.startswith("Building") else _OTHER


def _columns(bodies: Sequence[Body]) -> list[tuple[str, str, list[Any]]]:
    heights = [(body.roof_height or 0.0) - (body.ground_height or 0.0) for body in bodies]
    return [
        ("feature_id", "INT64", [body.feature_id for body in bodies]),
        ("layer", "STRING", [body.layer for body in bodies]),
        ("gml_id", "STRING", [body.gml_id for body in bodies]),
        ("object_type", "STRING", [body.object_type for body in bodies]),
        ("height_from", "STRING", [body.origin for body in bodies]),
        ("height", "FLOAT32", heights),
    ]


def _document(
    regions: Mapping[Cell, tuple[float, ...]], prints: Mapping[Cell, bytes], globe: Globe, query: str
) -> dict[str, Any]:
    """Return the tile set: cells with bodies, and those above them up to one root."""
    children: dict[Cell, set[Cell]] = defaultdict(set)
    for cell in regions:
        below = cell
        while below.level < TOP:
            children[below.parent].add(below)
            below = below.parent
    tops = sorted({c for c in [*children, *regions] if c.level == TOP})
    tree = _Tree(regions, prints, children, globe, query)
    roots = [tree.node(cell) for cell in tops]
    region = _around([node["boundingVolume"]["region"] for node in roots]) if roots else [0.0] * 6
    root = {"boundingVolume": {"region": region}, "geometricError": _error(TOP + 1), "refine": "ADD"}
    if roots:
        root["children"] = roots
    return {"asset": {"version": "1.1"}, "geometricError": _error(TOP + 2), "root": root}


@dataclass(frozen=True, slots=True)
class _Tree:
    """Nodes of the tile set. What a cell holds hangs below it as a tile of its own: transforms go down the tree."""

    regions: Mapping[Cell, tuple[float, ...]]
    prints: Mapping[Cell, bytes]
    children: Mapping[Cell, set[Cell]]
    globe: Globe
    query: str

    def node(self, cell: Cell) -> dict[str, Any]:
        below = [self._tile(cell)] if cell in self.regions else []
        below += [self.node(child) for child in sorted(self.children.get(cell, ()))]
        if len(below) == 1:
            return below[0]
        region = _around([node["boundingVolume"]["region"] for node in below])
        return {
            "boundingVolume": {"region": region},
            "geometricError": _error(cell.level),
            "children": below,
        }

    def _tile(self, cell: Cell) -> dict[str, Any]:
        origin, frame = _frame(cell, self.globe)
        columns = [*((*axis, 0.0) for axis in frame.T.tolist()), (*origin.tolist(), 1.0)]
        return {
            "boundingVolume": {"region": list(self.regions[cell])},
            "geometricError": 0.0,
            "transform": [value for column in columns for value in column],
            "content": {"uri": f"{cell.name}.glb?v={self.prints[cell].hex()}{self.query}"},
        }


def _around(regions: Iterable[Sequence[float]]) -> list[float]:
    known = np.array(list(regions))
    low, high = known.min(axis=0), known.max(axis=0)
    return [float(low[0]), float(low[1]), float(high[2]), float(high[3]), float(low[4]), float(high[5])]


def _error(level: int) -> float:
    """Return how great a body may be that is lost to sight while the tiles below a level are not there [m]."""
    return 40.0 * 3.0**level


_BUILDING_SAID: Final = "md5(concat_ws(';', v.geom::text, v.height_above_ground, v.number_of_floors_above_ground))"
_MEMBERS: Final = """
WITH body AS (
  SELECT v.feature_id, true AS is_object, {object_said} AS said, v.geom FROM {objects} WHERE {where}
  UNION ALL
  SELECT v.feature_id, false, {building_said}, v.geom FROM {buildings}
  WHERE {where} AND v.condition_of_construction <> ALL(%(unbuilt)s) AND {undepicted}
), sized AS (
  SELECT *, greatest(ST_XMax(geom) - ST_XMin(geom), ST_YMax(geom) - ST_YMin(geom)) AS size,
    (ST_XMin(geom) + ST_XMax(geom)) / 2 AS x, (ST_YMin(geom) + ST_YMax(geom)) / 2 AS y FROM body
), levelled AS (
  SELECT *, least(%(top)s, greatest(CASE WHEN size < 40 THEN 0 WHEN size < 120 THEN 1 ELSE 2 END,
    ceil(log(2, greatest(size / %(side)s, 0.001)::numeric))))::int AS level FROM sized
)
SELECT level, floor(x / (%(side)s * 2 ^ level))::int, floor(y / (%(side)s * 2 ^ level))::int,
  array_agg(feature_id ORDER BY feature_id) FILTER (WHERE is_object),
  array_agg(feature_id ORDER BY feature_id) FILTER (WHERE NOT is_object),
  string_agg(concat_ws(':', is_object, feature_id, said), ',' ORDER BY is_object, feature_id)
FROM levelled GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_EDITIONS: Final = """
SELECT string_agg(t.terrain_id::text, ',' ORDER BY t.terrain_id)
FROM qala.terrain AS t JOIN qala.changeset AS c ON c.number = t.changeset
WHERE t.valid_from <= %(valid)s AND c.recorded <= %(recorded)s
"""
_KNOWN: Final = """
SELECT t.tile, t.fingerprint, t.region FROM unnest(%s::text[], %s::bytea[]) AS asked (tile, fingerprint)
JOIN qala.scene_tile AS t USING (tile, fingerprint)
"""
_TILE: Final = "SELECT region, content FROM qala.scene_tile WHERE tile = %s AND fingerprint = %s"
_KEEP: Final = """
INSERT INTO qala.scene_tile (tile, fingerprint, region, content) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_DROP: Final = """
DELETE FROM qala.scene_tile AS t USING (
  SELECT tile, fingerprint, row_number() OVER (PARTITION BY tile ORDER BY built DESC) AS age
  FROM qala.scene_tile WHERE tile = ANY(%(tiles)s)) AS aged
WHERE t.tile = aged.tile AND t.fingerprint = aged.fingerprint AND aged.age > %(kept)s
"""
_EMPTY: Final = Text(
    kk="{tile} тақтасында ештеңе жоқ; бар тақталар tileset.json ішінде аталған.",
    ru="В тайле {tile} ничего нет; имеющиеся тайлы названы в tileset.json.",
    en="Nothing stands in the tile {tile}; those that there are stand in tileset.json.",
)
