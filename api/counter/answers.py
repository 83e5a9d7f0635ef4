"""Answers of the counter: no cache keeps them."""

from collections.abc import Mapping
from typing import Any

from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from api.tokens import CONFIDENTIAL


def answer(content: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return a document that is meant for one asker."""
    return JSONResponse(jsonable_encoder(content), status, {**CONFIDENTIAL, **(headers or {})})
