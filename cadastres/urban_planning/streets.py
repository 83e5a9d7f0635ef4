"""All layers of the city's streets, and their roles in the graph that is made of them."""

from typing import Final

from cadastres.urban_planning.street_model import CROSSING, FOOTWAY, RAMP, STEPS, STREET_SEGMENT, WAYS
from cadastres.urban_planning.street_point_model import BARRIER, FIXTURES, KERB, LIFT, TRAFFIC_SIGNAL
from cadastres.urban_planning.street_state_model import (
    ACCESSIBILITY_NORM,
    CLOSURE,
    DAILY_SPEED,
    STATES,
    STREET_SPEED,
    TURN_RESTRICTION,
)
from gis.streets import Streets

LAYERS: Final = (*WAYS, *FIXTURES, *STATES)
"""In the order in which a city is loaded."""

STREETS: Final = Streets(
    lines={"street": STREET_SEGMENT, "footway": FOOTWAY, "crossing": CROSSING, "steps": STEPS, "ramp": RAMP},
    points={"kerb": KERB, "lift": LIFT, "barrier": BARRIER, "signal": TRAFFIC_SIGNAL},
    turns=TURN_RESTRICTION,
    closures=CLOSURE,
    speeds=STREET_SPEED,
    daily_speeds=DAILY_SPEED,
    norms=ACCESSIBILITY_NORM,
)
