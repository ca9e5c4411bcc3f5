"""From what the service reads to what the interface answers with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pipeline.model.finding import Change, Span
from pipeline.service import labels, undo
from pipeline.service.desk import claims, coverage, lookup, outlets, telling, topics, trial
from pipeline.service.desk.rows import ArticleRow, LogLine, SavedAlert, SavedFinding, StoryLine
from pipeline.service.desk.today import Item
from pipeline.web.api import shapes, shapes_checks, shapes_told


def span(one: Span) -> shapes.SpanOut:
    return shapes.SpanOut(**{"in": one.field, "start": one.start, "end": one.end, "text": one.text})


def change(one: Change, story: int | None = None) -> shapes.ChangeOut:
    values = {"slot": one.slot, "type": one.type, "from": one.old, "to": one.new, "story": story}
    return shapes.ChangeOut(**values, evidence=span(one.evidence))


def finding(row: SavedFinding) -> shapes.FindingOut:
    return shapes.FindingOut(**_finding(row))


def _finding(row: SavedFinding) -> dict[str, Any]:
    said = row.finding
    return {
        "id": row.id,
        "claim": said.claim,
        "topic": row.topic,
        "relation": said.relation,
        "changes": [change(one.change, one.story_id) for one in row.changes],
        "evidence": [span(one) for one in said.evidence],
        "confidence": round(said.confidence, 4),
        "certainty": said.certainty,
        "attribution": said.attribution,
        "edited": said.edited,
        "before": said.before,
        "article": row.article_id,
        "source": row.source,
        "lang": row.lang,
        "published": row.published,
        "found_at": row.found_at,
        "verdict": row.verdict or "open",
        "verdict_by": row.verdict_by,
        "verdict_at": row.verdict_at,
        "note": row.verdict_note,
        "snoozed_until": row.snoozed_until,
        "current": row.superseded_at is None,
        "revision": row.revision,
        "watch_version": row.watch_version,
    }


def whole_finding(item: Item) -> shapes.FindingWhole:
    said = item.finding.finding
    return shapes.FindingWhole(
        **_finding(item.finding),
        compared_with=dict(item.finding.compared_with),
        steps=[shapes.StepOut(rule=s.rule, detail=s.detail, weight=s.weight) for s in said.steps],
        redline=[(op, text) for op, text in said.redline],
        history=[
            shapes.NoteOut(change=line.id, at=line.at, who=line.who, action=line.action, note=line.note)
            for line in item.history
        ],
    )


def article(row: ArticleRow) -> shapes.ArticleOut:
    return shapes.ArticleOut(**_article(row))


def _article(row: ArticleRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "url": row.url,
        "title": row.title,
        "source": row.source,
        "lang": row.lang,
        "published": row.published,
        "first_seen": row.first_seen,
        "versions": row.version_count,
    }


def whole_article(whole: coverage.WholeArticle) -> shapes.ArticleWhole:
    return shapes.ArticleWhole(
        **_article(whole.article) | {"title": whole.version.title, "lang": whole.version.lang},
        text=whole.version.text,
        topics=[hit.topic for hit in whole.topics],
        findings=[finding(row) for row in whole.findings],
        history=[
            shapes.VersionOut(
                number=one.number,
                current=one.current,
                title=one.title,
                lang=one.lang,
                author=one.author,
                fetched_at=one.fetched_at,
            )
            for one in whole.versions
        ],
        carriers=list(whole.carriers),
    )


def claim(line: claims.Line) -> shapes.ClaimOut:
    return shapes.ClaimOut(**_claim(line))


def _claim(line: claims.Line) -> dict[str, Any]:
    return {
        "id": line.claim.id,
        "topic": line.claim.topic,
        "title": line.claim.title or line.claim.statement,
        "statement": line.claim.statement,
        "severity": line.claim.severity or "normal",
        "known": {slot.name: slot.value for slot in line.known},
        "findings": line.findings,
        "news": line.news,
        "waiting": line.waiting,
        "last_news": line.last_news,
        "disputed": line.disputed,
        "look_again_at": {slot.name: slot.look_again for slot in line.known if slot.look_again is not None},
    }


def whole_claim(whole: claims.Whole) -> shapes.ClaimWhole:
    return shapes.ClaimWhole(
        **_claim(whole.line),
        as_of=whole.as_of,
        slots=[
            shapes.SlotOut(
                name=slot.name,
                type=slot.type,
                value=slot.value,
                configured=slot.configured,
                entry=slot.entry.id if slot.entry is not None else None,
                reported=[
                    shapes.ReportedOut(value=one.value, outlets=list(one.outlets), known=one.known)
                    for one in slot.reported
                ],
            )
            for slot in whole.line.known
        ],
        history=[
            shapes.EntryOut(
                id=one.id,
                slot=one.slot,
                value=one.value,
                valid_from=one.valid_from,
                learned_at=one.learned_at,
                finding=one.finding_id,
                on_whose_word=one.on_whose_word,
                accepted_by=one.accepted_by,
                note=one.note,
                look_again_at=one.look_again_at,
                undone_at=one.undone_at,
            )
            for one in whole.history
        ],
    )


def topic(line: topics.Line) -> shapes.TopicOut:
    return shapes.TopicOut(
        id=line.topic.id,
        title=line.topic.title,
        claims=line.claims,
        week=line.volume.week,
        days=list(line.volume.days),
    )


def story(line: StoryLine) -> shapes.StoryOut:
    names = shapes.StoryOut.model_fields
    return shapes.StoryOut(**{name: getattr(line, name) for name in names})


def whole_story(whole: coverage.WholeStory) -> shapes.StoryWhole:
    row = whole.story
    return shapes.StoryWhole(
        id=row.id,
        claim=row.claim,
        relation=row.relation,
        slot=row.slot,
        value=row.value,
        merged_into=row.merged_into,
        independent=whole.seen.independent,
        countries=list(whole.seen.countries),
        carriers=[
            shapes.CarrierOut(
                member=one.member_id,
                finding=one.finding_id,
                article=one.article_id,
                source=one.source,
                family=one.family,
                agency=one.agency,
                lang=one.lang,
                at=one.at,
                title=one.title,
                url=one.url,
                why=one.why,
            )
            for one in whole.carriers
        ],
        alerts=[one.id for one in whole.alerts],
    )


def source(line: outlets.Line) -> shapes.SourceOut:
    state, share = line.state, line.share
    return shapes.SourceOut(
        id=line.source.id,
        name=line.source.name or line.source.id,
        url=line.address,
        lang=line.source.lang,
        country=line.source.country,
        tier=line.source.tier,
        health=line.health,
        last_polled_at=state.last_polled_at if state else None,
        last_ok_at=state.last_ok_at if state else None,
        next_poll_at=state.next_poll_at if state else None,
        failures=state.failures if state else 0,
        last_reason=state.last_reason if state else "",
        entries=share.entries if share else 0,
        useful=share.useful if share else 0,
    )


def alert(row: SavedAlert) -> shapes_told.AlertOut:
    return shapes_told.AlertOut(**_alert(row))


def _alert(row: SavedAlert) -> dict[str, Any]:
    return {
        "id": row.id,
        "claim": row.alert.claim,
        "topic": row.topic,
        "relation": row.alert.relation,
        "severity": row.alert.severity,
        "headline": row.alert.headline,
        "state": row.alert.state,
        "finding": row.finding_id,
        "created_at": row.alert.created_at,
        "snoozed_until": row.snoozed_until,
        "publishers": [
            shapes_told.PublisherOut(
                source=one.source, name=one.name, country=one.country, agency=one.agency, url=one.url, title=one.title
            )
            for one in row.alert.publishers
        ],
    }


def whole_alert(whole: telling.WholeAlert) -> shapes_told.AlertWhole:
    return shapes_told.AlertWhole(
        **_alert(whole.row),
        decisions=[
            shapes_told.DecisionOut(
                at=one.at,
                rule=one.decision.rule,
                action=one.decision.action,
                reason=one.decision.reason,
                channels=list(one.decision.channels),
            )
            for one in whole.decisions
        ],
        messages=[
            shapes_told.MessageOut(**{name: getattr(one, name) for name in shapes_told.MessageOut.model_fields})
            for one in whole.deliveries
        ],
    )


def lesson(found: labels.Lesson) -> shapes_checks.LessonOut:
    names = shapes_checks.ProposalOut.model_fields
    proposals = [shapes_checks.ProposalOut(**{name: getattr(one, name) for name in names}) for one in found.proposals]
    return shapes_checks.LessonOut(counts=found.counts, reasons=found.reasons, proposals=proposals)


def hits(result: lookup.Result) -> Iterable[shapes.HitOut]:
    for row in result.rows:
        title = row.article.title if row.article is not None else ""
        if row.finding is not None and row.finding.finding.evidence:
            title = row.finding.finding.evidence[0].text
        yield shapes.HitOut(
            kind=row.hit.kind,
            id=row.hit.thing_id,
            at=row.hit.at,
            title=title,
            source=row.hit.source,
            lang=row.hit.lang,
            claim=row.hit.claim,
            relation=row.hit.relation,
        )


def tried(one: trial.Tried) -> shapes_checks.TriedOut:
    found = one.analysis
    return shapes_checks.TriedOut(
        title=one.article.title,
        url=one.article.url,
        lang=found.lang,
        topics=[hit.topic for hit in found.topics],
        claims=[
            shapes_checks.FoundOut(
                claim=said.claim,
                relation=said.relation,
                confidence=round(said.confidence, 4),
                changes=[change(c) for c in said.changes],
                evidence=[span(s) for s in said.evidence],
            )
            for said in found.findings
        ],
        near_misses=[
            shapes_checks.NearOut(claim=miss.claim, score=miss.score, failed=miss.failed) for miss in found.near_misses
        ],
        fault="",
    )


def untried(fault: str) -> shapes_checks.TriedOut:
    return shapes_checks.TriedOut(title="", url="", lang="", topics=[], claims=[], near_misses=[], fault=fault)


def tried_rule(topic: str, found: trial.RuleTrial) -> shapes_checks.RuleTriedOut:
    return shapes_checks.RuleTriedOut(
        topic=topic,
        looked_at=found.looked_at,
        unread=found.unread,
        kept=found.kept,
        gained_count=found.gained_count,
        lost_count=found.lost_count,
        gained=[_matched(one) for one in found.gained],
        lost=[_matched(one) for one in found.lost],
        near_misses=[_matched(one) for one in found.near],
        faults=[],
    )


def untried_rule(topic: str, faults: Sequence[str]) -> shapes_checks.RuleTriedOut:
    counts = dict.fromkeys(("looked_at", "unread", "kept", "gained_count", "lost_count"), 0)
    return shapes_checks.RuleTriedOut(topic=topic, **counts, gained=[], lost=[], near_misses=[], faults=list(faults))


def _matched(one: trial.Matched) -> shapes_checks.MatchedOut:
    row = one.article
    return shapes_checks.MatchedOut(
        article=row.id,
        url=row.url,
        source=row.source,
        title=row.title,
        lang=row.lang,
        first_seen=row.first_seen,
        spans=[span(at) for at in one.spans],
        failed=one.failed,
        share=round(one.share, 4),
    )


def compared(article_id: int, found: coverage.Comparison) -> shapes_checks.CompareOut:
    return shapes_checks.CompareOut(
        article=article_id,
        old=found.old.number,
        new=found.new.number,
        same=found.same,
        title=[(op, text) for op, text in found.title],
        text=[(op, text) for op, text in found.text],
    )


def logged(line: LogLine) -> shapes_checks.LoggedOut:
    names = shapes_checks.LoggedOut.model_fields.keys() - {"undoable"}
    values = {name: getattr(line, name) for name in names}
    return shapes_checks.LoggedOut(**values, undoable=line.action in undo.UNDOABLE)
