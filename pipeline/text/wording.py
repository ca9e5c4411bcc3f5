"""Canonical values in words for a reader: `1.6e9 USD` is 1.6 billion USD, `2024-07` is July 2024, `P8D` is 8 days."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

_BOUNDS = {">=": "at least", "<=": "up to", ">": "more than", "<": "less than", "~": "about"}
_DATE_BOUNDS = {">=": "since", "<=": "by", ">": "after", "<": "before", "~": "about"}
_SCALES = ((Decimal("1e12"), "trillion"), (Decimal("1e9"), "billion"), (Decimal("1e6"), "million"))
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_DURATION_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")
_NUMERIC = frozenset({"money", "count", "percent", "ordinal"})


def value(canonical: str, kind: str = "") -> str:
    """The canonical value of a slot type in English words; what is not understood comes back as it is."""
    bound, body = _bound(canonical)
    if kind == "date":
        return _with(_DATE_BOUNDS, bound, _date(body))
    if kind == "duration":
        return _with(_BOUNDS, bound, _range(body, _duration))
    if kind in _NUMERIC:
        return _with(_BOUNDS, bound, _quantity(body, kind))
    return canonical.replace("-", " ") if kind == "stage" else canonical


def _bound(canonical: str) -> tuple[str, str]:
    for sign in (">=", "<=", ">", "<", "~"):
        if canonical.startswith(sign):
            return sign, canonical[len(sign) :]
    return "", canonical


def _with(words: dict[str, str], bound: str, body: str) -> str:
    return f"{words[bound]} {body}" if bound else body


def _range(body: str, word: Callable[[str], str]) -> str:
    return " to ".join(word(part) for part in body.split(".."))


def _quantity(body: str, kind: str) -> str:
    numbers, _, unit = body.partition(" ")
    said = _range(numbers, _ordinal if kind == "ordinal" else _number)
    if kind == "percent":
        return f"{said} percent"
    return f"{said} {unit}".rstrip()


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 30 else None


def _number(text: str) -> str:
    number = _decimal(text)
    if number is None:
        return text
    for scale, word in _SCALES:
        if abs(number) >= scale:
            return f"{_digits(number / scale)} {word}"
    return _digits(number)


def _digits(number: Decimal) -> str:
    said = f"{number:,f}"
    return said.rstrip("0").rstrip(".") if "." in said else said


def _ordinal(text: str) -> str:
    if not text.isascii() or not text.isdigit():
        return text
    ending = "th" if text[-2:-1] == "1" else {"1": "st", "2": "nd", "3": "rd"}.get(text[-1], "th")
    return text + ending


def _date(body: str) -> str:
    separator = "/" if "/" in body else ".."
    return " to ".join(_day(part) for part in body.split(separator))


def _day(text: str) -> str:
    parts = text.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts) or not 1 <= len(parts) <= 3:
        return text
    if len(parts) == 1:
        return text
    month = int(parts[1])
    if not 1 <= month <= 12:
        return text
    said = f"{_MONTHS[month - 1]} {parts[0]}"
    return f"{int(parts[2])} {said}" if len(parts) == 3 else said


def _duration(text: str) -> str:
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        return text
    said = [
        f"{amount} {unit}" + ("" if amount == "1" else "s")
        for amount, unit in zip(match.groups(), _DURATION_UNITS, strict=True)
        if amount
    ]
    return " ".join(said)
