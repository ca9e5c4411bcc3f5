"""How the fetcher behaves: limits, pace, who it says it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pipeline.fetch.guard import Endpoint

_FEEDS = "application/atom+xml, application/rss+xml, application/feed+json"
_ACCEPT = MappingProxyType(
    {
        "feed": f"{_FEEDS}, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1",
        "sitemap": "application/xml, text/xml;q=0.9, */*;q=0.1",
        "page": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
        "robots": "text/plain, */*;q=0.1",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Settings of a fetcher; times in seconds, sizes in bytes after decompression."""

    contact: str = ""  # an address of a person or page, in the user agent: outlets ask for one
    agent: str = "claimwatch"  # product token: what robots.txt rules are written for
    version: str = "0"
    connect_s: float = 10.0
    read_s: float = 20.0  # silence between two pieces of an answer
    total_s: float = 60.0  # one address with its redirects, waiting for its turn not counted
    body_bytes: Mapping[str, int] = field(
        default_factory=lambda: {"feed": 20_000_000, "sitemap": 52_428_800, "page": 10_000_000, "robots": 512_000}
    )
    header_bytes: int = 65_536
    redirects: int = 8
    concurrency: int = 64
    per_host: int = 2
    host_delay_s: float = 1.0  # between two requests to one host; a longer crawl delay of robots.txt counts
    wait_s: float = 120.0  # longest wait for a host's turn; beyond it the answer is host-busy
    robots: bool = True
    robots_ttl_s: float = 86_400.0  # RFC 9309: no longer than a day
    robots_retry_s: float = 600.0  # after a robots.txt that could not be had
    allow: frozenset[Endpoint] = frozenset()  # host and port pairs that may be private

    @property
    def user_agent(self) -> str:
        """The whole `User-Agent`: product, version and contact."""
        contact = f" (+{self.contact})" if self.contact else ""
        return f"{self.agent}/{self.version}{contact}"

    def limit(self, kind: str) -> int:
        """The most bytes that a body of this kind may have."""
        return self.body_bytes.get(kind, max(self.body_bytes.values(), default=10_000_000))


def accept(kind: str) -> str:
    """The `Accept` header for a kind of thing: feed, sitemap, page, robots."""
    return _ACCEPT.get(kind, "*/*")
