"""A known article through the whole flow, once a period: when it is not found, real ones may be missed the same way.

The article is made of what the watched claims state, so it fits any subject. It is published in a feed on loopback and
goes through fetching, extraction, analysis on the engine in force, and storage in a database of its own: it can alert
nobody and stands in nobody's way. What was found the first time with these rules must be found ever after. That it was
lost is told by the channels, once, and once that it was found again.
"""

from __future__ import annotations

import asyncio
import html
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pipeline.alert import notice
from pipeline.errors import ClaimwatchError
from pipeline.model.alert import Message
from pipeline.model.rules import AlertRules
from pipeline.model.source import Source
from pipeline.model.watch import Claim
from pipeline.service import pages, poll, tell
from pipeline.service.wiring import Desk, fetcher, with_sources
from pipeline.settings import shipped
from pipeline.storage import entries, findings, jobs, outbox, schema
from pipeline.storage.session import Store, Transaction, open_store

MARK = "canary"
SOURCE = "canary"
STATEMENTS = 12  # of the watch, one paragraph each: enough that some are plain sentences
FEWEST_CHARS = 1_500  # of the article, so that no reader of pages takes it for a stub
_FILLER = (
    "This page is no news. It is published by the watch itself, on this machine, once in a while.",
    "What stands on it is known already. A reader that finds nothing here would find nothing elsewhere.",
    "It is fetched, read and stored as every other page is, and nobody is told of what it says.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What was seen of the canary: claims found, or the step at which it was lost."""

    claims: frozenset[str] = frozenset()
    lost_at: str = ""


def send(desk: Desk) -> str:
    """Send the canary and remember what came of it. Raises ClaimwatchError when it is lost; "" with none to send."""
    if not desk.watch.claims:
        return ""
    before = desk.read_now(lambda tx: jobs.marked(tx, MARK)) or {}
    same_rules = before.get("rules_hash") == desk.watch.rules_hash
    expected = frozenset(before.get("claims", ())) if same_rules else frozenset()
    seen = _seen(desk)
    missing = expected - seen.claims
    fault = seen.lost_at or ("" if seen.claims else "none of its statements was found")
    fault = fault or (f"not found any more: {', '.join(sorted(missing))}" if missing else "")
    now = desk.clock.now()
    value = {
        "found": not fault,
        "at": now.isoformat(),
        "last_found": before.get("last_found") if fault else now.isoformat(),
        "detail": fault,
        "claims": sorted(expected | seen.claims),
        "rules_hash": desk.watch.rules_hash,
    }
    desk.write_now(lambda tx: _remember(desk, tx, before, value, now))
    if fault:
        raise ClaimwatchError(fault, thing="canary", hint="compare `claimwatch match --explain` with a known article")
    return f"found {len(seen.claims)} claims"


def _seen(desk: Desk) -> Sighting:
    """What one flight saw; one that could not be made at all has lost the canary, too."""
    try:
        return sighted(desk)
    except (ClaimwatchError, OSError) as error:
        return Sighting(lost_at=f"it could not be sent: {error}")


def _remember(desk: Desk, tx: Transaction, before: Mapping[str, Any], value: dict[str, Any], now: datetime) -> None:
    """Store what came of the canary, and with it, in one transaction, what is told of it.

    A loss is told at each flight to channels that have not heard of it, as after a mute; its end to those that have.
    """
    was_lost = not before.get("found", True)
    losses, told = int(before.get("losses", 0)), tuple(before.get("told", ()))
    if not value["found"]:
        losses, told = (losses, told) if was_lost else (losses + 1, ())
        told = tuple(dict.fromkeys((*told, *_put(desk, tx, "lost", _loss(losses, value), now))))
    elif was_lost:
        _put(desk, tx, "found", _loss(losses, before), now, only=told)
        told = ()
    jobs.mark(tx, MARK, value | {"losses": losses, "told": list(told)}, now=now)


def _loss(number: int, value: Mapping[str, Any]) -> notice.Loss:
    last = value.get("last_found")
    return notice.Loss(
        number=number, detail=value.get("detail", ""), last_found=datetime.fromisoformat(last) if last else None
    )


_TELLING: Mapping[str, Callable[..., Message]] = {"lost": notice.lost, "found": notice.found}


def _put(
    desk: Desk, tx: Transaction, state: str, loss: notice.Loss, now: datetime, *, only: Collection[str] | None = None
) -> tuple[str, ...]:
    """Put the notice into the outbox of who hears it, once a loss and state; the channels."""
    settings = desk.settings.canary
    message = _TELLING[state](loss, severity=settings.severity, public_url=desk.settings.web.public_url)
    rules = desk.configuration.alerts
    hearers = notice.hearers(rules, settings.channels, settings.severity, now)
    told = {channel.id: until for channel, until in hearers if only is None or channel.id in only}
    for name, until in told.items():
        outbox.put(
            tx,
            kind="notice",
            thing_id=loss.number,
            channel=name,
            part=f"{MARK}-{state}",
            payload=tell.as_payload(message),
            now=now,
            thread=message.thread,
            held_until=until,
            message_id=message.id,
        )
    return tuple(told)


def sighted(desk: Desk) -> Sighting:
    """One flight of the canary."""
    with tempfile.TemporaryDirectory(prefix="claimwatch-canary-") as folder:
        path = Path(folder) / "canary.db"
        schema.make_file(path, shipped.path("migrations"))
        with (
            closing(open_store(f"sqlite:///{path}")) as store,
            _published(desk.watch.claims[:STATEMENTS], desk.clock.now()) as feed,
        ):
            asyncio.run(_fly(_cage(desk, store, feed)))
            with store.read() as tx:
                claims = frozenset(one.finding.claim for one in findings.select(tx, findings.Filter(), limit=1000))
                ended = entries.recent(tx, SOURCE)
    if not ended:
        return Sighting(lost_at="its feed was not read")
    lost = next((f"{entry.reason} {entry.detail}".strip() for entry in ended if entry.stage != "done"), "")
    return Sighting(claims=claims, lost_at=lost)


def _cage(desk: Desk, store: Store, feed: str) -> Desk:
    """The same watch and engine over another store, with the feed as the only source and nobody to tell."""
    host = feed.removeprefix("http://").partition("/")[0]
    configuration = with_sources(
        desk.configuration,
        (Source(id=SOURCE, url=feed, name="Canary", lang="en"),),
        allow_private=(host,),
        host_delay=timedelta(),
        attempts=1,
    )
    settings = configuration.settings
    alone = settings.model_copy(
        update={"second_reader": settings.second_reader.model_copy(update={"enabled": False})}
    )  # the canary asks no model
    return replace(
        desk,
        configuration=replace(configuration, settings=alone, alerts=AlertRules()),
        store=store,
        fence=None,
        _turn=threading.Lock(),
        _taking=threading.Lock(),
    )


async def _fly(cage: Desk) -> None:
    async with fetcher(cage.settings) as client:
        await poll.poll(cage, client)
        await pages.work(cage, client)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:  # the name is http.server's
        body, media_type = self.server.bodies.get(self.path, (b"", "text/plain"))
        self.send_response(200)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Stay quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    bodies: dict[str, tuple[bytes, str]]


@contextmanager
def _published(claims: Sequence[Claim], now: datetime) -> Iterator[str]:
    """The article and its feed on a free loopback port; the feed's address."""
    server = _Server(("127.0.0.1", 0), _Handler)
    base = f"http://127.0.0.1:{server.server_address[1]}"
    title = "What the watch knows"
    feed = (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Canary</title><item>'
        f"<title>{title}</title><link>{base}/canary</link><guid>{base}/canary</guid>"
        f"<pubDate>{now:%a, %d %b %Y %H:%M:%S +0000}</pubDate></item></channel></rss>"
    )
    server.bodies = {
        "/feed.xml": (feed.encode(), "application/rss+xml"),
        "/canary": (_page(title, claims).encode(), "text/html"),
    }
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"{base}/feed.xml"
    finally:
        server.shutdown()
        server.server_close()


def _page(title: str, claims: Sequence[Claim]) -> str:
    paragraphs = [claim.statement for claim in claims]
    while sum(map(len, paragraphs)) < FEWEST_CHARS:
        paragraphs += _FILLER
    body = "".join(f"<p>{html.escape(text)}</p>" for text in paragraphs)
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title></head><body><article><h1>{title}</h1>'
        f"{body}</article></body></html>"
    )
