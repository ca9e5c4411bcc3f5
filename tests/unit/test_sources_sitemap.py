"""Sitemaps, news sitemaps and their indexes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.errors import ParseError
from pipeline.model.outcome import Reason
from pipeline.model.source import FeedDocument, Source
from pipeline.sources import feed

SOURCE = Source(id="outlet", url="https://outlet.example/sitemap.xml", kind="sitemap")
SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def read(text: str) -> FeedDocument:
    return feed.read(text.encode(), source=SOURCE, content_type="application/xml", url=SOURCE.url)


def test_a_news_sitemap_becomes_entries() -> None:
    (entry,) = read(
        f"<?xml version='1.0'?><urlset {SITEMAP} {NEWS}><url><loc>https://outlet.example/a</loc>"
        "<lastmod>2026-11-22T12:00:00Z</lastmod><news:news><news:publication><news:name>Outlet</news:name>"
        "<news:language>az</news:language></news:publication>"
        "<news:publication_date>2026-11-22T10:00:00+04:00</news:publication_date><news:title>A &amp; B</news:title>"
        "</news:news></url></urlset>"
    ).entries
    assert (entry.url, entry.title, entry.lang) == ("https://outlet.example/a", "A & B", "az")
    assert entry.published == datetime(2026, 11, 22, 6, tzinfo=UTC)
    assert entry.updated == datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_page_that_was_touched_is_not_published_anew() -> None:
    (entry,) = read(f"<urlset {SITEMAP}><url><loc>/a</loc><lastmod>2026-11-22</lastmod></url></urlset>").entries
    assert entry.published is None
    assert entry.updated == datetime(2026, 11, 22, tzinfo=UTC)
    assert entry.url == "https://outlet.example/a"


def test_an_index_names_its_sitemaps_the_freshest_first() -> None:
    document = read(
        f"<sitemapindex {SITEMAP}><sitemap><loc>https://outlet.example/1.xml</loc><lastmod>2026-01-01</lastmod></sitemap>"
        "<sitemap><loc>https://outlet.example/2.xml</loc><lastmod>2026-11-22</lastmod></sitemap>"
        "<sitemap><loc>https://outlet.example/3.xml</loc></sitemap><sitemap><loc>javascript:x</loc></sitemap>"
        "</sitemapindex>"
    )
    assert document.format == "sitemap-index"
    assert document.children == tuple(f"https://outlet.example/{name}.xml" for name in (2, 1, 3))
    assert document.entries == ()
    assert Reason.EMPTY_FEED not in document.notes


def test_prefixes_and_missing_namespaces_do_not_matter() -> None:
    body = "<s:urlset xmlns:s='x'><s:url><s:loc> https://outlet.example/a </s:loc></s:url></s:urlset>"
    assert [entry.url for entry in read(body).entries] == ["https://outlet.example/a"]


def test_a_sitemap_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    document = read(f"<urlset {SITEMAP}><url><loc>https://outlet.example/a</loc></url><url><loc>https://outlet.exa")
    assert document.entries[0].url == "https://outlet.example/a"
    assert Reason.MALFORMED_FEED in document.notes


@pytest.mark.parametrize("entity", ["'https://outlet.example/x'", "SYSTEM 'file:///etc/passwd'"])
def test_entities_of_its_own_are_refused(entity: str) -> None:
    with pytest.raises(ParseError):
        read(f"<!DOCTYPE urlset [<!ENTITY x {entity}>]><urlset {SITEMAP}><url><loc>&x;</loc></url></urlset>")
