"""The feeds of a site, from its home page: what it links, and where they usually are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin

from pipeline.sources.links import absolute, host, related
from pipeline.sources.plain import plain

_TYPES = {
    "application/rss+xml": "rss", "application/atom+xml": "atom", "application/feed+json": "json",
    "application/rdf+xml": "rss", "text/xml": "rss", "application/xml": "rss",
}  # fmt: skip
_LOOKS = re.compile(
    r"(?:^|[/._-])(?:rss|feeds?|atom|rdf)(?:[/._-]|\d*$)|\.(?:rss|rdf|atom)$|feed\.json$", re.IGNORECASE
)
_COMMENTS = re.compile(r"comment", re.IGNORECASE)
_USUAL = ("rss", "feed", "rss.xml", "feed.xml", "feeds", "atom.xml", "index.xml", "feed.json", "sitemap-news.xml",
          "news-sitemap.xml", "sitemap_news.xml", "sitemap.xml")  # fmt: skip
_MOST = 40  # candidates
_LINKS = 20_000  # links of a page that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that may be a feed of the site; only asking tells."""

    url: str
    title: str = ""
    kind: str = "feed"  # feed, sitemap
    why: str = ""  # announced, linked, robots, usual


class _Links(HTMLParser):
    """Collects `<link>`, `<a>` and `<base>` of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.base = ""
        self.announced: list[tuple[str, str]] = []
        self.linked: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        href, title = given.get("href", ""), given.get("title", "")
        if tag == "base" and href and not self.base:
            self.base = href
        elif tag == "link" and href and self._announces(given):
            self.announced.append((href, title))
        elif tag == "a" and href and len(self.linked) < _LINKS:
            self.linked.append((href, title))

    def _announces(self, given: dict[str, str]) -> bool:
        kinds = given.get("rel", "").lower().split()
        media = given.get("type", "").partition(";")[0].strip().lower()
        return "feed" in kinds or ("alternate" in kinds and media in _TYPES)


def discover(page: bytes | str, *, url: str, sitemaps: Iterable[str] = ()) -> tuple[Candidate, ...]:
    """Where a site's feeds may be, the likeliest first, each address once.

    Announced in the page's head, linked from its text, sitemaps its robots.txt names, and the usual places. Feeds of
    comments come last. Nothing is fetched here; what is no feed shows when it is asked.
    """
    links = _links(page if isinstance(page, str) else page.decode("utf-8", "replace"))
    base = absolute(url, links.base) or url
    found = [
        Candidate(url=absolute(base, href), title=plain(title), why="announced") for href, title in links.announced
    ]
    found += [
        Candidate(url=absolute(base, href), title=plain(title), why="linked")
        for href, title in links.linked
        if _LOOKS.search(href.partition("?")[0]) and related(host(absolute(base, href)), host(url))
    ]
    found += [Candidate(url=absolute(url, address), kind="sitemap", why="robots") for address in sitemaps]
    found += [
        Candidate(url=urljoin(url, f"/{place}"), kind="sitemap" if "sitemap" in place else "feed", why="usual")
        for place in _USUAL
        if absolute(url, f"/{place}")
    ]
    found.sort(key=lambda candidate: bool(_COMMENTS.search(candidate.url + candidate.title)))
    unique: dict[str, Candidate] = {}
    for candidate in found:
        if candidate.url:
            unique.setdefault(candidate.url, candidate)
    return tuple(unique.values())[:_MOST]


def _links(page: str) -> _Links:
    links = _Links()
    try:
        links.feed(page)
        links.close()
    except (AssertionError, ValueError, RecursionError):
        return links  # what was read before the page broke the parser counts
    return links
