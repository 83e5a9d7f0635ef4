"""The WFS about itself: capabilities, schemas, stored queries, refusals; all against the official schemas."""

from collections.abc import Callable
from http.client import HTTPConnection

import httpx2
import pytest
from lxml import etree
from owslib.wfs import WebFeatureService

from data.catalogue import LAYERS
from tests.api.schemas import official, refused, with_types

NAMES = {
    "wfs": "http://www.opengis.net/wfs/2.0",
    "ows": "http://www.opengis.net/ows/1.1",
    "fes": "http://www.opengis.net/fes/2.0",
    "xsd": "http://www.w3.org/2001/XMLSchema",
}
_XLINK = "{http://www.w3.org/1999/xlink}href"
_INVALID = "InvalidParameterValue"
Wfs = Callable[..., httpx2.Response]


@pytest.fixture(scope="module")
def wfs(client: httpx2.Client) -> Wfs:
    """Ask the service; ``REQUEST`` and further parameters."""

    def ask(request: str | None, headers: dict[str, str] | None = None, **parameters: str) -> httpx2.Response:
        asked = {"SERVICE": "WFS", **({"REQUEST": request} if request else {}), **parameters}
        return client.get("/wfs", params=asked, headers=headers)

    return ask


def _texts(document: bytes, path: str) -> list[str]:
    return [element.text or "" for element in etree.fromstring(document).iterfind(path, NAMES)]


def test_capabilities_are_valid_in_every_language(wfs: Wfs) -> None:
    """The document follows the official schema, and titles are in the asked language."""
    titles = set()
    for language in ("kk", "ru", "en"):
        answer = wfs("GetCapabilities", {"Accept-Language": language})
        assert refused(official(), answer.content) == []
        assert answer.headers["content-language"] == language
        titles.update(_texts(answer.content, "ows:ServiceIdentification/ows:Title"))
    assert len(titles) == 3


def test_every_layer_is_a_feature_type(wfs: Wfs) -> None:
    """Names carry a prefix whose namespace is declared on the type; the city's own system is the default."""
    root = etree.fromstring(wfs("GetCapabilities").content)
    types = root.findall("wfs:FeatureTypeList/wfs:FeatureType", NAMES)
    assert [t.findtext("wfs:Name", namespaces=NAMES) for t in types] == [n.replace(".", ":") for n in LAYERS.mapped]
    for found in types:
        prefix = str(found.findtext("wfs:Name", namespaces=NAMES)).partition(":")[0]
        assert found.nsmap[prefix] == f"urn:x-qala:{prefix}:1"
        assert found.findtext("wfs:DefaultCRS", namespaces=NAMES) == "urn:ogc:def:crs:EPSG::3879"
        assert found.find("ows:WGS84BoundingBox", NAMES) is not None


def test_claims_of_the_service(wfs: Wfs) -> None:
    """Paging is promised, transactions and full filters are not."""
    root = etree.fromstring(wfs("GetCapabilities").content)
    claims = {
        str(c.get("name")): c.findtext("ows:DefaultValue", namespaces=NAMES)
        for c in root.iterfind(".//ows:Constraint", NAMES)
    } | {
        str(c.get("name")): c.findtext("ows:DefaultValue", namespaces=NAMES)
        for c in root.iterfind(".//fes:Constraint", NAMES)
    }
    assert claims["ImplementsResultPaging"] == claims["PagingIsTransactionSafe"] == claims["KVPEncoding"] == "TRUE"
    assert claims["ImplementsTransactionalWFS"] == claims["ImplementsStandardFilter"] == "FALSE"
    assert claims["ImplementsResourceId"] == claims["ImplementsMinSpatialFilter"] == "TRUE"
    assert claims["CountDefault"] == "1000"
    operations = {str(o.get("name")) for o in root.iterfind(".//ows:Operation", NAMES)}
    assert "Transaction" not in operations
    assert root.find(".//ows:Post", NAMES) is None


def test_operation_addresses_lead_back(wfs: Wfs, live_server: str) -> None:
    """Every address in the document is the service's own."""
    root = etree.fromstring(wfs("GetCapabilities").content)
    assert {get.get(_XLINK) for get in root.iterfind(".//ows:Get", NAMES)} == {f"{live_server}/wfs?"}


@pytest.mark.parametrize("versions", ["2.0.0", "2.0.0,1.1.0,1.0.0", "10.0.0,2.0.0,1.1.0", "2.0.2"])
def test_versions_are_negotiated(wfs: Wfs, versions: str) -> None:
    """Any list with a version that is spoken here is answered in it."""
    answer = wfs("GetCapabilities", ACCEPTVERSIONS=versions)
    assert answer.status_code == 200
    assert etree.fromstring(answer.content).get("version") == "2.0.0"


def test_sections(wfs: Wfs) -> None:
    """Only the asked sections are there, and the rest is still valid."""
    answer = wfs("GetCapabilities", SECTIONS="FeatureTypeList,ServiceIdentification")
    root = etree.fromstring(answer.content)
    assert [etree.QName(child).localname for child in root] == ["ServiceIdentification", "FeatureTypeList"]
    assert refused(official(), answer.content) == []


@pytest.mark.parametrize(
    ("request_", "parameters", "status", "code", "locator"),
    [
        (None, {}, 400, "MissingParameterValue", "REQUEST"),
        ("GetCapabilities", {"SERVICE": ""}, 400, "MissingParameterValue", "SERVICE"),
        ("GetCapabilities", {"SERVICE": "WMS"}, 400, _INVALID, "SERVICE"),
        ("GetCapabilities", {"ACCEPTVERSIONS": "1.0.0,3.0.0"}, 400, "VersionNegotiationFailed", "ACCEPTVERSIONS"),
        ("GetCapabilities", {"SECTIONS": "Everything"}, 400, _INVALID, "SECTIONS"),
        ("GetMap", {}, 400, _INVALID, "REQUEST"),
        ("Transaction", {}, 501, "OperationNotSupported", "REQUEST"),
        ("GetFeature", {}, 400, "MissingParameterValue", "TYPENAMES"),
        ("GetFeature", {"TYPENAMES": "land:nothing"}, 400, _INVALID, "TYPENAMES"),
        ("GetFeature", {"TYPENAMES": "land:parcel", "VERSION": "1.1.0"}, 400, _INVALID, "VERSION"),
        ("GetFeature", {"TYPENAMES": "land:parcel,land:zone"}, 501, "OptionNotSupported", "TYPENAMES"),
        ("GetFeature", {"TYPENAMES": "land:parcel", "COUNT": "-1"}, 400, _INVALID, "COUNT"),
        ("GetFeature", {"TYPENAMES": "land:parcel", "COUNT": "9" * 5000}, 400, _INVALID, "COUNT"),
        ("GetFeature", {"TYPENAMES": "land:parcel", "STARTINDEX": "x"}, 400, _INVALID, "STARTINDEX"),
        ("GetFeature", {"TYPENAMES": "land:parcel", "SRSNAME": "EPSG:0"}, 400, _INVALID, "SRSNAME"),
        ("GetFeature", {"TYPENAMES": "land:parcel", "BBOX": "1,2,3"}, 400, _INVALID, "bbox"),
        ("GetFeature", {"TYPENAMES": "land:parcel", "BBOX": "1,2,3,4,no"}, 400, _INVALID, "BBOX"),
        ("GetFeature", {"TYPENAMES": "land:parcel", "BBOX": "nan,2,3,4"}, 400, _INVALID, "bbox"),
        ("GetFeature", {"TYPENAMES": "land:parcel", "RESULTTYPE": "some"}, 400, _INVALID, "RESULTTYPE"),
        ("GetFeature", {"TYPENAMES": "land:parcel", "OUTPUTFORMAT": "x"}, 400, _INVALID, "OUTPUTFORMAT"),
        ("GetFeature", {"TYPENAMES": "land:parcel", "PROPERTYNAME": "x"}, 400, _INVALID, "PROPERTYNAME"),
        ("GetFeature", {"TYPENAMES": "land:parcel", "SORTBY": "version"}, 501, "OptionNotSupported", "SORTBY"),
        ("GetFeature", {"TYPENAMES": "land:parcel", "NAMESPACES": "land=x"}, 400, _INVALID, "NAMESPACES"),
        ("GetFeature", {"TYPENAMES": "land:parcel", "DATETIME": "soon"}, 400, _INVALID, "DATETIME"),
        ("GetFeature", {"TYPENAMES": "land:parcel", "DRAFT": "1"}, 401, "NoApplicableCode", "DRAFT"),
        ("GetFeature", {"TYPENAMES": "land:parcel", "TYPO": "1"}, 400, _INVALID, "TYPO"),
        ("GetFeature", {"TYPENAMES": "land:zone", "RESOURCEID": "land.parcel.1"}, 400, _INVALID, "RESOURCEID"),
        ("GetFeature", {"STOREDQUERY_ID": "urn:other"}, 400, _INVALID, "STOREDQUERY_ID"),
        ("GetPropertyValue", {"TYPENAMES": "land:parcel"}, 400, "MissingParameterValue", "VALUEREFERENCE"),
        ("DescribeFeatureType", {"TYPENAMES": "none:parcel"}, 400, _INVALID, "TYPENAMES"),
        ("DescribeStoredQueries", {"STOREDQUERY_ID": "urn:other"}, 400, _INVALID, "STOREDQUERY_ID"),
    ],
)  # fmt: skip
def test_refusals_are_exception_reports(
    wfs: Wfs, request_: str | None, parameters: dict[str, str], status: int, code: str, locator: str
) -> None:
    """A wrong request gets the standard's code, the parameter at fault, and text in the asked language."""
    answer = wfs(request_, {"Accept-Language": "kk"}, **parameters)
    assert answer.status_code == status
    assert refused(official(), answer.content) == []
    exception = etree.fromstring(answer.content).find("ows:Exception", NAMES)
    assert exception is not None
    assert (exception.get("exceptionCode"), exception.get("locator")) == (code, locator)
    assert answer.headers["content-language"] == "kk"


def test_a_parameter_given_twice_is_refused(client: httpx2.Client) -> None:
    """The server does not choose for the client."""
    answer = client.get("/wfs?SERVICE=WFS&REQUEST=GetFeature&TYPENAMES=land:parcel&typenames=land:zone")
    assert answer.status_code == 400


def test_names_of_parameters_in_any_case(client: httpx2.Client) -> None:
    """WFS 2.0, 6.2.5.2: names of parameters don't depend on letter case."""
    answer = client.get("/wfs?service=WFS&Request=GetFeature&typeName=land:parcel&maxFeatures=2")
    assert etree.fromstring(answer.content).get("numberReturned") == "2"


def test_post_is_refused_without_reading_its_body(client: httpx2.Client) -> None:
    """A body may be as large or as hostile as it likes."""
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><wfs:GetFeature>&b;</wfs:GetFeature>'
    answer = client.post("/wfs", content=bomb.encode(), headers={"Content-Type": "text/xml"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert refused(official(), answer.content) == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_told_what_there_is(client: httpx2.Client, method: str) -> None:
    """The refusal is the service's own, and lists no method that it would refuse as well."""
    answer = client.request(method, "/wfs")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert refused(official(), answer.content) == []


def test_a_huge_body_is_refused_by_an_exception_report(live_server: str) -> None:
    """Whatever refuses a request to the WFS does it in the WFS's own form, as soon as the size is announced."""
    connection = HTTPConnection(live_server.removeprefix("http://"), timeout=10)
    connection.putrequest("POST", "/wfs")
    connection.putheader("Content-Length", "5000000")
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert refused(official(), answer.read()) == []
    connection.close()


@pytest.mark.parametrize("name", ["lang", "LANGUAGE", "AcceptLanguages"])
def test_the_language_may_be_a_parameter(client: httpx2.Client, name: str) -> None:
    """Of documents and of refusals alike, in the words of the standard and of the other interfaces."""
    for request in ("GetCapabilities", "GetFeature"):
        answer = client.get("/wfs", params={"SERVICE": "WFS", "REQUEST": request, name: "kk"})
        assert answer.headers["content-language"] == "kk"


def test_schema_of_one_type_describes_only_it(wfs: Wfs) -> None:
    """MapInfo wants the asked type and no other; GML comes from the official address."""
    document = wfs("DescribeFeatureType", TYPENAMES="land:parcel").content
    schema = etree.fromstring(document)
    assert [e.get("name") for e in schema.iterfind("xsd:element", NAMES)] == ["parcel"]
    imports = [i.get("schemaLocation") for i in schema.iterfind("xsd:import", NAMES)]
    assert imports == ["http://schemas.opengis.net/gml/3.2.1/gml.xsd"]


@pytest.mark.parametrize("name", LAYERS.mapped)
def test_every_property_is_in_the_schema(wfs: Wfs, name: str) -> None:
    """The one declaration of a layer is the only list of its fields, and the schema compiles."""
    layer = LAYERS[name]
    document = wfs("DescribeFeatureType", TYPENAMES=name.replace(".", ":")).content
    with_types({f"urn:x-qala:{layer.schema}:1": document})
    declared = etree.fromstring(document).findall(".//xsd:sequence/xsd:element", NAMES)
    assert [e.get("name") for e in declared] == [*(p.name for p in layer.properties), "geom"]
    assert declared[-1].get("type") == f"gml:{layer.geometry.gml}"


@pytest.mark.parametrize("types", [None, "land:parcel,address:street,land:zone"])
def test_types_of_several_namespaces_are_imported(client: httpx2.Client, wfs: Wfs, types: str | None) -> None:
    """A schema document has one target namespace: each cadastre's types are imported from an address of their own."""
    answer = wfs("DescribeFeatureType", **({"TYPENAMES": types} if types else {}))
    imports = etree.fromstring(answer.content).findall("xsd:import", NAMES)
    expected = {name.partition(".")[0] for name in LAYERS.mapped} if types is None else {"land", "address"}
    assert {i.get("namespace") for i in imports} == {f"urn:x-qala:{cadastre}:1" for cadastre in expected}
    for each in imports:
        target = etree.fromstring(client.get(str(each.get("schemaLocation"))).content).get("targetNamespace")
        assert target == each.get("namespace")


def test_a_prefix_of_the_clients_own(wfs: Wfs) -> None:
    """A client may name the namespace as it likes (WFS 2.0, 7.6.6)."""
    answer = wfs("DescribeFeatureType", TYPENAMES="ns7:parcel", NAMESPACES="xmlns(ns7,urn:x-qala:land:1)")
    assert answer.status_code == 200


def test_stored_queries_are_valid(wfs: Wfs) -> None:
    """GetFeatureById is listed and described."""
    listed, described = wfs("ListStoredQueries").content, wfs("DescribeStoredQueries").content
    assert refused(official(), listed) == refused(official(), described) == []
    assert b"urn:ogc:def:query:OGC-WFS::GetFeatureById" in listed


def test_owslib_lists_and_reads(live_server: str) -> None:
    """A client of another maker finds every layer, its fields and its features."""
    service = WebFeatureService(f"{live_server}/wfs", version="2.0.0")
    assert list(service.contents) == [name.replace(".", ":") for name in LAYERS.mapped]
    assert service.contents["land:parcel"].title == "Land parcels"
    fields = service.get_schema("land:parcel")["properties"]
    assert fields["official_area"] == "double"
    read = service.getfeature(typename=["land:parcel"], maxfeatures=7, srsname="urn:ogc:def:crs:EPSG::3879")
    assert etree.fromstring(read.read()).get("numberReturned") == "7"
