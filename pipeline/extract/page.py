"""A page, with the entry that led to it, to an article: text, title, date, and where they come from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pipeline.extract import agency, body, decoding, markup, mend, verdict
from pipeline.model.article import Extracted
from pipeline.model.outcome import Done, Outcome, Reason, Skipped
from pipeline.model.source import Entry

_HTML = re.compile(r"<(?:!doctype|html|head|body|div|p|article|meta|span|section|table|h[1-6])\b", re.IGNORECASE)
_HEAD = 20_000  # characters in which the first tag of a page is looked for
_LONGER = 1.4  # another text replaces the page's own when it is so much longer
_ENOUGH = 250  # characters by which it must be longer at the least
_SPACE = re.compile(r"\s+")
_TITLE_ENDS = (" | ", " - ", " – ", " — ", " :: ", " » ")  # before the name of the site in a window's title
_FEWEST = 3  # words that must stay when the site's name is cut off


def extract(
    html: bytes | str,
    *,
    url: str = "",
    entry: Entry | None = None,
    content_type: str = "",
    agencies: Mapping[str, Sequence[str]] | None = None,
    told: markup.Markup | None = None,
) -> Outcome[Extracted]:
    """The article of a page, or why it is none. `told` is its markup, where that was read already.

    Title and date are the entry's where it has them. Of the page's text, its JSON-LD and the feed's content the longest
    honest one counts. Skipped with NOT_HTML, NO_TEXT, TOO_SHORT, PAYWALL, CONSENT, LISTING, ERROR_PAGE, VIDEO or
    LIVE_BLOG. `agencies` (id -> names) are looked for in the text's first and last line; see extract.agency.

    Without a page (`html` is empty) the entry alone is the article: its content, else its summary.
    """
    page = html if isinstance(html, str) else decoding.text(html, content_type)
    alone = not page.strip() and entry is not None and bool(entry.content or entry.summary)
    if not alone and not is_html(page, content_type):
        return Skipped(Reason.NOT_HTML, f"the media type is {content_type.partition(';')[0] or 'unknown'}")
    told = told or markup.read(page)
    title = _title(told, entry)
    text, origin = _own_text(entry, title) if alone and entry else _text(told, entry, title)
    reason = verdict.judge(text, told, url=url)
    if reason is not None:
        return reason
    author = _line((entry.author if entry else "") or told.described.author or told.meta.get("author", ""))
    return Done(
        Extracted(
            title=title,
            text=text,
            author=author,
            published=(entry.published if entry else None) or _published(told),
            site=_line(told.meta.get("og:site_name", "") or told.described.site),
            lang=_lang(told) or (entry.lang if entry else ""),
            canonical=told.canonical or told.meta.get("og:url", ""),
            origin=origin,
            agency=agency.find(text, agencies, author=author) if agencies else "",
        )
    )


def is_html(page: str, content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        return bool(page.strip())
    if kind and not kind.startswith("text/") and "xml" not in kind and kind != "application/octet-stream":
        return False
    return bool(_HTML.search(page[:_HEAD]))


def _title(told: markup.Markup, entry: Entry | None) -> str:
    if entry is not None and entry.title:
        return entry.title
    for title in (told.meta.get("og:title", ""), told.described.headline, told.heading):
        if title.strip():
            return _line(title)
    return _without_site(told.title)


def _without_site(title: str) -> str:
    for end in _TITLE_ENDS:
        head, found, _ = title.rpartition(end)
        if found and len(head.split()) >= _FEWEST:
            return _line(head)
    return _line(title)


def _text(told: markup.Markup, entry: Entry | None, title: str) -> tuple[str, str]:
    """The longest honest text and where it is from; the page's own unless another says clearly more."""
    prose = sum(len(one.text) - one.linked for one in told.paragraphs)
    found = mend.mended(_lines(body.main_text(told.readable, prose=prose)), told) or mend.prose(told)
    best, origin = _paragraphs("\n".join(found), title), "page"
    for text, where in ((told.described.body, "json-ld"), (entry.content if entry else "", "feed")):
        other = _paragraphs(markup.visible_text(text) if "<" in text else text, title)
        longer = len(other) > max(len(best) * _LONGER, len(best) + _ENOUGH) and _whole(other)
        # trafilatura falls back on JSON-LD by itself, and runs its paragraphs together.
        if longer or (other and "".join(other.split()) == "".join(best.split())):
            best, origin = other, where
    return best, origin


def _own_text(entry: Entry, title: str) -> tuple[str, str]:
    text = entry.content or entry.summary
    return _paragraphs(markup.visible_text(text) if "<" in text else text, title), "feed"


def _whole(text: str) -> bool:
    """Whether a text is not cut off and does not send the reader elsewhere for the rest."""
    tail = text[-150:].strip()
    return not tail.endswith(("…", "...", "[…]", "[...]")) and not verdict.says("cut", tail)


def _paragraphs(text: str, title: str) -> str:
    """One blank line between paragraphs, white space collapsed, the headline not repeated as the first line."""
    lines = _lines(text)
    if len(lines) > 1 and title and verdict.fold(lines[0]) == verdict.fold(title):
        lines = lines[1:]
    return "\n\n".join(lines)


def _lines(text: str) -> list[str]:
    lines = (_SPACE.sub(" ", line).strip() for line in text.split("\n"))
    return [line for line in lines if line]


def _published(told: markup.Markup) -> datetime | None:
    for key in (
        "article:published_time",
        "datepublished",
        "pubdate",
        "publishdate",
        "dc.date.issued",
        "date",
        "parsely-pub-date",
    ):
        if moment := _moment(told.meta.get(key, "")):
            return moment
    return _moment(told.described.published) or _moment(told.time)


def _moment(raw: str) -> datetime | None:
    text = raw.strip()
    if not text[:4].isdigit():
        return None
    try:
        moment = datetime.fromisoformat(re.sub(r"(\d\d:\d\d:\d\d)[.,]\d+", r"\1", text))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _lang(told: markup.Markup) -> str:
    for tag in (told.lang, told.described.lang, told.meta.get("og:locale", ""), told.meta.get("content-language", "")):
        head = tag.strip().lower().replace("_", "-").partition("-")[0]
        if len(head) == len("en") and head.isascii() and head.isalpha():
            return head
    return ""


def _line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
