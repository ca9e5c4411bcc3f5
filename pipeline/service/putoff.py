"""Pages that can touch no topic and no claim: kept unread for a time, and read after all when rules change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.page import extract
from pipeline.extract.union import union
from pipeline.match.reach import compile_reach
from pipeline.model.article import Extracted, Response
from pipeline.model.outcome import Done, Outcome, Reason, Skipped
from pipeline.model.source import Entry, Source
from pipeline.model.watch import Watch
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


def can_touch(body: bytes, watch: Watch, *, entry: Entry | None, source: Source, content_type: str = "") -> bool:
    """Whether anything that extraction may find on a page can meet a topic or claim. True when in doubt."""
    whole = union(body, entry=entry, content_type=content_type)
    return whole is None or compile_reach(watch).can_touch(whole, country=source.country)


def read_page(desk: Desk, response: Response, entry: Entry, unread: list[Unread]) -> Outcome[Extracted]:
    """The article of a page, or why it is none; Skipped with PUT_OFF where none could be about anything watched.

    A page that is put off is added to `unread`, to be kept.
    """
    content_type = response.header("content-type")
    wanted = not desk.settings.articles.put_off or can_touch(
        response.body, desk.watch, entry=entry, source=desk.source(entry.source), content_type=content_type
    )
    if not wanted:
        unread.append(Unread(response.final_url, content_type, pages.pack(response.body), len(response.body)))
        return Skipped(Reason.PUT_OFF, "no topic and no claim can be reached from its words")
    return _extract(desk, response.body, response.final_url, entry, content_type)


def _extract(desk: Desk, body: bytes, url: str, entry: Entry | None, content_type: str) -> Outcome[Extracted]:
    agencies = desk.settings.articles.agencies
    return extract(body, url=url, entry=entry, content_type=content_type, agencies=agencies)


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
    source = desk.source(queued.entry.source)
    if not can_touch(row.body, watch, entry=queued.entry, source=source, content_type=row.content_type):
        return None
    page = _extract(desk, row.body, row.url, queued.entry, row.content_type)
    return TakenUp(stored=row, queued=queued, page=page.value) if isinstance(page, Done) else None
