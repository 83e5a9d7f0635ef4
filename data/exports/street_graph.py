"""The city's graph of streets and footways, as of any date on both axes, into a file that a planner takes away.

``graphml``
    for networkx and whatever reads GraphML: each way once, from the node at which it is drawn to begin; coordinates in
    the city's projected system [m].
``osmnx``
    GraphML as ``osmnx.load_graphml`` reads it: each way in both directions, a one-way street in its own only;
    longitude and latitude (EPSG:4326), lengths in metres.
``gpkg``
    GeoPackage with the layers ``nodes``, ``edges`` and ``fixtures``, in the city's projected system.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
from psycopg import Connection

from data.columns import ARROW
from data.exports.graphml import Edge, Key, Node, spelled, write_graphml
from data.exports.vector import BATCH, BadExport
from gis.crs import pyproj_crs, transformer
from gis.database import connect
from gis.instant import Instant, Reading, read_head, settle
from gis.layer import Field, FieldType
from gis.register import Register
from gis.streets import Streets
from gis.text import Text
from routing.assembly import read_graph
from routing.network import FIXTURES, KINDS, Graph
from routing.reading import read_told

FORMATS: Final = {"graphml": ".graphml", "osmnx": ".graphml", "gpkg": ".gpkg"}
"""Kinds of file, each with its suffix."""

_TYPES: Final = {FieldType.INTEGER: "long", FieldType.NUMBER: "double", FieldType.BOOLEAN: "boolean"}
_OWN: Final = {"feature_id": FieldType.INTEGER, "kind": FieldType.STRING, "length": FieldType.NUMBER}
"""What is said of each way besides its layer's fields."""

_HIGHWAYS: Final = {"footway": "footway", "crossing": "footway", "steps": "steps", "ramp": "footway"}
"""OpenStreetMap's ``highway`` of ways whose layers have none."""

Tell = Callable[[int, int], None]
"""Told how many ways of how many are written."""

Coordinates = npt.NDArray[np.float64]
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class NetworkRequest:
    """What to write, and where.

    Attributes:
        file: to be written.
        to: one of :data:`FORMATS`; by default by the file's suffix.
        instant: point on both axes of time; by default now, as the register knows it.
    """

    file: Path
    to: str | None = None
    instant: Instant = field(default_factory=Instant)


@dataclass(frozen=True, slots=True)
class ExportedNetwork:
    """What was written: nodes and edges of the graph, and as of which point of both axes.

    For osmnx the file holds an edge for each direction in which a way may be driven.
    """

    nodes: int
    edges: int
    reading: Reading


def export_network(
    register: Register, streets: Streets, request: NetworkRequest, tell: Tell = lambda _, __: None
) -> ExportedNetwork:
    """Write the graph into a file, which appears under its name when it is whole.

    Raises:
        BadExport: an unknown kind of file, no ways on record at that instant, or the folder can't be written.
        BadRequest: a recorded instant after the last changeset.
    """
    write = _WRITERS[_kind(request)]
    part = request.file.with_name(f".{request.file.stem}.part{request.file.suffix}")
    with connect(register.database.reader, autocommit=False) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        reading = settle(request.instant, read_head(connection))
        taken = _Taken(register, connection, streets, read_graph(connection, streets, reading), tell)
        if not len(taken.edges):
            raise BadExport(_NO_WAYS.filled(day=reading.valid.isoformat()), file=str(request.file))
        try:
            part.unlink(missing_ok=True)
            write(taken, part)
            part.replace(request.file)
        except (OSError, RuntimeError) as error:  # the latter is GDAL's
            reason = getattr(error, "strerror", None) or error
            raise BadExport(_UNWRITABLE.filled(file=request.file, reason=reason), file=str(request.file)) from None
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    return ExportedNetwork(taken.graph.nodes, len(taken.edges), reading)


def _kind(request: NetworkRequest) -> str:
    suffix = request.file.suffix.lower()
    kind = request.to or next((name for name, ending in FORMATS.items() if ending == suffix), "")
    if FORMATS.get(kind) != suffix:
        known = ", ".join(f"{name} ({ending})" for name, ending in FORMATS.items())
        raise BadExport(_FORMAT.filled(file=request.file.name, to=kind or "—", known=known), file=str(request.file))
    return kind


@dataclass(frozen=True)
class _Taken:
    """A graph that is taken away, and the register from which the texts of its ways are read."""

    register: Register
    connection: Connection
    streets: Streets
    graph: Graph
    tell: Tell

    @property
    def edges(self) -> npt.NDArray[np.int64]:
        """Places of the edges, holes left out."""
        return np.flatnonzero(self.graph.feature_id >= 0)

    @property
    def fields(self) -> Mapping[str, Field]:
        """Every field of the layers of lines by name, in their order."""
        return {f.name: f for layer in self.streets.lines.values() for f in layer.fields}

    @property
    def standing(self) -> Mapping[str, Field]:
        """Every field of the layers of points."""
        return {f.name: f for layer in self.streets.points.values() for f in layer.fields}

    @property
    def said(self) -> dict[str, Any]:
        """Return what the file says of itself."""
        reading = self.graph.reading
        return {
            "name": self.register.profile.name.en,
            "valid": reading.valid.isoformat(),
            "recorded": reading.recorded.isoformat(),
            "attribution": "; ".join({a: None for layer in self.streets.lines.values() for a in layer.attribution}),
        }

    @property
    def wkt(self) -> str:
        """Return the city's projected system."""
        return str(pyproj_crs(self.register.profile.system).to_wkt())

    def on_globe(self, places: Coordinates) -> Coordinates:
        """Return places as longitude and latitude."""
        to_globe = transformer(self.register.profile.system, 4326)
        return np.column_stack(to_globe.transform(places[:, 0], places[:, 1]))

    def ways(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield each edge's place and what is said of it, in batches from the register."""
        graph, edges = self.graph, self.edges
        for begin in range(0, len(edges), BATCH):
            batch = edges[begin : begin + BATCH]
            told = self._told(batch)
            for edge in batch.tolist():
                feature = int(graph.feature_id[edge])
                own = {"feature_id": feature, "kind": KINDS[graph.kind[edge]], "length": float(graph.length[edge])}
                yield edge, {**own, **told.get(feature, {})}
            self.tell(begin + len(batch), len(edges))

    def _told(self, edges: npt.NDArray[np.int64]) -> dict[int, dict[str, Any]]:
        kinds, ids = self.graph.kind[edges], self.graph.feature_id[edges]
        return {
            feature: said
            for kind in np.unique(kinds).tolist()
            for feature, said in read_told(
                self.connection, self.streets.lines[KINDS[kind]], self.graph.reading, ids[kinds == kind].tolist()
            ).items()
        }

    def fixtures(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the place of each thing that stands at a node, and what is said of it."""
        graph = self.graph
        for kind, name in enumerate(FIXTURES):
            places = np.flatnonzero((graph.fixture_kind == kind) & (graph.fixture_node >= 0))
            ids = graph.fixture_id[places].tolist()
            told = read_told(self.connection, self.streets.points[name], graph.reading, ids)
            for place, feature in zip(places.tolist(), ids, strict=True):
                node = int(graph.fixture_node[place])
                yield place, {"feature_id": feature, "kind": name, "node": node, **told.get(feature, {})}


def _write_graphml(taken: _Taken, file: Path) -> None:
    graph = taken.graph
    types = {**_OWN, **{name: f.type for name, f in taken.fields.items()}}
    keys = [Key(name, "graph") for name in (*taken.said, "crs")]
    keys += [Key(name, "node", "double") for name in ("x", "y")]
    keys += [Key(name, "edge", _TYPES.get(kind, "string")) for name, kind in types.items()]
    nodes: Iterator[Node] = ((n, {"x": x, "y": y}) for n, (x, y) in enumerate(graph.xy.tolist()))
    edges: Iterator[Edge] = (
        (int(graph.u[e]), int(graph.v[e]), said["feature_id"], {**said, "geometry": _line(graph.course(e))})
        for e, said in taken.ways()
    )
    write_graphml(file, [*keys, Key("geometry", "edge")], {**taken.said, "crs": taken.wkt}, nodes, edges)


def _write_osmnx(taken: _Taken, file: Path) -> None:
    """Write all attributes as texts: that is how osmnx writes and reads them."""
    names = ("osmid", "highway", "oneway", "reversed", "length", "maxspeed", "geometry")
    keys = [Key(name, "graph") for name in (*taken.said, "crs", "simplified")]
    keys += [Key(name, "node") for name in ("x", "y")]
    keys += [Key(name, "edge") for name in dict.fromkeys((*names, *_OWN, *taken.fields))]
    said = {**taken.said, "crs": "epsg:4326", "simplified": "True"}
    places = taken.on_globe(taken.graph.xy).tolist()
    nodes: Iterator[Node] = ((n, {"x": spelled(x), "y": spelled(y)}) for n, (x, y) in enumerate(places))
    write_graphml(file, keys, said, nodes, _both_ways(taken))


def _both_ways(taken: _Taken) -> Iterator[Edge]:
    """Yield each direction in which a way may be driven; footways have both."""
    graph = taken.graph
    seen: dict[tuple[int, int], int] = {}
    for e, said in taken.ways():
        course, ends = taken.on_globe(graph.course(e)), (int(graph.u[e]), int(graph.v[e]))
        one_way = said.get("one_way", "no") if said["kind"] == "street" else "no"
        for against in (False, True):
            if one_way == ("forward" if against else "backward"):
                continue
            begin, end = ends[::-1] if against else ends
            key = seen[begin, end] = seen.get((begin, end), -1) + 1
            drawn = course[::-1] if against else course
            yield begin, end, key, _as_osmnx(said, drawn, against=against, one_way=one_way != "no")


def _as_osmnx(said: Row, course: Coordinates, *, against: bool, one_way: bool) -> dict[str, str | None]:
    named = {
        **said,
        "osmid": said["feature_id"],
        "highway": said.get("highway") or _HIGHWAYS.get(said["kind"]),
        "maxspeed": said.get("max_speed"),
        "oneway": one_way,
        "reversed": against,
        "geometry": _line(course),
    }
    if against and said.get("incline") is not None:
        named["incline"] = -said["incline"]
    return {
        name: str(value) if isinstance(value, bool) else spelled(value)
        for name, value in named.items()
        if value is not None
    }


def _line(course: Coordinates) -> str:
    return str(shapely.to_wkt(shapely.linestrings(course), rounding_precision=9, trim=True))


def _write_gpkg(taken: _Taken, file: Path) -> None:
    graph = taken.graph
    nodes = ((n, {"node": n}, shapely.Point(place)) for n, place in enumerate(graph.xy.tolist()))
    _add_layer(taken, file, "nodes", "Point", {"node": FieldType.INTEGER}, nodes)
    ends = dict.fromkeys(("u", "v"), FieldType.INTEGER)
    edges = (
        (e, {**said, "u": int(graph.u[e]), "v": int(graph.v[e])}, shapely.LineString(graph.course(e)))
        for e, said in taken.ways()
    )
    types = {name: f.type for name, f in taken.fields.items()}
    _add_layer(taken, file, "edges", "LineString", {**ends, **_OWN, **types}, edges)
    own = {"feature_id": FieldType.INTEGER, "kind": FieldType.STRING, "node": FieldType.INTEGER}
    fixtures = ((p, said, shapely.Point(graph.fixture_xy[p])) for p, said in taken.fixtures())
    standing = {name: f.type for name, f in taken.standing.items()}
    _add_layer(taken, file, "fixtures", "Point", {**own, **standing}, fixtures)


def _add_layer(
    taken: _Taken,
    file: Path,
    name: str,
    kind: str,
    types: Mapping[str, FieldType],
    rows: Iterator[tuple[int, dict[str, Any], shapely.Geometry]],
) -> None:
    import pyogrio  # noqa: PLC0415  (it takes a second to load)

    schema = pa.schema([*(pa.field(n, ARROW[t]) for n, t in types.items()), pa.field("geometry", pa.binary())])
    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(schema, _batches(schema, rows)),
        file,
        layer=name,
        driver="GPKG",
        geometry_name="geometry",
        geometry_type=kind,
        crs=taken.wkt,
        layer_options={"DESCRIPTION": "; ".join(str(value) for value in taken.said.values())},
    )


def _batches(
    schema: pa.Schema, rows: Iterator[tuple[int, dict[str, Any], shapely.Geometry]]
) -> Iterator[pa.RecordBatch]:
    held: list[dict[str, Any]] = []
    for _, said, place in rows:
        held.append({**said, "geometry": shapely.to_wkb(place)})
        if len(held) == BATCH:
            yield pa.RecordBatch.from_pylist(held, schema=schema)
            held = []
    if held:
        yield pa.RecordBatch.from_pylist(held, schema=schema)


_WRITERS: Final[Mapping[str, Callable[[_Taken, Path], None]]] = {
    "graphml": _write_graphml,
    "osmnx": _write_osmnx,
    "gpkg": _write_gpkg,
}

_FORMAT = Text(
    kk="{file} файлы «{to}» түрінде жазылмайды; түрлері мен жалғаулары: {known}.",
    ru="Файл {file} не пишется в виде «{to}»; виды и окончания имён: {known}.",
    en="The file {file} can't be written as '{to}'; kinds and suffixes are: {known}.",
)
_NO_WAYS = Text(
    kk="{day}: реестрде бұл күнге жол жоқ; басқа datetime немесе recorded-at беріңіз.",
    ru="{day}: на этот день в реестре нет дорог; укажите другой datetime или recorded-at.",
    en="{day}: no ways are on record for that day; give another datetime or recorded-at.",
)
_UNWRITABLE = Text(
    kk="{file} файлы жазылмады: {reason}.",
    ru="Файл {file} не записан: {reason}.",
    en="The file {file} was not written: {reason}.",
)
