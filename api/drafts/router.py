"""``/drafts``: the routes of drafts."""

from fastapi import APIRouter

from api.drafts.acts import router as _acts
from api.drafts.reading import router as _reading

router = APIRouter(tags=["drafts"])
router.include_router(_acts)
router.include_router(_reading)
