"""The environmental cadastre over HTTP: a registrar's acts, zones and their grounds, stations and what they measure."""

from fastapi import APIRouter

from api.environment.acts import router as _acts
from api.environment.measurements import router as _measurements
from api.environment.reading import router as _reading

router = APIRouter(prefix="/environment", tags=["environment"])
router.include_router(_measurements)
router.include_router(_reading)
router.include_router(_acts)

__all__ = ["router"]
