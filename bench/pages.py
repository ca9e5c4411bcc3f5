"""6. The review pages at the server, over many articles, on both databases; what the first paint of Today weighs."""

from __future__ import annotations

import http.client
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import desk_sample

from bench import stock
from bench.figures import Figure, Options, busy
from pipeline.service.engine import Engine
from pipeline.service.wiring import Desk, with_sources
from pipeline.storage.session import Store
from pipeline.web.app import create_app
from pipeline.web.serve import serving, settle

NAME = "desk"
ARTICLES = 10_000  # times --scale; 20 is the 200,000 articles and 50,000 findings of the limit
FINDINGS_EACH = 0.25
LIMIT_MS = 150.0
PAINT_BYTES = 100_000
ASKED = 60  # times each page, about another thing every time

Path_ = Callable[[int], str]  # the n-th address of a page


def pages(desk: Desk, articles: int, findings: int) -> dict[str, Path_]:
    """What is asked for, each page about many things in turn."""
    chance = random.Random(3)
    claims = [claim.id for claim in desk.watch.claims if claim.slots]
    topics = [topic.id for topic in desk.watch.topics]
    outlets = [source.id for source in desk.configuration.sources]
    words = ["jets", "contract", "corridor", "ministry"]

    def number(most: int) -> int:
        return chance.randint(1, most)

    return {
        "Today": lambda _: "/",
        "Today, a topic": lambda n: f"/?topic={topics[n % len(topics)]}",
        "Today, further on": lambda n: f"/?start={25 * (n % 10 + 1)}",
        "Claims": lambda _: "/claims",
        "a claim": lambda n: f"/claims/{claims[n % len(claims)]}",
        "the claim most is said of": lambda _: f"/claims/{claims[0]}",
        "Topics": lambda _: "/topics",
        "a topic": lambda n: f"/topics/{topics[n % len(topics)]}",
        "Stories": lambda _: "/stories",
        "a story": lambda _: f"/stories/{number(findings // 20)}",
        "an article": lambda _: f"/articles/{number(articles)}",
        "Sources": lambda _: "/sources",
        "a source": lambda n: f"/sources/{outlets[n % len(outlets)]}",
        "Alerts": lambda _: "/alerts",
        "an alert": lambda _: f"/alerts/{number(findings // 20)}",
        "Log": lambda _: "/log",
        "Verdicts": lambda _: "/verdicts",
        "a finding": lambda _: f"/findings/{number(findings)}",
        "Search, a word": lambda n: f"/search?q={words[n % len(words)]}",
        "Search, two words": lambda n: f"/search?q={words[n % 4]}+{words[(n + 1) % 4]}&order=best",
        "Search, findings of a claim": lambda n: (
            f"/search?q={words[n % 4]}&kind=finding&claim={claims[n % len(claims)]}"
        ),
        "interface, findings": lambda _: "/api/v1/findings?limit=50",
        "interface, open findings of a claim": lambda n: (
            f"/api/v1/findings?verdict=open&claim={claims[n % len(claims)]}"
        ),
        "interface, claims": lambda _: "/api/v1/claims",
        "feed of a claim": lambda n: f"/feeds/claims/{claims[n % len(claims)]}.atom",
    }


def desk_over(store: Store, articles: int) -> Desk:
    """A desk with the shipped watch and the outlets of the stock, at the end of its year."""
    configuration = with_sources(desk_sample.shipped(), stock.outlets(articles))
    clock = desk_sample.Fixed(at=stock.NOW)
    desk = Desk(configuration=configuration, store=store, engine=Engine(), watch=configuration.watch, clock=clock)
    desk.refresh_known()
    return desk


def timed(desk: Desk, articles: int, findings: int) -> tuple[dict[str, float], dict[str, float], int]:
    """Every page over HTTP on loopback: p95 and processor time in milliseconds; bytes of the first paint of Today.

    Processor time is that of this process, asking included, and so says something on a busy machine too.
    """
    slowest: dict[str, float] = {}
    worked: dict[str, float] = {}
    app = create_app(desk)
    settle()  # as `run` and `web` do
    with serving(app, "127.0.0.1", 0) as port:
        for name, path in pages(desk, articles, findings).items():
            took = []
            began = busy()
            for turn in range(ASKED + 1):
                seconds, answer, _ = _ask(port, path(turn))
                if answer.status != 200:
                    raise RuntimeError(f"{path(turn)} answers {answer.status}")
                if turn:
                    took.append(1000 * seconds)
                else:  # the first one compiles the template
                    began = busy()
            slowest[name] = statistics.quantiles(took, n=20)[-1]
            worked[name] = 1000 * (busy() - began) / ASKED
        return slowest, worked, _painted(port)


def _ask(port: int, path: str) -> tuple[float, http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    began = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    taken = time.perf_counter() - began
    connection.close()
    return taken, answer, body


def _painted(port: int) -> int:
    """Bytes on the wire for Today with its style sheet, scripts and icon, as a browser asks for them the first time."""
    named = ("app.css", "htmx.min.js", "desk.js", "icon.svg")
    return sum(len(_ask(port, path)[2]) for path in ("/", *(f"/static/{name}" for name in named)))


def measure(options: Options) -> list[Figure]:
    """The slowest page at p95 and the first paint, on each database."""
    articles = ARTICLES * options.scale
    findings = int(articles * FINDINGS_EACH)
    figures = []
    for kind, store in stock.stores(articles):
        stock.fill(store, desk_sample.shipped().watch, articles=articles, findings=findings)
        slowest, worked, painted = timed(desk_over(store, articles), articles, findings)
        worst = max(slowest, key=lambda name: slowest[name])
        detail = {"slowest": worst} | {one: [round(slowest[one], 1), round(worked[one], 1)] for one in slowest}
        name = f"slowest page at p95, {kind}, {articles:,} articles, {findings:,} findings"
        figures.append(Figure(bench=NAME, name=name, value=slowest[worst], unit="ms", ceiling=LIMIT_MS, detail=detail))
        name = f"first paint of Today, {kind}"
        figures.append(Figure(bench=NAME, name=name, value=painted, unit="bytes", ceiling=PAINT_BYTES))
    return figures
