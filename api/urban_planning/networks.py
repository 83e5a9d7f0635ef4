"""Engineering networks over HTTP: a registrar's acts, and what can be asked of them."""

from fastapi import APIRouter

from api.urban_planning.networks_acts import router as _acts
from api.urban_planning.networks_reading import router as _reading

router = APIRouter(prefix="/urban-planning/networks", tags=["urban planning: networks"])
router.include_router(_acts)
router.include_router(_reading)
