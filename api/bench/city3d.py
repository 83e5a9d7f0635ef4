"""``qala bench city3d``: tiles of a city in three dimensions, built once, and after one edit."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import shapely

from api.bench.table import ROUNDS, Line, Result, Target, rounds_of, run
from data.exports.tiles3d import City3dTiles
from data.installation import Installation
from data.profiles import find
from gis import staging
from gis.act import Act, Source
from gis.bulk import bulk
from gis.cluster import default_home
from gis.database import connect
from gis.edit import Put
from gis.instant import Instant
from gis.record import Period, Write
from gis.register import Register
from gis.store import new_ids

LAYER: Final = "real_estate.building"
_ORIGIN: Final = (25_480_000.0, 6_660_000.0)
_PITCH: Final = 45.0
_DAY: Final = date(2016, 1, 1)


@dataclass
class Bed:
    """A city of blocks, and the next edit that nobody has made yet."""

    register: Register
    buildings: int
    edits: int = 0

    def whole(self) -> float:
        """Return the seconds of a build of every tile from nothing."""
        with connect(self.register.database.owner) as connection:
            connection.execute("TRUNCATE qala.scene_tile")
        return self._seconds()

    def unchanged(self) -> float:
        """Return the seconds of asking for the tile set when nothing has changed."""
        self._tile_set()
        return self._seconds()

    def edited(self) -> float:
        """Return the seconds of asking for the tile set after one building grew."""
        self._tile_set()
        self._grow()
        started = time.perf_counter()
        rebuilt = self._tile_set()
        seconds = time.perf_counter() - started
        if rebuilt != 1:
            msg = f"one edit touched one tile, {rebuilt} were built"
            raise RuntimeError(msg)
        return seconds

    def rebuilt(self) -> float:
        """Return how many tiles one more edit makes to be built."""
        self._grow()
        return float(self._tile_set())

    def _seconds(self) -> float:
        started = time.perf_counter()
        self._tile_set()
        return time.perf_counter() - started

    def _tile_set(self) -> int:
        return len(City3dTiles(self.register).tile_set(Instant()).rebuilt)

    def _grow(self) -> None:
        """Record another house in the open, in a cell of its own or of others."""
        self.edits += 1
        act = _act(self.register, f"E{time.time_ns()}")
        x, y = _ORIGIN[0] + 20 + self.edits % 30 * _PITCH, _ORIGIN[1] + 35
        outline = shapely.MultiPolygon([shapely.box(x, y, x + 5, y + 5)])
        said = {"condition_of_construction": "functional", "height_above_ground": 3.0}
        self.register.perform(Put((Write(LAYER, -1, act.period, outline, said),)), act)


def measure(
    tell: Callable[[str], None], *, buildings: int = 8000, rounds: int = ROUNDS, home: Path | None = None
) -> list[Result]:
    """Build the city where it is missing, and measure.

    Args:
        tell: says what is being done.
        buildings: of the city.
        rounds: of which the median counts.
        home: of the bench's own cluster.
    """
    installation = Installation(home or default_home() / "bench", None)
    profile = find("helsinki").model_copy(update={"id": f"bench_city3d_{buildings}"})
    with ExitStack() as stack:
        stack.enter_context(installation.running())
        register = installation.open(profile)
        stack.callback(register.close)
        _ensure(register, buildings, tell)
        bed = Bed(register, buildings)
        lines = [
            Line(
                name=f"tiles of {buildings} buildings, from nothing and after one edit",
                contenders={"qala": bed.edited, "building them all": bed.whole},
                targets=[Target(("building them all",), 0.5, at_least=False)],
                unit=" s",
                bound=("tiles built after one edit", bed.rebuilt, 1.5),
            ),
            Line(
                name="the tile set when nothing has changed",
                contenders={"qala": bed.unchanged, "building them all": bed.whole},
                targets=[Target(("building them all",), 0.5, at_least=False)],
                unit=" s",
            ),
        ]
        return run((rounds_of(line, min(rounds, line.rounds)) for line in lines), tell)


def _act(register: Register, number: str) -> Act:
    source = Source(kind="survey", number=number, acceptance=_DAY, submission=_DAY, recordation=_DAY)
    midnight = register.profile.midnight(_DAY)
    return Act(actor="bench", role="registrar", reason="bench", source=source, valid_from=midnight)


def _ensure(register: Register, buildings: int, tell: Callable[[str], None]) -> None:
    """Load the buildings where there are none: houses of 3 to 16 storeys in rows, some of them with a wing."""
    with register.reading() as connection:
        if connection.execute("SELECT FROM real_estate.building LIMIT 1").fetchone() is not None:
            return
    tell(f"building {buildings} houses")
    layer = register.layers[LAYER]
    act = _act(register, "B1")
    valid = staging.range_of(Period(act.valid_from, None))
    names = [f.name for f in layer.fields]
    with bulk(register, act, [LAYER]) as under_way:
        ids = new_ids(under_way.connection, buildings)
        with under_way.copying(layer) as copy:
            for i, feature_id in enumerate(ids):
                said = {"condition_of_construction": "functional", "number_of_floors_above_ground": 3 + i % 14}
                shape = shapely.set_srid(_house(i), register.profile.srid)
                wkb = shapely.to_wkb(shape, hex=True, include_srid=True)
                copy.write_row((feature_id, 1, valid, False, wkb, *(said.get(n) for n in names), "new"))
        recorded = under_way.record("bench.city3d")
    if register.heads is not None:
        register.heads.append(recorded.number, recorded.hash)


def _house(index: int) -> shapely.MultiPolygon:
    x, y = _ORIGIN[0] + index % 100 * _PITCH, _ORIGIN[1] + index // 100 * _PITCH
    walls = [(x, y), (x + 24, y), (x + 24, y + 10), (x + 12, y + 10), (x + 12, y + 28), (x, y + 28)]
    return shapely.MultiPolygon([shapely.Polygon(walls) if index % 3 == 0 else shapely.box(x, y, x + 12, y + 28)])
