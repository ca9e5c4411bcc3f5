"""The application: pages, interface and what stands before them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Match

from pipeline import __version__
from pipeline.errors import ConfigError, ReviewError, StoreError
from pipeline.service.desk import entry
from pipeline.service.wiring import Desk
from pipeline.web import guard, identity, state
from pipeline.web.api import changing, exporting, reading
from pipeline.web.api import problem as problems
from pipeline.web.api import trying as api_trying
from pipeline.web.pages import (
    account,
    alerts,
    articles,
    claims,
    feeds,
    probes,
    search,
    sources,
    stories,
    today,
    topics,
    trying,
)
from pipeline.web.render import page
from pipeline.web.state import Metrics, Ready, State

COMPRESS_FROM = 800  # bytes: below, the headers cost more than is saved
_API = (reading, changing, exporting, api_trying)
_PAGES = (account, alerts, articles, claims, feeds, probes, search, sources, stories, today, topics, trying)


class Application(FastAPI):
    """FastAPI, with an OpenAPI document that also says how to come in and what problems look like."""

    def openapi(self) -> dict[str, Any]:
        """The document: made when it is first asked for, since that takes longer than all the rest of a start."""
        schema = super().openapi()
        if "security" not in schema:
            parts = schema.setdefault("components", {})
            parts.setdefault("schemas", {})["Problem"] = problems.Problem.model_json_schema()
            for name in ("HTTPValidationError", "ValidationError"):
                parts["schemas"].pop(name, None)
            parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            schema["security"] = [{"token": []}]
        return schema


def create_app(desk: Desk, *, metrics: Metrics | None = None, ready: Ready | None = None) -> FastAPI:
    """The ASGI application over a desk.

    `metrics` gives the body and media type of `/metrics`; `ready` adds to what `/readyz` asks of the store.
    Raises ConfigError when the pages would be open to others without users.
    """
    refuse_without_users(desk)
    app = Application(
        title="claimwatch",
        version=__version__,
        description="What coverage says of what is known, and what was decided about it.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # it would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.claimwatch = State(desk=desk, metrics=metrics, ready=ready)
    for module in _PAGES:
        app.include_router(module.router, include_in_schema=False)
    for api in _API:
        app.include_router(api.router, prefix="/api/v1")
    _handle(app)
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESS_FROM, compresslevel=6)
    app.add_middleware(guard.Guard, hosts=state.hosts(desk), origins=state.origins(desk))
    return app


def refuse_without_users(desk: Desk) -> None:
    """Raises ConfigError when the pages can be reached from elsewhere and anybody could come in."""
    host = desk.settings.web.host
    if not state.on_loopback(host) and not entry.has_users(desk):
        raise ConfigError(
            "can be reached from other machines, and there are no users",
            thing=f"web.host {host}",
            hint="add one with: claimwatch users add NAME; or listen on 127.0.0.1",
        )


def _handle(app: FastAPI) -> None:
    app.add_exception_handler(identity.SignInFirst, _sign_in_first)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ReviewError, _conflict)
    app.add_exception_handler(StoreError, _store)


async def _sign_in_first(request: Request, error: Exception) -> Response:
    assert isinstance(error, identity.SignInFirst)
    target = f"/sign-in?next={quote(identity.local_path(error.path), safe='/')}"
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": target})
    return RedirectResponse(target, status_code=303)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods(request))
    return problem(request, error.status_code, str(error.detail), headers=headers)


def _methods(request: Request) -> list[str]:
    """What may be asked of a path, by all routes together; each route alone knows only its own."""
    found = {
        method
        for route in request.app.routes
        if route.matches(request.scope)[0] is not Match.NONE
        for method in getattr(route, "methods", None) or ()
    }
    return sorted(found)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [f"{'.'.join(str(part) for part in row['loc'])}: {row['msg']}" for row in error.errors()]
    return problem(request, 422, "; ".join(faults[:5]), errors=faults)


async def _conflict(request: Request, error: Exception) -> Response:
    return problem(request, 409, str(error))


async def _store(request: Request, error: Exception) -> Response:
    assert isinstance(error, StoreError)
    return problem(request, 503, f"The database does not answer: {error.reason}", headers={"Retry-After": "5"})


def problem(
    request: Request,
    status: int,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    errors: list[str] | None = None,
) -> Response:
    """What went wrong: a page for people, problem+json on the interface."""
    if request.url.path.startswith("/api/"):
        return problems.response(status, detail, errors=errors, headers=headers)
    title = HTTPStatus(status).phrase
    response = page(request, "problem.html", None, status=status, title=title, detail=detail)
    response.headers.update(headers or {})
    return response
