"""How large a change is: a ratio for amounts, steps for a stage, days for a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

STAGES = ("rumoured", "proposed", "discussed", "planned", "agreed", "signed", "under-way", "delivered")
OFF_PATH = ("suspended", "cancelled")
_MEASURED = frozenset({"money", "count", "percent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Each part is None where it cannot be told, which never means small."""

    ratio: Decimal | None = None  # |new - old| / |old|
    steps: int | None = None  # along STAGES, negative backwards
    days: int | None = None


def of(kind: str, old: str | None, new: str) -> Size:
    """The size of a change of a slot of that type. An addition has none; neither have amounts in two currencies."""
    if old is None:
        return Size()
    if kind in _MEASURED:
        return Size(ratio=_ratio(old, new))
    if kind == "stage":
        return Size(steps=steps(old, new))
    if kind == "date":
        before, after = _day(old), _day(new)
        return Size(days=abs((after - before).days) if before and after else None)
    return Size()


def steps(old: str, new: str) -> int | None:
    """Steps forward from stage to stage; None when one of them is off the path (suspended, cancelled) or unknown."""
    if old in STAGES and new in STAGES:
        return STAGES.index(new) - STAGES.index(old)
    return None


def _ratio(old: str, new: str) -> Decimal | None:
    before, after = _amount(old), _amount(new)
    if before is None or after is None or before[1] != after[1] or not before[0]:
        return None
    return abs(after[0] - before[0]) / abs(before[0])


def _amount(canonical: str) -> tuple[Decimal, str] | None:
    """Number and unit; the middle of a range, the bound of a bound."""
    numbers, _, unit = canonical.lstrip("<>=~").partition(" ")
    try:
        parts = [Decimal(part) for part in numbers.split("..")]
    except InvalidOperation:
        return None
    if not all(part.is_finite() and abs(part.adjusted()) < 60 for part in parts):
        return None
    return sum(parts, Decimal(0)) / len(parts), unit


def _day(canonical: str) -> date | None:
    """The first day that the value names."""
    text = canonical.lstrip("<>=~").partition("/")[0].partition("..")[0]
    parts = [*text.split("-"), "1", "1"][:3]
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None
