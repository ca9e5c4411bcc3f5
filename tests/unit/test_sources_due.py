"""When a source is looked at again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.model.source import Hints, Source, SourceState
from pipeline.sources import due, hints

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)  # a Sunday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOURCE = Source(id="outlet", url="https://outlet.example/rss")
STATE = SourceState(source="outlet", url=SOURCE.url)


def wait(
    *, source: Source = SOURCE, state: SourceState = STATE, asked: Hints | None = None, jitter: float = 0.0
) -> timedelta:
    at = due.next_poll(source, state, hints=asked or Hints(), now=NOW, jitter=jitter)
    assert at is not None
    return at - NOW


def state(**more: Any) -> SourceState:
    return SourceState(source="outlet", url=SOURCE.url, **more)


def test_the_interval_of_the_source_holds() -> None:
    assert wait() == 15 * MINUTE
    assert wait(source=Source(id="a", url="u", interval=2 * HOUR)) == 2 * HOUR


def test_a_quick_outlet_is_looked_at_more_often_and_a_slow_one_less() -> None:
    assert wait(state=state(usual_gap=MINUTE)) == 5 * MINUTE  # the floor
    assert wait(state=state(usual_gap=20 * MINUTE)) == 10 * MINUTE
    assert wait(state=state(usual_gap=30 * DAY)) == 2 * HOUR  # eight times the interval


def test_an_interval_above_the_ceiling_is_the_users_wish() -> None:
    assert wait(source=Source(id="a", url="u", interval=2 * DAY)) == 2 * DAY


@pytest.mark.parametrize(
    "asked",
    [
        Hints(ttl=HOUR),
        Hints(max_age=HOUR),
        Hints(expires=NOW + HOUR),
        Hints(update_period=HOUR),
        Hints(retry_after=HOUR),
    ],
)
def test_what_feed_and_server_ask_is_waited_for(asked: Hints) -> None:
    assert wait(asked=asked) == HOUR


def test_a_wish_for_less_changes_nothing() -> None:
    assert wait(asked=Hints(ttl=MINUTE, max_age=timedelta(0), expires=NOW - DAY)) == 15 * MINUTE


def test_no_wish_parks_a_source() -> None:
    assert wait(asked=Hints(max_age=365 * DAY)) == 6 * HOUR
    assert wait(asked=Hints(retry_after=365 * DAY)) == DAY


def test_failures_double_the_wait_up_to_a_day() -> None:
    waits = [wait(state=state(failures=count)) for count in range(1, 40)]
    assert waits[0] == 30 * MINUTE
    assert waits == sorted(waits)
    assert waits[-1] <= DAY


def test_jitter_only_adds() -> None:
    assert wait(jitter=1.0) == 15 * MINUTE * 1.1
    assert wait(asked=Hints(retry_after=HOUR), jitter=0.5) >= HOUR
    assert wait(jitter=99.0) == wait(jitter=1.0)


def test_hours_and_days_that_the_feed_rules_out_are_skipped() -> None:
    asked = Hints(skip_hours=frozenset({12, 13}), skip_days=frozenset({0}))
    assert NOW + wait(asked=asked) == datetime(2026, 11, 22, 14, tzinfo=UTC)
    monday_only = Hints(skip_days=frozenset({6, 1, 2, 3, 4, 5}))
    assert NOW + wait(asked=monday_only) == datetime(2026, 11, 23, 0, tzinfo=UTC)


def test_a_feed_that_rules_out_everything_is_asked_all_the_same() -> None:
    everything = Hints(skip_hours=frozenset(range(24)), skip_days=frozenset(range(7)))
    assert wait(asked=everything) < 9 * DAY


def test_retired_and_disabled_sources_are_not_due() -> None:
    assert due.next_poll(SOURCE, state(retired=True), hints=Hints(), now=NOW, jitter=0) is None
    assert due.next_poll(Source(id="a", url="u", enabled=False), STATE, hints=Hints(), now=NOW, jitter=0) is None


def test_after_a_failure_no_validators_are_sent() -> None:
    assert due.validators(state(etag='"a"', last_modified="m")) == ('"a"', "m")
    assert due.validators(state(etag='"a"', last_modified="m", failures=1)) == ("", "")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), ("0", 0), ("Sun, 22 Nov 2026 12:40:00 GMT", 600), ("Sun, 22 Nov 2020 12:40:00 GMT", 0)],
)
def test_retry_after_is_read_as_seconds_and_as_date(value: str, seconds: int) -> None:
    assert hints.retry_after(value, now=NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", "soon", "-5", "1e9", "²"])
def test_a_retry_after_that_cannot_be_read_is_none(value: str) -> None:
    assert hints.retry_after(value, now=NOW) is None


def test_a_retry_after_of_ages_is_a_year_at_most() -> None:
    for value in ("9999999999", "Sun, 22 Nov 9999 12:40:00 GMT"):
        found = hints.retry_after(value, now=NOW)
        assert found is not None
        assert found <= 366 * DAY


def test_headers_of_an_answer_are_read() -> None:
    found = hints.of_headers(
        (("cache-control", "public, s-maxage=9, max-age=300"), ("expires", "Sun, 22 Nov 2026 13:30:00 GMT")), now=NOW
    )
    assert found.max_age == 5 * MINUTE
    assert found.expires == NOW + HOUR
    assert hints.merged(Hints(ttl=HOUR), found) == Hints(ttl=HOUR, max_age=5 * MINUTE, expires=NOW + HOUR)


SLOW, QUICK = Source(id="a", url="u", interval=2 * HOUR), Source(id="a", url="u", interval=10 * MINUTE)
WAITING = state(last_polled_at=NOW, next_poll_at=NOW + 2 * HOUR)


@pytest.mark.parametrize(
    ("now", "after", "at"),
    [
        (WAITING, QUICK, NOW + 10 * MINUTE),
        (WAITING, Source(id="a", url="u", interval=3 * HOUR), None),  # a longer one counts from the next poll
        (WAITING, SLOW, None),
        (replace(WAITING, next_poll_at=NOW + 3 * HOUR), QUICK, None),  # the feed asked for more than the interval
        (replace(WAITING, failures=1), QUICK, None),
        (replace(WAITING, next_poll_at=NOW + MINUTE), QUICK, None),  # asked for by hand
        (replace(WAITING, retired=True), QUICK, None),
        (STATE, QUICK, None),
    ],
)
def test_a_shortened_interval_counts_from_the_last_poll(now: SourceState, after: Source, at: datetime | None) -> None:
    pace = due.Cadence()
    assert due.sooner(now, before=(SLOW, pace), after=(after, pace), jitter=0.0) == at


def test_what_was_spread_when_it_was_set_comes_nearer_spread() -> None:
    after_poll = due.next_poll(SLOW, state(last_polled_at=NOW), hints=Hints(), now=NOW, jitter=0.37)
    spread = state(last_polled_at=NOW, next_poll_at=after_poll)
    pace = due.Cadence()
    nearer = due.sooner(spread, before=(SLOW, pace), after=(QUICK, pace), jitter=0.37)
    assert nearer is not None
    assert NOW + 10 * MINUTE < nearer < NOW + 11 * MINUTE
