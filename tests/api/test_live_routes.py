"""What is recorded of a street counts in the very next route: a kerb, a lift, a closure, a speed, an obstacle."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from shapely import LineString, Point

from cadastres.urban_planning.street_live import Close, Reopen
from cadastres.urban_planning.street_model import FOOTWAY
from cadastres.urban_planning.street_point_model import BARRIER, KERB
from cadastres.urban_planning.street_reports import ReportAttributes, ReportGone, ReportObstacle
from data.catalogue import STREETS
from data.loaders.speeds import revoke_speeds, tell_speeds
from data.loaders.statuses import tell_statuses
from gis import reports
from gis.act import Act, Command
from gis.record import Period
from gis.report import Reporter, Sighting
from gis.reports import Decision
from routing.presets import PRESETS
from routing.router import Router
from tests.city import ORIGIN, City

KNOWN: dict[str, Any] = {"surface": "asphalt", "width": 2.0, "incline": 0.0, "cross_slope": 0.0, "smoothness": "good"}
SOON = 1.0
"""Seconds within which a change counts."""


def spot(x: float, y: float) -> Point:
    """Return a point some metres from the origin."""
    return Point(ORIGIN[0] + x, ORIGIN[1] + y)


@dataclass
class Block:
    """A block to walk and drive past on its short side or round its long one, and who routes there."""

    city: City
    router: Router
    ids: dict[str, int]

    def act(self, role: str = "operator") -> Act:
        """Return an act of this moment."""
        return replace(self.city.act("2026-01-10"), role=role, valid_from=datetime.now(UTC) - timedelta(seconds=5))

    def length(self, profile: str, y: float = 0.0) -> float:
        """Return how long the way is now from one end of the block to the other [m]; it must be told soon."""
        begun = time.perf_counter()
        graph = self.router.graph()
        start, end = ((point.x, point.y) for point in (spot(0, y), spot(200, y)))
        found = self.router.route(graph, PRESETS[profile], start, end)
        took = time.perf_counter() - begun
        assert took < SOON, took
        return round(found.length, 1)

    def accepted(self, command: Command, **sighting: Any) -> None:
        """Report something from the field, and accept it."""
        seen = datetime.now(UTC) - timedelta(seconds=5)
        told = Sighting(kind="attributes", place=spot(100, 0), seen=seen, **sighting)
        reporter = Reporter(name="Асан", role="field", token_id=1)
        one, _ = reports.report(self.city.register, command, told, reporter, "report")
        act = replace(self.act("registrar.urban_planning"), valid_from=seen)
        reports.accept(self.city.register, one, Decision(act=act))


@pytest.fixture(scope="module")
def block(fresh_city: Callable[[str], City]) -> Iterator[Block]:
    """Footways of 200 m straight on and 320 m round; streets of the same lengths beside them."""
    city = fresh_city("helsinki")

    def laid(kind: str, *corners: tuple[float, float], **said: Any) -> int:
        line = LineString([(ORIGIN[0] + x, ORIGIN[1] + y) for x, y in corners])
        return city.put(f"urban_planning.{kind}", line, **{**KNOWN, **said})

    ids = {
        "west": laid("footway", (0, 0), (100, 0), footway="sidewalk"),
        "east": laid("footway", (100, 0), (200, 0), footway="sidewalk"),
        "round": laid("footway", (0, 0), (0, 60), (200, 60), (200, 0), footway="sidewalk"),
        "street": laid("street_segment", (0, -100), (200, -100), highway="residential"),
        "bypass": laid("street_segment", (0, -100), (0, -160), (200, -160), (200, -100), highway="residential"),
    }
    ids["kerb"] = city.put("urban_planning.kerb", spot(100, 0), kerb="lowered", height=0.02)
    router = Router(city.register, STREETS)
    made = Block(city, router, ids)
    router.graph()
    made.router.route(
        router.graph(), PRESETS["wheelchair-manual"], (ORIGIN[0], ORIGIN[1]), (ORIGIN[0] + 200, ORIGIN[1])
    )
    yield made
    city.register.close()


def test_a_kerb_that_was_measured(block: Block) -> None:
    """Reported too high, the chair goes round; lowered again, it goes straight on."""
    assert block.length("wheelchair-manual") == 200.0
    kerb = {"layer": KERB.name, "feature_id": block.ids["kerb"]}
    for height, expected in ((0.12, 320.0), (0.02, 200.0)):
        command = ReportAttributes(layer=KERB, feature=block.ids["kerb"], attributes={"height": height})
        block.accepted(command, **kerb)
        assert block.length("wheelchair-manual") == expected


def test_an_obstacle_and_its_end(block: Block) -> None:
    """It parts the footway and bars chairs there, and nobody else."""
    block.accepted(ReportObstacle(place=spot(40, 0.5), barrier="debris", blocks=("wheelchair",)), layer=BARRIER.name)
    assert (block.length("wheelchair-manual"), block.length("foot")) == (320.0, 200.0)
    with block.city.register.reading() as connection:
        row = connection.execute("SELECT max(feature_id) FROM urban_planning.barrier").fetchone()
    assert row is not None
    block.accepted(ReportGone(layer=BARRIER, feature=row[0]), layer=BARRIER.name, feature_id=row[0])
    assert block.length("wheelchair-manual") == 200.0
    lit = ReportAttributes(layer=FOOTWAY, feature=block.ids["west"], attributes={"lit": True})
    block.accepted(lit, layer=FOOTWAY.name, feature_id=block.ids["west"])
    assert block.length("foot") == 200.0


def test_a_closure_counts_for_its_modes_and_time(block: Block) -> None:
    """Closed on foot, both go round until it is revoked; closed to cars alone, nobody on foot does."""
    register = block.city.register
    east = (("urban_planning.footway", block.ids["east"]),)
    shut = register.perform(Close(objects=east, modes=("foot",)), block.act("registrar"))
    assert block.length("foot") == 320.0
    register.perform(
        Reopen(closures=(shut.features[-1],)), replace(block.act("registrar"), valid_from=datetime.now(UTC))
    )
    assert block.length("foot") == 200.0
    register.perform(Close(objects=east, modes=("car",)), block.act("registrar"))
    assert block.length("foot") == 200.0


def test_a_lift_that_stands_still(block: Block) -> None:
    """A lift on the way that is out of order bars it to all who need it, until it works."""
    lift = block.city.put("urban_planning.lift", spot(100, 0), status="working", door_width=1.0)
    assert block.length("wheelchair-manual") == 200.0
    for status, expected in (("out_of_order", 320.0), ("working", 200.0)):
        tell_statuses(
            block.city.register,
            [{"object": lift, "status": status}],
            replace(block.act(), valid_from=datetime.now(UTC)),
        )
        assert block.length("wheelchair-manual") == expected


def test_a_speed_that_was_told(block: Block) -> None:
    """The jammed street is left to others, until what was told is revoked."""
    register, street = block.city.register, block.ids["street"]
    assert block.length("car", -100) == 200.0
    since = datetime.now(UTC) - timedelta(minutes=1)
    jam = {"segment": street, "speed": 2, "from": since.isoformat(), "to": "revoked"}
    tell_speeds(register, [{**jam, "direction": side} for side in ("forward", "backward")], block.act())
    assert block.length("car", -100) == 320.0
    ways = [(street, "forward"), (street, "backward")]
    revoke_speeds(register, ways, Period(datetime.now(UTC), None), block.act())
    assert block.length("car", -100) == 200.0
