"""Real processes of the service on a configuration of their own, and what their database says of them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import bridges
import sqlalchemy as sa

from pipeline.storage.session import Store, open_store

POSTGRES = "postgresql://postgres@127.0.0.1:5432/test"
STEP_S = 0.05
PROGRAM = (sys.executable, "-m", "pipeline")


@contextmanager
def database(kind: str, folder: Path, postgres: str) -> Iterator[str]:
    """The address of an empty database, gone afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'crash.db'}"
        return
    name = f"crash_{uuid.uuid4().hex[:12]}"
    admin = open_store(postgres)
    with admin.transaction() as tx:
        tx.execute(sa.text(f"CREATE SCHEMA {name}"))
    try:
        yield f"{postgres}?options=-csearch_path%3D{name}"
    finally:
        with admin.transaction() as tx:
            tx.execute(sa.text(f"DROP SCHEMA {name} CASCADE"))
        admin.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Plant:
    """A folder with a configuration, the database it names, and the processes started on it."""

    folder: Path
    url: str
    base: str  # of the newsstand
    extra: str = ""  # more of settings.yaml
    lease: str = "3s"
    tick: str = "200ms"
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    port: int = 0

    def __post_init__(self) -> None:
        self.port = self.port or free_port()
        (self.folder / "config").mkdir(parents=True, exist_ok=True)
        self.write_settings()
        (self.config / "concepts.yaml").write_text(bridges.concepts_yaml(), encoding="utf-8")
        (self.config / "words.yaml").write_text("words:\n  bridge: {en: [bridge, bridges]}\n", encoding="utf-8")
        (self.config / "topics.yaml").write_text(
            "topics:\n  - {id: bridges, title: Bridges, groups: [{all: [bridge]}]}\n", encoding="utf-8"
        )
        (self.config / "claims.yaml").write_text(bridges.claims_yaml(), encoding="utf-8")
        (self.config / "sources.yaml").write_text(
            f"sources:\n  - {{id: stand, url: '{self.base}/feed.xml', name: Stand, lang: en, country: DE, "
            "interval: 1s, seen: made up}\n",
            encoding="utf-8",
        )
        (self.config / "alerts.yaml").write_text(
            "channels:\n  log: {kind: file, path: alerts.jsonl, format: jsonl}\n"
            "rules:\n  - {id: all, when: {relations: [adds, changes, denies]}, channels: [log]}\n",
            encoding="utf-8",
        )
        self.claimwatch("db", "upgrade")

    def write_settings(self) -> None:
        host = self.base.removeprefix("http://")
        (self.config / "settings.yaml").write_text(
            f"""database: {{url: "{self.url}"}}
schedule: {{tick: {self.tick}, interval: 1s, floor: 1s, ceiling: 2s, longest: 2s, grace: 10s}}
fetch: {{host_delay: 0s, per_host: 8, concurrency: 16, allow_private: ["{host}"]}}
web: {{port: {self.port}}}
lease: {{time: {self.lease}}}
canary: {{enabled: false}}
{self.extra}
""",
            encoding="utf-8",
        )

    @property
    def config(self) -> Path:
        return self.folder / "config"

    def command(self, *args: str) -> list[str]:
        return [*PROGRAM, "--config", str(self.config), *args]

    def claimwatch(self, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        done = subprocess.run(self.command(*args), capture_output=True, text=True, timeout=300, check=False)
        if check and done.returncode:
            raise AssertionError(f"{args}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def start(self, name: str, *args: str, prefix: tuple[str, ...] = (), env: dict[str, str] | None = None) -> None:
        """Start a process under that name; its output goes to NAME.log."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*prefix, *self.command(*args)], stdout=log, stderr=log, env={**os.environ, **(env or {})}
            )

    def start_watched(self, name: str, plan: Path, *args: str) -> None:
        """The same with its commits watched, as the plan says: see commits.py."""
        watched = (
            sys.executable,
            str(Path(__file__).with_name("commits.py")),
            str(plan),
            "--",
            "--config",
            str(self.config),
        )
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen([*watched, *args], stdout=log, stderr=log)

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Signal a process and wait for its end; its exit code."""
        process = self.processes.pop(name)
        process.send_signal(number)
        return process.wait(30)

    def close(self) -> None:
        for name in list(self.processes):
            self.processes[name].send_signal(signal.SIGCONT)
            self.kill(name)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def until(self, what: Callable[[], object], seconds: float = 60.0, *, step_s: float = STEP_S) -> None:
        """Wait for a condition; a process that ended by itself, or a time that is up, is a failure with its log."""
        end = time.monotonic() + seconds
        while not what():
            for name, process in self.processes.items():
                assert process.poll() is None, f"{name} ended with {process.returncode}:\n{self.log(name)[-4000:]}"
            if time.monotonic() > end:
                logs = "\n".join(f"== {name}\n{self.log(name)[-3000:]}" for name in self.processes)
                raise AssertionError(f"not so after {seconds} s: {what}\n{self.state()}\n{logs}")
            time.sleep(step_s)

    def opened(self) -> Store:
        return open_store(self.url)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What a query of our own finds."""
        store = self.opened()
        try:
            with store.read() as tx:
                return [tuple(row) for row in tx.all(sa.text(query))]
        finally:
            store.close()

    def count(self, table: str, where: str = "1=1") -> int:
        found = self.rows(f"SELECT count(*) FROM {table} WHERE {where}")[0][0]
        assert isinstance(found, int)
        return found

    def holder(self) -> str:
        found = self.rows("SELECT holder FROM leases WHERE name = 'coordinator'")
        return str(found[0][0]) if found else ""

    def state(self) -> dict[str, object]:
        """What an assertion that fails shows."""
        return {
            "entries": self.rows("SELECT stage, reason, count(*) FROM entries GROUP BY 1, 2"),
            "jobs": self.rows("SELECT name, result, detail, runs FROM jobs"),
            "counts": {t: self.count(t) for t in ("articles", "versions", "findings", "alerts", "outbox")},
            "outbox": self.rows("SELECT state, last_error, count(*) FROM outbox GROUP BY 1, 2"),
        }

    def delivered(self) -> Counter[str]:
        """Message id -> how often the receiver saw it."""
        path = self.folder / "alerts.jsonl"
        if not path.exists():
            return Counter()
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line]
        return Counter(str(json.loads(line)["id"]) for line in lines)

    def settled(self, reports: int) -> bool:
        """Whether every report has come to its end and every message is sent."""
        return self.count("entries", "stage = 'done'") == reports == self.count("outbox", "state = 'sent'")

    def check(self, reports: int) -> None:
        """Exactly one article, finding, alert and message a report; nothing lost, nothing doubled."""
        for table in ("articles", "versions", "findings", "alerts", "outbox"):
            assert self.count(table) == reports, (table, self.state())
        assert self.count("alert_keys") == reports, self.state()
        assert len(self.delivered()) == reports, self.state()
