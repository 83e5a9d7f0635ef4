"""Answers longer than a batch, and a service without its database."""

from collections.abc import AsyncIterator, Iterator

import pytest
from fastapi import FastAPI
from lxml import etree
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from starlette.testclient import TestClient

from api import app as application
from api.wfs import Wfs, features
from gis import pages
from tests.api.schemas import official, refused
from tests.city import City

_ASKED = {"SERVICE": "WFS", "VERSION": "2.0.0", "REQUEST": "GetFeature", "TYPENAMES": "land:parcel"}
_PARCEL = "{urn:x-qala:land:1}parcel"


@pytest.fixture(scope="module")
def near(small_city: City) -> Iterator[TestClient]:
    """A client inside the process, so that a test can make batches small."""
    with TestClient(application.create_app(small_city.register)) as client:
        yield client


@pytest.fixture
def _batches_of_four(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "BATCH", 4)
    monkeypatch.setattr(features, "BATCH", 4)


@pytest.mark.usefixtures("_batches_of_four")
@pytest.mark.parametrize(
    ("start", "wanted", "returned"), [(0, 25, 25), (0, 30, 25), (3, 10, 10), (20, 10, 5), (0, 8, 8)]
)
def test_batches_make_one_answer(near: TestClient, start: int, wanted: int, returned: int) -> None:
    """Well-formed, each feature once, in the order of pages, and its number told before the first of them."""
    answer = near.get("/wfs", params={**_ASKED, "STARTINDEX": start, "COUNT": wanted})
    root = etree.fromstring(answer.content)
    ids = [parcel.get("{http://www.opengis.net/gml/3.2}id") for parcel in root.iter(_PARCEL)]
    assert len(ids) == len(set(ids)) == returned
    assert root.get("numberReturned") == str(returned)
    assert root.get("numberMatched") in {"25", "unknown"}
    assert (root.get("next") is None) == (start + returned == 25)


@pytest.mark.usefixtures("_batches_of_four")
def test_batches_of_geojson(near: TestClient) -> None:
    """Features of two batches are separated as those of one."""
    told = near.get("/wfs", params={**_ASKED, "COUNT": 25, "OUTPUTFORMAT": "geojson"}).json()
    assert len({feature["id"] for feature in told["features"]}) == told["numberReturned"] == 25


@pytest.mark.usefixtures("_batches_of_four")
def test_an_error_on_the_way_breaks_the_answer(near: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part is never sent as if it were the whole."""

    async def broken(*_: object) -> AsyncIterator[pages.Page]:
        raise ConnectionResetError
        yield  # type: ignore[unreachable]

    monkeypatch.setattr(pages.PageReader, "pages", broken)
    with pytest.raises(ConnectionResetError):
        near.get("/wfs", params={**_ASKED, "COUNT": 25})


def test_without_a_database(small_city: City) -> None:
    """An exception report with status 503, in the asked language."""
    pool: AsyncConnectionPool[AsyncConnection] = AsyncConnectionPool("", open=False)
    alone = FastAPI()
    alone.include_router(Wfs(small_city.profile, small_city.register.layers, pool).router)
    answer = TestClient(alone).get("/wfs", params=_ASKED, headers={"Accept-Language": "ru"})
    assert (answer.status_code, answer.headers["content-language"]) == (503, "ru")
    assert refused(official(), answer.content) == []
