"""Where layers lie: their boxes, read from the roots of their spatial indexes."""

from collections.abc import Iterable
from math import ceil, floor
from typing import Final

from psycopg import AsyncConnection, sql

from gis.bbox import Box
from gis.crs import System, transformer
from gis.layer import Layer

_PARTS: Final = 10**6
"""Parts of a degree to which a box is rounded, outwards: a decimetre."""


async def extents(connection: AsyncConnection, layers: Iterable[Layer], system: System) -> dict[str, Box | None]:
    """Return each layer's box in longitude and latitude; ``None`` where it holds nothing.

    It is around every version ever recorded, and up to a few metres wider: it costs no look at the versions.
    """
    statement = sql.SQL(" UNION ALL ").join(
        sql.SQL(_EXTENT).format(
            name=sql.Literal(layer.name), schema=sql.Literal(layer.schema), table=sql.Literal(layer.table)
        )
        for layer in layers
    )
    rows = await (await connection.execute(statement, prepare=False)).fetchall()
    return {name: None if west is None else _on_globe(Box(west, *rest), system) for name, west, *rest in rows}


def _on_globe(box: Box, system: System) -> Box:
    west, south, east, north = transformer(system, 4326).transform_bounds(*box)
    low = (floor(value * _PARTS) / _PARTS for value in (west, south))
    high = (ceil(value * _PARTS) / _PARTS for value in (east, north))
    return Box(*low, *high)


_EXTENT: Final = """SELECT {name}, ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)
FROM (SELECT ST_EstimatedExtent({schema}, {table}, 'geom') AS box OFFSET 0) AS extent"""
