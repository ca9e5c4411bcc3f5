"""Two outlets with 300 articles in two editions, and a third round with other rules: a cycle whose end is known.

First edition: the stand brings reports that raise an alert each, reports of what is known, pages that touch no topic,
stubs, pages that are gone, and pages whose server is down. Second edition: some reports are edited without notice, the
server is up again, and the kiosk brings copies of reports, addresses that were seen, and reports of its own. Then a
topic is added to the rules, which reaches pages that were put off.
"""

from __future__ import annotations

import html
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bridges import KNOWN, Report, sentence
from loopback import FEED, PAGE, PLAIN, Answer, served

REPORTS = range(110)  # raise an alert each
LATE = range(110, 116)  # the same, once their server is up
OWN = range(116, 128)  # of the kiosk
EDITED = range(60, 85)  # reports whose figure changes in the second edition
COPIED = range(58)
SEEN = range(30)  # reports whose very address the kiosk carries too
KNOWN_ONES = range(8)  # reports of what is known
DULL = range(60)
STUBS = range(8)
GONE = range(8)
FIRST = len(REPORTS) + len(LATE) + len(KNOWN_ONES) + len(DULL) + len(STUBS) + len(GONE)
ALL = FIRST + len(COPIED) + len(SEEN) + len(OWN)
AHEAD = timedelta(hours=12)  # everything is published after the first poll of any run, and is news
TOPIC = "  - {id: orchards, title: Orchards, groups: [{all: [orchard]}]}\n"
WORDS = "  orchard: {en: [orchard, orchards]}\n"


@dataclass
class Press:
    """What both outlets bring, by edition; counts what was asked for."""

    published: datetime = field(
        default_factory=lambda: (datetime.now(UTC) + timedelta(hours=12)).replace(microsecond=0)
    )
    pages_edition: int = 1
    feeds_edition: int = 1
    base: str = ""

    def rewind(self) -> None:
        """Back to the first edition, for another run."""
        self.pages_edition = self.feeds_edition = 1

    def report(self, number: int) -> Report:
        return Report(number, self.published)

    def stand(self) -> Iterator[tuple[str, str]]:
        """Address and title of the stand's items."""
        for number in (*REPORTS, *LATE):
            yield f"/news/report-{number}", self.report(number).title
        for number in KNOWN_ONES:
            yield f"/news/known-{number}", f"{self.report(number).name} bridge: the price stays"
        for number in DULL:
            yield f"/news/plain-{number}", f"A summer evening, part {number}"
        for number in STUBS:
            yield f"/news/stub-{number}", f"Soon here {number}"
        for number in GONE:
            yield f"/news/gone-{number}", f"Taken away {number}"

    def kiosk(self) -> Iterator[tuple[str, str]]:
        """Those of the kiosk, which has none before the second edition."""
        if self.feeds_edition == 1:
            return
        for number in COPIED:
            yield f"/kiosk/copy-{number}", f"What {self.report(number).name} will cost us"
        for number in SEEN:
            yield f"/news/report-{number}", self.report(number).title
        for number in OWN:
            yield f"/kiosk/report-{number}", self.report(number).title

    def feed(self, items: Iterator[tuple[str, str]]) -> bytes:
        rows = "".join(
            f"<item><title>{html.escape(title)}</title><link>{self.base}{path}</link><guid>{self.base}{path}</guid>"
            f"<pubDate>{self.published:%a, %d %b %Y %H:%M:%S +0000}</pubDate></item>"
            for path, title in items
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Bridges</title>{rows}</channel></rss>'.encode()

    def answer(self, path: str) -> Answer:
        if path == "/robots.txt":
            return 200, b"", PLAIN
        if path == "/feed.xml":
            return 200, self.feed(self.stand()), FEED
        if path == "/kiosk.xml":
            return 200, self.feed(self.kiosk()), FEED
        return *self.page(path), PAGE

    def page(self, path: str) -> tuple[int, bytes]:
        """Status and body of an article's address."""
        kind, _, tail = path.rpartition("/")[2].partition("-")
        number = int(tail)
        report = self.report(number)
        if kind == "gone":
            return 404, b"gone"
        if kind == "stub":
            return 200, b"<html><head><title>Soon here</title></head><body><p>Come back later.</p></body></html>"
        if kind == "plain":
            chance = random.Random(1000 + number)  # words of its own: no copy of another
            text = "".join(f"<p>The orchard. {' '.join(sentence(chance) for _ in range(6))}</p>" for _ in range(4))
            return 200, _page(f"A summer evening, part {number}", text)
        if kind == "known":
            said = report.page().decode().replace(f"{report.millions} million", f"{KNOWN} million")
            return 200, said.replace(f"in report {number}", f"in note {number}").encode()
        if number in LATE and self.pages_edition == 1:
            return 503, b"down"
        body = report.page().decode()
        if kind == "copy":
            body = body.replace(f"<h1>{html.escape(report.title)}</h1>", f"<h1>What {report.name} will cost us</h1>")
        elif number in EDITED and self.pages_edition == 2:
            body = body.replace(f"{report.millions} million", f"{report.millions * 3} million")
        return 200, body.encode()


def _page(title: str, text: str) -> bytes:
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}"
        "</article></body></html>"
    ).encode()


@contextmanager
def opened() -> Iterator[Press]:
    """Both outlets on a free loopback port."""
    press = Press()
    with served(press.answer) as press.base:
        yield press
