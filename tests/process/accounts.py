"""What a database holds, in words that two runs share: no number of a row, no time, no lease; to be compared."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.storage import tables as t
from pipeline.storage.session import Store, Transaction

# Columns that are numbers of rows, or hold such numbers within.
_ASIDE = {
    "id", "lease_holder", "lease_until", "like_version_id", "keys", "group", "story", "thing_id", "message_id",
    "payload",
}  # fmt: skip
_CONTENT = {"published", "updated"}  # times that a feed or page says; of any other only whether it is set counts
_TOLD = {"reason", "detail", "why"}  # sentences, which name rows and times by number
_STEPS = ("entry", "article")  # tallies of one thing each; polls are as many as there is time for


@dataclass(frozen=True)
class Account:
    """Table -> its rows, each with how often it is there."""

    rows: dict[str, Counter[str]]

    def differs(self, other: Account) -> str:
        """What is here and not there, and the other way round, "" when all is the same."""
        said = []
        for name in sorted(self.rows.keys() | other.rows.keys()):
            here, there = self.rows.get(name, Counter()), other.rows.get(name, Counter())
            for mark, more in (("+", here - there), ("-", there - here)):
                said += [f"{mark} {name} {times}x {row[:400]}" for row, times in sorted(more.items())[:8]]
        return "\n".join(said)

    def __str__(self) -> str:
        return ", ".join(f"{sum(rows.values())} {name}" for name, rows in self.rows.items())


def account(store: Store) -> Account:
    """The whole of what came of a cycle."""
    with store.read() as tx:
        return Account(_Reader(tx).tables())


class _Reader:
    """Reads tables, with numbers of rows put into words."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._article = {row.id: row.url for row in self._all(t.articles)}
        self._version = {row.id: f"{self._article[row.article_id]} v{row.number}" for row in self._all(t.versions)}
        self._finding = {
            row.id: f"{self._version[row.version_id]} {row.claim}{' edited' if row.edited else ''}"
            for row in self._all(t.findings)
        }
        self._entry = {row.id: f"{row.source} {row.key}" for row in self._all(t.entries)}
        self._group = self._first(t.copy_members, "group_id", lambda row: self._version[row.version_id])
        self._story = self._first(t.story_members, "story_id", lambda row: self._finding[row.finding_id])
        self._alert = self._first(
            t.alert_keys, "alert_id", lambda row: f"{row.claim} {row.relation} {row.slot} {row.value}"
        )

    def _all(self, table: sa.Table) -> Any:
        return self._tx.all(sa.select(table))

    def _first(self, table: sa.Table, key: str, say: Any) -> dict[int, str]:
        """Number of a group -> the first of its members in words, in an order that no run decides."""
        found: dict[int, str] = {}
        for row in self._all(table):
            said = say(row)
            number = row._mapping[key]
            found[number] = min(found.get(number, said), said)
        return found

    def tables(self) -> dict[str, Counter[str]]:
        named = {
            "article_id": self._article, "version_id": self._version, "finding_id": self._finding,
            "entry_id": self._entry, "copy_group_id": self._group, "group_id": self._group, "story_id": self._story,
            "alert_id": self._alert,
        }  # fmt: skip
        found = {
            table.name: Counter(_said(row._mapping, named) for row in self._all(table))
            for table in (
                t.entries, t.pages, t.articles, t.addresses, t.article_sources, t.versions, t.copy_members,
                t.topic_hits, t.findings, t.finding_changes, t.near_misses, t.story_members, t.alert_keys,
                t.alert_publishers, t.alert_decisions,
            )
        }  # fmt: skip
        found["stories"] = Counter(
            f"{self._story.get(row.id, '')} {row.claim} {row.slot} {row.value}" for row in self._all(t.stories)
        )
        found["alerts"] = Counter(
            f"{self._alert[row.id]} {row.headline} {row.severity} {row.state}" for row in self._all(t.alerts)
        )
        found["outbox"] = Counter(self._message(row) for row in self._all(t.outbox))
        found["digests"] = Counter(row.kind for row in self._all(t.digests))
        found["search_rows"] = Counter(row.kind for row in self._all(t.search_rows))
        found["tallies"] = Counter(
            {
                f"{row.step} {row.reason} {row.thing}": row._mapping["count"]
                for row in self._all(t.tallies)
                if row.step in _STEPS
            }
        )
        return found

    def _message(self, row: Any) -> str:
        to = f"to {row.channel} {row.part} {row.state} {row.attempts}x"
        if row.kind != "alert":
            return f"{row.kind} {to}"  # what a digest says of the polls so far depends on the moment of its making
        return f"{self._alert[row.thing_id]} {to} {row.payload['subject']}"


def _said(row: Any, named: dict[str, dict[int, str]]) -> str:
    said = {}
    for name, value in row.items():
        if name in named:
            said[name] = named[name].get(value, "") if value is not None else None
        elif isinstance(value, datetime) and name not in _CONTENT:
            said[name] = "set"
        elif isinstance(value, bytes | memoryview):
            said[name] = hashlib.sha256(bytes(value)).hexdigest()
        elif name in _TOLD and isinstance(value, str):
            said[name] = re.sub(r"\d+", "#", value)
        elif name not in _ASIDE:
            said[name] = value
    return json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
