"""The compiled watch: one automaton over every name, word and cue of every language, and rules by their anchors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

import ahocorasick_rs

from pipeline.match.groups import Rule, compile_group
from pipeline.match.patterns import WORDS, fold_name, is_word_sign, literals, tail
from pipeline.model.watch import Claim, Concept, Group, Topic, Watch
from pipeline.text.cues import LANGUAGES, Endings, lexicon

LONGEST_PREFIX = 6  # letters
NAME, LATER, LISTED, CUE = range(4)  # what an entry's target is
ANY = ""  # in place of a term, where a rule asks for none


class Entry(NamedTuple):  # thirty thousand are made for a watch: a tuple is made in a third of a dataclass's time
    """What a literal of the automaton stands for, once its tail matches."""

    sort: int  # NAME, LATER, LISTED, CUE
    target: str  # term, or kind of cue
    value: str  # of a cue
    lang: str  # "" for every language
    tail: str
    exact: str  # as it must be written, "" when case does not matter
    prefix: str  # what may be written before it without a space


Spoken = tuple[tuple[Entry, ...], tuple[Entry, ...]]  # entries of a literal, and those that take a prefix


@dataclass(frozen=True, slots=True)
class Found:
    """An entry met in a text."""

    entry: Entry
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Owner:
    """Which claim or topic a rule belongs to, and its place there."""

    id: str
    group: int
    rule: Rule
    denies: bool = False


@dataclass(slots=True)
class Index:
    """Everything that reading an article against a watch needs; built once per version of the watch."""

    watch: Watch
    automaton: ahocorasick_rs.AhoCorasick
    entries: list[tuple[Entry, ...]]  # by number of literal
    concepts: dict[str, Concept]
    claims: dict[str, Claim]
    topics: dict[str, Topic]
    claim_rules: dict[str, dict[str, list[Owner]]]  # anchor term -> term that stands around it, else "" -> rules
    topic_rules: dict[str, list[Owner]]
    parties: frozenset[str]  # concepts that act: countries and people
    things: frozenset[str]  # concepts that are acted on: weapons, projects, events

    order: dict[str, int]  # claims by their place in the watch
    topic_order: dict[str, int]
    weighed: tuple[str, ...]  # topics that sum up weights
    states: dict[str, Concept]  # countries by ISO code
    homes: dict[str, str]  # language -> the country whose texts may leave it unnamed
    by_language: dict[str, list[Spoken]] = field(default_factory=dict)  # entries, without other languages

    def scan(self, text: str, folded: str, lang: str) -> list[Found]:
        """Every entry of the language in a text; `text` decides for names whose case matters. Linear in length."""
        spoken = self._spoken(lang)
        begins = {match.start() for match in WORDS.finditer(folded)}
        found = []
        for number, start, end in self.automaton.find_matches_as_indexes(folded, overlapping=True):
            entries, prefixed = spoken[number]
            if not entries:
                continue
            if start not in begins and is_word_sign(folded[start]):  # within a word
                entries = tuple(entry for entry in prefixed if _is_prefix(entry.prefix, folded, start))
            for entry in entries:
                if entry.exact and not text.startswith(entry.exact, start):
                    continue
                match = tail(entry.tail).match(folded, end)
                if match and not (entry.sort == LISTED and _is_joined(folded, start)):
                    found.append(Found(entry, start, match.end()))
        return found

    def _spoken(self, lang: str) -> list[Spoken]:
        """The entries that count in a text of a language: every name, and the words of that language."""
        if lang not in self.by_language:
            spoken = (tuple(e for e in some if not e.lang or not lang or e.lang == lang) for some in self.entries)
            self.by_language[lang] = [(some, tuple(e for e in some if e.prefix)) for some in spoken]
        return self.by_language[lang]


def _is_joined(folded: str, start: int) -> bool:
    """Whether a hyphen joins a place to a word before it."""
    return start > 1 and folded[start - 1] == "-" and folded[start - 2].isalpha()


def _is_prefix(prefix: str, folded: str, start: int) -> bool:
    """Whether what is written before a place, without a space, is a prefix of the language."""
    begin = start
    while begin and start - begin < LONGEST_PREFIX and is_word_sign(folded[begin - 1]):
        begin -= 1
    return bool(tail(prefix + r"\Z").match(folded[begin:start]))


class _ByVersion:
    """A watch that compares by its version, so that compiling can be cached."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def __hash__(self) -> int:
        return hash(self.watch.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByVersion) and other.watch.version == self.watch.version


def compile_watch(watch: Watch) -> Index:
    """The index of a watch, cached for the last few versions; a watch without a version is compiled each time."""
    return _cached(_ByVersion(watch)) if watch.version else _build(watch)


@lru_cache(maxsize=4)
def _cached(key: _ByVersion) -> Index:
    return _build(key.watch)


def _build(watch: Watch) -> Index:
    by_literal: dict[str, dict[Entry, None]] = defaultdict(dict)
    for literal, entry in _all_entries(watch):
        by_literal[literal][entry] = None
    numbers = list(by_literal)
    usage = _usage(watch)
    parties = frozenset(c.id for c in watch.concepts if c.kind in ("country", "person"))
    return Index(
        watch=watch,
        automaton=ahocorasick_rs.AhoCorasick(numbers),
        entries=[tuple(by_literal[n]) for n in numbers],
        concepts={c.id: c for c in watch.concepts},
        claims={c.id: c for c in watch.claims},
        topics={t.id: t for t in watch.topics},
        claim_rules=_grounded(_anchored(_claim_owners(watch.claims, parties), usage)),
        topic_rules=_anchored(_topic_owners(watch.topics), usage),
        parties=parties,
        order={claim.id: place for place, claim in enumerate(watch.claims)},
        topic_order={topic.id: place for place, topic in enumerate(watch.topics)},
        weighed=tuple(topic.id for topic in watch.topics if topic.weights),
        states={c.iso: c for c in reversed(watch.concepts) if c.iso},
        homes={lang: c.id for c in reversed(watch.concepts) for lang in c.speaks},
        things=frozenset(c.id for c in watch.concepts if c.kind in ("weapon", "project", "event")),
    )


def _all_entries(watch: Watch) -> Iterable[tuple[str, Entry]]:
    for concept in watch.concepts:
        for lang, names in concept.names.items():
            for name in names:
                yield from _entries(name, lang, NAME, concept.id)
        for name in concept.exact:
            yield from _entries(name, "*", NAME, concept.id, exact=True)
        for lang, names in concept.later.items():
            for name in names:
                yield from _entries(name, lang, LATER, concept.id)
    for word_list, by_lang in watch.words.items():
        for lang, words in by_lang.items():
            for word in words:
                yield from _entries(word, lang, LISTED, word_list)
    yield from _cue_entries()


@lru_cache(maxsize=1)
def _cue_entries() -> tuple[tuple[str, Entry], ...]:
    return tuple(
        pair
        for lang in LANGUAGES
        for cue in lexicon(lang).cues
        for pair in _entries(cue.phrase, lang, CUE, cue.kind, value=cue.value)
    )


def _entries(
    name: str, lang: str, sort: int, target: str, *, value: str = "", exact: bool = False
) -> list[tuple[str, Entry]]:
    endings = lexicon(lang).endings if lang != "*" else _ANYWHERE
    everywhere = sort in (NAME, LATER) or lang == "*"
    if sort == CUE:  # of a verb, the consonant that softens tells the tense
        endings = replace(endings, softens="")
    pairs = literals(name, endings, is_name=sort in (NAME, LATER))
    return [
        (
            literal,
            Entry(
                sort,
                target,
                value,
                "" if everywhere else lang,
                end,
                _exact(name, literal) if exact else "",
                endings.prefix,
            ),
        )
        for literal, end in pairs
        if literal
    ]


_ANYWHERE = Endings(name="(?:s|'[a-z]{1,5})?")


def _exact(name: str, literal: str) -> str:
    """The part of an acronym that the literal covers, as written; "" where its hyphens are written otherwise."""
    plain = " ".join(name.split())
    return (
        plain[: len(literal)] if fold_name(plain)[: len(literal)] == literal else plain.replace("-", "")[: len(literal)]
    )


def _claim_owners(claims: Iterable[Claim], parties: frozenset[str]) -> Iterable[Owner]:
    for claim in claims:
        for number, group in enumerate(claim.about):
            yield Owner(claim.id, number, compile_group(group, "1", parties))
        for number, group in enumerate(claim.denied_by):
            yield Owner(claim.id, len(claim.about) + number, compile_group(group, "1", parties), denies=True)


def _topic_owners(topics: Iterable[Topic]) -> Iterable[Owner]:
    for topic in topics:
        for number, group in enumerate(topic.groups):
            yield Owner(topic.id, number, compile_group(group, "article"))


def _usage(watch: Watch) -> Counter[str]:
    """How many rules name a term: the rarer it is, the better it anchors."""
    groups: list[Group] = [g for c in watch.claims for g in (*c.about, *c.denied_by)]
    groups += [g for t in watch.topics for g in t.groups]
    return Counter(term for g in groups for clause in compile_group(g, "1").clauses for term in clause)


def _anchored(owners: Iterable[Owner], usage: Counter[str]) -> dict[str, list[Owner]]:
    """Rules by the terms of their rarest clause, so that a text only meets rules that it may satisfy."""
    anchors: dict[str, list[Owner]] = defaultdict(list)
    for owner in owners:
        clauses = owner.rule.clauses or owner.rule.near or owner.rule.article
        if owner.rule.least:
            clauses = (*clauses, owner.rule.of)
        if clauses:
            for term in min(clauses, key=lambda c: (sum(usage[t] for t in c), sorted(c))):
                anchors[term].append(owner)
    return dict(anchors)


def _grounded(anchored: dict[str, list[Owner]]) -> dict[str, dict[str, list[Owner]]]:
    """Rules of an anchor by what they ask for around it: words such as "deal" anchor the rules of many claims."""
    some = {id(o): o for owners in anchored.values() for o in owners}.values()
    usage = Counter(term for owner in some for clause in _grounds(owner.rule) for term in clause)
    by_anchor: dict[str, dict[str, list[Owner]]] = {}
    for anchor, owners in anchored.items():
        inner = by_anchor[anchor] = defaultdict(list)
        for owner in owners:
            asked = _grounds(owner.rule)
            rarest = min(asked, key=lambda c: (sum(usage[t] for t in c), sorted(c))) if asked else frozenset((ANY,))
            for term in rarest:
                inner[term].append(owner)
    return by_anchor


def _grounds(rule: Rule) -> tuple[frozenset[str], ...]:
    """What a rule asks of the article around a passage: of each, a term that is named or the outlet's home."""
    return (*rule.near, *rule.article, *((rule.of,) if rule.least else ()))
