"""The configuration folder is watched: a good edit is live at once, a bad one is told and the last good one stays."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from watchfiles import watch

from pipeline.errors import ConfigError, StoreError
from pipeline.service import log, poll
from pipeline.service.wiring import Desk
from pipeline.settings.load import Configuration, load
from pipeline.storage import jobs
from pipeline.storage.session import Transaction

SETTLE_MS = 300  # an editor that writes a file in several steps is waited for this long at most
STEP_MS = 50
HALF_WRITTEN_S = 0.25  # a fault is looked at again after this time before it is told
LOOK_EVERY_MS = 5_000  # how often files are compared by hand: mounts of some containers tell of no change
# what is fixed when a process starts
_FIXED = ("database", "engine", "data")

Signature = frozenset[tuple[str, int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reloaded:
    """What became of an edit."""

    ok: bool
    message: str = ""  # why it was refused, every fault on a line
    changed: bool = False  # whether the rules are others now


class Reloader:
    """Keeps a desk's configuration up with its folder."""

    def __init__(
        self,
        desk: Desk,
        env: Mapping[str, str],
        *,
        reloaded: Callable[[Reloaded], None] = lambda _: None,
        record: Callable[[], bool] = lambda: False,
    ) -> None:
        self._desk = desk
        self._env = env
        self._reloaded = reloaded
        self._record = record
        self._folder = desk.configuration.folder
        self._seen = signature(self._folder)

    def run(self, stop: threading.Event) -> None:
        """Watch until a stop."""
        while not stop.is_set():
            try:
                self._watch(stop)
            except OSError as error:  # the folder was moved away, or no more watches can be had: by hand, then
                log.warning("the configuration folder cannot be watched", folder=str(self._folder), error=str(error))
                stop.wait(LOOK_EVERY_MS / 1000)
                self.look()

    def _watch(self, stop: threading.Event) -> None:
        for _ in watch(
            self._folder,
            watch_filter=None,
            debounce=SETTLE_MS,
            step=STEP_MS,
            stop_event=stop,
            rust_timeout=LOOK_EVERY_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
        ):
            self.look()

    def look(self) -> Reloaded | None:
        """Reload when a file is another one than last time; None when none is."""
        now = signature(self._folder)
        if now == self._seen:
            return None
        self._seen = now
        return self.reload()

    def reload(self) -> Reloaded:
        """Read the folder again. What is wrong with it is told, and nothing changes."""
        configuration, fault = self._read()
        if configuration is None:
            time.sleep(HALF_WRITTEN_S)
            self._seen = signature(self._folder)
            configuration, fault = self._read()
        if configuration is None:
            log.error("the edit was refused, the configuration before it goes on", fault=fault)
            return self._done(Reloaded(ok=False, message=fault))
        return self._done(self._take(configuration))

    def _read(self) -> tuple[Configuration | None, str]:
        try:
            return load(self._folder, env=self._env), ""
        except ConfigError as error:
            return None, "\n".join((*error.faults, str(error)))

    def _take(self, configuration: Configuration) -> Reloaded:
        before = self._desk.configuration
        try:
            self._desk.reconfigure(configuration)
        except StoreError as error:
            self._seen = frozenset()  # it is tried again at the next look
            return Reloaded(ok=False, message=f"the ledger could not be read: {error}")
        self._hasten(before, configuration)
        changed = before.watch.rules_hash != configuration.watch.rules_hash
        fixed = [name for name in _FIXED if getattr(before.settings, name) != getattr(configuration.settings, name)]
        log.info(
            "the configuration was read again",
            rules="changed" if changed else "the same",
            sources=len(configuration.sources),
            watch=self._desk.watch.version[:12],
            takes_effect_after_a_restart=", ".join(fixed),
        )
        for text in configuration.warnings:
            log.warning("configuration", warning=text)
        return Reloaded(ok=True, changed=changed)

    def _hasten(self, before: Configuration, after: Configuration) -> None:
        """Polls whose interval is shorter now come nearer; that they could not be does not undo the edit."""
        if not self._record():
            return
        try:
            self._desk.write_now(lambda tx: poll.hasten(tx, before, after))
        except StoreError as error:
            log.warning("polls could not be brought nearer", error=str(error))

    def _done(self, came: Reloaded) -> Reloaded:
        if self._record():
            try:
                self._desk.write_now(lambda tx: self._keep(tx, came))
            except StoreError as error:
                log.warning("a reload could not be recorded", error=str(error))
        self._reloaded(came)
        return came

    def _keep(self, tx: Transaction, came: Reloaded) -> None:
        now = self._desk.clock.now()
        note(tx, self._desk, came)
        jobs.started(tx, "reload", now=now)
        jobs.finished(tx, "reload", now=now, took_s=0.0, ok=came.ok, detail=came.message.replace("\n", "; "))


def note(tx: Transaction, desk: Desk, came: Reloaded) -> None:
    """Remember what the last edit came to, and which watch is in force: shown on the page, in status and metrics."""
    now = desk.clock.now()
    before = jobs.marked(tx, "reload") or {}
    refused = int(before.get("refused", 0)) + (not came.ok)
    value = {"ok": came.ok, "at": now.isoformat(), "message": came.message, "refused": refused}
    jobs.mark(tx, "reload", value, now=now)
    watch_ = desk.watch
    jobs.mark(tx, "watch", {"version": watch_.version, "rules_hash": watch_.rules_hash, "at": now.isoformat()}, now=now)
    summary = {"topics": len(watch_.topics), "claims": len(watch_.claims)}
    jobs.use_watch(tx, watch_.version, rules_hash=watch_.rules_hash, summary=summary, now=now)


def signature(folder: Path) -> Signature:
    """Every file of the folder with its time and size; other ones mean an edit."""
    found = set()
    for path in folder.rglob("*"):
        try:
            status = path.stat()
        except OSError:
            continue  # gone between the listing and the look
        if path.is_file() and not path.name.startswith("."):
            found.add((str(path.relative_to(folder)), status.st_mtime_ns, status.st_size))
    return frozenset(found)
