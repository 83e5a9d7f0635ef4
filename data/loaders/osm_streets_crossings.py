"""Crossings that the map tells by a node alone, made crossings of their own where a footway meets the street.

Where a way drawn as a crossing runs through the node, the node's tags complete what that way says. Else, of each
footway that ends at the node, the part on the carriageway becomes the crossing, flagged as inferred.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from shapely import LineString

from cadastres.urban_planning.street_model import CROSSING, FOOTWAY, STREET_SEGMENT
from data.loaders.osm_streets_file import Place
from data.loaders.osm_streets_lines import Line, ending_at
from data.loaders.osm_streets_tagging import Meaning
from gis.layer import Layer

_LANE: Final = 3.25
_LANES: Final = {
    "motorway": 3.0, "trunk": 4.0, "primary": 4.0, "secondary": 3.0, "tertiary": 2.5, "busway": 2.0, "service": 1.25,
    "living_street": 1.5, "track": 1.0, "motorway_link": 1.5, "trunk_link": 1.5, "primary_link": 1.5,
    "secondary_link": 1.5, "tertiary_link": 1.5,
}  # fmt: skip
"""Lanes that a street of a class is taken to have, where nobody says."""

_OF_FOOTWAYS: Final = frozenset({"footway", "motor_vehicle", "one_way", "bicycle_one_way"})
"""What is said of footways and of no crossing."""

_USUAL: Final = 2.0
_WIDEST: Final = 60.0


@dataclass(frozen=True, slots=True)
class Told:
    """What a node is told to be; its place is ``None`` where no way leads there."""

    reference: str
    place: Place | None
    meaning: Meaning

    @property
    def layer(self) -> Layer:
        """In which it is told."""
        return self.meaning.layer


def half_width(line: Line) -> float:
    """Return half the width of a street's carriageway [m]: as told, by its lanes, or as is usual for its class."""
    width = line.said.get("width")
    if width is None:
        lanes = line.said.get("lanes") or _LANES.get(str(line.said["highway"]), _USUAL)
        width = lanes * _LANE
    return float(min(max(width, _LANE), _WIDEST)) / 2


def cross(lines: list[Line], told: Sequence[Told]) -> dict[str, int]:
    """Make crossings of what nodes tell, in place; return, for each that became or joined one, a line of it."""
    ending = ending_at(lines)
    made: dict[str, int] = {}
    for each in told:
        if each.place is None or each.meaning.said is None:
            continue
        at_node = ending.get(each.place, [])
        drawn = [i for i, _ in at_node if lines[i].layer is CROSSING]
        walked = [(i, begins) for i, begins in at_node if lines[i].layer is FOOTWAY]
        wide = [half_width(lines[i]) for i, _ in at_node if lines[i].layer is STREET_SEGMENT]
        if drawn:
            made[each.reference] = drawn[0]
            _complete(lines, drawn, each)
        elif wide and walked:
            made[each.reference] = len(lines)
            _carve(lines, walked, each, max(wide))
    return made


def _complete(lines: list[Line], drawn: Sequence[int], told: Told) -> None:
    """Let a node fill what the crossing's own way does not say."""
    node = told.meaning.said or {}
    for i in dict.fromkeys(drawn):
        own = lines[i].said
        filled = {name: value for name, value in node.items() if own.get(name) is None}
        reference = f"{own['external_reference']};{told.reference}"
        lines[i].said = {**own, **filled, "external_reference": reference}


def _carve(lines: list[Line], walked: Sequence[tuple[int, bool]], told: Told, reach: float) -> None:
    """Make a crossing of the part of each footway that is nearer to the node than half the carriageway."""
    for i, begins in walked:
        line = lines[i]
        outward = line.places if begins else line.places[::-1]
        near, far = split_at(outward, min(reach, line.length / 2))
        if not begins:
            near, far = near[::-1], far[::-1]
        own = {name: value for name, value in line.said.items() if name not in _OF_FOOTWAYS}
        node = {name: value for name, value in (told.meaning.said or {}).items() if value is not None}
        said = {**own, **node, "inferred": True, "external_reference": told.reference}
        lines.append(Line(CROSSING, said, near, line.tags))
        lines[i] = replace(line, places=far)


def split_at(course: Sequence[Place], way: float) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """Return a course's first part, so many metres long, and the rest; they share a point, to a millimetre."""
    line = LineString(course)
    middle = line.interpolate(way)
    place = (round(middle.x, 3), round(middle.y, 3))
    gone, before = 0.0, 1
    while before < len(course) - 1 and gone + _step(course, before) <= way:
        gone += _step(course, before)
        before += 1
    near = [p for p in course[:before] if p != place]
    return (*near, place), (place, *(p for p in course[before:] if p != place))


def _step(course: Sequence[Place], i: int) -> float:
    (x1, y1), (x2, y2) = course[i - 1], course[i]
    return float(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5)
