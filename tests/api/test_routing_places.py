"""Places as people name them: coordinates in any system, a parcel's number, an address, its code; and what is none."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import shapely

from api.routing.places import Places, Uncertain
from cadastres.address.search import Found
from gis.crs import transformer
from gis.errors import QalaError
from gis.instant import Instant
from tests.cadastres.address.town import built
from tests.city import ORIGIN, City, square


def nothing(_: str, __: Instant) -> Sequence[Found]:
    """Find no address."""
    return []


def places(city: City, crs: str | None = None, find: Callable[[str, Instant], Sequence[Found]] = nothing) -> Places:
    """Return what finds places of a city."""
    return Places(city.register, Instant(), find, "en", crs)


def test_coordinates_in_any_system(small_city: City) -> None:
    """Longitude first unless the system's name says otherwise; as a text, a list or a GeoJSON point."""
    longitude, latitude = transformer(3879, 4326).transform(*ORIGIN)
    here = places(small_city)
    written = (
        f"{longitude},{latitude}",
        f" {longitude} ; {latitude} ",
        [longitude, latitude],
        {"type": "Point", "coordinates": [longitude, latitude]},
    )
    for asked in written:
        assert here.one(asked, "from").xy == pytest.approx(ORIGIN, abs=0.001)
    swapped = places(small_city, "urn:ogc:def:crs:EPSG::4326")
    assert swapped.one(f"{latitude},{longitude}", "from").xy == pytest.approx(ORIGIN, abs=0.001)
    assert places(small_city, "EPSG:3879").one("25496500,6673000", "from").xy == pytest.approx(ORIGIN, abs=1e-6)


def test_a_parcel_is_a_point_in_it(small_city: City) -> None:
    """In any spelling; a way may end as far from that point as the parcel reaches."""
    found = places(small_city).one("91-001-001-001", "from")
    assert (found.kind, found.label) == ("parcel", "91-001-001-001")
    assert square(0, 0).contains(shapely.Point(found.xy))
    assert found.reach == pytest.approx(20 * 2**0.5)


def test_an_address_by_its_code(small_city: City) -> None:
    """Its 16 digits, however they are grouped."""
    code = "0201300045217789"
    facts: dict[str, Any] = {"locator_designator": "7", "position_specification": "building", "rka": code}
    small_city.put("address.address", shapely.Point(ORIGIN), **facts)
    for written in (code, "0201 3000 4521 7789"):
        found = places(small_city).one(written, "to")
        assert (found.kind, found.xy) == ("address", ORIGIN)


def test_many_keep_their_order(small_city: City) -> None:
    """Texts among coordinates, one place twice, one place alone."""
    longitude, latitude = transformer(3879, 4326).transform(*ORIGIN)
    here, away = [longitude, latitude], [longitude + 0.001, latitude]
    asked: list[Any] = [here, "91-001-001-001", away, here]
    found = places(small_city).many(asked, "stops")
    assert [one.kind for one in found] == ["point", "parcel", "point", "point"]
    assert found[0].xy == found[3].xy == pytest.approx(ORIGIN, abs=0.001)
    assert found[2].x - found[0].x == pytest.approx(55.8, abs=0.5)
    assert [one.xy for one in places(small_city).many([here, here], "stops")] == [found[0].xy] * 2


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("NaN,NaN", "bad-geometry"),
        ("1e309,60", "bad-geometry"),
        ("60.17,24.94", "bad-geometry"),
        ("0,0", "bad-geometry"),
        ([24.94], "bad-geometry"),
        ([None, None], "bad-geometry"),
        ([[24.94, 60.17]], "bad-geometry"),
        ({"type": "Point"}, "bad-geometry"),
        ({"type": "Polygon", "coordinates": []}, "bad-request"),
        (None, "bad-request"),
        (True, "bad-request"),
        ("", "bad-request"),
        ("\x00\x1b", "bad-request"),
        ("қ" * 10_000, "bad-request"),
        ("99-999-999-999", "not-found"),
        ("0201 3000 4521 7780", "not-found"),
        ("nowhere street 5", "not-found"),
        ("'; DROP TABLE land.parcel; --", "not-found"),
    ],
)
def test_what_is_no_place_is_refused(small_city: City, asked: Any, code: str) -> None:
    """In three languages, whether it stands alone or among others."""
    for ask in (lambda: places(small_city).one(asked, "from"), lambda: places(small_city).many([asked, asked], "to")):
        with pytest.raises(QalaError) as refusal:
            ask()
        assert refusal.value.code == code
        assert len(set(refusal.value.message.as_dict().values())) == 3


AVENUE: dict[str, Any] = {"names": (None, None, "проспект Абая", None), "matched": "проспект Абая"}
STREET: dict[str, Any] = {"names": (None, None, "улица Абая", None), "matched": "Абая"}


def answer(score: float, east: float, house: str | None, **facts: Any) -> Found:
    """Return an answer of the search, metres east of the origin."""
    longitude, latitude = transformer(3879, 4326).transform(ORIGIN[0] + east, ORIGIN[1])
    given: dict[str, Any] = {
        "line": 1, "score": score, "likeness": 1.0, "standing": "current", "layer": "address.street",
        "place_id": 7 + int(east), "address_id": None if house is None else 1000 + int(east), "rka": None,
        "house": house, "flat": None, "asked_house": "12", "complete": house is not None, "longitude": longitude,
        "latitude": latitude, "distance": None, **facts,
    }  # fmt: skip
    return Found(**given)


@pytest.mark.parametrize(
    ("found", "certain"),
    [
        ([answer(0.99, 0, "12", **STREET)], True),
        ([answer(0.99, 3000, "12", **STREET), answer(0.75, 0, None, **AVENUE)], False),
        ([answer(1.0, 0, "12", **AVENUE), answer(0.75, 3000, None, **STREET)], True),
        ([answer(1.0, 0, "12", **AVENUE), answer(0.99, 3000, "12", **STREET)], False),
        ([answer(1.0, 0, "12", **AVENUE), answer(0.99, 50, "12", **STREET)], True),
        ([answer(1.0, 0, "12", **AVENUE), answer(0.87, 3000, "12", **STREET)], True),
        ([answer(0.87, 3000, "12", **STREET)], False),
        ([answer(0.75, 0, None, **AVENUE), answer(0.5, 0, "12А", **AVENUE)], False),
    ],
)
def test_an_address_is_certain_or_refused(small_city: City, found: Sequence[Found], certain: bool) -> None:
    """A house on another street, of another kind, or one of two as likely and far apart, is not gone to unasked."""
    here = places(small_city, find=lambda _text, _instant: found)
    if certain:
        assert here.one("проспект Абая 12", "to").feature_id == found[0].address_id
        return
    with pytest.raises(Uncertain) as refusal:
        here.one("проспект Абая 12", "to")
    told = refusal.value.data
    assert (refusal.value.status, told["parameter"]) == (422, "to")
    assert {"label", "coordinates"} <= set(told["candidates"][0])
    assert 1 <= len(told["candidates"]) <= 3
    assert told["candidates"][0]["label"] in refusal.value.message.ru


def test_the_search_itself_leaves_a_house_of_another_street_in_doubt(fresh_city: Callable[[str], City]) -> None:
    """The lane has no avenue of its name; the avenue's house 12 is certain, and so is a street's."""
    town = built(fresh_city("helsinki"))
    found = places(town.city, find=lambda text, instant: town.find(text, instant, limit=5).found)
    assert found.one("проспект Абая 12", "to").feature_id == town.houses["abai_avenue", "12"]
    assert found.one("улица Каныша Сатпаева 12", "to").feature_id == town.houses["satpaev", "12"]
    for text in ("проспект Мира 12", "проспект Победы 13"):
        with pytest.raises(QalaError) as refusal:
            found.one(text, "to")
        assert refusal.value.code in {"uncertain-place", "not-found"}
