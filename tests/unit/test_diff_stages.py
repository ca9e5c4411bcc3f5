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
