"""Faults as RFC 9457 says: one shape, whatever went wrong."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """What went wrong, with which thing, and what to do."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Conflict",
                "status": 409,
                "detail": "finding 12: was changed meanwhile by mira (look at it again, then decide)",
            }
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[str] = Field(default_factory=list, description="each fault of the request, with its place")


def text(status: int, detail: str, errors: list[str] | None = None) -> str:
    """A problem as JSON."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors or [])
    return json.dumps(body.model_dump(), ensure_ascii=False)


def response(
    status: int, detail: str, *, errors: list[str] | None = None, headers: dict[str, str] | None = None
) -> Response:
    """A problem as an answer."""
    return Response(text(status, detail, errors), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How an operation says which problems it answers with."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: schema}}
        for status in sorted({401, 403, 421, 422, 503, *statuses})
    }
