"""``qala bench serve``: every interface beside its rivals and beside bare SQL.

One made-up city of 200 000 parcels with ten acts of history on each; two server workers each, four connections, random
places. The engine's time filter is on in every request; the rivals read a plain table of the parcels in force.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import numpy as np
from psycopg import sql

from api.bench.building import BARE
from api.bench.city import CENTRE, BenchCity, lonlat
from api.bench.load import SECONDS, Service, Statement, fetch
from api.bench.memory import growth
from api.bench.rivals import Rivals, install, rivals
from api.bench.servers import engine, free_ports
from api.bench.table import ROUNDS, Line, Result, Target, rounds_of, run
from cadastres.land.model import PARCEL
from gis import gml
from gis.crs import system_crs
from gis.errors import Unavailable
from gis.geojson import feature_row

PARCELS = 200_000
LIMIT = 2000
PLACES = 400
SIDE = 1465.0
"""Metres along each side of a box that holds some 1 300 parcels."""

_ITEMS = "/ogc/collections/land.parcel/items"
_TILES = "/ogc/collections/land.parcel/tiles/WebMercatorQuad"


@dataclass(frozen=True)
class Bed:
    """All that is measured against each other.

    Attributes:
        qala: base URL of the engine.
        rivals: where they answer.
        seconds: of one measurement.
    """

    city: BenchCity
    qala: str
    rivals: Rivals
    seconds: float

    def rate(self, base: str, paths: list[str]) -> Callable[[], float]:
        """Return the measure of a service."""
        return lambda: Service(base, paths).rate(self.seconds)


def measure(
    tell: Callable[[str], None],
    *,
    parcels: int = PARCELS,
    rounds: int = ROUNDS,
    seconds: float = SECONDS,
    only: str = "",
) -> list[Result]:
    """Build what is missing, start every server, and measure each line.

    Args:
        tell: hears what is being done.
        parcels: size of the city; the targets hold for 200 000.
        rounds: of each line, contenders in turn.
        seconds: of one measurement.
        only: the one line wanted, by a part of its short name; all when empty.
    """
    city = BenchCity.of(parcels)
    with city.installation.running():
        city.ensure(tell)
        with _bed(city, seconds, tell) as bed:
            return run((rounds_of(line, rounds) for line in lines(bed, only)), tell)


def lines(bed: Bed, only: str = "") -> Iterator[Line]:
    """Yield the lines of the table, or those whose maker's name has ``only`` in it."""
    makers = (_page, _gml, _one, _next, _offset, _tile_14, _tile_16, _whole_city, _unchanged, _everything)
    yield from (make(bed) for make in makers if only in make.__name__)


@contextmanager
def _bed(city: BenchCity, seconds: float, tell: Callable[[str], None]) -> Iterator[Bed]:
    programs = install(city.home, tell)
    tell("starting the servers")
    ours, *theirs = free_ports(3)
    with engine(city, ours) as qala, rivals(city, programs, (theirs[0], theirs[1])) as others:
        yield Bed(city, qala, others, seconds)


def _page(bed: Bed) -> Line:
    boxes = [urlencode({"bbox": box, "limit": LIMIT}, safe=",") for box in _lonlat_boxes(bed.city)]
    projected = list(_projected_boxes(bed.city))
    _require_same_work(bed, boxes[0], projected[0])
    return Line(
        name="GeoJSON page, bbox of ~1 300 parcels",
        contenders={
            "qala": bed.rate(bed.qala, [f"{_ITEMS}?{query}" for query in boxes]),
            "tipg": bed.rate(bed.rivals.tipg, [f"/items?{query}&f=geojson" for query in boxes]),
            "pygeoapi": bed.rate(bed.rivals.pygeoapi, [f"/items?{query}&f=json" for query in projected]),
            "bare SQL": _bare(bed, feature_row(PARCEL), ","),
        },
        targets=(Target(("tipg", "pygeoapi"), 18), Target(("bare SQL",), 0.7)),
    )


def _gml(bed: Bed) -> Line:
    crs = system_crs(bed.city.profile.system)
    common = {"service": "WFS", "version": "2.0.0", "request": "GetFeature", "typeNames": "land:parcel", "count": LIMIT}
    boxes = (f"{box},urn:ogc:def:crs:OGC:1.3:CRS84" for box in _lonlat_boxes(bed.city))
    paths = [f"/wfs?{urlencode({**common, 'bbox': box}, safe=',:')}" for box in boxes]
    row = gml.member(PARCEL, crs, bed.city.profile.srid)
    return Line(
        name="GML 3.2 page by WFS, same bbox",
        contenders={"qala": bed.rate(bed.qala, paths), "bare SQL": _bare(bed, row, "")},
        targets=(Target(("bare SQL",), 0.7),),
    )


def _one(bed: Bed) -> Line:
    ids = np.random.default_rng(3).integers(1, bed.city.count, PLACES)
    return Line(
        name="one feature by id",
        contenders={
            "qala": bed.rate(bed.qala, [f"{_ITEMS}/{i}" for i in ids]),
            "tipg": bed.rate(bed.rivals.tipg, [f"/items/{i}?f=geojson" for i in ids]),
            "pygeoapi": bed.rate(bed.rivals.pygeoapi, [f"/items/{i}?f=json" for i in ids]),
        },
        targets=(Target(("tipg", "pygeoapi"), 5),),
    )


def _next(bed: Bed) -> Line:
    # Some places around three quarters of the way: each link is the one that a client would be given there.
    links = [_next_link(f"{bed.qala}{_ITEMS}?limit=1000&offset={offset}") for offset in _offsets(bed, -1000)]
    return Line(
        name="1 000 features at position 150 000, by next",
        contenders={"qala": bed.rate(bed.qala, [link.removeprefix(bed.qala) for link in links]), **_deep(bed)},
        targets=(Target(("tipg", "pygeoapi"), 50),),
    )


def _offset(bed: Bed) -> Line:
    paths = [f"{_ITEMS}?limit=1000&offset={offset}" for offset in _offsets(bed, 0)]
    return Line(
        name="1 000 features at position 150 000, by offset",
        contenders={"qala": bed.rate(bed.qala, paths), **_deep(bed)},
        targets=(Target(("tipg", "pygeoapi"), 5),),
    )


def _deep(bed: Bed) -> dict[str, Callable[[], float]]:
    queries = [f"limit=1000&offset={offset}" for offset in _offsets(bed, 0)]
    return {
        "tipg": bed.rate(bed.rivals.tipg, [f"/items?{query}&f=geojson" for query in queries]),
        "pygeoapi": bed.rate(bed.rivals.pygeoapi, [f"/items?{query}&f=json" for query in queries]),
    }


def _tile_14(bed: Bed) -> Line:
    return _tiles(bed, 14, 1.25)


def _tile_16(bed: Bed) -> Line:
    return _tiles(bed, 16, 12)


def _tiles(bed: Bed, zoom: int, factor: float) -> Line:
    tiles = _random_tiles(bed.city, zoom)
    return Line(
        name=f"MVT tile, fresh, zoom {zoom}",
        contenders={
            "qala": bed.rate(bed.qala, [f"{_TILES}/{zoom}/{row}/{column}?{_fresh()}" for column, row in tiles]),
            "tipg": bed.rate(bed.rivals.tipg, _tipg_tiles(zoom, tiles)),
        },
        targets=(Target(("tipg",), factor),),
    )


def _whole_city(bed: Bed) -> Line:
    tile = (int(CENTRE[0]), int(CENTRE[1]))
    path = f"{_TILES}/10/{tile[1]}/{tile[0]}?{_fresh()}"
    return Line(
        name="MVT tile, fresh, zoom 10: the whole city",
        contenders={"qala": bed.rate(bed.qala, [path]), "tipg": bed.rate(bed.rivals.tipg, _tipg_tiles(10, [tile]))},
        targets=(Target(("tipg",), 5),),
        bound=("kB", lambda: len(fetch(bed.qala + path)) / 1000, 300),
    )


def _unchanged(bed: Bed) -> Line:
    tiles = _random_tiles(bed.city, 14)[:40]
    paths = [f"{_TILES}/14/{row}/{column}" for column, row in tiles]
    _asked_before(bed.qala, paths)
    return Line(
        name="MVT tile, unchanged since it was last asked, zoom 14",
        contenders={
            "qala": bed.rate(bed.qala, paths),
            "tipg": bed.rate(bed.rivals.tipg, _tipg_tiles(14, tiles)),
        },
        targets=(Target(("tipg",), 20),),
    )


def _asked_before(base: str, paths: list[str]) -> None:
    """Ask each server process for each tile, so that what follows was asked before."""
    for _ in range(4):
        Service(base, paths).rate(2)


def _everything(bed: Bed) -> Line:
    url = f"{bed.qala}{_ITEMS}?limit={bed.city.count}"
    port = int(bed.qala.rpartition(":")[2])
    return Line(
        name="all features in one answer",
        contenders={"qala": lambda: _seconds(url)},
        unit=" s",
        bound=("MB", lambda: max(growth(port, url) for _ in range(3)), 60),
    )


def _seconds(url: str) -> float:
    started = time.perf_counter()
    fetch(url)
    return time.perf_counter() - started


def _tipg_tiles(zoom: int, tiles: list[tuple[int, int]]) -> list[str]:
    return [f"/tiles/WebMercatorQuad/{zoom}/{column}/{row}" for column, row in tiles]


def _fresh() -> str:
    """Return a query that asks for the present by name: such a tile is drawn each time."""
    now = datetime.now(UTC) - timedelta(hours=1)
    return urlencode({"datetime": now.isoformat(timespec="seconds")})


def _random_tiles(city: BenchCity, zoom: int) -> list[tuple[int, int]]:
    """Return tiles that lie wholly in the city: (column, row)."""
    scale = 2 ** (zoom - 10)
    west, south, east, north = (edge * scale for edge in _edges(city))
    random = np.random.default_rng(zoom)
    columns = random.integers(int(west) + 1, int(east), PLACES)
    rows = random.integers(int(north) + 1, int(south), PLACES)
    return [(int(column), int(row)) for column, row in zip(columns, rows, strict=True)]


def _edges(city: BenchCity) -> tuple[float, float, float, float]:
    """Return west, south, east, north in columns and rows of zoom 10."""
    side = 1024 / 40075016.685578488 / np.cos(np.radians(lonlat(*CENTRE, 10)[1]))
    west, south, east, north = city.net.bounds
    half = (east - west) / 2 * side * 0.97, (north - south) / 2 * side * 0.97
    return CENTRE[0] - half[0], CENTRE[1] + half[1], CENTRE[0] + half[0], CENTRE[1] - half[1]


def _lonlat_boxes(city: BenchCity) -> Iterator[str]:
    for box in islice(city.random_boxes(1, SIDE), PLACES):
        yield ",".join(f"{value:.6f}" for value in city.lonlat_box(box))


def _projected_boxes(city: BenchCity) -> Iterator[str]:
    """Yield the same boxes for pygeoapi, which takes x and y of the storage system as they are stored.

    From degrees it would go to the authority's axis order, northing first, and find nothing.
    """
    storage = f"http://www.opengis.net/def/crs/EPSG/0/{city.profile.srid}"
    for box in islice(city.random_boxes(1, SIDE), PLACES):
        corners = ",".join(f"{value:.1f}" for value in box)
        yield urlencode({"bbox": corners, "bbox-crs": storage, "limit": LIMIT}, safe=",:/")


def _require_same_work(bed: Bed, box: str, projected: str) -> None:
    """Refuse to compare answers of different size."""
    urls = (
        f"{bed.qala}{_ITEMS}?{box}",
        f"{bed.rivals.tipg}/items?{box}&f=geojson",
        f"{bed.rivals.pygeoapi}/items?{projected}&f=json",
    )
    counts = [len(json.loads(fetch(url))["features"]) for url in urls]
    if min(counts) < 0.9 * max(counts) or not min(counts):
        raise Unavailable(f"the contenders find different numbers of features in one box: {counts}")


def _offsets(bed: Bed, shift: int) -> list[int]:
    middle = bed.city.count * 3 // 4
    return [middle + shift + step for step in range(-200, 200, 20)]


def _next_link(url: str) -> str:
    answer: dict[str, Any] = json.loads(fetch(url))
    return str(next(link["href"] for link in answer["links"] if link["rel"] == "next"))


def _bare(bed: Bed, row: sql.Composable, separator: str) -> Callable[[], float]:
    statement = bare_statement(bed.city, row, separator)
    return lambda: statement.rate(bed.seconds)


def bare_statement(city: BenchCity, row: sql.Composable, separator: str) -> Statement:
    """Return the best hand-written statement for the same bytes as a page, on a plain table."""
    text = sql.SQL(_BARE).format(
        row=row, separator=sql.Literal(separator), table=sql.Identifier(BARE), limit=sql.Literal(LIMIT)
    )
    owner = city.installation.database(city.profile).owner
    return Statement(owner, text.as_string(), {"srid": (city.profile.srid, "integer")}, drawn_box(city))


_BARE = """
SELECT string_agg({row}, {separator}) FROM (
  SELECT v.* FROM {table} AS v
  WHERE v.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, %(srid)s)
  ORDER BY v.feature_id LIMIT {limit}
) AS v
"""


def drawn_box(city: BenchCity) -> dict[str, str]:
    """Return pgbench's expressions of a random box in the city: its four sides, in metres."""
    west, south, east, north = (int(value) for value in city.net.bounds)
    side = int(SIDE)
    corner = {"west": f"random({west}, {east - side})", "south": f"random({south}, {north - side})"}
    return {**corner, "east": f":west + {side}", "north": f":south + {side}"}
