"""Which names and words a text may hold, whatever part of it turns out to be the article: all that it does hold, fast.

One pass of an automaton finds the rarest word of each name; the rest of the name is looked for only around it. Where an
element of a page ends, the words beside it may belong together, be parted, or lose what stands between them, so there a
name may be cut in any way. Within the text of one element words stand as they are read.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import ahocorasick_rs

from pipeline.match.patterns import Piece, Way, tail
from pipeline.text.fold import PARTED, clean, fold

LONGEST_PREFIX = 6  # letters that a language writes before a name without a space, as in `index`
LONGEST_ENDING = 48  # code points of an ending that elements of a page may cut; the longest have some 20
WORD_PARTS = 3  # between blanks: a word, an ending that a joiner parts from it, and a sign beside it
GAP_PARTS = 7  # three words and the signs around them
_BROKEN = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Form:
    """A term in one way to write it."""

    term: str
    way: Way
    key: Piece  # the longest, which is the rarest
    before: int  # parts between blanks that a match may have before the key
    behind: int  # and from the key on

    @classmethod
    def of(cls, term: str, way: Way) -> Form:
        """The form of a way that has words."""
        key = max(way.pieces, key=lambda piece: len(piece.stem))
        pieces = {piece.place for piece in way.pieces}
        parts = [WORD_PARTS if place in pieces else GAP_PARTS for place in range(way.pieces[-1].place + 1)]
        return cls(term, way, key, sum(parts[: key.place]), sum(parts[key.place :]))


@dataclass(slots=True)
class Joined:
    """A text without the signs that part elements, and where they stood."""

    plain: str
    folded: str
    cuts: Sequence[int]  # offsets, ascending
    _at_cuts: frozenset[int] = frozenset()
    _held: dict[Piece, bool] = field(default_factory=dict)
    _seen: dict[str, bool] = field(default_factory=dict)

    def begins(self, piece: Piece, at: int) -> bool:
        """Whether the piece, whose stem stands at `at`, is a word of its own there, in the letters that it asks for."""
        if not self._may_begin(piece, at) or (piece.exact and not self.plain.startswith(piece.exact, at)):
            return False
        end = at + len(piece.stem)
        ending = tail(piece.end)
        if ending.match(self.folded, end):
            return True
        return any(ending.match(self.folded, end, cut) for cut in self._cuts(end, end + LONGEST_ENDING))

    def _may_begin(self, piece: Piece, at: int) -> bool:
        """At the start of a word, and after what a language writes before names."""
        if self.begins_word(at):
            return True
        before = range(max(0, at - LONGEST_PREFIX), at) if piece.prefix else ()
        return any(tail(piece.prefix).fullmatch(self.folded, begin, at) for begin in before)

    def begins_word(self, at: int) -> bool:
        """Whether a word may begin there: behind a sign or a cut. Vowel signs may stand between words."""
        if not at or at in self._at_cuts:
            return True
        before, first = self.folded[at - 1], self.folded[at]
        return not (before.isalnum() or before == "_") or not (first.isalnum() or first == "_")

    def _cuts(self, first: int, last: int) -> Sequence[int]:
        """Where the text was cut, from one offset to another."""
        return self.cuts[bisect_left(self.cuts, first) : bisect_right(self.cuts, last)]

    def reads(self, form: Form, places: Iterable[int]) -> bool:
        """Whether a form of several pieces may be read, given where the stem of its key stands."""
        if not all(self._sees(piece.stem) for piece in form.way.pieces):
            return False
        cut = False
        for at in places:
            if self.begins(form.key, at):
                begin, end = self._back(at, form.before), self._on(at, form.behind)
                cut = cut or bool(self._cuts(begin, end))
                if self._matches(form, begin, end):
                    return True
        return cut and all(self._holds(piece) for piece in form.way.pieces)

    def _matches(self, form: Form, begin: int, end: int) -> bool:
        """Whether the pattern of a form matches within a passage."""
        first, literal = form.way.pieces[0], form.way.literal
        places = self.places(literal, begin, end)
        return any(
            self.begins(first, at) and tail(form.way.tail).match(self.folded, at + len(literal)) for at in places
        )

    def _back(self, at: int, parts: int) -> int:
        """So many blanks back."""
        for _ in range(parts):
            at = self.folded.rfind(" ", 0, at)
            if at < 0:
                return 0
        return at

    def _on(self, at: int, parts: int) -> int:
        """So many blanks on."""
        for _ in range(parts):
            at = self.folded.find(" ", at + 1)
            if at < 0:
                return len(self.folded)
        return at

    def _sees(self, stem: str) -> bool:
        """Whether the letters of a stem stand anywhere."""
        if stem not in self._seen:
            self._seen[stem] = stem in self.folded
        return self._seen[stem]

    def _holds(self, piece: Piece) -> bool:
        """Whether the piece stands anywhere."""
        if piece not in self._held:
            self._held[piece] = any(self.begins(piece, at) for at in self.places(piece.stem))
        return self._held[piece]

    def places(self, part: str, begin: int = 0, end: int | None = None) -> Iterator[int]:
        """Where these letters stand."""
        at = self.folded.find(part, begin, end)
        while at >= 0:
            yield at
            at = self.folded.find(part, at + 1, end)


def joined(text: str) -> Joined:
    """A text made ready to look for terms. PARTED stands in it where elements of a page end."""
    if not text.isascii():
        text = _BROKEN.sub("\ufffd", text)
        if not unicodedata.is_normalized("NFC", text):  # other readers compose accents
            text = f"{text}\n{unicodedata.normalize('NFC', text)}"
        text = clean(text).text
    parts = " ".join(text.split()).split(PARTED)
    plain = "".join(parts)
    cuts = list(accumulate(map(len, parts[:-1])))
    return Joined(plain, fold(plain), cuts, frozenset(cuts))


class Terms:
    """Forms of terms, to be found in texts."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self._forms: dict[str, dict[str, list[Form]]] = defaultdict(lambda: defaultdict(list))
        stems: dict[str, set[str]] = defaultdict(set)
        for form in forms:
            self._forms[form.term][form.key.stem].append(form)
            stems[form.key.stem].add(form.term)
        self._terms = dict(stems)
        self._automaton = ahocorasick_rs.AhoCorasick(list(stems))

    def search(self, text: Joined) -> Search:
        """The text, to be asked for terms."""
        # As strings: telling offsets in code points takes the automaton twice as long as the search itself.
        return Search(self, text, set(self._automaton.find_matches_as_strings(text.folded, overlapping=True)))

    def likely(self, stems: Iterable[str]) -> set[str]:
        """The terms of which a form has one of these stems."""
        return {term for stem in stems for term in self._terms[stem]}

    def forms(self, term: str, stems: Container[str]) -> Iterator[Form]:
        """The forms of a term whose key is among these stems."""
        for stem, forms in self._forms.get(term, {}).items():
            if stem in stems:
                yield from forms


class Search:
    """One text and the terms that it may name: at least those that it does name. Each is looked for when asked for."""

    def __init__(self, terms: Terms, text: Joined, stems: set[str]) -> None:
        self._terms, self._text, self._stems = terms, text, stems
        self._places: dict[str, tuple[list[int], list[int]]] = {}
        self._named: dict[str, bool] = {}

    def __contains__(self, term: str) -> bool:
        if term not in self._named:
            self._named[term] = any(map(self._stands, self._terms.forms(term, self._stems)))
        return self._named[term]

    def all(self) -> set[str]:
        """Every term that the text may name."""
        return {term for term in self._terms.likely(self._stems) if term in self}

    def _stands(self, form: Form) -> bool:
        """Whether the text may hold a form, the stem of whose key it holds."""
        stem = form.key.stem
        if stem not in self._places:
            places = list(self._text.places(stem))
            self._places[stem] = places, [at for at in places if self._text.begins_word(at)]
        starts = self._places[stem][0 if form.key.prefix else 1]
        if len(form.way.pieces) == 1:
            return any(self._text.begins(form.key, at) for at in starts)
        return bool(starts) and self._text.reads(form, starts)
