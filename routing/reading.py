"""The street layers at a reading, read by binary COPY into columns.

All that is read goes through :func:`gis.instant.versions_at` (or, for closures yet to come, its builder), so that any
instant of either axis, with a draft laid over or without, makes a graph.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from psycopg import Connection, sql

from gis.instant import Reading, laid_over, versions_at
from gis.layer import Field, FieldType, Layer
from routing.network import Column, Floats, Ids

UNKNOWN: Final = -1


@dataclass(frozen=True, slots=True)
class Encoding:
    """How an attribute's values become a column: on the wire, and as kept.

    Attributes:
        sql: expression over ``v.{column}`` that is never null.
        wire, kept: NumPy types.
        values: the closed list that codes are places in, or nothing.
    """

    sql: str
    wire: str
    kept: str
    values: tuple[str, ...] = ()

    @property
    def unknown(self) -> float:
        """What stands where nothing is known."""
        return np.nan if self.kept == "float32" else UNKNOWN


_NUMBER: Final = Encoding("coalesce(v.{column}::float4, 'NaN')", ">f4", "float32")
_FLAG: Final = Encoding("coalesce(v.{column}::integer, -1)::int2", ">i2", "int8")
_DAY: Final = Encoding("coalesce(v.{column} - DATE '1970-01-01', -1)::int4", ">i4", "int32")
_CODE: Final = "coalesce(array_position({values}::text[], v.{column}) - 1, -1)::int2"


def encodings(layers: Iterable[Layer]) -> dict[str, Encoding]:
    """Return the columns that layers have together, by name; a closed list has the values of all of them."""
    found: dict[str, Encoding] = {}
    for layer in layers:
        for declared in layer.fields:
            encoding = _encoding(declared)
            if encoding is not None:
                found[declared.name] = _both(found.get(declared.name), encoding)
    return found


def _encoding(declared: Field) -> Encoding | None:
    if declared.values:
        return Encoding(_CODE, ">i2", "int16", declared.values)
    if declared.type is FieldType.BOOLEAN:
        return _FLAG
    if declared.type is FieldType.DATE:
        return _DAY
    numeric = declared.type in {FieldType.NUMBER, FieldType.INTEGER}
    return _NUMBER if numeric and not declared.refers_to else None


def _both(known: Encoding | None, other: Encoding) -> Encoding:
    if known is None:
        return other
    return replace(known, values=tuple(dict.fromkeys((*known.values, *other.values))))


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """Features of one or several layers as columns.

    Attributes:
        kind: number of the layer.
        ends: of lines the degrees of both ends (lon, lat, lon, lat), of points those of the point twice.
        offsets, courses: coordinates of feature ``i`` are ``courses[offsets[i]:offsets[i + 1]]``.
        hours: where a feature has any.
    """

    feature_id: Ids
    kind: npt.NDArray[np.uint8]
    attributes: Mapping[str, Column]
    ends: Floats
    offsets: Ids
    courses: Floats
    hours: Mapping[int, str]

    def __len__(self) -> int:
        return len(self.feature_id)


def read_features(
    connection: Connection,
    layers: Sequence[Layer],
    columns: Mapping[str, Encoding],
    reading: Reading,
    ids: Mapping[str, Sequence[int]] | None = None,
) -> Rows:
    """Read layers of lines or points whole, or of each only the features named.

    Args:
        connection: may read them.
        layers: their places are the ``kind`` of their features.
        columns: what to read, of :func:`encodings`.
        reading: where.
        ids: by layer's name; layers left out are not read.
    """
    read = [
        _read(connection, layer, kind, columns, reading, None if ids is None else ids[layer.name])
        for kind, layer in enumerate(layers)
        if ids is None or ids.get(layer.name)
    ]
    return _joined(read, columns)


def _read(
    connection: Connection,
    layer: Layer,
    kind: int,
    columns: Mapping[str, Encoding],
    reading: Reading,
    ids: Sequence[int] | None,
) -> Rows:
    own = {name: columns[name] for name in columns if any(f.name == name for f in layer.fields)}
    known = reading if ids is None else replace(reading, keyed=True)
    statement = _statement(layer, own, known, keyed=ids is not None)
    with connection.cursor() as cursor, cursor.copy(statement, {**known.parameters, "ids": list(ids or ())}) as copy:
        data = b"".join(bytes(block) for block in copy)
    wire = _Wire(data, np.dtype([(name, each.wire) for name, each in own.items()]))
    return Rows(
        feature_id=wire.ids,
        kind=np.full(len(wire.ids), kind, dtype=np.uint8),
        attributes={name: wire.column(name).astype(each.kept) for name, each in own.items()},
        ends=wire.ends,
        offsets=wire.offsets,
        courses=wire.courses,
        hours=_hours(connection, layer, known, ids),
    )


def _statement(layer: Layer, own: Mapping[str, Encoding], reading: Reading, *, keyed: bool) -> sql.Composed:
    expressions = [
        sql.SQL(each.sql).format(column=sql.Identifier(name), values=sql.Literal(list(each.values)))
        for name, each in own.items()
    ]
    return sql.SQL(_FEATURES).format(
        columns=sql.SQL("").join(sql.SQL("{}, ").format(each) for each in expressions),
        first=sql.SQL(_FIRST[layer.geometry.dimension]),
        last=sql.SQL(_LAST[layer.geometry.dimension]),
        versions=versions_at(layer, reading),
        condition=sql.SQL("v.feature_id = ANY(%(ids)s)" if keyed else "true"),
    )


_FEATURES: Final = """
COPY (SELECT v.feature_id, {columns}ST_X({first}), ST_Y({first}), ST_X({last}), ST_Y({last}), ST_AsBinary(v.geom, 'NDR')
FROM {versions} WHERE {condition} ORDER BY v.feature_id) TO STDOUT (FORMAT BINARY)
"""
_FIRST: Final = ("v.geom_4326", "ST_StartPoint(v.geom_4326)")
_LAST: Final = ("v.geom_4326", "ST_EndPoint(v.geom_4326)")

_HEADER: Final = 19
"""Bytes before the first row: signature, flags, length of an extension that is empty."""

_WKB_HEAD: Final = (5, 9)
"""Bytes before the coordinates of a point and of a line."""


class _Wire:
    """The rows of a binary COPY whose columns but the last are of fixed width and never null."""

    def __init__(self, data: bytes, attributes: np.dtype[Any]) -> None:
        fields = [("id", ">i8"), *((name, attributes[name]) for name in attributes.names or ())]
        fields += [(name, ">f8") for name in ("x0", "y0", "x1", "y1")]
        head: list[Any] = [("count", ">i2")]
        for name, kind in fields:
            head += [(f"{name} bytes", ">i4"), (name, kind)]
        self._row = np.dtype([*head, ("wkb bytes", ">i4")])
        self._data = np.frombuffer(data, dtype=np.uint8)
        self._starts = _starts(data, self._row.itemsize)
        self._rows = _gathered(self._data, self._starts, self._row.itemsize).view(self._row).ravel()
        self.ids = self._rows["id"].astype(np.int64)
        self.ends = np.column_stack([self._rows[name] for name in ("x0", "y0", "x1", "y1")]).astype(np.float64)
        self.offsets, self.courses = self._geometries()

    def column(self, name: str) -> Column:
        return self._rows[name]

    def _geometries(self) -> tuple[Ids, Floats]:
        sizes = self._rows["wkb bytes"].astype(np.int64)
        # A point's WKB has 21 bytes; a line's at least 41, its count of points among them.
        heads = np.where(sizes == _WKB_HEAD[0] + 16, *_WKB_HEAD)
        counts = (sizes - heads) // 16
        offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
        firsts = self._starts + self._row.itemsize + heads
        within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
        places = np.repeat(firsts, counts) + 16 * within
        return offsets, _gathered(self._data, places, 16).view("<f8").astype(np.float64)


def _starts(data: bytes, width: int) -> Ids:
    """Return where each row begins; ``width`` is the bytes of its fixed part and of the length of the last field."""
    found, place = [], _HEADER
    while data[place : place + 2] != b"\xff\xff":
        found.append(place)
        place += width
        place += int.from_bytes(data[place - 4 : place], "big")
    return np.array(found, dtype=np.int64)


def _gathered(data: npt.NDArray[np.uint8], places: Ids, width: int) -> npt.NDArray[np.uint8]:
    """Return so many bytes from each place on, contiguous, in shape (n, width)."""
    if not len(places):
        return np.zeros((0, width), dtype=np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(data, width)
    return np.ascontiguousarray(windows[places])


def _hours(connection: Connection, layer: Layer, reading: Reading, ids: Sequence[int] | None) -> dict[int, str]:
    if not any(f.name == "hours" for f in layer.fields):
        return {}
    statement = sql.SQL("SELECT v.feature_id, v.hours FROM {} WHERE v.hours IS NOT NULL AND {}").format(
        versions_at(layer, reading), sql.SQL("true" if ids is None else "v.feature_id = ANY(%(ids)s)")
    )
    return dict(connection.execute(statement, {**reading.parameters, "ids": list(ids or ())}).fetchall())


def _joined(read: Sequence[Rows], columns: Mapping[str, Encoding]) -> Rows:
    counts = [len(rows) for rows in read]
    lengths = np.concatenate([np.zeros(1, dtype=np.int64), *(np.diff(rows.offsets) for rows in read)])
    return Rows(
        feature_id=_chained([rows.feature_id for rows in read], "int64"),
        kind=_chained([rows.kind for rows in read], "uint8"),
        attributes={
            name: _chained([_of(rows, name, each, n) for rows, n in zip(read, counts, strict=True)], each.kept)
            for name, each in columns.items()
        },
        ends=np.concatenate([np.zeros((0, 4)), *(rows.ends for rows in read)]),
        offsets=np.cumsum(lengths),
        courses=np.concatenate([np.zeros((0, 2)), *(rows.courses for rows in read)]),
        hours={feature: hours for rows in read for feature, hours in rows.hours.items()},
    )


def _of(rows: Rows, name: str, encoding: Encoding, count: int) -> Column:
    known = rows.attributes.get(name)
    return np.full(count, encoding.unknown, dtype=encoding.kept) if known is None else known


def _chained(columns: Sequence[Column], kind: str) -> Column:
    return np.concatenate([np.zeros(0, dtype=kind), *columns])


@dataclass(frozen=True, slots=True)
class Restriction:
    """A restriction of turns as the register has it: ids of segments, coordinates of the node between them."""

    feature_id: int
    origin: int
    target: int
    restriction: str
    except_modes: str | None
    hours: str | None
    x: float
    y: float


def read_restrictions(connection: Connection, layer: Layer, reading: Reading) -> tuple[Restriction, ...]:
    """Read all restrictions of turns."""
    statement = sql.SQL(_RESTRICTIONS).format(versions_at(layer, reading))
    return tuple(Restriction(*row) for row in connection.execute(statement, reading.parameters, binary=True))


_RESTRICTIONS: Final = """
SELECT v.feature_id, v.from_segment, v.to_segment, v.restriction, v.except_modes, v.hours, ST_X(v.geom), ST_Y(v.geom)
FROM {} ORDER BY v.feature_id
"""


@dataclass(frozen=True, slots=True)
class Closing:
    """A version of a closure; its times are seconds since 1970 (UTC)."""

    feature_id: int
    closed_id: int
    modes: str | None
    hours: str | None
    begins: float
    ends: float


def read_closings(connection: Connection, layer: Layer, reading: Reading) -> tuple[Closing, ...]:
    """Read the closures in force at a reading, and those to come into force after it."""
    values = {"valid": sql.Placeholder("valid"), "recorded": sql.Placeholder("recorded")}
    arms = laid_over(layer, (_COMING,), _COMING_PROPOSED, values, overlaid=reading.overlaid(layer))
    statement = sql.SQL(_CLOSINGS).format(sql.SQL(" UNION ALL ").join(arms))
    return tuple(Closing(*row) for row in connection.execute(statement, reading.parameters, binary=True))


_CLOSINGS: Final = """
SELECT v.feature_id, v.closed_id, v.modes, v.hours,
  coalesce(extract(epoch FROM lower(v.valid)), '-Infinity')::float8,
  coalesce(extract(epoch FROM upper(v.valid)), 'Infinity')::float8
FROM ({}) AS v ORDER BY v.feature_id, v.version
"""
_COMING: Final = """
  SELECT {columns} FROM {table} AS t WHERE recorded @> {recorded} AND coalesce(upper(valid) > {valid}, true)
    AND NOT abolished{fence}"""
_COMING_PROPOSED: Final = """
  SELECT {columns} FROM {table} AS t
  WHERE draft_id = {draft} AND coalesce(upper(valid) > {valid}, true) AND NOT abolished"""


@dataclass(frozen=True, slots=True)
class Told:
    """A speed told for a segment: [km/h], or the text of a day's speeds by quarters of an hour."""

    segment: int
    forward: bool
    days: str
    speed: float
    course: str


def read_speeds(
    connection: Connection, layer: Layer, reading: Reading, segments: Sequence[int] | None = None
) -> list[Told]:
    """Read speeds, live or daily ones by the layer, of all segments or of those named; later told ones come last."""
    daily = any(f.name == "days" for f in layer.fields)
    statement = sql.SQL(_SPEEDS).format(
        told=sql.SQL("v.days, 0::float8, v.speeds" if daily else "'', v.speed, ''"),
        versions=versions_at(layer, reading),
        condition=sql.SQL("true" if segments is None else "v.segment_id = ANY(%(segments)s)"),
    )
    parameters = {**reading.parameters, "segments": list(segments or ())}
    return [Told(*row) for row in connection.execute(statement, parameters, binary=True)]


_SPEEDS: Final = """
SELECT v.segment_id, v.direction = 'forward', {told} FROM {versions} WHERE {condition} ORDER BY v.feature_id
"""


def read_told(connection: Connection, layer: Layer, reading: Reading, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the attributes of features that are known, as the register has them, by feature id."""
    names = [f.name for f in layer.fields]
    statement = sql.SQL("SELECT v.feature_id, {} FROM {} WHERE v.feature_id = ANY(%(ids)s)").format(
        sql.SQL(", ").join(sql.Identifier("v", name) for name in names),
        versions_at(layer, replace(reading, keyed=True)),
    )
    rows = connection.execute(statement, {**reading.parameters, "ids": list(ids)}, binary=True)
    return {
        feature: {name: value for name, value in zip(names, values, strict=True) if value is not None}
        for feature, *values in rows
    }
