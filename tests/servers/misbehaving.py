"""A real HTTP server on loopback that misbehaves on purpose, a fault per path.

It speaks over plain sockets, because a well-kept server library would not let most of this happen. Use it as

    with Misbehaving() as server:
        server.url("/slow-body")

`server.asked` lists what was asked for, `server.pages` holds answers of a test's own.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType

import brotli

EXPIRED = Path(__file__).with_name("expired.pem")  # a self-signed certificate of 2020 with its key, good for nothing
FEED = (
    b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Outlet</title>'
    b"<item><guid>1</guid><title>First</title><link>/first</link></item></channel></rss>"
)
HUGE = bytes(16 * 1024 * 1024)  # what a bomb unpacks to
GZIPPED = gzip.compress(HUGE, 6)


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    path: str
    headers: dict[str, str]


@dataclass
class Page:
    """An answer: status, headers and body."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Reply:
    """Writes an answer, well or badly."""

    def __init__(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        self.writer = writer
        self.asked = asked

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: int = 200, headers: dict[str, str] | None = None) -> None:
        lines = [f"HTTP/1.1 {status} X", *(f"{key}: {value}" for key, value in (headers or {}).items())]
        await self.raw(("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape"))

    async def page(self, page: Page) -> None:
        length = {} if page.status == 304 else {"Content-Length": str(len(page.body))}
        await self.head(page.status, {"Content-Type": "text/html", **length, **page.headers})
        await self.raw(page.body)

    def reset(self) -> None:
        """Cut the connection with a reset in place of an end."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Fault = Callable[[Reply], Awaitable[None]]
FAULTS: dict[str, Fault] = {}


def fault(path: str) -> Callable[[Fault], Fault]:
    """Put a handler on a path."""

    def put(handler: Fault) -> Fault:
        FAULTS[path] = handler
        return handler

    return put


@fault("/ok")
async def _ok(reply: Reply) -> None:
    await reply.page(Page(b"<html><body><p>Hello.</p></body></html>"))


@fault("/feed")
async def _feed(reply: Reply) -> None:
    if reply.asked.headers.get("if-none-match") == '"v1"' or "if-modified-since" in reply.asked.headers:
        await reply.page(Page(status=304, headers={"ETag": '"v1"'}))
    else:
        await reply.page(Page(FEED, headers={"Content-Type": "application/rss+xml", "ETag": '"v1"'}))


@fault("/reset")
async def _reset(reply: Reply) -> None:
    await reply.head(200, {"Content-Length": "100000"})
    await reply.raw(b"x" * 1000)
    await asyncio.sleep(0.05)
    reply.reset()


@fault("/cut")
async def _cut(reply: Reply) -> None:
    reply.reset()


@fault("/short")
async def _short(reply: Reply) -> None:
    await reply.head(200, {"Content-Length": "100000", "Connection": "close"})
    await reply.raw(b"x" * 1000)


@fault("/half-chunk")
async def _half_chunk(reply: Reply) -> None:
    await reply.head(200, {"Transfer-Encoding": "chunked", "Connection": "close"})
    await reply.raw(b"ffff\r\nonly this")


@fault("/bad-chunk")
async def _bad_chunk(reply: Reply) -> None:
    await reply.head(200, {"Transfer-Encoding": "chunked", "Connection": "close"})
    await reply.raw(b"5\r\nfirst\r\n")
    await asyncio.sleep(0.05)  # in a packet of its own
    await reply.raw(b"zz\r\nno number\r\n")


@fault("/slow-headers")
async def _slow_headers(reply: Reply) -> None:
    await reply.raw(b"HTTP/1.1 200 OK\r\n")
    await asyncio.sleep(60)


@fault("/silent")
async def _silent(reply: Reply) -> None:
    await asyncio.sleep(60)


@fault("/slow-body")
async def _slow_body(reply: Reply) -> None:
    await reply.head(200, {"Content-Length": "100000"})
    while True:
        await reply.raw(b"x")
        await asyncio.sleep(0.1)


@fault("/stalled-body")
async def _stalled_body(reply: Reply) -> None:
    await reply.head(200, {"Content-Length": "100000"})
    await reply.raw(b"x" * 10)
    await asyncio.sleep(60)


@fault("/endless")
async def _endless(reply: Reply) -> None:
    await reply.head(200, {"Connection": "close"})
    while True:
        await reply.raw(b"<p>more</p>" * 1000)


@fault("/gzip-bomb")
async def _gzip_bomb(reply: Reply) -> None:
    await reply.page(Page(GZIPPED, headers={"Content-Encoding": "gzip"}))


@fault("/deflate-bomb")
async def _deflate_bomb(reply: Reply) -> None:
    await reply.page(Page(zlib.compress(HUGE, 6), headers={"Content-Encoding": "deflate"}))


@fault("/br-bomb")
async def _br_bomb(reply: Reply) -> None:
    await reply.page(Page(brotli.compress(HUGE, quality=1), headers={"Content-Encoding": "br"}))


@fault("/file-bomb")
async def _file_bomb(reply: Reply) -> None:
    await reply.page(Page(GZIPPED, headers={"Content-Type": "application/gzip"}))


@fault("/nested-bomb")
async def _nested_bomb(reply: Reply) -> None:
    await reply.page(Page(gzip.compress(GZIPPED), headers={"Content-Encoding": "gzip, gzip"}))


@fault("/not-gzip")
async def _not_gzip(reply: Reply) -> None:
    await reply.page(Page(b"<p>plain</p>", headers={"Content-Encoding": "gzip"}))


@fault("/half-gzip")
async def _half_gzip(reply: Reply) -> None:
    await reply.page(Page(gzip.compress(b"x" * 10_000)[:40], headers={"Content-Encoding": "gzip"}))


@fault("/unknown-encoding")
async def _unknown_encoding(reply: Reply) -> None:
    await reply.page(Page(b"???", headers={"Content-Encoding": "x-secret"}))


@fault("/loop")
async def _loop(reply: Reply) -> None:
    await reply.page(Page(status=302, headers={"Location": "/loop"}))


@fault("/permanent")
async def _permanent(reply: Reply) -> None:
    await reply.page(Page(status=301, headers={"Location": "/permanent-2"}))


@fault("/permanent-2")
async def _permanent_2(reply: Reply) -> None:
    await reply.page(Page(status=308, headers={"Location": "/ok"}))


@fault("/mixed")
async def _mixed(reply: Reply) -> None:
    await reply.page(Page(status=301, headers={"Location": "/for-now"}))


@fault("/for-now")
async def _for_now(reply: Reply) -> None:
    await reply.page(Page(status=302, headers={"Location": "/permanent-2"}))


@fault("/nowhere")
async def _nowhere(reply: Reply) -> None:
    await reply.page(Page(status=302))


@fault("/with-cookie")
async def _with_cookie(reply: Reply) -> None:
    if "seen=1" in reply.asked.headers.get("cookie", ""):
        await reply.page(Page(b"<p>Welcome back.</p>"))
    else:
        await reply.page(Page(status=302, headers={"Location": "/with-cookie", "Set-Cookie": "seen=1; Path=/"}))


@fault("/long-header")
async def _long_header(reply: Reply) -> None:
    await reply.head(200, {"X-Long": "x" * 200_000, "Content-Length": "0"})


@fault("/many-headers")
async def _many_headers(reply: Reply) -> None:
    await reply.head(200, {**{f"X-{number}": "x" * 400 for number in range(190)}, "Content-Length": "0"})


@fault("/endless-headers")
async def _endless_headers(reply: Reply) -> None:
    await reply.raw(b"HTTP/1.1 200 OK\r\n")
    while True:
        await reply.raw(b"X-More: and more of it\r\n" * 100)


@fault("/not-http")
async def _not_http(reply: Reply) -> None:
    await reply.raw(b"SSH-2.0-Something\r\n")


@fault("/odd-header")
async def _odd_header(reply: Reply) -> None:
    await reply.raw(b"HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\nContent-Length: 2\r\n\r\nhi")


@fault("/empty")
async def _empty(reply: Reply) -> None:
    await reply.page(Page(b""))


@fault("/nul")
async def _nul(reply: Reply) -> None:
    await reply.page(Page(b"\0" * 1000))


@fault("/unasked-304")
async def _unasked_304(reply: Reply) -> None:
    await reply.page(Page(status=304))


@fault("/wait-seconds")
async def _wait_seconds(reply: Reply) -> None:
    await reply.page(Page(status=429, headers={"Retry-After": "7"}))


@fault("/wait-date")
async def _wait_date(reply: Reply) -> None:
    now = datetime(2001, 1, 1, tzinfo=UTC)  # the server's clock is wrong, and the wait is right all the same
    headers = {"Date": format_datetime(now, usegmt=True)}
    headers["Retry-After"] = format_datetime(now + timedelta(seconds=90), usegmt=True)
    await reply.page(Page(status=503, headers=headers))


class Misbehaving:
    """The server, in a thread of its own; port 0 chooses a free port."""

    def __init__(self, *, expired_tls: bool = False) -> None:
        self.port = 0
        self.asked: list[Asked] = []
        self.pages: dict[str, Page] = {}
        self.at_once = 0  # requests being answered now
        self.most_at_once = 0
        self._tls = expired_tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    def url(self, path: str = "/ok", *, host: str = "127.0.0.1") -> str:
        """An address on this server."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def allow(self, *hosts: str) -> frozenset[tuple[str, int]]:
        """The server's host and port, as a fetcher's allow-list wants them."""
        return frozenset((host, self.port) for host in (hosts or ("127.0.0.1",)))

    def paths(self) -> list[str]:
        """What was asked for, robots.txt aside."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def __enter__(self) -> Misbehaving:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        context = None
        if self._tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(EXPIRED)
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while await self._serve(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError, asyncio.LimitOverrunError):
            pass
        finally:
            self._open.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; whether the connection stays open."""
        first = await reader.readexactly(1)
        if first == b"\x16":  # a TLS greeting
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return False
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in head[1:] if line)}
        asked = Asked(head[0].split(" ")[1], headers)
        self.asked.append(asked)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._answer(Reply(writer, asked))
        finally:
            self.at_once -= 1

    async def _answer(self, reply: Reply) -> bool:
        path = reply.asked.path.partition("?")[0]
        if path in self.pages:
            await reply.page(self.pages[path])
            return True
        if path.startswith("/status/"):
            await reply.page(Page(b"<p>sorry</p>", status=int(path.rpartition("/")[2])))
            return True
        handler = FAULTS.get(path)
        if handler is None:
            await reply.page(Page(b"<p>not here</p>", status=404))
            return True
        await handler(reply)
        return path in ("/ok", "/feed", "/loop")
