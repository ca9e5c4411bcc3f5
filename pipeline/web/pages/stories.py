"""Stories: who carried what, when and in which language; merge and split."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from pipeline.service.desk import coverage
from pipeline.web.forms import Id, Number, Word
from pipeline.web.identity import Reader, Reviewer
from pipeline.web.render import page
from pipeline.web.state import state_of

router = APIRouter()


class Merge(BaseModel):
    into: Id
    why: str = Field("", max_length=500)


class Split(BaseModel):
    members: list[Id] = Field(default_factory=list, max_length=500)
    why: str = Field("", max_length=500)


@router.get("/stories")
def listed(request: Request, person: Reader, claim: Word = "", before: Word = "") -> Response:
    found = coverage.story_list(state_of(request).desk, claim=claim, before=before)
    return page(request, "stories.html", person, here="stories", found=found, claim=claim, before=before)


@router.get("/stories/{number}")
def one(request: Request, person: Reader, number: Number) -> Response:
    whole = coverage.story(state_of(request).desk, number)
    if whole is None:
        raise HTTPException(404, "There is no such story.")
    return page(request, "story.html", person, here="stories", whole=whole)


@router.post("/stories/{number}/merge")
def merge(request: Request, person: Reviewer, number: Number, form: Annotated[Merge, Form()]) -> Response:
    coverage.merge(state_of(request).desk, person.name, number, form.into, why=form.why)
    return RedirectResponse(f"/stories/{form.into}", status_code=303)


@router.post("/stories/{number}/split")
def split(request: Request, person: Reviewer, number: Number, form: Annotated[Split, Form()]) -> Response:
    coverage.split(state_of(request).desk, person.name, number, form.members, why=form.why)
    return RedirectResponse(f"/stories/{number}", status_code=303)
