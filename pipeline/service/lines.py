"""JSON lines of articles: the contract of `match`, and one of the forms that an archive may have."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from pipeline.model.article import Article


def read_articles(stream: Iterable[bytes]) -> Iterator[tuple[int, Article | None, str]]:
    """Number (from 1), article or None, and what is wrong, for each line that is not blank."""
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            yield number, None, f"no JSON: {error}"
            continue
        fault = fault_of(row)
        yield number, None if fault else article_of(row), fault


def fault_of(row: Any) -> str:
    """What is wrong with one object of the contract, "" for nothing."""
    if not isinstance(row, dict):
        return "no JSON object"
    for key in ("id", "text"):
        if key not in row:
            return f"no `{key}`"
    if not isinstance(row["id"], str | int):
        return "`id` is neither text nor a number"
    for key in ("text", "title", "url", "lang", "country", "published"):
        if row.get(key) is not None and not isinstance(row[key], str):
            return f"`{key}` is no text"
    if row["text"] is None:
        return "`text` is null"
    if row.get("published") and _when(row["published"]) is None:
        return f"`published` is no ISO 8601 date: {row['published']!r}"
    return ""


def article_of(row: Mapping[str, Any]) -> Article:
    """The article of one checked object of the JSON lines contract."""
    return Article(
        id=str(row["id"]),
        text=row["text"],
        title=row.get("title") or "",
        url=row.get("url") or "",
        lang=row.get("lang") or "",
        published=_when(row.get("published") or ""),
        country=(row.get("country") or "").upper(),
    )


def _when(text: str) -> datetime | None:
    try:
        if len(text) == len("2025-05-28"):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
