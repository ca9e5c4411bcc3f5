"""Stored findings -> their stories -> the alerts they raise or join -> what goes to whom, and why.

The findings of an article are about a claim each, and stories and alerts too: what they all need is read once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from pipeline.alert import message, once, policy
from pipeline.model.alert import Alert, Candidate, History, Message, Publisher, Snooze, Told
from pipeline.model.finding import NEWS, Analysis
from pipeline.model.rules import AlertRules
from pipeline.model.watch import Claim, Watch
from pipeline.service import facts
from pipeline.service.place import Placed, Placer
from pipeline.service.wiring import Desk
from pipeline.storage import alerts, findings, outbox
from pipeline.storage.analyses import AddedFinding
from pipeline.storage.decisions import Decided, record_decisions, snoozes
from pipeline.storage.session import Transaction


def tell(
    desk: Desk,
    tx: Transaction,
    added: Sequence[AddedFinding],
    publisher: Publisher,
    analysis: Analysis,
    watch: Watch,
    claims: Mapping[str, Claim],
    *,
    now: datetime,
) -> int:
    """Joins findings of an article to their stories, raises alerts for what none tells yet, stores every decision.

    `added` are about a claim each, `claims` those claims. Returns how many alerts are new: none for what is no news.
    """
    news = [one for one in added if one.finding.relation in NEWS]
    if not news:
        return 0
    candidates = [_candidate(one, publisher, analysis, claims[one.finding.claim], now) for one in news]
    keys = [once.of(candidate) for candidate in candidates]
    placer = Placer(desk, tx, publisher, [key for some in keys for key in some], watch.rates, now=now)
    placed = [placer.place(one, some) for one, some in zip(news, keys, strict=True)]
    placer.store()
    there = alerts.of_stories(tx, sorted(placer.known & {one.story for some in placed for one in some}))
    teller = _Teller(desk, tx, publisher, now)
    teller.remember({one.finding.claim for one in news}, set(there.values()))
    for candidate, some in zip(candidates, placed, strict=True):
        teller.tell(candidate, claims[candidate.claim], some, there)
    teller.store()
    return len(teller.raised)


def _candidate(added: AddedFinding, publisher: Publisher, analysis: Analysis, claim: Claim, now: datetime) -> Candidate:
    finding = added.finding
    return Candidate(
        id="",
        finding=str(added.id),
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
        first_run=added.backlog,
        article=str(added.article_id),
    )


def _narrowed(candidate: Candidate, wanted: set[tuple[str, str]], story: int) -> Candidate:
    """The candidate with only these changes (slot, value)."""
    changes = tuple(c for c in candidate.changes if (c.slot, c.new) in wanted)
    return replace(candidate, story=str(story), changes=changes)


@dataclass(slots=True)
class _Teller:
    """Who hears of the findings of one article, and what was decided."""

    desk: Desk
    tx: Transaction
    publisher: Publisher
    now: datetime
    raised: set[int] = field(default_factory=set)  # alerts that are new
    _decided: list[Decided] = field(default_factory=list)
    _joined: dict[int, int | None] = field(default_factory=dict)  # alert -> the finding that it tells
    _others: dict[int, tuple[Publisher, ...]] = field(default_factory=dict)  # who reported an alert before
    _severity: dict[int, str] = field(default_factory=dict)  # alert -> what rules made of it, where not its claim's
    _told: tuple[Told, ...] = ()
    _snoozes: tuple[Snooze, ...] = ()

    def remember(self, claims: Collection[str], there: Collection[int]) -> None:
        """Read what decisions look back at: what was told of these claims and alerts, and where there are rates."""
        tx, rules, now = self.tx, self.desk.configuration.alerts, self.now
        own = outbox.told(tx, since=now - longest_memory(rules), claims=claims, alerts=there)
        rated = {channel.id: channel.rate.per for channel in rules.channels if channel.rate}
        since = now - max(rated.values(), default=timedelta())
        known = set(own)
        others = (one for one in outbox.told_there(tx, rated, since=since) if one not in known)
        self._told, self._snoozes = (*own, *others), snoozes(tx, now=now)
        self._others = alerts.publishers(tx, there)

    def store(self) -> None:
        """Write who reports what, and what was decided."""
        alerts.add_publishers(self.tx, self._joined, self.publisher, now=self.now, new=self.raised)
        record_decisions(self.tx, self._decided, now=self.now)
        for number, severity in self._severity.items():
            alerts.grade(self.tx, number, severity, new=number in self.raised)

    def tell(self, candidate: Candidate, claim: Claim, placed: Sequence[Placed], there: Mapping[int, int]) -> None:
        """Join the alerts of the finding's stories, raise one for the rest."""
        story_of = {(one.key.slot, one.value): one.story for one in placed}
        joined: dict[int, set[tuple[str, str]]] = {}
        fresh: list[Placed] = []
        for one in placed:
            if one.story in there:
                joined.setdefault(there[one.story], set()).add((one.key.slot, one.value))
            else:
                fresh.append(one)
        for number, wanted in joined.items():
            self._join(number, _narrowed(candidate, wanted, story_of[min(wanted)]), claim)
        if fresh:
            self._raise(candidate, claim, fresh)

    def _raise(self, candidate: Candidate, claim: Claim, fresh: Sequence[Placed]) -> None:
        narrowed = _narrowed(candidate, {(one.key.slot, one.value) for one in fresh}, fresh[0].story)
        raised = alerts.raise_alert(
            self.tx,
            [(one.key, one.story) for one in fresh],
            headline=message.headline(claim, candidate.relation, narrowed.changes),
            severity=claim.severity or "normal",
            topic=claim.topic,
            finding_id=int(candidate.finding),
            now=self.now,
            untold=True,
        )
        if raised.new:
            self.raised.add(raised.id)
        self._join(raised.id, narrowed, claim)

    def _join(self, number: int, candidate: Candidate, claim: Claim) -> None:
        """The publisher reports the alert too: decides who hears of it now, and puts that into the outbox."""
        now, publisher, finding = self.now, self.publisher, int(candidate.finding)
        self._joined.setdefault(number, finding)
        known = self._others.get(number, ())
        others = tuple(p for p in known if (p.source, p.url) != (publisher.source, publisher.url))
        candidate = replace(candidate, id=str(number), publishers=(publisher, *others))
        history = History(told=self._told, snoozes=self._snoozes)
        decisions = policy.decide(candidate, self.desk.configuration.alerts, history, now)
        self._decided.append(Decided(decisions=decisions, alert_id=number, finding_id=finding, claim=candidate.claim))
        decided = next((d.severity for d in decisions if d.severity), candidate.severity)
        if decided != candidate.severity:
            self._severity[number] = decided
        for told in policy.told(candidate, decisions, now):
            severity = next((d.severity for d in decisions if told.channel in d.channels and d.severity), "")
            if self._put(number, candidate, claim, told, severity) is not None:
                self._told += (told,)

    def _put(self, number: int, candidate: Candidate, claim: Claim, told: Told, severity: str) -> int | None:
        desk = self.desk
        rendered = message.render(
            candidate, claim, severity=severity, public_url=desk.settings.web.public_url, agencies=desk.agencies()
        )
        return outbox.put(
            self.tx,
            kind="alert",
            thing_id=number,
            channel=told.channel,
            payload=as_payload(rendered),
            now=self.now,
            thread=candidate.claim,
            claim=candidate.claim,
            story=candidate.story,
            keys=told.keys,
            held_until=told.held_until,
            batched=told.batched,
            message_id=rendered.id,
        )


def as_payload(rendered: Message) -> dict[str, Any]:
    """A message as an outbox row has it."""
    return {name: getattr(rendered, name) for name in Message.__dataclass_fields__}


def longest_memory(rules: AlertRules) -> timedelta:
    """How far back decisions look: the longest cool-down or rate window, and a day for what is held."""
    spans = [timedelta(days=1)]
    spans += [span for rule in rules.rules for span in (rule.cool_down.claim, rule.cool_down.story)]
    spans += [channel.rate.per for channel in rules.channels if channel.rate]
    return max(spans)


def current_messages(desk: Desk, tx: Transaction, numbers: Sequence[int]) -> dict[int, Message]:
    """The messages of alerts as the store has them now, all publishers counted; without those whose finding is gone."""
    stored = alerts.some(tx, numbers)
    saved = findings.some(tx, [one.finding_id for one in stored.values() if one.finding_id])
    claims = {claim.id: claim for claim in desk.watch.claims}
    told = [one for one in stored.values() if one.finding_id in saved and one.alert.claim in claims]
    found = [saved[one.finding_id] for one in told if one.finding_id is not None]
    candidates = facts.candidates(desk, tx, found, desk.watch)
    return {
        one.id: _current(desk, one.alert, candidate, claims[one.alert.claim])
        for one, candidate in zip(told, candidates, strict=True)
    }


def _current(desk: Desk, alert: Alert, candidate: Candidate, claim: Claim) -> Message:
    wanted = {(key.slot, key.value) for key in alert.keys}
    said = tuple(c for c in candidate.changes if (c.slot, c.new) in wanted) or candidate.changes
    first = candidate.publishers[0].source if candidate.publishers else ""
    publishers = sorted(alert.publishers, key=lambda p: p.source != first) or candidate.publishers
    candidate = replace(candidate, id=alert.id, changes=said, publishers=tuple(publishers))
    return message.render(
        candidate,
        claim,
        severity=alert.severity,
        public_url=desk.settings.web.public_url,
        agencies=desk.agencies(),
    )
