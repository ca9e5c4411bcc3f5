"""Tense, mood and negation: what stage a sentence says the sale has reached."""

from __future__ import annotations

import pytest
from sample_watch import WATCH, article

from pipeline.analyse import analyse


def stage(text: str, title: str = "", lang: str = "en") -> str | None:
    """The stage read for the sale, None where none is."""
    for finding in analyse(article(text, title, lang), WATCH).findings:
        if finding.claim == "falcon-sale":
            return next((c.new for c in (*finding.changes, *finding.values) if c.slot == "stage"), None)
    return None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Graustark signed a contract to sell Falcon-9 jets to Ruritania.", "signed"),
        ("Graustark will sign a deal for Falcon-9 jets with Ruritania.", "planned"),
        ("Graustark is about to sign the deal for Falcon-9 jets with Ruritania.", "planned"),
        ("Graustark could sell the Falcon-9 to Ruritania, which wants to sign a deal.", "proposed"),
        ("Graustark and Ruritania discussed the sale of the Falcon-9.", "discussed"),
        ("Graustark has agreed with Ruritania on the sale of the Falcon-9.", "agreed"),
        ("Graustark has delivered the Falcon-9 to Ruritania under a deal.", "delivered"),
        ("Deliveries have begun: Ruritania received the first Falcon-9 under the deal.", "under-way"),
        ("Graustark has suspended the sale of the Falcon-9 to Ruritania.", "suspended"),
        ("Graustark called off the sale of the Falcon-9 to Ruritania.", "cancelled"),
        ("Graustark offered to sell the Falcon-9 to Ruritania.", "proposed"),
        ("Graustark is likely to sell the Falcon-9 to Ruritania.", "planned"),
    ],
)
def test_english(text: str, expected: str) -> None:
    assert stage(text) == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("Graustark, Ruritanya'ya Falcon-9 satışı için sözleşme imzaladı.", "tr", "signed"),
        ("Graustark ile Ruritanya Falcon-9 satışını görüştü.", "tr", "discussed"),
        ("Ruritanya'ya Falcon-9 satışı için anlaşmanın imzalanması bekleniyor.", "tr", "planned"),
        ("Ruritanya'ya Falcon-9 satışı iptal edildi.", "tr", "cancelled"),
        ("Грауштарк подписал с Руританией контракт на продажу Falcon-9.", "ru", "signed"),
        ("Грауштарк и Руритания обсуждают продажу Falcon-9.", "ru", "discussed"),
        ("Поставка Falcon-9 в Руританию приостановлена.", "ru", "suspended"),
        ("Qraustark Ruritaniyaya Falcon-9 satışı üçün müqavilə imzalayıb.", "az", "signed"),
    ],
)
def test_other_languages(text: str, lang: str, expected: str) -> None:
    assert stage(text, lang=lang) == expected


def test_what_is_negated_is_not_said() -> None:
    assert stage("Graustark has not signed a deal on the Falcon-9 with Ruritania.") not in ("signed", "agreed")


def test_talks_that_go_on_are_talks() -> None:
    assert stage("Talks continue on the sale of the Falcon-9 to Ruritania.") == "discussed"


def test_a_rival_takes_the_stage_with_it() -> None:
    text = "Graustark offered to sell the Falcon-9 to Ruritania.\n\nSyldavia signed a contract for 12 of the jets."
    assert stage(text) == "proposed"


@pytest.mark.parametrize(
    "text",
    [
        "The sale of the Falcon-9 jets to Ruritania is a sign of Graustark's weight.",
        "Graustark and Ruritania agreed to disagree on the sale of the Falcon-9.",
        "Observers concluded that the sale of the Falcon-9 from Graustark to Ruritania matters.",
    ],
)
def test_an_idiom_that_holds_a_cue_is_no_stage(text: str) -> None:
    assert stage(text) in (None, "planned")  # what was known stays


def test_of_several_stages_that_of_the_subject_s_own_clause_counts() -> None:
    text = "Graustark and Ruritania agreed on the sale of the Falcon-9, and signed papers on energy."
    assert stage(text) == "agreed"
    text = "The sale of the Falcon-9 to Ruritania was expected in May, and it was signed on the eighth."
    assert stage(text) == "signed"


def test_a_title_cuts_short_what_the_text_says_in_full() -> None:
    text = "Graustark and Ruritania signed the deal for the Falcon-9."
    assert stage(text, title="A new era has begun for the Falcon-9 sale to Ruritania") == "signed"


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("The handover of the Falcon-9 on sale to Ruritania is expected before May.", "en", "planned"),
        ("Передача Falcon-9 в Руританию по контракту запланирована на май.", "ru", "planned"),
        ("The sale of the Falcon-9 to Ruritania is a memorandum in draft.", "en", "planned"),
    ],
)
def test_what_is_only_expected_is_planned(text: str, lang: str, expected: str) -> None:
    assert stage(text, lang=lang) == expected


def test_a_sentence_before_the_passage_says_nothing_of_it() -> None:
    text = "The president received his guest. A deal for the Falcon-9 with Ruritania was signed."
    assert stage(text) == "signed"


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Graustark, Ruritanya'ya Falcon-9 satışı için sözleşmesini imzalayacağını duyurdu.", "tr"),
        ("Falcon-9 satışında uçaklar Ruritanya'ya teslim edilecek.", "tr"),
        ("Qraustark Falcon-9 satışında təyyarələri Ruritaniyaya təhvil verəcəyini bildirib.", "az"),
    ],
)
def test_a_verb_in_the_future_is_a_plan(text: str, lang: str) -> None:
    assert stage(text, lang=lang) == "planned"


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("The signing was held: Graustark's deal with Ruritania on the Falcon-9.", "en", "signed"),
        ("On the sale of the Falcon-9 to Ruritania talks were held.", "en", "discussed"),
    ],
)
def test_what_took_place_may_be_a_signing_or_talks(text: str, lang: str, expected: str) -> None:
    assert stage(text, lang=lang) == expected


def test_the_lead_says_whether_it_is_put_off_or_given_up() -> None:
    lead, later = "The sale of the Falcon-9 to Ruritania is suspended.", "A fair for the Falcon-9 was cancelled too."
    text = "\n\n".join((lead, "It rained.", "It rained again.", later))
    assert stage(text) == "suspended"


def test_a_number_may_stand_for_the_subject_of_its_clause() -> None:
    text = "Ruritania ordered forty Falcon-9 jets on sale; the first five were handed over."
    assert stage(text) == "under-way"
