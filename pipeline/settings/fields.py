"""Field types of the YAML files: durations, sizes, secrets, zones."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from pipeline.settings.duration import parse_duration, parse_size


class Strict(BaseModel):
    """A mapping whose unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class SecretRef(Strict):
    """A secret by name: `{env: NAME}` or `{file: PATH}`, never the text itself."""

    env: str | None = None
    file: str | None = None


def _as_list(value: Any) -> Any:
    if value is None:
        return []
    return value if isinstance(value, list | tuple) else [value]


def _text(value: Any) -> Any:
    """Text, also where YAML saw a number (`40`, `2021`, `13.5e9`)."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _secret(value: Any) -> Any:
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError("a secret is never written as text: use {env: NAME} or {file: PATH}")
    return value


def _zone(value: Any) -> Any:
    try:
        ZoneInfo(str(value))
    except (OSError, ValueError, KeyError) as error:  # zoneinfo raises each of these for names that are no zones
        raise ValueError(f"{value!r} is no time zone: write an IANA name such as Europe/Lisbon or UTC") from error
    return value


def _clock_time(value: Any) -> time:
    try:
        hour, minute = str(value).split(":")
        return time(int(hour), int(minute))
    except ValueError as error:
        raise ValueError(f'{value!r} is no time of day: write "07:30"') from error


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError(f"{value!r} is no date: write 2026-05-01") from error


def _moment(value: Any) -> datetime:
    from datetime import UTC

    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError(f"{value!r} is no date or time: write 2026-05-01 or 2026-05-01T07:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _duration(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and value != 0:
        raise ValueError(f"{value} has no unit: write {value}s, {value}m, {value}h or {value}d")
    return parse_duration(value)


def _size(value: Any) -> int:
    if isinstance(value, int | float):
        raise ValueError(f"{value} has no unit: write {value}kB or {value}MB")
    return parse_size(value)


def _filled(value: Any) -> Any:
    if isinstance(value, str) and not value.strip():
        raise ValueError("is empty: take it out or fill it")
    return value


_TEXT_SCHEMA = {"type": "string"}
Duration = Annotated[timedelta, BeforeValidator(_duration), WithJsonSchema({**_TEXT_SCHEMA, "examples": ["15m", "2h"]})]
Size = Annotated[int, BeforeValidator(_size), WithJsonSchema({**_TEXT_SCHEMA, "examples": ["512kB", "2MB"]})]
Zone = Annotated[str, BeforeValidator(_zone)]
ClockTime = Annotated[time, BeforeValidator(_clock_time), WithJsonSchema({**_TEXT_SCHEMA, "examples": ["07:30"]})]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({**_TEXT_SCHEMA, "format": "date"})]
Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema(_TEXT_SCHEMA)]
Secret = Annotated[SecretRef, BeforeValidator(_secret)]
Text = Annotated[str, BeforeValidator(_text)]
Term = Annotated[str, BeforeValidator(_filled), BeforeValidator(_text)]
Terms = Annotated[tuple[Term, ...], BeforeValidator(_as_list)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_as_list)]
