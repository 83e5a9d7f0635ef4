"""The acts of a registrar on objects in three dimensions; ``?dry-run=true`` asks whether one may be."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import Field

from api.land.bodies import ActBody, Word, typed
from api.urban_planning.desk import AtPlanningDesk
from cadastres.land.verbs import Archive
from cadastres.urban_planning.city3d_model import CITY_OBJECT
from cadastres.urban_planning.city3d_shape import Shape
from cadastres.urban_planning.city3d_verbs import Reshape, TakeIn
from data.loaders.cityjson import Systems, object_of
from gis.profile import CityProfile

router = APIRouter(prefix="/urban-planning/city-objects", tags=["city in 3D"])

Vertices = Annotated[
    list[tuple[float, float, float]], Field(min_length=3, max_length=200_000, description="x, y, height [m].")
]
Geometries = Annotated[
    list[dict[str, Any]], Field(min_length=1, max_length=100, description="Geometry objects of CityJSON 2.0.")
]
InUrl = Annotated[int, Path(ge=1, le=2**62, description="Id in the register.")]

_TYPED: Final = "GenericCityObject"


class ShapeBody(ActBody):
    """An object's shape: its points in the body's ``crs`` (by default longitude, latitude), and geometries over them.

    Heights are left as they are; ``vertical_system`` says from what they count.
    """

    vertices: Vertices
    geometry: Geometries
    building_id: Annotated[int | None, Field(ge=1, description="The building that it depicts.")] = None
    vertical_system: Word | None = None

    def shape(self, profile: CityProfile, swap: bool, system: Any) -> Shape:  # noqa: FBT001 - how the points are written
        """Return the shape in the city's system."""
        points = [(y, x, z) if swap else (x, y, z) for x, y, z in self.vertices]
        said = {"type": _TYPED, "vertices": points, "geometry": self.geometry}
        return object_of(said, "", Systems(system, None), profile.system).shape

    def said(self) -> dict[str, Any]:
        """Return what the body says beside the shape; what it leaves out is left as it is."""
        given = {"building_id": self.building_id, "vertical_system": self.vertical_system}
        return {name: value for name, value in given.items() if name in self.model_fields_set}


class ObjectBody(ShapeBody):
    """An object to be taken in."""

    gml_id: Word
    object_type: Word = "Building"
    parent_id: Word | None = None


@router.post("", status_code=201)
def take_in(at: AtPlanningDesk, body: ObjectBody) -> Response:
    """Take an object in; its heights, volume and flaws are measured, and the rules speak of them."""
    named = {"gml_id": body.gml_id, "object_type": body.object_type, "parent_id": body.parent_id}
    command = TakeIn(shape=_shape(at, body), attributes=typed(CITY_OBJECT, {**named, **body.said()}))
    return at.perform(command, at.act(body), CITY_OBJECT)


@router.post("/{feature}/reshape")
def reshape(at: AtPlanningDesk, body: ShapeBody, feature: InUrl) -> Response:
    """Give an object another shape from the legal date on."""
    known = at.known(CITY_OBJECT, feature)
    command = Reshape(feature=known, shape=_shape(at, body), attributes=typed(CITY_OBJECT, body.said()))
    return at.perform(command, at.act(body), CITY_OBJECT, [feature])


@router.post("/{feature}/archive")
def archive(at: AtPlanningDesk, body: ActBody, feature: InUrl) -> Response:
    """End an object: what it depicted stands no longer, or is depicted otherwise."""
    command = Archive(feature=at.known(CITY_OBJECT, feature), layer=CITY_OBJECT.name)
    return at.perform(command, at.act(body), CITY_OBJECT, [feature])


def _shape(at: AtPlanningDesk, body: ShapeBody) -> Shape:
    geometer = at.geometer(body)
    course = [[x, y] for x, y, _ in body.vertices]
    geometer.line({"type": "LineString", "coordinates": course})  # refuses points that lie off the city
    crs = geometer.crs
    return body.shape(at.register.profile, crs.swap, crs.system)
