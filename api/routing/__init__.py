"""Ways through the city over HTTP: routes that explain themselves, isochrones, matrices, matched tracks, tours."""

from fastapi import APIRouter

from api.routing.conforming import router as _conforming
from api.routing.explaining import router as _explaining
from api.routing.inspecting import router as _inspecting
from api.routing.ogc import router as _ogc
from api.routing.reach import router as _reach
from api.routing.tables import router as _tables
from api.routing.tracks import router as _tracks
from api.routing.ways import router as _ways

router = APIRouter()
for _part in (_ways, _explaining, _conforming, _inspecting, _reach, _tables, _tracks):
    router.include_router(_part, prefix="/routing", tags=["routing"])
router.include_router(_ogc)

__all__ = ["router"]
