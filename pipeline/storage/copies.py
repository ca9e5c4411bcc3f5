"""Near-duplicate texts: bands of sketches, looked up by index, and the groups they form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

import sqlalchemy as sa

from pipeline.storage import many
from pipeline.storage import tables as t
from pipeline.storage.articles import VersionRow
from pipeline.storage.columns import Key
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


_SHARED = (
    sa.select(b.version_id, sa.func.count().label("shared"))
    .where(b.recipe == sa.bindparam("recipe"), b.band.in_(sa.bindparam("bands", expanding=True)))
    .group_by(b.version_id)
    .subquery()
)
_CANDIDATES = (
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
        _SHARED.c.shared,
    )
    .join(_SHARED, _SHARED.c.version_id == v.id)
    .where(v.article_id != sa.bindparam("besides"), v.sketch.is_not(None))
    .order_by(_SHARED.c.shared.desc(), v.id)
    .limit(sa.bindparam("most"))
)
_GROUPED = sa.update(t.versions).where(v.id == sa.bindparam("at")).values(copy_group_id=sa.bindparam("to", type_=Key))


def _hashed(key: bytes) -> int:
    """A band's key as a signed 64-bit number: what databases index best."""
    return int.from_bytes(blake2b(key, digest_size=8).digest(), "big", signed=True)


def add_bands(tx: Transaction, version_id: int, bands: Sequence[bytes], *, recipe: int) -> None:
    """Stores the keys of a version's bands, under which `candidates` finds it."""
    rows = [{"recipe": recipe, "band": band, "version_id": version_id} for band in sorted({_hashed(b) for b in bands})]
    many.insert(tx, t.copy_bands, rows)


def candidates(
    tx: Transaction, bands: Sequence[bytes], *, recipe: int, limit: int = 50, besides: int | None = None
) -> tuple[CopyCandidate, ...]:
    """Versions that share at least one band, most shared first; `besides` is an article to leave out."""
    if not bands:
        return ()
    asked = {"recipe": recipe, "bands": [_hashed(band) for band in bands], "besides": besides or 0, "most": limit}
    return tuple(CopyCandidate(**row._mapping) for row in tx.all(_CANDIDATES, asked))


def group_like(tx: Transaction, like: CopyCandidate | None, *, lang: str, now: datetime) -> int:
    """The group of the version that a text resembles, made where that has none; one of its own without any."""
    if like is not None and like.copy_group_id is not None:
        return like.copy_group_id
    group = tx.insert(t.copy_groups, lang=lang, created_at=now)
    if like is not None:
        _place(tx, like.version_id, group, like=None, similarity=1.0, now=now)
    return group


def add_member(tx: Transaction, version: VersionRow, *, like: int | None, similarity: float, now: datetime) -> None:
    """Notes why a version that was stored with its group stands in it."""
    _note(tx, version.id, version.copy_group_id, like=like, similarity=similarity, now=now)


def _note(
    tx: Transaction, version_id: int, group: int | None, *, like: int | None, similarity: float, now: datetime
) -> None:
    values = {
        "version_id": version_id,
        "group_id": group,
        "like_version_id": like,
        "similarity": similarity,
        "joined_at": now,
    }
    tx.insert_many(t.copy_members, [values])


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
    tx.execute(_GROUPED, {"at": version_id, "to": group})
    tx.execute(sa.delete(t.copy_members).where(t.copy_members.c.version_id == version_id))
    _note(tx, version_id, group, like=like, similarity=similarity, now=now)
