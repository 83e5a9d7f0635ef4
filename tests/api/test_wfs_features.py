"""GetFeature over a small register: counts, pages, places, times, formats; all against the official schemas."""

from collections.abc import Callable
from itertools import count, pairwise

import httpx2
import pytest
import shapely
from lxml import etree
from pyproj import Transformer

from gis.crs import parse_crs
from tests.api.schemas import refused, with_types
from tests.city import ORIGIN, City, square

_WFS = "{http://www.opengis.net/wfs/2.0}"
_GML = "{http://www.opengis.net/gml/3.2}"
_LAND = "{urn:x-qala:land:1}"
_BY_ID = "urn:ogc:def:query:OGC-WFS::GetFeatureById"
Ask = Callable[..., httpx2.Response]


@pytest.fixture(scope="module")
def features(client: httpx2.Client) -> Ask:
    """Ask for parcels."""

    def ask(**parameters: str | int) -> httpx2.Response:
        asked: dict[str, str | int] = {"SERVICE": "WFS", "VERSION": "2.0.0", "REQUEST": "GetFeature"}
        types = {} if {"STOREDQUERY_ID", "RESOURCEID"} & set(parameters) else {"TYPENAMES": "land:parcel"}
        return client.get("/wfs", params={**asked, **types, **parameters})

    return ask


@pytest.fixture(scope="module")
def land(client: httpx2.Client) -> etree.XMLSchema:
    """The schema of answers with features of the land cadastre."""
    types = "land:parcel,land:quarter"
    query = {"SERVICE": "WFS", "VERSION": "2.0.0", "REQUEST": "DescribeFeatureType", "TYPENAMES": types}
    return with_types({"urn:x-qala:land:1": client.get("/wfs", params=query).content})


def _ids(document: bytes) -> list[str]:
    return [str(f.get(f"{_GML}id")) for f in etree.fromstring(document).iter(f"{_LAND}parcel")]


def _numbers(document: bytes) -> list[str]:
    return [e.text or "" for e in etree.fromstring(document).iter(f"{_LAND}cadastral_number")]


def test_answers_are_valid(features: Ask, land: etree.XMLSchema) -> None:
    """GML of polygons and of collections follows the official schemas and the types' own."""
    for parameters in ({}, {"COUNT": 3}, {"RESULTTYPE": "hits"}, {"TYPENAMES": "land:quarter"}, {"COUNT": 0}):
        answer = features(**parameters)
        assert answer.headers["content-type"] == "application/gml+xml; version=3.2"
        assert refused(land, answer.content) == []


def test_what_is_read_is_what_was_written(features: Ask) -> None:
    """Texts with markup and Kazakh letters, numbers and flags arrive as they were registered."""
    first = next(etree.fromstring(features(COUNT=1).content).iter(f"{_LAND}parcel"))
    told = {etree.QName(child).localname: child.text for child in first}
    assert told["cadastral_number"] == "91001001001"
    assert told["address"] == "Testikatu 1 <&\"'> Қала"
    assert (told["official_area"], told["divisible"]) == ("1600", "true")


def test_geometry_is_exact(features: Ask) -> None:
    """The first parcel is the square that was written, northing first as EPSG:3879 says."""
    first = next(etree.fromstring(features(COUNT=1).content).iter(f"{_GML}posList"))
    numbers = [float(number) for number in (first.text or "").split()]
    assert shapely.Polygon(_pairs(numbers)).equals(square(0, 0))


def _pairs(numbers: list[float]) -> list[tuple[float, float]]:
    return list(zip(numbers[1::2], numbers[::2], strict=True))


def test_pages_meet_without_gap_or_repetition(features: Ask, client: httpx2.Client) -> None:
    """Following next from the first page visits every parcel once; previous leads back to the same ones."""
    pages = [features(COUNT=7)]
    while following := etree.fromstring(pages[-1].content).get("next"):
        pages.append(client.get(following))
    assert [len(_ids(page.content)) for page in pages] == [7, 7, 7, 4]
    assert len({i for page in pages for i in _ids(page.content)}) == 25
    for before, after in pairwise(pages):
        previous = etree.fromstring(after.content).get("previous")
        assert previous is not None
        assert _ids(client.get(previous).content) == _ids(before.content)
    assert etree.fromstring(pages[0].content).get("previous") is None


def test_startindex_alone_finds_the_same_pages(features: Ask) -> None:
    """QGIS and GDAL count for themselves, from 0."""
    pages = [_ids(features(COUNT=10, STARTINDEX=start).content) for start in (0, 10, 20, 30)]
    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert len({i for page in pages for i in page}) == 25


def test_pages_do_not_see_what_is_written_meanwhile(features: Ask, client: httpx2.Client, small_city: City) -> None:
    """A page that next leads to shows the register as the first page did."""
    for _ in range(3):
        _plant(small_city)
    first = etree.fromstring(features(TYPENAMES=_GREEN, COUNT=2).content)
    planted = _plant(small_city)
    rest = client.get(str(first.get("next"))).content
    now = features(TYPENAMES=_GREEN).content
    assert f'"environment.green_area.{planted}"'.encode() not in rest
    assert f'"environment.green_area.{planted}"'.encode() in now
    assert etree.fromstring(rest).get("numberReturned") == "2"


_GREEN = "environment:green_area"
_PLACE = count(100)


def _plant(city: City) -> int:
    """Write a park where none is; return its id."""
    return city.put("environment.green_area", shapely.MultiPolygon([square(next(_PLACE), 0)]), green_area_type="park")


def test_hits_count_exactly(features: Ask, client: httpx2.Client) -> None:
    """Hits name the number and lead to the first page, never to one before."""
    root = etree.fromstring(features(RESULTTYPE="hits", COUNT=1).content)
    assert (root.get("numberMatched"), root.get("numberReturned"), root.get("previous")) == ("25", "0", None)
    assert len(_ids(client.get(str(root.get("next"))).content)) == 1


@pytest.mark.parametrize("wanted", [24, 25, 26, 30])
def test_number_matched_is_told_where_it_is_known(features: Ask, wanted: int) -> None:
    """A page that holds all tells how many there are; another leaves it open."""
    root = etree.fromstring(features(COUNT=wanted, BBOX=_box(0, 0, 5, 5)).content)
    assert root.get("numberReturned") == str(min(wanted, 25))
    assert root.get("numberMatched") == ("unknown" if wanted < 25 else "25")


def _box(column: int, row: int, last_column: int, last_row: int, srs: str = "urn:ogc:def:crs:EPSG::3879") -> str:
    """Return a box a metre inside the given parcels' outline, in the axis order of a system."""
    x1, y1 = ORIGIN[0] + column * 40 + 1, ORIGIN[1] + row * 40 + 1
    x2, y2 = ORIGIN[0] + last_column * 40 - 1, ORIGIN[1] + last_row * 40 - 1
    crs = parse_crs(srs)
    move = Transformer.from_crs(3879, crs.srid, always_xy=True).transform
    (x1, y1), (x2, y2) = move(x1, y1), move(x2, y2)
    numbers = (y1, x1, y2, x2) if crs.swap else (x1, y1, x2, y2)
    return ",".join([*map(repr, numbers), srs])


@pytest.mark.parametrize(
    "srs",
    [
        "urn:ogc:def:crs:EPSG::3879",
        "EPSG:3879",
        "urn:ogc:def:crs:EPSG::4326",
        "http://www.opengis.net/def/crs/EPSG/0/4326",
        "EPSG:4326",
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "EPSG:3857",
    ],
)
def test_bbox_in_any_system_and_axis_order(features: Ask, srs: str) -> None:
    """The same four parcels, however the box is written."""
    assert _numbers(features(BBOX=_box(1, 1, 3, 3, srs)).content) == [
        f"91001001{number:03d}" for number in (7, 8, 12, 13)
    ]


def test_bbox_without_a_system_is_in_the_types_own(features: Ask) -> None:
    """WFS 2.0: the default system of the type, northing first."""
    numbers = _box(0, 0, 1, 1).rsplit(",", 1)[0]
    assert _numbers(features(BBOX=numbers).content) == ["91001001001"]


def test_bbox_in_the_sea_is_empty(features: Ask) -> None:
    """A box with swapped axes finds nothing, and that is a valid answer."""
    root = etree.fromstring(features(BBOX=_box(0, 0, 5, 5, "EPSG:4326").replace("EPSG:4326", _LAT_LON)).content)
    assert (root.get("numberMatched"), root.get("numberReturned")) == ("0", "0")


_LAT_LON = "urn:ogc:def:crs:EPSG::4326"


@pytest.mark.parametrize(("srs", "latitude_first"), [(_LAT_LON, True), ("EPSG:4326", False)])
def test_srsname_is_answered_in_kind(features: Ask, land: etree.XMLSchema, srs: str, latitude_first: bool) -> None:
    """The asked name stands in the answer, and coordinates are in its order: swapped they lie in the sea."""
    answer = features(COUNT=1, SRSNAME=srs)
    assert refused(land, answer.content) == []
    root = etree.fromstring(answer.content)
    assert next(root.iter(f"{_GML}Polygon")).get("srsName") == srs
    first, second, *_ = (float(n) for n in (next(root.iter(f"{_GML}posList")).text or "").split())
    assert (first > 60, second > 60) == (latitude_first, not latitude_first)


def test_resource_ids(features: Ask) -> None:
    """By id alone the type need not be named; what nothing is called finds nothing."""
    known = _ids(features(COUNT=3).content)
    assert _ids(features(RESOURCEID=",".join(known)).content) == known
    assert _ids(features(RESOURCEID="land.parcel.999999999,no-such-thing").content) == []
    assert _ids(features(RESOURCEID=known[0], TYPENAMES="land:parcel").content) == known[:1]


def test_get_feature_by_id(features: Ask, land: etree.XMLSchema) -> None:
    """The feature itself is the document."""
    (known,) = _ids(features(COUNT=1).content)
    answer = features(STOREDQUERY_ID=_BY_ID, ID=known)
    root = etree.fromstring(answer.content)
    assert (root.tag, root.get(f"{_GML}id")) == (f"{_LAND}parcel", known)
    assert refused(land, answer.content) == []


@pytest.mark.parametrize("unknown", ["land.parcel.999999999", "nothing", "land.parcel.1'--", "land.nothing.1"])
def test_unknown_feature_is_not_found(features: Ask, unknown: str) -> None:
    """404, with a report that quotes the id."""
    answer = features(STOREDQUERY_ID=_BY_ID, ID=unknown)
    assert answer.status_code == 404
    assert b'exceptionCode="NotFound"' in answer.content


def test_a_feature_of_another_time_is_gone(features: Ask, moved: tuple[str, str]) -> None:
    """410, and when it is in force."""
    answer = features(STOREDQUERY_ID=_BY_ID, ID=moved[0], DATETIME="1999-01-01")
    assert answer.status_code == 410
    assert b"2020-01-01" in answer.content
    assert features(STOREDQUERY_ID=_BY_ID, ID=moved[0], DATETIME="2021-01-01").status_code == 200


_FES = 'xmlns:fes="http://www.opengis.net/fes/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"'


def test_filter_by_id(features: Ask) -> None:
    """fes:ResourceId means what the parameter RESOURCEID means."""
    known = _ids(features(COUNT=2).content)
    operands = "".join(f'<fes:ResourceId rid="{i}"/>' for i in known)
    assert _ids(features(FILTER=f"<fes:Filter {_FES}>{operands}</fes:Filter>").content) == known


def test_filter_by_box(features: Ask) -> None:
    """fes:BBOX means what the parameter BBOX means."""
    y1, x1, y2, x2, srs = _box(1, 1, 3, 3).split(",")
    envelope = (
        f'<gml:Envelope srsName="{srs}"><gml:lowerCorner>{y1} {x1}</gml:lowerCorner>'
        f"<gml:upperCorner>{y2} {x2}</gml:upperCorner></gml:Envelope>"
    )
    reference = "<fes:ValueReference>land:geom</fes:ValueReference>"
    text = f"<fes:Filter {_FES}><fes:BBOX>{reference}{envelope}</fes:BBOX></fes:Filter>"
    assert len(_ids(features(FILTER=text).content)) == 4


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"<fes:Filter {_FES}><fes:PropertyIsEqualTo/></fes:Filter>", "OptionNotSupported"),
        (f"<fes:Filter {_FES}/>", "OptionNotSupported"),
        (f"<fes:BBOX {_FES}/>", "InvalidParameterValue"),
        ("<fes:Filter", "OperationParsingFailed"),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', "OperationParsingFailed"),
        ("<a>" * 1000 + "</a>" * 1000, "OperationParsingFailed"),
        (f'<fes:Filter {_FES}><!--<--><![CDATA[<!ENTITY a "b">]]></fes:Filter>', "OperationParsingFailed"),
    ],
)
def test_other_filters_are_refused(features: Ask, text: str, code: str) -> None:
    """What is not understood is named; what is hostile is not looked into."""
    answer = features(FILTER=text)
    assert answer.status_code in {400, 501}
    assert f'exceptionCode="{code}"'.encode() in answer.content
    assert b"root:" not in answer.content


def test_geojson(features: Ask) -> None:
    """Longitude first unless a system is asked for; pages are linked."""
    told = features(OUTPUTFORMAT="application/json", COUNT=2).json()
    longitude, latitude = told["features"][0]["geometry"]["coordinates"][0][0]
    assert (round(longitude), round(latitude)) == (25, 60)
    assert (told["numberReturned"], [link["rel"] for link in told["links"]]) == (2, ["next"])
    moved = features(OUTPUTFORMAT="geojson", COUNT=1, SRSNAME="urn:ogc:def:crs:EPSG::3879").json()
    assert moved["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::3879"
    x, y = moved["features"][0]["geometry"]["coordinates"][0][0]
    assert (x > 25_000_000, y < 7_000_000) == (True, True)


def test_property_names(features: Ask, land: etree.XMLSchema) -> None:
    """Only what was asked for, and what no parcel may lack, so that the answer stays valid."""
    answer = features(PROPERTYNAME="land:official_area", COUNT=1)
    told = [etree.QName(child).localname for child in next(etree.fromstring(answer.content).iter(f"{_LAND}parcel"))]
    assert "official_area" in told
    assert "cadastral_number" in told
    assert not {"geom", "address"} & set(told)
    assert refused(land, answer.content) == []


def test_property_values(client: httpx2.Client, land: etree.XMLSchema) -> None:
    """GetPropertyValue gives one member per feature that has a value."""
    asked = {"SERVICE": "WFS", "VERSION": "2.0.0", "REQUEST": "GetPropertyValue", "TYPENAMES": "land:parcel"}
    answer = client.get("/wfs", params={**asked, "VALUEREFERENCE": "land:cadastral_number", "COUNT": 5})
    assert refused(land, answer.content) == []
    assert _numbers(answer.content) == [f"91001001{number:03d}" for number in range(1, 6)]
    nothing = client.get("/wfs", params={**asked, "VALUEREFERENCE": "land:national_reference"})
    assert etree.fromstring(nothing.content).get("numberReturned") == "0"


@pytest.fixture(scope="module")
def moved(small_city: City) -> tuple[str, str]:
    """A park that was enlarged from 2022 on; its id, and the instant before that was recorded."""
    park = _plant(small_city)
    with small_city.register.reading() as connection:
        row = connection.execute("SELECT max(recorded) FROM qala.changeset").fetchone()
    assert row is not None
    larger = shapely.MultiPolygon([square(300, 300).buffer(5, join_style="mitre")])
    small_city.put("environment.green_area", larger, "2022-01-01", park, green_area_type="park")
    return f"environment.green_area.{park}", row[0].isoformat()


@pytest.mark.parametrize(
    ("valid", "before", "side"),
    [(None, False, 50), ("2021-06-01", False, 40), ("2022-01-01", False, 50), ("2023-06-01", True, 40)],
)
def test_both_axes_of_time(features: Ask, moved: tuple[str, str], valid: str | None, before: bool, side: int) -> None:
    """Datetime asks how it was, recorded-at what the register knew; a legal day begins at the city's midnight."""
    feature_id, instant = moved
    times = ({"datetime": valid} if valid else {}) | ({"recorded-at": instant} if before else {})
    root = etree.fromstring(features(RESOURCEID=feature_id, **times).content)
    numbers = [float(n) for n in (next(root.iter(f"{_GML}posList")).text or "").split()]
    assert shapely.Polygon(_pairs(numbers)).area == pytest.approx(side**2)


def test_the_future_of_the_record_is_unknown(features: Ask) -> None:
    """An instant of record after the last changeset is refused by name."""
    answer = features(**{"RECORDED-AT": "2200-01-01T00:00:00Z"})
    assert answer.status_code == 400
    assert b'locator="recorded-at"' in answer.content


@pytest.mark.parametrize(
    "name", ["TYPENAMES", "RESOURCEID", "BBOX", "SRSNAME", "FILTER", "PROPERTYNAME", "DATETIME", "NAMESPACES"]
)
def test_sql_in_parameters_changes_nothing(features: Ask, name: str) -> None:
    """Quotes and commands are values, and wrong ones."""
    before = features(RESULTTYPE="hits").content
    answer = features(**{name: "x'); DROP TABLE land.parcel; --"})
    assert answer.status_code == 400 or etree.fromstring(answer.content).get("numberReturned") == "0"
    assert etree.fromstring(features(RESULTTYPE="hits").content).get("numberMatched") == etree.fromstring(before).get(
        "numberMatched"
    )
