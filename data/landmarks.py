"""Named things beside a route, from the register's public layers: what instructions tell a way by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection, sql
from psycopg.rows import dict_row

from cadastres.address.model import ADDRESS, STREET
from cadastres.environment.model import GREEN_AREA
from cadastres.real_estate.model import BUILDING
from gis.instant import Reading, versions_at
from gis.layer import Layer
from gis.register import Register
from routing.landmarks import Landmark, Point

MOST: Final = 300
"""Places of one route that landmarks are looked for at; those behind are told without."""

_EACH: Final = 3
_NAMES: Final = ("name", "name_kk", "name_ru", "name_en")
_NAMED: Final[Mapping[str, Layer]] = {"building": BUILDING, "park": GREEN_AREA}


@dataclass(frozen=True, slots=True)
class RegisterLandmarks:
    """Knows buildings and parks by their names, and houses by their numbers, as they were at a reading.

    Attributes:
        register: the city's.
        reading: when.
    """

    register: Register
    reading: Reading

    def __call__(self, points: Sequence[Point], within: float) -> Sequence[Iterable[Landmark]]:
        """Return what stands within so many metres of each point, in the points' order."""
        found: list[list[Landmark]] = [[] for _ in points]
        asked = points[:MOST]
        if not asked:
            return found
        with self.register.reading() as connection:
            for kind, layer in _NAMED.items():
                for row in self._rows(connection, _named(layer, self.reading), asked, within):
                    found[row["place"] - 1].append(_landmark(kind, row))
            for row in self._rows(connection, _houses(self.reading), asked, within):
                found[row["place"] - 1].append(_landmark("address", row))
        return found

    def _rows(
        self, connection: Connection, statement: sql.Composed, points: Sequence[Point], within: float
    ) -> list[dict[str, Any]]:
        bound = {
            **self.reading.parameters,
            "xs": [x for x, _ in points],
            "ys": [y for _, y in points],
            "srid": self.register.profile.srid,
            "within": within,
            "each": _EACH,
        }
        with connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement, bound).fetchall()


def _landmark(kind: str, row: Mapping[str, Any]) -> Landmark:
    names = {name: row[name] for name in _NAMES}
    return Landmark(kind=kind, point=(row["x"], row["y"]), names=names, number=row.get("number"))


def _named(layer: Layer, reading: Reading) -> sql.Composed:
    return sql.SQL(_NEAR).format(
        versions=versions_at(layer, reading),
        columns=sql.SQL(", ").join(sql.Identifier("v", name) for name in _NAMES),
        tellable=sql.SQL("coalesce(v.name, v.name_kk, v.name_ru, v.name_en) IS NOT NULL"),
        joined=sql.SQL(""),
        told=sql.SQL("near.*"),
    )


def _houses(reading: Reading) -> sql.Composed:
    number = "v.locator_designator || coalesce(' к' || v.locator_block, '') AS number, v.street_id"
    return sql.SQL(_NEAR).format(
        versions=versions_at(ADDRESS, reading),
        columns=sql.SQL(number),
        tellable=sql.SQL(
            "v.locator_designator IS NOT NULL AND v.street_id IS NOT NULL "
            "AND v.locator_level IS DISTINCT FROM 'unitLevel'"
        ),
        joined=sql.SQL("JOIN {} ON v.feature_id = near.street_id").format(versions_at(STREET, reading)),
        told=sql.SQL("near.*, v.name, v.name_kk, v.name_ru, v.name_en"),
    )


_NEAR: Final = """
SELECT {told} FROM (
  SELECT asked.place::int AS place, found.* FROM (
    SELECT place, ST_SetSRID(ST_MakePoint(x, y), %(srid)s::int) AS point
    FROM unnest(%(xs)s::float8[], %(ys)s::float8[]) WITH ORDINALITY AS given (x, y, place)) AS asked,
  LATERAL (
    SELECT ST_X(ST_ClosestPoint(v.geom, asked.point)) AS x, ST_Y(ST_ClosestPoint(v.geom, asked.point)) AS y, {columns}
    FROM {versions}
    WHERE ST_DWithin(v.geom, asked.point, %(within)s::float8) AND {tellable}
    ORDER BY ST_Distance(v.geom, asked.point), v.feature_id LIMIT %(each)s) AS found) AS near {joined}
ORDER BY place
"""
