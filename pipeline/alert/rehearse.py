"""A changed rule file tried on what was found: which alerts it would have gained, which lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.alert.policy import decide, told
from pipeline.model.alert import Candidate, Decision, History, Told
from pipeline.model.progress import Told as Seen
from pipeline.model.progress import untold
from pipeline.model.rules import AlertRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One alert at one channel, and the decision that made it so, or that would have."""

    alert: str
    channel: str
    claim: str
    relation: str
    found_at: datetime
    action: str  # send or hold
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """Both rule files on the same findings, by time."""

    candidates: int
    gained: tuple[Heard, ...]  # only the new rules tell
    lost: tuple[Heard, ...]  # only the old rules tell
    kept: int  # both tell
    moved: tuple[Heard, ...]  # both tell, one at once and the other after holding; as the new rules have it


def rehearse(candidates: Iterable[Candidate], old: AlertRules, new: AlertRules, *, seen: Seen = untold) -> Rehearsal:
    """Plays the findings through both rule files, each from an empty history, at the times they were found.

    Mutes with an end count as of the time of each finding; snoozes are left out, since they belong to the moment.
    """
    ordered = sorted(candidates, key=lambda c: (c.found_at, c.finding))
    count = len(ordered)
    before = replay(ordered, old, seen=lambda done, _: seen(done, 2 * count))
    return _compared(count, before, replay(ordered, new, seen=lambda done, _: seen(count + done, 2 * count)))


def against(
    told: Sequence[Heard], candidates: Iterable[Candidate], rules: AlertRules, *, seen: Seen = untold
) -> Rehearsal:
    """The same with what was really told of the findings in the place of the old rules."""
    ordered = sorted(candidates, key=lambda c: (c.found_at, c.finding))
    return _compared(len(ordered), {(one.alert, one.channel): one for one in told}, replay(ordered, rules, seen=seen))


def _compared(
    candidates: int, before: Mapping[tuple[str, str], Heard], after: Mapping[tuple[str, str], Heard]
) -> Rehearsal:
    both = before.keys() & after.keys()
    return Rehearsal(
        candidates=candidates,
        gained=tuple(heard for key, heard in after.items() if key not in before),
        lost=tuple(heard for key, heard in before.items() if key not in after),
        kept=len(both),
        moved=tuple(heard for key, heard in after.items() if key in both and before[key].action != heard.action),
    )


def replay(ordered: Sequence[Candidate], rules: AlertRules, *, seen: Seen = untold) -> dict[tuple[str, str], Heard]:
    """What the rules tell of findings given by time: (alert, channel) -> what was heard, in that order."""
    window = _window(rules)
    recent: list[Told] = []
    by_alert: dict[str, list[Told]] = {}
    heard: dict[tuple[str, str], Heard] = {}
    for number, candidate in enumerate(ordered, 1):
        now = candidate.found_at
        recent = [one for one in recent if now - one.at < window]
        own = [one for one in by_alert.get(candidate.id, ()) if now - one.at >= window]
        decisions = decide(candidate, rules, History(told=(*own, *recent)), now)
        for decision in decisions:
            for channel in decision.channels if decision.action in {"send", "hold"} else ():
                heard[candidate.id, channel] = Heard(
                    alert=candidate.id,
                    channel=channel,
                    claim=candidate.claim,
                    relation=candidate.relation,
                    found_at=now,
                    action=decision.action,
                    decision=decision,
                )
        for one in told(candidate, decisions, now):
            recent.append(one)
            by_alert.setdefault(one.alert, []).append(one)
        seen(number, len(ordered))
    return heard


def _window(rules: AlertRules) -> timedelta:
    """How far back any cool-down or rate looks."""
    cools = [max(rule.cool_down.claim, rule.cool_down.story) for rule in rules.rules]
    rates = [channel.rate.per for channel in rules.channels if channel.rate is not None]
    return max([*cools, *rates], default=timedelta(0))
