"""Opening the database, transactions, and turning a database's errors into ours.

Rules for every function of this room: it takes the transaction first; times are aware UTC; it raises `StoreError` for
what a user can cause (locked, full, unreachable) and lets a mistake of ours pass as it is; "already there" is an
answer, never an error. A transaction is all or nothing. On SQLite a writing transaction takes the write lock at its
start, so what it reads cannot change under it; on PostgreSQL rows are locked where that matters.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Engine, Row, make_url
from sqlalchemy.sql.base import Executable

from pipeline.errors import LeaseLost, StoreError
from pipeline.model.outcome import Reason
from pipeline.storage import tables as t
from pipeline.storage.columns import to_json

LONGEST_NAME = 63  # bytes of an application's name that PostgreSQL keeps
IDLE_MS = 20_000  # a process that is paused within a transaction loses it, and with it the locks that others wait for
BUSY_TIMEOUT = timedelta(seconds=30)  # a backup or a long write by another program is waited for this long


@dataclass(frozen=True, slots=True)
class Fence:
    """Proof of a lease: its name and the number that its holder was given."""

    name: str
    holder: str
    token: int


class Transaction:
    """One transaction. What queries need, and nothing that would let SQL leave this room by accident."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.postgres = connection.dialect.name == "postgresql"

    def execute(self, statement: Executable, values: Any = None) -> sa.CursorResult[Any]:
        """Runs a statement; `values` as for SQLAlchemy."""
        return self.connection.execute(statement, values)

    def all(self, statement: Executable, values: Any = None) -> Sequence[Row[Any]]:
        return self.connection.execute(statement, values).all()

    def first(self, statement: Executable, values: Any = None) -> Row[Any] | None:
        return self.connection.execute(statement, values).first()

    def scalar(self, statement: Executable, values: Any = None) -> Any:
        return self.connection.execute(statement, values).scalar()

    def count(self, statement: Executable, values: Any = None) -> int:
        """How many rows a change touched."""
        return self.connection.execute(statement, values).rowcount

    def insert(self, table: sa.Table, **values: Any) -> int:
        """Inserts one row into a numbered table and returns its number."""
        return int(self.connection.execute(_insert(table), values).scalar_one())

    def upsert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT of this database that knows ON CONFLICT."""
        return postgresql.insert(table) if self.postgres else sqlite.insert(table)

    def insert_new(self, table: sa.Table, values: Mapping[str, Any], *, returning: str = "") -> Any:
        """Inserts unless a constraint says it is there. Returns that column of the new row (else True), or None."""
        row = self.connection.execute(_insert_new(table, returning, self.postgres), values).first()
        if row is None:
            return None
        return row[0] if returning else True

    def insert_missing(self, table: sa.Table, rows: Sequence[Mapping[str, Any]], *returning: str) -> Sequence[Row[Any]]:
        """Inserts rows, leaving out those that are there; these columns of the new ones, in any order."""
        if not rows:
            return ()
        return self.connection.execute(_insert_missing(table, returning, self.postgres), list(rows)).all()

    def in_turn(self, name: str) -> None:
        """Waits until no other transaction holds that name, and holds it to the end of this one.

        What is looked for and, not found, made must be looked for in turn. SQLite holds its one write lock already.
        """
        if self.postgres:
            self.execute(_IN_TURN, {"name": name})

    def insert_many(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Inserts rows, leaving out those that are there."""
        if rows:
            self.connection.execute(_insert_many(table, self.postgres), list(rows))


_OWN_NAME = sa.func.concat(
    sa.func.current_schema(), ":", sa.bindparam("name", type_=sa.Text)
)  # such locks are the whole database's
_IN_TURN = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(_OWN_NAME, 0)))


@cache
def _insert(table: sa.Table) -> Executable:
    """Built once a table: putting a statement together takes longer than running it."""
    return sa.insert(table).returning(table.c.id)


@cache
def _insert_new(table: sa.Table, returning: str, postgres: bool) -> Executable:
    added = postgresql.insert(table) if postgres else sqlite.insert(table)
    column = table.c[returning] if returning else next(iter(table.primary_key))
    return added.on_conflict_do_nothing().returning(column)


@cache
def _insert_missing(table: sa.Table, returning: tuple[str, ...], postgres: bool) -> Executable:
    added = postgresql.insert(table) if postgres else sqlite.insert(table)
    return added.on_conflict_do_nothing().returning(*(table.c[name] for name in returning))


@cache
def _insert_many(table: sa.Table, postgres: bool) -> Executable:
    return (postgresql.insert(table) if postgres else sqlite.insert(table)).on_conflict_do_nothing()


class Store:
    """A database. Safe to share between threads; not between processes (each opens its own)."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.postgres = engine.dialect.name == "postgresql"
        self._writer = engine.execution_options(claimwatch_writes=True)
        self._reader = engine.execution_options(
            **({"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if self.postgres else {})
        )

    @property
    def url(self) -> str:
        """The address, its password masked."""
        return self.engine.url.render_as_string(hide_password=True)

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database."""
        database = self.engine.url.database
        return Path(database) if not self.postgres and database else None

    @contextmanager
    def transaction(self, fence: Fence | None = None) -> Iterator[Transaction]:
        """A writing transaction, committed at the end of the block and rolled back by any exception.

        With a fence nothing is written once somebody else holds that lease.
        Raises StoreError (locked, full, unreachable) and LeaseLost.
        """
        with translated(self.url), self._writer.begin() as connection:
            tx = Transaction(connection)
            if fence is not None:
                _hold(tx, fence)
            yield tx

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A reading transaction: one moment's view of everything. Raises StoreError."""
        with translated(self.url), self._reader.begin() as connection:
            yield Transaction(connection)

    def end_sessions(self, name: str) -> int:
        """Ends the sessions that others opened under that name; how many. None on SQLite, which has no sessions.

        For a process that was paused in the middle: what it holds locked would keep everybody waiting.
        """
        if not self.postgres:
            return 0
        ended = sa.text(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = :name "
            "AND usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        with translated(self.url), self._reader.begin() as connection:
            return int(connection.execute(ended, {"name": name[-LONGEST_NAME:]}).scalar_one())

    def close(self) -> None:
        self.engine.dispose()


# FOR KEY SHARE: a successor (FOR UPDATE) waits until this transaction ends, our own renewals go on meanwhile;
# SQLite holds its one write lock already
_HELD = (
    sa.select(t.leases.c.holder, t.leases.c.token)
    .where(t.leases.c.name == sa.bindparam("name"))
    .with_for_update(read=True, key_share=True)
)


def _hold(tx: Transaction, fence: Fence) -> None:
    """Makes sure that the lease is the caller's until the end of the transaction."""
    row = tx.first(_HELD, {"name": fence.name})
    if row is None or (row.holder, row.token) != (fence.holder, fence.token):
        raise LeaseLost(
            "somebody else coordinates now, nothing was written",
            thing=fence.name,
            hint="this process stops writing; the new holder goes on",
            reason=Reason.LEASE_LOST,
        )


def open_store(
    url: str, *, pool_size: int = 5, busy_timeout: timedelta = BUSY_TIMEOUT, name: str = "claimwatch"
) -> Store:
    """Opens a database by its address: `sqlite:///FILE` or `postgresql://USER@HOST/NAME`.

    An SQLite file is made when it is missing, its folder too. Nothing is asked of a server yet; `name` is what it
    shows of our connections.
    Raises StoreError for an address of another kind and for a driver that is not installed.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        engine = _open_sqlite(address, pool_size, busy_timeout)
    else:
        engine = _open_postgres(address, pool_size, name)
    return Store(engine)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except (exc.ArgumentError, ValueError) as error:
        raise StoreError(
            "is no database address", thing=repr(url), hint="sqlite:///claimwatch.db or postgresql://user@host/name"
        ) from error
    backend = address.get_backend_name()
    if backend == "postgresql" or address.drivername == "postgres":
        return address.set(drivername="postgresql+psycopg")
    if backend == "sqlite":
        return address.set(drivername="sqlite")
    raise StoreError(
        f"{backend} is not supported",
        thing=address.render_as_string(hide_password=True),
        hint="use SQLite or PostgreSQL",
    )


def _open_sqlite(address: URL, pool_size: int, busy_timeout: timedelta) -> Engine:
    memory = address.database in (None, "", ":memory:")
    if not memory:
        path = Path(str(address.database))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"its folder cannot be made: {error.strerror}", thing=str(path)) from error
    pool: dict[str, Any] = {"poolclass": sa.pool.StaticPool} if memory else {"pool_size": pool_size, "max_overflow": 20}
    engine = sa.create_engine(
        address,
        json_serializer=to_json,
        connect_args={"timeout": busy_timeout.total_seconds(), "check_same_thread": False},
        **pool,
    )

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(
            "PRAGMA synchronous=NORMAL"
        )  # in WAL a power cut may lose the last commits, never break the file
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.execute("PRAGMA cache_size=-8192")  # 8 MiB a connection: what the system keeps of the file is shared
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("claimwatch_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _open_postgres(address: URL, pool_size: int, name: str) -> Engine:
    asked = [str(address.query["options"])] if "options" in address.query else []
    try:
        return sa.create_engine(
            address,
            json_serializer=to_json,
            pool_size=pool_size,
            max_overflow=20,
            pool_pre_ping=True,  # a server that was restarted is noticed here, not in the middle of work
            connect_args={
                "connect_timeout": 10,
                "application_name": name[-LONGEST_NAME:],
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 3,
                "options": " ".join((*asked, f"-c idle_in_transaction_session_timeout={IDLE_MS}")),
            },
        )
    except ModuleNotFoundError as error:
        raise StoreError(
            "PostgreSQL needs the driver psycopg, which is not installed",
            thing=address.render_as_string(hide_password=True),
            hint="pip install 'claimwatch[postgres]'",
        ) from error


# SQLSTATE codes and classes of PostgreSQL: 53 short of resources, 55P03 and 40 locks, 08, 28, 3D and 57P connection
_STATES = (
    ("53100", Reason.DISK_FULL),
    ("55P03", Reason.DATABASE_LOCKED),
    ("40", Reason.DATABASE_LOCKED),
    ("53300", Reason.DATABASE_UNREACHABLE),
    ("08", Reason.DATABASE_UNREACHABLE),
    ("57P", Reason.DATABASE_UNREACHABLE),
    ("28", Reason.DATABASE_UNREACHABLE),
    ("3D", Reason.DATABASE_UNREACHABLE),
    ("25006", Reason.DATABASE_UNREACHABLE),
    ("42P01", Reason.OLD_SCHEMA),
    ("42703", Reason.OLD_SCHEMA),
)
_SQLITE = (
    ("database or disk is full", Reason.DISK_FULL),
    ("disk I/O error", Reason.DISK_FULL),  # what SQLite says when a file may not grow
    ("is locked", Reason.DATABASE_LOCKED),
    ("unable to open", Reason.DATABASE_UNREACHABLE),
    ("readonly database", Reason.DATABASE_UNREACHABLE),
    ("not a database", Reason.DATABASE_UNREACHABLE),
    ("malformed", Reason.DATABASE_UNREACHABLE),
    ("no such table", Reason.OLD_SCHEMA),
    ("no such column", Reason.OLD_SCHEMA),
)
_SAY = {
    Reason.DISK_FULL: (
        "the disk is full, nothing was written",
        "free space or move the database; work goes on by itself then",
    ),
    Reason.DATABASE_LOCKED: (
        "the database is locked by another program",
        "it is tried again; look for a backup or an open editor",
    ),
    Reason.DATABASE_UNREACHABLE: (
        "the database cannot be reached",
        "is the server running, the address right, the file readable?",
    ),
    Reason.OLD_SCHEMA: ("the database has another schema than the program", "run: claimwatch db upgrade"),
}


@contextmanager
def translated(thing: str) -> Iterator[None]:
    """Errors that a user can cause become StoreError with a reason; mistakes of ours pass through."""
    try:
        yield
    except exc.TimeoutError as error:
        raise StoreError("no connection became free", thing=thing, reason=Reason.DATABASE_LOCKED) from error
    except exc.DBAPIError as error:
        reason = reason_of(error)
        if reason is None:
            raise
        said, hint = _SAY[reason]
        raise StoreError(f"{said}: {str(error.orig).strip()}", thing=thing, hint=hint, reason=reason) from error


def reason_of(error: exc.DBAPIError) -> Reason | None:
    """Why the database refused, or None when the fault is in a statement of ours."""
    if isinstance(error, exc.IntegrityError | exc.ProgrammingError) and not getattr(error.orig, "sqlstate", ""):
        return None
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return next((reason for code, reason in _STATES if state.startswith(code)), None)
    said = str(error.orig)
    known = next((reason for words, reason in _SQLITE if words in said), None)
    if known is None and (error.connection_invalidated or "psycopg" in type(error.orig).__module__):
        return Reason.DATABASE_UNREACHABLE
    return known
