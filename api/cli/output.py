"""What the command line says, to people and to programs."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from gis.errors import QalaError
from gis.text import Language

EXIT_CODES: Mapping[int, int] = {400: 2, 401: 7, 403: 7, 404: 3, 409: 4, 410: 3, 413: 2, 422: 5, 503: 6}
"""By a refusal's status: 2 bad input, 3 not there, 4 conflict, 5 a rule, 6 no database, 7 not allowed."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
console = Console()
errors = Console(stderr=True)


def say_error(error: QalaError, language: Language = "en") -> None:
    """Tell a refusal on standard error."""
    errors.print(f"qala: {error.in_language(language)}", style="red", markup=False, highlight=False, soft_wrap=True)


def say_json(value: object) -> None:
    """Print a value as JSON on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def say(told: str, as_facts: Mapping[str, object], *, json: bool) -> None:
    """Print one thing: a line for people, or the same as facts for programs."""
    if json:
        say_json(as_facts)
    else:
        sys.stdout.write(f"{told}\n")


def say_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table."""
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(table)


@contextmanager
def progress(title: str) -> Iterator[Callable[[str, float], None]]:
    """Show how far long work is; yields a function of (what is being done, share done from 0 to 1)."""
    shown = Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), console=errors
    )
    with shown:
        task = shown.add_task(title, total=1.0)

        def tell(step: str, share: float) -> None:
            shown.update(task, description=f"{title}: {step}", completed=min(max(share, 0.0), 1.0))

        yield tell


def facts(value: Any) -> Mapping[str, Any]:
    """Return a dataclass with slots as a mapping."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}
