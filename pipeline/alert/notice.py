"""What the watch tells of itself, by the channels of alerts: its canary is lost, or found again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.alert import quiet
from pipeline.alert.conditions import rank
from pipeline.alert.message import link
from pipeline.model.alert import Message
from pipeline.model.rules import SEVERITIES, AlertRules, Channel, Mute, When
from pipeline.text import display

DETAIL_CHARS = 600  # longest reason shown; that of a lost canary names claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One loss of the canary, from the first flight that did not find it."""

    number: int  # of all losses so far
    detail: str  # the step at which it was lost
    last_found: datetime | None = None


def hearers(
    rules: AlertRules, named: Collection[str], severity: str, now: datetime
) -> tuple[tuple[Channel, datetime | None], ...]:
    """The channels that hear of a notice, each with when its quiet hours end, None for now.

    Those `named`, or without any those that rules send to. A mute of everything (up to a severity) is of notices, too;
    one of claims, topics or sources is not.
    """
    if any(_mutes(mute, severity, now) for mute in rules.mutes):
        return ()
    wanted = set(named) or {name for rule in rules.rules for name in rule.channels}
    return tuple(
        (channel, quiet.until(channel.quiet, severity, now)) for channel in rules.channels if channel.id in wanted
    )


def lost(loss: Loss, *, severity: str, public_url: str = "") -> Message:
    """The message that the canary was not found."""
    last = f"It was last found on {loss.last_found:%Y-%m-%d %H:%M} UTC." if loss.last_found else "It was never found."
    detail = display.cut(display.clean(loss.detail), DETAIL_CHARS)
    lines = (
        f"A known article was sent through fetching, reading and storage, and was lost: {detail}.",
        f"{last} Real findings may be missed in the same way until it is found again.",
    )
    subject = "The canary article was not found: findings may be missing"
    return _message("lost", loss, subject, lines, severity, public_url)


def found(loss: Loss, *, severity: str, public_url: str = "") -> Message:
    """The message that the canary of that loss was found again."""
    lines = (
        "The known article that was lost came through fetching, reading and storage again.",
        "What was published meanwhile may have been missed: see the sources and the digest of these days.",
    )
    return _message("found", loss, "The canary article was found again", lines, severity, public_url)


def _message(state: str, loss: Loss, subject: str, lines: Sequence[str], severity: str, public_url: str) -> Message:
    review = link(public_url, "sources")
    return Message(
        id=f"canary-{loss.number}-{state}",
        subject=subject,
        text="\n".join([subject, "", *lines, "", f"Look at: {review or 'claimwatch status'}"]),
        thread="canary",
        data={
            "type": "notice",
            "about": "canary",
            "state": state,
            "severity": severity,
            "detail": display.cut(display.clean(loss.detail), DETAIL_CHARS),
            "last_found": loss.last_found.isoformat() if loss.last_found else None,
            "review_url": review,
        },
    )


def _mutes(mute: Mute, severity: str, now: datetime) -> bool:
    """Whether a mute that is in force asks for nothing but a severity, and this one is of it."""
    in_force = mute.until is None or mute.until > now
    everything = replace(mute.when, min_severity="") == When()
    return in_force and everything and rank(severity, SEVERITIES) >= rank(mute.when.min_severity, SEVERITIES)
