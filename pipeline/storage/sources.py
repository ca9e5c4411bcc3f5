"""What is known of each source between two polls, and which are due."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from pipeline.model.source import Source, SourceState
from pipeline.storage import many, queues
from pipeline.storage import tables as t
from pipeline.storage.session import Transaction

c = t.sources.c
_STATE = tuple(name for name in SourceState.__dataclass_fields__ if name != "source")
_values = attrgetter(*_STATE)
_USUAL = re.compile(r"https?://([A-Za-z0-9.-]+)(?=[/?#]|\Z)")  # what nearly every address looks like
_HOSTS = 8_192  # addresses whose host is remembered
_ANNOUNCED = {"ok", "failing", "silent", "gone", "not-a-feed", "moved"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEvent:
    """Something to tell about a source: it failed, fell silent, moved, recovered."""

    source: str
    at: datetime
    kind: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceShare:
    """How much of a source was of use: entries, articles made of them, and articles with a finding."""

    source: str
    entries: int
    articles: int
    useful: int


@lru_cache(_HOSTS)
def host_of(url: str) -> str:
    """The host that politeness counts for, lower case; "" when the address has none."""
    usual = _USUAL.match(url)
    if usual:
        return usual[1].lower()
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def sync(tx: Transaction, sources: Iterable[Source], *, now: datetime) -> None:
    """Brings the table in line with `sources.yaml`: new ones are due at once, missing ones keep their state unlisted.

    A changed address starts the state of that source afresh.
    """
    there = {row.id: row for row in tx.all(sa.select(c.id, c.configured_url, c.listed))}
    wanted = {source.id: source for source in sources if source.enabled}
    new = [_fresh(source, now) | {"id": source.id} for source in wanted.values() if source.id not in there]
    tx.insert_many(t.sources, new)
    for source in wanted.values():
        row = there.get(source.id)
        if row is None:
            continue
        if row.configured_url != source.url:
            tx.execute(sa.update(t.sources).where(c.id == source.id).values(**_fresh(source, now)))
        elif not row.listed:
            tx.execute(sa.update(t.sources).where(c.id == source.id).values(listed=True))
    gone = [id_ for id_, row in there.items() if row.listed and id_ not in wanted]
    if gone:
        tx.execute(sa.update(t.sources).where(c.id.in_(gone)).values(listed=False))


def _fresh(source: Source, now: datetime) -> dict[str, Any]:
    blank = SourceState(source=source.id, url=source.url)
    state = {name: getattr(blank, name) for name in _STATE}
    return state | {
        "configured_url": source.url,
        "host": host_of(source.url),
        "listed": True,
        "next_poll_at": now,
        "lease_until": None,
        "lease_holder": "",
    }


_FREE = sa.and_(
    c.listed,
    sa.not_(c.retired),
    sa.or_(sa.not_(c.paused), c.paused_until <= queues.NOW),
    c.next_poll_at <= queues.NOW,
)
_QUEUE = queues.Queue(t.sources, _FREE, (c.next_poll_at, c.id), ("id", *_STATE))


def claim_due(
    tx: Transaction, *, now: datetime, limit: int, per_host: int, lease: timedelta, holder: str
) -> tuple[SourceState, ...]:
    """Takes sources that are due, earliest first, at most `per_host` of one host counting those in work.

    They are the caller's until `save`, `release` or the end of the lease.
    """
    taken = _QUEUE.claim(tx, now=now, limit=limit, per_host=per_host, lease=lease, holder=holder)
    return tuple(_state(row) for row in sorted(taken, key=attrgetter("next_poll_at", "id")))


def bring_nearer(tx: Transaction, times: Mapping[str, datetime]) -> None:
    """Makes sources due then, where they are due later."""
    for source, at in sorted(times.items()):
        tx.execute(sa.update(t.sources).where(c.id == source, c.next_poll_at > at).values(next_poll_at=at))


def due(tx: Transaction, *, now: datetime) -> int:
    """How many sources are due and in nobody's hands."""
    return _QUEUE.waiting(tx, now=now)


def load(tx: Transaction, source: str) -> SourceState | None:
    row = tx.first(sa.select(t.sources).where(c.id == source))
    return None if row is None else _state(row)


def load_all(tx: Transaction) -> dict[str, SourceState]:
    """Every source that is still configured, by id."""
    return {row.id: _state(row) for row in tx.all(sa.select(t.sources).where(c.listed).order_by(c.id))}


def save(tx: Transaction, state: SourceState, *, now: datetime) -> None:
    """Stores the state after a poll and frees the source. A change of health or address is an event to tell."""
    save_all(tx, [state], now=now)


def save_all(tx: Transaction, states: Sequence[SourceState], *, now: datetime) -> None:
    """The same of many at once."""
    before = {state.source: load(tx, state.source) for state in states}
    save_polled(tx, [(was, state) for state in states if (was := before[state.source]) is not None], now=now)


def save_polled(
    tx: Transaction, changes: Sequence[tuple[SourceState, SourceState]], *, now: datetime, holder: str = ""
) -> None:
    """Stores sources as they were claimed and as they are after a poll: what changed of them, and that they are free.

    With `holder`, a source that is that holder's no more stays as it is.
    """
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for was, state in sorted(changes, key=lambda pair: pair[1].source):
        values = {
            name: after
            for name, before, after in zip(_STATE, _values(was), _values(state), strict=True)
            if before != after
        }
        if "url" in values:
            values["host"] = host_of(state.url)
        row = {"id": state.source} | values
        if not _told(was, state):
            alike.setdefault(tuple(row), []).append(row)
        elif _write(tx, [row], holder):
            _tell_changes(tx, was, state, now)
    for same in alike.values():
        _write(tx, same, holder)


def _write(tx: Transaction, changed: Sequence[dict[str, Any]], holder: str) -> int:
    """Rows that name the same columns, each with its id; how many were written."""
    values = {"by": holder} if holder else {}
    return many.run(tx, _save(tuple(changed[0]), bool(holder), tx.postgres), changed, **values)


@cache
def _save(names: tuple[str, ...], held: bool, postgres: bool) -> sa.Update:
    """Built once for what changes together: this is run for every source."""
    given = many.given(t.sources, names, postgres=postgres)
    statement = sa.update(t.sources).where(c.id == given.pop("id"))
    if held:
        statement = statement.where(c.lease_holder == sa.bindparam("by"))
    return statement.values(**given, lease_holder="", lease_until=None)


def _told(before: SourceState, state: SourceState) -> bool:
    """Whether the change is an event; that a new source is well is none."""
    recovered = before.health not in ("new", "paused")
    turned = before.health != state.health and state.health in _ANNOUNCED and (state.health != "ok" or recovered)
    return before.url != state.url or turned


def _tell_changes(tx: Transaction, before: SourceState, state: SourceState, now: datetime) -> None:
    if before.url != state.url:
        record_event(tx, state.source, "moved", f"{before.url} -> {state.url}", at=now)
    if before.health == state.health or state.health not in _ANNOUNCED:
        return
    if state.health != "ok":
        record_event(tx, state.source, state.health, state.last_detail or state.last_reason, at=now)
    elif before.health not in ("new", "paused"):
        record_event(tx, state.source, "recovered", f"was {before.health}", at=now)


def release(tx: Transaction, holder: str) -> int:
    """Frees what that holder has in work; how many."""
    return tx.count(sa.update(t.sources).where(c.lease_holder == holder).values(lease_holder="", lease_until=None))


def next_due_at(tx: Transaction) -> datetime | None:
    """When the next source is due, None when none is watched."""
    at: datetime | None = tx.scalar(
        sa.select(sa.func.min(c.next_poll_at)).where(c.listed, sa.not_(c.retired), sa.not_(c.paused))
    )
    return at


def pause(tx: Transaction, source: str, *, until: datetime | None, now: datetime) -> bool:
    """Leaves the source alone until then (None: until resumed). False when there is no such source."""
    done = tx.count(sa.update(t.sources).where(c.id == source).values(paused=True, paused_until=until)) > 0
    if done:
        record_event(tx, source, "paused", "" if until is None else f"until {until.isoformat()}", at=now)
    return done


def resume(tx: Transaction, source: str, *, now: datetime) -> bool:
    done = tx.count(
        sa.update(t.sources).where(c.id == source, c.paused).values(paused=False, paused_until=None, next_poll_at=now)
    )
    if done:
        record_event(tx, source, "resumed", "", at=now)
    return done > 0


def look_now(tx: Transaction, source: str, *, now: datetime) -> bool:
    """Makes the source due, a retired one too. False when there is no such source."""
    values = {"next_poll_at": now, "retired": False, "paused": False, "paused_until": None}
    return tx.count(sa.update(t.sources).where(c.id == source).values(**values)) > 0


def paused(tx: Transaction) -> frozenset[str]:
    return frozenset(row.id for row in tx.all(sa.select(c.id).where(c.paused)))


def record_event(tx: Transaction, source: str, kind: str, detail: str, *, at: datetime) -> None:
    tx.execute(sa.insert(t.source_events).values(source=source, kind=kind, detail=detail, at=at))


def events(
    tx: Transaction, *, since: datetime, until: datetime | None = None, source: str = ""
) -> tuple[SourceEvent, ...]:
    """What happened to sources in that time, oldest first."""
    e = t.source_events.c
    query = sa.select(e.source, e.at, e.kind, e.detail).where(e.at >= since).order_by(e.at, e.id)
    if until is not None:
        query = query.where(e.at < until)
    if source:
        query = query.where(e.source == source)
    return tuple(SourceEvent(**row._mapping) for row in tx.all(query))


def _state(row: Any) -> SourceState:
    return SourceState(source=row.id, **dict(zip(_STATE, _values(row), strict=True)))
