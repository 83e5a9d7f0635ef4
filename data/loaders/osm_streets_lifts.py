"""Lifts that the map draws as a way or an outline: one point, joined to the ways that meet it on whichever storey."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cadastres.urban_planning.street_model import FOOTWAY
from data.loaders.osm_streets_file import Place, Way
from data.loaders.osm_streets_lines import Line


@dataclass(frozen=True, slots=True)
class LiftWay:
    """A lift drawn as a way.

    Attributes:
        place: its middle; ``None`` where the extract has none of its nodes.
        lines: short footways from its middle to each node at which a way meets it, flagged as inferred.
    """

    way: Way
    place: Place | None
    lines: tuple[Line, ...]

    @property
    def joined(self) -> bool:
        """Whether a way leads to it."""
        return bool(self.lines)


def lift_ways(lifts: Sequence[Way], nodes: Collection[int], places: Mapping[int, Place]) -> Iterator[LiftWay]:
    """Yield each lift with the lines that join it to the nodes of ways."""
    for way in lifts:
        refs = [ref for ref in dict.fromkeys(way.refs) if ref in places]
        if not refs:
            yield LiftWay(way, None, ())
            continue
        xs, ys = zip(*(places[ref] for ref in refs), strict=True)
        x, y = round(sum(xs) / len(xs), 3), round(sum(ys) / len(ys), 3)
        said = {"footway": "footway", "inferred": True, "checked_on": way.day, "external_reference": way.reference}
        met = (places[ref] for ref in refs if ref in nodes)
        lines = (Line(FOOTWAY, dict(said), ((x, y), place), way.tags) for place in met if place != (x, y))
        yield LiftWay(way, (x, y), tuple(lines))
