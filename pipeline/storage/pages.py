"""Pages as they were fetched, compressed, kept for a time: to read again when rules or extraction change."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pipeline.storage import tables as t
from pipeline.storage.session import Transaction

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

p = t.pages.c
LEVEL = 1  # of zstd: a sixteenth more than with 3 on 181 real pages, in three quarters of the time
_ZSTD = b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """A page and where it belongs."""

    id: int
    url: str
    entry_id: int | None
    article_id: int | None
    fetched_at: datetime
    content_type: str
    put_off: bool
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPage:
    """A page to keep until it expires; `put_off` when it was not even read, since no topic could be reached."""

    url: str
    packed: bytes  # by `pack`
    size: int  # bytes before
    content_type: str
    fetched_at: datetime
    expires_at: datetime
    entry_id: int | None = None
    article_id: int | None = None
    put_off: bool = False


def pack(body: bytes) -> bytes:
    """A page as it is kept; packed before the transaction, in which others wait."""
    return zstd.compress(body, level=LEVEL)


def keep(tx: Transaction, pages: Sequence[NewPage]) -> None:
    """Keeps pages."""
    rows = [
        {
            "url": page.url,
            "entry_id": page.entry_id,
            "article_id": page.article_id,
            "fetched_at": page.fetched_at,
            "expires_at": page.expires_at,
            "content_type": page.content_type,
            "put_off": page.put_off,
            "body": page.packed,
            "size": page.size,
        }
        for page in pages
    ]
    if rows:
        tx.execute(_KEEP, rows)


_KEEP = sa.insert(t.pages)


def put_off(tx: Transaction, *, limit: int, after: int = 0) -> tuple[StoredPage, ...]:
    """Pages that were put off, in order; go on with `after`, the last number."""
    query = sa.select(t.pages).where(p.put_off, p.id > after).order_by(p.id).limit(limit)
    return tuple(_page(row) for row in tx.all(query))


def newest_put_off(tx: Transaction, *, limit: int) -> tuple[StoredPage, ...]:
    """The pages that were put off last, newest first."""
    query = sa.select(t.pages).where(p.put_off).order_by(p.id.desc()).limit(limit)
    return tuple(_page(row) for row in tx.all(query))


def taken_up(tx: Transaction, page_id: int) -> None:
    """A page that was put off was read after all."""
    tx.execute(sa.update(t.pages).where(p.id == page_id).values(put_off=False))


def _page(row: sa.Row[tuple[object, ...]]) -> StoredPage:
    values = {name: row._mapping[name] for name in StoredPage.__dataclass_fields__}
    return StoredPage(**values | {"body": _unpacked(row._mapping["body"])})


def _unpacked(packed: bytes) -> bytes:
    """The page; earlier versions of this program kept pages with zlib."""
    return zstd.decompress(packed) if packed.startswith(_ZSTD) else zlib.decompress(packed)
