"""A register under test, and the small world that tests put into it."""

import os
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from gis.act import Act, Source
from gis.edit import Put
from gis.profile import CityProfile
from gis.record import Write
from gis.register import Register

SEEDS = range(1, 1 + int(os.environ.get("QALA_TEST_SEEDS", "1")))
"""Each is a random course of acts; more of them take minutes."""

REAL_DATA = Path(__file__).parents[2] / "shared" / "data"
ALMATY = REAL_DATA / "almaty" / "almaty-2012.osm.pbf"
_serial = count(1)

ORIGIN = (25_496_500.0, 6_673_000.0)
"""A place in the centre of Helsinki, EPSG:3879 (x east, y north)."""


FURNISHED = {"land.parcel": 25, "urban_planning.network_node": 2, "urban_planning.street_segment": 2}
"""How many features the furnished city has in a layer; one in each of the others."""


def square(column: int, row: int, side: float = 40.0) -> shapely.Polygon:
    """Return a square parcel of a grid near the centre of Helsinki."""
    x, y = ORIGIN[0] + column * side, ORIGIN[1] + row * side
    return shapely.box(x, y, x + side, y + side)


@dataclass(frozen=True)
class City:
    """A register under test, with short cuts for what tests do over and over."""

    register: Register
    profile: CityProfile

    def act(self, day: str = "2020-01-01", **facts: str) -> Act:
        """Return an act whose source was accepted on a day, from which it is in force."""
        accepted = date.fromisoformat(day)
        source = Source(
            kind=facts.get("kind", "akimat-decision"),
            number=facts.get("number", f"T-{next(_serial)}"),
            acceptance=accepted,
            submission=accepted,
            recordation=accepted,
        )
        return Act(
            actor="registrar-1",
            role="registrar",
            reason=facts.get("reason", "test"),
            source=source,
            valid_from=self.profile.midnight(accepted),
        )

    def put(
        self, layer: str, geometry: BaseGeometry, day: str = "2020-01-01", feature_id: int = -1, **values: object
    ) -> int:
        """Write a feature from a day on; return its id."""
        act = self.act(day)
        done = self.register.perform(Put((Write(layer, feature_id, act.period, geometry, values),)), act)
        return done.features.get(feature_id, feature_id)
