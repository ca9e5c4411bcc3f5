"""Text from outside, made fit to be shown: nothing invisible, nothing that turns itself into a link, cut at a word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

from pipeline.model.finding import Span

# Zero-width joiner and non-joiner stay: several scripts spell with them.
_JOINERS = frozenset("\u200c\u200d")
_RTL_LANGUAGES = frozenset({"ar", "fa", "he", "ur"})
_UNSEEN = re.compile(r"[^ -~\u00a1-\u00ac\u00ae-\u0300]")  # what needs a look; the common letters do not
_BLANKS = re.compile(r"\s+")
_SCHEME = re.compile(r"(?<=\w):(?=//)")
_ACTIVE_SCHEME = re.compile(r"\b(mailto|javascript|data|tel|vbscript|file):(?=\S)", re.IGNORECASE)
_DOMAIN_DOT = re.compile(r"(?<=[^\W_])\.(?=[^\W\d_]{2,})")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~&$])|(?<![^\n])(?=[#+=:-])")
_MARKDOWN_LIST = re.compile(r"^(\s*\d+)([.)])(?=\s|$)")


@cache
def _shown(char: str) -> str:
    """What stands for a character: itself, a blank, nothing, or the replacement sign."""
    if char in _JOINERS:
        return char
    category = unicodedata.category(char)
    if category in {"Cc", "Zl", "Zp", "Zs"}:
        return " "
    if category in {"Cf", "Cn"}:  # directions, zero widths, tags, soft hyphens; what is no character
        return ""
    if category in {"Cs", "Co"}:
        return "\ufffd"
    return char


def clean(text: str, limit: int | None = None, *, strip: bool = True) -> str:
    """One line without control characters, direction overrides, zero widths and lone surrogates.

    Runs of white space become one blank. `limit` is in code points, see `cut`. Idempotent.
    """
    seen = _UNSEEN.sub(lambda match: _shown(match.group()), text)
    line = _BLANKS.sub(" ", seen)
    if strip:
        line = line.strip()
    return cut(line, limit) if limit is not None else line


def harmless(text: str) -> str:
    """The text without what a terminal would obey: controls, direction overrides. Line feeds and blanks stay."""
    return "\n".join(_UNSEEN.sub(lambda match: _shown(match.group()), line) for line in text.split("\n"))


def cut(text: str, limit: int) -> str:
    """At most `limit` code points, ended at a word with an ellipsis when something was left out."""
    if len(text) <= limit:
        return text
    if limit < 2:
        return "…"[:limit]
    head = text[: limit - 1]
    blank = head.rfind(" ")
    # A word longer than a third of the room is broken rather than leaving the room empty.
    if blank > limit * 2 // 3:
        head = head[:blank]
    while head and unicodedata.category(text[len(head)]) in {"Mn", "Mc"}:
        head = head[:-1]  # a mark stays with its letter
    return head.rstrip() + "…"


def inert(text: str) -> str:
    """The text with addresses and mentions spelt so that mail and chat programs do not turn them into links.

    `https://x.org` becomes `https[:]//x[.]org`, and an at sign its full-width form. Idempotent.
    """
    spelt = _SCHEME.sub("[:]", text)
    spelt = _ACTIVE_SCHEME.sub(r"\1[:]", spelt)
    spelt = _DOMAIN_DOT.sub("[.]", spelt)
    return spelt.replace("@", "\uff20")


def quoted(text: str, limit: int | None = None) -> str:
    """Text of others, for a plain message: clean, then inert."""
    return inert(clean(text, limit))


def markdown(text: str) -> str:
    """A line of text with everything escaped that Markdown would read as markup."""
    return _MARKDOWN_LIST.sub(r"\1\\\2", _MARKDOWN.sub(lambda found: "\\" + (found.group(1) or ""), text))


def safe_link(url: str) -> str:
    """The address when it is a plain web address, else "": only http and https, no blanks, quotes or brackets."""
    if not re.fullmatch(r"https?://[^\s\"'<>`\\\x00-\x20\x7f]{1,2000}", url, re.IGNORECASE):
        return ""
    return url if all(unicodedata.category(c)[0] != "C" for c in url) else ""


def direction(text: str, lang: str = "") -> str:
    """`rtl` or `ltr`, by the language, else by the first letter that has a direction."""
    if lang:
        return "rtl" if lang in _RTL_LANGUAGES else "ltr"
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def telling(evidence: Sequence[Span], proofs: Sequence[Span]) -> Span:
    """The sentence of a non-empty evidence that holds most of the proofs; of equals the first."""

    def held(sentence: Span) -> int:
        return sum(p.field == sentence.field and sentence.start <= p.start and p.end <= sentence.end for p in proofs)

    return max(evidence, key=held)


def segments(text: str, marks: Iterable[tuple[int, int]]) -> tuple[tuple[bool, str], ...]:
    """The text in pieces, each with whether it is marked; joined they are the text.

    `marks` are (start, end) in code points of `text`; they may overlap, touch or reach over its ends.
    """
    pieces: list[tuple[bool, str]] = []
    at = 0
    for start, end in sorted((max(0, s), min(len(text), e)) for s, e in marks):
        start = max(start, at)
        if start >= end:
            continue
        if start > at:
            pieces.append((False, text[at:start]))
        if pieces and pieces[-1][0] and start == at:
            pieces[-1] = (True, pieces[-1][1] + text[start:end])
        else:
            pieces.append((True, text[start:end]))
        at = end
    if at < len(text):
        pieces.append((False, text[at:]))
    return tuple(pieces)
