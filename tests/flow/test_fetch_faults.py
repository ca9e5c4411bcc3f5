"""Every way in which a server fails ends with its reason, quickly, and harms nobody else."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from servers.misbehaving import Misbehaving, Page

from pipeline.errors import FetchError
from pipeline.fetch.client import Fetcher
from pipeline.fetch.policy import Policy
from pipeline.model.article import Response
from pipeline.model.outcome import Reason

LIMITS = {"feed": 1_000_000, "sitemap": 1_000_000, "page": 1_000_000, "robots": 100_000}


@pytest.fixture(scope="module")
def server() -> Iterator[Misbehaving]:
    with Misbehaving() as running:
        yield running


def policy(server: Misbehaving, **more: Any) -> Policy:
    given: dict[str, Any] = {
        "allow": server.allow(), "connect_s": 10.0, "read_s": 20.0, "total_s": 40.0, "host_delay_s": 0.0,
        "robots": False, "body_bytes": LIMITS, "per_host": 20, "contact": "desk@example.org", "version": "9",
    }  # fmt: skip
    return Policy(**(given | more))


def get(server: Misbehaving, path: str, *, rules: Policy | None = None, **more: str) -> Response:
    async def ask() -> Response:
        async with Fetcher(rules or policy(server)) as fetcher:
            return await fetcher.get(path if "://" in path else server.url(path), **more)

    return asyncio.run(ask())


def failure(server: Misbehaving, path: str, *, rules: Policy | None = None, **more: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        get(server, path, rules=rules, **more)
    return caught.value


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/reset", Reason.RESET),
        ("/cut", Reason.RESET),
        ("/short", Reason.WRONG_LENGTH),
        ("/half-chunk", Reason.RESET),
        ("/bad-chunk", Reason.PROTOCOL),
        ("/endless", Reason.TOO_LARGE),
        ("/gzip-bomb", Reason.TOO_LARGE),
        ("/deflate-bomb", Reason.TOO_LARGE),
        ("/br-bomb", Reason.TOO_LARGE),
        ("/file-bomb", Reason.TOO_LARGE),
        ("/nested-bomb", Reason.TOO_LARGE),
        ("/not-gzip", Reason.BAD_ENCODING),
        ("/half-gzip", Reason.BAD_ENCODING),
        ("/unknown-encoding", Reason.BAD_ENCODING),
        ("/loop", Reason.TOO_MANY_REDIRECTS),
        ("/nowhere", Reason.PROTOCOL),
        ("/long-header", Reason.HEADERS_TOO_LARGE),
        ("/many-headers", Reason.HEADERS_TOO_LARGE),
        ("/endless-headers", Reason.HEADERS_TOO_LARGE),
        ("/not-http", Reason.PROTOCOL),
        ("/unasked-304", Reason.PROTOCOL),
        ("/status/401", Reason.FORBIDDEN),
        ("/status/403", Reason.FORBIDDEN),
        ("/status/404", Reason.NOT_FOUND),
        ("/status/410", Reason.GONE),
        ("/status/418", Reason.CLIENT_ERROR),
        ("/status/429", Reason.RATE_LIMITED),
        ("/status/500", Reason.SERVER_ERROR),
        ("/status/503", Reason.SERVER_ERROR),
    ],
)
def test_a_fault_ends_with_its_reason(server: Misbehaving, path: str, reason: Reason) -> None:
    error = failure(server, path)
    assert error.reason is reason, error
    assert error.thing == server.url(path)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/slow-headers", Reason.READ_TIMEOUT),
        ("/silent", Reason.READ_TIMEOUT),
        ("/stalled-body", Reason.READ_TIMEOUT),
        ("/slow-body", Reason.TOTAL_TIMEOUT),
    ],
)
def test_slowness_ends_in_time(server: Misbehaving, path: str, reason: Reason) -> None:
    error = failure(server, path, rules=policy(server, read_s=0.4, total_s=1.5))
    assert (error.reason, error.status) == (reason, None), error


def test_a_status_is_kept_in_the_error(server: Misbehaving) -> None:
    assert failure(server, "/status/503").status == 503


def test_a_host_that_refuses(server: Misbehaving) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        rules = policy(server, allow=frozenset({("127.0.0.1", port)}))
        assert failure(server, f"http://127.0.0.1:{port}/", rules=rules).reason is Reason.REFUSED


def test_a_name_that_nobody_knows(server: Misbehaving) -> None:
    assert failure(server, "http://no-such-host.invalid/").reason is Reason.DNS


def test_a_certificate_that_is_not_valid(server: Misbehaving) -> None:
    with Misbehaving(expired_tls=True) as secure:
        assert failure(secure, "/ok", rules=policy(secure)).reason is Reason.TLS
        assert secure.asked == []


def test_tls_that_is_none(server: Misbehaving) -> None:
    assert failure(server, server.url("/ok").replace("http:", "https:")).reason is Reason.TLS


def test_a_server_that_takes_the_connection_and_never_speaks_tls(server: Misbehaving) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        port = mute.getsockname()[1]
        rules = policy(server, allow=frozenset({("127.0.0.1", port)}), connect_s=0.2)
        assert failure(server, f"https://127.0.0.1:{port}/", rules=rules).reason is Reason.CONNECT_TIMEOUT


@pytest.mark.parametrize(("path", "seconds"), [("/wait-seconds", 7.0), ("/wait-date", 90.0), ("/status/429", None)])
def test_retry_after_is_handed_on(server: Misbehaving, path: str, seconds: float | None) -> None:
    assert failure(server, path).retry_after == seconds


def test_a_host_that_asks_to_wait_is_left_alone(server: Misbehaving) -> None:
    async def ask() -> FetchError:
        async with Fetcher(policy(server, wait_s=1.0)) as fetcher:
            with pytest.raises(FetchError):
                await fetcher.get(server.url("/wait-seconds"))
            with pytest.raises(FetchError) as caught:
                await fetcher.get(server.url("/ok"))
            return caught.value

    error = asyncio.run(ask())
    assert error.reason is Reason.HOST_BUSY
    assert error.retry_after == pytest.approx(7, abs=1)


@pytest.mark.parametrize("path", ["/empty", "/nul", "/ok", "/odd-header"])
def test_odd_answers_are_answers(server: Misbehaving, path: str) -> None:
    assert get(server, path).status == 200


def test_a_body_just_within_the_limit_is_taken(server: Misbehaving) -> None:
    server.pages["/full"] = Page(b"x" * 1_000_000)
    server.pages["/over"] = Page(b"x" * 1_000_001)
    assert len(get(server, "/full").body) == 1_000_000
    assert failure(server, "/over").reason is Reason.TOO_LARGE


def test_a_feed_of_100_megabytes_is_not_taken_in(server: Misbehaving) -> None:
    server.pages["/100mb"] = Page(b"<rss>" + b" " * 100_000_000)
    assert failure(server, "/100mb", kind="feed").reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "address",
    ["", "nothing", "ftp://a.example/", "http://", "http://[::1", "http://a b/", "file:///etc/passwd",
     "javascript:alert(1)", "http://a.example:99999/", "http://1.2.3.4.5/", "//a.example/"],
)  # fmt: skip
def test_what_is_no_web_address(server: Misbehaving, address: str) -> None:
    async def ask() -> None:
        async with Fetcher(policy(server)) as fetcher:
            await fetcher.get(address)

    with pytest.raises(FetchError) as caught:
        asyncio.run(ask())
    assert caught.value.reason is Reason.BAD_ADDRESS


def test_secrets_of_an_address_are_in_no_error(server: Misbehaving) -> None:
    address = server.url("/status/500?token=abc123").replace("//", "//name:word@")
    text = str(failure(server, address))
    assert "abc123" not in text
    assert "word" not in text


def test_hosts_that_never_answer_hold_up_nobody() -> None:
    names = [f"outlet-{number}.example" for number in range(200)]
    with Misbehaving() as server:
        rules = policy(
            server, allow=server.allow(*names), concurrency=32, per_host=2, read_s=3.0, total_s=9.0, robots=False
        )

        async def ask() -> tuple[list[float], list[Reason]]:
            loop = asyncio.get_running_loop()
            started, served, reasons = loop.time(), [], []

            async def one(name: str, path: str) -> None:
                try:
                    await fetcher.get(server.url(path, host=name), kind="feed")
                    served.append(loop.time() - started)
                except FetchError as error:
                    reasons.append(error.reason)

            async with Fetcher(rules, lookup=lambda host, port: ["127.0.0.1"]) as fetcher:
                await asyncio.gather(
                    *(one(name, "/silent" if number % 10 == 0 else "/feed") for number, name in enumerate(names))
                )
            return served, reasons

        served, reasons = asyncio.run(ask())
    assert len(served) == 180
    assert max(served) < 2.5, "the others waited for the silent ones"
    assert reasons == [Reason.READ_TIMEOUT] * 20
