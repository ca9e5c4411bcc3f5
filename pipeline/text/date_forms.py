"""Dates as they are written: digits, days, months and years in the order of each language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.text.date_words import DateWords
from pipeline.text.lexicons import NumberWords, signs
from pipeline.text.periods import Period, valid
from pipeline.text.tokens import STOPS, Tokens

_YEARS = range(1900, 2101)
_OLD_YEARS = range(1000, 2101)  # only with a word that makes them years
_ROUND = (1900, 2000, 2100)
_CENTURY = 1900
_TENS = range(20, 100, 10)
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_SOLAR_YEARS = range(1300, 1500)


@dataclass(frozen=True, slots=True)
class Form:
    """A date as written; `period.year` is None where the text does not state it."""

    period: Period
    first: int
    last: int  # exclusive
    shift: int | None = None  # last -1, this 0, next +1, where the text says so of a month without a year
    solar: bool = False  # year, month and day are of the Persian calendar
    code: str = ""  # of a relative phrase, instead of a period
    weekday: int | None = None
    season: str = ""
    decade: bool = False
    term: bool = False  # a length of time from now: the end of it is meant, and it is a duration too
    paired: bool = False  # both ends are stated


class FormReader:
    """Reads written dates at token positions of one block."""

    __slots__ = ("n", "t", "w")

    def __init__(self, tokens: Tokens, words: DateWords, numbers: NumberWords) -> None:
        self.t = tokens
        self.w = words
        self.n = numbers

    def read(self, at: int) -> Form | None:
        """The date that starts at token `at`."""
        if self.t.digits(at):
            return self._short_decade(at) or (
                self._iso(at) or self._dotted(at) or self._day_first(at) or self._year_first(at)
            )
        return self._short_decade(at) or self._month_first(at) or self._worded_year(at)

    # -- digits only ------------------------------------------------------------------------------------------------

    def _iso(self, at: int) -> Form | None:
        """2025-05-28, 28/05/2025, 2025/05/28."""
        mark = self.t.word(at + 1)
        if mark not in ("-", "/") or self.t.word(at + 3) != mark or not all(self.t.glued(at + k) for k in (1, 2, 3, 4)):
            return None
        parts = [self.t.word(at + k) for k in (0, 2, 4)]
        if not all(part.isdigit() for part in parts) or self._runs_on(at + 5):
            return None
        if len(parts[0]) == 4:
            year, month, day = parts
        elif len(parts[2]) == 4:
            day, month, year = parts
            if self.w.lang == "en" and int(day) <= 12 and int(month) <= 12 and day != month:
                return Form(Period(None), at, at + 5)  # day and month cannot be told
            if int(month) > 12:
                day, month = month, day
        else:
            return None
        return self._form(int(year), int(month), int(day), at, at + 5)

    def _dotted(self, at: int) -> Form | None:
        """28.05.2025: the day comes first everywhere."""
        found = _DOTTED.fullmatch(self.t.words[at])
        if found is None or self._runs_on(at + 1):
            return None
        day, month, year = map(int, found.groups())
        last = self._past_endings(at + 1, self.w.year_endings)
        return self._form(year, month, day, at, last)

    def _runs_on(self, at: int) -> bool:
        return self.t.glued(at) and (self.t.word(at) in "-/" and self.t.digits(at + 1) and self.t.glued(at + 1))

    def _form(self, year: int, month: int | None, day: int | None, first: int, last: int) -> Form | None:
        period = Period(year, month, day)
        known = year in _OLD_YEARS and valid(period)
        return Form(period, first, last) if known else None

    # -- day, month, year -------------------------------------------------------------------------------------------

    def month_at(self, at: int) -> tuple[int, int, bool] | None:
        """Month number, the token after the month name with its word for month, and whether it is a Persian one."""
        hit = self.w.months.at(self.t.words, at)
        solar = hit is None
        hit = hit or self.w.solar_months.at(self.t.words, at)
        if hit is None:
            return None
        last = at + hit[1]
        word = self.w.month_words.at(self.t.words, last)
        if word is not None:
            last += word[1]
        last = self._past_endings(last, self.w.year_endings)
        return hit[0], last, solar

    def _day_at(self, at: int) -> tuple[int, int] | None:
        """A day of the month in digits, with its ending (28th, 28., 26-da), and the token after it."""
        word = self.t.word(at)
        if not word.isdigit() or len(word) > 2 or not 1 <= int(word) <= 31 or self._hangs(at):
            return None
        last = at + 1
        if self.t.word(last) == "." and self.t.glued(last) and self.w.lang in ("de", "hy", "tr"):
            last += 1
        if self.t.glued(last) and self.t.word(last) in self.w.day_endings:
            return int(word), last + 1
        return int(word), self._past_endings(last, self.w.day_endings)

    def _hangs(self, at: int) -> bool:
        """Whether the digits are glued to letters or other digits before them."""
        before = self.t.word(at - 1)
        if self.w.year_before.before(self.t.words, at) is not None:
            return False  # FY2024
        return self.t.glued(at) and before not in ("(", '"', "-", "\u2014", "'", "[") and before not in self.n.prefixes

    def _past_endings(self, at: int, endings: frozenset[str]) -> int:
        """Past a case ending that hangs on by an apostrophe or hyphen."""
        if (
            self.t.word(at) in ("'", "-")
            and self.t.glued(at)
            and self.t.glued(at + 1)
            and self.t.word(at + 1) in endings
        ):
            return at + 2
        if self.t.glued(at) and self.t.word(at) in endings:
            return at + 1
        return at

    def past_of(self, at: int) -> int:
        """Past a word that joins the parts of a date."""
        hit = self.w.of.at(self.t.words, at)
        return at + hit[1] if hit else at

    def _day_first(self, at: int) -> Form | None:
        """28 May, 28 May 2025, 28th of May, 6-10 May 2025, 28-го мая."""
        day = self._day_at(at)
        if day is None:
            return None
        until = None
        step = day[1]
        joint = self.w.to.at(self.t.words, step)
        joint = joint or self.w.between_and.at(self.t.words, step)
        if joint is not None:
            until = self._day_at(step + joint[1])
            step = until[1] if until else step
        here = self.month_at(step) or self.month_at(self.past_of(step))
        if here is None or (until is not None and until[0] <= day[0]):
            return None
        month, last, solar = here
        year, last = self._year_after(last)
        period = Period(year, month, day[0])
        if until is not None:
            period = Period(year, month, day[0], end=Period(year, month, until[0]))
        if not solar and not valid(period):
            return Form(Period(None), at, last)  # no such day: nothing is told
        return Form(period, at, last, solar=solar, paired=until is not None)

    def _month_first(self, at: int) -> Form | None:
        """May 28, 2025; May 2025; mayın 28-i; a month alone."""
        here = self.month_at(at)
        if here is None:
            return None
        month, last, solar = here
        day = self._day_at(last) or (self._day_at(self.past_of(last)) if self.t.word(last) != "," else None)
        if day is not None and not self._counts(day[1], last) and not self.month_at(day[1]):
            return self._month_day(at, month, day, solar)
        year, end = self._year_after(last)
        if year is not None:
            return Form(Period(year, month), at, end, solar=solar)
        if last == at + 1 and self._careful(at) and not self._to_month(last):
            return None
        return Form(Period(None, month), at, last, solar=solar)

    def _month_day(self, at: int, month: int, day: tuple[int, int], solar: bool) -> Form | None:
        until = None
        joint = self.w.to.at(self.t.words, day[1])
        if joint is not None:
            until = self._day_at(day[1] + joint[1])
            if until is not None and (self.month_at(until[1]) or until[0] <= day[0]):
                until = None
        year, last = self._year_after(until[1] if until else day[1])
        period = Period(year, month, day[0], end=Period(year, month, until[0]) if until else None)
        return Form(period, at, last, solar=solar, paired=until is not None) if solar or valid(period) else None

    def _counts(self, at: int, month_end: int) -> bool:
        """Whether digits after a month count something ("in May 40 jets") instead of being a day."""
        if self.t.word(month_end) == ",":
            return True
        if self.t.word(at) in (",", ".", ")", ";", ":", "-", "\u2014", "?", "!", "\n", "'", '"', ""):
            return False
        if self.w.lang != "en":
            return self.w.lang not in ("hy", "az")
        return self.n.percent_after.at(self.t.words, at) is not None or (
            self.t.letters(at) and self.t.word(at).endswith("s") and self.t.word(at) not in self.n.nouns.stops
        )

    def _to_month(self, at: int) -> bool:
        """Whether another month name follows as the end of a range (May to August)."""
        joint = self.w.to.at(self.t.words, at)
        return joint is not None and self.w.months.at(self.t.words, at + joint[1]) is not None

    def _careful(self, at: int) -> bool:
        """Whether a month name alone is rather another word."""
        if self.t.words[at] not in self.w.careful:
            return False
        if self.w.month_context:
            return not (self.t.capital(at) and self.t.word(at - 1) in self.w.month_context)
        return not self.t.capital(at)

    # -- years ------------------------------------------------------------------------------------------------------

    def _year_after(self, at: int) -> tuple[int | None, int]:
        """A year right after a day or month, and the token after it; else None and `at`."""
        step = self.past_of(at)
        before = self.w.year_before.at(self.t.words, step)
        step += before[1] if before else 0
        word = self.t.word(step)
        years = _SOLAR_YEARS if self.w.solar_months and len(word) == 4 and word < "1500" else _YEARS
        if len(word) == 4 and word.isdigit() and int(word) in years:
            return int(word), self.past_year(step + 1)
        return None, at

    def past_year(self, at: int) -> int:
        """Past the endings and words that hang on a year: 2025-ci il, 2025 года, 2025'te, 2025ء."""
        at = self._past_endings(at, self.w.year_endings)
        hit = self.w.year_after.at(self.t.words, at)
        return at + hit[1] if hit else at

    def _worded_year(self, at: int) -> Form | None:
        hit = self.w.year_before.at(self.t.words, at)
        return self._year_first(at + hit[1], at) if hit else None

    def _year_first(self, at: int, first: int | None = None) -> Form | None:
        """2024; 2020-2024; the 1970s; 2025-ci ilin may ayı; 2025 thousand of May 28."""
        word = self.t.word(at)
        if len(word) != 4 or not word.isdigit() or self._hangs(at) or not self._may_be_year(at, first):
            return None
        year = int(word)
        first = at if first is None else first
        decade = self._decade(at, year)
        if decade is not None:
            return Form(Period(year), first, decade, decade=True)
        last = self.past_year(at + 1)
        short = self._short_range(at, year)
        if short is not None:
            return Form(Period(year, end=Period(short[0])), first, short[1], paired=True)
        step = self.past_of(last) if self.w.year_first else last
        here = self.month_at(step) if self.w.year_first or self.w.lang == "tr" else None
        if here is not None:
            day = self._day_at(here[1]) or self._day_at(self.past_of(here[1]))
            period = Period(year, here[0], day[0] if day else None)
            if valid(period):
                return Form(period, first, day[1] if day else here[1], solar=here[2])
        solar = bool(self.w.solar_months) and year in _SOLAR_YEARS
        return Form(Period(year), first, last, solar=solar)

    def _decade(self, at: int, year: int) -> int | None:
        hit = self.w.decade.at(self.t.words, at + 1)
        glued = hit is not None and (self.t.glued(at + 1) or self.t.word(at + 1) != "s")
        return at + 1 + hit[1] if hit and glued and year % 10 == 0 else None

    def _short_decade(self, at: int) -> Form | None:
        """A decade of the last century without it: the 70s, ستر کی دہائی, les années soixante-dix."""
        hit = self.n.numbers.at(self.t.words, at)
        word = self.t.word(at)
        named = self.w.decades.at(self.t.words, at)
        if named is not None:
            return Form(Period(named[0]), at, at + named[1], decade=True)
        value = int(word) if word.isdigit() and len(word) == 2 else int(hit[0]) if hit else 0
        if value not in _TENS or (word.isdigit() and self._hangs(at)):
            return None
        last = at + (1 if word.isdigit() or hit is None else hit[1])
        before = self.w.decade_before.before(self.t.words, at)
        after = self.w.decade.at(self.t.words, last)
        if (self.w.decade_before and before is None) or (self.w.decade and after is None) or (before or after) is None:
            return None
        first, last = at - (before[1] if before else 0), last + (after[1] if after else 0)
        common = not self.w.solar_months or self.w.year_after.at(self.t.words, last) is not None
        return Form(Period(_CENTURY + value if common else None), first, last, decade=True)

    def _short_range(self, at: int, year: int) -> tuple[int, int] | None:
        """The second year of 2023-24, 2019/20."""
        tail = self.t.word(at + 2)
        joined = self.t.word(at + 1) in ("-", "/") and self.t.glued(at + 1) and self.t.glued(at + 2)
        if not joined or len(tail) != 2 or not tail.isdigit() or self._runs_on(at + 3):
            return None
        second = year // 100 * 100 + int(tail)
        return (second, self.past_year(at + 3)) if 0 < second - year <= 30 else None

    def _may_be_year(self, at: int, first: int | None) -> bool:
        """Whether four digits are a year: neither an amount nor part of a code."""
        year = int(self.t.words[at])
        before = self.t.word(at - 1)
        worded = first is not None or self.w.relation_before.before(self.t.words, at) is not None
        worded = (
            worded or self.w.year_after.at(self.t.words, self._past_endings(at + 1, self.w.year_endings)) is not None
        )
        solar = bool(self.w.solar_months) and year in _SOLAR_YEARS
        if year not in _YEARS and not (worded and year in _OLD_YEARS) and not solar:
            return False
        if (signs().before.before(self.t.words, at) and not before.isalpha()) or before in ("#", "№", "+"):
            return False
        if before in ("-", "/") and self.t.glued(at) and self.t.digits(at - 2) and len(self.t.word(at - 2)) != 4:
            return False
        after = self.t.word(at + 1)
        parts = after in (":", "/") and self.t.glued(at + 1) and self.t.glued(at + 2) and self.t.digits(at + 2)
        if parts and len(self.t.word(at + 2)) > 2:
            return after == "/" and len(self.t.word(at + 2)) == 4
        if after == "-" and self.t.glued(at + 1) and self.t.glued(at + 2) and self.t.digits(at + 2):
            return len(self.t.word(at + 2)) == 4 or self._short_range(at, year) is not None
        if self._measured(at + 1):
            return False
        return worded or not self._round_count(at, year)

    def _measured(self, at: int) -> bool:
        """Whether a scale, percent sign, currency or unit follows: then it is an amount."""
        if self.t.glued(at) and self.t.letters(at) and self.t.word(at) not in self.w.year_endings:
            return self.w.decade.at(self.t.words, at) is None and self.w.year_after.at(self.t.words, at) is None
        if self.w.year_after.at(self.t.words, at) is not None:
            return False
        return any(
            table.at(self.t.words, at) is not None
            for table in (self.n.scales, self.n.percent_after, self.n.currencies, self.n.durations)
        )

    def _round_count(self, at: int, year: int) -> bool:
        """2000 troops: a round number before a plural, or after a bound, is a count."""
        nxt = self.t.word(at + 1)
        plural = self.t.letters(at + 1) and (
            nxt in self.n.nouns.irregular or (bool(self.n.nouns.plurals) and nxt.endswith(self.n.nouns.plurals))
        )
        bound = self.n.bounds_before.before(self.t.words, at)
        counted = plural and nxt not in self.n.nouns.stops
        named = self.t.capital(at - 1) and at > 1 and self.t.words[at - 2] not in STOPS
        if year in _ROUND and named and self.w.months.before(self.t.words, at) is None:
            return True  # part of a name
        return (counted and (year in _ROUND or bound is not None)) or (bound is not None and bound[0] == ">=")
