"""Changing: verdicts, snoozes, notes, undo, stories, sources and alerts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Request
from pydantic import Field

from pipeline.service import review
from pipeline.service import undo as undoing
from pipeline.service.desk import coverage, outlets, telling
from pipeline.service.review import Done, Take
from pipeline.web.api import shapes
from pipeline.web.api.fields import Body, Day, Entry, Moment, Name, Note, Number, Numbers, Reason, Revision, Whole
from pipeline.web.api.problem import documented
from pipeline.web.identity import Reviewer
from pipeline.web.state import state_of

router = APIRouter(responses=documented(400, 404, 409, 413))
Others = Annotated[Numbers, Field(default_factory=list, description="further findings of its story decided along")]


class ConfirmIn(Body):
    revision: Revision
    note: Note = ""
    others: Others


class DismissIn(Body):
    revision: Revision
    reason: Reason
    note: Note = ""
    others: Others


class TakeIn(Body):
    slot: str = Field(min_length=1, max_length=100)
    expected: Entry | None = Field(None, description="the ledger entry that was seen, 0 for none")


class AcceptIn(Body):
    revision: Revision
    take: list[TakeIn] = Field(default_factory=list, max_length=50, description="every changed slot unless named")
    valid_from: str = Field("", max_length=10, description="2025, 2025-06 or 2025-06-01; since when it is so")
    look_again: Day | None = None
    note: Note = ""
    others: Others


class StillSoIn(TakeIn):
    look_again: Day | None = None
    note: Note = ""


class SnoozeIn(Body):
    revision: Revision
    until: Moment
    note: Note = ""
    others: Others


class NoteIn(Body):
    note: Note


class MergeIn(Body):
    into: Whole
    why: str = Field("", max_length=500)


class SplitIn(Body):
    members: Numbers
    why: str = Field("", max_length=500)


class SourceIn(Body):
    action: Literal["pause", "resume", "look"]


class AlertIn(Body):
    state: Literal["acknowledged", "open", "snoozed"]
    until: Moment | None = Field(None, description="of a snooze")
    note: Note = ""


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _done(done: Done) -> shapes.DoneOut:
    return shapes.DoneOut(change=done.change, action=done.action, findings=list(done.findings))


@router.post("/findings/{number}/confirm", summary="The finding is right")
def confirm(request: Request, person: Reviewer, number: Number, body: ConfirmIn) -> shapes.DoneOut:
    desk = state_of(request).desk
    return _done(review.confirm(desk, person.name, number, revision=body.revision, note=body.note, others=body.others))


@router.post("/findings/{number}/dismiss", summary="The finding is none")
def dismiss(request: Request, person: Reviewer, number: Number, body: DismissIn) -> shapes.DoneOut:
    desk = state_of(request).desk
    return _done(
        review.dismiss(
            desk,
            person.name,
            number,
            revision=body.revision,
            reason=body.reason,
            note=body.note,
            others=body.others,
        )
    )


@router.post("/findings/{number}/accept", summary="What it says is known from now on")
def accept(request: Request, person: Reviewer, number: Number, body: AcceptIn) -> shapes.DoneOut:
    return _done(
        review.accept(
            state_of(request).desk,
            person.name,
            number,
            revision=body.revision,
            take=[Take(slot=one.slot, expected=one.expected) for one in body.take],
            valid_from=body.valid_from,
            look_again_at=_day(body.look_again),
            note=body.note,
            others=body.others,
        )
    )


@router.post("/claims/{claim}/still-so", summary="Somebody looked again: what is known stays known")
def still_so(request: Request, person: Reviewer, claim: Name, body: StillSoIn) -> shapes.DoneOut:
    return _done(
        review.still_so(
            state_of(request).desk,
            person.name,
            claim,
            body.slot,
            look_again_at=_day(body.look_again),
            note=body.note,
            expected=body.expected,
        )
    )


@router.post("/findings/{number}/snooze", summary="Off the list until then")
def snooze(request: Request, person: Reviewer, number: Number, body: SnoozeIn) -> shapes.DoneOut:
    desk = state_of(request).desk
    return _done(
        review.snooze(
            desk, person.name, number, revision=body.revision, until=body.until, note=body.note, others=body.others
        )
    )


@router.post("/findings/{number}/notes", summary="A remark that stays with the finding")
def note(request: Request, person: Reviewer, number: Number, body: NoteIn) -> shapes.DoneOut:
    return _done(review.note(state_of(request).desk, person.name, number, body.note))


@router.post("/changes/{number}/undo", summary="Takes a change back")
def undo(request: Request, person: Reviewer, number: Number) -> shapes.DoneOut:
    return _done(undoing.undo(state_of(request).desk, person.name, number))


@router.post("/stories/{number}/merge", summary="Two stories are one")
def merge(request: Request, person: Reviewer, number: Number, body: MergeIn) -> shapes.DoneOut:
    return _done(coverage.merge(state_of(request).desk, person.name, number, body.into, why=body.why))


@router.post("/stories/{number}/split", summary="Some of its members are a story of their own")
def split(request: Request, person: Reviewer, number: Number, body: SplitIn) -> shapes.DoneOut:
    return _done(coverage.split(state_of(request).desk, person.name, number, body.members, why=body.why))


@router.post("/sources/{source}", summary="Pause, resume, or look now")
def source(request: Request, person: Reviewer, source: Name, body: SourceIn) -> shapes.DoneOut:
    desk = state_of(request).desk
    if outlets.whole(desk, source) is None:
        raise HTTPException(404, f"source {source}: there is none")
    act = {"pause": outlets.pause, "resume": outlets.resume, "look": outlets.look_now}[body.action]
    return _done(act(desk, person.name, source))


@router.post("/alerts/{number}", summary="Acknowledge, snooze or open again")
def alert(request: Request, person: Reviewer, number: Number, body: AlertIn) -> shapes.DoneOut:
    desk = state_of(request).desk
    if telling.alert(desk, number) is None:
        raise HTTPException(404, f"alert {number}: there is none")
    if body.state == "acknowledged":
        return _done(telling.acknowledge(desk, person.name, number, note=body.note))
    if body.state == "open":
        return _done(telling.reopen(desk, person.name, number))
    if body.until is None:
        raise HTTPException(409, f"alert {number}: a snooze needs `until`")
    return _done(telling.snooze(desk, person.name, number, until=body.until, note=body.note))
