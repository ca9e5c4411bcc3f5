"""Archives as items to read: JSON lines, WARC files, folders of HTML. Items have numbers, so work can go on there."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.errors import ClaimwatchError
from pipeline.model.article import Article
from pipeline.model.source import Source
from pipeline.service import lines, warc
from pipeline.service.reader import Page
from pipeline.storage.sources import host_of

_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
_WARC = (".warc", ".warc.gz", ".warc.zst")
_HTML = (".html", ".htm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One record of an archive: something to read, a fault, or neither for what is no page."""

    number: int  # from 1, within its file
    at_byte: int  # how far the file was read by then
    content: Article | Page | None = None
    fault: str = ""
    at: datetime | None = None  # when it was crawled


def files(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Every file that can be read among the paths and below them, in order. Raises ClaimwatchError for other paths."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(
                p for p in path.rglob("*") if p.is_file() and p.name.lower().endswith(_LINES + _WARC + _HTML)
            )
        elif not path.is_file():
            raise ClaimwatchError("there is no such file", thing=str(path))
        elif not path.name.lower().endswith(_LINES + _WARC + _HTML):
            raise ClaimwatchError(
                "is no archive that can be read", thing=str(path), hint=f"its name ends in {', '.join(_LINES + _WARC)}"
            )
        else:
            found.append(path)
    return tuple(found)


def items(path: Path, outlets: Outlets, *, page_bytes: int) -> Iterator[Item]:
    """The records of a file in order. Raises ClaimwatchError when it cannot be read."""
    name = path.name.lower()
    try:
        with path.open("rb") as raw:
            if name.endswith(_LINES):
                yield from _articles(raw, name, outlets, page_bytes)
            elif name.endswith(_WARC):
                yield from _pages(raw, outlets, page_bytes)
            else:
                yield _page(path, raw, outlets, page_bytes)
    except (OSError, EOFError) as error:
        raise ClaimwatchError(f"cannot be read: {error}", thing=str(path)) from error


class Outlets:
    """Configured sources by the hosts of their addresses."""

    def __init__(self, sources: tuple[Source, ...]) -> None:
        self._by_host = {_bare(host_of(source.url)): source for source in reversed(sources)}
        self._by_id = {source.id: source for source in sources}

    def of(self, url: str, name: str = "") -> Source:
        """The source of that name, else of that address; one that is not configured is only its host."""
        host = _bare(host_of(url))
        return self._by_id.get(name) or self._by_host.get(host) or Source(id=host or "archive", url="", name=host)


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def _articles(raw: BinaryIO, name: str, outlets: Outlets, most: int) -> Iterator[Item]:
    stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if name.endswith(".gz") else raw
    for number, article, fault in lines.read_articles(_bounded(stream, most)):
        if article is not None:
            source = outlets.of(article.url, article.source)
            article = replace(article, source=source.id, country=article.country or source.country)
        yield Item(number=number, at_byte=raw.tell(), content=article, fault=fault)


def _bounded(stream: BinaryIO, most: int) -> Iterator[bytes]:
    """Lines; one that is longer than `most` bytes becomes a line that is no JSON, and the rest of it is passed over."""
    while line := stream.readline(most + 1):
        if len(line) > most and not line.endswith(b"\n"):
            while (rest := stream.readline(most)) and not rest.endswith(b"\n"):
                pass
            line = b"longer than allowed"
        yield line


def _pages(raw: BinaryIO, outlets: Outlets, most: int) -> Iterator[Item]:
    for number, read in enumerate(warc.responses(raw, page_bytes=most), 1):
        if isinstance(read, warc.Fault):
            yield Item(number=number, at_byte=raw.tell(), fault=read.why)
        elif read is None:
            yield Item(number=number, at_byte=raw.tell())
        else:
            source = outlets.of(read.url)
            page = Page(
                id=read.url or read.id,
                url=read.url,
                body=read.body,
                content_type=read.content_type,
                published=read.at,
                lang=source.lang,
                country=source.country,
                source=source.id,
            )
            yield Item(number=number, at_byte=raw.tell(), content=page, at=read.at)


def _page(path: Path, raw: BinaryIO, outlets: Outlets, most: int) -> Item:
    body = raw.read(most + 1)
    if len(body) > most:
        return Item(number=1, at_byte=len(body), fault=f"is larger than {most / 1e6:.0f} MB")
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    source = outlets.of("")
    page = Page(id=path.resolve().as_uri(), url="", body=body, source=source.id)
    return Item(number=1, at_byte=len(body), content=page, at=at)
