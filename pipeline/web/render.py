"""A page, or the part of a page that a script asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib import resources

from fastapi import Request
from fastapi.responses import HTMLResponse

from pipeline.service.desk.entry import Person
from pipeline.text import template
from pipeline.text.language_names import NAMES as LANGUAGES
from pipeline.web.state import state_of
from pipeline.web.words import RELATIONS, VERDICTS, Words

NAVIGATION = (
    ("today", "/", "Today"),
    ("claims", "/claims", "Claims"),
    ("topics", "/topics", "Topics"),
    ("stories", "/stories", "Stories"),
    ("alerts", "/alerts", "Alerts"),
    ("sources", "/sources", "Sources"),
    ("search", "/search", "Search"),
    ("try", "/try", "Try"),
)


@cache
def asset(name: str) -> str:
    """The address of a file of ours; it changes with the file, so a browser may keep it for good."""
    body = resources.files("pipeline.web").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={sha256(body).hexdigest()[:10]}"


def page(
    request: Request, name: str, person: Person | None, *, status: int = 200, here: str = "", **values: object
) -> HTMLResponse:
    """The template of that name, filled; never kept by a cache, since it is one person's."""
    state = state_of(request)
    words = Words(state.desk.clock.now())
    common: Mapping[str, object] = {
        "words": words,
        "person": person,
        "here": here,
        "navigation": NAVIGATION,
        "asset": asset,
        "csrf": person.csrf if person else "",
        "reviews": bool(person and person.reviews),
        "signed_in": bool(person and person.session),
        "relations": RELATIONS,
        "verdicts": VERDICTS,
        "languages": LANGUAGES,
        "path": request.url.path,
        "query": request.url.query,
    }
    html = template.fill("pipeline.web", name, {**common, **values})
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store", "Vary": "HX-Request"})


def partial(request: Request) -> bool:
    """A script asks for a part, to put it into the page that is there."""
    return request.headers.get("hx-request") == "true"
