"""What an article says of what is known."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.model.travel import travels

RELATIONS = ("denies", "changes", "adds", "repeats", "mentions")  # strongest first
NEWS = frozenset({"denies", "changes", "adds"})
DOUBT = "second-reader-doubts"  # the rule of a step whose weight is what a second reader took from the confidence


@travels
@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A place in an article: `text == field_text[start:end]` in Unicode code points."""

    field: str  # title or text
    start: int
    end: int
    text: str


@travels
@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the reasoning, for `--explain`."""

    rule: str  # a short stable name
    detail: str = ""
    weight: float = 0.0  # what it added to or took from the score
    span: Span | None = None


@travels
@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One slot, from what is known to what the article says; values in canonical form."""

    slot: str
    type: str
    old: str | None
    new: str
    evidence: Span


@travels
@dataclass(frozen=True, slots=True, kw_only=True)
class TopicHit:
    topic: str
    score: float = 1.0
    spans: tuple[Span, ...] = ()
    steps: tuple[Step, ...] = ()


@travels
@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An article and a claim: the relation, its changes and why."""

    claim: str
    relation: str  # one of RELATIONS
    changes: tuple[Change, ...] = ()
    values: tuple[Change, ...] = ()  # every value read for a slot, the unchanged ones too (old == new within tolerance)
    evidence: tuple[Span, ...] = ()  # whole sentences, the leading one first
    confidence: float = 0.5  # calibrated, 0..1
    certainty: str = "reported"  # alleged, reported, confirmed, denied
    attribution: str = ""  # who says so, as written; "" for the outlet's own voice
    edited: bool = False  # the value stood otherwise in the version before, and was edited without notice
    before: str = ""  # of an edited one: the sentence of the version before that said otherwise
    steps: tuple[Step, ...] = ()
    redline: tuple[tuple[str, str], ...] = ()  # (op, text): "=", "-", "+": statement against evidence

    @property
    def own_confidence(self) -> float:
        """The confidence before a second reader doubted it. Alert rules ask for this one: no doubt mutes an alert."""
        return self.confidence - sum(step.weight for step in self.steps if step.rule == DOUBT)


@travels
@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    claim: str
    score: float
    failed: str  # the step that failed
    evidence: Span | None = None


@travels
@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The answer of the core about one article."""

    article: str
    lang: str
    watch_version: str
    topics: tuple[TopicHit, ...] = ()
    findings: tuple[Finding, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    notes: tuple[str, ...] = field(default=())
