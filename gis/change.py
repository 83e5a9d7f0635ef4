"""A change as a value: what features said before and after, to be shown, inverted, added to another, sent as JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from gis.errors import BadRequest
from gis.layer import FieldType, Layer, Layers
from gis.record import NOWHERE, Period, Timeline, Version, Write
from gis.text import Text


@dataclass(frozen=True, slots=True)
class Turn:
    """One feature over one span of valid time: the versions it turns from and to; ``None`` is no version at all."""

    layer: str
    feature_id: int
    valid: Period
    before: Version | None
    after: Version | None


@dataclass(frozen=True, slots=True)
class Change:
    """Turns of features, in order of layer, feature and time; no two of one feature overlap.

    ``+`` follows one change by another: where they touch the same feature at the same time, the first says what was
    before and the second what comes after. A change and its inverse add up to nothing.
    """

    turns: tuple[Turn, ...] = ()

    @classmethod
    def between(cls, layer: str, before: Timeline, after: Timeline) -> "Change":
        """Return what turns one timeline of a feature into another."""
        return cls(_joined(_turn(layer, span, before, after) for span in spans(before, after)))

    def inverted(self) -> "Change":
        """Return the change that takes this one back."""
        return Change(tuple(Turn(t.layer, t.feature_id, t.valid, t.after, t.before) for t in self.turns))

    def __add__(self, other: "Change") -> "Change":
        """Follow this change by another."""
        features = sorted({(t.layer, t.feature_id) for t in (*self.turns, *other.turns)})
        return Change(tuple(turn for feature in features for turn in _joined(_added(self, other, feature))))

    def __bool__(self) -> bool:
        """Tell whether anything changes."""
        return bool(self.turns)

    def to_json(self) -> str:
        """Return the change as JSON text: geometries as hexadecimal WKB, moments as RFC 3339."""
        return json.dumps([_turn_told(turn) for turn in self.turns], ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str, layers: Layers) -> "Change":
        """Read what :meth:`to_json` wrote.

        Raises:
            BadRequest: it is no such text.
            NotFound: a layer that the register does not have.
        """
        try:
            return cls(tuple(_turn_read(told, layers) for told in _listed(json.loads(text))))
        except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.GEOSException) as error:
            raise BadRequest(_UNREADABLE.filled(reason=str(error)[:200])) from error


def spans(*timelines: Timeline) -> list[Period]:
    """Return the spans of time within which none of the timelines changes, over all that any of them covers."""
    versions = [v for timeline in timelines for v in timeline]
    starts = {_key(v.valid.start, -1): v.valid.start for v in versions}
    ends = {_key(v.valid.end, 1): v.valid.end for v in versions}
    bounds = sorted({**starts, **ends}.items())
    between = [Period(start, end) for (_, start), (_, end) in pairwise(bounds)]
    return [span for span in between if any(v.valid.overlaps(span) for v in versions)]


def during(timeline: Iterable[Version], span: Period) -> Version | None:
    """Return the version that a timeline has throughout one of its :func:`spans`."""
    return next((v for v in timeline if v.valid.overlaps(span)), None)


def same(one: Version | None, other: Version | None) -> bool:
    """Tell whether two versions say the same of a feature, whenever they are valid."""
    return one is other if one is None or other is None else one.says_as(other)


def _key(moment: datetime | None, side: int) -> tuple[int, float]:
    return (side, 0.0) if moment is None else (0, moment.timestamp())


def _turn(layer: str, span: Period, before: Timeline, after: Timeline) -> Turn:
    old, new = during(before, span), during(after, span)
    feature_id = next(v.feature_id for v in (*before, *after))
    return Turn(layer, feature_id, span, old, new)


def _added(first: Change, second: Change, feature: tuple[str, int]) -> Iterable[Turn]:
    ones, others = ([t for t in c.turns if (t.layer, t.feature_id) == feature] for c in (first, second))
    held = tuple(Version(feature[1], t.valid) for t in (*ones, *others))
    for span in spans(held):
        one, other = (next((t for t in some if t.valid.overlaps(span)), None) for some in (ones, others))
        earliest, latest = one or other, other or one
        if earliest is not None and latest is not None:
            yield Turn(*feature, span, earliest.before, latest.after)


def _joined(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """Leave out what does not turn, and join what turns alike from one span to the next."""
    joined: list[Turn] = []
    for turn in turns:
        if same(turn.before, turn.after):
            continue
        last = joined[-1] if joined else None
        if last is not None and _meets(last, turn):
            joined[-1] = Turn(
                turn.layer, turn.feature_id, Period(last.valid.start, turn.valid.end), last.before, last.after
            )
        else:
            joined.append(turn)
    return tuple(joined)


def _meets(one: Turn, other: Turn) -> bool:
    alike = (one.layer, one.feature_id, one.valid.end) == (other.layer, other.feature_id, other.valid.start)
    return alike and one.valid.end is not None and same(one.before, other.before) and same(one.after, other.after)


def write_told(write: Write) -> dict[str, Any]:
    """Return a write as JSON can hold it."""
    return {"layer": write.layer, "id": write.feature_id, **_said(write), "valid": _period_told(write.valid)}


def write_read(told: Mapping[str, Any], layers: Layers) -> Write:
    """Read what :func:`write_told` returned; ``NotFound`` where the register has no such layer any more."""
    layer = layers[told["layer"]]
    valid = _period_read(told["valid"])
    return Write(layer.name, told["id"], valid, _geometry(told), _attributes(layer, told), told["abolished"])


def _turn_told(turn: Turn) -> dict[str, Any]:
    sides = {side: None if v is None else _said(v) for side, v in (("before", turn.before), ("after", turn.after))}
    return {"layer": turn.layer, "id": turn.feature_id, "valid": _period_told(turn.valid), **sides}


def _listed(told: object) -> list[Mapping[str, Any]]:
    if not isinstance(told, list):
        msg = "not a list"
        raise TypeError(msg)
    return told


def _turn_read(told: Mapping[str, Any], layers: Layers) -> Turn:
    layer, valid = layers[told["layer"]], _period_read(told["valid"])
    before, after = (_version(layer, told["id"], valid, told[side]) for side in ("before", "after"))
    return Turn(layer.name, told["id"], valid, before, after)


def _version(layer: Layer, feature_id: int, valid: Period, told: Mapping[str, Any] | None) -> Version | None:
    if told is None:
        return None
    return Version(feature_id, valid, _geometry(told), _attributes(layer, told), told["abolished"])


def _said(version: Version | Write) -> dict[str, Any]:
    attributes = {name: _plain(value) for name, value in version.attributes.items()}
    geometry = None if version.geometry.is_empty else shapely.to_wkb(version.geometry, hex=True)
    return {"attributes": attributes, "geometry": geometry, "abolished": version.abolished}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _geometry(told: Mapping[str, Any]) -> BaseGeometry:
    return NOWHERE if told["geometry"] is None else shapely.from_wkb(told["geometry"])


def _attributes(layer: Layer, told: Mapping[str, Any]) -> dict[str, Any]:
    known = {f.name: f.type for f in layer.fields}
    return {name: _typed(known[name], value) for name, value in told["attributes"].items() if name in known}


def _typed(kind: FieldType, value: Any) -> Any:
    if value is None or kind not in _MOMENTS:
        return value
    return _MOMENTS[kind].fromisoformat(value)


_MOMENTS: Final[Mapping[FieldType, type[date]]] = {FieldType.DATE: date, FieldType.INSTANT: datetime}


def _period_told(period: Period) -> Sequence[str | None]:
    return [None if moment is None else moment.isoformat() for moment in (period.start, period.end)]


def _period_read(told: Sequence[str | None]) -> Period:
    start, end = (None if moment is None else datetime.fromisoformat(moment) for moment in told)
    return Period(start, end)


_UNREADABLE = Text(
    kk="Бұл өзгерістің JSON жазбасы емес: {reason}.",
    ru="Это не запись изменения в JSON: {reason}.",
    en="This is no change written as JSON: {reason}.",
)
