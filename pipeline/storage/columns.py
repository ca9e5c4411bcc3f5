"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

# PostgreSQL refuses NUL, and UTF-8 has no place for lone surrogates. One character stands in for one, so offsets hold.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ESCAPED = re.compile(r"(?<!\\)((?:\\\\)*)\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})")


def storable(text: str) -> str:
    """The text with NUL and lone surrogates replaced by U+FFFD; same length."""
    try:
        text.encode()  # many times quicker than to look for what is hardly ever there
    except UnicodeEncodeError:
        return _UNSTORABLE.sub("�", text)
    return _UNSTORABLE.sub("�", text) if "\x00" in text else text


def fields_of(record: Any) -> dict[str, Any]:
    """The fields of a record by name; `dataclasses.asdict` copies what lies in them too, which takes much longer."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def to_json(value: object) -> str:
    """Compact JSON that both databases take; times as ISO 8601, sets and tuples as lists."""
    return _encode(value)


def encoder(default: Callable[[object], object]) -> Callable[[object], str]:
    """A writer of compact JSON that both databases take; `default` gives a form to what JSON has none for."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=default).encode

    def text(value: object) -> str:
        written = encode(value)
        if "\\u" in written:  # else there is nothing to look for, and most texts are long
            written = _ESCAPED.sub("\\1�", written)
        return storable(written)

    return text


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")


_encode = encoder(_plain)


class Moment(TypeDecorator[datetime]):
    """An aware time. UTC inside; SQLite keeps it as text of fixed width, which sorts as it should."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; times in the store are aware")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Span(TypeDecorator[timedelta]):
    """A length of time, kept as seconds."""

    impl = sa.Float(53)
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, _dialect: Dialect) -> float | None:
        return None if value is None else value.total_seconds()

    def process_result_value(self, value: float | None, _dialect: Dialect) -> timedelta | None:
        return None if value is None else timedelta(seconds=value)


class Words(TypeDecorator[str]):
    """Text from anywhere: what a database cannot hold is replaced, character by character."""

    impl = sa.Text()
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


Json: TypeEngine[Any] = sa.JSON().with_variant(JSONB(), "postgresql")
Key: TypeEngine[int] = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite numbers rows only in INTEGER
