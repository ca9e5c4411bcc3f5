"""Stories: findings that report the same change, joined, merged, split, and told why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.model.alert import StoryKey
from pipeline.storage import tables as t
from pipeline.storage.columns import Key, Moment, fields_of
from pipeline.storage.session import Transaction

s = t.stories.c
m = t.story_members.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    id: int
    claim: str
    relation: str
    slot: str
    value: str
    first_at: datetime
    last_at: datetime
    merged_into: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """One finding's part in a story: who carried it, when, in which language."""

    id: int
    story_id: int
    finding_id: int
    version_id: int
    slot: str
    value: str
    source: str
    family: str
    agency: str
    lang: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """One finding's part in a story, to be stored."""

    story_id: int
    finding_id: int
    version_id: int
    slot: str
    value: str
    at: datetime
    source: str = ""
    family: str = ""
    agency: str = ""
    lang: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMove:
    """A merge or a split, kept so that it can be explained and undone."""

    id: int
    kind: str
    from_story: int
    to_story: int
    members: tuple[int, ...]
    why: str
    by: str
    at: datetime
    undone_at: datetime | None


_AT = sa.bindparam("when", type_=Moment)
_NEAR = (
    sa.select(t.stories)
    .where(s.claim.in_(sa.bindparam("claims", expanding=True)))
    .where(s.relation.in_(sa.bindparam("relations", expanding=True)))
    .where(s.slot.in_(sa.bindparam("slots", expanding=True)))
    .where(s.last_at >= sa.bindparam("since"), s.first_at <= sa.bindparam("until"))
    .order_by(s.first_at, s.id)
)
_STRETCH = (
    sa.update(t.stories)
    .where(s.id == sa.bindparam("story"))
    .values(
        first_at=sa.case((s.first_at > _AT, _AT), else_=s.first_at),
        last_at=sa.case((s.last_at < _AT, _AT), else_=s.last_at),
    )
)
_TOLD_IN = (
    sa.update(t.finding_changes)
    .where(t.finding_changes.c.finding_id == sa.bindparam("finding"))
    .where(t.finding_changes.c.slot == sa.bindparam("of"), t.finding_changes.c.new == sa.bindparam("said"))
    .values(story_id=sa.bindparam("story", type_=Key))
)


def near(tx: Transaction, keys: Collection[StoryKey], *, since: datetime, until: datetime) -> tuple[Story, ...]:
    """Stories of the claims, relations and slots of these keys with coverage between these times, oldest first.

    Those that went into another one are among them, with `merged_into`. Whether a value is the same within tolerance is
    not for the store to say.
    """
    asked = {
        "claims": sorted({key.claim for key in keys}),
        "relations": sorted({key.relation for key in keys}),
        "slots": sorted({key.slot for key in keys}),
        "since": since,
        "until": until,
    }
    subjects = {(key.claim, key.relation, key.slot) for key in keys}
    rows = tx.all(_NEAR, asked) if subjects else ()
    return tuple(Story(**row._mapping) for row in rows if (row.claim, row.relation, row.slot) in subjects)


def create(tx: Transaction, key: StoryKey, *, at: datetime) -> int:
    """A new story, its number."""
    return tx.insert(
        t.stories, claim=key.claim, relation=key.relation, slot=key.slot, value=key.value, first_at=at, last_at=at
    )


def load(tx: Transaction, story_id: int) -> Story | None:
    row = tx.first(sa.select(t.stories).where(s.id == story_id))
    return None if row is None else Story(**row._mapping)


def add_member(tx: Transaction, story_id: int, **more: Any) -> bool:
    """Joins a finding's change to a story. False when it stands in one already. `more` as in NewMember."""
    member = NewMember(story_id=story_id, **more)
    if tx.insert_new(t.story_members, fields_of(member)) is None:
        return False
    stretch(tx, [(story_id, member.at)])
    _told_in(tx, [member])
    return True


def add_members(tx: Transaction, members: Sequence[NewMember]) -> None:
    """Joins changes of findings that were stored a moment ago, and stand in no story; `stretch` is for the caller."""
    tx.insert_many(t.story_members, [fields_of(one) for one in members])
    _told_in(tx, members)


def stretch(tx: Transaction, reached: Sequence[tuple[int, datetime]]) -> None:
    """Lets stories reach to these times."""
    if reached:
        tx.execute(_STRETCH, [{"story": story, "when": at} for story, at in reached])


def _told_in(tx: Transaction, members: Sequence[NewMember]) -> None:
    if members:
        tx.execute(
            _TOLD_IN,
            [{"story": m.story_id, "finding": m.finding_id, "of": m.slot, "said": m.value} for m in members],
        )


def members(tx: Transaction, story_id: int) -> tuple[StoryMember, ...]:
    query = sa.select(t.story_members).where(m.story_id == story_id).order_by(m.at, m.id)
    return tuple(StoryMember(**row._mapping) for row in tx.all(query))


def merge(tx: Transaction, from_story: int, into: int, *, why: str, by: str = "", now: datetime) -> int:
    """Moves everything of one story into another; the number of the move, for `undo`."""
    moved = [row.id for row in tx.all(sa.select(m.id).where(m.story_id == from_story))]
    _move(tx, moved, into)
    tx.execute(sa.update(t.stories).where(s.id == from_story).values(merged_into=into))
    _stretch(tx, into)
    return _record(tx, "merge", from_story, into, moved, why, by, now)


def split(tx: Transaction, story_id: int, member_ids: Sequence[int], *, why: str, by: str = "", now: datetime) -> int:
    """Takes members out of a story into one of their own; the number of the move, for `undo`."""
    story = load(tx, story_id)
    if story is None:
        raise KeyError(story_id)
    own = [row.id for row in tx.all(sa.select(m.id).where(m.story_id == story_id, m.id.in_(list(member_ids))))]
    new = create(
        tx, StoryKey(claim=story.claim, relation=story.relation, slot=story.slot, value=story.value), at=story.first_at
    )
    _move(tx, own, new)
    _stretch(tx, new)
    _stretch(tx, story_id)
    return _record(tx, "split", story_id, new, own, why, by, now)


def apart(tx: Transaction, ids: Collection[int]) -> frozenset[frozenset[int]]:
    """Pairs among these stories that a person took apart: by a split that holds, or by taking a merge back."""
    moves = t.story_moves.c
    split = sa.and_(moves.kind == "split", moves.undone_at.is_(None))
    unmerged = sa.and_(moves.kind == "merge", moves.undone_at.is_not(None))
    query = sa.select(moves.from_story, moves.to_story).where(
        moves.from_story.in_(list(ids)), moves.to_story.in_(list(ids)), sa.or_(split, unmerged)
    )
    return frozenset(frozenset({row.from_story, row.to_story}) for row in tx.all(query))


def undo(tx: Transaction, move_id: int, *, now: datetime) -> bool:
    """Takes a merge or split back. False when it was taken back before."""
    moves = t.story_moves.c
    row = tx.first(sa.select(t.story_moves).where(moves.id == move_id, moves.undone_at.is_(None)).with_for_update())
    if row is None:
        return False
    _move(tx, row.members or [], row.from_story)
    emptied = row.to_story if row.kind == "split" else None
    tx.execute(sa.update(t.stories).where(s.id == row.from_story).values(merged_into=None))
    if emptied is not None:
        tx.execute(sa.update(t.stories).where(s.id == emptied).values(merged_into=row.from_story))
    _stretch(tx, row.from_story)
    _stretch(tx, row.to_story)
    tx.execute(sa.update(t.story_moves).where(moves.id == move_id).values(undone_at=now))
    return True


def moves(tx: Transaction, story_id: int) -> tuple[StoryMove, ...]:
    """Merges and splits that touched the story, oldest first."""
    c = t.story_moves.c
    query = sa.select(t.story_moves).where(sa.or_(c.from_story == story_id, c.to_story == story_id)).order_by(c.id)
    return tuple(StoryMove(**_with_tuple(row)) for row in tx.all(query))


def _with_tuple(row: Any) -> dict[str, Any]:
    return dict(row._mapping) | {"members": tuple(row.members or ())}


def _move(tx: Transaction, member_ids: Sequence[int], to: int) -> None:
    if not member_ids:
        return
    tx.execute(sa.update(t.story_members).where(m.id.in_(list(member_ids))).values(story_id=to))
    ch = t.finding_changes
    story = (
        sa.select(m.story_id)
        .where(m.finding_id == ch.c.finding_id, m.slot == ch.c.slot, m.value == ch.c.new)
        .scalar_subquery()
    )
    concerned = sa.select(m.finding_id).where(m.id.in_(list(member_ids)))
    tx.execute(
        sa.update(ch).where(ch.c.finding_id.in_(concerned)).values(story_id=sa.func.coalesce(story, ch.c.story_id))
    )


def _stretch(tx: Transaction, story_id: int) -> None:
    """Sets a story's first and last time by its members; an empty one keeps what it had."""
    span = tx.first(sa.select(sa.func.min(m.at).label("a"), sa.func.max(m.at).label("b")).where(m.story_id == story_id))
    if span is not None and span.a is not None:
        tx.execute(sa.update(t.stories).where(s.id == story_id).values(first_at=span.a, last_at=span.b))


def _record(
    tx: Transaction, kind: str, from_story: int, to: int, moved: list[int], why: str, by: str, now: datetime
) -> int:
    return tx.insert(
        t.story_moves, kind=kind, from_story=from_story, to_story=to, members=moved, why=why, by=by, at=now
    )
