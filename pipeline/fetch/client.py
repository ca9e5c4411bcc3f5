"""The one client that everything fetches with: `async with Fetcher(policy) as fetcher: await fetcher.get(url)`."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType

from pipeline.errors import FetchError
from pipeline.fetch import decode, robots, wire
from pipeline.fetch.mask import mask
from pipeline.fetch.pace import Gate, LocalGate
from pipeline.fetch.policy import Policy, accept
from pipeline.model.article import Response
from pipeline.model.outcome import Reason

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_WAITING = frozenset({429, 503})  # statuses whose Retry-After is meant for us
_LONGEST_WAIT_S = 86_400.0
_SITES = 5_000  # sites remembered; beyond it those that nobody waits for and whose rules are old are dropped
_GZIP = b"\x1f\x8b\x08"
_STATUS_REASONS = {
    401: Reason.FORBIDDEN,
    403: Reason.FORBIDDEN,
    404: Reason.NOT_FOUND,
    410: Reason.GONE,
    429: Reason.RATE_LIMITED,
}
_HINTS = {
    Reason.FORBIDDEN: "the outlet refuses this client: ask it, or watch another address of it",
    Reason.NOT_FOUND: "look whether the address has moved",
    Reason.GONE: "the address is retired by its outlet",
    Reason.RATE_LIMITED: "a longer interval for this source helps",
}


_now = time.monotonic  # seconds on a clock that nobody sets back


@dataclass(slots=True)
class _Site:
    """What is known of one site while the fetcher is open."""

    turns: asyncio.Semaphore
    users: int = 0  # tasks that hold or await a turn
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules: robots.Rules | None = None
    failure: FetchError | None = None
    until: float = 0.0  # seconds of the steady clock; rules and failure are good until then


@dataclass(slots=True)
class _Journey:
    """One `get` on its way through redirects."""

    asked: str
    kind: str
    headers: dict[str, str]
    left_s: float
    conditional: bool
    started: float  # seconds of the steady clock
    permanent: str = ""
    only_permanent: bool = True
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)  # host -> name -> value


class Fetcher:
    """Fetches addresses politely and within limits; safe for any number of tasks of one event loop."""

    def __init__(
        self, policy: Policy | None = None, *, gate: Gate | None = None, lookup: wire.Lookup | None = None
    ) -> None:
        self.policy = policy or Policy()
        self._gate: Gate = gate or LocalGate()
        self._wire = wire.Wire(
            allow=self.policy.allow,
            connect_s=self.policy.connect_s,
            read_s=self.policy.read_s,
            header_bytes=self.policy.header_bytes,
            lookup=lookup or wire.system_lookup,
        )
        self._sites: dict[str, _Site] = {}
        self._slots = asyncio.Semaphore(self.policy.concurrency)

    async def __aenter__(self) -> Fetcher:
        await self._wire.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._wire.__aexit__(kind, error, trace)

    async def get(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "", kind: str = "page"
    ) -> Response:
        """What an address answers: status 200 to 299 with a body, or 304 when `etag` or `last_modified` still hold.

        `kind` (feed, sitemap, page, robots) chooses the size limit and, without `accept`, what is asked for.
        Raises FetchError with the reason; `retry_after` in seconds where the server asked to wait.
        """
        headers = _headers(self.policy, etag, last_modified, accept, kind)
        journey = _Journey(url, kind, headers, self.policy.total_s, bool(etag or last_modified), _now())
        here = wire.target(url)
        for _ in range(self.policy.redirects + 1):
            step = await self._step(here, journey)
            if isinstance(step, Response):
                return step
            here = step
        raise FetchError(
            f"more than {self.policy.redirects} redirects, the last to {mask(here.url)}",
            thing=mask(url),
            reason=Reason.TOO_MANY_REDIRECTS,
        )

    async def sitemaps(self, url: str) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of an address's site names. Raises FetchError when it cannot be had."""
        return (await self._rules(wire.target(url))).sitemaps

    async def _step(self, here: wire.Target, journey: _Journey) -> Response | wire.Target:
        delay_s = self.policy.host_delay_s
        if self.policy.robots and journey.kind != "robots":
            rules = await self._rules(here)
            if not rules.allows(here.url):
                raise FetchError(
                    "robots.txt of the site does not allow this address", thing=mask(here.url), reason=Reason.ROBOTS
                )
            delay_s = max(delay_s, rules.delay_s)
        site = self._site(here)
        site.users += 1
        try:
            async with site.turns:  # waiting for a host's turn takes no slot from other hosts
                if journey.kind != "robots":
                    await self._wait(here, delay_s)
                async with self._slots:
                    return await self._exchange(here, journey)
        finally:
            site.users -= 1

    async def _wait(self, here: wire.Target, delay_s: float) -> None:
        wait_s = await self._gate.book(here.site, delay_s=delay_s, within_s=self.policy.wait_s)
        if wait_s > self.policy.wait_s:
            raise FetchError(
                f"{here.site} may be asked again in {wait_s:.0f} s only",
                thing=mask(here.url),
                reason=Reason.HOST_BUSY,
                hint="nothing to do: it is asked again later",
                retry_after=wait_s,
            )
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    async def _exchange(self, here: wire.Target, journey: _Journey) -> Response | wire.Target:
        started = _now()
        try:
            async with (
                asyncio.timeout(max(journey.left_s, 0.0)),
                self._wire.ask(here, journey.headers, journey.cookies.get(here.host)) as answer,
            ):
                if answer.cookies:
                    journey.cookies.setdefault(here.host, {}).update(answer.cookies)
                if answer.status in _REDIRECTS and answer.header("location"):
                    return self._redirected(here, answer, journey)
                return await self._answered(here, answer, journey)
        except TimeoutError:
            raise FetchError(
                f"the whole answer took longer than {self.policy.total_s:g} s",
                thing=mask(here.url),
                reason=Reason.TOTAL_TIMEOUT,
            ) from None
        finally:
            journey.left_s -= _now() - started

    def _redirected(self, here: wire.Target, answer: wire.Answer, journey: _Journey) -> wire.Target:
        there = wire.target(answer.header("location"), base=here.url)
        journey.only_permanent = journey.only_permanent and answer.status in _PERMANENT
        if journey.only_permanent:
            journey.permanent = there.url
        return there

    async def _answered(self, here: wire.Target, answer: wire.Answer, journey: _Journey) -> Response:
        if answer.status == 304 and journey.conditional:
            body = b""
        elif 200 <= answer.status < 300:
            body = await _body(here, answer, self.policy.limit(journey.kind), cut=journey.kind == "robots")
        else:
            raise await self._refused(here, answer)
        return Response(
            url=journey.asked,
            final_url=here.url,
            permanent_url=journey.permanent,
            status=answer.status,
            headers=answer.headers,
            body=body,
            elapsed_s=_now() - journey.started,
        )

    async def _refused(self, here: wire.Target, answer: wire.Answer) -> FetchError:
        """The error for a status that is no answer; a host that asks to wait is left alone from now on."""
        status = answer.status
        reason = _STATUS_REASONS.get(status) or _class_reason(status)
        wait_s = _retry_after(answer) if status in _WAITING else None
        if wait_s:
            await self._gate.hold(here.site, seconds=wait_s)
        return FetchError(
            f"the server answers with status {status}",
            thing=mask(here.url),
            reason=reason,
            status=status,
            hint=_HINTS.get(reason, "nothing to do: it is asked again later"),
            retry_after=wait_s,
        )

    def _site(self, here: wire.Target) -> _Site:
        site = self._sites.get(here.origin)
        if site is None:
            if len(self._sites) >= _SITES:
                now = _now()
                self._sites = {
                    origin: known for origin, known in self._sites.items() if known.users or known.until > now
                }
            site = self._sites[here.origin] = _Site(asyncio.Semaphore(self.policy.per_host))
        return site

    async def _rules(self, here: wire.Target) -> robots.Rules:
        """The site's rules, asked for once and kept. Raises FetchError when they cannot be had for now."""
        site = self._site(here)
        if _now() >= site.until:
            async with site.asking:
                if _now() >= site.until:  # nobody else asked meanwhile
                    await self._ask_rules(here, site)
        if site.failure is not None:
            raise _about(site.failure, here)
        return site.rules or robots.open_to_all(self.policy.agent)

    async def _ask_rules(self, here: wire.Target, site: _Site) -> None:
        site.rules = site.failure = None
        try:
            response = await self.get(f"{here.origin}/robots.txt", kind="robots")
            site.rules = robots.read(response.body[: robots.READ_BYTES], agent=self.policy.agent)
        except FetchError as error:
            site.failure = _robots_failure(error)
        seconds = self.policy.robots_ttl_s
        if site.failure is not None:
            seconds = min(site.failure.retry_after or self.policy.robots_retry_s, seconds)
        site.until = _now() + seconds


def _headers(policy: Policy, etag: str, last_modified: str, wanted: str, kind: str) -> dict[str, str]:
    headers = {
        "User-Agent": policy.user_agent,
        "Accept": wanted or accept(kind),
        "Accept-Encoding": decode.ACCEPTED,
    }
    # A validator came from a server: what cannot stand in a header is not sent back.
    if etag and etag.isprintable():
        headers["If-None-Match"] = etag
    if last_modified and last_modified.isprintable():
        headers["If-Modified-Since"] = last_modified
    return headers


async def _body(here: wire.Target, answer: wire.Answer, limit: int, *, cut: bool) -> bytes:
    """The body, unpacked; more than `limit` bytes are an error, or cut off for robots.txt. Raises FetchError."""
    try:
        unpacker = decode.unpacker(answer.header("content-encoding"))
        body = bytearray()
        async for raw in answer.pieces:
            for piece in unpacker.feed(raw):
                body += piece
                if len(body) > limit:
                    if cut:
                        return bytes(body[:limit])
                    raise _too_large(here, limit)
        unpacker.end()
        if body.startswith(_GZIP):  # a file that is itself packed: sitemap.xml.gz
            return _unpacked(here, bytes(body), limit)
        return bytes(body)
    except decode.Broken as error:
        raise FetchError(
            f"the body does not unpack as its encoding says: {error}", thing=mask(here.url), reason=Reason.BAD_ENCODING
        ) from None


def _unpacked(here: wire.Target, packed: bytes, limit: int) -> bytes:
    unpacker, body = decode.unpacker("gzip"), bytearray()
    for piece in unpacker.feed(packed):
        body += piece
        if len(body) > limit:
            raise _too_large(here, limit)
    unpacker.end()
    return bytes(body)


def _too_large(here: wire.Target, limit: int) -> FetchError:
    return FetchError(
        f"the body is larger than {limit} bytes",
        thing=mask(here.url),
        reason=Reason.TOO_LARGE,
        hint="if the outlet means it, raise the limit in settings.yaml",
    )


def _class_reason(status: int) -> Reason:
    if status >= 500:
        return Reason.SERVER_ERROR
    return Reason.CLIENT_ERROR if status >= 400 else Reason.PROTOCOL


def _retry_after(answer: wire.Answer) -> float | None:
    """Seconds that a server asks to wait, at most a day: a longer wish would park a source for good.

    A date counts from the answer's own `Date`, so that neither clock needs to be right.
    """
    text = answer.header("retry-after").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_WAIT_S)
    until, since = _date(text), _date(answer.header("date"))
    if until is None or since is None:
        return None
    return min(max((until - since).total_seconds(), 0.0), _LONGEST_WAIT_S)


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _robots_failure(error: FetchError) -> FetchError | None:
    """What an unavailable robots.txt means (RFC 9309, section 2.3.1): nothing after a 4xx, wait after anything else."""
    if error.reason is Reason.RATE_LIMITED or error.reason is Reason.SERVER_ERROR:
        return FetchError(
            f"robots.txt is not to be had, so the site is left alone: {error.message}",
            thing=error.thing,
            reason=Reason.ROBOTS_WAIT,
            status=error.status,
            hint="nothing to do: it is asked again later",
            retry_after=error.retry_after,
        )
    if error.status is not None or error.reason in (
        Reason.TOO_MANY_REDIRECTS,
        Reason.BAD_ENCODING,
        Reason.WRONG_LENGTH,
    ):
        return None
    return error


def _about(error: FetchError, here: wire.Target) -> FetchError:
    """The failure of a site's robots.txt as that of the address that was wanted."""
    return FetchError(
        error.message,
        thing=mask(here.url),
        reason=error.reason,
        status=error.status,
        hint=error.hint,
        retry_after=error.retry_after,
    )
