"""How versioned layers make the city's one graph of streets, footways and lifts: what :mod:`routing` is given to read.

Lines join where their ends meet: two ends whose coordinates in the city's projected system round to the same millimetre
are one node. A line never joins another along its course, so a bridge does not meet the street below it. Objects that
stand at a point (a kerb, a lift, a barrier, a signal) belong to the node at their coordinates.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gis.layer import Layer


@dataclass(frozen=True, kw_only=True)
class Streets:
    """The layers of the graph by their roles; their attributes have the same names in each.

    Attributes:
        lines: ways along which one moves, by kind: ``street``, ``footway``, ``crossing``, ``steps``, ``ramp``.
        points: what stands at a node, by kind: ``kerb``, ``lift``, ``barrier``, ``signal``.
        turns: restrictions of turns from one segment into another.
        closures: what is closed, to whom, within the version's valid time and its hours of the day.
        speeds: speeds of segments within the version's valid time.
        daily_speeds: usual speeds of segments by kind of day and quarter of an hour.
        norms: the norms of accessibility, as rows with clause and edition.
    """

    lines: Mapping[str, Layer]
    points: Mapping[str, Layer]
    turns: Layer
    closures: Layer
    speeds: Layer
    daily_speeds: Layer
    norms: Layer

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All of them: what a change must touch for routes to change."""
        named = (self.turns, self.closures, self.speeds, self.daily_speeds, self.norms)
        return (*self.lines.values(), *self.points.values(), *named)
