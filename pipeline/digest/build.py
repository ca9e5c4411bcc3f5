"""From the facts of a period to its digest: grouped into stories, weighed, ordered, cut to a readable length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.digest import items, volume
from pipeline.digest.facts import Accepted, CanaryFact, Coverage, Covered, Facts, Near, SourceFact
from pipeline.digest.period import Period
from pipeline.digest.record import (
    Digest,
    Item,
    LookAgain,
    Missed,
    NearMissed,
    Quote,
    Repeated,
    Section,
    SourceNote,
    Statement,
    Story,
    TopicStories,
    Volume,
)
from pipeline.model.alert import Candidate, Publisher
from pipeline.model.finding import NEWS
from pipeline.model.rules import DigestPlan
from pipeline.model.vantage import vantage

STORIES = 5  # a topic
NAMED = 8  # sources named in a warning
NEAR_MISSES = 6  # claims
LOOK_AGAIN = 12  # values
# The share of a rule that a near miss must meet to be shown: three words of which one stands out of place meet 0.75,
# and with a word that stands nowhere only rules of six and more reach it. In the demo 20 of 23 claims named no matter.
NEAR_FLOOR = 0.7
SECTIONS = (("denies", "denied"), ("changes", "changed"), ("adds", "added"))


def build(plan: DigestPlan, period: Period, facts: Facts, now: datetime) -> Digest:
    """The digest of one period. Pure: the same facts give the same digest, whatever their order.

    Every finding of `facts` that falls into the period, the canary's aside, stands in it exactly once: in an item, left
    out of a section with its number told, or as a repetition. What falls outside of the period is not looked at.
    """
    inside = [c for c in facts.candidates if period.holds(c.found_at) and not c.canary]
    inside.sort(key=lambda c: (c.found_at, c.finding))
    news = items.build([c for c in inside if c.relation in NEWS], facts)
    sections = {name: _section(plan, [one for one in news if one.relation == relation]) for relation, name in SECTIONS}
    repeated = _repeated(facts, [c for c in inside if c.relation not in NEWS], {one.claim for one in news})
    volumes = volume.measure(facts.volumes, facts.topics, period.last_day, facts.counted_since)
    missed = _missed(facts, period, plan.zone)
    again = _look_again(facts, period, plan.zone)
    misses = _near_misses(facts)
    near = [one for one in misses if one.score >= NEAR_FLOOR]
    notes = _source_notes(facts.sources)
    blind = facts.coverage.sources > 0 and facts.coverage.sources_ok == 0
    quiet = not news and not blind  # when nothing could be read, silence says nothing
    return Digest(
        key=period.key,
        plan=plan.id,
        title=plan.title or ("The week" if plan.every == "week" else "The day"),
        zone=plan.zone,
        start=period.start,
        end=period.end,
        built_at=now,
        watch_version=facts.watch_version,
        summary=_summary(sections, facts.coverage, volumes, quiet=quiet, blind=blind),
        quiet=quiet,
        changed=sections["changed"],
        denied=sections["denied"],
        added=sections["added"],
        repeated=repeated,
        topics=_topics(facts),
        volumes=volumes,
        missed=missed,
        near=tuple(near[:NEAR_MISSES]),
        near_more=max(0, len(near) - NEAR_MISSES),
        sources=notes,
        coverage=_statement(facts.coverage, far=len(misses) - len(near)),
        canary="" if facts.canary is None else "found" if facts.canary.found else "missing",
        canary_note=_canary_note(facts.canary),
        warnings=_warnings(facts, notes, blind=blind),
        look_again=tuple(_to_look_at(facts, one) for one in again[:LOOK_AGAIN]),
        look_again_more=max(0, len(again) - LOOK_AGAIN),
    )


def _section(plan: DigestPlan, found: Sequence[Item]) -> Section:
    ranked = sorted(found, key=lambda one: (-one.importance, one.claim, one.id))
    above = [one for one in ranked if one.importance >= plan.floor]
    below = [one for one in ranked if one.importance < plan.floor]
    over = above[plan.cap :]
    return Section(
        items=tuple(above[: plan.cap]),
        below_floor=len(below),
        over_cap=len(over),
        left_out=tuple(finding for one in (*over, *below) for finding in one.findings),
    )


def _repeated(facts: Facts, rest: Sequence[Candidate], news: Iterable[str]) -> tuple[Repeated, ...]:
    by_claim: dict[str, list[Candidate]] = {}
    for candidate in rest:
        by_claim.setdefault(candidate.claim, []).append(candidate)
    told = set(news)
    found = [
        Repeated(
            claim=claim,
            title=items.title(facts, claim),
            topic=group[0].topic,
            articles=len({c.article or c.finding for c in group}),
            independent=vantage([c.publishers[0] for c in group if c.publishers]).independent,
            findings=tuple(c.finding for c in group),
            only=claim not in told,
        )
        for claim, group in by_claim.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.independent, -one.articles, one.claim)))


def _topics(facts: Facts) -> tuple[TopicStories, ...]:
    by_topic: dict[str, list[Covered]] = {}
    for article in facts.covered:
        for topic in article.topics:
            by_topic.setdefault(topic, []).append(article)
    found = []
    for topic in facts.topics:
        stories = _stories(by_topic.get(topic, []))
        if stories:
            more = max(0, len(stories) - STORIES)
            found.append(TopicStories(topic=topic, title=facts.topics[topic], stories=stories[:STORIES], more=more))
    return tuple(sorted(found, key=lambda one: (-sum(s.independent for s in one.stories), one.topic)))


def _stories(articles: Sequence[Covered]) -> tuple[Story, ...]:
    groups: dict[str, list[Covered]] = {}
    for article in articles:
        groups.setdefault(article.publisher.group or f"\0{article.article}", []).append(article)
    found = [(_lead(group), group) for group in groups.values()]
    found.sort(key=lambda one: (-len(one[1]), one[0].publisher.tier, one[0].article))
    return tuple(_story(lead, group) for lead, group in found)


def _lead(group: Sequence[Covered]) -> Covered:
    """The one to show: the best tier, then the earliest."""
    return min(group, key=lambda a: (a.publisher.tier, a.publisher.published is None, _stamp(a.publisher), a.article))


def _stamp(publisher: Publisher) -> float:
    return publisher.published.timestamp() if publisher.published else 0.0


def _story(lead: Covered, group: Sequence[Covered]) -> Story:
    seen = vantage([a.publisher for a in group])
    return Story(
        title=lead.title,
        url=lead.publisher.url,
        outlet=lead.publisher.name or lead.publisher.source,
        lang=lead.lang or lead.publisher.lang,
        published=lead.publisher.published,
        articles=len(group),
        independent=seen.independent,
        countries=seen.countries,
    )


def _missed(facts: Facts, period: Period, zone: str) -> tuple[Missed, ...]:
    """Expected events whose day and grace ran out within the period without news of them.

    News from as long before the day as the grace after it counts as coverage of the event.
    """
    found = []
    for claim in facts.claims.values():
        if claim.expect is None:
            continue
        local = ZoneInfo(zone)
        out = datetime.combine(claim.expect.by + claim.expect.grace + timedelta(days=1), datetime.min.time(), local)
        since = datetime.combine(claim.expect.by - claim.expect.grace, datetime.min.time(), local)
        last = facts.last_news.get(claim.id)
        if period.holds(out) and (last is None or last < since):
            days = claim.expect.grace.days
            found.append(
                Missed(
                    claim=claim.id,
                    title=items.title(facts, claim.id),
                    by=claim.expect.by,
                    grace_days=days,
                    last_news=last,
                )
            )
    return tuple(sorted(found, key=lambda one: (one.by, one.claim)))


def _look_again(facts: Facts, period: Period, zone: str) -> list[Accepted]:
    """Values whose day has come by the period's last day in the plan's zone, the longest due first."""
    last = (period.end - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
    return sorted((one for one in facts.look_again if one.on <= last), key=lambda one: (one.on, one.claim, one.slot))


def _to_look_at(facts: Facts, one: Accepted) -> LookAgain:
    return LookAgain(
        claim=one.claim,
        title=items.title(facts, one.claim),
        slot=one.slot,
        type=one.type,
        value=one.value,
        on=one.on,
        accepted_by=one.by,
    )


def _near_misses(facts: Facts) -> tuple[NearMissed, ...]:
    """The best near miss of each claim, the nearest first."""
    by_claim: dict[str, list[Near]] = {}
    for one in sorted(facts.near, key=lambda one: (-one.score, one.claim, one.article)):
        by_claim.setdefault(one.claim, []).append(one)
    return tuple(_near(group[0], sum(one.articles for one in group), facts) for group in by_claim.values())


def _near(one: Near, articles: int, facts: Facts) -> NearMissed:
    quote = Quote(
        text=one.evidence,
        lang=one.lang,
        outlet=one.publisher.name or one.publisher.source,
        title=one.publisher.title,
        url=one.publisher.url,
        published=one.publisher.published,
    )
    return NearMissed(
        claim=one.claim,
        title=items.title(facts, one.claim),
        score=one.score,
        failed=one.failed,
        quote=quote,
        articles=articles,
    )


def _source_notes(sources: Sequence[SourceFact]) -> tuple[SourceNote, ...]:
    states = {"failing": "failed", "silent": "silent", "gone": "gone"}
    order = ("failed", "gone", "silent", "recovered")
    found = []
    for one in sources:
        state = states.get(one.after) or ("recovered" if one.before in states and one.after == "ok" else "")
        if state:
            note = SourceNote(
                source=one.source,
                name=one.name or one.source,
                state=state,
                reason=one.reason,
                detail=one.detail,
                since=one.since,
            )
            found.append(note)
    return tuple(sorted(found, key=lambda note: (order.index(note.state), note.source)))


def _statement(coverage: Coverage, *, far: int) -> Statement:
    return Statement(
        sources=coverage.sources,
        sources_ok=coverage.sources_ok,
        entries=coverage.entries,
        fetched=coverage.fetched,
        extracted=coverage.extracted,
        analysed=coverage.analysed,
        matched=coverage.matched,
        findings=coverage.findings,
        alerts_sent=coverage.alerts_sent,
        kept_back=coverage.kept_back,
        put_off=coverage.put_off,
        failed=coverage.failed,
        waiting=coverage.waiting,
        far=far,
        oldest_data=coverage.oldest_data,
        reasons=tuple(sorted(coverage.reasons.items(), key=lambda one: (-one[1], one[0]))),
    )


def _warnings(facts: Facts, notes: Sequence[SourceNote], *, blind: bool) -> tuple[str, ...]:
    """What leads the digest: a lost canary, and sources that could not be read."""
    found = [_canary_note(facts.canary)]
    failed = [note.name for note in notes if note.state == "failed"]
    if blind:
        found.append("No source could be read. That nothing is reported here says nothing about the news.")
    elif failed:
        named = ", ".join(failed[:NAMED]) + (f" and {len(failed) - NAMED} more" if len(failed) > NAMED else "")
        found.append(f"{_count(len(failed), 'source')} could not be read: {named}.")
    return tuple(warning for warning in found if warning)


def _summary(
    sections: dict[str, Section], coverage: Coverage, volumes: Sequence[Volume], *, quiet: bool, blind: bool
) -> str:
    spikes = [one.title for one in volumes if one.verdict == "spike"]
    told: list[str] = []
    for name, words in (("denied", "denied"), ("changed", "changed"), ("added", "added to")):
        section = sections[name]
        number = len(section.items) + section.over_cap + section.below_floor
        if number:
            told.append(f"{number} {'claim' if number == 1 else 'claims'} {words}" if not told else f"{number} {words}")
    head = ", ".join(told)
    if quiet:
        head = "Nothing new: no known claim was changed, denied or added to"
    elif blind and not told:
        head = "Nothing could be read"
    parts = [f"{head}.", f"{_count(coverage.matched, 'article')} on watched topics"]
    if coverage.sources:
        parts[-1] += f", from {coverage.sources_ok} of {_count(coverage.sources, 'source')}"
    parts[-1] += "."
    if spikes:
        parts.append(f"More than usual: {', '.join(spikes)}.")
    return " ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _canary_note(canary: CanaryFact | None) -> str:
    if canary is None or canary.found:
        return ""
    last = f"; it was last found on {canary.last_found:%Y-%m-%d %H:%M} UTC" if canary.last_found else ""
    step = f", lost at: {canary.detail}" if canary.detail else ""
    return f"The canary article was not found in this period{step}{last}. Findings may be missing too."
