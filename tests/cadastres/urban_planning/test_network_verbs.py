"""Lines and nodes of networks: laid, moved, split, turned round, shut, taken out of service."""

from collections.abc import Callable

import pytest
from shapely import LineString, Point, box

from cadastres.land.story import LaterChange
from cadastres.land.verbs import Archive
from cadastres.urban_planning.network_model import CLEARANCE, NETWORK_LINE, NETWORK_NODE, NETWORK_STRUCTURE
from cadastres.urban_planning.network_upkeep import (
    BuildStructure,
    ChangeElement,
    Decommission,
    NotOperable,
    SetState,
)
from cadastres.urban_planning.network_verbs import End, LayLine, MoveLine, MoveNode, OffNode, SplitLine, TurnLine
from gis.errors import BadRequest
from gis.lineage import descents
from tests.cadastres.urban_planning.engineer import LINE, NODE, Engineer, laying, line, point
from tests.city import ORIGIN, City


@pytest.fixture
def engineer(fresh_city: Callable[[str], City]) -> Engineer:
    """A clerk of an empty register."""
    return Engineer(fresh_city("helsinki"))


def test_a_line_brings_the_nodes_at_its_ends(engineer: Engineer) -> None:
    """A line brings the nodes at its ends."""
    done = engineer.lay((0, 0), (50, 10), (100, 0), diameter=300.0)
    said = engineer.said(NETWORK_LINE, done.features[-1])
    ends = [engineer.now(NETWORK_NODE, said[end]).geometry for end in ("from_node", "to_node")]
    assert ends == [point(0, 0), point(100, 0)]
    assert (said["current_status"], said["flow_direction"], said["diameter"]) == ("functional", "bothDirections", 300.0)


def test_a_line_is_connected_to_the_nodes_within_the_tolerance(engineer: Engineer) -> None:
    """A line is connected to the nodes within the tolerance."""
    there = engineer.node(100, 0)
    sewer = engineer.node(100.004, 0.002, network="sewer")
    done = engineer.lay((0, 0), (100.006, 0.003))
    said = engineer.said(NETWORK_LINE, done.features[-1])
    assert said["to_node"] == there != sewer
    assert engineer.now(NETWORK_LINE, done.features[-1]).geometry.coords[-1] == point(100, 0).coords[0]
    assert len(done.features) == 2, "a node only where there was none"


def test_an_end_is_drawn_to_the_node_that_the_act_names_but_not_from_afar(engineer: Engineer) -> None:
    """An end is drawn to the node that the act names but not from afar."""
    there = engineer.node(100, 0)
    near = LayLine(network="water", geometry=line((0, 0), (100.6, 0.5)), end=End(node=there))
    far = LayLine(network="water", geometry=line((0, 5), (100, 40)), end=End(node=there))
    laid = engineer.perform(near).features[-1]
    assert engineer.now(NETWORK_LINE, laid).geometry.equals(line((0, 0), (100, 0)))
    with pytest.raises(OffNode, match=r"40\.0 m"):
        engineer.perform(far)
    with pytest.raises(BadRequest, match="not in force"):
        engineer.perform(near, "2014-01-01")


def test_a_split_is_a_succession_that_keeps_course_and_depths(engineer: Engineer) -> None:
    """A split is a succession that keeps course and depths."""
    laid = engineer.lay((0, 0), (60, 0), (100, 0), depth_from=1.0, depth_to=2.0, invert_from=50.0)
    parent = laid.features[-1]
    before = engineer.said(NETWORK_LINE, parent)
    done = engineer.perform(SplitLine(line=parent, place=point(25, 0.4), end=End(kind="valve")), "2020-01-01")
    first, second, node = (done.features[i] for i in (-1, -2, -3))
    told = [engineer.said(NETWORK_LINE, i) for i in (first, second)]
    assert [(t["from_node"], t["to_node"]) for t in told] == [(before["from_node"], node), (node, before["to_node"])]
    assert [(t["depth_from"], t["depth_to"]) for t in told] == [(1.0, 1.25), (1.25, 2.0)]
    assert [(t["invert_from"], t["invert_to"]) for t in told] == [(50.0, None), (None, None)]
    assert engineer.said(NETWORK_NODE, node)["lets_through"] is True
    assert engineer.now(NETWORK_NODE, node).geometry.equals(point(25, 0))
    courses = [engineer.now(NETWORK_LINE, i).geometry for i in (first, second)]
    assert sum(course.length for course in courses) == pytest.approx(100.0)
    with engineer.city.register.reading() as connection:
        found = descents(connection, parent, done.recorded)
    assert {(d.kind, d.child) for d in found} == {("split", first), ("split", second)}
    assert engineer.said(NETWORK_LINE, parent) == {}
    assert engineer.said(NETWORK_LINE, parent, "2019-12-31") == before


@pytest.mark.parametrize(("east", "north"), [(0, 0), (100, 0.3), (50, 3)])
def test_a_line_is_not_split_at_its_ends_or_beside_it(engineer: Engineer, east: float, north: float) -> None:
    """A line is not split at its ends or beside it."""
    laid = engineer.lay((0, 0), (100, 0)).features[-1]
    with pytest.raises(OffNode):
        engineer.perform(SplitLine(line=laid, place=point(east, north)), "2020-01-01")


def test_lines_follow_a_node_that_moves(engineer: Engineer) -> None:
    """Lines follow a node that moves."""
    middle = engineer.node(50, 0)
    lines = [engineer.lay((0, 0), (50, 0)).features[-1], engineer.lay((50, 0), (90, 0), (100, 0)).features[-1]]
    engineer.perform(MoveNode(node=middle, place=point(50, 8)), "2021-01-01")
    after = [engineer.now(NETWORK_LINE, i).geometry for i in lines]
    assert after[0].equals(line((0, 0), (50, 8)))
    assert after[1].equals(line((50, 8), (90, 0), (100, 0)))
    assert engineer.now(NETWORK_LINE, lines[0], "2020-12-31").geometry.equals(line((0, 0), (50, 0)))


def test_a_move_does_not_undo_a_later_one(engineer: Engineer) -> None:
    """A move does not undo a later one."""
    laid = engineer.lay((0, 0), (100, 0)).features[-1]
    engineer.perform(MoveLine(line=laid, geometry=line((0, 0), (50, 20), (100, 0))), "2022-01-01")
    with pytest.raises(LaterChange):
        engineer.perform(MoveLine(line=laid, geometry=line((0, 0), (50, 9), (100, 0))), "2021-01-01")


def test_a_line_turned_round_flows_the_other_way(engineer: Engineer) -> None:
    """A line turned round flows the other way."""
    done = engineer.lay((0, 0), (100, 0), depth_from=1.0, depth_to=3.0, flow_direction="inDirection")
    before = engineer.said(NETWORK_LINE, done.features[-1])
    engineer.perform(TurnLine(line=done.features[-1]), "2020-01-01")
    after = engineer.said(NETWORK_LINE, done.features[-1])
    assert (after["from_node"], after["to_node"]) == (before["to_node"], before["from_node"])
    assert (after["depth_from"], after["depth_to"]) == (3.0, 1.0)
    assert engineer.now(NETWORK_LINE, done.features[-1]).geometry.coords[0] == point(100, 0).coords[0]


def test_a_state_lasts_until_the_next_one_on_record(engineer: Engineer) -> None:
    """A state lasts until the next one on record."""
    valve = engineer.node(0, 0, "valve")
    engineer.perform(SetState(node=valve, lets_through=False), "2020-03-01")
    engineer.perform(SetState(node=valve, lets_through=True), "2020-06-01")
    engineer.perform(SetState(node=valve, lets_through=False), "2020-01-01")
    days = ("2019-12-31", "2020-01-01", "2020-05-31", "2020-06-01")
    assert [engineer.said(NETWORK_NODE, valve, day)["lets_through"] for day in days] == [True, False, False, True]


def test_only_valves_and_switches_are_shut(engineer: Engineer) -> None:
    """Only valves and switches are shut."""
    with pytest.raises(NotOperable, match="manhole"):
        engineer.perform(SetState(node=engineer.node(0, 0, "manhole"), lets_through=False))


def test_out_of_service_is_not_gone(engineer: Engineer) -> None:
    """Out of service is not gone."""
    laid = engineer.lay((0, 0), (100, 0)).features[-1]
    engineer.perform(Decommission(line=laid), "2020-01-01")
    assert engineer.said(NETWORK_LINE, laid)["current_status"] == "decommissioned"
    engineer.perform(Archive(feature=laid, layer=LINE), "2021-01-01")
    assert engineer.said(NETWORK_LINE, laid) == {}


def test_a_node_stays_while_lines_end_at_it(engineer: Engineer) -> None:
    """A node stays while lines end at it."""
    laid = engineer.lay((0, 0), (100, 0)).features[-1]
    node = engineer.said(NETWORK_LINE, laid)["from_node"]
    assert engineer.broken(Archive(feature=node, layer=NODE)).keys() == {"register.reference.in-force"}
    engineer.perform(Archive(feature=laid, layer=LINE))
    assert not engineer.broken(Archive(feature=node, layer=NODE))


def test_structures_hold_nodes(engineer: Engineer) -> None:
    """Structures hold nodes."""
    x, y = ORIGIN
    station = BuildStructure(
        network="water", kind="pumpingStation", geometry=box(x - 5, y - 5, x + 5, y + 5), attributes={"name": "№ 4"}
    )
    built = engineer.perform(station, "2014-01-01").features[-1]
    pump = engineer.node(0, 0, "pump", structure_id=built)
    assert engineer.said(NETWORK_NODE, pump)["structure_id"] == built
    changed = ChangeElement(layer=NETWORK_STRUCTURE, feature=built, attributes={"operator": "Су арнасы МКК"})
    engineer.perform(changed, "2018-01-01")
    assert engineer.said(NETWORK_STRUCTURE, built)["operator"] == "Су арнасы МКК"
    assert engineer.said(NETWORK_STRUCTURE, built, "2017-01-01")["operator"] is None


def test_a_norm_is_replaced_from_a_day_on(engineer: Engineer) -> None:
    """A norm is replaced from a day on."""
    norm = engineer.norm("water", "sewer", horizontal=1.5)
    engineer.norm("sewer", "water", horizontal=3.0, day="2020-01-01")
    values = [engineer.said(CLEARANCE, norm, day)["min_horizontal"] for day in ("2019-12-31", "2020-01-01")]
    assert values == [1.5, 3.0]


def test_two_clerks_lay_the_same_line_once(engineer: Engineer) -> None:
    """Two clerks lay the same line once."""
    course = laying((0, 0), (100, 0))
    engineer.perform(course, "2020-01-01")
    assert engineer.broken(course, "2020-02-01").keys() == {"urban_planning.network_line.no-duplicate"}


def test_courses_keep_their_vertices(engineer: Engineer) -> None:
    """Courses keep their vertices."""
    laid = engineer.lay((0, 0), (10, 5), (20, 0), (30, 5)).features[-1]
    done = engineer.perform(SplitLine(line=laid, place=point(10, 5)), "2020-01-01")
    parts = [engineer.now(NETWORK_LINE, done.features[i]).geometry for i in (-1, -2)]
    assert [len(part.coords) for part in parts if isinstance(part, LineString)] == [2, 3]
    assert Point(parts[0].coords[-1]).equals(point(10, 5))
