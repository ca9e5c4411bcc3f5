"""Values in canonical form, and whether two of them say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.model.watch import Rates

TOLERANCE = 0.05  # share of the known value within which money and counts repeat it (inventory, ruling 1)
SHARE_TOLERANCE = 2.0  # points within which a percentage repeats it (ruling 1)
EQUAL = 1e-9

_BOUND = re.compile(r"^(<=|>=|<|>|~)\s*")
_NUMBER = re.compile(r"([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*(.*)", re.IGNORECASE)
_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
STAGES = ("rumoured", "proposed", "discussed", "planned", "agreed", "signed", "under-way", "delivered")
OFF_PATH = ("suspended", "cancelled")
CERTAINTIES = ("alleged", "reported", "confirmed")


@dataclass(frozen=True, slots=True)
class Number:
    """A number or range with its bound and unit."""

    low: float
    high: float
    bound: str = ""  # "", "<=", ">=", "~"
    unit: str = ""


def parse_number(value: str) -> Number | None:
    """`1.6e9 USD`, `40`, `>=20`, `300..400`; None for what is no number."""
    bound = _BOUND.match(value)
    rest = value[bound.end() :] if bound else value
    low, dots, high = rest.partition("..")
    first, second = _NUMBER.fullmatch(low.strip()), _NUMBER.fullmatch(high.strip()) if dots else None
    if not first or (dots and not second):
        return None
    last = second or first
    return Number(float(first[1]), float(last[1]), bound[1] if bound else "", last[2].strip())


def same_value(kind: str, known: str, said: str, rates: Rates) -> bool:
    """Whether a value said repeats the known one, by the type's tolerance and precision."""
    if known == said:
        return True
    if kind in ("money", "count", "percent", "ordinal"):
        return _same_number(kind, known, said, rates)
    if kind == "duration":
        a, b = days(known), days(said)
        return a is not None and b is not None and abs(a - b) <= TOLERANCE * max(a, b)
    if kind == "date":
        return same_date(known, said)
    return known.casefold() == said.casefold()


def same_figure(known: str, said: str) -> bool:
    """Whether two values give one figure to the letter, bounds aside."""
    return _BOUND.sub("", known) == _BOUND.sub("", said)


def _same_number(kind: str, known: str, said: str, rates: Rates) -> bool:
    a, b = parse_number(known), parse_number(said)
    if a is None or b is None:
        return False
    if kind == "money" and a.unit != b.unit:
        first, second = in_base(a, rates), in_base(b, rates)
        return first is not None and second is not None and _close(kind, first, second)
    if a.bound in ("<=", ">=") and b.bound in ("<=", ">=") and a.bound != b.bound:
        return False
    return _close(kind, a.low, b.low) and _close(kind, a.high, b.high)


def _close(kind: str, known: float, said: float) -> bool:
    if kind == "ordinal":
        return abs(known - said) < EQUAL
    if kind == "percent":
        return abs(known - said) <= SHARE_TOLERANCE + EQUAL
    return abs(known - said) <= TOLERANCE * abs(known) + EQUAL


def in_base(value: Number, rates: Rates) -> float | None:
    """The amount in the base currency of the rates, for comparison only; None where a rate is missing."""
    if value.unit == rates.base:
        return value.low
    rate = rates.per_base.get(value.unit)
    return value.low / rate if rate else None


def same_date(known: str, said: str) -> bool:
    """Whether two dates or intervals agree at the coarser precision; an interval agrees with dates inside it."""
    if "/" in known or "/" in said:
        if "/" in known and "/" in said:
            return all(same_date(a, b) for a, b in zip(known.split("/"), said.split("/"), strict=True))
        return False
    return known.startswith(said) or said.startswith(known)


def days(value: str) -> float | None:
    """The length of an ISO 8601 duration in days; a year is 365, a month 30.4."""
    match = _DURATION.fullmatch(value)
    if not match or not any(match.groups()):
        return None
    years, months, weeks, rest = (int(g or 0) for g in match.groups())
    return years * 365.0 + months * 30.4 + weeks * 7 + rest


def stage_rank(stage: str) -> int:
    """The place of a stage on the path; -1 off the path."""
    return STAGES.index(stage) if stage in STAGES else -1


def later_stage(known: str | None, said: str) -> bool:
    return known is None or stage_rank(said) > stage_rank(known)


def surer(known: str | None, said: str) -> bool:
    """Whether a certainty is higher than the known one."""
    if said not in CERTAINTIES:
        return False
    return known not in CERTAINTIES or CERTAINTIES.index(said) > CERTAINTIES.index(known or "")
