"""The city in three dimensions over HTTP: heights, shadows, sight, acts, CityJSON and tiles."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
import shapely
import trimesh
from pyproj import Transformer

from gis import tokens
from gis.database import connect
from tests.api.server import serving
from tests.city import ORIGIN, City
from tests.city3d import cube, said
from tests.cityjson_schema import require_valid

TO_DEGREES = Transformer.from_crs(3879, 4326, always_xy=True)
ACT = {"source": {"kind": "survey", "number": "S-1", "acceptance": "2020-01-01"}, "reason": "survey"}


def at(east: float, north: float, height: float | None = None) -> str:
    """Return a place in metres from the tests' origin as a parameter."""
    longitude, latitude = TO_DEGREES.transform(ORIGIN[0] + east, ORIGIN[1] + north)
    return f"{longitude:.9f},{latitude:.9f}" + ("" if height is None else f",{height}")


@dataclass(frozen=True)
class Block:
    """A served register with three buildings: 12 m high by its record, four storeys, of nothing known."""

    city: City
    client: httpx2.Client
    tall: int
    storeyed: int
    unknown: int

    def get(self, path: str, **query: Any) -> Any:
        """Return an answer's JSON."""
        answer = self.client.get(f"/urban-planning/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def block(fresh_city: Callable[[str], City]) -> Iterator[Block]:
    """Serve it."""
    city = fresh_city("helsinki")

    def house(east: float, north: float, **known: Any) -> int:
        x, y = ORIGIN[0] + east, ORIGIN[1] + north
        outline = shapely.MultiPolygon([shapely.box(x, y, x + 20, y + 10)])
        return city.put("real_estate.building", outline, condition_of_construction="functional", **known)

    ids = house(0, 0, height_above_ground=12.0), house(0, 100, number_of_floors_above_ground=4), house(900, 900)
    with connect(city.register.database.owner) as connection:
        secret = tokens.create(connection, "A. Planner", "registrar")
    with (
        serving(city.register) as server,
        httpx2.Client(base_url=server.address, timeout=120.0, headers={"Authorization": f"Bearer {secret}"}) as client,
    ):
        yield Block(city, client, *ids)


def test_buildings_are_blocks_as_high_as_is_known_and_say_so(block: Block) -> None:
    """By the recorded height, by storeys of three metres, or assumed: never passed off as measured."""
    told = {f["properties"]["feature_id"]: f["properties"] for f in block.get("3d/objects")["features"]}
    seen = {i: (told[i]["height"], told[i]["height_from"], told[i]["volume"]) for i in told}
    assert seen[block.tall] == (12.0, "height", 2400.0)
    assert seen[block.storeyed] == (12.0, "storeys", 2400.0)
    assert seen[block.unknown] == (3.0, "assumed", 600.0)
    assert all(p["derived"] and not p["ground_known"] for p in told.values())


def test_the_city_goes_out_as_cityjson(block: Block, tmp_path: Path) -> None:
    """Only what lies in the box, valid by the standard's schema, each block marked as derived."""
    west, south = at(-5, -5).split(",")
    east, north = at(200, 200).split(",")
    document = block.get("city3d.city.json", bbox=f"{west},{south},{east},{north}")
    file = tmp_path / "block.city.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    require_valid(file)
    assert set(document["CityObjects"]) == {f"building-{block.tall}", f"building-{block.storeyed}"}
    assert all(o["attributes"]["qala_derived"] for o in document["CityObjects"].values())


def test_a_shadow_is_as_long_as_the_sun_is_low(block: Block) -> None:
    """Towards the side away from the sun, by the height over the tangent; the hour is the city's own."""
    told = block.get("3d/shadow", of=block.tall, at="2026-06-21T18:00")
    assert told["at"] == "2026-06-21T18:00:00+03:00"
    sun = told["sun"]
    assert sun["up"]
    assert 260 < sun["azimuth"] < 270
    (feature,) = told["features"]
    back = Transformer.from_crs(4326, 3879, always_xy=True)
    shape = shapely.transform(
        shapely.geometry.shape(feature["geometry"]), lambda p: np.column_stack(back.transform(p[:, 0], p[:, 1]))
    )
    length = 12 / np.tan(np.radians(sun["elevation"]))
    easting = length * -np.sin(np.radians(sun["azimuth"]))
    assert shape.bounds[2] - (ORIGIN[0] + 20) == pytest.approx(easting, abs=0.2)


def test_at_night_the_answer_says_that_the_sun_is_down(block: Block) -> None:
    """And no shadow is made up."""
    told = block.get("3d/shadow", of=block.tall, at="2026-12-21T18:00")
    assert (told["sun"]["up"], told["features"]) == (False, [])


def test_north_of_a_wall_the_sun_is_rare(block: Block) -> None:
    """A metre behind it in autumn hardly ever, out in the open all day; both days have the same sun."""
    behind = block.get("3d/shadow-hours", point=at(10, 11), date="2026-10-01")
    open_ground = block.get("3d/shadow-hours", point=at(400, 400), date="2026-10-01")
    assert open_ground["shaded_hours"] == 0
    assert open_ground["sunlit_hours"] == pytest.approx(11.6, abs=0.4)
    assert behind["sunlit_hours"] < 2
    assert behind["sunlit_hours"] + behind["shaded_hours"] == pytest.approx(open_ground["sunlit_hours"])


def test_a_building_stands_in_the_way_and_is_named(block: Block) -> None:
    """Through it nothing is seen, over its roof everything."""
    low = block.get("3d/line-of-sight", **{"from": at(10, -20, 5), "to": at(10, 40, 5)})
    over = block.get("3d/line-of-sight", **{"from": at(10, -20, 13), "to": at(10, 40, 13)})
    assert (low["visible"], over["visible"]) == (False, True)
    (obstacle,) = low["obstacles"]
    assert obstacle["feature_id"] == block.tall
    assert obstacle["distance"] == pytest.approx(20, abs=0.01)


def test_a_surveyed_object_takes_the_place_of_its_block(block: Block) -> None:
    """By an act, from its day on; on the day before the block still stands; then tiles and heights follow."""
    body = {**ACT, **said(cube(at=(ORIGIN[0], ORIGIN[1], 3.0))), "crs": "EPSG:3879"}
    sent = {**body, "gml_id": "kiosk", "building_id": block.unknown, "valid_from": "2022-01-01"}
    asked = block.client.post("/urban-planning/city-objects?dry-run=true", json=sent)
    assert asked.json()["allowed"], asked.text
    made = block.client.post("/urban-planning/city-objects", json=sent)
    assert made.status_code == 201, made.text
    now, then = (
        block.get(f"3d/objects/{block.unknown}", **when)["properties"] for when in ({}, {"datetime": "2021-06-01"})
    )
    assert (now["gml_id"], now["height"], now["volume"], now["derived"]) == ("kiosk", 10.0, 1000.0, False)
    assert (then["height"], then["derived"]) == (3.0, True)
    feature = made.json()["features"][0]["id"]
    ended = block.client.post(
        f"/urban-planning/city-objects/{feature}/archive",
        json={**ACT, "reason": "pulled down", "valid_from": "2023-01-01"},
    )
    assert ended.status_code == 200, ended.text
    assert block.get(f"3d/objects/{block.unknown}")["properties"]["derived"]


def test_a_draft_shows_in_heights_and_tiles_and_nowhere_else(block: Block) -> None:
    """What is proposed stands in the draft's scene; the register's own answers stay as they were."""
    before = block.get("3d/tiles/tileset.json")
    opened = block.client.post("/drafts", json={"name": "tower", "title": "A tower", "valid_from": "2024-01-01"})
    assert opened.status_code == 201, opened.text
    body = {**said(cube(at=(ORIGIN[0] + 300, ORIGIN[1], 0.0), side=60.0)), "gml_id": "tower", "crs": "EPSG:3879"}
    made = block.client.post("/urban-planning/city-objects?draft=tower", json={**body, "reason": "a variant"})
    assert made.status_code == 201, made.text
    drafted = {f["properties"]["gml_id"] for f in block.get("3d/objects", draft="tower")["features"]}
    assert "tower" in drafted
    assert "tower" not in {f["properties"]["gml_id"] for f in block.get("3d/objects")["features"]}
    ends = {"from": at(290, 30, 5), "to": at(400, 30, 5)}
    assert not block.get("3d/line-of-sight", draft="tower", **ends)["visible"]
    assert block.get("3d/line-of-sight", **ends)["visible"]
    assert "draft=tower" in json.dumps(block.get("3d/tiles/tileset.json", draft="tower"))
    assert block.get("3d/tiles/tileset.json") == before


def test_points_off_the_city_are_refused(block: Block) -> None:
    """Northing and easting in the wrong order, say: nothing is measured of them."""
    body = {**ACT, **said(cube(at=(ORIGIN[1], ORIGIN[0], 0))), "gml_id": "astray", "crs": "EPSG:3879"}
    refused = block.client.post("/urban-planning/city-objects", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad-geometry"), refused.text


def test_an_open_solid_is_refused_by_an_act(block: Block) -> None:
    """With the rule and the faces."""
    body = {**ACT, **said(cube(at=(0, 0, 0), lacking=0)), "gml_id": "open", "crs": "EPSG:3879"}
    body["vertices"] = [[ORIGIN[0] + x, ORIGIN[1] + 500 + y, z] for x, y, z in body["vertices"]]
    refused = block.client.post("/urban-planning/city-objects", json=body)
    assert refused.status_code == 422, refused.text
    assert {v["rule"] for v in refused.json()["violations"]} == {"urban_planning.city-object.closed"}


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("3d/shadow", {"at": "noon", "of": 1}, 400),
        ("3d/shadow", {"at": "2026-06-21T12:00"}, 400),
        ("3d/shadow", {"at": "2026-06-21T12:00", "of": 999_999_999}, 404),
        ("3d/terrain", {"point": "1,1"}, 400),
        ("3d/terrain", {"point": "x"}, 400),
        ("3d/line-of-sight", {"from": at(0, 0, 1), "to": at(0, 0, 1)}, 400),
        ("3d/line-of-sight", {"from": at(0, 0, 1), "to": at(9, 0, 1), "heights": "ground"}, 400),
        ("3d/shadow-hours", {"date": "2026-13-01", "point": at(0, 0)}, 400),
        ("3d/shadow-hours", {"date": "2026-06-21", "parcel": 999_999_999}, 404),
        ("3d/terrain", {"line": "24.94,60.165,24.95,60.17", "step": "0.00001"}, 400),
        ("3d/terrain", {"line": "24.94,60.165,24.95,60.17", "step": "1e-300"}, 400),
        ("3d/tiles/0/0/0.glb", {}, 404),
        ("3d/objects", {"colour": "red"}, 400),
    ],
)
def test_what_makes_no_sense_is_refused(block: Block, path: str, query: dict[str, Any], status: int) -> None:
    """With a reason in the asker's language."""
    answer = block.client.get(f"/urban-planning/{path}", params=query, headers={"Accept-Language": "kk"})
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]


def _tiles(block: Block) -> dict[str, bytes]:
    """Return every tile that the tile set names."""
    found: dict[str, bytes] = {}

    def walk(node: dict[str, Any]) -> None:
        if "content" in node:
            uri = node["content"]["uri"]
            answer = block.client.get(f"/urban-planning/3d/tiles/{uri}")
            assert answer.headers["content-type"] == "model/gltf-binary"
            found[uri.partition("?")[0]] = answer.content
        for child in node.get("children", ()):
            walk(child)

    walk(block.get("3d/tiles/tileset.json")["root"])
    return found


def test_an_edit_rebuilds_the_tiles_that_it_touches_and_no_others(block: Block) -> None:
    """The others are the same to the byte; nothing is built twice."""
    before = _tiles(block)
    assert len(before) == 2
    with block.city.register.reading() as connection:
        built = connection.execute("SELECT count(*) FROM qala.scene_tile").fetchone()
    assert _tiles(block) == before
    with block.city.register.reading() as connection:
        assert connection.execute("SELECT count(*) FROM qala.scene_tile").fetchone() == built
    x, y = ORIGIN[0] + 930, ORIGIN[1] + 900
    outline = shapely.MultiPolygon([shapely.box(x, y, x + 10, y + 10)])
    block.city.put("real_estate.building", outline, condition_of_construction="functional", height_above_ground=30.0)
    after = _tiles(block)
    assert after.keys() == before.keys()
    assert sum(after[name] != before[name] for name in before) == 1
    with block.city.register.reading() as connection:
        assert connection.execute("SELECT count(*) - %s FROM qala.scene_tile", built).fetchone() == (1,)


def test_tiles_hold_the_buildings_where_they_are(block: Block) -> None:
    """Another library reads the glTF; its tile's transform brings every corner to its place on the globe."""
    to_globe = Transformer.from_crs(4979, 4978, always_xy=True)
    expected = []
    for x, y in ((0, 0), (20, 10), (0, 100), (20, 110)):
        longitude, latitude = TO_DEGREES.transform(ORIGIN[0] + x, ORIGIN[1] + y)
        expected += [to_globe.transform(longitude, latitude, z) for z in (0.0, 12.0)]
    corners = []
    volumes = 0.0

    def walk(node: dict[str, Any]) -> None:
        nonlocal volumes
        if "content" in node:
            content = block.client.get(f"/urban-planning/3d/tiles/{node['content']['uri']}").content
            mesh: Any = trimesh.load(io.BytesIO(content), file_type="glb", force="mesh", process=False)
            up = np.column_stack(
                [mesh.vertices[:, 0], -mesh.vertices[:, 2], mesh.vertices[:, 1], np.ones(len(mesh.vertices))]
            )
            corners.append((up @ np.array(node["transform"]).reshape(4, 4))[:, :3])
            volumes += mesh.volume
        for child in node.get("children", ()):
            walk(child)

    walk(block.get("3d/tiles/tileset.json")["root"])
    everywhere = np.concatenate(corners)
    for corner in expected:
        assert np.linalg.norm(everywhere - np.array(corner), axis=1).min() < 0.002
    heights = [f["properties"]["volume"] for f in block.get("3d/objects")["features"]]
    assert volumes == pytest.approx(sum(heights), rel=2e-3)
