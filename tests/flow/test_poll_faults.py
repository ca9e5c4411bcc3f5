"""Sources that fail in every way, polled by the service: each ends with a stored reason, the others are served."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from servers.misbehaving import Misbehaving, Page

from pipeline.model.outcome import Reason
from pipeline.model.source import Source
from pipeline.service import poll
from pipeline.service.clock import Clock
from pipeline.service.cycle import cycle
from pipeline.service.wiring import Desk, desk, fetcher, with_sources
from pipeline.settings.load import load
from pipeline.storage import sources
from pipeline.storage.session import Store

FAULTS = {
    "/reset": Reason.RESET,
    "/silent": Reason.READ_TIMEOUT,
    "/slow-body": Reason.TOTAL_TIMEOUT,
    "/br-bomb": Reason.TOO_LARGE,
    "/half-gzip": Reason.BAD_ENCODING,
    "/loop": Reason.TOO_MANY_REDIRECTS,
    "/not-http": Reason.PROTOCOL,
    "/status/403": Reason.FORBIDDEN,
    "/status/404": Reason.NOT_FOUND,
    "/status/410": Reason.GONE,
    "/status/429": Reason.RATE_LIMITED,
    "/status/500": Reason.SERVER_ERROR,
    "/html": Reason.NOT_A_FEED,
    "/empty": Reason.NOT_A_FEED,
    "/laughs": Reason.NOT_A_FEED,
}
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    b"<urlset><url><loc>&b;</loc></url></urlset>"
)
SERVED = 20


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with Misbehaving() as running:
        running.pages["/html"] = Page(b"<!doctype html><html><body>Welcome</body></html>")
        running.pages["/empty"] = Page(b"")
        running.pages["/laughs"] = Page(LAUGHS, headers={"Content-Type": "application/xml"})
        yield running


@pytest.fixture
def at_desk(store: Store, server: Misbehaving, tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "config").mkdir()
    faulty = [Source(id=f"faulty{number}", url=server.url(path)) for number, path in enumerate(FAULTS)]
    served = [Source(id=f"served{number}", url=server.url(f"/feed?{number}")) for number in range(SERVED)]
    configuration = with_sources(
        load(tmp_path / "config", env={}),
        (*faulty, *served),
        allow_private=(f"127.0.0.1:{server.port}",),
        host_delay=timedelta(),
        per_host=16,
        read_timeout=timedelta(seconds=1),
        total_timeout=timedelta(seconds=3),
        feed_size=1_000_000,
        robots=False,
    )
    with desk(replace(configuration, data=tmp_path), store=store) as built:
        yield built


def polled(built: Desk) -> poll.Polled:
    async def once() -> poll.Polled:
        async with fetcher(built.settings) as client:
            return await poll.poll(built, client)

    return asyncio.run(once())


def test_each_fault_is_stored_with_its_reason_and_the_others_are_served(at_desk: Desk) -> None:
    summary = polled(at_desk)
    assert summary.asked == len(FAULTS) + SERVED
    assert summary.answered == SERVED
    states = at_desk.read_now(sources.load_all)
    stored = {path: states[f"faulty{number}"].last_reason for number, path in enumerate(FAULTS)}
    assert stored == {path: reason.value for path, reason in FAULTS.items()}
    assert all(states[f"served{number}"].last_ok_at for number in range(SERVED))
    assert at_desk.read_now(sources.next_due_at) is not None, "none is parked for good"


def test_a_clock_that_was_set_back_between_two_runs_parks_no_source(at_desk: Desk) -> None:
    at_desk.clock = Clock(timedelta(hours=30))
    assert polled(at_desk).asked == len(FAULTS) + SERVED
    at_desk.clock = Clock()
    assert polled(at_desk).asked == 0, "by the times that the wrong clock left, nothing is due"

    async def whole() -> int:
        async with fetcher(at_desk.settings) as client:
            return (await cycle(at_desk, client)).polled.asked

    assert asyncio.run(whole()) == len(FAULTS) + SERVED - 1, "all but the one that is retired (410)"
    at_desk.clock = Clock(timedelta(seconds=1))
    assert asyncio.run(whole()) == 0, "once: from then on the right clock counts"
