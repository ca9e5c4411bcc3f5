"""Digests: each period once, frozen in the store, then on its way through the outbox."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from pipeline.digest import period as periods
from pipeline.digest import record, render
from pipeline.digest.build import build
from pipeline.digest.period import Period
from pipeline.digest.record import Digest
from pipeline.model.rules import DigestPlan
from pipeline.service import facts
from pipeline.service.wiring import DELIVER, Desk
from pipeline.storage import digests, outbox
from pipeline.storage.session import Transaction


def daily(desk: Desk) -> tuple[Digest, ...]:
    """Build every digest whose period has ended and that is not built yet, missed ones too, and queue them."""
    built = []
    for plan in desk.configuration.alerts.digests:
        now = desk.clock.now()
        for period in periods.due(plan, now, _last(desk, plan)):
            digest = freeze(desk, plan, period, now=now)
            if digest is not None:
                built.append(digest)
    if built:
        desk.nudge(DELIVER)
    return tuple(built)


def _last(desk: Desk, plan: DigestPlan) -> Period | None:
    rows = desk.read_now(lambda tx: digests.latest(tx, plan.id))
    if not rows:
        return None
    row = rows[0]
    return Period(plan=plan.id, key=str(row.record["key"]), start=row.period_start, end=row.period_end)


def preview(desk: Desk, plan: DigestPlan, period: Period, *, now: datetime) -> Digest:
    """The digest as it would be, without keeping it; the one that was kept where there is one."""
    with desk.store.read() as tx:
        kept = digests.load(tx, kind=plan.id, period_start=period.start)
        if kept is not None and kept.period_end == period.end:
            return record.load(json.dumps(kept.record))
        return build(plan, period, facts.gather(desk, tx, period), now)


def freeze(desk: Desk, plan: DigestPlan, period: Period, *, now: datetime, send: bool = True) -> Digest | None:
    """Build the period's digest, keep it, and put it into the outbox. None when it was kept before."""

    def work(tx: Transaction) -> Digest | None:
        gathered = facts.gather(desk, tx, period)
        digest = build(plan, period, gathered, now)
        number = digests.save(
            tx,
            kind=plan.id,
            period_start=period.start,
            period_end=period.end,
            record=json.loads(record.dump(digest)),
            finding_ids=[int(c.finding) for c in gathered.candidates if not c.canary],
            now=now,
        )
        if number is None:
            return None
        if send and (plan.send_quiet or not digest.quiet):
            _queue(desk, tx, plan, digest, number, now)
        return digest

    return desk.write_now(work)


def queue(desk: Desk, plan: DigestPlan, digest: Digest, *, now: datetime) -> int:
    """Put a digest that was kept into the outbox; how many channels that is. A channel that has it gets it once."""

    def work(tx: Transaction) -> int:
        kept = digests.load(tx, kind=plan.id, period_start=digest.start)
        return 0 if kept is None else _queue(desk, tx, plan, digest, kept.id, now)

    return desk.write_now(work)


def _queue(desk: Desk, tx: Transaction, plan: DigestPlan, digest: Digest, number: int, now: datetime) -> int:
    message = render.message(digest, public_url=desk.settings.web.public_url)
    put = [
        outbox.put(
            tx,
            kind="digest",
            thing_id=number,
            channel=channel,
            payload=asdict(message),
            now=now,
            thread=message.thread,
            message_id=message.id,
        )
        for channel in plan.channels
    ]
    return sum(one is not None for one in put)
