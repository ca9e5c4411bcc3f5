"""Plain lists of findings and articles, for the interface, feeds and exports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pipeline.service.wiring import Desk
from pipeline.storage import articles as article_rows
from pipeline.storage import findings as finding_rows
from pipeline.storage.articles import ArticleRow
from pipeline.storage.findings import Filter, SavedFinding

PORTION = 500  # rows that an export reads at a time


def findings(
    desk: Desk,
    *,
    claim: str = "",
    topic: str = "",
    relation: str = "",
    source: str = "",
    lang: str = "",
    article: int | None = None,
    verdict: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    current: bool = True,
    before: int | None = None,
    limit: int = 50,
) -> tuple[tuple[SavedFinding, ...], int | None]:
    """Findings, newest first, and where to go on: None at the end. `verdict` "" asks for those without one."""
    which = Filter(
        claim=claim,
        topic=topic,
        relations=(relation,) if relation else (),
        source=source,
        lang=lang,
        article_id=article,
        verdict=verdict,
        since=since,
        until=until,
        current=current,
    )
    with desk.store.read() as tx:
        rows = finding_rows.select(tx, which, limit=limit + 1, before=before)
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def every_finding(desk: Desk, which: Filter) -> Iterator[SavedFinding]:
    """All findings that fit, newest first, a portion at a time, so that an export needs little memory."""
    before: int | None = None
    while True:
        with desk.store.read() as tx:
            rows = finding_rows.select(tx, which, limit=PORTION, before=before)
        yield from rows
        if len(rows) < PORTION:
            return
        before = rows[-1].id


def articles(
    desk: Desk, *, source: str = "", lang: str = "", before: int | None = None, limit: int = 50
) -> tuple[tuple[ArticleRow, ...], int | None]:
    """Articles, newest first, and where to go on: None at the end."""
    with desk.store.read() as tx:
        rows = article_rows.recent(tx, source=source, lang=lang, before=before, limit=limit + 1)
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None
