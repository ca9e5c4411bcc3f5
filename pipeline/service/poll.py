"""Sources that are due -> entries in the queue, and when to look again."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pipeline.errors import FetchError, ParseError
from pipeline.fetch.client import Fetcher
from pipeline.fetch.mask import mask
from pipeline.model.article import Response
from pipeline.model.outcome import Reason
from pipeline.model.progress import Told, untold
from pipeline.model.source import FeedDocument, Hints, Source, SourceState
from pipeline.service import feedreader
from pipeline.service.drain import counted, drain
from pipeline.service.together import Together
from pipeline.service.wiring import WORK, Desk
from pipeline.settings.load import Configuration
from pipeline.settings.settings import Settings
from pipeline.sources import due, health, hints
from pipeline.storage import entries, jobs, revisits, sources
from pipeline.storage.session import Transaction

LEASE = timedelta(minutes=5)  # a source in work is left alone by others for this long
WIDTH_PER_REQUEST = 2  # sources in hand per request that may be under way: some wait for their host
_HASHED_AT_ONCE = 262_144  # bytes: a fifth of a millisecond
CHILDREN = 3  # sitemaps of an index that are read in one poll, the newest first
NOTED = (  # of a feed that was read, the worst first
    *(Reason.PART_FAILED, Reason.OVER_ENTRY_LIMIT, Reason.MALFORMED_FEED, Reason.EMPTY_FEED),
)


@dataclass(slots=True)
class Polled:
    """What came of polling: sources asked, those that answered, new entries, and what was noted of the others."""

    asked: int = 0
    answered: int = 0
    new_entries: int = 0
    changed_entries: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What one source answered, read: a document, or the reason why there is none."""

    reason: Reason | None = None  # why there is no document, or what is noted of the one there is
    detail: str = ""
    proven: bool = True  # False for a 304: the feed itself was not seen
    response: Response | None = None
    document: FeedDocument | None = None
    body_hash: str = ""
    hints: Hints = field(default_factory=Hints)

    @property
    def validated(self) -> Response | None:
        """The response whose validators say whether there is news. None of an index: its sitemaps change beneath it."""
        return None if self.document and self.document.children else self.response


_Polled = tuple[SourceState, _Answer]  # a source as it was claimed, and its answer


async def poll(
    desk: Desk,
    fetcher: Fetcher,
    *,
    stop: asyncio.Event | None = None,
    limit: int | None = None,
    told: Told = untold,
) -> Polled:
    """Ask every source that is due, many at once; one that is slow holds up no other. `told` hears how many it were."""
    polled = Polled()
    await desk.write(lambda tx: sources.sync(tx, desk.configuration.sources, now=desk.clock.now()))
    together = Together[_Polled, entries.Brought](desk, lambda tx, answers: _store(desk, tx, answers))

    async def ask(state: SourceState) -> None:
        await _poll_one(desk, fetcher, state, polled, together)

    of = await desk.write(lambda tx: sources.due(tx, now=desk.clock.now())) if told is not untold else 0
    await drain(
        lambda room: desk.write(lambda tx: _claim(desk, tx, room)),
        counted(ask, of, told),
        width=desk.settings.fetch.concurrency * WIDTH_PER_REQUEST,
        stop=stop,
        limit=limit,
    )
    return polled


def _claim(desk: Desk, tx: Transaction, room: int) -> tuple[SourceState, ...]:
    fetch = desk.settings.fetch
    return sources.claim_due(
        tx,
        now=desk.clock.now(),
        limit=room,
        per_host=fetch.per_host,
        lease=LEASE,
        holder=desk.holder,
    )


async def _poll_one(
    desk: Desk, fetcher: Fetcher, state: SourceState, polled: Polled, together: Together[_Polled, entries.Brought]
) -> None:
    polled.asked += 1
    answer = await _ask(desk, fetcher, desk.source(state.source), state)
    brought = await together.write((state, answer))
    if brought.new:
        desk.nudge(WORK)
    polled.new_entries += len(brought.new)
    polled.changed_entries += len(brought.changed)
    polled.answered += answer.document is not None or answer.reason is Reason.UNCHANGED
    if answer.reason:
        polled.reasons[answer.reason] += 1


def _store(desk: Desk, tx: Transaction, answers: Sequence[_Polled]) -> tuple[entries.Brought, ...]:
    """What sources answered: their entries, when to look again, and how it went, of each source all or nothing."""
    now = desk.clock.now()
    brought = entries.add_all(
        tx,
        [
            entries.Batch(
                entries=answer.document.entries if answer.document else (), backlog_before=state.first_polled_at or now
            )
            for state, answer in answers
        ],
        now=now,
    )
    for article in entries.articles_of(tx, [number for one in brought for number in one.retitled]):
        revisits.revisit(tx, article, at=now)
    cadence = _cadence(desk.settings)
    after = [
        (state, _after(desk, state, answer, cadence, now, new_entries=len(one.new)))
        for (state, answer), one in zip(answers, brought, strict=True)
    ]
    sources.save_polled(tx, after, now=now, holder=desk.holder)
    jobs.tally_all(tx, now.date(), "poll", ((answer.reason or "ok", state.source) for state, answer in answers))
    return brought


def _after(
    desk: Desk, state: SourceState, answer: _Answer, cadence: due.Cadence, now: datetime, *, new_entries: int
) -> SourceState:
    after, _ = health.after(state, _as_poll(answer, now, new_entries=new_entries))
    next_at = due.next_poll(
        desk.source(state.source), after, hints=answer.hints, now=now, jitter=_jitter(state.source), cadence=cadence
    )
    return replace(after, next_poll_at=next_at)


def hasten(tx: Transaction, before: Configuration, after: Configuration) -> int:
    """Bring polls nearer whose interval an edit made shorter; how many. A longer one counts from the next poll."""
    old = {source.id: source for source in before.sources}
    paces = _cadence(before.settings), _cadence(after.settings)
    states = sources.load_all(tx)
    nearer = {
        source.id: at
        for source in after.sources
        if source.id in old and source.id in states
        if (
            at := due.sooner(
                states[source.id],
                before=(old[source.id], paces[0]),
                after=(source, paces[1]),
                jitter=_jitter(source.id),
            )
        )
    }
    sources.bring_nearer(tx, nearer)
    return len(nearer)


def _cadence(settings: Settings) -> due.Cadence:
    schedule = settings.schedule
    return due.Cadence(
        interval=schedule.interval, floor=schedule.floor, ceiling=schedule.ceiling, longest=schedule.longest
    )


def _as_poll(answer: _Answer, now: datetime, *, new_entries: int) -> health.Poll:
    response = answer.response
    return health.Poll(
        at=now,
        reason=answer.reason,
        proven=answer.proven,
        detail=answer.detail,
        new_entries=new_entries,
        url=response.permanent_url if response else "",
        etag=answer.validated.header("etag") if answer.validated else "",
        last_modified=answer.validated.header("last-modified") if answer.validated else "",
        body_hash=answer.body_hash if answer.validated else "",
    )


async def _ask(desk: Desk, fetcher: Fetcher, source: Source, state: SourceState) -> _Answer:
    kind = "sitemap" if source.kind == "sitemap" else "feed"
    try:
        etag, last_modified = due.validators(state)
        response = await fetcher.get(state.url, etag=etag, last_modified=last_modified, kind=kind)
    except FetchError as error:
        wait = timedelta(seconds=error.retry_after) if error.retry_after else None
        return _Answer(reason=error.reason, detail=error.message, hints=Hints(retry_after=wait))
    now = desk.clock.now()
    asked = hints.of_headers(response.headers, now=now)
    if response.status == 304:
        return _Answer(reason=Reason.UNCHANGED, proven=False, response=response, hints=asked)
    try:
        body_hash = await _hashed(response.body)
        if body_hash == state.body_hash:
            return _Answer(reason=Reason.UNCHANGED, response=response, hints=asked, body_hash=body_hash)
        document = await _read(desk, source, response, now)
        document, detail = await _with_children(desk, fetcher, source, document, now)
    except (FetchError, ParseError) as error:
        return _Answer(reason=error.reason, detail=error.message, response=response, hints=asked)
    return _Answer(
        reason=next((reason for reason in NOTED if reason in document.notes), None),
        detail=detail,
        response=response,
        document=document,
        body_hash=body_hash,
        hints=hints.merged(document.hints, asked),
    )


async def _hashed(body: bytes) -> str:
    """Off the loop where it takes longer than a thread's turn does."""
    if len(body) < _HASHED_AT_ONCE:
        return hashlib.sha256(body).hexdigest()
    return (await asyncio.to_thread(hashlib.sha256, body)).hexdigest()


async def _read(desk: Desk, source: Source, response: Response, now: datetime) -> FeedDocument:
    came = feedreader.Feed(
        body=response.body,
        source=source,
        content_type=response.header("content-type"),
        url=response.final_url,
        limit=desk.settings.fetch.entries,
        now=now,
        aggregators=frozenset(desk.settings.fetch.aggregators),
    )
    return await feedreader.read(desk.engine, desk.watch, came)


async def _with_children(
    desk: Desk, fetcher: Fetcher, source: Source, document: FeedDocument, now: datetime
) -> tuple[FeedDocument, str]:
    """A sitemap index with the entries of its newest sitemaps, and which of them failed, in words.

    Raises the first's error when none could be read.
    """
    if not document.children:
        return document, ""
    asked = document.children[:CHILDREN]
    read: list[FeedDocument] = []
    errors: dict[str, FetchError | ParseError] = {}
    for child in asked:
        try:
            response = await fetcher.get(child, kind="sitemap")
            read.append(await _read(desk, source, response, now))
        except (FetchError, ParseError) as error:
            errors[child] = error  # the others may be well; each is asked again with the index
    if not read:
        raise next(iter(errors.values()))
    whole = replace(document, entries=tuple(entry for one in read for entry in one.entries))
    if not errors:
        return whole, ""
    failed = ", ".join(f"{error.reason} {mask(child)}" for child, error in errors.items())
    return replace(whole, notes=(*whole.notes, Reason.PART_FAILED)), f"{len(errors)} of {len(asked)} sitemaps: {failed}"


def _jitter(source: str) -> float:
    """A share from 0 to 1 that is the source's own, so that sources of one interval do not ask in step."""
    return int(hashlib.sha256(source.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
