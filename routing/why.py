"""Why a route is as it is: the shorter ways that were not taken, the very objects that bar them, and what is unknown.

The limits of the asker are lifted, and with them everything that stands or is closed; access by law and one-way
traffic stay. A way that is then found to be shorter (for drivers: quicker) was passed over for what the asker's own
limits find on it: those objects are named, by the same checks that priced the city. They are then left out, and the
next way is looked for, until nothing is shorter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

import numpy as np

from gis.streets import Streets
from gis.text import Text
from routing.findings import Finding, findings
from routing.hours import Clock
from routing.kept import NOTHING, Avoid, barred_edges
from routing.metric import Metric
from routing.network import INF, Closures, Graph, Ids
from routing.norms import Judgement, Norm, judge
from routing.pricing import DEAREST, price
from routing.profile import Profile
from routing.reasons import day_told, doubted, length_told, listed, told
from routing.route import Route, Snapped
from routing.router import Router
from routing.skeleton import Weights
from routing.unreached import Unreachable

MOST: Final = 3
"""Shorter ways that are told of."""

_SHORTER: Final = 0.99
"""Ways are shorter from this share of a length on; what differs less nobody calls shorter."""

_TRIES: Final = 12
"""Ways that are looked at: some share all their obstacles with one that was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who moves, when, and what he doesn't want to pass at all; ways that are told of don't pass it either."""

    profile: Profile
    departure: datetime
    avoid: Avoid = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What bars or puts off somebody, with the norms that it breaks.

    Attributes:
        finding: the object, its value and the limit.
        norms: what documents say of the attribute; only those that it breaks.
        sentence: all that for a reader.
    """

    finding: Finding
    norms: tuple[Judgement, ...]
    sentence: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A shorter way that was not taken.

    Attributes:
        route: the way, and how long it would take the asker were it not barred.
        obstacles: what bars it; where nothing does, what makes it dearer than the route that was taken; nothing where
            it only takes longer.
        barred: whether it is barred.
        sentence: all that for a reader.
    """

    route: Route
    obstacles: tuple[Obstacle, ...]
    barred: bool
    sentence: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What is unknown of the route that was taken.

    Attributes:
        attribute: that isn't known; treated: what the profile makes of that.
        findings: the objects of which it isn't.
        sentence: all that for a reader.
    """

    attribute: str
    treated: str
    findings: tuple[Finding, ...]
    sentence: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """How old what is known of the route is.

    Attributes:
        objects: of which it is made; confirmed: those of them that somebody ever confirmed on the spot.
        oldest, newest: days on which they were.
    """

    objects: int
    confirmed: int
    oldest: date | None
    newest: date | None
    sentence: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a route is as it is.

    Attributes:
        route: ``None`` where no way leads there; then ``refusal`` says why.
        rejected: shorter ways, the shortest first.
        doubts: what is unknown of the route; knowledge: how old the rest is.
    """

    route: Route | None
    refusal: Unreachable | None
    rejected: tuple[Rejected, ...]
    doubts: tuple[Doubt, ...]
    knowledge: Knowledge | None

    @property
    def sentences(self) -> tuple[Text, ...]:
        """All of it for a reader."""
        first = () if self.refusal is None else (self.refusal.message,)
        own = () if self.knowledge is None else (self.knowledge.sentence,)
        unrivalled = () if self.route is None else (_NOTHING_BETTER,)
        better = tuple(each.sentence for each in self.rejected) or unrivalled
        return (*first, *better, *(each.sentence for each in self.doubts), *own)


def explain(
    router: Router,
    graph: Graph,
    asked: Asked,
    start: Snapped,
    end: Snapped,
    *,
    norms: Iterable[Norm] = (),
    most: int = MOST,
) -> Explanation:
    """Explain the way from one place to another.

    Args:
        router: the city's.
        graph: of :meth:`Router.graph`.
        asked: who moves, when, and what is to be avoided.
        start: put onto the graph by the profile's own metric.
        end: the same.
        norms: those in force (:func:`routing.norms.read_norms`).
        most: how many shorter ways to tell of.
    """
    search = _Search(router, graph, asked, tuple(norms))
    route, refusal = search.joined(search.metric, start, end)
    return Explanation(
        route=route,
        refusal=refusal,
        rejected=search.rejected(route, start, end, most),
        doubts=() if route is None else search.doubts(route),
        knowledge=None if route is None else known_of(route),
    )


def relaxed(profile: Profile) -> Profile:
    """Return who moves in the same way without any limit or wish."""
    return replace(
        profile,
        max_incline_up=None,
        max_incline_down=None,
        max_cross_slope=None,
        max_kerb=None,
        min_width=None,
        max_height=None,
        max_weight=None,
        surfaces=None,
        worst_smoothness=None,
        wheelchair=False,
        steps="pass",
        tactile_paving="ignore",
        sound_signals="ignore",
        light="ignore",
        marked_crossings="ignore",
        lifts=True,
        unknown="accept",
        unknowns=(),
    )


def bare(graph: Graph) -> Graph:
    """Return a graph of ways alone: nothing stands on them, nothing is closed or out of order."""
    return graph.replaced(
        fixture_kind=graph.fixture_kind[:0],
        fixture_node=graph.fixture_node[:0],
        fixture_id=graph.fixture_id[:0],
        fixture_attributes={},
        fixture_xy=graph.fixture_xy[:0],
        hours={},
        closures=Closures(),
        attributes={name: column for name, column in graph.attributes.items() if name != "status"},
    )


def lengths(graph: Graph) -> Ids:
    """Return how long arcs are [mm], as weights that a search may have."""
    return np.clip(np.rint(np.repeat(graph.length, 2) * 1000), 1, DEAREST).astype(np.int64)


def arcs_of(graph: Graph, route: Route) -> tuple[list[int], list[float]]:
    """Return the arcs of a route and the share of each that is passed."""
    arcs = [2 * graph.edge_of[piece.feature_id] + (not piece.forward) for piece in route.pieces]
    shares = [
        min(piece.length / length, 1.0) if (length := float(graph.length[arc >> 1])) else 1.0
        for arc, piece in zip(arcs, route.pieces, strict=True)
    ]
    return arcs, shares


class _Search:
    """Ways without limits, and what is found on them."""

    def __init__(self, router: Router, graph: Graph, asked: Asked, norms: tuple[Norm, ...]) -> None:
        self.router, self.graph, self.asked, self.norms = router, graph, asked, norms
        self.profile, self.departure = asked.profile, asked.departure
        self.clock: Clock = router.clock
        self.streets: Streets = router.streets
        self.metric = router.metric(graph, asked.profile, asked.departure, asked.avoid)
        self.weights = self._free(graph, asked)
        avoided = barred_edges(graph, lambda: router.index(graph), asked.avoid)
        self.weights.reshape(-1, 2)[avoided] = INF

    def _free(self, graph: Graph, asked: Asked) -> Weights:
        """Return what arcs cost without limits: millimetres; to drivers milliseconds."""
        priced = price(bare(graph), relaxed(asked.profile), asked.departure, clock=self.clock).weights
        if asked.profile.mode not in {"foot", "bicycle"}:
            return priced.copy()
        return np.where(priced < INF, lengths(graph), INF).astype(np.uint32)

    def joined(self, metric: Metric, start: Snapped, end: Snapped) -> tuple[Route | None, Unreachable | None]:
        try:
            return self.router.joined(self.graph, metric, self.profile, start, end, self.departure), None
        except Unreachable as refusal:
            return None, refusal

    def rejected(self, route: Route | None, start: Snapped, end: Snapped, most: int) -> tuple[Rejected, ...]:
        told_of: list[Rejected] = []
        named: set[tuple[object, ...]] = set()
        spent = np.inf if route is None else self._spent(route)
        own = set() if route is None else set(arcs_of(self.graph, route)[0])
        for _ in range(_TRIES):
            other = self._other(start, end)
            if len(told_of) >= most or other is None or self._spent(other) > spent - 1:
                break
            each = self._rejected(other, route, own)
            if route is not None and other.length > _SHORTER * route.length:
                continue
            keys = {obstacle.finding.key for obstacle in each.obstacles}
            if not keys or not keys <= named:
                told_of.append(each)
                named |= keys
        return tuple(told_of)

    def _other(self, start: Snapped, end: Snapped) -> Route | None:
        metric = self.metric
        free = Metric(
            metric.skeleton,
            self.weights,
            metric.seconds,
            metric.delays,
            turns=metric.turns,
            approach=metric.approach,
            by_time=self.profile.mode not in {"foot", "bicycle"},
        )
        return self.joined(free, start, end)[0]

    def _spent(self, route: Route) -> float:
        arcs, shares = arcs_of(self.graph, route)
        return float(np.dot(self.weights[arcs].astype(float), shares)) if arcs else 0.0

    def _rejected(self, other: Route, route: Route | None, own: set[int]) -> Rejected:
        """Name what is found on a way beside the one taken, and leave that out from now on."""
        arcs = [arc for arc in arcs_of(self.graph, other)[0] if arc not in own]
        found = findings(self.graph, self.profile, self.departure, self.clock, arcs)
        bars = [finding for finding in found if finding.effect == "bars"]
        weighed = bars or [each for each in found if each.effect == "dearer" or each.treated == "penalise"]
        self._leave_out(weighed)
        if not weighed:
            self.weights[arcs] = INF
        obstacles = tuple(self._obstacle(finding) for finding in weighed)
        sentence = _sentence(other, route, obstacles, barred=bool(bars))
        return Rejected(route=other, obstacles=obstacles, barred=bool(bars), sentence=sentence)

    def _leave_out(self, weighed: Iterable[Finding]) -> None:
        """Leave out the arcs of what was found, and for what stands at a node all that touches it and is barred."""
        for finding in weighed:
            self.weights[list(finding.arcs)] = INF
            fixture = self.graph.fixture_of.get(finding.feature_id, -1)
            if fixture >= 0 and finding.effect == "bars":
                around = self.graph.arcs_from(int(self.graph.fixture_node[fixture]))
                both = np.concatenate([around, around ^ 1])
                self.weights[both[self.metric.weights[both] >= INF]] = INF

    def _obstacle(self, finding: Finding) -> Obstacle:
        broken = tuple(
            each
            for each in judge(finding.kind, finding.known, self.norms)
            if each.verdict in {"broken", "conditional"} and _same(each.norm.attribute, finding.attribute)
        )
        sentence = told(self.streets, finding)
        if broken:
            breaks = _BREAKS if len(broken) == 1 else _BREAKS_SEVERAL
            sentence = breaks.filled(found=sentence, norms=listed([each.norm.cited for each in broken]))
        return Obstacle(finding=finding, norms=broken, sentence=sentence)

    def doubts(self, route: Route) -> tuple[Doubt, ...]:
        arcs, _ = arcs_of(self.graph, route)
        found = findings(self.graph, self.profile, self.departure, self.clock, arcs)
        unknown: dict[tuple[str, str], list[Finding]] = {}
        for finding in found:
            if finding.unknown:
                unknown.setdefault((finding.attribute, finding.treated or "accept"), []).append(finding)
        return tuple(self._doubt(*key, tuple(each)) for key, each in unknown.items())

    def _doubt(self, attribute: str, treated: str, found: tuple[Finding, ...]) -> Doubt:
        sentence = doubted(self.streets, attribute, treated, found)
        return Doubt(attribute=attribute, treated=treated, findings=found, sentence=sentence)


def _same(norm: str, attribute: str) -> bool:
    return norm == attribute or {norm, attribute} == {"height", "kerb"}


def known_of(route: Route) -> Knowledge:
    """Return how old what is known of a route is."""
    days = [piece.attributes.get("checked_on") for piece in route.pieces]
    days += [fixture.attributes.get("checked_on") for piece in route.pieces for fixture in piece.fixtures]
    confirmed = sorted(day for day in days if isinstance(day, date))
    counts = {"objects": len(days), "confirmed": len(confirmed)}
    sentence = _NEVER.filled(**counts)
    if confirmed:
        sentence = _CONFIRMED.filled(**counts, oldest=day_told(confirmed[0]), newest=day_told(confirmed[-1]))
    ends = (confirmed[0], confirmed[-1]) if confirmed else (None, None)
    return Knowledge(**counts, oldest=ends[0], newest=ends[1], sentence=sentence)


def _sentence(other: Route, route: Route | None, obstacles: Sequence[Obstacle], *, barred: bool) -> Text:
    why = listed([obstacle.sentence for obstacle in obstacles])
    way = length_told(other)
    if route is None:
        return _NO_WAY.filled(way=way, why=why)
    text = _BARRED if barred else _DEARER if obstacles else _SLOWER
    return text.filled(way=way, own=length_told(route), why=why)


_BREAKS: Final = Text(
    kk="{found} (мына норма бұзылған: {norms})", ru="{found} (нарушена норма: {norms})", en="{found} (breaks {norms})"
)
_BREAKS_SEVERAL: Final = Text(
    kk="{found} (мына нормалар бұзылған: {norms})",
    ru="{found} (нарушены нормы: {norms})",
    en="{found} (breaks {norms})",
)
_BARRED: Final = Text(
    kk="{own} орнына {way} болатын қысқа жол таңдалмады. Кедергі: {why}.",
    ru="Более короткий путь, {way} вместо {own}, не выбран. Мешает: {why}.",
    en="A shorter way, {way} instead of {own}, was not taken. It is barred by: {why}.",
)
_DEARER: Final = Text(
    kk="{own} орнына {way} болатын қысқа жолмен өтуге болады, бірақ таңдалғаны қолайлырақ. Себебі: {why}.",
    ru="Более короткий путь, {way} вместо {own}, доступен, но выбранный удобнее. Причина: {why}.",
    en="A shorter way, {way} instead of {own}, can be passed, but the one chosen suits better. The reason: {why}.",
)
_SLOWER: Final = Text(
    kk="{own} орнына {way} болатын қысқа жол бар, бірақ ол баяуырақ.",
    ru="Есть более короткий путь, {way} вместо {own}, но он медленнее.",
    en="There is a shorter way, {way} instead of {own}, but it is slower.",
)
_NO_WAY: Final = Text(
    kk="Шектеулерсіз {way} болатын жол болар еді. Кедергі: {why}.",
    ru="Без ограничений был бы путь: {way}. Мешает: {why}.",
    en="Without limits there would be a way of {way}. It is barred by: {why}.",
)
_NOTHING_BETTER: Final = Text(
    kk="Шектеулерсіз де бұдан қысқа жол жоқ.",
    ru="Более короткого пути нет и без ограничений.",
    en="Even without limits no way is shorter.",
)
_NEVER: Final = Text(
    kk="Жолдағы нысандар саны {objects}, олардың ешқайсысы орнында тексерілмеген.",
    ru="Объектов на пути: {objects}; ни один не проверен на месте.",
    en="Objects on the way: {objects}; none was ever confirmed on the spot.",
)
_CONFIRMED: Final = Text(
    kk="Жолдағы нысандар саны {objects}, орнында тексерілгені {confirmed}, алғашқысы {oldest}, соңғысы {newest}.",
    ru="Объектов на пути: {objects}; проверено на месте: {confirmed}, с {oldest} по {newest}.",
    en="Objects on the way: {objects}; confirmed on the spot: {confirmed}, from {oldest} to {newest}.",
)
