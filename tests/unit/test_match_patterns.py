"""Names and words: endings, hyphens, acronyms, gaps, and where a word begins and ends."""

from __future__ import annotations

import pytest
from sample_watch import WATCH, article

from pipeline.match.index import compile_watch
from pipeline.match.patterns import fold_name, is_word_sign, literals
from pipeline.match.reading import read
from pipeline.text.cues import LANGUAGES, Endings, lexicon

INDEX = compile_watch(WATCH)


def terms(text: str, lang: str = "en", title: str = "") -> set[str]:
    """Every term that a text is found to have."""
    return set(read(article(text, title, lang), INDEX).where)


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Ruritania's minister spoke.", "en"),
        ("The Ruritanian side agreed to it.", "en"),
        ("RURITANIA will decide next week.", "en"),
        ("Ruritanya'nın başkenti bugün sakin değildi.", "tr"),
        ("Ruritanyalılar bugün sandık başına gidiyor.", "tr"),
        ("Ruritaniyanın paytaxtında görüş keçirilib.", "az"),
        ("В Руритании прошли выборы.", "ru"),
        ("Руританского министра ждут завтра.", "ru"),
        ("روریتانیا کے وزیر نے کہا ہے۔", "ur"),
        ("قال الوزير إن وفدا وصل إلى روريتانيا أمس.", "ar"),
        ("وصل الوفد وروريتانيا ترحب به.", "ar"),
        ("The ministers met in Strelsau.", "en"),
    ],
)
def test_a_name_is_found_with_what_its_language_adds(text: str, lang: str) -> None:
    assert "ruritania" in terms(text, lang)


@pytest.mark.parametrize("text", ["Euroruritania is a firm.", "A Ruritaniaesque farce.", "nothing of the kind"])
def test_a_name_within_another_word_is_none(text: str) -> None:
    assert "ruritania" not in terms(text)


@pytest.mark.parametrize("written", ["Falcon-9", "Falcon 9", "Falcon9", "FALCON‑9s", "falcon–9"])
def test_a_hyphen_may_be_written_otherwise(written: str) -> None:
    assert "falcon-9" in terms(f"They showed the {written} in public.")


def test_an_acronym_keeps_its_case() -> None:
    assert "league" in terms("The LNG carrier left.")
    assert "league" not in terms("The lng carrier left.")


def test_words_of_another_language_do_not_count() -> None:
    assert "sale" not in terms("The word satmak is Turkish and stands here for no reason at all.", "en")


def test_a_star_stands_for_any_ending_and_dots_for_words_between() -> None:
    [(literal, tail)] = literals("took .. side*", Endings(), is_name=False)
    assert literal == "took"
    assert tail.startswith("(?:")
    assert fold_name("Füß’") == "fus'"


def test_the_longer_name_hides_the_shorter() -> None:
    doc = read(article("Ruritanian troops", lang="en"), INDEX)
    [mention] = doc.lines[1].terms["ruritania"]
    assert doc.text[mention.start : mention.end] == "Ruritanian"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_lexicon_can_be_read_and_says_what_it_must(lang: str) -> None:
    cues = lexicon(lang)
    kinds = {(cue.kind, cue.value) for cue in cues.cues}
    for stage in (
        "proposed",
        "discussed",
        "planned",
        "agreed",
        "signed",
        "under-way",
        "delivered",
        "suspended",
        "cancelled",
    ):
        assert ("stage", stage) in kinds
    assert {("denial", "strong"), ("certainty", "confirmed"), ("negation", ""), ("pair", ""), ("trio", "")} <= kinds
    assert all(literals(cue.phrase, cues.endings, is_name=False)[0][0] for cue in cues.cues)


@pytest.mark.parametrize(
    ("text", "is_denial"),
    [
        ("Министр не подтвердил сделку.", True),
        ("Министр вместе с ней подтвердил сделку.", False),  # "ней" is no "не" with an ending
        ("Министр рядом с нею подтвердил сделку.", False),
    ],
)
def test_particles_take_no_endings(text: str, *, is_denial: bool) -> None:
    lines = read(article(text, "", "ru"), INDEX).lines
    assert any(signal.kind == "denial" for line in lines for signal in line.signals) is is_denial


def test_a_vowel_sign_continues_a_word() -> None:
    assert all(is_word_sign(char) for char in "aß1_ी\u064e\u200c")
    assert not any(is_word_sign(char) for char in " .'-(")
