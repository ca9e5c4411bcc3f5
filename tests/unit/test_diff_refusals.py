"""A verb in the negative, by a word or an ending; what is only not so yet; what is called off by a negative verb."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sample_watch import BACKING, BUDGET, SALE, WATCH, article, with_claims

from pipeline.analyse import analyse
from pipeline.model.article import Article
from pipeline.model.finding import Finding
from pipeline.model.watch import Watch

WORDS = {
    **WATCH.words,
    "buy": {
        "en": ("buy", "buying"),
        "tr": ("al*",),
        "az": ("al*",),
        "de": ("kauft", "kaufen"),
        "fr": ("achet*",),
    },
}
BUYING = replace(SALE, cues={**SALE.cues, "verb": ("buy",)})
SHOP = replace(with_claims(BUYING, BACKING, version="refusals"), words=WORDS)


def of(claim: str, story: Article, watch: Watch = SHOP) -> Finding | None:
    """The finding of a claim in an article."""
    return next((f for f in analyse(story, watch).findings if f.claim == claim), None)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Ruritania is not buying the Falcon-9 in a deal with Graustark."),
        ("tr", "Ruritanya Falcon-9 almayacağını duyurdu, sözleşme kapandı."),
        ("az", "Ruritaniya Falcon-9 almır, müqavilə yoxdur."),
    ],
)
def test_what_a_party_does_not_do_is_off(lang: str, text: str) -> None:
    finding = of("falcon-sale", article(text, lang=lang))
    assert finding is not None
    assert finding.relation == "denies"


def test_what_is_not_so_yet_is_no_refusal() -> None:
    finding = of("falcon-sale", article("Ruritania is not buying the Falcon-9 yet; a contract may come later."))
    assert finding is not None
    assert finding.relation != "denies"


def test_a_negative_verb_that_calls_off_is_not_taken_back_by_its_own_ending() -> None:
    finding = of("falcon-sale", article("Ruritanya'nın Falcon-9 sözleşmesi yenilenmeyecek.", lang="tr"))
    assert finding is not None
    assert {c.slot: c.new for c in finding.changes} == {"stage": "cancelled"}


NEWS = datetime(2026, 3, 12, tzinfo=UTC)
BACKGROUND = "The old quarrel has filled many a book. Critics wrote and ministers answered, year after year. "


def test_a_denial_with_a_recent_day_is_the_news_however_late_it_comes() -> None:
    text = (
        f"{BACKGROUND}Graustark's soldiers fought in the island war, it was whispered. They were seen there.\n\n"
        "On Tuesday Graustark's general called the story of its soldiers in the island war a fabrication.\n\n"
        "Graustark's soldiers in the island war are a tale that is told again every winter."
    )
    finding = of("soldiers", replace(article(text), published=NEWS), WATCH)
    assert finding is not None
    assert finding.relation == "denies"


def test_each_item_of_a_list_of_denials_denies_for_itself() -> None:
    text = "There were no flags, no such soldiers of Graustark in the island war, its general said."
    finding = of("soldiers", article(text), WATCH)
    assert finding is not None
    assert finding.relation == "denies"


@pytest.mark.parametrize(
    "text",
    [
        "No one at the ministry will buy the Falcon-9 in a deal of Ruritania with Graustark.",
        "There is no Falcon-9 contract between Ruritania and Graustark, the ministry said.",
        "Ruritania will not be part of the Falcon-9 sale by Graustark, it said, there was no such deal.",
    ],
)
def test_a_negation_that_takes_a_noun_reaches_past_its_adjectives(text: str) -> None:
    finding = of("falcon-sale", article(text, lang="en"))
    assert finding is not None
    assert finding.relation == "denies"


def test_what_is_not_there_yet_is_not_denied() -> None:
    finding = of(
        "falcon-sale", article("There is no contract of Ruritania and Graustark on the Falcon-9 yet.", lang="en")
    )
    assert finding is not None
    assert finding.relation != "denies"


def test_what_there_will_be_none_of_is_off() -> None:
    watch = with_claims(replace(BUDGET, cues={**BUDGET.cues, "ends": ("budget",)}), version="none-of")
    finding = of("budget", article("There will be no military budget of Ruritania this year."), watch)
    assert finding is not None
    assert finding.relation == "denies"
