"""``qala bench passports``: whole technical passports made anew, one after another, on one core."""

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

import shapely
from psycopg import Connection
from shapely.geometry.base import BaseGeometry

from api.bench.table import ROUNDS, Line, Result, rounds_of, run
from data.exports.documents.issuing import Issuer, Order
from data.installation import Installation
from data.profiles import find
from gis.act import Act, Source
from gis.cluster import default_home
from gis.edit import Put
from gis.instant import Instant
from gis.record import NOWHERE, Write
from gis.register import Register

HOUSES: Final = 200
"""Houses of the made-up estate, each on its parcel, with a flat of five rooms, its unit, rights and address."""

_AT_ONCE: Final = 20
_ACCEPTED: Final = date(2016, 1, 1)
_PREFIX: Final = "91001900"
_ORIGIN: Final = (25_480_000.0, 6_660_000.0)
_SIDE: Final = 40.0
_ROW: Final = 20
_WARM: Final = 20
_CEILING_MS: Final = 50.0
_CEILING_MB: Final = 16.0

Made = tuple[str, int, BaseGeometry, dict[str, Any]]


@dataclass(frozen=True)
class Bed:
    """The register under measurement, and the next question that nobody has asked yet."""

    register: Register
    passports: int
    serial: Iterator[int] = field(default_factory=count)

    def issue(self) -> None:
        """Gather, print and keep one passport never asked for before."""
        number = next(self.serial)
        day = self.register.profile.midnight(date(2016, 2, 1) + timedelta(days=number // HOUSES))
        wanted = f"{_PREFIX}{number % HOUSES + 1:03d}:1/А:1"
        Issuer(self.register).issue(Order(kind="passport", number=wanted, instant=Instant(day), language="kk"))

    def rate(self) -> float:
        """Return passports a second; the database works while this process waits, so both count."""
        started = time.perf_counter()
        for _ in range(self.passports):
            self.issue()
        return self.passports / (time.perf_counter() - started)

    def milliseconds(self) -> float:
        """Return milliseconds a passport."""
        return 1000 / self.rate()

    def growth(self) -> float:
        """Return by how many megabytes the process's peak memory grows over many passports."""
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(3 * self.passports):
            self.issue()
        return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def measure(
    tell: Callable[[str], None], *, passports: int = 100, rounds: int = ROUNDS, home: Path | None = None
) -> list[Result]:
    """Build the estate where it is missing, and measure.

    Args:
        tell: says what is being done.
        passports: made in one round.
        rounds: of which the median counts.
        home: of the bench's own cluster.
    """
    installation = Installation(home or default_home() / "bench", None)
    profile = find("helsinki").model_copy(update={"id": "bench_passports"})
    with ExitStack() as stack:
        stack.enter_context(installation.running())
        register = installation.open(profile)
        stack.callback(register.close)
        bed = Bed(register, passports, count(_ensure(register, tell)))
        for _ in range(_WARM):
            bed.issue()
        lines = [
            Line(
                name="passports made anew, one after another",
                contenders={"qala": bed.rate},
                bound=("ms a passport", bed.milliseconds, _CEILING_MS),
            ),
            Line(
                name="memory over three times as many",
                contenders={"qala": bed.rate},
                bound=("MB more", bed.growth, _CEILING_MB),
                rounds=1,
            ),
        ]
        return run((rounds_of(line, min(rounds, line.rounds)) for line in lines), tell)


def _ensure(register: Register, tell: Callable[[str], None]) -> int:
    """Build the houses that are missing; return how many passports were made in earlier runs."""
    with register.reading() as connection:
        standing, made = (_count(connection, table) for table in ("real_estate.unit", "qala.document"))
    if not standing:
        tell(f"building {HOUSES} houses")
        for first in range(0, HOUSES, _AT_ONCE):
            houses = [made for i in range(first, first + _AT_ONCE) for made in _house(i)]
            _perform(register, houses if first else [*houses, _quarter()])
    return made


def _count(connection: Connection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - a name of this module's own
    return int(row[0]) if row else 0


def _perform(register: Register, made: list[Made]) -> None:
    source = Source(
        kind="akimat-decision", number=f"B{-made[0][1]}", acceptance=_ACCEPTED, submission=_ACCEPTED,
        recordation=_ACCEPTED,
    )  # fmt: skip
    act = Act(
        actor="bench", role="registrar", reason="bench", source=source,
        valid_from=register.profile.midnight(_ACCEPTED),
    )  # fmt: skip
    writes = tuple(Write(layer, i, act.period, shape, said) for layer, i, shape, said in made)
    register.perform(Put(writes), act)


def _box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(_ORIGIN[0] + west, _ORIGIN[1] + south, _ORIGIN[0] + east, _ORIGIN[1] + north)


def _quarter() -> Made:
    side = _SIDE * (HOUSES // _ROW + _ROW)
    return "land.quarter", -1, shapely.MultiPolygon([_box(-10, -10, side, side)]), {"code": _PREFIX}


def _house(index: int) -> Iterator[Made]:
    """Yield a parcel with a house, a flat of five rooms, its unit, ownership, pledge and address."""
    x, y, ids = index % _ROW * _SIDE, index // _ROW * _SIDE, -100 * (index + 1)
    parcel, house = f"{_PREFIX}{index + 1:03d}", f"{_PREFIX}{index + 1:03d}:1/А"
    yield "land.parcel", ids, _box(x, y, x + _SIDE, y + _SIDE), {
        "cadastral_number": parcel, "official_area": _SIDE**2, "category": "2", "divisible": True,
    }  # fmt: skip
    yield "real_estate.building", ids - 1, shapely.MultiPolygon([_box(x + 8, y + 9, x + 30, y + 21)]), {
        "building_number": house, "designation": "А", "parcel_number": parcel, "current_use": "residential",
        "condition_of_construction": "functional", "year_of_construction": 1987, "total_area": 950.0,
    }  # fmt: skip
    yield "real_estate.premises", ids - 2, NOWHERE, {
        "premises_number": f"{house}:1", "building_id": ids - 1, "designation": "1", "floor": 1,
        "current_use": "residential", "total_area": 60.0,
    }  # fmt: skip
    for room in range(5):
        west = x + 9 + 4 * room
        yield "real_estate.room", ids - 3 - room, _box(west, y + 10, west + 4, y + 13), {
            "premises_id": ids - 2, "designation": str(room + 1), "room_use": "living", "area": 12.0,
        }  # fmt: skip
    yield from _held(ids, house)
    place = shapely.Point(_ORIGIN[0] + x + 20, _ORIGIN[1] + y + 20)
    yield "address.address", ids - 20, place, {
        "locator_designator": str(index + 1), "thoroughfare_name": "Қабанбай батыр көшесі",
        "position_specification": "building",
    }  # fmt: skip
    yield "real_estate.addressing", ids - 21, NOWHERE, {
        "address_id": ids - 20, "object_id": ids - 1, "object_kind": "building", "is_primary": True,
    }  # fmt: skip


def _held(ids: int, house: str) -> Iterator[Made]:
    """Yield the flat's unit, its ownership and a pledge, each with a holder."""
    registered = {"unit_id": ids - 10, "party_required": True, "registered": True, "excludes_others": False}
    yield "real_estate.unit", ids - 10, NOWHERE, {"unit_number": f"{house}:1", "type": "basicPropertyUnit"}
    yield "real_estate.unit_part", ids - 11, NOWHERE, {
        "unit_id": ids - 10, "object_id": ids - 2, "object_kind": "premises",
    }  # fmt: skip
    yield "personal.party", ids - 12, NOWHERE, {"party_type": "nonNaturalPerson", "name": f"ЖШС {-ids}"}
    yield "real_estate.right", ids - 13, NOWHERE, {
        **registered, "category": "right", "kind": "ownership", "share_numerator": 1, "share_denominator": 1,
        "share_check": True, "holding": "sole",
    }  # fmt: skip
    yield "personal.holder", ids - 14, NOWHERE, {"right_id": ids - 13, "party_id": ids - 12}
    yield "personal.party", ids - 15, NOWHERE, {"party_type": "nonNaturalPerson", "name": f"Банк {-ids}"}
    yield "real_estate.right", ids - 16, NOWHERE, {
        **registered, "category": "restriction", "kind": "pledge", "share_check": False, "rank": 1,
        "on_right_id": ids - 13,
    }  # fmt: skip
    yield "personal.holder", ids - 17, NOWHERE, {"right_id": ids - 16, "party_id": ids - 15}
