"""Columns of some rows of a graph, as checks read them: unknown where a layer lacks the field."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from routing.network import FIXTURES, KINDS, Column, Graph, Ints

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float32]

STREET, FOOTWAY, CROSSING, STEPS, RAMP = range(len(KINDS))
KERB, LIFT, BARRIER, SIGNAL = range(len(FIXTURES))

_T = TypeVar("_T", bound=np.generic)
_NAN: Final = np.float32(np.nan)


class View:
    """Some rows of columns that belong together.

    Args:
        columns: all rows of each column.
        codes: values of closed lists.
        rows: which rows; all, where ``None``.
        count: how many rows there are in all.
    """

    def __init__(
        self, columns: Mapping[str, Column], codes: Mapping[str, tuple[str, ...]], rows: Ints | None, count: int
    ) -> None:
        self.rows = rows
        self.count = count if rows is None else len(rows)
        self._columns, self._codes = columns, codes
        self._taken: dict[str, Column] = {}

    def pick(self, column: npt.NDArray[_T]) -> npt.NDArray[_T]:
        """Return a column's values in these rows."""
        return column if self.rows is None else column[self.rows]

    def number(self, name: str) -> Numbers:
        """Return a measured attribute, NaN where unknown."""
        return self._column(name, _NAN)

    def flag(self, name: str) -> npt.NDArray[np.int8]:
        """Return a yes-or-no attribute: 1, 0, or -1 where unknown."""
        return self._column(name, np.int8(-1))

    def missing(self, name: str) -> Mask:
        """Tell where an attribute of a closed list, or a yes-or-no one, is unknown."""
        return self._column(name, np.int16(-1)) < 0

    def among(self, name: str, values: Iterable[str]) -> Mask:
        """Tell where an attribute of a closed list has one of some values; unknown is none of them."""
        column, listed = self._column(name, np.int16(-1)), self._codes.get(name, ())
        found = np.zeros(self.count, dtype=bool)
        for value in values:
            if value in listed:
                found |= column == listed.index(value)
        return found

    def looked_up(self, name: str, meanings: Mapping[str, float], *, other: float, unknown: float) -> Numbers:
        """Return what each row's value of an attribute means.

        Args:
            name: an attribute of a closed list.
            meanings: by value.
            other: what all other values mean.
            unknown: what none at all does.
        """
        table = _table(self._codes.get(name, ()), tuple(meanings.items()), other, unknown)
        return table.take(self._column(name, np.int16(-1)), mode="wrap")

    def knows(self, name: str) -> bool:
        """Tell whether any row of the whole has the attribute at all."""
        return name in self._columns

    def _column(self, name: str, unknown: np.generic) -> Column:
        if name not in self._taken:
            column = self._columns.get(name)
            self._taken[name] = np.broadcast_to(unknown, self.count) if column is None else self.pick(column)
        return self._taken[name]


@lru_cache(maxsize=512)
def _table(values: tuple[str, ...], meanings: tuple[tuple[str, Any], ...], other: float, unknown: float) -> Numbers:
    told = dict(meanings)
    return np.array([*(told.get(value, other) for value in values), unknown], dtype=np.float32)


class Ways(View):
    """Some edges of a graph: their attributes, kinds and lengths [m]."""

    def __init__(self, graph: Graph, rows: Ints | None = None) -> None:
        """Look at some edges; at all, where ``rows`` is ``None``."""
        super().__init__(graph.attributes, graph.codes, rows, graph.edges)
        self.graph = graph
        self.kind = self.pick(graph.kind)
        self.length = self.pick(graph.length).astype(np.float32)
        self._of: dict[int, Mask] = {}

    def of(self, kind: int) -> Mask:
        """Tell which ways are of a kind."""
        if kind not in self._of:
            self._of[kind] = self.kind == kind
        return self._of[kind]


class Fixtures(View):
    """Some of what stands at nodes of a graph."""

    def __init__(self, graph: Graph, rows: Ints | None = None) -> None:
        """Look at some fixtures; at all, where ``rows`` is ``None``."""
        super().__init__(graph.fixture_attributes, graph.fixture_codes, rows, len(graph.fixture_id))
        self.graph = graph
        self.kind = self.pick(graph.fixture_kind)
        self.node = self.pick(graph.fixture_node)
        self.feature_id = self.pick(graph.fixture_id)

    def of(self, kind: int) -> Mask:
        """Tell which fixtures are of a kind."""
        return np.equal(self.kind, kind)
