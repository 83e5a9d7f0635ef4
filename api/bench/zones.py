"""``qala bench zones``: what the size of the city costs a network edit with its zones and all rules."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from statistics import median
from typing import Final

import shapely

from api.bench.estate import act_of
from api.bench.table import ROUNDS, Line, Result, Target, rounds_of, run
from api.bench.zones_city import VOLTAGE, Wired
from cadastres.environment.verbs import Change
from cadastres.urban_planning.network_model import NETWORK_LINE
from gis import store
from gis.database import connect

PARCELS: Final = 200_000
SMALL: Final = 2_000
EDITS: Final = 20
"""Edits in one measurement; the median counts."""


def measure(
    tell: Callable[[str], None], *, parcels: int = PARCELS, small: int = SMALL, rounds: int = ROUNDS
) -> list[Result]:
    """Build what is missing and measure.

    Args:
        tell: hears what is being done.
        parcels: size of the large city: so many parcels, lines and zones.
        small: size of the one that it is measured against.
        rounds: alternating rounds.
    """
    large, little = Wired.of(parcels), Wired.of(small)
    with ExitStack() as stack:
        stack.enter_context(large.installation.running())
        for city in (large, little):
            city.ensure(tell)
            stack.callback(city.register.close)
        return run((rounds_of(line, rounds) for line in lines(large, little)), tell)


def lines(large: Wired, small: Wired) -> list[Line]:
    """Return the lines of the table."""
    against = f"{small.count} parcels"
    return [
        Line(
            name=f"a line moved, its zone and all rules, {large.count} parcels against {small.count}",
            contenders={"qala": lambda: _moves(large), against: lambda: _moves(small)},
            targets=(Target((against,), 1.5, at_least=False),),
            unit=" ms",
        )
    ]


def _moves(city: Wired) -> float:
    """Return what moving a line takes in milliseconds: the median of some, each bent by another metre."""
    register, today = city.register, datetime.now(city.profile.zone).date()
    with connect(register.database.writer) as connection:
        drawn = [row[0] for row in connection.execute(_DRAWN, {"wanted": EDITS, "voltage": VOLTAGE}).fetchall()]
        found = store.timelines(connection, NETWORK_LINE, drawn)
    spent = []
    for feature in drawn:
        command = Change(layer=NETWORK_LINE.name, feature=feature, geometry=_bent(found[feature][-1].geometry))
        act = act_of(city.profile, today, "registrar")
        started = time.perf_counter()
        register.perform(command, act)
        spent.append(time.perf_counter() - started)
    return median(spent) * 1000


def _bent(line: shapely.Geometry) -> shapely.LineString:
    """Return a line with its ends where they were, bent by a metre in its middle."""
    (west, south), *_, (east, north) = shapely.get_coordinates(line).tolist()
    return shapely.LineString([(west, south), ((west + east) / 2, (south + north) / 2 + 1.0), (east, north)])


# By random ids: the city is too large to be looked through. What was bent before is passed over.
_DRAWN: Final = """
WITH bounds AS (SELECT min(feature_id) AS first, max(feature_id) AS last FROM urban_planning.network_line)
SELECT DISTINCT l.feature_id FROM bounds
CROSS JOIN LATERAL (
  SELECT first + floor(random() * (last - first))::bigint AS feature_id FROM generate_series(1, 500)) AS drawn
JOIN urban_planning.network_line AS l USING (feature_id)
WHERE upper_inf(l.recorded) AND l.version = 1 AND l.voltage = %(voltage)s
  AND NOT EXISTS (SELECT FROM urban_planning.network_line AS o WHERE o.feature_id = l.feature_id AND o.version > 1)
LIMIT %(wanted)s
"""
