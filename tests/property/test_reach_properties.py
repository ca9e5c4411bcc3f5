"""The filter before extraction lets all through that a reading could find, whatever a page does to the text."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pytest
from examples import many
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.analyse import analyse
from pipeline.extract import markup
from pipeline.extract.page import extract
from pipeline.extract.union import nearer, union
from pipeline.match.index import compile_watch
from pipeline.match.reach import compile_reach
from pipeline.match.reading import read
from pipeline.model.article import Article
from pipeline.model.outcome import Done
from pipeline.model.source import Entry
from pipeline.model.watch import Claim, Concept, Group, Topic, Watch
from pipeline.settings import shipped
from pipeline.settings.load import load
from pipeline.text.fold import PARTED

SHIPPED = load(shipped.path("config"), env={}).watch
LABELLED = Path(__file__).resolve().parents[1] / "gate" / "tuning.jsonl"

# A small world of every kind of name: endings of several languages, acronyms, hyphens, gaps, signs, prefixes, marks.
CONCEPTS = (
    Concept(
        id="land", kind="country", label="Land", iso="AA", speaks=("tr",),
        names={"en": ("Norland", "Nor Land"), "tr": ("Norlandiya",), "ru": ("Нордия",), "ar": ("نورلاند",)},
    ),
    Concept(id="other", kind="country", label="Other", iso="BB", names={"*": ("Sudland",), "hi": ("सुदलैंड",)}),
    Concept(id="chief", kind="person", label="Chief", names={"en": ("Ana O'Nor",)}, country="land"),
    Concept(id="jet", kind="weapon", label="N-7", names={"*": ("N-7 Gale",)}, exact=("N-7", "SN")),
)  # fmt: skip
WORDS = {
    "sale": {"en": ("sell*", "take .. delivery"), "tr": ("satış",), "ru": ("продаж*",), "fa": ("می‌فروش*",)},
    "no": {"en": ("never",)},
}
GROUPS = (
    Group(all=("land|other", "sale"), none=("no",)),
    Group(all=("jet",), at_least=(2, ("land", "other"))),
    Group(any=("sale", "jet"), near=("chief",), article=("land",), absent=("no",)),
)
WATCH = Watch(
    version="a small world",  # with which it is compiled once
    concepts=CONCEPTS,
    words=WORDS,
    topics=(
        Topic(id="t", title="T", groups=(Group(all=("land", "other", "jet")),), none=("no",)),
        Topic(id="w", title="W", weights={"jet": 0.6, "sale": 0.5, "no": -1.0}, threshold=1.0),
    ),
    claims=tuple(Claim(id=f"c{n}", topic="t", statement="S", about=(group,)) for n, group in enumerate(GROUPS)),
)
PIECES = st.sampled_from(
    [
        "Norland", "NORLAND's", "nor", "Nor Land", "Norlandiya'nın", "Norlandiyanın", "Нордией",
        "والنورلاند", "بنورلاند",
        "Sudland", "सुदलैंड", "सुदलैंडी", "Ana O'Nor", "Ana", "O’Nor", "N-7", "n-7", "N 7 Gale", "N7 gale", "SN", "sn",
        "sells", "selling", "take early final delivery", "take delivery", "satışı", "продажа", "می‌فروشند", "never",
        "Nor\u00adland", "No\u0308rland", "Nörland", "the", "and.", "—", "“", "7", "İ", "ا", "ि", "&", "<", "x",
    ]
)  # fmt: skip
GLUE = st.sampled_from([" ", " ", " ", "\n", "", ", ", "-", "\u200c", "\u00a0"])
CUTS = st.sampled_from(
    ["", "", "", "<b>", "</b>", "<wbr>", "<span></span>", "<!-- x -->", "</p><p>", "<br>", "<i>z</i>"]
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    return "".join(draw(PIECES) + draw(GLUE) for _ in range(draw(st.integers(0, 12))))


@given(texts(), texts(), st.sampled_from(["", "AA", "BB", "ZZ"]), st.sampled_from(["", "en", "tr", "ru", "ar", "hi"]))
@settings(max_examples=many(400), deadline=None)
def test_what_is_found_in_a_text_is_reached_from_its_words(title: str, body: str, country: str, lang: str) -> None:
    article = Article(id="a", title=title, text=body, country=country, lang=lang)
    reach = compile_reach(WATCH)
    named = set(read(article, compile_watch(WATCH)).where)
    assert named - {"no"} <= reach.terms(f"{title}\n{body}")
    found = analyse(article, WATCH)
    if found.topics or found.findings:
        assert reach.can_touch(f"{title}\n{body}", country=country)


@given(st.lists(st.tuples(PIECES, GLUE, st.integers(0, 8), CUTS), max_size=10), st.booleans())
@settings(max_examples=many(400), deadline=None)
def test_a_page_may_cut_words_and_escape_letters(parts: list[tuple[str, str, int, str]], escaped: bool) -> None:
    """The text is cut anywhere by elements that a reading may join or part; all its words stay within reach."""
    body = page = ""
    for word, glue, at, cut in parts:
        body += word + glue
        head, tail = (html.escape(piece) for piece in (word[:at], word[at:]))
        if escaped:
            head = "".join(f"&#{ord(char)};" for char in word[:at])
        page += head + ("" if cut == "<i>z</i>" else cut) + tail + html.escape(glue)
    filler = "plain words " * 40
    whole = union(f"<html><body><p>{page}</p><p>{filler}</p></body></html>", content_type="text/html")
    assert whole is not None
    named = set(read(Article(id="a", text=body), compile_watch(WATCH)).where)
    assert named - {"no"} <= compile_reach(WATCH).terms(whole)


@given(
    texts(), st.sampled_from(["title", "json", "og", "feed", "feed-html", "noscript", "template", "comment", "script"])
)
@settings(max_examples=many(150), deadline=None)
def test_every_place_that_extraction_reads_counts(text: str, place: str) -> None:
    filler = "plain words " * 40
    safe = html.escape(text)
    blob = json.dumps({"articleBody": text}).replace("</", "<\\/")
    ways = {
        "title": f"<title>{safe}</title>",
        "json": f'<script type="application/ld+json">{blob}</script>',
        "og": f'<meta property="og:title" content="{safe}">',
        "noscript": f"<noscript><p>{safe}</p></noscript>",
        "template": f"<template><p>{safe}</p></template>",
        "comment": f"<p>a</p><!-- cut <p>{safe}</p>",
        "script": f"<script><!-- <script> </script> --> <p>{safe}</p>",
    }
    entry = {
        "feed": Entry(source="s", key="k", url="u", title="", content=safe),
        "feed-html": Entry(source="s", key="k", url="u", title="", content=f"<p>{safe}</p>"),
    }.get(place)
    whole = union(f"<html><body><p>{filler}</p>{ways.get(place, '')}", entry=entry, content_type="text/html")
    named = set(read(Article(id="a", text=text), compile_watch(WATCH)).where)
    assert whole is None or named - {"no"} <= compile_reach(WATCH).terms(whole)


BLOCKS = st.sampled_from(
    [
        "<p>{}</p>", "<p>{} <a href='/x'>{}</a></p>", "<ul><li><a href='/x'>{}</a></li></ul>", "<ul><li>{}</li></ul>",
        "<ol><li><a href='/x'>{}</a><ul><li>{}</li></ul></li></ol>", "<ul><li><p>{}</p><a href='/x'>{}</a></li></ul>",
        "<noscript><p>{}</p></noscript>", "<template><ul><li>{}</li></ul></template>", "<blockquote>{}</blockquote>",
        "<table><tr><td>{}</td><td>{}</td></tr></table>", "<div>{}<br>{}</div>", "<h2>{}</h2>",
        "<aside><p>{}</p></aside>",
        "<noembed><p>{}</p></noembed>", "<figure><figcaption>{}</figcaption></figure>", "<svg><text>{}</text></svg>",
    ]
)  # fmt: skip


@given(st.lists(st.tuples(BLOCKS, texts(), texts()), min_size=1, max_size=8), texts())
@settings(max_examples=many(150), deadline=None)
def test_an_article_is_made_of_the_words_nearer_to_it(blocks: list[tuple[str, str, str]], title: str) -> None:
    """What extraction takes from a page are words of its markup, lists of links and all that is left out aside."""
    filler = "<p>" + "Plain words stand here, and they say nothing. " * 6 + "</p>"
    inner = "".join(block.format(*map(html.escape, (one, other))) for block, one, other in blocks)
    page = f"<html><head><title>{html.escape(title)}</title></head><body><article>{filler}{inner}{filler}</article>"
    near = nearer(markup.read(page))
    came = extract(page, content_type="text/html", url="https://x.example/a/1")
    assert near is not None
    if isinstance(came, Done):
        article = Article(id="a", title=came.value.title, text=came.value.text)
        named = set(read(article, compile_watch(WATCH)).where)
        assert named - {"no"} <= compile_reach(WATCH).terms(near)


@pytest.mark.parametrize("page", ["", "<html><body></body></html>", "\x00\x01", "<html><p>short</p>"])
def test_a_page_without_text_takes_the_long_way(page: str) -> None:
    assert union(page, content_type="text/html") is None


@given(st.lists(st.tuples(texts(), st.sampled_from(["kept", "kept", "left out"]), st.booleans()), max_size=6))
@settings(max_examples=many(400), deadline=None)
def test_a_reading_may_leave_out_elements(elements: list[tuple[str, str, bool]]) -> None:
    """Names stay within reach whichever elements are left out, and whether a blank stands in their place."""
    whole = PARTED.join(text for text, _, _ in elements)
    body, gone = "", False
    for text, fate, blank in elements:
        if fate == "kept":
            body += (" " if blank or gone else "") + text
        gone = fate != "kept"
    named = set(read(Article(id="a", text=body), compile_watch(WATCH)).where)
    assert named - {"no"} <= compile_reach(WATCH).terms(whole)


def test_words_of_a_phrase_that_stand_apart_in_one_text_are_no_phrase() -> None:
    """Else pages would be read for words that any page has."""
    reach = compile_reach(WATCH)
    assert "sale" in reach.terms("They take early delivery.")
    assert "sale" not in reach.terms("They take a walk, and the letter is lost, and no delivery is left for them.")
    assert "sale" in reach.terms(f"They take{PARTED} a walk, and the letter is lost, and no {PARTED}delivery is left.")


def test_labelled_coverage_is_within_reach() -> None:
    """Whatever is found with the shipped rules in the labelled texts is reached, and not everything is."""
    reach = compile_reach(SHIPPED)
    rows = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()][::4]
    index = compile_watch(SHIPPED)
    rules = [staged.rule for some in reach.rules.values() for staged in some]
    asked = {term for rule in rules for clause in (*rule.clauses, rule.of) for term in clause}
    for row in rows:
        article = Article(id=row["id"], title=row.get("title", ""), text=row["text"], lang=row.get("lang", ""))
        whole = f"{article.title}\n{article.text}"
        assert set(read(article, index).where) & asked <= reach.terms(whole), row["id"]
        found = analyse(article, SHIPPED)
        if found.topics or found.findings:
            assert reach.can_touch(whole), row["id"]
    assert not reach.can_touch("The orchestra played in the park, and the children danced until the lamps were lit.")
