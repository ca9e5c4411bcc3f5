"""Try: a text or an address read as the service would; and another rule for a topic on stored articles."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, Field

from pipeline.errors import ClaimwatchError, ConfigError
from pipeline.service.desk import topics, trial
from pipeline.web.identity import Reader, Trier
from pipeline.web.render import page
from pipeline.web.state import state_of

router = APIRouter()


class TextForm(BaseModel):
    text: str = Field("", max_length=trial.LONGEST * 2)
    title: str = Field("", max_length=2000)
    url: str = Field("", max_length=2000)
    lang: str = Field("", max_length=8)


class RuleForm(BaseModel):
    rule: str = Field("", max_length=40_000)
    limit: int = Field(trial.LATELY, ge=1, le=trial.MOST)


@router.get("/try")
def ask(request: Request, person: Reader) -> Response:
    return page(request, "try.html", person, here="try", form=TextForm(), tried=None, fault="")


@router.post("/try")
async def answer(request: Request, person: Trier, form: Annotated[TextForm, Form()]) -> Response:
    """What is found in a text or at an address; nothing is kept. A private address is refused by the fetcher."""
    desk = state_of(request).desk
    tried, fault, status = None, "", 200
    with state_of(request).turn():
        try:
            if form.url.strip() and not form.text.strip():
                given = await trial.page(desk, form.url.strip())
                tried = await run_in_threadpool(trial.article, desk, given)
            else:
                tried = await run_in_threadpool(trial.text, desk, form.text, title=form.title, lang=form.lang)
        except ClaimwatchError as error:
            fault, status = str(error), 422
    return await run_in_threadpool(
        page, request, "try.html", person, status=status, here="try", form=form, tried=tried, fault=fault
    )


@router.get("/topics/{topic}/try")
def ask_rule(request: Request, person: Reader, topic: str) -> Response:
    desk = state_of(request).desk
    _known(request, topic)
    form = RuleForm(rule=trial.rule_text(desk, topic))
    return page(request, "try-rule.html", person, here="topics", topic=topic, form=form, tried=None, faults=())


@router.post("/topics/{topic}/try")
def answer_rule(request: Request, person: Trier, topic: str, form: Annotated[RuleForm, Form()]) -> Response:
    """What another rule gains, loses and nearly meets on stored articles; the rule in force stays."""
    desk = state_of(request).desk
    _known(request, topic)
    tried: trial.RuleTrial | None = None
    faults: tuple[str, ...] = ()
    with state_of(request).turn():
        try:
            tried = trial.rule(desk, form.rule, topic=topic, limit=form.limit)
        except ConfigError as error:
            faults = error.faults or (str(error),)
    status = 422 if faults else 200
    return page(
        request,
        "try-rule.html",
        person,
        status=status,
        here="topics",
        topic=topic,
        form=form,
        tried=tried,
        faults=faults,
    )


def _known(request: Request, topic: str) -> None:
    if not topics.known(state_of(request).desk, topic):
        raise HTTPException(404, "There is no such topic in the configuration.")
