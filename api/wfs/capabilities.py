"""GetCapabilities: what the service offers, and no more (WFS 2.0, clause 8)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree
from lxml.builder import ElementMaker

from api.wfs.errors import OWS
from api.wfs.names import FES, WFS, qualified
from gis.crs import offered, parse_crs, system_crs
from gis.gml import NAMESPACE as GML
from gis.gml import namespace
from gis.layer import Layer
from gis.profile import CityProfile
from gis.text import Language, Text

VERSION: Final = "2.0.0"
COUNT_DEFAULT: Final = 1000
"""Features in one answer unless the client asks for more or fewer."""

GML_FORMAT: Final = "application/gml+xml; version=3.2"
JSON_FORMAT: Final = "application/json"
SECTIONS: Final = (
    "ServiceIdentification", "ServiceProvider", "OperationsMetadata", "FeatureTypeList", "Filter_Capabilities",
)  # fmt: skip
GET_FEATURE_BY_ID: Final = "urn:ogc:def:query:OGC-WFS::GetFeatureById"

_XLINK: Final = "http://www.w3.org/1999/xlink"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

_CONFORMANCE: Final[Mapping[str, bool]] = {
    "ImplementsBasicWFS": False,
    "ImplementsTransactionalWFS": False,
    "ImplementsLockingWFS": False,
    "KVPEncoding": True,
    "XMLEncoding": False,
    "SOAPEncoding": False,
    "ImplementsInheritance": False,
    "ImplementsRemoteResolve": False,
    "ImplementsResultPaging": True,
    "ImplementsStandardJoins": False,
    "ImplementsSpatialJoins": False,
    "ImplementsTemporalJoins": False,
    "ImplementsFeatureVersioning": False,
    "ManageStoredQueries": False,
    "PagingIsTransactionSafe": True,
}
"""WFS 2.0, table 13. Paging is safe because ``next`` and ``previous`` carry the instants of the first page."""

_FILTER_CONFORMANCE: Final[Mapping[str, bool]] = {
    "ImplementsQuery": True,
    "ImplementsAdHocQuery": True,
    "ImplementsFunctions": False,
    "ImplementsResourceId": True,
    "ImplementsMinStandardFilter": False,
    "ImplementsStandardFilter": False,
    "ImplementsMinSpatialFilter": True,
    "ImplementsSpatialFilter": False,
    "ImplementsMinTemporalFilter": False,
    "ImplementsTemporalFilter": False,
    "ImplementsVersionNav": False,
    "ImplementsSorting": False,
    "ImplementsExtendedOperators": False,
    "ImplementsMinimumXPath": False,
    "ImplementsSchemaElementFunc": False,
}
"""FES 2.0, table 9."""

_FORMATS: Final = (GML_FORMAT, "text/xml; subtype=gml/3.2", JSON_FORMAT)
_OPERATIONS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "GetCapabilities": {"AcceptVersions": (VERSION,), "AcceptFormats": ("text/xml",), "Sections": SECTIONS},
    "DescribeFeatureType": {"outputFormat": (GML_FORMAT, "text/xml; subtype=gml/3.2")},
    "GetFeature": {"resultType": ("results", "hits"), "outputFormat": _FORMATS},
    "GetPropertyValue": {"resultType": ("results", "hits"), "outputFormat": _FORMATS[:2]},
    "ListStoredQueries": {},
    "DescribeStoredQueries": {},
}
"""Operations, and the values of their parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one asker is offered.

    Attributes:
        layers: those that the asker may read.
        endpoint: address of the service, without query.
        language: of titles and abstracts.
    """

    profile: CityProfile
    layers: Collection[Layer]
    endpoint: str
    language: Language

    def told(self, text: Text) -> str:
        """Return a text in the asker's language."""
        return text.in_language(self.language)


_ows = ElementMaker(namespace=OWS)
_wfs = ElementMaker(namespace=WFS)
_fes = ElementMaker(namespace=FES)


def capabilities(offer: Offer, sections: Collection[str] = SECTIONS) -> bytes:
    """Return the capabilities document with the asked sections, in the standard's order."""
    prefixes = {"wfs": WFS, "ows": OWS, "fes": FES, "gml": GML, "xlink": _XLINK, "xsi": _XSI}
    root = ElementMaker(namespace=WFS, nsmap=prefixes).WFS_Capabilities(version=VERSION)
    root.set(f"{{{_XSI}}}schemaLocation", f"{WFS} http://schemas.opengis.net/wfs/2.0/wfs.xsd")
    root.extend(_SECTION_WRITERS[name](offer) for name in SECTIONS if name in sections)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _identification(offer: Offer) -> etree._Element:
    sources = dict.fromkeys(source for layer in offer.layers for source in layer.attribution)
    return _ows.ServiceIdentification(
        _ows.Title(offer.told(_TITLE.filled(city=offer.told(offer.profile.name)))),
        _ows.Abstract(offer.told(_ABSTRACT)),
        _ows.Keywords(*(_ows.Keyword(offer.told(layer.title)) for layer in offer.layers)),
        _ows.ServiceType("WFS", codeSpace="OGC"),
        _ows.ServiceTypeVersion(VERSION),
        _ows.Fees("NONE"),
        _ows.AccessConstraints("; ".join(sources) or "NONE"),
    )


def _provider(offer: Offer) -> etree._Element:
    return _ows.ServiceProvider(_ows.ProviderName(offer.told(offer.profile.name)), _ows.ServiceContact())


def _operations(offer: Offer) -> etree._Element:
    operations = [_operation(name, offer.endpoint, domains) for name, domains in _OPERATIONS.items()]
    conformance = [_domain("Constraint", name, default=_flag(kept)) for name, kept in _CONFORMANCE.items()]
    return _ows.OperationsMetadata(
        *operations,
        _domain("Parameter", "version", (VERSION,)),
        *conformance,
        _domain("Constraint", "CountDefault", default=str(COUNT_DEFAULT)),
        _domain("Constraint", "QueryExpressions", ("wfs:Query", "wfs:StoredQuery")),
    )


def _operation(name: str, endpoint: str, domains: Mapping[str, Iterable[str]]) -> etree._Element:
    get = _ows.Get()
    get.set(f"{{{_XLINK}}}href", f"{endpoint}?")
    parameters = (_domain("Parameter", each, values) for each, values in domains.items())
    return _ows.Operation(_ows.DCP(_ows.HTTP(get)), *parameters, name=name)


def _domain(kind: str, name: str, allowed: Iterable[str] = (), default: str | None = None) -> etree._Element:
    values = _ows.AllowedValues(*(_ows.Value(value) for value in allowed))
    parts = [values] if len(values) else [_ows.NoValues()]
    if default is not None:
        parts.append(_ows.DefaultValue(default))
    return _ows(kind, *parts, name=name)


def _flag(kept: bool) -> str:  # noqa: FBT001  (it is the value itself)
    return "TRUE" if kept else "FALSE"


def _feature_types(offer: Offer) -> etree._Element:
    return _wfs.FeatureTypeList(*(_feature_type(layer, offer) for layer in offer.layers))


def _feature_type(layer: Layer, offer: Offer) -> etree._Element:
    """Describe one type; its namespace is declared on it, because QGIS looks there."""
    own = ElementMaker(namespace=WFS, nsmap={layer.schema: namespace(layer.schema)})
    default, *others = coordinate_systems(offer.profile)
    extent = offer.profile.extent
    return own.FeatureType(
        _wfs.Name(qualified(layer)),
        _wfs.Title(offer.told(layer.title)),
        _wfs.Abstract(offer.told(layer.description)),
        _wfs.DefaultCRS(default),
        *(_wfs.OtherCRS(name) for name in others),
        _wfs.OutputFormats(*(_wfs.Format(name) for name in _FORMATS)),
        _ows.WGS84BoundingBox(
            _ows.LowerCorner(f"{extent.west} {extent.south}"), _ows.UpperCorner(f"{extent.east} {extent.north}")
        ),
    )


def coordinate_systems(profile: CityProfile) -> list[str]:
    """Return the names of the systems that every type is offered in, the city's own first."""
    own = None if isinstance(profile.system, int) else profile.system
    names = [parse_crs(crs.urn, own).srs_name for crs in (system_crs(profile.system), *offered(profile.system))]
    return list(dict.fromkeys(names))


def _filters(offer: Offer) -> etree._Element:
    del offer
    constraints = (
        _fes.Constraint(_ows.NoValues(), _ows.DefaultValue(_flag(kept)), name=name)
        for name, kept in _FILTER_CONFORMANCE.items()
    )
    return _fes.Filter_Capabilities(
        _fes.Conformance(*constraints),
        _fes.Id_Capabilities(_fes.ResourceIdentifier(name="fes:ResourceId")),
        _fes.Spatial_Capabilities(
            _fes.GeometryOperands(_fes.GeometryOperand(name="gml:Envelope")),
            _fes.SpatialOperators(_fes.SpatialOperator(name="BBOX")),
        ),
    )


_SECTION_WRITERS: Final[Mapping[str, Callable[[Offer], etree._Element]]] = {
    "ServiceIdentification": _identification,
    "ServiceProvider": _provider,
    "OperationsMetadata": _operations,
    "FeatureTypeList": _feature_types,
    "Filter_Capabilities": _filters,
}

_TITLE = Text(kk="{city}: қала кадастры", ru="{city}: городской кадастр", en="{city}: the city's cadastre")
_ABSTRACT = Text(
    kk=(
        "Қала кадастрларының қабаттары кез келген күнге. datetime — заңды күшінің уақыты, recorded-at — тізілімге "
        "жазылған уақыты; екеуінің де әдепкі мәні — қазір."
    ),
    ru=(
        "Слои городских кадастров на любую дату. datetime — время действия, recorded-at — время записи в регистр; "
        "оба по умолчанию — сейчас."
    ),
    en=(
        "Layers of the city's cadastres as of any date. datetime is the valid time, recorded-at the time of record; "
        "both default to now."
    ),
)
