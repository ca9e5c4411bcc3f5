"""Cues: the words by which a language marks stage, certainty, denial, history and reference.

The lexicons are package data, `lexicon/cues-<lang>.toml`, made to be edited: a list of phrases per kind (and value),
where `*` at the end of a word stands for any ending and ` .. ` for up to three words between. Of cues of one table that
overlap the longest counts, and what stands under `none` counts as nothing: idioms that hold a cue ("a sign of"). A
negation under `whole` takes a noun ("not one", "none of") and so reaches past the adjectives of that noun.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.text.fold import fold

IDIOM = "none"  # the key of phrases that hold a cue and mean something else
LANGUAGES = ("en", "tr", "az", "ru", "ur", "hi", "fa", "ar", "hy", "de", "fr")


@dataclass(frozen=True, slots=True)
class Cue:
    """One phrase of a lexicon: `kind` is its table, `value` its key there ("" for a plain word list)."""

    kind: (
        str  # the table: stage, modal, negation, denial, certainty, drop, old, past, pair, trio, place, event, more ...
    )
    value: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Endings:
    """How names and words are built on in a language: regular expressions over folded text."""

    name: str = ""  # what may follow a name
    word: str = ""  # what may follow a listed word that has no `*`
    prefix: str = ""  # what may be written before it without a space
    strip: str = ""  # final letters that give way to an ending
    softens: str = ""  # final consonants and what they turn into before a vowel: "kg" for k to ğ
    place: str = ""  # ending that says where something is
    definite: str = ""  # what stands before a noun that has been spoken of: article, demonstrative
    specified: str = ""  # what follows a noun that is told apart by a complement: "the visit of"
    definite_form: str = ""  # how such a noun is itself written, where an ending or prefix says so
    negative: str = ""  # ending of a verb that says something is not so
    future: str = ""  # ending of a verb that says something is still to come
    refusal: str = ""  # the same and its forms in reported speech, for verbs that are not negative by themselves

    @property
    def soft(self) -> dict[str, str]:
        """What a final consonant turns into before an ending."""
        return dict(zip(self.softens[::2], self.softens[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class Lexicon:
    lang: str
    endings: Endings
    cues: tuple[Cue, ...]


@cache
def lexicon(lang: str) -> Lexicon:
    """The cues and endings of a language; an empty lexicon for one that has none."""
    if lang not in LANGUAGES:
        return Lexicon(lang, Endings(), ())
    tables = tomllib.loads((files("pipeline.text") / "lexicon" / f"cues-{lang}.toml").read_text(encoding="utf-8"))
    endings = Endings(**{key: fold(source) for key, source in tables.pop("endings", {}).items()})
    cues = [
        Cue(kind, "" if value == "words" else value, phrase)
        for kind, table in tables.items()
        for value, phrases in table.items()
        for phrase in phrases
    ]
    return Lexicon(lang, endings, tuple(cues))
