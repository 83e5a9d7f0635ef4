"""Locks before looking.

An act locks the grid cells of every envelope it reads or writes, every feature it writes (exclusive) or relies on
(shared), and every number series it issues from, in one sorted order, before it loads anything. Two acts that could
break a rule together therefore run one after the other; acts far apart don't meet. Bulk acts lock the whole register
against other acts (readers never wait).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from math import floor
from typing import Self

from psycopg import Connection
from shapely.geometry.base import BaseGeometry

CELL = 200.0
"""Side of a grid cell, metres."""

MANY = 256
"""An act over more cells than this locks the register: that many locks would cost more than the wait."""

REGISTER = "register"


def _key(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


@dataclass(frozen=True, slots=True)
class LockKeys:
    """A set of named locks, each exclusive or shared."""

    exclusive: frozenset[str] = field(default_factory=frozenset)
    shared: frozenset[str] = field(default_factory=frozenset)

    def __or__(self, other: Self) -> "LockKeys":
        """Join two sets; exclusive wins."""
        exclusive = self.exclusive | other.exclusive
        return LockKeys(exclusive, (self.shared | other.shared) - exclusive)

    def covers(self, other: Self) -> bool:
        """Tell whether all of the other's locks are held by this set."""
        if REGISTER in self.exclusive:
            return True
        return other.exclusive <= self.exclusive and other.shared <= (self.exclusive | self.shared)

    def acquire(self, connection: Connection) -> None:
        """Take the locks until the transaction ends, in key order, so that two acts never wait for each other."""
        if REGISTER in self.exclusive:
            keys = [(_key(REGISTER), True)]
        else:
            keys = sorted([(_key(n), True) for n in self.exclusive] + [(_key(n), False) for n in self.shared])
            keys.insert(0, (_key(REGISTER), False))
        connection.execute(_ACQUIRE, ([k for k, _ in keys], [e for _, e in keys]))


_ACQUIRE = """
SELECT count(CASE WHEN exclusive THEN pg_advisory_xact_lock(key)::text ELSE pg_advisory_xact_lock_shared(key)::text END)
FROM unnest(%s::bigint[], %s::boolean[]) AS wanted (key, exclusive)
"""

WHOLE_REGISTER = LockKeys(exclusive=frozenset({REGISTER}))


def feature_keys(feature_ids: Iterable[int], *, exclusive: bool) -> LockKeys:
    """Return the locks of features."""
    names = frozenset(f"feature:{i}" for i in feature_ids if i > 0)
    return LockKeys(exclusive=names) if exclusive else LockKeys(shared=names)


def number_keys(series: Iterable[tuple[str, str, str]]) -> LockKeys:
    """Return the locks of number series (layer, field, prefix)."""
    return LockKeys(exclusive=frozenset("number:" + ":".join(s) for s in series))


def related_keys(related: Iterable[tuple[str, str, object]], *, exclusive: bool) -> LockKeys:
    """Return the locks of what refers to a value (layer, field, value).

    Who relies on seeing all of it takes them exclusively, who adds to it or takes from it shared: two acts that only
    name the same bank don't wait for each other.
    """
    names = frozenset(f"related:{layer}.{field}:{value}" for layer, field, value in related)
    return LockKeys(exclusive=names) if exclusive else LockKeys(shared=names)


def place_keys(geometries: Iterable[BaseGeometry], tolerance: float) -> LockKeys:
    """Return the locks of the grid cells that the envelopes touch, widened by the tolerance (metres)."""
    cells: set[str] = set()
    for geometry in geometries:
        if geometry.is_empty:
            continue
        cells.update(_cells(geometry, tolerance))
        if len(cells) > MANY:
            return WHOLE_REGISTER
    return LockKeys(exclusive=frozenset(cells))


def _cells(geometry: BaseGeometry, tolerance: float) -> Iterator[str]:
    west, south, east, north = geometry.bounds
    columns = range(floor((west - tolerance) / CELL), floor((east + tolerance) / CELL) + 1)
    rows = range(floor((south - tolerance) / CELL), floor((north + tolerance) / CELL) + 1)
    if len(columns) * len(rows) > MANY:
        yield from (f"many:{i}" for i in range(MANY + 1))
        return
    yield from (f"cell:{column}:{row}" for column in columns for row in rows)
