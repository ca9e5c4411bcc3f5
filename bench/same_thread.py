"""The service in one thread, for a profile sees its own only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from pipeline.model.watch import Watch
from pipeline.service.engine import Engine
from pipeline.service.guarded import analyse_one

T = TypeVar("T")


class _Here(ThreadPoolExecutor):
    """Does at once what it is given; asyncio takes no other kind of executor for its own."""

    def submit(self, work: Callable[..., T], /, *given: Any, **named: Any) -> Future[T]:
        """The work, done."""
        return done(work(*given, **named))


class Reader(Engine):
    """An engine that reads where it is asked."""

    def ask(self, article: Any, watch: Watch) -> Future[Any]:
        """The answer, there already."""
        return done(analyse_one(article, watch))


def run(work: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`, and what the work gives to threads is done in this one."""

    async def alone() -> T:
        asyncio.get_running_loop().set_default_executor(_Here())
        return await work

    return asyncio.run(alone())


def done(value: T) -> Future[T]:
    """A future that is over."""
    answer: Future[T] = Future()
    answer.set_result(value)
    return answer
