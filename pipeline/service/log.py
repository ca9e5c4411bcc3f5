"""Logs: one line each, JSON or readable. The only place that sets logging up.

What an outlet wrote can stand in any field, so every character that is not printable (line ends, escape sequences,
direction marks) is written as an escape: a title can neither forge a line nor paint a terminal.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from pipeline.model.outcome import Done, Outcome, Skipped

LONGEST_VALUE = 2000  # characters of one field; an article's text never belongs into a log
NAME = "claimwatch"
_QUIET = ("apscheduler", "watchfiles", "distributed", "asyncio", "aiohttp", "alembic", "trafilatura")


def escaped(text: str, limit: int = LONGEST_VALUE) -> str:
    """The text on one line, what is not printable as `\\n`, `\\x1b` or `\\u202e`; a backslash stays one."""
    cut = text if len(text) <= limit else f"{text[:limit]}... ({len(text)} characters)"
    if cut.isprintable():
        return cut
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in cut)


def _plain(value: Any) -> Any:
    """A value as JSON has it, its text escaped."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {escaped(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return escaped(str(value))


class _Line(logging.Formatter):
    """Time, level, message and fields of a record; an exception's trace as a field of its own."""

    def parts(self, record: logging.LogRecord) -> dict[str, Any]:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        parts: dict[str, Any] = {"at": at, "level": record.levelname.lower()}
        if record.name != NAME:
            parts["by"] = record.name
        parts["message"] = escaped(record.getMessage())
        parts |= {key: _plain(value) for key, value in getattr(record, "fields", {}).items() if value not in ("", None)}
        if record.exc_info:
            parts["trace"] = escaped(self.formatException(record.exc_info), 20_000)
        return parts


class _Json(_Line):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.parts(record), ensure_ascii=False)


class _Readable(_Line):
    def format(self, record: logging.LogRecord) -> str:
        parts = self.parts(record)
        head = f"{parts.pop('at')} {parts.pop('level'):<7} {parts.pop('message')}"
        return head + "".join(f" {key}={_shown(value)}" for key, value in parts.items())


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and (not text or any(c in text for c in ' "=')):
        return '"' + text.replace('"', '\\"') + '"'
    return text


def set_up(form: str = "text", level: str = "info", stream: TextIO | None = None) -> None:
    """Logs of this process go to `stream` (standard error) in that form (`text`, `json`); calling it again replaces."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Readable())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(NAME).setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.captureWarnings(True)


def say(level: str, message: str, **fields: Any) -> None:
    """One line of that level (`debug`, `info`, `warning`, `error`)."""
    logging.getLogger(NAME).log(logging.getLevelNamesMapping()[level.upper()], "%s", message, extra={"fields": fields})


def debug(message: str, **fields: Any) -> None:
    """What only a developer asks for."""
    say("debug", message, **fields)


def info(message: str, **fields: Any) -> None:
    """What went as it should."""
    say("info", message, **fields)


def warning(message: str, **fields: Any) -> None:
    """What somebody should look at when it goes on."""
    say("warning", message, **fields)


def error(message: str, *, exc: BaseException | None = None, **fields: Any) -> None:
    """What failed; `exc` adds its trace."""
    logging.getLogger(NAME).error("%s", message, exc_info=exc, extra={"fields": fields})


def outcome(step: str, came: Outcome[Any], **thing: Any) -> None:
    """The one line of an item: what step, which thing, how it ended and why."""
    if isinstance(came, Done):
        info(step, outcome="done", **thing)
    elif isinstance(came, Skipped):
        info(step, outcome="skipped", reason=str(came.reason), **thing, detail=came.detail)
    else:
        say("warning", step, outcome="failed", reason=str(came.reason), **thing, detail=came.detail)
