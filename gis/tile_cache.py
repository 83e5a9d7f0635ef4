"""Tiles kept in memory, and never stale.

A tile of the present is remembered with the point at which its layer stood (:class:`gis.freshness.LayerHead`). Each
time it is asked for, the layer's head is read; where that has moved, one statement tells whether any version that
changesets since then opened or closed, or that a passed legal date brought into force or out of it, touches the tile.
If none does, the tile is moved forward to the new head; else it is drawn again. Nothing is announced from one process
to another: each asks the database, which alone knows.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Final

from psycopg import AsyncConnection, sql

from gis.freshness import LayerHead, settle_layer
from gis.instant import Instant, Reading
from gis.layer import Layer
from gis.layer_clock import LayerClock
from gis.mvt import Place, Tile, changed_statement, kind_of, place_of, tile_statement
from gis.profile import CityProfile

CAPACITY: Final = 64 * 2**20
"""Bytes of tiles that one process keeps."""

_OVERHEAD = 500
"""Bytes that an entry takes beside its tile."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A tile as it was drawn.

    Attributes:
        body: MVT; empty where nothing lies in the tile.
        etag: strong validator (RFC 9110, 8.8.3) of the body, quotes included.
        head: where the layer stood when the body was last known to be right.
    """

    body: bytes
    etag: str
    head: LayerHead

    @classmethod
    def of(cls, body: bytes, head: LayerHead) -> "Drawn":
        """Return a tile with its validator."""
        return cls(body, f'"{blake2b(body, digest_size=16).hexdigest()}"', head)


class TileCache:
    """Tiles by layer and place, the least recently asked for dropped first."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        """Keep at most ``capacity`` bytes."""
        self._capacity = capacity
        self._tiles: OrderedDict[tuple[str, Tile], Drawn] = OrderedDict()
        self.size = 0

    def __len__(self) -> int:
        """Count the tiles."""
        return len(self._tiles)

    def get(self, layer: str, tile: Tile) -> Drawn | None:
        """Return a tile as it was last drawn, which may be stale."""
        drawn = self._tiles.get((layer, tile))
        if drawn is not None:
            self._tiles.move_to_end((layer, tile))
        return drawn

    def put(self, layer: str, tile: Tile, drawn: Drawn) -> None:
        """Keep a tile, in the place of an older one."""
        former = self._tiles.pop((layer, tile), None)
        self.size += _weight(drawn) - (_weight(former) if former else 0)
        self._tiles[layer, tile] = drawn
        while self.size > self._capacity:
            _, dropped = self._tiles.popitem(last=False)
            self.size -= _weight(dropped)


def _weight(drawn: Drawn) -> int:
    return len(drawn.body) + _OVERHEAD


class LayerTiles:
    """The tiles of one layer of a city."""

    def __init__(self, layer: Layer, profile: CityProfile, cache: TileCache) -> None:
        """Prepare the statements' texts; they are the same for all tiles of a kind."""
        self._layer = layer
        self._profile = profile
        self._cache = cache
        self._clock = LayerClock(layer)
        self._texts: dict[object, bytes] = {}

    async def tile(self, connection: AsyncConnection, tile: Tile, instant: Instant) -> Drawn:
        """Return a tile at a point on both axes; at the present, from memory where it is still right.

        Raises:
            BadRequest: the recorded instant lies after the register's last changeset.
        """
        head = await self._clock.look(connection)
        place = place_of(tile, self._profile.system, self._profile.srid)
        if instant != Instant():
            reading = _pinned(settle_layer(instant, head), instant)
            return Drawn.of(await self._draw(connection, place, reading), head)
        known = self._cache.get(self._layer.name, tile)
        if known is not None and _stands(known.head, head):
            return known
        drawn = await self._renewed(connection, place, known, head)
        self._cache.put(self._layer.name, tile, drawn)
        return drawn

    async def _renewed(
        self, connection: AsyncConnection, place: Place | None, known: Drawn | None, head: LayerHead
    ) -> Drawn:
        if known is not None and not await self._changed(connection, place, known.head, head):
            return replace(known, head=head)
        return Drawn.of(await self._draw(connection, place, settle_layer(Instant(), head)), head)

    async def _changed(
        self, connection: AsyncConnection, place: Place | None, seen: LayerHead, head: LayerHead
    ) -> bool:
        if place is None:
            return False
        bound = {"changeset": seen.changeset, "boundary": seen.boundary, "now": head.boundary}
        text = self._text("changed", lambda: changed_statement(self._layer))
        row = await (await connection.execute(text, {**place.parameters, **bound})).fetchone()
        return row is None or bool(row[0])

    async def _draw(self, connection: AsyncConnection, place: Place | None, reading: Reading) -> bytes:
        if place is None:
            return b""
        kind = (*kind_of(reading, place.tile), reading.overlaid(self._layer))
        text = self._text(kind, lambda: tile_statement(self._layer, reading, place.tile))
        bound = {**place.parameters, **reading.parameters}
        row = await (await connection.execute(text, bound, binary=True)).fetchone()
        return bytes(row[0]) if row and row[0] else b""

    def _text(self, kind: object, statement: Callable[[], sql.Composed]) -> bytes:
        """Return a statement's text, composed once: composing takes as long as a small tile."""
        if kind not in self._texts:
            self._texts[kind] = statement().as_bytes()
        return self._texts[kind]


def _stands(seen: LayerHead, head: LayerHead) -> bool:
    return seen.changeset == head.changeset and seen.boundary == head.boundary


def _pinned(reading: Reading, instant: Instant) -> Reading:
    """Read a recorded instant that was asked for as past, even the last one: an act may follow during the drawing."""
    return reading if instant.recorded is None else replace(reading, live=False, present=False)
