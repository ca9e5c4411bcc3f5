"""The number words of each language, read once from `lexicon/numbers-<lang>.toml` and `lexicon/money.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from pipeline.text.compounds import german, joined
from pipeline.text.fold import fold
from pipeline.text.phrases import ANY_ENDING, Anchors, Phrases

_NUMBERS = ("en", "tr", "az", "ru", "ur", "hi", "fa", "ar", "hy", "de", "fr")


@dataclass(frozen=True, slots=True)
class Nouns:
    """How the noun after a number is told from what follows it."""

    stops: frozenset[str]  # words that end a noun phrase
    stop_endings: tuple[str, ...]  # endings of words that end it (verbs)
    skip: Phrases[bool]  # classifiers and determiners right after the number
    participles: tuple[str, ...]  # endings of words that do not end the phrase of a single thing
    adjectives: tuple[str, ...]  # endings of words that stand before the noun
    plurals: tuple[str, ...]  # endings of the noun itself
    irregular: frozenset[str]  # nouns without such an ending
    head: str  # which word of the phrase is the noun where no ending tells: first, last, capital
    no_compound: frozenset[str]  # words that with a hyphen make no count (three-way, two-seat)
    dropped: frozenset[str]  # nouns that make no count (street, percent signs of another kind)
    pronominal: frozenset[str]  # numbers that stand for what they count: beşi, "five of them"
    reach: int  # words that a phrase may have
    tail: int  # words after the head that still belong to the phrase (compounds whose noun comes last)


@dataclass(frozen=True, slots=True)
class NumberWords:
    """Everything that reading quantities knows of one language."""

    lang: str
    decimal: str
    spaced: bool
    juxtapose: bool  # thousands and units stand side by side without a joining word (2 bin 352)
    bare_scale: bool  # a scale word alone means one of it (ru: миллион)
    vigesimal: bool
    ten_joins: bool  # eleven to nineteen are ten and a unit
    one_counts: bool  # "one" is a number, and no article
    strict: dict[str, frozenset[str]]  # folded words that are others too; they count only as spelled here
    numbers: Phrases[Decimal]
    hundred: Phrases[Decimal]
    scales: Phrases[Decimal]
    glued: dict[str, Decimal]  # letters that scale only right after digits or in money
    groups: Phrases[Decimal]
    plural: Phrases[Decimal]
    several_of: frozenset[str]
    articles: frozenset[str]
    joiners: frozenset[str]
    joined_and: str  # a letter written together with the word it joins (ar: و)
    half_before: Phrases[Decimal]
    half_after: Phrases[Decimal]
    plus: Phrases[Decimal]
    point: Phrases[bool]
    tails: Phrases[Decimal]
    prefixes: frozenset[str]
    ordinals: Phrases[Decimal]
    ordinal_endings: frozenset[str]
    no_ordinal: Phrases[bool]
    first_after: frozenset[str]  # words before "first" where it is an ordinal and no adverb; empty: any
    shares: Phrases[Decimal]
    share_words: Phrases[Decimal]
    share_after: Phrases[bool]
    one_in: Phrases[str]
    percent_after: Phrases[str]
    percent_before: Phrases[str]
    multiples: Phrases[Decimal]
    times_after: Phrases[bool]
    times_before: Phrases[bool]
    durations: Phrases[str]
    duration_words: Phrases[str]
    not_duration: Phrases[bool]
    ages_before: Phrases[bool]
    bounds_before: Phrases[str]
    bounds_after: Phrases[str]
    bound_endings: dict[str, str]  # endings of a number word that bound it (3 minədək)
    weak_bounds: frozenset[str]  # bounds that are other words too ("over")
    weak_after: frozenset[str]  # words after which they are (to hand over 40)
    about_bare: frozenset[str]  # bounds that mean "about" after a number without a case ending
    to_case: tuple[str, ...]  # how a spelled number ends in the case that makes it a limit
    firm_before: frozenset[str]  # words that make them bounds of a duration (for over five years)
    to: Phrases[bool]
    between: Phrases[bool]
    between_and: Phrases[bool]
    start_of: Phrases[bool]
    labels: Phrases[bool]
    labels_after: Phrases[bool]
    letters: frozenset[str]
    endings: frozenset[str]
    from_endings: frozenset[str]  # case endings on digits that make them the first end of a change
    from_after: Phrases[bool]  # words after the first end of a change
    currencies: Phrases[tuple[str, ...]]
    currency_before: Phrases[tuple[str, ...]]
    nouns: Nouns
    capital_nouns: bool  # a capital after "17." may be the noun
    noun_first: bool  # what is ranked stands before its ordinal (نشست سوم) ...
    ranked_after: tuple[str, ...]  # ... except for ordinals with these endings (سومین نشست)
    anchors: Anchors  # where a quantity may start


@dataclass(frozen=True, slots=True)
class Signs:
    """Currency signs and codes that stand in any language."""

    before: Phrases[tuple[str, ...]]
    after: Phrases[tuple[str, ...]]


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("pipeline.text").joinpath("lexicon", name).read_text("utf-8"))


def _valued(table: dict[str, list[str]], ending: re.Pattern[str]) -> Phrases[Decimal]:
    return Phrases(((form, Decimal(value)) for value, forms in table.items() for form in forms), ending=ending)


def _named(table: dict[str, list[str]], ending: re.Pattern[str]) -> Phrases[str]:
    return Phrases(((form, name) for name, forms in table.items() for form in forms), ending=ending)


def _listed(forms: list[str], ending: re.Pattern[str]) -> Phrases[bool]:
    return Phrases(((form, True) for form in forms), ending=ending)


def _codes(table: dict[str, list[str]], ending: re.Pattern[str]) -> Phrases[tuple[str, ...]]:
    return Phrases(((form, tuple(codes.split("|"))) for codes, forms in table.items() for form in forms), ending=ending)


def _words(forms: list[str]) -> frozenset[str]:
    return frozenset(map(fold, forms))


def _strict(forms: list[str]) -> dict[str, frozenset[str]]:
    folded = {fold(form) for form in forms}
    return {word: frozenset(form for form in forms if fold(form) == word) for word in folded}


def _nouns(raw: dict[str, Any], ending: re.Pattern[str]) -> Nouns:
    return Nouns(
        stops=_words(raw.get("stops", [])),
        stop_endings=tuple(map(fold, raw.get("stop_endings", []))),
        skip=_listed(raw.get("skip", []), ending),
        participles=tuple(map(fold, raw.get("participles", []))),
        adjectives=tuple(map(fold, raw.get("adjectives", []))),
        plurals=tuple(map(fold, raw.get("plurals", []))),
        irregular=_words(raw.get("irregular", [])),
        head=raw.get("head", "first"),
        dropped=_words(raw.get("dropped", [])),
        pronominal=_words(raw.get("pronominal", [])),
        no_compound=_words(raw.get("no_compound", [])),
        reach=raw.get("reach", 6),
        tail=raw.get("tail", 0),
    )


@cache
def signs() -> Signs:
    """The signs and codes of `lexicon/money.toml`."""
    raw = _load("money.toml")
    return Signs(before=_codes(raw["before"], ANY_ENDING), after=_codes(raw["after"], ANY_ENDING))


@cache
def number_words(lang: str) -> NumberWords:
    """The number words of `lang`; of a language we do not know, digits, signs and codes alone remain."""
    raw = _load(f"numbers-{lang}.toml") if lang in _NUMBERS else {}
    ending = re.compile(raw["ending"]) if "ending" in raw else ANY_ENDING
    lists, maps = raw.get("lists", {}), raw.get("maps", {})
    numbers: dict[str, list[str]] = maps.get("numbers", {})
    if raw.get("compound") == "german":
        numbers = german()
    elif raw.get("compound") == "joined":
        numbers = joined(numbers)

    def valued(name: str) -> Phrases[Decimal]:
        return _valued(maps.get(name, {}), ending)

    def named(name: str) -> Phrases[str]:
        return _named(maps.get(name, {}), ending)

    def listed(name: str) -> Phrases[bool]:
        return _listed(lists.get(name, []), ending)

    def words(name: str) -> frozenset[str]:
        return _words(lists.get(name, []))

    starts = [
        *(
            valued(name)
            for name in ("hundred", "scales", "groups", "plural", "half_before", "plus", "ordinals", "shares")
        ),
        *(valued(name) for name in ("share_words", "multiples")),
    ]
    starting: list[Phrases[Any]] = [
        *starts,
        signs().before,
        _valued(numbers, ending),
        named("percent_before"),
        named("duration_words"),
        _codes(maps.get("currency_before", {}), ending),
    ]
    return NumberWords(
        lang=lang,
        decimal=raw.get("decimal", "."),
        spaced=raw.get("spaced", False),
        juxtapose=raw.get("juxtapose", False),
        bare_scale=raw.get("bare_scale", False),
        one_counts=raw.get("one_counts", False),
        ten_joins=raw.get("ten_joins", False),
        vigesimal=raw.get("vigesimal", False),
        strict=_strict(lists.get("strict", [])),
        numbers=_valued(numbers, ending),
        hundred=valued("hundred"),
        scales=valued("scales"),
        glued={fold(form): Decimal(value) for value, forms in maps.get("glued", {}).items() for form in forms},
        groups=valued("groups"),
        plural=valued("plural"),
        several_of=words("several_of"),
        articles=words("articles"),
        joiners=words("joiners"),
        joined_and=fold(raw.get("joined_and", "")),
        half_before=valued("half_before"),
        half_after=valued("half_after"),
        plus=valued("plus"),
        point=listed("point"),
        tails=valued("tails"),
        prefixes=words("prefixes"),
        ordinals=valued("ordinals"),
        ordinal_endings=words("ordinal_endings"),
        no_ordinal=listed("no_ordinal"),
        first_after=words("first_after"),
        shares=valued("shares"),
        share_words=valued("share_words"),
        share_after=listed("share_after"),
        one_in=named("one_in"),
        percent_after=named("percent_after"),
        percent_before=named("percent_before"),
        multiples=valued("multiples"),
        times_after=listed("times_after"),
        times_before=listed("times_before"),
        durations=named("durations"),
        duration_words=named("duration_words"),
        not_duration=listed("not_duration"),
        ages_before=listed("ages_before"),
        bounds_before=named("bounds_before"),
        bounds_after=named("bounds_after"),
        bound_endings={fold(e): sign for sign, endings in maps.get("bound_endings", {}).items() for e in endings},
        weak_bounds=words("weak_bounds"),
        weak_after=words("weak_after"),
        about_bare=words("about_bare"),
        to_case=tuple(sorted(words("to_case"))),
        firm_before=words("firm_before"),
        to=listed("to"),
        between=listed("between"),
        between_and=listed("between_and"),
        start_of=listed("start_of"),
        labels=listed("labels"),
        labels_after=listed("labels_after"),
        letters=words("letters"),
        endings=words("endings"),
        from_endings=words("from_endings"),
        from_after=listed("from_after"),
        currencies=_codes(maps.get("currencies", {}), ending),
        currency_before=_codes(maps.get("currency_before", {}), ending),
        nouns=_nouns(raw.get("nouns", {}), ending),
        capital_nouns=raw.get("capital_nouns", False),
        noun_first=raw.get("noun_first", False),
        ranked_after=tuple(map(fold, lists.get("ranked_after", []))),
        anchors=Anchors(starting),
    )
