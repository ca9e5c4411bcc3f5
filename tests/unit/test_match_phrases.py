"""A name that is a word of a longer phrase names nothing; a name that is a common word elsewhere keeps its capitals."""

from __future__ import annotations

from dataclasses import replace

from sample_watch import BACKING, WATCH, article

from pipeline.match.index import compile_watch
from pipeline.match.reading import read
from pipeline.model.watch import Concept

TURANIA = Concept(id="turania", kind="country", label="Turania", names={"ur": ("ترک",)})
NEW_WATCH = replace(WATCH, concepts=(*WATCH.concepts, TURANIA), claims=(BACKING,), version="phrases")


def names(text: str, lang: str) -> set[str]:
    """The terms that a text names anywhere."""
    return set(read(article(text, lang=lang), compile_watch(NEW_WATCH)).where)


def test_a_name_within_a_phrase_for_giving_up_is_no_name() -> None:
    assert "turania" not in names("روریتانیا نے منصوبہ ترک کر دیا۔", "ur")


def test_a_name_beside_other_words_stays_a_name() -> None:
    assert "turania" in names("ترک وزیر نے منصوبہ پیش کیا۔", "ur")
