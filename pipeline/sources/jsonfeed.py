"""JSON Feed 1.0 and 1.1 to items (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.errors import ParseError
from pipeline.model.outcome import Reason
from pipeline.model.source import Source
from pipeline.sources.entries import RawFeed, RawItem
from pipeline.sources.links import absolute
from pipeline.sources.plain import plain

_VERSION = "jsonfeed.org/version/"


def read(body: bytes, *, source: Source, base: str) -> RawFeed:
    """The items of a JSON Feed. Fields of the wrong type count as absent. Raises ParseError NOT_A_FEED."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _not_a_feed(source, "it begins like JSON and is none") from error
    if not isinstance(data, dict) or not isinstance(data.get("items"), list) or not _known(data):
        raise _not_a_feed(source, "it is JSON without the version and items of a JSON Feed")
    home = absolute(base, _text(data.get("home_page_url")))
    return RawFeed(
        format="json",
        title=plain(_text(data.get("title"))),
        lang=_text(data.get("language")),
        home=home,
        items=tuple(_item(item, home or base) for item in data["items"] if isinstance(item, dict)),
        malformed=any(not isinstance(item, dict) for item in data["items"]),
    )


def _known(data: Mapping[str, Any]) -> bool:
    return _VERSION in _text(data.get("version"))


def _not_a_feed(source: Source, what: str) -> ParseError:
    return ParseError(
        f"this is no feed: {what}",
        thing=source.id,
        reason=Reason.NOT_A_FEED,
        hint="look at the address in a browser and correct it in sources.yaml",
    )


def _item(item: Mapping[str, Any], base: str) -> RawItem:
    guid = _identity(item.get("id"))
    # `external_url` is what a link blog writes about; the item itself lives at `url`.
    written = [_text(item.get("url")), guid if guid.startswith(("http://", "https://")) else ""]
    written.append(_text(item.get("external_url")))
    links = (absolute(base, href) for href in written)
    return RawItem(
        guid=guid,
        link=next((link for link in links if link), ""),
        title=_text(item.get("title")),
        published_raw=_text(item.get("date_published")),
        updated_raw=_text(item.get("date_modified")),
        summary=_text(item.get("summary")),
        content=_text(item.get("content_html")) or _text(item.get("content_text")),
        author=_author(item),
        lang=_text(item.get("language")),
    )


def _identity(value: object) -> str:
    """The id as text; the standard asks readers to take numbers too."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return _text(value)


def _author(item: Mapping[str, Any]) -> str:
    authors = item.get("authors")
    listed: Sequence[object] = authors if isinstance(authors, list) else [item.get("author")]
    names = [_text(author.get("name")) for author in listed if isinstance(author, dict)]
    return ", ".join(name for name in names if name)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
