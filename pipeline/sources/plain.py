"""Titles and names as text: feeds write them with markup and entities, once or twice escaped."""

from __future__ import annotations

import html
import re

# A tag, not a lone "<": "profit < 3%" and "a <b" stay as they are.
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9:-]*(?:\s[^<>]{0,2000})?/?>|<!--.{0,2000}?-->", re.DOTALL)
_SPACE = re.compile(r"\s+")
# What no text may hold: control characters, lone surrogates and byte order marks.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_TWICE = 2  # feeds escape once by the rules and once more by mistake; a third time was never met


def clean(text: str) -> str:
    """The text without control characters, lone surrogates and byte order marks."""
    return text if text.isprintable() else _CONTROL.sub("", text)  # none of them can be printed


def plain(markup: str) -> str:
    """Markup as one line of text: tags out, entities read (also doubly escaped ones), white space collapsed."""
    text = clean(markup)
    for _ in range(_TWICE):
        if "&" not in text:
            break
        text = html.unescape(text)
    text = _TAG.sub(" ", text) if "<" in text else text
    return _SPACE.sub(" ", clean(text)).strip()
