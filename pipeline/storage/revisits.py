"""Looking at articles again: when, who does, and what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.base import Executable

from pipeline.storage import queues
from pipeline.storage import tables as t
from pipeline.storage.articles import ArticleRow, article_of
from pipeline.storage.session import Transaction

a = t.articles.c
_AT: sa.BindParameter[Any] = sa.bindparam("at")
_HOLDER = sa.select(a.lease_holder).where(a.id == _AT).with_for_update()


def held(tx: Transaction, article_id: int, *, holder: str) -> bool:
    """Whether that holder has the article in work still, and until the end of this transaction."""
    return bool(tx.scalar(_HOLDER, {"at": article_id}) == holder)


def checked(
    tx: Transaction,
    article_id: int,
    *,
    now: datetime,
    revisit_at: datetime | None,
    reason: str = "",
    etag: str | None = None,
    last_modified: str | None = None,
    flapped: bool = False,
    flapping: bool | None = None,
) -> None:
    """Records a visit: what came of it, when to come again (None: never), validators for the next request."""
    given = {"etag": etag, "last_modified": last_modified, "flapping": flapping}
    values: dict[str, Any] = {"last_checked_at": now, "revisit_at": revisit_at, "last_reason": reason}
    values |= {name: value for name, value in given.items() if value is not None}
    tx.execute(_checked(tuple(values), flapped), values | {"at": article_id})


@cache
def _checked(names: tuple[str, ...], flapped: bool) -> Executable:
    values: dict[str, Any] = {name: sa.bindparam(name, type_=a[name].type) for name in names}
    values |= {"checks": a.checks + 1, "lease_holder": "", "lease_until": None}
    if flapped:
        values["flaps"] = a.flaps + 1
    return sa.update(t.articles).where(a.id == _AT).values(**values)


def revisit(tx: Transaction, article_id: int, *, at: datetime) -> None:
    """Asks for a look at that time, unless one is due before."""
    tx.execute(
        sa.update(t.articles)
        .where(a.id == article_id, sa.or_(a.revisit_at.is_(None), a.revisit_at > at))
        .values(revisit_at=at)
    )


_REVISITS = queues.Queue(t.articles, a.revisit_at <= queues.NOW, (a.revisit_at, a.id))


def claim_revisits(
    tx: Transaction, *, now: datetime, limit: int, per_host: int, lease: timedelta, holder: str
) -> tuple[ArticleRow, ...]:
    """Takes articles that are due for another look; the caller's until `checked` or the end of the lease."""
    rows = _REVISITS.claim(tx, now=now, limit=limit, per_host=per_host, lease=lease, holder=holder)
    taken = sorted(rows, key=lambda row: (row.revisit_at, row.id))
    return tuple(article_of(row) for row in taken)


def release(tx: Transaction, holder: str) -> int:
    """Frees the revisits that holder has in work; how many."""
    return tx.count(sa.update(t.articles).where(a.lease_holder == holder).values(lease_holder="", lease_until=None))
