"""Periods: local times, changes of the clock, standstills, and never two for one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipeline.digest import period
from pipeline.model.rules import DigestPlan

BERLIN = DigestPlan(id="m", every="day", at=time(7), zone="Europe/Berlin")
WEEKDAYS = DigestPlan(id="d", every="weekday", at=time(7), zone="Europe/Berlin")
WEEK = DigestPlan(id="w", every="week", weekday=0, at=time(7), zone="Europe/Berlin")


def local(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("plan", "day", "start", "end"),
    [
        (BERLIN, date(2025, 6, 5), "2025-06-04T07:00", "2025-06-05T07:00"),
        (WEEKDAYS, date(2025, 6, 6), "2025-06-05T07:00", "2025-06-06T07:00"),
        (WEEKDAYS, date(2025, 6, 9), "2025-06-06T07:00", "2025-06-09T07:00"),  # Monday takes in the weekend
        (WEEKDAYS, date(2025, 6, 7), "2025-06-06T07:00", "2025-06-09T07:00"),  # none on Saturday: the next one
        (WEEK, date(2025, 6, 9), "2025-06-02T07:00", "2025-06-09T07:00"),
        (WEEK, date(2025, 6, 4), "2025-06-02T07:00", "2025-06-09T07:00"),
    ],
)
def test_the_period_of_a_day(plan: DigestPlan, day: date, start: str, end: str) -> None:
    got = period.on(plan, day)
    assert (got.start, got.end) == (local(start), local(end))
    assert got.start.tzinfo is UTC


@pytest.mark.parametrize(("day", "hours"), [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (date(2025, 6, 5), 24)])
def test_a_day_is_as_long_as_its_clock_makes_it(day: date, hours: int) -> None:
    got = period.on(BERLIN, day)
    assert got.end - got.start == timedelta(hours=hours)


def test_a_time_that_the_clock_skips_or_repeats_happens_once() -> None:
    at = DigestPlan(id="n", at=time(2, 30), zone="Europe/Berlin")
    assert period.on(at, date(2025, 3, 30)).end == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)  # 03:30 there
    assert period.on(at, date(2025, 10, 26)).end == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)  # the first 02:30
    assert period.on(at, date(2025, 10, 27)).start == period.on(at, date(2025, 10, 26)).end


def test_latest_and_upcoming_meet_at_now() -> None:
    at = local("2025-06-05T07:00")
    assert period.latest(BERLIN, at).end == at
    assert period.latest(BERLIN, at - timedelta(microseconds=1)).end == local("2025-06-04T07:00")
    assert period.upcoming(BERLIN, at).start == at
    assert period.upcoming(WEEKDAYS, local("2025-06-07T12:00")).end == local("2025-06-09T07:00")


def test_the_first_digest_is_the_latest_alone() -> None:
    now = local("2025-06-05T08:00")
    assert period.due(BERLIN, now, None) == (period.latest(BERLIN, now),)


def test_nothing_is_due_twice() -> None:
    now = local("2025-06-05T08:00")
    assert period.due(BERLIN, now, period.latest(BERLIN, now)) == ()
    assert period.due(BERLIN, local("2025-06-06T06:59"), period.latest(BERLIN, now)) == ()


def test_missed_ones_are_made_up_in_order_and_without_a_gap() -> None:
    last = period.on(BERLIN, date(2025, 6, 1))
    got = period.due(BERLIN, local("2025-06-05T08:00"), last)
    assert [one.key for one in got] == ["m-2025-06-02", "m-2025-06-03", "m-2025-06-04", "m-2025-06-05"]
    assert [one.start for one in got] == [last.end, *(one.end for one in got[:-1])]


def test_a_long_standstill_ends_in_a_bounded_number_without_a_gap() -> None:
    last = period.on(BERLIN, date(2024, 1, 1))
    got = period.due(BERLIN, local("2025-06-05T08:00"), last)
    assert len(got) == period.MADE_UP
    assert got[0].start == last.end
    assert got[-1].day == date(2025, 6, 5)


def test_a_later_time_on_the_same_day_is_no_second_digest() -> None:
    built = period.on(BERLIN, date(2025, 6, 5))
    moved = DigestPlan(id="m", every="day", at=time(18), zone="Europe/Berlin")
    assert period.due(moved, local("2025-06-05T19:00"), built) == ()
    tomorrow = period.due(moved, local("2025-06-06T19:00"), built)
    assert [(one.key, one.start) for one in tomorrow] == [("m-2025-06-06", built.end)]


def test_an_earlier_time_loses_no_moment() -> None:
    built = period.on(BERLIN, date(2025, 6, 5))
    moved = DigestPlan(id="m", every="day", at=time(5), zone="Asia/Tokyo")
    got = period.due(moved, local("2025-06-06T09:00"), built)
    assert got[0].start == built.end
    assert all(one.start < one.end for one in got)


def test_a_period_holds_its_start_and_not_its_end() -> None:
    one = period.on(BERLIN, date(2025, 6, 5))
    assert one.holds(one.start)
    assert not one.holds(one.end)
