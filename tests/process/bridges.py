"""Coverage of made-up bridges whose exact outcome is known: each article changes one figure, and raises one alert."""

from __future__ import annotations

import html
import random
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product

NAMES = [
    a + b + c
    for a, b, c in product(
        ("Vel", "Tor", "Mas", "Kir", "Don", "Pel", "Ras", "Gol"), ("or", "ib", "en", "ut"), ("a", "ar", "eck", "ingen")
    )
]
KNOWN = 100  # million dollars, what every bridge is known to cost
_NOUNS = [
    "river",
    "road",
    "mayor",
    "council",
    "engineer",
    "pier",
    "valley",
    "summer",
    "school",
    "market",
    "farmer",
    "train",
    "station",
    "harbour",
    "archive",
    "lawyer",
    "village",
    "orchard",
    "winter",
    "festival",
    "library",
    "teacher",
    "miller",
    "garden",
    "museum",
    "tower",
    "church",
    "factory",
    "canal",
    "lamp",
    "window",
    "table",
]
_VERBS = [
    "described",
    "opened",
    "measured",
    "closed",
    "visited",
    "painted",
    "repaired",
    "counted",
    "moved",
    "cleaned",
    "sold",
    "bought",
    "watched",
]
_QUALITIES = [
    "old",
    "green",
    "quiet",
    "narrow",
    "busy",
    "wooden",
    "distant",
    "bright",
    "heavy",
    "empty",
    "modern",
    "famous",
    "local",
    "small",
    "wide",
]


def claims_yaml() -> str:
    """A claim for each bridge."""
    rows = "\n".join(
        f"""  - id: {name.lower()}
    topic: bridges
    statement: The {name} bridge costs $100 million.
    source: {{document: made-up}}
    about:
      - {{all: [{name.lower()}, bridge]}}
    slots:
      cost: {{type: money, known: 1e8 USD, of: [bridge]}}"""
        for name in NAMES
    )
    return f"claims:\n{rows}\n"


def concepts_yaml() -> str:
    rows = "\n".join(f"  {name.lower()}: {{kind: place, names: {{en: [{name}]}}}}" for name in NAMES)
    return f"concepts:\n{rows}\n"


def sentence(chance: random.Random) -> str:
    """Some words without any meaning, and without a bridge."""
    one, two, three = chance.sample(_NOUNS, 3)
    this, that = chance.sample(_QUALITIES, 2)
    return f"The {this} {one} {chance.choice(_VERBS)} the {that} {two} near the {three} on that day."


@dataclass(frozen=True)
class Report:
    """One article: which bridge, what it is said to cost, when it came out."""

    number: int
    published: datetime

    @property
    def name(self) -> str:
        return NAMES[self.number % len(NAMES)]

    @property
    def millions(self) -> int:
        """Further from the known value and from every other report of this bridge than any tolerance."""
        return round(2 * KNOWN * 1.08 ** (self.number // len(NAMES)))

    @property
    def path(self) -> str:
        return f"/news/report-{self.number}"

    @property
    def title(self) -> str:
        return f"{self.name} bridge: the price is now {self.millions} million dollars"

    def page(self) -> bytes:
        n = self.number
        chance = random.Random(n)  # each report has words of its own, so that none is a copy of another
        filler = "".join(f"<p>{' '.join(sentence(chance) for _ in range(5))}</p>" for _ in range(4))
        lead = f"The {self.name} bridge will cost {self.millions} million dollars, the builder said in report {n}."
        return (
            f"<!doctype html><html lang=en><head><title>{html.escape(self.title)}</title></head><body><article>"
            f"<h1>{html.escape(self.title)}</h1><p>{lead}</p>{filler}</article></body></html>"
        ).encode()


@dataclass
class Newsstand:
    """A real HTTP server with one feed, to which reports are added while it runs."""

    reports: list[Report] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)
    poisoned: dict[str, bytes] = field(default_factory=dict)  # path -> a page of its own
    lock: threading.Lock = field(default_factory=threading.Lock)
    base: str = ""

    def publish(self, count: int) -> None:
        """Add so many reports, published now."""
        with self.lock:
            start = len(self.reports)
            at = datetime.now(UTC) + timedelta(seconds=1)  # feeds write whole seconds: never before the first poll
            self.reports += [Report(n, at) for n in range(start, start + count)]

    def feed(self) -> bytes:
        with self.lock:
            newest = self.reports[-400:]  # twenty seconds of the quickest soak
        rows = "".join(
            f"<item><title>{html.escape(r.title)}</title><link>{self.base}{r.path}</link><guid>{self.base}{r.path}</guid>"
            f"<pubDate>{r.published:%a, %d %b %Y %H:%M:%S +0000}</pubDate></item>"
            for r in reversed(newest)
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Bridges</title>{rows}</channel></rss>'.encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        stand = self.server.stand
        with stand.lock:
            stand.asked[self.path] = stand.asked.get(self.path, 0) + 1
        if self.path == "/feed.xml":
            self._answer(stand.feed(), "application/rss+xml")
        elif self.path == "/robots.txt":
            self._answer(b"", "text/plain")
        elif self.path in stand.poisoned:
            self._answer(stand.poisoned[self.path], "text/html; charset=utf-8")
        else:
            number = int(self.path.rsplit("-", 1)[1])
            self._answer(stand.reports[number].page(), "text/html; charset=utf-8")

    def _answer(self, body: bytes, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Stay quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    stand: Newsstand

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no fault of ours."""


def opened(stand: Newsstand) -> _Server:
    """Serve on a free loopback port."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.stand = stand
    stand.base = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server
