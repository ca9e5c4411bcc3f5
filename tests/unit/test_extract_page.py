"""Pages to articles, and pages that are none, told apart with a reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.extract import agency, decoding, markup
from pipeline.extract.page import extract
from pipeline.extract.union import union
from pipeline.model.article import Extracted
from pipeline.model.outcome import Done, Outcome, Reason, Skipped
from pipeline.model.source import Entry

URL = "https://outlet.example/news/gas-deal"
SENTENCES = (
    "The ministry of energy confirmed on Sunday that the contract had been signed after two years of talks.",
    "Under the terms, the pipeline will carry ten billion cubic metres a year from the spring of 2027.",
    "An official told reporters that the work would cost $1.6 billion, half of it paid by the operator.",
    "Neighbouring states welcomed the step, though some of them asked for guarantees about the price.",
    "Analysts said that the volume was smaller than first announced, and that more talks would follow.",
)
BODY = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


def page(body: str = BODY, *, head: str = "", title: str = "Gas deal signed | Outlet", lang: str = "en") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><title>{title}</title>{head}</head><body>'
        '<nav><a href="/">Home</a> <a href="/world">World</a></nav>'
        f"<article><h1>Gas deal signed</h1>{body}</article>"
        "<footer>All rights reserved. Contact us.</footer></body></html>"
    )


def ld(**data: object) -> str:
    described = {
        "@context": "https://schema.org",
        **{key.replace("kind", "@type"): value for key, value in data.items()},
    }
    return f'<script type="application/ld+json">{json.dumps(described)}</script>'


def entry(**more: Any) -> Entry:
    return Entry(source="outlet", key="k", url=URL, **more)


def article(found: Outcome[Extracted]) -> Extracted:
    assert isinstance(found, Done), found
    return found.value


def reason(found: Outcome[Extracted]) -> Reason:
    assert isinstance(found, Skipped), found
    assert found.detail
    return found.reason


def test_a_page_becomes_an_article() -> None:
    head = (
        '<meta property="og:title" content="Gas deal signed"><meta property="og:site_name" content="The Outlet">'
        '<meta property="article:published_time" content="2026-11-22T10:00:00+04:00">'
        '<meta name="author" content="A. Writer"><link rel="canonical" href="https://outlet.example/gas">'
    )
    found = article(extract(page(head=head), url=URL))
    assert found.text == "\n\n".join(SENTENCES)
    assert (found.title, found.site, found.author, found.lang) == ("Gas deal signed", "The Outlet", "A. Writer", "en")
    assert found.published == datetime(2026, 11, 22, 6, tzinfo=UTC)
    assert found.canonical == "https://outlet.example/gas"
    assert found.origin == "page"


def test_the_entry_goes_before_the_page() -> None:
    when = datetime(2026, 11, 21, tzinfo=UTC)
    head = '<meta property="og:title" content="Other"><meta property="article:published_time" content="2020-01-01">'
    found = article(extract(page(head=head), url=URL, entry=entry(title="From the feed", published=when, author="B")))
    assert (found.title, found.published, found.author) == ("From the feed", when, "B")


def test_what_json_ld_says_is_used() -> None:
    head = ld(kind="NewsArticle", headline="From JSON", datePublished="2026-11-22T10:00:00Z",
              author=[{"name": "A"}, {"name": "B"}], publisher={"name": "Outlet"}, inLanguage="az-AZ")  # fmt: skip
    found = article(extract(page(head=head, lang=""), url=URL))
    assert (found.title, found.author, found.site, found.lang) == ("From JSON", "A, B", "Outlet", "az")
    assert found.published == datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_the_site_is_cut_off_the_title_of_the_window() -> None:
    html = page().replace("<h1>Gas deal signed</h1>", "")
    assert article(extract(html, url=URL)).title == "Gas deal signed"


def test_captions_of_images_are_left_out() -> None:
    figure = '<figure><img src="a.jpg"><figcaption>A tanker at the port, seen last year.</figcaption></figure>'
    found = article(extract(page(BODY.replace("</p>", f"</p>{figure}", 1)), url=URL))
    assert "tanker" not in found.text


def test_lines_that_lead_elsewhere_are_left_out() -> None:
    teaser = '<p>Read more: <a href="/other">Another contract was cancelled by the operator</a></p>'
    found = article(extract(page(BODY.replace("</p>", f"</p>{teaser}", 2)), url=URL))
    assert "cancelled by the operator" not in found.text


def test_an_article_interrupted_by_advertisements_is_whole() -> None:
    def chunk(lines: tuple[str, ...]) -> str:
        return f'<div class="grid"><div class="story__body">{"".join(f"<p>{line}</p>" for line in lines)}</div></div>'

    advertisement = '<div class="grid"><div class="ad">Buy now</div></div>'
    many = tuple(f"{sentence} It is point {number}." for number in range(4) for sentence in SENTENCES)
    found = article(extract(page(chunk(many[:8]) + advertisement + chunk(many[8:])), url=URL))
    assert found.text.split("\n\n") == list(many)


def test_a_longer_text_in_json_ld_wins() -> None:
    whole = "\n".join(f"{sentence} Point {number}." for number in range(3) for sentence in SENTENCES)
    found = article(extract(page(f"<p>{SENTENCES[0]}</p>", head=ld(kind="NewsArticle", articleBody=whole)), url=URL))
    assert found.origin == "json-ld"
    assert found.text.startswith(SENTENCES[0])
    assert len(found.text) > 1000


def test_a_longer_text_in_the_feed_wins_when_it_is_whole() -> None:
    content = "".join(f"<p>{sentence} Point {number}.</p>" for number in range(3) for sentence in SENTENCES)
    short = page(f"<p>{SENTENCES[0]}</p>")
    found = article(extract(short, url=URL, entry=entry(title="T", content=content)))
    assert found.origin == "feed"
    assert "<p>" not in found.text
    assert len(found.text.split("\n\n")) == 15
    cut = article(
        extract(short.replace(SENTENCES[0], SENTENCES[0] * 2), url=URL, entry=entry(content=f"{content} Read more"))
    )
    assert cut.origin == "page"


def test_a_page_without_text_and_a_feed_with_it() -> None:
    found = article(
        extract("<html><body><div id='app'></div></body></html>", url=URL, entry=entry(title="T", content=BODY))
    )
    assert found.origin == "feed"


def test_without_a_page_the_entry_is_the_article() -> None:
    whole = article(extract("", url=URL, entry=entry(title="T", content=BODY, summary="Short.", lang="az")))
    assert (whole.title, whole.origin, whole.lang) == ("T", "feed", "az")
    assert whole.text == "\n\n".join(SENTENCES)
    summary = article(extract(b"", url=URL, entry=entry(title="T", summary=" ".join(SENTENCES))))
    assert summary.text == " ".join(SENTENCES)
    assert reason(extract("", url=URL, entry=entry(title="T", summary="Short."))) is Reason.TOO_SHORT
    assert reason(extract("", url=URL, entry=entry(title="T"))) is Reason.NOT_HTML


def bare(title: str, body: str) -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


def links(before: str, after: str) -> str:
    return "".join(
        f'{before}<a href="/n/{n}">The ministry number {n} announced something of note</a>{after}' for n in range(30)
    )


STUB = f"<p>{SENTENCES[0]}</p><p>{SENTENCES[1]}</p>"
CLIP = "<p>Watch the handover of the ships in the port this morning.</p>"
CONSENT = (
    "<p>Before you continue to the site</p><p>We use cookies and data to deliver and maintain our services.</p>"
    "<button>Reject all</button><button>Accept all</button><p>If you choose to accept all, we will use them for "
    "more. Reject all if you do not want it.</p>"
)
CONSENT_TR = (
    "<p>Çerezleri kabul ediyor musunuz? Gizliliğinize önem veriyoruz ve ortaklarımızla veri işliyoruz.</p>"
    "<p>Tümünü kabul et veya tümünü reddet.</p>"
)
MISSING = (
    "<h1>Page not found</h1><p>The page you are looking for does not exist. It may have been moved. Try our search, or "
    "go back to the front page of this site.</p>"
)
CHECKING = "<p>Checking your browser before accessing the site. Enable JavaScript and cookies to continue.</p>"


@pytest.mark.parametrize(
    ("html", "url", "wanted"),
    [
        (page(f"{STUB}<p>Subscribe to continue reading this article.</p>"), URL, Reason.PAYWALL),
        (page(f"{STUB}<p>Devamını okumak için abone olun.</p>", lang="tr"), URL, Reason.PAYWALL),
        (page(f"{STUB}<p>Полный текст доступен по подписке.</p>", lang="ru"), URL, Reason.PAYWALL),
        (page(STUB, head=ld(kind="NewsArticle", isAccessibleForFree=False)), URL, Reason.PAYWALL),
        (page(STUB, head=ld(kind="NewsArticle", isAccessibleForFree="False", wordCount=900)), URL, Reason.PAYWALL),
        (bare("Before you continue", CONSENT), "https://consent.hub.example/ml?continue=x", Reason.CONSENT),
        (bare("Outlet", CONSENT_TR), URL, Reason.CONSENT),
        (bare("404 - Page not found", MISSING), URL, Reason.ERROR_PAGE),
        (bare("Səhifə tapılmadı", "<p>Axtardığınız səhifə mövcud deyil.</p>"), URL, Reason.ERROR_PAGE),
        (bare("Just a moment...", CHECKING), URL, Reason.ERROR_PAGE),
        (page(f"{CLIP}<video></video>", head='<meta property="og:type" content="video.other">'), URL, Reason.VIDEO),
        (page(CLIP, head=ld(kind="VideoObject", name="Handover")), URL, Reason.VIDEO),
        (page(f"{CLIP}<video></video>"), "https://outlet.example/video/handover", Reason.VIDEO),
        (page(BODY, head=ld(kind="LiveBlogPosting", headline="Summit")), URL, Reason.LIVE_BLOG),
        (page(BODY, title="Summit: live updates"), "https://outlet.example/live/summit", Reason.LIVE_BLOG),
        (page(BODY, title="Zirve: dakika dakika"), "https://outlet.example/liveblog/zirve", Reason.LIVE_BLOG),
        (bare("Outlet", links("<article><h2>", "</h2></article>")), "https://outlet.example/", Reason.LISTING),
        (bare("World", links("<li>", "</li>")), "https://outlet.example/world", Reason.LISTING),
        (page("<p>Soon more.</p>"), URL, Reason.TOO_SHORT),
        (bare("x", ""), URL, Reason.NO_TEXT),
    ],
)
def test_what_is_no_article_says_why(html: str, url: str, wanted: Reason) -> None:
    assert reason(extract(html, url=url)) is wanted


def test_an_article_about_such_things_is_an_article() -> None:
    says = "The site put up a page that said subscribe to continue, we use cookies, accept all and error 404."
    about = "".join(f"<p>{sentence} {says}</p>" for sentence in SENTENCES)
    about += "".join(f"<p>{sentence} And so on for a while.</p>" for sentence in SENTENCES * 3)
    assert article(extract(page(about, title="Why every page says accept all"), url=URL)).text


def test_an_article_that_is_not_free_and_yet_whole_is_taken() -> None:
    long = "".join(f"<p>{sentence} Point {number}.</p>" for number in range(5) for sentence in SENTENCES)
    assert article(extract(page(long, head=ld(kind="NewsArticle", isAccessibleForFree=False)), url=URL)).text


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"%PDF-1.7 ...", "application/pdf"), (b"\x89PNG\r\n", "image/png"), (b"{}", "application/json"), (b"plain", ""),
     (b"", "text/html")],
)  # fmt: skip
def test_what_is_no_html_says_so(body: bytes, kind: str) -> None:
    assert reason(extract(body, url=URL, content_type=kind)) is Reason.NOT_HTML


@pytest.mark.parametrize(
    ("encoding", "header", "declared"),
    [
        ("utf-8", "text/html", ""),
        ("utf-8", "text/html; charset=windows-1251", "windows-1251"),
        ("windows-1251", "text/html; charset=windows-1251", ""),
        ("windows-1251", "text/html", "windows-1251"),
        ("utf-16", "text/html", ""),
        ("utf-8-sig", "text/html; charset=iso-8859-1", ""),
        ("koi8-r", "text/html; charset=KOI8-R", ""),
    ],
)
def test_encodings_and_their_lies(encoding: str, header: str, declared: str) -> None:
    text = "Министерство подтвердило в воскресенье, что договор подписан после двух лет переговоров между сторонами."
    meta = f'<meta charset="{declared}">' if declared else ""
    html = page("".join(f"<p>{text} Пункт {number}.</p>" for number in range(4)), head=meta, lang="ru")
    assert text in article(extract(html.encode(encoding), url=URL, content_type=header)).text


def test_bytes_that_no_encoding_reads_are_read_as_far_as_they_go() -> None:
    assert decoding.text(b"caf\xe9 \xff\xfe", "text/html; charset=utf-8").startswith("caf")
    assert decoding.text(b"x", "text/html; charset=no-such-thing") == "x"
    assert decoding.text(b"x\0y", "text/html; charset=rot13") == "xy"
    assert decoding.text("İğ".encode("iso-8859-9"), "text/html; charset=latin5") == "İğ"


AGENCIES = {"wire": ("Wire", "WIRE News"), "acme": ("ACME",), "tel": ("ТЕЛ", "TEL")}


@pytest.mark.parametrize(
    ("text", "author", "found"),
    [
        ("BAKU, Nov 22 (Wire) - The ministry said.", "", "wire"),
        ("(Wire) — The ministry said.", "", "wire"),
        ("ANKARA (ACME) – The ministry said.", "", "acme"),
        ("МОСКВА, 22 ноября. /ТЕЛ/. Министерство заявило.", "", "tel"),
        ("TEL — The ministry said.", "", "tel"),
        ("The ministry said. More text follows here.\n\n(Wire)", "", "wire"),
        ("The ministry said. More text follows here.\n\nSource: ACME", "", "acme"),
        ("The ministry said. Mətn.\n\nMənbə: ACME", "", "acme"),
        ("The ministry said.", "Wire", "wire"),
        ("The ministry said.", "By ACME / Baku", "acme"),
        ("The ministry told Wire that it would wait.", "", ""),
        ("Officials met Wire, ACME and others.", "", ""),
        ("Wireless sets were sold.", "", ""),
        ("The ministry said.", "Anna Wireman", ""),
        ("", "", ""),
    ],
)  # fmt: skip
def test_the_agency_of_a_text_is_found_by_its_line(text: str, author: str, found: str) -> None:
    assert agency.find(text, AGENCIES, author=author) == found


def test_the_agency_stands_in_the_article() -> None:
    body = BODY.replace("The ministry", "BAKU, Nov 22 (Wire) - The ministry", 1)
    assert article(extract(page(body), url=URL, agencies=AGENCIES)).agency == "wire"
    assert article(extract(page(body), url=URL)).agency == ""


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "body",
    ["<p>a" * 100_000, "<div>" * 20_000, "<tr><td>a" * 60_000, "<br>line" * 60_000, "<" * 300_000, "<!--" * 100_000,
     "<a href='/x'>The ministry announced something</a>" * 20_000],
)  # fmt: skip
def test_no_page_takes_for_ever(body: str) -> None:
    assert extract(f"<html><body>{body}", url=URL) is not None


def test_a_page_of_too_many_tags_is_read_by_its_paragraphs() -> None:
    whole = "".join(f"<p>{sentence} Point {number}.</p>" for number in range(5) for sentence in SENTENCES)
    found = article(extract(page(f"{whole}{'<i></i>' * 40_000}"), url=URL))
    assert len(found.text.split("\n\n")) == 25


def test_the_visible_text_has_its_blocks_on_lines() -> None:
    html = "<body><script>x()</script><div>One<p>Two <b>bold</b></p>Three<br>four</div><style>a{}</style></body>"
    assert markup.visible_text(html) == "One\nTwo bold\nThree\nfour"
    assert markup.visible_text("") == ""


@pytest.mark.parametrize("tag", ["nav", "aside", "footer", "dialog", "select"])
def test_what_no_article_is_read_from_reaches_neither_article_nor_filter(tag: str) -> None:
    """Both leave out the same, or the filter would put off what extraction finds."""
    prose = "The council met for three hours and put the bridge on the list of works for the coming year. " * 4
    given = (
        f"<html><body><{tag}><p>Quorvania is named here only, at some length, beside the news.</p></{tag}>"
        f"<article><h1>A bridge</h1><p>{prose}</p><p>{prose}</p></article></body></html>"
    )
    found = extract(given, url="https://o.example/bridge", content_type="text/html")
    assert isinstance(found, Done)
    assert "bridge" in found.value.text
    assert "Quorvania" not in found.value.text
    whole = union(given, content_type="text/html")
    assert whole is not None
    assert "Quorvania" not in whole


def test_a_headline_in_a_box_is_the_headline_still_and_reaches_the_filter() -> None:
    prose = "The council met for three hours and put the bridge on the list of works for the coming year. " * 4
    given = f"<html><body><nav><h1>Quorvania builds</h1></nav><article><p>{prose}</p><p>{prose}</p></article></html>"
    found = extract(given, url="https://o.example/bridge", content_type="text/html")
    assert isinstance(found, Done)
    assert found.value.title == "Quorvania builds"
    assert "Quorvania" in (union(given, content_type="text/html") or "")
