"""A child process that analyses under limits: an article that hangs or eats memory ends the child, never the service.

The child answers article by article, so it is known which one it was at when it hung or died; the rest of the batch
goes on in a new child. A child whose parent is gone reads the end of its pipe and ends too.
"""

from __future__ import annotations

import contextlib
import pickle
import resource
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from pipeline.analyse import analyse
from pipeline.model.article import Article
from pipeline.model.outcome import Done, Failed, Outcome, Reason
from pipeline.model.watch import Watch

if TYPE_CHECKING:
    from pipeline.service.reader import Page

START_S = 60.0  # a child that has not begun by then never will: importing and compiling takes two to three seconds
SLACK_S = 5.0  # how much later than the child's own alarm the parent gives it up: code that does not hear the alarm
WARM_UP = Article(id="warm-up", text="A sentence. Another one.", lang="en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the analysis of one article may take."""

    time: timedelta = timedelta(seconds=30)
    memory_bytes: int = 512_000_000  # beyond what the process has when it is warm


class TooLong(BaseException):
    """The alarm rang. No reader's `except Exception` takes it."""


def analyse_one(item: Article | Page, watch: Watch) -> Outcome[Any]:
    """Analyse one article, or read a page of an archive; an error of the reader stays with its article.

    Failed(analysis-error) is worth no second try: the reader is deterministic. Failed(analysis-memory) is.
    """
    try:
        if isinstance(item, Article):
            return Done(analyse(item, watch))
        from pipeline.service.reader import read_page  # brings extraction with it, which most work does without

        return read_page(item, watch)
    except MemoryError:
        return Failed(Reason.ANALYSIS_MEMORY, f"{_size(item)} took too much memory")
    except Exception as error:  # noqa: BLE001 - one poisoned article must not stop the others; stored with its type
        return Failed(Reason.ANALYSIS_ERROR, f"{type(error).__name__}: {error}", retry=False)


def _size(item: Article | Page) -> str:
    return f"{len(item.text)} characters" if isinstance(item, Article) else f"a page of {len(item.body)} bytes"


class Guard:
    """One child. Not for two threads at once."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._child: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._version = ""  # of the watch that the child has
        self._ended = False

    def run(self, version: str, packed: bytes, articles: Sequence[Article | Page]) -> list[Outcome[Any]]:
        """Analyse with that watch, packed by `pack`: one outcome an article, in order.

        Failed(analysis-time) and Failed(analysis-memory) are worth another try at another time.
        """
        answers: list[Outcome[Any]] = []
        while len(answers) < len(articles):
            answers += self._some(version, packed, articles[len(answers) :])
        return answers

    def _some(self, version: str, packed: bytes, articles: Sequence[Article | Page]) -> Iterator[Outcome[Any]]:
        """Answers up to the first article that the child does not survive. Raises CancelledError after `end`."""
        pipe = self._ready(version, packed)
        try:
            pipe.send(tuple(articles))
        except OSError:
            self.close()  # it died while it was idle, through no fault of these articles
            return
        for article in articles:
            answer = self._answer(pipe, article)
            if self._ended:
                raise CancelledError  # it was not the article's fault
            yield answer
            if isinstance(answer, Failed) and answer.retry:
                self.close()
                return

    def _answer(self, pipe: Connection, article: Article | Page) -> Outcome[Any]:
        limit_s = self._limits.time.total_seconds()
        try:
            if pipe.poll(limit_s + SLACK_S):
                answer: Outcome[Any] = pipe.recv()
                return answer
        except (EOFError, OSError):
            return self._died(article)
        return Failed(Reason.ANALYSIS_TIME, f"no answer within {limit_s:.0f} s for {_size(article)}")

    def _died(self, article: Article | Page) -> Outcome[Any]:
        code = None
        if (child := self._child) is not None:
            child.join(SLACK_S)
            code = child.exitcode
        said = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        return Failed(Reason.ANALYSIS_MEMORY, f"the process died of {said} at {_size(article)}")

    def _ready(self, version: str, packed: bytes) -> Connection:
        """The pipe to a child that has this watch."""
        if self._child is None or not self._child.is_alive() or self._pipe is None:
            self._start()
        assert self._pipe is not None
        if self._version != version:
            with contextlib.suppress(OSError):
                self._pipe.send((version, packed))
            try:
                if not self._pipe.poll(START_S):
                    raise EOFError
                self._pipe.recv()
            except (EOFError, OSError) as error:
                self.close()
                raise RuntimeError("the process that analyses does not start") from error
            self._version = version
        return self._pipe

    def _start(self) -> None:
        if self._ended:
            raise CancelledError
        self.close()
        context = get_context("spawn")  # a fork would share locks that another thread holds at that moment
        self._pipe, theirs = context.Pipe()
        self._child = context.Process(target=_serve, args=(theirs, self._limits), name="analysis", daemon=True)
        self._child.start()
        theirs.close()

    @property
    def pid(self) -> int | None:
        """The child's number, None before there is one."""
        return self._child.pid if self._child is not None else None

    def close(self) -> None:
        """End the child at once; the next batch gets a new one."""
        child, pipe = self._child, self._pipe
        self._child, self._pipe, self._version = None, None, ""
        if pipe is not None:
            pipe.close()
        if child is not None:
            child.kill()
            child.join()
            child.close()

    def end(self) -> None:
        """End the child for good, from any thread: a call that waits for it raises CancelledError."""
        self._ended = True
        if (child := self._child) is not None:
            with contextlib.suppress(ValueError):  # closed by its own thread at this moment
                child.kill()


def pack(watch: Watch) -> bytes:
    """The watch as it travels."""
    return pickle.dumps(watch, protocol=pickle.HIGHEST_PROTOCOL)


def _serve(pipe: Connection, limits: Limits) -> None:
    """In the child: take watches and batches until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, _ring)
    watch: Watch | None = None
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            asked = pipe.recv()
            if isinstance(asked[0], str):
                watch = _take(asked[1], limits)
                pipe.send(True)
                continue
            assert watch is not None
            for article in asked:
                pipe.send(_limited(article, watch, limits))


def _take(packed: bytes, limits: Limits) -> Watch:
    """The watch, compiled; memory is limited from what the process has then."""
    resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    watch: Watch = pickle.loads(packed)  # noqa: S301 - packed by our own coordinator, over our own pipe
    analyse_one(WARM_UP, watch)
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


def _limited(article: Article | Page, watch: Watch, limits: Limits) -> Outcome[Any]:
    limit_s = limits.time.total_seconds()
    try:
        signal.setitimer(signal.ITIMER_REAL, limit_s)
        try:
            return analyse_one(article, watch)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except TooLong:
        return Failed(Reason.ANALYSIS_TIME, f"not done within {limit_s:.0f} s for {_size(article)}")
