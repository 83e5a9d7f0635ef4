"""What stands at the ends of ways, as the ways pay for it: by the definitions of :mod:`routing.pricing`."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from routing.checks import Check, Sum, unpaved_for_feet, wished
from routing.columns import CROSSING, FOOTWAY, KERB, RAMP, SIGNAL, STEPS, STREET, Fixtures, Mask, Numbers, Ways
from routing.hours import Clock
from routing.network import Graph, Ints
from routing.profile import Profile
from routing.standing import delays, fixture_checks

SAME_JUNCTION: Final = 30.0
"""Signals at both ends of a way not longer than this [m] are of one junction, and waited at once."""

_NO, _UNKNOWN, _YES, _IN_THE_ROAD = range(4)
"""What is known of the tactile paving at a node; the least of several counts."""

_FOOTED: Final = (FOOTWAY, STEPS, RAMP)
_KEPT: Final = 8
_ONE: Final = np.float32(1)
_NONE: Final = np.float32(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """What some ways pay for what stands at their ends, forward and backward; shapes (2, r).

    Attributes:
        rows: places of these ways among those that were asked for.
        barred, factor, delays: whether they are barred, how much dearer they are, seconds spent.
    """

    rows: npt.NDArray[np.int64]
    barred: Mask
    factor: Numbers
    delays: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands at nodes; index 0 of each column is for nodes where nothing does.

    Attributes:
        slot: by node, its place in the columns.
        barred, factor: of kerbs (second row) and of all else (first); delays: of kerbs, signals (third) and all else.
        signalled: whether there is a signal.
        kerbed: whether there is a kerb; paving: what is known of the tactile paving of kerbs.
    """

    slot: Ints
    barred: Mask
    factor: Numbers
    delays: Numbers
    signalled: Mask
    kerbed: Mask
    paving: npt.NDArray[np.int8]


def end_prices(ways: Ways, profile: Profile, moment: datetime, clock: Clock, closed: Ints) -> Ends | None:
    """Return what ways pay for what stands at their ends; ``None`` where nothing does.

    Args:
        ways: which.
        profile: whose.
        moment: when.
        clock: the city's.
        closed: fixtures that closures close.
    """
    graph = ways.graph
    tail, head = ways.pick(graph.u), ways.pick(graph.v)
    standing = stand(Fixtures(graph, _near(ways, tail, head)), profile, moment, clock, closed)
    concerned = (standing.slot[tail] | standing.slot[head]) > 0
    if profile.max_kerb is not None or profile.tactile_paving != "ignore":
        concerned |= ways.of(CROSSING)
    if profile.max_kerb is not None:
        stepped = junctions(graph).stepped
        concerned |= footed(ways) & (stepped[tail] | stepped[head])
    rows = np.flatnonzero(concerned)
    if not rows.size:
        return None
    chosen = Ways(graph, rows.astype(np.int32) if ways.rows is None else ways.rows[rows])
    return _paid(chosen, rows, standing, profile)


def _near(ways: Ways, tail: Ints, head: Ints) -> Ints:
    """Return the fixtures that stand at the ends of ways."""
    graph = ways.graph
    placed = (graph.fixture_node >= 0) & (graph.fixture_id >= 0)
    if ways.rows is not None:
        ends = np.zeros(graph.nodes, dtype=bool)
        ends[tail] = ends[head] = True
        placed &= ends[graph.fixture_node] if graph.nodes else False
    return np.flatnonzero(placed).astype(np.int32)


def stand(fixtures: Fixtures, profile: Profile, moment: datetime, clock: Clock, closed: Ints) -> Standing:
    """Judge fixtures and gather them by their nodes."""
    total = Sum(fixture_checks(fixtures, profile, moment, clock), profile, fixtures.count)
    barred, factor = total.barred(), total.factor()
    if closed.size:
        barred |= np.isin(np.arange(len(fixtures.graph.fixture_id)) if fixtures.rows is None else fixtures.rows, closed)
    slot = np.zeros(fixtures.graph.nodes, dtype=np.int32)
    # Of several fixtures at a node the last has its slot.
    slot[fixtures.node] = np.arange(1, fixtures.count + 1, dtype=np.int32)
    own, kerb = slot[fixtures.node], fixtures.of(KERB)
    size, place = fixtures.count + 1, (kerb.astype(np.int8), own)
    standing = Standing(
        slot=slot,
        barred=np.zeros((2, size), dtype=bool),
        factor=np.ones((2, size), dtype=np.float32),
        delays=np.zeros((3, size), dtype=np.float32),
        signalled=np.zeros(size, dtype=bool),
        kerbed=np.zeros(size, dtype=bool),
        paving=np.full(size, _IN_THE_ROAD, dtype=np.int8),
    )
    standing.barred[place[0][barred], own[barred]] = True
    if factor is not None:
        np.multiply.at(standing.factor, place, factor)
    signal = fixtures.of(SIGNAL)
    np.add.at(standing.delays, (np.where(signal, np.int8(2), place[0]), own), delays(fixtures, profile))
    standing.signalled[own[signal]] = True
    standing.kerbed[own[kerb]] = True
    np.minimum.at(standing.paving, own[kerb], _paving(fixtures)[kerb])
    return standing


def _paving(fixtures: Fixtures) -> npt.NDArray[np.int8]:
    absent, unknown = unpaved_for_feet(fixtures)
    return np.select([absent, unknown], [np.int8(_NO), np.int8(_UNKNOWN)], np.int8(_YES))


def _paid(ways: Ways, rows: npt.NDArray[np.int64], standing: Standing, profile: Profile) -> Ends:
    tail, head = ways.pick(ways.graph.u), ways.pick(ways.graph.v)
    crossing, crossed = ways.of(CROSSING), junctions(ways.graph).crossed
    slots = standing.slot[tail], standing.slot[head]
    # Of a kerb that belongs to crossings, other ways at its node know nothing.
    bound = crossing | ~crossed[tail], crossing | ~crossed[head]
    total = Sum(kerb_checks(ways, profile, standing), profile, ways.count)
    barred = total.barred()
    for slot, binds in zip(slots, bound, strict=True):
        barred |= standing.barred[0][slot] | (binds & standing.barred[1][slot])
    near = ways.length <= np.float32(SAME_JUNCTION)
    factor, spent = np.empty((2, len(rows)), dtype=np.float32), np.empty((2, len(rows)), dtype=np.float32)
    for row, (behind, ahead) in enumerate(((0, 1), (1, 0))):
        kerbs = (bound[ahead], slots[ahead]), (crossing, slots[behind])
        factor[row], spent[row] = standing.factor[0][slots[ahead]], standing.delays[0][slots[ahead]]
        waited = near & standing.signalled[slots[behind]]
        spent[row] += np.where(waited, _NONE, standing.delays[2][slots[ahead]])
        for binds, slot in kerbs:
            factor[row] *= np.where(binds, standing.factor[1][slot], _ONE)
            spent[row] += np.where(binds, standing.delays[1][slot], _NONE)
    dearer = total.factor()
    return Ends(rows=rows, barred=barred, factor=factor if dearer is None else factor * dearer, delays=spent)


def footed(ways: Ways) -> Mask:
    """Tell which ways are raised above carriageways: footways, steps and ramps."""
    return np.isin(ways.kind, _FOOTED)


def kerb_checks(ways: Ways, profile: Profile, standing: Standing) -> Iterator[Check]:
    """Yield what a profile asks of ways by the kerbs that stand, or don't, at their ends."""
    crossing, known = ways.of(CROSSING), junctions(ways.graph)
    ends = [ways.pick(column) for column in (ways.graph.u, ways.graph.v)]
    unkerbed = [~standing.kerbed[standing.slot[end]] for end in ends]
    bare = [known.footed[end] & without for end, without in zip(ends, unkerbed, strict=True)]
    if profile.max_kerb is not None:
        raised = footed(ways)
        for end, without in zip(ends, unkerbed, strict=True):
            there = crossing & known.footed[end] | raised & known.stepped[end]
            yield Check(attribute="kerb", limit=profile.max_kerb, unknown=there & without)
    if profile.tactile_paving != "ignore":
        ranks = [
            np.where(without, np.int8(_UNKNOWN), standing.paving[standing.slot[end]])
            for end, without in zip(ends, bare, strict=True)
        ]
        least, (absent, unknown) = np.minimum(*ranks), unpaved_for_feet(ways)
        state = absent | unknown & (least == _NO), unknown & (least == _UNKNOWN)
        yield wished("tactile_paving", profile.tactile_paving, state, crossing)


@dataclass(frozen=True, slots=True)
class Junctions:
    """Which nodes are ends of crossings, which of footways, steps or ramps, and which of streets but of no crossing."""

    crossed: Mask
    footed: Mask
    stepped: Mask


_junctions: OrderedDict[tuple[int, int, int], tuple[Any, Any, Junctions]] = OrderedDict()
_lock: Final = Lock()


def junctions(graph: Graph) -> Junctions:
    """Return what kinds of ways end at each node; kept for graphs that share their ways."""
    key = (graph.shape, id(graph.u), id(graph.kind))
    with _lock:
        if key in _junctions:
            return _junctions[key][2]
    made = _made(graph)
    with _lock:
        # The columns are kept as well, so that no others get their places in memory.
        _junctions[key] = (graph.u, graph.kind, made)
        while len(_junctions) > _KEPT:
            _junctions.popitem(last=False)
    return made


def _made(graph: Graph) -> Junctions:
    flags = []
    for kinds in ((CROSSING,), _FOOTED, (STREET,)):
        chosen = np.isin(graph.kind, kinds) & (graph.feature_id >= 0)
        flag = np.zeros(graph.nodes, dtype=bool)
        flag[graph.u[chosen]] = flag[graph.v[chosen]] = True
        flags.append(flag)
    crossed, walked, driven = flags
    return Junctions(crossed, walked, driven & ~crossed)
