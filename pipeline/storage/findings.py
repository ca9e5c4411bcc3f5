"""Findings with their changes as they are stored: read by subject, judged by reviewers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.errors import ReviewError
from pipeline.model.finding import Change, Finding, Span, Step
from pipeline.storage import tables as t
from pipeline.storage.session import Transaction

f = t.findings.c
ch = t.finding_changes.c


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedChange:
    """A change and its place in the store."""

    id: int
    finding_id: int
    change: Change
    story_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFinding:
    """A finding, where it was found and what a reviewer said of it."""

    id: int
    finding: Finding
    changes: tuple[SavedChange, ...]
    version_id: int
    article_id: int
    topic: str
    source: str
    lang: str
    backlog: bool
    watch_version: str
    rules_hash: str
    compared_with: Mapping[str, str | None]
    published: datetime | None
    found_at: datetime
    importance: float | None
    verdict: str
    verdict_by: str
    verdict_at: datetime | None
    verdict_note: str
    snoozed_until: datetime | None
    superseded_at: datetime | None
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which findings; an empty field does not restrict."""

    claim: str = ""
    topic: str = ""
    relations: tuple[str, ...] = ()
    source: str = ""
    lang: str = ""
    article_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    verdict: str | None = None  # "" for those without one
    backlog: bool | None = None
    current: bool = True  # leave out what a later version or rule no longer says


def load(tx: Transaction, finding_id: int) -> SavedFinding | None:
    rows = _load(tx, sa.select(t.findings).where(f.id == finding_id))
    return rows[0] if rows else None


def some(tx: Transaction, finding_ids: Sequence[int]) -> dict[int, SavedFinding]:
    """The findings of these numbers that are there."""
    found: dict[int, SavedFinding] = {}
    for at in range(0, len(finding_ids), 500):
        rows = _load(tx, sa.select(t.findings).where(f.id.in_(list(finding_ids[at : at + 500]))))
        found |= {row.id: row for row in rows}
    return found


def of_version(tx: Transaction, version_id: int) -> tuple[SavedFinding, ...]:
    """What the version says now, in the order of claims."""
    query = sa.select(t.findings).where(f.version_id == version_id, f.superseded_at.is_(None))
    return _load(tx, query.order_by(f.claim, f.id))


def select(
    tx: Transaction, which: Filter, *, limit: int = 100, before: int | None = None, oldest_first: bool = False
) -> tuple[SavedFinding, ...]:
    """Findings, newest first; go on with `before`, the last number (`after` it with `oldest_first`)."""
    order = f.id if oldest_first else f.id.desc()
    chosen = sa.select(f.id).where(*_conditions(which))
    if before is not None:
        chosen = chosen.where(f.id > before if oldest_first else f.id < before)
    chosen = chosen.order_by(order).limit(limit)  # numbers first: a whole finding is too much to be sorted and left out
    return _load(tx, sa.select(t.findings).where(f.id.in_(chosen)).order_by(order))


def count(tx: Transaction, which: Filter, *, most: int = 1000) -> int:
    """How many, counting no further than `most`."""
    return int(
        tx.scalar(
            sa.select(sa.func.count()).select_from(sa.select(f.id).where(*_conditions(which)).limit(most).subquery())
        )
    )


def _conditions(which: Filter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    for column, value in (
        (f.claim, which.claim),
        (f.topic, which.topic),
        (f.source, which.source),
        (f.lang, which.lang),
    ):
        if value:
            conditions.append(column == value)
    if which.relations:
        conditions.append(f.relation.in_(which.relations))
    if which.article_id is not None:
        conditions.append(f.article_id == which.article_id)
    if which.since is not None:
        conditions.append(f.found_at >= which.since)
    if which.until is not None:
        conditions.append(f.found_at < which.until)
    if which.verdict is not None:
        conditions.append(f.verdict == which.verdict)
    if which.backlog is not None:
        conditions.append(f.backlog == which.backlog)
    if which.current:
        conditions.append(f.superseded_at.is_(None))
    return conditions


def judge(
    tx: Transaction, finding_id: int, verdict: str, *, by: str, note: str = "", revision: int, now: datetime
) -> SavedFinding:
    """Records a verdict ("" takes it back). Raises ReviewError when the finding is gone or somebody else was faster."""
    return _revise(
        tx,
        finding_id,
        revision,
        {
            "verdict": verdict,
            "verdict_by": by if verdict else "",
            "verdict_at": now if verdict else None,
            "verdict_note": note,
        },
    )


def snooze(tx: Transaction, finding_id: int, until: datetime | None, *, revision: int) -> SavedFinding:
    """Takes the finding off the list until then (None: back on it). Raises ReviewError as `judge` does."""
    return _revise(tx, finding_id, revision, {"snoozed_until": until})


def _revise(tx: Transaction, finding_id: int, revision: int, values: dict[str, Any]) -> SavedFinding:
    done = tx.count(
        sa.update(t.findings)
        .where(f.id == finding_id, f.revision == revision)
        .values(**values, revision=f.revision + 1)
    )
    row = load(tx, finding_id)
    if row is None:
        raise ReviewError(
            "is no longer there", thing=f"finding {finding_id}", hint="it was pruned or its article deleted"
        )
    if not done:
        raise ReviewError(
            f"was changed meanwhile by {row.verdict_by or 'somebody else'}",
            thing=f"finding {finding_id}",
            hint="look at it again, then decide",
        )
    return row


def _load(tx: Transaction, query: sa.Select[Any]) -> tuple[SavedFinding, ...]:
    rows = tx.all(query)
    changes: dict[int, list[SavedChange]] = {}
    ids = [row.id for row in rows]
    for at in range(0, len(ids), 500):
        chosen = sa.select(t.finding_changes).where(ch.finding_id.in_(ids[at : at + 500]))
        for row in tx.all(chosen.order_by(ch.finding_id, ch.position)):
            changes.setdefault(row.finding_id, []).append(change_row(row))
    return tuple(_finding_row(row, tuple(changes.get(row.id, ()))) for row in rows)


def change_row(row: Any) -> SavedChange:
    change = Change(slot=row.slot, type=row.type, old=row.old, new=row.new, evidence=Span(**row.evidence))
    return SavedChange(id=row.id, finding_id=row.finding_id, change=change, story_id=row.story_id)


def _finding_row(row: Any, changes: tuple[SavedChange, ...]) -> SavedFinding:
    finding = Finding(
        claim=row.claim,
        relation=row.relation,
        changes=tuple(change.change for change in changes),
        values=tuple(_read_change(value) for value in row.reads or ()),
        evidence=tuple(Span(**span) for span in row.evidence or ()),
        confidence=row.confidence,
        certainty=row.certainty,
        attribution=row.attribution,
        edited=row.edited,
        before=row.before,
        steps=tuple(_read_step(step) for step in row.steps or ()),
        redline=tuple((part[0], part[1]) for part in row.redline or ()),
    )
    values = dict(zip(_COLUMNS, row, strict=True)) | {"compared_with": row.compared_with or {}}
    return SavedFinding(finding=finding, changes=changes, **{name: values[name] for name in _SAME})


_COLUMNS = tuple(t.findings.c.keys())
_SAME = tuple(name for name in SavedFinding.__dataclass_fields__ if name not in ("finding", "changes"))


def _read_change(value: dict[str, Any]) -> Change:
    return Change(**value | {"evidence": Span(**value["evidence"])})


def _read_step(value: dict[str, Any]) -> Step:
    return Step(**value | {"span": None if value.get("span") is None else Span(**value["span"])})
