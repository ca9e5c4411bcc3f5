"""What stands in the full-text index of a text, and how it is asked for: the same on both databases.

Besides its own words a text has some that nobody can type: they begin with a character of Unicode's private use area,
which `words` leaves out of texts and of questions alike. They are the words of its headline once more, and a mark for
everything that a filter asks for. So the index itself narrows a question, which then costs what it finds and not what
holds the word: FTS5 takes such characters for letters by default (categories L*, N* and Co), and PostgreSQL is handed
them as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from pipeline.storage.columns import storable
from pipeline.text.fold import fold

_LONGEST = 200_000  # code points of a text that are indexed; PostgreSQL refuses more than a megabyte of words
_LONGEST_HEAD = 400  # code points of a headline, or of what a finding quotes
_MARK, _HEAD, _ODD = "\ue000", "\ue001", "\ue002"
_WORD = re.compile(r"\w+")
_PLAIN = re.compile(r"[^a-z0-9]")
_ASKED = re.compile(r'"([^"]*)"|(\S+)')
_FEW_DAYS = 40  # a longer time is asked for by its months
BLOCK, WIDE = 1 << 12, 1 << 16  # rows that share a mark on PostgreSQL, by their numbers

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Every one of the phrases, and one of each group of marks."""

    phrases: tuple[Phrase, ...]
    marks: tuple[tuple[str, ...], ...] = ()
    place: str = ""  # "head": all of them in a headline or a quote; "text": not all of them there; "": anywhere

    def narrowed(self, marks: Sequence[str]) -> Question:
        """One of these marks besides; the same question without any."""
        return replace(self, marks=(*self.marks, tuple(marks))) if marks else self


def asked_for(asked: str) -> tuple[Phrase, ...]:
    """Words and phrases asked for, folded. Only letters and digits are left, so nothing reaches a query's syntax."""
    found = (tuple(words(phrase or word).split()) for phrase, word in _ASKED.findall(asked[:500]))
    return tuple(part for part in found if part)[:20]


def words(text: str) -> str:
    """The words of a text as they stand in the index."""
    return " ".join(_WORD.findall(fold(storable(text[:_LONGEST])).replace("_", " ")))


def headline(text: str) -> Phrase:
    """The words of a headline as they stand in the index once more."""
    return _heads(words(text[:_LONGEST_HEAD]).split())


def _heads(said: Sequence[str]) -> Phrase:
    return tuple(_HEAD + word for word in said)


def mark(what: str, value: str) -> str:
    """The mark of a value, another one for every value."""
    return _MARK + what + _PLAIN.sub(lambda odd: f"{_ODD}{ord(odd[0]):x}{_ODD}", value)


def marks(at: datetime, **values: str) -> tuple[str, ...]:
    """Marks of a row: the time of its arrival, and what it is, where that is not empty."""
    day = at.astimezone(UTC).date()
    said = tuple(mark(name, value) for name, value in values.items() if value)
    return (*said, _day(day), _month(day))


def times(first: date, last: date) -> tuple[str, ...]:
    """Marks of which every row between these days (UTC) has one, and few others have."""
    days = (last - first).days + 1
    if days <= _FEW_DAYS:
        return tuple(_day(first + timedelta(days=n)) for n in range(days))
    return tuple(dict.fromkeys(_month(first + timedelta(days=n)) for n in range(days)))


def _day(day: date) -> str:
    return mark("day", f"{day:%Y%m%d}")


def _month(day: date) -> str:
    return mark("month", f"{day:%Y%m}")


def blocks(row: int) -> tuple[str, str]:
    """The marks of a row's number."""
    return mark("block", str(row // BLOCK)), mark("wide", str(row // WIDE))


def windows(newest: int) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Rows from the newest on, ever more at once: (first, the one after the last, marks of one of which each row has).

    The last window is all the rest, and has no marks.
    """
    end = (newest // BLOCK + 1) * BLOCK
    starts = [end - 2 * BLOCK]
    starts.append((starts[0] - WIDE) // WIDE * WIDE)
    starts.append(starts[1] - 3 * WIDE)
    for start in starts:
        if start <= 0:
            break
        yield start, end, tuple(_cover(start, end))
        end = start
    yield 0, end, ()


def _cover(start: int, end: int) -> Iterator[str]:
    while start < end:
        wide = start % WIDE == 0 and start + WIDE <= end
        yield mark("wide", str(start // WIDE)) if wide else mark("block", str(start // BLOCK))
        start += WIDE if wide else BLOCK


def for_sqlite(text: str, head: str, marked: Sequence[str]) -> str:
    """A text as FTS5 is given it."""
    return " ".join((words(text), *headline(head), *marked))


def for_postgres(head: str, marked: Sequence[str]) -> str:
    """What is put to the words of a text there, as a tsvector is written; a headline's words keep their places."""
    heads = (f"'{word}':{place}" for place, word in enumerate(headline(head), 1))
    return " ".join((*heads, *(f"'{one}'" for one in marked)))


def ask_sqlite(question: Question) -> str:
    """The question as FTS5 is asked it."""
    heads = " AND ".join(_quoted(_heads(phrase)) for phrase in question.phrases)
    needed = [heads] if question.place == "head" else [_quoted(phrase) for phrase in question.phrases]
    needed += ["(" + " OR ".join(f'"{one}"' for one in group) + ")" for group in question.marks]
    said = " AND ".join(needed)
    return f"({said}) NOT ({heads})" if question.place == "text" else said


def _quoted(phrase: Phrase) -> str:
    return f'"{" ".join(phrase)}"'


def ask_postgres(question: Question) -> tuple[str, str]:
    """The question for words, which `to_tsquery` reads as `to_tsvector` does, and the rest as a tsquery is written."""
    heads = " & ".join(_followed(_heads(phrase)) for phrase in question.phrases)
    rest = ["(" + " | ".join(f"'{one}'" for one in group) + ")" for group in question.marks]
    if question.place == "head":
        return "", " & ".join([heads, *rest])
    if question.place == "text":
        rest.append(f"!({heads})")
    return " & ".join(map(_followed, question.phrases)), " & ".join(rest)


def _followed(phrase: Phrase) -> str:
    return "(" + " <-> ".join(f"'{word}'" for word in phrase) + ")"
