"""Coverage of made-up bridges whose exact outcome is known: each article changes one figure, and raises one alert."""

from __future__ import annotations

import html
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product

from loopback import FEED, PAGE, PLAIN, Answer, served

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

    def answer(self, path: str) -> Answer:
        with self.lock:
            self.asked[path] = self.asked.get(path, 0) + 1
        if path == "/feed.xml":
            return 200, self.feed(), FEED
        if path == "/robots.txt":
            return 200, b"", PLAIN
        if path in self.poisoned:
            return 200, self.poisoned[path], PAGE
        return 200, self.reports[int(path.rsplit("-", 1)[1])].page(), PAGE

    def feed(self) -> bytes:
        with self.lock:
            newest = self.reports[-400:]  # twenty seconds of the quickest soak
        rows = "".join(
            f"<item><title>{html.escape(r.title)}</title><link>{self.base}{r.path}</link><guid>{self.base}{r.path}</guid>"
            f"<pubDate>{r.published:%a, %d %b %Y %H:%M:%S +0000}</pubDate></item>"
            for r in reversed(newest)
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Bridges</title>{rows}</channel></rss>'.encode()


@contextmanager
def opened(stand: Newsstand) -> Iterator[None]:
    """Serve on a free loopback port."""
    with served(stand.answer) as stand.base:
        yield
