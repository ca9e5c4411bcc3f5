"""A process that falls silent leaves nothing waiting; one that says it is there keeps what it has."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.model.source import Entry, Source
from pipeline.service.presence import PREFIX, Presence, sweep
from pipeline.service.wiring import Desk, desk
from pipeline.settings.load import load
from pipeline.storage import entries, leases, sources
from pipeline.storage.session import Store, Transaction

NOW = datetime.now(UTC)


@pytest.fixture
def at_desk(store: Store, tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "config").mkdir()
    with desk(load(tmp_path / "config", env={}), store=store) as built:
        with store.transaction() as tx:
            sources.sync(tx, [Source(id="a", url="https://a.example/feed")], now=NOW)
            entries.add(tx, [Entry(source="a", key="1", url="https://a.example/1")], now=NOW)
        yield built


def take(tx: Transaction, holder: str) -> int:
    claimed = entries.claim(tx, now=datetime.now(UTC), limit=5, per_host=5, lease=timedelta(minutes=10), holder=holder)
    return len(claimed)


def present(at_desk: Desk, holder: str) -> None:
    """One word of a worker."""
    presence = Presence(replace(at_desk, holder=holder))
    presence._say()


def test_who_is_there_keeps_its_work(at_desk: Desk) -> None:
    present(at_desk, "worker")
    assert at_desk.write_now(lambda tx: take(tx, "worker")) == 1
    assert sweep(at_desk) == ""
    assert at_desk.write_now(lambda tx: take(tx, "another")) == 0


def test_who_fell_silent_loses_it_at_once(at_desk: Desk) -> None:
    present(at_desk, "worker")
    at_desk.write_now(lambda tx: take(tx, "worker"))

    def run_out(tx: Transaction) -> None:
        past = leases.database_now(tx) - timedelta(minutes=1)
        assert leases.acquire(tx, PREFIX + "worker", "worker", length=timedelta(0), now=past)

    at_desk.write_now(run_out)
    assert sweep(at_desk) == "worker is gone, 1 rows freed"
    assert at_desk.write_now(lambda tx: take(tx, "another")) == 1
    assert sweep(at_desk) == "", "it is told once"


def test_who_sweeps_is_there_however_late_it_says_so(at_desk: Desk) -> None:
    at_desk.write_now(lambda tx: take(tx, at_desk.holder))

    def run_out(tx: Transaction) -> None:
        past = leases.database_now(tx) - timedelta(minutes=1)
        assert leases.acquire(tx, PREFIX + at_desk.holder, at_desk.holder, length=timedelta(0), now=past)

    at_desk.write_now(run_out)
    assert sweep(at_desk) == ""
    assert at_desk.write_now(lambda tx: take(tx, "another")) == 0


def test_who_ends_says_so(at_desk: Desk) -> None:
    stop = threading.Event()
    presence = Presence(at_desk)
    thread = threading.Thread(target=presence.keep, args=(stop,))
    thread.start()
    name = PREFIX + at_desk.holder
    while at_desk.read_now(lambda tx: leases.look(tx, name)) is None:
        pass
    stop.set()
    thread.join(10)
    assert at_desk.read_now(lambda tx: leases.look(tx, name)) is None
