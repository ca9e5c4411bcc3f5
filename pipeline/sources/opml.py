"""Lists of feeds as other readers exchange them (OPML 2.0), in and out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from pipeline.errors import ParseError
from pipeline.model.outcome import Reason
from pipeline.model.source import Source
from pipeline.sources import xml
from pipeline.sources.links import absolute, host
from pipeline.sources.plain import clean, plain

_OURS = "https://claimwatch.example/opml"  # our own attributes, which other readers pass over
_TIERS = {"1": 1, "2": 2, "3": 3}
_KINDS = ("feed", "sitemap", "search")
_DEEPEST = 30  # folders within folders
_ID = 48  # characters of an id made from a name


def read(body: bytes, *, thing: str = "OPML") -> tuple[Source, ...]:
    """The sources of an OPML file, each address once, in its order; folders are walked through.

    Files we wrote come back as they were; for others the id is made from the name or the host. Raises ParseError when
    the file is no OPML. Entities are never expanded and nothing is fetched.
    """
    try:
        root, _ = xml.read(body)
    except xml.NotXml as error:
        raise _not_opml(thing, str(error)) from None
    if root.name != "opml":
        raise _not_opml(thing, f"its root is {root.name!r}")
    found: dict[str, Source] = {}
    taken: set[str] = set()
    for node in _outlines(root):
        url = absolute("", node.attribute("xmlurl") or node.attribute("url"))
        if url and url not in found:
            found[url] = _source(node, url, taken)
    return tuple(found.values())


def write(sources: Iterable[Source], *, hide: Callable[[str], str], title: str = "claimwatch sources") -> bytes:
    """An OPML file of the sources, which reading gives back. `hide` masks secrets in addresses (fetch.mask.mask)."""
    outlines = [_attributes(source, hide) for source in sources]
    return xml.write("opml", {"version": "2.0"}, outlines, title=title, prefixes={"claimwatch": _OURS})


def _not_opml(thing: str, what: str) -> ParseError:
    return ParseError(
        f"this is no OPML: {what}",
        thing=thing,
        reason=Reason.NOT_A_FEED,
        hint="export the list from the other reader again, as OPML",
    )


def _outlines(root: xml.Node) -> Iterator[xml.Node]:
    """Every outline, parents before children, down to a sane depth."""
    level = [node for part in root.children("body") for node in part.children("outline")]
    todo = [(node, 1) for node in reversed(level)]
    while todo:
        node, depth = todo.pop()
        yield node
        if depth < _DEEPEST:
            todo += [(child, depth + 1) for child in reversed(list(node.children("outline")))]


def _source(node: xml.Node, url: str, taken: set[str]) -> Source:
    own = node.attribute("id")
    title = node.attribute("title")
    # Other readers write markup into names, and we do not.
    name = clean(title) if own else plain(title or node.attribute("text"))
    kind, state = node.attribute("kind"), node.attribute("state")
    return Source(
        id=_free(own or name or host(url), taken),
        url=url,
        name=name,
        kind=kind if kind in _KINDS else "feed",
        lang=_code(node.attribute("language")).lower(),
        country=_code(node.attribute("country")).upper(),
        family=clean(node.attribute("family")),
        state={"yes": True, "no": False}.get(state),
        tier=_TIERS.get(node.attribute("tier"), 2),
        enabled=node.attribute("enabled") != "no",
    )


def _attributes(source: Source, hide: Callable[[str], str]) -> dict[str, str]:
    name = clean(source.name or source.id)
    own = {
        "id": source.id,
        "kind": source.kind,
        "country": source.country,
        "family": source.family,
        "state": "" if source.state is None else "yes" if source.state else "no",
        "tier": str(source.tier),
        "enabled": "" if source.enabled else "no",
    }
    given = {"type": "rss", "text": name, "title": clean(source.name), "xmlUrl": clean(hide(source.url))}
    given |= {"language": source.lang} | {f"{{{_OURS}}}{key}": clean(value) for key, value in own.items()}
    return {key: value for key, value in given.items() if value}


def _free(wish: str, taken: set[str]) -> str:
    """An id of lower-case letters, digits and hyphens that is not taken yet."""
    ascii_only = unicodedata.normalize("NFKD", wish).encode("ascii", "ignore").decode("ascii").lower()
    base = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:_ID].strip("-") or "source"
    found, number = base, 2
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    taken.add(found)
    return found


def _code(tag: str) -> str:
    head = tag.strip().partition("-")[0]
    return head if len(head) == len("en") and head.isascii() and head.isalpha() else ""
