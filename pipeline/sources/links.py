"""Links of feeds: made absolute, limited to web addresses, unwrapped where an aggregator wraps them."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, urljoin, urlsplit

_LONGEST = 2_083  # characters; the old limit of browsers, and no outlet needs more
# What nearly every link looks like, and is a web address for sure: taking one apart costs ten times this look.
_USUAL = re.compile(r"https?://([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?=[/?#]|\Z)")
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
    return joined if _USUAL.match(joined) or split(joined) else ""


def host(url: str) -> str:
    """The host of a web address in lower case without a leading `www.`, or ""."""
    usual = _USUAL.match(url)
    if usual:
        return usual[1].lower().removeprefix("www.")
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
    written = link.lower()
    if any(name in written for name in aggregators) and _below(host(link), aggregators):
        return True
    origin = host(origin_url) if origin_url else ""
    if not origin:
        return False
    at = host(link)
    return related(at, host(feed_url)) and not related(origin, at)


def _below(host_: str, names: frozenset[str]) -> bool:
    return any(host_ == name or host_.endswith("." + name) for name in names)
