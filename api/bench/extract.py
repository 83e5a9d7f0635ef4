"""``qala bench extract``: restriction extracts beside bare SQL and beside a geopandas overlay, in one run.

Almaty enlarged, under twenty layers of restrictions (:mod:`api.bench.extract_city`).
"""

import resource
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from psycopg import Connection

from api.bench.extract_city import PLAIN, RESTRICTIONS, ExtractCity
from api.bench.table import ROUNDS, Line, Result, Target, rounds_of, run
from cadastres.land.model import PARCEL
from data.exports.restriction_rows import RestrictionRows
from gis.instant import Instant
from gis.layer import Layer
from gis.overlay import Overlaps

_ASKED: Final = 300
_WARM: Final = 20
_WORKERS: Final = 2
_CEILING_MB: Final = 64.0
_SEED: Final = 7


@dataclass(frozen=True)
class Bed:
    """The city under measurement, and one connection of the public login for the questions about single parcels."""

    city: ExtractCity
    connection: Connection
    overlaps: Overlaps = field(default_factory=lambda: Overlaps(RESTRICTIONS, PARCEL))

    @property
    def parcels(self) -> Iterator[int]:
        """Parcels at random, the same for every contender."""
        ids = np.random.default_rng(_SEED).integers(1, self.city.count + 1, _ASKED)
        return cycle(int(i) for i in ids)

    def milliseconds(self, ask: Callable[[int], object]) -> float:
        """Return the median of the milliseconds that questions take, once a few were asked."""

        def timed(parcel: int) -> float:
            started = time.perf_counter()
            ask(parcel)
            return time.perf_counter() - started

        taken = [timed(parcel) for parcel in islice(self.parcels, _WARM + _ASKED)]
        return float(np.median(taken[_WARM:])) * 1000

    def ours(self, parcel: int) -> object:
        """Ask for all that lies on a parcel, with what each says and the act it came in by."""
        return self.overlaps.on(self.connection, Instant(), parcel, self.city.profile.tolerances.linear)

    def bare(self, parcel: int) -> object:
        """Intersect a parcel with plain tables: the same layers without time, tolerance or acts."""
        return self.connection.execute(_BARE, {"id": parcel}, prepare=True).fetchall()

    def all_of_ours(self) -> float:
        """Return seconds for the extracts of all parcels, row by row as they are exported."""
        rows = RestrictionRows(self.city.register, Instant(), list(RESTRICTIONS), "en", _WORKERS)
        started = time.perf_counter()
        deque(rows.rows(), maxlen=0)
        return time.perf_counter() - started

    def geopandas(self) -> float:
        """Return seconds that geopandas takes to overlay the same layers, its frames in memory already."""
        parcels = self._frame(PARCEL, "cadastral_number")
        frames = [self._frame(layer, "kind, legal_basis") for layer in RESTRICTIONS]
        started = time.perf_counter()
        for frame in frames:
            common = gpd.overlay(parcels, frame, how="intersection", keep_geom_type=False)
            common["amount"] = common.area
            common["length"] = common.length
        return time.perf_counter() - started

    def _frame(self, layer: Layer, columns: str) -> gpd.GeoDataFrame:
        statement = f"SELECT feature_id, {columns}, ST_AsBinary(geom) FROM {PLAIN.format(table=layer.table)}"  # noqa: S608
        rows = self.connection.execute(statement.encode()).fetchall()
        data: Any = pd.DataFrame(rows, columns=["feature_id", *columns.split(", "), "shape"])
        shapes = shapely.from_wkb([bytes(shape) for shape in data.pop("shape")])
        return gpd.GeoDataFrame(data, geometry=shapes, crs=self.city.profile.srid)

    def growth(self) -> float:
        """Return by how many megabytes this process's peak memory grows over the extracts of all parcels."""
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.all_of_ours()
        return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def measure(
    tell: Callable[[str], None],
    *,
    parcels: int = 200_000,
    rounds: int = ROUNDS,
    only: str = "",
    home: Path | None = None,
) -> list[Result]:
    """Build the city where it is missing, and measure.

    Args:
        tell: says what is being done.
        parcels: of the city; the targets hold for 200 000.
        rounds: of which the median counts.
        only: part of the names of the lines wanted.
        home: of the bench's own cluster.
    """
    city = ExtractCity.of(parcels, home)
    with ExitStack() as stack:
        stack.enter_context(city.installation.running())
        city.ensure(tell)
        stack.callback(city.register.close)
        bed = Bed(city, stack.enter_context(city.register.reading()))
        wanted = [line for line in lines(bed) if only in line.name]
        return run((rounds_of(line, min(rounds, line.rounds)) for line in wanted), tell)


def lines(bed: Bed) -> list[Line]:
    """Return what is measured; memory first, before geopandas has taken its own."""
    return [
        Line(
            name="memory over the extracts of all parcels",
            contenders={"qala": bed.all_of_ours},
            unit=" s",
            rounds=1,
            bound=("MB more", bed.growth, _CEILING_MB),
        ),
        Line(
            name="extract of one parcel",
            contenders={
                "qala": lambda: bed.milliseconds(bed.ours),
                "bare SQL": lambda: bed.milliseconds(bed.bare),
            },
            targets=(Target(("bare SQL",), 1.5, at_least=False),),
            unit=" ms",
        ),
        Line(
            name="extracts of all parcels",
            contenders={"qala": bed.all_of_ours, "geopandas": bed.geopandas},
            targets=(Target(("geopandas",), 0.2, at_least=False),),
            unit=" s",
            rounds=3,
        ),
    ]


def _arm(layer: Layer) -> str:
    measures = {
        2: "ST_Area(ST_Intersection(r.geom, p.geom))",
        1: "ST_Length(ST_Intersection(r.geom, p.geom))",
        0: "1",
    }
    said = ", ".join(f"r.{f.name}" for f in layer.fields)
    return (
        f"SELECT '{layer.name}', r.feature_id, {measures[layer.geometry.dimension]}::float8, ST_Area(p.geom), {said} "  # noqa: S608
        f"FROM {PLAIN.format(table=PARCEL.table)} AS p JOIN {PLAIN.format(table=layer.table)} AS r "
        "ON ST_Intersects(r.geom, p.geom) WHERE p.feature_id = %(id)s"
    )


_BARE: Final = " UNION ALL ".join(map(_arm, RESTRICTIONS)).encode()
