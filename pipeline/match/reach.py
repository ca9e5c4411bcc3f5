"""Whether a text, whatever part of it turns out to be the article, can touch any topic or claim: sound, and fast.

A rule needs certain terms, and a term needs certain words. So if the words of everything that a page holds do not
make up the terms of any rule, no reading of the page can meet one. Order, distance, language and the rules' exceptions
are left out of account, which can only let more through.

Names come first: few pages name what a rule is about, and only for the rules that are left other words are looked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.match.groups import Clause, Rule, compile_group
from pipeline.match.patterns import Piece, Way, ways
from pipeline.match.terms import Form, Joined, Terms, joined
from pipeline.model.watch import Group, Watch
from pipeline.text.cues import Endings, lexicon
from pipeline.text.fold import clean, fold

Names = Callable[[str], bool]  # whether a text may name a term
_ANYWHERE = Endings(name="(?:s|'[a-z]{1,5})?")  # as the index has it for names of every language


@dataclass(frozen=True, slots=True)
class Staged:
    """A rule, what of it names alone must meet, and the words that are looked for once they do."""

    rule: Rule
    names: Rule
    words: Clause


@dataclass(frozen=True, slots=True)
class Weighed:
    """The positive weights of a topic and its threshold."""

    weights: Mapping[str, float]
    threshold: float

    def reached(self, names: Names) -> bool:
        """Whether what is named may make up the threshold."""
        return sum(weight for term, weight in self.weights.items() if names(term)) >= self.threshold


@dataclass(frozen=True, slots=True)
class Reach:
    """What a text must hold before any topic or claim of a watch can be met."""

    names: Terms  # what stands for things, and words that a rule without any of those needs first
    words: Terms  # the other words
    always: Clause  # terms that ask for no word
    countries: Mapping[str, str]  # concept -> the country that it stands for
    homes: Mapping[str, Clause]  # of outlets by their country; "" for those that have none
    rules: Mapping[str, tuple[Staged, ...]]  # by terms of which a rule needs one, named or at home
    weighed: tuple[Weighed, ...]

    def can_touch(self, text: str, *, country: str = "") -> bool:
        """Whether any topic or claim may be found in a text made of the words of `text`. True when in doubt.

        PARTED stands in it where elements of a page end. `country` is the outlet's (ISO 3166-1 alpha-2), which its
        reports need not name, "" when it has none.
        """
        homes = self.homes.get(country.upper(), frozenset())
        read = joined(text)
        named = self._named(read)
        left = [one for one in self._touched(named | homes) if _can_meet(one.names, named.__contains__, homes)]
        if not left and not self.weighed:
            return False
        words = self.words.search(read)

        def names(term: str) -> bool:
            return term in named or term in words

        left.sort(key=lambda one: len(one.words))  # the quickest to try
        return any(_can_meet(one.rule, names, homes) for one in left) or any(one.reached(names) for one in self.weighed)

    def terms(self, text: str) -> set[str]:
        """The terms that a text made of these words may name: at least those that it does name."""
        read = joined(text)
        return self._named(read) | self.words.search(read).all()

    def _named(self, read: Joined) -> set[str]:
        terms = {*self.always, *self.names.search(read).all()}
        return terms | {self.countries[term] for term in terms if term in self.countries}

    def _touched(self, terms: set[str]) -> Iterable[Staged]:
        """The rules that need one of these terms, each once."""
        return {id(one): one for term in terms for one in self.rules.get(term, ())}.values()


def _can_meet(rule: Rule, names: Names, homes: Clause) -> bool:
    """As in `groups.meet`: what a text must name itself, and what may go without saying where an outlet is at home."""
    if not all(any(map(names, clause)) for clause in rule.clauses):
        return False
    around = (*rule.near, *rule.article)
    if any(clause.isdisjoint(homes) and not any(map(names, clause)) for clause in around):
        return False
    if not rule.least:
        return True
    counted = {term for term in rule.of if names(term)}
    return len(counted) + (rule.lent_count and not rule.of.isdisjoint(homes - counted)) >= rule.least


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
    rules = [rule for rule in _rules(watch) if _asked(rule)]
    weighed = tuple(
        Weighed({term: weight for term, weight in topic.weights.items() if weight > 0}, topic.threshold)
        for topic in watch.topics
        if topic.weights and topic.threshold is not None
    )
    countries = {c.id: c.country for c in watch.concepts if c.country}
    asked = frozenset(term for rule in rules for clause in _asked(rule) for term in clause)
    asked |= {term for one in weighed for term in one.weights}
    asked |= {concept for concept, country in countries.items() if country in asked}
    names = _first(rules, frozenset(concept.id for concept in watch.concepts))
    by_term: dict[str, list[Staged]] = defaultdict(list)
    for rule in rules:
        staged = _staged(rule, names)
        for term in _anchor(staged.names):
            by_term[term].append(staged)
    written = list(_written(watch, asked))
    forms = [
        Form.of(term, replace(way, pieces=_exact(way.pieces, name)) if name else way)
        for term, way, name in written
        if way.pieces
    ]
    return Reach(
        names=Terms(form for form in forms if form.term in names),
        words=Terms(form for form in forms if form.term not in names),
        always=frozenset(term for term, way, _ in written if not way.pieces),
        countries=countries,
        homes=_homes(watch),
        rules={term: tuple(some) for term, some in by_term.items()},
        weighed=weighed,
    )


def _homes(watch: Watch) -> dict[str, Clause]:
    first = {c.iso: frozenset((c.id,)) for c in reversed(watch.concepts) if c.iso}
    return {**first, "": frozenset(c.id for c in watch.concepts if c.speaks)}


def _rules(watch: Watch) -> Iterator[Rule]:
    parties = frozenset(c.id for c in watch.concepts if c.kind in ("country", "person"))
    groups: list[tuple[Group, str]] = [(g, "1") for c in watch.claims for g in (*c.about, *c.denied_by)]
    groups += [(g, "article") for topic in watch.topics for g in topic.groups]
    return (compile_group(group, within, parties) for group, within in groups)


def _asked(rule: Rule) -> tuple[Clause, ...]:
    """What a rule asks for, in any way."""
    return (*rule.clauses, *rule.near, *rule.article, *((rule.of,) if rule.least else ()))


def _anchor(rule: Rule) -> Clause:
    """Terms of which a text that meets the rule names at least one, or its outlet is at home in one."""
    return min(_asked(rule), key=lambda clause: (len(clause), sorted(clause)))


def _first(rules: Iterable[Rule], concepts: Clause) -> Clause:
    """What is looked for first: concepts, and for rules that cannot be anchored in those what they are anchored in."""
    first = concepts
    for rule in rules:
        if not any(clause <= concepts for clause in _asked(rule)):
            first |= _anchor(rule)
    return first


def _staged(rule: Rule, names: Clause) -> Staged:
    """The rule with the part of it that names decide. A clause of which any other word is a part waits for it."""

    def named(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
        return tuple(clause for clause in clauses if clause <= names)

    part = replace(
        rule,
        clauses=named(rule.clauses),
        near=named(rule.near),
        article=named(rule.article),
        least=rule.least if rule.of <= names else 0,
    )
    return Staged(rule, part, frozenset().union(*_asked(rule)) - names)


def _written(watch: Watch, asked: Clause) -> Iterator[tuple[str, Way, str]]:
    """Every way to write the terms that rules ask for; with the name where its letters count."""
    for concept in watch.concepts:
        if concept.id in asked:
            for lang, names in concept.names.items():
                for name in names:
                    yield from ((concept.id, way, "") for way in ways(name, _endings(lang), is_name=True))
            for name in concept.exact:
                yield from ((concept.id, way, name) for way in ways(name, _ANYWHERE, is_name=True))
    for word_list, by_lang in watch.words.items():
        if word_list in asked:
            for lang, words in by_lang.items():
                for word in words:
                    yield from ((word_list, way, "") for way in ways(word, _endings(lang), is_name=False))


def _exact(form: tuple[Piece, ...], name: str) -> tuple[Piece, ...]:
    """The first piece asks for the letters of the name; of the rest any case is read."""
    stem, plain = form[0].stem, clean(" ".join(name.split())).text
    letters = next((one for one in (plain, plain.replace("-", "")) if fold(one).startswith(stem)), "")
    return (replace(form[0], exact=letters[: len(stem)]), *form[1:])


def _endings(lang: str) -> Endings:
    return lexicon(lang).endings if lang != "*" else _ANYWHERE
