"""Feed bytes to entries: RSS 0.9x, 1.0 and 2.0, Atom, JSON Feed, and sitemaps by their own readers.

The only file that knows feedparser. Markup of summaries and contents is passed on as it came and is untrusted.
"""

from __future__ import annotations

import functools
import io
import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import feedparser

from pipeline.errors import ParseError
from pipeline.model.outcome import Reason
from pipeline.model.source import FeedDocument, Hints, Source
from pipeline.sources import entries, hints, jsonfeed, sitemap
from pipeline.sources.entries import RawItem
from pipeline.sources.links import absolute
from pipeline.sources.plain import plain

# Dates are read from what the feed writes (sources/dates.py): feedparser asks this handler first, and tries no other.
feedparser.registerDateHandler(lambda _written: time.gmtime(0))

_HEAD = 65_536  # bytes looked at to tell what a body is
_ENDS = ((b"<!--", b"-->"), (b"<?", b"?>"), (b"<!", b">"))  # what may stand before the root element
_ROOT = re.compile(rb"<(?:[a-z][\w.-]*:)?(rss|rdf|feed|channel|urlset|sitemapindex|opml|html)\b", re.IGNORECASE)
_FIRST = re.compile(rb"<([a-z][\w.:-]*)", re.IGNORECASE)
_DECLARATION = re.compile(rb"<\?xml\b")
# What feedparser was seen to raise on bytes that are no feed, apart from SAX errors, which it keeps to itself.
_TROUBLE = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, NameError, RuntimeError, TypeError,
    ValueError,
)  # fmt: skip
_FORMATS = {
    "rss20": "rss20", "rss10": "rss10", "rss090": "rss09", "rss091n": "rss09", "rss091u": "rss09", "rss092": "rss09",
    "rss093": "rss09", "rss094": "rss09", "rss": "rss20", "atom10": "atom10", "atom03": "atom10", "atom01": "atom10",
    "atom02": "atom10", "atom": "atom10", "cdf": "rss09",
}  # fmt: skip


def read(
    body: bytes,
    *,
    source: Source,
    content_type: str = "",
    url: str = "",
    limit: int = 1_000,
    now: datetime | None = None,
    canonical: Callable[[str], str] | None = None,
    aggregators: frozenset[str] = frozenset(),
) -> FeedDocument:
    """The entries of a feed or sitemap, in its order, at most `limit` of them.

    `url` is where the bytes came from (links are relative to it), `content_type` the HTTP header. With `now`, a date
    more than a day ahead is noted. `canonical` (articles.address.canonical) steadies keys made of links; `aggregators`
    are hosts known to hide the publisher's address. Notes: malformed-feed, over-entry-limit, empty-feed.

    Raises ParseError with NOT_A_FEED when the bytes are something else, an HTML page or nothing for instance.
    """
    base = url or source.url
    kind = _kind(body, source)
    if kind == "json":
        raw = jsonfeed.read(body, source=source, base=base)
    elif kind == "sitemap":
        raw = sitemap.read(body, source=source, base=base)
    else:
        raw = _xml(body, source=source, content_type=content_type, base=base)
    return entries.document(
        raw, source=source, feed_url=base, limit=limit, now=now, canonical=canonical, aggregators=aggregators
    )


def _kind(body: bytes, source: Source) -> str:
    """What the bytes look like: json, xml or sitemap. Raises ParseError NOT_A_FEED."""
    head = body[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not head:
        raise _not_a_feed(source, "the answer is empty")
    if head[:1] in b"{[":
        return "json"
    head = _from_root(head)
    first, root = _FIRST.search(head), _ROOT.search(head)
    if first is None or root is None or root[1].lower() in (b"html", b"opml") or first[1].lower() == b"html":
        raise _not_a_feed(source, f"the answer begins with {head[:60].decode('utf-8', 'replace')!r}")
    return "sitemap" if root[1].lower() in (b"urlset", b"sitemapindex") else "xml"


def _from_root(head: bytes) -> bytes:
    """The head without declaration, comments and document type before the root; each is passed over in one step."""
    at = 0
    while True:
        opened = next((pair for pair in _ENDS if head.startswith(pair[0], at)), None)
        if opened is None:
            return head[at:]
        subset, end = head.find(b"[", at), head.find(opened[1], at)
        if opened[0] == b"<!" and 0 <= subset < end:  # a document type with declarations of its own
            end = head.find(b"]", subset)
            end = head.find(b">", end) if end >= 0 else -1
        if end < 0:
            return head[at:]
        at = end + len(opened[1])
        at += len(head[at:]) - len(head[at:].lstrip())


def _not_a_feed(source: Source, what: str) -> ParseError:
    return ParseError(
        f"this is no feed: {what}",
        thing=source.id,
        reason=Reason.NOT_A_FEED,
        hint="look at the address in a browser and correct it in sources.yaml",
    )


def _xml(body: bytes, *, source: Source, content_type: str, base: str) -> entries.RawFeed:
    # No address is given along: with one, feedparser makes links of guids that are none ("1" becomes /1).
    headers = {"content-type": content_type}
    try:
        parsed = feedparser.parse(
            io.BytesIO(_from_declaration(body)),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
        channel: Mapping[str, Any] = parsed["feed"]
        items = tuple(_item(entry, base) for entry in parsed["entries"])
    except _TROUBLE as error:
        raise _not_a_feed(source, f"reading it failed ({type(error).__name__})") from error
    version = str(parsed.get("version") or "")
    if not version and not items:
        raise _not_a_feed(source, "no known root element and no item")
    return entries.RawFeed(
        format=_FORMATS.get(version, "rss20"),
        title=plain(_text(channel.get("title"))),
        lang=_text(channel.get("language")) or _text(channel.get("xml_lang")),
        home=absolute(base, _text(channel.get("link"))),
        items=items,
        hints=_hints(channel, body),
        malformed=bool(parsed.get("bozo")) and not _harmless(parsed.get("bozo_exception")),
    )


def _from_declaration(body: bytes) -> bytes:
    """The body without what some servers print before the XML declaration (blank lines, warnings)."""
    found = _DECLARATION.search(body[:_HEAD])
    return body[found.start() :] if found and b"\0" not in body[:4] else body


def _harmless(error: object) -> bool:
    """An encoding named otherwise in the header than in the file, or a media type that is not XML, harms no entry."""
    return isinstance(error, (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType))


def _item(entry: dict[str, Any], base: str) -> RawItem:
    # Looked up as in a plain dictionary: feedparser's own look-up answers for missing keys with others, and slowly.
    get = functools.partial(dict.get, entry)
    contents = [_text(part.get("value")) for part in get("content") or () if isinstance(part, Mapping)]
    guid = _text(get("id"))
    return RawItem(
        guid=guid,
        link=_link(entry, guid, base),
        title=_text(get("title")),
        published_raw=_text(get("published")) or _text(get("created")),
        updated_raw=_text(get("updated")),
        summary=_text(get("summary")),
        content=max(contents, key=len, default=""),
        author=_text(get("author")),
        origin_url=_origin(get("source")),
        lang=_lang(get("language"), get("title_detail")),
    )


def _link(entry: dict[str, Any], guid: str, base: str) -> str:
    """Where the item lives: its link, an alternate link, a guid that is an address, an enclosed page; or ""."""
    for href in _written(entry, guid):
        # feedparser takes the guid for the link where there is none; only an address counts.
        if href and (href != guid or guid.startswith(("http://", "https://", "/"))):
            address = absolute(base, href)
            if address:
                return address
    return ""


def _written(entry: dict[str, Any], guid: str) -> Iterator[str]:
    yield _text(dict.get(entry, "feedburner_origlink"))
    yield _text(dict.get(entry, "link"))
    related = [link for link in dict.get(entry, "links") or () if isinstance(link, Mapping)]
    yield from (_text(link.get("href")) for link in related if link.get("rel", "alternate") == "alternate")
    yield guid
    enclosed = [link for link in related if link.get("rel") == "enclosure"]
    yield from (_text(link.get("href")) for link in enclosed if "html" in (_text(link.get("type")) or "html"))


def _origin(source: object) -> str:
    return _text(source.get("href")) or _text(source.get("url")) if isinstance(source, Mapping) else ""


def _lang(language: object, title: object) -> str:
    return _text(language) or (_text(title.get("language")) if isinstance(title, Mapping) else "")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _hints(channel: Mapping[str, Any], body: bytes) -> Hints:
    return hints.of_channel(
        ttl=_text(channel.get("ttl")),
        period=_text(channel.get("sy_updateperiod")),
        frequency=_text(channel.get("sy_updatefrequency")),
        body=body,
    )
