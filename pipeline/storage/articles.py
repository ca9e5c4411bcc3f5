"""Articles by their addresses, and their versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from pipeline.model.article import Fingerprint
from pipeline.storage import tables as t
from pipeline.storage.columns import storable
from pipeline.storage.session import Transaction
from pipeline.storage.sources import host_of

a = t.articles.c
v = t.versions.c


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRow:
    """One article, whatever feeds carried it."""

    id: int
    url: str  # canonical
    source: str  # that brought it first
    host: str
    title: str
    lang: str
    published: datetime | None
    first_seen: datetime
    last_seen: datetime
    version_count: int
    backlog: bool
    checks: int
    changes: int
    flaps: int
    flapping: bool
    etag: str
    last_modified: str
    last_checked_at: datetime | None
    revisit_at: datetime | None
    last_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """What an article said when it was fetched."""

    id: int
    article_id: int
    number: int
    current: bool
    title: str
    text: str
    digest: str
    sketch: bytes | None
    recipe: int
    lang: str
    author: str
    site: str
    published: datetime | None
    agency: str
    origin: str
    fetched_at: datetime
    copy_group_id: int | None
    analysed_with: str
    rules_hash: str
    analysed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """What to store of an article that was fetched."""

    title: str
    text: str
    fingerprint: Fingerprint
    fetched_at: datetime
    lang: str = ""
    author: str = ""
    site: str = ""
    published: datetime | None = None
    agency: str = ""
    origin: str = ""
    copy_group_id: int | None = None
    analysed_with: str = ""
    rules_hash: str = ""
    analysed_at: datetime | None = None


# Built once: these are run for every article, and putting a statement together takes longer than running it.
_AT: sa.BindParameter[Any] = sa.bindparam("at")
_FIND = (
    sa.select(t.articles)
    .where(
        a.id.in_(sa.select(t.addresses.c.article_id).where(t.addresses.c.url.in_(sa.bindparam("urls", expanding=True))))
    )
    .order_by(a.id)
    .limit(1)
)
_LOAD = sa.select(t.articles).where(a.id == _AT)
_SEEN = (
    sa.update(t.articles).where(a.id == _AT, a.last_seen < sa.bindparam("now")).values(last_seen=sa.bindparam("now"))
)
_NUMBER = sa.select(sa.func.coalesce(sa.func.max(v.number), 0)).where(v.article_id == _AT)
_PAST = sa.update(t.versions).where(v.article_id == _AT, v.current).values(current=False)
_CURRENT = sa.select(t.versions).where(v.article_id == _AT, v.current)


def find(tx: Transaction, urls: Iterable[str]) -> ArticleRow | None:
    """The article that any of these addresses (canonical form) leads to."""
    wanted = [url for url in urls if url]
    if not wanted:
        return None
    row = tx.first(_FIND, {"urls": wanted})
    return None if row is None else article_of(row)


def known(tx: Transaction, urls: Sequence[str]) -> set[str]:
    """Those of the addresses (canonical form) that lead to an article."""
    there = {row.url for row in tx.all(sa.select(t.addresses.c.url).where(t.addresses.c.url.in_(urls)))}
    return {url for url in urls if storable(url) in there}


def load(tx: Transaction, article_id: int) -> ArticleRow | None:
    row = tx.first(_LOAD, {"at": article_id})
    return None if row is None else article_of(row)


def create(
    tx: Transaction, *, url: str, source: str, now: datetime, also: Iterable[str] = (), **more: Any
) -> ArticleRow:
    """A new article as `make` makes it, or the one that already has this address."""
    made = make(tx, url=url, source=source, now=now, also=also, **more)
    if made is not None:
        return made
    id_ = int(tx.scalar(sa.select(a.id).where(a.url == url)))
    add_addresses(tx, id_, (url, *also))
    there = load(tx, id_)
    assert there is not None
    return there


def make(
    tx: Transaction,
    *,
    url: str,
    source: str,
    now: datetime,
    title: str = "",
    lang: str = "",
    published: datetime | None = None,
    backlog: bool = False,
    revisit_at: datetime | None = None,
    also: Iterable[str] = (),
    version_count: int = 0,
) -> ArticleRow | None:
    """A new article, None when one has this address; `also` are further addresses that led to it.

    `version_count` is of the versions that follow in the same transaction.
    """
    values = {
        "url": url,
        "source": source,
        "host": host_of(url),
        "title": title,
        "lang": lang,
        "published": published,
        "first_seen": now,
        "last_seen": now,
        "backlog": backlog,
        "revisit_at": revisit_at,
        "version_count": version_count,
    }
    id_ = tx.insert_new(t.articles, values, returning="id")
    if id_ is None:
        return None
    add_addresses(tx, id_, (url, *also))
    return ArticleRow(id=id_, **_NEW, **_as_stored(values))


# What an article has that nobody has looked at again.
_NEW: dict[str, Any] = {
    "checks": 0,
    "changes": 0,
    "flaps": 0,
    "flapping": False,
    "etag": "",
    "last_modified": "",
    "last_checked_at": None,
    "last_reason": "",
}


def _as_stored(values: dict[str, Any]) -> dict[str, Any]:
    """Values as they would be read again."""
    return {name: _stored(value) for name, value in values.items()}


def _stored(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def add_addresses(tx: Transaction, article_id: int, urls: Iterable[str]) -> None:
    """Remembers addresses that lead to the article; one that leads elsewhere already keeps its article."""
    tx.insert_many(t.addresses, [{"url": url, "article_id": article_id} for url in dict.fromkeys(urls) if url])


def carry(
    tx: Transaction, article_id: int, source: str, *, now: datetime, entry_id: int | None = None, new: bool = False
) -> bool:
    """Notes that this source carries the article. True when that is new; `new` is an article made a moment ago."""
    if not new:
        tx.execute(_SEEN, {"at": article_id, "now": now})
    values = {"article_id": article_id, "source": source, "entry_id": entry_id, "first_seen": now}
    return tx.insert_new(t.article_sources, values) is not None


def carriers(tx: Transaction, article_id: int) -> tuple[str, ...]:
    """Sources that carry the article, first one first."""
    s = t.article_sources.c
    query = sa.select(s.source).where(s.article_id == article_id).order_by(s.first_seen, s.source)
    return tuple(row.source for row in tx.all(query))


def add_version(
    tx: Transaction, article_id: int, new: NewVersion, *, first: bool = False, lang: str = ""
) -> VersionRow:
    """Stores the next version and makes it the current one. The article takes over title, language and date.

    `first` is that of an article made a moment ago with the same title, language and date; `lang` is the article's
    where the version's is not known.
    """
    number = 1 if first else 1 + int(tx.scalar(_NUMBER, {"at": article_id}))
    if not first:
        tx.execute(_PAST, {"at": article_id})
    values = {
        "article_id": article_id,
        "number": number,
        "current": True,
        "title": new.title,
        "text": new.text,
        "digest": new.fingerprint.digest,
        "sketch": new.fingerprint.sketch or None,
        "recipe": new.fingerprint.recipe,
        "lang": new.lang,
        "author": new.author,
        "site": new.site,
        "published": new.published,
        "agency": new.agency,
        "origin": new.origin,
        "fetched_at": new.fetched_at,
        "copy_group_id": new.copy_group_id,
        "analysed_with": new.analysed_with,
        "rules_hash": new.rules_hash,
        "analysed_at": new.analysed_at,
    }
    id_ = tx.insert(t.versions, **values)
    if not first:
        _take_over(tx, article_id, new, number, new.lang or lang)
    return VersionRow(id=id_, **_as_stored(values))


def _take_over(tx: Transaction, article_id: int, new: NewVersion, number: int, lang: str) -> None:
    values: dict[str, Any] = {"title": new.title, "version_count": number}
    if lang:
        values["lang"] = lang
    if new.published is not None:
        values["published"] = new.published
    if number > 1:
        values["changes"] = a.changes + 1
    tx.execute(sa.update(t.articles).where(a.id == article_id).values(**values))


def version(tx: Transaction, version_id: int) -> VersionRow | None:
    row = tx.first(sa.select(t.versions).where(v.id == version_id))
    return None if row is None else VersionRow(**_fields(row, VersionRow))


def current(tx: Transaction, article_id: int) -> VersionRow | None:
    row = tx.first(_CURRENT, {"at": article_id})
    return None if row is None else VersionRow(**_fields(row, VersionRow))


def versions(tx: Transaction, article_id: int) -> tuple[VersionRow, ...]:
    """All versions of an article, oldest first."""
    query = sa.select(t.versions).where(v.article_id == article_id).order_by(v.number)
    return tuple(VersionRow(**_fields(row, VersionRow)) for row in tx.all(query))


def outdated(
    tx: Transaction, rules_hash: str, *, since: datetime, limit: int, after: int = 0
) -> tuple[tuple[ArticleRow, VersionRow], ...]:
    """Current versions since then that other rules analysed, in order of their number; go on with `after`."""
    # ordered by a sum, so that what the index over time holds is asked first and not every version in turn
    query = (
        sa.select(v.id)
        .where(v.current, v.id > after, v.fetched_at >= since, v.rules_hash != rules_hash)
        .order_by(v.id + 0)
        .limit(limit)
    )
    ids = [row.id for row in tx.all(query)]
    return _pairs(tx, tx.all(sa.select(v.id, v.article_id).where(v.id.in_(ids)).order_by(v.id)))


def stored(
    tx: Transaction, *, since: datetime | None = None, until: datetime | None = None, limit: int, after: int = 0
) -> tuple[tuple[ArticleRow, VersionRow], ...]:
    """Current versions in order of their number, for backfill and for trying rules; go on with `after`."""
    query = sa.select(v.id, v.article_id).where(v.current, v.id > after)
    if since is not None:
        query = query.where(v.fetched_at >= since)
    if until is not None:
        query = query.where(v.fetched_at < until)
    return _pairs(tx, tx.all(query.order_by(v.id).limit(limit)))


def recent(
    tx: Transaction, *, limit: int = 50, before: int | None = None, source: str = "", lang: str = ""
) -> tuple[ArticleRow, ...]:
    """Articles, newest first; go on with `before` (the last number)."""
    query = sa.select(t.articles)
    if before is not None:
        query = query.where(a.id < before)
    if source:
        query = query.where(a.source == source)
    if lang:
        query = query.where(a.lang == lang)
    return tuple(article_of(row) for row in tx.all(query.order_by(a.id.desc()).limit(limit)))


def counts(tx: Transaction, *, since: datetime, until: datetime) -> dict[str, int]:
    """Articles, versions and analysed versions of that time."""
    within = sa.and_(v.fetched_at >= since, v.fetched_at < until)
    return {
        "articles": int(tx.scalar(sa.select(sa.func.count()).where(a.first_seen >= since, a.first_seen < until))),
        "versions": int(tx.scalar(sa.select(sa.func.count()).where(within))),
        "analysed": int(tx.scalar(sa.select(sa.func.count()).where(within, v.analysed_with != ""))),
    }


def _pairs(tx: Transaction, rows: Sequence[Any]) -> tuple[tuple[ArticleRow, VersionRow], ...]:
    """Articles with their versions, of rows that name both by number; in the order of these."""
    pairs = []
    for at in range(0, len(rows), 500):
        some = rows[at : at + 500]
        of_article = sa.select(t.articles).where(a.id.in_([row.article_id for row in some]))
        of_version = sa.select(t.versions).where(v.id.in_([row.id for row in some]))
        found = {row.id: article_of(row) for row in tx.all(of_article)}
        texts = {row.id: VersionRow(**_fields(row, VersionRow)) for row in tx.all(of_version)}
        pairs += [(found[row.article_id], texts[row.id]) for row in some if row.article_id in found and row.id in texts]
    return tuple(pairs)


def article_of(row: Any) -> ArticleRow:
    """The article of a row that has all columns of the table."""
    return ArticleRow(**_fields(row, ArticleRow))


def _fields(row: Any, kind: type[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in kind.__dataclass_fields__}
