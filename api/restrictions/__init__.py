"""What restricts a parcel, and what a restriction touches: extracts, the reverse question, coverage, distances."""

from fastapi import APIRouter

from api.restrictions.affected import router as _affected
from api.restrictions.extracts import router as _extracts
from api.restrictions.statistics import router as _statistics

router = APIRouter()
for _part in (_extracts, _statistics, _affected):
    router.include_router(_part, prefix="/restrictions", tags=["restrictions"])

__all__ = ["router"]
