"""The sample outlets of the demo: feeds and pages as sites write them, served on loopback over real HTTP."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pipeline.model.source import Source
from pipeline.settings.duration import parse_duration
from pipeline.settings.yamltree import read_plain
from pipeline.text.template import Templates, folder_templates

SLOW_PAGE_S = 1.0  # how long the slow page waits before it answers
FEED_TEMPLATES = {
    "rss20": ("rss20.xml", "application/rss+xml; charset=utf-8"),
    "rss20-content": ("rss20.xml", "application/rss+xml; charset=utf-8"),
    "rss10": ("rss10.xml", "application/rdf+xml; charset=utf-8"),
    "atom": ("atom.xml", "application/atom+xml; charset=utf-8"),
}


@dataclass(frozen=True, kw_only=True)
class SampleArticle:
    """One article of a sample outlet; `revised` replaces its text once the outlet has been revised."""

    slug: str
    title: str
    text: str
    age: timedelta
    author: str = ""
    revised: str = ""
    fault: str = ""  # broken, slow
    date: str = ""  # written into the feed in place of a date


@dataclass(kw_only=True)
class Outlet:
    """A sample outlet, its articles and the server that carries them."""

    about: dict[str, Any]
    articles: tuple[SampleArticle, ...]
    templates: Templates
    now: datetime
    home: str = ""
    shown_until: datetime | None = None  # what is younger is not published yet; None shows everything
    revised: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def feed_url(self) -> str:
        return self.home + ("feed.json" if self.about["feed"] == "json" else "feed.xml")

    def source(self) -> Source:
        """The outlet as a source of the configuration."""
        about = self.about
        return Source(
            id=about["id"],
            url=self.feed_url,
            name=about["name"],
            lang=about["lang"],
            country=about["country"],
            family=about["family"],
            state=about["state"],
            tier=about["tier"],
            seen="sample outlet of the demo",
        )

    def body(self, article: SampleArticle) -> str:
        return article.revised if article.revised and self.revised.is_set() else article.text

    def shown(self, article: SampleArticle) -> dict[str, Any]:
        """What the templates need of an article."""
        published = self.now - article.age
        paragraphs = [p.strip() for p in self.body(article).split("\n\n") if p.strip()]
        url = f"{self.home}news/{article.slug}"
        data = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": article.title,
            "datePublished": published.isoformat(),
            "author": {"@type": "Person", "name": article.author or self.about["name"]},
            "publisher": {"@type": "Organization", "name": self.about["name"]},
            "mainEntityOfPage": url,
        }
        return {
            "slug": article.slug,
            "title": article.title,
            "author": article.author,
            "url": url,
            "iso": published.isoformat(),
            "rfc822": article.date or published.strftime("%a, %d %b %Y %H:%M:%S +0000"),
            "shown": published.strftime("%d.%m.%Y %H:%M"),
            "year": published.year,
            "paragraphs": paragraphs,
            "lead": paragraphs[0],
            "jsonld": data,
        }

    def page(self, article: SampleArticle) -> bytes:
        related = [self.shown(a) for a in self.articles if a.slug != article.slug][:4]
        template = self.templates.get_template(f"{self.about['template']}.html")
        outlet = {**self.about, "home": self.home, "feed_url": self.feed_url}
        return template.render(outlet=outlet, article=self.shown(article), related=related).encode()

    def feed(self) -> tuple[bytes, str]:
        """The feed's bytes and media type."""
        until = self.shown_until or self.now
        items = [self.shown(a) for a in self.articles if self.now - a.age <= until]
        if self.about["feed"] == "json":
            return self._json_feed(items), "application/feed+json; charset=utf-8"
        name, media_type = FEED_TEMPLATES[self.about["feed"]]
        full = self.about["feed"] == "rss20-content"
        outlet = {**self.about, "home": self.home, "feed_url": self.feed_url, "now": self.now.isoformat()}
        return self.templates.get_template(name).render(outlet=outlet, items=items, full=full).encode(), media_type

    def _json_feed(self, items: Sequence[dict[str, Any]]) -> bytes:
        document = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.about["name"],
            "home_page_url": self.home,
            "feed_url": self.feed_url,
            "language": self.about["lang"],
            "items": [
                {
                    "id": item["url"],
                    "url": item["url"],
                    "title": item["title"],
                    "summary": item["lead"],
                    "date_published": item["iso"],
                }
                for item in items
            ],
        }
        return json.dumps(document, ensure_ascii=False, indent=1).encode()


def load_outlets(folder: Path, now: datetime) -> tuple[Outlet, ...]:
    """Read the sample outlets of `folder` (`outlets/*.yaml`, `templates/`); ages count back from `now`."""
    templates = folder_templates(str(folder / "templates"))
    outlets = []
    for path in sorted((folder / "outlets").glob("*.yaml")):
        document = read_plain(path)
        articles = tuple(SampleArticle(**{**row, "age": parse_duration(row["age"])}) for row in document["articles"])
        outlets.append(Outlet(about=document["outlet"], articles=articles, templates=templates, now=now))
    return tuple(outlets)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:  # the name is http.server's
        outlet = self.server.outlet
        path = self.path.partition("?")[0]
        if path in ("/feed.xml", "/feed.json"):
            body, media_type = outlet.feed()
            self._answer(body, media_type)
            return
        if path == "/robots.txt":
            self._answer(b"User-agent: *\nDisallow: /search\n", "text/plain")
            return
        slug = path.removeprefix("/news/").removesuffix("/amp")
        article = next((a for a in outlet.articles if a.slug == slug), None)
        if article is None:
            self._answer(b"<html><title>Not found</title><p>No such page.</p></html>", "text/html", status=404)
            return
        if article.fault == "slow":
            outlet.stopped.wait(SLOW_PAGE_S)
        page = outlet.page(article)
        self._answer(page, "text/html; charset=utf-8", cut=article.fault == "broken")

    def _answer(self, body: bytes, media_type: str, *, status: int = 200, cut: bool = False) -> None:
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if status == 200 and self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.send_header("ETag", etag)
            self.end_headers()
            return
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 3] if cut else body)
        if cut:  # the length promised more than was sent
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Stay quiet: the demo prints a summary of its own."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    outlet: Outlet


@contextmanager
def served(outlets: Sequence[Outlet]) -> Iterator[Sequence[Outlet]]:
    """Serve each outlet on a free loopback port for the duration of the block."""
    servers = []
    try:
        for outlet in outlets:
            server = _Server(("127.0.0.1", 0), _Handler)
            server.outlet = outlet
            outlet.home = f"http://127.0.0.1:{server.server_address[1]}/"
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
            servers.append(server)
        yield outlets
    finally:
        for server in servers:
            server.outlet.stopped.set()
            server.shutdown()
            server.server_close()
