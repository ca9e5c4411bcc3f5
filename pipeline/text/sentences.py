"""Where sentences and paragraphs end, in eleven languages, in time linear in the length of the text."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pipeline.text.fold import fold


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: offsets without surrounding space, and the number of its paragraph (from 0)."""

    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class _Rules:
    never: frozenset[str]
    before: frozenset[str]
    maybe: frozenset[str]
    starters: frozenset[str]
    ordinals: bool


_STOPS = "!?\u2026\u061f\u06d4\u0964\u0965\u0589\u3002"
_CLOSERS = "\"'\u201d\u2019\u00bb\u203a)\\]"
# Full stops of scripts without a full stop inside words end a sentence even where the space was forgotten.
_RULE = re.compile(
    rf"\n+"
    rf"|[\u06d4\u0964\u0965\u0589]+[{_CLOSERS}]*(?=[^\d{_CLOSERS}])"
    rf"|[.{_STOPS}]+[{_CLOSERS}]*(?=\s|$|[\u201c\u00ab])"
    rf"|\.(?<=[a-z\u0430-\u044f]\.)(?=[A-Z\u0410-\u042f][a-z\u0430-\u044f])"
    rf"|:(?=[ \n][\u0531-\u0556])"
)
_LAST_WORD = re.compile(r"[\w.'\u2019-]+$")
_WORD = re.compile(r"[^\W_]+")
_REACH = 24  # code points before a stop that can be an abbreviation
_CASELESS = frozenset(("ur", "fa", "ar", "hi"))


@cache
def _rules(lang: str) -> _Rules:
    table = tomllib.loads(resources.files("pipeline.text").joinpath("lexicon", "sentences.toml").read_text("utf-8"))
    own = table.get(lang, table["en"])
    sets = {key: frozenset(map(fold, own[key])) for key in ("never", "before", "maybe", "starters")}
    return _Rules(**sets, ordinals=bool(own.get("ordinals")))


def split(text: str, lang: str) -> tuple[Sentence, ...]:
    """The sentences of `text` in order; together they cover everything that is not space.

    A line break ends a paragraph, unless the next line goes on in lower case (a text wrapped at a fixed width).
    """
    rules = _rules(lang)
    found: list[Sentence] = []
    begin = paragraph = 0
    for stop in _RULE.finditer(text):
        if stop.start() < begin:
            continue
        line = text[stop.start()] == "\n"
        if line and stop.end() - stop.start() == 1 and _goes_on(text, stop.start()):
            continue
        if not line and not _ends(text, stop.start(), stop.end(), begin, lang, rules):
            continue
        begin = _add(found, text, begin, stop.start() if line else stop.end(), paragraph)
        if line:
            begin = stop.end()
            paragraph = found[-1].paragraph + 1 if found else 0
    _add(found, text, begin, len(text), paragraph)
    return tuple(found)


def _add(found: list[Sentence], text: str, begin: int, end: int, paragraph: int) -> int:
    """Append the sentence between the two offsets without the space around it, if anything is left."""
    piece = text[begin:end]
    stripped = piece.strip()
    if stripped:
        start = begin + len(piece) - len(piece.lstrip())
        found.append(Sentence(start, start + len(stripped), paragraph))
    return end


def _goes_on(text: str, at: int) -> bool:
    """Whether a single line break is a wrap: the next line starts in lower case and this one has no stop."""
    after = text[at + 1 : at + 2]
    before = text[max(0, at - 2) : at].rstrip()[-1:]
    return after.islower() and before not in (*"." + _STOPS, "")


def _ends(text: str, at: int, end: int, begin: int, lang: str, rules: _Rules) -> bool:
    """Whether the stop at `at`..`end` ends the sentence that began at `begin`."""
    mark = text[at]
    if mark in "\u06d4\u0964\u0965\u0589\u3002:" or end >= len(text):
        return True
    after = text[end : end + 40].lstrip(" \t\u00a0\"'\u201c\u2018\u00ab(\u2014-\u2013")
    if not after or after[0] == "\n":
        return True
    if after[0].islower():
        return False
    if mark != "." or (end - at > 1 and text[at : at + 2] == ".."):
        return True
    return _full_stop_ends(text, at, begin, after, lang, rules)


def _full_stop_ends(text: str, at: int, begin: int, after: str, lang: str, rules: _Rules) -> bool:
    """Decide on one full stop by the word before it and the word after it."""
    last = _LAST_WORD.search(text, max(begin, at - _REACH), at)
    if last is None:
        return True
    word = fold(last.group()).lstrip("'-.")
    if word.isdigit():
        listed = not text[begin : last.start()].strip()  # "1. The first point"
        return not listed and not (rules.ordinals and len(word) <= 2)
    if len(word) == 1 and last.group().isupper():
        return lang in _CASELESS  # an initial
    if word in rules.never:
        return False
    if word in rules.before or re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", word):
        following = _WORD.match(after)
        return following is not None and fold(following.group()) in rules.starters
    return True
