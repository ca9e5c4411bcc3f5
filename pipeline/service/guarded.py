"""The guarded child: takes a watch and batches from its pipe, and reads article by article under limits.

Articles and answers travel in bundles that nobody opens on the way: making objects of an answer, and bytes again, takes
a twentieth of the time that it took to find it.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import pickle
import resource
import signal
import struct
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeAlias

from pipeline.analyse import analyse
from pipeline.model.article import Article
from pipeline.model.outcome import Done, Failed, Outcome, Reason
from pipeline.model.watch import Watch

if TYPE_CHECKING:
    from pipeline.service.feedreader import Feed
    from pipeline.service.reader import Page

    Item: TypeAlias = Article | Page | Feed  # what brings its own way of being read brings its libraries with it

TOGETHER_S = 0.1  # answers older than this are sent, though the batch is not at its end
HEAD = struct.Struct("!I?")  # before answers: how many, and whether they end with one that ends this child
WARM_UP = Article(id="warm-up", text="A sentence. Another one.", lang="en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the analysis of one article may take."""

    time: timedelta = timedelta(seconds=30)
    memory_bytes: int = 512_000_000  # beyond what the process has when it is warm


class TooLong(BaseException):
    """The alarm rang. No reader's `except Exception` takes it."""


def analyse_one(item: Item, watch: Watch) -> Outcome[Any]:
    """Analyse one article, read a page of an archive, or a feed; an error of the reader stays with its article.

    Failed(analysis-error) is worth no second try: the reader is deterministic. Failed(analysis-memory) is.
    """
    try:
        if isinstance(item, Article):
            return Done(analyse(item, watch))
        return item.read(watch)
    except MemoryError:
        return Failed(Reason.ANALYSIS_MEMORY, f"{size(item)} took too much memory")
    except Exception as error:  # noqa: BLE001 - one poisoned article must not stop the others; stored with its type
        return Failed(Reason.ANALYSIS_ERROR, f"{type(error).__name__}: {error}", retry=False)


def weight(item: Item) -> int:
    """How much there is to read: characters of an article, bytes of anything else."""
    return len(item.text) if isinstance(item, Article) else len(item.body)


def size(item: Item) -> str:
    """The same in words."""
    if isinstance(item, Article):
        return f"{weight(item)} characters"
    return f"a {type(item).__name__.lower()} of {weight(item)} bytes"


def bundle(items: Iterable[object]) -> bytes:
    """Articles or outcomes as they travel. Bundles one after another are a bundle."""
    return pickle.dumps(list(items), protocol=pickle.HIGHEST_PROTOCOL)


def unbundle(data: bytes) -> list[Any]:
    """What is in a bundle."""
    stream = io.BytesIO(data)
    found: list[Any] = []
    while stream.tell() < len(data):
        found += pickle.load(stream)  # noqa: S301 - made by our own processes, over our own pipes
    return found


def serve() -> None:
    """Be the child of a guard: the numbers of its pipe and its tally are the last arguments of the command."""
    with Connection(int(sys.argv[-2])) as pipe:
        _serve(pipe, int(sys.argv[-1]))


def _serve(pipe: Connection, tally: int) -> None:
    """Take limits, then watches and batches until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, _ring)
    watch: Watch | None = None
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        limits: Limits = pipe.recv()
        while True:
            asked = pipe.recv()
            if isinstance(asked, bytes):
                watch = _take(asked, limits)
                pipe.send(True)
                continue
            assert watch is not None
            first, end = asked
            _read(unbundle(pipe.recv_bytes())[first:end], watch, limits, pipe, tally)


def _read(articles: Sequence[Item], watch: Watch, limits: Limits, pipe: Connection, tally: int) -> None:
    """Answers go together, to wake the parent seldom; the tally has a byte for each article as soon as it is done."""
    ready: list[bytes] = []
    sent_s = time.monotonic()
    for left, article in zip(range(len(articles) - 1, -1, -1), articles, strict=True):
        answer = _limited(article, watch, limits)
        ready.append(bundle([answer]))
        os.write(tally, b".")
        ends = isinstance(answer, Failed) and answer.retry
        if ends or not left or time.monotonic() - sent_s > TOGETHER_S:
            pipe.send_bytes(HEAD.pack(len(ready), ends) + b"".join(ready))
            ready.clear()
            sent_s = time.monotonic()


def _take(packed: bytes, limits: Limits) -> Watch:
    """The watch, compiled; memory is limited from what the process has then."""
    resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    gc.unfreeze()
    watch: Watch = pickle.loads(packed)  # noqa: S301 - packed by our own coordinator, over our own pipe
    analyse_one(WARM_UP, watch)
    gc.collect()
    gc.freeze()  # hundreds of thousands of objects that stay: all that is read would pay for looking them through
    most = _data_bytes() + limits.memory_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (most, resource.RLIM_INFINITY))
    return watch


def _data_bytes() -> int:
    """What the kernel counts against RLIMIT_DATA now."""
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise TooLong


def _limited(article: Item, watch: Watch, limits: Limits) -> Outcome[Any]:
    limit_s = limits.time.total_seconds()
    try:
        signal.setitimer(signal.ITIMER_REAL, limit_s)
        try:
            return analyse_one(article, watch)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except TooLong:
        return Failed(Reason.ANALYSIS_TIME, f"not done within {limit_s:.0f} s for {size(article)}")
