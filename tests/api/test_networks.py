"""Engineering networks over HTTP: a small water network laid, traced, shut, parted, on both axes and in a draft."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from tests.api.office import Office, opened_office
from tests.cadastres.urban_planning.engineer import line, point
from tests.city import City

NETWORKS = "/urban-planning/networks"


@dataclass
class Works:
    """The city's water works: an office, and what it laid."""

    office: Office
    ids: dict[str, int]

    def post(self, path: str, day: str = "2016-01-01", query: str = "", **members: Any) -> httpx2.Response:
        """Order an act."""
        return self.office.client.post(f"{NETWORKS}/{path}{query}", json=self.office.body(day, **members))

    def ask(self, path: str, **query: Any) -> Any:
        """Ask a question; return the answer."""
        answer = self.office.client.get(f"{NETWORKS}/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def lay(self, name: str, begin: str, end: str, *course: tuple[float, float], **members: Any) -> None:
        """Lay a line between places by name; nodes are made of the kind that the name begins with."""
        ends: dict[str, Any] = {
            side: {"node": self.ids[node]} if node in self.ids else {"kind": node.split("-")[0]}
            for side, node in (("begin", begin), ("end", end))
        }
        geometry = self.office.globe(line(*course))
        answer = self.post("lines", network="water", geometry=geometry, **ends, **members)
        assert answer.status_code == 201, answer.text
        features = answer.json()["features"]
        self.ids[name] = features[0]["id"]
        made = [f["id"] for f in features if f["layer"].endswith("node")]
        self.ids |= dict(zip([n for n in (begin, end) if n not in self.ids], made, strict=True))


@pytest.fixture(scope="module")
def works(fresh_city: Callable[[str], City]) -> Iterator[Works]:
    """A source, a main with two valves, a consumer behind each; and a hydrant on the main."""
    with opened_office(fresh_city("helsinki")) as office:
        made = Works(office, {})
        one_way = {"attributes": {"flow_direction": "inDirection", "diameter": 300}}
        made.lay("main-1", "source-1", "valve-1", (0, 0), (100, 0), **one_way)
        made.lay("main-2", "valve-1", "junction-1", (100, 0), (200, 0), **one_way)
        made.lay("main-3", "junction-1", "valve-2", (200, 0), (300, 0), **one_way)
        made.lay("main-4", "valve-2", "consumer-2", (300, 0), (400, 0), **one_way)
        made.lay("branch", "junction-1", "consumer-1", (200, 0), (200, 90), attributes={"diameter": 100})
        yield made


def test_the_flow_is_followed_both_ways(works: Works) -> None:
    """Lines, nodes, lengths and counts; and each feature on the map."""
    down = works.ask("trace", element=works.ids["main-2"], way="downstream")
    assert (down["lines"], down["length"], down["consumers"]) == (4, pytest.approx(390.0, abs=0.001), 2)
    assert down["nodes_by_kind"] == {"consumer": 2, "junction": 1, "valve": 1}
    assert {f["geometry"]["type"] for f in down["features"]} == {"LineString", "Point"}
    assert len(down["features"]) == down["lines"] + down["nodes"]
    up = works.ask("trace", element=works.ids["consumer-2"], way="upstream", limit=0)
    assert (up["lines"], up["features"]) == (5, [])
    assert up["nodes_by_kind"]["source"] == 1


def test_what_a_shut_valve_cuts_off(works: Works) -> None:
    """The consumer behind it, and both behind the first."""
    second = works.ask("cut-off", elements=works.ids["valve-2"])
    assert (second["consumers"], second["lines"]) == (1, 1)
    assert [f["id"] for f in second["features"] if f["properties"].get("node_kind")] == [works.ids["consumer-2"]]
    assert works.ask("cut-off", elements=works.ids["valve-1"])["consumers"] == 2
    both = works.ask("cut-off", elements=f"{works.ids['branch']},{works.ids['valve-2']}")
    assert both["consumers"] == 2


def test_which_valves_isolate_a_line(works: Works) -> None:
    """Those nearest to it; what is fed through them goes without."""
    found = works.ask("isolation", line=works.ids["branch"])
    assert found["to_shut"] == sorted([works.ids["valve-1"], works.ids["valve-2"]])
    assert (found["consumers"], found["shut"], found["sources_inside"]) == (2, [], [])
    first = works.ask("isolation", line=works.ids["main-1"])
    assert first["sources_inside"] == [works.ids["source-1"]]


def test_states_have_their_dates(works: Works) -> None:
    """A valve shut for March lets through before and after, and did so as was known before."""
    before = works.ask("trace", element=works.ids["source-1"], way="downstream")
    for day, lets in (("2020-03-01", False), ("2020-04-01", True)):
        assert works.post(f"nodes/{works.ids['valve-1']}/state", day, lets_through=lets).status_code == 200
    lines = [
        works.ask("trace", element=works.ids["source-1"], way="downstream", datetime=day)["lines"]
        for day in ("2020-02-28", "2020-03-15", "2020-04-15")
    ]
    assert lines == [5, 1, 5]
    asked = {"element": works.ids["source-1"], "way": "downstream", "datetime": "2020-03-15"}
    assert works.ask("trace", **asked, **{"recorded-at": before["recorded-at"]})["lines"] == 5
    assert works.ask("trace", **asked, **{"through-shut": "true"})["lines"] == 5


def test_a_draft_shuts_a_valve_and_lays_a_bypass(works: Works) -> None:
    """The register knows nothing of it; the draft is traced as it would be."""
    client = works.office.client
    opened = client.post("/drafts", json={"name": "bypass", "title": "Bypass", "valid_from": "2021-01-01"})
    assert opened.status_code == 201, opened.text
    shut = client.post(
        f"{NETWORKS}/nodes/{works.ids['valve-1']}/state?draft=bypass", json={"reason": "works", "lets_through": False}
    )
    assert shut.status_code == 200, shut.text
    ask = {"element": works.ids["source-1"], "way": "downstream", "datetime": "2022-01-01"}
    assert works.ask("trace", **ask, draft="bypass")["lines"] == 1
    assert works.ask("trace", **ask)["lines"] == 5
    around = {
        "reason": "works",
        "network": "water",
        "geometry": works.office.globe(line((0, 0), (100, -30), (200, 0))),
        "begin": {"node": works.ids["source-1"]},
        "end": {"node": works.ids["junction-1"]},
        "attributes": {"flow_direction": "inDirection"},
    }
    assert client.post(f"{NETWORKS}/lines?draft=bypass", json=around).status_code == 201
    found = works.ask("trace", **ask, draft="bypass")
    assert (found["lines"], found["consumers"]) == (5, 2)
    assert works.ask("cut-off", elements=works.ids["valve-1"], datetime="2022-01-01", draft="bypass")["consumers"] == 0
    assert works.ask("cut-off", elements=works.ids["valve-1"], datetime="2022-01-01")["consumers"] == 2


def test_acts_answer_with_what_they_made(works: Works) -> None:
    """A split names its children and the node; the line can be changed, turned, taken out of service and archived."""
    works.lay("spur", "junction-1", "terminal-1", (200, 0), (200, -100))
    split = works.post(f"lines/{works.ids['spur']}/split", geometry=works.office.globe(point(200, -50)), kind="valve")
    assert split.status_code == 201, split.text
    made = [(f["layer"].split("_")[-1], f["id"]) for f in split.json()["features"]]
    assert [kind for kind, _ in made] == ["line", "line", "line", "node"]
    child = made[0][1]
    for verb, members in (
        ("change", {"attributes": {"material": "steel"}}),
        ("move", {"geometry": works.office.globe(line((200, 0), (210, -20), (200, -50)))}),
        ("turn", {}),
        ("decommission", {}),
        ("archive", {}),
    ):
        answer = works.post(f"lines/{child}/{verb}", "2018-01-01", **members)
        assert answer.status_code == 200, (verb, answer.text)
    versions = works.office.client.get(f"/ogc/collections/urban_planning.network_line/items/{child}/versions").json()
    assert versions


def test_nodes_and_structures(works: Works) -> None:
    """Placed, moved with their lines, changed, ended."""
    area = works.office.globe(point(600, 600).buffer(10).envelope)
    built = works.post("structures", network="water", kind="pumpingStation", geometry=area)
    assert built.status_code == 201, built.text
    house = built.json()["features"][0]["id"]
    placed = works.post(
        "nodes",
        network="water",
        kind="pump",
        geometry=works.office.globe(point(600, 600)),
        attributes={"structure_id": house},
    )
    node = placed.json()["features"][0]["id"]
    moved = works.post(f"nodes/{node}/move", "2017-01-01", geometry=works.office.globe(point(602, 601)))
    assert moved.status_code == 200, moved.text
    assert works.post(f"nodes/{node}/change", "2017-06-01", attributes={"designation": "Н-1"}).status_code == 200
    assert works.post(f"structures/{house}/archive", "2018-01-01").status_code == 422, "a node still names it"
    assert works.post(f"nodes/{node}/archive", "2018-01-01").status_code == 200
    assert works.post(f"structures/{house}/change", "2018-01-01", attributes={"operator": "Су МКК"}).status_code == 200
    assert works.post(f"structures/{house}/archive", "2018-02-01").status_code == 200


def test_crossings_that_come_too_near(works: Works) -> None:
    """By the norm of the day; what is not on record is told where asked."""
    norm = works.post(
        "clearances",
        "2010-01-01",
        networks=["water", "gas"],
        min_horizontal=1.5,
        min_vertical=0.2,
        legal_basis="SP RK 3.01-101-2013",
    )
    assert norm.status_code == 201, norm.text
    geometry = works.office.globe(line((50, -40), (50, 40)))
    laid = works.post("lines", network="gas", geometry=geometry, attributes={"depth_from": 1.0})
    assert laid.status_code == 201, laid.text
    beside = works.post("lines", network="gas", geometry=works.office.globe(line((110, 1), (190, 1))))
    assert [w["rule"] for w in beside.json()["warnings"]] == ["urban_planning.network_line.clear-by-unconfirmed-norm"]
    west, south = works.office.globe(point(-50, -50))["coordinates"]
    east, north = works.office.globe(point(450, 150))["coordinates"]
    bbox = f"{west},{south},{east},{north}"
    (near,) = works.ask("crossings", bbox=bbox)["features"]
    assert near["properties"]["lines"] == [works.ids["main-2"], beside.json()["features"][0]["id"]]
    assert (near["properties"]["nearness"], near["properties"]["gap"]) == ("plan", pytest.approx(0.85))
    told = works.ask("crossings", bbox=bbox, unknown="true")["features"]
    assert sorted((f["properties"]["nearness"], f["properties"]["gap"]) for f in told) == [
        ("depth", None),
        ("plan", near["properties"]["gap"]),
    ]
    assert works.ask("crossings", bbox=bbox, datetime="2009-01-01")["features"] == []
    assert works.post(f"clearances/{norm.json()['features'][0]['id']}/archive", "2022-01-01").status_code == 200
    assert works.ask("crossings", bbox=bbox, datetime="2022-06-01")["features"] == []


def test_norms_are_read_in_force_and_in_a_draft(works: Works) -> None:
    """On both axes; the answer to an act leads to what it made, in a draft as well."""
    client = works.office.client
    said: dict[str, Any] = {
        "networks": ["electricity", "thermal"],
        "min_horizontal": 2.0,
        "legal_basis": "SP RK 3.01-101-2013",
    }
    norm = works.post("clearances", "2012-01-01", **said).json()["features"][0]
    assert client.get(norm["href"]).json()["versions"][0]["feature"]["properties"]["min_horizontal"] == 2.0

    def told(**query: str) -> list[Any]:
        return [n for n in works.ask("clearances", **query)["clearances"] if n["one_network"] == "electricity"]

    (read,) = told(datetime="2013-01-01")
    assert (read["id"], read["other_network"], read["min_horizontal"]) == (norm["id"], "thermal", 2.0)
    assert (read["legal_basis"], read["confirmed"]) == ("SP RK 3.01-101-2013", False)
    assert told(datetime="2011-01-01") == []
    for name, day in (("norms", "2021-01-01"), ("norms-to-come", f"{datetime.now(UTC).year + 5}-01-01")):
        opened = client.post("/drafts", json={"name": name, "title": name, "valid_from": day})
        assert opened.status_code == 201, opened.text
        drafted = {"reason": "new", **said, "networks": ["electricity", "oil"]}
        answer = client.post(f"{NETWORKS}/clearances", params={"draft": name}, json=drafted)
        assert answer.status_code == 201, answer.text
        made = answer.json()["features"][0]
        seen = client.get(made["href"])
        assert seen.status_code == 200, seen.text
        assert [(d["feature_id"], d["kind"]) for d in seen.json()["differences"]] == [(made["id"], "created")]
        assert [n["other_network"] for n in told(datetime=day, draft=name)] == ["oil", "thermal"]
        assert [n["other_network"] for n in told(datetime=day)] == ["thermal"]


def test_loops_of_a_network(works: Works) -> None:
    """Three one-way lines in a ring."""
    corners = [(800.0, 0.0), (850.0, 0.0), (850.0, 50.0)]
    ids, warned = [], []
    for begin, end in zip(corners, [*corners[1:], corners[0]], strict=True):
        geometry = works.office.globe(line(begin, end))
        flow = {"flow_direction": "inDirection"}
        laid = works.post("lines", network="stormwater", geometry=geometry, attributes=flow)
        ids.append(laid.json()["features"][0]["id"])
        warned = [w["rule"] for w in laid.json()["warnings"]]
    assert warned == ["urban_planning.network_line.no-one-way-loop"]
    assert works.ask("loops", network="stormwater")["loops"] == [sorted(ids)]
    assert works.ask("loops", network="thermal")["loops"] == []


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("trace?element=999999&way=downstream", 404, ("күшінде емес", "на эту дату нет", "in force")),
        ("loops?network=pneumatic", 400, ("желі жоқ", "Сети «pneumatic» нет", "no network 'pneumatic'")),
        ("cut-off?elements=1,x", 400, ("тізімі емес", "не список", "no list of ids")),
        ("crossings?bbox=20,50,30,60", 400, ("тым үлкен", "слишком велика", "too wide")),
        ("isolation?line=1&limit=x", 400, ("", "", "")),
        ("trace?element=1&way=sideways", 400, ("", "", "")),
    ],
)
def test_questions_that_make_no_sense(works: Works, path: str, status: int, words: tuple[str, str, str]) -> None:
    """Each refused with its reason in three languages."""
    for language, word in zip(("kk", "ru", "en"), words, strict=True):
        answer = works.office.client.get(f"{NETWORKS}/{path}&lang={language}")
        assert answer.status_code == status, answer.text
        assert word in answer.json()["detail"]


def test_acts_that_are_refused(works: Works) -> None:
    """An unknown network, a line in pieces, a line that does not end where it says, one that is entered twice."""
    globe = works.office.globe
    course = globe(line((0, 300), (50, 300)))
    assert works.post("lines", network="pneumatic", geometry=course).status_code == 400
    pieces = {"type": "MultiLineString", "coordinates": [course["coordinates"]]}
    assert works.post("lines", network="water", geometry=pieces).json()["title"]
    assert works.post("lines", network="water", geometry=pieces).status_code == 400
    off = works.post("lines", network="water", geometry=course, begin={"node": works.ids["source-1"]})
    assert (off.status_code, off.json()["code"]) == (400, "off-the-network")
    assert works.post("lines", network="water", geometry=course).status_code == 201
    twice = works.post("lines", network="water", geometry=course)
    assert twice.status_code == 422
    assert [v["rule"] for v in twice.json()["violations"]] == ["urban_planning.network_line.no-duplicate"]
    dry = works.post("lines", query="?dry-run=true", network="water", geometry=course)
    assert dry.json()["allowed"] is False
    assert httpx2.post(f"{works.office.client.base_url.copy_with(path=NETWORKS)}/lines", json={}).status_code == 401
