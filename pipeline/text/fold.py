"""Folding: one code point in, one code point out, so that offsets stay valid.

Case, diacritics, letter variants of one script, digits of all scripts and typographic marks fold together.
Marks that stand as code points of their own (Arabic vowel signs, tatweel, nukta, combining accents) keep their place,
because the length must not change; `clean` removes them and maps offsets back.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

# Letters that Unicode does not decompose, or whose variants are typed for one another.
_LETTERS = {
    "ı": "i", "İ": "i", "ə": "e", "Ə": "e", "ß": "s", "ẞ": "s", "ς": "σ", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l",
    "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "þ": "t", "Þ": "t", "æ": "a", "Æ": "a", "œ": "o", "Œ": "o",
    "й": "й", "Й": "й", "ў": "ў", "Ў": "ў", "ї": "ї", "Ї": "ї",  # letters of their own, not accented ones
    "ي": "ی", "ى": "ی", "ئ": "ی", "ې": "ی", "ۍ": "ی", "ك": "ک", "ڪ": "ک", "ه": "ہ", "ھ": "ہ", "ة": "ہ", "ۃ": "ہ",
    "ۂ": "ہ", "ۀ": "ہ", "ە": "ہ", "ٱ": "ا", "ؤ": "و",
    "ँ": "ं", "ऑ": "आ", "ॉ": "ा",
}  # fmt: skip

# Marks that are typed for one another. The em dash is left alone: it parts clauses and never joins a name.
_MARKS = {
    **dict.fromkeys("’‘ʼʻ′＇`´ʹ‛", "'"),
    **dict.fromkeys("“”„‟″＂«»", '"'),
    **dict.fromkeys("‐‑‒–−﹣－", "-"),
    **dict.fromkeys("\u00a0\u202f\u2009\u2007\u2002\u2003\u2004\u2005\u2006\u2008\u200a\u200c\t", " "),
    "،": ",", "؛": ";", "؟": "?", "٪": "%", "﷼": "﷼",
}  # fmt: skip

# Compatibility forms that are the same letter or mark in another width or position.
_SAME_LETTER = ("<wide>", "<narrow>", "<initial>", "<medial>", "<final>", "<isolated>", "<font>", "<noBreak>")


def _base(char: str) -> str:
    """The letter under the accents of a precomposed character, or the character itself."""
    parts = unicodedata.decomposition(char)
    if not parts:
        return char
    if parts[0] == "<":
        tag, *codes = parts.split()
        return chr(int(codes[0], 16)) if tag in _SAME_LETTER and len(codes) == 1 else char
    whole = unicodedata.normalize("NFD", char)
    return whole[0] if all(unicodedata.category(c)[0] == "M" for c in whole[1:]) else char


@lru_cache(maxsize=8192)
def _fold_char(char: str) -> str:
    for _ in range(4):  # a presentation form may lead to a variant letter, which may carry an accent
        before = char
        digit = unicodedata.decimal(char, None)
        if digit is not None:
            return str(digit)
        char = _LETTERS.get(char) or _MARKS.get(char) or char
        lower = char.lower()
        char = lower if len(lower) == 1 else char
        if char not in "йўї":
            char = _base(char)
        if char == before:
            break
    return char


PARTED = "\x02"  # in words taken from markup: elements end here, so what it parts may belong together or not

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def fold(text: str) -> str:
    """`text` with case, diacritics, letter variants, digits and typographic marks folded.

    The result has the same number of code points, position by position, and folding it again changes nothing.
    """
    if text.isascii():
        return text.lower().replace("\t", " ")
    folded = text.replace("İ", "i").lower()  # the one letter whose lower case is two code points
    if len(folded) != len(text):  # a newer Unicode may add another
        return "".join(map(_fold_char, text))
    for char in set(_BEYOND_ASCII.findall(folded)):
        to = _fold_char(char)
        if to != char:
            folded = folded.replace(char, to)
    return folded.replace("\t", " ")


# Code points without a letter of their own: vowel signs and tatweel of the Arabic script, nukta, accents that were
# not composed, soft hyphens, joiners and direction marks.
LOOSE = frozenset(
    "\u0640\u0670\u093c\u00ad\u200b\u200d\u200e\u200f\u2060\ufeff\u0307\u061c\u202a\u202b\u202c\u202d\u202e"
    + "".join(chr(c) for c in (*range(0x064B, 0x0660), *range(0x0300, 0x0370), *range(0x06D6, 0x06DD)))
    + "".join(chr(c) for c in range(0x2066, 0x206A))
)
_LOOSE = re.compile("[" + "".join(sorted(LOOSE)) + "]")  # a search stops at the first, and is quicker than a set


@dataclass(frozen=True, slots=True)
class Clean:
    """A text without loose marks, and the way back: `kept[i]` is the number of code points dropped before `cuts[i]`."""

    text: str
    cuts: tuple[int, ...] = ()  # offsets in the clean text, ascending, after which the shift grows
    shifts: tuple[int, ...] = ()  # what to add to an offset from there on

    def offset(self, at: int, *, end: bool = False) -> int:
        """The offset in the text as given; an `end` stops before what was dropped right after it."""
        where = bisect_right(self.cuts, at - 1 if end else at) - 1
        return at + (self.shifts[where] if where >= 0 else 0)


def clean(text: str) -> Clean:
    """`text` without loose marks (see above), so that a name written with them is found like one without.

    Most texts have none and come back as they are. Precomposed letters are left to `fold`.
    """
    if text.isascii() or not _LOOSE.search(text):
        return Clean(text)
    loose = LOOSE.intersection(text)
    pieces: list[str] = []
    cuts: list[int] = []
    shifts: list[int] = []
    begin = length = 0
    for at, char in enumerate(text):
        if char in loose:
            pieces.append(text[begin:at])
            length += at - begin
            begin = at + 1
            if cuts and cuts[-1] == length:
                shifts[-1] += 1
            else:
                cuts.append(length)
                shifts.append(begin - length)
    pieces.append(text[begin:])
    return Clean("".join(pieces), tuple(cuts), tuple(shifts))
