"""What a poll changes in what is known of a source, and what a person hears."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline.model.outcome import Reason
from pipeline.model.source import SourceState
from pipeline.sources import health
from pipeline.sources.health import Notice, Poll

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STATE = SourceState(source="outlet", url="https://outlet.example/rss")


def run(state: SourceState, *polls: Poll) -> tuple[SourceState, list[Notice]]:
    heard: list[Notice] = []
    for poll in polls:
        state, notices = health.after(state, poll)
        heard += notices
    return state, heard


def failed(hours: float, reason: Reason = Reason.SERVER_ERROR) -> Poll:
    return Poll(at=START + hours * HOUR, reason=reason)


def brought(hours: float, count: int = 1) -> Poll:
    return Poll(at=START + hours * HOUR, new_entries=count, etag='"e"', body_hash="h")


def unchanged(hours: float, *, proven: bool = False) -> Poll:
    return Poll(at=START + hours * HOUR, reason=Reason.UNCHANGED, proven=proven)


def kinds(heard: list[Notice]) -> list[str]:
    return [notice.kind for notice in heard]


def test_failures_are_reported_once_when_they_are_no_accident() -> None:
    state, heard = run(STATE, failed(0), failed(1))
    assert (state.failures, state.health, heard) == (2, "new", [])
    state, heard = run(state, failed(2), failed(3), failed(4))
    assert state.health == "failing"
    assert kinds(heard) == ["failing"]
    assert "3 times" in heard[0].text


def test_recovery_is_announced() -> None:
    state, heard = run(STATE, failed(0), failed(1), failed(2), brought(3))
    assert kinds(heard) == ["failing", "recovered"]
    assert (state.failures, state.health, state.last_reason) == (0, "ok", "")


def test_a_304_after_a_failure_is_no_recovery() -> None:
    state, heard = run(STATE, failed(0), failed(1), failed(2), unchanged(3))
    assert kinds(heard) == ["failing"]
    assert (state.failures, state.health, state.last_reason) == (3, "failing", "server-error")


def test_the_same_bytes_seen_again_are_a_recovery() -> None:
    _, heard = run(STATE, failed(0), failed(1), failed(2), unchanged(3, proven=True))
    assert kinds(heard) == ["failing", "recovered"]


def test_a_304_keeps_the_validators() -> None:
    state, _ = run(STATE, brought(0), unchanged(1))
    assert (state.etag, state.body_hash) == ('"e"', "h")


def test_something_that_is_no_feed_is_a_failure() -> None:
    state, heard = run(STATE, *(failed(hour, Reason.NOT_A_FEED) for hour in range(3)))
    assert kinds(heard) == ["failing"]
    assert state.last_reason == "not-a-feed"


def test_empty_and_flawed_feeds_are_no_failures() -> None:
    state, heard = run(
        STATE, failed(0, Reason.EMPTY_FEED), failed(1, Reason.MALFORMED_FEED), failed(2, Reason.EMPTY_FEED)
    )
    assert (state.failures, state.health, heard) == (0, "ok", [])
    assert state.last_reason == "empty-feed"


def test_a_host_that_was_too_busy_to_be_asked_changes_nothing() -> None:
    assert run(STATE, failed(0, Reason.HOST_BUSY)) == (STATE, [])


def test_a_source_that_is_gone_is_retired_with_a_notice() -> None:
    state, heard = run(STATE, failed(0, Reason.GONE))
    assert state.retired
    assert state.health == "gone"
    assert kinds(heard) == ["gone"]


def test_a_move_for_good_changes_the_address_with_a_notice() -> None:
    state, heard = run(STATE, replace(brought(0), url="https://outlet.example/new"))
    assert state.url == "https://outlet.example/new"
    assert kinds(heard) == ["moved"]
    assert run(state, replace(brought(1), url="https://outlet.example/new"))[1] == []


def test_silence_against_a_habit_is_reported_once_and_so_is_its_end() -> None:
    habit = [brought(hour) for hour in range(20 * 24)]
    state, heard = run(STATE, *habit)
    assert heard == []
    state, heard = run(state, *(unchanged(480 + hour) for hour in range(30)))
    assert kinds(heard) == ["silent"]
    assert state.health == "silent"
    _, heard = run(state, brought(520))
    assert kinds(heard) == ["speaks-again"]


def test_a_source_that_is_often_silent_for_long_is_not_reported() -> None:
    weekly = [brought(hour) for hour in range(0, 24 * 70, 24 * 7)]
    state, heard = run(STATE, *weekly)
    assert heard == []
    _, heard = run(state, *(unchanged(24 * 63 + hour) for hour in range(24, 24 * 9, 24)))
    assert heard == []


def test_a_weekend_is_no_silence_once_it_is_known() -> None:
    workdays = [
        brought(24 * day + hour) for day in range(28) if (START + day * DAY).weekday() < 5 for hour in range(0, 10, 2)
    ]
    assert run(STATE, *workdays)[1] == []


def test_a_source_that_never_brings_anything_is_reported_after_a_month() -> None:
    _, heard = run(STATE, brought(0), *(unchanged(24 * day, proven=True) for day in range(1, 40)))
    assert kinds(heard) == ["silent"]
    _, heard = run(STATE, *(failed(24 * day, Reason.EMPTY_FEED) for day in range(40)))
    assert kinds(heard) == ["silent"]


def test_a_clock_set_back_teaches_nothing() -> None:
    state, _ = run(STATE, brought(10), brought(11))
    gap = state.usual_gap
    state, _ = run(state, brought(-500))
    assert state.usual_gap == gap
    assert state.last_entry_at == START - 500 * HOUR
