"""Pages that can touch no topic and no claim: kept unread for a time, and read after all when rules change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.page import extract
from pipeline.model.article import Extracted, Response
from pipeline.model.outcome import Done, Outcome, Reason
from pipeline.model.source import Entry
from pipeline.model.watch import Watch
from pipeline.service import sift
from pipeline.service.wiring import Desk
from pipeline.storage import entries, pages
from pipeline.storage.entries import QueuedEntry
from pipeline.storage.pages import NewPage, StoredPage
from pipeline.storage.session import Transaction

BATCH = 32  # pages in memory at once


@dataclass(frozen=True, slots=True)
class Unread:
    """A page that is put off."""

    url: str
    content_type: str
    packed: bytes
    size: int  # bytes before


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """A page that was put off and has been read after all."""

    stored: StoredPage
    queued: QueuedEntry
    page: Extracted


def read_page(desk: Desk, response: Response, entry: Entry, unread: list[Unread]) -> Outcome[Extracted]:
    """The article of a page, or why it is none; Skipped with PUT_OFF where none could be about anything watched.

    A page that is put off is added to `unread`, to be kept.
    """
    url, content_type = response.final_url, response.header("content-type")
    if not desk.settings.articles.put_off:
        agencies = desk.settings.articles.agencies
        return extract(response.body, url=url, entry=entry, content_type=content_type, agencies=agencies)
    page = _sifted(desk, response.body, desk.watch, url, entry, content_type)
    if not isinstance(page, Done) and page.reason is Reason.PUT_OFF:
        unread.append(Unread(url, content_type, pages.pack(response.body), len(response.body)))
    return page


def _sifted(desk: Desk, body: bytes, watch: Watch, url: str, entry: Entry, content_type: str) -> Outcome[Extracted]:
    return sift.read_page(
        body,
        watch,
        url=url,
        entry=entry,
        content_type=content_type,
        country=desk.source(entry.source).country,
        agencies=desk.settings.articles.agencies,
    )


def keep(tx: Transaction, desk: Desk, unread: Sequence[tuple[QueuedEntry, Unread]]) -> None:
    """Keep pages that were put off, each with its entry."""
    now = desk.clock.now()
    expires_at = now + desk.settings.articles.keep_pages
    pages.keep(
        tx,
        [
            NewPage(
                url=page.url,
                packed=page.packed,
                size=page.size,
                content_type=page.content_type,
                fetched_at=now,
                expires_at=expires_at,
                entry_id=queued.id,
                put_off=True,
            )
            for queued, page in unread
        ],
    )


def within_reach(desk: Desk, watch: Watch) -> Iterator[TakenUp]:
    """Articles of pages that were put off and that another watch could touch, in the order of their keeping.

    Reads the store in batches of its own; pages that are no articles are passed over.
    """
    after = 0
    while True:
        with desk.store.read() as tx:
            rows = pages.put_off(tx, limit=BATCH, after=after)
        if not rows:
            return
        after = rows[-1].id
        yield from (taken for row in rows if (taken := read_kept(desk, row, watch)) is not None)


def read_kept(desk: Desk, row: StoredPage, watch: Watch) -> TakenUp | None:
    """A page that was put off, read; None when this watch cannot touch it either, and when it is no article."""
    entry_id = row.entry_id
    queued = desk.read_now(lambda tx: entries.load(tx, entry_id)) if entry_id is not None else None
    if queued is None:
        return None
    page = _sifted(desk, row.body, watch, row.url, queued.entry, row.content_type)
    return TakenUp(stored=row, queued=queued, page=page.value) if isinstance(page, Done) else None
