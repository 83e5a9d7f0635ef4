"""The documents of the OGC API: what a client reads before it asks for a feature."""

import json
from html.parser import HTMLParser
from typing import Any

import httpx2
import jsonschema
import pytest
from openapi_spec_validator import validate

from data.catalogue import LAYERS
from gis.text import LANGUAGES
from tests.api.server import serving
from tests.city import City

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAGES = (
    "/ogc",
    "/ogc/conformance",
    "/ogc/api",
    "/ogc/collections",
    "/ogc/collections/land.parcel",
    "/ogc/collections/land.zone/schema",
    "/ogc/collections/land.zone/queryables",
    "/ogc/collections/land.parcel/items",
    "/ogc/collections/address.address/items",
)


def _json(client: httpx2.Client, path: str, **headers: str) -> Any:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _links(document: Any, rel: str) -> list[Any]:
    return [link for link in document["links"] if link["rel"] == rel]


def test_landing_page_leads_everywhere(client: httpx2.Client) -> None:
    """Every link of the landing page answers in the type that it announces."""
    landing = _json(client, "/ogc")
    rels = {link["rel"] for link in landing["links"]}
    assert {"self", "alternate", "service-desc", "service-doc", "conformance", "data"} <= rels
    assert _links(landing, "service-desc")[0]["type"] == "application/vnd.oai.openapi+json;version=3.0"
    for link in landing["links"]:
        answer = client.get(link["href"])
        assert answer.status_code == 200, link
        assert answer.headers["content-type"].startswith(link["type"].partition(";")[0]), link


def test_conformance_declares_what_is_served(client: httpx2.Client) -> None:
    """Core, OpenAPI, HTML and GeoJSON of Part 1, coordinate systems of Part 2; nothing that editors would try."""
    declared = _json(client, "/ogc/conformance")["conformsTo"]
    for part in ("1/1.0/conf/core", "1/1.0/conf/oas30", "1/1.0/conf/html", "1/1.0/conf/geojson", "2/1.0/conf/crs"):
        assert f"http://www.opengis.net/spec/ogcapi-features-{part}" in declared
    assert not any("features-4" in each or "conf/filter" in each for each in declared)


def test_every_layer_is_a_collection(client: httpx2.Client) -> None:
    """All declared layers are listed, with links that answer in the announced type, and the city's own system."""
    listed = _json(client, "/ogc/collections")
    assert [each["id"] for each in listed["collections"]] == list(LAYERS.mapped)
    assert "http://www.opengis.net/def/crs/EPSG/0/3879" in listed["crs"]
    for each in listed["collections"]:
        assert each["storageCrs"] == "http://www.opengis.net/def/crs/EPSG/0/3879"
        assert each["crs"] == ["#/crs"]
        single = _json(client, f"/ogc/collections/{each['id']}")
        assert single["crs"] == listed["crs"]
        for link in single["links"]:
            answer = client.get(link["href"])
            assert answer.status_code == 200, link
            assert answer.headers["content-type"].startswith(link["type"]), link


def test_the_extent_holds_every_feature(client: httpx2.Client) -> None:
    """A collection's box lies around all its features, and not around the whole city."""
    west, south, east, north = _json(client, "/ogc/collections/land.parcel")["extent"]["spatial"]["bbox"][0]
    features = _json(client, "/ogc/collections/land.parcel/items")["features"]
    points = [point for each in features for point in each["geometry"]["coordinates"][0]]
    assert all(west <= x <= east and south <= y <= north for x, y in points)
    assert east - west < 0.02


def test_attribution_is_named(client: httpx2.Client) -> None:
    """A layer that must name its source does so in its collection and on its pages."""
    attributed = [layer for layer in LAYERS.mapped.values() if layer.attribution]
    for layer in attributed:
        path = f"/ogc/collections/{layer.name}"
        assert all(each in _json(client, path)["attribution"] for each in layer.attribution)
        assert layer.attribution[0] in client.get(f"{path}/items", headers=BROWSER).text


@pytest.mark.parametrize("name", LAYERS.mapped)
def test_schema_derives_from_the_declaration(client: httpx2.Client, name: str) -> None:
    """The schema names every declared property with type, title and unit, and real features fit it."""
    schema = _json(client, f"/ogc/collections/{name}/schema?lang=kk")
    jsonschema.Draft202012Validator.check_schema(schema)
    for declared in LAYERS[name].properties:
        told = schema["properties"][declared.name]
        assert (told["type"], told["title"]) == (declared.type.json, declared.title.kk)
        assert told.get("x-ogc-unit") == declared.unit
    for feature in _json(client, f"/ogc/collections/{name}/items")["features"]:
        known = {key: value for key, value in feature["properties"].items() if value is not None}
        assert feature["properties"].keys() | {"geometry"} == schema["properties"].keys()
        jsonschema.validate({**known, "geometry": feature["geometry"]}, schema)


def test_openapi_is_valid_and_self_contained(client: httpx2.Client) -> None:
    """OpenAPI 3.0 that a validator accepts, without references to elsewhere, with the limit where QGIS looks for it."""
    document = _json(client, "/ogc/api")
    validate(document)
    assert document["openapi"].startswith("3.0.")
    assert all(reference.startswith("#/") for reference in _references(document))
    limit = document["components"]["parameters"]["limit"]
    assert limit["name"] == "limit"
    assert limit["schema"]["default"] <= limit["schema"]["maximum"]


def test_openapi_declares_what_items_take(client: httpx2.Client) -> None:
    """Each declared parameter of items is accepted by the service, and each property has one."""
    document = _json(client, "/ogc/api")
    for name, layer in LAYERS.mapped.items():
        operation = document["paths"][f"/collections/{name}/items"]["get"]
        inline = {each["name"] for each in operation["parameters"] if "name" in each}
        referred = [each["$ref"].rpartition("/")[2] for each in operation["parameters"] if "$ref" in each]
        shared = {document["components"]["parameters"][each]["name"] for each in referred}
        assert {declared.name for declared in layer.properties} <= inline | shared
        refusal = client.get(f"/ogc/collections/{name}/items?no-such-parameter=1").json()
        assert inline | shared <= set(refusal["allowed"])


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [each for child in node.values() for each in _references(child)]
    return [each for child in node for each in _references(child)] if isinstance(node, list) else []


class _Tags(HTMLParser):
    """Checks that elements close in the order in which they opened, and collects what is linked."""

    void = frozenset({"meta", "input", "br", "link", "img", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.hrefs: list[str] = []
        self.language: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        told = dict(attrs)
        if tag == "html":
            self.language = told.get("lang")
        if told.get("href"):
            self.hrefs.append(str(told["href"]))
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the last one."""
        assert self.open.pop() == tag


@pytest.mark.parametrize("path", PAGES)
def test_browsers_get_pages_in_three_languages(client: httpx2.Client, path: str) -> None:
    """A browser gets well-formed HTML in the language it prefers or chooses, with links that lead somewhere."""
    texts = set()
    for language in LANGUAGES:
        answer = client.get(path, headers={**BROWSER, "Accept-Language": f"{language}, en;q=0.1"})
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["content-language"] == language
        tags = _Tags()
        tags.feed(answer.text)
        assert tags.open == []
        assert tags.language == language
        texts.add(answer.text)
        assert client.get(f"{path}?f=html&lang={language}").headers["content-language"] == language
        for href in {each for each in tags.hrefs if each.startswith(str(client.base_url))}:
            assert client.get(href).status_code == 200, href
    assert len(texts) == len(LANGUAGES)


def test_text_in_data_is_no_markup(client: httpx2.Client) -> None:
    """What an attribute holds is shown as text, whatever it looks like."""
    parcel = _json(client, "/ogc/collections/land.parcel/items?limit=1")["features"][0]
    assert "<&\"'>" in parcel["properties"]["address"]
    page = client.get(f"/ogc/collections/land.parcel/items/{parcel['id']}", headers=BROWSER).text
    assert "&lt;&amp;" in page
    assert "<&" not in page


def test_options_tell_that_nothing_is_written_here(client: httpx2.Client) -> None:
    """Clients that would edit ask first, and learn that the collections are for reading."""
    for path in ("/ogc/collections/land.parcel/items", "/ogc/collections/land.parcel/items/1", "/ogc"):
        answer = client.options(path)
        assert answer.status_code in {200, 204}
        assert {each.strip() for each in answer.headers["allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}
    refused = client.post("/ogc/collections/land.parcel/items", content=b"{}")
    assert refused.status_code == 405
    assert "GET" in refused.headers["allow"]


def test_head_is_get_without_its_body(client: httpx2.Client) -> None:
    """HEAD answers with the headers of GET."""
    for path in ("/ogc", "/ogc/collections/land.parcel/items?limit=3"):
        got, head = client.get(path), client.head(path)
        assert head.content == b""
        assert head.headers["content-length"] == got.headers["content-length"]
        assert head.headers["content-type"] == got.headers["content-type"]


def test_other_origins_may_read(client: httpx2.Client) -> None:
    """A web map from elsewhere may read features and see their ETag."""
    answer = client.get("/ogc/collections/land.parcel/items?limit=1", headers={"Origin": "https://map.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]


def test_unknown_paths_are_problems(client: httpx2.Client) -> None:
    """A path or a collection that does not exist is told as a problem, in the asker's language."""
    for path in ("/nothing", "/ogc/collections/land.castle", "/ogc/collections/land.castle/items"):
        answer = client.get(path, headers={"Accept-Language": "ru"})
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-language"] == "ru"
        assert json.loads(answer.content)["status"] == 404


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nothing", 404, ("Не найдено",)),
        ("/ogc/collections/land.nothing", 404, ("land.parcel",)),
        ("/ogc/collections/land.parcel/items?limit=x", 400, ("limit=«x» не годится",)),
        ("/ogc/collections/land.parcel/items/999999", 404, ("никогда не регистрировался",)),
        ("/land/parcels/abc", 400, ("abc",)),
        ("/changesets/0", 400, ("number: должно быть не меньше 1",)),
    ],
)
def test_a_browser_gets_refusals_as_pages(
    client: httpx2.Client, path: str, status: int, words: tuple[str, ...]
) -> None:
    """A person reads a page in their language; the same request by a program is answered with problem details."""
    page = client.get(path, headers={**BROWSER, "Accept-Language": "ru"})
    assert page.status_code == status
    assert page.headers["content-type"].startswith("text/html")
    assert any(word in page.text for word in words)
    assert '<html lang="ru">' in page.text
    assert client.get(path).headers["content-type"] == "application/problem+json"


def test_the_bare_address_leads_to_the_register(client: httpx2.Client) -> None:
    """Who types only the machine's name arrives at the landing page."""
    answer = client.get("/", params={"lang": "kk"}, follow_redirects=True)
    assert answer.url.path == "/ogc"
    assert answer.headers["content-language"] == "kk"


def test_links_begin_with_the_public_address(furnished_city: City) -> None:
    """Behind a proxy links, paging and WFS addresses name what the world sees, whatever ``Host`` a request claims."""
    outside = "https://map.example.kz/qala"
    with serving(furnished_city.register, outside) as server, httpx2.Client(base_url=server.address) as inside:
        documents = [
            inside.get(path, headers={"Host": "evil.example"}).text
            for path in (
                "/ogc",
                "/ogc/collections/land.parcel/items?limit=2",
                "/ogc/collections/land.parcel/tiles",
                "/wfs?SERVICE=WFS&REQUEST=GetCapabilities",
                "/ogc?f=html",
            )
        ]
        assert inside.get("/").headers["location"] == f"{outside}/ogc"
    for document in documents:
        assert f"{outside}/" in document
        assert "evil.example" not in document
        assert server.address not in document
