"""Questions to the city in three dimensions: objects, terrain, shadows, sight; as of any date, in any draft."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import shapely
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from shapely.geometry.base import BaseGeometry

from api.drafts.asked import InDraft
from api.urban_planning.city3d_asked import (
    Bbox,
    Known,
    Valid,
    View,
    area_of,
    day_of,
    degrees,
    instant_of,
    line_of,
    moment_of,
    point_of,
    space_point_of,
    viewing,
)
from api.violations import on_globe
from cadastres.land.model import PARCEL
from cadastres.urban_planning.city3d_analysis import MINUTES, casts, line_of_sight, shade
from cadastres.urban_planning.city3d_scene import Body
from data.exports.cityjson import document
from gis import store
from gis.errors import BadRequest, Gone, NotFound
from gis.sun import Sun, suns
from gis.terrain import GroundHeight, along
from gis.text import Text

router = APIRouter(prefix="/urban-planning", tags=["city in 3D"])

MOST: Final = 20_000
"""Bodies in one answer; a larger area is asked for piece by piece, or exported."""

_GEO: Final = "application/geo+json"

FeatureId = Annotated[int, Path(ge=1, le=2**62, description="Id of an object, or of a building.")]


@router.get("/city3d.city.json")
def cityjson(
    request: Request, bbox: Bbox = None, valid: Valid = None, recorded_at: Known = None, draft: InDraft = None
) -> Response:
    """The city as CityJSON 2.0: objects as recorded, and blocks of the buildings that have none."""
    instant = instant_of(request.app.state.register, valid, recorded_at, draft)
    with viewing(request, instant, ("bbox",)) as view:
        bodies = _bodies(view, bbox)
        return JSONResponse(document(bodies, view.profile, view.reading), media_type="application/city+json")


@router.get("/3d/objects")
def objects(
    request: Request, bbox: Bbox = None, valid: Valid = None, recorded_at: Known = None, draft: InDraft = None
) -> Response:
    """Heights and volumes of all that stands in an area, with outlines."""
    instant = instant_of(request.app.state.register, valid, recorded_at, draft)
    with viewing(request, instant, ("bbox",)) as view:
        return _collection([_feature(body, view) for body in _bodies(view, bbox)])


@router.get("/3d/objects/{feature_id}")
def one_object(
    request: Request,
    feature_id: FeatureId,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """Heights and volume of one object; of a building, those of the object that depicts it, else of its block."""
    instant = instant_of(request.app.state.register, valid, recorded_at, draft)
    with viewing(request, instant, ()) as view:
        return JSONResponse(_feature(_found(view, feature_id), view), media_type=_GEO)


@router.get("/3d/terrain")
def terrain(
    request: Request,
    point: Annotated[str | None, Query(description="Longitude and latitude.")] = None,
    line: Annotated[str | None, Query(description="Longitudes and latitudes of a profile.")] = None,
    step: Annotated[float, Query(gt=0, le=10_000, description="Metres between the heights of a profile.")] = 30.0,
    valid: Valid = None,
    recorded_at: Known = None,
) -> Response:
    """The height of the ground at a point or along a line, how sure it is, and where it was filled in."""
    instant = instant_of(request.app.state.register, valid, recorded_at, None)
    with viewing(request, instant, ("point", "line", "step")) as view:
        if (point is None) == (line is None):
            raise BadRequest(_ONE_OF.filled(names="point, line"), parameter="point")
        if point is not None:
            x, y = point_of("point", point, view.profile)
            return JSONResponse(_ground(view.scene.terrain.height(x, y)))
        way = line_of("line", str(line), view.profile)
        # Asked of the length, before a single point is made: a tiny step would fill the memory.
        if shapely.LineString(way).length > MOST * step:
            raise BadRequest(_MANY.filled(most=MOST), parameter="step")
        course = along(way, step)
        told = [
            {
                "distance": round(float(row[2]), 3),
                "point": degrees((row[0], row[1], 0.0), view.profile)[:2],
                **_ground(g),
            }
            for row, g in zip(course, view.scene.terrain.heights(course[:, :2]), strict=True)
        ]
        return JSONResponse({"profile": told})


@router.get("/3d/shadow")
def shadow_at(
    request: Request,
    at: Annotated[str, Query(description="Date and hour; without an offset, the city's own time.")],
    of: Annotated[int | None, Query(ge=1, le=2**62, description="Id of an object, or of a building.")] = None,
    bbox: Bbox = None,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """The shadow that an object throws, or each in an area, on the level of its own ground at a date and hour."""
    instant = instant_of(request.app.state.register, valid, recorded_at, draft)
    with viewing(request, instant, ("at", "of", "bbox")) as view:
        if (of is None) == (bbox is None):
            raise BadRequest(_ONE_OF.filled(names="of, bbox"), parameter="of")
        moment = moment_of(at, view.profile)
        bodies = [_found(view, of)] if of is not None else view.scene.obstacles(area_of(str(bbox), view.profile))
        middle = _middle(bodies) if of is not None else area_of(str(bbox), view.profile).centroid
        sun = suns([moment], middle.x, middle.y, view.profile.system)[0]
        found = casts(bodies, sun) if sun.up else []
        shown = [_shaped(cast.shape, view, _named(cast.body)) for cast in found]
        told = {"at": moment.isoformat(), "sun": _sun(sun)}
        return JSONResponse({"type": "FeatureCollection", **told, "features": shown}, media_type=_GEO)


@router.get("/3d/shadow-hours")
def shadow_hours(
    request: Request,
    date: Annotated[str, Query(description="A day, in the city's own time.")],
    point: Annotated[str | None, Query(description="Longitude and latitude.")] = None,
    parcel: Annotated[int | None, Query(ge=1, le=2**62, description="Id of a parcel.")] = None,
    minutes: Annotated[int, Query(ge=1, le=60, description="Between two looks at the sun.")] = MINUTES,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """For how many hours of a day a point or a parcel has sun, and for how many it lies in shadow."""
    instant = instant_of(request.app.state.register, valid, recorded_at, draft)
    with viewing(request, instant, ("date", "point", "parcel", "minutes")) as view:
        if (point is None) == (parcel is None):
            raise BadRequest(_ONE_OF.filled(names="point, parcel"), parameter="point")
        place: BaseGeometry
        if point is not None:
            place = shapely.Point(point_of("point", point, view.profile))
        else:
            place = _parcel(view, parcel or 0)
        day = day_of(date)
        found = shade(view.scene, place, day, view.profile, minutes)
        told = {
            "date": day.isoformat(),
            "sun_up_from": found.sunrise and found.sunrise.isoformat(),
            "sun_up_to": found.sunset and found.sunset.isoformat(),
            "sunlit_hours": found.sunlit,
            "shaded_hours": found.shaded,
            "ground_height": found.ground,
            "looks": [{"at": moment.isoformat(), "shaded": round(share, 4)} for moment, share in found.looks],
        }
        return JSONResponse(told)


@router.get("/3d/line-of-sight")
def sight(
    request: Request,
    from_: Annotated[str, Query(alias="from", description="Longitude, latitude, height [m].")],
    to: Annotated[str, Query(description="Longitude, latitude, height [m].")],
    heights: Annotated[str, Query(pattern="^(absolute|ground)$", description="From what heights count.")] = "absolute",
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """Whether one point is seen from another, and what stands between: bodies by their names, or the ground."""
    instant = instant_of(request.app.state.register, valid, recorded_at, draft)
    with viewing(request, instant, ("from", "to", "heights")) as view:
        ends = [space_point_of(name, text, view.profile) for name, text in (("from", from_), ("to", to))]
        if heights == "ground":
            ends = [_raised(end, view) for end in ends]
        found = line_of_sight(view.scene, *ends)
        told = {
            "visible": not found.obstacles,
            "length": found.length,
            "from": degrees(found.start, view.profile),
            "to": degrees(found.end, view.profile),
            "over_terrain": found.over_terrain,
            "obstacles": [
                {
                    **({"kind": "terrain"} if o.body is None else {"kind": "body", **_named(o.body)}),
                    "place": degrees(o.place, view.profile),
                    "distance": o.distance,
                }
                for o in found.obstacles
            ],
        }
        return JSONResponse(told)


def _raised(end: tuple[float, float, float], view: View) -> tuple[float, float, float]:
    ground = view.scene.terrain.height(end[0], end[1]).height
    if ground is None:
        raise BadRequest(_NO_TERRAIN, parameter="heights")
    return end[0], end[1], end[2] + ground


def _bodies(view: View, bbox: str | None) -> list[Body]:
    found = view.scene.bodies(None if bbox is None else area_of(bbox, view.profile))
    if len(found) > MOST:
        raise BadRequest(_TOO_MANY.filled(count=len(found), most=MOST), parameter="bbox")
    return found


def _found(view: View, feature_id: int) -> Body:
    body = view.scene.find(feature_id)
    if body is None:
        raise NotFound(_NO_BODY.filled(id=feature_id), feature_id=feature_id)
    return body


def _middle(bodies: Sequence[Body]) -> shapely.Point:
    return shapely.union_all([b.footprint for b in bodies]).centroid


def _parcel(view: View, feature_id: int) -> BaseGeometry:
    found = view.scene.shape_of(PARCEL, feature_id)
    if found is None:
        known = feature_id in store.tokens(view.connection, PARCEL, [feature_id])
        raise (Gone if known else NotFound)(_NO_PARCEL.filled(id=feature_id), feature_id=feature_id)
    return found


def _feature(body: Body, view: View) -> dict[str, Any]:
    ground, roof = body.ground_height, body.roof_height
    said = body.said or {}
    return _shaped(
        body.footprint,
        view,
        {
            **_named(body),
            "lod": body.shape.lod,
            "building_id": said.get("building_id") if body.said else body.feature_id,
            "ground_height": ground,
            "roof_height": roof,
            "height": None if ground is None or roof is None else round(roof - ground, 3),
            "volume": None if body.volume is None else round(body.volume, 3),
            "closed": said["closed"] if body.said else True,
            "vertical_system": said.get("vertical_system"),
            "derived": body.derived,
            "height_from": body.origin,
            "ground_known": body.ground_known,
        },
    )


def _named(body: Body) -> dict[str, Any]:
    return {
        "layer": body.layer,
        "feature_id": body.feature_id,
        "gml_id": body.gml_id,
        "object_type": body.object_type,
        "href": f"/ogc/collections/{body.layer}/items/{body.feature_id}",
    }


def _shaped(shape: BaseGeometry, view: View, said: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": on_globe(shape, view.profile.system), "properties": said}


def _collection(features: list[dict[str, Any]]) -> Response:
    return JSONResponse({"type": "FeatureCollection", "features": features}, media_type=_GEO)


def _ground(found: GroundHeight) -> dict[str, Any]:
    return {**found._asdict()}


def _sun(sun: Sun) -> dict[str, Any]:
    return {"up": sun.up, "azimuth": round(sun.azimuth, 3), "elevation": round(sun.elevation, 3)}


_ONE_OF: Final = Text(
    kk="Мына параметрлердің дәл біреуі керек: {names}.",
    ru="Нужен ровно один из параметров: {names}.",
    en="Exactly one of these parameters is needed: {names}.",
)
_MANY: Final = Text(
    kk="Бойлық қимада {most} биіктіктен көп; step мәнін үлкейтіңіз.",
    ru="В профиле больше {most} высот; увеличьте step.",
    en="The profile has more than {most} heights; make step greater.",
)
_TOO_MANY: Final = Text(
    kk="Мұнда {count} нысан бар, бір жауапта ең көбі {most}; bbox мәнін тарылтыңыз не qala export cityjson қолданыңыз.",
    ru="Здесь {count} объектов, в одном ответе не больше {most}; сузьте bbox или возьмите qala export cityjson.",
    en="There are {count} objects here, at most {most} go into an answer; narrow the bbox or use qala export cityjson.",
)
_NO_BODY: Final = Text(
    kk="Бұл күні {id} белгісімен үшөлшемді нысан да, тұрған ғимарат та жоқ.",
    ru="На эту дату нет ни трёхмерного объекта, ни стоящего здания с идентификатором {id}.",
    en="On that date there is neither an object in three dimensions nor a standing building with the id {id}.",
)
_NO_PARCEL: Final = Text(
    kk="Бұл күні {id} белгісімен жер учаскесі күшінде емес.",
    ru="На эту дату участок с идентификатором {id} не действует.",
    en="On that date no parcel with the id {id} is in force.",
)
_NO_TERRAIN: Final = Text(
    kk="Бұл жерде рельеф деректері жоқ; heights=absolute деп, абсолюттік биіктіктерді беріңіз.",
    ru="Здесь нет данных о рельефе; задайте heights=absolute и абсолютные высоты.",
    en="There is no terrain here; say heights=absolute and give absolute heights.",
)
