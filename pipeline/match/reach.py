"""Whether a text, whatever part of it turns out to be the article, can touch any topic or claim: sound, and fast.

A rule needs certain terms, and a term needs certain words. So if the words of everything that a page holds do not
make up the terms of any rule, no reading of the page can meet one. Order, distance, language and the rules' exceptions
are left out of account, which can only let more through.

Most words of most pages are part of no name at all. What a word is part of is remembered, so a page costs little more
than taking its words apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from pipeline.match.groups import Rule, compile_group
from pipeline.match.patterns import FRAGMENTS, Piece, pieces, tail
from pipeline.model.watch import Group, Watch
from pipeline.text.cues import Endings, lexicon
from pipeline.text.fold import PARTED, clean, fold

REMEMBERED = 100_000  # words, folded and as written; some 20 MB, and more than the news of some days use
BUILT_ON = ("'", " ")  # signs behind which a word's ending may go on: an apostrophe, and a joiner as it is folded
HEAD = 3  # letters by which most words are told to begin no name
LONGEST_WORD = 48  # code points of a word put together from parts; names and their endings have up to some 30
_MARK = re.compile(r"[\u0900-\u0963\u064b-\u065f](?<!\w)")  # signs after which a joined word may begin
_ANYWHERE = Endings(name="(?:s|'[a-z]{1,5})?")  # as the index has it for names of every language


Borne = tuple[tuple[int, ...], tuple[str, ...]]  # what a word is part of: pieces of forms, and whole terms


@dataclass(frozen=True, slots=True)
class Form:
    """A term of several words, in one way to write it: all pieces must be there."""

    term: str
    needs: frozenset[int]


@dataclass(frozen=True, slots=True)
class Word:
    """What a folded word holds: pieces and where they begin; whether it begins a stem that goes on behind a sign."""

    pieces: tuple[tuple[int, int], ...]
    goes_on: bool


@dataclass(slots=True)
class Reach:
    """What a text must hold before any topic or claim of a watch can be met."""

    all_pieces: list[Piece]
    by_stem: dict[str, list[int]]
    heads: frozenset[str]  # how stems begin, in three letters
    signs: frozenset[str]  # with which stems begin that begin with no letter
    several: frozenset[str]  # the first words of stems that hold a sign
    longest: int  # code points of the longest stem
    prefixes: tuple[re.Pattern[str], ...]
    single: dict[int, tuple[str, ...]]  # piece -> terms that need nothing else
    forms: dict[int, list[Form]]  # by the longest of the pieces that the form needs
    shared: frozenset[int]  # pieces of forms
    always: frozenset[str]  # terms that ask for no word
    countries: dict[str, str]  # concept -> the country that it stands for
    homes: dict[str, frozenset[str]]  # of outlets by their country; "" for those that have none
    rules: dict[str, list[Rule]]  # by terms of which a rule needs one
    weights: list[tuple[dict[str, float], float]]  # positive weights of a topic and its threshold

    _bearing: dict[str, Borne] = field(default_factory=dict)
    _barren: set[str] = field(default_factory=set)  # words as written that are part of no name
    _words: dict[str, Word] = field(default_factory=dict)  # by the folded word

    def can_touch(self, text: str, *, country: str = "") -> bool:
        """Whether any topic or claim may be found in a text made of the words of `text`. True when in doubt.

        PARTED stands in it where parts of a word may belong together or not. `country` is the outlet's (ISO 3166-1
        alpha-2), which its reports need not name, "" when it has none.
        """
        return self._met(self.terms(text), self._homes(country))

    def _homes(self, country: str) -> frozenset[str]:
        """What an article may be at home in: its outlet's country, else any that its language may stand for."""
        return self.homes.get(country.upper(), frozenset())

    def terms(self, text: str) -> set[str]:
        """The terms that a text made of these words may name: at least those that it does name."""
        found: set[int] = set()
        terms = set(self.always)
        bearing = self._bearing
        words = set(text.split()) - self._barren
        new = words.difference(bearing)
        borne = [bearing[word] for word in words - new]
        for parts, whole in (*borne, *self._learn(new)):
            found.update(parts)
            terms.update(whole)
        for piece in found & self.forms.keys():
            terms.update([form.term for form in self.forms[piece] if form.needs <= found])
        terms.update([self.countries[term] for term in terms if term in self.countries])
        return terms

    def _learn(self, words: set[str]) -> list[Borne]:
        """What words are part of, those that are part of something; folded all at once, for a page brings hundreds.

        What was remembered is let go by leaving it to those that still read it: pages are read in several threads.
        """
        if not words:
            return []
        if len(self._barren) + len(self._bearing) + len(words) > REMEMBERED:
            self._barren, self._bearing = set(), {}
        read = [(word, one) for word in words for one in _readings(word)]
        plain = clean("\n".join(one for _, one in read)).text
        held: dict[str, set[int]] = {word: set() for word in words}
        for (word, _), as_is, folded in zip(read, plain.split("\n"), fold(plain).split("\n"), strict=True):
            held[word].update(self._pieces_of(as_is, folded))
        learned = []
        for word, parts in held.items():
            borne = (tuple(parts & self.shared), tuple({t for piece in parts for t in self.single.get(piece, ())}))
            if any(borne):
                self._bearing[word] = borne
                learned.append(borne)
            else:
                self._barren.add(word)
        return learned

    def _pieces_of(self, plain: str, folded: str) -> Iterator[int]:
        for match in FRAGMENTS.finditer(folded):
            word, begin, end = match.group(), match.start(), match.end()
            known = self._words.get(word)
            if known is None:
                known = self._learn_word(word)
            if known.goes_on or folded[end : end + 1] in BUILT_ON:
                found = tuple(self._at(folded, begin, len(folded) if known.goes_on else end))
            else:
                found = known.pieces
            for number, start in found:
                exact = self.all_pieces[number].exact
                if not exact or plain.startswith(exact, begin + start):
                    yield number
        if self.signs and not self.signs.isdisjoint(folded):
            for at, char in enumerate(folded):
                if char in self.signs:
                    yield from (number for number, _ in self._from(folded, at, len(folded)))

    def _learn_word(self, word: str) -> Word:
        if len(self._words) >= REMEMBERED:
            self._words = {}
        goes_on = any(word[at:] in self.several for at in self._starts(word, 0, len(word)))
        known = self._words[word] = Word(tuple(self._at(word, 0, len(word))), goes_on)
        return known

    def _at(self, folded: str, begin: int, until: int) -> Iterator[tuple[int, int]]:
        """Pieces that begin in the word at `begin` and whose stems end before `until`, with their place in it."""
        for start in self._starts(folded, begin, until):
            yield from ((number, start - begin) for number, _ in self._from(folded, start, until))

    def _from(self, folded: str, start: int, until: int) -> Iterator[tuple[int, int]]:
        for end in range(start + 1, min(until, start + self.longest) + 1):
            if end == start + HEAD and folded[start:end] not in self.heads:
                break
            for number in self.by_stem.get(folded[start:end], ()):
                if tail(self.all_pieces[number].end).match(folded, end):
                    yield number, start

    def _starts(self, folded: str, begin: int, until: int) -> Iterator[int]:
        """Where a name may begin in a word: at its start, after a sign of its own, after what a language prefixes."""
        yield begin
        if not folded.isascii():
            yield from (mark.end() for mark in _MARK.finditer(folded, begin, until))
        for prefix in self.prefixes:
            longest = prefix.match(folded, begin)
            if longest and longest.end() > begin:
                ends = range(begin + 1, min(longest.end(), until) + 1)
                yield from (at for at in ends if prefix.fullmatch(folded, begin, at))

    def _met(self, terms: set[str], homes: frozenset[str]) -> bool:
        for weights, threshold in self.weights:
            if sum(weight for term, weight in weights.items() if term in terms) >= threshold:
                return True
        seen: set[int] = set()
        for term in terms:
            for rule in self.rules.get(term, ()):
                if id(rule) not in seen:
                    seen.add(id(rule))
                    if _can_meet(rule, terms, homes):
                        return True
        return False


def _can_meet(rule: Rule, terms: set[str], homes: frozenset[str]) -> bool:
    """As in `groups.meet`: what a text must name itself, and what may go without saying where an outlet is at home."""
    if any(clause.isdisjoint(terms) for clause in rule.clauses):
        return False
    if any(clause.isdisjoint(terms) and clause.isdisjoint(homes) for clause in (*rule.near, *rule.article)):
        return False
    counted = rule.of & terms
    return len(counted | (rule.of & homes) if rule.lent_count else counted) >= rule.least


def compile_reach(watch: Watch) -> Reach:
    """The reach of a watch; cached for the last few rules, for what is known does not matter here."""
    return _cached(_ByRules(watch)) if watch.rules_hash else _build(watch)


class _ByRules:
    """A watch that compares by its rules, so that compiling can be cached."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def __hash__(self) -> int:
        return hash(self.watch.rules_hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByRules) and other.watch.rules_hash == self.watch.rules_hash


@lru_cache(maxsize=4)
def _cached(key: _ByRules) -> Reach:
    return _build(key.watch)


def _build(watch: Watch) -> Reach:
    rules = [rule for rule in _rules(watch) if rule.clauses or rule.near or rule.article or rule.least]
    countries = {c.id: c.country for c in watch.concepts if c.country}
    asked = frozenset(
        t for rule in rules for clause in (*rule.clauses, *rule.near, *rule.article, rule.of) for t in clause
    )
    asked |= {term for topic in watch.topics for term, weight in topic.weights.items() if weight > 0}
    asked |= {concept for concept, country in countries.items() if country in asked}
    numbers: dict[Piece, int] = {}
    single: dict[int, dict[str, None]] = defaultdict(dict)
    forms: dict[int, list[Form]] = defaultdict(list)
    always: set[str] = set()
    for term, some in _written(watch, asked):
        needs = frozenset(numbers.setdefault(piece, len(numbers)) for piece in some)
        if len(needs) > 1:  # followed up from its longest word, which is the rarest
            forms[numbers[max(some, key=lambda piece: len(piece.stem))]].append(Form(term, needs))
        elif needs:
            single[next(iter(needs))][term] = None
        else:
            always.add(term)
    by_stem: dict[str, list[int]] = defaultdict(list)
    for piece, number in numbers.items():
        by_stem[piece.stem].append(number)
    by_term: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        for term in _anchor(rule):
            by_term[term].append(rule)
    return Reach(
        all_pieces=list(numbers),
        by_stem=dict(by_stem),
        heads=frozenset(stem[:HEAD] for stem in by_stem if len(stem) >= HEAD),
        signs=frozenset(stem[0] for stem in by_stem if not FRAGMENTS.match(stem)),
        several=frozenset(m.group() for stem in by_stem if (m := FRAGMENTS.match(stem)) and m.group() != stem),
        longest=max(map(len, by_stem), default=0),
        prefixes=tuple(tail(one) for one in sorted({piece.prefix for piece in numbers if piece.prefix})),
        single={piece: tuple(terms) for piece, terms in single.items()},
        forms=dict(forms),
        shared=frozenset(piece for some in forms.values() for form in some for piece in form.needs),
        always=frozenset(always),
        countries=countries,
        homes=_homes(watch),
        rules=dict(by_term),
        weights=[
            ({term: weight for term, weight in topic.weights.items() if weight > 0}, topic.threshold)
            for topic in watch.topics
            if topic.weights and topic.threshold is not None
        ],
    )


def _homes(watch: Watch) -> dict[str, frozenset[str]]:
    first = {c.iso: frozenset((c.id,)) for c in reversed(watch.concepts) if c.iso}
    return {**first, "": frozenset(c.id for c in watch.concepts if c.speaks)}


def _rules(watch: Watch) -> Iterator[Rule]:
    parties = frozenset(c.id for c in watch.concepts if c.kind in ("country", "person"))
    groups: list[tuple[Group, str]] = [(g, "1") for c in watch.claims for g in (*c.about, *c.denied_by)]
    groups += [(g, "article") for topic in watch.topics for g in topic.groups]
    return (compile_group(group, within, parties) for group, within in groups)


def _anchor(rule: Rule) -> frozenset[str]:
    """Terms of which a text that meets the rule names at least one."""
    if rule.clauses:
        return min(rule.clauses, key=lambda clause: (len(clause), sorted(clause)))
    return frozenset().union(*rule.near, *rule.article, rule.of)


def _written(watch: Watch, asked: frozenset[str]) -> Iterator[tuple[str, tuple[Piece, ...]]]:
    """Every way to write the terms that rules ask for."""
    for concept in watch.concepts:
        if concept.id in asked:
            for lang, names in concept.names.items():
                for name in names:
                    yield from ((concept.id, form) for form in pieces(name, _endings(lang), is_name=True))
            for name in concept.exact:
                yield from ((concept.id, _exact(form, name)) for form in pieces(name, _ANYWHERE, is_name=True))
    for word_list, by_lang in watch.words.items():
        if word_list in asked:
            for lang, words in by_lang.items():
                for word in words:
                    yield from ((word_list, form) for form in pieces(word, _endings(lang), is_name=False))


def _exact(form: tuple[Piece, ...], name: str) -> tuple[Piece, ...]:
    """The first piece asks for the letters of the name; of the rest any case is read."""
    if not form:
        return form
    stem, plain = form[0].stem, clean(" ".join(name.split())).text
    letters = next((one for one in (plain, plain.replace("-", "")) if fold(one).startswith(stem)), "")
    return (replace(form[0], exact=letters[: len(stem)]), *form[1:])


def _readings(word: str) -> Iterator[str]:
    """A word as written, its parts by themselves and put together in every way, and with its accents composed."""
    yield word
    if PARTED in word:
        parts = word.split(PARTED)
        for first, joined in enumerate(parts):
            for part in parts[first + 1 :]:
                joined += part
                if len(joined) > LONGEST_WORD:
                    break
                yield joined
    if not unicodedata.is_normalized("NFC", word):
        yield from _readings(unicodedata.normalize("NFC", word))


def _endings(lang: str) -> Endings:
    return lexicon(lang).endings if lang != "*" else _ANYWHERE
