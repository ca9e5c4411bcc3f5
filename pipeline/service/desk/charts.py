"""Charts as numbers for an SVG template: values of a slot over time by outlet. Places are in units of the drawing."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.service.desk.claims import Known, Point
from pipeline.storage.ledger import LedgerEntry

WIDTH, HEIGHT = 900, 200
LEFT, RIGHT, TOP, BOTTOM = 150, 16, 8, 26  # the labels of values stand on the left
STEPS = (  # types whose values have an order but no size
    *("rumoured", "proposed", "discussed", "planned", "agreed", "signed", "under-way", "delivered"),
    *("suspended", "cancelled"),
)
_NUMBER = re.compile(r"(\d+(?:\.\d+)?(?:e[-+]?\d+)?)(?:\.\.(\d+(?:\.\d+)?(?:e[-+]?\d+)?))?")
_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
_DAYS = (365, 30, 7, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    x: float
    y: float
    value: str
    outlet: str
    finding: int
    at: datetime
    lane: int  # which outlet, for its shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One slot: dots for reports, a stepped line for what was known, labels for both axes."""

    slot: str
    type: str
    dots: tuple[Dot, ...]
    line: str  # points of the polyline of the known value, "" when it cannot be drawn
    rows: tuple[tuple[float, str], ...]  # y, value
    days: tuple[tuple[float, datetime], ...]  # x, day
    outlets: tuple[str, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def values_chart(slot: Known, points: Sequence[Point], history: Sequence[LedgerEntry]) -> Chart | None:
    """The chart of a slot, None with fewer than two reports or without a difference."""
    placed = [(point, size(point.value, slot.type)) for point in points]
    sized = [(point, value) for point, value in placed if value is not None]
    if len(sized) < 2:
        return None
    first = min(p.at for p, _ in sized)
    last = max(*(p.at for p, _ in sized), first + timedelta(days=1))
    configured = None if slot.configured is None else size(slot.configured, slot.type)
    entries = [e for e in history if e.slot == slot.name and e.undone_at is None and e.value is not None]
    levels = [value for _, value in sized] + [v for e in entries if (v := size(e.value or "", slot.type)) is not None]
    levels += [] if configured is None else [configured]
    low, high = min(levels), max(levels)
    if low == high:
        return None  # everybody says the same: a sentence says it better
    spread = high - low

    def x(at: datetime) -> float:
        share = (at - first) / (last - first)
        return round(LEFT + 12 + min(1.0, max(0.0, share)) * (WIDTH - LEFT - RIGHT - 24), 1)

    def y(value: float) -> float:
        return round(TOP + 10 + (high - value) / spread * (HEIGHT - TOP - BOTTOM - 20), 1)

    outlets = tuple(dict.fromkeys(p.outlet for p, _ in sized))
    dots = tuple(
        Dot(
            x=x(p.at),
            y=y(value),
            value=p.value,
            outlet=p.outlet,
            finding=p.finding,
            at=p.at,
            lane=outlets.index(p.outlet) % 4,
        )
        for p, value in sized
    )
    shown = dict.fromkeys(p.value for p, _ in sized)
    named = {y(v): value for value in shown if (v := size(value, slot.type)) is not None}
    if configured is not None and slot.configured is not None:
        named.setdefault(y(configured), slot.configured)
    return Chart(
        slot=slot.name,
        type=slot.type,
        dots=dots,
        line=_known_line(configured, entries, slot.type, x, y),
        rows=_spaced(named),
        days=((x(first), first.astimezone(UTC)), (x(last), last.astimezone(UTC))),
        outlets=outlets,
    )


def size(value: str, kind: str) -> float | None:
    """The place of a canonical value on an axis: large sums by their logarithm; None for what has none."""
    if kind == "stage":
        return float(STEPS.index(value)) if value in STEPS else None
    body = value.lstrip("<>=~")
    if kind == "date":
        digits = re.match(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", body)
        return None if digits is None else int(digits[1]) * 372 + int(digits[2] or 6) * 31 + float(digits[3] or 15)
    if kind == "duration":
        parts = _DURATION.match(body)
        total = sum(int(n or 0) * d for n, d in zip(parts.groups(), _DAYS, strict=True)) if parts else 0
        return float(total) if total else None
    if kind not in {"money", "count", "percent", "ordinal"}:
        return None
    number = _NUMBER.match(body)
    if number is None:
        return None
    middle = (float(number[1]) + float(number[2] or number[1])) / 2
    if not math.isfinite(middle):
        return None
    return math.log10(middle) if kind == "money" and middle > 0 else middle


def _known_line(
    configured: float | None,
    entries: Sequence[LedgerEntry],
    kind: str,
    x: object,
    y: object,
) -> str:
    assert callable(x)
    assert callable(y)
    level = configured
    points = [] if level is None else [(float(LEFT), y(level))]
    for entry in sorted(entries, key=lambda e: (e.learned_at, e.id)):
        value = size(entry.value or "", kind)
        if value is None:
            continue
        at = x(entry.learned_at)
        if level is not None:
            points.append((at, y(level)))
        points.append((at, y(value)))
        level = value
    if level is None:
        return ""
    points.append((float(WIDTH - RIGHT), y(level)))
    return " ".join(f"{a:g},{b:g}" for a, b in points)


def _spaced(named: dict[float, str], least: float = 16.0) -> tuple[tuple[float, str], ...]:
    """Labels that do not lie on one another, from the top."""
    found: list[tuple[float, str]] = []
    for place in sorted(named):
        if not found or place - found[-1][0] >= least:
            found.append((place, named[place]))
    return tuple(found)
