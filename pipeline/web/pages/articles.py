"""An article: its text with what was found in it, its versions, and what changed between two of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from pipeline.service.desk import coverage
from pipeline.web.forms import Number
from pipeline.web.identity import Reader
from pipeline.web.render import page
from pipeline.web.state import state_of

router = APIRouter()
Version = Annotated[int | None, Query(ge=1, le=100_000)]


@router.get("/articles/{number}")
def one(request: Request, person: Reader, number: Number, version: Version = None) -> Response:
    whole = coverage.article(state_of(request).desk, number, number=version)
    if whole is None:
        raise HTTPException(404, "There is no such article, or no such version of it.")
    return page(request, "article.html", person, whole=whole)


@router.get("/articles/{number}/compare")
def compare(request: Request, person: Reader, number: Number, old: Version = None, new: Version = None) -> Response:
    """Two versions side by side in one text; the last two unless others are asked for."""
    desk = state_of(request).desk
    whole = coverage.article(desk, number)
    if whole is None or len(whole.versions) < 2:
        raise HTTPException(404, "There are no two versions of this article.")
    numbers = [one.number for one in whole.versions]
    found = coverage.compare(desk, number, old, new)
    if found is None:
        raise HTTPException(404, f"This article has the versions {numbers[0]} to {numbers[-1]}.")
    return page(request, "compare.html", person, whole=whole, found=found)
