"""``qala route``: a way from one place to another, on any date, told, explained, or written into a file."""

import asyncio
import json as json_format
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from api.cli.city import readable, register_of
from api.cli.output import EXIT_CODES, Json, progress, say_error, say_json
from api.cli.overlay import overlay_by_name
from api.origin import public_url
from api.routing.answers import Document, dumped
from api.routing.asked import Question
from api.routing.bodies import STANDARD, AvoidBody, ProfileBody, RouteBody, made
from api.routing.conforming import way_held
from api.routing.explaining import way_explained
from api.routing.finding import Found, found_ways
from api.routing.forms import require_room
from api.routing.telling import FILES, document, written
from api.routing.work import Desk
from cadastres.address.finder import Finder, search_pool
from cadastres.address.search import Found as Address
from data.installation import Installation
from gis.errors import BadRequest, QalaError
from gis.instant import Instant
from gis.register import Register
from gis.text import LANGUAGES, Language, Text
from routing.shelf import Shelf

Valid = Annotated[str | None, typer.Option("--datetime", help="The map of this legal date; today's.")]
Recorded = Annotated[str | None, typer.Option("--recorded-at", help="As the register knew it then.")]
Draft = Annotated[str | None, typer.Option(help="With this draft laid over the register.")]
Lang = Annotated[str, typer.Option(help="Language: kk, ru or en.")]
City = Annotated[
    str | None, typer.Option("--city", envvar="QALA_PROFILE", help="A bundled city's id, or a profile file.")
]

Said = tuple[Document, Sequence[str]]
"""An answer as facts for programs, and as lines for people."""


def route(
    start: Annotated[str, typer.Argument(metavar="FROM", help="lon,lat; a cadastral number; an address; РКА.")],
    end: Annotated[str, typer.Argument(metavar="TO", help="As FROM.")],
    profile: Annotated[str, typer.Option(help="Who moves: foot, wheelchair-manual, blind, car, ...")] = STANDARD,
    limit: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="A limit of one's own, as max_kerb=0.02; may be given again."),
    ] = None,
    unknown: Annotated[str | None, typer.Option(help="Unknown attributes: accept, penalise or bar.")] = None,
    via: Annotated[list[str] | None, typer.Option(help="A place on the way; may be given again.")] = None,
    avoid: Annotated[
        list[str] | None,
        typer.Option(help="What is not to be passed: a feature's id, or a GeoJSON file of areas; may be given again."),
    ] = None,
    alternatives: Annotated[int, typer.Option(help="How many other ways are wanted, 5 at most.")] = 0,
    shortest: Annotated[bool, typer.Option("--shortest", help="The shortest way, not the quickest.")] = False,
    departure: Annotated[str | None, typer.Option(help="When to set off, with its offset from UTC; now.")] = None,
    why: Annotated[bool, typer.Option("--why", help="Tell why not the shorter way: what bars it.")] = False,
    norms: Annotated[bool, typer.Option("--norms", help="Hold the way against the norms of accessibility.")] = False,
    valid: Valid = None,
    recorded: Recorded = None,
    draft: Draft = None,
    crs: Annotated[str | None, typer.Option(help="Of coordinates; longitude, latitude.")] = None,
    to: Annotated[Path | None, typer.Option(help=f"File to be written: {', '.join(FILES)}")] = None,
    lang: Lang = "kk",
    city: City = None,
    json: Json = False,
) -> None:
    """Find a way and tell it, say why it is the best, hold it against norms, or write it into a file."""
    if why and norms:
        raise BadRequest("--why and --norms are two questions; ask one of them")
    body = made(
        RouteBody,
        **{"from": start, "to": end, "via": via or []},
        profile=made(ProfileBody, **_limits(limit or [], profile, unknown)),
        avoid=_avoided(avoid or []),
        alternatives=alternatives,
        preference="shortest" if shortest else "fastest",
        departure=departure,
        crs=crs,
    )
    form = None if to is None else _form(to)
    require_room(form or "json", alternatives, None)
    at = {"datetime": valid, "recorded-at": recorded}
    with asking("route", city, lang, at, draft, departure=departure, crs=crs) as question:
        link = "" if limit or avoid or via or shortest else _link(body, profile, unknown, at, lang)
        saved = None if to is None or form is None else _saved(question, body, to, form, link)
        if why or norms or saved is None:
            facts, lines = (_why if why else _norms if norms else _way)(question, body)
        else:
            facts, lines = document(question, saved), [f"{to}: {_summed(saved)}"]
        if json:
            say_facts({**facts, "file": None if to is None else str(to)})
        else:
            sys.stdout.write("\n".join(lines) + "\n")


def _way(question: Question, body: RouteBody) -> Said:
    found = found_ways(question, body)
    return document(question, found), written(question, found, "text").decode().splitlines()


def _why(question: Question, body: RouteBody) -> Said:
    facts = way_explained(question, body)
    return facts, facts["sentences"]


def _norms(question: Question, body: RouteBody) -> Said:
    facts = way_held(question, body)
    wrong = [each for each in facts["objects"] if each["worst"] != "met"]
    return facts, [*map(judged, wrong), counted(facts["verdicts"], facts["without_norm"], question.language)]


def _saved(question: Question, body: RouteBody, to: Path, form: str, link: str) -> Found:
    found = found_ways(question, body)
    save(to, written(question, found, form, link=link))
    return found


def _link(body: RouteBody, profile: str, unknown: str | None, at: Mapping[str, str | None], lang: str) -> str:
    """Return where the served city offers the same way, for a sheet's square code; nothing where it isn't served."""
    public = public_url()
    asked = {"from": body.start, "to": body.end, "profile": profile, "unknown": unknown, "departure": body.departure}
    query = {**asked, "crs": body.crs, **at, "lang": lang}
    return "" if public is None else f"{public}/routing/route?{urlencode({k: v for k, v in query.items() if v})}"


def _summed(found: Found) -> str:
    best = found.routes[0]
    return f"{best.length:.0f} m, {best.seconds / 60:.0f} min"


@contextmanager
def asking(
    title: str,
    city: str | None,
    lang: str,
    at: Mapping[str, str | None],
    draft: str | None,
    *,
    departure: str | None = None,
    crs: str | None = None,
) -> Iterator[Question]:
    """Open a city's register for a question about its streets, and show how far the answer is.

    Raises:
        Exit: of the code that goes with a refusal, once that is told in the asker's language.
    """
    language = _language(lang)
    given = {name: text for name, text in at.items() if text}
    with register_of(city) as register, progress(title) as tell:
        overlay = overlay_by_name(register, draft)
        finding = addresses_of(register)
        try:
            desk = Desk(register, Shelf(Installation().home / "routing"))
            yield Question(desk, finding, lambda: overlay, language, given, tell, departure, crs)
        except QalaError as refusal:
            say_error(refusal, language)
            raise typer.Exit(EXIT_CODES.get(refusal.status, 1)) from None


def _limits(given: Sequence[str], profile: str, unknown: str | None) -> dict[str, Any]:
    """Return the members of a profile's body: ``surfaces=asphalt,paved``, ``unknowns.width=bar``, ``max_kerb=0.02``."""
    own: dict[str, Any] = {} if unknown is None else {"unknown": unknown}
    for text in given:
        name, said, value = (part.strip() for part in text.partition("="))
        if not (name and said and value) or name == "name":
            raise BadRequest(f"--limit={text[:80]}: write NAME=VALUE, for example max_kerb=0.02")
        if name == "surfaces":
            own[name] = [surface.strip() for surface in value.split(",")]
        elif name.startswith("unknowns."):
            own.setdefault("unknowns", {})[name.removeprefix("unknowns.")] = value
        else:
            own[name] = value
    return {**own, "name": profile}


def _avoided(given: Sequence[str]) -> AvoidBody:
    features = [int(text) for text in given if text.isdecimal()]
    polygons = [area for text in given if not text.isdecimal() for area in _areas(Path(text))]
    return made(AvoidBody, features=features, polygons=polygons)


def _areas(file: Path) -> Iterator[Any]:
    """Yield the geometries of a GeoJSON file."""
    try:
        whole = json_format.loads(readable(file).read_bytes())
    except (OSError, ValueError, RecursionError):
        raise BadRequest(f"--avoid={file}: it is neither a feature's id nor GeoJSON") from None
    features = whole.get("features") if isinstance(whole, dict) and "features" in whole else [whole]
    for feature in features if isinstance(features, list) else [None]:
        yield feature.get("geometry", feature) if isinstance(feature, dict) else feature


def _form(to: Path) -> str:
    form = FILES.get(to.suffix.lower())
    if form is None:
        raise BadRequest(f"--to={to.name}: no such file is written; known are {', '.join(FILES)}")
    return form


def save(to: Path, content: bytes) -> None:
    """Write a file, the whole of it or nothing."""
    part = to.with_name(f".{to.name}.part")
    try:
        part.write_bytes(content)
        part.replace(to)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BadRequest(f"{to} can't be written: {error.strerror or error}") from None


def say_facts(facts: Document) -> None:
    """Print an answer as the server would give it."""
    say_json(json_format.loads(dumped(facts)))


def judged(each: Document) -> str:
    """Return what norms say of an object, as a line: what is wrong, and by which clauses."""
    cited = "; ".join(one["cited"] for one in each["norms"] if one["verdict"] != "met")
    return f"{each['sentence']} [{cited}]" if cited else str(each["sentence"])


def counted(verdicts: Mapping[str, int], without: int, language: Language) -> str:
    """Return how many objects there are of each verdict, as a line."""
    return _COUNTED.filled(**verdicts, without=without).in_language(language)


def addresses_of(register: Register) -> Callable[[str, Instant], Sequence[Address]]:
    """Return what finds addresses of a register outside a server."""

    def find(text: str, instant: Instant) -> Sequence[Address]:
        async def ask() -> Sequence[Address]:
            async with search_pool(register.database.reader, 1) as pool:
                return (await Finder(pool, register.profile).find(text, instant, limit=5)).found

        return asyncio.run(ask())

    return find


def _language(lang: str) -> Language:
    for known in LANGUAGES:
        if lang == known:
            return known
    raise BadRequest(f"--lang={lang} is none of {', '.join(LANGUAGES)}")


_COUNTED = Text(
    kk="Нысандар: нормаға сай {met}, қайшы {broken}, шартқа байланысты {conditional}, мәні белгісіз {unknown}; "
    "норма қойылмағаны {without}.",
    ru="Объекты: соответствуют нормам {met}, нарушают {broken}, зависит от условия {conditional}, не известно "
    "{unknown}; без норм {without}.",
    en="Objects: {met} meet the norms, {broken} break them, {conditional} depend on a condition, of {unknown} the "
    "value is not known; {without} without a norm.",
)
