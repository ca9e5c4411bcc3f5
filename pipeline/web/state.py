"""What the pages work with; one for each application."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fastapi import HTTPException, Request

from pipeline.service import passwords
from pipeline.service.desk import entry
from pipeline.service.wiring import Desk

Metrics = Callable[[], tuple[bytes, str]]  # body and media type
Ready = Callable[[], bool]
TRIALS = 2  # at once


@dataclass(kw_only=True)
class State:
    """The desk, and what was decided at the start."""

    desk: Desk
    metrics: Metrics | None = None
    ready: Ready | None = None
    csrf: str = field(default_factory=passwords.drawn)  # of whoever is there while there are no users

    trials: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(TRIALS))

    @property
    def secure(self) -> bool:
        """People reach the pages over https."""
        return self.desk.settings.web.public_url.startswith("https://")

    def open(self) -> bool:
        """Nobody needs to sign in: the pages are on the loopback address and there are no users."""
        return on_loopback(self.desk.settings.web.host) and not entry.has_users(self.desk)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A few may try at once: each takes seconds of a core that the service needs too. 429 for one too many."""
        if not self.trials.acquire(blocking=False):
            raise HTTPException(429, "Others are trying something now: ask again in a moment.", {"Retry-After": "5"})
        try:
            yield
        finally:
            self.trials.release()


def state_of(request: Request) -> State:
    state = request.app.state.claimwatch
    assert isinstance(state, State)
    return state


def on_loopback(host: str) -> bool:
    """Whether a server that listens there can be reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def hosts(desk: Desk) -> frozenset[str]:
    """Names under which the pages may be asked for, without ports, lower case."""
    web = desk.settings.web
    public = urlsplit(web.public_url).hostname if web.public_url else None
    return frozenset(name.strip("[]").lower() for name in (*web.hosts, public or "") if name)


def origins(desk: Desk) -> frozenset[str]:
    """Origins of changes besides that of the address asked for: behind a proxy that of `public_url`."""
    parts = urlsplit(desk.settings.web.public_url)
    return frozenset({f"{parts.scheme}://{parts.netloc}"}) if parts.netloc else frozenset()
