"""Which days, months or years a date means; the publication date and the sentence settle what is left open."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from pipeline.text.date_forms import Form
from pipeline.text.date_words import DateWords
from pipeline.text.periods import Period, nearest_year, relative, season, solar_period, with_year
from pipeline.text.tokens import STOPS, Tokens

# The period, None where it cannot be told, and whether the publication date was needed.
Told: TypeAlias = tuple[Period | None, bool]

_NEAR = 8  # tokens after a date within which "will" is the verb of its own clause
_SOON = 9  # months within which a bare date with "by" is taken for a deadline
_LOOK = 25  # tokens around a date in which a verb may say whether it lies ahead


class Teller:
    """Tells the periods of the forms of one block, which are given in order."""

    __slots__ = ("base", "t", "w", "year_at")

    def __init__(self, tokens: Tokens, words: DateWords, base: date | None) -> None:
        self.t = tokens
        self.w = words
        self.base = base
        self.year_at: tuple[int, int] | None = None  # the year of the last full date, and the token after it

    def tell(self, form: Form, *, ahead: bool | None = None) -> Told:
        """The period of a form; `ahead` says that it lies before or after the publication, None for either."""
        if form.solar:
            period = form.period
            return (solar_period(period.year, period.month, period.day) if period.year else None, False)
        if form.code:
            behind = form.term and self._ahead(form) is False
            return (None if behind else self._from_code(form)), True
        if form.weekday is not None:
            return (self._weekday(form), True)
        if form.season:
            return (self._season(form), True)
        if form.period.year is not None and form.period.known:
            if form.period.month is not None and form.period.end is None:
                self.year_at = form.period.year, form.last
            return (form.period, False)
        if form.period.month is None:
            return (None, False)
        return self._without_year(form, ahead)

    def _from_code(self, form: Form) -> Period | None:
        if self.base is None:
            return None
        period = relative(form.code, self.base)
        if period is None or period.year is None:
            return None
        if form.season:
            return season(form.season, period.year)
        return with_year(form.period, period.year) if form.period.month is not None else period

    def _weekday(self, form: Form) -> Period | None:
        if self.base is None or form.weekday is None:
            return None
        back = (self.base.weekday() - form.weekday) % 7
        if form.shift == 1 or (form.shift is None and back and self._ahead(form)):
            return relative(f"D+{7 - back}", self.base)
        if form.shift == -1 and back == 0:
            back = 7
        return relative(f"D-{back}" if back else "D0", self.base)

    def _season(self, form: Form) -> Period | None:
        if self.base is None or form.shift is None:
            return None
        period = season(form.season, self.base.year)
        assert period.month is not None
        over = form.season == "winter"
        begins_later = period.month > self.base.month
        if over and self.base.month <= 2:
            period, begins_later = season(form.season, self.base.year - 1), False
        ends = (period.end.month or 12) if period.end else 12
        ended = not over and ends < self.base.month
        year = period.year or self.base.year
        if form.shift == -1:
            inside = not begins_later and not ended
            return season(form.season, year - (1 if begins_later or inside else 0))
        return season(form.season, year + (1 if form.shift == 1 and not begins_later else 0))

    def _without_year(self, form: Form, ahead: bool | None) -> Told:
        """A day or month whose year is not stated: the sentence's year, else the one nearest to the publication."""
        if (
            self.year_at is not None
            and form.period.day is not None
            and self._same_sentence(self.year_at[1], form.first)
        ):
            return (with_year(form.period, self.year_at[0]), False)
        if self.base is None:
            return (None, True)
        if form.shift is None:
            sense = self._ahead(form)
            year = nearest_year(form.period, self.base, future=ahead if sense is None else sense)
            if ahead and sense is None and _months(form.period, year, self.base) > _SOON:
                year = nearest_year(form.period, self.base, future=False)  # "by May 10" of a tale of May
        else:
            month = form.period.month or 1
            year = self.base.year
            if form.shift == -1 and month >= self.base.month:
                year -= 1
            elif form.shift == 1 and month <= self.base.month:
                year += 1
        return (with_year(form.period, year), True)

    def _same_sentence(self, first: int, last: int) -> bool:
        return last - first <= 2 * _LOOK and not STOPS.intersection(self.t.words[first:last])

    def _ahead(self, form: Form) -> bool | None:
        """Whether the sentence says that the date lies ahead; None where it says nothing."""
        if self.w.verb_last:
            return self._ahead_by_verb(form.last)
        for at in range(form.first - 1, max(-1, form.first - _LOOK), -1):
            word = self.t.words[at]
            if word in self.w.reporting:
                return None
            if word in STOPS:
                break
            if self.w.future.before(self.t.words, at + 1) is not None:
                return True
            if self._past(word) and self.t.word(at - 1) not in self.w.passive:
                return False
        return self._ahead_after(form.last)

    def _ahead_after(self, last: int) -> bool | None:
        """The first verb after a date that opens its sentence."""
        for at in range(last, min(len(self.t), last + _LOOK)):
            word = self.t.words[at]
            if word in STOPS or word in self.w.reporting:
                return None
            if self.w.future.at(self.t.words, at) is not None:
                return at - last <= _NEAR or None
            if self._past(word):
                return False
        return None

    def _past(self, word: str) -> bool:
        return word in self.w.past or bool(self.w.past_endings and len(word) > 4 and word.endswith(self.w.past_endings))

    def _ahead_by_verb(self, last: int) -> bool | None:
        answer: bool | None = None
        for word in self.t.words[last : last + _LOOK]:
            if word in STOPS or word in self.w.reporting:
                break
            if self._past(word):
                answer = False
            elif self.w.future.at((word,), 0) or (self.w.future_endings and word.endswith(self.w.future_endings)):
                answer = True
        return answer


def _months(period: Period, year: int, base: date) -> int:
    return (year - base.year) * 12 + (period.month or 1) - base.month
