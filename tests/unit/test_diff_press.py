"""What the press calls it: refuted, halted, given up, handed over, and an aim that is dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sample_watch import BUDGET, SALE, WATCH, article, with_claims

from pipeline.analyse import analyse
from pipeline.model.article import Article
from pipeline.model.finding import Finding
from pipeline.model.watch import Claim, Group, Slot, Watch

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


def quantities(text: str) -> list[str]:
    finding = of("falcon-sale", article(text, lang="en"))
    assert finding is not None
    return [c.new for c in finding.changes if c.slot == "quantity"]


def test_a_number_goes_on_counting_what_the_sentence_before_counts() -> None:
    text = "Graustark signed a contract to sell 40 Falcon-9 jets to Ruritania. Twelve have been handed over."
    assert quantities(text) == ["40", "12"]


def test_what_is_left_is_neither_ordered_nor_delivered() -> None:
    text = "Ruritania bought 40 Falcon-9 jets. The remaining 28 will follow."
    assert quantities(text) == ["40"]


def test_a_sum_said_again_in_another_currency_is_the_same_sum() -> None:
    text = "Ruritania's military budget will be 6 billion euros. At the current rate that is 7.1 billion dollars."
    assert new(of("budget", article(text, lang="en"))) == {"value": "7.1e9 USD"}


def test_a_number_far_from_a_date_takes_the_period_named_before() -> None:
    period = Slot(name="date", type="date", known="2024", options={"with": "value", "coarse": True})
    watch = with_claims(replace(BUDGET, slots=(*BUDGET.slots, period)), version="period")
    text = "The office has added up 2030. Nobody was pleased. It rained. Ruritania's military budget was $6 billion."
    assert new(of("budget", article(text, lang="en"), watch)) == {"value": "6e9 USD", "date": "2030"}


def test_what_comes_on_top_is_not_the_number() -> None:
    text = (
        "Graustark has handed over another 4 Falcon-9 jets to Ruritania, "
        "which brings to 16 the number of jets flown out on a contract for 40."
    )
    assert quantities(text) == ["16"]


def test_the_number_in_a_name_counts_nothing() -> None:
    text = "گراسٹارک روریتانیا کو فالکن 9 طیارے فروخت کرے گا۔"
    finding = of("falcon-sale", article(text, lang="ur"))
    assert finding is not None
    assert "quantity" not in new(finding)


def test_the_claim_s_own_party_is_not_what_is_counted() -> None:
    text = "Graustark will sell Falcon-9 jets to Ruritania under a deal. Three Ruritanian companies applied."
    assert quantities(text) == []


MEETING = Claim(
    id="meeting",
    topic="arms",
    statement="Ruritania and Graustark meet again; when and where is open.",
    about=(Group(all=("ruritania", "graustark", "island"), within="1"),),
    slots=(Slot(name="date", type="date"), Slot(name="place", type="place")),
)


def test_of_two_meetings_the_later_one_is_the_news() -> None:
    text = (
        "STRELSAU, June 12 - Ruritania and Graustark will talk about the island on 12 June 2026.\n\n"
        "Ruritania and Graustark spoke of the island on 3 May 2024 in Strelsau."
    )
    watch = with_claims(MEETING, version="meeting")
    finding = of("meeting", article(text, lang="en"), watch)
    assert finding is not None
    assert new(finding)["date"] > "2024-05"
    (place,) = (c for c in finding.changes if c.slot == "place")
    assert place.evidence.text == "STRELSAU"


def test_an_event_of_some_days_keeps_them() -> None:
    text = "Ruritania and Graustark will speak of the island from 24 to 30 November 2026."
    watch = with_claims(MEETING, version="meeting")
    assert new(of("meeting", article(text, lang="en"), watch))["date"] == "2026-11-24/2026-11-30"


@pytest.mark.parametrize("verb", ["has been cut to", "now stands at", "was raised to"])
def test_what_a_known_sum_has_become_is_the_news(verb: str) -> None:
    text = (
        "Ruritania's military budget was put at $4 billion when the year began. "
        f"Ruritania's military budget {verb} $2.5 billion."
    )
    assert new(of("budget", article(text, lang="en"))) == {"value": "2.5e9 USD"}


def test_a_paragraph_of_its_own_goes_on_about_the_contract() -> None:
    text = (
        "Graustark and Ruritania spoke of the sale of the Falcon-9.\n\nOfficials were silent.\n\n"
        "Graustark has agreed to sell the Falcon-9 to Ruritania.\n\n"
        "The contract was long in the making.\n\nThe contract is put at $4.6 billion."
    )
    assert new(of("falcon-sale", article(text, lang="en")))["value"] == "4.6e9 USD"


def test_an_open_event_that_is_dated_ahead_is_planned() -> None:
    event = replace(MEETING, slots=(Slot(name="stage", type="stage"), *MEETING.slots))
    watch = with_claims(event, version="event")
    story = article("Ruritania and Graustark meet about the island on 12 June 2026; badges have arrived.", lang="en")
    story = replace(story, published=datetime(2026, 5, 1, tzinfo=UTC))
    assert new(of("meeting", story, watch))["stage"] == "planned"
