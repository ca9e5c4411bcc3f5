"""Whether two written values of a slot say the same, for scoring: laxer than the comparison with what is known."""

from __future__ import annotations

import re
import unicodedata

CLOSE = 0.01  # share within which two numbers agree
CLOSE_LENGTH = 0.02  # share within which two durations agree
DATE_SLOTS = frozenset({"date", "deadline"})
MONTH = len("2024-07")
_BOUND = re.compile(r"^(?:<=|>=|<|>|~)\s*")
_NUMBER = re.compile(r"([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\b\s*(.*)", re.IGNORECASE)
_CURRENCY = re.compile(r"\b[A-Z]{3}\b")
_LENGTH = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
_DAYS = (365.0, 30.4, 7.0, 1.0)  # of a year, a month, a week, a day


def says_same(found: object, labelled: object, slot: str = "") -> bool:
    """Numbers within a hundredth and of one currency; ranges end by end; bounds aside; a date also where one is the
    other at a coarser precision (the found one at least to the month); names without case and marks."""
    a, b = str(found).strip(), str(labelled).strip()
    if a.casefold() == b.casefold():
        return True
    if _BOUND.match(a) or _BOUND.match(b):
        return says_same(_BOUND.sub("", a), _BOUND.sub("", b), slot)
    for mark in ("..", "/"):
        if mark in a or mark in b:
            return mark in a and mark in b and _ends_same(a.split(mark, 1), b.split(mark, 1), slot)
    if slot in DATE_SLOTS:
        return a.startswith(b + "-") or (len(a) >= MONTH and b.startswith(a + "-"))
    return _plain_same(a, b)


def _ends_same(a: list[str], b: list[str], slot: str) -> bool:
    return all(says_same(x, y, slot) for x, y in zip(a, b, strict=True))


def _plain_same(a: str, b: str) -> bool:
    first, second = _in_days(a), _in_days(b)
    if first is not None and second is not None:
        return abs(first - second) <= CLOSE_LENGTH * max(first, second)
    x, y = _NUMBER.fullmatch(a), _NUMBER.fullmatch(b)
    if x and y:
        one_currency = set(_CURRENCY.findall(x[2])) == set(_CURRENCY.findall(y[2]))
        low, high = float(x[1]), float(y[1])
        return one_currency and abs(low - high) <= CLOSE * max(abs(low), abs(high))
    return not (x or y) and bool(_letters(a)) and _letters(a) == _letters(b)


def _in_days(text: str) -> float | None:
    match = _LENGTH.fullmatch(text)
    if not match or not any(match.groups()):
        return None
    return sum(int(part or 0) * length for part, length in zip(match.groups(), _DAYS, strict=True))


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    return "".join(c for c in plain if c.isalnum())
