"""Everything that extraction may take an article from, in one text: to tell early that nothing of it is wanted."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from pipeline.extract import decoding, markup
from pipeline.extract.page import is_html
from pipeline.model.source import Entry

_FEWEST = 300  # characters of text in all below which a page takes the long way: its text may come from elsewhere
_HEAD = 80_000  # bytes: four for each of the characters in which `is_html` looks for a first tag
_ENTITY = re.compile(r"&#?\w{2,32};")


def union(page: bytes | str, *, entry: Entry | None = None, content_type: str = "") -> str | None:
    """The words of the page, its headlines, its JSON-LD and the feed's entry: a superset of any article's words.

    Where elements touch, `text.fold.PARTED` stands between their texts. None for a page that extraction must look at in
    any case: no HTML, broken, or next to no text. Takes about a thirtieth of the time of extraction.
    """
    raw = decoding.utf8(page, content_type) if isinstance(page, bytes) else page.encode("utf-8", "replace")
    if not is_html(raw[:_HEAD].decode("utf-8", "replace"), content_type):
        return None
    parts = markup.everything(raw)
    if parts is None:
        return None
    return _whole(parts, entry)


def nearer(told: markup.Markup, *, entry: Entry | None = None) -> str | None:
    """The same of a page whose markup was read: without what no article is read from, and no script at all."""
    described = told.described
    titles = [told.title, told.heading, told.meta.get("og:title", ""), described.headline]
    return _whole([told.words, *titles, described.body], entry)


def _whole(parts: list[str], entry: Entry | None) -> str | None:
    if entry is not None:
        parts = [*parts, entry.title, entry.summary, entry.content]
    whole = "\n".join(piece for part in parts for piece in _readings(part))
    return whole if len(whole) >= _FEWEST else None


def _readings(part: str) -> Iterator[str]:
    """A text as it is, as HTML where it has tags, and with entities resolved once more where any are left."""
    yield part
    if "<" in part:
        yield from markup.everything(part) or ()
    if "&" in part and _ENTITY.search(part):
        yield html.unescape(part)
