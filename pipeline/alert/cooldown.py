"""Not too often: cool-downs of a claim and a story with what breaks them, and the rate of a channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pipeline.alert import once
from pipeline.model.alert import Candidate, Told
from pipeline.model.rules import CoolDown, Rate
from pipeline.model.vantage import vantage
from pipeline.text.size import STAGES


def check(candidate: Candidate, cool: CoolDown, told: Sequence[Told], now: datetime) -> tuple[bool, str]:
    """Whether the channel that was `told` this is cooling down for the candidate, and the reason either way.

    (False, "") when nothing was told of late. A window is open until exactly its length after the last message.
    """
    recent = [("claim", one) for one in told if one.claim == candidate.claim and now - one.at < cool.claim]
    recent += [("story", one) for one in told if one.story == candidate.story and now - one.at < cool.story]
    if not recent:
        return False, ""
    broken = breaks(candidate, [one for _, one in recent])
    counted = [name for name in broken if name in cool.unless]
    if counted:
        return False, f"cool-down broken by {', '.join(counted)}"
    windows: dict[str, timedelta] = {"claim": cool.claim, "story": cool.story}
    ends, name = max((one.at + windows[name], name) for name, one in recent)
    return True, f"cool-down of the {name} until {ends:%Y-%m-%d %H:%M} UTC"


def breaks(candidate: Candidate, recent: Sequence[Told]) -> tuple[str, ...]:
    """Which of the named exceptions hold against what was told: see BREAKS in model/rules."""
    known = {(key.slot, key.value) for one in recent for key in one.keys}
    mine = once.of(candidate)
    found: list[str] = []
    if any(key.slot and (key.slot, key.value) not in known for key in mine):
        found.append("new-value")
    if candidate.relation == "denies" and not any(key.relation == "denies" for one in recent for key in one.keys):
        found.append("denial")
    if vantage(candidate.publishers).independent >= 2:
        found.append("second-publisher")
    stages = [change.new for change in candidate.changes if change.type == "stage"]
    before = max((_stage(value) for slot, value in known if slot), default=-1)
    if any(_stage(value) > before for value in stages):
        found.append("higher-stage")
    return tuple(found)


def rate_free(rate: Rate | None, told: Sequence[Told], now: datetime) -> datetime | None:
    """When the channel may be written to again, or None when it may be now. Held messages do not count."""
    if rate is None:
        return None
    sent = sorted(one.at for one in told if not one.batched and now - one.at < rate.per)
    return sent[-rate.messages] + rate.per if len(sent) >= rate.messages else None


def _stage(value: str) -> int:
    return STAGES.index(value) if value in STAGES else -1
