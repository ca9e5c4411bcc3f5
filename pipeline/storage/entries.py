"""The queue: each entry of each feed is a row with a stage, attempts and a time for the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.base import Executable

from pipeline.model.source import Entry
from pipeline.storage import many, queues
from pipeline.storage import tables as t
from pipeline.storage.columns import storable, to_json
from pipeline.storage.session import Transaction
from pipeline.storage.sources import host_of

c = t.entries.c
OPEN = ("new", "fetch")
SEEN_EVERY = timedelta(hours=1)  # that an entry stands in its feed still is noted no more often
_ENTRY = [
    "source",
    "key",
    "url",
    "title",
    "published",
    "published_raw",
    "updated",
    "summary",
    "content",
    "author",
    "lang",
]


_OF_SQLITE = """
SELECT e.id, e.source, e.key, e.title, e.url, e.updated, e.last_seen
FROM json_each(:pairs) j CROSS JOIN entries e
ON e.source = json_extract(j.value, '$[0]') AND e.key = json_extract(j.value, '$[1]')
"""  # CROSS: in this order and no other
_OF_POSTGRES = """
SELECT e.id, e.source, e.key, e.title, e.url, e.updated, e.last_seen
FROM unnest(CAST(:sources AS text[]), CAST(:names AS text[])) AS j(source, key)
JOIN entries e ON e.source = j.source AND e.key = j.key
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedEntry:
    """An entry and where it stands."""

    id: int
    entry: Entry
    host: str
    stage: str  # new, fetch, done, skipped, failed
    reason: str
    detail: str
    attempts: int
    backlog: bool  # older than the source's first poll: raises no alert
    first_seen: datetime
    next_attempt_at: datetime | None
    article_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What a feed brought: numbers of new entries, of known ones that say something new, and how many were known."""

    new: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    known: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The entries of one feed, and what is backlog among them."""

    entries: Sequence[Entry]
    backlog_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What one feed of many brought: (source, key) of new entries, numbers of known ones that say something new.

    `retitled` are those of the changed ones whose headline is another.
    """

    new: tuple[tuple[str, str], ...] = ()
    changed: tuple[int, ...] = ()
    retitled: tuple[int, ...] = ()


def add(tx: Transaction, entries: Sequence[Entry], *, now: datetime, backlog_before: datetime | None = None) -> Added:
    """Puts entries into the queue, each (source, key) once.

    An entry published before `backlog_before` (the source's first poll) is backlog. A known entry whose title,
    address or time of update differs is `changed`: its article deserves another look.
    """
    brought = add_all(tx, [Batch(entries=entries, backlog_before=backlog_before)], now=now)[0]
    numbers = sorted(row.id for row in _known(tx, brought.new))
    return Added(new=tuple(numbers), changed=brought.changed, known=len(entries) - len(numbers))


def add_all(tx: Transaction, batches: Sequence[Batch], *, now: datetime) -> tuple[Brought, ...]:
    """The same of many feeds at once; what each brought."""
    named = [_named(one.entries) for one in batches]
    known = {(row.source, row.key): row for row in _known(tx, [key for entries in named for key in entries])}
    brought: list[Brought] = []
    fresh: list[dict[str, Any]] = []
    same: list[int] = []
    for one, entries in zip(batches, named, strict=True):
        new, changed, retitled = [], [], []
        for key, entry in entries.items():
            row = known.get(key)
            if row is None:
                new.append(key)
                fresh.append(_values(entry, now, one.backlog_before))
            elif (row.title, row.url, row.updated) != (storable(entry.title), storable(entry.url), entry.updated):
                changed.append(row.id)
                retitled += [row.id] if row.title != storable(entry.title) else []
                values = {"title": entry.title, "updated": entry.updated, "url": entry.url, "host": host_of(entry.url)}
                tx.execute(sa.update(t.entries).where(c.id == row.id).values(**values, last_seen=now))
            elif now - row.last_seen > SEEN_EVERY or row.last_seen > now:
                same.append(row.id)
        brought.append(Brought(new=tuple(new), changed=tuple(changed), retitled=tuple(retitled)))
    for at in range(0, len(same), 500):
        tx.execute(sa.update(t.entries).where(c.id.in_(same[at : at + 500])).values(last_seen=now))
    many.insert(tx, t.entries, fresh)
    return tuple(brought)


def articles_of(tx: Transaction, ids: Sequence[int]) -> frozenset[int]:
    """The articles that these entries led to."""
    if not ids:
        return frozenset()
    query = sa.select(c.article_id).where(c.id.in_(list(ids)), c.article_id.is_not(None))
    return frozenset(row.article_id for row in tx.all(query))


def title_of(tx: Transaction, article_id: int, source: str) -> str:
    """The headline that the item which led to the article has by now, "" when there is none."""
    query = sa.select(c.title).where(c.article_id == article_id, c.source == source, c.stage == "done")
    row = tx.first(query.order_by(c.id).limit(1))
    return "" if row is None else str(row.title)


def _named(entries: Sequence[Entry]) -> dict[tuple[str, str], Entry]:
    """Each (source, key) once, the first counts."""
    named: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        named.setdefault((entry.source, storable(entry.key)), entry)
    return named


def _known(tx: Transaction, keys: Sequence[tuple[str, str]]) -> Sequence[Any]:
    """Those of the (source, key) that are there."""
    if not keys:
        return ()
    if tx.postgres:
        values: dict[str, Any] = {"sources": [source for source, _ in keys], "names": [key for _, key in keys]}
    else:
        values = {"pairs": to_json(keys)}
    return tx.execute(_lookup(tx.postgres), values).all()


@cache
def _lookup(postgres: bool) -> Executable:
    """One statement for any number of keys, each found by the index."""
    text = sa.text(_OF_POSTGRES if postgres else _OF_SQLITE)
    return text.columns(c.id, c.source, c.key, c.title, c.url, c.updated, c.last_seen)


def _values(entry: Entry, now: datetime, backlog_before: datetime | None) -> dict[str, Any]:
    when = entry.published or entry.updated
    return {name: getattr(entry, name) for name in _ENTRY} | {
        "host": host_of(entry.url),
        "notes": list(entry.notes),
        "first_seen": now,
        "last_seen": now,
        "backlog": backlog_before is not None and when is not None and when < backlog_before,
        "stage": "new",
        "next_attempt_at": now,
    }


_FREE = sa.and_(c.stage.in_(OPEN), c.next_attempt_at <= queues.NOW)
_QUEUE = queues.Queue(t.entries, _FREE, (c.next_attempt_at, c.id))


def claim(
    tx: Transaction, *, now: datetime, limit: int, per_host: int, lease: timedelta, holder: str
) -> tuple[QueuedEntry, ...]:
    """Takes entries to work on, oldest first, at most `per_host` of one host counting those in work.

    They are the caller's until `finish`, `retry`, `release` or the end of the lease.
    """
    taken = _QUEUE.claim(tx, now=now, limit=limit, per_host=per_host, lease=lease, holder=holder)
    return tuple(_queued(row) for row in sorted(taken, key=lambda row: row.id))


def held(tx: Transaction, id_: int, *, holder: str) -> bool:
    """Whether that holder has the entry in work still, and until the end of this transaction."""
    return bool(tx.scalar(_HOLDER, {"at": id_}) == holder)


_HOLDER = sa.select(c.lease_holder).where(c.id == sa.bindparam("at")).with_for_update()


def held_of(tx: Transaction, ids: Sequence[int], *, holder: str) -> set[int]:
    """Those of the entries that the holder has in work still, and until the end of this transaction."""
    query = sa.select(c.id).where(c.id.in_(ids), c.lease_holder == holder).order_by(c.id).with_for_update()
    return {row.id for row in tx.all(query)}


def load(tx: Transaction, id_: int) -> QueuedEntry | None:
    row = tx.first(sa.select(t.entries).where(c.id == id_))
    return None if row is None else _queued(row)


def finish(
    tx: Transaction,
    id_: int,
    stage: str,
    *,
    now: datetime,
    reason: str = "",
    detail: str = "",
    article_id: int | None = None,
) -> None:
    """The entry is done, skipped or failed for good; text that the article now holds is dropped from the queue."""
    values: dict[str, Any] = {"at": id_, "stage": stage, "reason": reason, "detail": detail[:1000], "finished_at": now}
    if article_id is not None:
        values["article_id"] = article_id
    tx.connection.execute(_finish(article_id is not None, stage == "done"), values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an entry ended that became no article."""

    id: int
    stage: str  # skipped, failed
    reason: str
    detail: str = ""


def finish_all(tx: Transaction, ended: Sequence[Ended], *, now: datetime) -> None:
    """The entries are skipped or failed for good."""
    rows = [
        {"at": one.id, "stage": one.stage, "reason": one.reason, "detail": one.detail[:1000], "finished_at": now}
        for one in ended
    ]
    if rows:
        tx.execute(_finish(False, False), rows)


@cache
def _finish(has_article: bool, done: bool) -> Executable:
    """Built once: this is run for every entry."""
    given = ["stage", "reason", "detail", "finished_at", *(["article_id"] if has_article else [])]
    values: dict[str, Any] = {name: sa.bindparam(name, type_=c[name].type) for name in given}
    values |= {"next_attempt_at": None, "lease_holder": "", "lease_until": None, "attempts": c.attempts + 1}
    if done:
        values |= {"summary": "", "content": ""}
    return sa.update(t.entries).where(c.id == sa.bindparam("at")).values(**values)


def retry(tx: Transaction, id_: int, *, at: datetime, reason: str, detail: str = "", counts: bool = True) -> None:
    """The entry is tried again then. `counts=False` when the attempt was not the entry's fault (a full disk)."""
    tx.execute(
        sa.update(t.entries)
        .where(c.id == id_)
        .values(
            stage="fetch",
            reason=reason,
            detail=detail[:1000],
            attempts=c.attempts + (1 if counts else 0),
            next_attempt_at=at,
            lease_holder="",
            lease_until=None,
        )
    )


def release(tx: Transaction, holder: str) -> int:
    """Frees what that holder has in work; how many."""
    return tx.count(sa.update(t.entries).where(c.lease_holder == holder).values(lease_holder="", lease_until=None))


def due(tx: Transaction, *, now: datetime) -> int:
    """How many entries can be worked on now and are in nobody's hands."""
    return _QUEUE.waiting(tx, now=now)


def depth(tx: Transaction) -> dict[str, int]:
    """How many entries stand at each stage."""
    return {row.stage: row.n for row in tx.all(sa.select(c.stage, sa.func.count().label("n")).group_by(c.stage))}


def outcomes(tx: Transaction, *, since: datetime, until: datetime | None = None) -> dict[tuple[str, str], int]:
    """How entries ended in that time: (stage, reason) -> how many."""
    query = sa.select(c.stage, c.reason, sa.func.count().label("n")).where(c.finished_at >= since)
    if until is not None:
        query = query.where(c.finished_at < until)
    return {(row.stage, row.reason): row.n for row in tx.all(query.group_by(c.stage, c.reason))}


def next_due_at(tx: Transaction) -> datetime | None:
    """When the next attempt is due, None with an empty queue."""
    at: datetime | None = tx.scalar(sa.select(sa.func.min(c.next_attempt_at)).where(c.stage.in_(OPEN)))
    return at


def recent(tx: Transaction, source: str, *, limit: int = 50) -> tuple[QueuedEntry, ...]:
    """The newest entries of a source."""
    query = sa.select(t.entries).where(c.source == source).order_by(c.id.desc()).limit(limit)
    return tuple(_queued(row) for row in tx.all(query))


def _queued(row: Any) -> QueuedEntry:
    entry = Entry(**{name: getattr(row, name) for name in _ENTRY}, notes=tuple(row.notes or ()))
    return QueuedEntry(
        id=row.id,
        entry=entry,
        host=row.host,
        stage=row.stage,
        reason=row.reason,
        detail=row.detail,
        attempts=row.attempts,
        backlog=row.backlog,
        first_seen=row.first_seen,
        next_attempt_at=row.next_attempt_at,
        article_id=row.article_id,
    )
