"""What the interface is asked with: checked strictly, so that a mistake is told and never guessed at."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from pipeline.service.review import DISMISSALS, NOTE_CHARS
from pipeline.web.forms import BIGGEST

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def _moment(value: Any) -> datetime:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("is no time: write it as 2026-11-22T07:30:00Z")
    try:
        return min(max(datetime.fromisoformat(value.upper()), _FIRST), _LAST).astimezone(UTC)
    except ValueError:
        raise ValueError("is no time: write it as 2026-11-22T07:30:00Z") from None


def _day(value: Any) -> str:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("is no day: write it as 2026-11-22")
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("is no day: write it as 2026-11-22") from None
    return value


def _whole(value: Any) -> Any:
    """In JSON 3.0 is a whole number too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _reason(value: str) -> str:
    if value not in DISMISSALS:
        raise ValueError(f"is no reason: one of {', '.join(DISMISSALS)}")
    return value


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "example": "2026-11-22T07:30:00Z"}),
]
Day = Annotated[str, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Number = Annotated[int, Path(ge=1, le=BIGGEST, description="its number")]
Name = Annotated[str, Path(max_length=200, description="its id")]
Cursor = Annotated[int, Field(ge=1, le=BIGGEST)]
Word = Annotated[str, Field(max_length=200)]
Note = Annotated[str, Field(max_length=NOTE_CHARS, description="kept with the change")]
Whole = Annotated[int, Field(ge=1, le=BIGGEST), BeforeValidator(_whole)]
Entry = Annotated[int, Field(ge=0, le=BIGGEST), BeforeValidator(_whole)]
Revision = Annotated[Whole, Field(description="the revision that was seen: another one is refused")]
Numbers = Annotated[list[Whole], Field(max_length=500)]
Relation = Literal["denies", "changes", "adds", "repeats", "mentions"]
Verdict = Literal["open", "confirmed", "dismissed", "accepted"]
Reason = Annotated[
    str, AfterValidator(_reason), WithJsonSchema({"type": "string", "enum": list(DISMISSALS), "example": "old-news"})
]


class Query(BaseModel):
    """Base of all filters: an unknown one is a mistake."""

    model_config = ConfigDict(extra="forbid")


class Paged(Query):
    cursor: Cursor | None = Field(None, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=200)


class Body(BaseModel):
    """Base of all changes: nothing is converted, nothing unknown is passed over."""

    model_config = ConfigDict(extra="forbid", strict=True)
