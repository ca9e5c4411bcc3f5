"""What makes an alert the same alert: one per claim, change and story."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

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


def fresh(found: Sequence[StoryKey], known: Collection[StoryKey]) -> tuple[StoryKey, ...]:
    """The keys that no alert of the story holds yet; none of them means: add a publisher to the alert there is.

    A key without slot is not fresh beside any key of the same claim and relation.
    """
    told = {(key.claim, key.relation) for key in known}
    return tuple(
        key for key in found if key not in known and not (key.slot == "" and (key.claim, key.relation) in told)
    )


def identity(story: str, found: Sequence[StoryKey]) -> str:
    """A stable id for the alert of a story and its keys: 20 hexadecimal digits. Order of the keys does not matter."""
    parts = sorted("\x1f".join((key.claim, key.relation, key.slot, key.value)) for key in found)
    return hashlib.sha256("\x1e".join([story, *parts]).encode()).hexdigest()[:20]
