"""What is watched: concepts, topics, claims, as compiled from configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A thing with names in many languages."""

    id: str
    kind: str  # country, person, place, organisation, weapon, project, event, term
    label: str  # English name, as findings write a place or party
    names: Mapping[str, tuple[str, ...]]  # language -> names; "*" for every language
    exact: tuple[str, ...] = ()  # acronyms: case-sensitive
    country: str = ""  # concept id of the country it stands for or belongs to
    currency: str = ""  # ISO 4217, of a country
    within: tuple[str, ...] = ()  # concept ids that contain it (a place in a country)
    iso: str = ""  # ISO 3166-1 alpha-2, of a country


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A condition over concepts and words: see docs/configuration.md."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    at_least: tuple[int, tuple[str, ...]] | None = None
    within: str = "article"  # sentence, N sentences ("3"), paragraph, article


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    id: str
    title: str
    groups: tuple[Group, ...] = ()  # any one of them makes the topic, unless a none rule says no
    none: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    threshold: float | None = None
    cap: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One typed fact of a claim."""

    name: str
    type: str  # money count percent date duration stage certainty stance ordinal place party
    known: str | None = None  # canonical form; None: open
    of: tuple[str, ...] = ()  # what is counted or paid for: concept ids or words
    options: Mapping[str, object] = field(default_factory=dict)  # what only the reader of this type understands


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """An event that should be covered by a date."""

    by: date
    grace: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    id: str
    topic: str
    statement: str
    title: str = ""  # short name for messages; "" means the statement
    document: str = ""
    section: str = ""
    about: tuple[Group, ...] = ()
    slots: tuple[Slot, ...] = ()
    cues: Mapping[str, object] = field(default_factory=dict)  # what match and diff read: supports, denies, ...
    expect: Expectation | None = None
    severity: str = ""  # low, normal, high; "" means normal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Exchange rates to one currency, with their date and source, for comparison only."""

    base: str = "USD"
    on: date | None = None
    source: str = ""
    per_base: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Everything that `analyse` needs to know. Picklable; `version` is a hash of rules and known values."""

    concepts: tuple[Concept, ...]
    topics: tuple[Topic, ...]
    claims: tuple[Claim, ...]
    words: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)  # word lists: id -> language -> words
    rates: Rates = field(default_factory=Rates)
    known: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)  # ledger overlay: claim -> slot -> value
    rules_hash: str = ""  # of concepts, topics, claims, words, rates
    version: str = ""  # of rules_hash and known
