"""Reading observations: what things tell last, and series, raw or by hour, day and month.

Readers may ask as of a moment at which the register knew less: deliveries taken in later are then left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from psycopg import Connection
from psycopg.rows import dict_row

from gis.errors import NotFound
from gis.text import Text

Step = Literal["raw", "hour", "day", "month"]
STEPS: Final[tuple[Step, ...]] = ("raw", "hour", "day", "month")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which stretch of a series.

    Attributes:
        since: first moment; without one, from the beginning.
        until: first moment that is left out; without one, to the end.
        known: as the register knew it then.
        step: raw, or what the means are taken over.
        zone: in whose days and months (IANA name).
        limit: at most so many rows.
    """

    since: datetime | None = None
    until: datetime | None = None
    known: datetime | None = None
    step: Step = "raw"
    zone: str = "UTC"
    limit: int = 1000


def datastreams(connection: Connection, things: Sequence[int], known: datetime | None) -> Sequence[Mapping[str, Any]]:
    """Return the datastreams of things, each with the count of its good observations, the first and the last."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_LATEST, {"things": list(things), "known": known}).fetchall()


def datastream(connection: Connection, number: int) -> Mapping[str, Any]:
    """Return a datastream by its id.

    Raises:
        NotFound: there is none.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(
            "SELECT id, thing, observed_property, unit FROM sensors.datastream WHERE id = %s", (number,)
        ).fetchone()
    if found is None:
        raise NotFound(_NO_STREAM.filled(number=number), datastream=number)
    return found


def series(connection: Connection, number: int, asked: Asked) -> Sequence[Mapping[str, Any]]:
    """Return a stretch of a datastream, in order of time.

    Raw rows have phenomenon_time, result, quality; others phenomenon_time (the beginning), mean, min, max, count of the
    good ones.
    """
    values = {
        "datastream": number,
        "since": asked.since,
        "until": asked.until,
        "known": asked.known,
        "step": asked.step,
        "zone": asked.zone,
        "limit": asked.limit,
    }
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_RAW if asked.step == "raw" else _MEANS, values).fetchall()


_KNOWN: Final = """(%(known)s::timestamptz IS NULL
  OR delivery_id IN (SELECT id FROM sensors.delivery WHERE loaded <= %(known)s))"""

_LATEST: Final = f"""
SELECT d.id, d.thing, d.observed_property, d.unit, told.count, told.since, last.phenomenon_time, last.result
FROM sensors.datastream AS d
CROSS JOIN LATERAL (
  SELECT count(*) AS count, min(phenomenon_time) AS since FROM sensors.observation
  WHERE datastream_id = d.id AND quality = 'good' AND {_KNOWN}
) AS told
LEFT JOIN LATERAL (
  SELECT phenomenon_time, result FROM sensors.observation
  WHERE datastream_id = d.id AND quality = 'good' AND quality IN ('good', 'negative') AND {_KNOWN}
  ORDER BY phenomenon_time DESC LIMIT 1
) AS last ON true
WHERE d.thing = ANY(%(things)s) ORDER BY d.thing, d.observed_property
"""  # noqa: S608 - a condition of our own

_STRETCH: Final = f"""
  datastream_id = %(datastream)s AND {_KNOWN}
  AND (%(since)s::timestamptz IS NULL OR phenomenon_time >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR phenomenon_time < %(until)s)
"""

_RAW: Final = f"""
SELECT phenomenon_time, result, quality FROM sensors.observation WHERE {_STRETCH}
ORDER BY phenomenon_time, delivery_id, row LIMIT %(limit)s
"""  # noqa: S608 - a condition of our own

_MEANS: Final = f"""
SELECT date_trunc(%(step)s, phenomenon_time, %(zone)s) AS phenomenon_time, avg(result) AS mean, min(result) AS min,
  max(result) AS max, count(*) AS count
FROM sensors.observation WHERE quality = 'good' AND quality IN ('good', 'negative') AND {_STRETCH}
GROUP BY 1 ORDER BY 1 LIMIT %(limit)s
"""  # noqa: S608 - a condition of our own

_NO_STREAM = Text(
    kk="{number} деректер қатары жоқ.",
    ru="Ряда данных {number} нет.",
    en="There is no datastream {number}.",
)
