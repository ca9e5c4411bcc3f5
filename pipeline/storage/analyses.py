"""Stores what analysis found of a version: topic hits, findings with their changes, near misses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

import sqlalchemy as sa

from pipeline.model.finding import Analysis, Change, Finding, Span, Step
from pipeline.storage import tables as t
from pipeline.storage.articles import VersionRow
from pipeline.storage.findings import SavedFinding, change_row, of_version
from pipeline.storage.session import Transaction

f = t.findings.c
ch = t.finding_changes.c


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


def save(
    tx: Transaction,
    version_id: int,
    analysis: Analysis,
    *,
    now: datetime,
    topics: Mapping[str, str],
    known: Mapping[str, Mapping[str, str | None]],
    rules_hash: str = "",
    importance: Sequence[float] = (),
    source: str = "",
    published: datetime | None = None,
    backlog: bool = False,
) -> dict[str, SavedFinding]:
    """Stores the analysis of a version and returns its findings by claim.

    `topics` gives each claim's topic, `known` the values it was compared with, `importance` the weight of each finding,
    in their order. What an earlier analysis of the same
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
    _save_hits(tx, version_id, analysis, rules_hash, at=stored.fetched_at)
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
    _save_findings(tx, version_id, analysis.findings, _bodies(analysis, topics, known, importance, shared), now)
    return {row.finding.claim: row for row in of_version(tx, version_id)}


def add(
    tx: Transaction,
    version: VersionRow,
    analysis: Analysis,
    *,
    now: datetime,
    topics: Mapping[str, str],
    known: Mapping[str, Mapping[str, str | None]],
    importance: Sequence[float] = (),
    source: str = "",
    backlog: bool = False,
) -> tuple[AddedFinding, ...]:
    """The same for a version that was added with its analysis a moment ago; its findings, one a claim, in their order.

    Nothing is looked up or taken away, but what earlier versions said is marked superseded.
    """
    _save_hits(tx, version.id, analysis, version.rules_hash, at=version.fetched_at)
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
    bodies = _bodies(analysis, topics, known, importance, shared)
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
    importance: Sequence[float],
    shared: dict[str, Any],
) -> list[dict[str, Any]]:
    return [
        _body(finding)
        | shared
        | {
            "topic": topics.get(finding.claim, ""),
            "compared_with": dict(known.get(finding.claim, {})),
            "importance": weight,
        }
        for finding, weight in zip_longest(analysis.findings, importance)
    ]


def _save_hits(tx: Transaction, version_id: int, analysis: Analysis, rules_hash: str, *, at: datetime) -> None:
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
                "at": at,
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
                "at": at,
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
    if [change_row(row).change for row in there] == list(changes):
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
