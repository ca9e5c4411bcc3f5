"""What the readers hand out: quantities and dates, each with its exact span."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

# Asked where a sign stands for several currencies (Rs): offset of the amount, the ISO 4217 codes it may stand for.
# Answers one of them, or "" when it cannot tell; then the reader abstains.
CountryCurrency: TypeAlias = Callable[[int, tuple[str, ...]], str]

_PLAIN_MONEY = Decimal(1_000_000)  # from here on money is written with an exponent, as in 1.6e9 USD


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """An amount that a text states. `text` is the source at `start`..`end`, with its bound, sign and unit words."""

    kind: str  # money, count, percent, multiple, duration, ordinal
    low: Decimal | None  # None only where bound is "<="
    high: Decimal | None  # None only where bound is ">="; equals low for a single value
    bound: str = ""  # "", "<=", ">=", "~" (about), "range"
    unit: str = (
        ""  # money: ISO 4217; count, ordinal: the noun folded, "" for none; duration: Y M D TH TM TS; percent: % pp
    )
    start: int
    end: int
    noun_start: int = 0  # what is counted, as a phrase ("new XK-17 patrol boats"); start == end for none
    noun_end: int = 0
    text: str
    role: str = ""  # from, to: the two ends of a change ("from 16 to 40")

    @property
    def value(self) -> Decimal:
        """One number to compare with: the single value, the stated bound, or the middle of a range."""
        if self.low is None or self.high is None:
            return self.low if self.low is not None else self.high or Decimal(0)
        return (self.low + self.high) / 2

    def canonical(self) -> str:
        """The value as the inventory writes it: 1.6e9 USD, 40, >=20, 300..400, P4D, 10."""
        if self.bound == "range" and self.low is not None and self.high is not None:
            return f"{self._written(self.low, unit=self.kind == 'duration')}..{self._written(self.high)}"
        sign = self.bound if self.bound in ("<=", ">=") else ""
        return sign + self._written(self.value)

    def _written(self, number: Decimal, *, unit: bool = True) -> str:
        if self.kind == "duration":
            return duration(number, self.unit)
        if self.kind == "money":
            return f"{_money(number)} {self.unit}" if unit else _money(number)
        return plain(number)


def plain(number: Decimal) -> str:
    """A number without exponent and without trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _money(number: Decimal) -> str:
    if number < _PLAIN_MONEY:
        return plain(number)
    exponent = number.adjusted()
    return f"{plain(number.scaleb(-exponent))}e{exponent}"


def duration(number: Decimal, unit: str) -> str:
    """ISO 8601, in the stated unit where the number is whole, else in the next smaller one."""
    if number != number.to_integral_value() and unit != "TS":
        smaller = {"Y": ("M", 12), "M": ("D", 30), "D": ("TH", 24), "TH": ("TM", 60), "TM": ("TS", 60)}
        unit, factor = smaller.get(unit, (unit, 1))
        number = (number * factor).to_integral_value()
    return f"PT{plain(number)}{unit[1:]}" if unit.startswith("T") else f"P{plain(number)}{unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """A date or period that a text states, at the precision stated."""

    canonical: str  # 2024, 2024-07, 2024-07-03, or first/last: 2019/2023, 2025-05/2025-08; a decade is its first year
    relation: str = ""  # "", in, by, since, until
    start: int
    end: int
    text: str
    relative: bool = False  # the publication date was needed to tell
