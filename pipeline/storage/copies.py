"""Near-duplicate texts: bands of sketches, looked up by index, and the groups they form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

import sqlalchemy as sa

from pipeline.storage import tables as t
from pipeline.storage.session import Transaction

b = t.copy_bands.c
v = t.versions.c


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyCandidate:
    """A stored version that shares bands with a new one: to be compared by sketch and text."""

    version_id: int
    article_id: int
    lang: str
    title: str
    text: str
    sketch: bytes
    copy_group_id: int | None
    agency: str
    fetched_at: datetime
    shared: int  # bands


def _hashed(key: bytes) -> int:
    """A band's key as a signed 64-bit number: what databases index best."""
    return int.from_bytes(blake2b(key, digest_size=8).digest(), "big", signed=True)


def add_bands(tx: Transaction, version_id: int, bands: Sequence[bytes], *, recipe: int) -> None:
    """Stores the keys of a version's bands, under which `candidates` finds it."""
    rows = [{"recipe": recipe, "band": band, "version_id": version_id} for band in sorted({_hashed(b) for b in bands})]
    tx.insert_many(t.copy_bands, rows)


def candidates(
    tx: Transaction, bands: Sequence[bytes], *, recipe: int, limit: int = 50, besides: int | None = None
) -> tuple[CopyCandidate, ...]:
    """Versions that share at least one band, most shared first; `besides` is an article to leave out."""
    if not bands:
        return ()
    shared = (
        sa.select(b.version_id, sa.func.count().label("shared"))
        .where(b.recipe == recipe, b.band.in_([_hashed(band) for band in bands]))
        .group_by(b.version_id)
        .subquery()
    )
    query = (
        sa.select(
            v.id.label("version_id"),
            v.article_id,
            v.lang,
            v.title,
            v.text,
            v.sketch,
            v.copy_group_id,
            v.agency,
            v.fetched_at,
            shared.c.shared,
        )
        .join(shared, shared.c.version_id == v.id)
        .order_by(shared.c.shared.desc(), v.id)
        .limit(limit)
    )
    if besides is not None:
        query = query.where(v.article_id != besides)
    return tuple(CopyCandidate(**row._mapping) for row in tx.all(query.where(v.sketch.is_not(None))))


def join(tx: Transaction, version_id: int, *, like: int | None, similarity: float, now: datetime) -> int:
    """Puts a version into the group of the version that it resembles, or into one of its own; the group's number."""
    lang = str(tx.scalar(sa.select(v.lang).where(v.id == version_id)) or "")
    group: int | None = None
    if like is not None:
        group = tx.scalar(sa.select(v.copy_group_id).where(v.id == like))
    if group is None:
        group = tx.insert(t.copy_groups, lang=lang, created_at=now)
        if like is not None:
            _place(tx, like, group, like=None, similarity=1.0, now=now)
    _place(tx, version_id, group, like=like, similarity=similarity, now=now)
    return group


def _place(tx: Transaction, version_id: int, group: int, *, like: int | None, similarity: float, now: datetime) -> None:
    tx.execute(sa.update(t.versions).where(v.id == version_id).values(copy_group_id=group))
    tx.execute(sa.delete(t.copy_members).where(t.copy_members.c.version_id == version_id))
    tx.execute(
        sa.insert(t.copy_members).values(
            version_id=version_id, group_id=group, like_version_id=like, similarity=similarity, joined_at=now
        )
    )


def members(tx: Transaction, group: int) -> tuple[int, ...]:
    """Versions of a group, in order of arrival."""
    return tuple(row.id for row in tx.all(sa.select(v.id).where(v.copy_group_id == group).order_by(v.id)))
