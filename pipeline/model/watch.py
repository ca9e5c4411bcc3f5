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
    later: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # short names, good once it was named in full
    country: str = ""  # concept id of the country it stands for or belongs to
    currency: str = ""  # ISO 4217, of a country
    within: tuple[str, ...] = ()  # concept ids that contain it (a place in a country)
    iso: str = ""  # ISO 3166-1 alpha-2, of a country
    speaks: tuple[str, ...] = ()  # languages in which texts may leave the country unnamed, of a country


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A condition over concepts and word lists: see docs/configuration.md.

    A term is the id of a concept or of a word list; `a|b` is met by either. `all`, `any`, `none` and `at_least`
    are read within `within`; `near` within three sentences and the title; `article` and `absent` anywhere.
    """

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    at_least: tuple[int, tuple[str, ...]] | None = None
    within: str = (
        ""  # sentence, N sentences ("3"), paragraph, article; "" means sentence for claims, article for topics
    )
    near: tuple[str, ...] = ()
    article: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    dated: str = ""  # a sentence of the window gives a date after this one: 2021, 2021-10, 2021-10-05
    weak: bool = False  # about the subject, but does not state the claim: at most `mentions` unless a slot is filled
    to: str = ""  # in `denied_by`: the stance, certainty or stage that it says


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
    of: tuple[str, ...] = ()  # what is counted or paid for: terms, one of which stands by the value
    not_of: tuple[str, ...] = ()  # terms whose values are another thing's
    needs: tuple[str, ...] = ()  # terms (`a|b`) that stand in the same sentence as the value
    words: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # value -> terms that say it, besides the lexicon
    least: float | None = None  # a smaller number is something else
    most: float | None = None  # a larger number is something else
    reach: int = 2  # sentences after a passage in which its subject is still carried
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
    about: tuple[Group, ...] = ()  # any one of them
    denied_by: tuple[Group, ...] = ()  # passages that say the reverse
    rivals: tuple[str, ...] = ()  # terms that take the subject over: another buyer, another partner
    slots: tuple[Slot, ...] = ()
    cues: Mapping[str, object] = field(default_factory=dict)  # what match and diff read besides
    expect: Expectation | None = None
    severity: str = ""  # low, normal, high; "" means normal

    def cues_terms(self, name: str) -> tuple[str, ...]:
        """The terms of one of its cues, () where it has none."""
        terms = self.cues.get(name, ())
        return tuple(str(t) for t in terms) if isinstance(terms, (tuple, list)) else ()


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
    words: Mapping[str, Mapping[str, tuple[str, ...]]] = field(
        default_factory=dict
    )  # word lists: id -> language -> words
    rates: Rates = field(default_factory=Rates)
    known: Mapping[str, Mapping[str, str | None]] = field(
        default_factory=dict
    )  # ledger overlay: claim -> slot -> value
    rules_hash: str = ""  # of concepts, topics, claims, words, rates
    version: str = ""  # of rules_hash and known
