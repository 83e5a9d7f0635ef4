"""A register for the sample of Delft, and small shapes in three dimensions."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any, Final

import numpy as np
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from data.installation import Installation
from data.profiles import find
from gis.database import Database, connect
from gis.heads import SignedHeads
from gis.profile import Extent, ProjectedSystem
from gis.solid import Shell, Solid
from tests.city import REAL_DATA, City

DELFT = REAL_DATA / "city3d" / "delft-lod1.city.json"
_serial = count(1)


_PROFILE: Final = find("helsinki").model_copy(
    update={
        "id": f"t{os.getpid()}_delft",
        "timezone": "Europe/Amsterdam",
        "crs": ProjectedSystem(epsg=28992),
        "extent": Extent(4.2, 51.9, 4.5, 52.1),
    }
)


@contextmanager
def delft(installation: Installation) -> Iterator[City]:
    """Open an empty register in the system of the Netherlands, EPSG:28992, copied from one that was migrated once."""
    template = installation.open(_PROFILE)
    source = str(conninfo_to_dict(template.database.owner)["dbname"])
    template.close()
    name = f"{source}_{next(_serial)}"
    with connect(installation.cluster.dsn("postgres")) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))
        connection.execute(copy)
    database = Database(*(make_conninfo(c, dbname=name) for c in (template.database.owner, *template.database.logins)))
    register = replace(template, database=database, heads=SignedHeads(installation.home / "heads", name))
    try:
        yield City(register, _PROFILE)
    finally:
        register.close()
        with connect(installation.cluster.dsn("postgres")) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


EMPTY = '{"vertices":[],"geometry":[]}'
"""The shape of an object that has none of its own, as of a whole whose parts have it."""

CUBE: Shell = (
    ((0, 3, 2, 1),),
    ((4, 5, 6, 7),),
    ((0, 1, 5, 4),),
    ((1, 2, 6, 5),),
    ((2, 3, 7, 6),),
    ((3, 0, 4, 7),),
)
"""Faces of a cube: the floor, the roof, the walls."""


def cube(
    *, at: tuple[float, float, float] = (84_700.0, 447_300.0, 0.0), side: float = 10.0, lacking: int = -1
) -> Solid:
    """Return a cube, without one of its faces where that is asked for."""
    flat = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * side
    vertices = np.concatenate([np.column_stack([flat, np.full(4, z)]) for z in (0, side)]) + at
    return Solid(vertices, (tuple(face for i, face in enumerate(CUBE) if i != lacking),))


def said(solid: Solid, lod: str = "1") -> dict[str, Any]:
    """Return a solid as CityJSON's geometry with its points, as acts send it."""
    boundaries = [[[list(ring) for ring in face] for face in shell] for shell in solid.shells]
    return {
        "vertices": solid.vertices.tolist(),
        "geometry": [{"type": "Solid", "lod": lod, "boundaries": boundaries}],
    }
