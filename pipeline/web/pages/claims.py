"""Claims: the list, and one claim's values, timeline and history."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.service import review
from pipeline.service.desk import claims
from pipeline.service.desk.charts import values_chart
from pipeline.web.forms import StillSo, Word
from pipeline.web.identity import Reader, Reviewer
from pipeline.web.render import page
from pipeline.web.state import state_of

router = APIRouter()


@router.get("/claims")
def listed(request: Request, person: Reader, topic: Word = "", q: Word = "", show: Word = "") -> Response:
    """The claims; `show` keeps those that were `changed`, `disputed` or `waiting` lately, `accepted`, or are `due`."""
    desk = state_of(request).desk
    lines = claims.lines(desk, topic=topic, asked=q)
    if show:
        lines = tuple(line for line in lines if show in _state(line))
    return page(
        request,
        "claims.html",
        person,
        here="claims",
        lines=lines,
        topics=desk.watch.topics,
        topic=topic,
        q=q,
        show=show,
        total=len(desk.watch.claims),
    )


def _state(line: claims.Line) -> set[str]:
    """The words that `show` knows, as far as they fit the claim."""
    told = {
        "changed": line.last_news is not None,
        "disputed": line.disputed,
        "waiting": line.waiting > 0,
        "accepted": line.accepted,
        "due": line.due,
    }
    return {word for word, fits in told.items() if fits}


@router.get("/claims/{claim}")
def one(request: Request, person: Reader, claim: str, as_of: date | None = None) -> Response:
    desk = state_of(request).desk
    until = datetime.combine(as_of + timedelta(days=1), time(), UTC) if as_of is not None else None
    whole = claims.whole(desk, claim, as_of=until)
    if whole is None:
        raise HTTPException(404, "There is no such claim: neither the configuration nor the ledger knows it.")
    charts = [
        chart
        for slot in whole.line.known
        if (chart := values_chart(slot, [p for p in whole.points if p.slot == slot.name], whole.history)) is not None
    ]
    return page(request, "claim.html", person, here="claims", whole=whole, charts=charts, as_of=as_of)


@router.post("/claims/{claim}/still-so")
def still_so(request: Request, person: Reviewer, claim: str, form: Annotated[StillSo, Form()]) -> Response:
    """A known value was looked at again and stays known."""
    desk = state_of(request).desk
    review.still_so(desk, person.name, claim, form.slot, look_again_at=form.look_again, expected=form.expected)
    return RedirectResponse(f"/claims/{claim}", status_code=303)
