"""What a profile finds on single arcs: the very objects that bar them, make them dearer, or leave a doubt.

The same checks that price the city are asked of a few arcs, so nothing is named here that doesn't weigh there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, Literal

import numpy as np

from routing.checks import Check, way_checks
from routing.closures import in_force
from routing.columns import CROSSING, KERB, Fixtures, Ways
from routing.hours import Clock
from routing.network import FIXTURES, KINDS, Graph
from routing.nodes import junctions, kerb_checks, stand
from routing.profile import Profile
from routing.standing import fixture_checks

Effect = Literal["bars", "unknown", "dearer"]
"""Bars: not passed, for what it is or because the asker bars the unknown. Unknown: not known, and accepted or
penalised. Dearer: passed, but another way is preferred."""

CLOSED: Final = "closure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found at one object.

    Attributes:
        effect: see there.
        kind: ``street``, ``footway``, ``crossing``, ``steps``, ``ramp``, ``kerb``, ``lift``, ``barrier``, ``signal``
            or ``closure``; layer, feature_id: of the register's feature.
        attribute: the field that matters; value: what stands there, ``None`` where that is unknown; inclines are told
            in the direction of travel.
        limit: what is asked for.
        unknown: whether nobody knows; treated: what the profile makes of it.
        known: all that is known of the object, in its drawn direction.
        place: where it is, in the city's projected system [m].
        checked_on: when what is said of it was last confirmed on the spot.
        arcs: the arcs concerned.
    """

    effect: Effect
    kind: str
    layer: str
    feature_id: int
    attribute: str
    value: object = None
    limit: object = None
    unknown: bool = False
    treated: str | None = None
    known: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    place: tuple[float, float] = (0.0, 0.0)
    checked_on: date | None = None
    arcs: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """The object, the attribute, and what becomes of it."""
        return self.feature_id, self.attribute, self.effect, self.unknown


def findings(
    graph: Graph, profile: Profile, moment: datetime, clock: Clock, arcs: Sequence[int]
) -> tuple[Finding, ...]:
    """Return what a profile finds on arcs, each object and attribute once, in the arcs' order.

    Args:
        graph: the network.
        profile: whose limits.
        moment: when, for hours and closures.
        clock: the city's.
        arcs: which arcs.
    """
    if not len(arcs):
        return ()
    looking = _Looking(graph, profile, moment, clock, np.asarray(arcs, dtype=np.int64))
    found: dict[tuple[object, ...], Finding] = {}
    reached: dict[tuple[object, ...], dict[int, None]] = {}
    for row, finding in sorted(looking.all(), key=lambda pair: pair[0]):
        arc = int(arcs[row])
        found.setdefault(finding.key, finding)
        reached.setdefault(finding.key, {})[arc] = None
    return tuple(replace(finding, arcs=tuple(reached[key])) for key, finding in found.items())


class _Looking:
    """Arcs that are looked at one by one."""

    def __init__(
        self, graph: Graph, profile: Profile, moment: datetime, clock: Clock, arcs: np.ndarray[Any, Any]
    ) -> None:
        self.graph, self.profile, self.moment, self.clock = graph, profile, moment, clock
        self.arcs, self.edges = arcs, (arcs >> 1).astype(np.int32)
        self.ways = Ways(graph, self.edges)
        self.closing = in_force(graph, profile.mode, moment, clock)
        self._seen: dict[int, tuple[dict[str, Any], tuple[float, float]]] = {}

    def all(self) -> Iterator[tuple[int, Finding]]:
        yield from self._of_ways(way_checks(self.ways, self.profile))
        yield from self._closures()
        rows, owners, paid = self._standing()
        yield from self._of_fixtures(rows, owners, paid)
        standing = stand(
            Fixtures(self.graph, np.unique(rows)), self.profile, self.moment, self.clock, np.zeros(0, dtype=np.int32)
        )
        yield from self._of_ways(kerb_checks(self.ways, self.profile, standing))

    def _of_ways(self, checks: Iterable[Check]) -> Iterator[tuple[int, Finding]]:
        directions = self.arcs & 1
        for check in checks:
            for effect, mask in _effects(check):
                own = mask if mask.ndim == 1 else mask[directions, np.arange(len(self.arcs))]
                for row in np.flatnonzero(own).tolist():
                    yield row, self._way(check, effect, int(self.arcs[row]))

    def _way(self, check: Check, effect: str, arc: int) -> Finding:
        graph, edge = self.graph, arc >> 1
        known, place = self._known(edge)
        value, limit = _told(known, check, forward=arc % 2 == 0)
        return Finding(
            **_effect(effect, check.attribute, self.profile),
            kind=KINDS[int(graph.kind[edge])],
            layer=graph.layer_of(edge),
            feature_id=int(graph.feature_id[edge]),
            attribute=check.attribute,
            value=value,
            limit=limit,
            known=known,
            place=place,
            checked_on=_checked(known),
        )

    def _known(self, edge: int) -> tuple[dict[str, Any], tuple[float, float]]:
        if edge not in self._seen:
            self._seen[edge] = self.graph.known(edge), _middle(self.graph, edge)
        return self._seen[edge]

    def _closures(self) -> Iterator[tuple[int, Finding]]:
        closures = self.graph.closures
        for number in np.flatnonzero(self.closing).tolist():
            for row in np.flatnonzero(self.edges == closures.edge[number]).tolist():
                yield row, self._closed(number, _middle(self.graph, int(self.edges[row])))

    def _closed(self, number: int, place: tuple[float, float]) -> Finding:
        closures, known = self.graph.closures, self._hours(number)
        return Finding(
            effect="bars",
            kind=CLOSED,
            layer=self.graph.layers.get(CLOSED, CLOSED),
            feature_id=int(closures.feature_id[number]),
            attribute="hours" if known else "modes",
            value=known.get("hours", self.profile.mode),
            known=known,
            place=place,
        )

    def _hours(self, number: int) -> dict[str, Any]:
        hours = self.graph.closures.hours[number]
        return {"hours": hours} if hours else {}

    def _standing(self) -> tuple[Any, Any, Any]:
        """Return fixtures at the ends of arcs, whose arc each is, and whether that pays for it: by pricing's rules."""
        graph, crossed = self.graph, junctions(self.graph).crossed
        rows: list[tuple[int, int, bool]] = []
        for row, arc in enumerate(self.arcs.tolist()):
            crossing = graph.kind[arc >> 1] == CROSSING
            for node, ahead in ((int(graph.head[arc]), True), (int(graph.tail[arc]), False)):
                for fixture in graph.fixtures_at(node).tolist():
                    kerb = graph.fixture_kind[fixture] == KERB
                    if graph.fixture_id[fixture] >= 0 and (not kerb or crossing or not crossed[node]):
                        rows.append((fixture, row, ahead or bool(kerb and crossing)))
        table = np.array(rows, dtype=np.int64).reshape(-1, 3)
        return table[:, 0].astype(np.int32), table[:, 1], table[:, 2] == 1

    def _of_fixtures(self, rows: Any, owners: Any, paid: Any) -> Iterator[tuple[int, Finding]]:
        for check in fixture_checks(Fixtures(self.graph, rows), self.profile, self.moment, self.clock):
            for effect, mask in _effects(check):
                barring = effect == "bars" or self.profile.on_unknown(check.attribute) == "bar"
                for place in np.flatnonzero(mask & (paid | barring)).tolist():
                    yield int(owners[place]), self._fixture(check, effect, int(rows[place]))
        for number in np.flatnonzero(self.closing).tolist():
            for place in np.flatnonzero(rows == self.graph.closures.fixture[number]).tolist():
                node = self.graph.fixture_node[rows[place]]
                yield int(owners[place]), self._closed(number, tuple(self.graph.xy[node].tolist()))

    def _fixture(self, check: Check, effect: str, fixture: int) -> Finding:
        graph = self.graph
        known = graph.known_of_fixture(fixture)
        feature = int(graph.fixture_id[fixture])
        if feature in graph.hours:
            known = {**known, "hours": graph.hours[feature]}
        attribute = "height" if check.attribute == "kerb" and "height" in known else check.attribute
        return Finding(
            **_effect(effect, check.attribute, self.profile),
            kind=FIXTURES[int(graph.fixture_kind[fixture])],
            layer=graph.layer_of_fixture(fixture),
            feature_id=feature,
            attribute=attribute,
            value=known.get(attribute),
            limit=check.limit,
            known=known,
            place=tuple(graph.xy[graph.fixture_node[fixture]].tolist()),
            checked_on=_checked(known),
        )


def _effects(check: Check) -> Iterator[tuple[str, Any]]:
    for effect, mask in (("bars", check.barred), ("unknown", check.unknown), ("dearer", check.shunned)):
        if mask is not None:
            yield effect, mask


def _effect(effect: str, attribute: str, profile: Profile) -> dict[str, Any]:
    """Return what becomes of what a check found: the unknown bars where the asker says so."""
    if effect != "unknown":
        return {"effect": effect}
    treated = profile.on_unknown(attribute)
    return {"effect": "bars" if treated == "bar" else "unknown", "unknown": True, "treated": treated}


_USUAL: Final = {"foot", "bicycle", "motor_vehicle", "one_way", "sidewalk"}
"""Attributes in whose place, where nothing was entered, the class of the way decides."""


def _told(known: Mapping[str, Any], check: Check, *, forward: bool) -> tuple[object, object]:
    """Return the value and the limit of a check of a way, in the direction of travel."""
    value = known.get(check.attribute)
    if check.attribute == "incline" and isinstance(check.limit, dict):
        rise = value if value is None or forward else -value
        return rise, check.limit["down" if rise is not None and rise < 0 else "up"]
    if check.attribute == "steps":
        value = known.get("step_count")
    if value is None and check.attribute in _USUAL:
        value = known.get("highway") or known.get("footway")
    return value, check.limit


def _checked(known: Mapping[str, Any]) -> date | None:
    day = known.get("checked_on")
    return day if isinstance(day, date) else None


def _middle(graph: Graph, edge: int) -> tuple[float, float]:
    """Return a point of an edge: half-way along its course."""
    course = graph.course(edge)
    steps = np.hypot(*np.diff(course, axis=0).T)
    run = np.concatenate([[0.0], np.cumsum(steps)])
    x, y = (float(np.interp(run[-1] / 2, run, course[:, axis])) for axis in (0, 1))
    return x, y
