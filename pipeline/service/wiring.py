"""Configuration -> built objects: the one place that names concrete classes."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pipeline import __version__
from pipeline.fetch.client import Fetcher
from pipeline.fetch.pace import Gate
from pipeline.fetch.policy import Policy
from pipeline.model.source import Source
from pipeline.model.watch import Watch
from pipeline.service.clock import Clock
from pipeline.service.engine import Engine, engine
from pipeline.settings import shipped
from pipeline.settings.load import Configuration
from pipeline.settings.settings import Settings
from pipeline.settings.watch import with_known
from pipeline.storage import ledger, schema
from pipeline.storage.session import Fence, Store, Transaction, open_store

T = TypeVar("T")
WORK, DELIVER = "work", "deliver"  # jobs that others have something for


def _nobody(_job: str) -> None:
    """Where no jobs run: what is done by hand is done step by step."""


@dataclass(kw_only=True)
class Desk:
    """What the service works with. One a process; the configuration and the watch are replaced on a reload."""

    configuration: Configuration
    store: Store
    engine: Engine
    watch: Watch  # the configuration's, overlaid with what the ledger holds
    clock: Clock = field(default_factory=Clock)
    holder: str = ""  # who takes work: unique to this process
    nudge: Callable[[str], None] = _nobody  # says that a job of this process has something to do
    fence: Fence | None = None  # proof of the coordinator's lease; nothing is written once it is lost
    _by_id: tuple[tuple[Source, ...], Mapping[str, Source]] = field(default=((), {}), repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _taking: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def settings(self) -> Settings:
        return self.configuration.settings

    def source(self, name: str) -> Source:
        """The configured source of that id; one that is configured no more is only a name."""
        configured, by_id = self._by_id
        if configured is not self.configuration.sources:  # asked for every entry: thousands of sources are looked up
            by_id = {source.id: source for source in reversed(self.configuration.sources)}
            self._by_id = (self.configuration.sources, by_id)
        return by_id.get(name) or Source(id=name, url="", name=name)

    def agencies(self) -> Mapping[str, str]:
        """The agencies by name: id -> the first of its configured names."""
        return {agency: names[0] for agency, names in self.settings.articles.agencies.items() if names}

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one writing transaction, off the event loop; nothing is written once the lease is lost."""
        return await asyncio.to_thread(self.write_now, work)

    def write_now(self, work: Callable[[Transaction], T]) -> T:
        """The same from a thread. SQLite has one writer, so threads of this process take turns here, not in SQLite."""
        with self._turn if not self.store.postgres else nullcontext(), self.store.transaction(self.fence) as tx:
            return work(tx)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` on one moment's view of the store, off the event loop."""
        return await asyncio.to_thread(self.read_now, work)

    def read_now(self, work: Callable[[Transaction], T]) -> T:
        """The same from a thread."""
        with self.store.read() as tx:
            return work(tx)

    def refresh_known(self) -> bool:
        """Overlay the ledger's values again, as after an accepted change. True when the watch is another one now."""
        return self._overlay(self.configuration)

    def reconfigure(self, configuration: Configuration) -> None:
        """Take over a configuration that was read and checked, with what the ledger holds. Raises StoreError."""
        self._overlay(configuration, take=True)

    def _overlay(self, configuration: Configuration, *, take: bool = False) -> bool:
        known = self.read_now(ledger.known)
        watch = with_known(configuration.watch, known)
        with self._taking:  # nobody sees new rules without the ledger's values, or an old watch after a new one
            if not take and configuration is not self.configuration:
                return False
            changed = watch.version != self.watch.version
            self.configuration, self.watch = configuration, watch
        return changed


def holder_name() -> str:
    """A name for this process that no other has: host, process, and a part by chance."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def open_database(configuration: Configuration, *, upgrade: bool = False, holder: str = "") -> Store:
    """The store of the configuration. Raises SchemaError when its schema is not this program's.

    With `upgrade` a schema that is missing or old is brought up first.
    """
    if upgrade:
        schema.upgrade(configuration.database_url, shipped.path("migrations"))
    store = open_store(configuration.database_url, name=holder or "claimwatch")
    schema.check(store)
    return store


@contextmanager
def desk(
    configuration: Configuration,
    *,
    clock: Clock | None = None,
    upgrade: bool = False,
    store: Store | None = None,
    guarded: bool = False,
) -> Iterator[Desk]:
    """A desk for the duration of the block. With `guarded` analysis has limits of time and memory.

    Raises SchemaError and StoreError.
    """
    holder = holder_name()
    opened = store or open_database(configuration, upgrade=upgrade, holder=holder)
    settings = configuration.settings
    try:
        with engine(settings.engine, guarded=guarded) as running:
            built = Desk(
                configuration=configuration,
                store=opened,
                engine=running,
                watch=configuration.watch,
                clock=clock or Clock(),
                holder=holder,
            )
            built.refresh_known()
            yield built
    finally:
        if store is None:
            opened.close()


def policy(settings: Settings) -> Policy:
    """How the settings want to fetch."""
    fetch = settings.fetch
    return Policy(
        contact=fetch.contact,
        version=__version__,
        connect_s=fetch.connect_timeout.total_seconds(),
        read_s=fetch.read_timeout.total_seconds(),
        total_s=fetch.total_timeout.total_seconds(),
        body_bytes=_limits(fetch.feed_size, fetch.page_size),
        header_bytes=fetch.header_size,
        redirects=fetch.redirects,
        concurrency=fetch.concurrency,
        per_host=fetch.per_host,
        host_delay_s=fetch.host_delay.total_seconds(),
        robots=fetch.robots,
        allow=frozenset(_endpoint(pair) for pair in fetch.allow_private),
    )


def _limits(feed: int, page: int) -> Mapping[str, int]:
    base = Policy().body_bytes
    return {**base, "feed": feed, "page": page}


def _endpoint(pair: str) -> tuple[str, int]:
    host, _, port = pair.rpartition(":")
    return host.strip("[]"), int(port)


def fetcher(settings: Settings, *, gate: Gate | None = None) -> Fetcher:
    """The one client that everything fetches with, as the settings want it; `gate` for a pace that others share."""
    return Fetcher(policy(settings), gate=gate)


def with_sources(configuration: Configuration, sources: tuple[Source, ...], **fetch: object) -> Configuration:
    """The configuration with other sources and other ways to fetch: for the demo and for trying things."""
    settings = configuration.settings
    changed = settings.model_copy(update={"fetch": settings.fetch.model_copy(update=fetch)})
    return replace(configuration, sources=sources, settings=changed)
