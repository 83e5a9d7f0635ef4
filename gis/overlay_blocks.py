"""Overlays of many areas: all features of a layer, or those beneath one shape, block by block.

A block is a square with at most so many features, found by quartering; a feature belongs to the one in which its lower
left corner lies. A block is asked about in a short transaction of its own, so that memory stays flat and vacuum is not
held up however long the answer; all are read at one point on both axes, so the answer is that of one state.

What makes it fast: a feature laid over is cut to the block once, and its pairs follow one another, so that PostGIS
keeps it unpacked and indexed for all of them; only areas that are not wholly covered are cut.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import shapely
from psycopg import Connection, sql
from shapely.geometry.base import BaseGeometry

from gis.bbox import Box
from gis.instant import Instant, Reading, read_head, settle, versions_at
from gis.layer import Layer
from gis.origin import Origin, setters
from gis.overlay import (
    DEEP,
    MEASURE,
    SHARE,
    Connecting,
    Ground,
    Laid,
    Overlap,
    near,
    plane,
    require_areas,
    said,
    snapshot,
)

SIZE: Final = 3000
"""Features in a block, at most."""

SHAPE: Final = ""
"""Name of the layer of a shape that is in none."""

_DEEPEST: Final = 30
"""Quarterings; features that still share a square have their corners within millimetres."""

_KEPT: Final = 20_000
"""Features laid over whose particulars are kept for the next blocks."""


Known = dict[tuple[int, int], Laid]
"""Particulars of features by the number of their layer and their id."""


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """What is laid on which areas, and how it is asked.

    Attributes:
        connecting: gives a connection of a login that may read all the layers.
        instant: the point on both axes, and the draft laid over the register.
        srid: of the city's projected system.
        tolerance: T [m].
        subject: the layer of the areas.
        shown: its fields whose values are told.
        layers: what is laid on them.
        shape: this instead of layers; only areas beneath it are told of.
        size: features in a block, at most.
    """

    connecting: Connecting
    instant: Instant
    srid: int
    tolerance: float
    subject: Layer
    shown: Sequence[str] = ()
    layers: Sequence[Layer] = ()
    shape: BaseGeometry | None = None
    size: int = SIZE

    def __post_init__(self) -> None:
        """Refuse a subject whose features are no areas.

        Raises:
            NoArea: names it.
        """
        require_areas(self.subject)

    def grounds(self, workers: int = 1) -> Iterator[Ground]:
        """Yield the areas in force with what lies on them, block by block; beneath a shape only those it lies on.

        Args:
            workers: connections that work at once.

        Raises:
            BadRequest: the recorded instant lies after the last changeset.
        """
        known: Known = {}
        with self.connecting() as connection:
            start = settle(self.instant, read_head(connection))
        at = replace(self, instant=Instant(start.valid, start.recorded, start.overlay))
        with ThreadPoolExecutor(workers) as pool:
            waiting: deque[Future[list[Ground]]] = deque()
            for box in at.boxes():
                waiting.append(pool.submit(at.block, box, known))
                if len(waiting) > workers:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()

    def boxes(self) -> Iterator[Box]:
        """Yield the squares of the blocks that have any feature."""
        root = self._root()
        pending = [] if root is None else [(root, 0)]
        while pending:
            box, depth = pending.pop()
            count = self._count(box)
            if count > self.size and depth < _DEEPEST:
                pending += [(quarter, depth + 1) for quarter in _quarters(box)]
            elif count:
                yield box

    def _root(self) -> Box | None:
        with self._seen() as (connection, reading):
            statement = sql.SQL(_EXTENT).format(versions=versions_at(self.subject, reading), here=self._here)
            row = connection.execute(statement, self._bound(reading)).fetchone()
        if row is None or row[0] is None:
            return None
        west, south, east, north = row
        side = max(east - west, north - south) + 2.0
        return Box(west - 1, south - 1, west - 1 + side, south - 1 + side)

    def _count(self, box: Box) -> int:
        with self._seen() as (connection, reading):
            statement = sql.SQL(_COUNT).format(versions=versions_at(self.subject, reading), here=self._in_the_box)
            row = connection.execute(statement, {**self._bound(reading), **box._asdict()}).fetchone()
        return 0 if row is None else int(row[0])

    def block(self, box: Box, known: Known) -> list[Ground]:
        """Return the areas of a block; ``known`` keeps the particulars of what lies on them for the next."""
        with self._seen() as (connection, reading):
            bound = {**self._bound(reading), **box._asdict()}
            rows = connection.execute(self._statement(reading), bound).fetchall()
            laid = self._laid(connection, reading, rows, known)
        found = []
        for feature_id, group in groupby(rows, itemgetter(1)):
            own, *lying = group
            overlaps = [Overlap(laid[row[0], row[2]], row[3], row[4]) for row in lying]
            if overlaps or self.shape is None:
                found.append(Ground(feature_id, own[3], said(own[5]), overlaps, reading))
        return found

    def _laid(
        self,
        connection: Connection,
        reading: Reading,
        rows: Iterable[Sequence[Any]],
        known: Known,
    ) -> Known:
        """Return the particulars of what lies on the areas, looked up as far as blocks before have not met it."""
        if self.shape is not None:
            return {(0, 0): _SHAPE_ITSELF}
        keys = {(row[0], row[2]) for row in rows if row[0] >= 0}
        found = {key: laid for key in keys if (laid := known.get(key)) is not None}
        asked: dict[int, list[int]] = {}
        for number, feature_id in sorted(keys - found.keys()):
            asked.setdefault(number, []).append(feature_id)
        new = dict(self._particulars(connection, reading, asked)) if asked else {}
        if len(known) > _KEPT:
            known.clear()
        known.update(new)
        return found | new

    def _particulars(
        self, connection: Connection, reading: Reading, asked: Mapping[int, Sequence[int]]
    ) -> Iterator[tuple[tuple[int, int], Laid]]:
        keyed = replace(reading, keyed=True)
        arms = sql.SQL(" UNION ALL ").join(_particular(self.layers[number], keyed, number) for number in asked)
        bound = {f"ids_{number}": ids for number, ids in asked.items()}
        rows = connection.execute(sql.SQL(_PARTICULARS).format(arms=arms), {**reading.parameters, **bound}).fetchall()
        acts = setters(connection, dict(enumerate(self.layers)), ((r[0], r[1], r[9]) for r in rows if r[2]))
        for number, feature_id, changeset, since, until, values, kind, act, accepted, version in rows:
            opened = Origin(changeset=changeset, kind=kind, number=act, acceptance=accepted)
            yield (
                (number, feature_id),
                Laid(
                    layer=self.layers[number].name,
                    feature_id=feature_id,
                    since=since,
                    until=until,
                    values=said(values),
                    origin=acts.get((number, feature_id, version), opened) if changeset else opened,
                ),
            )

    def _seen(self) -> AbstractContextManager[tuple[Connection, Reading]]:
        return snapshot(self.connecting, self.instant)

    def _bound(self, reading: Reading) -> dict[str, Any]:
        bound = {**reading.parameters, "srid": self.srid, "linear": self.tolerance, "most": self.size + 1}
        return bound if self.shape is None else {**bound, "shape": shapely.to_wkb(self.shape)}

    @property
    def _here(self) -> sql.SQL:
        return sql.SQL("true" if self.shape is None else f"v.geom && {_GIVEN}")

    @property
    def _in_the_box(self) -> sql.Composed:
        return sql.SQL(_IN_THE_BOX) + sql.SQL(" AND ") + self._here

    def _statement(self, reading: Reading) -> sql.Composed:
        if self.shape is not None:
            arms = [_shape_arm(int(shapely.get_dimensions(self.shape)))]
        else:
            arms = [_arm(layer, reading, number) for number, layer in enumerate(self.layers)]
        shown = sql.SQL(", ").join(sql.Identifier("v", name) for name in self.shown)
        told = sql.SQL("(SELECT row_to_json(r) FROM (SELECT {}) AS r)").format(shown)
        return sql.SQL(_BLOCK).format(
            geometry=plane(self.subject),
            shown=told if self.shown else sql.SQL("'{}'::json"),
            versions=versions_at(self.subject, reading),
            here=self._in_the_box,
            lying=sql.SQL(" UNION ALL ").join(arms) if arms else sql.SQL(_NOTHING),
        )


def _quarters(box: Box) -> list[Box]:
    x, y = (box.min_x + box.max_x) / 2, (box.min_y + box.max_y) / 2
    return [
        Box(x, y, box.max_x, box.max_y),
        Box(box.min_x, y, x, box.max_y),
        Box(x, box.min_y, box.max_x, y),
        Box(box.min_x, box.min_y, x, y),
    ]


_SHAPE_ITSELF: Final = Laid(
    layer=SHAPE,
    feature_id=0,
    since=None,
    until=None,
    values={},
    origin=Origin(changeset=0, kind=None, number=None, acceptance=None),
)
_GIVEN: Final = "ST_GeomFromWKB(%(shape)s, %(srid)s)"
_NOTHING: Final = "SELECT 0::bigint, 0, 0::bigint, 0::float8, 0::float8 WHERE false"

_EXTENT: Final = """
SELECT ST_XMin(e.box), ST_YMin(e.box), ST_XMax(e.box), ST_YMax(e.box)
FROM (SELECT ST_Extent(v.geom) AS box FROM {versions} WHERE {here}) AS e
"""
_IN_THE_BOX: Final = """v.geom && ST_MakeEnvelope(%(min_x)s, %(min_y)s, %(max_x)s, %(max_y)s, %(srid)s)
  AND ST_XMin(v.geom) >= %(min_x)s AND ST_XMin(v.geom) < %(max_x)s
  AND ST_YMin(v.geom) >= %(min_y)s AND ST_YMin(v.geom) < %(max_y)s"""
_COUNT: Final = "SELECT count(*) FROM (SELECT FROM {versions} WHERE {here} LIMIT %(most)s) AS few"

# The extent is a metre wider than the features: what is cut to it keeps its own edges wherever a feature is.
_BLOCK: Final = """
WITH subject AS MATERIALIZED (
  SELECT v.feature_id AS id, {geometry} AS geom, ST_Area({geometry}) AS area, {shown} AS said
  FROM {versions} WHERE {here}
), extent AS MATERIALIZED (
  SELECT ST_Expand(ST_SetSRID(ST_Extent(geom)::geometry, %(srid)s), 1.0) AS box FROM subject
), lying (id, layer, feature_id, amount, share) AS ({lying})
SELECT -1 AS layer, id, 0::bigint AS feature_id, area, NULL::float8, said FROM subject
UNION ALL SELECT layer, id, feature_id, amount, share, NULL FROM lying
ORDER BY id, layer, feature_id
"""

_ARM: Final = """
SELECT s.id, {number}, s.feature_id, m.amount, {share}
FROM (
  SELECT b.id, b.geom, b.area, z.feature_id, z.geom AS above FROM ({cut} OFFSET 0) AS z
  JOIN subject AS b ON b.geom && z.geom ORDER BY z.feature_id OFFSET 0
) AS s CROSS JOIN LATERAL ({common} OFFSET 0) AS c CROSS JOIN LATERAL ({measure}) AS m
WHERE ST_Intersects(s.above, s.geom) AND {deep}
"""
_COMMON: Final = {
    2: """SELECT CASE WHEN ST_Covers(s.above, s.geom) THEN s.geom
      ELSE ST_CollectionExtract(ST_Intersection(s.above, s.geom), 3) END AS place""",
    1: "SELECT ST_CollectionExtract(ST_Intersection(s.above, s.geom), 2) AS place",
    0: "SELECT s.above AS place",
}
_CUT: Final = {
    2: "CASE WHEN ST_NPoints({g}) > 64 THEN ST_CollectionExtract(ST_Intersection({g}, e.box), 3) ELSE {g} END",
    1: "CASE WHEN ST_NPoints({g}) > 64 THEN ST_CollectionExtract(ST_Intersection({g}, e.box), 2) ELSE {g} END",
    0: "{g}",
}


def _arm(layer: Layer, reading: Reading, number: int) -> sql.Composed:
    """Return the SELECT of a layer's features on the rows of ``subject``."""
    cut = sql.SQL("SELECT v.feature_id, {cut} AS geom FROM extent AS e CROSS JOIN LATERAL ({sources}) AS v").format(
        cut=sql.SQL(_CUT[layer.geometry.dimension]).format(g=plane(layer)), sources=near(layer, reading, "e.box")
    )
    return _laid(cut, layer.geometry.dimension, number)


def _shape_arm(dimension: int) -> sql.Composed:
    cut = sql.SQL("SELECT 0::bigint AS feature_id, {cut} AS geom FROM extent AS e").format(
        cut=sql.SQL(_CUT[dimension]).format(g=sql.SQL(_GIVEN))
    )
    return _laid(cut, dimension, 0)


def _laid(cut: sql.Composed, dimension: int, number: int) -> sql.Composed:
    return sql.SQL(_ARM).format(
        number=sql.Literal(number),
        share=sql.SQL(SHARE[dimension]),
        cut=cut,
        common=sql.SQL(_COMMON[dimension]),
        measure=sql.SQL(MEASURE[dimension]),
        deep=sql.SQL(DEEP[dimension]),
    )


_PARTICULARS: Final = """
SELECT l.layer, l.feature_id, l.opened_by, lower(l.valid), upper(l.valid), l.said,
  c.source_kind, c.source_number, c.source_acceptance, l.version
FROM ({arms}) AS l LEFT JOIN qala.changeset AS c ON c.number = l.opened_by
"""


def _particular(layer: Layer, keyed: Reading, number: int) -> sql.Composed:
    named = sql.SQL(", ").join(sql.Identifier("v", f.name) for f in layer.fields)
    return sql.SQL(
        "SELECT {number} AS layer, v.feature_id, v.version, v.opened_by, v.valid, "
        "(SELECT row_to_json(r) FROM (SELECT {named}) AS r) AS said "
        "FROM {versions} WHERE v.feature_id = ANY({ids}::bigint[])"
    ).format(
        number=sql.Literal(number),
        named=named,
        versions=versions_at(layer, keyed),
        ids=sql.Placeholder(f"ids_{number}"),
    )
