"""Checks across files: every name leads somewhere, every known value fits its type, no rule fires on one word alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.settings import files
from pipeline.settings.faults import Faults, Loc
from pipeline.settings.mending import BROKEN
from pipeline.settings.yamltree import Document

STAGES = (  # in order; the last two stand off the path
    *("rumoured", "proposed", "discussed", "planned", "agreed", "signed", "under-way", "delivered"),
    *("suspended", "cancelled"),
)
CERTAINTIES = ("alleged", "reported", "confirmed", "denied")
STANCES = ("supports", "neutral", "opposes")
_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
_AMOUNT = rf"(?:<=|>=|<|>|~)?{_NUMBER}(?:\.\.{_NUMBER})?"
_DATE = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "money": (re.compile(rf"{_AMOUNT} [A-Z]{{3}}"), "an amount and a currency, such as 2e9 USD"),
    "count": (re.compile(rf"{_AMOUNT}"), "a number, such as 40, >=20 or 300..400"),
    "percent": (re.compile(rf"{_AMOUNT}"), "a number, such as 10"),
    "date": (re.compile(rf"{_DATE}(?:/{_DATE})?"), "an ISO 8601 date at its precision, such as 2024-07 or 2020/2024"),
    "duration": (re.compile(r"P(?=\d)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?"), "an ISO 8601 duration, such as P8D"),
    "ordinal": (re.compile(r"\d+"), "a whole number"),
    "stage": (re.compile("|".join(STAGES)), f"one of {', '.join(STAGES)}"),
    "certainty": (re.compile("|".join(CERTAINTIES)), f"one of {', '.join(CERTAINTIES)}"),
    "stance": (re.compile("|".join(STANCES)), f"one of {', '.join(STANCES)}"),
    "place": (re.compile(r".+"), "a name"),
    "party": (re.compile(r".+"), "a name"),
}
# Kinds of concepts that stand in so much news that one of them alone says nothing.
COMMON_KINDS = ("country", "person", "organisation", "place")


@dataclass(slots=True)
class Names:
    """Every id that something may refer to."""

    concepts: dict[str, files.ConceptEntry] = field(default_factory=dict)
    words: dict[str, files.Names] = field(default_factory=dict)
    topics: dict[str, files.TopicEntry] = field(default_factory=dict)
    claims: dict[str, files.ClaimEntry] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)  # ids in files with faults: to refer to one is no further fault

    @property
    def terms(self) -> set[str]:
        return self.concepts.keys() | self.words.keys() | self.unread

    def knows(self, term: str) -> bool:
        """Whether it is one of the terms."""
        return term in self.concepts or term in self.words or term in self.unread

    def note_unread(self, entries: object) -> None:
        """Take the ids of entries that could not be read: the keys of a mapping, the `id` of what a list holds."""
        if isinstance(entries, dict):
            self.unread.update(entries)
        elif isinstance(entries, list):
            self.unread.update(str(entry["id"]) for entry in entries if isinstance(entry, dict) and "id" in entry)


def check_concept(names: Names, entry: files.ConceptEntry, document: Document, loc: Loc, faults: Faults) -> None:
    """Its country and what contains it are concepts; no name is too short to mean anything."""
    for key in ("country",):
        target = getattr(entry, key)
        if target and target not in names.concepts:
            faults.unknown(document, (*loc, key), "concept", target, names.concepts)
    for i, target in enumerate(entry.within):
        if target not in names.concepts:
            faults.unknown(document, (*loc, "within", i), "concept", target, names.concepts)
    if not entry.names and not entry.exact:
        faults.add(document, loc, "has no name: give names or exact")
    for key in ("names", "later"):
        check_words(getattr(entry, key), document, (*loc, key), faults)


def check_words(names: files.Names, document: Document, loc: Loc, faults: Faults) -> None:
    """Every word can be found in a text."""
    for lang, words in names.items():
        if lang != "*" and not re.fullmatch(r"[a-z]{2}", lang):
            faults.add(document, (*loc, lang), 'is no language: write an ISO 639-1 code such as en, or "*" for all')
        for i, word in enumerate(words):
            at = (*loc, lang, i)
            if word.startswith(("*", "..")):
                faults.add(document, at, f"{word!r} starts with a wildcard, which would match everything")
            elif word.endswith("*") and len(word) < 3:
                faults.add(document, at, f"{word!r} is too short before its wildcard: at least two letters")


def check_terms(names: Names, terms: Iterable[str], document: Document, loc: Loc, faults: Faults) -> None:
    """Each term, and each of its `a|b` alternatives, is a concept or a word list."""
    for i, term in enumerate(terms):
        for part in term.split("|"):
            if not names.knows(part) and part != BROKEN:
                faults.unknown(document, (*loc, i), "concept or word list", part, names.terms)


def check_group(names: Names, group: files.GroupEntry, document: Document, loc: Loc, faults: Faults) -> None:
    """A group refers to what is there, asks for something, and not for more than it names."""
    for key in ("all", "any", "none", "near", "article", "absent"):
        check_terms(names, getattr(group, key), document, (*loc, key), faults)
    if group.at_least:
        check_terms(names, group.at_least.of, document, (*loc, "at_least", "of"), faults)
        if group.at_least.count > len(group.at_least.of):
            faults.add(
                document, (*loc, "at_least"), f"asks for {group.at_least.count} of {len(group.at_least.of)} terms"
            )
    if not (group.all or group.any or group.at_least or group.near or group.article):
        faults.add(document, loc, "is empty: it asks for nothing, so it would match everything")


def check_topic(names: Names, topic: files.TopicEntry, document: Document, loc: Loc, faults: Faults) -> None:
    for i, group in enumerate(topic.groups):
        check_group(names, group, document, (*loc, "groups", i), faults)
        word = _alone(names, group)
        if word and not topic.trigger:
            faults.warn(document, (*loc, "groups", i), f"{word!r} alone can trigger this topic")
    check_terms(names, topic.none, document, (*loc, "none"), faults)
    check_terms(names, topic.weights, document, (*loc, "weights"), faults)
    if bool(topic.weights) != (topic.threshold is not None):
        faults.add(document, loc, "weights and threshold go together: give both or neither")
    if not topic.groups and not topic.weights:
        faults.add(document, loc, "has no rule: give groups, or weights with a threshold")
    for term, weight in topic.weights.items():
        if topic.threshold is not None and min(weight, topic.cap) >= topic.threshold and not topic.trigger:
            faults.warn(document, (*loc, "weights", term), f"{term!r} alone reaches the threshold of this topic")


def _alone(names: Names, group: files.GroupEntry) -> str:
    """The common name that alone meets the group, or ""."""
    asked = [*group.all, *group.near, *group.article]
    single = asked[0] if len(asked) == 1 and not group.any and not group.at_least else ""
    if not single and not asked and group.any and not group.at_least:
        single = group.any[0]
    concept = names.concepts.get(single)
    return single if concept is not None and concept.kind in COMMON_KINDS else ""


def check_claim(names: Names, claim: files.ClaimEntry, document: Document, loc: Loc, faults: Faults) -> None:
    """Topic, terms and known values of a claim."""
    if claim.topic not in names.topics.keys() | names.unread:
        faults.unknown(document, (*loc, "topic"), "topic", claim.topic, names.topics)
    if not claim.about:
        faults.add(document, loc, "has no about: say what a passage must be about")
    for key in ("about", "denied_by"):
        for i, group in enumerate(getattr(claim, key)):
            check_group(names, group, document, (*loc, key, i), faults)
            word = _alone(names, group)
            if word:
                faults.warn(document, (*loc, key, i), f"{word!r} alone can trigger this claim")
    check_terms(names, claim.rivals, document, (*loc, "rivals"), faults)
    for name, terms in claim.cues.items():
        check_terms(names, terms, document, (*loc, "cues", name), faults)
    for name, slot in claim.slots.items():
        _check_slot(names, slot, document, (*loc, "slots", name), faults)


def _check_slot(names: Names, slot: files.SlotEntry, document: Document, loc: Loc, faults: Faults) -> None:
    for key in ("of", "not_of", "needs"):
        check_terms(names, getattr(slot, key), document, (*loc, key), faults)
    for value, terms in slot.words.items():
        check_terms(names, terms, document, (*loc, "words", value), faults)
    form, wanted = FORMS[slot.type]
    if slot.known not in (None, "?") and not form.fullmatch(str(slot.known)):
        faults.add(document, (*loc, "known"), f"{slot.known!r} is no {slot.type}: write {wanted}")
