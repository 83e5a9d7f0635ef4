"""``qala bench store``: what history costs a query, the register's size an act, and checking an import."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import shapely

from api.bench.city import BenchCity
from api.bench.imports import Imports
from api.bench.load import CONNECTIONS, SECONDS, Statement
from api.bench.serve import LIMIT, PARCELS, bare_statement, drawn_box
from api.bench.table import ROUNDS, Line, Result, Target, rounds_of, run
from cadastres.land.model import PARCEL
from cadastres.land.verbs import Split
from gis.act import Act, Source
from gis.bbox import Box, Window
from gis.database import connect
from gis.geojson import feature_row
from gis.instant import Instant, Reading, read_head, settle
from gis.pages import PageQuery, page_statement

SMALL = 2000
SPLITS = 10
"""Splits in one measurement."""

_MARGIN = 8
"""Metres by which the part of a box that needs no exact test is smaller; single precision keeps about 6 here."""


@dataclass(frozen=True)
class Bed:
    """The registers under measurement."""

    large: BenchCity
    small: BenchCity
    imports: Imports
    seconds: float


def measure(
    tell: Callable[[str], None],
    *,
    parcels: int = PARCELS,
    rounds: int = ROUNDS,
    seconds: float = SECONDS,
    only: str = "",
) -> list[Result]:
    """Build what is missing and measure each line; arguments as :func:`api.bench.serve.measure`."""
    large = BenchCity.of(parcels)
    with ExitStack() as stack:
        stack.enter_context(large.installation.running())
        small = BenchCity.of(SMALL)
        for city in (large, small):
            city.ensure(tell)
            stack.callback(city.register.close)
        bed = Bed(large, small, Imports(large), seconds)
        return run((rounds_of(line, rounds) for line in lines(bed, only)), tell)


def lines(bed: Bed, only: str = "") -> Iterator[Line]:
    """Yield the lines of the table, or those whose maker's name has ``only`` in it."""
    makers = (_present, _past, _splits, _imports)
    yield from (make(bed) for make in makers if only in make.__name__)


def _present(bed: Bed) -> Line:
    return Line(
        name="present-day query after ten acts a feature",
        contenders={
            "qala": _query(bed, _now(bed)),
            "a plain table": _milliseconds(bare_statement(bed.large, feature_row(PARCEL), ","), bed.seconds),
        },
        targets=(Target(("a plain table",), 1.25, at_least=False),),
        unit=" ms",
    )


def _past(bed: Bed) -> Line:
    return Line(
        name="the same query in the past",
        contenders={"qala": _query(bed, _then()), "the present": _query(bed, _now(bed))},
        targets=(Target(("the present",), 2.5, at_least=False),),
        unit=" ms",
    )


def _splits(bed: Bed) -> Line:
    return Line(
        name=f"a split with all checks, {bed.large.count} parcels against {SMALL}",
        contenders={"qala": lambda: _split(bed.large), f"{SMALL} parcels": lambda: _split(bed.small)},
        targets=(Target((f"{SMALL} parcels",), 1.5, at_least=False),),
        unit=" ms",
    )


def _imports(bed: Bed) -> Line:
    bed.imports.prepare()
    return Line(
        name=f"import of {bed.large.count} parcels with every check",
        contenders={"qala": bed.imports.checked, "ogr2ogr, unchecked": bed.imports.copied},
        targets=(Target(("ogr2ogr, unchecked",), 10, at_least=False),),
        unit=" s",
    )


def _now(bed: Bed) -> Reading:
    with connect(bed.large.register.database.reader) as connection:
        return settle(Instant(), read_head(connection))


def _then() -> Reading:
    # Halfway through the ten rounds of acts: what the register said at the start of 2020 about the start of 2019.
    return Reading(datetime(2019, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC), 0, live=False, present=False)


def _query(bed: Bed, reading: Reading) -> Callable[[], float]:
    """Return the cost of the statement behind a page of features in a random box, at a reading."""
    city = bed.large
    query = PageQuery(windows=(Window(Box(*city.net.bounds)),), srid=city.profile.srid, limit=LIMIT)
    text = page_statement(PARCEL, reading, query, feature_row(PARCEL)).as_string()
    fixed: dict[str, tuple[object, str]] = {
        "srid": (city.profile.srid, "integer"),
        "limit": (LIMIT, "integer"),
        "offset": (0, "integer"),
        "valid": (reading.valid.isoformat(), "timestamptz"),
        "recorded": (reading.recorded.isoformat(), "timestamptz"),
    }
    drawn = {**drawn_box(city), **{f"bounds_0_{axis}": f":{side}" for axis, side in _SIDES.items()}}
    drawn |= {f"core_0_{axis}": f":bounds_0_{axis} {_inwards(axis)} {_MARGIN}" for axis in _SIDES}
    # The engine plans its pages anew each time (see gis.pages), and so does pgbench here.
    statement = Statement(city.register.database.reader, text, fixed, drawn, mode="extended")
    return _milliseconds(statement, bed.seconds)


_SIDES = {"min_x": "west", "min_y": "south", "max_x": "east", "max_y": "north"}


def _inwards(axis: str) -> str:
    return "+" if axis.startswith("min") else "-"


def _milliseconds(statement: Statement, seconds: float) -> Callable[[], float]:
    return lambda: CONNECTIONS * 1000 / statement.rate(seconds)


def _split(city: BenchCity) -> float:
    """Return what a split takes in milliseconds: the median of some, each of a parcel that was never split before."""
    order = np.random.default_rng(11).permutation(city.count) + 1
    with connect(city.register.database.reader) as connection:
        whole = {int(row[0]) for row in connection.execute(_WHOLE).fetchall()}
    taken = [int(parcel) for parcel in order if int(parcel) in whole][:SPLITS]
    return float(np.median([_timed_split(city, parcel) for parcel in taken])) * 1000


_WHOLE = """
SELECT feature_id FROM land.parcel WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished AND version = 19
"""


def _timed_split(city: BenchCity, parcel: int) -> float:
    command = _cut(city, parcel)
    started = time.perf_counter()
    city.register.perform(command, _act(city))
    return time.perf_counter() - started


def _cut(city: BenchCity, parcel: int) -> Split:
    with connect(city.register.database.reader) as connection:
        row = connection.execute(
            "SELECT ST_AsBinary(geom), cadastral_number FROM land.parcel WHERE feature_id = %s AND version = 19",
            (parcel,),
        ).fetchone()
    if row is None:
        raise LookupError(f"parcel {parcel} is gone")
    shape = shapely.from_wkb(row[0])
    west, south, east, north = shapely.bounds(shape)
    line = shapely.LineString([((west + east) / 2, south - 1), ((west + east) / 2, north + 1)])
    return Split(parcel=parcel, quarter=str(row[1])[:8], line=line)


def _act(city: BenchCity) -> Act:
    today = datetime.now(city.profile.zone).date()
    source = Source(kind="akimat-decision", number="bench", acceptance=today, submission=today, recordation=today)
    midnight = city.profile.midnight(today)
    return Act(actor="bench", role="registrar", reason="bench", source=source, valid_from=midnight)
