"""3. How long news takes through the running service, as a process of its own on the shipped configuration.

Two figures: from a feed's response to the mail in an SMTP server on loopback, with 500 sources due evenly over a minute
and one relevant new item a second; and from a feed's response to the alert in the outbox, with 20 new articles a second
of which one is relevant. Every outlet has hosts of its own for feed and pages, on loopback, so that the pace of one
host, which is kept, is not what is measured.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.figures import Figure, Options
from pipeline.settings import shipped

NAME = "latency"
PROGRAM = (sys.executable, "-m", "pipeline")
LOAD_S = 60
TAIL_S = 15.0  # after the last item, for what is on its way
LOOK_S = 0.02
START_S = 90.0
ITEM = re.compile(r"/news/(\d+)")
MENU = "".join(f'<li><a href="/section/{n}">Section number {n} of the outlet</a></li>' for n in range(60))
SAID = (
    "Pakistan has signed a contract to sell {n} JF-17 fighter jets to Azerbaijan, officials said on Friday. "
    "The deal is worth ${n} billion, they said. "
    + "The two sides have been in talks since the spring, and the talks were long. "
    * 40
)
PLAIN = "The match ended level after a long evening of rain and the crowd went home by tram. " * 40


@dataclass(frozen=True)
class Load:
    """How many sources are polled how often, how often an item is new, and which of them are relevant."""

    sources: int
    interval_s: int
    items_per_s: float
    relevant: int  # every so many


MAIL = Load(sources=500, interval_s=60, items_per_s=1, relevant=1)
OUTBOX = Load(sources=200, interval_s=10, items_per_s=20, relevant=20)


@dataclass
class Press:
    """Feeds to which items come at a steady rate: the next feed that is asked for has them."""

    load: Load
    start_s: float | None = None  # no item is new before
    given: int = 0
    items: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    seen: dict[int, float] = field(default_factory=dict)  # item -> when the feed that has it was answered

    def feed(self, outlet: int, port: int) -> bytes:
        now = time.time()
        gone_s = 0.0 if self.start_s is None else min(now - self.start_s, LOAD_S)
        held = self.items.setdefault(outlet, [(-1 - outlet, _date(now - 86_400))])
        if self.given < int(gone_s * self.load.items_per_s):
            held.append((self.given, _date(now + 1)))
            self.seen[self.given] = now
            self.given += 1
        rows = "".join(
            f"<item><title>{self.title(number)}</title><guid>{number}</guid><pubDate>{at}</pubDate>"
            f"<link>http://{_page_host(outlet)}:{port}/news/{number}</link></item>"
            for number, at in reversed(held)
        )
        return (
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>{outlet}</title>{rows}</channel></rss>'.encode()
        )

    def news(self, number: int) -> bool:
        return number >= 0 and number % self.load.relevant == 0

    def title(self, number: int) -> str:
        return f"Fighter jets for Azerbaijan, report {number}" if self.news(number) else f"An evening of rain {number}"

    def page(self, number: int) -> bytes:
        value = round(20 * 1.12 ** (number // self.load.relevant))  # further from every other than any tolerance
        text = SAID.format(n=value) if self.news(number) else f"{PLAIN} Match {number}."
        return (
            f"<!doctype html><html lang=en><head><title>{self.title(number)}</title></head><body><nav><ul>{MENU}</ul>"
            f"</nav><article><h1>{self.title(number)}</h1><p>{text}</p></article></body></html>"
        ).encode()


def _date(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%a, %d %b %Y %H:%M:%S +0000}"


def _feed_host(outlet: int) -> str:
    return f"127.1.{outlet // 200}.{1 + outlet % 200}"


def _page_host(outlet: int) -> str:
    return f"127.2.{outlet // 200}.{1 + outlet % 200}"


class Postbox:
    """Takes mails and notes when each came, by the items that it names."""

    def __init__(self) -> None:
        self.came: dict[int, float] = {}

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        now = time.time()
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        for number in ITEM.findall(content.replace(b"=\r\n", b"").decode("utf-8", "replace")):
            self.came.setdefault(int(number), now)
        return "250 OK"


def serve(pipe: Connection, load: Load) -> None:
    """Outlets and mail server, until told to stop; runs in a process of its own."""
    press, box = Press(load), Postbox()
    port = 0

    async def answer(request: web.Request) -> web.Response:
        what, _, number = request.path[1:].partition("/")
        if what == "feed":
            body = press.feed(int(number), port)
            return web.Response(body=body, content_type="application/rss+xml")
        if what == "news":
            return web.Response(body=press.page(int(number)), content_type="text/html", charset="utf-8")
        return web.Response(status=404)

    async def run() -> None:
        nonlocal port
        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "0.0.0.0", 0, backlog=1024).start()
        port = runner.addresses[0][1]
        post = await asyncio.get_running_loop().create_server(lambda: SMTP(box, hostname="post"), "127.0.0.1", 0)
        pipe.send((port, post.sockets[0].getsockname()[1]))
        while (asked := await asyncio.to_thread(pipe.recv)) != "stop":
            if asked == "begin":
                press.start_s = time.time()
            else:
                pipe.send((dict(press.seen), dict(box.came)))
        await runner.cleanup()

    asyncio.run(run())


def configured(folder: Path, load: Load, port: int, post: int) -> Path:
    """The shipped configuration with these outlets, and one mail an alert."""
    config = folder / "config"
    shutil.copytree(shipped.path("config"), config)
    hosts = [f"{host(n)}:{port}" for n in range(load.sources) for host in (_feed_host, _page_host)]
    settings = {
        "database": {"url": f"sqlite:///{folder / 'latency.db'}"},
        "schedule": {"interval": f"{load.interval_s}s", "floor": "1s", "ceiling": "1m"},
        "fetch": {"allow_private": hosts},
        "web": {"port": 0},
    }
    sources = [
        {"id": f"s{n}", "url": f"http://{_feed_host(n)}:{port}/feed/{n}", "country": "GB", "seen": "made up"}
        for n in range(load.sources)
    ]
    mail = {"kind": "mail", "host": "127.0.0.1", "port": post, "security": "none"}
    mail |= {"from": "watch@bench.example", "to": ["desk@bench.example"]}
    rule = {"id": "news", "when": {"relations": ["denies", "changes", "adds"]}, "channels": ["desk"]}
    for name, data in (
        ("settings", settings),
        ("sources", {"sources": sources}),
        ("alerts", {"channels": {"desk": mail}, "rules": [rule]}),
    ):
        (config / f"{name}.yaml").write_text(json.dumps(data), encoding="utf-8")  # JSON is YAML
    return config


def _until(what: Callable[[], bool], seconds: float, said: str) -> None:
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            raise RuntimeError(f"not so after {seconds:.0f} s: {said}")
        time.sleep(0.2)


def run(load: Load) -> tuple[dict[int, float], dict[int, float], dict[int, float]]:
    """Item -> when its feed was answered, when its alert was seen in the outbox, when its mail came; seconds."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there, load), daemon=True)
    server.start()
    port, post = here.recv()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with tempfile.TemporaryDirectory() as name, (Path(name) / "log").open("wb") as log:
        folder = Path(name)
        command = [*PROGRAM, "--config", str(configured(folder, load, port, post))]
        subprocess.run([*command, "db", "upgrade"], check=True, env=environment, stdout=log, stderr=log)
        subprocess.run([*command, "once"], check=True, env=environment, stdout=log, stderr=log)  # sources are met
        _spread(folder / "latency.db", load)
        service = subprocess.Popen([*command, "run", "--without", "web"], env=environment, stdout=log, stderr=log)
        try:
            with closing(sqlite3.connect(folder / "latency.db", timeout=30)) as database:
                _until(lambda: _polls(database) > 0, START_S, "the service polls")
                here.send("begin")
                outbox = _watched(database, LOAD_S + TAIL_S)
            here.send("told")
            seen, came = here.recv()
        finally:
            service.terminate()
            with suppress(subprocess.TimeoutExpired):
                service.wait(30)
            service.kill()
            here.send("stop")
            server.join(10)
        if not outbox or not came:
            raise RuntimeError((folder / "log").read_text(encoding="utf-8", errors="replace")[-3000:])
    return seen, outbox, came


def _spread(path: Path, load: Load) -> None:
    """Let sources be due evenly over their interval, beginning a few seconds from now."""
    with closing(sqlite3.connect(path)) as database:
        first = datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=8)
        step = timedelta(seconds=load.interval_s / load.sources)
        rows = [(f"{first + n * step:%Y-%m-%d %H:%M:%S.%f}", f"s{n}") for n in range(load.sources)]
        database.executemany("UPDATE sources SET next_poll_at = ? WHERE id = ?", rows)
        database.commit()


def _polls(database: sqlite3.Connection) -> int:
    """Finished polls of the service since it was started."""
    return int(database.execute("SELECT count(*) FROM jobs WHERE name = 'poll' AND ok_at IS NOT NULL").fetchone()[0])


def _watched(database: sqlite3.Connection, seconds: float) -> dict[int, float]:
    """Item -> when its message was seen in the outbox."""
    seen: dict[int, float] = {}
    end, last = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        rows = database.execute("SELECT id, payload FROM outbox WHERE id > ? ORDER BY id", (last,)).fetchall()
        for number, payload in rows:
            last = max(last, number)
            for item in ITEM.findall(payload):
                seen.setdefault(int(item), time.time())
        time.sleep(LOOK_S)
    return seen


def _figure(name: str, load: Load, seen: dict[int, float], came: dict[int, float], most_s: float) -> Figure:
    wanted = [number for number in seen if number % load.relevant == 0]
    missing = [number for number in wanted if number not in came]
    if missing:
        raise RuntimeError(f"{name}: {len(missing)} of {len(wanted)} never came")
    waits = [came[number] - seen[number] for number in wanted]
    points = statistics.quantiles(waits, n=100, method="inclusive")
    detail: dict[str, Any] = {f"p{p}_s": round(points[p - 1], 3) for p in (50, 95, 99)}
    detail |= {"news": len(wanted), "items": len(seen), "sources": load.sources}
    return Figure(bench=NAME, name=name, value=points[94], unit="s", ceiling=most_s, detail=detail)


def measure(_options: Options) -> list[Figure]:
    """Feed to mail, then feed to outbox under load."""
    seen, _, came = run(MAIL)
    mails = _figure(f"feed to mail, {MAIL.sources} sources a minute, p95", MAIL, seen, came, 2.0)
    seen, outbox, _ = run(OUTBOX)
    alerts = _figure(f"feed to outbox, {OUTBOX.items_per_s:g} articles a second, p95", OUTBOX, seen, outbox, 1.0)
    return [mails, alerts]
