"""What changes from hour to hour: closures of ways and lifts, and whether lifts and ramps work.

A closure lasts as long as its version is valid, from one instant to another or until it is revoked; within that time it
may count at some hours of the day only. What is said of a lift's state stands until something else is said; where a
state is only expected to last until an instant, nobody knows what comes after it, and the register says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Final

import opening_hours
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from cadastres.land.verbs import complete
from cadastres.real_estate.remaining import live, remaining
from cadastres.urban_planning.street_model import RAMP, WAYS
from cadastres.urban_planning.street_point_model import LIFT
from cadastres.urban_planning.street_state_model import CLOSURE
from gis.act import Case, Needs, Outcome, missing
from gis.draft_merge import coalesced
from gis.errors import BadRequest
from gis.layer import Layer
from gis.profile import CityProfile
from gis.record import Period, Timeline, Write
from gis.text import Text

CLOSABLE: Final[tuple[Layer, ...]] = (*WAYS, LIFT)
"""Layers of what can be closed."""

WITH_STATUS: Final[tuple[Layer, ...]] = (LIFT, RAMP)
"""Layers of what works or does not."""

MOST: Final = 1000
"""Objects that one act closes."""

_SHOWN: Final = 1.0
"""Length [m] of the line that shows the closure of a lift, which has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Close ways or lifts from the act's date on.

    Attributes:
        objects: layer and feature id of each.
        until: the first instant at which they are open again; without one, until the closure is revoked.
        modes: to whom (``foot``, ``bicycle``, ``car``, ``ambulance``, ``truck``); to all where empty.
        hours: at which hours they are closed, as OpenStreetMap writes ``opening_hours`` (``22:00-06:00``); at all hours
            without.
        reasons: why, by language.
    """

    objects: tuple[tuple[str, int], ...]
    until: datetime | None = None
    modes: tuple[str, ...] = ()
    hours: str | None = None
    reasons: Text | None = None
    verb: ClassVar[str] = "urban_planning.closure.close"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return what is to be closed."""
        return Needs(features=_by_layer(self.objects))

    def decide(self, case: Case) -> Outcome:
        """Return the closures.

        Raises:
            BadRequest: nothing to close, something that can't be closed or is not in force, a time that ends before it
                begins, hours that can't be read.
        """
        _require_closable(self.objects)
        require_hours(self.hours)
        span = period(case.act.valid_from, self.until)
        said = complete(CLOSURE, {"hours": self.hours, "modes": ", ".join(self.modes) or None, **_told(self.reasons)})
        writes = []
        for number, (layer, feature) in enumerate(dict.fromkeys(self.objects), 1):
            closed = case.current(layer, feature)
            if closed is None:
                raise missing(layer, feature, case.act.valid_from)
            drawn = _drawn(closed.geometry)
            writes.append(Write(CLOSURE.name, -number, span, drawn, {**said, "closed_id": feature}))
        return Outcome(tuple(writes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """Revoke closures from the act's date on, those that are yet to come as well.

    Attributes:
        closures: their feature ids.
    """

    closures: tuple[int, ...]
    verb: ClassVar[str] = "urban_planning.closure.revoke"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the closures."""
        return Needs(features={CLOSURE.name: frozenset(self.closures)})

    def decide(self, case: Case) -> Outcome:
        """Return the closures ended.

        Raises:
            BadRequest: one is over already.
        """
        return Outcome(tuple(write for closure in self.closures for write in self._ended(case, closure)))

    @staticmethod
    def _ended(case: Case, closure: int) -> Iterator[Write]:
        left = live(remaining(case.timeline(CLOSURE.name, closure), case.act.valid_from))
        if not left:
            raise missing(CLOSURE.name, closure, case.act.valid_from)
        for piece in left:
            yield Write(CLOSURE.name, closure, piece.valid, piece.geometry, piece.attributes, abolished=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What is said of the state of a lift or a ramp.

    Attributes:
        feature: its id.
        status: ``working`` or ``out_of_order``; unknown where ``None``.
        since: from when.
        until: until when that is expected; what comes after is unknown.
    """

    feature: int
    status: str | None
    since: datetime
    until: datetime | None = None


def status_writes(layer: str, timeline: Timeline, said: Status) -> list[Write]:
    """Return what is to be written for a state that is told; nothing where the register says the same already.

    Raises:
        BadRequest: the object is not in force then, or the time ends before it begins.
    """
    span = period(said.since, said.until)
    left = live(remaining(timeline, said.since))
    if not left or not left[0].valid.contains(said.since):
        raise missing(layer, said.feature, said.since)
    then = [(span, said.status)]
    if said.until is not None:
        then.append((Period(said.until, None), None))
    said_of = [
        replace(piece, valid=common, attributes={**piece.attributes, "status": status})
        for when, status in then
        for piece in left
        if (common := piece.valid.intersection(when)) is not None
    ]
    if all(any(piece.says_as(old) and old.valid.overlaps(piece.valid) for old in left) for piece in said_of):
        return []
    return [Write(layer, said.feature, v.valid, v.geometry, v.attributes) for v in coalesced(said_of)]


def period(start: datetime, end: datetime | None) -> Period:
    """Return a period.

    Raises:
        BadRequest: it ends before it begins.
    """
    if end is not None and end <= start:
        raise BadRequest(_BACKWARDS.filled(start=start.isoformat(), end=end.isoformat()), field="until")
    return Period(start, end)


def require_hours(hours: str | None) -> None:
    """Refuse hours that nobody could read.

    Raises:
        BadRequest: not as OpenStreetMap writes ``opening_hours``.
    """
    if hours is not None and not opening_hours.validate(hours):
        raise BadRequest(_HOURS.filled(hours=hours[:80]), field="hours")


def _require_closable(objects: Sequence[tuple[str, int]]) -> None:
    if not 0 < len(objects) <= MOST:
        raise BadRequest(_HOW_MANY.filled(count=len(objects), most=MOST), field="objects")
    known = [layer.name for layer in CLOSABLE]
    strange = next((layer for layer, _ in objects if layer not in known), None)
    if strange is not None:
        raise BadRequest(_NOT_CLOSABLE.filled(layer=strange, known=", ".join(known)), layer=strange)


def _by_layer(objects: Sequence[tuple[str, int]]) -> dict[str, frozenset[int]]:
    layers = dict.fromkeys(layer for layer, _ in objects)
    return {layer: frozenset(feature for named, feature in objects if named == layer) for layer in layers}


def _told(reasons: Text | None) -> dict[str, Any]:
    if reasons is None:
        return {}
    told = {f"reason_{language}": text or None for language, text in reasons.as_dict().items()}
    return {"reason": next((text for text in told.values() if text), None), **told}


def _drawn(shape: BaseGeometry) -> LineString:
    if isinstance(shape, LineString):
        return shape
    x, y = shapely.get_coordinates(shape)[0]
    return LineString([(x - _SHOWN / 2, y), (x + _SHOWN / 2, y)])


_BACKWARDS = Text(
    kk="Мерзім ({start}) басталмай жатып ({end}) аяқталады; аяқталу сәті кейін болуы тиіс.",
    ru="Срок кончается ({end}) не позже, чем начинается ({start}); конец должен быть позже.",
    en="The time ends ({end}) before it begins ({start}); its end must come later.",
)
_HOURS = Text(
    kk="«{hours}» сағаттары оқылмайды; OpenStreetMap opening_hours жазуы керек, мысалы 22:00-06:00 немесе "
    "Mo-Fr 08:00-20:00.",
    ru="Часы «{hours}» не читаются; нужна запись OpenStreetMap opening_hours, например 22:00-06:00 или "
    "Mo-Fr 08:00-20:00.",
    en="The hours '{hours}' can't be read; write them as OpenStreetMap's opening_hours, for example 22:00-06:00 or "
    "Mo-Fr 08:00-20:00.",
)
_HOW_MANY = Text(
    kk="Бір актімен 1 – {most} нысан жабылады, мұнда {count}.",
    ru="Одним актом закрывают от 1 до {most} объектов, здесь их {count}.",
    en="One act closes 1 to {most} objects; this one names {count}.",
)
_NOT_CLOSABLE = Text(
    kk="{layer} қабатының нысандары жабылмайды; жабуға болатын қабаттар: {known}.",
    ru="Объекты слоя {layer} закрыть нельзя; закрывают объекты слоёв: {known}.",
    en="Features of {layer} can't be closed; those of these layers can: {known}.",
)
