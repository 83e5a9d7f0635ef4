"""The address clerk's acts over HTTP, and what can be read of them on both axes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx2
import pytest
from shapely.geometry.base import BaseGeometry

from api.violations import on_globe
from gis import tokens
from tests.api.server import serving
from tests.cadastres.address.clerk import ABAY, LENIN, SATPAYEV, area, line, point
from tests.city import City


@dataclass
class Counter:
    """An address clerk's counter: a client with a clerk's token."""

    city: City
    client: httpx2.Client
    serial: Iterator[int] = field(default_factory=lambda: count(1))

    def globe(self, shape: BaseGeometry) -> dict[str, Any]:
        """Return a shape as GeoJSON in longitude and latitude."""
        return on_globe(shape, self.city.profile.system)

    def post(self, path: str, day: str = "2020-01-01", *, headers: Any = None, **members: Any) -> httpx2.Response:
        """Order an act."""
        source = {"kind": "akimat-decision", "number": f"A-{next(self.serial)}", "acceptance": day}
        body = {"source": source, "reason": "test", **members}
        return self.client.post(f"/address/{path}", json=body, headers=headers or {})

    def made(self, path: str, day: str = "2020-01-01", **members: Any) -> int:
        """Order an act that makes a feature; return its id."""
        answer = self.post(path, day, **members)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["features"][0]["id"])

    def street(self, names: dict[str, str] = ABAY, y: float = 0.0) -> int:
        """Form a street."""
        return self.made("streets", names=names, geometry=self.globe(line(y)))

    def house(self, number: str, street: int, **members: Any) -> int:
        """Give a house an address on a street."""
        said = {"geometry": self.globe(point(float(number))), **members}
        return self.made("addresses", number=number, street=street, **said)

    def get(self, path: str, **parameters: str) -> Any:
        """Read a page."""
        answer = self.client.get(f"/address/{path}", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def counter(fresh_city: Callable[[str], City]) -> Iterator[Counter]:
    """A counter in Almaty, whose clerk is the registrar of addresses alone."""
    city = fresh_city("almaty")
    with city.register.writing() as connection:
        secret = tokens.create(connection, "A. Clerk", "registrar.address")
    headers = {"Authorization": f"Bearer {secret}"}
    with (
        serving(city.register) as server,
        httpx2.Client(base_url=server.address, timeout=60.0, headers=headers) as client,
    ):
        yield Counter(city, client)


def test_a_street_is_named_renamed_and_read(counter: Counter) -> None:
    """The page tells the name of the day, the old names, and on what the houses hang."""
    street = counter.street(LENIN)
    house = counter.house("5", street, rka="0201 3000 4521 7789")
    recorded = counter.get(f"addresses/{house}")["properties"]["begin_lifespan_version"]
    renamed = counter.post(f"streets/{street}/rename", "2021-01-01", names=ABAY)
    assert renamed.status_code == 200
    assert renamed.json()["features"][0]["id"] == street
    before, after = (counter.get(f"streets/{street}", datetime=day) for day in ("2020-06-01", "2021-06-01"))
    assert (before["properties"]["name_ru"], before["aliases"]) == ("Улица Ленина", [])
    assert after["properties"]["name_ru"] == "Проспект Абая"
    assert [(a["kind"], a["name_ru"]) for a in after["aliases"]] == [("former", "Улица Ленина")]
    told = counter.get("addresses/0201300045217789", datetime="2021-06-01")
    assert (told["id"], told["spelled"]) == (house, "0201 3000 4521 7789")
    assert [(h["layer"], h["name_kk"]) for h in told["hangs_on"]] == [("address.street", "Абай даңғылы")]
    assert counter.get(f"addresses/{house}", datetime="2020-06-01")["properties"]["thoroughfare_name"] == "Ленин көшесі"
    known_then = counter.get(f"streets/{street}", **{"datetime": "2021-06-01", "recorded-at": recorded})
    assert known_then["properties"]["name_ru"] == "Улица Ленина"


def test_merge_split_and_kin(counter: Counter) -> None:
    """Successors and predecessors are on the pages; whoever asks for a street that ended is told when it was."""
    one, other = counter.street(LENIN, 100), counter.street(SATPAYEV, 105)
    house = counter.house("1", other)
    heir = counter.made("streets/merge", "2021-01-01", places=[one, other], names=ABAY)
    page = counter.get(f"streets/{heir}", datetime="2021-06-01")
    assert {(k["id"], k["kind"], k["name_ru"]) for k in page["lineage"]["predecessors"]} == {
        (one, "merge", "Улица Ленина"),
        (other, "merge", "Улица Сатпаева"),
    }
    assert counter.get(f"addresses/{house}", datetime="2021-06-01")["properties"]["street_id"] == heir
    gone = counter.client.get(f"/address/streets/{one}", params={"datetime": "2021-06-01"})
    assert (gone.status_code, gone.json()["in_force"]) == (410, [{"from": "2020-01-01", "to": "2021-01-01"}])
    straight = counter.street(ABAY, 300)
    parts = [
        {"geometry": counter.globe(line(300, *ends)), "names": names}
        for ends, names in (((0, 150), LENIN), ((150, 400), SATPAYEV))
    ]
    split = counter.post(f"streets/{straight}/split", "2021-01-01", parts=parts)
    assert split.status_code == 201, split.text
    kin = counter.get(f"streets/{straight}", datetime="2020-06-01")["lineage"]["successors"]
    assert [k["name_kk"] for k in kin] == ["Ленин көшесі", "Сәтбаев көшесі"]


def test_units_places_and_boundaries(counter: Counter) -> None:
    """Districts and microdistricts are formed, get codes, and trade ground."""
    names = [{"name_kk": f"{n} ауданы", "name_ru": f"{n} район"} for n in ("Медеу", "Алмалы")]
    grounds = (area(0, 500, 500, 900), area(500, 500, 1000, 900))
    units = [
        counter.made("admin-units", names=n, geometry=counter.globe(g), attributes={"level": "cityDistrict"})
        for n, g in zip(names, grounds, strict=True)
    ]
    assert counter.post(f"admin-units/{units[0]}/kato", "2021-01-01", kato="751110000").status_code == 200
    moved = (area(0, 500, 400, 900), area(400, 500, 1000, 900))
    places = [{"id": i, "geometry": counter.globe(g)} for i, g in zip(units, moved, strict=True)]
    assert counter.post("admin-units/boundary", "2021-06-01", places=places).status_code == 200
    assert counter.get(f"admin-units/{units[0]}", datetime="2021-07-01")["properties"]["kato"] == "751110000"
    assert counter.post("streets/boundary", places=places).status_code == 400
    place = counter.made(
        "named-places", names={"name_kk": "Самал", "name_ru": "Самал"}, geometry=counter.globe(moved[0])
    )
    change = counter.post(f"named-places/{place}/change", "2021-01-01", attributes={"place_type": "microdistrict"})
    assert change.status_code == 200
    assert counter.post(f"named-places/{place}/abolish", "2022-01-01").status_code == 200


def test_refusals_speak_the_asker_s_language(counter: Counter) -> None:
    """Each has the rule's id and its text; nothing is written."""
    street = counter.street(ABAY, 700)
    counter.house("1", street)
    abolish = counter.post(f"streets/{street}/abolish", "2021-01-01", headers={"Accept-Language": "kk"})
    assert abolish.status_code == 422
    violation = next(v for v in abolish.json()["violations"] if v["rule"] == "address.place.no-live-addresses")
    assert violation["statement"].startswith("Қолданыстағы мекенжайлары бар")
    where = counter.globe(point(2))
    short = counter.post("addresses", number="2", street=street, geometry=where, rka="1" * 15)
    assert (short.status_code, short.json()["rule"]) == (400, "address.address.rka")
    twin = counter.post("addresses", number="1", street=street, geometry=where, headers={"Accept-Language": "ru"})
    assert [v["rule"] for v in twin.json()["violations"]] == ["address.address.unique"]
    mixed = counter.post("streets", names={**ABAY, "name_ru": "Улица Aбая"}, geometry=counter.globe(line(800)))
    assert "U+0041" in mixed.text
    blank = counter.post("streets", names={**ABAY, "name_ru": " "}, geometry=counter.globe(line(800)))
    assert "address.name.blank" in blank.text
    assert counter.client.get(f"/address/streets/{10**9}").status_code == 404
    assert counter.client.get("/address/addresses/12x").status_code == 400


def test_dry_run_and_tokens_of_versions(counter: Counter) -> None:
    """A clerk may ask first; who looked at an older version is told so; the same act twice is one act."""
    street = counter.street(LENIN, 1000)
    asked = counter.post(f"streets/{street}/rename?dry-run=true", "2021-01-01", names=ABAY)
    assert asked.json() == {"allowed": True, "violations": []}
    tag = counter.client.get(f"/address/streets/{street}", params={"datetime": "2021-06-01"}).headers["ETag"]
    first = counter.post(f"streets/{street}/rename", "2021-01-01", names=ABAY, headers={"If-Match": tag})
    assert first.status_code == 200
    stale = counter.post(f"streets/{street}/rename", "2022-01-01", names=SATPAYEV, headers={"If-Match": tag})
    assert stale.status_code == 409
    body = {
        "source": {"kind": "akimat-decision", "number": "N-1", "acceptance": "2022-01-01"},
        "reason": "test",
        "names": SATPAYEV,
    }
    answers = [counter.client.post(f"/address/streets/{street}/rename", json=body) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 409]
    assert answers[1].json()["changeset"] == answers[0].json()["changeset"]


def test_only_clerks_of_addresses_act(counter: Counter) -> None:
    """The land registrar's token opens no street; nobody's neither."""
    with counter.city.register.writing() as connection:
        land = tokens.create(connection, "L. Registrar", "registrar.land")
    headers = {"Authorization": f"Bearer {land}"}
    body: dict[str, Any] = {"names": ABAY, "geometry": counter.globe(line(1200))}
    for sent, status in ((headers, 403), ({"Authorization": ""}, 401)):
        assert counter.post("streets", "2020-01-01", headers=sent, **body).status_code == status


def test_a_flat_over_http(counter: Counter) -> None:
    """A flat's address needs only its house's; house and flat end together."""
    house = counter.house("7", counter.street(ABAY, 1400))
    flat = counter.made("addresses", "2020-06-01", number="12", parent=house)
    assert counter.get(f"addresses/{flat}", datetime="2020-07-01")["properties"]["parent_address_id"] == house
    moved = counter.post(f"addresses/{house}/change", "2021-01-01", attributes={"locator_block": "2"})
    assert moved.status_code == 200
    assert counter.post(f"addresses/{house}/abolish", "2022-01-01").status_code == 422
    assert counter.post(f"addresses/{house}/abolish", "2022-01-01", with_flats=True).status_code == 200
