"""Asking and writing together what comes at the same time: during one transaction, what comes waits for the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from pipeline.errors import StoreError
from pipeline.service.wiring import Desk
from pipeline.storage.session import Transaction

T = TypeVar("T")
R = TypeVar("R")

MOST = 256  # pieces in one transaction: others wait for the write lock meanwhile


class Together(Generic[T, R]):
    """Writes pieces in as few transactions as there is need for; nobody waits for a batch to fill.

    `store` writes pieces in the order given and answers for each. A piece that cannot be written fails alone. With
    `reads` the transactions are those of reading.
    """

    def __init__(
        self, desk: Desk, store: Callable[[Transaction, Sequence[T]], Sequence[R]], *, reads: bool = False
    ) -> None:
        self._run: Callable[[Callable[[Transaction], Sequence[R]]], Awaitable[Sequence[R]]]
        self._run = desk.read if reads else desk.write
        self._store = store
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, piece: T) -> R:
        """Write the piece; answers once it is committed. Raises what its writing raised."""
        written: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((piece, written))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        return await written

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._write_batch(batch)
        finally:
            self._writing = None

    async def _write_batch(self, batch: list[tuple[T, asyncio.Future[R]]]) -> None:
        pieces = [piece for piece, _ in batch]
        try:
            answers = await self._run(lambda tx: self._store(tx, pieces))
        except StoreError as error:  # of the whole database: it would be the same for each
            _fail(batch, error)
        except Exception as error:  # noqa: BLE001 - handed to who wrote the piece that is at fault
            if len(batch) == 1:
                _fail(batch, error)
            else:
                for one in batch:
                    await self._write_batch([one])
        except BaseException as error:
            _fail(batch, error)
            raise
        else:
            for (_, written), answer in zip(batch, answers, strict=True):
                if not written.done():
                    written.set_result(answer)


def _fail(batch: Sequence[tuple[T, asyncio.Future[R]]], error: BaseException) -> None:
    for _, written in batch:
        if not written.done():
            written.set_exception(error)
