"""The graph of streets taken away: networkx, osmnx and GDAL read it, with as many nodes and ways as there are."""

from collections.abc import Callable, Iterator
from pathlib import Path

import networkx as nx
import osmnx
import pyogrio
import pytest
from shapely import LineString

from cadastres.urban_planning.street_model import CROSSING, STEPS
from cadastres.urban_planning.street_point_model import KERB
from data.catalogue import STREETS
from data.exports.street_graph import NetworkRequest, export_network
from data.exports.vector import BadExport
from gis.instant import Instant
from tests.cadastres.urban_planning.engineer import line, point
from tests.cadastres.urban_planning.surveyor import Surveyor
from tests.city import City

NAME = 'Абай <&"\x85> [1]'


@pytest.fixture(scope="module")
def surveyor(fresh_city: Callable[[str], City]) -> Iterator[Surveyor]:
    """A square of four streets, one of them one-way and doubled, with a crossing, steps and a kerb off its corner."""
    city = fresh_city("helsinki")
    made = Surveyor(city)
    made.street((0, 0), (100, 0), name=NAME, one_way="forward", max_speed=40.0, lanes=2)
    made.street((0, 0), (50, 30), (100, 0))
    made.street((100, 0), (100, 80), one_way="no")
    made.street((100, 80), (0, 0), one_way="backward", bridge=True)
    made.enter(CROSSING, line((100, 80), (108, 80)), markings="zebra", signals=False)
    made.enter(STEPS, line((108, 80), (120, 80)), step_count=20, incline=0.4, day="2020-01-01")
    made.enter(KERB, point(108, 80), kerb="raised", height=0.15)
    yield made
    city.register.close()


def exported(surveyor: Surveyor, file: Path, to: str | None = None, day: str = "2021-01-01") -> tuple[int, int]:
    """Write the graph of a day; return how many nodes and edges it has."""
    instant = Instant(surveyor.city.act(day).valid_from)
    done = export_network(surveyor.city.register, STREETS, NetworkRequest(file=file, to=to, instant=instant))
    return done.nodes, done.edges


def test_networkx_reads_each_way_once(surveyor: Surveyor, tmp_path: Path) -> None:
    """With its attributes in their types, from where it is drawn to begin; as of a date before, without the steps."""
    file = tmp_path / "city.graphml"
    assert exported(surveyor, file) == (5, 6)
    read = nx.read_graphml(file, node_type=int)
    assert (read.number_of_nodes(), read.number_of_edges(), read.is_directed()) == (5, 6, True)
    said = {data["feature_id"]: data for _, _, data in read.edges(data=True)}
    first = said[min(said)]
    assert (first["name"], first["max_speed"], first["lanes"]) == (NAME, 40.0, 2)
    assert first["length"] == pytest.approx(100)
    assert read.graph["valid"].startswith("2021-01-01T00:00:00+02:00")
    assert exported(surveyor, file, day="2019-01-01") == (4, 5)
    assert nx.read_graphml(file).number_of_edges() == 5


def test_osmnx_reads_both_directions(surveyor: Surveyor, tmp_path: Path) -> None:
    """One-way streets in theirs only; parallel streets stay two; osmnx finds the way round, in degrees and metres."""
    file = tmp_path / "city-osmnx.graphml"
    nodes, edges = exported(surveyor, file, "osmnx")
    read = osmnx.load_graphml(file)
    assert (len(read), read.number_of_edges()) == (nodes, 2 * edges - 2)
    assert str(read.graph["crs"]) == "epsg:4326"
    told = [data for _, _, data in read.edges(data=True)]
    assert sum(data["oneway"] for data in told) == 2
    assert all(isinstance(data["geometry"], LineString) and isinstance(data["length"], float) for data in told)
    inclines = sorted(float(data["incline"]) for data in told if data["highway"] == "steps")
    assert inclines == [-0.4, 0.4]
    frame = osmnx.graph_to_gdfs(read, nodes=False)
    assert frame.to_crs(3879).length.sum() == pytest.approx(frame["length"].sum(), rel=1e-6)
    west, south, east, north = frame.total_bounds
    assert 24 < west < east < 26, "axes not swapped"
    assert 59 < south < north < 61


def test_geopackage_has_nodes_edges_and_fixtures(surveyor: Surveyor, tmp_path: Path) -> None:
    """In the city's system; an edge names its nodes, and a kerb the node at which it stands."""
    file = tmp_path / "city.gpkg"
    nodes, edges = exported(surveyor, file)
    read = {str(name): pyogrio.read_dataframe(file, layer=name) for name, _ in pyogrio.list_layers(file)}
    assert {name: len(frame) for name, frame in read.items()} == {"nodes": nodes, "edges": edges, "fixtures": 1}
    assert read["edges"].crs.to_epsg() == 3879
    places = read["nodes"].set_index("node").geometry
    for way in read["edges"].itertuples():
        assert way.geometry.boundary.geoms[0].equals(places[way.u])
        assert way.geometry.boundary.geoms[-1].equals(places[way.v])
    kerb = read["fixtures"].iloc[0]
    assert (kerb["kerb"], kerb["height"], places[kerb["node"]].equals(kerb.geometry)) == ("raised", 0.15, True)
    bridge = read["edges"].query("bridge == True")
    assert list(bridge["highway"]) == ["residential"]


@pytest.mark.parametrize(
    ("name", "to"), [("a.shp", None), ("a.gpkg", "osmnx"), ("a.graphml", "gml"), ("no/a.gpkg", None)]
)
def test_files_that_cannot_be(surveyor: Surveyor, tmp_path: Path, name: str, to: str | None) -> None:
    """Of an unknown kind, of one kind named as another, where nothing can be written."""
    with pytest.raises(BadExport):
        exported(surveyor, tmp_path / name, to)


def test_a_day_without_ways_leaves_no_file(surveyor: Surveyor, tmp_path: Path) -> None:
    """An empty graph would be taken for the city's."""
    with pytest.raises(BadExport, match="1990"):
        exported(surveyor, tmp_path / "a.gpkg", day="1990-01-01")
    assert not list(tmp_path.iterdir())
