"""Entries of the queue -> pages -> articles -> analysis -> the store: one path, one outcome with a reason."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urljoin

from pipeline.articles import address, identity
from pipeline.errors import FetchError, StoreError
from pipeline.extract.page import extract
from pipeline.fetch.client import Fetcher
from pipeline.fetch.mask import mask
from pipeline.model.article import Article, Extracted, Response
from pipeline.model.finding import Analysis
from pipeline.model.outcome import Done, Failed, Outcome, Reason, Skipped
from pipeline.model.progress import Told, untold
from pipeline.model.source import Entry
from pipeline.model.watch import Watch
from pipeline.service import ends, putoff, record
from pipeline.service.drain import counted, drain
from pipeline.service.putoff import Unread
from pipeline.service.second_reader import second_policy, with_second_opinions
from pipeline.service.together import Together
from pipeline.service.wiring import DELIVER, Desk
from pipeline.storage import articles, entries
from pipeline.storage.entries import QueuedEntry
from pipeline.storage.session import Transaction

LEASE = timedelta(minutes=10)  # an entry in work is left alone by others for this long
HANDS_PER_REQUEST = (
    2  # entries of one host in hand per request to it: one is read and analysed while the next is fetched
)
# What a second try may mend. The rest is final: the page says no, is gone, or is no article.
PASSING = frozenset(
    {
        Reason.DNS,
        Reason.REFUSED,
        Reason.RESET,
        Reason.TLS,
        Reason.CONNECT_TIMEOUT,
        Reason.READ_TIMEOUT,
        Reason.TOTAL_TIMEOUT,
        Reason.WRONG_LENGTH,
        Reason.BAD_ENCODING,
        Reason.RATE_LIMITED,
        Reason.SERVER_ERROR,
        Reason.PROTOCOL,
        Reason.ROBOTS_WAIT,
        Reason.HOST_BUSY,
    }
)


@dataclass(slots=True)
class Worked:
    """What came of the queue: entries taken, how each ended, articles stored, findings, alerts raised."""

    taken: int = 0
    articles: int = 0
    findings: int = 0
    news: int = 0
    alerts: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    instead: Counter[str] = field(default_factory=Counter)  # why the feed's own text was read instead of a page

    def add(self, stored: record.Recorded) -> None:
        """Count what storing one version brought."""
        self.articles += stored.new
        self.findings += stored.findings
        self.news += stored.news
        self.alerts += stored.alerts


@dataclass(frozen=True, slots=True)
class _Joint:
    """What the entries in hand ask of the store together."""

    ends: ends.Ends
    known: Together[str, bool]  # whether an address leads to an article


def _joint(desk: Desk) -> _Joint:
    return _Joint(ends.ends(desk), Together(desk, _which_are_known, reads=True))


def _which_are_known(tx: Transaction, urls: Sequence[str]) -> list[bool]:
    known = articles.known(tx, urls)
    return [url in known for url in urls]


async def work(
    desk: Desk,
    fetcher: Fetcher,
    *,
    stop: asyncio.Event | None = None,
    limit: int | None = None,
    told: Told = untold,
) -> Worked:
    """Take entries until none is due, many at once and few of one host. `told` hears how many are done."""
    worked = Worked()
    joint = _joint(desk)

    async def handle(queued: QueuedEntry) -> None:
        await _guarded(desk, fetcher, queued, worked, joint)

    of = await desk.write(lambda tx: entries.due(tx, now=desk.clock.now())) if told is not untold else 0
    worked.taken = await drain(
        lambda room: desk.write(lambda tx: _claim(desk, tx, room)),
        counted(handle, of, told),
        width=desk.settings.fetch.concurrency,
        stop=stop,
        limit=limit,
    )
    return worked


def _claim(desk: Desk, tx: Transaction, room: int) -> tuple[QueuedEntry, ...]:
    fetch = desk.settings.fetch
    return entries.claim(
        tx,
        now=desk.clock.now(),
        limit=room,
        per_host=fetch.per_host * HANDS_PER_REQUEST,
        lease=LEASE,
        holder=desk.holder,
    )


async def _guarded(desk: Desk, fetcher: Fetcher, queued: QueuedEntry, worked: Worked, joint: _Joint) -> None:
    """One entry to its end; what nobody foresaw is stored with the entry and stops no other."""
    unread: list[Unread] = []
    try:
        outcome = await _entry(desk, fetcher, queued, worked, joint, unread)
    except (StoreError, asyncio.CancelledError):
        raise  # of the whole database or process: the lease ends, and the entry is taken again
    except Exception as error:  # noqa: BLE001 - the one guard of items: stored with its type, retried, shown
        outcome = Failed(Reason.UNEXPECTED, f"{type(error).__name__}: {error}")
    worked.outcomes[await ends.settle(queued, outcome, unread, joint.ends)] += 1


async def _entry(
    desk: Desk, fetcher: Fetcher, queued: QueuedEntry, worked: Worked, joint: _Joint, unread: list[Unread]
) -> Outcome[int]:
    """An entry to its outcome; a page that is put off is added to `unread`, to be kept with it."""
    entry = queued.entry
    url = address.canonical(entry.url) if entry.url else _address_of_content(desk, entry)
    if not url:
        return Skipped(Reason.NO_ADDRESS, "the item names no address and holds no text")
    if Reason.AGGREGATOR_LINK in entry.notes:
        return Skipped(Reason.AGGREGATOR_LINK, "the address leads to an aggregator that hides the publisher's")
    if await joint.known.write(url):
        known = await _known(desk, queued, url)
        if known is not None:
            return known
    page: Outcome[Extracted]
    response: Response | None = None
    instead: Reason | None = None
    if not entry.url:
        page = extract("", entry=entry, agencies=desk.settings.articles.agencies)
    else:
        try:
            response = await fetcher.get(entry.url, kind="page")
            page = await asyncio.to_thread(putoff.read_page, desk, response, entry, unread)
        except FetchError as error:
            page, instead = _without_page(desk, queued, error), error.reason
    if not isinstance(page, Done):
        return page
    if instead is not None:
        worked.instead[instead] += 1
    return await _analysed(desk, queued, url, page.value, response, worked, instead=instead)


def _address_of_content(desk: Desk, entry: Entry) -> str:
    """An address of our own for an item that has none but holds its text: the source's, and the item's key.

    It is shown and sent as a link, so it holds no secret of the source's.
    """
    if not (entry.content or entry.summary):
        return ""
    return f"{mask(desk.source(entry.source).url)}#{hashlib.sha256(entry.key.encode()).hexdigest()[:16]}"


async def _known(desk: Desk, queued: QueuedEntry, url: str) -> Outcome[int] | None:
    """An address seen before: this source carries it too. None when it is new."""
    now = desk.clock.now()

    def look(tx: Transaction) -> Outcome[int] | None:
        article = articles.find(tx, [url])
        if article is None:
            return None
        if not entries.held(tx, queued.id, holder=desk.holder):
            return ends.TAKEN_OVER
        articles.carry(tx, article.id, queued.entry.source, now=now, entry_id=queued.id)
        entries.finish(tx, queued.id, "skipped", now=now, reason=Reason.KNOWN, article_id=article.id)
        ends.tally(desk, tx, queued, Reason.KNOWN)
        return Skipped(Reason.KNOWN, f"article {article.id}")

    return await desk.write(look)


def extracted(desk: Desk, response: Response, entry: Entry | None) -> Outcome[Extracted]:
    """The article of a page, or why it is none."""
    return extract(
        response.body,
        url=response.final_url,
        entry=entry,
        content_type=response.header("content-type"),
        agencies=desk.settings.articles.agencies,
    )


def _without_page(desk: Desk, queued: QueuedEntry, error: FetchError) -> Outcome[Extracted]:
    """What the feed itself holds, once the page cannot be had; before that, another try."""
    passing = error.reason in PASSING
    if passing and queued.attempts + 1 < desk.settings.fetch.attempts:
        return Failed(error.reason, error.message, after_s=error.retry_after)
    told = extract("", entry=queued.entry, agencies=desk.settings.articles.agencies)
    return told if isinstance(told, Done) else Failed(error.reason, error.message, retry=False)


async def _analysed(
    desk: Desk,
    queued: QueuedEntry,
    url: str,
    page: Extracted,
    response: Response | None,
    worked: Worked,
    *,
    instead: Reason | None = None,
) -> Outcome[int]:
    watch = desk.watch
    seen = as_seen(desk, queued, url, page, response, instead)
    article = as_article(seen)
    analysis = await asyncio.wrap_future(desk.engine.ask(article, watch))
    if not isinstance(analysis, Done):
        return analysis
    heard = await with_second(desk, article, analysis.value, watch)

    def store(tx: Transaction) -> record.Recorded | None:
        if not entries.held(tx, queued.id, holder=desk.holder):
            return None
        return record.store(desk, tx, seen, heard, watch, counted=[ends.counted(queued, "done")])

    stored = await desk.write(store)
    if stored is None:
        return ends.TAKEN_OVER
    count(desk, worked, stored)
    return Done(stored.article_id)


async def with_second(desk: Desk, article: Article, analysis: Analysis, watch: Watch) -> Analysis:
    """With a second reader's opinions, asked in a thread of its own where one is to be asked."""
    if not analysis.findings or second_policy(desk.configuration) is None:
        return analysis
    return await asyncio.to_thread(with_second_opinions, desk, article, analysis, watch)


def count(desk: Desk, worked: Worked, stored: record.Recorded) -> None:
    """Count what storing an article brought; news wakes the delivery."""
    worked.add(stored)
    if stored.news:
        desk.nudge(DELIVER)


def as_seen(
    desk: Desk,
    queued: QueuedEntry,
    url: str,
    page: Extracted,
    response: Response | None,
    instead: Reason | None = None,
) -> record.Seen:
    """What is stored of a page that was read. `url` is the entry's canonical address."""
    link = _link(queued.entry, page, response) or url
    return record.Seen(
        url=link,
        also=(address.canonical(link), url, address.canonical(response.final_url) if response else ""),
        page=page,
        fingerprint=identity.fingerprint(page.title, page.text),
        source=desk.source(queued.entry.source),
        fetched_at=desk.clock.now(),
        entry_id=queued.id,
        instead=instead,
        backlog=queued.backlog,
        etag=response.header("etag") if response else "",
        last_modified=response.header("last-modified") if response else "",
    )


def _link(entry: Entry, page: Extracted, response: Response | None) -> str:
    """The address to show and to fetch again: the one that the page claims where it may be believed, else its own."""
    if response is None:
        return address.undecorated(entry.url)
    claimed = urljoin(response.final_url, page.canonical) if page.canonical else ""
    believed = address.trusted(response.final_url, claimed)
    return address.undecorated(claimed if claimed and address.canonical(claimed) == believed else response.final_url)


def as_article(seen: record.Seen, previous: str = "") -> Article:
    """What the core is asked about; `previous` is the text of the version before."""
    page = seen.page
    return Article(
        id=seen.url,
        text=page.text,
        title=page.title,
        url=seen.url,
        lang=page.lang or seen.source.lang,
        published=page.published,
        country=seen.source.country,
        source=seen.source.id,
        author=page.author,
        site=page.site,
        previous=previous,
    )
