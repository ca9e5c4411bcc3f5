"""Taking work from a queue so that one slow piece holds up no other."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

from pipeline.model.progress import Told

T = TypeVar("T")
R = TypeVar("R")
LOOK_S = 0.25  # how soon something new is seen while other pieces are in hand


def counted(
    handle: Callable[[T], Coroutine[Any, Any, R]], of: int, told: Told
) -> Callable[[T], Coroutine[Any, Any, R]]:
    """The same handling, which tells how many pieces are done; `of` so many, or more when more came."""
    done = 0

    async def one(piece: T) -> R:
        nonlocal done
        result = await handle(piece)
        done += 1
        told(done, max(of, done))
        return result

    return one


async def drain(
    claim: Callable[[int], Awaitable[Sequence[T]]],
    handle: Callable[[T], Coroutine[Any, Any, None]],
    *,
    width: int,
    stop: asyncio.Event | None = None,
    limit: int | None = None,
) -> int:
    """Claim and handle until nothing is left or a stop is asked; how many were handled.

    At most `width` are in hand at once. More is claimed as soon as half of them are done, and what comes meanwhile is
    claimed without waiting for any, so a piece that takes long keeps its own place only. An error of `handle` ends the
    draining once the others in hand are done, and is raised.
    """
    running: set[asyncio.Task[None]] = set()
    ended: list[asyncio.Task[None]] = []
    woken = asyncio.Event()

    def end(task: asyncio.Task[None]) -> None:
        running.discard(task)
        ended.append(task)
        woken.set()

    def begin(piece: T) -> None:
        task = asyncio.create_task(handle(piece))
        running.add(task)
        task.add_done_callback(end)

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
                for piece in claimed:
                    begin(piece)
            if not running and not ended:
                if dry or asked_to_stop or left <= 0:
                    return taken
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), LOOK_S if len(running) <= width / 2 else None)
            woken.clear()
            dry = False  # what was done may have freed its host; something new may have come
            while ended:
                ended.pop().result()
    finally:
        if running:
            await asyncio.gather(*running, return_exceptions=True)
