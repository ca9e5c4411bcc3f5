"""What every request passes: host, origin and size are checked, and every answer carries the security headers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pipeline.web.api import problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_BYTES = 1_000_000  # largest request: a pasted article is a tenth of it
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Everything comes from here and nothing is inline, so that a text from outside can neither run nor load anything.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s:/\[\]@\\]+)(?::\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Guard:
    """ASGI middleware. `hosts` are names without port; `origins` are further origins, such as that of `public_url`."""

    app: App
    hosts: frozenset[str]
    origins: frozenset[str] = frozenset()
    body_bytes: int = BODY_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        fault = self._fault(scope)
        if fault is not None:
            await _refuse(_with_headers(send), *fault, api=scope["path"].startswith("/api/"))
            return
        bounded = _Bounded(receive, self.body_bytes)
        await self.app(scope, bounded, bounded.answering(_with_headers(send)))

    def _fault(self, scope: Scope) -> tuple[int, str] | None:
        headers = [(name.lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        hosts = [value for name, value in headers if name == b"host"]
        match = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if match is None or match.group(1).strip("[]").lower() not in self.hosts:
            return 421, "This address is not one of web.hosts in settings.yaml."
        length = next((value for name, value in headers if name == b"content-length"), "0")
        if not length.isascii() or not length.isdigit() or int(length) > self.body_bytes:
            return 413, f"The request is too large: at most {self.body_bytes} bytes."
        if scope["method"] in SAFE_METHODS:
            return None
        origins = [value for name, value in headers if name == b"origin"]
        bearer = any(name == b"authorization" and value.lower().startswith("bearer ") for name, value in headers)
        stranger = scope["path"].startswith("/api/") and not any(name == b"cookie" for name, _ in headers)
        if not origins and (bearer or stranger):
            return None  # a program: with a key of its own, or without any, and then it is told to send one
        if len(origins) != 1 or not self._ours(origins[0], hosts[0]):
            return 403, "This change did not come from these pages."
        return None

    def _ours(self, origin: str, host: str) -> bool:
        if origin in self.origins:
            return True
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        return parts.scheme in {"http", "https"} and parts.netloc.lower() == host.lower() and not parts.path


class _Bounded:
    """Counts a body that does not say its length, and ends it when it is too long."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most

    def answering(self, send: Send) -> Send:
        """The same way out, on which an answer to a body that was cut off says so."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and self._left < 0:
                message["status"] = 413
            await send(message)

        return sending

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                return {"type": "http.disconnect"}
        return message


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message.get("headers", [])}
            message["headers"] = [*message.get("headers", []), *(row for row in HEADERS if row[0] not in given)]
        await send(message)

    return sending


async def _refuse(send: Send, status: int, text: str, *, api: bool) -> None:
    body, kind = (problem.text(status, text), problem.MEDIA_TYPE) if api else (f"{text}\n", "text/plain; charset=utf-8")
    sent = body.encode()
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(sent)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sent})
