"""What a site's robots.txt allows (RFC 9309). The only file that knows protego."""

from __future__ import annotations

from dataclasses import dataclass

from protego import Protego

READ_BYTES = 512_000  # RFC 9309 asks for at least 500 KiB to be read; the rest is left unread
_LONGEST_DELAY_S = 86_400.0
# What protego was seen to raise on files that are no robots.txt.
_TROUBLE = (AttributeError, LookupError, RuntimeError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one site for one agent."""

    parsed: Protego | None  # None: everything is allowed
    agent: str

    def allows(self, url: str) -> bool:
        """Whether the agent may ask for this address."""
        if self.parsed is None:
            return True
        try:
            return bool(self.parsed.can_fetch(url, self.agent))
        except _TROUBLE:
            return True  # the file cannot be applied to this address, as if it were not there

    @property
    def delay_s(self) -> float:
        """Seconds between two requests that the site asks for, 0 when it does not say."""
        if self.parsed is None:
            return 0.0
        try:
            delay = float(self.parsed.crawl_delay(self.agent) or 0.0)
            rate = self.parsed.request_rate(self.agent)
            spaced = float(rate.seconds) / float(rate.requests) if rate and rate.requests else 0.0
        except _TROUBLE:
            return 0.0
        return min(max(delay, spaced, 0.0), _LONGEST_DELAY_S)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps that the site names."""
        return tuple(str(address) for address in self.parsed.sitemaps) if self.parsed else ()


def read(body: bytes, *, agent: str) -> Rules:
    """The rules in a robots.txt for an agent (a product token). What cannot be read allows everything."""
    try:
        return Rules(Protego.parse(body.decode("utf-8-sig", "replace")), agent)
    except _TROUBLE:
        return Rules(None, agent)


def open_to_all(agent: str) -> Rules:
    """The rules of a site without a robots.txt."""
    return Rules(None, agent)
