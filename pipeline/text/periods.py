"""Calendar arithmetic on dates of stated precision: no clock, no text."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "winter": (12, 2)}
_NEAR_FUTURE = 2  # months ahead within which a bare month is taken for a coming one; farther ones for the past


@dataclass(frozen=True, slots=True)
class Period:
    """A year, month or day; or the first and last of several, both at one precision."""

    year: int | None
    month: int | None = None
    day: int | None = None
    end: Period | None = None

    def canonical(self) -> str:
        """2024, 2024-07, 2024-07-03, first/last."""
        if self.end is not None:
            return f"{replace(self, end=None).canonical()}/{self.end.canonical()}"
        parts = [f"{self.year:04d}"] + [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    @property
    def known(self) -> bool:
        """Whether the year is known, at both ends."""
        return self.year is not None and (self.end is None or self.end.known)


def valid(period: Period) -> bool:
    """Whether month and day exist; a day without a year may be 29 February."""
    if period.month is not None and not 1 <= period.month <= 12:
        return False
    if period.day is None:
        return True
    if period.month is None:
        return False
    return 1 <= period.day <= calendar.monthrange(period.year or 2024, period.month)[1]


def of_day(day: date) -> Period:
    return Period(day.year, day.month, day.day)


def shifted_month(day: date, months: int) -> Period:
    """The month that lies `months` after the month of `day`."""
    at = day.year * 12 + day.month - 1 + months
    return Period(at // 12, at % 12 + 1)


def week_of(day: date) -> Period:
    """Monday to Sunday of the week of `day`."""
    monday = day - timedelta(days=day.weekday())
    return replace(of_day(monday), end=of_day(monday + timedelta(days=6)))


def relative(code: str, base: date) -> Period | None:
    """The period that `code` names from `base`: Y-1 last year, M+1 next month, W0 this week, D-2, 10Y-1 ten years ago.

    None where it leaves the calendar.
    """
    sign = next(n for n, c in enumerate(code) if c in "+-0" and n and code[n - 1].isalpha())
    unit, amount = code[:sign], int(code[sign:])
    factor, letter = int(unit[:-1] or 1), unit[-1]
    steps = factor * amount
    try:
        if letter == "Y":
            year = base.year + steps
            return Period(year) if 1 <= year <= 9999 else None
        if letter == "M":
            return shifted_month(base, steps) if -20_000 < steps < 20_000 else None
        if letter == "W":
            return week_of(base + timedelta(weeks=steps))
        return of_day(base + timedelta(days=steps))
    except (OverflowError, ValueError):
        return None


def season(name: str, year: int) -> Period:
    """The three months of a season; winter begins in December of `year`."""
    first, last = SEASONS[name]
    return Period(year, first, end=Period(year + (last < first), last))


def part_of_year(part: str, year: int | None) -> Period:
    """ "1/2" the first half, "3/4" the third quarter."""
    number, of = map(int, part.split("/"))
    size = 12 // of
    return Period(year, (number - 1) * size + 1, end=Period(year, number * size))


def with_year(period: Period, year: int) -> Period:
    """`period` in `year`; one that runs over the turn of the year ends in the next."""
    if period.end is None:
        return replace(period, year=year)
    over = (period.end.month or 0) < (period.month or 0)
    return replace(period, year=year, end=replace(period.end, year=year + over))


def nearest_year(period: Period, base: date, *, future: bool | None) -> int:
    """The year of a month or day that is stated without one; `future` is what the sentence says, None for nothing."""
    month = (period.end or period).month or 1
    ahead = (month - base.month) % 12
    day = (period.end or period).day
    if ahead == 0 and day is not None:
        later = day > base.day
        return (
            base.year
            + (0 if not later or future is not False else -1)
            + (1 if future and not later and day < base.day else 0)
        )
    if ahead == 0:
        return base.year
    coming = base.year + (month < base.month)
    take_coming = future if future is not None else ahead <= _NEAR_FUTURE
    return coming if take_coming else coming - 1


def from_solar(year: int, month: int, day: int) -> date:
    """A date of the Persian solar calendar as a common one; the arithmetic holds for 1178 to 1633."""
    days = 365 * (year - 1) + (8 * year + 21) // 33
    days += 31 * (month - 1) if month <= 7 else 186 + 30 * (month - 7)
    return date(622, 3, 21) + timedelta(days=days + day - 1)


def solar_period(year: int, month: int | None, day: int | None) -> Period | None:
    """A Persian year, month or day in common dates; months and years become first/last days."""
    try:
        first = from_solar(year, month or 1, day or 1)
        if day:
            return of_day(first)
        after = from_solar(year + (month is None or month == 12), 1 if month is None else month % 12 + 1, 1)
        return replace(of_day(first), end=of_day(after - timedelta(days=1)))
    except (OverflowError, ValueError):
        return None
