"""Alerts and digests: what was told and to whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from pipeline.service.desk import telling
from pipeline.web.forms import SNOOZES, Before, Number, Word, after_days
from pipeline.web.identity import Reader, Reviewer
from pipeline.web.render import page
from pipeline.web.state import state_of

router = APIRouter()


class AlertForm(BaseModel):
    note: str = Field("", max_length=2000)
    days: int = Field(1, ge=1, le=365)


@router.get("/alerts")
def listed(request: Request, person: Reader, claim: Word = "", state: Word = "", before: Before = None) -> Response:
    desk = state_of(request).desk
    found = telling.alert_list(desk, claim=claim, state=state, before=before)
    return page(
        request,
        "alerts.html",
        person,
        here="alerts",
        found=found,
        claim=claim,
        state=state,
        states=telling.STATES,
        digests=telling.digest_list(desk, limit=14),
        read=telling.read,
    )


@router.get("/alerts/{number}")
def one(request: Request, person: Reader, number: Number) -> Response:
    whole = telling.alert(state_of(request).desk, number)
    if whole is None:
        raise HTTPException(404, "There is no such alert.")
    return page(request, "alert.html", person, here="alerts", whole=whole, snoozes=SNOOZES)


@router.post("/alerts/{number}/{action}")
def change(
    request: Request, person: Reviewer, number: Number, action: str, form: Annotated[AlertForm, Form()]
) -> Response:
    desk = state_of(request).desk
    if action == "acknowledge":
        telling.acknowledge(desk, person.name, number, note=form.note)
    elif action == "snooze":
        until = after_days(desk.clock.now(), form.days)
        telling.snooze(desk, person.name, number, until=until, note=form.note)
    elif action == "open":
        telling.reopen(desk, person.name, number)
    else:
        raise HTTPException(404, "There is no such action.")
    return RedirectResponse(f"/alerts/{number}", status_code=303)


@router.get("/digests/{key}")
def digest(request: Request, person: Reader, key: str) -> Response:
    """A digest as it was sent."""
    found = telling.digest(state_of(request).desk, key)
    if found is None:
        raise HTTPException(404, "There is no digest of that plan and day.")
    return page(request, "digest.html", person, here="alerts", digest=found)
