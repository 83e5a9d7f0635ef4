"""The search at work: it asks the statements of :mod:`cadastres.address.search` over a pool of the public login."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from psycopg import AsyncConnection, sql
from psycopg_pool import AsyncConnectionPool

from cadastres.address import reverse, search
from cadastres.address.reverse import Nearby, NearbyStreet, Unit
from cadastres.address.search import Found, Question, Stage
from gis.instant import Instant, Reading, read_head_async, settle
from gis.profile import CityProfile
from gis.readers import GENERIC, reader_pool

CHUNK: Final = 500
"""Texts of a batch that one statement answers."""

TEAM: Final = 2
"""Statements of a batch under way at once."""

_FEW = 5
_DIGITS = re.compile(r"[0-9]+")
_CLASSIFIER = "geonim_type"
_LEAST = 0.5
"""A house of the same digits is less likely than its street, whose house it is not."""


def search_pool(conninfo: str, connections: int) -> AsyncConnectionPool[AsyncConnection]:
    """Return a pool, still closed, whose connections make the plan of each statement once."""
    return reader_pool(conninfo, connections, GENERIC)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, likeliest or nearest first, and the point on both axes at which it was looked for."""

    reading: Reading
    found: Sequence[Found]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The addresses nearest to a point, the nearest street, and the units and places that contain it."""

    reading: Reading
    addresses: Sequence[Nearby]
    street: NearbyStreet | None
    units: Sequence[Unit]


class Finder:
    """Finds addresses of one city.

    Args:
        pool: of :func:`search_pool`.
        profile: the city's; its names may stand in a text, its classifier says what its kinds of street are.
    """

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], profile: CityProfile) -> None:
        self._pool = pool
        self._profile = profile
        self._texts: dict[object, bytes] = {}
        self._about_city: tuple[list[str], dict[str, str]] | None = None

    async def find(
        self, text: str, instant: Instant, *, limit: int = 10, near: tuple[float, float] | None = None
    ) -> Answer:
        """Find what a text may mean.

        Args:
            text: as people write it; what is longer than :data:`cadastres.address.search.LONGEST` is cut.
            instant: point on both axes.
            limit: answers at most.
            near: x and y in the city's projected system [m].

        Raises:
            BadRequest: the recorded instant lies after the register's last changeset.
        """
        async with self._pool.connection() as connection:
            reading = await self._reading(connection, instant)
            question = await self._question(connection, [text], limit, near)
            answers = await self._ask(connection, reading, Stage.AS_WRITTEN, question)
            if not answers or not answers[0].settled:
                answers = await self._ask(connection, reading, Stage.ALIKE, question)
            if answers and answers[0].address_id is None and answers[0].asked_house:
                answers = [answers[0], *await self._houses_like(connection, reading, answers[0]), *answers[1:]]
            return Answer(reading, answers[:limit])

    async def locate(self, lines: Sequence[str], instant: Instant) -> AsyncIterator[Sequence[Found | None]]:
        """Yield the likeliest meaning of each text, chunk by chunk in the order given; all at one reading.

        Raises:
            BadRequest: the recorded instant lies after the register's last changeset.
        """
        async with self._pool.connection() as connection:
            reading = await self._reading(connection, instant)
        starts = range(0, len(lines), CHUNK)
        for first in range(0, len(starts), TEAM):
            team = [lines[start : start + CHUNK] for start in starts[first : first + TEAM]]
            for answered in await asyncio.gather(*(self._chunk(chunk, reading) for chunk in team)):
                yield answered

    async def around(
        self, point: tuple[float, float], instant: Instant, *, limit: int = 1, radius: float | None = None
    ) -> Surroundings:
        """Find the addresses and the street nearest to a point, and what contains it.

        Args:
            point: x and y in the city's projected system [m].
            instant: point on both axes.
            limit: addresses at most.
            radius: metres beyond which no address and no street is wanted.

        Raises:
            BadRequest: the recorded instant lies after the register's last changeset.
        """
        bound: dict[str, Any] = {"x": point[0], "y": point[1], "srid": self._profile.srid, "radius": radius}
        async with self._pool.connection() as connection:
            reading = await self._reading(connection, instant)
            bound |= {**reading.parameters, "limit": limit}
            near = await self._rows(connection, self._text(reverse.nearest_statement, reading), bound)
            streets = await self._rows(connection, self._text(reverse.street_statement, reading), bound)
            units = await self._rows(connection, self._text(reverse.containing_statement, reading), bound)
        return Surroundings(
            reading, list(reverse.nearby(near)), reverse.street(streets), list(reverse.containing(units))
        )

    async def _reading(self, connection: AsyncConnection, instant: Instant) -> Reading:
        """Settle the instant; the present is read as it stands when the statement runs, without a look at the head."""
        if instant.valid is None and instant.recorded is None:
            return replace(search.present(), overlay=instant.draft)
        return settle(instant, await read_head_async(connection))

    async def _question(
        self, connection: AsyncConnection, lines: Sequence[str], limit: int, near: tuple[float, float] | None = None
    ) -> Question:
        if self._about_city is None:
            self._about_city = await self._city(connection)
        city, kinds = self._about_city
        return Question(lines=lines, city=city, kinds=kinds, limit=limit, near=near)

    async def _city(self, connection: AsyncConnection) -> tuple[list[str], dict[str, str]]:
        names = list(self._profile.name.as_dict().values())
        rows = await self._rows(connection, search.CITY.encode(), {"names": names})
        classifier = self._profile.classifiers.get(_CLASSIFIER)
        entries = classifier.entries if classifier else ()
        titles = [(entry.code, title) for entry in entries for title in entry.title.as_dict().values()]
        bound = {"codes": [code for code, _ in titles], "titles": [title for _, title in titles]}
        kinds = await self._rows(connection, search.KINDS.encode(), bound)
        return rows[0][0] or [], dict(kinds)

    async def _chunk(self, lines: Sequence[str], reading: Reading) -> list[Found | None]:
        """Answer some texts: all as they are written first, then those that this did not settle by names alike."""
        async with self._pool.connection() as connection:
            question = await self._question(connection, lines, 1)
            first = await self._ask(connection, reading, Stage.AS_WRITTEN, question)
            best = {answer.line - 1: answer for answer in first}
            left = [i for i in range(len(lines)) if i not in best or not best[i].settled]
            if left:
                again = replace(question, lines=[lines[i] for i in left])
                found = await self._ask(connection, reading, Stage.ALIKE, again)
                best |= {left[answer.line - 1]: answer for answer in found}
        return [best.get(i) for i in range(len(lines))]

    async def _ask(
        self, connection: AsyncConnection, reading: Reading, stage: Stage, question: Question
    ) -> list[Found]:
        form = (stage, question.near is not None, len(question.lines) > 1)

        def made(at: Reading) -> sql.Composed:
            return search.statement(at, stage, near=form[1], many=form[2])

        text = self._text(made, reading, *form)
        bound = search.parameters(reading, question, self._profile.srid)
        return list(search.found(await self._rows(connection, text, bound)))

    async def _houses_like(self, connection: AsyncConnection, reading: Reading, street: Found) -> list[Found]:
        """Return houses of the street found whose number begins as the one written."""
        digits = _DIGITS.match(street.asked_house or "")
        if digits is None or not street.place_id:
            return []
        bound = {**reading.parameters, "place": street.place_id, "digits": digits[0], "limit": _FEW}
        rows = await self._rows(connection, self._text(search.houses_statement, reading), bound)
        least = max(street.score - 0.1, _LEAST)
        return [
            replace(street, address_id=i, rka=rka, house=house, longitude=x, latitude=y, score=round(least, 3))
            for i, rka, house, x, y in rows
        ]

    def _text(self, make: Callable[[Reading], sql.Composed], reading: Reading, *details: object) -> bytes:
        """Return a statement's text, composed once; what else makes it differ stands in the details."""
        touched = None if reading.overlay is None else reading.overlay.layers
        key = (make.__name__, reading.live, reading.present, touched, *details)
        if key not in self._texts:
            self._texts[key] = make(reading).as_bytes(None)
        return self._texts[key]

    @staticmethod
    async def _rows(connection: AsyncConnection, text: bytes, bound: Mapping[str, Any]) -> list[Any]:
        cursor = await connection.execute(text, bound, prepare=True)
        return await cursor.fetchall()
