"""The Web Feature Service 2.0 (OGC 09-025r2) over HTTP: one address, operations named by ``REQUEST``."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final
from urllib.parse import parse_qsl

from fastapi import APIRouter
from psycopg import AsyncConnection, OperationalError
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from starlette.requests import Request
from starlette.responses import Response

from api.drafts.asked import overlay_for
from api.origin import origin
from api.wfs.capabilities import GML_FORMAT, SECTIONS, VERSION, Offer, capabilities
from api.wfs.collection import Addresses
from api.wfs.errors import (
    ALLOWED,
    InvalidParameterValue,
    MethodNotAllowed,
    OperationNotSupported,
    VersionNegotiationFailed,
    exception_report,
    located,
    unknown_value,
)
from api.wfs.features import Answers, no_feature
from api.wfs.kvp import Parameters
from api.wfs.names import resource_ids
from api.wfs.request import Reader, output_format
from api.wfs.schema import describe
from api.wfs.stored_queries import describe_stored_queries, list_stored_queries, require_known
from gis.draft import Overlay
from gis.errors import QalaError, Unavailable
from gis.layer import Layer
from gis.profile import CityProfile
from gis.text import Language, Text, preferred_language

PATH: Final = "/wfs"

_XML: Final = "text/xml"
_OTHERS: Final = frozenset({"transaction", "lockfeature", "getfeaturewithlock", "createstoredquery", "dropstoredquery"})
"""Operations of WFS 2.0 that this service does not have; any other name is a wrong value of ``REQUEST``."""
_VERSIONS: Final = (VERSION, "2.0.2")
_MOST_PARAMETERS: Final = 60


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request: its parameters, what its sender is offered, and what the draft that it names lays over the city."""

    parameters: Parameters
    offer: Offer
    reader: Reader
    draft: Overlay | None = None

    @property
    def addresses(self) -> Addresses:
        return Addresses(self.offer.endpoint, self.parameters)


class Wfs:
    """The service over a city's layers; one object a process.

    Args:
        profile: the city's.
        layers: all layers of the register; those that everybody may read are served.
        readers: connections of the public login, in autocommit mode.
    """

    def __init__(
        self,
        profile: CityProfile,
        layers: Mapping[str, Layer],
        readers: AsyncConnectionPool[AsyncConnection],
    ) -> None:
        self._profile = profile
        self._layers = {name: layer for name, layer in layers.items() if "anonymous" in layer.readers}
        self._answers = Answers(readers, self._layers, profile)
        self._reader = Reader(profile, self._layers)
        self._operations: Mapping[str, Callable[[_Asked], Awaitable[Response]]] = {
            "GetCapabilities": self._get_capabilities,
            "DescribeFeatureType": self._describe_feature_type,
            "GetFeature": self._get_feature,
            "GetPropertyValue": self._get_property_value,
            "ListStoredQueries": self._list_stored_queries,
            "DescribeStoredQueries": self._describe_stored_queries,
        }

    @cached_property
    def router(self) -> APIRouter:
        """The one route."""
        router = APIRouter()
        # The others are answered as well, by a report that a client of the service can read.
        methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
        router.add_route(PATH, self.answer, methods=methods, include_in_schema=False)
        return router

    async def answer(self, request: Request) -> Response:
        """Answer a request, a refusal by an exception report."""
        try:
            return await self._perform(request)
        except QalaError as error:
            refusal = error
        except (OperationalError, PoolTimeout):
            refusal = Unavailable(_NO_DATABASE)
        return exception_report(refusal, _language(request))

    async def _perform(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ALLOWED})
        if request.method not in {"GET", "HEAD"}:
            # The body stays unread: whatever its size or shape, it costs nothing.
            raise MethodNotAllowed(_ONLY_GET)
        asked = self._read(request)
        parameters = asked.parameters
        parameters.required("SERVICE", "WFS")
        parameters.one_of("SERVICE", ("WFS",))
        named = parameters.required("REQUEST", "GetCapabilities")
        operations = {name.casefold(): operation for name, operation in self._operations.items()}
        if named.casefold() not in operations:
            refusal = OperationNotSupported if named.casefold() in _OTHERS else InvalidParameterValue
            known = ", ".join(self._operations)
            raise refusal(_NO_OPERATION.filled(name=named[:100], known=known), parameter="REQUEST")
        if named.casefold() != "getcapabilities" and parameters.get("VERSION", VERSION) not in _VERSIONS:
            raise unknown_value("VERSION", parameters["VERSION"], VERSION)
        with located("DRAFT"):
            draft = await overlay_for(request, parameters.get("DRAFT"))
        return await operations[named.casefold()](replace(asked, draft=draft))

    def _read(self, request: Request) -> _Asked:
        parameters = _parameters(request)
        offer = Offer(
            profile=self._profile,
            layers=tuple(self._layers.values()),
            endpoint=origin(request) + PATH,
            language=_language(request),
        )
        return _Asked(parameters, offer, self._reader)

    async def _get_capabilities(self, asked: _Asked) -> Response:
        accepted = asked.parameters.listed("ACCEPTVERSIONS")
        if accepted and not set(accepted) & set(_VERSIONS):
            text = _NO_VERSION.filled(asked=", ".join(accepted)[:100], spoken=VERSION)
            raise VersionNegotiationFailed(text, parameter="ACCEPTVERSIONS")
        sections = asked.parameters.listed("SECTIONS") or ["All"]
        for section in sections:
            if section not in {*SECTIONS, "All"}:
                raise unknown_value("SECTIONS", section, ", ".join((*SECTIONS, "All")))
        body = capabilities(asked.offer, SECTIONS if "All" in sections else sections)
        headers = {"Content-Language": asked.offer.language, "Vary": "Accept-Language"}
        return Response(body, media_type=_XML, headers=headers)

    async def _describe_feature_type(self, asked: _Asked) -> Response:
        output_format(asked.parameters)
        layers = asked.reader.types(asked.parameters) or tuple(self._layers.values())
        body = describe(list(dict.fromkeys(layers)), lambda group: asked.addresses.schema(*group))
        return Response(body, media_type=GML_FORMAT)

    async def _get_feature(self, asked: _Asked) -> Response:
        if "STOREDQUERY_ID" in asked.parameters:
            return await self._get_feature_by_id(asked)
        return await self._answers.features(asked.reader.query(asked.parameters, asked.draft), asked.addresses)

    async def _get_feature_by_id(self, asked: _Asked) -> Response:
        parameters, reader = asked.parameters, asked.reader
        require_known([parameters["STOREDQUERY_ID"]])
        output_format(parameters)
        identifier = parameters.required("ID", "land.parcel.123")
        found = resource_ids([identifier], self._layers)
        if not found:
            raise no_feature(identifier)
        return await self._answers.feature(
            found[0], reader.crs(parameters), reader.instant(parameters, asked.draft), asked.addresses
        )

    async def _get_property_value(self, asked: _Asked) -> Response:
        name = asked.parameters.required("VALUEREFERENCE", "cadastral_number").rpartition(":")[2]
        output_format(asked.parameters)
        return await self._answers.values(asked.reader.query(asked.parameters, asked.draft), name, asked.addresses)

    async def _list_stored_queries(self, asked: _Asked) -> Response:
        return Response(list_stored_queries(asked.offer), media_type=_XML)

    async def _describe_stored_queries(self, asked: _Asked) -> Response:
        require_known(asked.parameters.listed("STOREDQUERY_ID"))
        return Response(describe_stored_queries(asked.offer), media_type=_XML)


def _language(request: Request) -> Language:
    """Return the asker's language, also of a request that can't be read otherwise."""
    named = {name.upper(): value for name, value in request.query_params.items()}
    asked = next((named[name] for name in ("ACCEPTLANGUAGES", "LANGUAGE", "LANG") if named.get(name)), None)
    return preferred_language(asked or request.headers.get("accept-language"))


def _parameters(request: Request) -> Parameters:
    try:
        query = request.url.query
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        raise InvalidParameterValue(_UNREADABLE.filled(most=_MOST_PARAMETERS)) from None
    return Parameters.read(pairs)


_ONLY_GET = Text(
    kk="Бұл қызмет әзірше тек GET сұрауларын қабылдайды; параметрлерді мекенжайда беріңіз.",
    ru="Эта служба пока принимает только запросы GET; передайте параметры в адресе.",
    en="This service takes GET requests only, so far; give the parameters in the address.",
)
_NO_OPERATION = Text(
    kk="«{name}» операциясы жоқ. Бар операциялар: {known}.",
    ru="Операции «{name}» нет. Есть операции: {known}.",
    en="There is no operation '{name}'. The operations are: {known}.",
)
_NO_VERSION = Text(
    kk="Сұралған нұсқалардың ({asked}) бірде-бірі жоқ; бұл қызметтің нұсқасы {spoken}.",
    ru="Ни одной из запрошенных версий ({asked}) нет; версия этой службы — {spoken}.",
    en="None of the asked versions ({asked}) is spoken here; this service speaks {spoken}.",
)
_NO_DATABASE = Text(
    kk="Дерекқор қазір қолжетімсіз; кейінірек қайталап көріңіз.",
    ru="База данных сейчас недоступна; повторите позже.",
    en="The database can't be reached now; try again later.",
)
_UNREADABLE = Text(
    kk="Параметрлер оқылмайды: UTF-8 кодтауында, ең көбі {most} параметр болуы тиіс.",
    ru="Параметры не читаются: нужна кодировка UTF-8 и не более {most} параметров.",
    en="The parameters can't be read: they must be in UTF-8, and at most {most}.",
)
