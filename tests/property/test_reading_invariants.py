"""What must hold of any text: spans, order, unrelated neighbours, case and accents, no crash."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import replace

from examples import many
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_watch import WATCH, article

from pipeline.analyse import analyse
from pipeline.diff.redline import redline
from pipeline.model.article import Article
from pipeline.model.finding import Analysis, Span

STORIES = (
    "Graustark signed a contract to sell 40 Falcon-9 jets to Ruritania for $2 billion.",
    "Ruritania's military budget will be $5 billion, up from $4 billion.",
    "Ruritania backed Graustark on the island.",
    "Graustark denied that its soldiers fought in the island war.",
    "Both countries spoke of the jets. Nothing was agreed.",
    "Руритания и Грауштарк обсуждают продажу Falcon-9.",
    "Ruritanya'ya 40 Falcon-9 satışı için sözleşme imzalandı.",
)
UNRELATED = "The baker opened his shop at seven. Apples were cheap, and the river was calm all morning."
TEXTS = st.lists(st.one_of(st.sampled_from(STORIES), st.text(max_size=60)), max_size=6).map("\n\n".join)


def spans(analysis: Analysis) -> list[Span]:
    """Every span in an analysis."""
    found = [s for hit in analysis.topics for s in hit.spans]
    for f in analysis.findings:
        found += [*f.evidence, *(c.evidence for c in (*f.changes, *f.values)), *(s.span for s in f.steps if s.span)]
    return found + [m.evidence for m in analysis.near_misses if m.evidence]


@given(TEXTS, st.text(max_size=80))
@settings(deadline=None, max_examples=many(60))
def test_every_span_is_the_text_at_its_offsets(text: str, title: str) -> None:
    for span in spans(analyse(Article(id="a", text=text, title=title), WATCH)):
        field = title if span.field == "title" else text
        assert field[span.start : span.end] == span.text


@given(st.sampled_from(STORIES), st.integers(0, 4), st.integers(0, 4))
@settings(deadline=None, max_examples=many(40))
def test_unrelated_paragraphs_remove_nothing(story: str, before: int, after: int) -> None:
    plain = analyse(article(story), WATCH)
    padded = analyse(article("\n\n".join([*[UNRELATED] * before, story, *[UNRELATED] * after]), lang=plain.lang), WATCH)
    if padded.lang == plain.lang:
        assert {f.claim for f in plain.findings} <= {f.claim for f in padded.findings}
        assert {t.topic for t in plain.topics} <= {t.topic for t in padded.topics}


@given(st.randoms(use_true_random=False), st.sampled_from(STORIES))
@settings(deadline=None, max_examples=many(30))
def test_the_order_of_claims_never_matters(chance: random.Random, story: str) -> None:
    claims = list(WATCH.claims)
    chance.shuffle(claims)
    shuffled = replace(WATCH, claims=tuple(claims), version="shuffled " + " ".join(c.id for c in claims))
    first, second = (analyse(article(story), watch) for watch in (WATCH, shuffled))
    by_claim = {f.claim: f for f in first.findings}
    assert by_claim == {f.claim: f for f in second.findings}


@given(st.sampled_from(STORIES[:3]), st.sampled_from([str.upper, str.title, str.swapcase]))
@settings(deadline=None, max_examples=many(20))
def test_the_case_of_names_never_matters(story: str, change: object) -> None:
    assert callable(change)
    names = ("Graustark", "Ruritania", "Falcon-9")
    altered = story
    for name in names:
        altered = altered.replace(name, change(name))
    assert {f.claim for f in analyse(article(story, lang="en"), WATCH).findings} == {
        f.claim for f in analyse(article(altered, lang="en"), WATCH).findings
    }


@given(st.sampled_from(STORIES[:3]), st.sampled_from("\u0300\u0301\u0302\u0303\u0308\u0327\u030c"), st.integers(0, 8))
@settings(deadline=None, max_examples=many(40))
def test_the_accents_of_names_never_matter(story: str, accent: str, at: int) -> None:
    altered = story
    for name in ("Graustark", "Ruritania"):
        altered = altered.replace(name, name[: at + 1] + accent + name[at + 1 :])
    assert {f.claim for f in analyse(article(story, lang="en"), WATCH).findings} == {
        f.claim for f in analyse(article(altered, lang="en"), WATCH).findings
    }


@given(st.sampled_from(STORIES), st.sampled_from(["NFC", "NFD", "NFKC"]))
@settings(deadline=None, max_examples=many(20))
def test_how_accents_are_encoded_never_matters(story: str, form: str) -> None:
    plain = analyse(article(story), WATCH)
    other = analyse(article(unicodedata.normalize(form, story), lang=plain.lang), WATCH)
    assert {f.claim for f in plain.findings} == {f.claim for f in other.findings}


@given(st.text(alphabet=st.characters(), max_size=300), st.sampled_from(["", "en", "tr", "ur", "xx"]))
@settings(deadline=None, max_examples=many(60))
def test_no_text_is_too_odd(text: str, lang: str) -> None:
    analyse(Article(id="a", text=text, title=text[:40], lang=lang), WATCH)


def test_broken_surrogates_and_control_characters() -> None:
    analyse(Article(id="a", text="Ruritania \ud800 sold\x00 \udfff the Falcon-9\x07.", title="\udc00"), WATCH)


def test_one_endless_sentence_takes_no_endless_time() -> None:
    analysis = analyse(article("Ruritania and Graustark trade " * 6700, lang="en"), WATCH)
    assert analysis.findings == ()


@given(st.text(max_size=200), st.text(max_size=200))
@settings(deadline=None, max_examples=many(100))
def test_applying_a_redline_gives_the_new_text(old: str, new: str) -> None:
    difference = redline(old, new)
    assert "".join(text for op, text in difference if op in "=-") == old
    assert "".join(text for op, text in difference if op in "=+") == new
    assert all(text for _, text in difference)
