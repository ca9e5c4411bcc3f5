"""The jobs of the service: what each does, how often, and how it went. A tick calls `run`; the store keeps the record.

A job that fails is told and runs again at its next turn. A job that takes longer than allowed is seen by `overdue`,
told, and cut off where it can be; the others run in threads of their own and do not wait for it.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

from pipeline.errors import ClaimwatchError, LeaseLost, StoreError
from pipeline.service import log
from pipeline.service.collector import Collector, Work
from pipeline.service.coordinator import Coordinator
from pipeline.service.wiring import Desk
from pipeline.storage import jobs
from pipeline.storage.session import Transaction

MINUTE = timedelta(minutes=1)
SOONEST_S = 1.0  # between the end of a run and one before its tick
SLOW = 5 * MINUTE  # a job that is run less often than this is due by its last start in the store, not by the tick


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job. It has `work` (on the collector's loop) or `call` (in the tick's own thread)."""

    name: str
    every: timedelta  # between two starts
    allowed: timedelta  # one run; longer is taken to hang
    work: Work[Any] | None = None
    call: Callable[[Desk], object] | None = None
    coordinated: bool = True  # only who holds the lease runs it
    due: Callable[[Transaction], datetime | None] | None = None  # when it has something to do next, before its tick
    free: Callable[[Transaction, str], int] | None = None  # frees what a run that failed has left in hand

    @property
    def tick(self) -> timedelta:
        """How often to ask whether it is due."""
        return min(self.every, MINUTE)


@dataclass(slots=True)
class _Run:
    """A run in progress."""

    started_s: float
    told: bool = False  # that it hangs


class Jobs:
    """Runs jobs and keeps the record. `run` is called from many threads."""

    def __init__(self, desk: Desk, collector: Collector, coordinator: Coordinator, jobs_: tuple[Job, ...]) -> None:
        self._desk = desk
        self._collector = collector
        self._coordinator = coordinator
        self.jobs: Mapping[str, Job] = {job.name: job for job in jobs_}
        self._running: dict[str, _Run] = {}
        self._unclean: set[str] = set()  # jobs whose last run failed
        self._nudged: set[str] = set()  # jobs that run next because there is something to do
        self._planned: dict[str, threading.Timer] = {}  # the next run of a job that is due before its tick
        self._again: set[str] = set()  # jobs that were nudged while they ran
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def run(self, name: str) -> bool:
        """Run that job when it is due and ours to run; whether it ran and went well. Never raises."""
        job = self.jobs[name]
        if self._stopping.is_set() or (job.coordinated and not self._coordinator.active):
            return False
        try:
            if job.every >= SLOW and not self._due(job):
                return False
            return self._run(job)
        except LeaseLost:
            self._coordinator.lost()
        except StoreError as error:
            log.warning("job could not be recorded", job=name, reason=str(error.reason), error=str(error))
        except Exception as error:  # noqa: BLE001 - the guard of jobs: one that breaks must not stop the service
            log.error("job broke", job=name, exc=error)
        return False

    def nudge(self, name: str) -> None:
        """Let that job run now, before its tick, or once more when it runs. Names of no job are ignored."""
        with self._lock:
            if name not in self.jobs or name in self._nudged or self._stopping.is_set():
                return
            if name in self._running:
                self._again.add(name)
                return
            self._nudged.add(name)
        threading.Thread(target=self._run_nudged, args=(name,), name=f"nudged-{name}", daemon=True).start()

    def _plan(self, job: Job, due: Callable[[Transaction], datetime | None]) -> None:
        """What is due before the next tick is done then: a tick finds much to do at once, and little is done sooner."""
        at = self._desk.read_now(due)
        wait_s = max((at - self._desk.clock.now()).total_seconds(), SOONEST_S) if at is not None else None
        if wait_s is not None and wait_s < job.every.total_seconds():
            timer = threading.Timer(wait_s, self.nudge, args=(job.name,))
            timer.daemon = True
            with self._lock:
                before, self._planned[job.name] = self._planned.get(job.name), timer
            if before is not None:
                before.cancel()
            timer.start()

    def _run_nudged(self, name: str) -> None:
        with self._lock:
            self._nudged.discard(name)
            if name in self._running:  # a tick was quicker: what the nudge was for may have come too late for that run
                self._again.add(name)
                return
        self.run(name)

    def _due(self, job: Job) -> bool:
        now = self._desk.clock.now()
        row = next((r for r in self._desk.read_now(jobs.all_jobs) if r.name == job.name), None)
        if row is None or row.started_at is None:
            return True
        # one that started in the future did so under a clock that was wrong
        return not now - job.every < row.started_at <= now

    def _run(self, job: Job) -> bool:
        desk = self._desk
        run = _Run(desk.clock.elapsed_s())
        with self._lock:
            if job.name in self._running:
                return False
            self._running[job.name] = run
        try:
            desk.write_now(lambda tx: self._begin(tx, job))
            fault: Exception | None = None
            try:
                result = summary(self._carry_out(job))
            except CancelledError:
                fault, result = TimeoutError(), f"cut off after {job.allowed}"
            except Exception as error:  # noqa: BLE001 - stored and told below, whatever it was
                fault, result = error, told(error)
            took_s = desk.clock.elapsed_s() - run.started_s
            (self._unclean.discard if fault is None else self._unclean.add)(job.name)
        finally:
            with self._lock:
                self._running.pop(job.name, None)
                again = job.name in self._again
                self._again.discard(job.name)
        self._record(job, result, took_s, fault)
        if again and fault is None:
            self.nudge(job.name)
        elif job.due is not None and fault is None:
            self._plan(job, job.due)
        return fault is None

    def _begin(self, tx: Transaction, job: Job) -> None:
        """Record the start. What a failed run left in hand, as when the database went away, waits for no lease."""
        jobs.started(tx, job.name, now=self._desk.clock.now())
        if job.free is not None and job.name in self._unclean:
            freed = job.free(tx, self._desk.holder)
            log.debug("freed what the run before left in hand", job=job.name, rows=freed)

    def _carry_out(self, job: Job) -> object:
        if job.work is not None:
            return self._collector.submit(job.work).result()
        assert job.call is not None
        return job.call(self._desk)

    def _record(self, job: Job, result: str, took_s: float, fault: Exception | None) -> None:
        desk = self._desk
        if fault is None:
            log.say("info" if result else "debug", "job done", job=job.name, took_s=round(took_s, 3), result=result)
        else:
            known = any(isinstance(one, ClaimwatchError | TimeoutError) for one in leaves(fault))
            log.error("job failed", job=job.name, took_s=round(took_s, 3), error=result, exc=None if known else fault)
        if any(isinstance(one, LeaseLost) for one in leaves(fault)):
            self._coordinator.lost()
            return
        now = desk.clock.now()
        desk.write_now(
            lambda tx: jobs.finished(
                tx, job.name, now=now, took_s=took_s, ok=fault is None, detail=result, next_at=now + job.every
            )
        )

    def overdue(self) -> tuple[str, ...]:
        """Jobs that run longer than allowed. Each is told and recorded once, and cut off where it can be."""
        now_s = self._desk.clock.elapsed_s()
        with self._lock:
            long = [
                (name, run)
                for name, run in self._running.items()
                if now_s - run.started_s > self.jobs[name].allowed.total_seconds()
            ]
        for name, run in long:
            if not run.told:
                run.told = True
                self._hangs(name, now_s - run.started_s)
            if (work := self.jobs[name].work) is not None:
                self._collector.cut_off(work)
        return tuple(name for name, _ in long)

    def _hangs(self, name: str, for_s: float) -> None:
        detail = f"hangs: it has run for {for_s:.0f} s, {self.jobs[name].allowed.total_seconds():.0f} s are allowed"
        log.error("job hangs", job=name, for_s=round(for_s), allowed_s=self.jobs[name].allowed.total_seconds())
        self.missed(name, self._desk.clock.now(), detail)

    def missed(self, name: str, at: datetime, why: str) -> None:
        """Record that a run of the job did not start or does not end."""
        try:
            self._desk.write_now(lambda tx: jobs.missed(tx, name, at=at, detail=why))
        except StoreError as error:
            log.warning("a missed run could not be recorded", job=name, why=why, error=str(error))

    def running(self) -> tuple[str, ...]:
        """Names of the jobs that run now."""
        with self._lock:
            return tuple(self._running)

    def stop(self) -> None:
        """Start no job any more, and ask those that run to take nothing new."""
        self._stopping.set()
        self._collector.ask_stop()


def leaves(error: BaseException | None) -> Iterator[BaseException]:
    """The errors within groups of errors, one by one."""
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from leaves(one)
    elif error is not None:
        yield error


def told(error: BaseException) -> str:
    """What went wrong, on a line: each kind of error once, with how often."""
    said = Counter(
        str(one) if isinstance(one, ClaimwatchError) else f"{type(one).__name__}: {one}" for one in leaves(error)
    )
    return "; ".join(text if n == 1 else f"{text} ({n} times)" for text, n in said.most_common(5))


def summary(result: object) -> str:
    """What a job answered, on a line: the numbers that are not zero."""
    if result is None:
        return ""
    if isinstance(result, str | int):
        return str(result)
    if isinstance(result, tuple | list):
        return str(len(result)) if result else ""
    if is_dataclass(result):
        parts = []
        for one in fields(result):
            value = getattr(result, one.name)
            if isinstance(value, Mapping):
                parts += [f"{key or 'done'} {n}" for key, n in sorted(value.items())]
            elif isinstance(value, int | float | str) and value:
                parts.append(f"{one.name.replace('_', ' ')} {value}")
        return ", ".join(parts)
    return str(result)
