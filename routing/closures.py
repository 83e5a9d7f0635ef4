"""Which closures are in force, and for whom."""

from datetime import datetime

import numpy as np

from routing.columns import Mask
from routing.hours import Clock
from routing.network import MODES, Graph
from routing.profile import Mode


def in_force(graph: Graph, mode: Mode, moment: datetime, clock: Clock) -> Mask:
    """Tell which closures close something to a mode at a moment.

    One whose hours can't be read closes all day: nobody is sent into works on the strength of a slip of the pen.
    """
    closures, at = graph.closures, moment.timestamp()
    holds = (closures.begins <= at) & (at < closures.ends)
    holds &= (closures.modes >> np.uint8(MODES.index(mode))) & 1 == 1
    for row in np.flatnonzero(holds).tolist():
        if closures.hours[row]:
            holds[row] = clock.door(closures.hours[row], moment) != "closed"
    return np.asarray(holds, dtype=bool)
