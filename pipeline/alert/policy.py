"""Who hears of a candidate, now, later or not at all, and why. Rules are equal: their order means nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.alert import cooldown, once, quiet
from pipeline.alert.conditions import rank, unmet
from pipeline.model.alert import Candidate, Decision, History, Told
from pipeline.model.finding import NEWS
from pipeline.model.rules import SEVERITIES, AlertRules, Channel, Rule

_ORDER = {"send": 0, "hold": 1, "keep-back": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """What one rule wants for one channel."""

    rule: str
    channel: str
    action: str
    reason: str
    until: datetime | None = None

    def precedence(self) -> tuple[int, str]:
        return _ORDER[self.action], self.rule


def decide(candidate: Candidate, rules: AlertRules, history: History, now: datetime) -> tuple[Decision, ...]:
    """The decisions about one candidate: at least one, sorted by rule.

    Actions: `send` and `hold` (until `until`) name their channels; `keep-back` names the channels that a matching rule
    would have reached; `covered` is a rule whose channels another rule serves; `no-match` says which condition failed;
    `mute` stands for everybody. A channel stands in one of send, hold and keep-back only. The severity is the highest
    of the matching rules.
    """
    stopped = _stopped(candidate, rules, history, now)
    if stopped is not None:
        return (stopped,)
    reasons = {rule.id: unmet(rule.when, candidate) for rule in rules.rules}
    matching = [rule for rule in rules.rules if not reasons[rule.id]]
    severity = max((r.severity or candidate.severity for r in matching), key=_severity, default=candidate.severity)
    verdicts = [
        _verdict(candidate, rule, channel, severity, history, now)
        for rule in matching
        for name in dict.fromkeys(rule.channels)
        if (channel := rules.channel(name)) is not None
    ]
    decisions = [Decision(rule=rule, action="no-match", reason=why) for rule, why in reasons.items() if why]
    decisions += _merged(matching, verdicts, severity)
    if not decisions:
        decisions = [Decision(rule="", action="keep-back", reason="there are no rules")]
    return tuple(sorted(decisions, key=lambda d: (d.rule, _ORDER.get(d.action, 3), d.channels, d.reason)))


def told(candidate: Candidate, decisions: Sequence[Decision], now: datetime) -> tuple[Told, ...]:
    """What the history must know after these decisions: a row for each channel that was sent to or is held."""
    return tuple(
        Told(
            alert=candidate.id,
            channel=channel,
            claim=candidate.claim,
            story=candidate.story,
            at=now,
            keys=once.of(candidate),
            held_until=decision.until,
            batched=decision.action == "hold",
        )
        for decision in decisions
        if decision.action in {"send", "hold"}
        for channel in decision.channels
    )


def _severity(name: str) -> int:
    return rank(name, SEVERITIES)


def _stopped(candidate: Candidate, rules: AlertRules, history: History, now: datetime) -> Decision | None:
    """What holds for every rule: no news, the canary, a first run, a mute, a snooze."""
    if candidate.canary:
        return Decision(rule="", action="keep-back", reason="the canary article is never alerted")
    if candidate.relation not in NEWS:
        return Decision(rule="", action="keep-back", reason=f"{candidate.relation} what is known: no news")
    if candidate.first_run:
        reason = "first run: published before its source was first polled; it stands in the digest"
        return Decision(rule="", action="keep-back", reason=reason)
    for mute in sorted(rules.mutes, key=lambda m: m.id):
        if (mute.until is None or mute.until > now) and not unmet(mute.when, candidate):
            reason = f"muted by {mute.id}" + (f": {mute.reason}" if mute.reason else "")
            return Decision(rule="", action="mute", reason=reason, until=mute.until)
    names = {
        "alert": {candidate.id},
        "story": {candidate.story},
        "claim": {candidate.claim},
        "topic": {candidate.topic},
        "source": {p.source for p in candidate.publishers[:1]},
    }
    active = [s for s in history.snoozes if s.until > now and s.id in names.get(s.kind, ())]
    for snooze in sorted(active, key=lambda s: (s.until, s.kind, s.id), reverse=True):
        by = f" by {snooze.by}" if snooze.by else ""
        return Decision(rule="", action="mute", reason=f"{snooze.kind} {snooze.id} is snoozed{by}", until=snooze.until)
    return None


def _verdict(
    candidate: Candidate, rule: Rule, channel: Channel, severity: str, history: History, now: datetime
) -> _Verdict:
    mine = tuple(one for one in history.told if one.channel == channel.id and not one.parked)
    reason = _told_before(candidate, channel, history)
    if reason:
        return _Verdict(rule=rule.id, channel=channel.id, action="keep-back", reason=reason)
    cooling, reason = cooldown.check(candidate, rule.cool_down, mine, now)
    if cooling:
        return _Verdict(rule=rule.id, channel=channel.id, action="keep-back", reason=reason)
    reason = reason or "all conditions are met"
    wake = quiet.until(channel.quiet, severity, now)
    if wake is not None:
        return _Verdict(
            rule=rule.id, channel=channel.id, action="hold", reason=f"quiet hours of {channel.id}", until=wake
        )
    free = cooldown.rate_free(channel.rate, mine, now)
    if free is not None and channel.rate is not None:
        reason = f"rate limit of {channel.id}: {channel.rate.messages} messages in {channel.rate.per}"
        return _Verdict(rule=rule.id, channel=channel.id, action="hold", reason=reason, until=free)
    return _Verdict(rule=rule.id, channel=channel.id, action="send", reason=reason)


def _told_before(candidate: Candidate, channel: Channel, history: History) -> str:
    """Why this alert needs no second message to the channel, "" when it had none."""
    before = [one for one in history.told if one.channel == channel.id and one.alert == candidate.id]
    taken = [one.at for one in before if not one.parked]
    if taken:
        return f"already told on {min(taken):%Y-%m-%d %H:%M} UTC; the publisher is added to it"
    if before:
        at = min(one.at for one in before)
        return f"its message of {at:%Y-%m-%d %H:%M} UTC is parked: {channel.id} did not take it; the publisher is added"
    return ""


def _merged(matching: Sequence[Rule], verdicts: Sequence[_Verdict], severity: str) -> list[Decision]:
    """One verdict a channel: sending before holding before keeping back, then the first rule by name."""
    best: dict[str, _Verdict] = {}
    for verdict in verdicts:
        there = best.get(verdict.channel)
        if there is None or verdict.precedence() < there.precedence():
            best[verdict.channel] = verdict
    grouped: dict[tuple[str, str, str, datetime | None], list[str]] = {}
    for verdict in best.values():
        grouped.setdefault((verdict.rule, verdict.action, verdict.reason, verdict.until), []).append(verdict.channel)
    decisions = [
        Decision(rule=rule, action=action, reason=why, channels=tuple(sorted(channels)), until=until, severity=severity)
        for (rule, action, why, until), channels in grouped.items()
    ]
    serving = {decision.rule for decision in decisions}
    for rule in matching:
        if rule.id not in serving:
            others = sorted({best[name].rule for name in rule.channels if name in best})
            reason = f"its channels are served by {', '.join(others)}" if others else "it names no channel that exists"
            decisions.append(Decision(rule=rule.id, action="covered", reason=reason, severity=severity))
    return decisions
