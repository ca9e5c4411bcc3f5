"""Tables of words and phrases, looked up by token; a trailing * stands for an inflected ending."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from pipeline.text.fold import fold
from pipeline.text.tokens import Tokens

V = TypeVar("V")

_DIGITS = frozenset("0123456789")
_STEM_KEY = 3  # letters by which stems are found; a shorter stem would match too much to be useful
_LONGEST_ENDING = 7  # letters that an inflected ending may have where a language states no rule of its own
ANY_ENDING = re.compile(rf"\w{{0,{_LONGEST_ENDING}}}")


def tokens_of(phrase: str) -> tuple[str, ...]:
    """A phrase as the tokens that the same words give in a text; * stays with its word."""
    folded = fold(phrase)
    if folded.rstrip("*").isalpha():
        return (folded,)
    parts: list[str] = []
    for piece in folded.split(" "):
        found = Tokens(piece, piece, 0, len(piece), lang="", spaced=False).words
        for word in found:
            if word == "*" and parts:
                parts[-1] += "*"
            else:
                parts.append(word)
    return tuple(parts)


# What follows the first (or, read backwards, the last) word: each word with whether it may be inflected.
_Rest = tuple[tuple[str, bool], ...]


class Phrases(Generic[V]):
    """Phrases with a value each. The longest match wins."""

    __slots__ = ("_ending", "_exact", "_last_exact", "_last_stems", "_stems")

    def __init__(self, table: Iterable[tuple[str, V]], *, ending: re.Pattern[str] = ANY_ENDING) -> None:
        self._ending = ending
        self._exact: dict[str, list[tuple[_Rest, V]]] = {}
        self._stems: dict[str, list[tuple[str, _Rest, V]]] = {}
        self._last_exact: dict[str, list[tuple[_Rest, V]]] = {}
        self._last_stems: dict[str, list[tuple[str, _Rest, V]]] = {}
        for phrase, value in table:
            parts = tuple((p.rstrip("*"), p.endswith("*") and len(p) > 1) for p in tokens_of(phrase))
            if parts:
                _file(self._exact, self._stems, parts[0], parts[1:], value)
                _file(self._last_exact, self._last_stems, parts[-1], parts[-2::-1], value)
        for exact in (self._exact, self._last_exact):
            for entries in exact.values():
                entries.sort(key=lambda entry: -len(entry[0]))
        for stems in (self._stems, self._last_stems):
            for stemmed in stems.values():
                stemmed.sort(key=lambda entry: (-len(entry[1]), -len(entry[0])))

    def __bool__(self) -> bool:
        return bool(self._exact or self._stems)

    def at(self, words: Sequence[str], at: int) -> tuple[V, int] | None:
        """The value of the longest phrase that starts at token `at`, and how many tokens it takes."""
        if not 0 <= at < len(words):
            return None
        word = words[at]
        if word not in self._exact and word[:_STEM_KEY] not in self._stems:
            return None  # by far the usual case
        return self._find(words, at, 1, self._exact, self._stems)

    def before(self, words: Sequence[str], end: int) -> tuple[V, int] | None:
        """The value of the longest phrase that ends right before token `end`, and how many tokens it takes."""
        if not 0 < end <= len(words):
            return None
        return self._find(words, end - 1, -1, self._last_exact, self._last_stems)

    def _find(
        self,
        words: Sequence[str],
        at: int,
        step: int,
        exact: dict[str, list[tuple[_Rest, V]]],
        stems: dict[str, list[tuple[str, _Rest, V]]],
    ) -> tuple[V, int] | None:
        word = words[at]
        best: tuple[V, int] | None = None
        for rest, value in exact.get(word, ()):
            if not rest or self._fits(rest, words, at, step):
                best = (value, len(rest) + 1)
                break
        for stem, rest, value in stems.get(word[:_STEM_KEY], ()):
            if best and len(rest) < best[1]:
                break
            if self._inflected(stem, word) and (not rest or self._fits(rest, words, at, step)):
                return value, len(rest) + 1
        return best

    def _inflected(self, stem: str, word: str) -> bool:
        return word.startswith(stem) and self._ending.fullmatch(word, len(stem)) is not None

    def _fits(self, rest: _Rest, words: Sequence[str], at: int, step: int) -> bool:
        for part, stemmed in rest:
            at += step
            if not 0 <= at < len(words):
                return False
            word = words[at]
            if word != part and not (stemmed and self._inflected(part, word)):
                return False
        return True

    def starts(self) -> Iterator[tuple[str, str, bool]]:
        """Of each phrase the first word, the second ("" for none), and whether the first may be inflected."""
        for word, entries in self._exact.items():
            for rest, _ in entries:
                yield word, rest[0][0] if rest and not rest[0][1] else "", False
        for stem in self._stems:
            yield stem, "", True


class Anchors:
    """Where in a block a phrase of several tables, or a number in digits, may start: a cheap test, token by token."""

    __slots__ = ("_stems", "_words")

    def __init__(self, tables: Iterable[Phrases[Any]]) -> None:
        self._words: dict[str, frozenset[str] | None] = {}
        stems: set[str] = set()
        for table in tables:
            for first, second, inflected in table.starts():
                if inflected:
                    stems.add(first)
                else:
                    self._add(first, second)
        self._stems = frozenset(stems)

    def _add(self, first: str, second: str) -> None:
        known = self._words.get(first, frozenset())
        # None: the word alone is enough, or what follows it may be inflected.
        self._words[first] = None if not second or known is None else known | {second}

    def among(self, words: Sequence[str]) -> Iterator[int]:
        """The tokens at which something may start, in order."""
        known, stems = self._words, self._stems
        likely = [n for n, w in enumerate(words) if w in known or w[0] in _DIGITS or w[:_STEM_KEY] in stems]
        for at in likely:
            second = known.get(words[at])
            follows = second is None or (at + 1 < len(words) and words[at + 1] in second)
            if follows or words[at][:_STEM_KEY] in stems:
                yield at


def _file(
    exact: dict[str, list[tuple[_Rest, V]]],
    stems: dict[str, list[tuple[str, _Rest, V]]],
    first: tuple[str, bool],
    rest: _Rest,
    value: V,
) -> None:
    word, stemmed = first
    if stemmed:
        stems.setdefault(word[:_STEM_KEY], []).append((word, rest, value))
    else:
        exact.setdefault(word, []).append((rest, value))
