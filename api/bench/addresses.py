"""``qala bench addresses``: the search of addresses over a million of them, beside one feature by its id.

The list of spellings is held back: it is written by rules of its own (:mod:`api.bench.spellings`) from a seed of its
own. A letter of a name may be wrong, never a digit: a house of another number is another house.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Final
from urllib.parse import quote

from api.bench.address_city import AddressCity
from api.bench.load import SECONDS, Service
from api.bench.servers import engine, free_ports
from api.bench.spellings import STYLES, House, Spelling, spelling
from api.bench.table import ROUNDS, Line, Result, Target, rounds_of, run
from cadastres.address.finder import TEAM, Finder, search_pool
from cadastres.address.search import Found
from gis.instant import Instant

ADDRESSES: Final = 1_000_000
SPELLINGS: Final = 2000
NEEDED: Final = 95.0
"""Per cent of the list whose right address must be first."""

BATCH_ROWS: Final = 20_000
BATCH_TYPOS: Final = 5
"""One row of a file in so many has a slip in it."""

BATCH_RATE: Final = 1500.0
_SEED = 19
_ITEMS = "/ogc/collections/address.address/items"


@dataclass(frozen=True)
class Bed:
    """All that is measured.

    Attributes:
        base: URL of the engine.
        seconds: of one measurement.
    """

    city: AddressCity
    base: str
    seconds: float

    @cached_property
    def houses(self) -> Sequence[House]:
        """All addresses."""
        return list(self.city.houses())

    def spellings(self, count: int, *, typos: int) -> list[Spelling]:
        """Return a held-back list, each style as often, a slip in one of so many; none when it is 0."""
        random = Random(_SEED + count + typos)  # noqa: S311
        return [
            spelling(random.choice(self.houses), STYLES[i % len(STYLES)], random, typo=typos > 0 and i % typos == 0)
            for i in range(count)
        ]

    def located(self, texts: Sequence[str]) -> list[Found | None]:
        """Find many texts as a batch does."""

        async def found() -> list[Found | None]:
            conninfo = self.city.installation.database(self.city.profile).reader
            async with search_pool(conninfo, TEAM) as pool:
                finder = Finder(pool, self.city.profile)
                return [each async for chunk in finder.locate(texts, Instant()) for each in chunk]

        return asyncio.run(found())

    def rate(self, paths: Sequence[str]) -> Callable[[], float]:
        """Return the measure of a service."""
        return lambda: Service(self.base, paths).rate(self.seconds)


def measure(
    tell: Callable[[str], None],
    *,
    addresses: int = ADDRESSES,
    rounds: int = ROUNDS,
    seconds: float = SECONDS,
    only: str = "",
) -> list[Result]:
    """Build the city where it is missing, serve it, and measure each line.

    Args:
        tell: hears what is being done.
        addresses: size of the city; the targets hold for a million.
        rounds: of each line, contenders in turn.
        seconds: of one measurement.
        only: the one line wanted, by a part of its maker's name; all when empty.
    """
    city = AddressCity.of(addresses)
    with city.installation.running():
        city.ensure(tell)
        (port,) = free_ports(1)
        with engine(city, port) as base:
            bed = Bed(city, base, seconds)
            makers = (_right_first, _right_first_without_typos, _exact, _typo, _batch)
            lines = (make(bed, tell) for make in makers if only in make.__name__)
            return run((rounds_of(line, min(rounds, line.rounds)) for line in lines), tell)


def _right_first(bed: Bed, tell: Callable[[str], None]) -> Line:
    return _accuracy(bed, tell, "right address first, one typo in each of 2 000 spellings", typos=1)


def _right_first_without_typos(bed: Bed, tell: Callable[[str], None]) -> Line:
    return _accuracy(bed, tell, "the same without typos", typos=0)


def _accuracy(bed: Bed, tell: Callable[[str], None], name: str, *, typos: int) -> Line:
    def share() -> float:
        listed = bed.spellings(SPELLINGS, typos=typos)
        found = bed.located([each.text for each in listed])
        right = [each.style for each, f in zip(listed, found, strict=True) if f and f.address_id == each.address_id]
        asked = Counter(each.style for each in listed)
        tell("  " + ", ".join(f"{style} {100 * right.count(style) / asked[style]:.1f} %" for style in STYLES))
        return 100 * len(right) / len(listed)

    return Line(
        name=name,
        contenders={"qala": share, "needed": lambda: NEEDED},
        targets=(Target(("needed",), 1),),
        unit=" %",
        rounds=1,
    )


def _exact(bed: Bed, _: Callable[[str], None]) -> Line:
    random = Random(_SEED)  # noqa: S311
    listed = [spelling(random.choice(bed.houses), "plain", random, typo=False) for _ in range(400)]
    return _over_http(bed, "an exact address over HTTP", listed, 3)


def _typo(bed: Bed, _: Callable[[str], None]) -> Line:
    random = Random(_SEED + 1)  # noqa: S311
    drawn = (spelling(random.choice(bed.houses), random.choice(STYLES), random, typo=True) for _ in range(800))
    return _over_http(bed, "an address with one typo over HTTP", [each for each in drawn if each.typo][:400], 15)


def _over_http(bed: Bed, name: str, listed: Sequence[Spelling], dearer: float) -> Line:
    paths = [f"/address/search?q={quote(each.text)}" for each in listed]
    items = [f"{_ITEMS}/{each.address_id}" for each in listed]
    return Line(
        name=name,
        contenders={"qala": bed.rate(paths), "one feature by id": bed.rate(items)},
        targets=(Target(("one feature by id",), 1 / dearer),),
    )


def _batch(bed: Bed, _: Callable[[str], None]) -> Line:
    texts = [each.text for each in bed.spellings(BATCH_ROWS, typos=BATCH_TYPOS)]

    def rate() -> float:
        started = time.perf_counter()
        bed.located(texts)
        return len(texts) / (time.perf_counter() - started)

    return Line(
        name=f"batch of {BATCH_ROWS:,} rows, a typo in one of {BATCH_TYPOS}",
        contenders={"qala": rate, "needed": lambda: BATCH_RATE},
        targets=(Target(("needed",), 1),),
        unit=" rows/s",
    )
