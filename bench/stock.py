"""Fills a store, on either database, with what a year of work leaves in it: rows only, nothing is analysed.

Kinds that retention lets go (entries, bands, near misses, deliveries) are there for as long as it keeps them.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, Protocol

import psycopg
import sqlalchemy as sa

from pipeline.articles import sketch
from pipeline.errors import StoreError
from pipeline.model.source import Source
from pipeline.model.watch import Claim, Watch
from pipeline.settings import shipped
from pipeline.storage import schema, search
from pipeline.storage import sources as source_rows
from pipeline.storage import tables as t
from pipeline.storage.columns import to_json
from pipeline.storage.retention import Retention
from pipeline.storage.session import Store, open_store

POSTGRES = os.environ.get("CLAIMWATCH_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
NOW = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
DAYS = 365
BYTES_EACH = 14_000  # of database an article, with what belongs to it, and room to sort
SOURCES = 300  # at most
EACH = 600  # articles a year and source, at least
PORTION = 5_000  # articles written at once
SENTENCES = 20_000  # from which texts are put together
LONG = 20  # sentences a text
VOCABULARY = 30_000
RELATIONS = ("repeats",) * 5 + ("mentions",) * 2 + ("changes",) * 2 + ("adds", "denies")
KEPT = {kind: getattr(Retention(), kind) for kind in ("entries", "copies", "near_misses", "deliveries")}
STORY = timedelta(days=7)  # a change that nobody reported for so long is a story of its own when it comes again
VALUES = {
    "stage": ("planned", "announced", "signed", "started", "completed"),
    "count": ("4", "12", "16", "24", "40", "60"),
    "money": ("3e8 USD", "1.2e9 USD", "1.6e9 USD", "4e9 USD", "2e9 EUR"),
    "date": ("2026", "2026-05", "2026-09-14", "2027", "2030-01"),
    "stance": ("supports", "opposes", "neutral"),
    "certainty": ("alleged", "reported", "confirmed", "denied"),
    "percent": ("12", "35", "70", "81.5"),
    "duration": ("P30Y", "P5Y", "P18M"),
    "ordinal": ("1", "2", "3"),
    "place": ("here", "there"),
}


def outlets(articles: int) -> tuple[Source, ...]:
    """Sources of many families in twelve countries, as many as have so many articles a year."""
    count = max(12, min(SOURCES, articles // EACH))
    countries = ("AZ", "TR", "PK", "US", "GB", "DE", "FR", "IN", "RU", "IR", "GE", "AM")
    return tuple(
        Source(
            id=f"o{n}",
            url=f"https://o{n}.example/feed.xml",
            name=f"Outlet {n}",
            lang="en",
            country=countries[n % len(countries)],
            family=f"family{n // 2}",
            tier=1 + n % 3,
        )
        for n in range(count)
    )


def stores(articles: int) -> Iterator[tuple[str, Store]]:
    """An empty store for so many articles on SQLite, then one on PostgreSQL where a server answers; gone afterwards.

    CLAIMWATCH_TEST_POSTGRES names the server, as for the tests. Raises RuntimeError when the disk is too small.
    """
    need = articles * BYTES_EACH
    with tempfile.TemporaryDirectory() as folder:
        free = shutil.disk_usage(folder).free
        if free < need:
            raise RuntimeError(f"{articles:,} articles need {need / 1e9:.1f} GB of free disk, not {free / 1e9:.1f}")
        with _store(f"sqlite:///{Path(folder) / 'stock.db'}") as store:
            yield "SQLite", store
    admin = open_store(POSTGRES)
    schema_name = f"bench_{uuid.uuid4().hex[:12]}"
    try:
        with admin.transaction() as tx:
            tx.execute(sa.text(f"CREATE SCHEMA {schema_name}"))
    except StoreError as error:
        print(f"PostgreSQL is left out: {error}")
        return
    try:
        with _store(f"{POSTGRES}{'&' if '?' in POSTGRES else '?'}options=-csearch_path%3D{schema_name}") as store:
            yield "PostgreSQL", store
    finally:
        with admin.transaction() as tx:
            tx.execute(sa.text(f"DROP SCHEMA {schema_name} CASCADE"))
        admin.close()


@contextmanager
def _store(url: str) -> Iterator[Store]:
    schema.upgrade(url, shipped.path("migrations"))
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


def fill(store: Store, watch: Watch, *, articles: int, findings: int, now: datetime = NOW) -> None:
    """Writes so many articles and findings over the year before `now`, oldest first; the store is empty before."""
    sources = outlets(articles)
    with store.transaction() as tx:
        source_rows.sync(tx, sources, now=now)
    with _opened(store) as into:
        writer = _Year(watch, sources, articles, findings, now)
        for portion in writer.portions():
            for table, rows in portion.rows.items():
                into.rows(table, rows)
            into.texts(portion.texts)
        for table, rows in writer.rest():
            into.rows(table, rows)
    _settle(store)


def _settle(store: Store) -> None:
    """Numbers go on after ours, and the planner knows the tables."""
    if not store.postgres:
        with store.transaction() as tx:
            tx.execute(sa.text("ANALYZE"))
        return
    with store.transaction() as tx:
        for table in t.metadata.sorted_tables:
            if "id" in table.c and isinstance(table.c.id.type, sa.BigInteger | sa.Integer):
                asked = sa.func.pg_get_serial_sequence(table.name, "id")
                tx.execute(sa.select(sa.func.setval(asked, sa.select(sa.func.max(table.c.id)).scalar_subquery())))
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))  # as autovacuum does beside the service


@dataclass
class _Portion:
    """Rows of some articles, by table, and what is indexed of them: (row of the index, time, text)."""

    rows: dict[sa.Table, list[dict[str, Any]]] = field(default_factory=dict)
    texts: list[tuple[int, datetime, search.Text]] = field(default_factory=list)

    def add(self, table: sa.Table, **values: Any) -> None:
        self.rows.setdefault(table, []).append(values)


@dataclass
class _Story:
    id: int
    first_at: datetime
    last_at: datetime
    alert: int


class _Year:
    """Articles one after the other, with everything that hangs on them."""

    def __init__(
        self, watch: Watch, sources: Sequence[Source], articles: int, findings: int, now: datetime, seed: int = 7
    ) -> None:
        self._watch, self._sources = watch, sources
        self._articles, self._findings, self._now = articles, findings, now
        self._chance = random.Random(seed)
        claims = [claim for claim in watch.claims if claim.slots]
        self._claims = claims
        self._weights = list(accumulate(1 / (rank + 1) ** 0.6 for rank in range(len(claims))))
        self._topics = [topic.id for topic in watch.topics]
        self._pool = list(_sentences(self._chance, min(SENTENCES, articles)))
        self._stories: dict[tuple[str, ...], _Story] = {}
        self._last = {"finding": 0, "change": 0, "story": 0, "member": 0, "alert": 0, "search": 0, "entry": 0}

    def _number(self, kind: str) -> int:
        self._last[kind] += 1
        return self._last[kind]

    def portions(self) -> Iterator[_Portion]:
        for first in range(1, self._articles + 1, PORTION):
            portion = _Portion()
            for n in range(first, min(first + PORTION, self._articles + 1)):
                self._article(portion, n)
            yield portion

    def _article(self, to: _Portion, n: int) -> None:
        chance, now = self._chance, self._now
        at = now - timedelta(days=DAYS * (self._articles - n) / self._articles)
        age = now - at
        source = self._sources[int(len(self._sources) * chance.random() ** 2)].id
        chosen = chance.choices(self._pool, k=LONG)
        title = chosen[0][0][:70]
        text = " ".join(sentence for sentence, _ in chosen)
        url = f"https://{source}.example/news/{n}"
        to.add(
            t.articles, id=n, url=url, source=source, host=f"{source}.example", title=title, lang="en", published=at,
            first_seen=at, last_seen=at, version_count=1,
        )  # fmt: skip
        to.add(t.addresses, url=url, article_id=n)
        to.add(t.article_sources, article_id=n, source=source, first_seen=at)
        group = n - n % 10 if n % 10 in (1, 2) and n > 10 else None
        if n % 10 == 0:
            to.add(t.copy_groups, id=n, lang="en", created_at=at)
        to.add(
            t.versions, id=n, article_id=n, number=1, current=True, title=title, text=text, digest=f"{n:064x}",
            sketch=chance.randbytes(504), recipe=sketch.RECIPE, lang="en", fetched_at=at, copy_group_id=group,
            analysed_with=self._watch.version, rules_hash=self._watch.rules_hash, analysed_at=at, published=at,
            origin="page",
        )  # fmt: skip
        if group is not None:
            to.add(t.copy_members, version_id=n, group_id=group, similarity=0.9, joined_at=at)
        if age < KEPT["entries"]:
            self._entries(to, n, source, url, at)
        if age < KEPT["copies"]:
            for _ in range(sketch.BANDS):
                to.add(t.copy_bands, recipe=sketch.RECIPE, band=chance.getrandbits(63), version_id=n)
        if age < KEPT["near_misses"] and n % 2:
            claim = chance.choice(self._claims).id
            to.add(t.near_misses, version_id=n, claim=claim, score=chance.random(), failed="subject", at=at)
        if n % 3 == 0:
            for topic in sorted({chance.choice(self._topics), chance.choice(self._topics)}):
                to.add(
                    t.topic_hits, version_id=n, topic=topic, score=1.0, spans=[], steps=[], at=at,
                    rules_hash=self._watch.rules_hash,
                )  # fmt: skip
        words = " ".join(folded for _, folded in chosen)
        self._search(to, "article", n, chosen[0][1][:70], words, at, source)
        if n * self._findings // self._articles > (n - 1) * self._findings // self._articles:
            self._finding(to, n, source, at, chosen[2][0], chosen[2][1])

    def _entries(self, to: _Portion, n: int, source: str, url: str, at: datetime) -> None:
        """The entry that brought it; every second time also one that came to nothing new."""
        came: list[tuple[str, str, int | None]] = [("done", "", n)]
        came += [("skipped", "known", n)] if n % 4 == 1 else [("skipped", "put-off", None)] if n % 4 == 2 else []
        for stage, reason, article in came:
            number = self._number("entry")
            to.add(
                t.entries, id=number, source=source, key=f"{url}#{stage}", url=url, host=f"{source}.example",
                title="An item of a feed", first_seen=at, last_seen=at, published=at, stage=stage, reason=reason,
                finished_at=at, article_id=article,
            )  # fmt: skip

    def _search(
        self, to: _Portion, kind: str, thing: int, head: str, words: str, at: datetime, source: str, **of: str
    ) -> None:
        number = self._number("search")
        more = {"claim": "", "topic": "", "relation": ""} | of
        to.add(t.search_rows, id=number, kind=kind, thing_id=thing, at=at, source=source, lang="en", **more)
        one = search.Text(kind=kind, thing_id=thing, head=head, text=words, source=source, lang="en", **more)
        to.texts.append((number, at, one))

    def _finding(self, to: _Portion, n: int, source: str, at: datetime, sentence: str, folded: str) -> None:
        chance = self._chance
        claim = chance.choices(self._claims, cum_weights=self._weights)[0]
        relation = chance.choice(RELATIONS)
        news = relation in ("changes", "adds", "denies")
        number = self._number("finding")
        slot = chance.choice(claim.slots)
        value = chance.choice(VALUES[slot.type]) if relation in ("changes", "adds") else ""
        span = {"field": "text", "start": 0, "end": len(sentence), "text": sentence}
        read = {"slot": slot.name, "type": slot.type, "old": slot.known, "new": value or "1", "evidence": span}
        verdict = self._verdict(at) if news else ""
        to.add(
            t.findings, id=number, version_id=n, article_id=n, claim=claim.id, topic=claim.topic, relation=relation,
            confidence=round(0.4 + 0.6 * chance.random(), 3), certainty="reported", attribution="the ministry",
            watch_version=self._watch.version, rules_hash=self._watch.rules_hash,
            compared_with={one.name: one.known for one in claim.slots}, evidence=[span], reads=[read],
            steps=[{"rule": "about", "detail": "both subjects in one sentence", "weight": 0.4, "span": None}] * 4,
            redline=[["=", "the known"], ["-", "statement"], ["+", sentence[:60]]], source=source, lang="en",
            published=at, found_at=at, importance=round(6 * chance.random(), 2), verdict=verdict,
            verdict_by="mira" if verdict else "", verdict_at=at + timedelta(hours=9) if verdict else None,
            verdict_note="not-about: it is another deal" if verdict == "dismissed" else "",
            superseded_at=at if chance.random() < 0.02 else None,
        )  # fmt: skip
        topic, how = claim.topic, relation
        self._search(to, "finding", number, folded, folded, at, source, claim=claim.id, topic=topic, relation=how)
        if news:
            self._news(to, number, n, claim, relation, slot.name if value else "", value, read, source, at)
        if verdict:
            to.add(
                t.audit, at=at + timedelta(hours=9), who="mira", action=_ACTIONS[verdict], thing_kind="finding",
                thing=str(number), after={"verdict": verdict, "findings": [number]},
            )  # fmt: skip

    def _verdict(self, at: datetime) -> str:
        """Most of the old ones are judged, of the last three days some."""
        judged = 0.97 if at < self._now - timedelta(days=3) else 0.4
        if self._chance.random() > judged:
            return ""
        return self._chance.choices(("confirmed", "accepted", "dismissed"), weights=(65, 15, 20))[0]

    def _news(
        self, to: _Portion, finding: int, version: int, claim: Claim, relation: str, slot: str, value: str,
        read: dict[str, Any], source: str, at: datetime,
    ) -> None:  # fmt: skip
        key = (claim.id, relation, slot, value)
        story = self._stories.get(key)
        if story is None or at - story.last_at > STORY:
            story = self._open(to, key, claim, finding, at)
        story.last_at = at
        where = {"source": source, "family": f"f-{source}", "agency": "", "lang": "en", "at": at}
        if value:
            to.add(
                t.finding_changes, id=self._number("change"), finding_id=finding, position=0, story_id=None,
                **read,
            )  # fmt: skip
        to.add(
            t.story_members, id=self._number("member"), story_id=story.id, finding_id=finding, version_id=version,
            slot=slot, value=value, why="same change", **where,
        )  # fmt: skip
        to.add(
            t.alert_publishers, alert_id=story.alert, finding_id=finding, name=source, country="AZ", tier=2,
            url=f"https://{source}.example/news/{version}", title="A headline", group="", published=at, state=None,
            **where,
        )  # fmt: skip

    def _open(self, to: _Portion, key: tuple[str, ...], claim: Claim, finding: int, at: datetime) -> _Story:
        names = dict(zip(("claim", "relation", "slot", "value"), key, strict=True))
        story = _Story(self._number("story"), at, at, self._number("alert"))
        self._stories[key] = story
        to.add(t.stories, id=story.id, first_at=at, last_at=at, **names)
        to.add(
            t.alerts, id=story.alert, claim=claim.id, topic=claim.topic, relation=key[1], severity="normal",
            headline=f"{claim.id}: {key[3]}", state="open", finding_id=finding, created_at=at, updated_at=at,
        )  # fmt: skip
        to.add(t.alert_keys, alert_id=story.alert, story_id=story.id, at=at, **names)
        to.add(
            t.alert_decisions, alert_id=story.alert, finding_id=finding, claim=claim.id, rule="news", action="send",
            reason="matches", severity="normal", channels=["desk"], at=at,
        )  # fmt: skip
        if self._now - at < KEPT["deliveries"]:
            to.add(
                t.outbox, kind="alert", thing_id=story.alert, channel="desk", claim=claim.id, keys=[names],
                payload={"text": "x" * 900}, state="sent", attempts=1, created_at=at, sent_at=at,
                message_id=f"<{story.alert}@x>",
            )  # fmt: skip
        return story

    def rest(self) -> Iterator[tuple[sa.Table, list[dict[str, Any]]]]:
        """What does not hang on an article: digests, the ledger, counts of every day."""
        day = timedelta(days=1)
        midnight = self._now.replace(hour=5, minute=0)
        starts = [midnight - day * (n + 1) for n in range(DAYS + 1)]
        yield (
            t.digests,
            [
                {"id": n + 1, "kind": "morning", "period_start": at, "period_end": at + day, "created_at": at + day}
                | {"record": {"key": f"morning-{at + day:%Y-%m-%d}"}, "sent_at": at + day}
                for n, at in enumerate(starts)
            ],
        )
        reported = int(self._last["finding"] * (1 - 2 / DAYS))  # the last day is not in a digest yet
        for first in range(1, reported, 20_000):
            yield (
                t.digest_findings,
                [
                    {"kind": "morning", "finding_id": n, "digest_id": 1}
                    for n in range(first, min(first + 20_000, reported))
                ],
            )
        yield (
            t.ledger,
            [
                {
                    "claim": c.id,
                    "slot": slot.name,
                    "value": VALUES[slot.type][n],
                    "learned_at": self._now - day * 90 * (3 - n),
                }
                | {"on_whose_word": "the ministry", "accepted_by": "mira"}
                for c in self._claims
                for slot in c.slots
                for n in range(2)
            ],
        )
        each = max(1, self._articles // DAYS // len(self._sources))
        for n in range(DAYS):
            on = (self._now - day * n).date()
            yield (
                t.tallies,
                [
                    {"day": on, "step": "entry", "reason": reason, "thing": source.id, "count": each}
                    for source in self._sources
                    for reason in ("done", "known", "put-off")
                ],
            )


_ACTIONS = {"confirmed": "confirm", "accepted": "accept", "dismissed": "dismiss"}


def _sentences(chance: random.Random, count: int) -> Iterator[tuple[str, str]]:
    """Made-up sentences of words as frequent as words are, and what is indexed of each."""
    parts = ("ka", "ro", "mi", "ten", "sal", "vor", "da", "lu", "ber", "ish", "no", "par", "quel", "ti", "ga", "zan")
    vocabulary = {"".join(chance.choices(parts, k=chance.randint(2, 5))) for _ in range(VOCABULARY)}
    listed = ["jets", "ministry", "contract", "corridor", *sorted(vocabulary - {""})]
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(listed))))
    for _ in range(count):
        words = chance.choices(listed, cum_weights=weights, k=chance.randint(9, 22))
        yield " ".join(words).capitalize() + ".", " ".join(words)


class _Into(Protocol):
    """Where rows go."""

    def rows(self, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
        """Rows of one table that name the same columns."""

    def texts(self, rows: Sequence[tuple[int, datetime, search.Text]]) -> None:
        """What is indexed of texts."""


@contextmanager
def _opened(store: Store) -> Iterator[_Into]:
    if not store.postgres:
        assert store.path is not None
        with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
            yield _Sqlite(connection, store.engine.dialect)
        return
    address = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        yield from _copying(connection)


def _copying(connection: psycopg.Connection[Any]) -> Iterator[_Into]:
    """Rows by COPY; the index over words is built at the end, as a restore would."""
    made = "CREATE INDEX search_words_words ON search_words USING gin (words)"
    for setting in ("session_replication_role = replica", "synchronous_commit = off", "maintenance_work_mem = '512MB'"):
        connection.execute(f"SET {setting}".encode())  # no check of keys, no waiting for the disk
    connection.execute("CREATE TEMPORARY TABLE coming (id bigint, words text, marks text)")
    connection.execute("DROP INDEX search_words_words")
    yield _Postgres(connection)
    connection.execute(made.encode())


class _Sqlite:
    def __init__(self, connection: sqlite3.Connection, dialect: sa.Dialect) -> None:
        self._connection, self._dialect = connection, dialect
        for setting in ("synchronous = OFF", "cache_size = -1000000", "foreign_keys = OFF", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {setting}")

    def rows(self, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
        columns = _named(rows)
        turned = [table.c[name].type.dialect_impl(self._dialect).bind_processor(self._dialect) for name in columns]
        said = f"INSERT INTO {table.name} ({_quoted(columns)}) VALUES ({', '.join('?' * len(columns))})"
        self._connection.execute("BEGIN")
        self._connection.executemany(
            said,
            (
                [turn(row.get(name)) if turn else row.get(name) for name, turn in zip(columns, turned, strict=True)]
                for row in rows
            ),
        )
        self._connection.execute("COMMIT")

    def texts(self, rows: Sequence[tuple[int, datetime, search.Text]]) -> None:
        said = (search.entry(number, at, one, postgres=False) for number, at, one in rows)
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT INTO search_words (rowid, words) VALUES (:id, :words)", said)
        self._connection.execute("COMMIT")


class _Postgres:
    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def rows(self, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
        columns = _named(rows)
        json = [isinstance(table.c[name].type, sa.JSON) for name in columns]
        said = f"COPY {table.name} ({_quoted(columns)}) FROM STDIN"
        with self._connection.cursor() as cursor, cursor.copy(said.encode()) as copy:
            for row in rows:
                values = [row.get(name) for name in columns]
                copy.write_row(
                    [
                        to_json(value) if plain and value is not None else value
                        for value, plain in zip(values, json, strict=True)
                    ]
                )

    def texts(self, rows: Sequence[tuple[int, datetime, search.Text]]) -> None:
        with self._connection.cursor() as cursor, cursor.copy("COPY coming (id, words, marks) FROM STDIN") as copy:
            for number, at, one in rows:
                copy.write_row(tuple(search.entry(number, at, one, postgres=True).values()))
        said = "SELECT id, to_tsvector('simple', words) || CAST(marks AS tsvector) FROM coming"
        self._connection.execute(f"INSERT INTO search_words {said}".encode())
        self._connection.execute("TRUNCATE coming")


def _named(rows: Sequence[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
