"""How fast one host is asked: a gate that books the next free moment of a host.

The gate here holds for one process. The service puts one in its place that books in the database, so that several
processes share the pace.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

_REMEMBERED = 10_000  # hosts whose pace is kept; those whose moment has passed are dropped first


class Gate(Protocol):
    """Who decides when a host may be asked next."""

    async def book(self, site: str, *, delay_s: float, within_s: float) -> float:
        """Seconds until the host may be asked; from then on it rests for `delay_s`.

        Above `within_s` nothing is booked: the caller does not wait that long.
        """

    async def hold(self, site: str, *, seconds: float) -> None:
        """Let nobody ask the host for so long: it said so (`Retry-After`)."""


class LocalGate:
    """The pace of hosts within this process."""

    def __init__(self) -> None:
        self._free_at: dict[str, float] = {}  # monotonic seconds

    async def book(self, site: str, *, delay_s: float, within_s: float) -> float:
        """See Gate."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._free_at.get(site, 0.0))
        if at - now <= within_s:
            self._free_at[site] = at + delay_s
            self._forget(now)
        return at - now

    async def hold(self, site: str, *, seconds: float) -> None:
        """See Gate."""
        self._free_at[site] = max(self._free_at.get(site, 0.0), asyncio.get_running_loop().time() + seconds)

    def _forget(self, now: float) -> None:
        if len(self._free_at) > _REMEMBERED:
            self._free_at = {site: at for site, at in self._free_at.items() if at > now}
