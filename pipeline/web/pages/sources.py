"""Sources: how they are; pause, resume and look now."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.service.desk import outlets
from pipeline.web.identity import Reader, Reviewer
from pipeline.web.render import page
from pipeline.web.state import state_of

router = APIRouter()
ACTIONS = {"pause": outlets.pause, "resume": outlets.resume, "look": outlets.look_now}


@router.get("/sources")
def listed(request: Request, person: Reader) -> Response:
    lines = outlets.lines(state_of(request).desk)
    counts: dict[str, int] = {}
    for line in lines:
        counts[line.health] = counts.get(line.health, 0) + 1
    return page(request, "sources.html", person, here="sources", lines=lines, counts=counts)


@router.get("/sources/{source}")
def one(request: Request, person: Reader, source: str) -> Response:
    whole = outlets.whole(state_of(request).desk, source)
    if whole is None:
        raise HTTPException(404, "There is no such source in the configuration.")
    return page(request, "source.html", person, here="sources", whole=whole)


@router.post("/sources/{source}/{action}")
def change(request: Request, person: Reviewer, source: str, action: str) -> Response:
    if action not in ACTIONS:
        raise HTTPException(404, "There is no such action.")
    desk = state_of(request).desk
    if outlets.whole(desk, source) is None:
        raise HTTPException(404, "There is no such source in the configuration.")
    ACTIONS[action](desk, person.name, source)
    return RedirectResponse(f"/sources/{source}", status_code=303)
