"""The one place that reads the time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """The system's clock, moved by `ahead`: zero in life, hours in the demo's second poll and in tests."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """The time, aware, UTC."""
        return datetime.now(UTC) + self.ahead

    def elapsed_s(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()
