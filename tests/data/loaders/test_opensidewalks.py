"""OpenSidewalks files: loaded whole, connected as they name their nodes, and told where that can't be."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from data.loaders.opensidewalks import import_opensidewalks, read_opensidewalks
from data.loaders.request import ImportRequest
from data.loaders.source import BadFile
from data.profiles import find
from tests.city import REAL_DATA
from tests.registers import Cities

REDMOND = REAL_DATA / "accessibility" / "opensidewalks-redmond.edges.geojson"
WAYS = ("street_segment", "footway", "crossing", "steps", "ramp")
X, Y = -122.13, 47.64


@pytest.mark.realdata
def test_redmond_loads_whole(fresh_city: Cities) -> None:
    """Every edge, kerb and zone, none twice however often it is brought in; connected as the edges' nodes are."""
    city = fresh_city("redmond")
    request = ImportRequest(layer="", file=REDMOND, act=city.act("2024-01-01"))
    done = import_opensidewalks(city.register, request)
    assert (done.edges, done.nodes - done.joints, done.zones, done.refused) == (4368, 757, 5, 0)
    rows = {name.partition(".")[2]: report.accepted for name, report in done.layers.items()}
    edges = json.loads(REDMOND.read_text(encoding="utf-8"))["features"]
    told = [edge["properties"] for edge in edges]
    assert rows["crossing"] == sum(said.get("footway") == "crossing" for said in told)
    assert rows["steps"] == sum(said["highway"] == "steps" for said in told)
    assert rows["kerb"] == 757
    again = import_opensidewalks(city.register, request)
    assert {report.unchanged for report in again.layers.values()} == set(rows.values())
    with city.register.reading() as connection:
        ends = " UNION ALL ".join(
            f"SELECT ST_AsText(ST_StartPoint(geom)), ST_AsText(ST_EndPoint(geom)) FROM urban_planning.{way} "
            "WHERE external_reference LIKE 'edge/%'"
            for way in WAYS
        )
        found: nx.Graph[str] = nx.Graph(connection.execute(ends).fetchall())
        lone = connection.execute(
            "SELECT count(*) FROM urban_planning.kerb WHERE ST_AsText(geom) <> ALL(%s)", (list(found),)
        ).fetchone()
    expected: nx.Graph[str] = nx.Graph((said["_u_id"], said["_v_id"]) for said in told)
    sizes = [sorted(map(len, nx.connected_components(graph))) for graph in (found, expected)]
    assert sizes[0] == sizes[1]
    assert lone == (0,)
    city.register.close()


def _feature(kind: str, coordinates: Any, **said: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": said}


def _file(folder: Path, part: str, *found: Mapping[str, Any]) -> Path:
    path = folder / f"small.{part}.geojson"
    path.write_text(json.dumps({"dataTimestamp": "2023-08-08T20:22:00Z", "features": found}), encoding="utf-8")
    return path


def test_what_a_file_says_and_how_it_errs(tmp_path: Path) -> None:
    """Extensions fill the fields that the schema lacks; ends are put at their nodes; no slope of 400 % gets in."""
    nodes = [_feature("Point", [X + i * 0.0001, Y], _id=str(i)) for i in range(3)]
    nodes[1]["properties"] |= {"barrier": "kerb", "kerb": "raised", "ext:kerb:height": "0.12"}
    straight, apart = [[X, Y], [X + 0.0001, Y]], [[X + 0.0001, Y + 0.000003], [X + 0.0002, Y + 0.00003]]
    told = {
        "ext:oneway:bicycle": "yes",
        "ext:oneway:foot": "-1",
        "ext:cross_slope": 0.03,
        "ext:lit": True,
        "ext:smoothness": "bad",
        "ext:colour": "red",
    }
    told |= {"ext:oneway:bicycle": "yes", "ext:oneway:foot": "-1"}
    steps = {"highway": "steps", "climb": "down", "step_count": 7, "incline": 4.0}
    edges = _file(
        tmp_path,
        "edges",
        _feature("LineString", straight, _id="a", _u_id="0", _v_id="1", highway="footway", incline=-0.04, **told),
        _feature("LineString", apart, _id="b", _u_id="1", _v_id="2", **steps),
        _feature("LineString", straight, _id="c", _u_id="0", _v_id="9", highway="service"),
    )
    _file(tmp_path, "nodes", *nodes)
    rows, report = read_opensidewalks(edges, find("redmond"))
    (walk,), (flight,), (drive,), (kerb,) = (
        rows[f"urban_planning.{t}"] for t in ("footway", "steps", "street_segment", "kerb")
    )
    assert [walk.said[n] for n in ("incline", "cross_slope", "lit", "smoothness")] == [-0.04, 0.03, True, "bad"]
    assert [walk.said[n] for n in ("one_way", "bicycle_one_way")] == ["backward", "forward"]
    assert [flight.said[n] for n in ("incline", "climb", "step_count")] == [None, "down", 7]
    assert [kind.code for kind, _ in flight.flaws] == ["ends-apart", "ends-far-apart", "value-left-out"]
    assert [kind.code for kind, _ in drive.flaws] == ["node-missing"]
    assert walk.shape is not None
    assert flight.shape is not None
    assert kerb.shape is not None
    assert walk.shape.coords[-1] == flight.shape.coords[0] == kerb.shape.coords[0]
    assert (kerb.said["kerb"], kerb.said["height"]) == ("raised", 0.12)
    assert (report.joints, dict(report.unused)) == (2, {"ext:colour": 1})


def test_files_that_are_none(tmp_path: Path) -> None:
    """Nodes must lie beside the edges; lines must be lines, with an id each."""
    edges = _file(tmp_path, "edges", _feature("Point", [X, Y], _id="a"))
    with pytest.raises(BadFile, match=r"small\.nodes\.geojson"):
        read_opensidewalks(edges, find("redmond"))
    _file(tmp_path, "nodes", _feature("Point", [X, Y], _id="0"), _feature("Point", [X, Y], _id="0"))
    with pytest.raises(BadFile, match="_id 0"):
        read_opensidewalks(edges, find("redmond"))
    _file(tmp_path, "nodes", _feature("Point", [X, Y], _id="0"))
    with pytest.raises(BadFile, match="not LineString"):
        read_opensidewalks(edges, find("redmond"))
