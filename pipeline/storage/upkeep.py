"""Backup, restore and the state of the database: what an operator asks of it."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from pipeline.errors import StoreError
from pipeline.model.outcome import Reason
from pipeline.model.progress import Told, untold
from pipeline.storage import schema, search
from pipeline.storage import tables as t
from pipeline.storage.columns import Moment, Span, to_json
from pipeline.storage.session import Store, Transaction, open_store

FORMAT = "claimwatch-archive-1"
_CHUNK = 500  # rows an insert


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseStatus:
    """Sizes, ages and queue depths."""

    url: str
    revision: str
    bytes_used: int
    rows: dict[str, int]
    oldest_article: datetime | None
    newest_article: datetime | None
    oldest_waiting: datetime | None  # entry not yet worked on
    entries: dict[str, int]  # stage -> how many
    outbox: dict[str, int]  # state -> how many


def status(store: Store) -> DatabaseStatus:
    """The state of the database. Counting reads every table once. Raises SchemaError for another schema."""
    schema.check(store)
    with store.read() as tx:
        e, o, a = t.entries.c, t.outbox.c, t.articles.c
        return DatabaseStatus(
            url=store.url,
            revision=schema.REVISIONS[-1],
            bytes_used=_size(tx),
            rows={name: _rows(tx, table) for name, table in sorted(t.metadata.tables.items())},
            oldest_article=tx.scalar(sa.select(sa.func.min(a.first_seen))),
            newest_article=tx.scalar(sa.select(sa.func.max(a.first_seen))),
            oldest_waiting=tx.scalar(sa.select(sa.func.min(e.first_seen)).where(e.stage.in_(("new", "fetch")))),
            entries=_by(tx, e.stage),
            outbox=_by(tx, o.state),
        )


def _rows(tx: Transaction, table: sa.Table) -> int:
    return int(tx.scalar(sa.select(sa.func.count()).select_from(table)))


def _by(tx: Transaction, column: sa.ColumnElement[str]) -> dict[str, int]:
    query = sa.select(column.label("what"), sa.func.count().label("n")).group_by(column)
    return {row.what: row.n for row in tx.all(query)}


def _size(tx: Transaction) -> int:
    if tx.postgres:
        names = [*t.metadata.tables, "search_words"]
        sizes = [sa.func.pg_total_relation_size(sa.cast(name, sa.dialects.postgresql.REGCLASS)) for name in names]
        return int(sum(tx.first(sa.select(*sizes)) or ()))
    pages = tx.scalar(sa.text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"))
    return int(pages)


def backup(store: Store, to: Path, *, told: Told = untold) -> int:
    """Writes a backup while everything goes on; its size in bytes.

    SQLite becomes an SQLite file, unless the name ends in `.jsonl.gz`; PostgreSQL always becomes such an archive, which
    either kind of database can be restored from. The file appears under its name only when it is whole.
    `told` hears how much is done: pages of an SQLite file, rows of an archive, which are counted before.
    Raises StoreError, also when the file cannot be written.
    """
    schema.check(store)
    if store.postgres and not to.name.endswith(".jsonl.gz"):
        raise StoreError(
            "a backup of PostgreSQL is an archive", thing=str(to), hint="give it a name ending in .jsonl.gz"
        )
    part = to.with_name(to.name + ".part")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        if to.name.endswith(".jsonl.gz"):
            _write_archive(store, part, told)
        else:
            _copy_sqlite(store, part, told)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(to)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        full = "full" in str(error) or getattr(error, "errno", None) == 28
        reason = Reason.DISK_FULL if full else Reason.UNEXPECTED
        raise StoreError(f"the backup cannot be written: {error}", thing=str(to), reason=reason) from error
    return to.stat().st_size


def _copy_sqlite(store: Store, to: Path, told: Told) -> None:
    assert store.path is not None
    with closing(sqlite3.connect(store.path)) as source, closing(sqlite3.connect(to)) as copy:
        # In steps, so that writers get their turn.
        source.backup(copy, pages=2000, progress=_pages(told))
        fault = copy.execute("PRAGMA quick_check").fetchone()[0]
        if fault != "ok":
            raise sqlite3.DatabaseError(f"the copy is not whole: {fault}")


def _pages(told: Told) -> Callable[[int, int, int], None]:
    """How SQLite itself tells: what is left, of how much."""
    return lambda _status, left, of: told(of - left, of)


def _write_archive(store: Store, to: Path, told: Told) -> None:
    with store.read() as tx, gzip.open(to, "wt", encoding="utf-8", compresslevel=6) as out:
        out.write(to_json({"format": FORMAT, "revision": schema.REVISIONS[-1]}) + "\n")
        of = sum(_rows(tx, table) for table in _archived()) if told is not untold else 0
        done = 0
        for table in _archived():
            result = tx.connection.execution_options(stream_results=True, yield_per=_CHUNK).execute(_in_order(table))
            for row in result:
                out.write(to_json([table.name, {key: _plain(value) for key, value in row._mapping.items()}]) + "\n")
                done += 1
                if done % _CHUNK == 0:
                    told(done, max(of, done))
        told(done, done)
        out.write(to_json({"end": True}) + "\n")


def _archived() -> list[sa.Table]:
    """Every table but the search index, which a restore makes afresh: databases keep its words in their own ways."""
    return [table for table in t.metadata.sorted_tables if table is not t.search_rows]


def _in_order(table: sa.Table) -> sa.Select[Any]:
    return sa.select(table).order_by(*table.primary_key)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    return value.isoformat() if isinstance(value, datetime | date) else value


def restore(source: Path, url: str, migrations: Path, *, told: Told = untold) -> None:
    """Fills a database that is empty or not there from a backup, and brings it to the program's schema.

    `told` hears how much is done: bytes of an archive, pages of an SQLite file.
    Raises StoreError when the database holds something already, or the file is no backup.
    """
    if not source.is_file():
        raise StoreError("there is no such file", thing=str(source))
    if source.name.endswith(".jsonl.gz"):
        _restore_archive(source, url, migrations, told)
    else:
        _restore_sqlite(source, url, told)
        schema.upgrade(url, migrations)


def _restore_sqlite(source: Path, url: str, told: Told) -> None:
    store = open_store(url)
    try:
        if store.path is None:
            hint = "make the backup with a name ending in .jsonl.gz"
            raise StoreError("an SQLite file does not go into PostgreSQL", thing=str(source), hint=hint)
        _refuse_unless_empty(store)
    finally:
        store.close()
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as backup_file:
            backup_file.execute("SELECT version_num FROM alembic_version").fetchone()
            with closing(sqlite3.connect(store.path)) as target:
                backup_file.backup(target, pages=2000, progress=_pages(told))
    except sqlite3.Error as error:
        raise StoreError(f"is no backup of ours: {error}", thing=str(source)) from error


def _refuse_unless_empty(store: Store) -> None:
    if schema.revision(store):
        raise StoreError(
            "holds a database already, nothing was changed",
            thing=store.url,
            hint="restore into an empty one, or move it",
        )


def _restore_archive(source: Path, url: str, migrations: Path, told: Told) -> None:
    store = open_store(url)
    try:
        _refuse_unless_empty(store)
        try:
            with source.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
                size = source.stat().st_size
                head = json.loads(lines.readline())
                if not isinstance(head, dict) or head.get("format") != FORMAT:
                    raise StoreError("is no backup of ours", thing=str(source))
                schema.upgrade(url, migrations, to=str(head["revision"]))
                with store.transaction() as tx:
                    _read_archive(tx, lines, source, lambda: told(packed.tell(), size))
        except (OSError, EOFError, ValueError, KeyError) as error:
            raise StoreError(f"is not whole: {error}", thing=str(source), hint="take another backup") from error
        schema.upgrade(url, migrations)
        search.rebuild(store)  # once the tables are those that the program knows: an archive may be older
    finally:
        store.close()


def _read_archive(tx: Transaction, lines: IO[str], source: Path, stored: Callable[[], None]) -> None:
    waiting: list[dict[str, Any]] = []
    current = ""
    ended = False
    later: list[dict[str, Any]] = []  # SQLite checks a reference at once: a row may point to one after it
    for line in lines:
        item = json.loads(line)
        if isinstance(item, dict):
            ended = bool(item.get("end"))
            break
        name, row = item
        if name != current or len(waiting) >= _CHUNK:
            _insert(tx, current, waiting, later)
            waiting, current = [], name
            stored()
        waiting.append(row)
    _insert(tx, current, waiting, later)
    stored()
    if not ended:
        raise StoreError("is not whole: its end is missing", thing=str(source), hint="take another backup")
    for change in later:
        table = t.metadata.tables[change["table"]]
        tx.execute(sa.update(table).where(table.c.id == change["id"]).values(**{change["column"]: change["value"]}))
    if tx.postgres:
        _set_sequences(tx)


def _insert(tx: Transaction, name: str, rows: list[dict[str, Any]], later: list[dict[str, Any]]) -> None:
    if not rows:
        return
    table = t.metadata.tables[name]
    own = [column.name for column in table.c if any(key.column.table is table for key in column.foreign_keys)]
    ready = []
    for row in rows:
        values = {key: _read(table.c[key], value) for key, value in row.items()}
        for column in own:
            if values.get(column) is not None:
                later.append({"table": name, "id": values["id"], "column": column, "value": values[column]})
                values[column] = None
        ready.append(values)
    tx.execute(sa.insert(table), ready)


def _read(column: sa.Column[Any], value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"bytes"}:
        return bytes.fromhex(value["bytes"])
    if value is not None and isinstance(column.type, Moment):
        return datetime.fromisoformat(value)
    if value is not None and isinstance(column.type, sa.Date):
        return date.fromisoformat(value)
    if value is not None and isinstance(column.type, Span):
        return timedelta(seconds=value)
    return value


def _set_sequences(tx: Transaction) -> None:
    for table in t.metadata.sorted_tables:
        if "id" in table.c and table.c.id.autoincrement is not False and not isinstance(table.c.id.type, sa.Text):
            sequence = tx.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, "id")))
            if sequence:
                last = tx.scalar(sa.select(sa.func.max(table.c.id)))
                tx.execute(sa.select(sa.func.setval(sequence, last or 1, last is not None)))
