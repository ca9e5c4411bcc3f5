"""One process of the service: its lease, jobs, configuration and heartbeat; how it starts, turns and stops."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from pipeline.errors import StoreError
from pipeline.service import log
from pipeline.service.collector import Collector
from pipeline.service.coordinator import Coordinator
from pipeline.service.heartbeat import Heartbeat
from pipeline.service.jobs import Job, Jobs
from pipeline.service.presence import Presence, release
from pipeline.service.reload import Reloaded, Reloader, note
from pipeline.service.wiring import Desk
from pipeline.storage import duetimes
from pipeline.storage.session import Transaction

LEDGER_EVERY = timedelta(seconds=2)  # how soon a value that was accepted elsewhere counts here
END_S = 5.0  # what closing threads may take once the grace time is over


class Ticks(Protocol):
    """What calls at intervals: the scheduler."""

    def every(self, name: str, interval: timedelta, call: Callable[[], object], *, soon: bool = True) -> None:
        """Call at that interval."""

    def start(self) -> None:
        """Begin to tick."""

    def stop(self) -> None:
        """Tick no more."""

    def now(self) -> None:
        """Let every job have a turn at once."""

    def heed_clock(self) -> timedelta:
        """Set itself right after the wall clock jumped; by how much it did."""


class Process:
    """The service's part that runs in this process."""

    def __init__(
        self,
        desk: Desk,
        jobs: Callable[[], tuple[Job, ...]],
        ticks: Callable[[Callable[[str, datetime, str], None]], Ticks],
        *,
        part: str,
        env: Mapping[str, str],
        coordinates: bool,
    ) -> None:
        self.desk = desk
        self.coordinator = Coordinator(desk, gained=self._gained)
        self._coordinates = coordinates
        self._collector = Collector(desk)
        self._jobs = Jobs(desk, self._collector, self.coordinator, jobs())
        self._ticks = ticks(self._missed)
        desk.nudge = self._jobs.nudge
        self._heartbeat = Heartbeat(desk.configuration.folder, part)
        self._reloader = Reloader(desk, env, reloaded=self._reloaded, record=lambda: self.coordinator.active)
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self._followers: list[Desk] = []

    def follow(self, desk: Desk) -> None:
        """Keep another desk of this process, as of the review pages, at the same configuration and watch."""
        self._followers.append(desk)

    def start(self) -> None:
        """Start every thread: the lease, the loop that fetches, the watch over the configuration, the ticks."""
        self._collector.start()
        if self._coordinates:
            self._thread("lease", lambda: self.coordinator.keep(self._ended, taken=self._ticks.now))
        presence = Presence(self.desk)
        self._thread("presence", lambda: presence.keep(self._ended))
        self._thread("reload", lambda: self._reloader.run(self._ended))
        for job in self._jobs.jobs.values():
            self._ticks.every(job.name, job.tick, partial(self._jobs.run, job.name))
        self._ticks.every("ledger", LEDGER_EVERY, self._ledger, soon=False)
        self._ticks.start()
        self._heartbeat.beat()

    def _thread(self, name: str, call: Callable[[], None]) -> None:
        thread = threading.Thread(target=call, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def turn(self) -> None:
        """Once a second: beat, see whether a job hangs and whether the clock jumped."""
        self._heartbeat.beat()
        self._jobs.overdue()
        jump = self._ticks.heed_clock()
        if jump:
            log.warning("the clock jumped: every job is asked anew", by_s=round(jump.total_seconds(), 1))
        if jump < timedelta() and self.coordinator.active:
            self._set_back()

    def _set_back(self) -> None:
        """The clock was ahead: what was planned by it would wait for hours."""
        try:
            self.desk.write_now(lambda tx: duetimes.set_back(tx, now=self.desk.clock.now()))
        except StoreError as error:
            log.warning("what is due could not be set right", error=str(error))

    def stop(self, grace: timedelta) -> bool:
        """Finish what is in hand, or give it back after the grace time; False when something would not end."""
        self._jobs.stop()
        self._ticks.stop()
        deadline_s = self.desk.clock.elapsed_s() + grace.total_seconds()
        waiting = threading.Event()
        while self._jobs.running() and self.desk.clock.elapsed_s() < deadline_s:
            waiting.wait(0.05)
        late = self._jobs.running()
        if late:
            log.warning("given back unfinished", jobs=", ".join(late), grace_s=grace.total_seconds())
        closed = self._collector.close(END_S)
        self._give_back()
        self._ended.set()
        self.coordinator.give_up()
        for thread in self._threads:
            thread.join(END_S)
        self._heartbeat.end()
        return closed and not self._jobs.running()

    def _give_back(self) -> None:
        """What this process has in work is free for others at once."""

        def work(tx: Transaction) -> None:
            release(tx, self.desk.holder)

        try:
            self.desk.write_now(work)
        except StoreError as error:
            log.warning("work in hand could not be given back; its leases run out by themselves", error=str(error))

    def _gained(self, tx: Transaction, before: str) -> None:
        """This process coordinates from now on: what the one before it had in work is free, its writes are fenced."""
        freed = release(tx, before) if before not in ("", self.desk.holder) else 0
        duetimes.heed(tx, now=self.desk.clock.now())
        note(tx, self.desk, Reloaded(ok=True))
        if freed:
            log.info("took over what another process had in work", before=before, rows=freed)

    def _ledger(self) -> None:
        try:
            if self.desk.refresh_known():
                log.info("what is known has changed", watch=self.desk.watch.version[:12])
            for follower in self._followers:
                if follower.configuration is not self.desk.configuration:
                    follower.reconfigure(self.desk.configuration)
                else:
                    follower.refresh_known()
        except StoreError as error:
            log.debug("the ledger could not be read", error=str(error))

    def _reloaded(self, came: Reloaded) -> None:
        if came.ok:
            self._ledger()
            logging = self.desk.settings.logging
            log.set_up(logging.format, logging.level)

    def _missed(self, name: str, at: datetime, why: str) -> None:
        if name in self._jobs.jobs:
            log.warning("a run was missed", job=name, due=at, why=why)
            self._jobs.missed(name, at, why)
