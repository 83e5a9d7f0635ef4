"""The first half of a load: a file's rows, checked one by one, onto the workbench."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

from data.loaders import defects
from data.loaders.defects import Defect, Flaw, Kind, Outcome, Weight
from data.loaders.mapping import ColumnMapping
from data.loaders.report import ImportReport
from data.loaders.request import READING, Progress
from data.loaders.shapes import Shaper, digests
from data.loaders.source import BATCH, Batch, RowSource
from data.loaders.values import Valued, Valuer
from data.loaders.workbench import Workbench

_LISTED = 20


class RowDefect(NamedTuple):
    """A defect that a row may be taken with: the row, the defect's code and words."""

    row: int
    code: str
    detail: str


@dataclass
class FileReading:
    """A file being read.

    Attributes:
        acceptable: defects that the operator may take on record, of rows that may be stored.
    """

    source: RowSource
    mapping: ColumnMapping
    report: ImportReport
    shaper: Shaper
    valuer: Valuer
    bench: Workbench
    progress: Callable[[Progress], None]
    acceptable: list[RowDefect] = field(default_factory=list)

    def read(self) -> None:
        """Read the file; rows that can't be stored are told, and only their keys go onto the workbench."""
        self.bench.copy(self._told(_ahead(self._lines())))
        self._refuse_repeated()

    def _told(self, batches: Iterator[memoryview]) -> Iterator[memoryview]:
        for lines in batches:
            self.progress(Progress(READING, self.report.read, self.source.count))
            yield lines

    def _lines(self) -> Iterator[memoryview]:
        for batch in self.source.batches(BATCH):
            shaped = self.shaper.shape(batch)
            valued = self.valuer.value(batch)
            refused = self._tell(batch, valued, [*shaped.flaws, *valued.flaws, *batch.flaws])
            self._tell_strays(batch)
            self.report.read += len(batch.rows) + len(batch.not_rows)
            self.report.unwrapped += shaped.unwrapped
            contents = self.valuer.digests(valued, digests(shaped.origin))
            yield self.bench.lines(batch, shaped, valued, contents, refused)

    def _tell(self, batch: Batch, valued: Valued, flaws: Iterable[Flaw]) -> set[int]:
        ordered = sorted(flaws, key=lambda f: f.index)
        refused = {f.index for f in ordered if f.kind.weight is Weight.REFUSAL}
        for flaw in ordered:
            outcome = Outcome.REFUSED if flaw.index in refused else _OUTCOMES[flaw.kind.weight]
            row = int(batch.rows[flaw.index])
            told = Defect.of(row, valued.keys[flaw.index], flaw.kind, flaw.facts, outcome, flaw.place)
            self.report.log.add(told)
            if outcome is Outcome.ACCEPTED_WITH_DEFECT:
                self.acceptable.append(RowDefect(row, flaw.kind.code, told.text.en))
        return refused

    def _tell_strays(self, batch: Batch) -> None:
        self.report.strays += len(batch.not_rows)
        for cell in batch.not_rows:
            facts = {"found": cell.found, "expected": cell.expected, "value": cell.text[:80]}
            self.report.log.add(Defect.of(cell.row, None, defects.BROKEN_ROW, facts))

    def _refuse_repeated(self) -> None:
        for key, rows, contents in self.bench.repeated_keys():
            kind, wrong = (defects.DUPLICATE_ROW, rows[1:]) if contents == 1 else (defects.DUPLICATE_KEY, rows)
            facts = {"key": key, "rows": rows[0] if contents == 1 else listed(rows)}
            self._refuse(wrong, key, kind, facts)
        for number in (f for f in self.bench.filled if f.identifier):
            for value, rows in self.bench.repeated_numbers(number):
                facts = {"field": number.name, "value": value, "rows": listed(rows)}
                self._refuse(rows, value, defects.DUPLICATE_NUMBER, facts)

    def _refuse(self, rows: Sequence[int], key: str, kind: Kind, facts: Mapping[str, object]) -> None:
        for row in rows:
            self.report.log.add(Defect.of(row, key, kind, facts))
        self.bench.forget(rows)


def _ahead(items: Iterator[memoryview]) -> Iterator[memoryview]:
    """Yield items, the next one being made while one is used: the database parses one batch as the next is checked."""
    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(next, items, None)
        while (item := pending.result()) is not None:
            pending = pool.submit(next, items, None)
            yield item


def listed(rows: Sequence[int]) -> str:
    """Return rows as a reader takes them in."""
    return ", ".join(map(str, rows[:_LISTED])) + (", …" if len(rows) > _LISTED else "")


_OUTCOMES = {
    Weight.REFUSAL: Outcome.REFUSED,
    Weight.ACCEPTABLE: Outcome.ACCEPTED_WITH_DEFECT,
    Weight.WARNING: Outcome.ACCEPTED,
}
