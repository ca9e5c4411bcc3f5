"""Feeds as outlets really write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.errors import ParseError
from pipeline.model.outcome import Reason
from pipeline.model.source import Entry, FeedDocument, Source
from pipeline.sources import feed

SOURCE = Source(id="outlet", url="https://outlet.example/rss")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def rss(items: str, channel: str = "") -> bytes:
    head = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    return (
        f'{head} xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Outlet</title>'
        f"<link>https://outlet.example/</link>{channel}{items}</channel></rss>"
    ).encode()


def read(body: bytes, content_type: str = "application/rss+xml", **more: Any) -> FeedDocument:
    return feed.read(body, source=SOURCE, content_type=content_type, url=SOURCE.url, now=NOW, **more)


def one(items: str) -> Entry:
    (entry,) = read(rss(items)).entries
    return entry


def test_an_item_of_rss_2_becomes_an_entry() -> None:
    entry = one(
        "<item><guid>a-1</guid><link>https://outlet.example/a?x=1&amp;y=2</link><title>A title</title>"
        "<pubDate>Sun, 22 Nov 2026 10:00:00 +0400</pubDate><author>A. Writer</author>"
        "<description>Short.</description><content:encoded><![CDATA[<p>Long.</p>]]></content:encoded></item>"
    )
    assert entry.key == "guid:a-1"
    assert entry.url == "https://outlet.example/a?x=1&y=2"
    assert entry.title == "A title"
    assert entry.published == datetime(2026, 11, 22, 6, tzinfo=UTC)
    assert entry.published_raw == "Sun, 22 Nov 2026 10:00:00 +0400"
    assert (entry.summary, entry.content, entry.author) == ("Short.", "<p>Long.</p>", "A. Writer")
    assert entry.notes == ()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'<rss version="0.91"><channel><title>t</title><item><title>x</title><link>https://a.example/x</link></item>'
         b"</channel></rss>", "rss09"),
        (b'<rss version="0.92"><channel><item><title>x</title><link>https://a.example/x</link></item></channel></rss>',
         "rss09"),
        (b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
         b'<channel rdf:about="u"><title>t</title></channel><item rdf:about="https://a.example/x"><title>x</title>'
         b"<link>https://a.example/x</link></item></rdf:RDF>", "rss10"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>urn:x</id><title>x</title>'
         b'<link href="https://a.example/x"/><updated>2026-11-22T10:00:00+04:00</updated></entry></feed>', "atom10"),
        (b'{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1","url":"https://a.example/x",'
         b'"title":"x","content_html":"<p>c</p>","date_published":"2026-11-22T10:00:00+04:00"}]}', "json"),
        (b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://a.example/x</loc></url></urlset>',
         "sitemap"),
    ],
)  # fmt: skip
def test_every_format_is_known_by_its_bytes(body: bytes, kind: str) -> None:
    document = read(body, content_type="text/html")
    assert document.format == kind
    assert [entry.url for entry in document.entries] == ["https://a.example/x"]


def test_items_without_guid_are_known_by_their_link() -> None:
    assert (
        one("<item><link>https://outlet.example/a</link><title>A</title></item>").key == "link:https://outlet.example/a"
    )


def test_a_guid_that_all_items_share_identifies_none() -> None:
    items = "".join(
        f"<item><guid>same</guid><link>https://outlet.example/{n}</link><title>T{n}</title></item>" for n in range(3)
    )
    document = read(rss(items))
    assert [entry.key for entry in document.entries] == [f"link:https://outlet.example/{n}" for n in range(3)]


def test_items_without_guid_and_link_are_known_by_title_and_date() -> None:
    document = read(
        rss(
            "<item><title>Briefing</title><pubDate>Sun, 22 Nov 2026 06:00:00 GMT</pubDate></item>"
            "<item><title>Briefing</title><pubDate>Sat, 21 Nov 2026 06:00:00 GMT</pubDate></item>"
        )
    )
    assert len({entry.key for entry in document.entries}) == 2
    assert all(Reason.NO_ADDRESS in entry.notes for entry in document.entries)


def test_a_link_to_the_front_page_identifies_nothing() -> None:
    document = read(
        rss(
            "<item><link>https://outlet.example/</link><title>One</title></item>"
            "<item><link>https://outlet.example/</link><title>Two</title></item>"
        )
    )
    assert [entry.title for entry in document.entries] == ["One", "Two"]
    assert len({entry.key for entry in document.entries}) == 2


def test_the_same_item_twice_is_one_entry() -> None:
    item = "<item><guid>a</guid><link>https://outlet.example/a</link><title>A</title></item>"
    assert len(read(rss(item * 3)).entries) == 1


def test_two_items_of_one_date_are_two() -> None:
    date = "<pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate>"
    document = read(
        rss(
            f"<item><guid>a</guid><link>https://outlet.example/a</link><title>A</title>{date}</item>"
            f"<item><guid>b</guid><link>https://outlet.example/b</link><title>B</title>{date}</item>"
        )
    )
    assert [entry.title for entry in document.entries] == ["A", "B"]


def test_tracking_parameters_make_no_new_key_when_links_are_brought_into_form() -> None:
    def key(query: str) -> str:
        body = rss(f"<item><link>https://outlet.example/a{query}</link><title>A</title></item>")
        return read(body, canonical=lambda url: url.partition("?")[0]).entries[0].key

    assert key("?utm_source=x") == key("?utm_source=y")


def test_dates_are_noted_when_missing_wrong_or_ahead() -> None:
    document = read(
        rss(
            "<item><guid>1</guid><title>none</title></item>"
            "<item><guid>2</guid><title>wrong</title><pubDate>soon</pubDate></item>"
            "<item><guid>3</guid><title>ahead</title><pubDate>Sun, 29 Nov 2026 10:00:00 GMT</pubDate></item>"
        )
    )
    none, wrong, ahead = document.entries
    assert none.published is None
    assert Reason.BAD_DATE not in none.notes
    assert wrong.published is None
    assert Reason.BAD_DATE in wrong.notes
    assert wrong.published_raw == "soon"
    assert ahead.published == datetime(2026, 11, 29, 10, tzinfo=UTC)
    assert Reason.FUTURE_DATE in ahead.notes


def test_relative_links_are_made_absolute() -> None:
    assert one("<item><guid>1</guid><link>/news/a</link><title>A</title></item>").url == "https://outlet.example/news/a"


@pytest.mark.parametrize(
    "item",
    [
        '<item><guid isPermaLink="true">https://outlet.example/a</guid><title>A</title></item>',
        '<item><guid>1</guid><title>A</title><enclosure url="https://outlet.example/a" type="text/html"/></item>',
    ],
)
def test_the_link_is_found_in_guid_and_enclosure(item: str) -> None:
    assert one(item).url == "https://outlet.example/a"


def test_a_picture_in_the_enclosure_is_no_article() -> None:
    picture = '<enclosure url="https://outlet.example/a.jpg" type="image/jpeg" length="1"/>'
    assert one(f"<item><guid>1</guid><title>A</title>{picture}</item>").url == ""


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("A &lt;b&gt;bold&lt;/b&gt; claim", "A bold claim"),
        ("Profit &amp;lt; 3%", "Profit < 3%"),
        ("Twice &amp;amp;amp; escaped", "Twice & escaped"),
        ("<![CDATA[  Two\n lines ]]>", "Two lines"),
        ("İki dövlət &#8220;razılaşdı&#8221;", "İki dövlət “razılaşdı”"),
    ],
)
def test_titles_are_text(written: str, read_as: str) -> None:
    assert one(f"<item><guid>1</guid><title>{written}</title></item>").title == read_as


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "windows-1254", "utf-16", "iso-8859-9"])
def test_declared_encodings_are_read(encoding: str) -> None:
    title = {"windows-1251": "Новость дня"}.get(encoding, "Güncel çağrı")
    item = f"<item><guid>1</guid><title>{title}</title></item>"
    text = f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel>{item}</channel></rss>'
    (entry,) = read(text.encode(encoding), content_type="text/xml").entries
    assert entry.title == title


def test_a_header_that_names_another_encoding_than_the_file_is_survived() -> None:
    body = rss("<item><guid>1</guid><title>Bakıda görüş</title></item>")
    (entry,) = read(body, content_type="application/rss+xml; charset=windows-1251").entries
    assert entry.key == "guid:1"


def test_a_feed_that_is_not_well_formed_is_read_as_far_as_it_goes() -> None:
    body = rss("<item><guid>1</guid><title>Oil & gas</title><link>https://outlet.example/1</link></item>")
    document = read(body.replace(b"</channel></rss>", b""))
    assert [entry.title for entry in document.entries] == ["Oil & gas"]
    assert Reason.MALFORMED_FEED in document.notes


def test_what_is_printed_before_the_declaration_is_passed_over() -> None:
    body = b"<br />\n<b>Warning</b>: something\n" + rss("<item><guid>1</guid><title>A</title></item>")
    assert [entry.title for entry in read(body).entries] == ["A"]


def test_nul_bytes_and_control_characters_do_no_harm() -> None:
    body = rss("<item><guid>1</guid><title>A\x00B\x0bC</title></item>")
    assert read(body).entries[0].title.replace(" ", "") in ("ABC", "A", "AB")


def test_more_items_than_the_limit_are_cut_and_noted() -> None:
    items = "".join(f"<item><guid>{n}</guid><title>T{n}</title></item>" for n in range(30))
    document = read(rss(items), limit=10)
    assert len(document.entries) == 10
    assert Reason.OVER_ENTRY_LIMIT in document.notes


def test_an_empty_feed_is_a_feed_and_noted() -> None:
    assert Reason.EMPTY_FEED in read(rss("")).notes
    assert read(rss("<item></item>")).entries == ()


@pytest.mark.parametrize(
    "body",
    [b"", b"   ", b"\0\0\0", b"<!doctype html><html><body>Hello</body></html>", b"<html><rss></rss></html>",
     b"<opml></opml>", b"{}", b'{"items": 3}', b"[1, 2]", b"{not json", b"plain words", b"%PDF-1.4", b"\x1f\x8b\x08",
     b"<svg><feedback/></svg>"],
)  # fmt: skip
def test_what_is_no_feed_says_so(body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        read(body)
    assert caught.value.reason is Reason.NOT_A_FEED
    assert caught.value.thing == "outlet"


def test_hints_are_read_from_the_channel() -> None:
    channel = (
        "<ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"
        "<skipHours><hour>0</hour><hour>24</hour><hour>5</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
    )
    hints = read(rss("", channel)).hints
    assert hints.ttl is not None
    assert hints.ttl.total_seconds() == 1800
    assert hints.update_period is not None
    assert hints.update_period.total_seconds() == 1800
    assert hints.skip_hours == {0, 5}
    assert hints.skip_days == {6}


def test_the_languages_of_feed_and_item_are_kept() -> None:
    entry = b"<entry><id>1</id><title>x</title></entry>"
    body = b'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="az-AZ"><title>t</title>' + entry + b"</feed>"
    assert read(body).entries[0].lang == "az"


def test_an_address_inside_a_redirector_is_taken_out() -> None:
    entry = one(
        "<item><guid>1</guid><link>https://outlet.example/url?sa=t&amp;url=https://paper.example/a</link><title>A</title></item>"
    )
    assert entry.url == "https://paper.example/a"


def test_a_link_that_hides_the_publisher_is_kept_and_noted() -> None:
    entry = one(
        "<item><guid>1</guid><link>https://outlet.example/articles/opaque</link><title>A</title>"
        '<source url="https://paper.example">Paper</source></item>'
    )
    assert entry.url == "https://outlet.example/articles/opaque"
    assert Reason.AGGREGATOR_LINK in entry.notes


@pytest.mark.parametrize(
    ("named", "link"),
    [
        ("hub.example", "https://news.hub.example/x"),
        ("www.hub.example", "https://www.hub.example/x"),
        ("hub.example", "HTTPS://WWW.HUB.EXAMPLE:8443/x"),
    ],
)
def test_hosts_named_as_aggregators_are_noted(named: str, link: str) -> None:
    body = rss(f"<item><guid>1</guid><link>{link}</link><title>A</title></item>")
    document = read(body, aggregators=frozenset({named}))
    assert Reason.AGGREGATOR_LINK in document.entries[0].notes


def test_an_aggregator_named_elsewhere_in_a_link_is_none() -> None:
    body = rss("<item><guid>1</guid><link>https://outlet.example/hub.example?from=hub.example</link></item>")
    document = read(body, aggregators=frozenset({"hub.example"}))
    assert Reason.AGGREGATOR_LINK not in document.entries[0].notes


def test_entities_of_the_document_are_not_expanded() -> None:
    bomb = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha" * 10) for n in range(8))
    body = (
        b'<?xml version="1.0"?><!DOCTYPE rss ['
        + bomb
        + b"]>"
        + rss("<item><guid>1</guid><title>&l7;</title></item>").partition(b"?>")[2]
    )
    assert all(len(entry.title) < 100 for entry in read(body).entries)


def test_external_entities_are_not_read() -> None:
    body = (
        b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        + rss("<item><guid>1</guid><title>A &x;</title></item>").partition(b"?>")[2]
    )
    with open("/etc/hostname", encoding="utf-8") as file:
        secret = file.read().strip()
    assert all(secret not in entry.title for entry in read(body).entries)


def test_ten_thousand_items_are_read() -> None:
    items = "".join(f"<item><guid>{n}</guid><title>T{n}</title></item>" for n in range(10_000))
    assert len(read(rss(items), limit=20_000).entries) == 10_000


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "body",
    [b"<!--" * 500_000 + b"<rss>", b"<?" * 500_000 + b"<rss>", b"<!DOCTYPE rss [" + b"[" * 60_000, b"<!" * 100_000,
     b"<rss><channel>" + b"<a>" * 50_000, b"<rss><channel><item><title>" + b"<" * 300_000],
)  # fmt: skip
def test_no_body_takes_for_ever(body: bytes) -> None:
    try:
        assert read(body).entries == ()
    except ParseError as error:
        assert error.reason is Reason.NOT_A_FEED  # noqa: PT017 - one of the two


def test_a_stream_is_given_to_the_parser_and_no_file_is_opened(tmp_path: object) -> None:
    name = str(tmp_path) + "/feed.xml"
    with open(name, "wb") as file:
        file.write(rss("<item><guid>1</guid><title>A</title></item>"))
    with pytest.raises(ParseError):
        read(name.encode())
