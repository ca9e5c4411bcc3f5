"""Who coordinates: one at a time, fenced, taken over when it does not renew."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import LeaseLost
from pipeline.service.clock import Clock
from pipeline.service.coordinator import Coordinator
from pipeline.service.wiring import Desk, desk
from pipeline.settings.load import load
from pipeline.storage import jobs, leases
from pipeline.storage.session import Store, Transaction


@dataclass(frozen=True)
class MovableClock(Clock):
    moved_s: list[float] = field(default_factory=lambda: [0.0])

    def elapsed_s(self) -> float:
        return super().elapsed_s() + self.moved_s[0]


@pytest.fixture
def two(store: Store, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """Two processes' desks on one database."""
    (tmp_path / "config").mkdir()
    with desk(load(tmp_path / "config", env={}), store=store, clock=MovableClock()) as first:
        yield first, replace(first, holder="second", fence=None)


def run_out(store: Store) -> None:
    """Let the lease run out, as time would."""
    with store.transaction() as tx:
        row = leases.look(tx, "coordinator")
        assert row is not None
        assert row.until is not None
        fence_at = leases.database_now(tx) - timedelta(seconds=1)
        from pipeline.storage.session import Fence

        fence = Fence(name="coordinator", holder=row.holder, token=row.token)
        assert leases.renew(tx, fence, length=timedelta(0), now=fence_at)


def test_one_coordinates_and_the_other_stands_by(two: tuple[Desk, Desk]) -> None:
    first, second = Coordinator(two[0]), Coordinator(two[1])
    assert first.step()
    assert not second.step()
    assert first.step()
    assert (first.active, second.active) == (True, False)
    assert two[0].fence is not None
    assert two[1].fence is None


def test_a_lease_that_is_given_up_is_had_at_once(two: tuple[Desk, Desk]) -> None:
    first, second = Coordinator(two[0]), Coordinator(two[1])
    first.step()
    first.give_up()
    assert not first.active
    assert second.step()


def test_a_lease_that_ran_out_passes_on_and_the_old_holder_can_write_no_more(two: tuple[Desk, Desk]) -> None:
    gained: list[str] = []
    first = Coordinator(two[0])
    second = Coordinator(two[1], gained=lambda _tx, before: gained.append(before))
    first.step()
    run_out(two[0].store)
    assert second.step()
    assert gained == [two[0].holder]
    with pytest.raises(LeaseLost):
        two[0].write_now(lambda tx: jobs.mark(tx, "late", 1, now=datetime.now().astimezone()))
    assert not first.step()
    assert not first.active
    with pytest.raises(LeaseLost):
        two[0].write_now(lambda tx: jobs.mark(tx, "later", 1, now=datetime.now().astimezone()))
    two[1].write_now(lambda tx: jobs.mark(tx, "mine", 1, now=datetime.now().astimezone()))


def test_what_is_done_on_gaining_is_done_in_the_same_transaction(two: tuple[Desk, Desk]) -> None:
    def refuse(_tx: Transaction, _before: str) -> None:
        raise RuntimeError("not now")

    with pytest.raises(RuntimeError, match="not now"):
        Coordinator(two[0], gained=refuse).step()
    assert Coordinator(two[1]).step()


def test_a_process_whose_renewal_is_overdue_does_not_trust_its_lease(two: tuple[Desk, Desk]) -> None:
    clock = two[0].clock
    assert isinstance(clock, MovableClock)
    first = Coordinator(two[0])
    first.step()
    clock.moved_s[0] = two[0].settings.lease.time.total_seconds() + 1
    assert not first.active
    assert first.step(), "nobody took it meanwhile"
    assert first.active


def test_the_lease_is_kept_until_a_stop(two: tuple[Desk, Desk]) -> None:
    taken, stop = threading.Event(), threading.Event()
    first = Coordinator(two[0])
    thread = threading.Thread(target=first.keep, args=(stop,), kwargs={"taken": taken.set})
    thread.start()
    assert taken.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert first.active
