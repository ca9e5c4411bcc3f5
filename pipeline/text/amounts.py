"""Numbers as a text states them: single values, ranges and bounds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipeline.text.lexicons import NumberWords
from pipeline.text.numbers import Number, NumberReader
from pipeline.text.tokens import Tokens

_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Amount:
    """One value, a range, or a value with a bound, and the tokens that state it (last exclusive)."""

    low: Decimal
    high: Decimal
    first: int
    last: int
    bound: str = ""
    digits: str = ""  # as written, of a single value in digits
    role: str = ""
    unsure: bool = False  # two numbers joined in a way that may be a score or a code

    @property
    def range(self) -> bool:
        """Whether two ends are stated."""
        return self.low != self.high


class AmountReader:
    """Reads amounts at token positions of one block."""

    __slots__ = ("numbers", "t", "w")

    def __init__(self, tokens: Tokens, words: NumberWords) -> None:
        self.t = tokens
        self.w = words
        self.numbers = NumberReader(tokens, words)

    def read(self, at: int, *, sign: int = 0) -> Amount | None:
        """The amount whose first number starts at `at`; `sign` tokens before it are a currency sign or percent word."""
        first = self.numbers.read(at)
        if first is None:
            return None
        found = self._range(at, first, sign)
        if found is not None:
            between = self.w.between.before(self.t.words, at - sign) if found.range else None
            return self._bounded(found, at - sign - (between[1] if between else 0))
        single = Amount(first.value, first.value, at, first.last, ">=" if first.indefinite else "", first.digits)
        return self._bounded(single, at - sign)

    def _range(self, at: int, first: Number, sign: int) -> Amount | None:
        """Two ends: 300 to 400, between 30 and 40, 30-40, 2.5-3 billion, $300m to $400m."""
        joint = self._joint(at - sign, first.last)
        if joint is None:
            return None
        step, hyphen = joint
        again = self.t.words[at - sign : at]
        if sign and self.t.words[step : step + sign] == again:
            step += sign
        second = self.numbers.read(step)
        change = not hyphen and self.w.start_of.before(self.t.words, at - sign) is not None
        change = change and self.w.between.before(self.t.words, at - sign) is None
        if second is None or second.indefinite or self._glued_name(second.last):
            return None
        low = first.value
        if first.scale == 1 and second.scale > 1 and first.value < second.mantissa:
            low = first.value * second.scale
        elif first.spelled and second.spelled and _hundreds(first.value, second.value):
            low = first.value * _HUNDRED
        if change:  # two values, not a range; but the first may leave its scale to the second
            return Amount(low, low, at, first.last, digits=first.digits) if low != first.value else None
        if low >= second.value:
            if hyphen and first.scale == second.scale == 1:
                return Amount(low, low, at, second.last, unsure=True)
            return None
        unsure = hyphen and not second.spelled and second.value <= 20 and first.scale == second.scale == 1
        return Amount(low, second.value, at, second.last, "range", unsure=unsure)

    def _joint(self, start: int, at: int) -> tuple[int, bool] | None:
        """Where the second number of a range starts, and whether a hyphen joins the two; None for no range."""
        words = self.t.words
        between = self.w.between.before(words, start)
        joiner = self.w.between_and.at(words, at) if between else None
        if joiner is not None:
            return at + joiner[1], False
        at = self.ending(at)[0]
        if self.t.word(at) in ("-", "\u2014") and self.t.glued(at) == self.t.glued(at + 1):
            return at + 1, True
        to = self.w.to.at(words, at)
        return (at + to[1], False) if to else None

    def _starts_change(self, first: int, last: int, *, bounded: bool) -> bool:
        """Whether the value is what a change starts from; what it leads to settles it later."""
        if self.w.start_of.before(self.t.words, first) is not None:
            return True
        return not bounded and (
            self.ending(last)[1] in self.w.from_endings or self.w.from_after.at(self.t.words, last) is not None
        )

    def _glued_name(self, at: int) -> bool:
        return self.t.glued(at) and self.t.letters(at) and self.t.word(at) not in self.w.glued

    def _bare(self, at: int) -> bool:
        """Whether a bound after the number means "about", since no case ending makes the number a limit."""
        cased = self.ending(at)[1] or self.t.word(at - 1).endswith(self.w.to_case)
        return self.t.word(at) in self.w.about_bare and not cased

    def over_hyphen(self, at: int) -> int:
        """Past a hyphen that joins a number with its unit (17,000-tonne)."""
        return at + 1 if self.t.word(at) == "-" and self.t.glued(at) and self.t.glued(at + 1) else at

    def ending(self, at: int) -> tuple[int, str]:
        """Past a case ending that hangs on digits by an apostrophe or hyphen (20'den, 20-dən), and which one."""
        mark, word = self.t.word(at), self.t.word(at + 1)
        if mark in ("'", "-") and self.t.glued(at) and self.t.glued(at + 1) and word in self.w.endings:
            return at + 2, word
        if self.t.glued(at) and mark in self.w.endings and self.t.digits(at - 1):
            return at + 1, mark
        return at, ""

    def _bounded(self, amount: Amount, start: int) -> Amount:
        """`amount` with the bound that stands right before or after it, and its role in a change."""
        bound, first, last = amount.bound, start, amount.last
        before = self.w.bounds_before.before(self.t.words, start)
        weak = self.t.word(start - 1) in self.w.weak_bounds and self.t.word(start - 2) in self.w.weak_after
        if not weak and before is not None and not (amount.range and before[0] != "~"):
            bound, first = amount.bound or before[0], start - before[1]
        step = self.over_hyphen(self.ending(last)[0])
        after = self.w.bounds_after.at(self.t.words, step)
        if after is not None and not amount.range:
            bound, last = "~" if self._bare(last) else after[0], step + after[1]
        for ending, sign in self.w.bound_endings.items():
            if self.t.word(amount.last - 1).endswith(ending):
                bound = sign
        role = "from" if self._starts_change(first, amount.last, bounded=after is not None) else ""
        return Amount(amount.low, amount.high, first, last, bound, amount.digits, role, amount.unsure)


def _hundreds(low: Decimal, high: Decimal) -> bool:
    """Whether the first of two spelled ends leaves its hundreds to the second: three to four hundred."""
    return high < _HUNDRED * 10 and high % _HUNDRED == 0 and low < high / _HUNDRED
