"""The flow, in order: due sources -> entries -> pages -> articles -> analysis -> findings -> alerts -> messages."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from pipeline.fetch.client import Fetcher
from pipeline.model.progress import Told, untold
from pipeline.service import deliver, pages, poll, revisits
from pipeline.service.desk import telling
from pipeline.service.wiring import Desk
from pipeline.storage import duetimes


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What one full cycle did."""

    polled: poll.Polled = field(default_factory=poll.Polled)
    worked: pages.Worked = field(default_factory=pages.Worked)
    revisited: pages.Worked = field(default_factory=pages.Worked)
    delivered: deliver.Delivered = field(default_factory=deliver.Delivered)
    took_s: float = 0.0


async def cycle(
    desk: Desk,
    fetcher: Fetcher,
    *,
    stop: asyncio.Event | None = None,
    polling: Told = untold,
    working: Told = untold,
) -> Summary:
    """One full cycle now. Every step takes what is due from the store and leaves its outcome there.

    `polling` and `working` hear how many sources and entries are done.
    """
    started = desk.clock.elapsed_s()
    await desk.write(lambda tx: duetimes.heed(tx, now=desk.clock.now()))
    await asyncio.to_thread(telling.wake, desk)
    polled = await poll.poll(desk, fetcher, stop=stop, told=polling)  # sources -> entries
    worked = await pages.work(
        desk, fetcher, stop=stop, told=working
    )  # entries -> pages -> articles -> findings -> alerts
    revisited = await revisits.revisit(desk, fetcher, stop=stop)  # articles -> versions -> findings -> alerts
    delivered = await asyncio.to_thread(deliver.deliver, desk)  # outbox -> channels
    return Summary(
        polled=polled,
        worked=worked,
        revisited=revisited,
        delivered=delivered,
        took_s=desk.clock.elapsed_s() - started,
    )
