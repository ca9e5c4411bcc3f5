"""The calendar words of each language, read once from `lexicon/dates-<lang>.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from pipeline.text.fold import fold
from pipeline.text.lexicons import number_words
from pipeline.text.phrases import ANY_ENDING, Anchors, Phrases

_DATES = ("en", "tr", "az", "ru", "ur", "hi", "fa", "ar", "hy", "de", "fr")


@dataclass(frozen=True, slots=True)
class DateWords:
    """Everything that reading dates knows of one language."""

    lang: str
    months: Phrases[int]
    solar_months: Phrases[int]  # of the Persian calendar
    careful: frozenset[str]  # month names that are other words too: capital letter or a day or year beside them
    month_words: Phrases[bool]  # "month" after a month name (ekim ayı, ماه)
    weekdays: Phrases[int]
    relative: Phrases[str]  # whole phrases: Y-1 last year, M0 this month, D+1 tomorrow, W-1 last week
    units: Phrases[str]
    ago_after: Phrases[bool]
    ago_before: Phrases[bool]
    within_before: Phrases[bool]  # a term that runs from now: within three years
    within_after: Phrases[bool]
    backward: frozenset[str]  # words before a number that make it the past (the last three years)
    last: Phrases[bool]  # before a month, weekday or season
    next: Phrases[bool]
    this: Phrases[bool]
    last_after: Phrases[bool]
    next_after: Phrases[bool]
    this_after: Phrases[bool]
    seasons: Phrases[str]  # spring summer autumn winter
    parts: Phrases[str]  # 1/2, 3/4: halves and quarters of a year
    part_join: Phrases[bool]  # between a part and its year
    first_n: Phrases[bool]  # "first" in "the first 11 months"
    year_before: Phrases[bool]
    year_after: Phrases[bool]
    year_endings: frozenset[str]
    day_endings: frozenset[str]
    decade: Phrases[bool]  # after a year that ends in 0
    decade_before: Phrases[bool]  # before the tens of a decade (années soixante-dix)
    decades: Phrases[int]  # names of decades: the seventies
    of: Phrases[bool]  # between day, month and year (of, -nın, de)
    relation_before: Phrases[str]
    relation_after: Phrases[str]
    qualifiers: Phrases[bool]  # early, late, the end of: kept in the span
    to: Phrases[bool]
    run_to: Phrases[bool]  # between a number of years and the last of them
    between: Phrases[bool]
    between_and: Phrases[bool]
    start_of: Phrases[bool]
    future: Phrases[bool]
    future_endings: tuple[str, ...]
    past: frozenset[str]
    past_endings: tuple[str, ...]
    reporting: frozenset[str]  # verbs of saying: what they report may lie on either side
    passive: frozenset[str]  # a participle after one of these tells no tense ("will be held")
    month_context: frozenset[str]  # words before a careful month name that make it a month
    verb_last: bool
    year_first: bool  # year, month, day is usual
    anchors: Anchors  # where a date may start


def _table(raw: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(form, name) for name, forms in raw.items() for form in forms]


@cache
def date_words(lang: str) -> DateWords:
    """The calendar words of `lang`; of a language we do not know, dates in digits alone remain."""
    raw: dict[str, Any] = {}
    if lang in _DATES:
        path = resources.files("pipeline.text").joinpath("lexicon", f"dates-{lang}.toml")
        raw = tomllib.loads(path.read_text("utf-8"))
    ending = re.compile(raw["ending"]) if "ending" in raw else ANY_ENDING
    lists: dict[str, list[str]] = raw.get("lists", {})
    maps: dict[str, dict[str, list[str]]] = raw.get("maps", {})

    def listed(name: str) -> Phrases[bool]:
        return Phrases(((form, True) for form in lists.get(name, [])), ending=ending)

    def named(name: str) -> Phrases[str]:
        return Phrases(_table(maps.get(name, {})), ending=ending)

    def numbered(name: str) -> Phrases[int]:
        return Phrases(((form, int(n)) for form, n in _table(maps.get(name, {}))), ending=ending)

    def words(name: str) -> frozenset[str]:
        return frozenset(map(fold, lists.get(name, [])))

    months, solar, weekdays = numbered("months"), numbered("solar_months"), numbered("weekdays")
    relative, seasons, parts = named("relative"), named("seasons"), named("parts")
    decades = numbered("decades")
    ago_before, first_n = listed("ago_before"), listed("first_n")
    starting: list[Phrases[Any]] = [months, solar, weekdays, relative, seasons, parts, ago_before, first_n, decades]
    starting.append(number_words(lang).numbers)  # two years ago
    return DateWords(
        lang=lang,
        months=months,
        solar_months=solar,
        careful=words("careful"),
        month_words=listed("month_words"),
        weekdays=weekdays,
        relative=relative,
        units=named("units"),
        ago_after=listed("ago_after"),
        ago_before=ago_before,
        within_before=listed("within_before"),
        within_after=listed("within_after"),
        backward=words("backward"),
        last=listed("last"),
        next=listed("next"),
        this=listed("this"),
        last_after=listed("last_after"),
        next_after=listed("next_after"),
        this_after=listed("this_after"),
        seasons=seasons,
        parts=parts,
        part_join=listed("part_join"),
        first_n=first_n,
        year_before=listed("year_before"),
        year_after=listed("year_after"),
        year_endings=words("year_endings"),
        day_endings=words("day_endings"),
        decade=listed("decade"),
        decade_before=listed("decade_before"),
        decades=decades,
        of=listed("of"),
        relation_before=named("relation_before"),
        relation_after=named("relation_after"),
        qualifiers=listed("qualifiers"),
        to=listed("to"),
        run_to=listed("run_to"),
        between=listed("between"),
        between_and=listed("between_and"),
        start_of=listed("start_of"),
        future=listed("future"),
        future_endings=tuple(map(fold, lists.get("future_endings", []))),
        past=words("past"),
        reporting=words("reporting"),
        passive=words("passive"),
        past_endings=tuple(map(fold, lists.get("past_endings", []))),
        month_context=words("month_context"),
        verb_last=raw.get("verb_last", False),
        year_first=raw.get("year_first", False),
        anchors=Anchors(starting),
    )
