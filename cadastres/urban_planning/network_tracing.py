"""Questions to networks: what lies upstream and downstream, what a shut valve cuts off, what isolates a line.

Water, heat, gas and power are fed from sources; sewers and storm drains collect, and what they lose is the way to an
outfall. The engine is :mod:`gis.network`; here stands what the fields of the layers mean to it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection, sql
from psycopg.rows import dict_row

from cadastres.urban_planning.network_model import COLLECTING, NETWORK_LINE, NETWORK_NODE, OPERABLE
from gis.errors import NotFound
from gis.instant import Reading, versions_at
from gis.layer import Layer
from gis.network import AS_IS, Gates, Link, Network, Reached, Snapshot, Way, cut_off, from_line, isolate, trace
from gis.text import Text

NETWORK: Final = Network(
    lines=NETWORK_LINE,
    nodes=NETWORK_NODE,
    kind="utility_network_type",
    begin="from_node",
    end="to_node",
    one_way=("flow_direction", "inDirection"),
    in_service=("current_status", "functional"),
    role="node_kind",
    gate="lets_through",
)

SOURCES: Final = frozenset({"source"})
OUTFALLS: Final = frozenset({"outfall"})
CONSUMERS: Final = frozenset({"consumer", "hydrant"})


@dataclass(frozen=True, slots=True)
class Traced:
    """An answer.

    Attributes:
        network: kind of network.
        reached: lines and nodes.
        kinds: how many nodes of each kind are among them.
        gates: of an isolation: valves and switches to shut, and those shut already.
        roots: of an isolation: sources (outfalls) inside the section; no gate parts the line from them.
        read: how many lines were read to find out.
    """

    network: str
    reached: Reached
    kinds: Mapping[str, int]
    read: int
    to_shut: Sequence[int] = ()
    shut: Sequence[int] = ()
    roots: Sequence[int] = ()

    @property
    def consumers(self) -> int:
        """How many of the nodes are supplied (or drained): consumers and hydrants."""
        return sum(self.kinds.get(kind, 0) for kind in CONSUMERS)


def element(connection: Connection, reading: Reading, feature_id: int) -> tuple[Layer, str]:
    """Return in which layer a node or line is, and its kind of network.

    Raises:
        NotFound: neither a node nor a line in force at the reading.
    """
    for layer in (NETWORK_NODE, NETWORK_LINE):
        statement = sql.SQL("SELECT v.utility_network_type FROM {} WHERE v.feature_id = %(id)s").format(
            versions_at(layer, reading)
        )
        row = connection.execute(statement, {**reading.parameters, "id": feature_id}).fetchone()
        if row is not None:
            return layer, str(row[0])
    raise NotFound(_NO_ELEMENT.filled(id=feature_id), feature_id=feature_id)


def traced(
    connection: Connection, reading: Reading, feature_id: int, way: Way, *, through_shut: bool = False
) -> Traced:
    """Trace a network from a node or a line.

    Args:
        connection: of a reader.
        reading: when, as known when, and with which draft.
        feature_id: the node or line.
        way: downstream, upstream, or connected either way.
        through_shut: pass valves and switches that are shut.

    Raises:
        NotFound: neither a node nor a line in service at the reading.
    """
    layer, kind = element(connection, reading, feature_id)
    snapshot = Snapshot(connection, NETWORK, reading, kind)
    gates = Gates(heeded=False) if through_shut else AS_IS
    if layer is NETWORK_NODE:
        reached = trace(snapshot, [feature_id], way, gates)
    else:
        reached = from_line(snapshot, _in_service(snapshot, feature_id), way, gates)
    return _told(snapshot, reached)


def lost(connection: Connection, reading: Reading, elements: Sequence[int]) -> Traced:
    """Return what is cut off from every source once nodes or lines are shut; a sewer's, from every outfall.

    Raises:
        NotFound: one is neither a node nor a line in service at the reading, or they are of several networks.
    """
    kinds = {element(connection, reading, feature_id)[1] for feature_id in elements}
    if len(kinds) != 1:
        raise NotFound(_SEVERAL.filled(kinds=", ".join(sorted(kinds))), kinds=sorted(kinds))
    snapshot = Snapshot(connection, NETWORK, reading, kinds.pop())
    return _told(snapshot, _cut_off(snapshot, elements))


def isolated(connection: Connection, reading: Reading, line: int) -> Traced:
    """Return which valves (or switches) isolate a line, and all that goes without service while they are shut.

    Raises:
        NotFound: no line in service at the reading.
    """
    _, kind = element(connection, reading, line)
    snapshot = Snapshot(connection, NETWORK, reading, kind)
    found = isolate(snapshot, _in_service(snapshot, line), frozenset(OPERABLE), _roots(kind))
    beyond = _cut_off(snapshot, found.to_shut) if found.to_shut else Reached()
    section = found.section
    whole = Reached(section.nodes | beyond.nodes, {**beyond.lines, **section.lines})
    gates = {"to_shut": found.to_shut, "shut": found.shut, "roots": found.roots}
    return _told(snapshot, whole, **gates)


def _cut_off(snapshot: Snapshot, elements: Sequence[int]) -> Reached:
    way: Way = "upstream" if snapshot.kind in COLLECTING else "downstream"
    return cut_off(snapshot, elements, _roots(snapshot.kind), way)


def _roots(kind: str) -> frozenset[str]:
    return OUTFALLS if kind in COLLECTING else SOURCES


def _in_service(snapshot: Snapshot, line: int) -> Link:
    found = snapshot.line(line)
    if found is None:
        raise NotFound(_OUT_OF_SERVICE.filled(id=line), feature_id=line)
    return found


def _told(snapshot: Snapshot, reached: Reached, **gates: Sequence[int]) -> Traced:
    snapshot.require(reached.nodes)
    kinds = Counter(node.role for i in reached.nodes if (node := snapshot.nodes.get(i)) is not None)
    return Traced(snapshot.kind, reached, dict(sorted(kinds.items())), len(snapshot.links), **gates)


def features(
    connection: Connection, reading: Reading, layer: Layer, feature_ids: Sequence[int], limit: int
) -> list[dict[str, Any]]:
    """Return lines or nodes as GeoJSON features (longitude, latitude of WGS 84), by id, so many at most."""
    names = sql.SQL(", ").join(sql.SQL("v.{}").format(sql.Identifier(f.name)) for f in layer.fields)
    statement = sql.SQL(_FEATURES).format(names=names, versions=versions_at(layer, reading))
    parameters = {**reading.parameters, "ids": sorted(feature_ids)[:limit]}
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(statement, parameters).fetchall()
    return [_feature(layer, row) for row in rows]


def _feature(layer: Layer, row: dict[str, Any]) -> dict[str, Any]:
    said = {f.name: row[f.name] for f in layer.fields if row[f.name] is not None}
    return {
        "type": "Feature",
        "id": row["feature_id"],
        "geometry": row["geometry"],
        "properties": {"layer": layer.name, **said},
    }


_FEATURES: Final = """
SELECT v.feature_id, ST_AsGeoJSON(ST_Transform(v.geom, 4326), 9)::json AS geometry, {names}
FROM {versions} WHERE v.feature_id = ANY(%(ids)s) ORDER BY v.feature_id
"""

_NO_ELEMENT = Text(
    kk="{id} нөмірлі желі сызығы да, торабы да бұл күні күшінде емес.",
    ru="Ни линии, ни узла сети под номером {id} на эту дату нет.",
    en="No line and no node of a network is in force under the id {id} at that time.",
)
_OUT_OF_SERVICE = Text(
    kk="{id} сызығы бұл күні жұмыс істемейді; іздеу тек жұмыс істеп тұрған сызықтармен жүреді.",
    ru="Линия {id} на эту дату не действует; трассировка идёт только по действующим линиям.",
    en="Line {id} is not in service at that time; traces go along functional lines only.",
)
_SEVERAL = Text(
    kk="Аталғандар бірнеше желіден: {kinds}; бір желінің элементтерін беріңіз.",
    ru="Названы элементы нескольких сетей: {kinds}; назовите элементы одной.",
    en="The elements named are of several networks: {kinds}; name those of one.",
)
