"""Overlays: which features of other layers lie on an area, and on how much of it.

Every layer that declares how it restricts (:class:`gis.layer.Restricting`) is laid on a feature at one reading. One
statement does it: an arm for each layer, joined to the feature by its index of places and read through
:func:`gis.instant.arms_at` like everything else, so that both axes of time and a draft hold. Many features at once are
the business of :mod:`gis.overlay_blocks`.

What merely touches is no overlap. With the linear tolerance T, an area overlaps where the common part shrunk by T/2 is
not empty; a line, where it runs deeper than T/2 inside; a point, where it lies deeper than T/2 inside. What is told of
an overlap is the common part as it is, not the shrunk one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import shapely
from psycopg import Connection, sql
from shapely.geometry.base import BaseGeometry

from gis.errors import BadRequest
from gis.instant import Instant, Reading, arms_at, read_head, settle, versions_at
from gis.layer import Layer, Layers
from gis.origin import Key, Origin, setters
from gis.prepared import Prepared
from gis.record import NOWHERE
from gis.text import Text

Connecting = Callable[[], AbstractContextManager[Connection]]
"""Gives a connection of a login that may read all the layers asked about."""


class NoArea(BadRequest):
    """A layer whose features are no areas, so that nothing can be laid on them."""

    code = "no-area"


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A feature that lies on others.

    Attributes:
        since: from when its version is valid; ``None`` is unbounded.
        until: when it ceases to be valid; ``None`` where that is not set.
        values: its own attributes that are set.
        origin: by which act the version came in.
    """

    layer: str
    feature_id: int
    since: datetime | None
    until: datetime | None
    values: Mapping[str, Any]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Overlap:
    """A feature on an area.

    Attributes:
        amount: of an area m² of the projected system, of a line metres, of a point 1.
        share: of the area beneath; ``None`` for lines and points.
        place: the common part in the projected system, where it was asked for.
    """

    laid: Laid
    amount: float
    share: float | None
    place: BaseGeometry | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """An area and all that lies on it, at one reading.

    Attributes:
        area: what it measures itself [m² of the projected system].
        values: its feature's own attributes that are set.
        overlaps: in the order of the layers, each by feature id.
        place: its geometry in the projected system, where places were asked for.
    """

    feature_id: int
    area: float
    values: Mapping[str, Any]
    overlaps: Sequence[Overlap]
    reading: Reading
    place: BaseGeometry = NOWHERE


class Overlaps:
    """Lays layers on the areas of one layer.

    Args:
        layers: what is laid.
        subject: on whose features.

    Raises:
        NoArea: the subject's features are no areas.
    """

    def __init__(self, layers: Iterable[Layer], subject: Layer) -> None:
        """Keep them."""
        require_areas(subject)
        self.layers = tuple(layers)
        self.subject = subject
        self._prepared: dict[tuple[bool, ...], Prepared] = {}

    def on(
        self, connection: Connection, instant: Instant, feature_id: int, tolerance: float, *, places: bool = False
    ) -> Ground | None:
        """Return what lies on a feature; ``None`` where it is not in force.

        Args:
            connection: of a login that may read all the layers.
            instant: the point on both axes, and the draft laid over the register.
            feature_id: the subject's.
            tolerance: T [m].
            places: return the common parts too.

        Raises:
            BadRequest: the recorded instant lies after the last changeset.
        """
        reading = settle(instant, read_head(connection))
        bound = {**reading.parameters, "id": feature_id, "linear": tolerance}
        rows = self._rows(connection, reading, bound, places=places)
        if rows and reading.live and rows[0][_HEAD_SEEN] != reading.changeset:
            # A changeset came in between: by the recorded instant itself, which nothing later alters, it is the same.
            rows = self._rows(connection, replace(reading, live=False, present=False), bound, places=places)
        if not rows:
            return None
        acts = setters(connection, dict(enumerate(self.layers)), ((r[0], r[1], r[12]) for r in rows[1:] if r[2]))
        return self._ground(rows, reading, acts)

    def _ground(self, rows: Sequence[Sequence[Any]], reading: Reading, acts: Mapping[Key, Origin]) -> Ground:
        own, *lying = rows
        place = NOWHERE if own[8] is None else shapely.from_wkb(bytes(own[8]))
        return Ground(own[1], own[5], said(own[7]), [self._overlap(row, acts) for row in lying], reading, place)

    def _overlap(self, row: Sequence[Any], acts: Mapping[Key, Origin]) -> Overlap:
        number, feature_id, changeset, since, until, amount, share, values, place, kind, act, accepted, version = row
        opened = Origin(changeset=changeset, kind=kind, number=act, acceptance=accepted)
        origin = acts.get((number, feature_id, version), opened) if changeset else opened
        name = self.layers[number].name
        laid = Laid(layer=name, feature_id=feature_id, since=since, until=until, values=said(values), origin=origin)
        return Overlap(laid, amount, share, None if place is None else shapely.from_wkb(bytes(place)))

    def _rows(
        self, connection: Connection, reading: Reading, bound: Mapping[str, Any], *, places: bool
    ) -> list[tuple[Any, ...]]:
        """Ask; the text depends on the reading only by its form, and is kept where no draft lies over the register."""
        if reading.overlay is not None:
            return connection.execute(self._statement(reading, places=places), bound).fetchall()
        form = (places, reading.live, reading.present)
        if form not in self._prepared:
            types = {name: type(value) for name, value in bound.items()}
            self._prepared[form] = Prepared(self._statement(reading, places=places), types)
        return self._prepared[form].rows(connection, bound)

    def _statement(self, reading: Reading, *, places: bool) -> sql.Composed:
        arms = [_arm(layer, reading, number, places=places) for number, layer in enumerate(self.layers)]
        lying = sql.SQL(" UNION ALL ").join(arms) if arms else sql.SQL(_NOTHING)
        return sql.SQL(_STATEMENT).format(
            geometry=plane(self.subject),
            versions=versions_at(self.subject, replace(reading, keyed=True)),
            values=values_of(self.subject, "v"),
            lying=lying,
            place=sql.SQL("ST_AsBinary(s.geom)" if places else "NULL::bytea"),
        )


@lru_cache(maxsize=64)
def restrictions_on(layers: Layers, subject: str) -> Overlaps:
    """Return the overlay of everything public that restricts, on the features of a layer by name.

    Raises:
        NotFound: no such layer.
        NoArea: its features are no areas.
    """
    return Overlaps(restricting(layers).values(), layers.mapped[subject])


def restricting(layers: Layers) -> Layers:
    """Return the public layers that restrict what their features lie upon."""
    return Layers(layer for layer in layers.mapped.values() if layer.restricting is not None)


def require_areas(layer: Layer) -> None:
    """Refuse a layer whose features are no areas.

    Raises:
        NoArea: names it.
    """
    if layer.geometry.dimension != 2:
        raise NoArea(_NO_AREA.filled(layer=layer.name, title=layer.title), layer=layer.name)


def said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are set."""
    return {name: value for name, value in values.items() if value is not None}


@contextmanager
def snapshot(connecting: Connecting, instant: Instant) -> Iterator[tuple[Connection, Reading]]:
    """Open a snapshot of the database and settle an instant in it, so that nothing comes in between."""
    with connecting() as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield connection, settle(instant, read_head(connection))


def plane(layer: Layer, row: str = "v") -> sql.Composable:
    """Return the expression of a layer's geometry in the plane."""
    geometry = sql.Identifier(row, "geom")
    return sql.SQL("ST_Force2D({})").format(geometry) if layer.z else geometry


def values_of(layer: Layer, row: str) -> sql.Composed:
    """Return the expression of a row's own attributes as JSON."""
    named = sql.SQL(", ").join(sql.Identifier(row, f.name) for f in layer.fields)
    return sql.SQL("(SELECT row_to_json(r) FROM (SELECT {}) AS r)").format(named)


_HEAD_SEEN: Final = 2

_NOTHING: Final = """SELECT 0, 0::bigint, 0::bigint, NULL::tstzrange, 0::float8, 0::float8, NULL::json, NULL::bytea, 0
  WHERE false"""

# The first row is the area itself, with the head of the register as this statement sees it.
_STATEMENT: Final = """
WITH subject AS MATERIALIZED (
  SELECT v.feature_id AS id, {geometry} AS geom, ST_Area({geometry}) AS area, {values} AS said
  FROM {versions} WHERE v.feature_id = %(id)s
), lying (layer, feature_id, opened_by, valid, amount, share, said, place, version) AS ({lying})
SELECT -1 AS layer, s.id, coalesce((SELECT max(number) FROM qala.changeset), 0), NULL::timestamptz, NULL::timestamptz,
  s.area, NULL::float8, s.said, {place}, NULL::text, NULL::text, NULL::date, 0 FROM subject AS s
UNION ALL
SELECT l.layer, l.feature_id, l.opened_by, lower(l.valid), upper(l.valid), l.amount, l.share, l.said, l.place,
  c.source_kind, c.source_number, c.source_acceptance, l.version
FROM lying AS l LEFT JOIN qala.changeset AS c ON c.number = l.opened_by
ORDER BY 1, 2
"""

_ARM: Final = """
SELECT {number}, v.feature_id, v.opened_by, v.valid, m.amount, {share}, {values}, {place}, v.version
FROM subject AS s CROSS JOIN LATERAL ({sources}) AS v CROSS JOIN LATERAL ({common}) AS c
CROSS JOIN LATERAL ({measure}) AS m WHERE {deep}
"""

COMMON: Final = {
    2: "SELECT ST_CollectionExtract(ST_Intersection({geometry}, s.geom), 3) AS place OFFSET 0",
    1: "SELECT ST_CollectionExtract(ST_Intersection({geometry}, s.geom), 2) AS place OFFSET 0",
    0: "SELECT {geometry} AS place",
}
MEASURE: Final = {
    2: "SELECT ST_Area(c.place) AS amount OFFSET 0",
    1: "SELECT ST_Length(c.place) AS amount OFFSET 0",
    0: "SELECT 1::float8 AS amount",
}
# An area that is nowhere wider than T has at most T/2 of area for each metre of its edge: what has twice as much needs
# no shrinking to be told wide.
DEEP: Final = {
    2: """m.amount > 0 AND CASE WHEN m.amount > %(linear)s::float8 * ST_Perimeter(c.place) THEN true
      ELSE NOT ST_IsEmpty(ST_Buffer(c.place, -%(linear)s::float8 / 2)) END""",
    1: "m.amount > 0 AND ST_Intersects(c.place, ST_Buffer(s.geom, -%(linear)s::float8 / 2))",
    0: "ST_Intersects(c.place, s.geom) AND ST_Distance(c.place, ST_Boundary(s.geom)) > %(linear)s::float8 / 2",
}
SHARE: Final = {2: "m.amount / s.area", 1: "NULL::float8", 0: "NULL::float8"}


def _arm(layer: Layer, reading: Reading, number: int, *, places: bool) -> sql.Composed:
    """Return the SELECT of a layer's features on the one row of ``subject``.

    In so small a place the index of all that ever lay there is the shortest way, for the present too: what is bounded
    need not be looked through beside it.
    """
    dimension = layer.geometry.dimension
    return sql.SQL(_ARM).format(
        number=sql.Literal(number),
        share=sql.SQL(SHARE[dimension]),
        values=values_of(layer, "v"),
        place=sql.SQL("ST_AsBinary(c.place)" if places else "NULL::bytea"),
        sources=near(layer, replace(reading, present=False), "s.geom"),
        common=sql.SQL(COMMON[dimension]).format(geometry=plane(layer)),
        measure=sql.SQL(MEASURE[dimension]),
        deep=sql.SQL(DEEP[dimension]),
    )


def near(layer: Layer, reading: Reading, box: str) -> sql.Composed:
    """Return the SELECT of a layer's versions whose boxes meet that of an expression, and which restrict at all."""
    when = None if layer.restricting is None else layer.restricting.when
    holds = sql.SQL("true") if when is None else sql.SQL("v.{} = {}").format(sql.Identifier(when[0]), when[1])
    return sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT * FROM ({source}) AS v WHERE v.geom && {box} AND {holds}").format(
            source=source, box=sql.SQL(box), holds=holds
        )
        for source in arms_at(layer, reading)
    )


_NO_AREA = Text(
    kk="«{title}» қабатының ({layer}) нысандары аумақ емес, сондықтан оларға не түсетінін есептеу мүмкін емес; "
    "мысалы, land.parcel қабатын алыңыз.",
    ru="Объекты слоя «{title}» ({layer}) — не площади, поэтому нельзя вычислить, что на них ложится; "
    "возьмите, например, слой land.parcel.",
    en="The features of '{title}' ({layer}) are no areas, so nothing can be laid on them; "
    "take land.parcel, for example.",
)
