"""Trying: a text, the article at an address, another rule on stored articles. Nothing is kept, nothing is changed.

What is wrong with a text, an address or a rule is what was asked for, and stands in the answer.
"""

from __future__ import annotations

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ConfigDict, Field

from pipeline.errors import ClaimwatchError, ConfigError
from pipeline.service.desk import topics, trial
from pipeline.service.desk.trial import Tried
from pipeline.service.wiring import Desk
from pipeline.settings import tryrule
from pipeline.web.api import fill, shapes_checks
from pipeline.web.api.fields import Body, Moment, Name, Whole
from pipeline.web.api.problem import documented
from pipeline.web.identity import trier
from pipeline.web.state import state_of

router = APIRouter(dependencies=[Depends(trier)], responses=documented(400, 413, 429))
LONGEST_ADDRESS = 2_000  # characters


class TryIn(Body):
    """A text, or the address of an article."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"title": "Fleet order grows", "text": "It ordered 16 aircraft.", "lang": "en"}}
    )

    text: str = Field("", max_length=trial.LONGEST)
    url: str = Field("", max_length=LONGEST_ADDRESS, description="fetched as the service would; instead of a text")
    title: str = Field("", max_length=2000)
    lang: str = Field("", max_length=8, description="ISO 639-1; detected unless given")
    published: Moment | None = Field(None, description="without it relative dates abstain")


class RuleIn(Body):
    """One topic as `topics.yaml` has it."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"rule": "id: orders\ntitle: Orders\ngroups:\n  - {all: [order]}\n", "limit": 50}}
    )

    rule: str = Field(max_length=tryrule.LONGEST)
    limit: Whole = Field(
        trial.LATELY, le=trial.MOST, description="how many of the newest articles, and of pages put off"
    )


@router.post("/try", summary="What the service would find in a text or at an address; nothing is kept")
async def attempt(request: Request, body: TryIn) -> shapes_checks.TriedOut:
    state = state_of(request)
    with state.turn():
        try:
            tried = await _tried(state.desk, body)
        except ClaimwatchError as error:
            return fill.untried(str(error))
    return fill.tried(tried)


async def _tried(desk: Desk, body: TryIn) -> Tried:
    address = body.url.strip()
    if address and body.text.strip():
        raise ClaimwatchError("there are a text and an address", thing="try", hint="send one of them")
    if address:
        return await run_in_threadpool(trial.article, desk, await trial.page(desk, address))
    return await run_in_threadpool(
        trial.text, desk, body.text, title=body.title, lang=body.lang, published=body.published
    )


@router.post(
    "/topics/{topic}/try",
    summary="What another rule would gain, lose and nearly meet on stored articles; the rule in force stays",
    responses=documented(404),
)
def attempt_rule(request: Request, topic: Name, body: RuleIn) -> shapes_checks.RuleTriedOut:
    state = state_of(request)
    if not topics.known(state.desk, topic):
        raise HTTPException(404, f"topic {topic}: there is none")
    with state.turn():
        try:
            tried = trial.rule(state.desk, body.rule, topic=topic, limit=body.limit)
        except ConfigError as error:
            return fill.untried_rule(topic, error.faults or (str(error),))
    return fill.tried_rule(topic, tried)
