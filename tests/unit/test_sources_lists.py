"""OPML in and out, and the feeds of a site."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from pipeline.errors import ParseError
from pipeline.model.source import Source
from pipeline.sources import discover, opml

READERS = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Subscriptions in a reader</title></head><body>
  <outline text="News" title="News">
    <outline type="rss" text="Outlet &amp;amp; Co" title="Outlet &amp; Co" xmlUrl="https://outlet.example/rss" htmlUrl="https://outlet.example/"/>
    <outline text="Deeper"><outline type="rss" text="Paper" xmlurl="https://paper.example/feed"/></outline>
  </outline>
  <outline type="rss" text="Outlet again" xmlUrl="https://outlet.example/rss"/>
  <outline type="rss" text="Outlet &amp; Co" xmlUrl="https://outlet.example/other"/>
  <outline type="link" text="No feed" url="javascript:alert(1)"/>
  <outline text="Empty folder"/>
</body></opml>"""


def test_the_files_of_other_readers_are_read_with_their_folders() -> None:
    found = opml.read(READERS)
    assert [(source.id, source.url, source.name) for source in found] == [
        ("outlet-co", "https://outlet.example/rss", "Outlet & Co"),
        ("paper", "https://paper.example/feed", "Paper"),
        ("outlet-co-2", "https://outlet.example/other", "Outlet & Co"),
    ]


LISTS = Path(__file__).parents[1] / "lists"  # after what the readers export
OF_READERS = {
    "feedly": [
        ("harbour-daily", "https://harbour.example/rss", "Harbour Daily", ("Ports",)),
        ("dock-quay", "https://dock.example/feed/", "Dock & Quay", ("Ports",)),
    ],
    "inoreader": [
        ("gavan-example", "https://gavan.example/rss.xml", "Гавань", ("Порты",)),
        ("ferry-times", "https://ferry.example/index.rdf?a=1&b=2", 'Ferry "Times"', ()),
    ],
    "netnewswire": [
        ("quay-notes", "http://quay.example/atom.xml", "Quay Notes", ()),
        ("crane-log", "https://crane.example/feed.json", "Crane Log", ("Shipping",)),
    ],
    "freshrss": [
        ("berth", "https://berth.example/rss", "Berth", ("Ports",)),
        ("lock", "https://lock.example/rss", "Lock", ("Canals", "Locks")),
    ],
    "thunderbird": [
        ("strait", "https://strait.example/rss", "Strait", ("Ports", "Black Sea")),
        ("buoy", "https://buoy.example/atom", "Buoy", ("Ports",)),
        ("nameless-example", "https://nameless.example/rss", "", ()),
    ],
}


@pytest.mark.parametrize("reader", OF_READERS)
def test_the_files_of_known_readers_come_in_with_their_folders_and_go_round(reader: str) -> None:
    found = opml.read((LISTS / f"{reader}.opml").read_bytes())
    assert [(one.id, one.url, one.name, one.folder) for one in found] == OF_READERS[reader]
    assert {(one.kind, one.state, one.tier, one.enabled) for one in found} == {("feed", None, 2, True)}
    assert opml.read(opml.write(found, hide=str)) == found


def test_folders_are_written_once_each_around_their_feeds_for_any_reader() -> None:
    sources = [
        Source(id="a", url="https://a.example/rss", folder=("News", "Ports & <Co>")),
        Source(id="b", url="https://b.example/rss"),
        Source(id="c", url="https://c.example/rss", folder=("News",)),
        Source(id="d", url="https://d.example/rss", folder=("News", "Ports & <Co>")),
    ]
    root = ElementTree.fromstring(opml.write(sources, hide=str))
    (news, lone) = root.findall("./body/outline")
    assert (news.get("text"), news.get("title"), news.get("xmlUrl"), lone.get("text")) == ("News", "News", None, "b")
    (ports, third) = news.findall("outline")
    assert (ports.get("text"), third.get("text")) == ("Ports & <Co>", "c")
    assert [one.get("xmlUrl") for one in ports] == ["https://a.example/rss", "https://d.example/rss"]
    again = opml.read(opml.write(sources, hide=str))
    assert {one.id: one.folder for one in again} == {one.id: one.folder for one in sources}


def test_what_was_written_is_read_back() -> None:
    sources = (
        Source(id="outlet", url="https://outlet.example/rss?a=1&b=2", name="Outlet “&” <Co>", lang="tr", country="DE",
               family="group", state=True, tier=1),
        Source(id="paper", url="https://paper.example/map.xml", name="Газета", kind="sitemap", state=False, tier=3,
               enabled=False),
        Source(id="plain", url="https://plain.example/feed"),
    )  # fmt: skip
    again = opml.read(opml.write(sources, hide=str))
    assert again == sources


def test_secrets_are_hidden_by_the_function_that_is_handed_in() -> None:
    source = Source(id="a", url="https://user:word@outlet.example/rss", name="A")
    assert b"word" not in opml.write([source], hide=lambda url: url.replace("user:word@", ""))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no xml",
        b"<html/>",
        b'<!DOCTYPE opml [<!ENTITY x "y">]><opml><body><outline text="&x;" xmlUrl="https://a.example/"/></body></opml>',
        b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body>&x;</body></opml>',
    ],
)
def test_what_is_no_opml_or_brings_entities_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        opml.read(body)


def test_opml_that_is_not_well_formed_is_read_as_far_as_it_goes() -> None:
    body = b'<opml><body><outline text="A" xmlUrl="https://a.example/rss"><outline text="B & C" xmlUrl="https://b.example/rss">'
    assert [source.url for source in opml.read(body)][:1] == ["https://a.example/rss"]


def test_announced_feeds_come_before_linked_and_usual_ones() -> None:
    page = """<html><head>
      <link rel="alternate" type="application/rss+xml" title="Comments &amp; more" href="/comments/feed">
      <link rel="alternate" type="application/rss+xml" title="News" href="/news.rss">
      <link rel="alternate" hreflang="tr" href="/tr">
      </head><body><a href="/rss/sport">S</a><a href="https://elsewhere.example/rss">x</a><a href="/press">P</a>"""
    found = discover.discover(page, url="https://outlet.example/", sitemaps=["https://outlet.example/map.xml"])
    assert [(one.url, one.why) for one in found[:3]] == [
        ("https://outlet.example/news.rss", "announced"),
        ("https://outlet.example/rss/sport", "linked"),
        ("https://outlet.example/map.xml", "robots"),
    ]
    assert found[-1].url == "https://outlet.example/comments/feed"
    assert found[-1].title == "Comments & more"
    assert "https://outlet.example/feed" in [one.url for one in found if one.why == "usual"]
    assert not any("elsewhere" in one.url or one.url.endswith(("/tr", "/press")) for one in found)


def test_the_base_of_a_page_counts() -> None:
    page = b'<base href="https://cdn.example/x/"><link rel=alternate type=application/atom+xml href=atom.xml>'
    assert discover.discover(page, url="https://outlet.example/")[0].url == "https://cdn.example/x/atom.xml"


@pytest.mark.timeout(30)
@pytest.mark.parametrize("piece", ["<![if ", "<a href='/rss'>", "<a ", "<!--", "<link rel=alternate href=x"])
def test_no_page_takes_for_ever_to_search(piece: str) -> None:
    assert discover.discover(piece * 50_000, url="https://outlet.example/")


def test_a_broken_page_still_gives_the_usual_places() -> None:
    found = discover.discover(b"<![ <a href='<<<\xff\xfe", url="https://outlet.example/")
    assert {one.why for one in found} == {"usual"}
