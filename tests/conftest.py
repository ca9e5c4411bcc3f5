"""What all tests share: a store on both databases, and a fence that lets nothing out of this machine."""

from __future__ import annotations

import gc
import ipaddress
import os
import re
import shutil
import socket
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import examples
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from pipeline.storage import schema
from pipeline.storage.session import Store, Transaction, open_store
from pipeline.storage.tables.declare import metadata

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = ROOT / "migrations"
POSTGRES = os.environ.get("CLAIMWATCH_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")


class Fenced(RuntimeError):
    """A test reached for an address beyond this machine."""


def _loopback(host: object) -> bool:
    if not isinstance(host, str):
        return host is None
    try:
        address = ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return host in ("", "localhost") or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def _fence(event: str, args: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = args[1]
        if isinstance(address, tuple) and not _loopback(address[0]):
            raise Fenced(f"a test may not connect to {address[0]}: only loopback is open")
    elif event == "socket.getaddrinfo":
        host = args[0].decode() if isinstance(args[0], bytes) else args[0]
        if isinstance(host, str) and not _loopback(host) and not _literal(host):
            raise socket.gaierror(socket.EAI_NONAME, f"{host} is not looked up: tests have no network")


def _literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return False
    return True


sys.addaudithook(_fence)
examples.register()


ENOUGH = 4 << 30  # bytes that a folder in memory must have free: an installed environment is half a gigabyte


def pytest_configure() -> None:
    """Temporary files stand in memory where they can: no test is about a disk that loses power, and syncing waits."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or not os.access(memory, os.W_OK) or "TMPDIR" in os.environ:
        return
    about = os.statvfs(memory)
    if about.f_bavail * about.f_frsize > ENOUGH and not about.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = str(memory)
        tempfile.tempdir = None  # what was found before


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest is begun first, whatever the order of the rest, so that no worker waits for it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("first") is None)


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking through it for garbage again and again took a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@cache
def postgres_fault() -> str:
    """Why tests on PostgreSQL cannot run, "" when they can."""
    store = open_store(POSTGRES)
    try:
        with store.read() as tx:
            tx.execute(sa.text("SELECT 1"))
    except Exception as error:  # noqa: BLE001  any fault is a reason to skip, and is said
        return f"no PostgreSQL server answers at {store.url} ({type(error).__name__}); set CLAIMWATCH_TEST_POSTGRES"
    finally:
        store.close()
    return ""


def need_postgres() -> None:
    """Skips the test without a server; fails it where one is required."""
    fault = postgres_fault()
    if fault and os.environ.get("CLAIMWATCH_REQUIRE_POSTGRES") == "1":
        pytest.fail(fault)
    if fault:
        pytest.skip(fault)


def _within(name: str) -> str:
    """The address of a schema. No commit waits for the disk: no test is about a server that loses power."""
    joint = "&" if "?" in POSTGRES else "?"
    return f"{POSTGRES}{joint}options=-csearch_path%3D{name}%20-csynchronous_commit%3Doff"


def _name() -> str:
    return f"t_{uuid.uuid4().hex[:16]}"


@cache
def _admin() -> Store:
    """One connection a worker that makes schemas and takes them away."""
    return open_store(_within("public"))


def _drop(name: str) -> None:
    with _admin().transaction() as tx:
        tx.execute(sa.text(f"DROP SCHEMA {name} CASCADE"))


@contextmanager
def postgres_schema() -> Iterator[str]:
    """The address of an empty schema that is gone afterwards."""
    need_postgres()
    name = _name()
    with _admin().transaction() as tx:
        tx.execute(sa.text(f"CREATE SCHEMA {name}"))
    try:
        yield _within(name)
    finally:
        _drop(name)


# Tables with rows of their own, those first that refer to others; `search_words` is PostgreSQL's full-text index.
FILLED = ("search_words", *(table.name for table in reversed(metadata.sorted_tables)))


class Schemas:
    """Schemas with all tables, for one test at a time: emptied after it, since making thirty tables takes longer."""

    FEW = 2_000  # rows; what held more is not used again: empty pages would slow down what follows

    def __init__(self, statements: str) -> None:
        self._statements = statements
        self._free: list[str] = []
        self._made: dict[str, list[str]] = {}

    def take(self) -> str:
        """The name of one with current tables and nothing in them."""
        if self._free:
            return self._free.pop()
        name = _name()
        with _admin().transaction() as tx:
            run = tx.connection.exec_driver_sql
            run(f"CREATE SCHEMA {name}; SET LOCAL search_path = {name}; {self._statements}")
            self._made[name] = self._shape(tx, name)
        return name

    def give_back(self, name: str) -> None:
        """Empties it, and counts from 1 again; one that holds much, or is not as it was made, is dropped."""
        with _admin().transaction() as tx:
            run = tx.connection.exec_driver_sql
            kept = self._shape(tx, name) == self._made[name]
            if kept:
                run(f"SET LOCAL search_path = {name}")
                kept = sum(run(f"DELETE FROM {table}").rowcount for table in FILLED) < self.FEW
                run(f"SELECT setval(c.oid, 1, false) FROM pg_class c WHERE {self._of(name)} AND c.relkind = 'S'")
        if kept:
            self._free.append(name)
        else:
            self._forget(name)

    def close(self) -> None:
        for name in tuple(self._made):
            self._forget(name)

    def _forget(self, name: str) -> None:
        del self._made[name]
        _drop(name)

    def _shape(self, tx: Transaction, name: str) -> list[str]:
        """Every column of every table and index."""
        columns = (
            f"SELECT c.relname || ' ' || a.attname || ' ' || a.atttypid || ' ' || a.attnotnull FROM pg_class c "
            f"JOIN pg_attribute a ON a.attrelid = c.oid WHERE {self._of(name)} AND a.attnum > 0 ORDER BY 1"
        )
        return [row[0] for row in tx.all(sa.text(columns))]

    @staticmethod
    def _of(name: str) -> str:
        return f"c.relnamespace = '{name}'::regnamespace"


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The address of an empty PostgreSQL schema of this test's own."""
    with postgres_schema() as url:
        yield url


@pytest.fixture
def second_postgres_url() -> Iterator[str]:
    """Another one, for tests that move data."""
    with postgres_schema() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of an SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'claimwatch.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of this test's own, on each of the two in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> Store:
    """A store with the current schema and nothing in it, on each of the two databases in turn."""
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found


@pytest.fixture
def postgres_store(schemas: Schemas) -> Iterator[Store]:
    """A store with the current schema on PostgreSQL, in a schema that no other test uses meanwhile."""
    name = schemas.take()
    opened = open_store(_within(name))
    yield opened
    opened.close()
    schemas.give_back(name)


@pytest.fixture(scope="session")
def schemas(postgres_statements: str) -> Iterator[Schemas]:
    found = Schemas(postgres_statements)
    yield found
    found.close()


@pytest.fixture(scope="session")
def postgres_statements() -> str:
    """What the migrations run on an empty PostgreSQL schema, to be run in one go: half the time of running them."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, values: object, *_more: object) -> None:
        if statement.split()[0] in ("CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE"):
            said.append(re.sub(r"%\(\w+\)s", f"'{schema.REVISIONS[-1]}'", statement) if values else statement)

    with postgres_schema() as url:
        sa.event.listen(Engine, "before_cursor_execute", note)
        try:
            schema.upgrade(url, MIGRATIONS)
        finally:
            sa.event.remove(Engine, "before_cursor_execute", note)
    return ";\n".join(said)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the current schema and nothing in it, to be copied: migrations are run once a session."""
    path = tmp_path_factory.mktemp("template") / "claimwatch.db"
    schema.upgrade(f"sqlite:///{path}", MIGRATIONS)
    return path


@pytest.fixture
def sqlite_store(sqlite_url: str, sqlite_template: Path) -> Iterator[Store]:
    """A store with the current schema on SQLite alone, for tests in which the database does not matter."""
    shutil.copy(sqlite_template, sqlite_url.removeprefix("sqlite:///"))
    opened = open_store(sqlite_url)
    yield opened
    opened.close()
