"""The urban-planning cadastre over HTTP: acts of planners, plans as they were on any date, what may be built."""

from fastapi import APIRouter

from api.urban_planning.acts import router as _acts
from api.urban_planning.auctions_acts import router as _auctions_acts
from api.urban_planning.auctions_reading import router as _auctions_reading
from api.urban_planning.building_envelope import router as _envelope
from api.urban_planning.construction_acts import router as _construction_acts
from api.urban_planning.construction_reading import router as _construction_reading
from api.urban_planning.reading import router as _reading

router = APIRouter(prefix="/urban-planning", tags=["urban planning"])
router.include_router(_acts)
router.include_router(_reading)
router.include_router(_envelope)
router.include_router(_construction_acts)
router.include_router(_construction_reading)
router.include_router(_auctions_acts)
router.include_router(_auctions_reading)

__all__ = ["router"]
