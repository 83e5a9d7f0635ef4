"""``qala import city.edges.geojson``: an OpenSidewalks graph (schema 0.2), its edges, kerbs and zones.

A data set is three files: edges, nodes beside them, and zones where there are some. Fields of the schema are those of
OpenStreetMap, but for slopes, which are ratios, and ``climb``; what the schema lacks stands under ``ext:`` and is read
as OpenStreetMap's key of that name. Topology is as the edges name it: ends that name one node are put at that node.

An edge is a row of the layer that its tags assign it to, a kerb one of kerbs; nodes that say nothing are joints and no
rows. Of a zone the outline is walked, cut at the nodes where edges meet it, and flagged as inferred. Rows go through
the generic load: compared with earlier editions, checked by the rules, refused or taken with their defects, counted.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from cadastres.urban_planning.street_model import STEPS, WAYS
from cadastres.urban_planning.street_point_model import FIXTURES
from data.columns import ARROW
from data.loaders import osm_streets_tagging as tagging
from data.loaders.defects import Flaw, Kind, Weight
from data.loaders.importing import bring_in
from data.loaders.osm_streets_file import Node, Place, Way
from data.loaders.osm_streets_lines import parted
from data.loaders.osm_streets_values import STEEPEST
from data.loaders.report import ImportReport
from data.loaders.request import ImportRequest, Progress, quiet
from data.loaders.source import BadFile, Batch, SourceOptions
from gis.crs import pyproj_crs, transformer
from gis.layer import Layer
from gis.profile import CityProfile
from gis.register import Register
from gis.text import Text

SUFFIXES: Final = (".edges.geojson", ".edges.json")

LAYERS: Final = (*WAYS, *FIXTURES)
"""The layers that a data set can fill, in the order in which they are loaded."""

SAME_PLACE: Final = 1.0
"""Ends that name one node and lie no farther from it than this [m] are put there with a warning."""

_STRAYED: Final = 0.0015
_EXTENSION: Final = "ext:"
_STRUCTURE: Final = frozenset({"_id", "_u_id", "_v_id", "_w_id", "length"})
_SLOPES: Final = ("incline", "ext:incline:across", "ext:cross_slope")


@dataclass
class OpenSidewalksReport:
    """What became of a data set: each edge, kerb and zone is a row of one of the layers.

    Attributes:
        edges, zones: how many the files have; nodes: likewise, of which ``joints`` say nothing of themselves.
        unused: how often each field occurs that no layer has a place for.
        layers: what became of the rows, by layer.
    """

    edges: int
    nodes: int
    zones: int
    joints: int
    unused: Mapping[str, int]
    layers: dict[str, ImportReport] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return sum(report.refused for report in self.layers.values())

    @property
    def by_code(self) -> Mapping[str, int]:
        """How many defects there were of each code."""
        found: Counter[str] = Counter()
        for report in self.layers.values():
            found.update(report.log.by_code)
        return found

    def summary(self) -> dict[str, Any]:
        """Return it as JSON members."""
        own = {"edges": self.edges, "nodes": self.nodes, "zones": self.zones, "joints": self.joints}
        return {
            **own,
            "unused": dict(sorted(self.unused.items())),
            "layers": {name: report.summary() for name, report in self.layers.items()},
        }

    def told(self) -> Text:
        """Return it in a few sentences."""
        rows = sum(report.read for report in self.layers.values())
        facts = {"edges": self.edges, "kerbs": self.nodes - self.joints, "zones": self.zones, "joints": self.joints}
        return _TOLD.filled(**facts, rows=rows, taken=rows - self.refused, refused=self.refused)


@dataclass(frozen=True, slots=True)
class _Row:
    """A feature to be: its key in the file, what it says, and what is wrong with it."""

    key: str
    shape: BaseGeometry | None
    said: Mapping[str, Any]
    flaws: Sequence[tuple[Kind, Mapping[str, object]]] = ()


@dataclass
class _Rows:
    """Rows of one layer as a source of the generic load; coordinates are in the city's system."""

    layer: Layer
    rows: Sequence[_Row]
    crs: str
    encoding: str = "utf-8"

    @property
    def columns(self) -> tuple[str, ...]:
        """The key, and every field of the layer."""
        return ("source_key", *(f.name for f in self.layer.fields))

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    def batches(self, size: int) -> Iterator[Batch]:
        """Yield the rows in order."""
        for start in range(0, len(self.rows), size):
            rows = self.rows[start : start + size]
            columns = {f.name: pa.array([r.said.get(f.name) for r in rows], ARROW[f.type]) for f in self.layer.fields}
            columns["source_key"] = pa.array([row.key for row in rows], pa.string())
            flaws = tuple(Flaw(i, kind, facts) for i, row in enumerate(rows) for kind, facts in row.flaws)
            shapes = np.array([None, *(row.shape for row in rows)], dtype=object)[1:]
            yield Batch(np.arange(start + 1, start + 1 + len(rows)), columns, shapes, flaws=flaws)


def import_opensidewalks(
    register: Register, request: ImportRequest, progress: Callable[[Progress], None] = quiet
) -> OpenSidewalksReport:
    """Bring a data set in, one changeset a layer, or, for a dry run, report what that would do.

    Args:
        register: of the city; coordinates are WGS 84, as RFC 7946 has it.
        request: its file is that of the edges; the layer does not matter.
        progress: told how far it has come.

    Raises:
        BadFile: a file of the three is missing or is none of OpenSidewalks.
        QalaError: as :func:`data.loaders.importing.import_file`.
    """
    rows, report = read_opensidewalks(request.file, register.profile)
    crs = pyproj_crs(register.profile.system).to_wkt()
    stem = _stem(request.file)
    for layer in LAYERS:
        found = rows.get(layer.name)
        if found:
            folder = None if request.report is None else request.report / layer.table
            asked = replace(
                request, layer=layer.name, crs=None, mapping=None, report=folder, dataset=request.dataset or stem
            )
            report.layers[layer.name] = bring_in(register, asked, _Rows(layer, found, crs), SourceOptions(), progress)
    return report


def read_opensidewalks(edges: Path, profile: CityProfile) -> tuple[dict[str, list[_Row]], OpenSidewalksReport]:
    """Return the rows of a data set by layer, and the report that counts what its files hold.

    Raises:
        BadFile: a file of the three is missing or is none of OpenSidewalks.
    """
    nodes, _ = _features(_beside(edges, "nodes"), "Point")
    lines, day = _features(edges, "LineString")
    zones, _ = _features(_beside(edges, "zones"), "Polygon") if _beside(edges, "zones").is_file() else ([], None)
    unused = Counter(key for each in (*lines, *nodes, *zones) for key in each["properties"] if _is_unused(key))
    degrees = {str(n["properties"]["_id"]): _degrees(n["geometry"]["coordinates"]) for n in nodes}
    making = _Making(profile, degrees, day)
    for line in lines:
        making.edge(line)
    for node in nodes:
        making.node(node)
    for zone in zones:
        making.zone(zone)
    bare = sum(not _said(node["properties"]) for node in nodes)
    return making.rows, OpenSidewalksReport(len(lines), len(nodes), len(zones), bare, unused)


_KNOWN: Final = frozenset({
    "highway", "name", "footway", "foot", "crossing", "crossing:markings", "surface", "incline", "climb", "step_count",
    "width", "barrier", "kerb", "tactile_paving", "description", "smoothness", "lit", "wheelchair", "handrail",
    "maxspeed", "lanes", "oneway", "access", "bicycle", "motor_vehicle", "kerb:height", "step:height", "level", "layer",
    "bridge", "tunnel", "cross_slope", "incline:across", "crossing:signals", "crossing:island", "opening_hours",
    "traffic_signals:sound", "traffic_signals:vibration", "ramp:wheelchair", "check_date", "survey:date", "name:kk",
    "name:ru", "name:en", "oneway:bicycle", "oneway:foot", "conveying", "cycleway", "cycleway:left", "cycleway:right",
    "cycleway:both", "maxheight", "maxweight", "junction", "maxwidth:physical", "locked",
})  # fmt: skip
"""Keys, without ``ext:``, that fill a field of some layer."""


def _is_unused(key: str) -> bool:
    return key not in _STRUCTURE and key.removeprefix(_EXTENSION) not in _KNOWN


@dataclass
class _Making:
    """Rows in the making.

    Attributes:
        degrees: of the nodes, by id.
        day: as of which the files are.
        rows: by layer.
        places: of the nodes, in the city's system, to a millimetre.
        met: nodes at which edges end.
    """

    profile: CityProfile
    degrees: Mapping[str, tuple[float, float]]
    day: date | None = None
    rows: dict[str, list[_Row]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Place the nodes."""
        self._to_city = transformer(4326, self.profile.system)
        self.places.update(zip(self.degrees, self._placed(list(self.degrees.values())), strict=True))

    def edge(self, edge: Mapping[str, Any]) -> None:
        """Add an edge, its ends at the nodes that it names."""
        said = edge["properties"]
        key = str(said["_id"])
        course = self._placed([_degrees(point) for point in edge["geometry"]["coordinates"]])
        flaws: list[tuple[Kind, Mapping[str, object]]] = []
        for name, end in (("_u_id", 0), ("_v_id", -1)):
            flaws += self._join(course, end, str(said.get(name)))
        meaning = tagging.way(Way(f"edge/{key}", (), {"highway": "road", **_tags(said)}, self.day))
        if meaning.why is not None:
            self._add(meaning.layer, _Row(key, _line(course), {}, [*flaws, (meaning.why, dict(meaning.odd))]))
            return
        told, odd = _sloped(said, dict(meaning.odd))
        flaws += _odd(odd)
        climb = {"climb": said.get("climb")} if meaning.layer is STEPS and said.get("climb") in {"up", "down"} else {}
        self._add(meaning.layer, _Row(key, _line(course), {**(meaning.said or {}), **told, **climb}, flaws))

    def node(self, node: Mapping[str, Any]) -> None:
        """Add what stands at a node."""
        said = node["properties"]
        key = str(said["_id"])
        for meaning in tagging.standing(Node(0, _tags(said), self.day)):
            told = {**(meaning.said or {}), "external_reference": f"node/{key}"}
            flaws = _odd(meaning.odd) if meaning.why is None else [(meaning.why, dict(meaning.odd))]
            self._add(meaning.layer, _Row(key, Point(self.places[key]), told, flaws))

    def zone(self, zone: Mapping[str, Any]) -> None:
        """Add a zone's outline, cut where edges meet it."""
        said = zone["properties"]
        key = str(said["_id"])
        tags = {"highway": "pedestrian", **_tags(said)}
        meaning = tagging.way(Way(f"zone/{key}", (), tags, self.day), is_area=True)
        course = self._placed([_degrees(point) for point in zone["geometry"]["coordinates"][0]])
        at = {place: node for node, place in self.places.items() if node in self.met}
        stops = {0, len(course) - 1, *(i for i, place in enumerate(course) if place in at)}
        for n, part in enumerate(parted(range(len(course)), stops, dict(enumerate(course)))):
            self._add(meaning.layer, _Row(f"zone {key} {n + 1}", LineString(part), meaning.said or {}))

    def _join(self, course: list[Place], end: int, node: str) -> Iterator[tuple[Kind, Mapping[str, object]]]:
        """Put an end of a course at its node; yield what is wrong with that."""
        place = self.places.get(node)
        self.met.add(node)
        if place is None:
            yield NODE_MISSING, {"node": node}
            return
        (x1, y1), (x2, y2) = course[end], place
        distance = float(np.hypot(x2 - x1, y2 - y1))
        course[end] = place
        if distance > _STRAYED:
            kind = ENDS_APART if distance <= SAME_PLACE else ENDS_FAR_APART
            yield kind, {"node": node, "distance": f"{distance:.3f}"}

    def _add(self, layer: Layer, row: _Row) -> None:
        self.rows.setdefault(layer.name, []).append(row)

    def _placed(self, degrees: Sequence[tuple[float, float]]) -> list[Place]:
        if not degrees:
            return []
        moved = np.column_stack(self._to_city.transform(*np.array(degrees, dtype=float).T))
        return [(x, y) for x, y in np.round(moved, 3).tolist()]


def _tags(said: Mapping[str, Any]) -> dict[str, str]:
    """Return properties as OpenStreetMap's tags; a field of the schema outdoes one of the same name under ``ext:``."""
    pairs = [(key, value) for key, value in said.items() if key not in _STRUCTURE and key not in _SLOPES]
    pairs.sort(key=lambda pair: not pair[0].startswith(_EXTENSION))
    return {key.removeprefix(_EXTENSION): _text(value) for key, value in pairs if value is not None and key != "climb"}


def _text(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value).strip()


def _sloped(said: Mapping[str, Any], odd: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the slopes of an edge, which are ratios; what can't be one goes to the odd values."""
    slope = _ratio(said, "incline", odd)
    across = _ratio(said, "ext:cross_slope", odd)
    across = _ratio(said, "ext:incline:across", odd) if across is None else across
    source = None if slope is None else "tagged"
    return {"incline": slope, "incline_source": source, "cross_slope": None if across is None else abs(across)}, odd


def _ratio(said: Mapping[str, Any], key: str, odd: dict[str, str]) -> float | None:
    told = said.get(key)
    if told is None:
        return None
    if isinstance(told, bool) or not isinstance(told, int | float) or not abs(told) <= STEEPEST:
        odd[key] = str(told)
        return None
    return float(told) + 0.0


def _odd(values: Mapping[str, str]) -> list[tuple[Kind, Mapping[str, object]]]:
    return [(ODD_VALUE, {"key": key, "value": value[:80]}) for key, value in sorted(values.items())]


def _said(properties: Mapping[str, Any]) -> bool:
    """Whether a node is more than a joint."""
    return bool(tagging.standing(Node(0, _tags(properties))))


def _line(course: Iterable[Place]) -> LineString | None:
    points = [place for place, _ in groupby(course)]
    return LineString(points) if len(points) > 1 else None


def _degrees(point: Sequence[float]) -> tuple[float, float]:
    return float(point[0]), float(point[1])


def _stem(file: Path) -> str:
    return next(file.name[: -len(s)] for s in (*SUFFIXES, file.suffix) if file.name.lower().endswith(s))


def _beside(edges: Path, part: str) -> Path:
    head, _, tail = edges.name.rpartition(".edges.")
    return edges.with_name(f"{head}.{part}.{tail}")


def _features(path: Path, shape: str) -> tuple[list[dict[str, Any]], date | None]:
    """Return a file's features, each checked to have an id and the geometry of its kind, and the day as of which it is.

    Raises:
        BadFile: it is missing, no JSON, or has another form.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        found = list(document["features"])
        keys = [_checked(feature, shape) for feature in found]
        stamp = document.get("dataTimestamp")
        day = datetime.fromisoformat(stamp).date() if stamp else None
    except OSError as error:
        raise BadFile(_FORM.filled(file=path.name, reason=error.strerror or error), file=str(path)) from None
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}"[:200]
        raise BadFile(_FORM.filled(file=path.name, reason=reason), file=str(path)) from None
    if any(a == b for a, b in pairwise(sorted(keys))):
        twice = next(a for a, b in pairwise(sorted(keys)) if a == b)
        raise BadFile(_FORM.filled(file=path.name, reason=f"_id {twice} × 2"), file=str(path))
    return found, day


def _checked(feature: Any, shape: str) -> str:
    geometry, said = feature["geometry"], feature["properties"]
    if geometry["type"] != shape:
        msg = f"{geometry['type']}, not {shape}"
        raise ValueError(msg)
    points = {"Point": [geometry["coordinates"]], "LineString": geometry["coordinates"]}
    flat = points.get(shape) or geometry["coordinates"][0]
    if not np.isfinite(np.array([_degrees(point) for point in flat])).all():
        msg = "a coordinate is no number"
        raise ValueError(msg)
    return str(said["_id"])


ODD_VALUE: Final = Kind(
    "value-left-out",
    Weight.WARNING,
    Text(
        kk="{key} = «{value}» мәні түсініксіз немесе шектен тыс; өріс бос қалды.",
        ru="Значение {key} = «{value}» непонятно или вне пределов; поле осталось пустым.",
        en="The value {key} = '{value}' is not understood or out of bounds; its field stays empty.",
    ),
)
ENDS_APART: Final = Kind(
    "ends-apart",
    Weight.WARNING,
    Text(
        kk="Сызықтың ұшы «{node}» түйінінен {distance} м алшақ жатыр; ол түйінге жылжытылды.",
        ru="Конец линии лежит в {distance} м от своего узла «{node}»; он сдвинут в узел.",
        en="The line's end lies {distance} m from the node '{node}' that it names; it was moved there.",
    ),
)
ENDS_FAR_APART: Final = Kind(
    "ends-far-apart",
    Weight.ACCEPTABLE,
    Text(
        kk="Сызықтың ұшы өзі атаған «{node}» түйінінен {distance} м алшақ жатыр: түйіні не орны қате.",
        ru="Конец линии лежит в {distance} м от узла «{node}», который называет: ошибочен узел или место.",
        en="The line's end lies {distance} m from the node '{node}' that it names: one of the two is wrong.",
    ),
)
NODE_MISSING: Final = Kind(
    "node-missing",
    Weight.WARNING,
    Text(
        kk="«{node}» түйіні файлда жоқ; сызықтың ұшы өз орнында қалды.",
        ru="Узла «{node}» в файле нет; конец линии оставлен на своём месте.",
        en="The node '{node}' is not in the file; the end of the line stays where it is.",
    ),
)
_FORM: Final = Text(
    kk="{file} файлы OpenSidewalks дерегі емес ({reason}); қажеттісі — .edges.geojson мен қасындағы .nodes.geojson.",
    ru="Файл {file} — не данные OpenSidewalks ({reason}); нужны .edges.geojson и рядом .nodes.geojson.",
    en="{file} is no OpenSidewalks data ({reason}); what is needed is .edges.geojson with .nodes.geojson beside it.",
)
_TOLD: Final = Text(
    kk="Файлдарда {edges} қабырға, {kerbs} түйіндік нысан, {zones} аумақ, {joints} жай түйін бар. Жол: {rows}; "
    "қабылданды: {taken}, қабылданбады: {refused}.",
    ru="В файлах рёбер {edges}, объектов в узлах {kerbs}, площадей {zones}, простых узлов {joints}. Строк: {rows}; "
    "принято: {taken}, отклонено: {refused}.",
    en="The files have {edges} edges, {kerbs} objects at nodes, {zones} zones and {joints} plain nodes. Rows: {rows}; "
    "taken: {taken}, refused: {refused}.",
)
