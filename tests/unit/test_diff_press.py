"""What the press calls it: refuted, halted, given up, handed over, and an aim that is dropped."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sample_watch import BUDGET, SALE, WATCH, article, with_claims

from pipeline.analyse import analyse
from pipeline.model.article import Article
from pipeline.model.finding import Finding
from pipeline.model.watch import Slot, Watch

AIM = replace(
    BUDGET,
    slots=(*BUDGET.slots, Slot(name="deadline", type="date", options={"with": "value", "after": "2020"})),
    cues={"own": ("ruritania",), "ends": ("budget",)},
)
AIMS = with_claims(AIM, version="aims")


def of(claim: str, story: Article, watch: Watch = WATCH) -> Finding | None:
    """The finding of a claim in an article read against the sample (or the aims)."""
    findings = analyse(story, watch).findings
    return next((f for f in findings if f.claim == claim), None)


def new(finding: Finding | None) -> dict[str, str]:
    """The changed slots."""
    return {c.slot: c.new for c in finding.changes} if finding else {}


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Talks on the sale of the Falcon-9 to Ruritania have ground to a halt."),
        ("en", "The sale of the Falcon-9 to Ruritania has been put on the back burner."),
        ("tr", "Ruritanya'ya Falcon-9 satışı durma noktasına geldi."),
        ("az", "Ruritaniyaya Falcon-9 satışı qeyri-müəyyən müddətə təxirə salınıb."),
        ("ru", "Продажа Falcon-9 для Руритании застопорилась."),
        ("ur", "روریتانیا کو فالکن 9 کی فروخت تعطل کا شکار ہے۔"),
    ],
)
def test_what_is_halted_is_suspended(lang: str, text: str) -> None:
    finding = of("falcon-sale", article(text, lang=lang))
    assert finding is not None
    assert (finding.relation, new(finding)) == ("denies", {"stage": "suspended"})


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Ruritania backs out of the contract for the Falcon-9."),
        ("en", "Ruritania decided against buying the Falcon-9."),
        ("tr", "Ruritanya Falcon-9 sözleşmesine son verdi."),
        ("az", "Ruritaniya Falcon-9 müqaviləsindən imtina etdi."),
        ("ru", "Руритания передумала: контракт на Falcon-9 разорван."),
    ],
)
def test_what_is_given_up_is_cancelled(lang: str, text: str) -> None:
    finding = of("falcon-sale", article(text, lang=lang))
    assert finding is not None
    assert (finding.relation, new(finding)) == ("denies", {"stage": "cancelled"})


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Ruritania has refuted reports that it is to buy Falcon-9 jets. It rained."),
        ("en", "Reports that Ruritania is to buy Falcon-9 jets are a figment, its ministry said. It rained."),
        ("tr", "Ruritanya, Falcon-9 satışı haberlerinin hayal ürünü olduğunu bildirdi."),
        ("az", "Ruritaniya Falcon-9 satışı barədə xəbərləri uydurma adlandırıb."),
        ("ru", "Руритания назвала сообщения о контракте на Falcon-9 не соответствующими действительности."),
    ],
)
def test_a_plan_refuted_in_the_lead_is_denied(lang: str, text: str) -> None:
    finding = of("falcon-sale", article(text, lang=lang))
    assert finding is not None
    assert (finding.relation, new(finding)) == ("denies", {})


def test_a_plan_refuted_far_below_is_not_denied() -> None:
    text = (
        "Ruritania plans to buy Falcon-9 jets.\n\nIt rained.\n\nThe fair was full.\n\nIts jets are old.\n\n"
        "Last year Ruritania denied that it would buy the Falcon-9 at a fair."
    )
    finding = of("falcon-sale", article(text, lang="en"))
    assert finding is not None
    assert finding.relation != "denies"


@pytest.mark.parametrize("word", ["abandoned", "scrapped", "shelved"])
def test_an_aim_that_is_dropped_is_denied_without_a_value(word: str) -> None:
    finding = of("budget", article(f"Ruritania has {word} its military budget of $4 billion.", lang="en"), AIMS)
    assert finding is not None
    assert (finding.relation, finding.changes) == ("denies", ())


def test_a_period_is_taken_from_where_the_value_is_said_again() -> None:
    story = article(
        "Ruritania will raise its military budget to $6 billion by 2031.",
        "Ruritania: military budget of $6 billion",
        "en",
    )
    assert new(of("budget", story, AIMS))["deadline"] == "2031"


def test_a_home_country_goes_without_saying_in_the_article() -> None:
    nearby = replace(SALE, about=(replace(SALE.about[0], all=("falcon-9", "sale"), article=("ruritania",)),))
    watch = with_claims(nearby, version="nearby")
    story = replace(article("The contract for the Falcon-9 was signed.", lang="en"), country="RU")
    assert [f.claim for f in analyse(story, watch).findings] == ["falcon-sale"]
    assert analyse(replace(story, country=""), watch).findings == ()


def test_a_price_in_the_next_sentence_is_the_sale_s() -> None:
    text = "The contract for Falcon-9 jets with Ruritania has yet to be signed. The price stands at $4.6 billion."
    assert new(of("falcon-sale", article(text, lang="en")))["value"] == "4.6e9 USD"


def test_a_verb_whose_object_is_none_says_nothing_was_signed() -> None:
    text = "Ruritania has bought no Falcon-9 jets and has signed nothing under a deal."
    assert "stage" not in new(of("falcon-sale", article(text, lang="en")))
