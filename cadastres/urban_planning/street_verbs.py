"""What a registrar does with streets and what stands on them: enter, alter, retire, one by one or several at once.

Ways join where their ends coincide to the millimetre (:mod:`gis.streets`), which nobody draws by hand. So an act draws
each end of a way, and each object that stands at a point, to the nearest end of a way within :data:`JOIN`; ways of one
act are drawn to each other as well. Geometries are in the city's projected system, x east, y north, metres.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import shapely
from shapely import LineString, MultiPoint, Point
from shapely.geometry.base import BaseGeometry

from cadastres.land import story
from cadastres.land.verbs import Attributes, complete, ended
from cadastres.real_estate.verbs import pieces_of, writes_of
from cadastres.urban_planning.street_model import WAYS
from cadastres.urban_planning.street_point_model import FIXTURES
from cadastres.urban_planning.street_state_model import DAILY_SPEED, STREET_SPEED, TURN_RESTRICTION
from gis.act import Case, Needs, Outcome, Related
from gis.layer import Layer
from gis.profile import CityProfile
from gis.record import NOWHERE, Write

JOIN: Final = 0.1
"""An end drawn nearer than this [m] to another way's end is meant to be there: seven decimals of a degree are 1 cm."""

_WAYS: Final = frozenset(layer.name for layer in WAYS)
_AT_NODES: Final = frozenset(layer.name for layer in (*FIXTURES, TURN_RESTRICTION))
_SPEEDS: Final = frozenset({STREET_SPEED.name, DAILY_SPEED.name})


@dataclass(frozen=True, slots=True, kw_only=True)
class Enter:
    """Enter an object; ``geometry`` is :data:`gis.record.NOWHERE` in layers that have none."""

    layer: Layer
    geometry: BaseGeometry = NOWHERE
    attributes: Attributes = field(default_factory=dict)
    verb: str = "register"

    @property
    def feature(self) -> None:
        """It has no id yet."""
        return


@dataclass(frozen=True, slots=True, kw_only=True)
class Alter:
    """Draw an object anew, or change what is on record of it; ``None`` leaves it where it is."""

    layer: Layer
    feature: int
    geometry: BaseGeometry | None = None
    attributes: Attributes = field(default_factory=dict)
    verb: str = "alter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retire:
    """End an object that is no more; what only says something of it ends with it."""

    layer: Layer
    feature: int
    verb: str = "retire"

    @property
    def geometry(self) -> None:
        """It is drawn no more."""
        return


Change = Enter | Alter | Retire


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStreets:
    """Change several objects by one act, in order.

    The first object entered has the id -1 within the act, the second -2, and so on: others may refer to it so.
    """

    changes: tuple[Change, ...]

    @property
    def verb(self) -> str:
        """Return the layer's own verb where one object is changed, e.g. ``urban_planning.footway.alter``."""
        if len(self.changes) == 1:
            return f"{self.changes[0].layer.name}.{self.changes[0].verb}"
        return "urban_planning.street.change"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the objects, the ways about the ends of what is drawn, and the speeds told of the same segments."""
        features: dict[str, set[int]] = {}
        for change in self.changes:
            if change.feature is not None:
                features.setdefault(change.layer.name, set()).add(change.feature)
        loose = [end for change in self.changes for end in _loose(change)]
        place = MultiPoint(loose).buffer(JOIN) if loose else None
        return Needs(
            features={name: frozenset(ids) for name, ids in features.items()},
            areas=() if place is None else tuple((name, place) for name in sorted(_WAYS)),
            related=tuple(sorted({alike for change in self.changes for alike in _alike(change)})),
        )

    def decide(self, case: Case) -> Outcome:
        """Return the objects as they become.

        Raises:
            BadRequest: one is not in force on the legal date.
            LaterChange: one that is drawn anew or retired is drawn anew, or ends, after the legal date.
        """
        joints = self._standing(case)
        drawn: dict[int, BaseGeometry | None] = {}
        for number, change in sorted(enumerate(self.changes), key=lambda each: each[1].layer.name not in _WAYS):
            drawn[number] = _joined(change, joints)
            joints += [end for end in ends(drawn[number]) if change.layer.name in _WAYS]
        return Outcome(tuple(self._writes(case, [drawn[number] for number in range(len(self.changes))])))

    def _standing(self, case: Case) -> list[Point]:
        """Return the ends of the ways that the act leaves where they are."""
        moving = {change.feature for change in self.changes if change.geometry is not None or change.verb == "retire"}
        ways = [way for name in sorted(_WAYS) for way in case.all_current(name) if way.feature_id not in moving]
        return [end for way in ways for end in ends(way.geometry)]

    def _writes(self, case: Case, drawn: Sequence[BaseGeometry | None]) -> Iterator[Write]:
        new = 0
        for change, geometry in zip(self.changes, drawn, strict=True):
            name = change.layer.name
            match change:
                case Enter():
                    new -= 1
                    said = complete(change.layer, change.attributes)
                    yield Write(name, new, case.act.period, geometry or NOWHERE, said)
                case Alter():
                    yield from _altered(case, change, geometry)
                case Retire():
                    yield ended(case, name, story.chapters(case, name, [change.feature])[0].versions[0])


def _altered(case: Case, change: Alter, geometry: BaseGeometry | None) -> Iterator[Write]:
    name = change.layer.name
    if geometry is None:
        yield from writes_of(name, pieces_of(case, name, change.feature), change.attributes)
        return
    for chapter in story.chapters(case, name, [change.feature]):
        said = {**chapter.versions[0].attributes, **change.attributes}
        yield Write(name, change.feature, chapter.period, geometry, said)


def _alike(change: Change) -> Iterator[Related]:
    """Yield whose speeds a change tells: no two acts tell them at once."""
    if isinstance(change, Enter) and change.layer.name in _SPEEDS:
        segment = change.attributes.get("segment_id")
        if isinstance(segment, int) and segment > 0:
            yield change.layer.name, "segment_id", segment


def _loose(change: Change) -> list[Point]:
    """Return the points of a change that are drawn to ends of ways."""
    return ends(change.geometry) if change.layer.name in _WAYS | _AT_NODES else []


def _joined(change: Change, joints: Iterable[Point]) -> BaseGeometry | None:
    """Return a change's geometry with its loose points drawn to the nearest joints."""
    geometry = change.geometry
    if geometry is None or change.layer.name not in _WAYS | _AT_NODES:
        return geometry
    coordinates = shapely.get_coordinates(geometry)
    for at in {0, len(coordinates) - 1} if len(coordinates) else ():
        coordinates[at] = _nearest(Point(coordinates[at]), joints).coords[0]
    return shapely.set_coordinates(shapely.force_2d(geometry), coordinates)


def _nearest(place: Point, joints: Iterable[Point]) -> Point:
    near = [joint for joint in joints if joint.distance(place) <= JOIN]
    return min(near, key=place.distance, default=place)


def ends(geometry: BaseGeometry | None) -> list[Point]:
    """Return where a line begins and ends, or the point itself; nothing of what has no place."""
    match geometry:
        case LineString() if not geometry.is_empty:
            return [Point(geometry.coords[0]), Point(geometry.coords[-1])]
        case Point() if not geometry.is_empty:
            return [geometry]
        case _:
            return []
