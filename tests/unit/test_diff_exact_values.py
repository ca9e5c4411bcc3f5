"""The exact figure before a rounded headline, hundreds left to the second end, seasons known to the year."""

from __future__ import annotations

import pytest

from pipeline.analyse import analyse
from pipeline.diff.numbers import Value, pick
from pipeline.model.article import Article
from pipeline.model.watch import Claim, Concept, Group, Slot, Topic, Watch
from pipeline.text import quantities


def _value(value: str, line: int, score: float) -> Value:
    return Value("value", value, line, 0, 1, score, "")


def test_a_bounded_headline_gives_way_to_the_exact_sum() -> None:
    taken = pick([_value(">=5e9 USD", 0, 1.0), _value("5.12e9 USD", 3, 0.8)], several=True)
    assert [v.value for v in taken] == ["5.12e9 USD"]


def test_a_headline_with_another_sum_stays() -> None:
    taken = pick([_value("9e9 USD", 0, 1.0), _value("5.12e9 USD", 3, 0.8)], several=False)
    assert [v.value for v in taken] == ["9e9 USD"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("three to four hundred drones", "300..400"), ("twelve to three hundred drones", "12..300")],
)
def test_spelled_hundreds_are_shared_by_both_ends(text: str, said: str) -> None:
    read = quantities.read(text, "en", country_currency=None)
    assert [q.canonical() for q in read] == [said]


def test_a_sum_inside_a_phrase_with_a_gap_is_read() -> None:
    budget = Claim(
        id="budget",
        topic="budgets",
        statement="Freedonia spends about 4 billion dollars on its navy.",
        about=(Group(all=("freedonia", "naval-budget")),),
        slots=(Slot(name="value", type="money", known="4e9 USD", of=("naval-budget",)),),
    )
    watch = Watch(
        concepts=(Concept(id="freedonia", kind="country", label="Freedonia", names={"en": ("Freedonia",)}),),
        words={"naval-budget": {"en": ("spends .. on its navy",)}},
        topics=(Topic(id="budgets", title="Budgets"),),
        claims=(budget,),
    )
    article = Article(id="a", text="Freedonia spends $5.2 billion on its navy.", lang="en")
    (finding,) = analyse(article, watch).findings
    assert [c.new for c in finding.changes] == ["5.2e9 USD"]
