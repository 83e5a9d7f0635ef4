"""The bench's lines: what is measured beside what, in alternating rounds, and what it must reach."""

import json
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from api.bench.load import Measure

ROUNDS: Final = 5


@dataclass(frozen=True, slots=True)
class Target:
    """What a line must reach.

    Attributes:
        against: the contenders that count; of several the best.
        factor: the engine's figure divided by theirs.
        at_least: the factor is a floor for rates; else it is a ceiling for costs.
    """

    against: tuple[str, ...]
    factor: float
    at_least: bool = True

    def ratio(self, ours: float, figures: Mapping[str, float]) -> float:
        """Return the engine's figure over the best of the others."""
        theirs = [figures[name] for name in self.against]
        return ours / (max(theirs) if self.at_least else min(theirs))

    def met(self, ratio: float) -> bool:
        """Tell whether the ratio reaches the target."""
        return ratio >= self.factor if self.at_least else ratio <= self.factor

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {self.factor:g} x {' and '.join(self.against)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table.

    Attributes:
        name: what is done.
        contenders: how each is measured, ``qala`` first; a rate or a cost, the same for all.
        targets: what must be reached.
        unit: of the figures.
        bound: a ceiling in absolute terms (name, measure, ceiling), beside the ratios.
    """

    name: str
    contenders: Mapping[str, Measure]
    targets: Sequence[Target] = ()
    unit: str = "/s"
    rounds: int = ROUNDS
    bound: tuple[str, Measure, float] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What a line gave: the median of its rounds for each contender."""

    line: Line
    figures: Mapping[str, float]
    bounded: float | None = None
    rounds: Mapping[str, Sequence[float]] = field(default_factory=dict)

    @property
    def verdicts(self) -> list[tuple[str, str, bool]]:
        """What was reached, what must be, and whether it is."""
        ours = self.figures["qala"]
        found = []
        for target in self.line.targets:
            ratio = target.ratio(ours, self.figures)
            found.append((f"{ratio:.2f} x", str(target), target.met(ratio)))
        if self.line.bound and self.bounded is not None:
            name, _, ceiling = self.line.bound
            found.append((f"{self.bounded:.3g} {name}", f"< {ceiling:g} {name}", self.bounded < ceiling))
        return found

    def as_json(self) -> dict[str, Any]:
        """Return the result for programs."""
        verdicts = [{"reached": r, "target": t, "met": met} for r, t, met in self.verdicts]
        rounds = {name: list(values) for name, values in self.rounds.items()}
        return {
            "work": self.line.name,
            "unit": self.line.unit,
            "median": dict(self.figures),
            "rounds": rounds,
            "targets": verdicts,
        }


def rounds_of(line: Line, rounds: int) -> Line:
    """Return a line measured in so many rounds."""
    return replace(line, rounds=rounds)


def run(lines: Iterable[Line], tell: Callable[[str], None]) -> list[Result]:
    """Measure the lines, in each the contenders in turn, round by round."""
    results = []
    for line in lines:
        tell(line.name)
        results.append(_measured(line))
        tell("  " + "; ".join(f"{reached} ({wanted})" for reached, wanted, _ in results[-1].verdicts))
    return results


def _measured(line: Line) -> Result:
    rounds: dict[str, list[float]] = {name: [] for name in line.contenders}
    for _ in range(line.rounds):
        for name, measure in line.contenders.items():
            rounds[name].append(measure())
    medians = {name: statistics.median(values) for name, values in rounds.items()}
    return Result(line, medians, line.bound[1]() if line.bound else None, rounds)


def show(results: Sequence[Result], title: str, *, as_json: bool) -> bool:
    """Print the results; tell whether every target is met."""
    met = all(fine for result in results for _, _, fine in result.verdicts)
    if as_json:
        print(json.dumps({"lines": [result.as_json() for result in results], "met": met}, indent=1))  # noqa: T201
        return met
    table = Table("work", "measured", "reached", "must reach", "", title=title)
    for result in results:
        figures = "\n".join(f"{name} {value:,.1f}{result.line.unit}" for name, value in result.figures.items())
        reached, wanted, marks = (_column(result, n) for n in range(3))
        table.add_row(result.line.name, figures, reached, wanted, marks, end_section=True)
    Console(width=130).print(table)
    return met


def _column(result: Result, number: int) -> str:
    shown = {True: "[green]met[/green]", False: "[red]short[/red]"}
    return "\n".join(shown[v[2]] if number == 2 else str(v[number]) for v in result.verdicts)
