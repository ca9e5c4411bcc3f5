"""A newsstand, and a plant on each of the two databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bridges import Newsstand, opened
from plant import Plant


@pytest.fixture
def stand() -> Iterator[Newsstand]:
    stand = Newsstand()
    server = opened(stand)
    yield stand
    server.shutdown()
    server.server_close()


@pytest.fixture
def plants(tmp_path: Path, stand: Newsstand) -> Iterator[Callable[..., Plant]]:
    """Makes plants, and ends their processes."""
    made: list[Plant] = []

    def make(url: str, **more: str) -> Plant:
        plant = Plant(folder=tmp_path / f"plant{len(made)}", url=url, base=stand.base, **more)  # type: ignore[arg-type]
        made.append(plant)
        return plant

    yield make
    for plant in made:
        plant.close()
