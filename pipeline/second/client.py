"""One question over HTTP to an OpenAI-compatible address. Bounded in time and size; redirects are not followed."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pipeline import __version__
from pipeline.errors import SecondReaderError
from pipeline.second.policy import Policy
from pipeline.second.question import ANSWER_TOKENS, CHARS_PER_TOKEN, SCHEMA
from pipeline.text.display import clean

ANSWER_BYTES = 256_000  # of one response; an answer of ours is a few kilobytes
_SAID_CHARS = 160  # of an error's text that are shown
_HINTS = {
    401: "is the key right?",
    403: "may this key use the model?",
    404: "the address must be the base, such as https://HOST/v1, and the model must be there",
    429: "too many questions or no credit: lower second_reader.budget, or wait",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote, and how many tokens it read and wrote (estimated where the server does not say)."""

    text: str
    tokens_in: int
    tokens_out: int


def ask(policy: Policy, messages: list[dict[str, str]]) -> Reply:
    """Ask once. Raises SecondReaderError: no connection, too slow, an error status, or no answer in the protocol."""
    parts = _parts(policy)
    status, body = _post(policy, parts, json.dumps(_request(policy, messages)).encode())
    if status != 200:
        said = clean(body.decode("utf-8", "replace"), _SAID_CHARS)
        raise _failed(parts, f"answered {status}{': ' + said if said else ''}", _HINTS.get(status, ""))
    return _reply(parts, body, messages)


def _request(policy: Policy, messages: list[dict[str, str]]) -> dict[str, object]:
    asked: dict[str, object] = {"model": policy.model, "messages": messages, "temperature": 0}
    if policy.answer_format == "json_schema":
        schema = {"name": "opinion", "strict": True, "schema": SCHEMA}
        asked["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif policy.answer_format == "json_object":
        asked["response_format"] = {"type": "json_object"}
    if "max_completion_tokens" not in policy.parameters:
        asked["max_tokens"] = ANSWER_TOKENS
    return {**asked, **policy.parameters, "stream": False}


def _parts(policy: Policy) -> SplitResult:
    try:
        parts = urlsplit(policy.address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or any(ord(c) <= 32 or ord(c) > 126 for c in policy.address):
        raise SecondReaderError("its address is no http or https address", hint="correct second_reader.address")
    return parts


def _post(policy: Policy, parts: SplitResult, body: bytes) -> tuple[int, bytes]:
    deadline = time.monotonic() + policy.timeout_s
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "User-Agent": f"claimwatch/{__version__}",
        "Connection": "close",
    }
    if policy.key is not None:
        headers["Authorization"] = f"Bearer {policy.key.reveal()}"
    connection = _connection(policy, parts)
    try:
        connection.connect()
        with _cut_at(connection.sock, deadline):
            connection.request("POST", parts.path.rstrip("/") + "/chat/completions", body=body, headers=headers)
            answer = connection.getresponse()
            status, content = answer.status, answer.read(ANSWER_BYTES + 1)
            if answer.length and len(content) <= ANSWER_BYTES:
                raise http.client.IncompleteRead(content, answer.length)
    except ssl.SSLCertVerificationError as error:
        why = f"has a certificate that cannot be trusted: {error.verify_message}"
        raise _failed(parts, why, "give its authority as second_reader.ca_file") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        # ValueError: http.client raises it bare for a length or a chunk that is no number
        if isinstance(error, TimeoutError) or time.monotonic() >= deadline:
            raise _failed(parts, f"gave no answer within {policy.timeout_s:g} s") from error
        raise _failed(parts, f"cannot be asked: {clean(str(error), _SAID_CHARS) or type(error).__name__}") from error
    finally:
        connection.close()
    if len(content) > ANSWER_BYTES:
        raise _failed(parts, f"sent more than {ANSWER_BYTES // 1000} kB", wrong=True)
    if time.monotonic() >= deadline:  # what was read until the line was cut is not the whole
        raise _failed(parts, f"gave no answer within {policy.timeout_s:g} s")
    return status, content


@contextmanager
def _cut_at(sock: socket.socket, deadline: float) -> Iterator[None]:
    """Cuts the line at the deadline: a server that sends a byte now and then does not gain any time."""

    def cut() -> None:
        with suppress(OSError):  # closed already
            socket.socket.shutdown(sock, socket.SHUT_RDWR)  # below TLS, whose own state the reading thread holds

    timer = threading.Timer(max(deadline - time.monotonic(), 0.0), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _connection(policy: Policy, parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port, timeout=policy.timeout_s)
    try:
        context = ssl.create_default_context(cafile=policy.ca_file or None)
    except OSError as error:
        raise SecondReaderError(
            f"its authority cannot be read: {error.strerror}", thing=policy.ca_file, hint="second_reader.ca_file"
        ) from error
    return http.client.HTTPSConnection(host, parts.port, timeout=policy.timeout_s, context=context)


def _reply(parts: SplitResult, body: bytes, messages: list[dict[str, str]]) -> Reply:
    try:
        data = json.loads(body.decode("utf-8"))
        choice = data["choices"][0]
        text = choice["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise _failed(parts, "answered, but not in the chat completions protocol", wrong=True) from error
    usage = data.get("usage")
    read = _whole(usage, "prompt_tokens", sum(len(m["content"]) for m in messages) // CHARS_PER_TOKEN)
    wrote = _whole(usage, "completion_tokens", len(str(text)) // CHARS_PER_TOKEN)
    if not isinstance(text, str):
        raise _failed(parts, "answered without a text", wrong=True, tokens=(read, wrote))
    if choice.get("finish_reason") == "length":
        hint = "give it more with second_reader.parameters: {max_completion_tokens: 2000}"
        raise _failed(parts, "ran out of tokens before its answer ended", hint, wrong=True, tokens=(read, wrote))
    return Reply(text, read, wrote)


def _whole(usage: Any, name: str, estimate: int) -> int:
    value = usage.get(name) if isinstance(usage, dict) else None
    sensible = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10_000_000
    return int(value) if sensible and value is not None else estimate


def _failed(
    parts: SplitResult, what: str, hint: str = "", *, wrong: bool = False, tokens: tuple[int, int] = (0, 0)
) -> SecondReaderError:
    return SecondReaderError(
        f"{parts.scheme}://{parts.netloc.rpartition('@')[2]} {what}", hint=hint, wrong=wrong, tokens=tokens
    )
