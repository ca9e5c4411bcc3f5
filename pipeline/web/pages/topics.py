"""Topics: volume, stories, the rule, and trying another one."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from pipeline.service.desk import topics
from pipeline.web.forms import Before
from pipeline.web.identity import Reader
from pipeline.web.render import page
from pipeline.web.state import state_of

router = APIRouter()


@router.get("/topics")
def listed(request: Request, person: Reader) -> Response:
    return page(request, "topics.html", person, here="topics", lines=topics.lines(state_of(request).desk))


@router.get("/topics/{topic}")
def one(request: Request, person: Reader, topic: str, before: Before = None) -> Response:
    whole = topics.whole(state_of(request).desk, topic, before=before)
    if whole is None:
        raise HTTPException(404, "There is no such topic in the configuration.")
    return page(request, "topic.html", person, here="topics", whole=whole, before=before)
