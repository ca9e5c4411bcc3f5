"""What a text says beside another: first by sentences, then by words within sentences that differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_SENTENCES = re.compile(r"[^.!?\u06d4\u0964\n]+[.!?\u06d4\u0964]*\s*|[.!?\u06d4\u0964\s]+")
WORDS_AT_ONCE = 400  # tokens; longer pieces are not compared word by word, which would take seconds
# Share of the old text's letters in words of both from which two pieces are compared word by word. With blanks kept, a
# digest's two fifths cannot be reached below it, and what is left are single words of an unlike sentence.
LIKE = 0.25

Redline = tuple[tuple[str, str], ...]  # (op, text): "=" in both, "-" only in the old text, "+" only in the new one


def redline(old: str, new: str) -> Redline:
    """The difference of two texts: joining "=" and "-" gives the old one, "=" and "+" the new one."""
    before, after = _SENTENCES.findall(old), _SENTENCES.findall(new)
    if "".join(before) != old or "".join(after) != new:
        before, after = [old], [new]
    parts: list[tuple[str, str]] = []
    for op, a, b in _blocks(before, after):
        if op == "equal":
            parts.append(("=", "".join(a)))
        else:
            parts += _words("".join(a), "".join(b))
    return _joined(parts)


def _words(old: str, new: str) -> list[tuple[str, str]]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if max(len(before), len(after)) > WORDS_AT_ONCE or not _alike(before, after):
        return [("-", old), ("+", new)]
    parts: list[tuple[str, str]] = []
    for op, a, b in _blocks(before, after):
        if op == "equal":
            parts.append(("=", "".join(a)))
        else:
            parts += [("-", "".join(a)), ("+", "".join(b))]
    return parts


def _alike(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether enough words stand in both, wherever."""
    words = Counter(one for one in before if not one.isspace())
    shared = words & Counter(after)
    return bool(words) and _letters(shared) >= LIKE * _letters(words)


def _letters(words: Counter[str]) -> int:
    return sum(len(word) * times for word, times in words.items())


def _blocks(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, Sequence[str], Sequence[str]]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [(op, old[a:b], new[c:d]) for op, a, b, c, d in matcher.get_opcodes()]


def _joined(parts: list[tuple[str, str]]) -> Redline:
    """Neighbours of one kind as one piece, empty pieces left out."""
    joined: list[tuple[str, str]] = []
    for op, text in parts:
        if not text:
            continue
        if joined and joined[-1][0] == op:
            joined[-1] = (op, joined[-1][1] + text)
        else:
            joined.append((op, text))
    return tuple(joined)
