"""The pace of hosts, kept in the database: all processes together ask a host no faster than it wants."""

from __future__ import annotations

from datetime import timedelta

from pipeline.service.wiring import Desk
from pipeline.storage import hosts


class SharedGate:
    """A `fetch.pace.Gate` that books in the store. Raises StoreError where that cannot be."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def book(self, site: str, *, delay_s: float, within_s: float) -> float:
        """See Gate."""
        if not delay_s:
            return 0.0
        now, delay, within = self._desk.clock.now(), timedelta(seconds=delay_s), timedelta(seconds=within_s)
        wait = await self._desk.write(lambda tx: hosts.book(tx, site, now=now, delay=delay, within=within))
        return wait.total_seconds()

    async def hold(self, site: str, *, seconds: float) -> None:
        """See Gate."""
        until = self._desk.clock.now() + timedelta(seconds=seconds)
        await self._desk.write(lambda tx: hosts.hold(tx, site, until=until))
