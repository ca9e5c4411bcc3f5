"""The main text of a page. The only file that knows trafilatura; its deduplication stays off, for it remembers."""

from __future__ import annotations

import trafilatura

# Below this many characters the fast reading may have missed the text and the slow one tries: 1 in 20 pages of the
# annotated benchmark.
_SHORT = 500
# Tags beyond which a page is not read: the benchmark's largest has 3,200, and some shapes cost time by their square.
_TAGS = 30_000
# What trafilatura and lxml were seen to raise on pages that are broken beyond repair.
_TROUBLE = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


def main_text(page: str) -> str:
    """The text of the article on a page, paragraphs on lines of their own; "" when there is none or too much.

    Comments, links' addresses and images with their captions are left out. The default reading follows where the fast
    one finds little; the longer of both counts.
    """
    if page.count("<") > _TAGS:
        return ""
    text = _read(page, fast=True)
    if len(text) >= _SHORT:
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
