"""How an entry ends: done, skipped or failed for good, tried again, or passed to another process; with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.fetch.mask import mask
from pipeline.model.outcome import Done, Failed, Outcome, Reason, Skipped
from pipeline.service import log, putoff
from pipeline.service.putoff import Unread
from pipeline.service.together import Together
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


@dataclass(frozen=True, slots=True)
class End:
    """An entry that became no article, how it ended, and its page if that was put off."""

    queued: QueuedEntry
    outcome: Skipped | Failed
    unread: Sequence[Unread] = ()


Ends = Together[End, str]


def ends(desk: Desk) -> Ends:
    """Stores ends that come at the same time in one transaction."""
    return Together(desk, lambda tx, some: _store_ends(desk, tx, some))


async def settle(queued: QueuedEntry, outcome: Outcome[int], unread: Sequence[Unread], together: Ends) -> str:
    """Store how the entry ended, or when it is tried again, and its page if that was put off; the outcome in a word.

    An entry that became or met an article was stored with that article; one that passed to another process is its.
    """
    if isinstance(outcome, Done):
        settled = "done"
    elif outcome.reason in (Reason.KNOWN, Reason.LEASE_LOST):
        settled = str(outcome.reason)
    else:
        settled = await together.write(End(queued, outcome, unread))
    log.outcome("entry", outcome, entry=queued.id, source=queued.entry.source, url=mask(queued.entry.url))
    return settled


def _store_ends(desk: Desk, tx: Transaction, some: Sequence[End]) -> list[str]:
    """How each is stored, in a word. Those that another process took over are left to it."""
    now = desk.clock.now()
    held = entries.held_of(tx, [end.queued.id for end in some], holder=desk.holder)
    mine = [end for end in some if end.queued.id in held]
    putoff.keep(tx, desk, [(end.queued, page) for end in mine for page in end.unread])
    again = [end for end in mine if _tried_again(desk, end)]
    over = [end for end in mine if not _tried_again(desk, end)]
    for end in again:
        _retry(tx, end, now)
    entries.finish_all(tx, [_ended(end) for end in over], now=now)
    for step, counted in (("entry-retry", again), ("entry", over)):
        jobs.tally_all(tx, now.date(), step, [(str(end.outcome.reason), end.queued.entry.source) for end in counted])
    retried = {end.queued.id for end in again}
    return [_in_a_word(end, held, retried) for end in some]


def _tried_again(desk: Desk, end: End) -> bool:
    most = POISONED if end.outcome.reason in OVER_LIMIT else desk.settings.fetch.attempts
    return isinstance(end.outcome, Failed) and end.outcome.retry and end.queued.attempts + 1 < most


def _retry(tx: Transaction, end: End, now: datetime) -> None:
    asked = timedelta(seconds=(end.outcome.after_s or 0) if isinstance(end.outcome, Failed) else 0)
    at = now + max(_backoff(end.queued.attempts), asked)
    entries.retry(tx, end.queued.id, at=at, reason=str(end.outcome.reason), detail=end.outcome.detail)


def _ended(end: End) -> entries.Ended:
    stage = "skipped" if isinstance(end.outcome, Skipped) else "failed"
    return entries.Ended(id=end.queued.id, stage=stage, reason=str(end.outcome.reason), detail=end.outcome.detail)


def _in_a_word(end: End, held: set[int], retried: set[int]) -> str:
    if end.queued.id not in held:
        return str(Reason.LEASE_LOST)
    return f"retry {end.outcome.reason}" if end.queued.id in retried else str(end.outcome.reason)


def tally(desk: Desk, tx: Transaction, queued: QueuedEntry, ended: str) -> None:
    """Count how an entry ended, in the transaction that stores it: the digest says of how many it speaks."""
    jobs.tally_each(tx, desk.clock.now().date(), [counted(queued, ended)])


def counted(queued: QueuedEntry, ended: str) -> tuple[str, str, str]:
    """How an entry's end is counted: step, reason, thing."""
    return "entry", ended, queued.entry.source


def _backoff(attempts: int) -> timedelta:
    return min(RETRY_FIRST * (1 << min(attempts, 10)), RETRY_LONGEST)
