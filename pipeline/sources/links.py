"""Links of feeds: made absolute, limited to web addresses, unwrapped where an aggregator wraps them."""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qs, urljoin, urlsplit

_LONGEST = 2_083  # characters; the old limit of browsers, and no outlet needs more
_WRAPPERS = ("url", "u", "q", "target", "dest", "link")  # query keys under which redirectors carry the address


def split(url: str) -> SplitResult | None:
    """The parts of a web address, or None when it is none (another scheme, no host, a bad port)."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None


def absolute(base: str, href: str) -> str:
    """The web address that `href` means on a page at `base`, or "" when it means none."""
    href = "".join(href.split())
    if not href or len(href) > _LONGEST:
        return ""
    try:
        joined = href if href.startswith(("http://", "https://")) else urljoin(base, href)
    except ValueError:
        return ""
    return joined if split(joined) else ""


def host(url: str) -> str:
    """The host of a web address in lower case without a leading `www.`, or ""."""
    parts = split(url)
    return (parts.hostname or "").lower().removeprefix("www.") if parts else ""


def related(one: str, other: str) -> bool:
    """Whether two hosts are one site as far as names tell: the same, or one below the other."""
    return bool(one and other) and (one == other or one.endswith("." + other) or other.endswith("." + one))


def unwrapped(link: str, feed_url: str) -> str:
    """The publisher's address inside a redirector's link (`/url?url=https://...`), or "" when there is none to see.

    Only a link to the feed's own site is opened: elsewhere an address in the query belongs to the page.
    """
    if "=http" not in link:
        return ""
    parts = split(link)
    if parts is None or not related(host(link), host(feed_url)):
        return ""
    query = parse_qs(parts.query)
    for key in _WRAPPERS:
        for value in query.get(key, ()):
            if split(value) and not related(host(value), host(link)):
                return value
    return ""


def hides_publisher(link: str, *, feed_url: str, origin_url: str, aggregators: frozenset[str]) -> bool:
    """Whether a link leads to an aggregator and not to the publisher.

    Known by name (`aggregators`, hosts from settings), or by the feed itself: the item names another site as its origin
    (`<source url>`) while its link stays on the site of the feed.
    """
    if not origin_url and not aggregators:
        return False
    at = host(link)
    if any(at == name or at.endswith("." + name) for name in aggregators):
        return True
    origin = host(origin_url)
    return bool(origin) and related(at, host(feed_url)) and not related(origin, at)
