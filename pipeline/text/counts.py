"""Things counted and ranked: a number with the noun after it."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

from pipeline.text.amounts import Amount, AmountReader
from pipeline.text.lexicons import NumberWords
from pipeline.text.names import NameTest
from pipeline.text.nouns import Noun, noun_after
from pipeline.text.records import Quantity
from pipeline.text.tokens import Tokens

Answer: TypeAlias = tuple[Quantity | None, int]  # what was read, and the token to go on from

_PRONOUNS = frozenset(("no", "any", "every", "some", "each", "which", "this", "that"))  # before "one"
_DETERMINERS = frozenset(("the", "these", "those", "all", "die"))  # "the two" alone is a pronoun


class CountReader:
    """Reads counts and ordinals at token positions of one block."""

    __slots__ = ("amounts", "names", "t", "w")

    def __init__(self, tokens: Tokens, words: NumberWords, amounts: AmountReader, names: NameTest) -> None:
        self.t = tokens
        self.w = words
        self.amounts = amounts
        self.names = names

    def ordinal(self, amount: Amount, at: int) -> Answer | None:
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
        return self._ranked(amount.low, at, j + 1)

    def ordinal_word(self, at: int) -> Answer | None:
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
        return self._ranked(value, first, at + hit[1])

    def _ranked(self, value: Decimal, first: int, end: int) -> Answer:
        here = self.amounts.over_hyphen(end)
        if here > end or self.w.no_ordinal.at(self.t.words, here):
            return None, end
        leading = self.w.noun_first and not self.t.word(first).endswith(self.w.ranked_after)
        noun = self._noun_before(first) if leading else None
        noun = noun or noun_after(self.t, end, self.w, single=True)
        if noun is None or self.w.durations.at(self.t.words, end) or self.w.numbers.at(self.t.words, end):
            return None, end
        return stated(self.t, "ordinal", Amount(value, value, first, end), noun.head, first, end, noun), end

    def _noun_before(self, at: int) -> Noun | None:
        """What is ranked by an ordinal that follows it, with the one adjective that may stand between."""
        first = at
        while (
            first > max(0, at - 2) and self.t.letters(first - 1) and self.t.words[first - 1] not in self.w.nouns.stops
        ):
            first -= 1
        return Noun(self.t.words[first], first, at) if first < at else None

    def count(self, amount: Amount) -> Answer:
        """Things counted; a bare number without a noun counts too, unless it is a fraction, one, or may be a code."""
        end = self.amounts.ending(amount.last)[0]
        single = amount.low == amount.high == 1
        if single and not amount.digits and (amount.bound == "<=" or self._mere_word(amount, end)):
            return None, amount.last
        hyphen = self.amounts.over_hyphen(end) > end
        if hyphen and self.t.word(end + 1) in self.w.nouns.no_compound:
            return None, end + 2
        if self.t.word(end) in self.w.nouns.dropped:
            return None, end + 1
        noun = None
        if hyphen and not amount.unsure and self.t.letters(end + 1):
            noun = Noun(self.t.words[end + 1], end + 1, end + 2)
        elif not hyphen and self.t.word(amount.last - 1) not in self.w.nouns.pronominal:
            noun = noun_after(self.t, end, self.w, single=single)
        if noun is None:
            noun = self.of_several(end)
        if noun is not None and self.w.percent_after.at(self.t.words, noun.first):
            noun = None
        if noun is None and self._addressed(amount, end):
            return None, amount.last
        if noun is None and (amount.unsure or single or not self._countable(amount)):
            return None, amount.last
        if noun is not None and self.names.is_round_year(amount) and not self._plural_noun(noun):
            return None, amount.last
        return stated(self.t, "count", amount, noun.head if noun else "", amount.first, amount.last, noun), amount.last

    def of_several(self, end: int) -> Noun | None:
        """The noun behind a second number: 3 of 4 corvettes; چار میں سے دو جہاز."""
        part_of = self.w.one_in.at(self.t.words, end)
        step = end + 1 if self.t.word(end) in self.w.several_of else 0
        if part_of is not None and part_of[0] == "of":
            step = end + part_of[1]
        whole = self.amounts.numbers.read(step) if step else None
        noun = noun_after(self.t, whole.last, self.w) if whole else None
        return noun if noun is not None and (not part_of or self._plural_noun(noun)) else None

    def _addressed(self, amount: Amount, end: int) -> bool:
        """A number before a name that is no plural is a house number or a code; before a stop in Turkish an ordinal."""
        if not amount.digits or amount.bound:
            return False
        if self.t.word(end) == "." and "." in self.w.ordinal_endings and self.t.glued(end):
            return len(amount.digits) <= 2 and self.t.letters(end + 1)
        named = self.t.letters(end) and self.t.capital(end) and self.t.words[end] not in self.w.nouns.stops
        return bool(self.w.nouns.plurals) and self.w.one_counts and named

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
        both = amount.low == 2 and not self.w.one_counts and not self.w.groups.at(self.t.words, amount.first)
        pronoun = self.t.word(amount.first - 1) in _DETERMINERS or both
        return bool(amount.digits) or (amount.low > 1 and not pronoun)


def stated(
    tokens: Tokens, kind: str, amount: Amount, unit: str, first: int, last: int, noun: Noun | None = None
) -> Quantity:
    """The quantity that the tokens from `first` to before `last` state."""
    start, end = tokens.starts[first], tokens.ends[last - 1]
    return Quantity(
        kind=kind,
        low=None if amount.bound == "<=" else amount.low,
        high=None if amount.bound == ">=" else amount.high,
        bound=amount.bound,
        unit=unit,
        start=start,
        end=end,
        noun_start=tokens.starts[noun.first] if noun else end,
        noun_end=tokens.ends[noun.last - 1] if noun else end,
        text=tokens.text[start:end],
        role=amount.role,
    )
