"""Zones after a load: a bulk load runs no followers, so the zones around what it brought are drawn afterwards.

Sources are gone through by their ids, some at a time, each lot one act; an act that finds nothing to draw records
nothing. Broken off, it can be begun again.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count, islice

from psycopg import sql

from cadastres.environment.verbs import Derive, NothingToDraw
from gis.act import Act
from gis.layer import Layer
from gis.register import Register

LOT = 500
"""Sources in one act: enough to share its cost, few enough for a short transaction."""


@dataclass(frozen=True, slots=True)
class Derived:
    """How many sources were looked at, and the changesets that drew zones."""

    sources: int
    changesets: tuple[int, ...]


def derive_zones(
    register: Register, layers: Sequence[str], act: Act, tell: Callable[[str, float], None], lot: int = LOT
) -> Derived:
    """Draw the zones around every source of some layers that is in force at any time.

    Args:
        register: the city's.
        layers: names of the sources' layers.
        act: in whose name; each lot's source is numbered on.
        tell: hears the layer and the share done.
        lot: sources in one act.

    Raises:
        QalaError: as :meth:`gis.register.Register.perform`; lots recorded before it stand.
    """
    looked, serial = 0, count(1)
    changesets: list[int] = []
    for name in layers:
        ids = _sources(register, register.layers[name])
        done, rest = 0, iter(ids)
        while some := tuple(islice(rest, lot)):
            source = replace(act.source, number=f"{act.source.number}/{next(serial)}")
            changesets += _drawn(register, Derive(sources=((name, some),)), replace(act, source=source))
            done += len(some)
            tell(name, done / len(ids))
        looked += len(ids)
    return Derived(looked, tuple(changesets))


def _drawn(register: Register, command: Derive, act: Act) -> Iterator[int]:
    """Yield the changeset of an act that draws something."""
    with suppress(NothingToDraw):
        yield register.perform(command, act).number


def _sources(register: Register, layer: Layer) -> list[int]:
    statement = sql.SQL("SELECT DISTINCT feature_id FROM {} WHERE upper_inf(recorded) ORDER BY 1").format(
        sql.Identifier(layer.schema, layer.table)
    )
    with register.reading() as connection:
        return [row[0] for row in connection.execute(statement).fetchall()]
