"""Work in hand: one piece that takes long holds up no other, neither those that wait nor those that come."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from pipeline.service.drain import drain


def test_what_comes_while_a_slow_piece_is_in_hand_is_taken() -> None:
    handled: list[str] = []

    async def run() -> int:
        came = asyncio.Event()
        queue = [["slow"], [], [], ["new"]]

        async def claim(_room: int) -> Sequence[str]:
            return queue.pop(0) if queue else []

        async def handle(piece: str) -> None:
            if piece == "slow":
                await came.wait()
            came.set()
            handled.append(piece)

        return await drain(claim, handle, width=4)

    assert asyncio.run(run()) == 2
    assert handled == ["new", "slow"]


def test_no_more_than_the_width_is_in_hand() -> None:
    most = 0

    async def run() -> int:
        left = list(range(50))
        busy = 0

        async def claim(room: int) -> Sequence[int]:
            taken, left[:] = left[:room], left[room:]
            return taken

        async def handle(_piece: int) -> None:
            nonlocal busy, most
            busy += 1
            most = max(most, busy)
            await asyncio.sleep(0)
            busy -= 1

        return await drain(claim, handle, width=8)

    assert asyncio.run(run()) == 50
    assert most == 8


def test_an_error_is_raised_once_the_others_are_done() -> None:
    done: list[int] = []

    async def run() -> None:
        queue = [[1, 2, 3]]

        async def claim(_room: int) -> Sequence[int]:
            return queue.pop() if queue else []

        async def handle(piece: int) -> None:
            if piece == 1:
                raise ValueError("one")
            await asyncio.sleep(0)
            done.append(piece)

        await drain(claim, handle, width=8)

    with pytest.raises(ValueError, match="one"):
        asyncio.run(run())
    assert done == [2, 3]
