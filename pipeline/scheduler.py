"""Ticks. The store knows what is due; this only says when to ask it. The only user of APScheduler.

Its jobs live in memory: nothing is lost with them, since a tick carries no work of its own. Runs that were missed are
made up by one run, however late; a job never overlaps itself, and a tick that falls into its run is one of those that
the next run makes up; a run that could not start is told to `missed`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from pipeline.service.clock import Clock

CLOCK_STEP = timedelta(seconds=5)  # a wall clock that moved against the steady one by more than this has jumped
MOST_JOBS = 32  # threads: one a job, so that a job that hangs keeps none waiting

Missed = Callable[[str, datetime, str], None]  # name, when it was due, why it did not start


def _nobody(_name: str, _at: datetime, _why: str) -> None:
    """Where nobody wants to know."""


class Ticker:
    """Calls functions at intervals, each in a thread of its own."""

    def __init__(self, missed: Missed = _nobody) -> None:
        self._missed = missed
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(MOST_JOBS)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,  # no hour is skipped or had twice
        )
        self._scheduler.add_listener(self._told, EVENT_JOB_MISSED | EVENT_JOB_ERROR)
        self._wall, self._steady = Clock().now(), time.monotonic()

    def every(self, name: str, interval: timedelta, call: Callable[[], object], *, soon: bool = True) -> None:
        """Call at that interval, the first time at once when `soon`. A name that is there is replaced."""
        self._scheduler.add_job(
            call,
            IntervalTrigger(seconds=max(interval.total_seconds(), 0.05), timezone=UTC),
            id=name,
            name=name,
            replace_existing=True,
            **({"next_run_time": Clock().now()} if soon else {}),
        )

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more. What runs is not waited for."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    @property
    def running(self) -> bool:
        """Whether it ticks."""
        return bool(self._scheduler.running)

    def heed_clock(self) -> timedelta:
        """Set every job right when the wall clock has jumped since the last call; by how much it did.

        Jobs are due at wall times: after a step back of an hour they would rest for that hour. To be called often.
        """
        wall, steady = Clock().now(), time.monotonic()
        jump = (wall - self._wall) - timedelta(seconds=steady - self._steady)
        self._wall, self._steady = wall, steady
        if abs(jump) <= CLOCK_STEP:
            return timedelta()
        self.now()
        return jump

    def now(self) -> None:
        """Let every job have a turn at once."""
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=Clock().now())

    def _told(self, event: JobExecutionEvent) -> None:
        why = "no thread was free in time" if event.code == EVENT_JOB_MISSED else f"failed: {event.exception}"
        self._missed(event.job_id, event.scheduled_run_time.astimezone(UTC), why)
