"""The counter over HTTP: applications taken in and examined by clerks, their status for whoever holds a receipt."""

from fastapi import APIRouter

from api.counter.documents import router as _documents
from api.counter.examination import router as _examination
from api.counter.reading import router as _reading

router = APIRouter(prefix="/counter", tags=["counter"])
router.include_router(_examination)
router.include_router(_documents)
router.include_router(_reading)

__all__ = ["router"]
