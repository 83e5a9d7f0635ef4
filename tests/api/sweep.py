"""A sweep over every route of an application, in every role, for what may be nobody's to see.

It knows no route by name: it walks the application's own table, fills paths with what a register holds, and tries the
parameters that routes declare, the forms that answers take, and the bodies that acts have.
"""

import base64
import binascii
import gzip
import html
import io
import json
import math
import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any, Final
from urllib.parse import unquote

import httpx2
import pypdfium2
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

FORMS: Final = ("json", "geojson", "html", "pdf", "xml", "csv", "ndjson", "gml", "mvt", "flatgeobuf")
ACCEPTED: Final = (
    "application/json",
    "text/html",
    "application/pdf",
    "text/csv",
    "application/xml",
    "application/x-ndjson",
)
LEFT_OUT: Final = frozenset({"f", "reason", "disclosure", "dry-run", "limit", "offset", "lang", "wait"})
"""Parameters that are tried by themselves, or only say how much is told and in which language."""

MOST: Final = int(os.environ.get("QALA_TEST_WAYS", "4"))
"""Most ways in which the parameters of one path are filled by a thorough asker; more take minutes."""

FEW: Final = 2
"""Most of them by any other."""

MOST_SENT: Final = max(1, MOST // 3)
"""Most of them to which bodies are sent."""

_ENCODED = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){12,}")
_PART = re.compile(r"{(\w+)(?::\w+)?}")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def readings(content: bytes, depth: int = 3) -> Iterator[str]:
    """Yield every text that somebody could read out of an answer: unpacked, unescaped, decoded."""
    text = content.decode(errors="ignore")
    unescaped = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    yield from (text, unescaped, html.unescape(unescaped), unquote(text))
    yield from (content.decode(coding, errors="ignore") for coding in ("utf-16-le", "utf-16-be", "cp1251"))
    if depth:
        for inner in _unpacked(content):
            yield from readings(inner, depth - 1)


def _unpacked(content: bytes) -> Iterator[bytes]:
    try:
        if content.startswith(b"\x1f\x8b"):
            yield gzip.decompress(content)
        elif content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield from (archive.read(name) for name in archive.namelist())
        elif b"%PDF-" in content[:1024]:
            yield from _pages(content)
    except (OSError, EOFError, zipfile.BadZipFile, pypdfium2.PdfiumError):
        return
    for found in _ENCODED.findall(content):
        try:
            yield base64.urlsafe_b64decode(found.replace(b"+", b"-").replace(b"/", b"_") + b"==")
        except binascii.Error:
            continue
    yield from (bytes.fromhex(found.decode()) for found in _HEX.findall(content))


def _pages(content: bytes) -> Iterator[bytes]:
    document = pypdfium2.PdfDocument(content)
    yield json.dumps(document.get_metadata_dict(), ensure_ascii=False).encode()
    for page in document:
        yield page.get_textpage().get_text_bounded().encode()
    document.close()


def shown(content: bytes, secrets: Iterable[str], known: str = "") -> set[str]:
    """Return the secrets that an answer tells; what the asker said himself tells him nothing."""
    said = unquote(known).casefold()
    left = {folded: secret for secret in secrets if (folded := secret.casefold()) not in said}
    texts = (text.casefold() for text in readings(content))
    return {left[folded] for text in texts for folded in left if folded in text}


@dataclass(frozen=True)
class Ask:
    """One request."""

    method: str
    path: str
    route: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    accept: str | None = None

    def __str__(self) -> str:
        """Tell it in one line."""
        return (
            f"{self.method} {self.path} {dict(self.query)} {'' if self.body is None else self.body} {self.accept or ''}"
        )

    def send(self, client: httpx2.Client, secret: str | None) -> httpx2.Response:
        """Send it."""
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        if self.accept:
            headers["Accept"] = self.accept
        content = self.body if isinstance(self.body, bytes) else None
        told = None if isinstance(self.body, bytes) else self.body
        return client.request(
            self.method, self.path, params=dict(self.query) or None, headers=headers, content=content, json=told
        )


@dataclass(frozen=True)
class World:
    """What a register holds, to fill requests with.

    Attributes:
        named: values by the name of a path's parameter.
        numbers: for other parameters that are numbers.
        words: for others.
        bodies: what to send to routes that take a body.
    """

    named: Mapping[str, Sequence[object]]
    numbers: Sequence[int]
    words: Sequence[str]
    bodies: Sequence[Any]

    def values(self, name: str, *, numeric: bool) -> Sequence[object]:
        """Return what a parameter may be."""
        return self.named.get(name) or (self.numbers if numeric else self.words)


@dataclass(frozen=True)
class Door:
    """A path of the application, with the methods that it answers to and the parameters that it declares."""

    path: str
    methods: frozenset[str]
    dependant: Dependant | None

    @property
    def parts(self) -> list[str]:
        """Names of what must be filled in."""
        return _PART.findall(self.path)

    @property
    def numeric(self) -> set[str]:
        """Those of them that are numbers."""
        declared = [parameter for one in _flat(self.dependant) for parameter in one.path_params]
        return {parameter.alias for parameter in declared if parameter.field_info.annotation is int}

    @property
    def queries(self) -> list[str]:
        """Names of the parameters of the query that are declared."""
        return [parameter.alias for one in _flat(self.dependant) for parameter in one.query_params]

    def filled(self, values: Iterable[object]) -> str:
        """Return the path with its parts filled in."""
        left = iter(values)
        return _PART.sub(lambda _: str(next(left)), self.path)


def doors(app: FastAPI) -> list[Door]:
    """Return every path of an application; one that can't be read this way is an error, lest the sweep pass it by."""
    found = []
    for context in iter_route_contexts(app.routes):
        if context.path is None or context.methods is None:
            msg = f"the sweep can't ask {context.route!r}"
            raise TypeError(msg)
        dependant = getattr(context.original_route, "dependant", None)
        found.append(Door(context.path, frozenset(context.methods), dependant))
    return found


def known_parameters(door: Door, world: World, client: httpx2.Client, secrets: Iterable[str | None]) -> frozenset[str]:
    """Return what a door says it may be asked, when it is asked nonsense; what it declares where it says nothing."""
    path = next(_filled(door, world))
    for secret in secrets:
        told = Ask("GET", path, door.path, {"nonsense": "1"}).send(client, secret)
        if told.status_code == 400 and "allowed" in told.text:
            return frozenset(told.json().get("allowed", ())) | frozenset(door.queries)
    return frozenset({"f", "reason", "disclosure", *door.queries})


def asks(door: Door, world: World, known: frozenset[str], *, thorough: bool) -> Iterator[Ask]:
    """Yield requests to a door; a thorough asker tries every form of an answer, and each parameter with each value."""
    for number, path in enumerate(islice(_filled(door, world), MOST if thorough else FEW)):
        for method in sorted(door.methods - {"HEAD", "OPTIONS"}):
            if method == "GET":
                yield from _gets(door, path, world, known, thorough=thorough)
            elif number < MOST_SENT:
                yield from _sends(door, method, path, world)


def _filled(door: Door, world: World) -> Iterator[str]:
    """Yield the path filled in every way, those first that differ in every part."""
    choices = [list(world.values(name, numeric=name in door.numeric)) for name in door.parts]
    ways = list(product(*choices))
    step = next(n for n in range(len(ways) // 3 + 1, len(ways) + 2) if math.gcd(n, len(ways)) == 1)
    return (door.filled(ways[i * step % len(ways)]) for i in range(len(ways)))


def _sends(door: Door, method: str, path: str, world: World) -> Iterator[Ask]:
    for body, query in product(world.bodies, ({"reason": "sweep"}, {"dry-run": "true"})):
        yield Ask(method, path, door.path, query, body)


def _gets(door: Door, path: str, world: World, known: frozenset[str], *, thorough: bool) -> Iterator[Ask]:
    full = {name: value for name, value in (("reason", "sweep"), ("disclosure", "full")) if name in known}
    queries: list[dict[str, str]] = [{}, *([{"reason": "sweep"}] if "reason" in known else []), full]
    if "f" in known:
        queries += [full | {"f": form} for form in (FORMS if thorough else FORMS[:1])]
    for name in sorted(known - LEFT_OUT):
        values = ["true", *map(str, world.named.get(name, ())), *world.words] if thorough else ["true"]
        queries += [full | {name: value} for value in values]
    for query in {tuple(query.items()): query for query in queries}.values():
        yield Ask("GET", path, door.path, query)
    for accept in ACCEPTED if thorough else ():
        yield Ask("GET", path, door.path, {}, accept=accept)
        yield Ask("GET", path, door.path, full, accept=accept)


def _flat(dependant: Dependant | None) -> Iterator[Dependant]:
    if dependant is not None:
        yield dependant
        for deeper in dependant.dependencies:
            yield from _flat(deeper)


@dataclass(frozen=True)
class Look:
    """A look that the access log got while a request was answered."""

    actor: str
    role: str
    subject: str


@dataclass(frozen=True)
class Answer:
    """What came of one request in one role."""

    ask: Ask
    role: str
    status: int
    kept: str
    told: frozenset[str]
    looks: tuple[Look, ...]

    def fault(self, confidants: frozenset[str], unit_only: frozenset[str]) -> str | None:
        """Return what is wrong with it by the policy on persons, if anything is."""
        subjects = [look.subject for look in self.looks]
        if self.told:
            wrong = [
                "was told to a role that may not see it" * (self.role not in confidants),
                "was told without a stated reason" * ("reason" not in self.ask.query),
                "was told without a look on record" * (not self.looks),
                "may be kept by caches" * ("no-store" not in self.kept),
                "was told beyond a named unit"
                * (self.role in unit_only and not all(s.startswith("real_estate.unit ") for s in subjects)),
            ]
            found = "; ".join(each for each in wrong if each)
            return f"{self}: {sorted(self.told)} {found}" if found else None
        if self.looks and self.role not in confidants and subjects != ["qala.access"]:
            return f"{self}: looked though its role may not"
        return None

    def __str__(self) -> str:
        """Tell it in one line."""
        return f"[{self.role}] {self.ask} -> {self.status}, {len(self.looks)} looks"
