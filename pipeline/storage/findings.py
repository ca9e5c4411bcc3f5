"""What analysis found: topic hits, findings with their changes, near misses. Stored together, read by subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.errors import ReviewError
from pipeline.model.finding import Analysis, Change, Finding, Span, Step
from pipeline.storage import tables as t
from pipeline.storage.articles import VersionRow
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
class AddedFinding:
    """A finding that was stored a moment ago, with what telling of it and finding it again need."""

    id: int
    finding: Finding
    version_id: int
    article_id: int
    topic: str
    source: str
    lang: str
    backlog: bool


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


def save(
    tx: Transaction,
    version_id: int,
    analysis: Analysis,
    *,
    now: datetime,
    topics: Mapping[str, str],
    known: Mapping[str, Mapping[str, str | None]],
    rules_hash: str = "",
    source: str = "",
    published: datetime | None = None,
    backlog: bool = False,
) -> dict[str, SavedFinding]:
    """Stores the analysis of a version and returns its findings by claim.

    `topics` gives each claim's topic, `known` the values it was compared with. What an earlier analysis of the same
    version, or an earlier version of the article, said and this one does not is marked superseded; reviewers' verdicts
    on it stay. Storing the same analysis twice changes nothing.
    """
    v = t.versions.c
    stored = tx.all(sa.select(v.article_id, v.fetched_at).where(v.id == version_id))[0]
    article_id = int(stored.article_id)
    tx.execute(
        sa.update(t.versions)
        .where(t.versions.c.id == version_id)
        .values(analysed_with=analysis.watch_version, rules_hash=rules_hash, analysed_at=now, lang=analysis.lang)
    )
    tx.execute(sa.delete(t.topic_hits).where(t.topic_hits.c.version_id == version_id))
    tx.execute(sa.delete(t.near_misses).where(t.near_misses.c.version_id == version_id))
    # read again by other rules, it is coverage of its own day still
    _save_hits(tx, version_id, analysis, rules_hash, hit_at=stored.fetched_at, now=now)
    _supersede(tx, article_id, version_id, analysis, now)
    shared = {
        "article_id": article_id,
        "watch_version": analysis.watch_version,
        "rules_hash": rules_hash,
        "source": source,
        "lang": analysis.lang,
        "published": published,
        "backlog": backlog,
    }
    _save_findings(tx, version_id, analysis.findings, _bodies(analysis, topics, known, shared), now)
    return {row.finding.claim: row for row in of_version(tx, version_id)}


def add(
    tx: Transaction,
    version: VersionRow,
    analysis: Analysis,
    *,
    now: datetime,
    topics: Mapping[str, str],
    known: Mapping[str, Mapping[str, str | None]],
    source: str = "",
    backlog: bool = False,
) -> tuple[AddedFinding, ...]:
    """The same for a version that was added with its analysis a moment ago; its findings, one a claim, in their order.

    Nothing is looked up or taken away, but what earlier versions said is marked superseded.
    """
    _save_hits(tx, version.id, analysis, version.rules_hash, hit_at=version.fetched_at, now=now)
    if version.number > 1:
        _supersede(tx, version.article_id, version.id, analysis, now)
    shared = {
        "article_id": version.article_id,
        "watch_version": analysis.watch_version,
        "rules_hash": version.rules_hash,
        "source": source,
        "lang": analysis.lang,
        "published": version.published,
        "backlog": backlog,
    }
    bodies = _bodies(analysis, topics, known, shared)
    numbers = _save_findings(tx, version.id, analysis.findings, bodies, now)
    added = [
        AddedFinding(
            id=number,
            finding=finding,
            version_id=version.id,
            article_id=version.article_id,
            topic=topics.get(finding.claim, ""),
            source=source,
            lang=analysis.lang,
            backlog=backlog,
        )
        for number, finding in zip(numbers, analysis.findings, strict=True)
    ]
    by_claim = {one.finding.claim: one for one in sorted(added, key=lambda one: (one.finding.claim, one.id))}
    return tuple(by_claim.values())


def _bodies(
    analysis: Analysis,
    topics: Mapping[str, str],
    known: Mapping[str, Mapping[str, str | None]],
    shared: dict[str, Any],
) -> list[dict[str, Any]]:
    return [
        _body(finding)
        | shared
        | {"topic": topics.get(finding.claim, ""), "compared_with": dict(known.get(finding.claim, {}))}
        for finding in analysis.findings
    ]


def _save_hits(
    tx: Transaction, version_id: int, analysis: Analysis, rules_hash: str, *, hit_at: datetime, now: datetime
) -> None:
    """Topics and near misses of a version that has none."""
    tx.insert_many(
        t.topic_hits,
        [
            {
                "version_id": version_id,
                "topic": hit.topic,
                "score": hit.score,
                "spans": [_span(span) for span in hit.spans],
                "steps": [_step(step) for step in hit.steps],
                "rules_hash": rules_hash,
                "at": hit_at,
            }
            for hit in analysis.topics
        ],
    )
    tx.insert_many(
        t.near_misses,
        [
            {
                "version_id": version_id,
                "claim": miss.claim,
                "score": miss.score,
                "failed": miss.failed,
                "evidence": None if miss.evidence is None else _span(miss.evidence),
                "at": now,
            }
            for miss in analysis.near_misses
        ],
    )


def _supersede(tx: Transaction, article_id: int, version_id: int, analysis: Analysis, now: datetime) -> None:
    said = {(finding.claim, finding.edited) for finding in analysis.findings}
    earlier = tx.all(
        sa.select(f.id, f.version_id, f.claim, f.edited).where(f.article_id == article_id, f.superseded_at.is_(None))
    )
    old = [
        row.id
        for row in earlier
        if row.version_id < version_id or (row.version_id == version_id and (row.claim, row.edited) not in said)
    ]
    if old:
        tx.execute(sa.update(t.findings).where(f.id.in_(old)).values(superseded_at=now))


# Records as JSON has them, each written out: to ask a record for its fields takes longer than to store them.


def _span(span: Span) -> dict[str, Any]:
    return {"field": span.field, "start": span.start, "end": span.end, "text": span.text}


def _step(step: Step) -> dict[str, Any]:
    span = None if step.span is None else _span(step.span)
    return {"rule": step.rule, "detail": step.detail, "weight": step.weight, "span": span}


def _change(change: Change) -> dict[str, Any]:
    values = {"slot": change.slot, "type": change.type, "old": change.old, "new": change.new}
    return values | {"evidence": _span(change.evidence)}


def _body(finding: Finding) -> dict[str, Any]:
    return {
        "relation": finding.relation,
        "confidence": finding.confidence,
        "certainty": finding.certainty,
        "attribution": finding.attribution,
        "before": finding.before,
        "evidence": [_span(span) for span in finding.evidence],
        "reads": [_change(change) for change in finding.values],
        "steps": [_step(step) for step in finding.steps],
        "redline": [list(part) for part in finding.redline],
        "superseded_at": None,
    }


def _save_findings(
    tx: Transaction, version_id: int, found: Sequence[Finding], bodies: Sequence[dict[str, Any]], now: datetime
) -> list[int]:
    """New ones all at once; one that was found before keeps its number and its verdict. The number of each."""
    keys = [{"version_id": version_id, "claim": finding.claim, "edited": finding.edited} for finding in found]
    rows = [key | body | {"found_at": now} for key, body in zip(keys, bodies, strict=True)]
    added = {(row.claim, row.edited): row.id for row in tx.insert_missing(t.findings, rows, "id", "claim", "edited")}
    numbers, changes = [], []
    for finding, body in zip(found, bodies, strict=True):
        number = added.get((finding.claim, finding.edited))
        if number is not None:
            changes += _change_rows(number, finding.changes)
        else:
            same = sa.and_(f.version_id == version_id, f.claim == finding.claim, f.edited == finding.edited)
            number = tx.scalar(sa.update(t.findings).where(same).values(**body).returning(f.id))
            _save_changes(tx, number, finding.changes)
        numbers.append(number)
    tx.insert_many(t.finding_changes, changes)
    return numbers


def _save_changes(tx: Transaction, finding_id: int, changes: tuple[Change, ...]) -> None:
    there = tx.all(sa.select(t.finding_changes).where(ch.finding_id == finding_id).order_by(ch.position))
    if [_change_row(row).change for row in there] == list(changes):
        return  # numbers of changes stand in links
    stories = {(row.slot, row.new): row.story_id for row in there}
    tx.execute(sa.delete(t.finding_changes).where(ch.finding_id == finding_id))
    tx.insert_many(t.finding_changes, _change_rows(finding_id, changes, stories))


def _change_rows(
    finding_id: int, changes: Sequence[Change], stories: Mapping[tuple[str, str], int | None] | None = None
) -> list[dict[str, Any]]:
    return [
        {
            "finding_id": finding_id,
            "position": position,
            "slot": change.slot,
            "type": change.type,
            "old": change.old,
            "new": change.new,
            "evidence": _span(change.evidence),
            "story_id": (stories or {}).get((change.slot, change.new)),
        }
        for position, change in enumerate(changes)
    ]


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
    query = sa.select(t.findings).where(*_conditions(which))
    if before is not None:
        query = query.where(f.id > before if oldest_first else f.id < before)
    return _load(tx, query.order_by(f.id if oldest_first else f.id.desc()).limit(limit))


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


def weigh(tx: Transaction, finding_id: int, importance: float) -> None:
    """Stores how important the finding is, for order in lists."""
    tx.execute(sa.update(t.findings).where(f.id == finding_id).values(importance=importance))


def _load(tx: Transaction, query: sa.Select[Any]) -> tuple[SavedFinding, ...]:
    rows = tx.all(query)
    changes: dict[int, list[SavedChange]] = {}
    ids = [row.id for row in rows]
    for at in range(0, len(ids), 500):
        chosen = sa.select(t.finding_changes).where(ch.finding_id.in_(ids[at : at + 500]))
        for row in tx.all(chosen.order_by(ch.finding_id, ch.position)):
            changes.setdefault(row.finding_id, []).append(_change_row(row))
    return tuple(_finding_row(row, tuple(changes.get(row.id, ()))) for row in rows)


def _change_row(row: Any) -> SavedChange:
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
    same = {
        name: getattr(row, name) for name in SavedFinding.__dataclass_fields__ if name not in ("finding", "changes")
    }
    return SavedFinding(finding=finding, changes=changes, **same | {"compared_with": row.compared_with or {}})


def _read_change(value: dict[str, Any]) -> Change:
    return Change(**value | {"evidence": Span(**value["evidence"])})


def _read_step(value: dict[str, Any]) -> Step:
    return Step(**value | {"span": None if value.get("span") is None else Span(**value["span"])})
