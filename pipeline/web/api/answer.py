"""An answer with its tag: who has it already is told so and gets no body."""

from __future__ import annotations

from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel


def tagged(request: Request, body: BaseModel) -> Response:
    """The body as JSON with an ETag; 304 when the asker has just that."""
    return tagged_text(request, body.model_dump_json(by_alias=True))


def tagged_text(request: Request, text: str) -> Response:
    """The same of what is JSON already."""
    tag = f'W/"{sha256(text.encode()).hexdigest()[:24]}"'  # weak: compression on the way may change the bytes
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
    asked = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if tag.removeprefix("W/") in asked or "*" in asked:
        return Response(status_code=304, headers=headers)
    return Response(text, media_type="application/json", headers=headers)
