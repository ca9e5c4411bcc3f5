"""What a digest is made from, gathered from the store for one period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pipeline.digest.facts import Accepted, CanaryFact, Coverage, Covered, DayCount, Facts, Near, SourceFact
from pipeline.digest.period import Period
from pipeline.model.alert import Candidate, Publisher
from pipeline.model.outcome import Reason
from pipeline.model.watch import Watch
from pipeline.service import lookagain
from pipeline.service.wiring import Desk
from pipeline.storage import articles, entries, findings, jobs, periods, sources, volumes
from pipeline.storage.findings import SavedFinding
from pipeline.storage.periods import ArticleLine
from pipeline.storage.session import Transaction

BASELINE = timedelta(weeks=8)  # of topic volumes before the period
PAGE = 1_000
AHEAD = timedelta(days=1)  # the day of a zone may be the one after that of UTC
TURNS = 2  # of the canary that may be missed before it counts as lost: one may just be on its way
UNWELL = ("failing", "silent", "gone")


def gather(desk: Desk, tx: Transaction, period: Period) -> Facts:
    """Everything for the digest of that period."""
    watch = desk.watch
    found = _findings(tx, period)
    counted_since = periods.first_hit_at(tx)
    covered = tuple(
        Covered(
            article=str(line.article_id),
            topics=topics,
            title=line.title,
            publisher=publisher(desk, line),
            lang=line.lang,
        )
        for line, topics in periods.covered(tx, since=period.start, until=period.end)
    )
    counted = volumes.to_the_hour(tx, end=period.end, days=BASELINE.days + 1)
    return Facts(
        candidates=candidates(desk, tx, found, watch),
        claims={claim.id: claim for claim in watch.claims},
        topics={topic.id: topic.title for topic in watch.topics},
        covered=covered,
        volumes=tuple(
            DayCount(topic=topic, day=period.last_day - timedelta(days=back), articles=count)
            for topic, days in counted.items()
            for back, count in enumerate(days)
        ),
        counted_since=counted_since.date() if counted_since else None,
        near=tuple(
            Near(
                article=str(line.article.article_id),
                claim=line.claim,
                score=line.score,
                failed=line.failed,
                evidence=line.evidence,
                publisher=publisher(desk, line.article),
                lang=line.article.lang,
                articles=line.articles,
            )
            for line in periods.near_misses(tx, since=period.start, until=period.end)
        ),
        look_again=tuple(
            Accepted(
                claim=one.claim.id,
                slot=one.slot.name,
                type=one.slot.type,
                value=one.entry.value,
                on=one.on,
                by=one.entry.accepted_by,
            )
            for one in lookagain.due(tx, watch, until=(period.end + AHEAD).date())
        ),
        sources=_sources(desk, tx, period),
        coverage=_coverage(desk, tx, period, found, covered),
        last_news=periods.last_news(tx, [c.id for c in watch.claims if c.expect is not None], until=period.end),
        alerted=frozenset(
            str(number) for number in periods.told_of(tx, periods.alerts_of(tx, [one.id for one in found]).values())
        ),
        canary=_canary(desk, tx, period),
        watch_version=watch.version,
        agencies=desk.agencies(),
    )


def _canary(desk: Desk, tx: Transaction, period: Period) -> CanaryFact | None:
    """What was last seen of the canary; None while none was sent. One that was sent no more is lost, too."""
    told = jobs.marked(tx, "canary")
    settings = desk.settings.canary
    if not settings.enabled or not told:
        return None
    last = told.get("last_found")
    overdue = min(period.end, desk.clock.now()) - TURNS * settings.every
    sent = datetime.fromisoformat(told["at"]) >= min(period.start, overdue)
    return CanaryFact(
        found=bool(told["found"]) and sent,
        last_found=datetime.fromisoformat(last) if last else None,
        detail=told["detail"] if sent else "the sending of it",
    )


def _findings(tx: Transaction, period: Period) -> list[SavedFinding]:
    which = findings.Filter(since=period.start, until=period.end)
    found: list[SavedFinding] = []
    after: int | None = None
    while True:
        rows = findings.select(tx, which, limit=PAGE, before=after, oldest_first=True)
        found += rows
        if len(rows) < PAGE:
            return found
        after = rows[-1].id


def publisher(desk: Desk, line: ArticleLine) -> Publisher:
    """Who published an article."""
    source = desk.source(line.source)
    return Publisher(
        source=source.id,
        name=source.name or source.id,
        family=source.family or source.id,
        country=source.country,
        state=source.state,
        tier=source.tier,
        agency=line.agency,
        url=line.url,
        title=line.title,
        lang=line.lang,
        published=line.published,
        group="" if line.copy_group_id is None else str(line.copy_group_id),
    )


def candidates(desk: Desk, tx: Transaction, found: Sequence[SavedFinding], watch: Watch) -> tuple[Candidate, ...]:
    """Findings with everybody who carries their stories."""
    ids = [one.id for one in found]
    carried = periods.carried_by(tx, ids)
    raised = periods.alerts_of(tx, ids)
    versions = sorted({one.version_id for one in found} | {v for _, vs in carried.values() for v in vs})
    lines = periods.lines(tx, versions)
    severities = {claim.id: claim.severity or "normal" for claim in watch.claims}
    made = []
    for one in found:
        story, others = carried.get(one.id, (0, ()))
        own = [one.version_id, *(v for v in others if v != one.version_id)]
        made.append(
            Candidate(
                id=str(raised.get(one.id, "")),
                finding=str(one.id),
                story=str(story) if story else f"finding-{one.id}",
                claim=one.finding.claim,
                topic=one.topic,
                relation=one.finding.relation,
                publishers=tuple(publisher(desk, lines[v]) for v in own if v in lines),
                found_at=one.found_at,
                changes=one.finding.changes,
                evidence=one.finding.evidence,
                redline=one.finding.redline,
                severity=severities.get(one.finding.claim, "normal"),
                confidence=one.finding.own_confidence,
                certainty=one.finding.certainty,
                attribution=one.finding.attribution,
                lang=one.lang,
                edited=one.finding.edited,
                before=one.finding.before,
                first_run=one.backlog,
                article=str(one.article_id),
            )
        )
    return tuple(made)


def _sources(desk: Desk, tx: Transaction, period: Period) -> tuple[SourceFact, ...]:
    """Sources that are unwell, or became well, or have never been a feed at all."""
    states = sources.load_all(tx)
    events: dict[str, list[str]] = {}
    for event in sources.events(tx, since=period.start, until=period.end):
        events.setdefault(event.source, []).append(event.kind)
    facts = []
    for name, state in states.items():
        kinds = events.get(name, [])
        never = state.last_ok_at is None and bool(state.last_reason)
        if not (kinds or never or state.health in UNWELL):
            continue
        recovered = "recovered" in kinds
        facts.append(
            SourceFact(
                source=name,
                name=desk.source(name).name or name,
                before="failing" if recovered else "ok" if kinds else state.health,
                after="failing" if never else state.health,
                reason=state.last_reason,
                detail=state.last_detail,
                since=state.last_entry_at if state.health == "silent" else state.last_ok_at,
                usual_gap=state.usual_gap,
            )
        )
    return tuple(facts)


def _coverage(
    desk: Desk, tx: Transaction, period: Period, found: Sequence[SavedFinding], covered: Sequence[Covered]
) -> Coverage:
    states = sources.load_all(tx)
    enabled = [source for source in desk.configuration.sources if source.enabled]
    ok = [s for s in states.values() if s.last_ok_at is not None and period.start <= s.last_ok_at]
    ended = entries.outcomes(tx, since=period.start, until=period.end)
    counts = articles.counts(tx, since=period.start, until=period.end)
    told = periods.decided(tx, since=period.start, until=period.end)
    oldest = [states[s.id].last_ok_at for s in enabled if s.id in states]
    waiting = entries.depth(tx)
    return Coverage(
        sources=len(enabled),
        sources_ok=len(ok),
        entries=sum(ended.values()),
        fetched=counts["versions"],
        extracted=counts["versions"],
        analysed=counts["analysed"],
        matched=len(covered),
        findings=len(found),
        alerts_sent=told["send"],
        kept_back=told["keep-back"] + told["hold"] + told["mute"],
        put_off=sum(n for (_, reason), n in ended.items() if reason == Reason.PUT_OFF),
        failed=sum(n for (stage, _), n in ended.items() if stage == "failed"),
        waiting=sum(n for stage, n in waiting.items() if stage in ("new", "fetch")),
        oldest_data=min((at for at in oldest if at is not None), default=None),
        reasons=_reasons(ended),
    )


def _reasons(ended: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Why entries brought no article, most frequent first."""
    counted: dict[str, int] = {}
    for (stage, reason), count in ended.items():
        if stage != "done" and reason and reason != Reason.KNOWN:
            counted[reason] = counted.get(reason, 0) + count
    return dict(sorted(counted.items(), key=lambda row: (-row[1], row[0])))
