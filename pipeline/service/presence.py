"""Which processes are there: each says so now and then, and what one that fell silent had in work is free for others.

Without this, work in hand of a process that was killed would wait for the end of its own, much longer lease.
"""

from __future__ import annotations

import threading
from datetime import timedelta

from pipeline.errors import StoreError
from pipeline.service import log
from pipeline.service.wiring import Desk
from pipeline.storage import entries, leases, outbox, revisits, sources
from pipeline.storage.session import Transaction

PREFIX = "process:"
STEPS = 6  # in the time after which a silent process counts as gone


class Presence:
    """This process, as the others see it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._name = PREFIX + desk.holder

    @property
    def length(self) -> timedelta:
        """A process that says nothing for so long is taken to be gone."""
        return self._desk.settings.lease.time

    def keep(self, stop: threading.Event) -> None:
        """Say so until a stop, and then that it is gone."""
        while not stop.is_set():
            self._say()
            stop.wait(self.length.total_seconds() / STEPS)
        try:
            with self._desk.store.transaction() as tx:
                leases.forget(tx, self._name)
        except StoreError as error:
            log.debug("the end of this process could not be noted", error=str(error))

    def _say(self) -> None:
        try:
            with self._desk.store.transaction() as tx:
                leases.acquire(tx, self._name, self._desk.holder, length=self.length)
        except StoreError as error:
            log.debug("this process could not be noted", error=str(error))


def release(tx: Transaction, holder: str) -> int:
    """Frees everything that a holder has in work; how many rows."""
    return sum(free(tx, holder) for free in (sources.release, entries.release, revisits.release, outbox.release))


def sweep(desk: Desk) -> str:
    """Free what processes that fell silent had in work; the coordinator's job."""

    def work(tx: Transaction) -> list[str]:
        told = []
        for name in leases.lapsed(tx, PREFIX):
            holder = name.removeprefix(PREFIX)
            if holder == desk.holder:
                continue  # this process is busy, not gone
            freed = release(tx, holder)
            leases.forget(tx, name)
            told.append(f"{holder} is gone, {freed} rows freed")
        return told

    return "; ".join(desk.write_now(work))
