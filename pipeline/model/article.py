"""Pages, articles and their versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What an address answered, after redirects and decompression."""

    url: str  # asked
    final_url: str  # answered
    permanent_url: str = ""  # where permanent redirects (301, 308) alone lead, "" when none
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()  # lower-case names
    body: bytes = b""
    elapsed_s: float = 0.0

    def header(self, name: str) -> str:
        """The first header of that name, or ""."""
        return next((v for k, v in self.headers if k == name.lower()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A text to analyse: title and body as given, offsets count Unicode code points in them."""

    id: str
    text: str
    title: str = ""
    url: str = ""
    lang: str = ""  # a hint; analysis detects
    published: datetime | None = None  # aware; relative dates abstain without it
    country: str = ""  # of the outlet, ISO 3166-1 alpha-2
    source: str = ""
    author: str = ""
    site: str = ""
    previous: str = ""  # text of the version before, when an edit is analysed


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """What a page holds once menus and advertisements are gone."""

    title: str
    text: str
    author: str = ""
    published: datetime | None = None
    site: str = ""
    lang: str = ""
    canonical: str = ""  # rel=canonical or og:url, not yet trusted
    origin: str = "page"  # page, json-ld, feed
    agency: str = ""  # agency named as the text's origin, folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Identity of a text: exact hash and sketch, both with the version of their recipe."""

    digest: str  # hex of the normalised title and text
    sketch: bytes = b""  # MinHash
    recipe: int = 1
