"""Texts beside texts: the redline, and one version of an article beside another."""

from __future__ import annotations

import pytest

from pipeline.diff.redline import apply, redline
from pipeline.diff.versions import edits


def test_words_that_differ_stand_alone() -> None:
    parts = redline("It costs 2 billion dollars.", "It costs 3 billion dollars.")
    assert ("-", "2") in parts
    assert ("+", "3") in parts
    assert parts[0] == ("=", "It costs ")


def test_the_same_text_has_no_difference() -> None:
    assert redline("One. Two.", "One. Two.") == (("=", "One. Two."),)
    assert redline("", "") == ()


def test_sentences_that_share_a_word_or_two_are_not_taken_apart() -> None:
    old, new = "Turkey sold Pakistan three frigates last spring.", "Schools reopen in Pakistan after the floods."
    assert redline(old, new) == (("-", old), ("+", new))


def test_a_difference_of_another_text_is_refused() -> None:
    with pytest.raises(ValueError, match="another text"):
        apply("other", redline("one", "two"))


def test_versions_name_what_was_added_dropped_and_changed() -> None:
    old = "The deal is worth 2 billion dollars. It rained. Nobody spoke."
    new = "The deal is worth 3 billion dollars. Nobody spoke. The minister left at noon."
    found = {edit.kind: edit for edit in edits(old, new, "en")}
    assert found["changed"].new == "The deal is worth 3 billion dollars."
    assert ("+", "3") in found["changed"].words
    assert found["dropped"].old == "It rained."
    assert found["added"].new == "The minister left at noon."
    assert new[found["added"].new_start :].startswith("The minister")


def test_case_and_spacing_are_no_edit() -> None:
    assert edits("The Deal  is done.", "The deal is done.", "en") == ()
