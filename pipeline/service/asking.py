"""Asking sources once, outside the schedule: is it a feed, what does it hold, and which feeds has a site?"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import ClaimwatchError, FetchError, ParseError
from pipeline.fetch.client import Fetcher
from pipeline.fetch.mask import mask
from pipeline.model.progress import Told, untold
from pipeline.model.source import FeedDocument, Source
from pipeline.service.drain import counted
from pipeline.sources import discover, feed

CANDIDATES = 12  # addresses asked when a site is searched for feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one source answered."""

    source: Source
    format: str = ""  # of the feed, "" when it is none
    entries: int = 0
    newest: datetime | None = None
    reason: str = ""  # why it is no feed
    detail: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is a feed with entries."""
        return bool(self.format) and self.entries > 0

    def as_data(self) -> dict[str, Any]:
        """The answer as plain data."""
        return {
            "id": self.source.id,
            "url": mask(self.source.url),
            "ok": self.ok,
            "format": self.format,
            "entries": self.entries,
            "newest": self.newest.isoformat() if self.newest else None,
            "reason": self.reason,
            "detail": self.detail,
        }

    def as_line(self) -> str:
        """The answer in a line."""
        if self.format:
            newest = f", newest {self.newest:%Y-%m-%d %H:%M}" if self.newest else ""
            word = "ok   " if self.ok else "EMPTY"
            return f"{word} {self.source.id:28} {self.format}, {self.entries} entries{newest}"
        return f"FAIL  {self.source.id:28} {self.reason}: {self.detail} <{mask(self.source.url)}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed that a site has."""

    url: str
    kind: str
    title: str
    lang: str
    entries: int


async def ask_all(client: Fetcher, sources: Sequence[Source], *, limit: int, told: Told = untold) -> list[Asked]:
    """Ask each source once, many at once; the answers in the order of the sources."""

    async def one(source: Source) -> Asked:
        return await _ask(client, source, limit)

    ask = counted(one, len(sources), told)
    return list(await asyncio.gather(*(ask(source) for source in sources)))


async def _ask(client: Fetcher, source: Source, limit: int) -> Asked:
    try:
        document = await _document(client, source, limit)
    except (FetchError, ParseError) as error:
        return Asked(source=source, reason=error.reason, detail=error.message)
    dates = [entry.published for entry in document.entries if entry.published]
    count = len(document.entries) + len(document.children)
    return Asked(source=source, format=document.format, entries=count, newest=max(dates, default=None))


async def _document(client: Fetcher, source: Source, limit: int) -> FeedDocument:
    response = await client.get(source.url, kind="sitemap" if source.kind == "sitemap" else "feed")
    return await asyncio.to_thread(
        feed.read,
        response.body,
        source=source,
        content_type=response.header("content-type"),
        url=response.final_url,
        limit=limit,
    )


async def find_feeds(client: Fetcher, url: str) -> list[Found]:
    """The feeds of a site: the address itself when it is one, else those its page leads to, best first.

    Raises FetchError when the address cannot be had.
    """
    address = url if "://" in url else f"https://{url}"
    own = await _try(client, address, "feed")
    if own is not None:
        return [own]
    page = await client.get(address, kind="page")
    named = await client.sitemaps(page.final_url)
    found = []
    for candidate in discover.discover(page.body, url=page.final_url, sitemaps=named)[:CANDIDATES]:
        one = await _try(client, candidate.url, candidate.kind)
        if one is not None:
            found.append(one)
    return found


async def _try(client: Fetcher, url: str, kind: str) -> Found | None:
    try:
        document = await _document(client, Source(id="new", url=url, kind=kind), 1000)
    except (FetchError, ParseError):
        return None
    kind = "sitemap" if document.format.startswith("sitemap") else "feed"
    return Found(url=url, kind=kind, title=document.title, lang=document.lang, entries=len(document.entries))


def as_yaml(found: Sequence[Found], *, known: Collection[str], name: str | None) -> str:
    """Entries for sources.yaml of feeds that were found."""
    sources = [Source(id=name or "", url=one.url, name=one.title, kind=one.kind, lang=one.lang) for one in found]
    return sources_yaml(sources, known=known)


_USUAL = Source(id="", url="")
_NOTHING: tuple[object, ...] = ("", None, [])


def sources_yaml(sources: Sequence[Source], *, known: Collection[str]) -> str:
    """Entries for sources.yaml; an id that is missing or taken is made from the host."""
    taken, text = set(known), ""
    for source in sources:
        name = source.id if source.id and source.id not in taken else _free(source.url, taken)
        taken.add(name)
        fields: dict[str, object] = {
            "url": source.url,
            "name": source.name,
            "kind": source.kind if source.kind != "feed" else "",
            "lang": source.lang,
            "country": source.country,
            "family": source.family,
            "state": source.state,
            "tier": None if source.tier == _USUAL.tier else source.tier,
            "enabled": None if source.enabled else False,
            "folder": list(source.folder),
        }
        text += f"  - id: {name}\n"
        text += "".join(f"    {key}: {_scalar(fields[key])}\n" for key in fields if fields[key] not in _NOTHING)
    return text


def _scalar(value: object) -> str:
    """YAML that is the value, whatever stands in it: JSON's strings and lists are YAML's."""
    return json.dumps(value, ensure_ascii=False)


def _free(url: str, taken: Collection[str]) -> str:
    host = (urlsplit(url).hostname or "source").removeprefix("www.").removeprefix("feeds.")
    base = re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-") or "source"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name


def append(path: Path, text: str) -> None:
    """Append entries to sources.yaml. Raises ClaimwatchError when the file does not end in the list of sources."""
    there = path.read_text(encoding="utf-8") if path.exists() else "sources:\n"
    body = [line for line in there.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    last_key = next((line for line in reversed(body) if not line.startswith((" ", "-"))), "")
    if last_key.split("#")[0].strip() != "sources:":
        raise ClaimwatchError("cannot be extended", thing=str(path), hint="add the entry by hand under `sources:`")
    path.write_text(there.rstrip("\n") + "\n" + text, encoding="utf-8")
