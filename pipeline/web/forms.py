"""What forms send, checked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel, Field

from pipeline.service.review import NOTE_CHARS, Take

BIGGEST = 2**53  # numbers up to here are the same in JSON, JavaScript and both databases
Number = Annotated[int, Path(ge=1, le=BIGGEST)]
Before = Annotated[int | None, Query(ge=1, le=BIGGEST)]
Start = Annotated[int, Query(ge=0, le=1_000)]  # items passed over
Id = Annotated[int, Field(ge=1, le=BIGGEST)]
Word = Annotated[str, Query(max_length=200)]

SNOOZES = {"1": "A day", "3": "Three days", "7": "A week", "30": "A month"}


class Decision(BaseModel):
    """A verdict: the revision that was seen, and those of the same story decided with it."""

    revision: Id
    others: list[Id] = Field(default_factory=list, max_length=500)
    note: str = Field("", max_length=NOTE_CHARS * 2)


class Dismissal(Decision):
    reason: str = Field("", max_length=40)


class Snooze(Decision):
    days: int = Field(1, ge=1, le=365)


class Acceptance(Decision):
    """`take` names a slot and the ledger entry that was seen: `quantity:12`, `quantity:0` for none."""

    take: list[Annotated[str, Field(max_length=200, pattern=r"^.+:\d{1,16}$")]] = Field(
        default_factory=list, max_length=50
    )
    valid_from: str = Field("", max_length=10)
    look_again: date | None = None

    def takes(self) -> tuple[Take, ...]:
        pairs = (one.rpartition(":") for one in self.take)
        return tuple(Take(slot=slot, expected=int(entry)) for slot, _, entry in pairs)


class StillSo(BaseModel):
    """Of a known value that was looked at again; `expected` is the ledger entry that was seen."""

    slot: str = Field(max_length=200)
    expected: Id
    look_again: date | None = None


class Remark(BaseModel):
    note: str = Field("", max_length=NOTE_CHARS * 2)


class Undo(BaseModel):
    change: Id
    back: str = Field("/", max_length=500)


def after_days(now: datetime, days: int) -> datetime:
    """That many days from now, at four in the morning UTC, before anybody starts."""
    day = (now + timedelta(days=days)).date()
    return max(datetime.combine(day, time(4), tzinfo=now.tzinfo), now + timedelta(hours=1))
