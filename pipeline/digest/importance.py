"""How weighty an item is: a plain sum, whose parts are printed beside it.

| part | points |
| --- | --- |
| relation | denies 3, changes 2, adds 1 |
| severity of the claim | high 2, normal 1, low 0 |
| size of the largest change | 0 to 2: see `_size` |
| independent publishers | base-2 logarithm of their number, at most 2 |
| best source tier | 1: 1, 2: 0.5, 3: 0 |

The largest sum is 10. The weights are a judgement, not a fit: a denial outweighs any addition of the same severity from
the same kind of source, and four independent publishers outweigh one step of severity.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipeline.digest.record import Part
from pipeline.model.finding import Change, Finding
from pipeline.text import size

_RELATION = {"denies": 3.0, "changes": 2.0, "adds": 1.0}
_SEVERITY = {"high": 2.0, "normal": 1.0, "low": 0.0}
_TIER = {1: 1.0, 2: 0.5}
_LARGEST = 2.0  # points: the most that size or publishers may add
_OPEN = 0.5  # points: a value for a slot that was open
_UNMEASURED = 1.0  # points: a change that has no measure, such as a place
_STEP = 0.5  # points for each stage
_DAYS = 180  # days that are worth the full points: a deadline moved by half a year


def parts(
    relation: str, severity: str, changes: Sequence[Change], independent: int, tier: int
) -> tuple[float, tuple[Part, ...]]:
    """The importance, rounded to two places, and its parts in the order of the table."""
    points, why = max((_size(change) for change in changes), default=(0.0, "no slot changed"))
    found = (
        Part(name="relation", points=_RELATION.get(relation, 0.0), why=relation),
        Part(name="severity", points=_SEVERITY.get(severity, 1.0), why=f"{severity} severity"),
        Part(name="size of change", points=round(points, 2), why=why),
        Part(
            name="independent publishers",
            points=round(min(_LARGEST, math.log2(max(1, independent))), 2),
            why=f"{independent} independent publisher{'' if independent == 1 else 's'}",
        ),
        Part(name="source tier", points=_TIER.get(tier, 0.0), why=f"source of tier {tier}"),
    )
    return round(sum(part.points for part in found), 2), found


def alone(finding: Finding, severity: str, tier: int) -> float:
    """The importance of one finding while nobody else reports it."""
    return parts(finding.relation, severity or "normal", finding.changes, 1, tier)[0]


def _size(change: Change) -> tuple[float, str]:
    if change.old is None:
        return _OPEN, f"{change.slot} was open"
    told = size.of(change.type, change.old, change.new)
    if told.ratio is not None:
        ratio = min(float(told.ratio), 1000.0)
        return min(_LARGEST, ratio * 2), f"{change.slot} by {ratio:.0%}"
    if told.steps is not None:
        steps = f"{abs(told.steps)} {'stage' if abs(told.steps) == 1 else 'stages'}"
        return min(_LARGEST, abs(told.steps) * _STEP), f"{change.slot} by {steps}"
    if told.days is not None:
        return min(_LARGEST, told.days / _DAYS * _LARGEST), f"{change.slot} by {told.days} days"
    if change.type == "stage" and change.new in size.OFF_PATH:
        return _LARGEST, f"{change.slot} {change.new}"
    return _UNMEASURED, f"another {change.slot}"
