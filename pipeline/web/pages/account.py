"""Signing in and out, and the log of every change."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from pipeline.service import labels, passwords, review, undo
from pipeline.service.desk import entry
from pipeline.service.desk.entry import Person
from pipeline.web import identity
from pipeline.web.forms import Before, Word
from pipeline.web.identity import Auditor, Reader
from pipeline.web.render import page
from pipeline.web.state import state_of

router = APIRouter()


class Credentials(BaseModel):
    name: str = Field("", max_length=100)
    password: str = Field("", max_length=passwords.LONGEST * 2)
    next: str = Field("/", max_length=2000)


@router.get("/sign-in")
def sign_in_page(request: Request, next: Word = "/") -> Response:  # noqa: A002  the name of the parameter in links
    if identity.find(request) is not None:
        return RedirectResponse(identity.local_path(next), status_code=303)
    return page(request, "sign-in.html", None, next=identity.local_path(next), fault="")


@router.post("/sign-in")
def sign_in(request: Request, form: Annotated[Credentials, Form()]) -> Response:
    """The origin was checked before; a wrong name and a wrong password look the same and take as long."""
    state = state_of(request)
    target = identity.local_path(form.next)
    address = request.client.host if request.client is not None else ""
    try:
        entered = entry.sign_in(state.desk, form.name, form.password, address=address)
    except entry.TooMany as error:
        response = page(request, "sign-in.html", None, status=429, next=target, fault=str(error))
        response.headers["Retry-After"] = str(int(error.wait.total_seconds()))
        return response
    if entered is None:
        return page(request, "sign-in.html", None, status=401, next=target, fault="That name and password do not fit.")
    answer = RedirectResponse(target, status_code=303)
    answer.set_cookie(
        identity.cookie_name(state),
        entered[0],
        max_age=int(state.desk.settings.web.session.total_seconds()),
        path="/",
        secure=state.secure,
        httponly=True,
        samesite="lax",
    )
    return answer


@router.post("/sign-out")
def sign_out(request: Request, person: Annotated[Person, Depends(identity.own_page)]) -> Response:
    state = state_of(request)
    if person.session:
        entry.sign_out(state.desk, person)
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(identity.cookie_name(state), path="/", secure=state.secure, httponly=True, samesite="lax")
    return answer


@router.get("/log")
def log(request: Request, person: Auditor, before: Before = None) -> Response:
    """Every change, newest first."""
    lines = entry.log(state_of(request).desk, before=before)
    return page(request, "log.html", person, lines=lines, undoable=undo.UNDOABLE)


@router.get("/verdicts")
def verdicts(request: Request, person: Reader) -> Response:
    """What verdicts teach: numbers, the export, and thresholds to think about."""
    desk = state_of(request).desk
    return page(
        request,
        "verdicts.html",
        person,
        here="verdicts",
        lesson=labels.lesson(desk),
        dismissals=review.DISMISSALS,
        latest=labels.LATEST,
        target=labels.TARGET,
        enough=labels.ENOUGH,
        titles={topic.id: topic.title for topic in desk.watch.topics},
    )
