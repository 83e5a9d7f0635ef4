"""The one stored query that every WFS has, GetFeatureById (WFS 2.0, 7.9.3.6, and clause 14)."""

from lxml import etree
from lxml.builder import ElementMaker

from api.wfs.capabilities import GET_FEATURE_BY_ID, Offer
from api.wfs.errors import unknown_value
from api.wfs.names import FES, WFS, qualified
from gis.gml import namespace
from gis.text import Text

_XSD = "http://www.w3.org/2001/XMLSchema"
_LANGUAGE = "urn:ogc:def:queryLanguage:OGC-WFS::WFS_QueryExpression"


def require_known(identifiers: list[str], parameter: str = "STOREDQUERY_ID") -> None:
    """Refuse a stored query that there is not."""
    for identifier in identifiers:
        if identifier != GET_FEATURE_BY_ID:
            raise unknown_value(parameter, identifier, GET_FEATURE_BY_ID)


def list_stored_queries(offer: Offer) -> bytes:
    """Return the list of stored queries."""
    wfs = _maker(offer)
    returned = (wfs.ReturnFeatureType(qualified(layer)) for layer in offer.layers)
    query = wfs.StoredQuery(wfs.Title(offer.told(_TITLE)), *returned, id=GET_FEATURE_BY_ID)
    return etree.tostring(wfs.ListStoredQueriesResponse(query), xml_declaration=True, encoding="UTF-8")


def describe_stored_queries(offer: Offer) -> bytes:
    """Return the description of the stored queries: parameters and the query that stands behind them."""
    wfs, fes = _maker(offer), ElementMaker(namespace=FES)
    types = " ".join(qualified(layer) for layer in offer.layers)
    query = wfs.Query(fes.Filter(fes.ResourceId(rid="${ID}")), typeNames=types)
    text = wfs.QueryExpressionText(query, returnFeatureTypes=types, language=_LANGUAGE, isPrivate="false")
    description = wfs.StoredQueryDescription(
        wfs.Title(offer.told(_TITLE)),
        wfs.Abstract(offer.told(_ABSTRACT)),
        wfs.Parameter(name="ID", type="xsd:string"),
        text,
        id=GET_FEATURE_BY_ID,
    )
    return etree.tostring(wfs.DescribeStoredQueriesResponse(description), xml_declaration=True, encoding="UTF-8")


def _maker(offer: Offer) -> ElementMaker:
    cadastres = {layer.schema: namespace(layer.schema) for layer in offer.layers}
    return ElementMaker(namespace=WFS, nsmap={"wfs": WFS, "fes": FES, "xsd": _XSD} | cadastres)


_TITLE = Text(kk="Объектіні идентификаторы бойынша алу", ru="Объект по идентификатору", en="Feature by identifier")
_ABSTRACT = Text(
    kk="gml:id мәні ID параметріне тең объектіні қайтарады, мысалы land.parcel.123",
    ru="Возвращает объект, чей gml:id равен параметру ID, например land.parcel.123",
    en="Returns the feature whose gml:id is the parameter ID, for example land.parcel.123",
)
