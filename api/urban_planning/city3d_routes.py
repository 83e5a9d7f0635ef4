"""The city in three dimensions over HTTP: questions, tiles, acts."""

from fastapi import APIRouter

from api.urban_planning.city3d import router as _questions
from api.urban_planning.city3d_acts import router as _acts
from api.urban_planning.city3d_tiles import router as _tiles

router = APIRouter()
for _part in (_tiles, _questions, _acts):
    router.include_router(_part)
