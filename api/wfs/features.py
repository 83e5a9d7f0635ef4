"""GetFeature, GetPropertyValue and GetFeatureById: members that the database writes, in an envelope that tells of them.

A page is one statement. An answer longer than a batch is counted first and then sent batch by batch, each in a short
transaction of its own; all batches show the same point on both axes, so that nothing written meanwhile gets in.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from functools import lru_cache

from fastapi import Response
from fastapi.responses import StreamingResponse
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from starlette.types import Receive, Scope, Send

from api.moments import told
from api.wfs import collection
from api.wfs.capabilities import GML_FORMAT
from api.wfs.collection import Addresses, Envelope, Extract
from api.wfs.errors import unknown_value
from api.wfs.names import ResourceId
from api.wfs.request import FeatureQuery
from gis import gml
from gis.crs import Crs
from gis.errors import Gone, NotFound
from gis.feature import FeatureReader, Sight
from gis.geojson import feature_row
from gis.instant import Instant
from gis.layer import Layer
from gis.pages import BATCH, Form, Page, PageQuery, PageReader
from gis.profile import CityProfile
from gis.text import Text

GEOJSON = "application/geo+json"
_MEMBER = b"<wfs:member>"


class Answers:
    """Answers queries.

    Args:
        pool: connections of the public login, in autocommit mode.
        layers: those that may be asked for.
        profile: the city's.
    """

    def __init__(
        self, pool: AsyncConnectionPool[AsyncConnection], layers: Mapping[str, Layer], profile: CityProfile
    ) -> None:
        self._readers = {name: PageReader(pool, layer) for name, layer in layers.items()}
        self._features = {name: FeatureReader(pool, layer) for name, layer in layers.items()}
        self._srid = profile.srid
        self._profile = profile
        # A form's text is long, and most requests ask for one of few.
        self._kept = lru_cache(maxsize=128)(self._made)

    async def features(self, query: FeatureQuery, addresses: Addresses) -> Response:
        """Answer GetFeature: a page at once, a longer answer in batches."""
        form = self._kept(query.layer.name, query.crs, query.only, query.json)
        envelope = collection.geojson if query.json else collection.features
        if query.hits:
            return _whole(await self._counted(query, form), b"", query, envelope, addresses)
        first = await self._page(query, form)
        if not first.more or query.count <= BATCH:
            return _whole(_extract(query, first), first.body, query, envelope, addresses)
        matched = await self._reader(query).count(first.reading, self._asked(query))
        returned = min(query.count, matched - query.start)
        extract = Extract(
            reading=first.reading, matched=matched, returned=returned, more=query.start + returned < matched
        )
        head, foot = envelope(query, extract, addresses)
        return StreamingResponse(self._batches(query, form, first, head, foot), media_type=_media_type(query))

    async def values(self, query: FeatureQuery, name: str, addresses: Addresses) -> Response:
        """Answer GetPropertyValue; a feature without a value has no member, and an answer is a page at most."""
        known = [*(declared.name for declared in query.layer.properties), gml.GEOMETRY]
        if name not in known:
            raise unknown_value("VALUEREFERENCE", name, ", ".join(known))
        row = gml.value(query.layer, name, query.crs, self._srid)
        form = Form(f"value {name} {query.crs.srs_name}", row, separator="")
        query = replace(query, count=min(query.count, BATCH))
        if query.hits:
            return _whole(await self._counted(query, form), b"", query, collection.values, addresses)
        page = await self._page(query, form)
        members = page.body.count(_MEMBER)
        extract = replace(_extract(query, page), returned=members, matched=None)
        if not page.more and query.start == 0:
            extract = replace(extract, matched=members)
        return _whole(extract, page.body, query, collection.values, addresses)

    async def feature(self, named: ResourceId, crs: Crs, instant: Instant, addresses: Addresses) -> Response:
        """Answer GetFeatureById: the bare feature.

        Raises:
            NotFound: none of that id was ever registered.
            Gone: it is in force at another time; the message says when.
        """
        form = Form(f"bare {crs.srs_name}", gml.feature(named.layer, crs, self._srid))
        sight = await self._features[named.layer.name].look(named.feature_id, instant, form)
        if sight is None:
            raise no_feature(gml.gml_id(named.layer, named.feature_id))
        if sight.body is None:
            facts = {"id": gml.gml_id(named.layer, named.feature_id), "periods": _periods(sight, self._profile)}
            raise Gone(_GONE.filled(**facts), parameter="ID")
        names = collection.declarations(named.layer, addresses).encode()
        body = collection.DECLARATION.encode() + sight.body.replace(b" ", names + b" ", 1)
        return Response(body, media_type=GML_FORMAT)

    def _made(self, name: str, crs: Crs, only: frozenset[str] | None, json: bool) -> Form:  # noqa: FBT001  (a format)
        layer = self._readers[name].layer
        if json:
            return Form(f"geojson {crs.srs_name}", feature_row(layer, crs))
        chosen = "*" if only is None else ",".join(sorted(only))
        return Form(f"gml {crs.srs_name} {chosen}", gml.member(layer, crs, self._srid, only), separator="")

    def _reader(self, query: FeatureQuery) -> PageReader:
        return self._readers[query.layer.name]

    def _asked(self, query: FeatureQuery) -> PageQuery:
        """Return the page that a query asks for; behind a known key no features need to be passed over."""
        offset = 0 if query.after is not None else query.start
        return PageQuery(
            windows=query.windows,
            srid=self._srid,
            ids=query.ids,
            after=query.after,
            offset=offset,
            limit=query.count,
        )

    async def _page(self, query: FeatureQuery, form: Form) -> Page:
        asked = self._asked(query)
        return await self._reader(query).page(query.instant, replace(asked, limit=min(asked.limit, BATCH)), form)

    async def _counted(self, query: FeatureQuery, form: Form) -> Extract:
        """Count all features of a query, whatever page it asks for."""
        nothing = await self._reader(query).page(query.instant, replace(self._asked(query), limit=0), form)
        matched = await self._reader(query).count(nothing.reading, self._asked(query))
        return Extract(reading=nothing.reading, matched=matched, returned=0)

    async def _batches(
        self, query: FeatureQuery, form: Form, first: Page, head: bytes, foot: bytes
    ) -> AsyncIterator[bytes]:
        """Yield a long answer; an error on the way breaks the connection, so that nobody takes a part for the whole."""
        yield head + first.body
        separator = form.separator.encode()
        async for page in self._reader(query).pages(first, self._asked(query), form):
            yield separator + page.body if page.count else b""
        yield foot


def _extract(query: FeatureQuery, page: Page) -> Extract:
    """Tell what a page is; one that ends the whole tells its number as well."""
    ends = not page.more and (page.count > 0 or query.start == 0)
    matched = query.start + page.count if ends else None
    return Extract(reading=page.reading, matched=matched, returned=page.count, last=page.last, more=page.more)


def _whole(extract: Extract, body: bytes, query: FeatureQuery, envelope: Envelope, addresses: Addresses) -> Response:
    head, foot = envelope(query, extract, addresses)
    return _Parts((head, body, foot), _media_type(query))


class _Parts(Response):
    """Sends pieces one after another: to join them would copy megabytes."""

    def __init__(self, parts: tuple[bytes, ...], media_type: str) -> None:
        self._parts = parts
        super().__init__(headers={"content-length": str(sum(map(len, parts)))}, media_type=media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them."""
        del scope, receive
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for part in self._parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _media_type(query: FeatureQuery) -> str:
    return GEOJSON if query.json else GML_FORMAT


def no_feature(identifier: str) -> NotFound:
    """Return the refusal of an id that nothing ever had."""
    return NotFound(_NO_FEATURE.filled(id=identifier[:100]), parameter="ID")


def _periods(sight: Sight, profile: CityProfile) -> str:
    """Return when the feature is in force nearest to the point looked at."""
    before = [f"{told(sight.before.start, profile)} – {told(sight.before.end, profile)}"] if sight.before else []
    after = [f"{told(sight.after, profile)} – …"] if sight.after else []
    return "; ".join([*before, *after]) or "–"


_GONE = Text(
    kk="{id} нысаны бұл уақытта күшінде емес; оның күші: {periods}. datetime параметрінде осы уақыттан беріңіз.",
    ru="Объект {id} в это время не действует; он действует: {periods}. Задайте такое время в datetime.",
    en="The feature {id} is not in force at this time; it is in force: {periods}. Ask for such a time by datetime.",
)
_NO_FEATURE = Text(
    kk="«{id}» нысаны жоқ; идентификатор мынадай болады: land.parcel.123.",
    ru="Объекта «{id}» нет; идентификатор выглядит так: land.parcel.123.",
    en="There is no feature '{id}'; an identifier looks like land.parcel.123.",
)
