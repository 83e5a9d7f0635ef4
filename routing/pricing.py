"""What each arc of a graph costs one profile at one moment: access, direction, limits, speeds, closures and delays.

Definitions, to the letter, because search, telling and explaining all lean on them:

* A way is barred where a check of :mod:`routing.checks` bars it or a closure in force closes it to the mode.
* A fixture that is barred bars every arc that touches its node. A kerb binds only the crossings that end at it; where
  none does, every arc at its node.
* The delay of a fixture is spent by the arc that comes to it; that of a kerb by its crossings, whichever way they are
  passed, at both ends; that of a crossing's signals by the crossing. An arc of :data:`routing.nodes.SAME_JUNCTION` or
  less that comes from a signal to a signal spends none there: both are of one junction, and one waits at it once.
* A crossing that meets a footway, steps or a ramp at a node without a kerb has an unknown kerb there; so have these
  where they meet a street and no crossing.
* On streets ``one_way`` is of vehicles, elsewhere of people on foot, who heed none on streets. Bicycles keep to
  ``bicycle_one_way``, where that is empty to ``one_way`` of streets, and are pushed against it where one may walk;
  motor vehicles keep to it off the streets.
* What is unknown is accepted, penalised or barred as the profile says for the attribute. Each attribute that is
  penalised makes the arc :data:`routing.profile.UNKNOWN_FACTOR` times as dear; that of a fixture, the arcs that spend
  its delay.
* A weight is the time in milliseconds, made dearer by what is shunned and unknown; at least 1, and less than
  :data:`routing.network.INF`, which means: not passed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from routing.checks import Sum, way_checks
from routing.closures import in_force
from routing.columns import Mask, Numbers, Ways
from routing.hours import Clock
from routing.network import INF, Graph, Ints
from routing.nodes import Ends, end_prices
from routing.paces import crossing_wait, holds_live, way_seconds
from routing.profile import Profile

DEAREST: Final = 2**30
"""Weight of the dearest arc that is passed [ms]: twelve days."""

NO_CLOCK: Final = Clock()

_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What arcs cost: two for each edge asked for, in the edges' order, forward before backward.

    Attributes:
        weights: what search minimises [ms], :data:`routing.network.INF` where barred.
        seconds: how long passing takes, delays included, barred or not.
        delays: the part of it that is spent at fixtures and signals.
    """

    weights: npt.NDArray[np.uint32]
    seconds: Numbers
    delays: Numbers


def price(
    graph: Graph,
    profile: Profile,
    moment: datetime,
    edges: Ints | Sequence[int] | None = None,
    *,
    clock: Clock = NO_CLOCK,
    now: datetime | None = None,
) -> Priced:
    """Price arcs.

    Args:
        graph: the network.
        profile: who moves.
        moment: when, with its offset: for hours of gates and lifts, closures and speeds.
        edges: which edges; all, where ``None``.
        clock: the city's; without one, hours and days are those of the moment's own offset.
        now: the present, for whether live speeds still tell of the moment; the machine's clock, where ``None``.

    The price of an edge is the same among all and among few.
    """
    ways = Ways(graph, None if edges is None else np.asarray(edges, dtype=np.int32))
    total = Sum(way_checks(ways, profile), profile, ways.count)
    closing = in_force(graph, profile.mode, moment, clock)
    barred = np.zeros((2, ways.count), dtype=bool) | (total.barred() | _gone(ways, closing))
    live = holds_live(graph, moment, now or datetime.now(UTC))
    seconds = way_seconds(ways, profile, moment, clock, live=live)
    delays = np.zeros((2, ways.count), dtype=np.float32) + crossing_wait(ways, profile)
    ends = end_prices(ways, profile, moment, clock, _closed(graph.closures.fixture, closing))
    if ends is not None:
        barred[:, ends.rows] |= ends.barred
        delays[:, ends.rows] += ends.delays
    seconds += delays
    weights = _weights(seconds, total.factor(), ends, barred)
    return Priced(weights=_arcs(weights), seconds=_arcs(seconds), delays=_arcs(delays))


def _closed(column: Ints, closing: Mask) -> Ints:
    rows = column[closing]
    return rows[rows >= 0]


def _gone(ways: Ways, closing: Mask) -> Mask:
    """Tell which ways were removed, or are closed."""
    gone = ways.pick(ways.graph.feature_id) < 0
    closed = _closed(ways.graph.closures.edge, closing)
    if closed.size:
        every = np.zeros(ways.graph.edges, dtype=bool)
        every[closed] = True
        gone |= ways.pick(every)
    return gone


def _weights(seconds: Numbers, factor: Numbers | None, ends: Ends | None, barred: Mask) -> npt.NDArray[np.uint32]:
    cost = seconds * np.float32(1000)
    if factor is not None:
        cost *= factor
    if ends is not None:
        cost[:, ends.rows] *= ends.factor
    np.rint(cost, out=cost)
    np.clip(cost, 1, DEAREST, out=cost)
    weights = cost.astype(np.uint32)
    weights[barred] = INF
    return weights


def _arcs(by_direction: npt.NDArray[_T]) -> npt.NDArray[_T]:
    """Put columns of both directions into the order of arcs."""
    arcs = np.empty(by_direction.size, dtype=by_direction.dtype)
    arcs[0::2], arcs[1::2] = by_direction
    return arcs
