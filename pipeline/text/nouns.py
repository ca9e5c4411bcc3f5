"""The noun that a number counts: the phrase right after it, and which word of it is the noun."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.text.date_words import date_words
from pipeline.text.lexicons import NumberWords
from pipeline.text.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Noun:
    """The counted noun, folded, and the tokens of its phrase (last exclusive)."""

    head: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word, or words and digits glued together: single-seat, XK-16s."""

    first: int
    last: int
    text: str
    code: bool  # holds a digit, or a script that the language is not written in: a designation, not a word


# Units that are written alike in singular and plural.
MEASURES = frozenset(
    ("km", "kg", "mm", "cm", "mw", "kw", "gw", "ha", "mt", "km2", "m2", "m3", "ft", "hp", "kt", "mtpa", "bcm", "mcm",
     "км", "кг", "мм", "см", "мвт", "гвт", "га", "т")
)  # fmt: skip
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")
_OTHER_SCRIPTS = frozenset(("ru", "ur", "hi", "fa", "ar", "hy"))
_PAIRING = frozenset(("and", "or"))
_NUMERALS = frozenset(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"))


def noun_after(tokens: Tokens, at: int, words: NumberWords, *, single: bool = False) -> Noun | None:
    """The noun phrase that starts at token `at`; `single` for ordinals and one, which count no plural."""
    config = words.nouns
    skipped = at
    for _ in range(3):
        hit = config.skip.at(tokens.words, skipped)
        if hit is None:
            break
        skipped += hit[1]
    units = _run(tokens, skipped, words, pairing=not single)
    if not units:
        return None
    head = _head(tokens, units, words, single=single)
    if head is None or units[head].text in config.dropped:
        return None
    last, tail = head, config.tail
    while last + 1 < len(units) and (units[last + 1].code or tail):
        last += 1
        tail -= not units[last].code
    return Noun(units[head].text, units[0].first, units[last].last)


def _run(tokens: Tokens, at: int, words: NumberWords, *, pairing: bool) -> list[_Unit]:
    """The words from `at` on that may belong to one noun phrase."""
    config = words.nouns
    units: list[_Unit] = []
    j = at
    calendar = date_words(tokens.lang)
    while len(units) < config.reach and j < len(tokens):
        if calendar.relative.at(tokens.words, j) or calendar.last.at(tokens.words, j):
            break
        quoted = tokens.words[j] == '"' and tokens.glued(j + 1)
        begin = j + 1 if quoted or (tokens.words[j] == '"' and units) else j
        if not (tokens.letters(begin) or (tokens.digits(begin) and _continues_code(tokens, begin, units))):
            break
        end = _glued_end(tokens, begin)
        text = tokens.folded[tokens.starts[begin] : tokens.ends[end - 1]]
        if (
            pairing
            and text in _PAIRING
            and units
            and not any(_counted(unit, words) for unit in units)
            and tokens.letters(end)
        ):
            j = end  # naval and air crews
            continue
        if text in config.stops or (config.stop_endings and len(text) > 4 and text.endswith(config.stop_endings)):
            break
        if words.numbers.at(tokens.words, begin) and end == begin + 1 and text not in _NUMERALS:
            break
        units.append(_Unit(begin, end, text, _is_code(text, words)))
        j = end
    return units


def _continues_code(tokens: Tokens, at: int, units: list[_Unit]) -> bool:
    """Digits after a designation or a capital word belong to it (Block 3), and to nothing else."""
    return bool(units) and (units[-1].code or tokens.capital(units[-1].first)) and len(tokens.words[at]) <= 3


def _glued_end(tokens: Tokens, at: int) -> int:
    """The end of the run of tokens that are written together by hyphens or without anything between them."""
    j = at + 1
    while tokens.glued(j):
        if tokens.words[j] == "-" and tokens.glued(j + 1) and (tokens.letters(j + 1) or tokens.digits(j + 1)):
            j += 2
        elif tokens.letters(j) or tokens.digits(j):
            j += 1
        else:
            break
    return j


def _is_code(text: str, words: NumberWords) -> bool:
    if any(c.isdigit() for c in text) or text.rpartition("-")[2] in _NUMERALS or text in words.letters:
        return True
    return words.lang in _OTHER_SCRIPTS and text[0] in _LATIN


def _head(tokens: Tokens, units: list[_Unit], words: NumberWords, *, single: bool) -> int | None:
    """Which unit is the noun."""
    config = words.nouns
    if config.head == "capital":
        return next((n for n, u in enumerate(units) if not u.code and tokens.capital(u.first)), None)
    if units[0].text in MEASURES:
        return 0
    if single and config.plurals:
        last = len(units) - 1
        while last > 0 and units[last].text.endswith(config.participles):
            last -= 1
        return last
    marked = [n for n, unit in enumerate(units) if _counted(unit, words)]
    if marked:
        return marked[-1 if config.head == "last" else 0]
    if config.plurals and config.head == "first":  # a language that marks the plural shows none: a code, or no count
        return 0 if units[0].code else None
    if config.head == "last":
        return len(units) - 1
    plain = [n for n, u in enumerate(units) if not u.code]
    nouns = [n for n in plain if not (config.adjectives and units[n].text.endswith(config.adjectives))]
    return (nouns or plain or [0])[0]


def _counted(unit: _Unit, words: NumberWords) -> bool:
    """Whether a word is a noun in the plural; of designations only those that take a plural s (XK-16s)."""
    if unit.code and words.lang != "en":
        return False
    config, text = words.nouns, unit.text
    if text in config.irregular or text.rpartition("-")[2] in config.irregular:
        return True
    if not config.plurals or not text.endswith(config.plurals):
        return False
    return words.lang != "en" or (not text.endswith(("ss", "us", "is")) and (len(text) > 3 or text[-2:-1].isdigit()))
