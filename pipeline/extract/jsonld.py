"""What a page says of itself in JSON-LD (schema.org)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

_ARTICLES = frozenset({
    "article", "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "backgroundnewsarticle",
    "opinionnewsarticle", "reviewnewsarticle", "askpublicnewsarticle", "advertisercontentarticle", "blogposting",
    "socialmediaposting", "techarticle", "report", "scholarlyarticle", "satiricalarticle",
})  # fmt: skip
_LIVE = frozenset({"liveblogposting"})
_VIDEOS = frozenset({"videoobject", "broadcastevent", "episode", "movie", "tvepisode"})
_LISTS = frozenset({"collectionpage", "itemlist", "searchresultspage", "profilepage"})
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_DEEPEST = 12  # levels of nesting that are looked into
_MOST = 2_000  # objects that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """The article that the page describes, and the kinds of things that it says to hold."""

    headline: str = ""
    body: str = ""
    published: str = ""
    author: str = ""
    site: str = ""
    lang: str = ""
    free: bool = True  # isAccessibleForFree
    words: int = 0  # wordCount, 0 when not said
    is_article: bool = False
    is_live: bool = False
    is_video: bool = False
    is_list: bool = False


def read(blocks: Iterable[str]) -> Described:
    """The description in the page's JSON-LD blocks; what is not JSON is passed over."""
    things = [thing for block in blocks for thing in _things(_parsed(block))]
    kinds = {kind for thing in things for kind in _kinds(thing)}
    articles = [thing for thing in things if _kinds(thing) & (_ARTICLES | _LIVE)]
    best = max(articles, key=_weight, default=None)
    page = Described(
        is_article=bool(kinds & _ARTICLES),
        is_live=bool(kinds & _LIVE),
        is_video=bool(kinds & _VIDEOS),
        is_list=bool(kinds & _LISTS),
    )
    if best is None:
        return page
    return replace(
        page,
        headline=_text(best.get("headline")) or _text(best.get("name")),
        body=_text(best.get("articleBody")),
        published=_text(best.get("datePublished")),
        author=", ".join(dict.fromkeys(_names(best.get("author")))),
        site=next(iter(_names(best.get("publisher"))), ""),
        lang=next(iter(_names(best.get("inLanguage"))), ""),
        free=_text(best.get("isAccessibleForFree")).lower() not in ("false", "no", "0"),
        words=_number(best.get("wordCount")),
    )


def texts(block: str) -> list[str]:
    """Every string of a block but addresses; of one that is no JSON the whole, as written and with escapes resolved."""
    root = _parsed(block)
    if root is None:
        return [block, _ESCAPE.sub(lambda found: chr(int(found[1], 16)), block)]
    found, todo = [], [root]
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            if not value.startswith(("http://", "https://")):
                found.append(value)
        elif isinstance(value, dict):
            todo += value.values()
        elif isinstance(value, list):
            todo += value
    return found


def _parsed(block: str) -> object:
    text = block.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _things(root: object) -> Iterator[Mapping[str, Any]]:
    """Every object with a type, outer before inner."""
    todo: list[tuple[object, int]] = [(root, 0)]
    for _ in range(_MOST):
        if not todo:
            return
        value, depth = todo.pop(0)
        inner: Iterable[object] = ()
        if isinstance(value, dict):
            if "@type" in value:
                yield value
            inner = value.values()
        elif isinstance(value, list):
            inner = value
        if depth < _DEEPEST:
            todo += [(child, depth + 1) for child in inner if isinstance(child, (dict, list))]


def _kinds(thing: Mapping[str, Any]) -> frozenset[str]:
    named = thing.get("@type")
    listed = named if isinstance(named, list) else [named]
    return frozenset(kind.rpartition("/")[2].lower() for kind in listed if isinstance(kind, str))


def _weight(thing: Mapping[str, Any]) -> tuple[int, int]:
    """The article of the page says most of itself; teasers of others have a headline and an address."""
    return sum(bool(thing.get(key)) for key in ("articleBody", "datePublished", "author", "headline")), len(
        _text(thing.get("articleBody"))
    )


def _names(value: object) -> list[str]:
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    if isinstance(value, dict):
        return _names(value.get("name") or value.get("alternateName"))
    if isinstance(value, list):
        return [name for part in value[:20] for name in _names(part) if not isinstance(part, list)]
    return []


def _text(value: object) -> str:
    if isinstance(value, list) and value:
        return _text(value[0])
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.strip() if isinstance(value, str) else ""


def _number(value: object) -> int:
    text = value.strip() if isinstance(value, str) else str(value) if isinstance(value, int) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len("999999") else 0
