"""`alerts.yaml`: channels, rules, mutes and digests, and the records that they become."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from pipeline.model import rules as r
from pipeline.settings.fields import (
    ClockTime,
    Duration,
    Moment,
    Secret,
    SecretRef,
    Strict,
    Term,
    Terms,
    Text,
    Zone,
    _as_list,
)

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Break = Literal["new-value", "denial", "second-publisher", "higher-stage"]
_PATH_OPTIONS = ("path", "ca_file")


def _share(value: Any) -> Any:
    """A ratio of `10%` or `0.1`."""
    if isinstance(value, str) and value.endswith("%"):
        return float(value.removesuffix("%")) / 100
    return value


Share = Annotated[float, BeforeValidator(_share)]


class Quiet(Strict):
    start: ClockTime
    end: ClockTime
    zone: Zone = "UTC"
    days: Annotated[list[Day], BeforeValidator(_as_list)] = Field(default_factory=list)
    let_through: Terms = ()


class RateEntry(Strict):
    messages: int = Field(ge=1)
    per: Duration


class ChannelEntry(Strict):
    """A channel; which of its options belong to which kind is checked against model.rules."""

    kind: Literal["stdout", "file", "atom", "json-feed", "mail", "webhook", "apprise"]
    quiet: Annotated[list[Quiet], BeforeValidator(_as_list)] = Field(default_factory=list)
    rate: RateEntry | None = None
    limit_chars: int | None = Field(None, ge=100)
    path: Text | None = None
    format: Literal["text", "jsonl", "markdown", "html"] | None = None
    title: Text | None = None
    link: Text | None = None
    keep: int | None = Field(None, ge=1)
    host: Text | None = None
    port: int | None = Field(None, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] | None = None
    user: Text | None = None
    password: Secret | None = None
    sender: Text | None = Field(None, alias="from")
    to: Terms | None = None
    reply_to: Text | None = None
    timeout: Duration | None = None
    ca_file: Text | None = None
    address: Text | SecretRef | None = None
    secret: Secret | None = None


class WhenEntry(Strict):
    relations: Terms = ()
    claims: Terms = ()
    topics: Terms = ()
    slots: Terms = ()
    min_change: Share | None = Field(None, ge=0)
    min_steps: int | None = Field(None, ge=1)
    min_days: int | None = Field(None, ge=0)
    min_confidence: float | None = Field(None, ge=0, le=1)
    min_certainty: Literal["", "denied", "alleged", "reported", "confirmed"] = ""
    max_tier: int | None = Field(None, ge=1, le=3)
    countries: Terms = ()
    not_countries: Terms = ()
    languages: Terms = ()
    sources: Terms = ()
    min_publishers: int | None = Field(None, ge=1)
    min_severity: Literal["", "low", "normal", "high"] = ""
    one_sided: bool | None = None
    edited: bool | None = None


class CoolDownEntry(Strict):
    claim: Duration = timedelta()
    story: Duration = timedelta()
    unless: Annotated[tuple[Break, ...], BeforeValidator(_as_list)] = (
        "new-value",
        "denial",
        "second-publisher",
        "higher-stage",
    )


class RuleEntry(Strict):
    id: Term
    when: WhenEntry = WhenEntry()
    severity: Literal["", "low", "normal", "high"] = ""
    channels: Terms = Field(min_length=1)
    cool_down: CoolDownEntry = CoolDownEntry()


class MuteEntry(Strict):
    id: Term
    when: WhenEntry
    until: Moment | None = None
    reason: Text = ""


class DigestEntry(Strict):
    id: Term
    every: Literal["day", "weekday", "week"] = "day"
    at: ClockTime = time(7)
    zone: Zone = "UTC"
    weekday: Day = "mon"
    channels: Terms = ()
    title: Text = ""
    floor: float = Field(1.0, ge=0)
    cap: int = Field(20, ge=1)
    send_quiet: bool = True


class AlertsFile(Strict):
    channels: dict[str, ChannelEntry] = Field(default_factory=dict)
    rules: list[RuleEntry] = Field(default_factory=list)
    mutes: list[MuteEntry] = Field(default_factory=list)
    digests: list[DigestEntry] = Field(default_factory=list)


Fault = Callable[[tuple[str | int, ...], str], None]
Reveal = Callable[[SecretRef, tuple[str | int, ...]], r.Secret]


def alert_rules(file: AlertsFile, *, data: Path, reveal: Reveal, fault: Fault) -> r.AlertRules:
    """The records of a checked file; `fault` is told what does not hang together, paths start at `data`."""
    return r.AlertRules(
        channels=tuple(_channel(name, entry, data, reveal, fault) for name, entry in file.channels.items()),
        rules=tuple(
            r.Rule(
                id=entry.id,
                channels=entry.channels,
                when=_when(entry.when),
                severity=entry.severity,
                cool_down=r.CoolDown(
                    claim=entry.cool_down.claim, story=entry.cool_down.story, unless=entry.cool_down.unless
                ),
            )
            for entry in file.rules
        ),
        mutes=tuple(
            r.Mute(id=entry.id, when=_when(entry.when), until=entry.until, reason=entry.reason) for entry in file.mutes
        ),
        digests=tuple(r.DigestPlan(**{**dict(entry), "weekday": _DAYS.index(entry.weekday)}) for entry in file.digests),
    )


def _when(entry: WhenEntry) -> r.When:
    return r.When(**dict(entry))


def _channel(name: str, entry: ChannelEntry, data: Path, reveal: Reveal, fault: Fault) -> r.Channel:
    given = {
        key: value
        for key, value in entry.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True).items()
        if key not in ("kind", "quiet", "rate", "limit_chars")
    }
    required, optional = r.CHANNEL_OPTIONS[entry.kind]
    for key in sorted(set(given) - required - optional):
        fault(("channels", name, key), f"a channel of kind {entry.kind} has no option {key}")
    for key in sorted(required - set(given)):
        fault(("channels", name), f"a channel of kind {entry.kind} needs {key}")
    options: dict[str, object] = {}
    for key in given:
        value = getattr(entry, "sender" if key == "from" else key)
        if isinstance(value, SecretRef):
            value = reveal(value, ("channels", name, key))
        if key in _PATH_OPTIONS:
            value = str((data / str(value)).resolve())
        options[key] = value
    address = options.pop("address", "") if entry.kind in ("webhook", "apprise") else options.pop("path", "")
    return r.Channel(
        id=name,
        kind=entry.kind,
        address=address if isinstance(address, str | r.Secret) else str(address),
        quiet=tuple(
            r.QuietHours(
                start=q.start,
                end=q.end,
                zone=q.zone,
                days=tuple(_DAYS.index(day) for day in q.days),
                let_through=q.let_through,
            )
            for q in entry.quiet
        ),
        rate=r.Rate(messages=entry.rate.messages, per=entry.rate.per) if entry.rate else None,
        limit_chars=entry.limit_chars,
        options=options,
    )
