"""Which digits are part of a name, a code, a label, a clock time or a telephone number, and so no quantity."""

from __future__ import annotations

from pipeline.text.amounts import Amount
from pipeline.text.lexicons import NumberWords, signs
from pipeline.text.nouns import MEASURES
from pipeline.text.tokens import STOPS, Tokens

# Written with a hyphen before a number without making it a name.
_PREFIXES = frozenset(("mid", "post", "pre", "early", "late", "non", "sub", "some", "nearly", "all"))
_ROUND_YEARS = ("1900", "2000", "2100")


class NameTest:
    """Tells designations (XK-17, XK2, X 16) from numbers, at token positions of one block."""

    __slots__ = ("t", "w")

    def __init__(self, tokens: Tokens, words: NumberWords) -> None:
        self.t = tokens
        self.w = words

    def is_name(self, at: int) -> bool:
        """Whether the digits at token `at` cannot be a number of their own."""
        return (
            self._hangs_on_letters(at)
            or self._runs_into_letters(at)
            or self._between_digits(at)
            or self._after_acronym(at)
            or self._after_name(at)
            or self.t.word(at - 1) in ("#", "№", "§", "_", "@")
        )

    def end(self, at: int) -> int:
        """The token after the designation that holds token `at`."""
        j = at + 1
        if self._telephone(at):
            while self.t.digits(j) or (self.t.word(j) == "-" and self.t.digits(j + 1)):
                j += 1
            return j
        while self.t.glued(j) and (self.t.letters(j) or self.t.digits(j) or self.t.word(j) in "-/:."):
            if not (self.t.letters(j) or self.t.digits(j)) and not self.t.glued(j + 1):
                break
            j += 1
        return j

    def _hangs_on_letters(self, at: int) -> bool:
        """XK-17, XK2; not Rs20, not mid-2020, not ب400."""
        if not self.t.glued(at):
            return False
        before = self.t.word(at - 1)
        if self.t.letters(at - 1):
            return not (signs().before.at(self.t.words, at - 1) or before in self.w.prefixes)
        if before in ("-", "/") and self.t.glued(at - 1):
            word = self.t.word(at - 2)
            if self.t.letters(at - 2):
                return (
                    word not in _PREFIXES
                    and word not in self.w.prefixes
                    and not self.w.numbers.at(self.t.words, at - 2)
                )
            return before == "/" or word in (")", "]")
        return (before == "+" and self.t.glued(at)) or (before == "." and self.t.glued(at - 1))

    def _runs_into_letters(self, at: int) -> bool:
        """90X, 5G, X400K; not 2bn, 17k, 3rd, 1990s, 10-ci."""
        if not (self.t.glued(at + 1) and self.t.letters(at + 1)):
            return False
        after = self.t.word(at + 1)
        known = (
            after in self.w.glued
            or after in self.w.ordinal_endings
            or after in self.w.endings
            or self.w.scales.at(self.t.words, at + 1)
            or self.w.percent_after.at(self.t.words, at + 1)
            or self.w.durations.at(self.t.words, at + 1)
            or self.w.currencies.at(self.t.words, at + 1)
            or self.w.half_after.at(self.t.words, at + 1)
            or self.w.labels_after.at(self.t.words, at + 1)
            or (signs().after.at(self.t.words, at + 1) and self.t.original(at + 1).isupper())
            or after in MEASURES
        )
        return not known or (after in ("b", "m", "t") and self._bare_letter(at))

    def _bare_letter(self, at: int) -> bool:
        """A capital letter after digits is a mark (90X), unless money stands before it ($5B)."""
        money = signs().before.before(self.t.words, at) is not None
        return not money and (
            self.t.original(at + 1).isupper() or self.t.word(at + 1) != "m" or len(self.t.words[at]) > 3
        )

    def _between_digits(self, at: int) -> bool:
        """Clock times, scores with a colon, fractions and paths: 18:20, 24/7."""
        for mark, digit in ((at + 1, at + 2), (at - 1, at - 2)):
            glued = self.t.glued(max(at, digit)) and self.t.glued(mark if mark < at else digit)
            if self.t.word(mark) in (":", "/") and self.t.digits(digit) and glued:
                if self.w.lang == "fa" and mark > at and self.w.scales.at(self.t.words, at + 3):
                    continue
                return True
        return self._telephone(at)

    def _telephone(self, at: int) -> bool:
        """Three or more groups of digits, or a plus sign before them."""
        if self.t.word(at - 1) == "+" and self.t.glued(at):
            return True
        hyphens = [self.t.word(at + k) == "-" and self.t.digits(at + k + 1) for k in (1, 3)]
        return all(hyphens)

    def _after_acronym(self, at: int) -> bool:
        """X 16, XK 17: capital letters before a short number; or letters spelled out."""
        if self.t.word(at - 1) in self.w.letters:
            return True
        written = self.t.original(at - 1)
        short = len(self.t.words[at]) <= 3 and self.t.words[at].isdigit()
        if not (short and written.isupper() and written.isalpha() and written.isascii() and len(written) <= 3):
            return False
        if self.t.original(at - 2).isupper() and len(self.t.original(at - 2)) > 3:
            return False  # a headline in capitals
        if signs().before.at(self.t.words, at - 1) or written in ("I", "A", "PM"):
            return False
        vowels = sum(c in "AEIOU" for c in written)
        return len(written) == 1 or vowels == 0 or (len(written) == 3 and vowels == 1 and written[1] in "AEIOU")

    def _after_name(self, at: int) -> bool:
        """A round year or an uneven number of three digits right after a name in running text is part of that name."""
        word = self.t.words[at]
        if not word.isdigit() or not ((word[-1] != "0" and len(word) == 3) or self.is_round(word)):
            return False
        before = at - 1
        named = self.t.capital(before) and not self.t.original(before).isupper() and not self.t.glued(at)
        return named and self.t.words[before] not in self.w.nouns.stops and self._inside_sentence(before)

    def _inside_sentence(self, at: int) -> bool:
        return at > 0 and self.t.words[at - 1] not in STOPS

    def is_round(self, word: str) -> bool:
        """Whether digits are a year that is as likely a round number."""
        return word in _ROUND_YEARS

    def is_labelled(self, amount: Amount, at: int) -> bool:
        """Article 370, resolution 1701, madde 370, Flight 8243."""
        first = at
        while self.t.word(first - 1) in (",", *self.w.joiners) and self.t.digits(first - 2):
            first -= 2  # resolutions 47 and 91
        if self.w.labels.before(self.t.words, first) or self.w.labels.before(self.t.words, amount.first):
            return True
        return bool(self.w.ages_before.before(self.t.words, amount.first))

    def numbered(self, at: int) -> bool:
        """Whether a number without a noun is the number of the thing named before it (Turn 5), or of a list item."""
        before = at - 1
        if self.t.word(before) in ("\n", ""):
            return self.t.word(at + 1) in (".", ")")
        if self.t.word(before) == "," and self.t.word(at + 1) == "," and len(self.t.words[at]) == 2:
            return True  # an age between commas
        if self.w.capital_nouns or not self.t.capital(before) or self.t.words[before] in self.w.nouns.stops:
            return False
        return self._inside_sentence(before) and len(self.t.words[at]) <= 3

    def is_round_year(self, amount: Amount) -> bool:
        """2000 without a separator, which may be the year."""
        return self.is_round(amount.digits)
