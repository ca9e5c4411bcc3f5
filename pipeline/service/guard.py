"""A child process that analyses under limits: an article that hangs or eats memory ends the child, never the service.

The child keeps a tally of the articles it is done with, so it is known which one it was at when it hung or died; the
rest of the batch goes on in a new child. A child whose parent is gone reads the end of its pipe and ends too.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import CancelledError
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from pipeline.model.outcome import Failed, Reason
from pipeline.model.watch import Watch
from pipeline.service.guarded import HEAD, Limits, bundle, size, unbundle

START_S = 60.0  # a child that has not begun by then never will: importing and compiling takes two to three seconds
TALLY_BYTES = 65_536  # more than articles travel together
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
        self._tally = -1  # the reading end of a pipe with a byte for each article that the child is done with
        self._version = ""  # of the watch that the child has
        self._ended = False

    def run(self, version: str, watch: bytes, articles: bytes, count: int) -> bytes:
        """Analyse a bundle of `count` articles with a packed watch: a bundle of as many outcomes, in order.

        Failed(analysis-time) and Failed(analysis-memory) are worth another try at another time.
        """
        answers: list[bytes] = []
        at = 0
        while at < count:
            at = self._some(version, watch, articles, at, count, answers)
        return b"".join(answers)

    def _some(self, version: str, watch: bytes, articles: bytes, first: int, end: int, answers: list[bytes]) -> int:
        """Answers up to the first article that the child does not survive, that one's too; where to go on.

        Raises CancelledError after `end`.
        """
        pipe = self._ready(version, watch)
        try:
            pipe.send((first, end))
            pipe.send_bytes(articles)
        except OSError:
            self.close()  # it died while it was idle, through no fault of these articles
            return first
        at = first
        while at < end:
            told = self._answer(pipe)
            if self._ended:
                raise CancelledError  # it was not the article's fault
            if isinstance(told, Failed):
                blamed = min(first + self._tallied(), end - 1)
                self.close()
                while at < blamed:  # what it had read and not sent yet
                    at = self._some(version, watch, articles, at, blamed, answers)
                answers.append(bundle([Failed(told.reason, f"{told.detail} {size(unbundle(articles)[blamed])}")]))
                return blamed + 1
            known, ends = HEAD.unpack_from(told)
            answers.append(told[HEAD.size :])
            at += int(known)
            if ends:
                self.close()
                return at
        self._tallied()
        return at

    def _answer(self, pipe: Connection) -> bytes | Failed:
        """Some outcomes, or what became of the child instead."""
        limit_s = self._limits.time.total_seconds()
        try:
            if pipe.poll(limit_s + SLACK_S):
                return pipe.recv_bytes()
        except (EOFError, OSError):
            return self._died()
        return Failed(Reason.ANALYSIS_TIME, f"no answer within {limit_s:.0f} s for")

    def _died(self) -> Failed:
        code = None
        if (child := self._child) is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = child.wait(SLACK_S)
        said = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        return Failed(Reason.ANALYSIS_MEMORY, f"the process died of {said} at")

    def _tallied(self) -> int:
        """How many articles of the last batch the child is done with; a child begins the next batch from none."""
        with contextlib.suppress(BlockingIOError):
            return len(os.read(self._tally, TALLY_BYTES))
        return 0

    def _ready(self, version: str, watch: bytes) -> Connection:
        """The pipe to a child that has this watch."""
        if self._child is None or self._child.poll() is not None or self._pipe is None:
            self._start()
        assert self._pipe is not None
        if self._version != version:
            with contextlib.suppress(OSError):
                self._pipe.send(watch)
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
        self._tally, tally = os.pipe()
        os.set_blocking(self._tally, False)
        with theirs, os.fdopen(tally, "wb"):
            numbers = (theirs.fileno(), tally)
            command = [*CHILD, *map(str, numbers)]
            self._child = subprocess.Popen(command, pass_fds=numbers, stdin=subprocess.DEVNULL)  # noqa: S603 - ours
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
            os.close(self._tally)
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
