"""One event loop in a thread of its own, with the client that fetches: where the asynchronous jobs run."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from pipeline.fetch.client import Fetcher
from pipeline.service.gate import SharedGate
from pipeline.service.wiring import Desk, fetcher

T = TypeVar("T")
THREADS = 24  # of the loop, for what blocks: the database, extraction, waiting for an analysis

Work = Callable[[Desk, Fetcher, asyncio.Event], Awaitable[T]]


@dataclass(slots=True)
class _Client:
    """A client, what it was made for, and how many jobs have it in use."""

    made_for: Any
    client: Fetcher
    users: int = 0


class Collector:
    """Runs coroutines on one loop. The client is made anew when a reload changed how to fetch."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._current: _Client | None = None
        self._tasks: dict[Any, asyncio.Task[Any]] = {}
        self._thread = threading.Thread(target=self._turn, name="collector", daemon=True)

    def start(self) -> None:
        """Start the loop."""
        self._thread.start()

    def _turn(self) -> None:
        asyncio.set_event_loop(self._loop)
        threads = ThreadPoolExecutor(THREADS, thread_name_prefix="collector")
        self._loop.set_default_executor(threads)
        try:
            self._loop.run_forever()
        finally:
            threads.shutdown(wait=False)
            self._loop.close()

    def submit(self, work: Work[T]) -> Future[T]:
        """Begin that work. Its future is done when the work has truly ended, also after `cut_off`."""
        return asyncio.run_coroutine_threadsafe(self._run(work), self._loop)

    def cut_off(self, work: Work[T]) -> None:
        """Cancel that work. To be called again while it goes on: the first time it may wait for what it has in hand."""
        task = self._tasks.get(work)
        if task is not None:
            self._loop.call_soon_threadsafe(task.cancel)

    async def _run(self, work: Work[T]) -> T:
        task = self._tasks[work] = asyncio.create_task(self._carried(work))
        try:
            result: T = await task
            return result
        finally:
            del self._tasks[work]

    async def _carried(self, work: Work[T]) -> T:
        async with self._client() as client:
            return await work(self._desk, client, self._stop)

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[Fetcher]:
        wanted = self._desk.settings.fetch
        held = self._current
        if held is None or held.made_for != wanted:
            opened = _Client(wanted, await fetcher(self._desk.settings, gate=SharedGate(self._desk)).__aenter__())
            self._current, old = opened, held
            await self._close(old)
            held = opened
        held.users += 1
        try:
            yield held.client
        finally:
            held.users -= 1
            if held is not self._current:
                await self._close(held)

    async def _close(self, held: _Client | None) -> None:
        if held is not None and held.users == 0:
            await held.client.__aexit__(None, None, None)

    def ask_stop(self) -> None:
        """Ask the jobs to take nothing more; what is in hand is finished."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)

    def close(self, timeout_s: float) -> bool:
        """End the loop; False when something on it would not end in that time."""
        if not self._thread.is_alive():
            self._loop.close()
            return True
        asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    async def _end(self) -> None:
        mine = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not mine]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._close(self._current)
        self._loop.stop()
