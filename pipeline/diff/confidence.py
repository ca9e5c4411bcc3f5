"""How likely a finding is right, as a number between 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from pipeline.diff.scope import TITLE, Scope
from pipeline.model.finding import Change
from pipeline.text.document import Candidate

# Logistic weights, fitted on the labelled tuning articles (right relation and slots = 1).
BIAS = 0.9
WEIGHTS = {
    "hits": 0.25,  # per further passage, up to three
    "title": 0.5,  # the title speaks of it
    "strong": 0.6,  # a passage states the claim, not only its subject
    "news": -0.6,  # news is harder to read than a repetition
    "changes": -0.15,  # per change listed
}


def confidence(candidate: Candidate, scope: Scope, relation: str, changes: Sequence[Change]) -> float:
    """The calibrated share of findings like this one that are right."""
    features = {
        "hits": float(min(3, len(candidate.hits) - 1)),
        "title": float(TITLE in scope.hit_lines),
        "strong": float(any(not h.weak for h in candidate.hits)),
        "news": float(relation in ("denies", "changes", "adds")),
        "changes": float(len(changes)),
    }
    total = BIAS + sum(WEIGHTS[name] * value for name, value in features.items())
    return round(1 / (1 + exp(-total)), 3)
