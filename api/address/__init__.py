"""The address cadastre over HTTP: a clerk's acts, streets and addresses as they were on any date."""

from fastapi import APIRouter

from api.address.acts import router as _acts
from api.address.reading import router as _reading

# What has a page of its own by name stands before what is found by a place's kind.
router = APIRouter(prefix="/address", tags=["address"])
router.include_router(_acts)
router.include_router(_reading)

__all__ = ["router"]
