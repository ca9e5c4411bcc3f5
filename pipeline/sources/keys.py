"""Who an item is within its source: the ladder guid, link, title with date.

Outlets give every item the same guid, or none, or the address of the front page as every link: a rung holds an item
only where it tells items of this feed apart.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_LONGEST = 400  # characters of a key as given; a longer one is stored as its hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What a feed says to identify an item."""

    guid: str
    link: str  # absolute, "" when the item has none
    title: str
    date: str  # as written
    body: str = ""  # summary or content, the last resort


def keys(
    items: Sequence[Item], *, home: Iterable[str] = (), canonical: Callable[[str], str] | None = None
) -> tuple[str, ...]:
    """A key for each item, in order; "" for an item that says nothing at all.

    Two items with one key are one item twice. `home` are addresses that identify no item (the feed, the site);
    `canonical` brings links into one form (articles.address.canonical), so that tracking parameters make no new items.
    """
    shorten = canonical or _same
    front = {address.rstrip("/") for address in home if address}
    guids = _telling(((item.guid, (item.link or item.title)) for item in items), front)
    links = _telling(((item.link, item.title) for item in items), front)
    return tuple(_key(item, guids, links, shorten) for item in items)


def _telling(pairs: Iterable[tuple[str, str]], front: set[str]) -> set[str]:
    """The values that stand for one thing each, and for no front page."""
    meant: dict[str, set[str]] = defaultdict(set)
    for value, thing in pairs:
        if value:
            meant[value].add(thing)
    return {value for value, things in meant.items() if len(things) == 1 and value.rstrip("/") not in front}


def _key(item: Item, guids: set[str], links: set[str], shorten: Callable[[str], str]) -> str:
    if item.guid in guids:
        return _bounded("guid", item.guid)
    if item.link in links:
        return _bounded("link", shorten(item.link))
    if item.title:
        return _hashed("title", f"{item.title}\n{item.date}")
    if item.body or item.link or item.guid:
        return _hashed("body", f"{item.link}\n{item.guid}\n{item.date}\n{item.body}")
    return ""


def _bounded(rung: str, value: str) -> str:
    return f"{rung}:{value}" if len(value) <= _LONGEST else _hashed(rung, value)


def _hashed(rung: str, value: str) -> str:
    return f"{rung}-sha256:{hashlib.sha256(value.encode('utf-8', 'replace')).hexdigest()}"


def _same(value: str) -> str:
    return value
