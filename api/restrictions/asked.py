"""What every request about restrictions may say: the point on both axes, the draft, the form of the answer."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from api.drafts.asked import overlay_of
from api.problems import language_of
from api.real_estate.copies import instant_of
from gis.coverage import Statistics
from gis.errors import BadRequest, NotFound
from gis.instant import Instant
from gis.layer import Layer
from gis.overlay import restricting
from gis.register import Register
from gis.text import Text

TIMES: Final = ("datetime", "recorded-at", "draft")
CSV: Final = "text/csv; charset=utf-8"
JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
_CHUNK: Final = 1 << 15


def instant_asked(request: Request) -> Instant:
    """Return the point on both axes and the draft that a request names.

    Raises:
        BadRequest: no moment.
        QalaError: the draft can't be read (:func:`api.drafts.asked.overlay_of`).
    """
    at = instant_of(request)
    return Instant(at.valid, at.recorded, overlay_of(request))


def statistics_of(request: Request) -> Statistics:
    """Return what asks the register for statistics at the request's instant."""
    register: Register = request.app.state.register
    profile = register.profile
    return Statistics(
        connecting=register.reading,
        instant=instant_asked(request),
        srid=profile.srid,
        tolerance=profile.tolerances.linear,
    )


def form_of(request: Request, *known: str) -> str:
    """Return the form asked for by ``f``; the first one without it.

    Raises:
        BadRequest: names the forms there are.
    """
    form = request.query_params.get("f", known[0])
    if form not in known:
        named = list(dict.fromkeys(known))
        raise BadRequest(_NO_FORM.filled(form=form[:40], known=", ".join(named)), parameter="f", known=named)
    return form


def restricting_layers(request: Request) -> list[Layer]:
    """Return the layers that a request names by ``layers``, else all that restrict.

    Raises:
        NotFound: a layer that does not restrict, or is not there.
    """
    register: Register = request.app.state.register
    known = restricting(register.layers)
    asked = request.query_params.get("layers")
    if asked is None:
        return list(known.values())
    names = [name.strip() for name in asked.split(",")]
    for name in names:
        if name not in known:
            listed = ", ".join(known)
            raise NotFound(_NO_RESTRICTION.filled(name=name[:60], known=listed), layer=name[:60], known=list(known))
    return [known[name] for name in dict.fromkeys(names)]


def streamed(request: Request, parts: Iterator[str], media_type: str, name: str | None = None) -> Response:
    """Return an answer written as it is read; what fails before its first part is told as a refusal."""
    first = next(parts, "")
    headers = {"Content-Language": language_of(request), "Cache-Control": "no-cache"}
    if name is not None:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return StreamingResponse(_coalesced(chain([first], parts)), headers=headers, media_type=media_type)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the lines of a CSV file (RFC 4180); what a spreadsheet would take for a formula is marked as text."""
    head = _line(columns)
    for row in rows:
        yield head + _line(row)
        head = ""
    if head:
        yield head


def _line(cells: Sequence[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([_harmless(cell) for cell in cells])
    return buffer.getvalue()


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def listed(head: str, items: Iterable[Any], tail: Iterator[str]) -> Iterator[str]:
    """Yield a JSON document: what stands before a list, the list item by item, what stands behind."""
    opening = head  # goes out with the first item, so that what fails before it can still be told as a refusal
    for item in items:
        yield opening + json.dumps(item, ensure_ascii=False)
        opening = ","
    if opening == head:
        yield head
    yield from tail


def _coalesced(parts: Iterator[str]) -> Iterator[bytes]:
    """Yield the same in parts of a useful size."""
    held: list[str] = []
    size = 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= _CHUNK:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()


_NO_FORM: Final = Text(
    kk="f=«{form}» түрі жоқ; мыналар бар: {known}.",
    ru="Вида f=«{form}» нет; есть: {known}.",
    en="There is no form f='{form}'; there are: {known}.",
)
_NO_RESTRICTION: Final = Text(
    kk="«{name}» шектеу қабаты жоқ. Шектеу қабаттары: {known}.",
    ru="Слоя ограничений «{name}» нет. Слои ограничений: {known}.",
    en="There is no layer of restrictions '{name}'. The layers of restrictions are: {known}.",
)
