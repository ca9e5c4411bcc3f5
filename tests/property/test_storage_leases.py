"""Two holders never share a lease, whatever they do and whenever they wake up."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from examples import many
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import LeaseLost
from pipeline.storage import leases
from pipeline.storage.session import Fence, Store, open_store

START = datetime(2026, 3, 1, tzinfo=UTC)
LENGTH = timedelta(seconds=30)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["acquire", "renew", "give up", "write"]),
        st.integers(-40, 40),  # seconds that the clock moves before it, backwards too
    ),
    max_size=30,
)


def can_write(store: Store, fence: Fence) -> bool:
    try:
        with store.transaction(fence):
            return True
    except LeaseLost:
        return False


@given(steps=STEPS)
@settings(deadline=None, max_examples=many(40))
def test_one_holder_at_most_can_write(sqlite_template: Path, steps: list[tuple[str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(sqlite_template, Path(folder) / "x.db")
        store = open_store(f"sqlite:///{folder}/x.db")
        now = START
        fences: dict[str, Fence] = {}
        tokens: dict[int, str] = {}
        for holder, action, seconds in steps:
            now += timedelta(seconds=seconds)
            with store.transaction() as tx:
                if action == "acquire":
                    fence = leases.acquire(tx, "x", holder, length=LENGTH, now=now)
                    if fence is not None:
                        fences[holder] = fence
                        assert tokens.setdefault(fence.token, holder) == holder  # a number is never given to two
                elif action == "renew" and holder in fences:
                    leases.renew(tx, fences[holder], length=LENGTH, now=now)
                elif action == "give up" and holder in fences:
                    leases.give_up(tx, fences[holder])
            assert sum(can_write(store, fence) for fence in fences.values()) <= 1
        store.close()
