"""Sitemaps, news sitemaps and sitemap indexes to items (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

from pipeline.errors import ParseError
from pipeline.model.outcome import Reason
from pipeline.model.source import Source
from pipeline.sources import xml
from pipeline.sources.entries import RawFeed, RawItem
from pipeline.sources.links import absolute

_INDEX = "sitemapindex"


def read(body: bytes, *, source: Source, base: str) -> RawFeed:
    """The pages of a sitemap, or the sitemaps of an index, newest first where they are dated.

    Raises ParseError NOT_A_FEED when the root is neither.
    """
    try:
        root, well_formed = xml.read(body)
    except xml.NotXml:
        raise _not_a_sitemap(source) from None
    if root.name == _INDEX:
        return RawFeed(format="sitemap-index", children=_children(root, base), malformed=not well_formed)
    if root.name != "urlset":
        raise _not_a_sitemap(source)
    return RawFeed(
        format="sitemap",
        items=tuple(item for item in (_item(node, base) for node in root.children("url")) if item.link),
        malformed=not well_formed,
    )


def _not_a_sitemap(source: Source) -> ParseError:
    return ParseError(
        "this is no sitemap: there is no urlset and no sitemapindex in it",
        thing=source.id,
        reason=Reason.NOT_A_FEED,
        hint="look at the address in a browser and correct it in sources.yaml",
    )


def _children(root: xml.Node, base: str) -> tuple[str, ...]:
    """Sitemaps of an index, those changed last first: a limit on how many are read then keeps the fresh ones."""
    listed = [(node.child("lastmod"), absolute(base, node.child("loc"))) for node in root.children("sitemap")]
    ordered = sorted(enumerate(listed), key=lambda pair: (pair[1][0], -pair[0]), reverse=True)
    return tuple(dict.fromkeys(address for _, (_, address) in ordered if address))


def _item(node: xml.Node, base: str) -> RawItem:
    news = next(node.children("news"), None)
    publication = next(news.children("publication"), None) if news else None
    address = absolute(base, node.child("loc"))
    return RawItem(
        link=address,
        title=news.child("title") if news else "",
        published_raw=news.child("publication_date") if news else "",
        updated_raw=node.child("lastmod"),
        update_dates=False,  # an old page touched today is no news of today
        lang=publication.child("language") if publication else "",
    )
