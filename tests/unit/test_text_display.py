"""Text of others made fit to show, values in words, and the size of a change."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.text import display, size, template, wording


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("  two \t lines\r\nand\u2028more ", "two lines and more"),
        ("a\u202egnitirw\u202c b\u2066c\u2069", "agnitirw bc"),
        ("zero\u200bwidth \ufeffmark \u2060join", "zerowidth mark join"),
        ("می\u200cخواهد", "می\u200cخواهد"),  # the non-joiner is spelling
        ("null\x00bell\x07esc\x1b[31m", "null bell esc [31m"),
        ("lone \ud800 surrogate \U000e0041tag", "lone \ufffd surrogate tag"),
        ("Əliyev İstanbul ışık – “quote” €", "Əliyev İstanbul ışık – “quote” €"),
    ],
)
def test_clean_leaves_what_is_text(raw: str, shown: str) -> None:
    assert display.clean(raw) == shown


def test_cut_ends_at_a_word_and_keeps_a_mark_with_its_letter() -> None:
    assert display.cut("one two three", 100) == "one two three"
    assert display.cut("one two three four", 15) == "one two three…"
    assert display.cut("x" * 10_000, 20) == "x" * 19 + "…"
    assert display.cut("abcde\u0301fgh", 6) == "abcd…"
    assert display.cut("abc", 1) == "…"
    assert display.cut("abc", 0) == ""


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("see https://evil.example/x?y", "see https[:]//evil[.]example/x?y"),
        ("www.evil.com or EVIL.COM", "www[.]evil[.]com or EVIL[.]COM"),
        ("write to bad@evil.org", "write to bad\uff20evil[.]org"),
        ("javascript:alert(1) mailto:a", "javascript[:]alert(1) mailto[:]a"),
        ("$1.6 billion, U.S. forces, 3 p.m.", "$1.6 billion, U.S. forces, 3 p.m."),
        ("@everyone", "\uff20everyone"),
    ],
)
def test_inert_text_makes_no_links_and_calls_nobody(raw: str, shown: str) -> None:
    assert display.inert(raw) == shown
    assert display.inert(shown) == shown


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/b?c=d#e", True),
        ("http://a.example", True),
        ("https://دان.example/خبر", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ('https://a.example/"onmouseover=x', False),
        ("https://a.example/<b>", False),
        ("https://a.example/ b", False),
        ("https://a.example/\u202egpj.exe", False),
        ("https://a.example/" + "x" * 3000, False),
        ("", False),
    ],
)
def test_only_plain_web_addresses_become_links(url: str, safe: bool) -> None:
    assert display.safe_link(url) == (url if safe else "")


def test_markdown_is_escaped_where_it_would_mean_something() -> None:
    assert display.markdown("a *b* _c_ [d](e) <f> `g` ~h~ |i| $j$ &amp;") == (
        "a \\*b\\* \\_c\\_ \\[d\\](e) \\<f\\> \\`g\\` \\~h\\~ \\|i\\| \\$j\\$ \\&amp;"
    )
    assert display.markdown("# title") == "\\# title"
    assert display.markdown("- item") == "\\- item"
    assert display.markdown("1. item") == "1\\. item"
    assert display.markdown("JF-17 for 1.6 billion + 3") == "JF-17 for 1.6 billion + 3"


@pytest.mark.parametrize(
    ("text", "lang", "way"),
    [("x", "ur", "rtl"), ("آ", "en", "ltr"), ("17 آذربائیجان", "", "rtl"), ("17 Baku", "", "ltr"), ("17", "", "ltr")],
)
def test_direction(text: str, lang: str, way: str) -> None:
    assert display.direction(text, lang) == way


def test_segments_merge_what_touches_and_bound_what_reaches_over() -> None:
    assert display.segments("abcdef", [(4, 99), (1, 2), (2, 3), (1, 3), (-5, 0), (5, 5)]) == (
        (False, "a"),
        (True, "bc"),
        (False, "d"),
        (True, "ef"),
    )
    assert display.segments("", [(0, 3)]) == ()


@pytest.mark.parametrize(
    ("canonical", "kind", "words"),
    [
        ("1.6e9 USD", "money", "1.6 billion USD"),
        ("2.5e5 EUR", "money", "250,000 EUR"),
        ("1.5e12 INR", "money", "1.5 trillion INR"),
        ("1e9..2e9 USD", "money", "1 billion to 2 billion USD"),
        ("~4e9 USD", "money", "about 4 billion USD"),
        ("240000", "count", "240,000"),
        ("<=3000", "count", "up to 3,000"),
        (">=20", "count", "at least 20"),
        ("300..400", "count", "300 to 400"),
        ("10", "percent", "10 percent"),
        ("7.25", "percent", "7.25 percent"),
        ("2", "ordinal", "2nd"),
        ("11", "ordinal", "11th"),
        ("23", "ordinal", "23rd"),
        ("101", "ordinal", "101st"),
        ("2024-07", "date", "July 2024"),
        ("2025-05-28", "date", "28 May 2025"),
        ("2023", "date", "2023"),
        ("2020/2024", "date", "2020 to 2024"),
        ("<=2026-01", "date", "by January 2026"),
        ("P8D", "duration", "8 days"),
        ("P1Y6M", "duration", "1 year 6 months"),
        ("PT36H", "duration", "36 hours"),
        ("under-way", "stage", "under way"),
        ("Nur-Sultan", "place", "Nur-Sultan"),
        ("not a number", "count", "not a number"),
        ("1e999999", "count", "1e999999"),
        ("NaN", "percent", "NaN percent"),
        ("2024-13", "date", "2024-13"),
        ("P", "duration", "P"),
    ],
)
def test_values_in_words(canonical: str, kind: str, words: str) -> None:
    assert wording.value(canonical, kind) == words


def test_the_size_of_a_change_has_one_part_or_none() -> None:
    assert size.of("money", "2e9 USD", "3e9 USD") == size.Size(ratio=Decimal("0.5"))
    assert size.of("count", "300..400", "700") == size.Size(ratio=Decimal(1))
    assert size.of("count", "<=3000", "4500") == size.Size(ratio=Decimal("0.5"))
    assert size.of("stage", "signed", "planned") == size.Size(steps=-2)
    assert size.of("stage", "signed", "cancelled") == size.Size()
    assert size.of("date", "2019/2023", "2019-01-11") == size.Size(days=10)
    assert size.of("money", "2e9 USD", "3e9 EUR") == size.Size()
    assert size.of("count", "0", "5") == size.Size()
    assert size.of("count", "many", "5") == size.Size()
    assert size.of("date", "soon", "2025") == size.Size()
    assert size.of("place", "A", "B") == size.Size()
    assert size.of("money", None, "3e9 EUR") == size.Size()


def test_templates_escape_and_miss_nothing_silently() -> None:
    made = template.environment("pipeline.alert").from_string("{{ a }}")
    assert made.render(a="<b>") == "&lt;b&gt;"
    with pytest.raises(Exception, match="'a' is undefined"):
        made.render()
