"""Three timelines of one feature into one: as a draft took it up, as the register has it, as the draft has it.

They are merged span by span of valid time: what only one side changed is taken from that side; where both did, each
attribute is taken from the side that changed it. Geometry is one attribute, whether the feature has ended another. What
both changed differently is a :class:`Clash`. Nothing here reads a database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from shapely.geometry.base import BaseGeometry

from gis.change import during, same, spans
from gis.record import Period, Timeline, Version

Side = Literal["draft", "register"]

GEOMETRY: Final = "geometry"
ABOLISHED: Final = "abolished"


@dataclass(frozen=True, slots=True)
class Clash:
    """One attribute that register and draft both changed, each in its own way.

    Attributes:
        valid: the span of valid time.
        attribute: its name; :data:`GEOMETRY` and :data:`ABOLISHED` besides the layer's own.
        base: its value when the draft took the feature up; ``None`` also where there was no version.
        register: its value in the register now.
        draft: its value in the draft.
    """

    feature_id: int
    valid: Period
    attribute: str
    base: Any
    register: Any
    draft: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """A timeline out of three; versions of the register's that stay as they are keep their numbers."""

    timeline: Timeline
    clashes: tuple[Clash, ...] = ()


def merge(base: Timeline, register: Timeline, draft: Timeline, choice: Side = "draft") -> Merged:
    """Merge three timelines of one feature.

    Args:
        base: as the register had it when the draft took it up.
        register: as the register has it now.
        draft: as the draft has it.
        choice: whose value stands where both clash.
    """
    sides = [
        _Sides(span, during(base, span), during(register, span), during(draft, span))
        for span in spans(base, register, draft)
    ]
    pieces = [side.merged(choice) for side in sides]
    changed = {id(side.register) for side, piece in zip(sides, pieces, strict=True) if not same(piece, side.register)}
    staying = tuple(v for v in register if id(v) not in changed)
    proposed = [
        replace(piece, valid=side.span, version=None, changeset=None)
        for side, piece in zip(sides, pieces, strict=True)
        if piece is not None and (side.register is None or id(side.register) in changed)
    ]
    clashes = _run_together([clash for side in sides for clash in side.clashes()])
    return Merged(tuple(sorted([*staying, *coalesced(proposed)], key=_start)), tuple(clashes))


@dataclass(frozen=True, slots=True)
class _Sides:
    """What the three say throughout one span."""

    span: Period
    base: Version | None
    register: Version | None
    draft: Version | None

    def merged(self, choice: Side) -> Version | None:
        settled = self._settled()
        if settled is not None:
            return settled[0]
        chosen, other = (self.draft, self.register) if choice == "draft" else (self.register, self.draft)
        if chosen is None or other is None:
            return chosen or other
        names = _names(self.register, self.draft)
        values = {name: self._value(name, chosen) for name in names}
        attributes = {name: value for name, value in values.items() if name not in {GEOMETRY, ABOLISHED}}
        return replace(chosen, geometry=values[GEOMETRY], abolished=values[ABOLISHED], attributes=attributes)

    def clashes(self) -> Iterator[Clash]:
        if self._settled() is not None:
            return
        for name in _names(self.register, self.draft):
            base, register, draft = (_said(v, name) for v in (self.base, self.register, self.draft))
            if not _alike(register, draft) and not _alike(base, register) and not _alike(base, draft):
                feature_id = next(v.feature_id for v in (self.register, self.draft, self.base) if v is not None)
                yield Clash(feature_id, self.span, name, base, register, draft)

    def _settled(self) -> tuple[Version | None] | None:
        """Return what stands where one side alone changed anything, or both the same."""
        if same(self.register, self.draft) or same(self.base, self.draft):
            return (self.register,)
        return (self.draft,) if same(self.base, self.register) else None

    def _value(self, name: str, chosen: Version) -> Any:
        base, register, draft = (_said(v, name) for v in (self.base, self.register, self.draft))
        if _alike(base, register):
            return draft
        return register if _alike(base, draft) else _said(chosen, name)


def coalesced(pieces: Sequence[Version]) -> Timeline:
    """Return versions in order of time with neighbours that say the same made one."""
    joined: list[Version] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last is not None and last.valid.end == piece.valid.start and last.says_as(piece):
            joined[-1] = replace(last, valid=Period(last.valid.start, piece.valid.end))
        else:
            joined.append(piece)
    return tuple(joined)


def _start(version: Version) -> float:
    return float("-inf") if version.valid.start is None else version.valid.start.timestamp()


def _names(*versions: Version | None) -> list[str]:
    known = dict.fromkeys(name for v in versions if v is not None for name in v.attributes)
    return [ABOLISHED, GEOMETRY, *known]


def _said(version: Version | None, name: str) -> Any:
    if version is None:
        return None
    if name == GEOMETRY:
        return version.geometry
    return version.abolished if name == ABOLISHED else version.attributes.get(name)


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, BaseGeometry) and isinstance(other, BaseGeometry):
        return bool(one.equals_exact(other, 0.0))
    return not isinstance(one, BaseGeometry) and not isinstance(other, BaseGeometry) and bool(one == other)


def _run_together(clashes: Sequence[Clash]) -> Iterator[Clash]:
    """Yield clashes by attribute, those that go on from one span to the next as one."""
    open_ones: dict[str, Clash] = {}
    for clash in clashes:
        last = open_ones.get(clash.attribute)
        if last is not None and last.valid.end == clash.valid.start and _same_sides(last, clash):
            open_ones[clash.attribute] = replace(last, valid=Period(last.valid.start, clash.valid.end))
            continue
        if last is not None:
            yield last
        open_ones[clash.attribute] = clash
    yield from open_ones.values()


def _same_sides(one: Clash, other: Clash) -> bool:
    return all(_alike(getattr(one, side), getattr(other, side)) for side in ("base", "register", "draft"))
