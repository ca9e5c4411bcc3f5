"""Who wants to hear what, and how: what `alerts.yaml` says, checked. Plain data; deciding is done in `alert/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

SEVERITIES = ("low", "normal", "high")  # weakest first
CERTAINTIES = ("denied", "alleged", "reported", "confirmed")  # weakest first
BREAKS = ("new-value", "denial", "second-publisher", "higher-stage")  # what may break a cool-down

# What a channel of a kind takes besides the fields of Channel: required keys, optional keys.
CHANNEL_OPTIONS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "stdout": (frozenset(), frozenset({"format"})),
    "file": (frozenset({"path"}), frozenset({"format"})),
    "atom": (frozenset({"path"}), frozenset({"title", "link", "keep"})),
    "json-feed": (frozenset({"path"}), frozenset({"title", "link", "keep"})),
    "mail": (
        frozenset({"host", "from", "to"}),
        frozenset({"port", "security", "user", "password", "timeout", "ca_file", "reply_to"}),
    ),
    "webhook": (frozenset({"address"}), frozenset({"secret", "timeout", "ca_file"})),
    "apprise": (frozenset({"address"}), frozenset({"format"})),
}


class Secret:
    """A value that is never shown: `repr` and `str` say `***`. Read it with `reveal()` where it is sent."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one place that sends it."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """A part of the local day in which a channel is left in peace; messages are held, then sent as one."""

    start: time
    end: time  # may be before start: over midnight
    zone: str = "UTC"  # IANA name
    days: tuple[int, ...] = ()  # 0 Monday .. 6 Sunday on which they begin; () means every day
    let_through: tuple[str, ...] = ()  # severities that are sent all the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most so many messages in so much time; the rest comes as one message afterwards."""

    messages: int
    per: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way out: to a person, a room or a program."""

    id: str
    kind: str  # stdout, file, atom, json-feed, mail, webhook or apprise
    address: str | Secret = ""  # Apprise address, webhook address, or path of a file; a path is absolute by now
    quiet: tuple[QuietHours, ...] = ()
    rate: Rate | None = None
    limit_chars: int | None = None  # longest text of one message, in code points; None: that of the kind
    options: Mapping[str, object] = field(default_factory=dict)  # by kind, see config/alerts.yaml; secrets are Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Conditions on a candidate; an empty one is met by everything, all that are given must be met."""

    relations: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()  # the claim's topic
    slots: tuple[str, ...] = ()  # at least one of the changed slots
    min_change: float | None = None  # ratio: 0.1 is a tenth; only for values that can be measured against a known one
    min_steps: int | None = None  # of a stage
    min_days: int | None = None  # of a date
    min_confidence: float | None = None  # 0..1
    min_certainty: str = ""  # one of CERTAINTIES
    max_tier: int | None = None  # the best publisher's tier is this or better (1 is best)
    countries: tuple[str, ...] = ()  # of a publisher, ISO 3166-1 alpha-2
    not_countries: tuple[str, ...] = ()  # not every publisher is from these
    languages: tuple[str, ...] = ()  # of an article, ISO 639-1
    sources: tuple[str, ...] = ()  # ids
    min_publishers: int | None = None  # independent ones
    min_severity: str = ""  # one of SEVERITIES
    one_sided: bool | None = None  # True: only one country's state media say so; False: not only they
    edited: bool | None = None  # a silent edit of an article


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolDown:
    """How long a channel hears no more of a claim or a story after a message about it, unless something breaks it."""

    claim: timedelta = timedelta(0)
    story: timedelta = timedelta(0)
    unless: tuple[str, ...] = BREAKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    id: str
    channels: tuple[str, ...]
    when: When = field(default_factory=When)
    severity: str = ""  # "" leaves the claim's own
    cool_down: CoolDown = field(default_factory=CoolDown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """What nobody wants to hear for a while; it outranks every rule."""

    id: str
    when: When
    until: datetime | None = None  # None: until taken out
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPlan:
    """One digest: when it is made and what fits into it."""

    id: str
    every: str = "day"  # day, weekday or week
    at: time = time(7)
    zone: str = "UTC"
    weekday: int = 0  # 0 Monday .. 6 Sunday, for every: week
    channels: tuple[str, ...] = ()
    title: str = ""
    floor: float = 2.0  # importance (see digest/importance) below which an item is only counted
    cap: int = 20  # items a section
    send_quiet: bool = True  # send it on a day without news as well


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRules:
    """The whole of `alerts.yaml`."""

    channels: tuple[Channel, ...] = ()
    rules: tuple[Rule, ...] = ()
    mutes: tuple[Mute, ...] = ()
    digests: tuple[DigestPlan, ...] = ()

    def channel(self, name: str) -> Channel | None:
        """The channel of that id, or None."""
        return next((c for c in self.channels if c.id == name), None)
