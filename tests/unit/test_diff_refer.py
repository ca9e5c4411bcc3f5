"""What refers back to a claim without naming it: a false report, a plan that is off, an answer, "that changed"."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sample_watch import BACKING, SALE, WATCH, article, with_claims

from pipeline.analyse import analyse
from pipeline.match.index import compile_watch
from pipeline.match.reading import read
from pipeline.model.finding import Finding
from pipeline.model.watch import Group, Slot, Watch

NEWS = datetime(2026, 3, 10, tzinfo=UTC)
SOLD = "Graustark has sold Falcon-9 jets to Ruritania."
SUMMIT = replace(
    SALE,
    id="visit",
    statement="Ruritania and Graustark meet again.",
    slots=(Slot(name="date", type="date"), Slot(name="place", type="place")),
)


def found(claim: str, text: str, lang: str = "en", watch: Watch = WATCH) -> Finding:
    """The finding of a claim in an article of 10 March 2026."""
    story = replace(article(text, lang=lang), published=NEWS)
    return next(f for f in analyse(story, watch).findings if f.claim == claim)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", f"A website wrote that {SOLD}\n\nThe ministry said on Monday that the report was false."),
        ("en", f"A website wrote that {SOLD} It gave no source.\n\nThat story was denied on Monday."),
        ("en", f'A website wrote that {SOLD}\n\nSpokesman: "That too is fiction."'),
        ("ru", "Сайт написал: Грауштарк продал Руритании Falcon-9.\n\nВ понедельник это сообщение назвали ложью."),
        ("tr", "Bir site Graustark'ın Ruritanya'ya Falcon-9 sattığını yazdı.\n\nBakanlık pazartesi haberi yalanladı."),
    ],
)
def test_a_report_is_denied_in_the_next_paragraph(lang: str, text: str) -> None:
    assert found("falcon-sale", text, lang).relation == "denies"


@pytest.mark.parametrize(
    "text",
    [
        f"{SOLD}\n\nThe scheme was dropped on Monday.",
        f"{SOLD}\n\nOfficials praised it at length.\n\nThe weather was fine.\n\nThe scheme was dropped on Monday.",
        f"{SOLD}\n\nIt has been called off.",
    ],
)
def test_a_scheme_is_called_off_where_it_is_not_named(text: str) -> None:
    finding = found("falcon-sale", text)
    assert finding.relation == "denies"
    assert [(c.slot, c.new) for c in finding.changes] == [("stage", "cancelled")]


@pytest.mark.parametrize(
    "text",
    [
        f"{SOLD}\n\nThe report of the auditors was rejected on Monday.",  # another, by its complement
        f"{SOLD}\n\nThe plan of a bridge was dropped on Monday.",
        f"{SOLD}\n\nA plan to move the market was dropped on Monday.",
        f"{SOLD}\n\nIt turned down an offer in spring.",  # a party, and no scheme
        f"{SOLD}\n\nIn Syldavia the plan was dropped on Monday.",  # a stranger's
        f"{SOLD}\n\nThe exercise ended a month in which shows were cancelled.",
    ],
)
def test_what_is_another_thing_is_not_meant(text: str) -> None:
    assert found("falcon-sale", text).relation != "denies"


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Ruritania denied on Monday reports that the Falcon-9 deal with Graustark had been cancelled."),
        ("ru", "Руритания опровергла сообщения об отмене контракта с Грауштарком на Falcon-9."),
        ("tr", "Ruritanya, Graustark ile Falcon-9 sözleşmesinin iptal edildiği iddialarını yalanladı."),
        ("az", "Ruritaniya Qraustark ilə Falcon-9 müqaviləsinin ləğv edildiyi xəbərlərini təkzib edib."),
    ],
)
def test_to_deny_a_cancellation_is_to_deny_nothing_else(lang: str, text: str) -> None:
    assert found("falcon-sale", text, lang).relation != "denies"


def test_a_question_is_answered_no() -> None:
    asked = "Did Graustark's soldiers fight in the island war?"
    assert found("soldiers", f'{asked}\n\n"Never," the general says.').relation == "denies"
    assert found("soldiers", f"{asked}\n\nA few dozen did.").relation != "denies"
    assert found("soldiers", f"{asked}\n\nNo one in the capital will say.").relation != "denies"


def test_that_changed() -> None:
    held = "For years Ruritania supported Graustark on the island."
    assert found("backing", f"{held} That changed on Sunday.").relation == "denies"
    assert found("backing", f"{held} That changed little in the bazaars.").relation == "repeats"


def test_a_negation_in_another_clause_does_not_undo_a_reversal() -> None:
    turned = replace(BACKING, denied_by=(Group(all=("ruritania", "island", "sale"), within="sentence", to="opposes"),))
    watch = with_claims(turned, version="clauses")
    text = "Ruritania, which did not speak, sold the island. It once supported Graustark on the island."
    assert found("backing", text, watch=watch).relation == "denies"


def test_what_was_called_off_in_another_year_is_background() -> None:
    text = "Ruritania, which cancelled an order in 2022, has bought 40 Falcon-9 jets in a deal with Graustark."
    finding = found("falcon-sale", text)
    assert {c.slot: c.new for c in finding.changes} == {"stage": "signed", "quantity": "40"}
    later = "Ruritania, which bought the Falcon-9 from Graustark in 2022, has cancelled the deal."
    assert found("falcon-sale", later).relation == "denies"


@pytest.mark.parametrize("dateline", ["STRELSAU, March 9 - ", "Strelsau, March 9 (Agency) — ", "STRELSAU, 9 March: "])
def test_a_dateline_dates_and_places_no_event(dateline: str) -> None:
    watch = with_claims(SUMMIT, version="dateline")
    text = f"{dateline}Ruritania will receive the Falcon-9 of its order from Graustark in Strelsau on May 5."
    finding = found("visit", text, watch=watch)
    assert {c.slot: c.new for c in finding.changes}["date"] == "2026-05-05"


def test_the_day_on_which_something_is_said_dates_no_event() -> None:
    watch = with_claims(SUMMIT, version="dateline")
    text = "Graustark will hand over Ruritania's order of the Falcon-9 in May, the ministry said on Monday."
    assert {c.slot: c.new for c in found("visit", text, watch=watch).changes} == {"date": "2026-05"}


def test_a_word_behind_a_hyphen_is_part_of_another() -> None:
    index = compile_watch(WATCH)
    assert "jets" not in read(article("A think-jet is no thing, says the author."), index).where
    assert "jets" in read(article("Two jets are no fleet, says the author."), index).where


def test_a_final_consonant_softens() -> None:
    soft = replace(WATCH, words={**WATCH.words, "citizen": {"tr": ("vatandaşlık*", "ortaklık")}}, version="soft")
    index = compile_watch(soft)
    for text in ("Ülkenin vatandaşlığı bugün verildi.", "İki ülkenin ortaklığını herkes biliyor."):
        assert "citizen" in read(article(text, lang="tr"), index).where
