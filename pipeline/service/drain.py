"""Taking work from a queue so that one slow piece holds up no other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


async def drain(
    claim: Callable[[int], Awaitable[Sequence[T]]],
    handle: Callable[[T], Coroutine[Any, Any, None]],
    *,
    width: int,
    stop: asyncio.Event | None = None,
    limit: int | None = None,
) -> int:
    """Claim and handle until nothing is left or a stop is asked; how many were handled.

    At most `width` are in hand at once. More is claimed as soon as half of them are done, so a piece that takes long
    keeps its own place only. An error of `handle` ends the draining once the others in hand are done, and is raised.
    """
    running: set[asyncio.Task[None]] = set()
    taken, dry = 0, False
    try:
        while True:
            room = width - len(running)
            left = room if limit is None else min(room, limit - taken)
            asked_to_stop = stop is not None and stop.is_set()
            if not dry and not asked_to_stop and left > 0 and (room >= width / 2 or not running):
                claimed = await claim(left)
                dry = not claimed
                taken += len(claimed)
                running |= {asyncio.create_task(handle(piece)) for piece in claimed}
            if not running:
                if dry or asked_to_stop or left <= 0:
                    return taken
                continue
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            dry = False  # what was done may have freed its host, or made something due
            for task in done:
                task.result()
    finally:
        if running:
            await asyncio.gather(*running, return_exceptions=True)
