"""Texts beside texts: the redline, and one version of an article beside another."""

from __future__ import annotations

from pipeline.diff.redline import redline


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
