"""What a number measures: money, a share, a multiple, a duration, a rank, or things counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from pipeline.text.amounts import Amount, AmountReader
from pipeline.text.lexicons import NumberWords, signs
from pipeline.text.names import NameTest
from pipeline.text.nouns import Noun, noun_after
from pipeline.text.records import CountryCurrency, Quantity
from pipeline.text.tokens import Tokens

_Answer = tuple[Quantity | None, int]
_TWO_PLACES = Decimal("0.01")
_CENTURY = Decimal(100)
_DETERMINERS = frozenset(("the", "these", "those", "all", "die"))  # "the two" alone is a pronoun
_PRONOUNS = frozenset(("no", "any", "every", "some", "each", "which", "this", "that"))  # before "one"
_WEEK = Decimal(7)


class MeasureReader:
    """Reads quantities at token positions of one block."""

    __slots__ = ("amounts", "country_currency", "names", "t", "w")

    def __init__(self, tokens: Tokens, words: NumberWords, country_currency: CountryCurrency | None) -> None:
        self.t = tokens
        self.w = words
        self.amounts = AmountReader(tokens, words)
        self.names = NameTest(tokens, words)
        self.country_currency = country_currency

    def anchors(self) -> Iterator[int]:
        """The tokens at which a quantity may start, in order; everything else is passed over cheaply."""
        return self.w.anchors.among(self.t.words)

    def read(self, at: int, *, floor: int = 0) -> _Answer:
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
            return self._ordinal_word(at) or (None, at + 1)
        return self._measured(amount, at)

    # -- signs and words before the number --------------------------------------------------------------------------

    def _signed(self, at: int) -> _Answer | None:
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

    def _percent_first(self, at: int) -> _Answer | None:
        hit = self.w.percent_before.at(self.t.words, at)
        if hit is None:
            return None
        amount = self.amounts.read(at + hit[1], sign=hit[1])
        if amount is None:
            return None
        return self._quantity("percent", amount, hit[0], amount.first, amount.last), amount.last

    def _phrase(self, at: int) -> _Answer | None:
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
            return self._quantity("multiple", amount, "", at, at + hit[1]), at + hit[1]
        length = self.w.duration_words.at(self.t.words, at)
        if length is not None:
            return self._duration_word(at, length)
        group = self.w.groups.at(self.t.words, at)
        if group is not None and self.t.word(at - 1) not in self.w.articles:
            return self._group(at, group)
        return None

    def _group(self, at: int, group: tuple[Decimal, int]) -> _Answer:
        amount = self.amounts.read(at - 1) if self.t.word(at - 1) in self.w.articles else None
        amount = amount or Amount(group[0], group[0], at, at + group[1])
        return self._measured(amount, at)

    def _share(self, at: int) -> _Answer | None:
        hit = self.w.shares.at(self.t.words, at)
        if hit is not None:
            amount = self._with_bounds(Amount(hit[0], hit[0], at, at + hit[1]))
            amount, end = self._late_bound(amount, at + hit[1])
            return self._quantity("percent", amount, "%", amount.first, end), end
        article = self.t.word(at) in self.w.articles
        word = self.w.share_words.at(self.t.words, at + 1) if article else None
        if word is None or word[0] == 2:
            return None
        end = at + 1 + word[1]
        sure = self.w.share_after.at(self.t.words, end) is not None or self.t.word(at - 1) in ("by", "um", "d")
        if not sure:
            return None
        return self._fraction(Decimal(1), word[0], at, end)

    def _fraction(self, top: Decimal, bottom: Decimal, at: int, end: int) -> _Answer:
        value = (top * 100 / bottom).quantize(_TWO_PLACES)
        amount = self._with_bounds(Amount(value, value, at, end))
        return self._quantity("percent", amount, "%", amount.first, amount.last), end

    def _with_bounds(self, amount: Amount) -> Amount:
        before = self.w.bounds_before.before(self.t.words, amount.first)
        if before is None:
            return amount
        return Amount(amount.low, amount.high, amount.first - before[1], amount.last, before[0])

    def _duration_word(self, at: int, hit: tuple[str, int]) -> _Answer:
        unit = hit[0].rstrip("_")
        number, letter = Decimal(unit.rstrip("YMDHW")), unit[-1]
        end = at + hit[1]
        if self.w.not_duration.at(self.t.words, end):
            return None, end
        return self._quantity("duration", Amount(number, number, at, end), letter, at, end), end

    # -- what follows the number ------------------------------------------------------------------------------------

    def _measured(self, amount: Amount, at: int) -> _Answer:
        """Classify an amount by what follows it."""
        end = amount.last
        if amount.digits and self.names.is_labelled(amount, at):
            return None, end
        answer = self._percent(amount) or self._currency(amount) or self._time(amount) or self._times(amount)
        answer = answer or self._ratio(amount) or self._ordinal_digits(amount, at)
        if answer is not None:
            return answer
        if self.w.labels_after.at(self.t.words, self.over_hyphen(end)):
            return None, end
        return self._count(amount)

    def over_hyphen(self, at: int) -> int:
        """Past a hyphen that joins a number with its unit (17,000-tonne)."""
        return at + 1 if self.t.word(at) == "-" and self.t.glued(at) and self.t.glued(at + 1) else at

    def _percent(self, amount: Amount) -> _Answer | None:
        hit = self.w.percent_after.at(self.t.words, self.over_hyphen(amount.last))
        if hit is None:
            word = self.w.share_words.at(self.t.words, self.over_hyphen(amount.last))
            if word is None or amount.range or amount.low >= 20 or amount.digits:
                return None
            if (amount.low == 1 and word[0] == 2) or amount.low >= word[0]:
                return None
            return self._fraction(amount.low, word[0], amount.first, self.over_hyphen(amount.last) + word[1])
        end = self.over_hyphen(amount.last) + hit[1]
        amount, end = self._late_bound(amount, end)
        return self._quantity("percent", amount, hit[0], amount.first, end), end

    def _late_bound(self, amount: Amount, end: int) -> tuple[Amount, int]:
        """A bound after the unit: 5 milyar dolardan fazla, 10 percent or more."""
        hit = self.w.bounds_after.at(self.t.words, self.amounts.ending(end)[0])
        if hit is None or amount.range:
            return amount, end
        late = self.amounts.ending(end)[0] + hit[1]
        return Amount(amount.low, amount.high, amount.first, amount.last, hit[0], amount.digits, amount.role), late

    def _currency_at(self, at: int) -> tuple[tuple[str, ...], int] | None:
        here = self.over_hyphen(at)
        hit = self.w.currencies.at(self.t.words, here)
        if hit is None:
            hit = signs().after.at(self.t.words, here)
            if hit is None or not self._written_as_code(here, 1):
                return None
        return hit[0], here + hit[1]

    def _currency(self, amount: Amount) -> _Answer | None:
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
        return self._quantity("money", amount, code.removeprefix(factor), first, last) if code else None

    def _time(self, amount: Amount) -> _Answer | None:
        """A duration; an age is none and gives nothing."""
        here = self.over_hyphen(self.amounts.ending(amount.last)[0])
        hit = self.w.durations.at(self.t.words, here)
        if hit is None or amount.unsure:
            return None
        end = here + hit[1]
        if amount.low == amount.high == 1 and hit[0] == "D" and not amount.digits and here == amount.last:
            return None, end  # "one day" tells no length
        if self.w.not_duration.at(self.t.words, self.over_hyphen(end)) or self.w.ages_before.before(
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
        return self._quantity("duration", amount, unit, amount.first, end), end

    def _during(self, amount: Amount) -> Amount:
        """ "Over five years" says during; "for over five years" says more than."""
        first = amount.first
        if self.t.word(first) not in self.w.weak_bounds or self.t.word(first - 1) in self.w.firm_before:
            return amount
        return replace(amount, first=first + 1, bound="")

    def _times(self, amount: Amount) -> _Answer | None:
        hit = self.w.times_after.at(self.t.words, self.over_hyphen(amount.last))
        before = self.w.times_before.before(self.t.words, amount.first)
        if hit is None:
            return None
        end = self.over_hyphen(amount.last) + hit[1]
        first = amount.first - (before[1] if before else 0)
        return self._quantity("multiple", amount, "", first, end), end

    def _ratio(self, amount: Amount) -> _Answer | None:
        """One in ten, three out of four."""
        hit = self.w.one_in.at(self.t.words, amount.last)
        if hit is None or amount.range:
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
        top, bottom = (total.value, amount.low) if hit[0] == "of" else (amount.low, total.value)
        return self._fraction(top, bottom, amount.first, total.last)

    def _ratio_of(self, first: Decimal, second: Decimal, order: str) -> bool:
        """Whether the two make a share: the part comes first, or last where the language says "ten of them one"."""
        small, large = (second, first) if order == "of" else (first, second)
        return small < large <= _CENTURY

    # -- ranks and counts -------------------------------------------------------------------------------------------

    def _ordinal_digits(self, amount: Amount, at: int) -> _Answer | None:
        """17th, 2-ci, 1'inci, 17-й, 5.; a date has been taken out before."""
        if not amount.digits.isdigit() or len(amount.digits) > 3 or amount.range:
            return None
        j = amount.last
        if self.t.word(j) in ("'", "-", ".") and self.t.glued(j) and self.t.word(j + 1) in self.w.ordinal_endings:
            j += 1
        if not (self.t.glued(j) and self.t.word(j) in self.w.ordinal_endings):
            return None
        sentence_end = not self.t.letters(j + 1) or (self.t.capital(j + 1) and not self.w.capital_nouns)
        if self.t.word(j) == "." and sentence_end:
            return None
        return self._ordinal(amount.low, at, j + 1)

    def _ordinal_word(self, at: int) -> _Answer | None:
        hit = self.w.ordinals.at(self.t.words, at)
        if hit is None or not self.amounts.numbers.spelled_right(at):
            return None
        value = hit[0]
        tens = self.w.numbers.at(self.t.words, at - 2) if self.t.word(at - 1) == "-" else None
        first = at
        if tens and tens[0] >= 20 and value < 10:
            value, first = value + tens[0], at - 2
        if value == 1 and self.w.first_after and self.t.word(at - 1) not in self.w.first_after:
            return None, at + hit[1]
        return self._ordinal(value, first, at + hit[1])

    def _ordinal(self, value: Decimal, first: int, end: int) -> _Answer:
        here = self.over_hyphen(end)
        if here > end or self.w.no_ordinal.at(self.t.words, here):
            return None, end
        noun = noun_after(self.t, end, self.w, single=True)
        if noun is None or self.w.durations.at(self.t.words, end) or self.w.numbers.at(self.t.words, end):
            return None, end
        return self._quantity("ordinal", Amount(value, value, first, end), noun.head, first, end, noun), end

    def _count(self, amount: Amount) -> _Answer:
        """Things counted; a bare number without a noun counts too, unless it is a fraction, one, or may be a code."""
        end = self.amounts.ending(amount.last)[0]
        single = amount.low == amount.high == 1
        if single and not amount.digits and (amount.bound == "<=" or self._mere_word(amount, end)):
            return None, amount.last
        hyphen = self.over_hyphen(end) > end
        if hyphen and self.t.word(end + 1) in self.w.nouns.no_compound:
            return None, end + 2
        if self.t.word(end) in self.w.nouns.dropped:
            return None, end + 1
        noun = None
        if hyphen and not amount.unsure and self.t.letters(end + 1):
            noun = Noun(self.t.words[end + 1], end + 1, end + 2)
        elif not hyphen:
            noun = noun_after(self.t, end, self.w, single=single)
        if noun is not None and self.w.percent_after.at(self.t.words, noun.first):
            noun = None
        if noun is None and (amount.unsure or single or not self._countable(amount)):
            return None, amount.last
        if noun is not None and self.names.is_round_year(amount) and not self._plural_noun(noun):
            return None, amount.last
        return self._quantity("count", amount, noun.head if noun else "", amount.first, amount.last, noun), amount.last

    def _mere_word(self, amount: Amount, end: int) -> bool:
        """Whether "one" counts nothing: an article, "one of the", "no one"."""
        pronoun = self.t.word(end) in self.w.several_of or self.t.word(amount.first - 1) in _PRONOUNS
        return not self.w.one_counts or pronoun

    def _plural_noun(self, noun: Noun) -> bool:
        return bool(self.w.nouns.plurals) and (
            noun.head.endswith(self.w.nouns.plurals) or noun.head in self.w.nouns.irregular
        )

    def _countable(self, amount: Amount) -> bool:
        """Whether a number without a noun may be a count: whole, not glued to anything, not a mere word like "one"."""
        if amount.low != amount.low.to_integral_value() or amount.high != amount.high.to_integral_value():
            return False
        if amount.digits and not amount.range and self.names.numbered(amount.first):
            return False
        nxt, glued = self.t.word(amount.last), self.t.glued(amount.last)
        if glued and nxt and nxt not in ",.;:!?)]\"'\u06d4\u0964\u0589\n\u2014-…":
            return False
        pronoun = self.t.word(amount.first - 1) in _DETERMINERS or (amount.low == 2 and not self.w.one_counts)
        return bool(amount.digits) or (amount.low > 1 and not pronoun)

    # -- putting together -------------------------------------------------------------------------------------------

    def _quantity(
        self, kind: str, amount: Amount, unit: str, first: int, last: int, noun: Noun | None = None
    ) -> Quantity:
        start, end = self.t.starts[first], self.t.ends[last - 1]
        low: Decimal | None = None if amount.bound == "<=" else amount.low
        high: Decimal | None = None if amount.bound == ">=" else amount.high
        return Quantity(
            kind=kind,
            low=low,
            high=high,
            bound=amount.bound,
            unit=unit,
            start=start,
            end=end,
            noun_start=self.t.starts[noun.first] if noun else end,
            noun_end=self.t.ends[noun.last - 1] if noun else end,
            text=self.t.text[start:end],
            role=amount.role,
        )
