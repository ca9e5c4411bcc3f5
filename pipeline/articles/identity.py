"""Who a text is: an exact hash of it, and a sketch that copies of it resemble."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from pipeline.articles import sketch
from pipeline.model.article import Fingerprint

_SPACE = re.compile(r"\s+")
# Typography that editors' tools change on their own. Punctuation stays otherwise: "2.5" and "25" are two things.
_TYPOGRAPHY = str.maketrans({
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "–": "-", "—": "-", "‑": "-",
    "…": "...", "\u00ad": None, "\u200b": None, "\u200e": None, "\u200f": None, "\ufeff": None,
})  # fmt: skip


def normal(text: str) -> str:
    """The text as identity sees it: composed, white space collapsed, typography in one form. Case and signs stay."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text).translate(_TYPOGRAPHY)).strip()


def fingerprint(title: str, text: str) -> Fingerprint:
    """The identity of a title and text. The sketch is of the text alone, for copies carry other headlines."""
    whole = f"{normal(title)}\n{normal(text)}"
    return Fingerprint(
        digest=hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest(),
        sketch=sketch.sketch(text),
        recipe=sketch.RECIPE,
    )
