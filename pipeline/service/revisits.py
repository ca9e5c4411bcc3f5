"""Articles that were stored, looked at again while they are fresh: a changed text is a new version."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from pipeline.articles import identity
from pipeline.articles import version as versions
from pipeline.errors import FetchError, LeaseLost, StoreError
from pipeline.fetch.client import Fetcher
from pipeline.model.article import Extracted, Fingerprint
from pipeline.model.outcome import Done, Reason
from pipeline.service import pages, record
from pipeline.service.drain import drain
from pipeline.service.wiring import Desk
from pipeline.storage import articles, entries
from pipeline.storage import revisits as revisit_rows
from pipeline.storage.session import Transaction


async def revisit(desk: Desk, fetcher: Fetcher, *, stop: asyncio.Event | None = None) -> pages.Worked:
    """Look again at articles that are due for it: a changed text is a new version, and is analysed."""
    worked = pages.Worked()
    worked.taken = await drain(
        lambda room: desk.write(lambda tx: _claim(desk, tx, room)),
        lambda row: _again(desk, fetcher, row, worked),
        width=desk.settings.fetch.concurrency,
        stop=stop,
    )
    return worked


def _claim(desk: Desk, tx: Transaction, room: int) -> tuple[articles.ArticleRow, ...]:
    fetch = desk.settings.fetch
    return revisit_rows.claim_revisits(
        tx,
        now=desk.clock.now(),
        limit=room,
        per_host=fetch.per_host * pages.HANDS_PER_REQUEST,
        lease=pages.LEASE,
        holder=desk.holder,
    )


async def _again(desk: Desk, fetcher: Fetcher, row: articles.ArticleRow, worked: pages.Worked) -> None:
    try:
        reason = await _look_again(desk, fetcher, row, worked)
    except (StoreError, LeaseLost, asyncio.CancelledError):
        raise
    except Exception as error:  # noqa: BLE001 - the guard of revisits: the article is left for its next turn
        reason = f"{Reason.UNEXPECTED} {type(error).__name__}: {error}"
    worked.outcomes[reason.split(" ")[0] or "changed"] += 1
    if reason:
        now = desk.clock.now()
        again = record.next_visit(row, now, changed=False)

        def store(tx: Transaction) -> None:
            if revisit_rows.held(tx, row.id, holder=desk.holder):
                revisit_rows.checked(tx, row.id, now=now, revisit_at=again, reason=reason)

        await desk.write(store)


async def _look_again(desk: Desk, fetcher: Fetcher, row: articles.ArticleRow, worked: pages.Worked) -> str:
    """Why there is no new version, or "" when one was stored."""
    history, title = await desk.read(
        lambda tx: (articles.versions(tx, row.id), entries.title_of(tx, row.id, row.source))
    )
    if not history:
        return Reason.NO_TEXT
    current = history[-1]
    title = title or current.title
    known = (row.etag, row.last_modified) if title == current.title else ("", "")  # a 304 says nothing of the feed
    try:
        response = await fetcher.get(row.url, etag=known[0], last_modified=known[1], kind="page")
    except FetchError as error:
        return str(error.reason)
    if response.status == 304:
        return Reason.UNCHANGED
    page = await asyncio.to_thread(pages.extracted, desk, response, None)
    if not isinstance(page, Done):
        return str(page.reason)
    source = desk.source(row.source)
    settled = _settled(page.value, current, title)
    seen = record.Seen(
        url=row.url,
        page=settled,
        fingerprint=identity.fingerprint(settled.title, settled.text),
        source=source,
        fetched_at=desk.clock.now(),
        backlog=row.backlog,
        etag=response.header("etag"),
        last_modified=response.header("last-modified"),
        article_id=row.id,
    )
    decided = versions.decide(
        [_version(one) for one in history], seen.fingerprint, title=settled.title, text=settled.text
    )
    if not decided.is_version:
        return f"{decided.reason} {decided.detail}".strip()
    watch = desk.watch
    article = pages.as_article(seen, previous=current.text)
    analysis = await asyncio.wrap_future(desk.engine.ask(article, watch))
    if not isinstance(analysis, Done):
        return str(analysis.reason)
    heard = await pages.with_second(desk, article, analysis.value, watch)

    def store(tx: Transaction) -> record.Recorded | None:
        mine = revisit_rows.held(tx, row.id, holder=desk.holder)
        return record.store(desk, tx, seen, heard, watch) if mine else None

    stored = await desk.write(store)
    if stored is None:
        return Reason.LEASE_LOST
    pages.count(desk, worked, stored)
    return ""


def _settled(page: Extracted, current: articles.VersionRow, title: str) -> Extracted:
    """A page seen again keeps the date that its feed gave, and has the headline that its feed gives by now."""
    return replace(page, published=current.published or page.published, title=title or page.title)


def _version(row: articles.VersionRow) -> versions.Version:
    fingerprint = Fingerprint(digest=row.digest, sketch=row.sketch or b"", recipe=row.recipe)
    return versions.Version(fingerprint=fingerprint, title=row.title, text=row.text)
