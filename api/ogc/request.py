"""Requests for items as values: every parameter read, checked and settled at the edge (OGC API Features, clause 7)."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.requests import Request

from api.moments import parse_moment, parse_span
from api.ogc.codes import titles
from gis.bbox import Window, parse_bbox, storage_windows
from gis.crs import CRS84, Crs, OwnSystem, parse_crs, transformer
from gis.draft import Overlay
from gis.errors import BadRequest, Conflict
from gis.instant import Instant, Reading
from gis.layer import Field, FieldType, Layer, VersionField
from gis.pages import PageQuery
from gis.profile import CityProfile
from gis.text import LANGUAGES, Text

DEFAULT_LIMIT: Final = 100
PAGE_LIMIT: Final = 10_000
"""The most features that a client reads as one page; what is above is a long answer, sent in batches."""
MOST: Final = 1_000_000

TIMES: Final = ("datetime", "recorded-at", "draft")
FORMS: Final = ("json", "geojson", "html")
COMMON: Final = ("f", "lang")
ITEMS: Final = (*TIMES, "bbox", "bbox-crs", "crs", "limit", "offset", "cursor", "count", *COMMON)


@dataclass(frozen=True, slots=True)
class ItemsRequest:
    """What ``/items`` was asked for.

    Attributes:
        query: which features.
        instant: on both axes.
        crs: of the answer.
        count: the exact number of all is wanted too.
    """

    query: PageQuery
    instant: Instant
    crs: Crs
    count: bool


@dataclass(frozen=True, slots=True)
class Parameters:
    """The query of one request, against what it may hold; ``draft`` is what the draft that it names lays over it."""

    given: Mapping[str, str]
    layer: Layer
    profile: CityProfile
    draft: Overlay | None = None

    def items(self) -> ItemsRequest:
        """Read a request for items."""
        valid_text = self.given.get("datetime", "")
        span = parse_span("datetime", valid_text, self.profile) if "/" in valid_text else None
        query = PageQuery(
            windows=self._windows(),
            srid=self.profile.srid,
            equals=self._equals(),
            span=span,
            offset=self._number("offset", 0, 0, MOST),
            limit=self._number("limit", DEFAULT_LIMIT, 1, MOST),
        )
        instant = self.instant(single=span is None)
        if "cursor" in self.given:
            query, instant = _continued(self.given["cursor"], query, instant)
        return ItemsRequest(query, instant, self.crs(), self._counted())

    def instant(self, *, single: bool = True) -> Instant:
        """Read the point on both axes."""
        valid = self._moment("datetime") if single else None
        return Instant(valid, self._moment("recorded-at"), self.draft)

    def crs(self) -> Crs:
        """Read the system of the answer; one that only a ballpark transformation leads to is refused."""
        if "crs" not in self.given:
            return CRS84
        crs = parse_crs(self.given["crs"], self._own)
        transformer(self.profile.system, crs.system)
        return crs

    @property
    def _own(self) -> OwnSystem | None:
        return self.profile.system if isinstance(self.profile.system, OwnSystem) else None

    def _windows(self) -> tuple[Window, ...] | None:
        crs = parse_crs(self.given["bbox-crs"], self._own) if "bbox-crs" in self.given else CRS84
        if "bbox" not in self.given:
            return None
        return storage_windows(parse_bbox(self.given["bbox"], crs), crs, self.profile.system)

    def _moment(self, name: str) -> datetime | None:
        return parse_moment(name, self.given[name], self.profile) if name in self.given else None

    def _number(self, name: str, default: int, least: int, most: int) -> int:
        text = self.given.get(name)
        if text is None:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 15 or not least <= int(text):
            raise BadRequest(_NUMBER.filled(name=name, text=text[:80], least=least, most=most), parameter=name)
        return min(int(text), most)

    def _counted(self) -> bool:
        return _one_of("count", self.given.get("count", "none"), ("exact", "none")) == "exact"

    def _equals(self) -> Mapping[str, object]:
        declared = {f.name: f for f in self.layer.properties}
        names = sorted(self.given.keys() & declared.keys() - set(ITEMS))
        return {name: self._value(declared[name], self.given[name]) for name in names}

    def _value(self, declared: Field | VersionField, text: str) -> object:
        """Read the value that a property is asked for; of a closed list, or of a classifier, only what it ever held."""
        allowed = declared.values
        if declared.codes:
            allowed = tuple(titles(self.profile, declared.codes, "en"))
        return _one_of(declared.name, text, allowed) if allowed else _typed(declared, text)


def read(request: Request, layer: Layer, profile: CityProfile, known: tuple[str, ...]) -> Parameters:
    """Return the query of a request; a parameter that is unknown or stands twice is refused.

    Raises:
        BadRequest: names the parameters that there are.
    """
    only(request, known)
    # A form in a browser sends a date that was left empty as an empty text.
    given = {name: text for name, text in request.query_params.items() if text or name not in TIMES}
    return Parameters(given, layer, profile)


def items_parameters(layer: Layer) -> tuple[str, ...]:
    """Return every parameter of a collection's items: the standard's, the register's, and one for each property."""
    return (*ITEMS, *(f.name for f in layer.properties if f.name not in ITEMS))


def only(request: Request, known: Iterable[str] = (), several: Iterable[str] = ()) -> None:
    """Refuse parameters that are unknown or stand twice, and languages that the register does not speak.

    Args:
        request: to anything but the WFS, whose parameters are not told apart by letter case.
        known: what the resource takes, beside ``lang``, which everything takes.
        several: what it takes more than once.

    Raises:
        BadRequest: names what there is; or the query is no percent-encoded UTF-8; or a control character in the path.
    """
    strange = next((c for c in request.scope["path"] if not c.isprintable()), None)
    if strange is not None:
        raise BadRequest(_UNPRINTABLE.filled(code=f"U+{ord(strange):04X}"))
    if not request.scope["query_string"]:
        return
    _require_utf8(request.scope["query_string"])
    given, allowed = request.query_params, list(dict.fromkeys((*several, *known, "lang")))
    for name in given:
        if name not in allowed:
            listed = ", ".join(allowed)
            raise BadRequest(_UNKNOWN.filled(name=name[:80], known=listed), parameter=name[:80], allowed=allowed)
        if len(given.getlist(name)) > 1 and name not in several:
            raise BadRequest(_TWICE.filled(name=name), parameter=name)
    if "lang" in given:
        _one_of("lang", given["lang"], LANGUAGES)


_UNPRINTABLE = Text(
    kk="Жолда {code} таңбасы бар: оны ешқандай нөмір не атау қамтымайды.",
    ru="В пути стоит символ {code}: его нет ни в одном номере или названии.",
    en="The path holds the character {code}, which no number or name does.",
)


def _require_utf8(query: bytes) -> None:
    """Refuse what the framework would silently read with replacement characters."""
    try:
        query.decode("ascii")
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        raise BadRequest(_NOT_UTF8) from None


def wants_html(request: Request, known: tuple[str, ...] = ("json", "html")) -> bool:
    """Tell whether the answer is for a browser: ``f``, else ``Accept`` (RFC 9110, 12.5.1).

    Raises:
        BadRequest: ``f`` is none of ``known``.
    """
    form = request.query_params.get("f")
    if form is not None:
        return _one_of("f", form, known) == "html"
    return _prefers_html(request.headers.get("accept", ""))


def is_for_browser(request: Request) -> bool:
    """Tell whether a refusal had better be a page: ``f=html`` asks for one, or ``Accept`` where there is no ``f``."""
    form = request.query_params.get("f")
    return _prefers_html(request.headers.get("accept", "")) if form is None else form == "html"


@lru_cache(maxsize=256)
def _prefers_html(accept: str) -> bool:
    if "html" not in accept:
        return False
    ranks = dict(_rank(part) for part in reversed(accept.split(",")))
    html = max(ranks.get("text/html", 0.0), ranks.get("application/xhtml+xml", 0.0))
    return html > max((rank for name, rank in ranks.items() if name.endswith("json")), default=0.0)


def _rank(part: str) -> tuple[str, float]:
    name, _, weight = part.partition(";q=")
    try:
        return name.strip().lower(), float(weight or 1)
    except ValueError:
        return name.strip().lower(), 0.0


def _one_of(name: str, text: str, known: tuple[str, ...]) -> str:
    if text in known:
        return text
    listed = ", ".join(known)
    raise BadRequest(_ONE_OF.filled(name=name, text=text[:80], known=listed), parameter=name, allowed=list(known))


def cursor(reading: Reading, after: int | None = None) -> str:
    """Return the cursor that keeps later pages at a reading; with ``after``, behind the last key of a page."""
    facts: dict[str, object] = {"a": after, "v": reading.valid.isoformat(), "r": reading.recorded.isoformat()}
    if reading.overlay is not None:
        facts["d"] = reading.overlay.revision
    return base64.urlsafe_b64encode(json.dumps(facts).encode()).decode().rstrip("=")


def _continued(cursor: str, query: PageQuery, instant: Instant) -> tuple[PageQuery, Instant]:
    try:
        facts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        after = None if facts["a"] is None else _integer(str(facts["a"]))
        valid, recorded = (_instant(facts[axis]) for axis in ("v", "r"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadRequest(_CURSOR, parameter="cursor") from None
    if instant.draft is not None and facts.get("d") != instant.draft.revision:
        raise Conflict(_EDITED, parameter="cursor", revision=instant.draft.revision)
    return replace(query, after=after), Instant(valid, recorded, instant.draft)


def _typed(declared: Field | VersionField, text: str) -> object:
    try:
        return _READ[declared.type](text)
    except (ValueError, OverflowError):
        facts = {"name": declared.name, "text": text[:80], "type": KINDS[declared.type]}
        raise BadRequest(_TYPE.filled(**facts), parameter=declared.name) from None


def _string(text: str) -> str:
    if "\x00" in text:
        raise ValueError
    return text


def _integer(text: str) -> int:
    if not re.fullmatch("[+-]?[0-9]{1,19}", text) or abs(int(text)) >= 2**63:
        raise ValueError
    return int(text)


def _number(text: str) -> float:
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", text):
        raise ValueError
    return float(text)


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError
    return text == "true"


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text.replace(" ", "+"))
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


_READ: Final = {
    FieldType.STRING: _string,
    FieldType.INTEGER: _integer,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: date.fromisoformat,
    FieldType.INSTANT: _instant,
}

KINDS: Final = {
    FieldType.STRING: Text(kk="мәтін", ru="текст", en="a text"),
    FieldType.INTEGER: Text(kk="бүтін сан", ru="целое число", en="a whole number"),
    FieldType.NUMBER: Text(kk="сан", ru="число", en="a number"),
    FieldType.BOOLEAN: Text(kk="true не false", ru="true или false", en="true or false"),
    FieldType.DATE: Text(kk="күн (2024-03-01)", ru="дата (2024-03-01)", en="a date (2024-03-01)"),
    FieldType.INSTANT: Text(
        kk="уақыт сәті (2024-03-01T09:00:00+05:00)",
        ru="момент времени (2024-03-01T09:00:00+05:00)",
        en="an instant (2024-03-01T09:00:00+05:00)",
    ),
}
"""What a value of a type is, for a refusal."""

_NOT_UTF8 = Text(
    kk="Мекенжайдағы параметрлер оқылмайды: олар UTF-8 кодтауында, пайыз белгісімен жазылуы тиіс, мысалы %D2%9B.",
    ru="Параметры в адресе не читаются: они должны быть в UTF-8 со знаками процента, например %D2%9B.",
    en="The parameters in the address can't be read: they must be percent-encoded UTF-8, for example %D2%9B.",
)
_UNKNOWN = Text(
    kk="«{name}» параметрі жоқ; мыналар бар: {known}.",
    ru="Параметра «{name}» нет; есть: {known}.",
    en="There is no parameter '{name}'; there are: {known}.",
)
_TWICE = Text(
    kk="«{name}» параметрі бір рет қана берілуі керек.",
    ru="Параметр «{name}» можно задать только один раз.",
    en="The parameter '{name}' may be given only once.",
)
_ONE_OF = Text(
    kk="{name}=«{text}» жарамайды; мыналардың бірі керек: {known}.",
    ru="{name}=«{text}» не годится; нужно одно из: {known}.",
    en="{name}='{text}' won't do; it takes one of: {known}.",
)
_NUMBER = Text(
    kk="{name}=«{text}» жарамайды; {least} пен {most} аралығындағы бүтін сан керек.",
    ru="{name}=«{text}» не годится; нужно целое число от {least} до {most}.",
    en="{name}='{text}' won't do; it takes a whole number from {least} to {most}.",
)
_TYPE = Text(
    kk="{name}=«{text}» жарамайды; керегі — {type}.",
    ru="{name}=«{text}» не годится; здесь ожидается {type}.",
    en="{name}='{text}' won't do; it takes {type}.",
)
_CURSOR = Text(
    kk="cursor оқылмайды; ол тек next сілтемесінен алынады. Бірінші беттен қайта бастаңыз.",
    ru="cursor не читается; он берётся только из ссылки next. Начните с первой страницы.",
    en="The cursor can't be read; it comes from a link 'next' only. Begin with the first page again.",
)
_EDITED = Text(
    kk="Беттер оқылып жатқанда жобаны біреу өзгертті. Бірінші беттен қайта бастаңыз.",
    ru="Пока читались страницы, черновик изменили. Начните с первой страницы.",
    en="The draft was edited while its pages were being read. Begin with the first page again.",
)
