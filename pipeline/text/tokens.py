"""Words, numbers and marks of a folded text, in blocks of bounded size."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.text.fold import LOOSE

# Marks that Python's \w leaves out although words are written with them (category M of the scripts we read).
_MARKS = (
    "\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u200d"
)
_WORD = rf"[^\W\d_]+(?:[{_MARKS}]+[^\W\d_]*)*"
_PLAIN = r"[0-9]+(?:[.,'\u066b\u066c][0-9]+)*"
_SPACED = r"(?<![0-9.,])[0-9]{1,3}(?: [0-9]{3})+(?![0-9])(?:[.,][0-9]+)?"
_REST = r"[^\w ]|_"
_RULE = re.compile(f"{_WORD}|{_PLAIN}|{_REST}")
_RULE_SPACED = re.compile(f"{_WORD}|{_SPACED}|{_PLAIN}|{_REST}")

STOPS = frozenset(".!?\u06d4\u0964\u0589\n;")  # tokens over which no phrase runs
_BLOCK = 40_000  # code points; bounds the memory that a text of megabytes takes
_DROP = dict.fromkeys(map(ord, LOOSE))
_LOOSE_MARK = re.compile("[" + "".join(sorted(LOOSE)) + "]")


class Tokens:
    """The tokens of one block: parallel lists, with offsets in the whole text."""

    __slots__ = ("ends", "folded", "lang", "starts", "text", "words")

    def __init__(self, text: str, folded: str, start: int, end: int, *, lang: str, spaced: bool) -> None:
        self.text = text
        self.folded = folded
        self.lang = lang
        rule = _RULE_SPACED if spaced else _RULE
        found = list(rule.finditer(folded, start, end))
        self.words = [m.group() for m in found]
        if not folded.isascii() and _LOOSE_MARK.search(folded, start, end):
            self.words = [word.translate(_DROP) or word for word in self.words]
        self.starts = [m.start() for m in found]
        self.ends = [m.end() for m in found]

    def __len__(self) -> int:
        return len(self.words)

    def word(self, at: int) -> str:
        """The folded token, "" outside the block."""
        return self.words[at] if 0 <= at < len(self.words) else ""

    def glued(self, at: int) -> bool:
        """Whether token `at` follows the one before without a space or a new line."""
        return 0 < at < len(self.words) and self.starts[at] == self.ends[at - 1] and self.words[at - 1] != "\n"

    def original(self, at: int) -> str:
        """The token as written."""
        return self.text[self.starts[at] : self.ends[at]] if 0 <= at < len(self.words) else ""

    def capital(self, at: int) -> bool:
        """Whether the token is written with a capital first letter."""
        return 0 <= at < len(self.words) and self.text[self.starts[at]].isupper()

    def digits(self, at: int) -> bool:
        """Whether the token is a number in digits."""
        return 0 <= at < len(self.words) and "0" <= self.words[at][0] <= "9"

    def letters(self, at: int) -> bool:
        """Whether the token is a word."""
        return 0 <= at < len(self.words) and self.words[at][0].isalpha()


def blocks(text: str, folded: str, *, lang: str, spaced: bool) -> Iterator[Tokens]:
    """The tokens of `text`, block by block; a block ends at a line or sentence end, at worst at a space.

    `spaced`: the language parts thousands with a space (15 372).
    """
    start, length = 0, len(folded)
    while start < length:
        end = length if length - start <= _BLOCK else _cut(folded, start, start + _BLOCK)
        yield Tokens(text, folded, start, end, lang=lang, spaced=spaced)
        start = end


def _cut(folded: str, start: int, end: int) -> int:
    """A good place to end a block, before `end` and in the second half of the block."""
    half = start + (end - start) // 2
    at = folded.rfind("\n", half, end)
    if at < 0:
        at = max(folded.rfind(stop, half, end) for stop in (". ", "! ", "? ", "\u06d4 ", "\u0964 ", "\u0589 "))
    if at < 0:
        at = folded.rfind(" ", half, end)
    return end if at < 0 else at + 1
