"""No bytes make a reader of feeds, lists or pages fail otherwise than by our own errors; no item is invented."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape

import pytest
from examples import many
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.errors import ParseError
from pipeline.extract import agency, decoding, jsonld, markup
from pipeline.extract.page import extract
from pipeline.fetch import decode, mask, robots
from pipeline.model.outcome import Done, Skipped
from pipeline.model.source import FeedDocument, Source
from pipeline.sources import dates, discover, feed, hints, links, opml, plain

SOURCE = Source(id="outlet", url="https://outlet.example/rss")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
QUICK = settings(
    deadline=None, max_examples=many(120), suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)

RSS = (
    b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
    b"<channel><title>Outlet</title><link>https://outlet.example/</link><ttl>5</ttl><item><guid>one</guid>"
    b"<link>https://outlet.example/one</link><title>First &amp; one</title>"
    b"<pubDate>Sun, 22 Nov 2026 10:00:00 +0400</pubDate>"
    b"<content:encoded><![CDATA[<p>Text</p>]]></content:encoded></item><item><guid>two</guid>"
    b"<link>https://outlet.example/two</link><title>Second</title></item></channel></rss>"
)
ATOM = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>urn:1</id><title>x</title>'
    b'<link href="https://a.example/x"/><updated>2026-11-22T10:00:00+04:00</updated></entry></feed>'
)
JSON = json.dumps(
    {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "https://a.example/1", "title": "x"}]}
).encode()
SITEMAP = b"<urlset><url><loc>https://a.example/1</loc><lastmod>2026-11-22</lastmod></url></urlset>"
PAGE = (
    b'<html lang="en"><head><title>T</title><script type="application/ld+json">{"@type":"NewsArticle"}</script></head>'
    b"<body><article><h1>T</h1><p>Some words of a text that says a thing or two about it.</p></article></body></html>"
)
ODD = [
    b"\0", b"\xff", b"<", b">", b"&", b"]]>", b"<!--", b"<![CDATA[", b"<!DOCTYPE x [", b"<!ENTITY a '&a;'>", b"&#0;",
    b"&#xD800;", b"&#99999999;", b"<item>", b"</item>", b"</channel>", b"<?xml", b'"', b"\xef\xbb\xbf", b"\xff\xfe",
    b"{", b"[" * 50,
]  # fmt: skip


@st.composite
def broken(draw: st.DrawFn, *samples: bytes) -> bytes:
    """A sample with pieces cut out, doubled, swapped for others or scattered with bytes that parsers dislike."""
    body = draw(st.sampled_from(samples))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 40)))
        piece = draw(st.one_of(st.just(b""), st.sampled_from(ODD), st.binary(max_size=6), st.just(body[start:end] * 2)))
        body = body[:start] + piece + body[end:]
    return body


def read(body: bytes, content_type: str = "") -> FeedDocument | None:
    try:
        return feed.read(body, source=SOURCE, content_type=content_type, url=SOURCE.url, now=NOW, limit=50)
    except ParseError:
        return None


@given(
    broken(RSS, ATOM, JSON, SITEMAP),
    st.sampled_from(["", "text/xml", "text/html; charset=utf-16", "x; charset=no-such"]),
)
@QUICK
@example(RSS[:-40], "text/xml; charset=us-ascii")
@example(RSS.replace(b"utf-8", b"utf-16"), "application/xml")
@example(RSS.replace(b"utf-8", b"rot13"), "")
@example(SITEMAP.replace(b"2026", b"&#xD800;"), "")
def test_broken_feeds_never_fail_otherwise(body: bytes, content_type: str) -> None:
    document = read(body, content_type)
    if document is not None:
        assert len({entry.key for entry in document.entries}) == len(document.entries)
        for entry in document.entries:
            assert entry.key
            assert entry.url == "" or entry.url.startswith(("http://", "https://"))
            assert entry.published is None or entry.published.tzinfo is not None
            assert not re.search("[\x00-\x08\ud800-\udfff]", entry.title + entry.content + entry.summary + entry.author)
            (entry.key + entry.url + entry.published_raw).encode()


@given(st.binary(max_size=300))
@QUICK
def test_any_bytes_at_all_are_survived(body: bytes) -> None:
    read(body)
    read(b"<rss><channel>" + body)
    read(b'<rss version="2.0"><channel><item><title>' + body + b"</title></item></channel></rss>")


@given(broken(RSS))
@QUICK
def test_no_item_is_invented(body: bytes) -> None:
    document = read(body)
    if document is not None:
        assert len(document.entries) <= len(re.findall(rb"<(?:\w+:)?(?:item|entry|url)\b", body, re.IGNORECASE))


words = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"]),
    min_size=1,
    max_size=20,
)


@given(st.lists(st.tuples(words, st.integers(0, 10**6)), max_size=12, unique_by=lambda item: item[1]))
@QUICK
def test_every_item_of_a_sound_feed_is_read(items: list[tuple[str, int]]) -> None:
    body = "".join(
        f"<item><guid isPermaLink='false'>id{number}</guid><title>{escape(escape(title))}</title>"
        f"<link>https://outlet.example/{number}</link></item>"
        for title, number in items
    )
    document = read(f"<rss version='2.0'><channel><title>t</title>{body}</channel></rss>".encode())
    assert document is not None
    assert [entry.key for entry in document.entries] == [f"guid:id{number}" for _, number in items]
    assert [entry.url for entry in document.entries] == [f"https://outlet.example/{number}" for _, number in items]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(
    ["id", "url", "external_url", "title", "content_html", "date_published", "authors", "author", "language"]
)


@given(st.lists(st.one_of(json_values, st.dictionaries(fields, json_values, max_size=6)), max_size=5), json_values)
@QUICK
def test_json_feeds_with_values_of_any_type(items: list[object], title: object) -> None:
    body = json.dumps({"version": "https://jsonfeed.org/version/1", "title": title, "items": items}).encode()
    document = read(body)
    assert document is not None
    assert len(document.entries) <= len(items)


@given(broken(b'<opml version="2.0"><body><outline text="a" xmlUrl="https://a.example/rss"/></body></opml>'))
@QUICK
def test_broken_lists_never_fail_otherwise(body: bytes) -> None:
    try:
        for source in opml.read(body):
            assert source.id
            assert source.url.startswith("http")
    except ParseError:
        pass


sources = st.builds(
    Source,
    id=st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True),
    url=st.from_regex(r"https://[a-z]{1,8}\.example/[a-z0-9?&=%-]{0,12}", fullmatch=True),
    name=words,
    kind=st.sampled_from(["feed", "sitemap", "search"]),
    lang=st.sampled_from(["", "en", "az"]),
    country=st.sampled_from(["", "DE", "FR"]),
    family=st.one_of(st.just(""), words),
    state=st.sampled_from([None, True, False]),
    tier=st.sampled_from([1, 2, 3]),
    enabled=st.booleans(),
    folder=st.lists(st.sampled_from(["News", "a/b", "<b>", "Порты", "News & Co"]), max_size=3).map(tuple),
)  # fmt: skip


@given(st.lists(sources, max_size=6, unique_by=(lambda one: one.id, lambda one: one.url)))
@QUICK
def test_what_is_written_as_opml_is_read_back(listed: list[Source]) -> None:
    again = opml.read(opml.write(listed, hide=str))
    assert {one.id: one for one in again} == {one.id: one for one in listed}  # those of a folder come together
    assert opml.read(opml.write(again, hide=str)) == again


@given(st.text(max_size=60))
@QUICK
@example("Sun, 22 Nov 2026 10:00:00 +9999")
@example("2026-11-22T10:00:00+99:99")
@example("1" * 70)
def test_no_date_does_harm(raw: str) -> None:
    found = dates.read(raw)
    assert found is None or found.tzinfo is UTC
    hints.retry_after(raw, now=NOW)
    hints.of_headers((("expires", raw), ("cache-control", raw), ("retry-after", raw)), now=NOW)


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))
@QUICK
def test_dates_with_offsets_mean_their_moment(naive: datetime, minutes: int) -> None:
    moment = naive.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert dates.read(moment.isoformat()) == moment
    assert dates.read(format_datetime(moment)) == moment
    assert dates.read(f"{format_datetime(moment)} (as written)") == moment  # the long way says the same


@given(
    st.sampled_from(["http://", "https://", "HTTPS://", "https://www."]),
    st.text("aZ0-._~%:@[]/?#\\ \té", max_size=16),
    st.text("aZ0-._~%:@[]/?#\\ \té", max_size=12),
)
@QUICK
@example("https://", "outlet.example", "/a?b=https://[#c")
@example("http://", "%Z", "")  # the standard library leaves what follows a per cent sign as it stands
def test_hosts_of_links_are_those_of_the_standard_library(scheme: str, host: str, rest: str) -> None:
    parts = links.split(scheme + host + rest)
    named = (parts.hostname or "").lower().removeprefix("www.") if parts else ""
    assert links.host(scheme + host + rest) == named
    assert bool(links.absolute("", scheme + host + rest)) == bool(links.split("".join((scheme + host + rest).split())))


@given(st.text(max_size=120))
@QUICK
@example("<" * 500)
@example("&amp;" * 50)
def test_plain_text_is_plain(text: str) -> None:
    found = plain.plain(text)
    assert found == found.strip()
    assert "\n" not in found
    found.encode()


@given(broken(PAGE), st.sampled_from(["", "text/html", "text/html; charset=utf-16", "text/html; charset=big5"]))
@QUICK
def test_broken_pages_never_fail(body: bytes, content_type: str) -> None:
    found = extract(body, url="https://outlet.example/a", content_type=content_type)
    assert isinstance(found, (Done, Skipped))
    discover.discover(body, url="https://outlet.example/")
    if isinstance(found, Done):
        (found.value.text + found.value.title + found.value.author + found.value.canonical).encode()


@given(st.binary(max_size=200), st.text(max_size=30))
@QUICK
def test_any_bytes_have_a_text(body: bytes, content_type: str) -> None:
    text = decoding.text(body, content_type)
    assert "\0" not in text
    text.encode()
    markup.visible_text(text)
    robots.read(body, agent="claimwatch").allows("https://outlet.example/a")
    assert robots.read(body, agent="claimwatch").delay_s >= 0


@given(st.lists(st.one_of(st.text(max_size=40), json_values.map(json.dumps)), max_size=4))
@QUICK
@example(['{"@type": {"@type": []}, "author": [[[["a"]]]]}'])
@example(["[" * 3000])
def test_json_ld_of_any_shape(blocks: list[str]) -> None:
    jsonld.read(blocks)


@given(st.text(max_size=300), st.text(max_size=30), st.text(max_size=12))
@QUICK
def test_no_text_harms_the_search_for_agencies(text: str, author: str, name: str) -> None:
    assert agency.find(text, {"a": [name, "Wire"]}, author=author) in ("", "a")


@given(st.text(max_size=120))
@QUICK
@example("http://[")
def test_masking_never_fails_and_is_done_once(url: str) -> None:
    assert mask.mask(mask.mask(url)) == mask.mask(url)
    mask.mask_text(url)


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd", "gzip, br"])
@given(body=st.binary(max_size=200))
@QUICK
def test_no_bytes_harm_an_unpacker(name: str, body: bytes) -> None:
    unpacker = decode.unpacker(name)
    try:
        size = sum(len(piece) for piece in unpacker.feed(body))
        unpacker.end()
        assert size < 10_000_000
    except decode.Broken:
        pass
