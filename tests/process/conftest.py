"""A newsstand, and a plant on each of the two databases."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bridges import Newsstand, opened
from plant import Plant


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones run when they are asked for: each takes a minute on a machine that does other things too."""
    for item in items:
        item.add_marker(pytest.mark.timeout(300))
    if os.environ.get("CLAIMWATCH_LONG"):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="long: set CLAIMWATCH_LONG=1"))


@pytest.fixture
def stand() -> Iterator[Newsstand]:
    stand = Newsstand()
    with opened(stand):
        yield stand


@pytest.fixture
def plants(tmp_path: Path, stand: Newsstand) -> Iterator[Callable[..., Plant]]:
    """Makes plants, and ends their processes."""
    made: list[Plant] = []

    def make(url: str, **more: Any) -> Plant:
        plant = Plant(folder=tmp_path / f"plant{len(made)}", url=url, base=stand.base, **more)
        made.append(plant)
        return plant

    yield make
    for plant in made:
        plant.close()
