"""Durations and sizes as people write them: `15m`, `1d12h`, `2MB`."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS_S = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kKMG]?)(i?)B")
_POWERS = {"": 0, "k": 1, "K": 1, "M": 2, "G": 3}


def parse_duration(text: object) -> timedelta:
    """A duration of `15m`, `2h`, `1d12h`, `500ms`. Raises ValueError with what was expected."""
    written = str(text).strip()
    if written == "0":
        return timedelta()
    parts = _PART.findall(written)
    if not parts or "".join(number + unit for number, unit in parts) != written:
        raise ValueError(f"{written!r} is no duration: write a number with its unit, such as 15m, 2h or 1d12h")
    try:
        return timedelta(seconds=sum(float(number) * _UNITS_S[unit] for number, unit in parts))
    except OverflowError as error:
        raise ValueError(f"{written[:40]!r} is too long: write 15m, 2h or 1d12h") from error


def parse_size(text: object) -> int:
    """A size in bytes of `2MB`, `512kB`, `1GiB`. Raises ValueError with what was expected."""
    written = str(text).strip()
    match = _SIZE.fullmatch(written)
    if match is None:
        raise ValueError(f"{written!r} is no size: write a number with its unit, such as 512kB or 2MB")
    number, power, binary = match.groups()
    return int(float(number) * (1024 if binary else 1000) ** _POWERS[power])
