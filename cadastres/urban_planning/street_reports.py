"""What somebody in the field proposes: an obstacle, an attribute as it was seen there, an object that is gone.

Each is the one edit of a draft of its own (:mod:`gis.reports`). What a report says of an object counts from the moment
at which it was seen, and makes that day the one on which the object was checked.

An obstacle stands at a point of a way. As ways join and are barred where they end, a footway or a crossing is divided
there (:mod:`cadastres.urban_planning.street_division`). Steps and ramps are not divided, an obstacle on them stands at
their nearer end. What bars a street closes its segment.

What somebody writes in his own words joins all that only when the report is accepted: drafts are read by many.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Final

from shapely import Point

from cadastres.land.verbs import Attributes, complete
from cadastres.real_estate.verbs import pieces_of, writes_of
from cadastres.urban_planning.network_course import nearest
from cadastres.urban_planning.street_division import DivideWay
from cadastres.urban_planning.street_followers import SPEAKING
from cadastres.urban_planning.street_live import period
from cadastres.urban_planning.street_model import CROSSING, FOOTWAY, STREET_SEGMENT, WAYS
from cadastres.urban_planning.street_point_model import BARRIER, BARRIERS, FIXTURES
from cadastres.urban_planning.street_state_model import CLOSURE
from gis.act import Act, Case, Needs, Outcome, missing
from gis.errors import BadRequest
from gis.layer import FieldType, Layer
from gis.profile import CityProfile
from gis.record import Period, Version, Write
from gis.report import Report
from gis.text import Text

REPORTABLE: Final[tuple[Layer, ...]] = (*WAYS, *FIXTURES)
"""Layers of what somebody in the field reports about."""

REACH: Final = 5.0
"""An obstacle is told of within this [m] of a way; farther off, the place is wrong."""

AT_END: Final = 1.0
"""An obstacle within this [m] of a way's end stands at the end."""

BLOCKED: Final = ("foot", "bicycle", "motor_vehicle", "heavy", "wheelchair")
"""Whom an obstacle can bar, as the fields of barriers name them."""

_CLOSED_TO: Final = {"foot": "foot", "bicycle": "bicycle", "motor_vehicle": "car, ambulance, truck", "heavy": "truck"}
"""Modes of a closure by whom an obstacle on a street bars."""

_DIVIDED: Final = {layer.name: layer for layer in (FOOTWAY, CROSSING)}
_NAMING: Final = frozenset(name for _, name, _ in SPEAKING)


class OffTheWays(BadRequest):
    """A place that is on no way, or not on the way that the report names."""

    code = "off-the-ways"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAttributes:
    """Say of an object what was seen there; without attributes, that all is as the register has it.

    Attributes:
        layer: of the object.
        feature: its id.
        attributes: what is otherwise.
    """

    layer: Layer
    feature: int
    attributes: Attributes = field(default_factory=dict)

    @property
    def verb(self) -> str:
        """Return the layer's own verb, e.g. ``urban_planning.kerb.report``."""
        return f"{self.layer.name}.report"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the object."""
        return Needs(features={self.layer.name: frozenset({self.feature})})

    def decide(self, case: Case) -> Outcome:
        """Return the object as it was seen, checked that day, and known from sight; later states keep the rest.

        Raises:
            BadRequest: it is not in force then.
        """
        pieces = pieces_of(case, self.layer.name, self.feature)
        said = {**_measured(self.attributes), **self.attributes, **_checked(case)}
        return Outcome(tuple(writes_of(self.layer.name, pieces, said)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportGone:
    """Say that an object is there no more.

    Attributes:
        layer: of the object.
        feature: its id.
    """

    layer: Layer
    feature: int

    @property
    def verb(self) -> str:
        """Return the layer's own verb, e.g. ``urban_planning.barrier.report``."""
        return f"{self.layer.name}.report"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the object."""
        return Needs(features={self.layer.name: frozenset({self.feature})})

    def decide(self, case: Case) -> Outcome:
        """Return the object's end.

        Raises:
            BadRequest: it is not in force then.
        """
        pieces = pieces_of(case, self.layer.name, self.feature)
        return Outcome(
            tuple(
                Write(self.layer.name, self.feature, p.valid, p.geometry, p.attributes, abolished=True) for p in pieces
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportObstacle:
    """Say that something stands in the way.

    Attributes:
        place: where, in the city's projected system.
        barrier: what, as barriers are named (``debris``, ``bollard``, ``other`` …).
        blocks: whom it bars (:data:`BLOCKED`); nobody where only its width tells.
        width_left: clear width that is left beside it [m].
        way: layer and feature id of the way; the nearest one without.
        until: when it is expected to be gone.
    """

    place: Point
    barrier: str
    blocks: tuple[str, ...] = ()
    width_left: float | None = None
    way: tuple[str, int] | None = None
    until: datetime | None = None
    verb: ClassVar[str] = "urban_planning.barrier.report"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the ways about."""
        around = self.place.buffer(REACH)
        named = {} if self.way is None else {self.way[0]: frozenset({self.way[1]})}
        return Needs(features=named, areas=tuple((layer.name, around) for layer in WAYS))

    def further(self, case: Case) -> Needs:
        """Return what dividing the way takes."""
        division = _division(*self._way(case), self.place)
        return Needs() if division is None else division.needs(case.profile)

    def decide(self, case: Case) -> Outcome:
        """Return the barrier, and the way divided at it; of a street, the closure of its segment.

        Raises:
            BadRequest: a kind of barrier that there is not; it bars nobody and leaves any width.
            OffTheWays: no way is near, or the one named is not.
            LaterChange: the way's course changes, or it ends, later on.
        """
        if self.barrier not in BARRIERS:
            raise BadRequest(_NO_BARRIER.filled(barrier=self.barrier[:60], known=", ".join(BARRIERS)), field="barrier")
        if not self.blocks and self.width_left is None:
            raise BadRequest(_HARMLESS.filled(known=", ".join(BLOCKED)), field="blocks")
        layer, way = self._way(case)
        span = period(case.act.valid_from, self.until)
        if layer == STREET_SEGMENT.name:
            return Outcome((self._closure(case, way, span),))
        division = _division(layer, way, self.place)
        divided = Outcome() if division is None else _after_first(division.decide(case))
        node = _node(way, self.place) if division is None else _end_of(divided, way)
        barrier = Write(BARRIER.name, -1, span, node, self._said(case))
        return Outcome((barrier,)) + divided

    def _way(self, case: Case) -> tuple[str, Version]:
        """Return the way that it stands on."""
        if self.way is not None:
            named = case.current(*self.way)
            if named is None:
                raise missing(*self.way, case.act.valid_from)
            return self.way[0], self._near(named)
        found = [(layer.name, v) for layer in WAYS for v in case.all_current(layer.name)]
        if not found:
            raise OffTheWays(_NO_WAY.filled(reach=f"{REACH:g}"))
        layer, way = min(found, key=lambda each: (each[1].geometry.distance(self.place), each[1].feature_id))
        return layer, self._near(way)

    def _near(self, way: Version) -> Version:
        away = way.geometry.distance(self.place)
        if away > REACH:
            raise OffTheWays(_AWAY.filled(way=way.feature_id, away=f"{away:.1f}", reach=f"{REACH:g}"), away=away)
        return way

    def _said(self, case: Case) -> dict[str, Any]:
        barred = dict.fromkeys(self.blocks, "no")
        own = {"barrier": self.barrier, "width": self.width_left}
        return complete(BARRIER, {**barred, **own, **_checked(case)})

    def _closure(self, case: Case, segment: Version, span: Period) -> Write:
        modes = dict.fromkeys(", ".join(_CLOSED_TO[b] for b in self.blocks if b in _CLOSED_TO).split(", "))
        if not any(modes):
            raise BadRequest(_STREET.filled(known=", ".join(_CLOSED_TO)), field="blocks")
        own = {"closed_id": segment.feature_id, "modes": ", ".join(modes), "description": self.barrier}
        return Write(CLOSURE.name, -1, span, segment.geometry, complete(CLOSURE, {**own, **_checked(case)}))


def parted(layer: Layer, attributes: Attributes) -> tuple[dict[str, Any], dict[str, str]]:
    """Part attributes into those whose values are measured or chosen, and those in the reporter's own words."""
    free = {f.name for f in layer.fields if f.type is FieldType.STRING and not (f.values or f.codes)}
    words = {name: value for name, value in attributes.items() if name in free and isinstance(value, str)}
    return {name: value for name, value in attributes.items() if name not in words}, words


def wording(one: Report) -> ReportAttributes | None:
    """Return the edit by which a report's words join what it proposes; on a street they are why it is closed."""
    if not one.words or one.feature_id is None:
        return None
    layer = _WORDED[one.layer]
    words: Mapping[str, str] = one.words
    if layer is CLOSURE:
        words = {"reason": words["description"]}
    return ReportAttributes(layer=layer, feature=one.feature_id, attributes=words)


_WORDED: Final = {layer.name: layer for layer in (*REPORTABLE, CLOSURE)}


def _division(layer: str, way: Version, place: Point) -> DivideWay | None:
    """Return the division of a way at an obstacle, where it has to be divided."""
    along = way.geometry.project(place)
    if layer not in _DIVIDED or min(along, way.geometry.length - along) <= AT_END:
        return None
    spot = nearest(way.geometry, place)
    return DivideWay(layer=_DIVIDED[layer], feature=way.feature_id, place=Point(round(spot.x, 3), round(spot.y, 3)))


def _after_first(outcome: Outcome) -> Outcome:
    """Return an outcome whose new features come after one that is put before them, by their ids."""
    writes = tuple(
        replace(write, feature_id=_later(write.feature_id), attributes=_renamed(write.attributes))
        for write in outcome.writes
    )
    return Outcome(
        writes, tuple(replace(each, children=tuple(map(_later, each.children))) for each in outcome.successions)
    )


def _later(feature: int) -> int:
    return feature - 1 if feature < 0 else feature


def _renamed(attributes: Attributes) -> dict[str, Any]:
    return {name: _later(value) if name in _NAMING and value else value for name, value in attributes.items()}


def _node(way: Version, place: Point) -> Point:
    ends = [Point(way.geometry.coords[0]), Point(way.geometry.coords[-1])]
    return min(ends, key=place.distance)


def _end_of(divided: Outcome, way: Version) -> Point:
    """Return where the first part of a divided way ends: the second begins there."""
    first = next(write for write in divided.writes if write.feature_id == way.feature_id)
    return Point(first.geometry.coords[-1])


def _checked(case: Case) -> dict[str, Any]:
    return {"checked_on": _day(case.profile, case.act), "inferred": False}


def _day(profile: CityProfile, act: Act) -> object:
    return profile.legal_day(act.valid_from)


def _measured(attributes: Attributes) -> dict[str, Any]:
    """Return what a slope measured on the spot implies."""
    return {"incline_source": "measured", "incline_error": None} if "incline" in attributes else {}


_HARMLESS = Text(
    kk="Бөгет кімді бөгейтінін (blocks: {known}) немесе қанша ен қалатынын (width_left, м) жазыңыз.",
    ru="Напишите, кому препятствие мешает (blocks: {known}) или сколько ширины остаётся (width_left, м).",
    en="Say whom the obstacle bars (blocks: {known}), or how much width is left (width_left, m).",
)
_NO_BARRIER = Text(
    kk="«{barrier}» деген бөгет түрі жоқ; мыналардың бірі керек: {known}.",
    ru="Вида преграды «{barrier}» нет; нужен один из: {known}.",
    en="There is no kind of barrier '{barrier}'; it must be one of: {known}.",
)
_STREET = Text(
    kk="Көшедегі бөгет оның бөлігін жабады: кімге екенін жазыңыз (blocks: {known}).",
    ru="Препятствие на улице закрывает её отрезок: напишите, для кого (blocks: {known}).",
    en="An obstacle on a street closes its segment: say to whom (blocks: {known}).",
)
_NO_WAY = Text(
    kk="Бұл жерден {reach} м ішінде бірде-бір жол жоқ; орнын дәлірек көрсетіңіз.",
    ru="В {reach} м от этого места нет ни одного пути; укажите место точнее.",
    en="There is no way within {reach} m of the place; give it more exactly.",
)
_AWAY = Text(
    kk="Орын {way} жолынан {away} м қашық; {reach} м шегінде болуы тиіс.",
    ru="Место в {away} м от пути {way}; должно быть в пределах {reach} м.",
    en="The place is {away} m from way {way}; it must be within {reach} m.",
)
