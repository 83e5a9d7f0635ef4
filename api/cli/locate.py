"""``qala address locate``: a file of addresses found on the register."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from api.address.batch import STATUSES, Table, table_of, written
from api.cli.city import Profile, readable, register_of
from api.cli.output import Json, console, progress, say_json
from api.cli.overlay import overlay_by_name
from api.moments import parse_moment
from cadastres.address.finder import TEAM, Finder, search_pool
from cadastres.address.search import Found
from gis.errors import BadRequest
from gis.instant import Instant
from gis.register import Register
from gis.text import LANGUAGES, Language


def locate(
    file: Annotated[Path, typer.Argument(help="CSV with a column of addresses, of 100 000 rows at most.")],
    out: Annotated[Path, typer.Option(help="CSV to be written: the same rows with what was found.")],
    column: Annotated[str | None, typer.Option(help="Which column; by default 'address', 'адрес', 'мекенжай'.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of the file, e.g. cp1251; by default UTF-8.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="comma, semicolon, tab or pipe; seen when not given.")] = None,
    lang: Annotated[str, typer.Option(help="Language of the addresses told: kk, ru or en.")] = "kk",
    valid: Annotated[str | None, typer.Option("--datetime", help="As of this legal date; now when not given.")] = None,
    recorded: Annotated[str | None, typer.Option("--recorded-at", help="As the register knew it then.")] = None,
    draft: Annotated[str | None, typer.Option(help="With this draft laid over the register.")] = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Find the addresses of a file on the register; every row comes back, with its status."""
    given = {"column": column, "encoding": encoding, "delimiter": delimiter}
    table = table_of(readable(file).read_bytes(), {name: text for name, text in given.items() if text})
    language = _language(lang)
    with register_of(profile) as register, progress(file.name) as tell:
        city = register.profile
        instant = Instant(
            parse_moment("--datetime", valid, city) if valid else None,
            parse_moment("--recorded-at", recorded, city) if recorded else None,
            overlay_by_name(register, draft),
        )
        asyncio.run(_write(register, table, instant, _Target(out, language, tell)))
    totals = {**table.totals(), "file": str(out)}
    if json:
        say_json(totals)
    else:
        told = ", ".join(f"{status} {table.counts[status]}" for status in STATUSES)
        console.print(f"{out}: {len(table.rows)} rows: {told}", markup=False, highlight=False)


class _Target:
    """Where the answer goes, in which language, and who hears how far it is."""

    def __init__(self, file: Path, language: Language, tell: Callable[[str, float], None]) -> None:
        self.file, self.language, self.tell = file, language, tell
        self.part = file.with_name(f".{file.name}.part")


async def _write(register: Register, table: Table, instant: Instant, target: _Target) -> None:
    """Write the answer; the file appears under its name when it is whole."""
    try:
        async with search_pool(register.database.reader, TEAM) as pool:
            found = Finder(pool, register.profile).locate([row.text or "" for row in table.rows], instant)
            with target.part.open("wb") as file:
                async for lines in written(table, _watched(found, len(table.rows), target.tell), target.language):
                    file.write(lines)
        target.part.replace(target.file)
    except OSError as error:
        raise BadRequest(f"{target.file} can't be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            target.part.unlink(missing_ok=True)


async def _watched(
    found: AsyncIterator[Sequence[Found | None]], rows: int, tell: Callable[[str, float], None]
) -> AsyncIterator[Sequence[Found | None]]:
    """Hand the chunks on and tell how many rows are done."""
    done = 0
    async for chunk in found:
        done += len(chunk)
        tell(f"{done} of {rows}", done / rows)
        yield chunk


def _language(lang: str) -> Language:
    for known in LANGUAGES:
        if lang == known:
            return known
    raise BadRequest(f"--lang={lang} is none of {', '.join(LANGUAGES)}")
