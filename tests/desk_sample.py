"""A desk for tests of the review pages: the demo's outlets analysed and stored by the real code, without a network."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from pipeline.analyse import analyse
from pipeline.articles.address import canonical
from pipeline.articles.identity import fingerprint
from pipeline.model.article import Article, Extracted
from pipeline.model.source import Source, SourceState
from pipeline.service import record
from pipeline.service.clock import Clock
from pipeline.service.desk import entry
from pipeline.service.engine import Engine
from pipeline.service.wiring import Desk
from pipeline.settings.duration import parse_duration
from pipeline.settings.load import Configuration, load
from pipeline.settings.yamltree import read_plain
from pipeline.storage import schema, sources
from pipeline.storage.session import Store, open_store

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "a long enough password"  # of every user: one is hashed once, since that is slow by intent
NOW = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fixed(Clock):
    """A clock that stands, unless a test sets it."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at + self.ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """An article as it is given to the sample."""

    source: str
    slug: str
    title: str
    text: str
    age: timedelta
    lang: str = ""
    author: str = ""
    revised: str = ""

    @property
    def url(self) -> str:
        return canonical(f"https://{self.source}.example/{self.slug}")


@cache
def shipped() -> Configuration:
    """The shipped configuration, read once."""
    return load(ROOT / "config", env={})


@cache
def outlets() -> tuple[tuple[Source, tuple[Text, ...]], ...]:
    """The demo's outlets with their articles."""
    found = []
    for path in sorted((ROOT / "demo" / "outlets").glob("*.yaml")):
        data = read_plain(path)
        about = data["outlet"]
        source = Source(
            id=about["id"],
            url=f"https://{about['id']}.example/feed.xml",
            name=about["name"],
            lang=about["lang"],
            country=about["country"],
            family=about["family"],
            state=about["state"],
            tier=about["tier"],
        )
        texts = tuple(
            Text(
                source=source.id,
                slug=row["slug"],
                title=row["title"],
                text=row["text"].strip(),
                age=parse_duration(row["age"]),
                lang=source.lang,
                author=row.get("author", ""),
                revised=row.get("revised", "").strip(),
            )
            for row in data["articles"]
        )
        found.append((source, texts))
    return tuple(found)


def configuration(**web: object) -> Configuration:
    """The shipped watch over the demo's outlets; `web` changes settings of the pages."""
    whole = shipped()
    settings = whole.settings.model_copy(update={"web": whole.settings.web.model_copy(update=web)})
    return replace(whole, settings=settings, sources=tuple(source for source, _ in outlets()))


def empty_desk(store: Store, *, now: datetime = NOW, **web: object) -> Desk:
    """A desk over a store that may be empty."""
    made = configuration(**web)
    desk = Desk(configuration=made, store=store, engine=Engine(), watch=made.watch, clock=Fixed(at=now))
    desk.refresh_known()
    return desk


def desk(store: Store, *, now: datetime = NOW, **web: object) -> Desk:
    """A desk whose store holds the demo's articles, some in two versions, as if they had come in over the last days."""
    made = empty_desk(store, now=now, **web)
    with store.transaction() as tx:
        sources.sync(tx, made.configuration.sources, now=now - timedelta(days=30))
        for number, source in enumerate(made.configuration.sources):
            sources.save(tx, _state(source, now, failing=number == 2), now=now)
    add(made, (text for _, texts in outlets() for text in texts))
    return made


@cache
def _model(*users: tuple[str, str]) -> tuple[tempfile.TemporaryDirectory[str], Path]:
    """A database file with the sample and these users in it, made once a process and copied for each test."""
    folder = tempfile.TemporaryDirectory(prefix="claimwatch-sample-")
    if users:
        made = copied(Path(folder.name))
        for name, role in users:
            entry.add_user(made, name, PASSWORD, role)
        made.store.close()
    else:
        schema.upgrade(f"sqlite:///{folder.name}/desk.db", ROOT / "migrations")
        store = open_store(f"sqlite:///{folder.name}/desk.db")
        desk(store)
        store.close()
    return folder, Path(folder.name)


def copied(folder: Path, *users: tuple[str, str], **web: object) -> Desk:
    """A desk as `desk` makes it, on an SQLite file of its own in that folder; its store is the caller's to close.

    `users` are names with their roles; the password of each is PASSWORD.
    """
    _, model = _model(*users)
    for part in model.glob("desk.db*"):
        shutil.copyfile(part, folder / part.name)
    return empty_desk(open_store(f"sqlite:///{folder / 'desk.db'}"), **web)


def add(desk: Desk, texts: Iterable[Text]) -> None:
    """Analyses and stores these texts, oldest first, each with its revision where it has one."""
    for text in sorted(texts, key=lambda one: -one.age):
        put(desk, text, text.text, desk.clock.now() - text.age + timedelta(minutes=10))
        if text.revised:
            put(desk, text, text.revised, desk.clock.now() - text.age + timedelta(minutes=50), before=text.text)


def put(desk: Desk, text: Text, body: str, at: datetime, *, before: str = "") -> record.Recorded:
    """One version of one article, as the service would store it at that time."""
    source = desk.source(text.source)
    published = desk.clock.now() - text.age
    article = Article(
        id=text.url,
        title=text.title,
        text=body,
        url=text.url,
        lang=text.lang,
        published=published,
        country=source.country,
        source=source.id,
        previous=before,
    )
    page = Extracted(
        title=text.title, text=body, author=text.author, published=published, lang=text.lang, origin="page"
    )
    seen = record.Seen(url=text.url, page=page, fingerprint=fingerprint(text.title, body), source=source, fetched_at=at)
    with desk.store.transaction() as tx:
        return record.store(desk, tx, seen, analyse(article, desk.watch), desk.watch)


def _state(source: Source, now: datetime, *, failing: bool) -> SourceState:
    return SourceState(
        source=source.id,
        url=source.url,
        first_polled_at=now - timedelta(days=30),
        last_polled_at=now - timedelta(minutes=9),
        last_ok_at=now - timedelta(hours=30 if failing else 0, minutes=9),
        last_entry_at=now - timedelta(hours=31 if failing else 2),
        next_poll_at=now + timedelta(minutes=6),
        failures=7 if failing else 0,
        last_reason="read-timeout" if failing else "",
        last_detail="no answer within 20 s" if failing else "",
        health="failing" if failing else "ok",
    )
