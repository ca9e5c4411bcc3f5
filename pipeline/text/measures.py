"""What a number measures: money, a share, a multiple, a duration, a rank, or things counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from pipeline.text.amounts import Amount, AmountReader
from pipeline.text.counts import Answer, CountReader, stated
from pipeline.text.date_words import date_words
from pipeline.text.lexicons import NumberWords, signs
from pipeline.text.names import NameTest
from pipeline.text.records import CountryCurrency, Quantity
from pipeline.text.tokens import Tokens

_TWO_PLACES = Decimal("0.01")
_CENTURY = Decimal(100)
_WEEK = Decimal(7)


class MeasureReader:
    """Reads quantities at token positions of one block."""

    __slots__ = ("amounts", "country_currency", "counts", "names", "t", "w")

    def __init__(self, tokens: Tokens, words: NumberWords, country_currency: CountryCurrency | None) -> None:
        self.t = tokens
        self.w = words
        self.amounts = AmountReader(tokens, words)
        self.names = NameTest(tokens, words)
        self.counts = CountReader(tokens, words, self.amounts, self.names)
        self.country_currency = country_currency

    def anchors(self) -> Iterator[int]:
        """The tokens at which a quantity may start, in order; everything else is passed over cheaply."""
        return self.w.anchors.among(self.t.words)

    def read(self, at: int, *, floor: int = 0) -> Answer:
        """The quantity that starts at token `at` (an article before it not before `floor`), and where to go on."""
        if not self.t.digits(at):
            for reader in (self._signed, self._percent_first, self._phrase):
                answer = reader(at)
                if answer is not None:
                    return answer
            if at > floor and self.t.word(at - 1) in self.w.articles:
                answer = self._phrase(at - 1)
                if answer is not None:
                    return answer
                longer = self.amounts.read(at - 1)
                if longer is not None:
                    return self._measured(longer, at - 1)
        elif self.names.is_name(at):
            return None, self.names.end(at)
        if not self.amounts.numbers.spelled_right(at):
            return None, at + 1
        amount = self.amounts.read(at)
        if amount is None:
            return self.counts.ordinal_word(at) or (None, at + 1)
        return self._measured(amount, at)

    # -- signs and words before the number --------------------------------------------------------------------------

    def _signed(self, at: int) -> Answer | None:
        """A currency sign, code or word before the number."""
        hit = signs().before.at(self.t.words, at) or self.w.currency_before.at(self.t.words, at)
        if hit is None or not self._written_as_code(at, hit[1]):
            return None
        number = at + hit[1]
        if not (self.t.digits(number) or self.w.numbers.at(self.t.words, number)) or (at and self._inside_word(at)):
            return None
        amount = self.amounts.read(number, sign=hit[1])
        if amount is None:
            return None
        after = self._currency_at(amount.last)
        last = after[1] if after else amount.last
        return self._money(amount, hit[0], amount.first, last), last

    def _inside_word(self, at: int) -> bool:
        return self.t.glued(at) and (self.t.letters(at - 1) or self.t.digits(at - 1)) and self.t.letters(at)

    def _written_as_code(self, at: int, length: int) -> bool:
        """A code in letters counts only in capitals ("try" is a verb); Rs and Tk as they are usually written."""
        if length > 1 and not self.t.word(at).isalpha():
            return True
        word, written = self.t.word(at), self.t.original(at)
        return (
            not word.isascii()
            or not word.isalpha()
            or word in ("rs", "tk", "us", "re")
            or len(word) > 3
            or written.isupper()
        )

    def _percent_first(self, at: int) -> Answer | None:
        hit = self.w.percent_before.at(self.t.words, at)
        if hit is None:
            return None
        amount = self.amounts.read(at + hit[1], sign=hit[1])
        if amount is None:
            return None
        return stated(self.t, "percent", amount, hit[0], amount.first, amount.last), amount.last

    def _phrase(self, at: int) -> Answer | None:
        """Whole phrases: half of, doubled, a fortnight, a pair of."""
        half = self.amounts.read(at) if self.w.half_before.at(self.t.words, at) else None
        if half is not None:
            return self._measured(half, at)
        share = self._share(at)
        if share is not None:
            return share
        hit = self.w.multiples.at(self.t.words, at)
        if hit is not None:
            amount = Amount(hit[0], hit[0], at, at + hit[1])
            return stated(self.t, "multiple", amount, "", at, at + hit[1]), at + hit[1]
        length = self.w.duration_words.at(self.t.words, at)
        if length is not None:
            return self._duration_word(at, length)
        group = self.w.groups.at(self.t.words, at)
        if group is not None and self.t.word(at - 1) not in self.w.articles:
            return self._group(at, group)
        return None

    def _group(self, at: int, group: tuple[Decimal, int]) -> Answer:
        amount = self.amounts.read(at - 1) if self.t.word(at - 1) in self.w.articles else None
        amount = amount or Amount(group[0], group[0], at, at + group[1])
        return self._measured(amount, at)

    def _share(self, at: int) -> Answer | None:
        hit = self.w.shares.at(self.t.words, at)
        if hit is not None and self._of_time(at, at + hit[1]):
            return None, at + hit[1]
        if hit is not None:
            amount = self._with_bounds(Amount(hit[0], hit[0], at, at + hit[1]))
            amount, end = self._late_bound(amount, at + hit[1])
            return stated(self.t, "percent", amount, "%", amount.first, end), end
        article = self.t.word(at) in self.w.articles
        word = self.w.share_words.at(self.t.words, at + 1) if article else None
        if word is None or word[0] == 2:
            return None
        end = at + 1 + word[1]
        sure = self.w.share_after.at(self.t.words, end) is not None or self.t.word(at - 1) in ("by", "um", "d")
        if not sure:
            return None
        return self._fraction(Decimal(1), word[0], at, end)

    def _of_time(self, first: int, end: int) -> bool:
        """Whether what is halved is a stretch of time: half of the decade, yılın yarısı."""
        units = date_words(self.t.lang).units
        return any(units.at(self.t.words, at) for at in (end, end + 1)) or units.before(self.t.words, first) is not None

    def _fraction(self, top: Decimal, bottom: Decimal, at: int, end: int) -> Answer:
        value = (top * 100 / bottom).quantize(_TWO_PLACES)
        amount = self._with_bounds(Amount(value, value, at, end))
        return stated(self.t, "percent", amount, "%", amount.first, amount.last), end

    def _with_bounds(self, amount: Amount) -> Amount:
        before = self.w.bounds_before.before(self.t.words, amount.first)
        if before is None:
            return amount
        return Amount(amount.low, amount.high, amount.first - before[1], amount.last, before[0])

    def _duration_word(self, at: int, hit: tuple[str, int]) -> Answer:
        unit = hit[0].rstrip("_")
        number, letter = Decimal(unit.rstrip("YMDHW")), unit[-1]
        end = at + hit[1]
        if self.w.not_duration.at(self.t.words, end):
            return None, end
        return stated(self.t, "duration", Amount(number, number, at, end), letter, at, end), end

    # -- what follows the number ------------------------------------------------------------------------------------

    def _measured(self, amount: Amount, at: int) -> Answer:
        """Classify an amount by what follows it."""
        end = amount.last
        if amount.digits and self.names.is_labelled(amount, at):
            return None, end
        answer = self._percent(amount) or self._currency(amount) or self._time(amount) or self._times(amount)
        answer = answer or self._ratio(amount) or self.counts.ordinal(amount, at)
        if answer is not None:
            return answer
        if self.w.labels_after.at(self.t.words, self.amounts.over_hyphen(end)):
            return None, end
        return self.counts.count(amount)

    def _percent(self, amount: Amount) -> Answer | None:
        hit = self.w.percent_after.at(self.t.words, self.amounts.over_hyphen(amount.last))
        if hit is None:
            word = self.w.share_words.at(self.t.words, self.amounts.over_hyphen(amount.last))
            if word is None or amount.range or amount.low >= 20 or amount.digits:
                return None
            if (amount.low == 1 and word[0] == 2) or amount.low >= word[0]:
                return None
            return self._fraction(amount.low, word[0], amount.first, self.amounts.over_hyphen(amount.last) + word[1])
        end = self.amounts.over_hyphen(amount.last) + hit[1]
        amount, end = self._late_bound(amount, end)
        return stated(self.t, "percent", amount, hit[0], amount.first, end), end

    def _late_bound(self, amount: Amount, end: int) -> tuple[Amount, int]:
        """A bound after the unit: 5 milyar dolardan fazla, 10 percent or more."""
        hit = self.w.bounds_after.at(self.t.words, self.amounts.ending(end)[0])
        if hit is None or amount.range:
            return amount, end
        late = self.amounts.ending(end)[0] + hit[1]
        return Amount(amount.low, amount.high, amount.first, amount.last, hit[0], amount.digits, amount.role), late

    def _currency_at(self, at: int) -> tuple[tuple[str, ...], int] | None:
        here = self.amounts.over_hyphen(at)
        hit = self.w.currencies.at(self.t.words, here)
        if hit is None:
            hit = signs().after.at(self.t.words, here)
            if hit is None or not self._written_as_code(here, 1):
                return None
        return hit[0], here + hit[1]

    def _currency(self, amount: Amount) -> Answer | None:
        at = self.amounts.ending(amount.last)[0]
        if amount.bound == ">=" and not amount.digits and self.t.word(at) in self.w.several_of:
            at += 1  # tens of millions of dollars
        here = self._currency_at(at)
        if here is None:
            return None
        amount, end = self._late_bound(amount, here[1])
        return self._money(amount, here[0], amount.first, end), end

    def _money(self, amount: Amount, codes: tuple[str, ...], first: int, last: int) -> Quantity | None:
        code = codes[0]
        if len(codes) > 1:
            code = self.country_currency(self.t.starts[first], codes) if self.country_currency else ""
        factor = code.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if factor:  # a unit of account: ten rials to the toman
            amount = replace(amount, low=amount.low * int(factor), high=amount.high * int(factor))
        return stated(self.t, "money", amount, code.removeprefix(factor), first, last) if code else None

    def _time(self, amount: Amount) -> Answer | None:
        """A duration; an age is none and gives nothing."""
        here = self.amounts.over_hyphen(self.amounts.ending(amount.last)[0])
        hit = self.w.durations.at(self.t.words, here)
        if hit is None or amount.unsure:
            return None
        end = here + hit[1]
        if amount.low == amount.high == 1 and hit[0] == "D" and not amount.digits and here == amount.last:
            return None, end  # "one day" tells no length
        if self.w.not_duration.at(self.t.words, self.amounts.over_hyphen(end)) or self.w.ages_before.before(
            self.t.words, amount.first
        ):
            return None, end
        amount, end = self._late_bound(self._during(amount), end)
        factor, unit = Decimal(hit[0].rstrip("YMDWHTS") or 1), hit[0].lstrip("0123456789")
        if unit == "W":
            factor, unit = factor * _WEEK, "D"
        amount = Amount(
            amount.low * factor,
            amount.high * factor,
            amount.first,
            amount.last,
            amount.bound,
            amount.digits,
            amount.role,
        )
        return stated(self.t, "duration", amount, unit, amount.first, end), end

    def _during(self, amount: Amount) -> Amount:
        """ "Over five years" says during; "for over five years" says more than."""
        first = amount.first
        if self.t.word(first) not in self.w.weak_bounds or self.t.word(first - 1) in self.w.firm_before:
            return amount
        return replace(amount, first=first + 1, bound="")

    def _times(self, amount: Amount) -> Answer | None:
        hit = self.w.times_after.at(self.t.words, self.amounts.over_hyphen(amount.last))
        before = self.w.times_before.before(self.t.words, amount.first)
        if hit is None:
            return None
        end = self.amounts.over_hyphen(amount.last) + hit[1]
        first = amount.first - (before[1] if before else 0)
        return stated(self.t, "multiple", amount, "", first, end), end

    def _ratio(self, amount: Amount) -> Answer | None:
        """One in ten, three out of four."""
        hit = self.w.one_in.at(self.t.words, amount.last)
        if hit is None or amount.range or self.w.groups.at(self.t.words, amount.first):
            return None
        total = self.amounts.numbers.read(amount.last + hit[1])
        if total is None or not self._ratio_of(amount.low, total.value, hit[0]) or (total.digits and not amount.digits):
            return None
        if self.w.durations.at(self.t.words, total.last) or self._currency_at(total.last):
            return None
        if hit[1] == 1 and (
            amount.digits or amount.low > 9 or total.value not in (2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 100)
        ):
            return None
        if hit[0] == "of" and amount.low % 10 and self.counts.of_several(amount.last):
            return None  # of four ships two are two ships
        top, bottom = (total.value, amount.low) if hit[0] == "of" else (amount.low, total.value)
        return self._fraction(top, bottom, amount.first, total.last)

    def _ratio_of(self, first: Decimal, second: Decimal, order: str) -> bool:
        """Whether the two make a share: the part comes first, or last where the language says "ten of them one"."""
        small, large = (second, first) if order == "of" else (first, second)
        return small < large <= _CENTURY
