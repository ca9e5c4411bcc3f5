"""What travels between processes arrives as it was, and nobody can change it there either."""

from __future__ import annotations

import copy
from dataclasses import FrozenInstanceError

import pytest

from pipeline.model.finding import Analysis, Change, Finding, NearMiss, Span, Step, TopicHit
from pipeline.model.outcome import Done, Failed, Reason, Skipped
from pipeline.service.guarded import bundle, unbundle

SPAN = Span(field="text", start=3, end=9, text="bridge")
STEP = Step(rule="near", detail="a word", weight=0.5, span=SPAN)
CHANGE = Change(slot="cost", type="money", old=None, new="2e8 USD", evidence=SPAN)
ANALYSIS = Analysis(
    article="1",
    lang="en",
    watch_version="v1",
    topics=(TopicHit(topic="bridges", spans=(SPAN, SPAN), steps=(STEP,)),),
    findings=(Finding(claim="cost", relation="changes", changes=(CHANGE,), evidence=(SPAN,), redline=(("=", "a"),)),),
    near_misses=(NearMiss(claim="length", score=0.2, failed="about"),),
    notes=("short",),
)
OUTCOMES = [Done(ANALYSIS), Done(None), Skipped(Reason.NO_TOPIC), Failed(Reason.ANALYSIS_TIME, "30 s", retry=False)]


def test_it_arrives_as_it_was() -> None:
    assert unbundle(bundle(OUTCOMES)) == OUTCOMES
    assert copy.deepcopy(OUTCOMES) == OUTCOMES


def test_bundles_one_after_another_are_a_bundle() -> None:
    assert unbundle(b"".join(bundle([outcome]) for outcome in OUTCOMES)) == OUTCOMES
    assert unbundle(b"") == []


def test_what_arrived_cannot_be_changed() -> None:
    (arrived,) = unbundle(bundle([SPAN]))
    with pytest.raises(FrozenInstanceError):
        arrived.start = 0
