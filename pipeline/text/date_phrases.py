"""Dates in words around the written ones: last July, the first half of 2026, two years ago, from May to August."""

from __future__ import annotations

from dataclasses import replace

from pipeline.text.date_forms import Form, FormReader
from pipeline.text.date_words import DateWords
from pipeline.text.lexicons import NumberWords
from pipeline.text.numbers import NumberReader
from pipeline.text.periods import Period, part_of_year, season, with_year
from pipeline.text.tokens import STOPS, Tokens

_FARTHEST = 400  # of a unit in "... ago"; a larger number is no date


class PhraseReader:
    """Reads dates at token positions of one block, as the text states them."""

    __slots__ = ("forms", "numbers", "t", "w")

    def __init__(self, tokens: Tokens, words: DateWords, numbers: NumberWords) -> None:
        self.t = tokens
        self.w = words
        self.forms = FormReader(tokens, words, numbers)
        self.numbers = NumberReader(tokens, numbers)

    def read(self, at: int, free: int) -> Form | None:
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
        """Last year's July: a month or day after a relative year takes its year from it (geçen yıl temmuzda)."""
        if "Y" not in form.code:
            return form
        of = self.w.of.at(self.t.words, form.last)
        word = self.forms.read(form.last + of[1] if of else form.last)
        if word is None or word.period.month is None or word.period.year is not None:
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
        return self._with_relative_year(form)

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
        reach = list(range(first - 1, max(-1, first - 6), -1))
        reach = reach[: next((n for n, at in enumerate(reach) if self.t.words[at] in STOPS), len(reach))]
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
        run = self._run_up_to(at, last, unit[0], int(number.value))
        if run is not None:
            return run
        after = self.w.ago_after.at(self.t.words, last)
        if before is None and after is None:
            return self._term(at, last, unit[0], int(number.value))
        code = _ago_code(unit[0], int(number.value))
        return Form(Period(None), at, last + (after[1] if after else 0), code=code)

    def _run_up_to(self, at: int, last: int, unit: str, number: int) -> Form | None:
        """The five years to 2023: 2019/2023."""
        joint = self.w.run_to.at(self.t.words, last) if unit == "Y" and number > 1 else None
        year = self.forms.read(last + joint[1]) if joint else None
        if year is None or year.period.year is None or year.period.month is not None or year.period.end is not None:
            return None
        first = year.period.year - number + 1
        return Form(Period(first, end=Period(year.period.year)), at, year.last, paired=True)

    def _term(self, at: int, last: int, unit: str, number: int) -> Form | None:
        """Within three years: a term that ends so much later."""
        before = self.w.within_before.before(self.t.words, at)
        after = self.w.within_after.at(self.t.words, last)
        if not number or (before is None and after is None) or self.t.word(at - 1) in self.w.backward:
            return None
        first, end = at - (before[1] if before else 0), last + (after[1] if after else 0)
        return Form(Period(None), first, end, code=_ago_code(unit, number).replace("-", "+"), term=True)

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
        month = self.forms.read(self.forms.past_of(step)) if self.w.last.before(self.t.words, at) else None
        if month is not None and month.period.month is not None:
            return replace(month, first=at)  # the last Sunday of September: the month is told
        return Form(Period(None), at, at + hit[1], weekday=hit[0])

    def ranged(self, form: Form) -> Form:
        """`form` joined with a second date: between 2020 and 2024, May to August 2025, 2016-2020."""
        in_relative_year = "Y" in form.code and form.period.month is not None and not form.season
        if form.code and not in_relative_year:
            return form
        if form.weekday is not None or form.period.end is not None or form.decade:
            return form
        between = self.w.between.before(self.t.words, form.first)
        joint = self.w.between_and.at(self.t.words, form.last) if between else None
        joint = joint or self._to(form)
        second = self.forms.read(form.last + joint[1]) if joint else None
        if second is None or second.code or second.period.end is not None:
            return form
        lead = between or self.w.start_of.before(self.t.words, form.first)
        return self._pair(form, second, form.first - (lead[1] if lead else 0))

    def _to(self, form: Form) -> tuple[bool, int] | None:
        hit = self.w.to.at(self.t.words, form.last)
        if hit is None and self.t.word(form.last) in ("-", "\u2014"):
            hit = (True, 1)
        return hit

    def _pair(self, form: Form, second: Form, first: int) -> Form:
        """Both ends as one form, where they have one precision and stand in order; else the first alone."""
        a, b = form.period, second.period
        turned = (a.month or 1, a.day or 0) > (b.month or 12, b.day or 0)  # over the turn of the year
        if a.year is None and b.year is not None and b.month is not None:
            a = replace(a, year=b.year - turned)
        elif a.year is not None and b.year is None:
            b = replace(b, year=a.year + turned)
        same = (a.month is None) == (b.month is None) and (a.day is None) == (b.day is None)
        start, end = (a.year or 0, a.month or 0, a.day or 0), (b.year or 0, b.month or 0, b.day or 0)
        if not same or start == end or (a.year is not None and start > end):
            return form
        whole = replace(form, period=replace(a, end=b), first=first, last=second.last, paired=True)
        return whole if whole.period.year is not None else self._with_relative_year(whole)

    def _with_relative_year(self, form: Form) -> Form:
        """With the relative year after a month or a pair of months (June to December last year)."""
        step = self.forms.past_of(form.last)
        phrase = self.w.relative.at(self.t.words, step)
        if phrase is None or "Y" not in phrase[0] or form.weekday is not None:
            return form
        return replace(form, last=step + phrase[1], code=phrase[0].rstrip("_"))


def _ago_code(unit: str, number: int) -> str:
    factor, letter = int(unit[:-1] or 1), unit[-1]
    return f"{letter}-{factor * number}" if number else f"{letter}0"
