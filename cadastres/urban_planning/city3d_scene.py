"""The city in three dimensions as of a reading: objects as recorded, and blocks of the buildings that have none.

A building of the register that no object depicts is shown as an upright block (LoD 1) over its footprint: as high as
the register says, else as its storeys let expect, else of as many storeys as the profile assumes. It stands on the
lowest ground under its outline, as OpenStreetMap counts heights. Blocks are computed when they are read, never stored:
so they follow their building on both axes of time and in every draft, and say that they are derived.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import shapely
from psycopg import Connection, sql
from psycopg.rows import dict_row
from shapely.geometry.base import BaseGeometry

from cadastres.real_estate.model import BUILDING
from cadastres.urban_planning.city3d_model import CITY_OBJECT
from cadastres.urban_planning.city3d_shape import Shape
from gis.instant import Reading, versions_at
from gis.layer import Layer
from gis.profile import CityProfile
from gis.solid import Points, Solid, prism, triangulated, volume
from gis.terrain import Terrain

_ALL: Final = sql.SQL("true")

Origin = Literal["recorded", "height", "storeys", "assumed"]
"""What a body's height comes from: its own shape, the building's height, its storeys, or nothing but the profile."""

GROUND_COVER: Final = frozenset({
    "LandUse", "Railway", "Road", "TINRelief", "TransportSquare", "WaterBody", "Waterway",
})  # fmt: skip
"""Objects that lie on the ground: they neither cast shadows nor stand in the line of sight."""

UNBUILT: Final = ("demolished", "projected")
"""Conditions of buildings that do not stand there."""


@dataclass(frozen=True)
class Body:
    """Something that stands in the scene.

    Attributes:
        layer, feature_id, version: what it is in the register; blocks are buildings.
        footprint: in the city's system.
        ground_known: its base stands on terrain or was recorded; else at height 0.
        said: the fields of the object, where it is recorded.
    """

    layer: str
    feature_id: int
    version: int
    gml_id: str
    object_type: str
    shape: Shape
    footprint: BaseGeometry
    origin: Origin
    ground_known: bool = True
    said: Mapping[str, Any] | None = None

    @property
    def derived(self) -> bool:
        """Whether its shape was derived and not measured."""
        return self.origin != "recorded"

    @cached_property
    def triangles(self) -> Points:
        """Its faces as triangles: an array of three corners each."""
        numbers, _ = triangulated(self.shape.vertices, self.shape.faces)
        return self.shape.vertices[numbers]

    @property
    def ground_height(self) -> float | None:
        """Height of its lowest point [m]."""
        return None if not len(self.shape.vertices) else float(self.shape.vertices[:, 2].min())

    @property
    def roof_height(self) -> float | None:
        """Height of its highest point [m]."""
        return None if not len(self.shape.vertices) else float(self.shape.vertices[:, 2].max())

    @cached_property
    def volume(self) -> float | None:
        """Its volume [m³]; ``None`` where it bounds no space."""
        if self.said is not None:
            known = self.said["volume"]
            return None if known is None else float(known)
        return sum(volume(solid) for solid in self.shape.solids)


class Scene:
    """The bodies of a city at a reading."""

    def __init__(self, connection: Connection, reading: Reading, profile: CityProfile) -> None:
        """Look from one connection."""
        self._connection, self._reading, self._profile = connection, reading, profile
        self.terrain = Terrain(connection, reading, profile.system)

    def bodies(self, place: BaseGeometry | None = None) -> list[Body]:
        """Return what stands in the envelope of a place (city's system), objects first, in order of their ids."""
        objects = list(self.objects(place))
        return [*objects, *self._wholes(objects), *self.blocks(place)]

    def obstacles(self, place: BaseGeometry) -> list[Body]:
        """Return what casts shadows and hides the view in the envelope of a place."""
        return [body for body in self.bodies(place) if body.object_type not in GROUND_COVER]

    def _wholes(self, parts: Sequence[Body]) -> Iterator[Body]:
        """Yield the objects of which others are parts, where they lie elsewhere: no part goes without its whole."""
        there = {body.gml_id for body in parts}
        lacking = {str(b.said["parent_id"]) for b in parts if b.said and b.said["parent_id"]} - there
        yield from (body for name in sorted(lacking) if (body := self.named(name)) is not None)

    def objects(self, place: BaseGeometry | None = None, ids: Sequence[int] | None = None) -> Iterator[Body]:
        """Yield recorded objects."""
        yield from (_recorded(row) for row in self._rows(_OBJECTS, place, ids))

    def blocks(self, place: BaseGeometry | None = None, ids: Sequence[int] | None = None) -> Iterator[Body]:
        """Yield a block of each building that no object depicts."""
        rows = list(self._rows(_BUILDINGS, place, ids))
        for row, ground in zip(rows, self._grounds([row["geom"] for row in rows]), strict=True):
            yield _block(row, ground, self._profile)

    def find(self, feature_id: int) -> Body | None:
        """Return the body of a feature, an object's or a building's."""
        found = [*self.objects(ids=[feature_id]), *self.blocks(ids=[feature_id]), *self.of_building(feature_id)]
        return found[0] if found else None

    def of_building(self, feature_id: int) -> Iterator[Body]:
        """Yield the objects that depict a building."""
        statement = self._statement(_OF_BUILDING)
        bound = {**self._reading.parameters, "building": feature_id}
        with self._connection.cursor(row_factory=dict_row) as cursor:
            yield from (_recorded(row) for row in cursor.execute(statement, bound).fetchall())

    def named(self, gml_id: str) -> Body | None:
        """Return the object of an identifier."""
        statement = self._statement(_NAMED)
        with self._connection.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(statement, {**self._reading.parameters, "gml_id": gml_id}).fetchone()
        return None if row is None else _recorded(row)

    def shape_of(self, layer: Layer, feature_id: int) -> BaseGeometry | None:
        """Return the geometry of another layer's feature at the same reading; ``None`` where it is not in force."""
        statement = sql.SQL("SELECT ST_AsBinary(v.geom) FROM {} WHERE v.feature_id = %(id)s").format(
            versions_at(layer, self._reading)
        )
        row = self._connection.execute(statement, {**self._reading.parameters, "id": feature_id}).fetchone()
        return None if row is None else shapely.from_wkb(bytes(row[0]))

    def _rows(self, statement: str, place: BaseGeometry | None, ids: Sequence[int] | None) -> Iterator[dict[str, Any]]:
        where: list[sql.Composable] = [_ALL]
        bound: dict[str, Any] = {**self._reading.parameters, "unbuilt": list(UNBUILT)}
        if place is not None:
            where.append(sql.SQL("v.geom && ST_SetSRID(ST_GeomFromWKB(%(place)s), {})").format(self._profile.srid))
            bound["place"] = shapely.to_wkb(shapely.box(*place.bounds))
        if ids is not None:
            where.append(sql.SQL("v.feature_id = ANY(%(ids)s)"))
            bound["ids"] = list(ids)
        composed = self._statement(statement, sql.SQL(" AND ").join(where))
        with self._connection.cursor(row_factory=dict_row) as cursor:
            yield from cursor.execute(composed, bound).fetchall()

    def _statement(self, statement: str, where: sql.Composable = _ALL) -> sql.Composed:
        return sql.SQL(statement).format(
            objects=versions_at(CITY_OBJECT, self._reading), buildings=versions_at(BUILDING, self._reading), where=where
        )

    def _grounds(self, outlines: Sequence[bytes]) -> Iterator[float | None]:
        """Yield the lowest ground under each outline; ``None`` where no terrain covers it."""
        shapes = shapely.from_wkb([bytes(o) for o in outlines])
        points, owners = shapely.get_coordinates(shapes, return_index=True)
        if not self.terrain:
            yield from (None for _ in outlines)
            return
        lowest: dict[int, float] = {}
        for owner, ground in zip(owners.tolist(), self.terrain.heights(points), strict=True):
            if ground.height is not None:
                lowest[owner] = min(lowest.get(owner, ground.height), ground.height)
        yield from (lowest.get(i) for i in range(len(outlines)))


def _recorded(row: Mapping[str, Any]) -> Body:
    return Body(
        CITY_OBJECT.name,
        row["feature_id"],
        row["version"],
        row["gml_id"],
        row["object_type"],
        Shape.read(row["shape"]),
        shapely.from_wkb(bytes(row["geom"])),
        "recorded",
        said=row,
    )


def height_of(row: Mapping[str, Any], profile: CityProfile) -> tuple[float, Origin]:
    """Return how high a building is [m], and what that comes from."""
    height, storeys = row["height_above_ground"], row["number_of_floors_above_ground"]
    if height is not None and height > 0:
        return float(height), "height"
    if storeys is not None and storeys > 0:
        return storeys * profile.blocks.storey_height, "storeys"
    return profile.blocks.assumed_storeys * profile.blocks.storey_height, "assumed"


def _block(row: Mapping[str, Any], ground: float | None, profile: CityProfile) -> Body:
    outline: Any = shapely.from_wkb(bytes(row["geom"]))
    height, origin = height_of(row, profile)
    base = 0.0 if ground is None else ground
    shape = block_shape(prism(outline, base, base + height))
    name = f"building-{row['feature_id']}"
    return Body(
        BUILDING.name, row["feature_id"], row["version"], name, "Building", shape, outline, origin, ground is not None
    )


def block_shape(solids: Sequence[Solid]) -> Shape:
    """Return upright blocks as a shape of LoD 1, their surfaces named."""
    starts = np.cumsum([0, *(len(s.vertices) for s in solids)]).tolist()
    shells = [
        [[[[i + start for i in ring] for ring in face] for face in shell] for shell in solid.shells]
        for solid, start in zip(solids, starts, strict=False)
    ]
    values = [[[0, 1, *([2] * (len(shell) - 2))] for shell in solid.shells] for solid in solids]
    surfaces = [{"type": f"{name}Surface"} for name in ("Ground", "Roof", "Wall")]
    one = len(solids) == 1
    geometry = {
        "type": "Solid" if one else "MultiSolid",
        "lod": "1",
        "boundaries": shells[0] if one else shells,
        "semantics": {"surfaces": surfaces, "values": values[0] if one else values},
    }
    return Shape(np.concatenate([s.vertices for s in solids]), (geometry,))


_FIELDS: Final = """v.feature_id, v.version, v.gml_id, v.object_type, v.parent_id, v.building_id, v.lod, v.volume,
  v.closed, v.vertical_system, v.shape, v.attributes, v.members, v.flaws, ST_AsBinary(v.geom) AS geom"""
_OBJECTS: Final = f"SELECT {_FIELDS} FROM {{objects}} WHERE {{where}} ORDER BY v.feature_id"  # noqa: S608
_NAMED: Final = f"SELECT {_FIELDS} FROM {{objects}} WHERE v.gml_id = %(gml_id)s AND {{where}}"  # noqa: S608
_OF_BUILDING: Final = f"""
SELECT {_FIELDS} FROM {{objects}} WHERE v.building_id = %(building)s AND {{where}} ORDER BY v.feature_id
"""  # noqa: S608

UNDEPICTED: Final = """
NOT EXISTS (SELECT FROM (SELECT v.building_id AS depicted FROM {objects} WHERE v.building_id IS NOT NULL) AS o
            WHERE o.depicted = v.feature_id)
AND NOT EXISTS (SELECT FROM (SELECT v.geom AS there FROM {objects} WHERE v.object_type LIKE 'Building%%') AS o
                WHERE o.there && ST_PointOnSurface(v.geom) AND ST_Intersects(o.there, ST_PointOnSurface(v.geom)))
"""
"""Condition on a building ``v``: no object names it, and none of a building stands in its middle."""

_BUILDINGS: Final = f"""
SELECT v.feature_id, v.version, v.height_above_ground, v.number_of_floors_above_ground, ST_AsBinary(v.geom) AS geom
FROM {{buildings}} WHERE {{where}} AND v.condition_of_construction <> ALL(%(unbuilt)s) AND {UNDEPICTED}
ORDER BY v.feature_id
"""  # noqa: S608
