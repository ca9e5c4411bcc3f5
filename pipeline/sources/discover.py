"""The feeds of a site, from its home page: what it links, and where they usually are."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
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
_TAG = re.compile(r"<(link|a|base)\s([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-zA-Z:-]{1,40})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_MOST = 40  # candidates
_LINKS = 20_000  # links of a page that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that may be a feed of the site; only asking tells."""

    url: str
    title: str = ""
    kind: str = "feed"  # feed, sitemap
    why: str = ""  # announced, linked, robots, usual


def discover(page: bytes | str, *, url: str, sitemaps: Iterable[str] = ()) -> tuple[Candidate, ...]:
    """Where a site's feeds may be, the likeliest first, each address once.

    Announced in the page's head, linked from its text, sitemaps its robots.txt names, and the usual places. Feeds of
    comments come last. Nothing is fetched here; what is no feed shows when it is asked.
    """
    tags = list(_tags(page if isinstance(page, str) else page.decode("utf-8", "replace")))
    base = next((absolute(url, given["href"]) for tag, given in tags if tag == "base"), "") or url
    linked = [(absolute(base, given["href"]), given) for tag, given in tags if tag == "a"]
    found = [
        Candidate(url=absolute(base, given["href"]), title=plain(given.get("title", "")), why="announced")
        for tag, given in tags
        if tag == "link" and _announces(given)
    ]
    found += [
        Candidate(url=address, title=plain(given.get("title", "")), why="linked")
        for address, given in linked
        if _LOOKS.search(address.partition("?")[0]) and related(host(address), host(url))
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


def _tags(page: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The `base`, `link` and `a` elements of a page with their attributes, names in lower case."""
    for found in islice(_TAG.finditer(page), _LINKS):
        given: dict[str, str] = {}
        for name, quoted, single, bare in _ATTRIBUTE.findall(found[2]):
            given.setdefault(name.lower(), html.unescape(quoted or single or bare))
        if given.get("href"):
            yield found[1].lower(), given


def _announces(given: dict[str, str]) -> bool:
    kinds = given.get("rel", "").lower().split()
    media = given.get("type", "").partition(";")[0].strip().lower()
    return "feed" in kinds or ("alternate" in kinds and media in _TYPES)
