"""A stored finding -> its stories -> the alert it raises or joins -> what goes to whom, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from pipeline.alert import message, once, policy
from pipeline.diff import values
from pipeline.model.alert import Candidate, History, Publisher, StoryKey
from pipeline.model.finding import NEWS, Analysis
from pipeline.model.rules import AlertRules
from pipeline.model.watch import Claim, Rates, Watch
from pipeline.service.wiring import Desk
from pipeline.storage import alerts, outbox, search, stories
from pipeline.storage.findings import SavedFinding
from pipeline.storage.session import Transaction


def tell(
    desk: Desk,
    tx: Transaction,
    saved: SavedFinding,
    publisher: Publisher,
    analysis: Analysis,
    watch: Watch,
    *,
    now: datetime,
) -> int:
    """Joins the finding to its stories, raises an alert for what no alert tells yet, and stores every decision.

    Returns how many alerts are new: none for a finding that is no news.
    """
    finding = saved.finding
    search.put(
        tx,
        "finding",
        saved.id,
        " ".join(span.text for span in finding.evidence),
        at=now,
        source=saved.source,
        lang=saved.lang,
        claim=finding.claim,
        topic=saved.topic,
        relation=finding.relation,
    )
    if finding.relation not in NEWS:
        return 0
    claim = next(c for c in watch.claims if c.id == finding.claim)
    candidate = _candidate(saved, publisher, analysis, claim, now)
    placed = _placed(
        desk, tx, saved, publisher, once.of(candidate), at=publisher.published or now, now=now, rates=watch.rates
    )
    fresh: list[tuple[StoryKey, int]] = []
    joined: dict[int, list[StoryKey]] = {}
    for key, story in placed:
        there = alerts.of_story(tx, story)
        if there:
            joined.setdefault(there[0].id, []).append(key)
        else:
            fresh.append((key, story))
    for number, keys in joined.items():
        story = next(story for key, story in placed if key in keys)
        _join(desk, tx, number, _narrowed(candidate, keys, story), claim, publisher, saved, now)
    if not fresh:
        return 0
    keys = [key for key, _ in fresh]
    narrowed = _narrowed(candidate, keys, fresh[0][1])
    raised = alerts.raise_alert(
        tx,
        fresh,
        headline=message.headline(claim, finding.relation, narrowed.changes),
        severity=claim.severity or "normal",
        topic=claim.topic,
        finding_id=saved.id,
        now=now,
    )
    _join(desk, tx, raised.id, narrowed, claim, publisher, saved, now)
    return int(raised.new)


def _candidate(saved: SavedFinding, publisher: Publisher, analysis: Analysis, claim: Claim, now: datetime) -> Candidate:
    finding = saved.finding
    return Candidate(
        id="",
        finding=str(saved.id),
        story="",
        claim=finding.claim,
        topic=claim.topic,
        relation=finding.relation,
        publishers=(publisher,),
        found_at=now,
        topics=tuple(hit.topic for hit in analysis.topics),
        changes=finding.changes,
        evidence=finding.evidence,
        redline=finding.redline,
        severity=claim.severity or "normal",
        confidence=finding.confidence,
        certainty=finding.certainty,
        attribution=finding.attribution,
        lang=analysis.lang,
        edited=finding.edited,
        first_run=saved.backlog,
        article=str(saved.article_id),
    )


def _narrowed(candidate: Candidate, keys: Sequence[StoryKey], story: int) -> Candidate:
    """The candidate with only the changes that these keys stand for."""
    wanted = {(key.slot, key.value) for key in keys}
    changes = tuple(c for c in candidate.changes if (c.slot, c.new) in wanted)
    return replace(candidate, story=str(story), changes=changes)


def _placed(
    desk: Desk,
    tx: Transaction,
    saved: SavedFinding,
    publisher: Publisher,
    keys: Sequence[StoryKey],
    *,
    at: datetime,
    now: datetime,
    rates: Rates,
) -> list[tuple[StoryKey, int]]:
    """Each key with its story: one there is within the window and the tolerance, else a new one."""
    window = desk.settings.articles.story_window
    moment = min(at, now)
    placed = []
    types = {change.slot: change.type for change in saved.finding.changes}
    for key in keys:
        near = stories.near(
            tx, claim=key.claim, relation=key.relation, slot=key.slot, since=moment - window, until=moment + window
        )
        found = next(
            (s for s in near if s.value == key.value or values.same_value(types[key.slot], s.value, key.value, rates)),
            None,
        )
        story = found.id if found else stories.create(tx, key, at=moment)
        why = "first report" if found is None else _why(key, found, window)
        stories.add_member(
            tx,
            story,
            finding_id=saved.id,
            version_id=saved.version_id,
            slot=key.slot,
            value=key.value,
            at=moment,
            source=publisher.source,
            family=publisher.family,
            agency=publisher.agency,
            lang=publisher.lang,
            why=why,
        )
        placed.append((key if found is None else replace(key, value=found.value), story))
    return placed


def _why(key: StoryKey, story: stories.Story, window: timedelta) -> str:
    """Why a report belongs to a story, in words that stay."""
    same = "the same value" if story.value == key.value else f"{key.value} is {story.value} within tolerance"
    return f"{same}, within {window.days} days of the story's other reports"


def _join(
    desk: Desk,
    tx: Transaction,
    number: int,
    candidate: Candidate,
    claim: Claim,
    publisher: Publisher,
    saved: SavedFinding,
    now: datetime,
) -> None:
    """Adds the publisher to the alert, decides who hears of it now, and puts that into the outbox."""
    alerts.add_publisher(tx, number, publisher, finding_id=saved.id, now=now)
    stored = alerts.load(tx, number)
    assert stored is not None
    others = tuple(p for p in stored.alert.publishers if (p.source, p.url) != (publisher.source, publisher.url))
    candidate = replace(candidate, id=str(number), publishers=(publisher, *others))
    rules = desk.configuration.alerts
    history = History(told=outbox.told(tx, since=now - longest_memory(rules)), snoozes=alerts.snoozes(tx, now=now))
    decisions = policy.decide(candidate, rules, history, now)
    alerts.record_decisions(tx, decisions, now=now, alert_id=number, finding_id=saved.id, claim=candidate.claim)
    for told in policy.told(candidate, decisions, now):
        severity = next((d.severity for d in decisions if told.channel in d.channels and d.severity), "")
        rendered = message.render(candidate, claim, severity=severity, public_url=desk.settings.web.public_url)
        outbox.put(
            tx,
            kind="alert",
            thing_id=number,
            channel=told.channel,
            payload=asdict(rendered),
            now=now,
            thread=candidate.claim,
            claim=candidate.claim,
            story=candidate.story,
            keys=told.keys,
            held_until=told.held_until,
            message_id=rendered.id,
        )


def longest_memory(rules: AlertRules) -> timedelta:
    """How far back decisions look: the longest cool-down or rate window, and a day for what is held."""
    spans = [timedelta(days=1)]
    spans += [span for rule in rules.rules for span in (rule.cool_down.claim, rule.cool_down.story)]
    spans += [channel.rate.per for channel in rules.channels if channel.rate]
    return max(spans)
