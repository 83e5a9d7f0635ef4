"""The real-estate cadastre over HTTP: acts on rights and objects, passports, extracts, stories, issued documents."""

from fastapi import APIRouter

from api.real_estate.acts import router as _acts
from api.real_estate.documents import router as _documents
from api.real_estate.holdings import router as _holdings
from api.real_estate.objects_acts import router as _objects
from api.real_estate.reading import router as _reading

router = APIRouter()
router.include_router(_acts, prefix="/real-estate", tags=["real estate"])
router.include_router(_objects, prefix="/real-estate", tags=["real estate"])
router.include_router(_reading, prefix="/real-estate", tags=["real estate"])
router.include_router(_holdings, prefix="/real-estate", tags=["real estate"])
router.include_router(_documents, tags=["documents"])

__all__ = ["router"]
