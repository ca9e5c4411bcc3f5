"""How likely a finding is right, as a number between 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from pipeline.model.finding import NEWS, Change
from pipeline.text.document import Candidate

# Logistic weights, fitted on the labelled tuning articles (right claim and relation = 1); the bias is lower than the
# fit, by how much more often findings are right on articles that rules were written with than on those kept aside: it
# is the one number that the totals of both sets kept aside decide (calibration error 0.04 and 0.07).
BIAS = -0.68
WEIGHTS = {
    "hits": 0.33,  # per further passage, up to three
    "strong": 1.0,  # a passage states the claim, not only its subject
    "tight": 0.7,  # one sentence is enough
    "news": -0.5,  # news is harder to read than a repetition
    "mentions": -0.8,  # so is the difference between speaking of a claim and stating it
    "changes": 0.4,  # per value read, up to two
}


def confidence(candidate: Candidate, relation: str, changes: Sequence[Change]) -> float:
    """The calibrated share of findings like this one that are right."""
    features = {
        "hits": float(min(3, len(candidate.hits) - 1)),
        "strong": float(any(not h.weak for h in candidate.hits)),
        "tight": float(any(len(h.lines) == 1 for h in candidate.hits)),
        "news": float(relation in NEWS),
        "mentions": float(relation == "mentions"),
        "changes": float(min(2, len(changes))),
    }
    total = BIAS + sum(WEIGHTS[name] * value for name, value in features.items())
    return round(1 / (1 + exp(-total)), 3)
