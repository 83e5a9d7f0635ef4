"""What the register demands of objects in three dimensions, by acts."""

import json
from typing import Any

import pytest
import shapely

from cadastres.urban_planning.city3d_model import CITY_OBJECT
from cadastres.urban_planning.city3d_shape import Shape
from cadastres.urban_planning.city3d_verbs import Reshape, TakeIn
from gis import store
from gis.errors import RuleBroken
from gis.rules import Violation
from gis.solid import Solid
from tests.city import ORIGIN, City
from tests.city3d import CUBE, cube, said

HERE = (*ORIGIN, 5.0)


def shape(solid: Solid | None = None) -> Shape:
    """Return a cube at the origin of the test city, or another solid, as a shape."""
    return Shape.read(json.dumps(said(solid or cube(at=HERE))))


def taken_in(city: City, day: str = "2020-01-01", solid: Solid | None = None, **attributes: Any) -> int:
    """Take an object in; return its id."""
    command = TakeIn(shape=shape(solid), attributes={"gml_id": "a", "object_type": "Building", **attributes})
    return city.register.perform(command, city.act(day)).features[-1]


def broken(city: City, day: str = "2020-01-01", solid: Solid | None = None, **attributes: Any) -> list[Violation]:
    """Return the violations for which an object is refused."""
    with pytest.raises(RuleBroken) as refusal:
        taken_in(city, day, solid, **attributes)
    found: list[Violation] = refusal.value.data["violations"]
    return found


def test_what_an_object_is_follows_from_its_shape(empty_city: City) -> None:
    """Heights, volume and outline are measured."""
    feature = taken_in(empty_city)
    with empty_city.register.reading() as connection:
        (version,) = store.timelines(connection, CITY_OBJECT, [feature])[feature]
    assert version.geometry.equals(shapely.box(*ORIGIN, ORIGIN[0] + 10, ORIGIN[1] + 10))
    measured = {name: version.attributes[name] for name in ("lod", "ground_height", "roof_height", "volume", "closed")}
    assert measured == {"lod": "1", "ground_height": 5.0, "roof_height": 15.0, "volume": 1000.0, "closed": True}
    assert version.attributes["flaws"] is None


def test_flaws_of_a_solid_are_told_by_face(empty_city: City) -> None:
    """Each under its rule, with its face and its place."""
    open_top = broken(empty_city, solid=cube(at=HERE, lacking=1))
    assert {v.rule for v in open_top} == {"urban_planning.city-object.closed"}
    assert {v.detail for v in open_top} == {f"open-edge: geometry 0, shell 0, face {n}" for n in (1, 2, 3, 4)}
    assert all(
        v.place is not None and v.place.distance(shapely.box(*ORIGIN, ORIGIN[0] + 10, ORIGIN[1] + 10)) == 0
        for v in open_top
    )
    turned = Solid(cube(at=HERE).vertices, ((*CUBE[:5], (CUBE[5][0][::-1],)),))
    (inverted,) = broken(empty_city, solid=turned)
    assert (inverted.rule, inverted.detail) == (
        "urban_planning.city-object.oriented",
        "inverted-face: geometry 0, shell 0, face 5",
    )
    doubled = Solid(cube(at=HERE).vertices, ((*CUBE, CUBE[1]),))
    assert {v.rule for v in broken(empty_city, solid=doubled)} == {"urban_planning.city-object.simple"}


def test_two_objects_of_one_identifier_are_refused(empty_city: City) -> None:
    """At one time; whoever comes after the first has ended may have its name."""
    taken_in(empty_city)
    (violation,) = broken(empty_city, "2021-01-01", cube(at=(HERE[0] + 50, HERE[1], 0)))
    assert violation.rule == "urban_planning.city-object.unique"


def test_a_part_without_its_whole_is_refused(empty_city: City) -> None:
    """And one that is there before its whole, for as long as it is."""
    (violation,) = broken(empty_city, gml_id="part", object_type="BuildingPart", parent_id="whole")
    assert (violation.rule, violation.detail) == ("urban_planning.city-object.part-of", "whole")
    taken_in(empty_city, "2021-01-01", gml_id="whole")
    (early,) = broken(empty_city, "2020-01-01", gml_id="part", object_type="BuildingPart", parent_id="whole")
    assert early.valid.end == empty_city.profile.midnight(empty_city.act("2021-01-01").source.acceptance)
    assert taken_in(empty_city, "2022-01-01", gml_id="part", object_type="BuildingPart", parent_id="whole")


def test_an_object_beside_its_building_is_told(empty_city: City) -> None:
    """A warning: somebody may have named the wrong building."""
    outline = shapely.MultiPolygon([shapely.box(ORIGIN[0] + 100, ORIGIN[1], ORIGIN[0] + 120, ORIGIN[1] + 20)])
    building = empty_city.put("real_estate.building", outline, condition_of_construction="functional")
    command = TakeIn(shape=shape(), attributes={"gml_id": "a", "object_type": "Building", "building_id": building})
    done = empty_city.register.perform(command, empty_city.act())
    assert [v.rule for v in done.warnings] == ["urban_planning.city-object.on-building"]


def test_a_new_shape_holds_from_its_day_on(empty_city: City) -> None:
    """What stood before stays what it was."""
    feature = taken_in(empty_city)
    taller = Reshape(feature=feature, shape=shape(cube(at=HERE, side=10.0)), attributes={})
    grown = Reshape(feature=feature, shape=shape(cube(at=HERE, side=20.0)), attributes={"vertical_system": "EPSG:5773"})
    empty_city.register.perform(taller, empty_city.act("2021-01-01"))
    empty_city.register.perform(grown, empty_city.act("2022-01-01"))
    with empty_city.register.reading() as connection:
        versions = store.timelines(connection, CITY_OBJECT, [feature])[feature]
    assert [v.attributes["volume"] for v in versions][-1] == 8000.0
    assert versions[0].attributes["volume"] == 1000.0
    assert versions[-1].attributes["vertical_system"] == "EPSG:5773"
