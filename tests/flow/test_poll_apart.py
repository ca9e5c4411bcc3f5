"""Feeds are read in a child of the service: one that hangs or eats memory ends the child; the others are read."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from servers.misbehaving import Misbehaving, Page

from pipeline.model.outcome import Reason
from pipeline.model.source import Source
from pipeline.service import poll
from pipeline.service.wiring import Desk, desk, fetcher, with_sources
from pipeline.settings.load import load
from pipeline.storage import entries, sources
from pipeline.storage.session import Store

SERVED = 10
ITEM = "<item><guid>{n}</guid><link>https://outlet.example/{n}</link><title>Report {n}</title></item>"
HUGE = 40_000  # items: seconds of reading on any machine


def rss(count: int) -> bytes:
    items = "".join(ITEM.format(n=number) for number in range(count))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with Misbehaving() as running:
        running.pages["/huge"] = Page(rss(HUGE), headers={"Content-Type": "application/rss+xml"})
        running.pages["/html"] = Page(b"<!doctype html><html><body>Welcome</body></html>")
        for number in range(SERVED):
            running.pages[f"/{number}"] = Page(rss(5), headers={"Content-Type": "application/rss+xml"})
        yield running


@contextmanager
def at_desk(store: Store, server: Misbehaving, tmp_path: Path, *paths: str, **limits: object) -> Iterator[Desk]:
    (tmp_path / "config").mkdir()
    known = [Source(id=path.strip("/"), url=server.url(path)) for path in paths]
    known += [Source(id=f"s{number}", url=server.url(f"/{number}")) for number in range(SERVED)]
    configuration = with_sources(
        load(tmp_path / "config", env={}),
        tuple(known),
        allow_private=(f"127.0.0.1:{server.port}",),
        host_delay=timedelta(),
        per_host=16,
        robots=False,
    )
    engine = configuration.settings.engine.model_copy(update=limits)
    settings = configuration.settings.model_copy(update={"engine": engine})
    with desk(replace(configuration, settings=settings, data=tmp_path), store=store, guarded=True) as built:
        yield built


def polled(built: Desk) -> poll.Polled:
    async def once() -> poll.Polled:
        async with fetcher(built.settings) as client:
            return await poll.poll(built, client)

    return asyncio.run(once())


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"article_timeout": timedelta(seconds=0.5)}, Reason.READING_TIME),
        ({"article_memory": 32_000_000}, Reason.READING_MEMORY),
    ],
)
def test_a_feed_that_its_reader_does_not_survive_fails_alone(
    store: Store, server: Misbehaving, tmp_path: Path, limits: dict[str, object], reason: Reason
) -> None:
    with at_desk(store, server, tmp_path, "/huge", "/html", **limits) as built:
        summary = polled(built)
        states = built.read_now(sources.load_all)
        queued = built.read_now(entries.depth)
    assert summary.answered == SERVED
    assert states["huge"].last_reason == reason
    assert "bytes" in states["huge"].last_detail
    assert states["huge"].next_poll_at is not None, "it is asked again"
    assert states["html"].last_reason == Reason.NOT_A_FEED
    assert queued == {"new": SERVED * 5}


def test_a_child_that_was_killed_is_replaced(store: Store, server: Misbehaving, tmp_path: Path) -> None:
    with at_desk(store, server, tmp_path) as built:
        assert polled(built).answered == SERVED
        for child in _children():
            os.kill(child, signal.SIGKILL)
        built.write_now(lambda tx: [sources.look_now(tx, f"s{n}", now=built.clock.now()) for n in range(SERVED)])
        for number in range(SERVED):
            server.pages[f"/{number}"] = Page(rss(6), headers={"Content-Type": "application/rss+xml"})
        again = polled(built)
    assert (again.answered, again.new_entries) == (SERVED, SERVED)


def _children() -> list[int]:
    pids = []
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread may end meanwhile
            pids += [int(pid) for pid in (task / "children").read_text().split()]
    return pids
