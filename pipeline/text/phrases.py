"""Tables of words and phrases, looked up by token; a trailing * stands for an inflected ending."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from pipeline.text.fold import fold
from pipeline.text.tokens import Tokens

V = TypeVar("V")

_STEM_KEY = 3  # letters by which stems are found; a shorter stem would match too much to be useful
_LONGEST_ENDING = 7  # letters that an inflected ending may have where a language states no rule of its own
ANY_ENDING = re.compile(rf"\w{{0,{_LONGEST_ENDING}}}")


def tokens_of(phrase: str) -> tuple[str, ...]:
    """A phrase as the tokens that the same words give in a text; * stays with its word."""
    parts: list[str] = []
    for piece in fold(phrase).split(" "):
        found = Tokens(piece, piece, 0, len(piece), lang="", spaced=False).words
        for word in found:
            if word == "*" and parts:
                parts[-1] += "*"
            else:
                parts.append(word)
    return tuple(parts)


class Phrases(Generic[V]):
    """Phrases with a value each. The longest match wins."""

    __slots__ = ("_ending", "_exact", "_last_exact", "_last_stems", "_stems")

    def __init__(self, table: Iterable[tuple[str, V]], *, ending: re.Pattern[str] = ANY_ENDING) -> None:
        self._ending = ending
        self._exact: dict[str, list[tuple[tuple[str, ...], V]]] = {}
        self._stems: dict[str, list[tuple[tuple[str, ...], V]]] = {}
        self._last_exact: dict[str, list[tuple[tuple[str, ...], V]]] = {}
        self._last_stems: dict[str, list[tuple[tuple[str, ...], V]]] = {}
        for phrase, value in table:
            parts = tokens_of(phrase)
            if parts:
                _file(self._exact, self._stems, parts[0], (parts, value))
                _file(self._last_exact, self._last_stems, parts[-1], (parts, value))
        for index in (self._exact, self._stems, self._last_exact, self._last_stems):
            for entries in index.values():
                entries.sort(key=lambda entry: (-len(entry[0]), -len("".join(entry[0]))))

    def __bool__(self) -> bool:
        return bool(self._exact or self._stems)

    def at(self, words: Sequence[str], at: int) -> tuple[V, int] | None:
        """The value of the longest phrase that starts at token `at`, and how many tokens it takes."""
        if not 0 <= at < len(words):
            return None
        best: tuple[V, int] | None = None
        for entries in (self._exact.get(words[at]), self._stems.get(words[at][:_STEM_KEY])):
            for parts, value in entries or ():
                if best and len(parts) <= best[1]:
                    break
                if self._fits(parts, words, at):
                    best = (value, len(parts))
                    break
        return best

    def before(self, words: Sequence[str], end: int) -> tuple[V, int] | None:
        """The value of the longest phrase that ends right before token `end`, and how many tokens it takes."""
        if not 0 < end <= len(words):
            return None
        best: tuple[V, int] | None = None
        for entries in (self._last_exact.get(words[end - 1]), self._last_stems.get(words[end - 1][:_STEM_KEY])):
            for parts, value in entries or ():
                if best and len(parts) <= best[1]:
                    break
                if len(parts) <= end and self._fits(parts, words, end - len(parts)):
                    best = (value, len(parts))
                    break
        return best

    def _fits(self, parts: tuple[str, ...], words: Sequence[str], at: int) -> bool:
        return at + len(parts) <= len(words) and all(
            word == part
            or (
                part[-1] == "*"
                and word.startswith(part[:-1])
                and self._ending.fullmatch(word, len(part) - 1) is not None
            )
            for part, word in zip(parts, words[at : at + len(parts)], strict=True)
        )

    def keys(self) -> tuple[set[str], set[str]]:
        """The first words of all phrases, and the first letters of those that may be inflected."""
        return set(self._exact), set(self._stems)


def _file(
    exact: dict[str, list[tuple[tuple[str, ...], V]]],
    stems: dict[str, list[tuple[tuple[str, ...], V]]],
    word: str,
    entry: tuple[tuple[str, ...], V],
) -> None:
    if word.endswith("*") and len(word) > 1:
        stems.setdefault(word[:_STEM_KEY].rstrip("*"), []).append(entry)
    else:
        exact.setdefault(word, []).append(entry)
