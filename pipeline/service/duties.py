"""What the jobs of the service are, each in a line or a few: the flow cut into turns."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from pipeline.fetch.client import Fetcher
from pipeline.service import canary, daily, deliver, latency, pages, poll, presence, reanalyse, revisits, takeup
from pipeline.service.desk import telling
from pipeline.service.jobs import Job
from pipeline.service.wiring import DELIVER, WORK, Desk
from pipeline.settings.settings import Settings
from pipeline.storage import entries, outbox, retention, sources, volumes
from pipeline.storage import revisits as revisit_rows

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
ENTRIES_A_TURN = 2_000  # of the queue in one run, so that a long queue is many runs and a run that hangs stands out
SOURCES_A_TURN = 2_000


async def _poll(desk: Desk, fetcher: Fetcher, stop: asyncio.Event) -> poll.Polled:
    return await poll.poll(desk, fetcher, stop=stop, limit=SOURCES_A_TURN)


async def _work(desk: Desk, fetcher: Fetcher, stop: asyncio.Event) -> pages.Worked:
    return await pages.work(desk, fetcher, stop=stop, limit=ENTRIES_A_TURN)


async def _revisit(desk: Desk, fetcher: Fetcher, stop: asyncio.Event) -> pages.Worked:
    return await revisits.revisit(desk, fetcher, stop=stop)


def _digest(desk: Desk) -> str:
    built = daily.daily(desk)
    return f"built {', '.join(digest.key for digest in built)}" if built else ""


def _prune(desk: Desk) -> str:
    gone = retention.prune(desk.store, keeping(desk.settings), now=desk.clock.now(), fence=desk.fence)
    return ", ".join(f"{kind} {n}" for kind, n in gone.items() if n)


def _count(desk: Desk) -> str:
    now, days = desk.clock.now(), 0
    while some := desk.write_now(lambda tx: volumes.settle(tx, today=now.date(), now=now)):
        days += some
    return f"{days} days" if days else ""


def _take_up(desk: Desk) -> str:
    count = takeup.take_up(desk)
    return f"{count} articles" if count else ""


def keeping(settings: Settings) -> retention.Retention:
    """How long each kind is kept, as the settings say."""
    kept = settings.retention
    return retention.Retention(
        entries=kept.entries,
        articles=kept.articles,
        near_misses=kept.near_misses,
        deliveries=kept.outbox,
        second_questions=settings.second_reader.keep,
    )


def working(settings: Settings, *, coordinated: bool) -> tuple[Job, ...]:
    """Entries of the queue -> articles, findings, alerts: the one part that other processes can take over."""
    tick = settings.schedule.tick
    return (Job(name=WORK, every=tick, allowed=_HOUR, work=_work, coordinated=coordinated, free=entries.release),)


def coordinating(settings: Settings) -> tuple[Job, ...]:
    """What exactly one process does."""
    tick = settings.schedule.tick
    flies = (Job(name="canary", every=settings.canary.every, allowed=10 * _MINUTE, call=canary.send),)
    return (
        *(flies if settings.canary.enabled else ()),
        Job(name="poll", every=tick, allowed=30 * _MINUTE, work=_poll, due=sources.next_due_at, free=sources.release),
        Job(name="revisit", every=tick, allowed=_HOUR, work=_revisit, free=revisit_rows.release),
        Job(
            name=DELIVER,
            every=min(tick, timedelta(seconds=5)),
            allowed=30 * _MINUTE,
            call=deliver.deliver,
            free=outbox.release,
        ),
        Job(name="digest", every=min(6 * tick, _MINUTE), allowed=10 * _MINUTE, call=_digest),
        Job(name="reanalyse", every=min(6 * tick, _MINUTE), allowed=_HOUR, call=reanalyse.reanalyse),
        Job(name="take-up", every=min(6 * tick, _MINUTE), allowed=_HOUR, call=_take_up),
        Job(name="wake", every=_MINUTE, allowed=10 * _MINUTE, call=telling.wake),
        Job(name="sweep", every=tick, allowed=10 * _MINUTE, call=presence.sweep),
        Job(name="measure", every=_MINUTE, allowed=10 * _MINUTE, call=latency.measure),
        Job(name="count", every=_HOUR, allowed=10 * _MINUTE, call=_count),
        Job(name="retention", every=24 * _HOUR, allowed=2 * _HOUR, call=_prune),
    )
