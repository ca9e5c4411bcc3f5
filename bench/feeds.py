"""Feeds per second of our fetcher and reader, beside the bare HTTP client and feedparser on the same server.

    python bench/feeds.py [--feeds 2000] [--items 30] [--floor 0.8]

A server on loopback, in a process of its own, serves feeds. Both ways fetch with the same concurrency: changed feeds
are fetched and read, unchanged ones answer 304. Bare means aiohttp with its own decompression and feedparser as we use
it. Prints the ratios; exit 1 when one is below the floor.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import multiprocessing
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection

import aiohttp
import feedparser
from aiohttp import web

from pipeline.articles.address import canonical
from pipeline.fetch.client import Fetcher
from pipeline.fetch.policy import Policy
from pipeline.model.source import Source
from pipeline.sources import feed

AT_ONCE = 64
ATOM = "a"  # before the number of a feed: it is asked for as Atom
ROUNDS = 5


def rss(number: int, items: int) -> bytes:
    """A feed of our own making, with summaries of 300 characters."""
    body = "".join(
        f"<item><guid>{number}-{item}</guid><link>https://outlet-{number}.example/news/{item}?utm_source=rss</link>"
        f"<title>Report {item} of outlet {number}</title>"
        f"<pubDate>Sun, 22 Nov 2026 10:{item % 60:02d}:00 +0400</pubDate>"
        f"<description>{'The ministry said that talks would go on. ' * 7}</description></item>"
        for item in range(items)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{number}</title>{body}</channel></rss>'.encode()


def atom(number: int, items: int) -> bytes:
    """The same as Atom."""
    body = "".join(
        f"<entry><id>{number}-{item}</id><link href='https://outlet-{number}.example/news/{item}?utm_source=rss'/>"
        f"<title>Report {item} of outlet {number}</title><updated>2026-11-22T10:{item % 60:02d}:00+04:00</updated>"
        f"<summary>{'The ministry said that talks would go on. ' * 7}</summary></entry>"
        for item in range(items)
    )
    return (
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{number}</title>{body}</feed>'.encode()
    )


def serve(pipe: Connection, items: int) -> None:
    """Serve until told to stop; runs in a process of its own."""

    async def answer(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match"):
            return web.Response(status=304)
        if request.path == "/robots.txt":
            return web.Response(status=404)
        name = request.path[1:]
        written = atom(int(name[1:]), items) if name.startswith(ATOM) else rss(int(name), items)
        return web.Response(body=written, content_type="application/xml", headers={"ETag": '"1"'})

    async def run() -> None:
        app = web.Application()
        app.router.add_get("/{path}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "0.0.0.0", 0)
        await site.start()
        pipe.send(runner.addresses[0][1])
        await asyncio.to_thread(pipe.recv)
        await runner.cleanup()

    asyncio.run(run())


async def all_of(work: Callable[[int], Awaitable[int]], count: int) -> int:
    """Do the work for every number, so many at once; answers the entries read."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> int:
        async with gate:
            return await work(number)

    return sum(await asyncio.gather(*(one(number) for number in range(count))))


async def bare(base: str, count: int, *, changed: bool, kind: str = "") -> int:
    """aiohttp and feedparser alone. `kind` is ATOM for feeds in that format."""
    headers = {} if changed else {"If-None-Match": '"1"'}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:

        async def work(number: int) -> int:
            async with session.get(f"{base}/{kind}{number}", headers=headers) as response:
                body = await response.read()
            if not body:
                return 0
            read = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
            return len(read["entries"])

        return await all_of(work, count)


async def ours(base: str, count: int, *, changed: bool) -> int:
    """The fetcher with all its guards, and the reader with keys, dates and notes."""
    port = int(base.rpartition(":")[2])
    policy = Policy(allow=frozenset({("127.0.0.1", port)}), host_delay_s=0.0, per_host=AT_ONCE, concurrency=AT_ONCE)
    async with Fetcher(policy) as fetcher:

        async def work(number: int) -> int:
            url = f"{base}/{number}"
            response = await fetcher.get(url, kind="feed", etag="" if changed else '"1"')
            if response.status == 304:
                return 0
            source = Source(id=str(number), url=url)
            kind = response.header("content-type")
            document = feed.read(response.body, source=source, content_type=kind, url=url, canonical=canonical)
            return len(document.entries)

        return await all_of(work, count)


def main() -> int:
    """Measure both in turns and compare the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=400)
    parser.add_argument("--items", type=int, default=30)
    parser.add_argument("--floor", type=float, default=0.8)
    given = parser.parse_args()
    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there, given.items), daemon=True)
    server.start()
    base = f"http://127.0.0.1:{here.recv()}"
    ratios = []
    for name, changed, count in (("changed", True, given.feeds), ("unchanged", False, given.feeds * 5)):
        rates: dict[str, list[float]] = {"bare": [], "ours": []}
        for _ in range(ROUNDS):
            for who, way in (("bare", bare), ("ours", ours)):
                started = time.perf_counter()
                entries = asyncio.run(way(base, count, changed=changed))
                rates[who].append(count / (time.perf_counter() - started))
                if entries != (count * given.items if changed else 0):
                    raise SystemExit(f"{who}: {entries} entries read")
        medians = {who: statistics.median(rate) for who, rate in rates.items()}
        ratio = medians["ours"] / medians["bare"]
        ratios.append(ratio)
        print(f"{name:10} ours {medians['ours']:7.0f} feeds/s   bare {medians['bare']:7.0f}   ratio {ratio:.2f}")
    here.send("stop")
    server.join()
    return 0 if min(ratios) >= given.floor else 1


if __name__ == "__main__":
    sys.exit(main())
