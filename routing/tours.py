"""A round trip over many stops: in what order they are visited at the least cost, and when each is reached.

An open trip is a round trip over one stop more, from which and to which going costs nothing. Up to :data:`EXACT` stops
the order is the best there is (Held and Karp, 1962, by dynamic programming over sets of stops). Beyond, it is found by
moving and turning round stretches of it until no such move makes it cheaper (Or, 1976; Croes, 1958), again and again
from where it was shaken up a little, always in the same way. There and back may cost differently.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from gis.errors import BadRequest, RuleBroken, TooLarge
from gis.text import Text
from routing.matrices import costs_between
from routing.metric import Metric
from routing.network import INF, Graph
from routing.route import Snapped
from routing.timed import seconds_between

Costs = npt.NDArray[np.int64]
Order = npt.NDArray[np.int64]

EXACT: Final = 12
"""Up to so many stops the order is proved to be the best."""

MOST: Final = 300
"""Stops of one trip."""

_NEVER: Final = 10**11
"""Milliseconds: what a leg that can't be gone costs here; more than any trip."""

_STRETCHES: Final = (1, 2, 3, 5, 8, 13)
"""Stops in a row that are moved together."""

_WORK: Final = 4000
"""Shakings-up times stops."""


class BadTour(BadRequest):
    """Stops, ends or service times that make no trip."""

    code = "bad-tour"


class TooManyStops(TooLarge):
    """More stops than one trip may have."""

    code = "too-many-stops"


class NoTour(RuleBroken):
    """No order of the stops can be gone; ``data`` names legs that can't."""

    code = "no-tour"


@dataclass(frozen=True, slots=True)
class Visit:
    """A stop: its place among those asked for, and when it is reached and left [s from the departure]."""

    stop: int
    arrival: float
    departure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """A trip.

    Attributes:
        visits: in their order; of a closed trip the first stop isn't repeated at the end.
        cost: of all legs [ms], the one back to the first stop included where the trip is closed.
        seconds: from the departure to the end, service included; legs as long as they cost, where nothing else is told.
        exact: whether no cheaper order exists; else none was found.
    """

    visits: tuple[Visit, ...]
    closed: bool
    cost: int
    seconds: float
    exact: bool


def tour_over(
    graph: Graph,
    metric: Metric,
    stops: Sequence[Snapped],
    *,
    closed: bool = True,
    first: int | None = None,
    last: int | None = None,
    service: Sequence[float] | None = None,
) -> Tour:
    """Return the cheapest trip over places on the graph, with the times that its legs take; see :func:`tour`."""
    _check_count(len(stops))
    costs = costs_between(graph, metric, stops, stops)
    found = tour(costs, closed=closed, first=first, last=last, service=service)
    order = np.array([visit.stop for visit in found.visits])
    legs = zip(order, _onward(order, closed=closed), strict=False)
    taken = [seconds_between(graph, metric, stops[one], stops[other]) for one, other in legs]
    return _timed(order, taken, _service(service, len(stops)), closed=closed, cost=found.cost)


def tour(
    costs: npt.ArrayLike,
    *,
    closed: bool = True,
    first: int | None = None,
    last: int | None = None,
    service: Sequence[float] | None = None,
) -> Tour:
    """Return the trip that visits every stop once.

    Args:
        costs: from each stop (row) to each [ms], whole numbers; :data:`~routing.network.INF` where no way leads.
        closed: whether it ends where it began.
        first: stop at which it begins; any may, where ``None``. A closed trip begins at stop 0 unless told otherwise.
        last: stop at which it ends; any may, where ``None``. A closed trip has none.
        service: seconds spent at each stop.

    Raises:
        BadTour: costs that are no square of whole numbers from 0, ends or service that don't fit them.
        TooManyStops: more than :data:`MOST`.
        NoTour: no order can be gone.
    """
    legs = _checked(costs)
    served = _service(service, len(legs))
    _check_ends(len(legs), closed=closed, first=first, last=last)
    order = _ordered(legs, first or 0) if closed else _ordered(_with_nowhere(legs, first, last), len(legs))[1:]
    goes_on = _onward(order, closed=closed)
    taken = legs[order[: len(goes_on)], goes_on]
    _check_found(legs, order, goes_on, taken)
    return _timed(order, (taken / 1000.0).tolist(), served, closed=closed, cost=int(taken.sum()))


def _onward(order: Order, *, closed: bool) -> Order:
    """Return the stop that follows each; none follows the last of an open trip."""
    return np.append(order[1:], order[0]) if closed else order[1:]


def _timed(order: Order, taken: Sequence[float], served: Sequence[float], *, closed: bool, cost: int) -> Tour:
    clock, visits = 0.0, []
    for stop, seconds in zip(order.tolist(), [*taken, 0.0], strict=False):
        left = clock + served[stop]
        visits.append(Visit(stop, clock, left))
        clock = left + seconds
    return Tour(visits=tuple(visits), closed=closed, cost=cost, seconds=clock, exact=len(order) <= EXACT)


def _with_nowhere(legs: Costs, first: int | None, last: int | None) -> Costs:
    """Add a stop from which the trip comes and to which it goes for nothing."""
    count = len(legs)
    more = np.zeros((count + 1, count + 1), dtype=np.int64)
    more[:count, :count] = legs
    for fixed, line in ((first, more[count, :count]), (last, more[:count, count])):
        if fixed is not None and count > 1:
            line[:] = _NEVER
            line[fixed] = 0
    return more


def _ordered(legs: Costs, start: int) -> Order:
    """Return the stops in the order of the cheapest closed trip that was found, ``start`` first."""
    turned = np.roll(np.arange(len(legs)), -start)
    own = legs[np.ix_(turned, turned)]
    return turned[_exact(own) if len(legs) <= EXACT + 1 else _searched(own)]


def _exact(legs: Costs) -> Order:
    """Held and Karp: the cheapest way through a set of stops to one of them, for ever larger sets."""
    count = len(legs) - 1
    if count < 1:
        return np.arange(len(legs))
    sets = np.arange(1 << count)
    sizes = np.bitwise_count(sets)
    best = np.full((1 << count, count), _NEVER * len(legs) * 2, dtype=np.int64)
    before = np.zeros((1 << count, count), dtype=np.int64)
    best[1 << np.arange(count), np.arange(count)] = legs[0, 1:]
    for size in range(2, count + 1):
        for stop in range(count):
            chosen = sets[(sizes == size) & (sets >> stop & 1 == 1)]
            ways = best[chosen ^ (1 << stop)] + legs[1:, stop + 1]
            before[chosen, stop] = ways.argmin(axis=1)
            best[chosen, stop] = ways.min(axis=1)
    return _traced(before, int((best[-1] + legs[1:, 0]).argmin()))


def _traced(before: Order, stop: int) -> Order:
    order, left = [], len(before) - 1
    for _ in range(before.shape[1]):
        order.append(stop + 1)
        left, stop = left ^ (1 << stop), int(before[left, stop])
    return np.array([0, *reversed(order)])


def _searched(legs: Costs) -> Order:
    chance = np.random.default_rng(len(legs))
    best = min((_improved(legs, order) for order in _beginnings(legs)), key=lambda order: _cost(legs, order))
    for _ in range(_WORK // len(legs)):
        shaken = _improved(legs, _shaken(best, chance))
        if _cost(legs, shaken) < _cost(legs, best):
            best = shaken
    return best


def _beginnings(legs: Costs) -> Iterator[Order]:
    """Yield orders of always going to the nearest stop left, and of always coming from the nearest."""
    yield _greedy(legs)
    yield np.append(0, _greedy(legs.T)[:0:-1])


def _greedy(legs: Costs) -> Order:
    order, left = [0], np.ones(len(legs), dtype=bool)
    left[0] = False
    while left.any():
        nearest = int(np.where(left, legs[order[-1]], np.iinfo(np.int64).max).argmin())
        left[nearest] = False
        order.append(nearest)
    return np.array(order)


def _shaken(order: Order, chance: np.random.Generator) -> Order:
    """Swap two stretches that follow each other."""
    a, b, c = np.sort(chance.choice(np.arange(1, len(order) + 1), 3, replace=False)).tolist()
    return np.concatenate([order[:a], order[b:c], order[a:b], order[c:]])


def _cost(legs: Costs, order: Order) -> int:
    return int(legs[order, np.roll(order, -1)].sum())


def _improved(legs: Costs, order: Order) -> Order:
    """Move and turn round stretches until nothing is gained."""
    gained = True
    while gained:
        gained = False
        for stretch in (0, *_STRETCHES):
            if stretch >= len(order) - 1:
                continue
            along = legs[np.ix_(order, order)]
            better = _turned(order, along) if stretch == 0 else _moved(order, along, stretch)
            if better is not None:
                order, gained = better, True
    return order


def _turned(order: Order, along: Costs) -> Order | None:
    """Turn that stretch round which gains most; ``along`` are the costs by place in the order."""
    count = len(order)
    following = np.roll(np.arange(count), -1)
    onward = np.concatenate([[0], np.cumsum(along[np.arange(count), following])])
    back = np.concatenate([[0], np.cumsum(along[following, np.arange(count)])])
    first, last = np.triu_indices(count, 1)
    first, last = first[first > 0], last[first > 0]
    after = following[last]
    change = along[first - 1, last] + along[first, after] - along[first - 1, first] - along[last, after]
    change += (back[last] - back[first]) - (onward[last] - onward[first])
    best = int(change.argmin())
    if change[best] >= 0:
        return None
    begin, end = int(first[best]), int(last[best]) + 1
    return np.concatenate([order[:begin], order[begin:end][::-1], order[end:]])


def _moved(order: Order, along: Costs, stretch: int) -> Order | None:
    """Move that stretch of so many stops, as it is or turned round, elsewhere, which gains most."""
    count = len(order)
    places = np.arange(count)
    following = np.roll(places, -1)
    steps = along[places, following]
    begins = np.arange(1, count - stretch + 1)
    ends, after = begins + stretch - 1, (begins + stretch) % count
    saved = along[begins - 1, begins] + along[ends, after] - along[begins - 1, after]
    straight = along[:, begins].T + along[ends][:, following] - steps
    reverse = along[:, ends].T + along[begins][:, following] - steps
    for step in range(stretch - 1):
        one, other = begins + step, begins + step + 1
        reverse += (along[other, one] - along[one, other])[:, None]
    change = np.stack([straight, reverse]) - saved[None, :, None]
    inside = (places >= begins[:, None] - 1) & (places <= ends[:, None])
    change[:, inside] = _NEVER
    way, chosen, to = (int(each) for each in np.unravel_index(change.argmin(), change.shape))
    if change[way, chosen, to] >= 0:
        return None
    return _put(order, int(begins[chosen]), stretch, to, turned=way == 1)


def _put(order: Order, begin: int, stretch: int, to: int, *, turned: bool) -> Order:
    taken = order[begin : begin + stretch]
    rest = np.concatenate([order[:begin], order[begin + stretch :]])
    at = to + 1 if to < begin else to + 1 - stretch
    return np.concatenate([rest[:at], taken[::-1] if turned else taken, rest[at:]])


def _checked(costs: npt.ArrayLike) -> Costs:
    given = np.asarray(costs)
    square = given.ndim == 2 and given.shape[0] == given.shape[1]
    if not square or not np.issubdtype(given.dtype, np.integer) or (given.size and int(given.min()) < 0):
        raise BadTour(_BAD_COSTS)
    _check_count(len(given))
    legs = given.astype(np.int64)
    legs[legs >= INF] = _NEVER
    return legs


def _check_count(count: int) -> None:
    if count < 1:
        raise BadTour(_NO_STOPS)
    if count > MOST:
        raise TooManyStops(_TOO_MANY.filled(most=MOST, given=count), most=MOST, given=count)


def _service(service: Sequence[float] | None, count: int) -> Sequence[float]:
    if service is None:
        return [0.0] * count
    if len(service) != count or not all(0 <= seconds < _NEVER for seconds in service):
        raise BadTour(_BAD_SERVICE.filled(stops=count))
    return service


def _check_ends(count: int, *, closed: bool, first: int | None, last: int | None) -> None:
    for end in (first, last):
        if end is not None and not 0 <= end < count:
            raise BadTour(_BAD_END.filled(given=end, most=count - 1), given=end)
    if closed and last is not None and last != (first or 0):
        raise BadTour(_CLOSED_ENDS)
    if not closed and count > 1 and first is not None and first == last:
        raise BadTour(_SAME_ENDS)


def _check_found(legs: Costs, order: Order, goes_on: Order, taken: Costs) -> None:
    """Refuse a trip with a leg that can't be gone, naming stops between which nothing leads either way, if any."""
    if not (taken >= _NEVER).any():
        return
    apart = [pair for pair in combinations(range(len(legs)), 2) if min(legs[pair], legs[pair[::-1]]) >= _NEVER]
    broken = np.flatnonzero(taken >= _NEVER)
    pairs = apart or [(int(order[leg]), int(goes_on[leg])) for leg in broken]
    one, other = pairs[0]
    text = _APART if apart else _ONE_WAY
    raise NoTour(text.filled(one=one + 1, other=other + 1), legs=[list(pair) for pair in pairs[:100]])


_BAD_COSTS = Text(
    kk="Аялдамалар арасындағы шығындар 0-ден басталатын бүтін сандардың шаршы кестесі болуы керек.",
    ru="Затраты между остановками должны быть квадратной таблицей целых чисел от 0.",
    en="Costs between stops must be a square table of whole numbers from 0.",
)
_NO_STOPS = Text(
    kk="Айналма сапар үшін кемінде бір аялдама керек.",
    ru="Для объезда нужна хотя бы одна остановка.",
    en="A trip needs at least one stop.",
)
_TOO_MANY = Text(
    kk="Бір сапарда ең көбі {most} аялдама болады, {given} берілді: оларды бірнеше сапарға бөліңіз.",
    ru="В одном объезде не больше {most} остановок, дано: {given}; разделите их на несколько объездов.",
    en="A trip has at most {most} stops, {given} were given: share them out among several trips.",
)
_BAD_SERVICE = Text(
    kk="Қызмет көрсету уақыты әр аялдамаға ({stops}) секундпен, 0-ден кем емес болып берілуі керек.",
    ru="Время обслуживания задаётся для каждой остановки (их {stops}) в секундах, не меньше 0.",
    en="Service times are given for each of the {stops} stops, in seconds from 0.",
)
_BAD_END = Text(
    kk="{given} нөмірлі аялдама жоқ: нөмірлер 0 мен {most} аралығында.",
    ru="Остановки с номером {given} нет: номера идут от 0 до {most}.",
    en="There is no stop {given}: they are numbered from 0 to {most}.",
)
_CLOSED_ENDS = Text(
    kk="Тұйық сапар басталған жерінде аяқталады: соңғы аялдаманы бөлек көрсетуге болмайды.",
    ru="Замкнутый объезд кончается там, где начался: отдельной последней остановки у него нет.",
    en="A closed trip ends where it began: it has no last stop of its own.",
)
_SAME_ENDS = Text(
    kk="Ашық сапардың бірінші және соңғы аялдамасы бірдей бола алмайды; тұйық сапар сұраңыз.",
    ru="Первая и последняя остановки незамкнутого объезда не могут совпадать; запросите замкнутый.",
    en="An open trip can't begin and end at the same stop; ask for a closed one.",
)
_APART = Text(
    kk="{one}-аялдама мен {other}-аялдаманың арасында бірде-бір бағытта жол жоқ.",
    ru="Между остановками {one} и {other} нет пути ни в одну сторону.",
    en="No way leads between stops {one} and {other} in either direction.",
)
_ONE_WAY = Text(
    kk="Барлық аялдаманы қамтитын рет жоқ: {one}-аялдамадан {other}-аялдамаға жол жоқ.",
    ru="Нет порядка, при котором можно объехать все остановки: от остановки {one} к остановке {other} пути нет.",
    en="In no order can all stops be visited: no way leads from stop {one} to stop {other}.",
)
