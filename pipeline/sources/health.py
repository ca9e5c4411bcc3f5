"""How a source is doing: what a poll changes in what is known of it, and what a person should hear. Pure.

A readable but flawed feed is no failure, a 304 after a failure proves nothing, an empty feed is neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pipeline.model.outcome import Reason
from pipeline.model.source import SourceState

FAILING_AFTER = 3  # failures in a row: one or two are the weather of the internet
_LEARNING = timedelta(days=14)  # until a source's habits are known, weekends included
_QUIET_LEARNING = timedelta(hours=72)  # silence that is reported while they are not
_NO_HABIT = timedelta(days=30)  # silence that is reported of a source that never brought anything twice
_QUIET = timedelta(hours=12)  # no silence shorter than this is reported
_LONGEST_TIMES = 1.5  # silence against the longest gap that was usual
_USUAL_TIMES = 6  # silence against the usual gap
_WEIGHT = 0.2  # of a new gap in the usual one
_FADING = 0.98  # of the longest gap per new entry: habits change
_HARMLESS = frozenset({Reason.EMPTY_FEED, Reason.MALFORMED_FEED, Reason.OVER_ENTRY_LIMIT, Reason.PART_FAILED})
_NOT_ASKED = frozenset({Reason.HOST_BUSY, Reason.NOT_DUE, Reason.PAUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What one look at a source brought."""

    at: datetime
    reason: Reason | None = None  # None: read; UNCHANGED: 304 or the same bytes; else why it failed
    proven: bool = True  # False for a 304: the feed itself was not seen
    detail: str = ""
    new_entries: int = 0
    url: str = ""  # where permanent redirects lead, "" when nowhere
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something about a source that a person should hear once."""

    source: str
    kind: str  # failing, recovered, silent, speaks-again, gone, moved
    text: str
    at: datetime


def after(state: SourceState, poll: Poll) -> tuple[SourceState, tuple[Notice, ...]]:
    """The state after a poll, with the notices that it gives rise to. `next_poll_at` is left to sources.due."""
    if poll.reason in _NOT_ASKED:
        return state, ()
    asked: dict[str, Any] = {"first_polled_at": state.first_polled_at or poll.at, "last_polled_at": poll.at}
    if poll.reason is Reason.GONE:
        gone = replace(
            state, **asked, retired=True, health="gone", last_reason=Reason.GONE.value, last_detail=poll.detail
        )
        return gone, (_notice(state, "gone", "its outlet retired it (410): it is not asked any more", poll),)
    if poll.reason not in (None, Reason.UNCHANGED) and poll.reason not in _HARMLESS:
        return _failed(state, poll, asked)
    if poll.reason is Reason.UNCHANGED and not poll.proven and state.failures:
        return replace(state, **asked), ()
    return _read(state, poll, asked)


def _failed(state: SourceState, poll: Poll, asked: Mapping[str, Any]) -> tuple[SourceState, tuple[Notice, ...]]:
    failures = state.failures + 1
    reason = poll.reason.value if poll.reason else ""
    failing = failures >= FAILING_AFTER
    now = replace(
        state,
        **asked,
        failures=failures,
        last_reason=reason,
        last_detail=poll.detail,
        health="failing" if failing else state.health,
    )
    if failing and state.health != "failing":
        since = f", last read on {state.last_ok_at:%Y-%m-%d %H:%M} UTC" if state.last_ok_at else ", never read so far"
        text = f"failed {failures} times in a row{since}: {reason}" + (f" ({poll.detail})" if poll.detail else "")
        return now, (_notice(state, "failing", text, poll),)
    return now, ()


def _read(state: SourceState, poll: Poll, asked: Mapping[str, Any]) -> tuple[SourceState, tuple[Notice, ...]]:
    notices = []
    if state.health == "failing":
        notices.append(_notice(state, "recovered", f"is read again after {state.failures} failures", poll))
    if poll.url and poll.url != state.url:
        notices.append(_notice(state, "moved", "has moved for good: its new address is used from now on", poll))
    now = replace(
        state,
        **asked,
        **_gap(state, poll),
        url=poll.url or state.url,
        failures=0,
        last_reason="" if poll.reason is None else poll.reason.value,
        last_detail=poll.detail,
        last_ok_at=poll.at,
        etag=poll.etag if poll.proven else state.etag,
        last_modified=poll.last_modified if poll.proven else state.last_modified,
        body_hash=poll.body_hash or state.body_hash,
        silent_polls=0 if poll.new_entries else state.silent_polls + 1,
        health="ok",
    )
    last = now.last_entry_at or now.first_polled_at or poll.at
    if poll.at - last > quiet_limit(now, poll.at):
        if state.health != "silent":
            text = f"brings nothing new since {last:%Y-%m-%d %H:%M} UTC, against its habit"
            notices.append(_notice(state, "silent", text, poll))
        now = replace(now, health="silent")
    elif state.health == "silent":
        notices.append(_notice(state, "speaks-again", "brings something new again", poll))
    return now, tuple(notices)


def quiet_limit(state: SourceState, now: datetime) -> timedelta:
    """The silence that is against the source's habit; a month while it has none."""
    if state.usual_gap is None or state.first_polled_at is None:
        return _NO_HABIT
    least = _QUIET if now - state.first_polled_at >= _LEARNING else _QUIET_LEARNING
    return max(least, state.usual_gap * _USUAL_TIMES, (state.longest_gap or state.usual_gap) * _LONGEST_TIMES)


def _gap(state: SourceState, poll: Poll) -> dict[str, Any]:
    """What the time since the last new entry teaches, when there is a new one."""
    if not poll.new_entries:
        return {}
    if state.last_entry_at is None or poll.at <= state.last_entry_at:  # the first, or the clock was set back
        return {"last_entry_at": poll.at}
    gap = (poll.at - state.last_entry_at) / poll.new_entries
    usual = gap if state.usual_gap is None else state.usual_gap + _WEIGHT * (gap - state.usual_gap)
    silence = poll.at - state.last_entry_at
    longest = max(silence, (state.longest_gap or silence) * _FADING)
    return {"last_entry_at": poll.at, "usual_gap": usual, "longest_gap": longest}


def _notice(state: SourceState, kind: str, text: str, poll: Poll) -> Notice:
    return Notice(source=state.source, kind=kind, text=f"{state.source} {text}", at=poll.at)
