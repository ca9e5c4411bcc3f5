"""Runs claimwatch with every commit of its database named, and can make one of them the last thing the process does.

    python commits.py PLAN -- ARGUMENTS OF CLAIMWATCH

A commit is of the kind of what it wrote: a claim of entries, the record of an article's version, an alert. PLAN is a
JSON file: `trace` a file that takes the kind of every commit, a line each; `begun` a file that is made at the first
commit; `wishes` pairs of a kind and `before` or `after`; `shares` how likely the kind is struck at each of its commits;
`struck` a file that takes the wish that was fulfilled. The kill is SIGKILL from the process to itself, right before or
right after the database is told to commit: nothing of Python runs any more.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect

STORAGE = f"{os.sep}pipeline{os.sep}storage{os.sep}"
# What a kind is called when all of these wrote, the first that fits: functions of pipeline/storage.
NAMES = (
    ("a digest", ("digests.save",)),
    ("the end of a delivered digest", ("digests.mark_sent",)),
    ("a version that was taken up later", ("pages.taken_up",)),
    ("a version with an alert", ("alerts.raise_alert",)),
    ("a version that joins an alert", ("alerts.add_publishers",)),
    ("a version", ("articles.add_version",)),
    ("a page in the queue of pages put off", ("pages.keep",)),
    ("the answer of a source", ("sources.save_polled",)),
    ("an address that was known", ("articles.carry",)),
    ("an article looked at again", ("revisits.checked",)),
    ("an entry to be tried again", ("entries.retry",)),
    ("the end of an entry", ("entries.finish",)),
    ("the end of an entry", ("entries.finish_all",)),
    ("a claim of entries", ("entries.claim",)),
    ("a claim of sources", ("sources.claim_due",)),
    ("a claim of articles", ("revisits.claim_revisits",)),
    ("a claim of messages", ("outbox.claim_due",)),
    ("the end of a delivery", ("outbox.sent",)),
    ("sources of the configuration", ("sources.sync",)),
    ("an article read with other rules", ("analyses.save",)),
    ("the lease taken", ("jobs.use_watch", "leases.acquire")),
    ("a process that is there", ("leases.acquire",)),
    ("the lease renewed", ("leases.renew",)),
    ("other rules in force", ("jobs.use_watch",)),
    ("the start of a job", ("jobs.started",)),
    ("the end of a job", ("jobs.finished",)),
    ("where long work stands", ("jobs.mark",)),
    ("what is old thrown away", ("retention.prune",)),
)


class _Wrote(threading.local):
    """What the transaction of this thread wrote so far."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.kind = ""


_wrote = _Wrote()


def _storing() -> str:
    """The function of pipeline/storage, outermost, that runs a statement now: `entries.claim`."""
    found = ""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if STORAGE in path and not path.endswith("session.py"):
            found = f"{Path(path).stem}.{frame.f_code.co_name}"
        frame = frame.f_back
    return found


def kind_of(names: set[str]) -> str:
    """How a commit is called that was written by these functions."""
    called = next((name for name, marks in NAMES if names >= set(marks)), "")
    return called or " + ".join(sorted(names))


class Watcher:
    """Names commits, keeps the trace, strikes."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._trace = Path(plan["trace"]) if plan.get("trace") else None
        self._begun = Path(plan["begun"]) if plan.get("begun") else None
        self._struck = Path(plan["struck"]) if plan.get("struck") else None
        self._wishes = {(kind, side) for kind, side in plan.get("wishes", ())}
        self._shares: dict[str, float] = plan.get("shares", {})
        self._chance = random.Random(plan.get("seed", 0))
        self._lock = threading.Lock()

    def begins(self, connection: sa.Connection) -> None:
        _wrote.names = set()

    def executes(self, _connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
            _wrote.names.add(_storing())

    def commits(self, connection: sa.Connection) -> None:
        _wrote.kind = kind_of(_wrote.names - {""})

    def around(self, commit: Any) -> Any:
        """`do_commit` of a dialect, with the chance to strike on both sides."""

        def watched(dialect: DefaultDialect, connection: Any) -> None:
            kind, _wrote.kind = _wrote.kind, ""
            if kind:
                self._note(kind)
                self._strike(kind, "before")
            commit(dialect, connection)
            if kind:
                self._strike(kind, "after")

        return watched

    def _note(self, kind: str) -> None:
        if self._begun is not None:
            self._begun.touch()
        if self._trace is not None:
            with self._lock, self._trace.open("a", encoding="utf-8") as trace:
                trace.write(kind + "\n")

    def _strike(self, kind: str, side: str) -> None:
        if (kind, side) not in self._wishes:
            return
        with self._lock:  # no other thread strikes meanwhile
            if self._chance.random() < self._shares.get(kind, 1.0):
                assert self._struck is not None
                self._struck.write_text(json.dumps([kind, side]), encoding="utf-8")
                os.kill(os.getpid(), signal.SIGKILL)


def watch(plan: dict[str, Any]) -> None:
    """Watch every commit of this process from now on."""
    watcher = Watcher(plan)
    sa.event.listen(Engine, "begin", watcher.begins)
    sa.event.listen(Engine, "before_cursor_execute", watcher.executes)
    sa.event.listen(Engine, "commit", watcher.commits)
    # no event of SQLAlchemy stands on both sides of the commit itself
    DefaultDialect.do_commit = watcher.around(DefaultDialect.do_commit)  # type: ignore[method-assign]


def main() -> None:
    plan, mark, *arguments = sys.argv[1:]
    assert mark == "--"
    watch(json.loads(Path(plan).read_text(encoding="utf-8")))
    sys.argv = ["claimwatch", *arguments]
    from pipeline.cli.main import main as claimwatch

    claimwatch()


if __name__ == "__main__":
    main()
