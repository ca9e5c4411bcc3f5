"""Who coordinates: one process holds a lease in the database, others stand by and take over when it runs out.

Each new holder gets a higher number, and every write of a coordinator is fenced with its number. So a process that was
paused, lost its lease and wakes up can think what it likes: the database takes nothing from it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

from pipeline.errors import StoreError
from pipeline.service import log
from pipeline.service.wiring import Desk
from pipeline.storage import leases
from pipeline.storage.session import Fence, Transaction

LEASE = "coordinator"
STEPS_PER_LEASE = 6  # the lease is renewed so often in its time: five renewals may fail before it is lost

Gained = Callable[[Transaction, str], None]  # called in the transaction that takes the lease, with who had it before


def _nothing(_tx: Transaction, _before: str) -> None:
    """Where nothing is to be done on taking the lease."""


class Coordinator:
    """This process's part in who coordinates. `step` is called from one thread; the rest from any."""

    def __init__(self, desk: Desk, *, name: str = LEASE, gained: Gained = _nothing) -> None:
        self._desk = desk
        self._gained = gained
        self._name = name
        self._fence: Fence | None = None
        self._good_until_s = 0.0  # on the steady clock
        self._told = ""

    @property
    def length(self) -> timedelta:
        """How long a lease lasts without being renewed."""
        return self._desk.settings.lease.time

    @property
    def active(self) -> bool:
        """Whether this process may take the lease to be its own: renewed, and not so long ago that it ran out."""
        return self._fence is not None and self._desk.clock.elapsed_s() < self._good_until_s

    def step(self) -> bool:
        """Renew the lease, or try to get it; whether it is ours. A database that cannot be reached costs nothing."""
        asked_s = self._desk.clock.elapsed_s()
        try:
            fence = None
            if self._fence is not None or self._to_be_had():
                with self._desk.store.transaction() as tx:
                    fence = self._renewed(tx)
        except StoreError as error:
            self._say("unreachable", "the lease could not be renewed", error=str(error))
            return self.active
        if fence is None:
            self._fence = None
            self._say("standby", "standing by: another process coordinates")
            return False
        # counted from before the question, so that we stop before the database lets another one in
        self._good_until_s = asked_s + self.length.total_seconds()
        self._fence = self._desk.fence = fence
        self._say("active", "coordinating", lease=fence.token)
        return True

    def _to_be_had(self) -> bool:
        """Whether nobody else holds the lease now. Asked without a lock: one that a paused holder keeps would bind us.

        What the database still holds open for a holder whose lease ran out is ended: it may be paused within it.
        """
        store = self._desk.store
        with store.read() as tx:
            row = leases.look(tx, self._name)
            over = row is None or row.until is None or row.until <= leases.database_now(tx)
        if row is None or not over or row.holder in ("", self._desk.holder):
            return over or (row is not None and row.holder == self._desk.holder)
        ended = store.end_sessions(row.holder)
        if ended:
            log.warning("ended the sessions of a coordinator that did not renew", before=row.holder, sessions=ended)
        return True

    def _renewed(self, tx: Transaction) -> Fence | None:
        if self._fence is not None and leases.renew(tx, self._fence, length=self.length):
            return self._fence
        before = leases.look(tx, self._name)
        fence = leases.acquire(tx, self._name, self._desk.holder, length=self.length)
        if fence is not None:
            self._gained(tx, before.holder if before else "")
        return fence

    def lost(self) -> None:
        """A write was refused: somebody else coordinates. The fence stays, so that nothing is written meanwhile."""
        self._fence = None
        self._say("lost", "the lease has passed on to another process: work in hand is dropped")

    def give_up(self) -> None:
        """Let the lease go, so that a standby takes over at once."""
        fence, self._fence = self._fence, None
        if fence is None:
            return
        try:
            with self._desk.store.transaction() as tx:
                leases.give_up(tx, fence)
        except StoreError as error:
            log.warning("the lease could not be given up; it runs out by itself", error=str(error))

    def keep(self, stop: threading.Event, *, taken: Callable[[], None] = lambda: None) -> None:
        """Take `step` after `step` until a stop, and call `taken` each time the lease has become ours.

        What is unforeseen is told, and the next step is taken.
        """
        while not stop.is_set():
            try:
                before = self._fence
                if self.step() and self._fence != before:
                    taken()
            except Exception as error:  # noqa: BLE001 - this thread must outlive whatever one step meets
                log.error("a step of the coordinator failed", exc=error)
            stop.wait(self.length.total_seconds() / STEPS_PER_LEASE)

    def _say(self, state: str, message: str, **fields: object) -> None:
        if state != self._told:
            self._told = state
            level = "warning" if state in ("lost", "unreachable") else "info"
            log.say(level, message, holder=self._desk.holder, **fields)
