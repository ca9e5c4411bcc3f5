"""A web server on a free loopback port, whose answers a function gives: newsstands of the tests are served by it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE, FEED, PLAIN = "text/html; charset=utf-8", "application/rss+xml", "text/plain"
Answer = tuple[int, bytes, str]  # status, body, media type
Answers = Callable[[str], Answer]  # of a path


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        status, body, media_type = self.server.answers(self.path)
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        if status == 503:
            # How often a page that is down was asked for must not depend on how long an edition takes.
            self.send_header("Retry-After", "86400")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Stay quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answers: Answers) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no fault of ours."""


@contextmanager
def served(answers: Answers) -> Iterator[str]:
    """Its address, while it is served; threads ask for answers at once."""
    server = _Server(answers)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
