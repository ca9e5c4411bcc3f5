"""What makes an alert the same alert: one per claim, change and story."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model.alert import Candidate, StoryKey
from pipeline.model.finding import Change


def keys(claim: str, relation: str, changes: Sequence[Change]) -> tuple[StoryKey, ...]:
    """A key for each changed slot, or one without a slot; sorted."""
    named = {StoryKey(claim=claim, relation=relation, slot=c.slot, value=c.new) for c in changes}
    found = named or {StoryKey(claim=claim, relation=relation, slot="", value="")}
    return tuple(sorted(found, key=lambda key: (key.slot, key.value)))


def of(candidate: Candidate) -> tuple[StoryKey, ...]:
    """The keys of a candidate."""
    return keys(candidate.claim, candidate.relation, candidate.changes)
