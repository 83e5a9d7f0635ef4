"""Tiles over HTTP: addresses, validators, times, refusals, and freshness whatever the register does."""

import asyncio
import math
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx2
import mapbox_vector_tile
import psycopg
import pytest
from psycopg import AsyncConnection, Connection
from pyproj import Transformer

from gis.edit import Put
from gis.instant import Instant, read_head
from gis.mvt import Tile
from gis.record import Period, Write
from gis.tile_cache import Drawn, LayerTiles, TileCache
from tests.city import ORIGIN, City, square

_MERCATOR = Transformer.from_crs(3879, 3857, always_xy=True)
_WORLD = 40075016.685578488
PARCELS = "/ogc/collections/land.parcel/tiles"


def tile_of(x: float, y: float, zoom: int) -> Tile:
    """Return the tile of a zoom in which a place of the city's system lies."""
    east, north = _MERCATOR.transform(x, y)
    return Tile(zoom, *(math.floor(v * 2**zoom) for v in (0.5 + east / _WORLD, 0.5 - north / _WORLD)))


def address_of(tile: Tile) -> str:
    """Return the path of a tile of parcels."""
    return f"{PARCELS}/WebMercatorQuad/{tile.zoom}/{tile.row}/{tile.column}"


def numbers_in(body: bytes) -> list[str]:
    """Return the cadastral numbers in a tile."""
    if not body:
        return []
    features: list[dict[str, Any]] = mapbox_vector_tile.decode(body)["land.parcel"]["features"]
    return sorted(str(feature["properties"]["cadastral_number"]) for feature in features)


HERE = tile_of(ORIGIN[0] + 60, ORIGIN[1] + 60, 18)
"""A tile around the parcel in column 1 and row 1, some 76 metres wide."""


def change(city: City, column: int, row: int, address: str) -> None:
    """Give a parcel of the grid another address."""
    number = f"91001001{row * 5 + column + 1:03d}"
    with psycopg.connect(city.register.database.reader) as connection:
        known = connection.execute(
            "SELECT feature_id FROM land.parcel WHERE cadastral_number = %s", (number,)
        ).fetchone()
    assert known is not None
    city.put("land.parcel", square(column, row), "2020-01-01", known[0], cadastral_number=number, address=address)


def addresses_in(body: bytes) -> set[str]:
    """Return the addresses in a tile."""
    features: list[dict[str, Any]] = mapbox_vector_tile.decode(body)["land.parcel"]["features"]
    return {str(feature["properties"].get("address")) for feature in features}


def test_a_tile_and_its_validator(client: httpx2.Client) -> None:
    """A tile comes as MVT, must be asked about again, and answers 304 to who has it already."""
    answer = client.get(address_of(HERE))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert answer.headers["cache-control"] == "no-cache"
    assert "91001001007" in numbers_in(answer.content)
    assert "91001001025" not in numbers_in(answer.content)
    for sent in (answer.headers["etag"], "W/" + answer.headers["etag"], f'"other", {answer.headers["etag"]}', "*"):
        known = client.get(address_of(HERE), headers={"If-None-Match": sent})
        assert (known.status_code, known.content) == (304, b"")
    assert client.get(address_of(HERE), headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_act_shows_at_once(client: httpx2.Client, furnished_city: City) -> None:
    """A parcel changed in a tile shows in the next answer; one changed elsewhere leaves the tile's ETag as it was."""
    before = client.get(address_of(HERE))
    change(furnished_city, 4, 4, "far")
    assert client.get(address_of(HERE)).headers["etag"] == before.headers["etag"]
    change(furnished_city, 1, 1, "near")
    after = client.get(address_of(HERE), headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert "near" in addresses_in(after.content)


def test_times(client: httpx2.Client, furnished_city: City) -> None:
    """A legal date shows what was so then; both times together never change, and may be kept for ever."""
    assert client.get(address_of(HERE), params={"datetime": "2019-06-01"}).status_code == 204
    with psycopg.connect(furnished_city.register.database.reader) as connection:
        recorded = read_head(connection).recorded.isoformat()
    fixed = {"datetime": "2021-01-01", "recorded-at": recorded}
    first = client.get(address_of(HERE), params=fixed)
    assert "immutable" in first.headers["cache-control"]
    assert client.get(address_of(HERE), params={"recorded-at": recorded}).headers["cache-control"] == "no-cache"
    change(furnished_city, 1, 1, "later")
    assert client.get(address_of(HERE), params=fixed).headers["etag"] == first.headers["etag"]
    assert "later" in addresses_in(client.get(address_of(HERE)).content)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{PARCELS}/WebMercatorQuad/16/1/99999999", 404),
        (f"{PARCELS}/WebMercatorQuad/23/1/1", 404),
        (f"{PARCELS}/WebMercatorQuad/x/1/1", 404),
        (f"{PARCELS}/Other/16/1/1", 404),
        ("/ogc/collections/land.none/tiles/WebMercatorQuad/16/1/1", 404),
        (f"{PARCELS}/WebMercatorQuad/16/1/1?draft=plan", 401),
        (f"{PARCELS}/WebMercatorQuad/16/1/1?datetime=yesterday", 400),
        (f"{PARCELS}/WebMercatorQuad/16/1/1?datetime=2020-01-01/2021-01-01", 400),
        (f"{PARCELS}/WebMercatorQuad/16/1/1?datetime=2020-01-01T00:00:00", 400),
        (f"{PARCELS}/WebMercatorQuad/16/1/1?recorded-at=2999-01-01", 400),
        (f"{PARCELS}/WebMercatorQuad/16/1/1?size=2", 400),
        (f"{PARCELS}?f=xml", 400),
    ],
)
def test_refusals(client: httpx2.Client, path: str, status: int) -> None:
    """What can't be is refused as problem+json."""
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_metadata_lead_to_tiles(client: httpx2.Client) -> None:
    """From the list of tile sets on, links and templates lead to a tile; TileJSON names every field."""
    listed = client.get(PARCELS).json()["tilesets"]
    tile_set = client.get(next(k["href"] for k in listed[0]["links"] if k["rel"] == "self")).json()
    item = next(k for k in tile_set["links"] if k["rel"] == "item")
    place = {"{tileMatrix}": HERE.zoom, "{tileRow}": HERE.row, "{tileCol}": HERE.column}
    href = item["href"]
    for name, value in place.items():
        href = href.replace(name, str(value))
    assert client.get(href).headers["content-type"] == item["type"]
    told = client.get(f"{PARCELS}/WebMercatorQuad", params={"f": "tilejson"}).json()
    href = (
        told["tiles"][0].replace("{z}", str(HERE.zoom)).replace("{y}", str(HERE.row)).replace("{x}", str(HERE.column))
    )
    properties = mapbox_vector_tile.decode(client.get(href).content)["land.parcel"]["features"][0]["properties"]
    assert properties.keys() <= told["vector_layers"][0]["fields"].keys()


def test_the_tile_matrix_set_is_the_registered_one(client: httpx2.Client) -> None:
    """WebMercatorQuad has the scales of OGC 17-083r4, annex D.1."""
    listed = client.get("/ogc/tileMatrixSets").json()["tileMatrixSets"]
    matrices = client.get(listed[0]["links"][0]["href"]).json()["tileMatrices"]
    assert matrices[0]["scaleDenominator"] == pytest.approx(559082264.028717)
    assert matrices[18]["scaleDenominator"] == pytest.approx(2132.72958385)
    assert matrices[10]["matrixWidth"] == 1024


def told_by(connection: Connection, city: City) -> list[str]:
    """Return the numbers of the parcels in force near the origin, by a plain query of the whole table."""
    rows = connection.execute(
        "SELECT cadastral_number FROM land.parcel WHERE upper_inf(recorded) AND NOT abolished AND valid @> now() "
        "AND ST_DWithin(geom, ST_SetSRID(ST_MakePoint(%s, %s), %s), 500) ORDER BY 1",
        (*ORIGIN, city.profile.srid),
    )
    return [str(number) for (number,) in rows]


def test_memory_is_never_stale(empty_city: City) -> None:
    """After each of many random acts, near and far, at past and future dates, both memories agree with the table."""
    compared = asyncio.run(_act_and_compare(empty_city, Random(7)))
    assert len(compared) > 25
    assert all(drawn == told for drawn, told in compared)


async def _act_and_compare(city: City, random: Random) -> list[tuple[list[str], list[str]]]:
    """Return the numbers in the tile beside those in the table, after each act."""
    compared = []
    layer, reader = city.register.layers["land.parcel"], city.register.database.reader
    memories = [LayerTiles(layer, city.profile, TileCache()) for _ in range(2)]
    place = tile_of(ORIGIN[0] + 60, ORIGIN[1] + 60, 14)
    known: dict[tuple[int, int], int] = {}
    with psycopg.connect(reader, autocommit=True) as plain:
        async with await AsyncConnection.connect(reader, autocommit=True) as connection:
            for serial in range(25):
                spot = (random.choice((0, 1, 2, 90)), random.choice((0, 1)))
                known[spot] = _act(city, random, spot, known.get(spot, -1), serial)
                for memory in random.sample(memories, random.choice((1, 2))):
                    tile = await memory.tile(connection, place, Instant())
                    compared.append((numbers_in(tile.body), told_by(plain, city)))
    return compared


def _act(city: City, random: Random, spot: tuple[int, int], feature: int, serial: int) -> int:
    """Write a parcel, or end it, from some day of the past or the future on; return its id."""
    begins = datetime.now(UTC) + timedelta(days=random.choice((-2000, -900, -30, -1, 1, 30)))
    act = city.act("2020-01-01")
    values = {"cadastral_number": f"91001001{spot[0] * 2 + spot[1] + 1:03d}", "address": str(serial)}
    ended = feature > 0 and random.random() < 0.3
    write = Write("land.parcel", feature, Period(begins, None), square(*spot), values, abolished=ended)
    return city.register.perform(Put((write,)), act).features.get(feature, feature)


def test_a_legal_date_that_passes_shows(empty_city: City) -> None:
    """A tile in memory changes at the very moment at which a version comes into force, without any act."""
    before, after = asyncio.run(_wait_for_a_date(empty_city))
    assert before == b""
    assert numbers_in(after) == ["91001001001"]


async def _wait_for_a_date(empty_city: City) -> tuple[bytes, bytes]:
    """Return a tile just before and just after a parcel in it comes into force."""
    layer = empty_city.register.layers["land.parcel"]
    begins = datetime.now(UTC) + timedelta(seconds=3)
    period = Period(begins, None)
    act = empty_city.act("2020-01-01")
    write = Write("land.parcel", -1, period, square(0, 0), {"cadastral_number": "91001001001"})
    empty_city.register.perform(Put((write,)), act)
    memory, place = LayerTiles(layer, empty_city.profile, TileCache()), tile_of(*ORIGIN, 16)
    async with await AsyncConnection.connect(empty_city.register.database.reader, autocommit=True) as connection:
        before = (await memory.tile(connection, place, Instant())).body
        await connection.execute("SELECT pg_sleep_until(%s)", (begins + timedelta(milliseconds=5),))
        return before, (await memory.tile(connection, place, Instant())).body


def test_memory_is_bounded() -> None:
    """The tiles least recently asked for are dropped first."""
    head: Any = None
    cache = TileCache(capacity=5000)
    for column in range(8):
        cache.put("land.parcel", Tile(5, column, 0), Drawn.of(bytes(700), head))
        assert cache.get("land.parcel", Tile(5, 0, 0)) is not None
        assert cache.size <= 5000
    assert [cache.get("land.parcel", Tile(5, c, 0)) is not None for c in range(8)] == [
        True,
        *[False] * 4,
        True,
        True,
        True,
    ]
