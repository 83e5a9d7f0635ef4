"""CityJSON in and out: whole, exactly, or refused with the reason; validated by the standard's own schema."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import trimesh

from cadastres.urban_planning.city3d_scene import Scene
from data.exports.cityjson import CityJsonRequest, export_cityjson
from data.installation import Installation
from data.loaders.cityjson import read_document
from data.loaders.cityjson_source import import_cityjson
from data.loaders.report import ImportReport
from data.loaders.request import ImportRequest
from data.loaders.source import BadFile, MissingCrs, UnknownFileCrs
from gis.instant import Instant, read_head, settle
from gis.solid import volume
from tests.city import City
from tests.city3d import DELFT, cube, delft, said
from tests.cityjson_schema import require_valid


@pytest.fixture(scope="module")
def town(installation: Installation) -> Iterator[City]:
    """The sample of Delft, its defects on record."""
    with delft(installation) as city:
        import_cityjson(city.register, request(city, DELFT, accept_defects=True))
        yield city


@pytest.fixture
def empty(installation: Installation) -> Iterator[City]:
    """An empty register in the system of the Netherlands."""
    with delft(installation) as city:
        yield city


def request(city: City, file: Path, **more: Any) -> ImportRequest:
    """Return a request to bring a file in from 2024 on."""
    return ImportRequest(layer="", file=file, act=city.act("2024-01-01", kind="data-delivery"), **more)


def _document(**objects: dict[str, Any]) -> dict[str, Any]:
    whole = [[round(v * 1000) for v in point] for point in cube(at=(0, 0, 0)).vertices.tolist()]
    return {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [0.001] * 3, "translate": [84700.0, 447300.0, 0.0]},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/7415"},
        "CityObjects": objects or {"a": _building()},
        "vertices": whole,
    }


def _building(**geometry: Any) -> dict[str, Any]:
    return {"type": "Building", "geometry": [{**said(cube())["geometry"][0], **geometry}]}


@pytest.fixture
def written(tmp_path: Path) -> Callable[[dict[str, Any]], Path]:
    """Write a document into a file."""

    def write(document: dict[str, Any]) -> Path:
        file = tmp_path / "some.city.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        return file

    return write


def _loaded(city: City, file: Path, **more: Any) -> ImportReport:
    return import_cityjson(city.register, request(city, file, **more))


@pytest.mark.realdata
def test_every_object_of_delft_comes_in_with_its_defects_on_record(town: City) -> None:
    """570 objects; not one of the 160 buildings has a floor, and each open edge is told by its face."""
    with town.register.reading() as connection:
        counts = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE closed), count(*) FILTER (WHERE NOT closed) "
            "FROM urban_planning.city_object"
        ).fetchone()
        told = connection.execute(
            "SELECT count(DISTINCT feature_id), count(*), count(place), "
            "count(*) FILTER (WHERE detail ~ 'face [0-9]+$') "
            "FROM qala.violation WHERE rule = 'urban_planning.city-object.closed'"
        ).fetchone()
    assert counts == (570, 0, 160)
    assert told is not None
    assert told[0] == 160
    assert told[1] == told[2] == told[3] > 640


@pytest.mark.realdata
def test_delft_goes_out_as_it_came_in(town: City, tmp_path: Path) -> None:
    """Every object, attribute, face and coordinate, in a document that the standard's own schema accepts."""
    file = tmp_path / "out.city.json"
    count, _ = export_cityjson(town.register, file, CityJsonRequest())
    before, after = (json.loads(f.read_text(encoding="utf-8")) for f in (DELFT, file))
    require_valid(file)
    assert count == len(after["CityObjects"]) == len(before["CityObjects"]) == 570
    for name, original in before["CityObjects"].items():
        found = after["CityObjects"][name]
        assert (found["type"], found["attributes"]) == (original["type"], original["attributes"])
        assert [_placed(after, g) for g in found["geometry"]] == [_placed(before, g) for g in original["geometry"]]


def _placed(document: dict[str, Any], geometry: dict[str, Any]) -> tuple[str, str, Any]:
    scale, shift = document["transform"]["scale"], document["transform"]["translate"]

    def place(part: Any) -> Any:
        if isinstance(part, list):
            return [place(inner) for inner in part]
        return tuple(round(v * s + t, 3) for v, s, t in zip(document["vertices"][part], scale, shift, strict=True))

    return geometry["type"], geometry["lod"], place(geometry["boundaries"])


@pytest.mark.realdata
def test_volumes_of_delft_agree_with_another_library(town: City) -> None:
    """Once their missing floors are closed by it, trimesh finds each volume within a thousandth."""
    with town.register.reading() as connection:
        scene = Scene(connection, settle(Instant(), read_head(connection)), town.profile)
        buildings = [body for body in scene.objects() if body.object_type == "Building"]
    compared = 0
    for body in buildings:
        mesh = trimesh.Trimesh(
            body.triangles.reshape(-1, 3) - body.triangles[0, 0],
            process=False,
            faces=[(3 * i, 3 * i + 1, 3 * i + 2) for i in range(len(body.triangles))],
        )
        # The floors are level: seen from their own height they add nothing to the volume.
        lowest = mesh.vertices[:, 2].min()
        mesh.apply_translation((0, 0, -lowest))
        if body.volume is not None:
            compared += 1
            assert body.volume == pytest.approx(_over_ground(mesh), rel=1e-3)
    assert compared == 160


def _over_ground(mesh: trimesh.Trimesh) -> float:
    """Return what stands over the level z = 0 by trimesh's own signed prisms: areas from above times mean heights."""
    normals, areas, centres = mesh.face_normals, mesh.area_faces, mesh.triangles_center
    return float((normals[:, 2] * areas * centres[:, 2]).sum())


@pytest.mark.realdata
def test_a_second_look_at_the_same_edition_changes_nothing(town: City) -> None:
    """All rows are known."""
    again = _loaded(town, DELFT, accept_defects=True)
    assert (again.read, again.unchanged, again.changeset) == (570, 570, None)


def test_an_open_solid_is_refused_unless_its_defect_is_accepted(
    empty: City, written: Callable[[dict[str, Any]], Path]
) -> None:
    """Told by face; nothing is written until the operator takes it on record."""
    document = _document()
    del document["CityObjects"]["a"]["geometry"][0]["boundaries"][0][1]
    refused = _loaded(empty, written(document))
    assert (refused.refused, refused.changeset) == (1, None)
    assert [(d["code"], d["detail"]) for d in refused.log] == [
        ("urban_planning.city-object.closed", f"open-edge: geometry 0, shell 0, face {n}") for n in (1, 2, 3, 4)
    ]
    assert all(d["place"] for d in refused.log)
    taken = _loaded(empty, written(document), accept_defects=True)
    assert (taken.accepted_with_defect, taken.new) == (1, 1)


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        ({"lod": 1}, "lod of geometry 0 is 1; it must be a string"),
        ({"lod": "3"}, "lod of geometry 0 is '3'"),
        ({"lod": None}, "lod of geometry 0 is None"),
        ({"boundaries": [[[[0, 1, 99]]]]}, "at 0/0/0/2: 99 is no vertex number; it must be an integer from 0 to 7"),
        ({"boundaries": [[[[0, 1, -1]]]]}, "-1 is no vertex number"),
        ({"boundaries": [[[[0, 1, 1.5]]]]}, "1.5 is no vertex number"),
        ({"boundaries": [[[0, 1, 2]]]}, "at 0/0/0: 0 is no vertex number"),
        ({"type": "Sphere"}, "no sound type and boundaries"),
        ({"semantics": {"surfaces": [], "values": [[0]]}}, "semantics of geometry 0 do not fit"),
    ],
)
def test_what_cannot_be_stored_is_refused_by_name(
    empty: City, written: Callable[[dict[str, Any]], Path], geometry: dict[str, Any], words: str
) -> None:
    """Its sound neighbour goes in."""
    document = _document(a=_building(), b=_building(**geometry))
    report = _loaded(empty, written(document))
    assert (report.accepted, report.refused) == (1, 1)
    (defect,) = report.log
    assert (defect["key"], defect["code"]) == ("b", "geometry-broken")
    assert words in defect["text"]["en"]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"type": "FeatureCollection"}, BadFile),
        ({"version": "1.0"}, BadFile),
        ({"metadata": {}}, MissingCrs),
        ({"metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/999999"}}, UnknownFileCrs),
        ({"transform": {"scale": [1, 1]}}, BadFile),
        ({"vertices": [[0, 0]]}, BadFile),
    ],
)
def test_a_document_that_makes_no_sense_is_refused_whole(
    empty: City, written: Callable[[dict[str, Any]], Path], change: dict[str, Any], refusal: type[Exception]
) -> None:
    """Nothing is written."""
    with pytest.raises(refusal):
        _loaded(empty, written({**_document(), **change}))
    with empty.register.reading() as connection:
        assert read_head(connection).changeset == 0


def test_a_document_elsewhere_is_refused(empty: City, written: Callable[[dict[str, Any]], Path]) -> None:
    """Coordinates of the Netherlands called UTM 43 lie in no city of ours."""
    document = {**_document(), "metadata": {"referenceSystem": "urn:ogc:def:crs:EPSG::32643"}}
    report = _loaded(empty, written(document))
    assert report.refused == 1


def test_heights_are_left_alone_when_the_plane_is_carried_over(
    empty: City, written: Callable[[dict[str, Any]], Path]
) -> None:
    """WGS 84 in, the city's plane out; the heights keep their digits and the name of their system."""
    document = _document()
    document["transform"] = {"scale": [1e-8, 1e-8, 0.001], "translate": [4.36, 52.01, 12.345]}
    document["metadata"]["referenceSystem"] = "https://www.opengis.net/def/crs/EPSG/0/4979"
    found = read_document(written(document), 28992)
    ((_, shape),) = ((name, o.shape) for name, o in found.objects() if not isinstance(o, Exception))
    assert sorted(set(shape.vertices[:, 2].tolist())) == [12.345, 22.345]
    assert abs(shape.vertices[:, 0].mean() - 84_600) < 1000
    assert found.systems.vertical == "EPSG:4979"


def test_templates_are_resolved_and_what_is_left_out_is_told(
    empty: City, written: Callable[[dict[str, Any]], Path], tmp_path: Path
) -> None:
    """An instance becomes points of its own; materials and unknown members are named in the report."""
    document = _document(tree={
        "type": "SolitaryVegetationObject",
        "address": [{"Country": "NL"}],
        "geometry": [{
            "type": "GeometryInstance", "template": 0, "boundaries": [6],
            "transformationMatrix": [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1],
        }],
    })  # fmt: skip
    template = deepcopy(said(cube(at=(0, 0, 0))))
    template["geometry"][0]["material"] = {"visual": {"value": 0}}
    document["geometry-templates"] = {"templates": template["geometry"], "vertices-templates": template["vertices"]}
    report = _loaded(empty, written(document))
    assert report.accepted == 1
    assert sorted(d["code"] for d in report.log) == ["appearance-left-out", "member-kept", "template-resolved"]
    export_cityjson(empty.register, tmp_path / "out.city.json", CityJsonRequest())
    out = json.loads((tmp_path / "out.city.json").read_text(encoding="utf-8"))
    assert out["CityObjects"]["tree"]["address"] == [{"Country": "NL"}]
    with empty.register.reading() as connection:
        scene = Scene(connection, settle(Instant(), read_head(connection)), empty.profile)
        (tree,) = scene.objects()
    assert volume(tree.shape.solids[0]) == pytest.approx(8 * 1000)
    assert tree.shape.vertices.min(axis=0).tolist() == [84710.0, 447310.0, 10.0]


def test_parts_go_out_with_their_whole(empty: City, written: Callable[[dict[str, Any]], Path], tmp_path: Path) -> None:
    """A building without geometry of its own lies where its part does, and both name each other."""
    part = {**_building(), "type": "BuildingPart", "parents": ["whole"]}
    report = _loaded(empty, written(_document(whole={"type": "Building", "children": ["part"]}, part=part)))
    assert report.accepted == 2
    file = tmp_path / "out.city.json"
    export_cityjson(empty.register, file, CityJsonRequest())
    require_valid(file)
    objects = json.loads(file.read_text(encoding="utf-8"))["CityObjects"]
    assert (objects["whole"]["children"], objects["part"]["parents"]) == (["part"], ["whole"])
    orphan = _loaded(empty, written(_document(alone={**part, "parents": ["nobody"]})))
    assert [d["code"] for d in orphan.log] == ["urban_planning.city-object.part-of"]
