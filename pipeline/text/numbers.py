"""Digits and number words of one language -> one exact value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.text.lexicons import NumberWords
from pipeline.text.tokens import Tokens

_WESTERN = re.compile(r"[0-9]{1,3}(?:[^0-9][0-9]{3})+")
_LAKHS = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")
_ONE = Decimal(1)
_LONGEST = 15  # digits before the mark; a longer number is a code
_HALVES = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}


@dataclass(frozen=True, slots=True)
class Number:
    """A value and the tokens that state it."""

    value: Decimal
    first: int
    last: int  # exclusive
    mantissa: Decimal  # before the last run of scale words
    scale: Decimal = _ONE  # that run of scale words (30 to 40 thousand: both ends)
    digits: str = ""  # as written, where digits take part
    indefinite: bool = False  # hundreds of, tens of thousands of: a lower bound

    @property
    def spelled(self) -> bool:
        """Whether no digit takes part."""
        return not self.digits


def literal(written: str, *, decimal: str, scaled: bool = False) -> Decimal | None:
    """The value of digits with separators, None where it cannot be told.

    `decimal` is the language's decimal mark; `scaled` says that a scale word or percent sign follows. Three digits
    after a single separator are thousands, unless the mark is the language's decimal one and something scales it.
    """
    written = written.replace("\u066b", "\u00b7").replace("\u066c", "'").replace(" ", "'")
    marks = [c for c in written if not c.isdigit()]
    if not marks:
        text = written
    elif "'" in marks or "\u00b7" in marks:
        head, _, tail = written.rpartition(marks[-1]) if marks[-1] != "'" else (written, "", "")
        if head and not head.replace("'", "").isdigit():
            return None
        text = f"{head.replace(chr(39), '')}.{tail}" if tail else head.replace("'", "")
    else:
        text = _separated(written, marks, decimal=decimal, scaled=scaled) or ""
    whole = text.partition(".")[0]
    if not whole or len(whole) > _LONGEST or (len(whole) > 1 and whole[0] == "0"):
        return None
    return Decimal(text)


def _separated(written: str, marks: list[str], *, decimal: str, scaled: bool) -> str | None:
    """`written` with a point for the decimal mark and without thousands marks."""
    last = marks[-1]
    if len(set(marks)) == 2:
        head, _, tail = written.rpartition(last)
        grouped = _WESTERN.fullmatch(head) or _LAKHS.fullmatch(head)
        return f"{re.sub('[.,]', '', head)}.{tail}" if last not in head and grouped else None
    if len(marks) > 1:
        indian = _LAKHS.fullmatch(written) if last == "," else None
        return written.replace(last, "") if _WESTERN.fullmatch(written) or indian else None
    whole, _, tail = written.partition(last)
    as_decimal = f"{whole}.{tail}"
    if len(tail) != 3 or whole == "0" or len(whole) > 3:
        usual = last == decimal or last == "." or scaled or decimal == ","
        return as_decimal if usual else None
    if last == decimal and (scaled or (last == "." and not tail.endswith("0"))):
        return as_decimal
    return whole + tail


class NumberReader:
    """Reads numbers at token positions of one block."""

    __slots__ = ("t", "w")

    def __init__(self, tokens: Tokens, words: NumberWords) -> None:
        self.t = tokens
        self.w = words

    def read(self, at: int) -> Number | None:
        """The longest number that starts at token `at`, or None; names with digits in them give None."""
        return self._indefinite(at) or self._half(at) or self._definite(at)

    def spelled_right(self, at: int) -> bool:
        """False for a word that only folding makes a number word (Turkish "ön" is no 10)."""
        forms = self.w.strict.get(self.t.words[at])
        return forms is None or self.t.original(at).replace("I", "ı").replace("İ", "i").lower() in forms

    # -- indefinite numbers, halves ---------------------------------------------------------------------------------

    def _indefinite(self, at: int) -> Number | None:
        """Dozens of, hundreds of thousands of: at least two of the scale."""
        hit = self.w.plural.at(self.t.words, at)
        if hit is None or self.t.digits(at - 1) or self.w.numbers.before(self.t.words, at):
            return None
        value, j = hit[0], at + hit[1]
        while self.t.word(j) in self.w.several_of or not self.w.several_of:
            step = j + (1 if self.w.several_of else 0)
            more = self.w.plural.at(self.t.words, step) or self.w.scales.at(self.t.words, step)
            if more is None or more[0] < value:
                break
            value, j = value * more[0], step + more[1]
        return Number(2 * value, at, j, Decimal(2), value, indefinite=True)

    def _half(self, at: int) -> Number | None:
        """Half a billion, half a dozen, a quarter of a million."""
        hit = self.w.half_before.at(self.t.words, at)
        if hit is None:
            return None
        j = self._over_hyphen(at + hit[1])
        scale, end = self._scales(j)
        if end == j:
            group = self.w.groups.at(self.t.words, j)
            if group is None:
                return None
            scale, end = group[0], j + group[1]
        return Number(hit[0] * scale, at, end, hit[0], scale)

    # -- numbers ----------------------------------------------------------------------------------------------------

    def _definite(self, at: int) -> Number | None:
        start = self._mantissa(at)
        if start is None:
            return None
        value, j, digits = start
        value, j = self._with_half(value, j)
        scale, end = self._scales(j, digits=bool(digits))
        if end == j:
            group = self.w.groups.at(self.t.words, j) if j > at else None
            if group is not None:
                scale, end = group[0], j + group[1]
        if end == j:
            return None if self._needs_scale(at) else Number(value, at, j, value, digits=digits)
        total = value * scale
        half = self.w.half_after.at(self.t.words, end)
        if half is not None:
            total, end = total + half[0] * scale, end + half[1]
        rest, end = self._rest(end, scale, digits=bool(digits))
        return Number(total + rest, at, end, value, scale, digits=digits)

    def _needs_scale(self, at: int) -> bool:
        """ "A" and a bare scale word are a number only together with a scale."""
        return self.t.word(at) in self.w.articles and self.w.numbers.at(self.t.words, at) is None

    def _mantissa(self, at: int) -> tuple[Decimal, int, str] | None:
        """What stands before scale words: digits, a spelled number below a thousand, "a", or nothing at all."""
        if self.t.digits(at):
            return self._digits(at)
        plus = self.w.plus.at(self.t.words, at)
        if plus is not None:
            return self._plus(at, plus)
        spelled = self._spelled(at)
        if spelled is not None:
            return (*self._with_point(*spelled), "")
        article = self.t.word(at) in self.w.articles
        here = at + 1 if article else at
        if article and self.w.groups.at(self.t.words, here):
            return _ONE, here, ""
        if (article or self.w.bare_scale) and self.w.scales.at(self.t.words, here):
            return _ONE, here, ""
        return None

    def _digits(self, at: int) -> tuple[Decimal, int, str] | None:
        written = self.t.words[at]
        scaled = self._scales(at + 1, digits=True)[1] > at + 1 or bool(self.w.percent_after.at(self.t.words, at + 1))
        value = literal(written, decimal=self.w.decimal, scaled=scaled)
        if value is None:
            return None
        j = at + 1
        if self.t.word(j) == "/" and self.t.glued(j) and self.t.digits(j + 1) and self.w.lang == "fa":
            tail = self.t.words[j + 1]
            if tail.isdigit() and self._scales(j + 2)[1] > j + 2:  # Persian writes 1/6 for 1.6 before a scale word
                return Decimal(f"{value}.{tail}"), j + 2, f"{written}/{tail}"
        if self.t.word(j) in _HALVES and self.t.glued(j):
            return value + _HALVES[self.t.word(j)], j + 1, written
        value, j = self._with_point(value, j) if self.w.point else (value, j)
        return value, j, written

    def _plus(self, at: int, plus: tuple[Decimal, int]) -> tuple[Decimal, int, str] | None:
        """Urdu and Hindi fractions that stand before a number (ساڑھے چار 4.5) or before a scale word (سوا ارب 1.25)."""
        j = at + plus[1]
        number = self._digits(j) if self.t.digits(j) else self._spelled(j)
        if number is not None:
            unit = (
                100 if number[0] % 100 == 0 else 1
            )  # half of what is counted: of a hundred in "three and a half hundred"
            return number[0] + plus[0] * unit, number[1], self.t.words[j] if self.t.digits(j) else ""
        if self._scales(j)[1] == j:
            return None
        return _ONE + plus[0], j, ""

    def _spelled(self, at: int) -> tuple[Decimal, int] | None:
        """A number below a thousand in words."""
        total, place, j = Decimal(0), Decimal(1000), at
        while True:
            step = self._joined(j, at)
            here = self._number_word(step)
            if here is not None and (j == at or 0 < here[0] < place or self._units_first(total, here[0])):
                total, place, j = self._added(total, here[0], first=j == at), self._place(here[0]), here[1]
                continue
            hundred = self.w.hundred.at(self.t.words, j)
            if hundred is not None and (j == at or 1 <= total <= 99):
                total, place, j = (total or _ONE) * 100, Decimal(100), j + hundred[1]
                if j == at + hundred[1] and self.t.word(at - 1) in self.w.articles:
                    return total, j
                continue
            if here is not None and self.w.vigesimal and total == 4 and here[0] == 20:
                total, place, j = Decimal(80), Decimal(20), here[1]
                continue
            return (total, j) if j > at else None

    def _units_first(self, total: Decimal, value: Decimal) -> bool:
        """Five and twenty: units before tens, where the joining word is written with the second."""
        return bool(self.w.joined_and) and 0 < total % 100 < 10 and 20 <= value < 100

    def _added(self, total: Decimal, value: Decimal, *, first: bool) -> Decimal:
        return value if first else total + value

    def _place(self, value: Decimal) -> Decimal:
        """What may still be added after `value`: units after tens, anything below a hundred after hundreds."""
        if value >= 100:
            return Decimal(100)
        if self.w.vigesimal and value in (60, 80):
            return Decimal(20)
        tens = value >= 20 or (value == 10 and self.w.ten_joins)
        return Decimal(10) if tens and value % 10 == 0 else Decimal(0)

    def _number_word(self, at: int) -> tuple[Decimal, int] | None:
        hit = self.w.numbers.at(self.t.words, at)
        if hit is not None and self.spelled_right(at):
            return hit[0], at + hit[1]
        word = self.t.word(at)
        if self.w.joined_and and len(word) > 2 and word[0] == self.w.joined_and:
            hit = self.w.numbers.at([word[1:]], 0)
            if hit is not None:
                return hit[0], at + 1
        return None

    def _joined(self, at: int, first: int) -> int:
        """The token after a hyphen or joining word between two number words, else `at`."""
        if at == first:
            return at
        if self.t.word(at) == "-" and self.t.glued(at) and self.t.glued(at + 1):
            at += 1
        return at + 1 if self.t.word(at) in self.w.joiners else at

    def _with_half(self, value: Decimal, at: int) -> tuple[Decimal, int]:
        hit = self.w.half_after.at(self.t.words, at)
        return (value + hit[0], at + hit[1]) if hit else (value, at)

    def _with_point(self, value: Decimal, at: int) -> tuple[Decimal, int]:
        """A spelled decimal: one point six, one whole six tenths."""
        hit = self.w.point.at(self.t.words, at)
        if hit is not None:
            j, tail = at + hit[1], ""
            while (word := self._number_word(j)) is not None and (not tail or word[0] < 10):
                tail, j = tail + f"{word[0]:f}", word[1]
            if tail:
                unit = self.w.tails.at(self.t.words, j)
                if unit is not None:
                    return value + Decimal(tail) / unit[0], j + unit[1]
                return value + Decimal(f"0.{tail}"), j
        if self.w.tails:
            step = at + 1 if self.t.word(at) in self.w.joiners else at
            spelled = self._number_word(step) if step > at else None
            unit = self.w.tails.at(self.t.words, spelled[1]) if spelled else None
            if spelled is not None and unit is not None:
                return value + spelled[0] / unit[0], spelled[1] + unit[1]
        return value, at

    # -- scales -----------------------------------------------------------------------------------------------------

    def _over_hyphen(self, at: int) -> int:
        return at + 1 if self.t.word(at) == "-" and self.t.glued(at) and self.t.glued(at + 1) else at

    def _scale_at(self, at: int, *, digits: bool) -> tuple[Decimal, int] | None:
        """One scale word at token `at`; letters (m, bn) only right after digits."""
        if digits and self.t.glued(at) and self.t.word(at) in self.w.glued:
            return self.w.glued[self.t.word(at)], at + 1
        if digits and self.t.word(at) in self.w.glued and self.t.word(at + 1) in "€$£" and self.t.glued(at + 1):
            return self.w.glued[self.t.word(at)], at + 1
        hit = self.w.scales.at(self.t.words, at)
        if hit is None and digits:
            hit = self.w.hundred.at(self.t.words, at)
        if hit is None or not self.spelled_right(at):
            return None
        end = at + hit[1]
        if self.t.word(end) == "." and self.t.glued(end) and len(self.t.word(end - 1)) <= 4 and self._abbreviated(end):
            end += 1
        return hit[0], end

    def _abbreviated(self, at: int) -> bool:
        """Whether the stop at `at` belongs to an abbreviated scale word (млрд. долл.), not to the sentence."""
        return (
            not any(v in "aeiouаеиоуыэюяıə" for v in self.t.word(at - 1))
            and self.t.letters(at + 1)
            and not self.t.capital(at + 1)
        )

    def _scales(self, at: int, *, digits: bool = False) -> tuple[Decimal, int]:
        """The product of a run of growing scale words (thousand billion, lakh crore) and the token after it."""
        j = self._over_hyphen(at) if digits or self.t.word(at) == "-" else at
        product, last = _ONE, Decimal(0)
        end = at
        while (hit := self._scale_at(j, digits=digits)) is not None and hit[0] > last:
            product, last = product * hit[0], hit[0]
            j = end = hit[1]
            digits = False
        return product, end

    def _rest(self, at: int, scale: Decimal, *, digits: bool) -> tuple[Decimal, int]:
        """What is added after a scale: 2 bin 352, two thousand three hundred, 1 crore 50 lakh."""
        total, limit = Decimal(0), scale
        while True:
            step = at + 1 if self.t.word(at) in self.w.joiners and limit > 1 else at
            start = self._mantissa(step) if self._may_add(step, joined=step > at, digits=digits) else None
            if start is None:
                return total, at
            value, j, written = start
            own, end = self._scales(j, digits=bool(written))
            if own >= limit or value * own >= limit or value != value.to_integral_value():
                return total, at
            if end == j and written and not (self.w.juxtapose and limit == 1000 and len(written) <= 3):
                return total, at
            if end == j and step > at and self.w.joiners and not digits and value >= 100:
                return total, at
            total, limit, at = total + value * own, own, end
            if end == j:
                return total, at

    def _may_add(self, at: int, *, joined: bool, digits: bool) -> bool:
        """A number after a scale continues it in the same manner: words after words, digits after digits."""
        if self.t.word(at) in self.w.articles:
            return False
        if self.t.digits(at):
            return digits
        return not digits or not joined
