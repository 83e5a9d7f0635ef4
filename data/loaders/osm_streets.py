"""The layers of streets out of an OpenStreetMap extract: one connected graph, every row of the map accounted for.

A row is what may belong to the graph: a way or an area with a ``highway``, a node that is a crossing, a signal, a lift,
a kerb or a barrier, a relation that restricts turns. It is counted with the layer to which its tags assign it; what is
no street at all counts with the street segments. Each is accepted, accepted with a defect, or refused with its reason.

Ways are cut at every node that another way shares, and where something stands, so that ends coincide to the millimetre.
Of areas on foot the outline is walked, flagged as inferred. A crossing told by a node alone becomes a crossing of its
own where a footway meets the street there (:mod:`data.loaders.osm_streets_crossings`) or where sidewalks do that tags
tell of (:mod:`data.loaders.osm_streets_sidewalks`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from cadastres.urban_planning.street_model import CROSSING, STREET_SEGMENT, WAYS
from cadastres.urban_planning.street_point_model import FIXTURES, LIFT
from cadastres.urban_planning.street_state_model import TURN_RESTRICTION
from data.loaders import osm_streets_tagging as tagging
from data.loaders.defects import Defect, Kind, Outcome
from data.loaders.osm import CUT, NOTHING_LEFT, ODD_VALUE, UNBUILT, Feature, LayerRows
from data.loaders.osm_streets_crossings import Told, cross
from data.loaders.osm_streets_defects import NOTHING_TO_JOIN, OFF_THE_WAYS
from data.loaders.osm_streets_file import Place, StreetFile, Way, read_street_file
from data.loaders.osm_streets_lifts import LiftWay, lift_ways
from data.loaders.osm_streets_lines import Line, parted, present_runs, stops_of
from data.loaders.osm_streets_sidewalks import make_sidewalks
from data.loaders.osm_streets_tagging import Meaning
from data.loaders.osm_streets_turns import Refused, Turning, turning
from gis.crs import System, transformer
from gis.layer import Layer

LAYERS: Final = (*WAYS, *FIXTURES, TURN_RESTRICTION)
"""The layers that an extract fills."""

_Flaws = list[tuple[Kind, dict[str, object]]]


@dataclass(frozen=True, slots=True)
class _Course:
    """A row of the map that is a way or an area: the runs of nodes that the extract has of it."""

    reference: str
    ways: Sequence[Way]
    meaning: Meaning
    runs: Sequence[Sequence[int]]
    lacking: int


@dataclass
class _Making:
    """The layers as they are made."""

    file: StreetFile
    to_wgs84: Any
    rows: dict[str, LayerRows] = field(default_factory=lambda: {layer.name: LayerRows(layer) for layer in LAYERS})
    lines: list[Line] = field(default_factory=list)
    segments: dict[str, list[int]] = field(default_factory=dict)

    def settle(self, layer: Layer, reference: str, flaws: _Flaws, place: Place | None, *, lost: bool) -> bool:
        """Count a row and tell its defects; return whether it is flawed."""
        rows = self.rows[layer.name]
        rows.read += 1
        outcome = Outcome.REFUSED if lost else Outcome.ACCEPTED_WITH_DEFECT if flaws else Outcome.ACCEPTED
        rows.accepted += outcome is Outcome.ACCEPTED
        rows.accepted_with_defect += outcome is Outcome.ACCEPTED_WITH_DEFECT
        rows.refused += outcome is Outcome.REFUSED
        where = self._on_globe(place) if flaws and place is not None else None
        rows.defects += [Defect.of(rows.read, reference, kind, facts, outcome, where) for kind, facts in flaws]
        return outcome is Outcome.ACCEPTED_WITH_DEFECT

    def add(self, layer: Layer, shape: BaseGeometry, said: Mapping[str, Any], rows: int = 1, flawed: int = 0) -> None:
        """Add a feature that says what the layer declares."""
        told = {f.name: said.get(f.name) for f in layer.fields}
        self.rows[layer.name].features.append(Feature(shape, told, rows, flawed))

    def _on_globe(self, place: Place) -> Point:
        longitude, latitude = self.to_wgs84.transform(*place)
        return Point(round(longitude, 7), round(latitude, 7))


def read_streets(path: Path, system: System, streets: Sequence[Feature] = ()) -> dict[str, LayerRows]:
    """Return the layers of streets that an extract fills, by name.

    Args:
        path: the extract.
        system: the city's projected system.
        streets: of the address register as read from the same extract; segments name theirs by its index.

    Raises:
        BadFile: no extract, or a broken one.
        NoTransformation: only a ballpark transformation leads from WGS 84 to the city's system.
    """
    file = read_street_file(path, system)
    making = _Making(file, transformer(system, 4326))
    nodes = _lay_ways(making, streets)
    found = list(_told(making, nodes))
    made = cross(making.lines, [told for told in found if told.layer is CROSSING])
    made = make_sidewalks(making.lines, found, made)
    _settle_nodes(making, found, made)
    _settle_restrictions(making)
    for line in making.lines:
        making.add(line.layer, LineString(line.places), line.said, line.rows, line.flawed)
    return making.rows


def _lay_ways(making: _Making, streets: Sequence[Feature]) -> set[int]:
    """Lay the lines of all ways; return the nodes that are on them."""
    file, street_of = making.file, _street_of(streets)
    lifts = [way for way in file.ways if way.tags["highway"] == "elevator"]
    courses = list(_courses(file))
    laid = [course for course in courses if course.meaning.said is not None and course.runs]
    runs = [run for course in laid for run in course.runs]
    standing = {i for i, node in file.nodes.items() if any(m.said is not None for m in tagging.standing(node))}
    lifted = {ref for way in lifts for ref in way.refs}
    stops = stops_of(
        runs, standing | lifted | {i for r in file.restrictions for _, kind, i in r.members if kind == "node"}
    )
    for course in courses:
        _lay(making, course, stops, street_of)
    nodes = {node for run in runs for node in run}
    for lift in lift_ways(lifts, nodes, file.places):
        _settle_lift(making, lift)
    return nodes


def _street_of(streets: Sequence[Feature]) -> dict[str, int]:
    """Return the index of the street to which each way belongs, by the way's reference."""
    parts = ((i, str(street.attributes["external_reference"])) for i, street in enumerate(streets))
    return {reference: i for i, references in parts for reference in references.split(";")}


def _courses(file: StreetFile) -> Iterator[_Course]:
    for way in file.ways:
        if way.tags["highway"] != "elevator":
            outline = way.closed and way.tags.get("area") == "yes"
            yield _course(way.reference, [way], tagging.way(way, is_area=outline), file)
    for members in file.areas:
        if members:
            yield _course(members[0].reference, members, tagging.way(members[0], is_area=True), file)


def _course(reference: str, ways: Sequence[Way], meaning: Meaning, file: StreetFile) -> _Course:
    runs = [run for way in ways for run in present_runs(way, file.places)]
    lacking = sum(ref not in file.places for way in ways for ref in way.refs)
    return _Course(reference, ways, meaning, runs, lacking)


def _lay(making: _Making, course: _Course, stops: set[int], street_of: Mapping[str, int]) -> None:
    """Count a row, and lay its lines; the first stands for the row."""
    meaning, places = course.meaning, making.file.places
    laid = [part for run in course.runs for part in parted(run, stops, places)] if meaning.said is not None else []
    flaws = _flaws(meaning)
    if meaning.said is not None and course.lacking:
        flaws.append((CUT if laid else UNBUILT, {"count": course.lacking}))
    elif meaning.said is not None and not laid:
        flaws.append((NOTHING_LEFT, {}))
    where = next((places[run[0]] for run in course.runs), None)
    flawed = making.settle(meaning.layer, course.reference, flaws, where, lost=not laid)
    for n, part in enumerate(laid):
        said = {**(meaning.said or {}), "street_id": street_of.get(course.reference)}
        if meaning.layer is STREET_SEGMENT:
            making.segments.setdefault(course.reference, []).append(len(making.lines))
        making.lines.append(Line(meaning.layer, said, part, course.ways[0].tags, int(n == 0), int(n == 0 and flawed)))


def _flaws(meaning: Meaning) -> _Flaws:
    if meaning.why is not None:
        return [(meaning.why, dict(meaning.odd))]
    return _odd(meaning.odd)


def _odd(values: Mapping[str, str]) -> _Flaws:
    return [(ODD_VALUE, {"key": key, "value": value[:80]}) for key, value in sorted(values.items())]


def _settle_lift(making: _Making, lift: LiftWay) -> None:
    """Count a lift that is drawn by its outline, and join it to the ways that meet it."""
    odd: dict[str, str] = {}
    said = tagging.lift(lift.way.tags, odd)
    flaws = _odd(odd) if lift.joined else [(OFF_THE_WAYS, {})]
    flawed = making.settle(LIFT, lift.way.reference, flaws, lift.place, lost=not lift.joined)
    if lift.joined and lift.place is not None:
        told = {**said, "checked_on": lift.way.day, "external_reference": lift.way.reference}
        making.add(LIFT, Point(lift.place), told, 1, int(flawed))
        making.lines += lift.lines


def _told(making: _Making, nodes: set[int]) -> Iterator[Told]:
    """Yield what stands at nodes, and for each whether a way leads there."""
    for i, node in sorted(making.file.nodes.items()):
        place = making.file.places.get(i) if i in nodes else None
        for meaning in tagging.standing(node):
            yield Told(node.reference, place, meaning)


def _settle_nodes(making: _Making, found: Sequence[Told], made: Mapping[str, int]) -> None:
    for told in found:
        flaws, lost = _flaws(told.meaning), told.meaning.said is None
        if not lost and told.place is None:
            flaws, lost = [(OFF_THE_WAYS, {})], True
        elif not lost and told.layer is CROSSING and told.reference not in made:
            flaws, lost = [(NOTHING_TO_JOIN, {})], True
        flawed = making.settle(told.layer, told.reference, flaws, told.place, lost=lost)
        if lost or told.place is None or told.meaning.said is None:
            continue
        if told.layer is CROSSING:
            line = making.lines[made[told.reference]]
            line.rows, line.flawed = line.rows + 1, line.flawed + flawed
        else:
            making.add(told.layer, Point(told.place), told.meaning.said, 1, int(flawed))


def _settle_restrictions(making: _Making) -> None:
    order = _order_of_segments(making.lines)
    for relation in making.file.restrictions:
        found = turning(relation, making.segments, making.lines, making.file.places)
        refused = found if isinstance(found, Refused) else None
        flaws = [(refused.kind, dict(refused.facts))] if refused else []
        making.settle(TURN_RESTRICTION, relation.reference, flaws, found.place, lost=refused is not None)
        if isinstance(found, Turning):
            for n, (origin, target) in enumerate(found.turns):
                ends = {"from_segment": order[origin], "to_segment": order[target]}
                making.add(TURN_RESTRICTION, Point(found.place), {**found.said, **ends}, int(n == 0))


def _order_of_segments(lines: Sequence[Line]) -> dict[int, int]:
    """Return the index of each line of a street among the features of its layer."""
    segments = (i for i, line in enumerate(lines) if line.layer is STREET_SEGMENT)
    return {line: order for order, line in enumerate(segments)}
