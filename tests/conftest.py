"""What all tests share: a store on both databases, and a fence that lets nothing out of this machine."""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import socket
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from pipeline.storage import schema
from pipeline.storage.session import Store, open_store

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


@contextmanager
def postgres_schema() -> Iterator[str]:
    """The address of an empty schema that is gone afterwards."""
    need_postgres()
    name = f"t_{uuid.uuid4().hex[:16]}"
    admin = open_store(POSTGRES)
    with admin.transaction() as tx:
        tx.execute(sa.text(f"CREATE SCHEMA {name}"))
    joint = "&" if "?" in POSTGRES else "?"
    try:
        yield f"{POSTGRES}{joint}options=-csearch_path%3D{name}"
    finally:
        with admin.transaction() as tx:
            tx.execute(sa.text(f"DROP SCHEMA {name} CASCADE"))
        admin.close()


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


@pytest.fixture
def store(request: pytest.FixtureRequest, database_url: str, sqlite_template: Path) -> Iterator[Store]:
    """A store with the current schema, on each of the two databases in turn."""
    if database_url.startswith("sqlite:///"):
        shutil.copy(sqlite_template, database_url.removeprefix("sqlite:///"))
    opened = open_store(database_url)
    if opened.postgres:
        with opened.transaction() as tx:
            tx.connection.exec_driver_sql(request.getfixturevalue("postgres_statements"))
    yield opened
    opened.close()


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
