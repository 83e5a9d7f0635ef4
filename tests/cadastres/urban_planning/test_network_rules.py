"""What networks must keep: each rule broken by single acts and healed, told with its place."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from shapely import Point, box

from cadastres.urban_planning.network_model import NETWORK_LINE, NETWORK_NODE
from cadastres.urban_planning.network_upkeep import BuildStructure, ChangeElement, PlaceNode
from cadastres.urban_planning.network_verbs import End, LayLine, MoveNode, TurnLine
from gis.edit import Put
from gis.errors import BadRequest
from gis.record import Write
from tests.cadastres.urban_planning.engineer import LINE, NODE, Engineer, laying, line, point
from tests.city import ORIGIN, City

RULE = "urban_planning.network_line."
NODES = "urban_planning.network_node."


@pytest.fixture(scope="module")
def clerk(fresh_city: Callable[[str], City]) -> Iterator[Engineer]:
    """A clerk of one register for the whole file; each test works in a place of its own."""
    city = fresh_city("helsinki")
    yield Engineer(city)
    city.register.close()


def raw(
    engineer: Engineer, *points: tuple[float, float], day: str = "2020-01-01", feature_id: int = -1, **said: object
) -> Put:
    """Return a write of a line as it is, as an import would bring it."""
    usual = {"utility_network_type": "water", "flow_direction": "bothDirections", "current_status": "functional"}
    period = engineer.city.act(day).period
    return Put((Write(LINE, feature_id, period, line(*points), {**usual, **said}),))


def test_dangling_end(clerk: Engineer) -> None:
    """Dangling end."""
    begin = clerk.node(0, 0)
    found = clerk.broken(raw(clerk, (0, 0), (50, 0), from_node=begin))
    dangling = found[RULE + "no-dangling-end"]
    assert (dangling.place, dangling.detail) == (point(50, 0), "to_node")
    assert not clerk.broken(raw(clerk, (0, 0), (50, 0), from_node=begin, current_status="projected"))


def test_end_off_its_node(clerk: Engineer) -> None:
    """End off its node."""
    begin, end = clerk.node(0, 100), clerk.node(50, 100)
    off = clerk.broken(raw(clerk, (0, 100), (50, 100.02), from_node=begin, to_node=end))[RULE + "ends-meet-nodes"]
    assert (off.place, off.other_id) == (point(50, 100.02), end)
    assert off.amount == pytest.approx(0.02, abs=1e-6)
    laid = raw(clerk, (0, 100), (50, 100.008), from_node=begin, to_node=end)
    assert not clerk.broken(laid)
    moved = Put((Write(NODE, end, clerk.city.act().period, point(50, 101), clerk.said(NETWORK_NODE, end)),))
    assert clerk.broken(moved).keys() == {RULE + "ends-meet-nodes"}, "a node that leaves its line behind"
    assert not clerk.broken(MoveNode(node=end, place=point(50, 101)))


def test_networks_mixed(clerk: Engineer) -> None:
    """Networks mixed."""
    water, gas = clerk.node(0, 200), clerk.node(50, 200, network="gas")
    found = clerk.broken(raw(clerk, (0, 200), (50, 200), from_node=water, to_node=gas))[RULE + "one-network"]
    assert (found.other_id, found.detail) == (gas, "water / gas")
    laid = clerk.lay((0, 210), (50, 210)).features[-1]
    node = clerk.said(NETWORK_LINE, laid)["to_node"]
    turned = ChangeElement(layer=NETWORK_NODE, feature=node, attributes={"utility_network_type": "gas"})
    assert clerk.broken(turned).keys() == {RULE + "one-network"}


def test_unknown_network(clerk: Engineer) -> None:
    """Unknown network."""
    with pytest.raises(BadRequest, match="utility_network_type"):
        clerk.perform(laying((0, 300), (50, 300), network="pneumatic"))


def test_self_loop(clerk: Engineer) -> None:
    """Self loop."""
    node = clerk.node(0, 400)
    ring = raw(clerk, (0, 400), (20, 420), (20, 400), (0, 400), from_node=node, to_node=node)
    assert clerk.broken(ring)[RULE + "no-self-loop"].place == point(0, 400)


def test_line_entered_twice(clerk: Engineer) -> None:
    """Line entered twice."""
    first = clerk.lay((0, 500), (50, 500)).features[-1]
    ends = clerk.said(NETWORK_LINE, first)
    again = raw(clerk, (50, 500), (0, 500), from_node=ends["to_node"], to_node=ends["from_node"])
    found = clerk.broken(again)[RULE + "no-duplicate"]
    assert found.other_id == first, "the other way round as well"
    assert found.amount == pytest.approx(50.0)


def test_two_threads_between_the_same_nodes(clerk: Engineer) -> None:
    """Two threads between the same nodes."""
    clerk.lay((0, 600), (50, 600))
    found = clerk.warned(laying((0, 600), (25, 602), (50, 600)))
    assert found.keys() == {RULE + "same-ends"}


def test_sewer_that_rises(clerk: Engineer) -> None:
    """Sewer that rises."""
    falling = laying(
        (0, 700), (50, 700), network="sewer", flow_direction="inDirection", invert_from=701.0, invert_to=700.5
    )
    laid = clerk.perform(falling).features[-1]
    found = clerk.broken(TurnLine(line=laid), "2021-01-01")[RULE + "runs-downhill"]
    assert found.amount == pytest.approx(0.5)
    assert found.detail == "700.5 m → 701 m"
    pumped = ChangeElement(layer=NETWORK_LINE, feature=laid, attributes={"pressure": 250.0})
    clerk.perform(pumped, "2022-01-01")
    assert not clerk.broken(TurnLine(line=laid), "2022-01-01")


def test_one_way_ring(clerk: Engineer) -> None:
    """One way ring."""
    corners = [clerk.node(*at, network="stormwater") for at in ((0, 800), (50, 800), (50, 850))]
    one_way = {"network": "stormwater", "flow_direction": "inDirection"}
    for begin, end in ((0, 1), (1, 2)):
        clerk.between(corners[begin], corners[end], **one_way)
    closing = raw(
        clerk,
        (50, 850),
        (0, 800),
        from_node=corners[2],
        to_node=corners[0],
        utility_network_type="stormwater",
        flow_direction="inDirection",
    )
    assert RULE + "no-one-way-loop" in clerk.warned(closing)
    either_way = raw(
        clerk, (50, 850), (0, 800), from_node=corners[2], to_node=corners[0], utility_network_type="stormwater"
    )
    assert RULE + "no-one-way-loop" not in clerk.warned(either_way)


@pytest.mark.parametrize(
    ("network", "begin", "end", "wrong"),
    [
        ("water", "consumer", "junction", True),
        ("water", "junction", "consumer", False),
        ("gas", "junction", "source", True),
        ("electricity", "source", "junction", False),
        ("sewer", "manhole", "consumer", True),
        ("stormwater", "outfall", "manhole", True),
        ("sewer", "consumer", "outfall", False),
        ("thermal", "consumer", "source", False),
    ],
)
def test_flow_the_wrong_way(clerk: Engineer, network: str, begin: str, end: str, *, wrong: bool) -> None:
    """Flow the wrong way: told of the line and of its end; a line that flows both ways or lies idle is no matter."""
    rule, north = RULE + "flows-the-right-way", 1600.0
    ends = End(kind=begin), End(kind=end)
    course = line((0, north), (50, north))

    def lay(**said: object) -> LayLine:
        return LayLine(network=network, geometry=course, begin=ends[0], end=ends[1], attributes=said)

    assert (rule in clerk.warned(lay(flow_direction="inDirection"))) is wrong
    assert rule not in clerk.warned(lay(flow_direction="bothDirections"))
    assert rule not in clerk.warned(lay(flow_direction="inDirection", current_status="disused"))


def test_a_node_that_becomes_a_consumer_turns_the_flow_wrong(clerk: Engineer) -> None:
    """The line stands as it stood; what it leads from is changed."""
    begin, end = clerk.node(0, 1650), clerk.node(50, 1650)
    laid = clerk.between(begin, end, flow_direction="inDirection")
    consumer = ChangeElement(layer=NETWORK_NODE, feature=begin, attributes={"node_kind": "consumer"})
    found = clerk.warned(consumer)[RULE + "flows-the-right-way"]
    assert (found.feature_id, found.other_id, found.detail) == (laid, begin, "from_node: consumer")


def test_flow_that_goes_no_farther(clerk: Engineer) -> None:
    """Flow that goes no farther: two lines into a junction; one that leaves, or flows both ways, heals it."""
    rule = NODES + "flow-goes-on"
    one, middle, other = (clerk.node(east, 1700) for east in (0, 50, 100))
    one_way: dict[str, Any] = {"flow_direction": "inDirection"}
    clerk.between(one, middle, **one_way)
    wrong = raw(clerk, (100, 1700), (50, 1700), from_node=other, to_node=middle, **one_way)
    found = clerk.warned(wrong)[rule]
    assert (found.feature_id, found.place, found.detail) == (middle, point(50, 1700), "junction")
    laid = clerk.between(middle, other, **one_way)
    assert rule in clerk.warned(TurnLine(line=laid))
    assert rule not in clerk.warned(raw(clerk, (100, 1700), (50, 1700), from_node=other, to_node=middle))
    hydrant = ChangeElement(layer=NETWORK_NODE, feature=middle, attributes={"node_kind": "hydrant"})
    clerk.perform(hydrant, "2018-01-01")
    assert rule not in clerk.warned(TurnLine(line=laid))


@pytest.mark.parametrize(
    "said", [{"diameter": 0.0}, {"voltage": -1.0}, {"circuits": 0}, {"pressure": -5.0}, {"half_width": -1.0}]
)
def test_measures(clerk: Engineer, said: dict[str, Any]) -> None:
    """Measures."""
    assert clerk.broken(laying((0, 900), (50, 900), **said)).keys() == {RULE + "measures"}


def test_state_of_nodes(clerk: Engineer) -> None:
    """State of nodes."""
    stateless = PlaceNode(network="water", kind="valve", place=point(0, 1000), attributes={"lets_through": None})
    stateful = PlaceNode(network="water", kind="manhole", place=point(0, 1000), attributes={"lets_through": True})
    assert [clerk.broken(c).keys() for c in (stateless, stateful)] == [{NODES + "state"}] * 2


def test_two_nodes_in_one_place(clerk: Engineer) -> None:
    """Two nodes in one place."""
    there = clerk.node(0, 1100)
    found = clerk.broken(PlaceNode(network="water", kind="manhole", place=point(0.005, 1100)))
    assert found[NODES + "one-in-a-place"].other_id == there
    assert not clerk.broken(PlaceNode(network="gas", kind="manhole", place=point(0.005, 1100)))


def test_line_that_passes_a_node(clerk: Engineer) -> None:
    """Line that passes a node."""
    passed = clerk.node(25, 1200, "manhole")
    found = clerk.warned(laying((0, 1200), (50, 1200)))[RULE + "passes-no-node"]
    assert (found.other_id, found.place) == (passed, point(25, 1200))
    clerk.node(30, 1200.5, "pole", network="electricity")
    hanging = laying((0, 1200.5), (50, 1200.5), network="electricity")
    assert not clerk.warned(hanging), "a pole carries a line that goes on"
    clerk.lay((0, 1210), (50, 1210))
    late = PlaceNode(network="water", kind="hydrant", place=point(10, 1210))
    assert RULE + "passes-no-node" in clerk.warned(late)


def test_node_outside_its_structure(clerk: Engineer) -> None:
    """Node outside its structure."""
    x, y = ORIGIN
    area = box(x, y + 1300, x + 10, y + 1310)
    built = clerk.perform(BuildStructure(network="water", kind="chamber", geometry=area), "2014-01-01").features[-1]
    outside = PlaceNode(network="water", kind="valve", place=point(20, 1300), attributes={"structure_id": built})
    found = clerk.warned(outside)[NODES + "in-its-structure"]
    assert found.other_id == built
    assert found.amount == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("operator", "number", "right"),
    [
        ("«Алматы Су» МКК", "010140000014", True),
        ("«Алматы Су» МКК", "010140000015", False),
        ("Ахметов А. Б.", "010203500018", False),
        ("ИП Ахметов", None, False),
        ("Ахметов, 010203500018", None, False),
        ("АО «Ипотека»", None, True),
    ],
)
def test_operator_is_an_organisation(clerk: Engineer, operator: str, number: str | None, *, right: bool) -> None:
    """Operator is an organisation."""
    for command in (
        laying((0, 1400), (50, 1400), operator=operator, operator_bin=number),
        PlaceNode(
            network="water",
            kind="hydrant",
            place=point(70, 1400),
            attributes={"operator": operator, "operator_bin": number},
        ),
    ):
        found = clerk.city.register.may(command, clerk.city.act())
        broken = {v.rule for v in found if v.severity == "error"}
        assert broken == (set() if right else {"urban_planning.network.operator"})
        assert not any("010203500018" in str(v.detail) for v in found), "what may identify somebody is not quoted"


def test_a_bulk_load_finds_the_same(clerk: Engineer) -> None:
    """A bulk load finds the same."""
    nodes = [clerk.node(i * 50, 1500) for i in range(3)]
    writes = [
        *raw(clerk, (0, 1500), (50, 1500), from_node=nodes[0], to_node=nodes[1]).writes,
        *raw(clerk, (50, 1500), (100, 1501), feature_id=-2, from_node=nodes[1], to_node=nodes[2]).writes,
        *raw(clerk, (50, 1500), (0, 1500), feature_id=-3, from_node=nodes[1], to_node=nodes[0]).writes,
    ]
    found = clerk.broken(Put(tuple(writes)))
    assert found.keys() == {RULE + "ends-meet-nodes", RULE + "no-duplicate"}
    assert isinstance(found[RULE + "ends-meet-nodes"].place, Point)
