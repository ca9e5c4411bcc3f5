"""Today: the work list, and what is decided on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.errors import ReviewError
from pipeline.service import review
from pipeline.service import undo as undoing
from pipeline.service.desk import telling, today
from pipeline.service.desk.entry import Person
from pipeline.service.review import Done
from pipeline.service.wiring import Desk
from pipeline.web.forms import (
    SNOOZES,
    Acceptance,
    Decision,
    Dismissal,
    Number,
    Remark,
    Snooze,
    Start,
    Undo,
    Word,
    after_days,
)
from pipeline.web.identity import Reader, Reviewer, local_path
from pipeline.web.render import page, partial
from pipeline.web.state import state_of

router = APIRouter()
DONE = {
    "confirm": "Confirmed",
    "dismiss": "Dismissed",
    "accept": "Accepted: this is what is known now",
    "snooze": "Put off",
    "note": "Noted",
    "undo": "Taken back",
}


@router.get("/")
def work(request: Request, person: Reader, topic: Word = "", claim: Word = "", start: Start = 0) -> Response:
    """The list, a page at a time."""
    desk = state_of(request).desk
    return page(
        request,
        "today.html",
        person,
        here="today",
        work=today.work(desk, topic=topic, claim=claim, start=start),
        digest=telling.last_digest(desk),
        topics=desk.watch.topics,
        topic=topic,
        claim=claim,
        **_choices(),
    )


@router.get("/findings/{number}")
def one(request: Request, person: Reader, number: Number) -> Response:
    """One finding with everything about it."""
    item = today.item(state_of(request).desk, number)
    if item is None:
        raise HTTPException(404, "There is no such finding: it may have been pruned with its article.")
    name = "part-item.html" if partial(request) else "finding.html"
    return page(request, name, person, here="today", item=item, **_choices())


@router.post("/findings/{number}/confirm")
def confirm(request: Request, person: Reviewer, number: Number, form: Annotated[Decision, Form()]) -> Response:
    def act(desk: Desk) -> Done:
        return review.confirm(desk, person.name, number, revision=form.revision, note=form.note, others=form.others)

    return _decide(request, person, number, act)


@router.post("/findings/{number}/dismiss")
def dismiss(request: Request, person: Reviewer, number: Number, form: Annotated[Dismissal, Form()]) -> Response:
    def act(desk: Desk) -> Done:
        return review.dismiss(
            desk,
            person.name,
            number,
            revision=form.revision,
            reason=form.reason,
            note=form.note,
            others=form.others,
        )

    return _decide(request, person, number, act)


@router.post("/findings/{number}/accept")
def accept(request: Request, person: Reviewer, number: Number, form: Annotated[Acceptance, Form()]) -> Response:
    def act(desk: Desk) -> Done:
        return review.accept(
            desk,
            person.name,
            number,
            revision=form.revision,
            take=form.takes(),
            valid_from=form.valid_from,
            look_again_at=form.look_again,
            note=form.note,
            others=form.others,
        )

    return _decide(request, person, number, act)


@router.post("/findings/{number}/snooze")
def snooze(request: Request, person: Reviewer, number: Number, form: Annotated[Snooze, Form()]) -> Response:
    def act(desk: Desk) -> Done:
        until = after_days(desk.clock.now(), form.days)
        return review.snooze(
            desk, person.name, number, revision=form.revision, until=until, note=form.note, others=form.others
        )

    return _decide(request, person, number, act)


@router.post("/findings/{number}/note")
def note(request: Request, person: Reviewer, number: Number, form: Annotated[Remark, Form()]) -> Response:
    return _decide(request, person, number, lambda desk: review.note(desk, person.name, number, form.note))


@router.post("/undo")
def undo(request: Request, person: Reviewer, form: Annotated[Undo, Form()]) -> Response:
    """Takes any change back by its number; a script gets the first finding concerned as it is now."""
    desk = state_of(request).desk
    done = undoing.undo(desk, person.name, form.change)
    if partial(request) and done.findings:
        return _item(request, person, done.findings[0], done=done)
    if partial(request):
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    return RedirectResponse(local_path(form.back), status_code=303)


def _decide(request: Request, person: Person, number: int, act: Callable[[Desk], Done]) -> Response:
    """Does it and shows what came of it; who came second is shown what the first one did."""
    desk = state_of(request).desk
    try:
        done = act(desk)
    except ReviewError as error:
        if partial(request):
            return _item(request, person, number, refused=str(error), status=409)
        raise
    if partial(request):
        return _item(request, person, number, done=done)
    return RedirectResponse(f"/findings/{number}", status_code=303)


def _item(
    request: Request, person: Person, number: int, *, done: Done | None = None, refused: str = "", status: int = 200
) -> Response:
    item = today.item(state_of(request).desk, number)
    if item is None:
        raise HTTPException(404, "There is no such finding any more.")
    folded = done is not None and done.action in {"confirm", "dismiss", "accept", "snooze"}
    name = "part-done.html" if folded else "part-item.html"
    return page(request, name, person, status=status, item=item, done=done, refused=refused, **_choices())


def _choices() -> dict[str, Any]:
    return {"dismissals": review.DISMISSALS, "snoozes": SNOOZES, "undone": undoing.undone, "done_words": DONE}
