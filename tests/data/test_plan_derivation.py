"""A plan drawn from the map, and zones and lines brought in from files by mapping."""

from pathlib import Path

import geopandas
import pytest
import shapely

from data.loaders.importing import import_file
from data.loaders.request import ImportRequest
from data.plan_derivation import NothingToDraw, derive_plan
from tests.cadastres.land.registrar import box, many
from tests.cadastres.urban_planning.planner import LINE, PLAN, ZONE, Planner
from tests.city import City

TITLES = {"title_kk": "Бас жоспар", "title_ru": "Генеральный план"}


@pytest.fixture
def planner(empty_city: City) -> Planner:
    """A planner of Helsinki with one quarter of 400 by 400 metres."""
    at_work = Planner(empty_city)
    at_work.quarter()
    return at_work


def used(planner: Planner, west: float, side: float, use: str) -> None:
    """Put a square of land in a use."""
    area = many(box(west, 0, west + side, side))
    planner.city.put(
        "urban_planning.land_use", area, "2016-01-01", hilucs_land_use="5_ResidentialUse", specific_land_use=use
    )


def test_zones_follow_from_land_use(planner: Planner) -> None:
    """Each known use makes its zone, the smaller use wins, nothing lies beyond the quarters."""
    used(planner, 0, 200, "landuse=residential")
    used(planner, 50, 50, "landuse=retail")
    used(planner, 300, 200, "landuse=industrial")
    used(planner, 210, 20, "landuse=nobody_knows")
    planner.city.put("environment.green_area", many(box(0, 300, 50, 350)), "2016-01-01", green_area_type="park")
    done = derive_plan(planner.city.register, planner.act("2017-01-01"), TITLES)
    assert done.zones == {"industrial": 1, "public_business": 1, "recreation": 1, "residential": 1}
    with planner.city.register.reading() as connection:
        found = dict(
            connection.execute(
                "SELECT functional_zone, ST_Area(geom) FROM urban_planning.zoning_element WHERE plan_id = %s",
                (done.plan,),
            ).fetchall()
        )
    expected = {"industrial": 20_000.0, "public_business": 2500.0, "recreation": 2500.0, "residential": 37_500.0}
    assert found == pytest.approx(expected)
    assert planner.steps(done.plan) == [("2017-01-01", "elaboration")]


def test_a_mapping_file_of_the_citys_own(planner: Planner, tmp_path: Path) -> None:
    """Which use makes which zone is a file; a use that it lacks makes none."""
    used(planner, 0, 100, "landuse=retail")
    used(planner, 100, 100, "landuse=residential")
    mapping = tmp_path / "zones.toml"
    mapping.write_text(
        '[fields.functional_zone]\ncolumn = "specific_land_use"\n[fields.functional_zone.codes]\n'
        '"landuse=retail" = "special"\n'
    )
    done = derive_plan(planner.city.register, planner.act("2017-01-01"), TITLES, mapping)
    assert done.zones == {"special": 1}


def test_no_plan_without_a_map(planner: Planner) -> None:
    """Where no use is known nothing is drawn up."""
    with pytest.raises(NothingToDraw):
        derive_plan(planner.city.register, planner.act("2017-01-01"), TITLES)
    with planner.city.register.reading() as connection:
        assert connection.execute("SELECT count(*) FROM urban_planning.spatial_plan").fetchone() == (0,)


def test_zones_and_lines_come_from_a_geopackage(planner: Planner, tmp_path: Path) -> None:
    """By a mapping file; a zone that overlaps or lies outside is refused with its reason, the rest goes in."""
    plan = planner.draw_up(box(0, 0, 400, 400), "2017-01-01")
    zones = geopandas.GeoDataFrame(
        {"nr": ["A", "B", "C", "D"], "typ": ["Z", "Z", "P", "Z"], "h": [12.0, 15.0, None, 9.0]},
        geometry=[box(0, 0, 100, 100), box(100, 0, 200, 100), box(190, 50, 300, 150), box(380, 0, 500, 50)],
        crs=3879,
    )
    file, mapping = tmp_path / "plan.gpkg", tmp_path / "zones.toml"
    zones.to_file(file, layer="zones")
    mapping.write_text(
        'key = "nr"\nsource_layer = "zones"\n[fields]\ndesignation = "nr"\nmax_height = "h"\n'
        '[fields.functional_zone]\ncolumn = "typ"\ncodes = { Z = "residential", P = "recreation" }\n'
        f'[constants]\nplan_id = {plan}\nprocess_step_general = "elaboration"\n'
    )
    request = ImportRequest(layer=ZONE, file=file, act=planner.act("2017-02-01"), mapping=mapping)
    report = import_file(planner.city.register, request)
    assert (report.read, report.accepted, report.refused) == (4, 1, 3)
    codes = {(d["key"], d["code"]) for d in report.log}
    assert ("D", "urban_planning.zoning-element.within-plan") in codes
    assert ("C", "urban_planning.zoning-element.no-overlap") in codes
    planner.adopt(plan, "2017-03-01")
    assert planner.said(plan, "2017-03-01", PLAN)["process_step_general"] == "adoption"


def test_an_imported_zone_must_bear_its_plans_step(planner: Planner, tmp_path: Path) -> None:
    """A file that claims legal force for zones of a plan in elaboration is refused row by row."""
    plan = planner.draw_up(box(0, 0, 400, 400), "2017-01-01")
    file, mapping = tmp_path / "zones.geojson", tmp_path / "zones.toml"
    frame = geopandas.GeoDataFrame({"id": [1]}, geometry=[shapely.MultiPolygon([box(0, 0, 50, 50)])], crs=3879)
    frame.to_crs(4326).to_file(file)
    mapping.write_text(
        f'key = "id"\n[constants]\nfunctional_zone = "residential"\nplan_id = {plan}\n'
        'process_step_general = "legalForce"\n'
    )
    request = ImportRequest(layer=ZONE, file=file, act=planner.act("2017-02-01"), mapping=mapping)
    report = import_file(planner.city.register, request)
    assert [d["code"] for d in report.log] == ["urban_planning.zoning-element.step-of-plan"]


def test_red_lines_from_a_file_record_the_buildings_they_cross(planner: Planner, tmp_path: Path) -> None:
    """The rows go in; those that cross a building are told as accepted with a defect, which stands on record."""
    house = planner.building(box(10, 0, 20, 10))
    x, y = box(0, 0, 1, 1).bounds[:2]
    lines = [shapely.LineString([(x, y + d), (x + 100, y + d)]) for d in (5, 50)]
    file, mapping = tmp_path / "red.gpkg", tmp_path / "red.toml"
    geopandas.GeoDataFrame({"nr": ["1", "2"]}, geometry=lines, crs=3879).to_file(file)
    mapping.write_text(
        'key = "nr"\n[fields]\ndesignation = "nr"\n'
        '[constants]\nline_kind = "red_line"\nbuilding_side = "left"\nprocess_step_general = "legalForce"\n'
    )
    request = ImportRequest(layer=LINE, file=file, act=planner.act("2017-02-01"), mapping=mapping)
    report = import_file(planner.city.register, request)
    assert (report.read, report.accepted, report.accepted_with_defect, report.refused) == (2, 1, 1, 0)
    ((crossing, _, length),) = planner.on_record("urban_planning.regulation-line.crossed")
    assert (crossing, length) == (house, pytest.approx(10.0, abs=1e-3))
