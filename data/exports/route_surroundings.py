"""The streets and ways beside a route, read for its map."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import shapely
from psycopg import Connection, sql

from data.exports.documents.route_drawing import Around
from gis.instant import Reading, versions_at
from gis.layer import Layer
from gis.register import Register
from gis.streets import Streets
from gis.text import Language
from routing.ways import NAME_FIELDS, called

MAJOR: Final = ("motorway", "trunk", "primary", "secondary")
"""Streets that are drawn as major ones."""

PATHS_WITHIN: Final = 1500.0
"""On a map that shows more ground across [m], footways are left out."""

STREETS_WITHIN: Final = 8000.0
"""On one that shows more, all but major streets are."""

MOST: Final = 6000
"""Ways of one kind on a map; beyond, those farther from its middle are left out."""


def surroundings(
    register: Register,
    streets: Streets,
    reading: Reading,
    bounds: tuple[float, float, float, float],
    language: Language,
) -> list[Around]:
    """Return the ways within bounds (west, south, east, north) of the city's projected system, as of a reading."""
    across = max(bounds[2] - bounds[0], bounds[3] - bounds[1])
    with register.reading() as connection:
        return [
            way
            for kind, layer in streets.lines.items()
            if kind == "street" or across <= PATHS_WITHIN
            for way in _read(connection, register, layer, reading, bounds, language)
            if way.kind == "major" or across <= STREETS_WITHIN
        ]


def _read(
    connection: Connection,
    register: Register,
    layer: Layer,
    reading: Reading,
    bounds: tuple[float, float, float, float],
    language: Language,
) -> Iterator[Around]:
    west, south, east, north = bounds
    names = {field.name for field in layer.fields}
    wanted = [name if name in names else None for name in (*NAME_FIELDS, "highway")]
    columns = [sql.SQL("NULL::text") if name is None else sql.Identifier("v", name) for name in wanted]
    statement = sql.SQL(_SELECT).format(columns=sql.SQL(", ").join(columns), versions=versions_at(layer, reading))
    bound = {**reading.parameters, "west": west, "south": south, "east": east, "north": north}
    rows = connection.execute(statement, {**bound, "srid": register.profile.srid, "most": MOST}).fetchall()
    yield from (_around(layer, row, language) for row in rows)


def _around(layer: Layer, row: tuple[Any, ...], language: Language) -> Around:
    shape, *names, highway = row
    said = called(dict(zip(NAME_FIELDS, names, strict=True)), language)
    streets = any(field.name == "highway" for field in layer.fields)
    kind = "path" if not streets else "major" if str(highway).removesuffix("_link") in MAJOR else "street"
    return Around(kind, np.asarray(shapely.from_wkb(bytes(shape)).coords), "" if said is None else said.text)


_SELECT: Final = """
SELECT ST_AsBinary(v.geom), {columns}
FROM {versions}, ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, %(srid)s) AS frame
WHERE v.geom && frame
ORDER BY v.geom <-> ST_Centroid(frame), v.feature_id
LIMIT %(most)s
"""
