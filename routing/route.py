"""A route as everything that tells of it reads it: instructions, reports, drawings and files for receivers.

Coordinates are in the city's projected system, easting before northing, in metres.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from gis.instant import Reading
from routing.profile import Profile

Coordinates = npt.NDArray[np.float64]
"""Shape (n, 2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixture:
    """What stands at a node of the graph.

    Attributes:
        kind: ``kerb``, ``lift``, ``barrier`` or ``signal``.
        feature_id: of the register's feature; layer: its name.
        attributes: as the register has them; what is unknown is absent.
    """

    kind: str
    layer: str
    feature_id: int
    attributes: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One way of a route, passed whole or in part.

    Attributes:
        kind: ``street``, ``footway``, ``crossing``, ``steps`` or ``ramp``.
        layer, feature_id: of the register's feature.
        forward: passed in the direction in which it is drawn.
        length: metres of it that are passed; seconds: how long that takes, without the delay of the fixtures.
        attributes: of the way as the register has them, in its drawn direction; what is unknown is absent.
        course: coordinates in the direction of travel, at least two.
        fixtures: what stands at the node where the piece ends and is passed; at the last piece, only what stands in it.
        delay: seconds spent at those fixtures.
        pushed: a bicycle is pushed along it, not ridden.
    """

    kind: str
    layer: str
    feature_id: int
    forward: bool
    length: float
    seconds: float
    attributes: Mapping[str, object]
    course: Coordinates
    fixtures: tuple[Fixture, ...] = ()
    delay: float = 0.0
    pushed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapped:
    """A place put onto the graph.

    Attributes:
        asked: where the asker is; point: the nearest place on a way that the profile may pass; away: metres between.
        edge: index of the way in its graph; along: share of the way before the point, 0 to 1.
        outward, inward: the nearest place on a way that is joined to the rest, where from this one (to this one) none
            leads; what is cheaper counts.
    """

    asked: tuple[float, float]
    point: tuple[float, float]
    away: float
    edge: int
    along: float
    outward: "Snapped | None" = None
    inward: "Snapped | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The cheapest way between two places for one profile at one moment.

    Attributes:
        reading: the two points in time of the map that was read; departure: when the asker sets off.
        cost: what was minimised [ms]: the time, made dearer by what the profile shuns.
        pieces: in order; none where both places are one.
        access: seconds from where the asker is to the first way, and from the last one to where he goes.
    """

    profile: Profile
    reading: Reading
    departure: datetime
    start: Snapped
    end: Snapped
    cost: int
    pieces: tuple[Piece, ...]
    access: float = 0.0

    @property
    def length(self) -> float:
        """Metres on ways."""
        return sum(piece.length for piece in self.pieces)

    @property
    def seconds(self) -> float:
        """How long it takes, delays and the access included."""
        return self.access + sum(piece.seconds + piece.delay for piece in self.pieces)

    @property
    def course(self) -> Coordinates:
        """All of it, without doubled points where pieces meet; empty where there are no pieces."""
        if not self.pieces:
            return np.empty((0, 2))
        first, *rest = self.pieces
        return np.concatenate([first.course, *(piece.course[1:] for piece in rest)])
