"""What machines ask: is it alive, is it ready, its numbers; and our own files."""

from __future__ import annotations

from importlib import resources
from mimetypes import guess_type

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import PlainTextResponse, Response

from pipeline.errors import StoreError
from pipeline.service.desk import entry
from pipeline.web import identity
from pipeline.web.state import state_of

router = APIRouter()
FILES = frozenset({"app.css", "desk.js", "htmx.min.js", "htmx.LICENSE.txt", "icon.svg"})


@router.get("/livez")
def live() -> PlainTextResponse:
    return PlainTextResponse("alive\n")


@router.get("/readyz")
def ready(request: Request) -> PlainTextResponse:
    """503 while the store does not answer."""
    state = state_of(request)
    try:
        entry.has_users(state.desk)
        fine = state.ready is None or state.ready()
    except StoreError:
        fine = False
    return PlainTextResponse("ready\n" if fine else "not ready\n", status_code=200 if fine else 503)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Free on a desk that nobody signs in to; else with a token of the scope `metrics`."""
    state = state_of(request)
    person = identity.find(request)
    if person is None or "metrics" not in person.scopes:
        raise HTTPException(401, "send a token with the scope metrics", headers={"WWW-Authenticate": "Bearer"})
    if state.metrics is None:
        raise HTTPException(404, "this process keeps no numbers")
    body, media_type = state.metrics()
    return Response(body, media_type=media_type)


@router.get("/static/{name}")
def static(name: str) -> Response:
    if name not in FILES:
        raise HTTPException(404, "there is no such file")
    body = resources.files("pipeline.web").joinpath("static", name).read_bytes()
    kind = guess_type(name)[0] or "application/octet-stream"
    return Response(body, media_type=kind, headers={"Cache-Control": "public, max-age=31536000, immutable"})
