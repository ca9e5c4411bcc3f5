"""A stored finding -> its stories -> the alert it raises or joins -> what goes to whom, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import partial

from pipeline.alert import message, once, policy
from pipeline.articles import stories as joining
from pipeline.diff import values
from pipeline.model.alert import Candidate, History, Message, Publisher, StoryKey
from pipeline.model.finding import NEWS, Analysis
from pipeline.model.rules import AlertRules
from pipeline.model.watch import Claim, Rates, Watch
from pipeline.service import facts
from pipeline.service.wiring import Desk
from pipeline.storage import alerts, findings, outbox, stories
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
    if finding.relation not in NEWS:
        return 0
    claim = next(c for c in watch.claims if c.id == finding.claim)
    candidate = _candidate(saved, publisher, analysis, claim, now)
    placed = _placed(
        desk, tx, saved, publisher, once.of(candidate), at=publisher.published or now, now=now, rates=watch.rates
    )
    fresh: list[tuple[StoryKey, int]] = []
    news: set[tuple[str, str]] = set()
    joined: dict[int, set[tuple[str, str]]] = {}
    for key, story, value in placed:
        there = alerts.of_story(tx, story)
        if there:
            joined.setdefault(there[0].id, set()).add((key.slot, value))
        else:
            fresh.append((key, story))
            news.add((key.slot, value))
    story_of = {(key.slot, value): story for key, story, value in placed}
    for number, wanted in joined.items():
        narrowed = _narrowed(candidate, wanted, story_of[min(wanted)])
        _join(desk, tx, number, narrowed, claim, publisher, saved, now)
    if not fresh:
        return 0
    narrowed = _narrowed(candidate, news, fresh[0][1])
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
        confidence=finding.own_confidence,
        certainty=finding.certainty,
        attribution=finding.attribution,
        lang=analysis.lang,
        edited=finding.edited,
        before=finding.before,
        first_run=saved.backlog,
        article=str(saved.article_id),
    )


def _narrowed(candidate: Candidate, wanted: set[tuple[str, str]], story: int) -> Candidate:
    """The candidate with only these changes (slot, value)."""
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
) -> list[tuple[StoryKey, int, str]]:
    """Each key, in the words of its story, with the story and the value as this finding has it."""
    window = desk.settings.articles.story_window
    moment = min(at, now)
    placed = []
    types = {change.slot: change.type for change in saved.finding.changes}
    for key in keys:
        near = stories.near(
            tx, claim=key.claim, relation=key.relation, slot=key.slot, since=moment - window, until=moment + window
        )
        found = joining.place(
            joining.Report(group=publisher.group, key=key, at=moment),
            [_as_story(one) for one in near],
            same=partial(_same, types.get(key.slot, ""), rates),
            within=window,
        )
        story = int(found.story) if found.story else stories.create(tx, key, at=moment)
        for other in found.merged:
            _merge(tx, int(other), story, found.steps[-1], now)
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
            why="; ".join(found.steps),
        )
        told = next((one.value for one in near if one.id == story), key.value)
        placed.append((replace(key, value=told), story, key.value))
    return placed


def _same(kind: str, rates: Rates, one: str, other: str) -> bool:
    """Whether two canonical values of a slot of that type are one within tolerance."""
    return one == other or bool(kind and values.same_value(kind, one, other, rates))


def _as_story(row: stories.Story) -> joining.Story:
    key = StoryKey(claim=row.claim, relation=row.relation, slot=row.slot, value=row.value)
    return joining.Story(id=str(row.id), key=key, first_at=row.first_at, last_at=row.last_at)


def _merge(tx: Transaction, gone: int, kept: int, why: str, now: datetime) -> None:
    """Two stories prove to be one: so do their alerts, and the older takes in the other's publishers."""
    old, new = alerts.of_story(tx, kept), alerts.of_story(tx, gone)
    stories.merge(tx, gone, kept, why=why, now=now)
    if old and new and old[0].id != new[0].id:
        alerts.merge(tx, new[0].id, old[0].id, now=now)


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
    recent = outbox.told(tx, since=now - longest_memory(rules))
    own = tuple(told for told in outbox.told_of(tx, number) if told not in recent)  # however long ago
    history = History(told=(*own, *recent), snoozes=alerts.snoozes(tx, now=now))
    decisions = policy.decide(candidate, rules, history, now)
    alerts.record_decisions(tx, decisions, now=now, alert_id=number, finding_id=saved.id, claim=candidate.claim)
    for told in policy.told(candidate, decisions, now):
        severity = next((d.severity for d in decisions if told.channel in d.channels and d.severity), "")
        rendered = message.render(
            candidate, claim, severity=severity, public_url=desk.settings.web.public_url, agencies=desk.agencies()
        )
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
            batched=told.batched,
            message_id=rendered.id,
        )


def longest_memory(rules: AlertRules) -> timedelta:
    """How far back decisions look: the longest cool-down or rate window, and a day for what is held."""
    spans = [timedelta(days=1)]
    spans += [span for rule in rules.rules for span in (rule.cool_down.claim, rule.cool_down.story)]
    spans += [channel.rate.per for channel in rules.channels if channel.rate]
    return max(spans)


def current_message(desk: Desk, tx: Transaction, number: int) -> Message | None:
    """The message of an alert as the store has it now, all publishers counted. None when its finding is gone."""
    stored = alerts.load(tx, number)
    saved = findings.load(tx, stored.finding_id) if stored and stored.finding_id else None
    claim = next((c for c in desk.watch.claims if stored and c.id == stored.alert.claim), None)
    if stored is None or saved is None or claim is None:
        return None
    candidate = facts.candidates(desk, tx, [saved], desk.watch)[0]
    wanted = {(key.slot, key.value) for key in stored.alert.keys}
    said = tuple(c for c in candidate.changes if (c.slot, c.new) in wanted) or candidate.changes
    first = candidate.publishers[0].source if candidate.publishers else ""
    publishers = sorted(stored.alert.publishers, key=lambda p: p.source != first) or candidate.publishers
    candidate = replace(candidate, id=str(number), changes=said, publishers=tuple(publishers))
    return message.render(
        candidate,
        claim,
        severity=stored.alert.severity,
        public_url=desk.settings.web.public_url,
        agencies=desk.agencies(),
    )
