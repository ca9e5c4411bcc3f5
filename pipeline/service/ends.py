"""How an entry ends: done, skipped or failed for good, tried again, or passed to another process; with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pipeline.fetch.mask import mask
from pipeline.model.article import Response
from pipeline.model.outcome import Done, Failed, Outcome, Reason, Skipped
from pipeline.service import log, putoff
from pipeline.service.wiring import Desk
from pipeline.storage import entries, jobs
from pipeline.storage.entries import QueuedEntry
from pipeline.storage.session import Transaction

RETRY_FIRST = timedelta(minutes=2)  # doubled at each further try
RETRY_LONGEST = timedelta(hours=6)
POISONED = 3  # tries of an article whose analysis hangs or takes too much memory; then it is put aside
OVER_LIMIT = frozenset({Reason.ANALYSIS_TIME, Reason.ANALYSIS_MEMORY})
# An entry whose lease ended while it was in work: whoever took it over stores how it ends, and nobody stores it twice.
TAKEN_OVER = Skipped(Reason.LEASE_LOST, "another process took it over")


async def settle(desk: Desk, queued: QueuedEntry, outcome: Outcome[int], unread: Sequence[Response]) -> str:
    """Store how the entry ended, or when it is tried again, and its page if that was put off; the outcome in a word.

    An entry that became or met an article was stored with that article; one that passed to another process is its.
    """
    if isinstance(outcome, Done):
        settled = "done"
    elif outcome.reason in (Reason.KNOWN, Reason.LEASE_LOST):
        settled = str(outcome.reason)
    else:
        fault = outcome
        settled = await desk.write(lambda tx: _store_end(desk, tx, queued, fault, unread))
    log.outcome("entry", outcome, entry=queued.id, source=queued.entry.source, url=mask(queued.entry.url))
    return settled


def _store_end(
    desk: Desk, tx: Transaction, queued: QueuedEntry, outcome: Skipped | Failed, unread: Sequence[Response]
) -> str:
    now = desk.clock.now()
    if not entries.held(tx, queued.id, holder=desk.holder):
        return str(Reason.LEASE_LOST)
    for response in unread:
        putoff.keep(tx, desk, queued, response)
    reason = str(outcome.reason)
    most = POISONED if outcome.reason in OVER_LIMIT else desk.settings.fetch.attempts
    if isinstance(outcome, Failed) and outcome.retry and queued.attempts + 1 < most:
        again = now + max(_backoff(queued.attempts), timedelta(seconds=outcome.after_s or 0))
        entries.retry(tx, queued.id, at=again, reason=reason, detail=outcome.detail)
        jobs.tally(tx, now.date(), "entry-retry", reason, thing=queued.entry.source)
        return f"retry {reason}"
    stage = "skipped" if isinstance(outcome, Skipped) else "failed"
    entries.finish(tx, queued.id, stage, now=now, reason=reason, detail=outcome.detail)
    tally(desk, tx, queued, reason)
    return reason


def tally(desk: Desk, tx: Transaction, queued: QueuedEntry, ended: str) -> None:
    """Count how an entry ended, in the transaction that stores it: the digest says of how many it speaks."""
    jobs.tally_each(tx, desk.clock.now().date(), [counted(queued, ended)])


def counted(queued: QueuedEntry, ended: str) -> tuple[str, str, str]:
    """How an entry's end is counted: step, reason, thing."""
    return "entry", ended, queued.entry.source


def _backoff(attempts: int) -> timedelta:
    return min(RETRY_FIRST * (1 << min(attempts, 10)), RETRY_LONGEST)
