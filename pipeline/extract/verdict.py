"""Is this page an article? If not, what else: paywall, consent wall, listing, error page, video page, live blog."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from urllib.parse import urlsplit

from pipeline.extract.markup import Markup
from pipeline.model.outcome import Reason, Skipped

# Characters of text, set on pages of the annotated benchmark (none of its 181 articles may fall) and on the pages of
# the tests; a character of prose is a sixth of a word.
_SHORT = 120  # below it there is nothing to analyse
_NOTICE = 900  # an error or consent page says no more than this
_STUB = 1_500  # a paywall leaves a first paragraph or two
_CAPTION = 600  # a video page has a caption
_TAIL = 300  # where a stub says that the rest is for subscribers
_WORD = 6  # characters
_STUB_SHARE = 0.5  # of the words that the page says the article has
_LISTED = 12  # headlines on a page that lists
_LINKED = 0.6  # share of a listing's text that is links
_LIVE_MARKS = ("live/", "/live", "liveblog", "live-blog", "live-updates", "liveticker", "live-ticker", "newsblog")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A page whose main text was looked for."""

    text: str
    markup: Markup
    url: str

    @property
    def path(self) -> str:
        """The path of its address in lower case, without slashes around it."""
        return fold(urlsplit(self.url).path).strip("/")


def judge(text: str, markup: Markup, *, url: str) -> Skipped | None:
    """Why the page is no article, or None when nothing speaks against it. `text` is what was found as its main text."""
    page = Suspect(text, markup, url)
    for look in (_error, _live, _consent, _paywall, _video, _listing):
        found = look(page)
        if found is not None:
            return found
    if len(text) < _SHORT:
        reason = Reason.TOO_SHORT if text else Reason.NO_TEXT
        return Skipped(reason, f"{len(text)} characters of text; {_SHORT} are needed")
    return None


@cache
def phrases(kind: str) -> tuple[str, ...]:
    """The phrases of a kind (a Reason value, or `cut`) in every language, folded."""
    data = tomllib.loads(resources.files("pipeline.extract").joinpath("phrases.toml").read_text("utf-8"))
    listed: Mapping[str, list[str]] = data[kind]
    return tuple(fold(phrase) for several in listed.values() for phrase in several)


def fold(text: str) -> str:
    """Lower case and plain apostrophes, for comparing with the phrases."""
    return unicodedata.normalize("NFC", text.replace("İ", "i").replace("’", "'")).lower()


def says(kind: str, text: str) -> str:
    """The first phrase of a kind that the text holds, or ""."""
    folded = fold(text)
    return next((phrase for phrase in phrases(kind) if phrase in folded), "")


def _error(page: Suspect) -> Skipped | None:
    if len(page.text) > _NOTICE:
        return None
    phrase = says(Reason.ERROR_PAGE.value, f"{page.markup.title}\n{page.markup.heading}\n{page.text[:_NOTICE]}")
    named = page.markup.title.strip().startswith(("404", "403", "500", "502", "503"))
    if not phrase and not named:
        return None
    if page.markup.described.is_article and not named and len(page.text) > _SHORT:
        return None
    return Skipped(Reason.ERROR_PAGE, f"the page says {phrase or page.markup.title!r}")


def _live(page: Suspect) -> Skipped | None:
    if page.markup.described.is_live:
        return Skipped(Reason.LIVE_BLOG, "the page describes itself as a live blog")
    told = says(Reason.LIVE_BLOG.value, f"{page.markup.title}\n{page.markup.heading}")
    marked = any(mark in page.path for mark in _LIVE_MARKS)
    if told and marked:
        return Skipped(Reason.LIVE_BLOG, f"its title says {told!r} and its address too")
    return None


def _consent(page: Suspect) -> Skipped | None:
    if len(page.text) > _NOTICE:
        return None
    told = [phrase for phrase in phrases(Reason.CONSENT.value) if phrase in fold(f"{page.markup.title}\n{page.text}")]
    if len(told) > 1 or (told and ("consent" in page.url.lower())):
        return Skipped(Reason.CONSENT, f"the page says {told[0]!r}")
    return None


def _paywall(page: Suspect) -> Skipped | None:
    words, said = len(page.text) / _WORD, page.markup.described.words
    if not page.markup.described.free and len(page.text) < _STUB and (not said or words < said * _STUB_SHARE):
        return Skipped(Reason.PAYWALL, "the page says that it is not free, and shows the beginning only")
    if len(page.text) > _STUB:
        return None
    phrase = says(Reason.PAYWALL.value, page.text[-_TAIL:])
    if phrase:
        return Skipped(Reason.PAYWALL, f"the text ends with {phrase!r}")
    return None


def _video(page: Suspect) -> Skipped | None:
    kind = page.markup.meta.get("og:type", "").lower()
    told = kind.startswith("video") or (page.markup.described.is_video and not page.markup.described.is_article)
    if len(page.text) < _CAPTION and (told or (page.markup.videos and "video" in page.path)):
        return Skipped(Reason.VIDEO, f"a video with {len(page.text)} characters of text")
    return None


def _listing(page: Suspect) -> Skipped | None:
    kind = page.markup.meta.get("og:type", "").lower()
    if page.markup.described.is_article or kind == "article" or "article:published_time" in page.markup.meta:
        return None
    linked = page.markup.link_chars / max(page.markup.text_chars, 1)
    front = not page.path and "?" not in page.url
    if page.markup.headlines >= _LISTED and (linked >= _LINKED or front or page.markup.described.is_list):
        return Skipped(Reason.LISTING, f"{page.markup.headlines} headlines that lead elsewhere")
    return None
