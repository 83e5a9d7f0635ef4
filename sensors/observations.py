"""Observations: files of measurements taken in whole, every row kept with its quality or refused with its reason.

Append-only: a delivery that proves wrong is answered by another, never rewritten.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from psycopg import Connection

from gis.errors import Conflict
from gis.text import Text

GOOD: Final = "good"
NEGATIVE: Final = "negative"
DUPLICATE: Final = "duplicate"
CONFLICT: Final = "conflict"
QUALITIES: Final = (GOOD, NEGATIVE, DUPLICATE, CONFLICT)
"""What an observation may be marked as; only good ones enter into statistics."""


class Observation(NamedTuple):
    """One measurement: of which thing and property, in which unit, when, how much, in which row of its file."""

    thing: int
    observed_property: str
    unit: str
    phenomenon_time: datetime
    result: float
    row: int


class OtherUnit(Conflict):
    """A datastream is delivered in another unit than it has."""

    code = "other-unit"


class TakenAlready(Conflict):
    """The very same file was delivered before."""

    code = "delivered-already"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One file taken in.

    Attributes:
        number: its id.
        read: rows of the file; those kept, by quality, and those refused add up to it.
        kept: rows by quality.
    """

    number: int
    read: int
    refused: int
    kept: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A file on its way in: its name, the hash of its bytes, who brings it, how many rows it has and lost."""

    file: str
    hash: bytes
    actor: str
    read: int
    refused: int


def deliver(connection: Connection, parcel: Parcel, observations: Iterable[Observation]) -> Delivery:
    """Take a file's observations in, in the transaction that the caller holds.

    Raises:
        TakenAlready: the same bytes were delivered before; nothing is written.
        OtherUnit: a datastream has another unit.
    """
    number = _opened(connection, parcel)
    connection.execute(_STAGED)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for observation in observations:
            copy.write_row(observation)
    _require_units(connection)
    connection.execute(_STREAMS)
    connection.execute("ANALYZE pg_temp.told")
    kept: dict[str, int] = dict(connection.execute(_RECORD, {"delivery": number}).fetchall())
    return Delivery(number=number, read=parcel.read, refused=parcel.refused, kept=dict(_ordered(kept)))


def _opened(connection: Connection, parcel: Parcel) -> int:
    connection.execute("SELECT pg_advisory_xact_lock(hashtext('sensors.delivery'))")
    known = connection.execute("SELECT id, loaded FROM sensors.delivery WHERE hash = %s", (parcel.hash,)).fetchone()
    if known is not None:
        raise TakenAlready(_TAKEN.filled(file=parcel.file, number=known[0], day=known[1].date()), delivery=known[0])
    row = connection.execute(
        "INSERT INTO sensors.delivery (file, hash, actor, read, refused) VALUES (%s, %s, %s, %s, %s) RETURNING id",
        (parcel.file, parcel.hash, parcel.actor, parcel.read, parcel.refused),
    ).fetchone()
    return 0 if row is None else int(row[0])


def _require_units(connection: Connection) -> None:
    row = connection.execute(_OTHER_UNIT).fetchone()
    if row is not None:
        thing, what, told, known = row
        facts = {"thing": thing, "property": what, "told": told, "known": known}
        raise OtherUnit(_UNIT.filled(**facts), **facts)


def _ordered(kept: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    return ((quality, kept[quality]) for quality in QUALITIES if quality in kept)


_STAGED: Final = """
CREATE TEMPORARY TABLE told (
  thing bigint, observed_property text, unit text, phenomenon_time timestamptz, result float8, row integer
) ON COMMIT DROP
"""
_COPY: Final = "COPY pg_temp.told (thing, observed_property, unit, phenomenon_time, result, row) FROM STDIN"

_OTHER_UNIT: Final = """
SELECT t.thing, t.observed_property, min(t.unit), coalesce(min(d.unit), max(t.unit))
FROM pg_temp.told AS t LEFT JOIN sensors.datastream AS d USING (thing, observed_property)
GROUP BY 1, 2 HAVING count(DISTINCT t.unit) > 1 OR min(t.unit) <> coalesce(min(d.unit), min(t.unit)) LIMIT 1
"""

_STREAMS: Final = """
INSERT INTO sensors.datastream (thing, observed_property, unit)
SELECT DISTINCT thing, observed_property, unit FROM pg_temp.told ORDER BY 1, 2 ON CONFLICT DO NOTHING
"""

# The first row of the file that tells a moment counts, unless an earlier delivery told it.
_RECORD: Final = """
WITH ranked AS (
  SELECT d.id AS datastream_id, t.phenomenon_time, t.result, t.row,
    coalesce(o.result, first_value(t.result) OVER same) AS counting,
    o.result IS NOT NULL OR row_number() OVER same > 1 AS again
  FROM pg_temp.told AS t JOIN sensors.datastream AS d USING (thing, observed_property)
  LEFT JOIN sensors.observation AS o
    ON o.datastream_id = d.id AND o.phenomenon_time = t.phenomenon_time AND o.quality IN ('good', 'negative')
  WINDOW same AS (PARTITION BY d.id, t.phenomenon_time ORDER BY t.row)
), recorded AS (
  INSERT INTO sensors.observation (datastream_id, phenomenon_time, result, quality, delivery_id, row)
  SELECT datastream_id, phenomenon_time, result,
    CASE WHEN again AND result = counting THEN 'duplicate' WHEN again THEN 'conflict'
      WHEN result < 0 THEN 'negative' ELSE 'good' END, %(delivery)s, row
  FROM ranked ORDER BY datastream_id, phenomenon_time
  RETURNING quality
)
SELECT quality, count(*) FROM recorded GROUP BY 1
"""

_TAKEN = Text(
    kk="{file} файлы {day} күні алынған ({number}-жеткізілім); бір файл екі рет алынбайды.",
    ru="Файл {file} уже принят {day} (поставка {number}); один файл дважды не принимают.",
    en="The file {file} was taken in on {day} already (delivery {number}); one file is not taken twice.",
)
_UNIT = Text(
    kk="{thing} нысанының «{property}» қатары {known} бірлігімен жүргізіледі, ал файлда {told}; мәндерді {known} "
    "бірлігіне келтіріңіз.",
    ru="Ряд «{property}» объекта {thing} ведётся в {known}, а в файле {told}; переведите значения в {known}.",
    en="The datastream '{property}' of feature {thing} is kept in {known}, the file has {told}; convert to {known}.",
)
