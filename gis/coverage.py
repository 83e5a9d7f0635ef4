"""How much of an area each layer covers, and what lies within a distance: statistics over the versioned layers.

Where features of a layer lie over one another, what they cover counts once.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Final

import shapely
from psycopg import Connection, sql
from shapely.geometry.base import BaseGeometry

from gis.instant import Instant, Reading, read_head, settle, versions_at
from gis.layer import Layer
from gis.overlay import COMMON, DEEP, MEASURE, Connecting, near, plane, require_areas, said, snapshot, values_of

BATCH: Final = 50
"""Areas in one statement: districts and quarters lie under many features each."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What one layer covers of an area.

    Attributes:
        count: features that lie on it.
        amount: of areas the m² that they cover together, of lines their metres, of points their number.
        share: of the area; ``None`` for lines and points.
    """

    layer: str
    count: int
    amount: float
    share: float | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """An area and what each layer covers of it; layers of which nothing lies there are left out."""

    feature_id: int
    area: float
    values: Mapping[str, Any]
    covered: Sequence[Covered]


@dataclass(frozen=True, slots=True)
class Near:
    """A feature within a distance [m] of what was asked about."""

    feature_id: int
    distance: float
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """What is asked of the register at one instant.

    Attributes:
        connecting: gives a connection of a login that may read all the layers.
        instant: the point on both axes, and the draft laid over the register.
        srid: of the city's projected system.
        tolerance: T [m].
    """

    connecting: Connecting
    instant: Instant
    srid: int
    tolerance: float

    def coverage(
        self, subject: Layer, layers: Sequence[Layer], feature_ids: Sequence[int] | None = None
    ) -> Iterator[Coverage]:
        """Yield what layers cover of a layer's areas, in order of their ids.

        Args:
            subject: whose areas.
            layers: that cover.
            feature_ids: only these areas; all without them.

        Raises:
            NoArea: the subject's features are no areas.
            BadRequest: the recorded instant lies after the last changeset.
        """
        require_areas(subject)
        with self.connecting() as connection:
            start = settle(self.instant, read_head(connection))
        at = replace(self, instant=Instant(start.valid, start.recorded, start.overlay))
        wanted = None if feature_ids is None else sorted(feature_ids)
        after = -1
        while True:
            batch = at.batch(subject, wanted, after)
            yield from at.covered(subject, layers, batch)
            if len(batch) < BATCH:
                return
            after = batch[-1]

    def batch(self, subject: Layer, wanted: Sequence[int] | None, after: int) -> list[int]:
        """Return the next ids in force behind one, :data:`BATCH` at most."""
        with self._seen() as (connection, reading):
            among = sql.SQL("true" if wanted is None else "v.feature_id = ANY(%(wanted)s::bigint[])")
            statement = sql.SQL(_IDS).format(versions=versions_at(subject, reading), among=among)
            bound = {**reading.parameters, "wanted": wanted, "after": after, "size": BATCH}
            return [row[0] for row in connection.execute(statement, bound).fetchall()]

    def covered(self, subject: Layer, layers: Sequence[Layer], ids: Sequence[int]) -> list[Coverage]:
        """Return what layers cover of some areas."""
        if not ids:
            return []
        with self._seen() as (connection, reading):
            statement = _coverage(subject, layers, reading)
            bound = {**reading.parameters, "ids": list(ids), "linear": self.tolerance}
            rows = connection.execute(statement, bound).fetchall()
        found: dict[int, Coverage] = {}
        for feature_id, number, count, amount, share, values in rows:
            if number < 0:
                found[feature_id] = Coverage(feature_id, amount, said(values), [])
            else:
                found[feature_id] = _with(found[feature_id], Covered(layers[number].name, count, amount, share))
        return list(found.values())

    def near(self, layer: Layer, shape: BaseGeometry, distance: float) -> list[Near]:
        """Return a layer's features within a distance [m] of a shape (projected system), the nearest first."""
        with self._seen() as (connection, reading):
            statement = sql.SQL(_NEAR).format(values=values_of(layer, "v"), versions=versions_at(layer, reading))
            bound = {"shape": shapely.to_wkb(shape), "srid": self.srid, "distance": distance}
            rows = connection.execute(statement, {**reading.parameters, **bound}).fetchall()
        return [Near(feature_id, metres, said(values)) for feature_id, metres, values in rows]

    def near_layer(self, layer: Layer, of: Layer, distance: float) -> list[Near]:
        """Return a layer's features within a distance [m] of any feature of another, in order of their ids."""
        with self._seen() as (connection, reading):
            statement = sql.SQL(_NEAR_LAYER).format(
                values=values_of(layer, "v"),
                of=versions_at(of, reading),
                versions=versions_at(layer, reading),
            )
            rows = connection.execute(statement, {**reading.parameters, "distance": distance}).fetchall()
        return [Near(feature_id, metres, said(values)) for feature_id, metres, values in rows]

    def shape_of(self, layer: Layer, feature_id: int) -> BaseGeometry | None:
        """Return a feature's geometry in the projected system; ``None`` where it is not in force."""
        with self._seen() as (connection, reading):
            statement = sql.SQL("SELECT ST_AsBinary({}) FROM {} WHERE v.feature_id = %(id)s").format(
                plane(layer), versions_at(layer, replace(reading, keyed=True))
            )
            row = connection.execute(statement, {**reading.parameters, "id": feature_id}).fetchone()
        return None if row is None else shapely.from_wkb(bytes(row[0]))

    def _seen(self) -> AbstractContextManager[tuple[Connection, Reading]]:
        return snapshot(self.connecting, self.instant)


def _with(coverage: Coverage, covered: Covered) -> Coverage:
    return replace(coverage, covered=[*coverage.covered, covered])


def _coverage(subject: Layer, layers: Sequence[Layer], reading: Reading) -> sql.Composed:
    arms = [_arm(layer, reading, number) for number, layer in enumerate(layers)]
    return sql.SQL(_COVERAGE).format(
        geometry=plane(subject),
        values=values_of(subject, "v"),
        versions=versions_at(subject, replace(reading, keyed=True)),
        arms=sql.SQL(" UNION ALL ").join(arms) if arms else sql.SQL(_NOTHING),
    )


def _arm(layer: Layer, reading: Reading, number: int) -> sql.Composed:
    dimension = layer.geometry.dimension
    return sql.SQL(_ARM).format(
        number=sql.Literal(number),
        sources=near(layer, reading, "s.geom"),
        common=sql.SQL(COMMON[dimension]).format(geometry=plane(layer)),
        measure=sql.SQL(MEASURE[dimension]),
        deep=sql.SQL(DEEP[dimension]),
        amount=sql.SQL(_TOGETHER[dimension]),
        share=sql.SQL("{} / s.area").format(sql.SQL(_TOGETHER[2])) if dimension == 2 else sql.SQL("NULL::float8"),
    )


_TOGETHER: Final = {
    2: "ST_Area(ST_UnaryUnion(ST_Collect(c.place)))",
    1: "ST_Length(ST_UnaryUnion(ST_Collect(c.place)))",
    0: "count(*)::float8",
}
_NOTHING: Final = "SELECT 0::bigint, 0, 0::bigint, 0::float8, 0::float8 WHERE false"
_IDS: Final = """
SELECT v.feature_id FROM {versions} WHERE v.feature_id > %(after)s AND {among} ORDER BY v.feature_id LIMIT %(size)s
"""
_COVERAGE: Final = """
WITH subject AS MATERIALIZED (
  SELECT v.feature_id AS id, {geometry} AS geom, ST_Area({geometry}) AS area, {values} AS said
  FROM {versions} WHERE v.feature_id = ANY(%(ids)s::bigint[])
), lying (id, layer, count, amount, share) AS ({arms})
SELECT id, -1 AS layer, 0::bigint, area, NULL::float8, said FROM subject
UNION ALL SELECT id, layer, count, amount, share, NULL FROM lying ORDER BY 1, 2
"""
_ARM: Final = """
SELECT s.id, {number}, count(*), {amount}, {share}
FROM subject AS s CROSS JOIN LATERAL ({sources}) AS v CROSS JOIN LATERAL ({common}) AS c
CROSS JOIN LATERAL ({measure}) AS m WHERE {deep} GROUP BY s.id, s.area
"""
_NEAR: Final = """
SELECT v.feature_id, ST_Distance(v.geom, given.shape) AS distance, {values}
FROM (SELECT ST_GeomFromWKB(%(shape)s, %(srid)s) AS shape) AS given CROSS JOIN {versions}
WHERE v.geom && ST_Expand(given.shape, %(distance)s) AND ST_DWithin(v.geom, given.shape, %(distance)s)
ORDER BY distance, v.feature_id
"""
_NEAR_LAYER: Final = """
SELECT found.feature_id, min(found.distance), (array_agg(found.said))[1] FROM (
  SELECT v.feature_id, ST_Distance(v.geom, o.geom) AS distance, {values} AS said
  FROM (SELECT v.feature_id, v.geom FROM {of}) AS o CROSS JOIN {versions}
  WHERE v.geom && ST_Expand(o.geom, %(distance)s) AND ST_DWithin(v.geom, o.geom, %(distance)s)
) AS found GROUP BY feature_id ORDER BY feature_id
"""
