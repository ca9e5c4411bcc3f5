"""Reading dates and periods in prose, at the precision stated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.text.date_forms import Form, FormReader
from pipeline.text.date_words import DateWords, date_words
from pipeline.text.fold import fold
from pipeline.text.lexicons import NumberWords, number_words
from pipeline.text.numbers import NumberReader
from pipeline.text.periods import (
    Period,
    nearest_year,
    part_of_year,
    relative,
    season,
    solar_period,
    with_year,
)
from pipeline.text.records import DateMention
from pipeline.text.tokens import Tokens, blocks

__all__ = ["DateMention", "read", "spans"]

_STOPS = frozenset(".!?\u06d4\u0964\u0589\n;")
_LOOK = 25  # tokens around a date in which a verb may say whether it lies ahead
_FARTHEST = 400  # of a unit in "... ago"; a larger number is no date


def read(
    text: str, lang: str, *, published: datetime | None = None, folded: str | None = None
) -> tuple[DateMention, ...]:
    """The dates that `text` states, in order; what needs the publication date is left out when `published` is None."""
    base = published.date() if published is not None else None
    return tuple(mention for _, mention in _find(text, lang, base, folded) if mention is not None)


def spans(text: str, lang: str, *, folded: str | None = None) -> tuple[tuple[int, int], ...]:
    """Where dates stand in `text`, those too that need the publication date to be told."""
    return tuple(span for span, _ in _find(text, lang, None, folded))


def read_with_spans(
    text: str, lang: str, *, published: datetime | None = None, folded: str | None = None
) -> tuple[tuple[DateMention, ...], tuple[tuple[int, int], ...]]:
    """`read` and `spans` in one pass."""
    base = published.date() if published is not None else None
    found = list(_find(text, lang, base, folded))
    return tuple(mention for _, mention in found if mention is not None), tuple(span for span, _ in found)


def _find(
    text: str, lang: str, base: date | None, folded: str | None
) -> Iterator[tuple[tuple[int, int], DateMention | None]]:
    folded = fold(text) if folded is None else folded
    words, numbers = date_words(lang), number_words(lang)
    for tokens in blocks(text, folded, lang=lang, spaced=numbers.spaced):
        yield from _Block(tokens, words, numbers, base).found()


@dataclass(frozen=True, slots=True)
class _Told:
    """A form with its period told, or None where it cannot be."""

    form: Form
    period: Period | None
    relative: bool


class _Block:
    """The dates of one block of tokens."""

    __slots__ = ("base", "forms", "n", "numbers", "t", "w", "year_at")

    def __init__(self, tokens: Tokens, words: DateWords, numbers: NumberWords, base: date | None) -> None:
        self.t = tokens
        self.w = words
        self.n = numbers
        self.base = base
        self.forms = FormReader(tokens, words, numbers)
        self.numbers = NumberReader(tokens, numbers)
        self.year_at: tuple[int, int] | None = None  # the last year stated, and its token

    def found(self) -> Iterator[tuple[tuple[int, int], DateMention | None]]:
        exact, stems = self.w.anchor_words, self.w.anchor_stems
        free = 0
        for at, word in enumerate(self.t.words):
            if at < free or not ("0" <= word[0] <= "9" or word in exact or word[:3] in stems):
                continue
            form = self._form(at, free)
            if form is None:
                continue
            form, told = self._ranged(form)
            free = form.last
            yield self._mention(told)

    # -- what is written --------------------------------------------------------------------------------------------

    def _form(self, at: int, free: int) -> Form | None:
        """The date at token `at`, with the word for last, this or next that stands before or after it."""
        phrase = self.w.relative.at(self.t.words, at)
        if phrase is not None and not self._before_year(at + phrase[1]):
            whole = self._month_of(Form(Period(None), at, at + phrase[1], code=phrase[0].rstrip("_")))
            return self._of_year(whole, weak=phrase[0].endswith("_"))
        form = self._first_months(at) or self._part(at) or self._ago(at) or self._day_name(at) or self.forms.read(at)
        if form is None or form.code:
            return form
        if form.period.year is not None:
            return self._of_year(form)
        return self._shifted(form, free)

    def _of_year(self, form: Form, *, weak: bool = False) -> Form | None:
        """A part, season or run of months after its year (2020-ci ilin payızında); a `weak` year is nothing alone."""
        bare = form.period.month is None and form.period.end is None and not form.decade and not form.season
        if bare:
            step = self.forms.past_of(form.last)
            inner = self._first_months(step) or self._part(step) or self._season_name(step)
            if inner is not None and inner.first == form.first and inner.last > form.last:
                return inner
        return None if weak and bare else form

    def _before_year(self, at: int) -> bool:
        word = self.t.word(at)
        return len(word) == 4 and word.isdigit() and bool(self.w.year_after.at(self.t.words, at - 1))

    def _month_of(self, form: Form) -> Form:
        """Last year's July: a month after a relative year takes its year from it (geçen yıl temmuzda, bu ilin iyulunda)."""
        if "Y" not in form.code:
            return form
        of = self.w.of.at(self.t.words, form.last)
        step = form.last + of[1] if of else form.last
        here = self.forms.month_at(step)
        if here is None:
            return form
        word = self.forms.read(step)
        if word is None or word.period.year is not None:
            return form
        return replace(word, first=form.first, shift=None, code=form.code)

    def _shifted(self, form: Form, free: int) -> Form:
        """With last, this, next around a month, weekday or season; or with the relative year after it."""
        for value, before, after in (
            (-1, self.w.last, self.w.last_after),
            (1, self.w.next, self.w.next_after),
            (0, self.w.this, self.w.this_after),
        ):
            hit = before.before(self.t.words, form.first)
            if hit is not None and form.first - hit[1] >= free and form.period.day is None:
                return replace(form, shift=value, first=form.first - hit[1])
            hit = after.at(self.t.words, form.last)
            if hit is not None and form.period.day is None:
                return replace(form, shift=value, last=form.last + hit[1])
        of = self.w.of.at(self.t.words, form.last)
        step = form.last + (of[1] if of else 0)
        phrase = self.w.relative.at(self.t.words, step)
        if phrase is not None and "Y" in phrase[0] and form.weekday is None:
            return replace(form, last=step + phrase[1], code=phrase[0].rstrip("_"))
        return form

    def _first_months(self, at: int) -> Form | None:
        """The first 11 months of 2025; 2025'in ilk 11 ayında."""
        first = self.w.first_n.at(self.t.words, at)
        if first is None:
            return None
        number = self.numbers.read(at + first[1])
        unit = self.w.units.at(self.t.words, number.last) if number else None
        if number is None or unit is None or unit[0] != "M" or not 1 <= number.value <= 11:
            return None
        last = number.last + unit[1]
        end = int(number.value)
        return self._in_year(Period(None, 1, end=Period(None, end) if end > 1 else None), at, last)

    def _part(self, at: int) -> Form | None:
        hit = self.w.parts.at(self.t.words, at)
        return self._in_year(part_of_year(hit[0], None), at, at + hit[1]) if hit else None

    def _in_year(self, period: Period, first: int, last: int) -> Form | None:
        """Give a part of a year its year, from after or right before it; None without one."""
        join = self.w.part_join.at(self.t.words, last)
        step = last + (join[1] if join else 0)
        inner = self.forms.read(step) if self.t.digits(step) or self.w.year_before.at(self.t.words, step) else None
        if inner is not None and inner.period.year is not None and inner.period.month is None:
            return Form(with_year(period, inner.period.year), first, inner.last)
        phrase = self.w.relative.at(self.t.words, step) or self.w.relative.at(self.t.words, last)
        if phrase is not None and "Y" in phrase[0]:
            return Form(period, first, step + phrase[1], code=phrase[0].rstrip("_"))
        return self._year_before_part(period, first, last)

    def _year_before_part(self, period: Period, first: int, last: int) -> Form | None:
        """Give a part of a year the year that stands right before it, in digits or as a relative phrase."""
        reach = [at for at in range(first - 1, max(-1, first - 6), -1)]
        reach = reach[: next((n for n, at in enumerate(reach) if self.t.words[at] in _STOPS), len(reach))]
        for at in reach:
            inner = self.forms.read(at) if self.t.digits(at) and len(self.t.words[at]) == 4 else None
            if inner is not None and inner.last >= first - 1 and inner.period.year is not None:
                return Form(with_year(period, inner.period.year), at, last)
        for at in reach:
            phrase = self.w.relative.at(self.t.words, at)
            if phrase is not None and "Y" in phrase[0] and at + phrase[1] >= first - 1:
                return Form(period, at, last, code=phrase[0].rstrip("_"))
        return None

    def _ago(self, at: int) -> Form | None:
        """Two years ago; il y a deux ans; قبل سنتين."""
        before = self.w.ago_before.at(self.t.words, at)
        number = self.numbers.read(at + before[1] if before else at)
        if number is None or number.value > _FARTHEST or number.value != number.value.to_integral_value():
            return None
        unit = self.w.units.at(self.t.words, number.last)
        if unit is None:
            return None
        last = number.last + unit[1]
        after = self.w.ago_after.at(self.t.words, last)
        if before is None and after is None:
            return None
        code = _ago_code(unit[0], int(number.value))
        return Form(Period(None), at, last + (after[1] if after else 0), code=code)

    def _day_name(self, at: int) -> Form | None:
        hit = self.w.weekdays.at(self.t.words, at)
        if hit is not None:
            return self._with_date(at, hit)
        return self._season_name(at)

    def _season_name(self, at: int) -> Form | None:
        hit_season = self.w.seasons.at(self.t.words, at)
        if hit_season is None:
            return None
        last = at + hit_season[1]
        form = Form(Period(None), at, last, season=hit_season[0])
        of = self.w.of.at(self.t.words, last)
        inner = self.forms.read(last + (of[1] if of else 0))
        if (
            inner is not None
            and inner.period.year is not None
            and inner.period.month is None
            and inner.period.end is None
        ):
            return Form(season(hit_season[0], inner.period.year), at, inner.last)
        return self._season_after_year(form)

    def _season_after_year(self, form: Form) -> Form | None:
        found = self._year_before_part(Period(None, 1), form.first, form.last)
        if found is not None and found.period.year is not None:
            return replace(found, period=season(form.season, found.period.year))
        if found is not None:
            return replace(found, season=form.season)
        return form

    def _with_date(self, at: int, hit: tuple[int, int]) -> Form:
        """A weekday; with the date after it ("Wednesday, 28 May") the date alone counts."""
        step = at + hit[1] + (1 if self.t.word(at + hit[1]) in (",", "(") else 0)
        inner = self.forms.read(step)
        if inner is not None and inner.period.day is not None:
            return replace(inner, first=at)
        return Form(Period(None), at, at + hit[1], weekday=hit[0])

    # -- ranges -----------------------------------------------------------------------------------------------------

    def _ranged(self, form: Form) -> tuple[Form, _Told]:
        """Join with a second date: between 2020 and 2024, May to August 2025, 2016-2020."""
        told = self._tell(form)
        if form.code or form.weekday is not None or form.period.end is not None or form.decade:
            return form, told
        between = self.w.between.before(self.t.words, form.first)
        joint = self.w.between_and.at(self.t.words, form.last) if between else None
        joint = joint or self._to(form)
        if joint is None:
            return form, told
        second = self.forms.read(form.last + joint[1])
        if second is None or second.code or second.period.end is not None:
            return form, told
        start = self.w.start_of.before(self.t.words, form.first)
        lead = between or start
        return self._pair(form, second, form.first - (lead[1] if lead else 0), told)

    def _to(self, form: Form) -> tuple[bool, int] | None:
        hit = self.w.to.at(self.t.words, form.last)
        if hit is None and self.t.word(form.last) in ("-", "\u2014"):
            hit = (True, 1)
        return hit

    def _pair(self, form: Form, second: Form, first: int, told: _Told) -> tuple[Form, _Told]:
        a, b = form.period, second.period
        if a.year is None and b.year is not None and b.month is not None:
            a = replace(a, year=b.year - ((a.month or 1, a.day or 0) > (b.month, b.day or 0)))
        elif a.year is not None and b.year is None:
            b = replace(b, year=a.year + ((a.month or 1, a.day or 0) > (b.month or 12, b.day or 0)))
        same = (a.month is None) == (b.month is None) and (a.day is None) == (b.day is None)
        if not same or (a.year == b.year and (a.month, a.day) == (b.month, b.day)):
            return form, told
        whole = replace(form, period=replace(a, end=b), first=first, last=second.last, paired=True)
        if (
            a.year is not None
            and b.year is not None
            and (a.year, a.month or 0, a.day or 0) > (b.year, b.month or 0, b.day or 0)
        ):
            return form, told
        if whole.period.year is None:
            of = self.w.of.at(self.t.words, whole.last)
            step = whole.last + (of[1] if of else 0)
            phrase = self.w.relative.at(self.t.words, step)
            if phrase is not None and "Y" in phrase[0]:
                whole = replace(whole, last=step + phrase[1], code=phrase[0].rstrip("_"))
        return whole, self._tell(whole)

    # -- what is meant ----------------------------------------------------------------------------------------------

    def _tell(self, form: Form) -> _Told:
        """The period of a form, with the publication date where it takes one."""
        if form.solar:
            period = form.period
            return _Told(form, solar_period(period.year, period.month, period.day) if period.year else None, False)
        if form.code:
            return _Told(form, self._from_code(form), True)
        if form.weekday is not None:
            return _Told(form, self._weekday(form), True)
        if form.season:
            return _Told(form, self._season(form), True)
        if form.period.year is not None and form.period.known:
            self.year_at = (
                (form.period.end.year or form.period.year if form.period.end else form.period.year),
                form.last,
            )
            return _Told(form, form.period, False)
        if form.period.month is None:
            return _Told(form, None, False)
        return self._without_year(form)

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

    def _without_year(self, form: Form) -> _Told:
        """A day or month whose year is not stated: the sentence's year, else the one nearest to the publication."""
        if (
            self.year_at is not None
            and form.period.day is not None
            and self._same_sentence(self.year_at[1], form.first)
        ):
            return _Told(form, with_year(form.period, self.year_at[0]), False)
        if self.base is None:
            return _Told(form, None, True)
        if form.shift is None:
            year = nearest_year(form.period, self.base, future=self._ahead(form))
        else:
            month = form.period.month or 1
            year = self.base.year
            if form.shift == -1 and month >= self.base.month:
                year -= 1
            elif form.shift == 1 and month <= self.base.month:
                year += 1
        return _Told(form, with_year(form.period, year), True)

    def _same_sentence(self, first: int, last: int) -> bool:
        return last - first <= 2 * _LOOK and not _STOPS.intersection(self.t.words[first:last])

    def _ahead(self, form: Form) -> bool | None:
        """Whether the sentence says that the date lies ahead; None where it says nothing."""
        for at in range(form.first - 1, max(-1, form.first - _LOOK), -1):
            word = self.t.words[at]
            if word in _STOPS or word in self.w.reporting:
                break
            if self.w.future.before(self.t.words, at + 1) is not None:
                return True
            if self._past(word) and self.t.word(at - 1) not in self.w.passive:
                return False
        if not self.w.verb_last:
            return None
        return self._ahead_by_verb(form.last)

    def _past(self, word: str) -> bool:
        return word in self.w.past or bool(self.w.past_endings and len(word) > 4 and word.endswith(self.w.past_endings))

    def _ahead_by_verb(self, last: int) -> bool | None:
        answer: bool | None = None
        for word in self.t.words[last : last + _LOOK]:
            if word in _STOPS:
                break
            if self._past(word):
                answer = False
            elif self.w.future.at((word,), 0) or (self.w.future_endings and word.endswith(self.w.future_endings)):
                answer = True
        return answer

    # -- handing out ------------------------------------------------------------------------------------------------

    def _mention(self, told: _Told) -> tuple[tuple[int, int], DateMention | None]:
        form, first, last = told.form, told.form.first, told.form.last
        qualifier = self.w.qualifiers.before(self.t.words, first)
        lead = first - (qualifier[1] if qualifier else 0)
        before = self.w.relation_before.before(self.t.words, lead)
        after = self.w.relation_after.at(self.t.words, last)
        relation = (after or before or ("", 0))[0]
        if after is not None:
            last += after[1]
        start, end = self.t.starts[lead], self.t.ends[last - 1]
        span = (start, end)
        if told.period is None or not told.period.known:
            return span, None
        return span, DateMention(
            canonical=told.period.canonical(),
            relation="" if form.paired and relation != "in" else relation,
            start=start,
            end=end,
            text=self.t.text[start:end],
            relative=told.relative,
        )


def _ago_code(unit: str, number: int) -> str:
    factor, letter = int(unit[:-1] or 1), unit[-1]
    return f"{letter}-{factor * number}" if number else f"{letter}0"
