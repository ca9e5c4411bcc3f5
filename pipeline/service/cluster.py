"""Analysis on a Dask cluster: its scheduler, its workers, and the coordinator's side. The only user of distributed.

Workers need no database and no network but the way to the scheduler: articles and the watch travel to them, analyses
come back. Whoever reaches a scheduler can run code on its workers, so beyond loopback every connection is encrypted and
both sides show certificates.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import dask
from distributed import Client, KilledWorker, Scheduler, Worker, get_worker
from distributed.comm.core import CommClosedError
from distributed.security import Security

from pipeline import __version__
from pipeline.model.outcome import Failed, Outcome, Reason
from pipeline.model.watch import Watch
from pipeline.service import log
from pipeline.service.guard import Guard, pack
from pipeline.service.guarded import Limits, bundle, unbundle
from pipeline.settings.settings import Engine as EngineSettings

if TYPE_CHECKING:
    from pipeline.service.guarded import Item

Answers = list[Outcome[Any]]
WATCHES_KEPT = 2  # per worker: the one in force and the one before a reload
CONNECT_S = 10.0
AGAIN_S = 2.0  # between two tries to reach a scheduler that is gone
# Options of Dask for its own processes. Sampling the stacks of threads 100 times a second, for a dashboard that is not
# there, and waking 50 times a second to see whether the loop turns take one core's 5 percent for every worker.
QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.limit": "30s",
    "distributed.scheduler.worker-ttl": "60 seconds",
}
_LOST = (CommClosedError, CancelledError, asyncio.CancelledError, OSError, FutureTimeout)


def security(settings: EngineSettings) -> Security:
    """The certificates of the settings, used by both sides of every connection."""
    if not settings.cert_file:
        return Security()
    pair: dict[str, Any] = {}
    for role in ("client", "worker", "scheduler"):
        pair |= {f"tls_{role}_cert": settings.cert_file, f"tls_{role}_key": settings.key_file}
    return Security(tls_ca_file=settings.ca_file, require_encryption=True, **pair)


# --- on a worker --------------------------------------------------------------------------------------------------

_packed: dict[str, bytes] = {}  # watch version -> the watch as it travelled
_guards = threading.local()  # one guarded child for each thread that runs tasks


@dataclass(frozen=True)
class Lacking:
    """Why a worker has not read: another release of the program, or a watch that it was not given."""

    worker: str  # its address
    program: bool = False


def analyse_there(
    program: str, version: str, packed: bytes | None, articles: bytes, count: int, limits: Limits
) -> bytes | Lacking:
    """A task: a bundle of outcomes in order.

    A worker of another release does not read, for its readers may answer otherwise.
    """
    if program != __version__:
        return Lacking(get_worker().address, program=True)
    if packed is not None and version not in _packed:
        while len(_packed) >= WATCHES_KEPT:
            _packed.pop(next(iter(_packed)))
        _packed[version] = packed
    if version not in _packed:
        return Lacking(get_worker().address)
    guard = getattr(_guards, "guard", None)
    if guard is None:
        guard = _guards.guard = Guard(limits)
    return guard.run(version, _packed[version], articles, count)


# --- on the coordinator -------------------------------------------------------------------------------------------


class Cluster:
    """The coordinator's side. A scheduler that is gone is waited for; what was under way is handed out again."""

    def __init__(self, settings: EngineSettings, limits: Limits) -> None:
        self._settings = settings
        self._limits = limits
        self._client: Client | None = None
        self._watch: tuple[str, bytes] = ("", b"")
        self._given: dict[tuple[str, str], float] = {}  # watch version and worker -> when it was given it
        self._giving: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)  # by worker
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._lost = False

    def run(self, watch: Watch, articles: Sequence[Item]) -> Answers:
        """See Backend. Waits while no scheduler or no worker is there; raises CancelledError once closed."""
        bundled = bundle(articles)  # nobody opens it before the child that reads, nor the answer before this
        while not self._closed.is_set():
            began_s = time.monotonic()
            try:
                answer = self._ask(watch.version, bundled, len(articles))
                if isinstance(answer, Lacking) and not answer.program:
                    answer = self._give(watch, bundled, len(articles), answer.worker, began_s)
            except KilledWorker as error:
                return self._one_by_one(watch, articles, error)
            except _LOST as error:
                self._wait(error)
                continue
            if isinstance(answer, bytes):
                return unbundle(answer)
            if answer.program:
                log.error("a worker of the cluster is of another release: it is not asked", ours=__version__)
                self._closed.wait(AGAIN_S)
        raise CancelledError

    def _give(self, watch: Watch, articles: bytes, count: int, worker: str, asked_s: float) -> bytes | Lacking:
        """Ask that worker and give it the watch, unless it was given since; batches that met the same wait for that."""
        with self._giving[worker]:
            if self._given.get((watch.version, worker), 0.0) > asked_s:
                return Lacking(worker)  # no more: it may be asked again
            answer = self._ask(watch.version, articles, count, packed=self._pack(watch), worker=worker)
            self._given[watch.version, worker] = time.monotonic()
            return answer

    def _ask(
        self, version: str, articles: bytes, count: int, *, packed: bytes | None = None, worker: str = ""
    ) -> bytes | Lacking:
        client = self._connected()
        where = {"workers": [worker], "allow_other_workers": True} if worker else {}
        executor = client.get_executor(pure=False, retries=3, **where)
        future = executor.submit(analyse_there, __version__, version, packed, articles, count, self._limits)
        while not self._closed.is_set():
            try:
                answer: bytes | Lacking = future.result(timeout=AGAIN_S)
                return answer
            except FutureTimeout:
                if client.status != "running":
                    raise
        raise CancelledError

    def _one_by_one(self, watch: Watch, articles: Sequence[Item], error: KilledWorker) -> Answers:
        """Workers died of this batch, again and again: the article that is to blame is found by taking each alone."""
        if len(articles) > 1:
            return [answer for article in articles for answer in self.run(watch, [article])]
        return [Failed(Reason.ANALYSIS_MEMORY, f"workers of the cluster died of it: {error}")]

    def _pack(self, watch: Watch) -> bytes:
        with self._lock:
            if self._watch[0] != watch.version:
                self._watch = (watch.version, pack(watch))
            return self._watch[1]

    def _connected(self) -> Client:
        with self._lock:
            if self._client is None or self._client.status != "running":
                self._client = Client(
                    self._settings.address, security=security(self._settings), timeout=CONNECT_S, set_as_default=False
                )
                if self._lost:
                    log.info("the scheduler of the cluster is back", address=self._settings.address)
                self._lost = False
            return self._client

    def _wait(self, error: BaseException) -> None:
        with self._lock:
            if not self._lost:
                log.warning("no scheduler of the cluster answers: waiting", address=self._settings.address, error=error)
            self._lost = True
            client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(*_LOST):
                client.close(timeout=1)
        self._closed.wait(AGAIN_S)

    def close(self) -> None:
        """See Backend."""
        self._closed.set()
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(*_LOST):
                client.close(timeout=2)


# --- processes of their own ---------------------------------------------------------------------------------------


async def schedule(settings: EngineSettings, stop: asyncio.Event) -> None:
    """Be the scheduler at the settings' address until a stop. It keeps no work: the coordinator hands it out again."""
    url = urlsplit(settings.address)
    with dask.config.set(QUIET):
        async with Scheduler(
            host=f"{url.scheme}://{url.hostname}",
            port=url.port or 8786,
            security=security(settings),
            dashboard=False,
            dashboard_address=None,
            jupyter=False,
        ) as scheduler:
            log.info("scheduler", address=scheduler.address)
            await stop.wait()


async def work(settings: EngineSettings, stop: asyncio.Event) -> None:
    """Be a worker of the cluster until a stop; a scheduler that is gone is waited for."""
    with dask.config.set(QUIET):
        while not stop.is_set():
            try:
                await _joined(settings, stop)
            except _LOST as error:
                log.warning("no scheduler answers: waiting", address=settings.address, error=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AGAIN_S)


async def _joined(settings: EngineSettings, stop: asyncio.Event) -> None:
    worker = Worker(
        settings.address,
        nthreads=settings.workers,
        security=security(settings),
        dashboard=False,
        dashboard_address=None,
        death_timeout=CONNECT_S,
        memory_limit=0,  # each article has its own limit, in a child of its own
    )
    async with worker:
        log.info("joined the cluster", scheduler=settings.address, threads=settings.workers)
        ended = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(worker.finished())]
        await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
        for one in ended:
            one.cancel()
