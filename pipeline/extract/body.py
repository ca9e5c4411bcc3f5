"""The main text of a page. The only file that knows trafilatura; its deduplication stays off, for it remembers."""

from __future__ import annotations

import trafilatura

# Below this many characters the fast reading may have missed the text and the slow one tries: 1 in 20 pages of the
# annotated benchmark.
_SHORT = 500
# A short text that holds what the page says in paragraphs is all there is: the slow reading added nothing to any of 49
# such pages (181 real ones and the demo's), and the boxes beside the article to one of 50 more.
_HELD = 0.85  # share of the characters in paragraphs, some of which are captions
_TOLD = 200  # characters in paragraphs from which they tell how long an article is
# Tags beyond which a page is not read: the benchmark's largest has 3,200, and some shapes cost time by their square.
_TAGS = 30_000
# What trafilatura and lxml were seen to raise on pages that are broken beyond repair.
_TROUBLE = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


def main_text(page: str, *, prose: int = 0) -> str:
    """The text of the article on a page, paragraphs on lines of their own; "" when there is none or too much.

    Comments, links' addresses and images with their captions are left out. The default reading follows where the fast
    one finds little, and less than the `prose` characters that stand in paragraphs; the longer of both counts.
    """
    if page.count("<") > _TAGS:
        return ""
    text = _read(page, fast=True)
    if len(text) >= _SHORT or (prose >= _TOLD and len(text) >= _HELD * prose):
        return text
    return max(text, _read(page, fast=False), key=len)


def _read(page: str, *, fast: bool) -> str:
    try:
        found = trafilatura.bare_extraction(
            page, fast=fast, include_comments=False, include_images=False, deduplicate=False, with_metadata=False
        )
    except _TROUBLE:
        return ""
    return (getattr(found, "text", "") or "").strip()
