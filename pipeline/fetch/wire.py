"""One HTTP exchange: no redirects, no decompression, no cookies kept. The only file that knows aiohttp.

Every failure leaves as a FetchError with its Reason, and every connection goes to an address that the guard has seen.
"""

from __future__ import annotations

import asyncio
import errno
import functools
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.http_exceptions import ContentLengthError
from yarl import URL

from pipeline.errors import FetchError
from pipeline.fetch import guard
from pipeline.fetch.mask import mask, mask_text
from pipeline.model.outcome import Reason

# Looks a name up and answers with addresses as text; raises OSError. A test hands in its own.
Lookup = Callable[[str, int], list[str]]

_DNS_THREADS = 24  # a name server that does not answer holds a thread for tens of seconds
_FIELD_BYTES = 32_768  # one header line: some sites send content policies of 20 kB
_FIELDS = 200  # header lines
_TARGETS = 8_192  # addresses kept taken apart
_LOOK_S = 1.0  # how often a body that does not go on is looked after
_DEEPEST = 8  # errors behind an error
_HINT_LATER = "nothing to do: it is asked again later"
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart, in the one form that is sent."""

    url: str
    scheme: str
    host: str  # lower case, without brackets
    port: int
    site: str  # host, and port where it is not the usual one: what is paced
    origin: str  # scheme, host and port, without user name: what a robots.txt is for
    parsed: URL = field(compare=False, repr=False)


@dataclass(slots=True)
class Answer:
    """Status and headers, with the body still on its way."""

    status: int
    headers: tuple[tuple[str, str], ...]
    pieces: AsyncIterator[bytes]
    cookies: dict[str, str] = field(default_factory=dict)

    def header(self, name: str) -> str:
        """The first header of that name in lower case, or ""."""
        return next((value for key, value in self.headers if key == name), "")


@functools.lru_cache(_TARGETS)
def target(url: str, *, base: str = "") -> Target:
    """An address as it will be asked for. Raises FetchError with BAD_ADDRESS when it is no web address."""
    try:
        parsed = URL(url.strip())
        if base:
            parsed = URL(base).join(parsed)
        parsed = parsed.with_fragment(None)
        host, port = (parsed.host or "").lower().rstrip("."), parsed.port
        if parsed.scheme not in _PORTS or not host or not port or host.split() != [host]:
            raise ValueError("it needs http or https and a host")
        host = host.partition("%")[0]
        name = f"[{host}]" if ":" in host else host
        site = name if port == _PORTS[parsed.scheme] else f"{name}:{port}"
        return Target(str(parsed), parsed.scheme, host, port, site, f"{parsed.scheme}://{site}", parsed)
    except (ValueError, TypeError) as error:
        raise FetchError(
            f"this is no web address: {mask_text(str(error))}",
            thing=mask(url[:500]),
            reason=Reason.BAD_ADDRESS,
            hint="an address begins with http:// or https://",
        ) from None


def system_lookup(host: str, port: int) -> list[str]:
    """The addresses of a host by the machine's own resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class CheckedResolver(AbstractResolver):
    """Resolves names and passes on the public addresses only, so that what was checked is what is connected to."""

    def __init__(self, lookup: Lookup, allow: frozenset[guard.Endpoint], limit_s: float) -> None:
        self._lookup = lookup
        self._allow = allow
        self._limit_s = limit_s
        self._threads = ThreadPoolExecutor(_DNS_THREADS, thread_name_prefix="dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Vetted addresses of a host. Raises OSError when it has none, FetchError when none may be connected to."""
        waiting = asyncio.get_running_loop().run_in_executor(self._threads, self._lookup, host, port)
        try:
            addresses = await asyncio.wait_for(waiting, self._limit_s)
        except TimeoutError:
            raise OSError(f"the name server did not answer within {self._limit_s:g} s") from None
        except UnicodeError as error:
            raise OSError(f"the name cannot be asked for: {error}") from None
        vetted: list[ResolveResult] = []
        refused: FetchError | None = None
        for address in addresses:
            try:
                guard.check_resolved(address, host, port, url=host, allow=self._allow)
                result = _result(host, port, address)
                vetted += [result] if family in (socket.AF_UNSPEC, result["family"]) else []
            except FetchError as error:
                refused = error
        if not vetted:
            raise refused or OSError("the name has no address")
        return vetted

    async def close(self) -> None:
        """Leave threads that still wait for a name server to themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _result(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)


class Wire:
    """A pool of connections. Use as `async with Wire(...) as wire`."""

    def __init__(
        self,
        *,
        allow: frozenset[guard.Endpoint],
        connect_s: float,
        read_s: float,
        header_bytes: int,
        lookup: Lookup = system_lookup,
    ) -> None:
        self._allow = allow
        self._connect_s = connect_s
        self._read_s = read_s
        self._header_bytes = header_bytes
        self._lookup = lookup
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Wire:
        connector = aiohttp.TCPConnector(
            resolver=CheckedResolver(self._lookup, self._allow, self._connect_s),
            limit=0,  # the client counts, per host and in all
            ssl=True,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            auto_decompress=False,
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            max_line_size=_FIELD_BYTES,
            max_field_size=_FIELD_BYTES,
            max_headers=_FIELDS,
            requote_redirect_url=False,
            # `connect` is the whole way to a connection, name and TLS included; nobody waits for a place in the pool.
            timeout=aiohttp.ClientTimeout(
                total=None, connect=2 * self._connect_s, sock_connect=self._connect_s, sock_read=self._read_s
            ),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @asynccontextmanager
    async def ask(
        self, to: Target, headers: Mapping[str, str], cookies: Mapping[str, str] | None = None
    ) -> AsyncIterator[Answer]:
        """GET an address; the body is read inside the `with`. Raises FetchError."""
        if self._session is None:
            raise RuntimeError("the connection pool is not open: use it as `async with`")
        guard.check(to.host, to.port, url=to.url, allow=self._allow)
        try:
            async with self._session.get(
                to.parsed, headers=headers, cookies=cookies, allow_redirects=False
            ) as response:
                fields = tuple((name.lower(), _readable(value)) for name, value in response.headers.items())
                if sum(len(name) + len(value) + 4 for name, value in fields) > self._header_bytes:
                    raise FetchError(
                        f"the headers of the answer exceed {self._header_bytes} bytes",
                        thing=mask(to.url),
                        reason=Reason.HEADERS_TOO_LARGE,
                    )
                yield Answer(
                    status=response.status,
                    headers=fields,
                    pieces=_pieces(response, to, self._read_s),
                    cookies=_cookies(response) if "Set-Cookie" in response.headers else {},
                )
        except (aiohttp.ClientError, aiohttp.InvalidURL, TimeoutError, OSError, ValueError) as error:
            raise _translated(error, to) from error


async def _pieces(response: aiohttp.ClientResponse, to: Target, read_s: float) -> AsyncIterator[bytes]:
    """The body as it comes. A body whose framing breaks after the headers closes the connection, and aiohttp goes on
    waiting for more without any limit: so it is looked after here. Raises FetchError.
    """
    waited = 0.0
    while True:
        try:
            async with asyncio.timeout(_LOOK_S):
                piece = await response.content.readany()
        except aiohttp.ServerTimeoutError:
            raise
        except TimeoutError:
            waited += _LOOK_S
            open_still = response.connection is not None and response.connection.transport is not None
            if open_still and waited < read_s + _LOOK_S:
                continue
            reason = Reason.READ_TIMEOUT if open_still else Reason.PROTOCOL
            raise FetchError(f"{_SAID[reason]}: in the middle", thing=mask(to.url), reason=reason) from None
        if not piece:
            return
        waited = 0.0
        yield piece


def _cookies(response: aiohttp.ClientResponse) -> dict[str, str]:
    return {name: morsel.value for name, morsel in response.cookies.items()}


def _readable(value: str) -> str:
    """A header as text: bytes that are no UTF-8 come as lone surrogates."""
    return value if value.isascii() else value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _translated(error: Exception, to: Target) -> FetchError:
    if isinstance(error, FetchError):
        return error
    reason = _reason(error)
    detail = mask_text(str(error))[:300] or type(error).__name__
    return FetchError(
        f"{_SAID[reason]}: {detail}", thing=mask(to.url), reason=reason, hint=_HINTS.get(reason, _HINT_LATER)
    )


_SAID = {
    Reason.DNS: "the name of the host could not be resolved",
    Reason.TLS: "the certificate or the encryption of the server cannot be trusted",
    Reason.REFUSED: "the host takes no connection",
    Reason.RESET: "the connection was cut",
    Reason.CONNECT_TIMEOUT: "no connection in time",
    Reason.READ_TIMEOUT: "the answer stopped coming",
    Reason.WRONG_LENGTH: "the body is shorter than its Content-Length",
    Reason.HEADERS_TOO_LARGE: "a header of the answer is too long",
    Reason.BAD_ADDRESS: "this is no web address",
    Reason.PROTOCOL: "the answer is no HTTP as we know it",
}
_HINTS = {
    Reason.DNS: "look whether the outlet has moved, and whether this machine has a name server",
    Reason.TLS: "look at the address in a browser; certificates are always verified",
    Reason.BAD_ADDRESS: "correct the address",
}


def _reason(error: Exception) -> Reason:
    reason = next((reason for kinds, reason in _REASONS if isinstance(error, kinds)), Reason.PROTOCOL)
    if isinstance(error, aiohttp.ClientPayloadError):
        return _payload_reason(error)
    if isinstance(error, aiohttp.ClientConnectorError) and reason is Reason.REFUSED:
        return Reason.CONNECT_TIMEOUT if error.os_error.errno == errno.ETIMEDOUT else Reason.REFUSED
    if isinstance(error, aiohttp.ClientResponseError):
        text = str(error).lower()
        return (
            Reason.HEADERS_TOO_LARGE if "too long" in text or "too many" in text or "got more than" in text else reason
        )
    return reason


def _payload_reason(error: aiohttp.ClientPayloadError) -> Reason:
    """Cut, too short, or no body as HTTP frames it: aiohttp wraps all three alike."""
    causes: list[BaseException] = [error]
    while len(causes) < _DEEPEST and (inner := causes[-1].__cause__ or causes[-1].__context__):
        causes.append(inner)
    # The reset itself is not among the causes: aiohttp quotes it in the message.
    if any(isinstance(cause, ConnectionError) or "ConnectionResetError" in str(cause) for cause in causes):
        return Reason.RESET
    if any(isinstance(cause, ContentLengthError) for cause in causes):
        return Reason.WRONG_LENGTH
    cut = any("not enough data" in str(cause).lower() for cause in causes)
    return Reason.RESET if cut else Reason.PROTOCOL


# The first that fits counts: the narrow kinds stand before the wide.
_REASONS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Reason], ...] = (
    (aiohttp.ClientConnectorDNSError, Reason.DNS),
    ((aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError), Reason.TLS),
    (aiohttp.ConnectionTimeoutError, Reason.CONNECT_TIMEOUT),
    ((aiohttp.ServerTimeoutError, TimeoutError), Reason.READ_TIMEOUT),
    (aiohttp.ClientConnectorError, Reason.REFUSED),
    (aiohttp.ClientPayloadError, Reason.RESET),
    (aiohttp.ClientResponseError, Reason.PROTOCOL),
    ((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionError), Reason.RESET),
    ((aiohttp.InvalidURL, ValueError), Reason.BAD_ADDRESS),
    (OSError, Reason.RESET),
)
