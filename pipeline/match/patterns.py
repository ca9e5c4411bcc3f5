"""Names and words of the configuration as patterns over folded text.

A pattern is a literal for the automaton and a tail, a regular expression that must match right after the literal:
the ending that the language allows, further words, and the end of the word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from pipeline.text.cues import Endings
from pipeline.text.fold import LOOSE, fold

WORD = r"[\w\u0900-\u0963\u064b-\u065f\u200c]"  # letters, digits and the vowel signs that are written after them
STOP = r"(?![\w\u0900-\u0963\u064b-\u065f])"
ANY_ENDING = WORD + "{0,14}"
GAP = r"(?:[^\w\n]{1,3}" + WORD + r"{1,20}){0,3}?[^\w\n]{1,3}"
SPACE = r"[^\w\n]{1,3}"
LONGEST_PARTICLE = 2  # letters of words before another that no language declines: "not", "in", "of"
_WORD_SIGN = re.compile(WORD)
WORDS = re.compile(WORD + "+")


def is_word_sign(char: str) -> bool:
    """Whether a character continues a word."""
    return char.isalnum() or char == "_" or bool(_WORD_SIGN.match(char))


@lru_cache(maxsize=16384)
def tail(source: str) -> re.Pattern[str]:
    """The compiled tail; compiled when first met in a text, since most never are."""
    return re.compile(source)


class _Letters(dict[int, str | None]):
    """What each letter folds to, met once; a loose mark to nothing. For names, which are short and many."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        self[code] = None if char in LOOSE else fold(char)
        return self[code]


_LETTERS = _Letters()


def fold_name(text: str) -> str:
    """Folded as texts are: without loose marks, case, accents and variants of letters."""
    return fold(text) if text.isascii() else text.translate(_LETTERS)


def literals(name: str, endings: Endings, *, is_name: bool) -> list[tuple[str, str]]:
    """(literal, tail) pairs for one name or word, its hyphens written as hyphen, space or nothing.

    The last word takes the language's endings, the earlier ones too where the language declines every word.
    """
    folded = fold_name(" ".join(name.split()))
    return [_compile(form, endings, is_name) for form in _hyphen_forms(folded)]


def _hyphen_forms(folded: str) -> list[str]:
    parts = folded.split("-")
    if len(parts) == 1 or len(parts) > 3 or any(not p for p in parts):
        return [folded]
    return [
        "".join(a + b for a, b in zip(parts, (*signs, ""), strict=True))
        for signs in product("- ", repeat=len(parts) - 1)
    ] + ["".join(parts)]


def _compile(form: str, endings: Endings, is_name: bool) -> tuple[str, str]:
    words = form.split(" ")
    ending = endings.name if is_name else endings.word
    literal, source = _word(words[0], endings, ending, last=len(words) == 1)
    gap = False
    joined = 0
    while (
        not source and joined + 1 < len(words) and words[joined + 1] != ".."
    ):  # plain words make a longer, rarer literal
        joined += 1
        stem, source = _word(words[joined], endings, ending, last=joined == len(words) - 1)
        literal += " " + stem
    for place, word in enumerate(words[joined + 1 :], joined + 1):
        if word == "..":
            gap = True
            continue
        stem, end = _word(word, endings, ending, last=place == len(words) - 1)
        source += (GAP if gap else SPACE) + re.escape(stem) + end
        gap = False
    return literal, source + STOP


def _word(word: str, endings: Endings, ending: str, *, last: bool) -> tuple[str, str]:
    if word.endswith("*"):
        stem, final = word[:-2], word[-2:-1]
        if final in endings.soft and len(stem) > 3:
            return stem, f"[{final}{endings.soft[final]}]{ANY_ENDING}"
        return word[:-1], ANY_ENDING
    if last and word[-1:] in endings.soft and len(word) > 4:
        return word[:-1], f"(?:{word[-1]}{ending}|{endings.soft[word[-1]]}{_filled(ending)})"
    if endings.strip and len(word) > 3:
        stem = word.rstrip(endings.strip)
        return (stem, ending) if len(stem) >= 3 else (word, ending)
    declined = last or (endings.strip and len(word) > LONGEST_PARTICLE)
    return word, ending if declined else ""


def _filled(ending: str) -> str:
    """An ending that must be there: a final consonant softens only before one."""
    return ending.removesuffix("?")


@dataclass(frozen=True, slots=True)
class Piece:
    """One word of a name or phrase as a text must have it."""

    stem: str  # how it begins
    end: str  # regular expression of what follows, up to the end of the word
    place: int  # among the words of the name, gaps included
    prefix: str = ""  # regular expression of what may be written before it without a space
    exact: str = ""  # the stem as it must be written, "" when case does not matter


@dataclass(frozen=True, slots=True)
class Way:
    """One way to write a name or phrase: as the automaton and its tail find it in a text, and by its words."""

    literal: str
    tail: str
    pieces: tuple[Piece, ...]  # the words, in order; a text that the pattern matches has them all


def ways(name: str, endings: Endings, *, is_name: bool) -> list[Way]:
    """The patterns of `literals` that can be met, with their words. A way without words asks for nothing."""
    folded = fold_name(" ".join(name.split()))
    forms = [form for form in _hyphen_forms(folded) if form.split(" ")[0] != "*"]
    return [Way(*_compile(form, endings, is_name), tuple(_pieces(form, endings, is_name))) for form in forms]


def _pieces(form: str, endings: Endings, is_name: bool) -> Iterator[Piece]:
    words = form.split(" ")
    ending = endings.name if is_name else endings.word
    for place, word in enumerate(words):
        last = place == len(words) - 1
        stem, end = _word(word, endings, ending, last=last)
        if stem and not (word == ".." and place):
            yield Piece(stem, end + (STOP if last else r"(?!\w)"), place, "" if place else endings.prefix)
