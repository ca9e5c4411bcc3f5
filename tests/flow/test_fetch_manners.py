"""Conditional requests, redirects, robots.txt and pace, against a real server."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import brotli
import pytest
from servers.misbehaving import FEED, Misbehaving, Page

from pipeline.errors import FetchError
from pipeline.fetch import decode
from pipeline.fetch.client import Fetcher
from pipeline.fetch.policy import Policy
from pipeline.model.outcome import Reason

T = TypeVar("T")


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with Misbehaving() as running:
        yield running


def run(server: Misbehaving, work: Callable[[Fetcher], Awaitable[T]], **more: Any) -> T:
    given: dict[str, Any] = {
        "allow": server.allow("127.0.0.1", "outlet.example", "other.example"), "host_delay_s": 0.0, "read_s": 2.0,
        "contact": "https://desk.example/about", "version": "9",
    }  # fmt: skip

    async def go() -> T:
        rules = Policy(**(given | more))
        async with Fetcher(rules, lookup=lambda host, port: ["127.0.0.1"]) as fetcher:
            return await work(fetcher)

    return asyncio.run(go())


def robots(server: Misbehaving, text: str, status: int = 200) -> None:
    server.pages["/robots.txt"] = Page(text.encode(), status=status, headers={"Content-Type": "text/plain"})


def reason(server: Misbehaving, path: str, **more: Any) -> Reason:
    with pytest.raises(FetchError) as caught:
        run(server, lambda fetcher: fetcher.get(server.url(path)), **more)
    return caught.value.reason


def test_who_asks_says_so(server: Misbehaving) -> None:
    run(server, lambda fetcher: fetcher.get(server.url("/feed"), kind="feed"))
    headers = server.asked[-1].headers
    assert headers["user-agent"] == "claimwatch/9 (+https://desk.example/about)"
    assert "rss" in headers["accept"]
    assert headers["accept-encoding"] == "gzip, deflate, br, zstd"
    assert "cookie" not in headers


def test_an_unchanged_feed_is_not_sent_again(server: Misbehaving) -> None:
    async def twice(fetcher: Fetcher) -> tuple[int, int, int]:
        first = await fetcher.get(server.url("/feed"), kind="feed")
        second = await fetcher.get(server.url("/feed"), etag=first.header("etag"), kind="feed")
        third = await fetcher.get(server.url("/feed"), last_modified="Sun, 22 Nov 2026 10:00:00 GMT", kind="feed")
        assert first.body == FEED
        assert second.body == third.body == b""
        return first.status, second.status, third.status

    assert run(server, twice) == (200, 304, 304)


def test_a_validator_that_cannot_stand_in_a_header_is_not_sent(server: Misbehaving) -> None:
    assert run(server, lambda fetcher: fetcher.get(server.url("/feed"), etag='"a\r\nX-Evil: 1"')).status == 200
    assert "x-evil" not in server.asked[-1].headers


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("gzip", gzip.compress(FEED)),
        ("deflate", zlib.compress(FEED)),
        ("deflate", zlib.compress(FEED)[2:-4]),
        ("br", brotli.compress(FEED)),
        ("zstd", decode.zstd.compress(FEED)),
        ("gzip, br", brotli.compress(gzip.compress(FEED))),
        ("identity", FEED),
    ],
)
def test_every_encoding_is_unpacked(server: Misbehaving, name: str, packed: bytes) -> None:
    server.pages["/packed"] = Page(packed, headers={"Content-Encoding": name})
    assert run(server, lambda fetcher: fetcher.get(server.url("/packed"))).body == FEED


def test_a_packed_file_is_unpacked(server: Misbehaving) -> None:
    server.pages["/sitemap.xml.gz"] = Page(gzip.compress(b"<urlset/>"), headers={"Content-Type": "application/gzip"})
    assert run(server, lambda fetcher: fetcher.get(server.url("/sitemap.xml.gz"), kind="sitemap")).body == b"<urlset/>"


def test_a_move_for_good_is_reported_and_one_for_now_is_not(server: Misbehaving) -> None:
    moved = run(server, lambda fetcher: fetcher.get(server.url("/permanent")))
    assert moved.url == server.url("/permanent")
    assert moved.final_url == moved.permanent_url == server.url("/ok")
    mixed = run(server, lambda fetcher: fetcher.get(server.url("/mixed")))
    assert mixed.final_url == server.url("/ok")
    assert mixed.permanent_url == server.url("/for-now")
    assert run(server, lambda fetcher: fetcher.get(server.url("/ok"))).permanent_url == ""


def test_a_site_that_sets_a_cookie_on_the_way_is_read_and_the_cookie_forgotten(server: Misbehaving) -> None:
    async def twice(fetcher: Fetcher) -> None:
        for _ in range(2):
            assert b"Welcome" in (await fetcher.get(server.url("/with-cookie"))).body

    run(server, twice, robots=False)
    assert [("cookie" in asked.headers) for asked in server.asked] == [False, True, False, True]


def test_a_cookie_and_a_password_stay_with_their_host(server: Misbehaving) -> None:
    there = server.url("/ok", host="other.example")
    server.pages["/leave"] = Page(status=302, headers={"Location": there, "Set-Cookie": "seen=1"})
    address = server.url("/leave", host="outlet.example").replace("//", "//name:word@")
    run(server, lambda fetcher: fetcher.get(address), robots=False)
    assert "authorization" in server.asked[0].headers
    assert not {"cookie", "authorization"} & set(server.asked[1].headers)


def test_robots_txt_is_honoured_and_asked_for_once(server: Misbehaving) -> None:
    robots(server, "User-agent: *\nDisallow: /private\n\nUser-agent: claimwatch\nDisallow: /ok\n")

    async def several(fetcher: Fetcher) -> list[Reason | None]:
        answers: list[Reason | None] = []
        for path in ("/feed", "/ok", "/feed"):
            try:
                await fetcher.get(server.url(path))
                answers.append(None)
            except FetchError as error:
                answers.append(error.reason)
        return answers

    assert run(server, several) == [None, Reason.ROBOTS, None]
    assert [asked.path for asked in server.asked].count("/robots.txt") == 1
    assert server.paths() == ["/feed", "/feed"]


def test_robots_txt_of_where_a_redirect_leads_counts_too(server: Misbehaving) -> None:
    robots(server, "User-agent: *\nDisallow: /ok\n")
    assert reason(server, "/permanent") is Reason.ROBOTS
    assert "/ok" not in server.paths()


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_site_without_robots_txt_allows_everything(server: Misbehaving, status: int) -> None:
    robots(server, "", status)
    assert run(server, lambda fetcher: fetcher.get(server.url("/ok"))).status == 200


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_txt_that_is_not_to_be_had_means_wait(server: Misbehaving, status: int) -> None:
    robots(server, "", status)

    async def twice(fetcher: Fetcher) -> list[Reason]:
        reasons = []
        for _ in range(2):
            with pytest.raises(FetchError) as caught:
                await fetcher.get(server.url("/ok"))
            reasons.append(caught.value.reason)
        return reasons

    assert run(server, twice) == [Reason.ROBOTS_WAIT] * 2
    assert [asked.path for asked in server.asked] == ["/robots.txt"]


def test_a_robots_txt_without_end_is_read_as_far_as_needed(server: Misbehaving) -> None:
    robots(server, "User-agent: *\nDisallow: /ok\n" + "# nothing\n" * 200_000)
    assert reason(server, "/ok") is Reason.ROBOTS


def test_a_robots_txt_that_is_a_web_page_allows_everything(server: Misbehaving) -> None:
    robots(server, "<!doctype html><html><body>Disallow: everything</body></html>")
    assert run(server, lambda fetcher: fetcher.get(server.url("/ok"))).status == 200


def test_the_crawl_delay_of_robots_txt_is_kept(server: Misbehaving) -> None:
    robots(server, "User-agent: *\nCrawl-delay: 0.3\n")

    async def three(fetcher: Fetcher) -> float:
        loop = asyncio.get_running_loop()
        started = loop.time()
        await asyncio.gather(*(fetcher.get(server.url("/ok")) for _ in range(3)))
        return loop.time() - started

    assert 0.6 <= run(server, three) < 3.0


def test_a_crawl_delay_of_a_day_is_not_waited_for(server: Misbehaving) -> None:
    robots(server, "User-agent: *\nCrawl-delay: 80000\n")

    async def two(fetcher: Fetcher) -> FetchError:
        await fetcher.get(server.url("/ok"))
        with pytest.raises(FetchError) as caught:
            await fetcher.get(server.url("/ok"))
        return caught.value

    error = run(server, two, wait_s=1.0)
    assert error.reason is Reason.HOST_BUSY
    assert error.retry_after == pytest.approx(80_000, abs=5)


def test_no_host_is_asked_by_more_than_the_limit_at_once(server: Misbehaving) -> None:
    async def many(fetcher: Fetcher) -> None:
        await asyncio.gather(*(fetcher.get(server.url("/ok")) for _ in range(40)))

    run(server, many, per_host=2)
    assert server.most_at_once <= 2
    assert len(server.paths()) == 40


def test_the_pace_of_one_host_does_not_slow_another(server: Misbehaving) -> None:
    async def both(fetcher: Fetcher) -> float:
        loop = asyncio.get_running_loop()
        started = loop.time()
        slow = [asyncio.ensure_future(fetcher.get(server.url("/ok", host="outlet.example"))) for _ in range(4)]
        await asyncio.gather(*slow[:1])
        await fetcher.get(server.url("/ok", host="other.example"))
        quick = loop.time() - started
        await asyncio.gather(*slow)
        return quick

    assert run(server, both, host_delay_s=0.4, concurrency=1) < 0.4


class Ledger:
    """A gate as the service has one: it answers from outside the process."""

    def __init__(self) -> None:
        self.booked: list[tuple[str, float]] = []
        self.held: list[tuple[str, float]] = []

    async def book(self, site: str, *, delay_s: float, within_s: float) -> float:
        self.booked.append((site, delay_s))
        return 0.0

    async def hold(self, site: str, *, seconds: float) -> None:
        self.held.append((site, seconds))


def test_another_gate_may_keep_the_pace(server: Misbehaving) -> None:
    ledger = Ledger()

    async def go() -> None:
        rules = Policy(allow=server.allow(), host_delay_s=2.5, robots=False)
        async with Fetcher(rules, gate=ledger) as fetcher:
            await fetcher.get(server.url("/ok"))
            with pytest.raises(FetchError):
                await fetcher.get(server.url("/wait-seconds"))

    asyncio.run(go())
    site = f"127.0.0.1:{server.port}"
    assert ledger.booked == [(site, 2.5), (site, 2.5)]
    assert ledger.held == [(site, 7.0)]


def test_a_fetcher_that_is_not_open_says_so() -> None:
    async def go() -> None:
        await Fetcher(Policy(robots=False)).get("http://outlet.example/")

    with pytest.raises(RuntimeError, match="async with"):
        asyncio.run(go())
