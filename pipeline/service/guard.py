"""A child process that analyses under limits: an article that hangs or eats memory ends the child, never the service.

The child answers article by article, so it is known which one it was at when it hung or died; the rest of the batch
goes on in a new child. A child whose parent is gone reads the end of its pipe and ends too.
"""

from __future__ import annotations

import contextlib
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from pipeline.model.article import Article
from pipeline.model.outcome import Failed, Outcome, Reason
from pipeline.model.watch import Watch
from pipeline.service.guarded import Limits, size

if TYPE_CHECKING:
    from pipeline.service.reader import Page

START_S = 60.0  # a child that has not begun by then never will: importing and compiling takes two to three seconds
SLACK_S = 5.0  # how much later than the child's own alarm the parent gives it up: code that does not hear the alarm
# A program of its own: a fork would share locks that another thread holds at that moment, and `multiprocessing` gives
# no children to daemonic processes, which the workers of other people's clusters are. -P: nothing of the folder in
# which the service was started is imported.
CHILD = (sys.executable, "-P", "-c", "from pipeline.service.guarded import serve; serve()")


class Guard:
    """One child. Not for two threads at once."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._child: subprocess.Popen[bytes] | None = None
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
        return Failed(Reason.ANALYSIS_TIME, f"no answer within {limit_s:.0f} s for {size(article)}")

    def _died(self, article: Article | Page) -> Outcome[Any]:
        code = None
        if (child := self._child) is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = child.wait(SLACK_S)
        said = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        return Failed(Reason.ANALYSIS_MEMORY, f"the process died of {said} at {size(article)}")

    def _ready(self, version: str, packed: bytes) -> Connection:
        """The pipe to a child that has this watch."""
        if self._child is None or self._child.poll() is not None or self._pipe is None:
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
        self._pipe, theirs = Pipe()
        with theirs:
            number = theirs.fileno()
            command = [*CHILD, str(number)]
            self._child = subprocess.Popen(command, pass_fds=(number,), stdin=subprocess.DEVNULL)  # noqa: S603 - ours
        with contextlib.suppress(OSError):
            self._pipe.send(self._limits)

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
            child.wait()

    def end(self) -> None:
        """End the child for good, from any thread: a call that waits for it raises CancelledError."""
        self._ended = True
        if (child := self._child) is not None:
            child.kill()
            child.wait()


def pack(watch: Watch) -> bytes:
    """The watch as it travels."""
    return pickle.dumps(watch, protocol=pickle.HIGHEST_PROTOCOL)
