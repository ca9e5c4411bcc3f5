"""Writes the dumps of the newest schema, with a little data: see README.md."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from pipeline.model.alert import StoryKey
from pipeline.model.article import Fingerprint
from pipeline.model.finding import Analysis, Change, Finding, NearMiss, Span, TopicHit
from pipeline.model.source import Entry, Source
from pipeline.storage import (
    alerts,
    analyses,
    articles,
    copies,
    digests,
    entries,
    findings,
    ledger,
    outbox,
    schema,
    sources,
    stories,
)
from pipeline.storage.session import Store, open_store

HERE = Path(__file__).resolve().parent
MIGRATIONS = HERE.parent.parent / "migrations"
POSTGRES = os.environ.get("CLAIMWATCH_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def fill(store: Store) -> None:
    """One of everything that matters."""
    span = Span(field="text", start=0, end=6, text="signed")
    change = Change(slot="stage", type="stage", old="planned", new="signed", evidence=span)
    finding = Finding(claim="sale", relation="changes", changes=(change,), evidence=(span,))
    analysis = Analysis(
        article="1",
        lang="en",
        watch_version="w1",
        topics=(TopicHit(topic="trade", spans=(span,)),),
        findings=(finding,),
        near_misses=(NearMiss(claim="other", score=0.4, failed="subject"),),
    )
    key = StoryKey(claim="sale", relation="changes", slot="stage", value="signed")
    with store.transaction() as tx:
        sources.sync(tx, [Source(id="s1", url="https://a.example/feed")], now=NOW)
        added = entries.add(tx, [Entry(source="s1", key="1", url="https://a.example/1", title="T")], now=NOW)
        article = articles.create(tx, url="https://a.example/1", source="s1", now=NOW)
        version = articles.add_version(
            tx,
            article.id,
            articles.NewVersion(
                title="Türkiye ✓ بازو",
                text="signed; and\nmore",
                fingerprint=Fingerprint(digest="d", sketch=b"\x00\xff"),
                fetched_at=NOW,
            ),
        )
        copies.add_bands(tx, version.id, [b"1", b"2"], recipe=1)
        copies.join(tx, version.id, like=None, similarity=1.0, now=NOW)
        entries.finish(tx, added.new[0], "done", now=NOW, article_id=article.id)
        saved = analyses.save(tx, version.id, analysis, now=NOW, topics={"sale": "trade"}, known={}, source="s1")[
            "sale"
        ]
        story = stories.create(tx, key, at=NOW)
        stories.add_member(
            tx, story, finding_id=saved.id, version_id=version.id, slot="stage", value="signed", at=NOW, source="s1"
        )
        raised = alerts.raise_alert(
            tx, [(key, story)], headline="h", severity="high", topic="trade", finding_id=saved.id, now=NOW
        )
        sent = outbox.put(tx, kind="alert", thing_id=raised.id, channel="log", payload={"a": [1]}, now=NOW, keys=[key])
        if sent is not None:
            outbox.sent(tx, sent, now=NOW)
        findings.judge(tx, saved.id, "accepted", by="ann", revision=1, now=NOW)
        ledger.accept(tx, claim="sale", slot="stage", value="signed", by="ann", now=NOW, finding_id=saved.id)
        day = timedelta(days=1)
        digests.save(
            tx, kind="day", period_start=NOW, period_end=NOW + day, record={"n": 1}, finding_ids=[saved.id], now=NOW
        )


def sqlite_dump(folder: Path) -> str:
    url = f"sqlite:///{folder / 'dump.db'}"
    schema.upgrade(url, MIGRATIONS)
    store = open_store(url)
    fill(store)
    with (
        store.transaction() as tx
    ):  # an index that is virtual does not go through a dump: its table is made again empty
        tx.execute(sa.text("DROP TABLE search_words"))
        tx.execute(sa.text("DELETE FROM search_rows"))
    store.close()
    connection = sqlite3.connect(folder / "dump.db")
    lines = [line for line in connection.iterdump() if "sqlite_sequence" not in line]
    connection.close()
    made = next(line.strip() for line in _first_migration() if "CREATE VIRTUAL TABLE" in line)
    return "\n".join([*lines[:-1], made.strip('"') + ";", lines[-1]]) + "\n"


def _first_migration() -> list[str]:
    return (MIGRATIONS / "versions" / "20261122_first.py").read_text(encoding="utf-8").splitlines()


def postgres_dump() -> str:
    """Needs pg_dump."""
    name = "schema_dump"
    admin = open_store(POSTGRES)
    with admin.transaction() as tx:
        tx.execute(sa.text(f"DROP SCHEMA IF EXISTS {name} CASCADE"))
        tx.execute(sa.text(f"CREATE SCHEMA {name}"))
    url = f"{POSTGRES}?options=-csearch_path%3D{name}"
    schema.upgrade(url, MIGRATIONS)
    store = open_store(url)
    fill(store)
    store.close()
    said = subprocess.run(
        ["pg_dump", "--schema", name, "--no-owner", "--no-privileges", "--inserts", "--dbname", POSTGRES],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    with admin.transaction() as tx:
        tx.execute(sa.text(f"DROP SCHEMA {name} CASCADE"))
    admin.close()
    left_out = ("--", "SET ", "SELECT pg_catalog.set_config", "CREATE SCHEMA", "\\")
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(left_out)]
    return "\n".join(lines).replace(f"{name}.", "public.") + "\n"


if __name__ == "__main__":
    revision = schema.REVISIONS[-1]
    with tempfile.TemporaryDirectory() as made_in:
        (HERE / f"{revision}.sqlite.sql").write_text(sqlite_dump(Path(made_in)), encoding="utf-8")
    (HERE / f"{revision}.postgresql.sql").write_text(postgres_dump(), encoding="utf-8")
