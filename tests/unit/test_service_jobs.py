"""Jobs and ticks: recorded, never overlapping, one that fails or hangs leaves the others alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import LeaseLost, NotifyError, StoreError
from pipeline.scheduler import Ticker
from pipeline.service.clock import Clock
from pipeline.service.collector import Collector
from pipeline.service.coordinator import Coordinator
from pipeline.service.jobs import Job, Jobs, summary, told
from pipeline.service.wiring import Desk, desk
from pipeline.settings.load import load
from pipeline.storage import jobs as rows
from pipeline.storage import leases
from pipeline.storage.session import Store

MINUTE = timedelta(minutes=1)
WAIT_S = 10.0


@dataclass(frozen=True)
class MovableClock(Clock):
    """A clock that a test moves: both the wall's and the steady one."""

    moved: list[timedelta] = field(default_factory=lambda: [timedelta()])

    def now(self) -> datetime:
        return super().now() + self.moved[0]

    def elapsed_s(self) -> float:
        return super().elapsed_s() + self.moved[0].total_seconds()


@pytest.fixture
def at_desk(store: Store, tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "config"
    folder.mkdir()
    with desk(load(folder, env={}), store=store, clock=MovableClock()) as built:
        yield built


@pytest.fixture
def running(at_desk: Desk) -> Iterator[Callable[..., Jobs]]:
    collectors: list[Collector] = []

    def make(*jobs: Job, coordinator: Coordinator | None = None) -> Jobs:
        collector = Collector(at_desk)
        collector.start()
        collectors.append(collector)
        lease = coordinator or Coordinator(at_desk)
        if coordinator is None:
            lease.step()
        return Jobs(at_desk, collector, lease, jobs)

    yield make
    for collector in collectors:
        assert collector.close(WAIT_S)


def row(at_desk: Desk, name: str) -> rows.JobRow:
    return next(one for one in at_desk.read_now(rows.all_jobs) if one.name == name)


def job(name: str = "count", **more: Any) -> Job:
    given: dict[str, Any] = {"every": timedelta(seconds=1), "allowed": MINUTE, "call": lambda _: "3 things"} | more
    return Job(name=name, **given)


def test_a_run_is_recorded_with_start_length_and_result(at_desk: Desk, running: Callable[..., Jobs]) -> None:
    assert running(job()).run("count")
    done = row(at_desk, "count")
    assert (done.result, done.detail, done.runs, done.failures) == ("ok", "3 things", 1, 0)
    assert done.started_at is not None
    assert done.finished_at is not None
    assert done.took_s is not None
    assert done.next_at == done.finished_at + timedelta(seconds=1)


@pytest.mark.parametrize(
    "error",
    [
        NotifyError("the server said no", thing="mail"),
        ValueError("a mistake of ours"),
        ExceptionGroup("several", [ValueError("one"), StoreError("two")]),
    ],
)
def test_a_job_that_fails_is_recorded_and_runs_again(
    at_desk: Desk, running: Callable[..., Jobs], error: Exception
) -> None:
    turns = [error, None]

    def call(_: Desk) -> str:
        fault = turns.pop(0)
        if fault:
            raise fault
        return "well again"

    jobs = running(job(call=call))
    assert not jobs.run("count")
    failed = row(at_desk, "count")
    assert failed.result == "failed"
    assert all(str(one) in failed.detail for one in getattr(error, "exceptions", [error]))
    assert jobs.run("count")
    assert row(at_desk, "count").result == "ok"
    assert row(at_desk, "count").failures == 1


def test_only_who_holds_the_lease_runs_what_is_coordinated(at_desk: Desk, running: Callable[..., Jobs]) -> None:
    with at_desk.store.transaction() as tx:
        assert leases.acquire(tx, "coordinator", "somebody else", length=MINUTE)
    standby = Coordinator(at_desk)
    assert not standby.step()
    jobs = running(job(), job("free", coordinated=False), coordinator=standby)
    assert not jobs.run("count")
    assert jobs.run("free")


def test_nothing_is_written_once_the_lease_has_passed_on(at_desk: Desk, running: Callable[..., Jobs]) -> None:
    mine = Coordinator(at_desk)
    assert mine.step()

    def call(_: Desk) -> None:
        with at_desk.store.transaction() as tx:  # as if this process had been paused for longer than the lease
            later = leases.database_now(tx) + timedelta(hours=1)
            assert leases.acquire(tx, "coordinator", "successor", length=MINUTE, now=later)
        at_desk.write_now(lambda tx: rows.mark(tx, "late", 1, now=at_desk.clock.now()))

    assert not running(job(call=call), coordinator=mine).run("count")
    assert at_desk.read_now(lambda tx: rows.marked(tx, "late")) is None
    assert not mine.active
    with pytest.raises(LeaseLost):
        at_desk.write_now(lambda tx: rows.mark(tx, "late", 1, now=at_desk.clock.now()))


def test_a_slow_job_is_due_by_its_last_start_in_the_store(at_desk: Desk, running: Callable[..., Jobs]) -> None:
    clock = at_desk.clock
    assert isinstance(clock, MovableClock)
    jobs = running(job(every=timedelta(hours=24)))
    assert jobs.run("count")
    assert not jobs.run("count")
    clock.moved[0] = timedelta(hours=23)
    assert not jobs.run("count")
    clock.moved[0] = timedelta(hours=25)
    Coordinator(at_desk)
    jobs._coordinator.step()
    assert jobs.run("count")
    clock.moved[0] = timedelta()  # set back by a day: what started in the future does not keep it waiting
    jobs._coordinator.step()
    assert jobs.run("count")


def test_a_job_that_hangs_is_seen_told_and_cut_off_and_stops_no_other(
    at_desk: Desk, running: Callable[..., Jobs]
) -> None:
    clock = at_desk.clock
    assert isinstance(clock, MovableClock)
    begun = threading.Event()

    async def forever(_desk: Desk, _fetcher: object, _stop: asyncio.Event) -> None:
        begun.set()
        await asyncio.Event().wait()

    jobs = running(job("hangs", call=None, work=forever, coordinated=False), job(coordinated=False))
    thread = threading.Thread(target=jobs.run, args=("hangs",))
    thread.start()
    assert begun.wait(WAIT_S)
    assert jobs.overdue() == ()
    assert jobs.run("count")
    assert not jobs.run("hangs"), "it does not overlap itself"
    clock.moved[0] = timedelta(minutes=2)
    assert jobs.overdue() == ("hangs",)
    thread.join(WAIT_S)
    assert not thread.is_alive()
    hung = row(at_desk, "hangs")
    assert hung.result == "failed"
    assert "cut off" in hung.detail
    assert hung.failures == 2, "once as hanging, once as failed"


def test_what_a_failed_run_left_in_hand_is_freed_by_the_next(at_desk: Desk, running: Callable[..., Jobs]) -> None:
    freed: list[str] = []
    turns: list[Exception | None] = [StoreError("the server went away"), None, None]

    def call(_: Desk) -> None:
        fault = turns.pop(0)
        if fault:
            raise fault

    def free(_tx: object, holder: str) -> int:
        freed.append(holder)
        return 1

    jobs = running(job(call=call, free=free))
    assert [jobs.run("count") for _ in range(3)] == [False, True, True]
    assert freed == [at_desk.holder]


def test_after_a_stop_nothing_starts(at_desk: Desk, running: Callable[..., Jobs]) -> None:
    jobs = running(job())
    jobs.stop()
    assert not jobs.run("count")


def test_what_jobs_answer_is_a_line() -> None:
    @dataclass
    class Counted:
        sent: int = 3
        retried: int = 0
        errors: dict[str, int] = field(default_factory=lambda: {"mail: refused": 2})

    assert summary(Counted()) == "sent 3, mail: refused 2"
    assert summary(None) == ""
    assert summary((1, 2)) == "2"
    assert told(ExceptionGroup("g", [ValueError("x"), ValueError("x")])) == "ValueError: x (2 times)"


# --- ticks ---------------------------------------------------------------------------------------------------------


def test_ticks_go_on_while_one_call_hangs_and_another_fails() -> None:
    missed: list[tuple[str, datetime, str]] = []
    release, enough, told = threading.Event(), threading.Event(), threading.Event()
    calls = {"hangs": 0, "works": 0}

    def hang() -> None:
        calls["hangs"] += 1
        release.wait(WAIT_S)

    def work() -> None:
        calls["works"] += 1
        if calls["works"] >= 5:
            enough.set()

    def fail() -> None:
        raise RuntimeError("broken")

    def miss(name: str, at: datetime, why: str) -> None:
        missed.append((name, at, why))
        told.set()

    ticker = Ticker(miss)
    for name, call in (("hangs", hang), ("works", work), ("fails", fail)):
        ticker.every(name, timedelta(milliseconds=50), call)
    ticker.start()
    assert enough.wait(WAIT_S)
    assert told.wait(WAIT_S)
    release.set()
    ticker.stop()
    assert calls["hangs"] == 1
    assert {name for name, _, _ in missed} == {"fails"}
    assert all(at.tzinfo is UTC and "broken" in why for _, at, why in missed)


def test_a_clock_that_jumps_makes_every_job_due() -> None:
    called = threading.Event()
    ticker = Ticker()
    ticker.every("rare", timedelta(hours=6), called.set, soon=False)
    ticker.start()
    assert ticker.heed_clock() == timedelta()
    assert not called.is_set()
    ticker._wall += timedelta(hours=1)  # the wall clock was ahead, and was set back
    assert abs(ticker.heed_clock() + timedelta(hours=1)) < timedelta(seconds=5)
    assert called.wait(WAIT_S)
    ticker.stop()


def test_a_job_that_is_nudged_runs_now_and_once_more_when_it_ran_already(
    at_desk: Desk, running: Callable[..., Jobs]
) -> None:
    begun, go_on, ended = threading.Semaphore(0), threading.Event(), threading.Semaphore(0)

    def call(_desk: Desk) -> str:
        begun.release()
        assert go_on.wait(WAIT_S)
        ended.release()
        return ""

    jobs = running(job("work", call=call))
    jobs.nudge("work")
    assert begun.acquire(timeout=WAIT_S)
    jobs.nudge("work")  # both fall into the run: one more makes up for them
    jobs.nudge("work")
    jobs.nudge("no job of that name")
    go_on.set()
    assert ended.acquire(timeout=WAIT_S)
    assert begun.acquire(timeout=WAIT_S)
    assert ended.acquire(timeout=WAIT_S)
    while (row(at_desk, "work").runs, row(at_desk, "work").result) != (2, "ok"):
        pass
    assert not begun.acquire(blocking=False)


def test_what_is_due_before_the_tick_is_done_then(at_desk: Desk, running: Callable[..., Jobs]) -> None:
    due: list[datetime | None] = [at_desk.clock.now(), at_desk.clock.now() + 2 * MINUTE]
    came = threading.Semaphore(0)
    jobs = running(job(every=MINUTE, call=lambda _: came.release(), due=lambda _: due.pop(0)))
    assert jobs.run("count")
    assert came.acquire(timeout=WAIT_S)
    assert came.acquire(timeout=WAIT_S), "it ran again without a tick"
    while due or row(at_desk, "count").result != "ok":
        pass
    assert row(at_desk, "count").runs == 2
