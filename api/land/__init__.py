"""The land cadastre over HTTP: a registrar's acts, a parcel as it was on any date, the gaps in a quarter."""

from fastapi import APIRouter

from api.land.acts import router as _acts
from api.land.reading import router as _reading

router = APIRouter(prefix="/land", tags=["land"])
router.include_router(_acts)
router.include_router(_reading)

__all__ = ["router"]
