"""Items: pages of features and single ones, as the database wrote them."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from importlib.metadata import version
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.drafts.asked import PARAMETER, overlay_for, spelled, with_draft
from api.moments import told
from api.ogc import request as asked
from api.ogc.links import GEOJSON, HTML, JSON, Address, Link, header, link, own_links
from api.ogc.pages_html import Pages
from api.ogc.request import ItemsRequest, Parameters, cursor, items_parameters
from api.origin import origin
from api.problems import language_of
from gis.crs import Crs
from gis.errors import Gone, NotFound
from gis.feature import FeatureReader, Sight
from gis.freshness import settle_layer
from gis.geojson import feature_row
from gis.instant import Instant, Reading
from gis.layer import Layer
from gis.pages import BATCH, Form, Page, PageReader
from gis.profile import CityProfile
from gis.record import Period
from gis.text import Text

SOFTWARE: Final = version("qala")

LONGEST_PAGE: Final = 1000
"""Features that a browser gets at once."""

_FORMS: Final = ("json", "geojson", "html")
_ASK_AGAIN: Final = {"Cache-Control": "no-cache", "Vary": "Accept, Accept-Language"}


class Items:
    """The features of one layer.

    Args:
        layer: whose features.
        profile: the city's.
        readers: connections of the public login, in autocommit mode.
        pages: writes what browsers get.
    """

    def __init__(
        self, layer: Layer, profile: CityProfile, readers: AsyncConnectionPool[AsyncConnection], pages: Pages
    ) -> None:
        self.layer = layer
        self._profile = profile
        self._reader = PageReader(readers, layer)
        self._features = FeatureReader(readers, layer)
        self._html = pages
        self._parameters = items_parameters(layer)
        self._forms: dict[str, Form] = {}

    async def items(self, request: Request) -> Response:
        """Answer ``/items``."""
        wanted = (await self._asked(request, self._parameters)).items()
        if asked.wants_html(request, _FORMS):
            return await self._items_page(request, wanted)
        if "if-none-match" in request.headers:
            reading = settle_layer(wanted.instant, await self._reader.head())
            if _knows(request, tag := _tag(request, reading)):
                return Response(status_code=304, headers={"ETag": tag, **_ASK_AGAIN})
        if wanted.query.limit > asked.PAGE_LIMIT:
            return await self._long_answer(request, wanted)
        page = await self._reader.page(wanted.instant, wanted.query, self._form(wanted.crs))
        matched = await self._reader.count(page.reading, wanted.query) if wanted.count else None
        links = _page_links(request, page)
        body = b"".join((_HEAD, page.body, _tail(page.count, matched, links)))
        return Response(body, headers=_headers(request, wanted, page.reading, links), media_type=GEOJSON)

    async def _long_answer(self, request: Request, wanted: ItemsRequest) -> Response:
        """Send an answer longer than a page batch by batch."""
        form = self._form(wanted.crs)
        first = await self._reader.page(wanted.instant, replace(wanted.query, limit=BATCH), form)
        matched = await self._reader.count(first.reading, wanted.query) if wanted.count else None
        headers = _headers(request, wanted, first.reading, [])
        batches = self._batches(request, wanted, first, form, matched)
        return StreamingResponse(batches, headers=headers, media_type=GEOJSON)

    async def _batches(
        self, request: Request, wanted: ItemsRequest, first: Page, form: Form, matched: int | None
    ) -> AsyncIterator[bytes]:
        """Yield a long answer; an error breaks the connection and never ends in a whole document."""
        yield _HEAD + first.body
        count, last = first.count, first
        async for page in self._reader.pages(first, wanted.query, form):
            if page.count:
                yield b"," + page.body
            count, last = count + page.count, page
        yield _tail(count, matched, _page_links(request, last))

    async def _items_page(self, request: Request, wanted: ItemsRequest) -> Response:
        query = replace(wanted.query, limit=min(wanted.query.limit, LONGEST_PAGE))
        page = await self._reader.page(wanted.instant, query, self._form(wanted.crs))
        content = json.loads(_HEAD + page.body + b"]}")
        address, language = Address.of(request), language_of(request)
        turns = _turns(address, page, query.offset, query.limit)
        body = self._html.items(self.layer, content, address, language, turns)
        return Response(body, headers={**_ASK_AGAIN, "Content-Language": language}, media_type=HTML)

    async def item(self, request: Request) -> Response:
        """Answer ``/items/{id}``; its ETag carries the feature's write token."""
        known = (*asked.TIMES, "crs", *asked.COMMON)
        parameters = await self._asked(request, known)
        feature_id, crs, instant = self._id(request), parameters.crs(), parameters.instant()
        html = asked.wants_html(request, _FORMS)
        sight = await self._features.look(feature_id, instant, self._form(crs))
        if sight is None:
            raise NotFound(_NEVER.filled(layer=self.layer.name, id=feature_id), layer=self.layer.name, id=feature_id)
        if sight.body is None:
            periods = await self._features.periods(feature_id, instant.recorded, instant.draft)
            raise self._gone(request, feature_id, sight, periods)
        links = self._item_links(request, sight, html=html)
        if html:
            return self._item_page(request, sight, links)
        headers = _item_headers(feature_id, crs, instant, sight, links)
        if _knows(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        return Response(sight.body[:-1] + b',"links":' + _dumps(links) + b"}", headers=headers, media_type=GEOJSON)

    async def _asked(self, request: Request, known: tuple[str, ...]) -> Parameters:
        """Read the query, and the draft that it names."""
        parameters = asked.read(request, self.layer, self._profile, known)
        return replace(parameters, draft=await overlay_for(request, parameters.given.get(PARAMETER)))

    def _item_page(self, request: Request, sight: Sight, links: list[Link]) -> Response:
        language = language_of(request)
        ways = [
            (each["rel"], f"{each['href']}{'&' if '?' in each['href'] else '?'}f=html&lang={language}")
            for each in links
            if each["rel"].endswith("-version")
        ]
        ways += [(each["rel"], each["href"]) for each in links if each["rel"] == "version-history"]
        body = self._html.feature(self.layer, json.loads(sight.body or b"{}"), Address.of(request), language, ways)
        return Response(body, headers={**_ASK_AGAIN, "Content-Language": language}, media_type=HTML)

    def _form(self, crs: Crs) -> Form:
        form = self._forms.get(crs.srs_name)
        if form is None:
            if len(self._forms) >= _MOST_FORMS:
                self._forms.clear()
            form = self._forms[crs.srs_name] = Form(f"geojson {crs.srs_name}", feature_row(self.layer, crs))
        return form

    def _id(self, request: Request) -> int:
        text = str(request.path_params["feature"])
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise NotFound(_NEVER.filled(layer=self.layer.name, id=text[:80]), layer=self.layer.name, id=text[:80])
        return int(text)

    def _gone(self, request: Request, feature_id: int, sight: Sight, periods: Sequence[Period]) -> Gone:
        """Return the refusal of a feature that is in force at another time, and where to look."""
        address = Address.of(request)
        facts = {"layer": self.layer.name, "id": feature_id}
        known = {**facts, "recorded_from": sight.recorded, "versions": f"{address.path}/versions"}
        if not periods:
            since = told(sight.recorded, self._profile)
            return Gone(_OFF_RECORD.filled(**facts, since=since), **known, look=[address.path])
        listed = "; ".join(f"{told(p.start, self._profile)} – {told(p.end, self._profile)}" for p in periods)
        in_force = [{"from": period.start, "to": period.end} for period in periods]
        look = [_at(address, moment) for moment in (_before(sight), sight.after) if moment]
        return Gone(_GONE.filled(**facts, periods=listed), **known, in_force=in_force, look=look)

    def _item_links(self, request: Request, sight: Sight, *, html: bool) -> list[Link]:
        address = Address.of(request)
        neighbours = {"predecessor-version": _before(sight), "successor-version": sight.after}
        return [
            *own_links(address, html=html, json_type=GEOJSON),
            link(address.to(f"/collections/{self.layer.name}"), "collection", JSON),
            link(f"{address.path}/versions", "version-history", JSON),
            link(with_draft(address.path, address.query.get(PARAMETER)), "latest-version", GEOJSON),
            *(link(_at(address, moment), rel, GEOJSON) for rel, moment in neighbours.items() if moment),
        ]


_MOST_FORMS = 50
_HEAD: Final = b'{"type":"FeatureCollection","features":['


def _tail(count: int, matched: int | None, links: list[Link]) -> bytes:
    numbers = {"numberReturned": count} if matched is None else {"numberMatched": matched, "numberReturned": count}
    return b"]," + _dumps({**numbers, "links": links})[1:]


def _dumps(content: Mapping[str, Any] | list[Link]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _page_links(request: Request, page: Page) -> list[Link]:
    address = Address.of(request)
    links = own_links(address, html=False, json_type=GEOJSON)
    if page.more:
        following = address.with_query(cursor=cursor(page.reading, page.last), offset=None)
        links.append(link(following, "next", GEOJSON))
    links.append(link(address.path.removesuffix("/items"), "collection", JSON))
    return links


def _turns(address: Address, page: Page, offset: int, limit: int) -> list[tuple[str, str]]:
    """Return the pages before and after one in a browser; all stay at the reading of the first."""
    kept = cursor(page.reading)
    turns = []
    if offset > 0:
        turns.append(("first", address.with_query(cursor=kept, offset=None)))
        turns.append(("prev", address.with_query(cursor=kept, offset=str(max(0, offset - limit)))))
    if page.more:
        turns.append(("next", address.with_query(cursor=kept, offset=str(offset + limit))))
    return turns


def _headers(request: Request, wanted: ItemsRequest, reading: Reading, links: list[Link]) -> dict[str, str]:
    headers = {"ETag": _tag(request, reading), "Content-Crs": f"<{wanted.crs.uri}>", **_ASK_AGAIN}
    return {**headers, "Link": header(links)} if links else headers


def _item_headers(feature_id: int, crs: Crs, instant: Instant, sight: Sight, links: list[Link]) -> dict[str, str]:
    headers = {
        "ETag": f'"{feature_id}-{spelled(sight.token)}.{sight.version}"',
        "Content-Crs": f"<{crs.uri}>",
        "Link": header(links),
    }
    if instant.valid is not None:
        headers["Memento-Datetime"] = sight.at.strftime("%a, %d %b %Y %H:%M:%S GMT")
    return headers | _ASK_AGAIN


def _tag(request: Request, reading: Reading) -> str:
    """Return the ETag of a page: all that its bytes depend on.

    A reading of the present is pinned to the layer's last changeset and to the last legal date that passed, so that it
    is the same until either moves on; with a draft laid over it, until that is edited as well. Everybody is disclosed
    the same; the address stands in the links.
    """
    overlay = reading.overlay
    draft = "" if overlay is None else f"{overlay.draft_id}.{overlay.revision}"
    parts = (SOFTWARE, origin(request), request.url.path, request.url.query, draft)
    times = (reading.valid.isoformat(), reading.recorded.isoformat())
    return f'"{blake2b(chr(0).join((*parts, *times)).encode(), digest_size=12).hexdigest()}"'


def _knows(request: Request, tag: str) -> bool:
    """Compare weakly (RFC 9110, 13.1.2): a proxy that packs the body marks the ETag as weak."""
    sent = request.headers.get("if-none-match", "")
    return sent.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in sent.split(","))


def _at(address: Address, moment: datetime) -> str:
    return address.with_query(datetime=moment.astimezone(UTC).isoformat().replace("+00:00", "Z"), f=None, lang=None)


def _before(sight: Sight) -> datetime | None:
    """Return a moment at which the version before was in force: its first, or where it has none, its last."""
    before = sight.before
    if before is None or before.end is None:
        return None
    return before.start or before.end - timedelta(seconds=1)


_NEVER = Text(
    kk="{layer} қабатында {id} нысаны ешқашан тіркелмеген.",
    ru="В слое {layer} объект {id} никогда не регистрировался.",
    en="Feature {id} was never registered in {layer}.",
)
_OFF_RECORD = Text(
    kk="{layer} қабатының {id} нысаны сұралған жазбада жоқ; тізілім ол туралы {since} сәтінен бастап біледі.",
    ru="Объекта {id} слоя {layer} в запрошенной записи нет; регистр знает о нём с {since}.",
    en="Feature {id} of {layer} is not in the record asked for; the register has known of it since {since}.",
)
_GONE = Text(
    kk="{layer} қабатының {id} нысаны сұралған кезде күшінде емес; ол мына кезеңдерде күшінде: {periods}.",
    ru="Объект {id} слоя {layer} на запрошенный момент не действует; он действует в периоды: {periods}.",
    en="Feature {id} of {layer} is not in force at the moment asked for; it is in force: {periods}.",
)
