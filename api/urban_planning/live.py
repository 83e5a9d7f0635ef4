"""The living street over HTTP: feeds of speeds and states, closures, reports from the field."""

from fastapi import APIRouter

from api.urban_planning.live_closures import router as _closures
from api.urban_planning.live_feeds import router as _feeds
from api.urban_planning.live_reading import router as _reading
from api.urban_planning.live_reports import router as _reports

router = APIRouter()

_live = APIRouter(prefix="/urban-planning/live", tags=["urban planning: live"])
_live.include_router(_reading)
_live.include_router(_feeds)
_live.include_router(_closures)
router.include_router(_live)
router.include_router(_reports)
