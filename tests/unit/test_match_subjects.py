"""What a passage is about: windows, carried subjects, lent parties, near misses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sample_watch import SALE, WATCH, article, with_claims

from pipeline.match import claims, topics
from pipeline.match.groups import compile_group, meet
from pipeline.match.index import compile_watch
from pipeline.match.reading import read
from pipeline.model.watch import Group, Topic

INDEX = compile_watch(WATCH)


def found(text: str, title: str = "") -> dict[str, float]:
    """Candidates by claim with their score."""
    doc = read(article(text, title, "en"), INDEX)
    return {c.claim: c.score for c in claims.candidates(doc, INDEX)}


def test_all_terms_within_the_window() -> None:
    assert found("Graustark sold Falcon-9 aircraft to Ruritania.")["falcon-sale"] == 1.0


def test_terms_too_far_apart_are_a_near_miss_that_says_what_failed() -> None:
    text = "Graustark makes the Falcon-9.\n\nIt rained.\n\nNothing was said.\n\nIt is late.\n\nRuritania sold wheat."
    doc = read(article(text, lang="en"), INDEX)
    [miss] = [c for c in claims.candidates(doc, INDEX) if c.claim == "falcon-sale"]
    assert miss.score < 1
    assert "not together" in miss.failed
    assert miss.near_line is not None


def test_a_short_name_means_what_was_named_before() -> None:
    doc = read(article("The Falcon-9 was shown.\n\nThe jets will be sold.", lang="en"), INDEX)
    assert "falcon-9" in doc.lines[2].terms


def test_a_short_name_means_nothing_before_the_full_one() -> None:
    doc = read(article("The jets will be sold.", lang="en"), INDEX)
    assert "falcon-9" not in doc.where


def test_both_countries_are_the_two_named_last() -> None:
    doc = read(article("Ruritania and Graustark signed. Both countries are glad.", lang="en"), INDEX)
    assert doc.lines[2].carried == {"ruritania", "graustark"}


def test_a_party_may_be_lent_by_the_sentence_before() -> None:
    assert found("Ruritania is arming. Falcon-9 fighters were ordered last week.")["falcon-sale"] == 1.0


def test_a_strict_sentence_borrows_nothing() -> None:
    strict = replace(SALE, about=(Group(all=("falcon-9", "ruritania", "sale"), within="sentence"),))
    index = compile_watch(with_claims(strict, version="strict"))
    doc = read(article("Ruritania is arming. Falcon-9 fighters were ordered last week.", lang="en"), index)
    assert [c.score for c in claims.candidates(doc, index)] != [1.0]


def test_none_speaks_against_a_window() -> None:
    rule = compile_group(Group(all=("falcon-9",), none=("syldavia",)), "1")
    doc = read(article("The Falcon-9 flies. The Falcon-9 went to Syldavia.", lang="en"), INDEX)
    met, _ = meet(rule, doc)
    assert [m.line for m in met] == [1]


def test_absent_speaks_against_the_article() -> None:
    rule = compile_group(Group(all=("falcon-9",), absent=("syldavia",)), "1")
    doc = read(article("The Falcon-9 flies.\n\nSyldavia watched.", lang="en"), INDEX)
    assert meet(rule, doc) == ([], None)


def test_at_least_counts_different_terms() -> None:
    rule = compile_group(Group(at_least=(2, ("ruritania", "graustark", "syldavia")), within="sentence"), "1")
    assert not meet(rule, read(article("Ruritania met Ruritania.", lang="en"), INDEX))[0]
    assert meet(rule, read(article("Ruritania met Graustark.", lang="en"), INDEX))[0]


def test_the_paragraph_and_the_article_are_windows() -> None:
    text = "The Falcon-9 flies. It rained. Ruritania looked on.\n\nThe deal was sold."
    doc = read(article(text, lang="en"), INDEX)
    assert meet(compile_group(Group(all=("falcon-9", "ruritania"), within="paragraph"), "1"), doc)[0]
    assert not meet(compile_group(Group(all=("falcon-9", "deal"), within="paragraph"), "1"), doc)[0]
    assert meet(compile_group(Group(all=("falcon-9", "deal"), within="article"), "1"), doc)[0]


def test_topics_by_group_and_by_weight() -> None:
    weighed = Topic(id="weighed", title="", weights={"falcon-9": 0.6, "syldavia": 0.6, "island": -1.0}, threshold=1.0)
    index = compile_watch(replace(WATCH, topics=(*WATCH.topics, weighed), version="weighed"))

    def ids(text: str) -> list[str]:
        return [hit.topic for hit in topics.find(read(article(text, lang="en"), index), index)]

    assert ids("The Falcon-9 was sold.") == ["arms"]
    assert ids("Syldavia looked at the Falcon-9.") == ["weighed"]
    assert ids("On the island Syldavia looked at the Falcon-9.") == []


def test_a_topic_says_where_it_was_met() -> None:
    [hit] = topics.find(read(article("It rained. The Falcon-9 was sold.", lang="en"), INDEX), INDEX)
    assert hit.spans[0].text == "The Falcon-9 was sold."
    assert hit.steps[0].rule == "group"


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("The Falcon-9 flies again in October 2026.", True),
        ("The Falcon-9 flies again next month.", True),
        ("The Falcon-9 flew in May 2021.", False),
        ("The Falcon-9 flew in 2021.", False),
        ("The Falcon-9 flew long ago, a minister said on Monday.", False),  # the day on which it was said
        ("The Falcon-9 flew long ago.", False),
    ],
)
def test_a_group_may_ask_for_a_date_after_another(text: str, met: bool) -> None:
    told = replace(article(text, lang="en"), published=datetime(2026, 3, 4, 12, tzinfo=UTC))
    rule = compile_group(Group(all=("falcon-9",), within="sentence", dated="2021"), "sentence")
    found, miss = meet(rule, read(told, INDEX))
    assert bool(found) is met
    assert met or (miss is not None and miss.failed == "no date after 2021")
