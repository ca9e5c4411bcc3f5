"""What goes wrong around the service: poisoned articles, locked and full databases, channels that are down, clocks."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import pytest
from bridges import Newsstand
from plant import Plant, free_port

Plants = Callable[..., Plant]
ROOT = Path(__file__).resolve().parents[2]


def met(plant: Plant) -> bool:
    """Whether the stand was met, so that what it publishes from now on is news."""
    return plant.count("jobs", "name = 'poll' AND runs >= 2 AND result = 'ok'") == 1


@pytest.mark.long
def test_a_poisoned_article_is_put_aside_and_the_others_go_on(
    sqlite_url: str, plants: Plants, stand: Newsstand
) -> None:
    said = "The Velora bridge will cost {n} million dollars by 2 May 20{n}, an officer said on Tuesday."
    paragraphs = "".join(f"<p>{' '.join(said.format(n=n + k) for k in range(8))}</p>" for n in range(0, 44_000, 8))
    plant = plants(sqlite_url, extra="engine: {article_timeout: 1s}")
    plant.start("run", "run", "--without", "web")
    plant.until(lambda: met(plant))
    stand.poisoned["/news/report-3"] = (
        f"<!doctype html><html lang=en><head><title>Velora bridge</title></head><body><article><h1>Velora bridge</h1>"
        f"{paragraphs}</article></body></html>"
    ).encode()
    stand.publish(8)
    plant.until(lambda: plant.count("entries", "stage = 'done'") == 7, 60)
    plant.until(lambda: plant.count("entries", "reason = 'analysis-time' AND attempts >= 1") == 1, 60)
    for _ in range(2):  # its next tries are minutes away: they are brought forward
        before = plant.rows("SELECT attempts FROM entries WHERE reason = 'analysis-time'")
        with plant.opened().transaction() as tx:
            import sqlalchemy as sa

            tx.execute(sa.text("UPDATE entries SET next_attempt_at = first_seen WHERE reason = 'analysis-time'"))
        plant.until(
            lambda before=before: (
                plant.count("entries", "stage = 'failed'") == 1
                or plant.rows("SELECT attempts FROM entries WHERE reason = 'analysis-time'") != before
            ),
            60,
        )
    plant.until(lambda: plant.count("entries", "stage = 'failed' AND reason = 'analysis-time'") == 1, 30)
    assert plant.count("alerts") == 7
    assert "reason=analysis-time" in plant.log("run")


@pytest.mark.long
def test_an_sqlite_file_that_another_program_locks_is_waited_for(
    sqlite_url: str, plants: Plants, stand: Newsstand
) -> None:
    plant = plants(sqlite_url)
    plant.start("run", "run", "--without", "web")
    plant.until(lambda: met(plant))
    locked_s = 60.0 if os.environ.get("CLAIMWATCH_LONG") else 5.0
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        stand.publish(8)
        time.sleep(locked_s)
        assert plant.processes["run"].poll() is None
        other.execute("ROLLBACK")
    plant.until(lambda: plant.settled(8), 60)
    plant.check(8)
    assert set(plant.delivered().values()) == {1}


class _Receiver(BaseHTTPRequestHandler):
    """A webhook that is down for a while and keeps what it took."""

    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = 503 if self.server.down.is_set() else 200
        self.server.asked += 1
        if status == 200:
            self.server.taken.append(json.loads(body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Stay quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    down: threading.Event
    taken: list[dict[str, object]]
    asked: int = 0


@pytest.fixture
def receiver() -> Iterator[_Server]:
    server = _Server(("127.0.0.1", 0), _Receiver)
    server.down, server.taken = threading.Event(), []
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.long
def test_a_channel_that_is_down_holds_up_no_other_and_gets_each_message_once(
    sqlite_url: str, plants: Plants, stand: Newsstand, receiver: _Server
) -> None:
    plant = plants(sqlite_url)
    port = receiver.server_address[1]
    (plant.config / "alerts.yaml").write_text(
        "channels:\n  log: {kind: file, path: alerts.jsonl, format: jsonl}\n"
        f"  hook: {{kind: webhook, address: 'http://127.0.0.1:{port}/'}}\n"
        "rules:\n  - {id: all, when: {relations: [adds, changes, denies]}, channels: [log, hook]}\n",
        encoding="utf-8",
    )
    receiver.down.set()
    plant.start("run", "run", "--without", "web")
    plant.until(lambda: met(plant))
    stand.publish(6)
    plant.until(lambda: plant.count("outbox", "channel = 'log' AND state = 'sent'") == 6, 60)
    plant.until(lambda: plant.count("outbox", "channel = 'hook' AND state = 'pending' AND attempts > 0") == 6, 30)
    receiver.down.clear()
    with plant.opened().transaction() as tx:
        import sqlalchemy as sa

        tx.execute(sa.text("UPDATE outbox SET next_attempt_at = created_at WHERE state = 'pending'"))
    plant.until(lambda: plant.count("outbox", "state = 'sent'") == 12, 60)
    ids = [str(message["id"]) for message in receiver.taken]
    assert len(ids) == len(set(ids)) == 6


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler: the clock of a process cannot be moved")
def test_a_clock_that_jumps_loses_nothing(sqlite_url: str, plants: Plants, stand: Newsstand, tmp_path: Path) -> None:
    library, offset = tmp_path / "clock.so", tmp_path / "offset"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, ROOT / "tests/process/clock.c"], check=True)
    offset.write_text("0")
    plant = plants(sqlite_url)
    plant.start("run", "run", "--without", "web", env={"LD_PRELOAD": str(library), "CLOCK_OFFSET_FILE": str(offset)})
    plant.until(lambda: met(plant))
    published = 0
    for jump_s in (3 * 3600, -3 * 3600, 3600, 0):  # forwards, back by six hours, forwards, right again
        offset.write_text(str(jump_s))
        plant.until(lambda: "the clock jumped" in plant.log("run").splitlines()[-1] or jumped(plant) > 0, 15)
        stand.publish(3)
        published += 3
        plant.until(lambda published=published: plant.count("articles") == published, 30)
    plant.until(lambda: plant.count("entries", "stage = 'done'") == published, 60)
    assert plant.count("versions") == published
    assert plant.kill("run", signal.SIGTERM) == 0


def jumped(plant: Plant) -> int:
    return plant.log("run").count("the clock jumped")


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.skipif(not shutil.which("initdb"), reason="no initdb: the tests make no cluster of their own")
def test_a_database_that_is_restarted_in_the_middle_is_waited_for(plants: Plants, stand: Newsstand) -> None:
    with own_postgres() as own:
        plant = plants(own.url)
        plant.start("first", "run", "--without", "web")
        plant.start("second", "run", "--without", "web")
        plant.until(lambda: met(plant))
        stand.publish(8)
        plant.until(lambda: plant.count("articles") > 0, 60)
        own.stop()
        told = "the lease could not be renewed"
        plant.until(lambda: all(told in plant.log(name) for name in ("first", "second")), 60)
        own.start()
        stand.publish(8)
        plant.until(lambda: plant.settled(16), 90)
        plant.check(16)
        plant.close()


class own_postgres:  # noqa: N801  a context manager is read like a function
    """A PostgreSQL cluster of this test's own, by an unprivileged user, on a free port."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="claimwatch-pg-"))  # not below a folder that is root's alone
        self._port = free_port()
        self._as = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.getuid() == 0 else []

    def _run(self, *command: str) -> None:
        done = subprocess.run([*self._as, *command], capture_output=True, text=True, check=False, cwd="/")
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"

    def __enter__(self) -> Self:
        if self._as:
            shutil.chown(self._folder, "nobody", "nogroup")
        self._run("initdb", "-D", str(self._folder / "data"), "-U", "postgres", "--auth=trust", "--no-sync")
        self.start()
        return self

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self._run(
            "pg_ctl", "-D", str(self._folder / "data"), "-l", str(self._folder / "log"), "-o", options, "-w", "start"
        )

    def stop(self) -> None:
        """As if it crashed."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop")

    def __exit__(self, *error: object) -> None:
        self.stop()
        shutil.rmtree(self._folder)


@pytest.mark.long
@pytest.mark.skipif(os.getuid() != 0, reason="a small file system can only be mounted by root")
def test_a_full_disk_is_waited_for(tmp_path: Path, plants: Plants, stand: Newsstand) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(small)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no small file system can be mounted here")
    try:
        plant = plants(f"sqlite:///{small / 'claimwatch.db'}")
        plant.start("run", "run", "--without", "web")
        plant.until(lambda: met(plant))
        filler = small / "filler"
        fill(filler)
        stand.publish(8)
        plant.until(lambda: "disk is full" in plant.log("run"), 60)
        assert plant.processes["run"].poll() is None
        filler.unlink()
        plant.until(lambda: plant.settled(8), 60)
        plant.check(8)
        plant.close()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def fill(path: Path) -> None:
    """Write until nothing more fits."""
    with path.open("wb", buffering=0) as filler:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    filler.write(b"\0" * size)
            except OSError:
                continue
