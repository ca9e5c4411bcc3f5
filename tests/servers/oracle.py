"""A stub of an OpenAI-compatible service on loopback: answers what it is told to, and misbehaves when told to."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CERTIFICATE = Path(__file__).parent / "loopback.pem"


def opinion(verdict: str = "confirm", *values: tuple[str, str, str], reason: str = "as written") -> str:
    """The content of an answer in the form that is asked for."""
    proposed = [{"slot": slot, "value": value, "quote": quote} for slot, value, quote in values]
    return json.dumps({"verdict": verdict, "values": proposed, "reason": reason})


def completion(content: object, **usage: object) -> bytes:
    """The body of a chat completion that says `content`."""
    counted = {"prompt_tokens": 900, "completion_tokens": 50} | usage
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
    return json.dumps({"id": "1", "object": "chat.completion", "choices": [choice], "usage": counted}).encode()


@dataclass
class Oracle:
    """`say` gives the content for a request; `body` or `raw` replace the whole answer; `drip` sends it byte by byte."""

    say: Callable[[dict[str, Any]], object] = lambda _asked: opinion()
    status: int = 200
    body: bytes | None = None
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    drip: threading.Event | None = None  # set: over; until then a byte now and then
    asked: list[dict[str, Any]] = field(default_factory=list)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    address: str = ""


@contextmanager
def running(oracle: Oracle, *, tls: bool = False) -> Iterator[Oracle]:
    """Serves for the duration of the block; `address` is the base."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            asked = json.loads(self.rfile.read(length))
            oracle.asked.append(asked)
            oracle.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            with suppress(OSError):  # the client had enough
                self._answer(asked)

        def _answer(self, asked: dict[str, Any]) -> None:
            if oracle.raw is not None:
                self.wfile.write(oracle.raw)
                self.close_connection = True
                return
            body = oracle.body if oracle.body is not None else completion(oracle.say(asked))
            self.send_response(oracle.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in oracle.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if oracle.drip is None:
                self.wfile.write(body)
                return
            for i in range(len(body)):
                self.wfile.write(body[i : i + 1])
                if oracle.drip.wait(0.02):
                    return

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the library's
            """Nothing: tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    host = "localhost" if tls else "127.0.0.1"
    oracle.address = f"{'https' if tls else 'http'}://{host}:{server.server_port}/v1"
    try:
        yield oracle
    finally:
        if oracle.drip is not None:
            oracle.drip.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
