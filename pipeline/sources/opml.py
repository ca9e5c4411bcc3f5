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
_SCRAPED = re.compile(r"(html|xml|json)\+", re.IGNORECASE)  # such as FreshRSS's `HTML+XPath`: a page and rules, no feed
_FEED_SCHEME = re.compile(r"feed:(?://)?(?P<web>(?=https?:))?", re.IGNORECASE)
_ID = 48  # characters of an id made from a name


def read(body: bytes, *, thing: str = "OPML") -> tuple[Source, ...]:
    """The sources of an OPML file, each address once, in its order, with the folders that hold them.

    A feed that stands in several folders is in the first of them; one in none is where its `category` says. Pages that
    a reader scrapes are no feeds and left out. Files we wrote come back as they were; for others the id is made from
    the name or the host. Raises ParseError when the file is no OPML. Entities are never expanded, nothing is fetched.
    """
    try:
        root, _ = xml.read(body)
    except xml.NotXml as error:
        raise _not_opml(thing, str(error)) from None
    if root.name != "opml":
        raise _not_opml(thing, f"its root is {root.name!r}")
    found: dict[str, Source] = {}
    taken: set[str] = set()
    for node, folder in _outlines(root):
        url = _address(node)
        if url and url not in found:
            found[url] = _source(node, url, folder or _category(node), taken)
    return tuple(found.values())


def write(sources: Iterable[Source], *, hide: Callable[[str], str], title: str = "claimwatch sources") -> bytes:
    """An OPML file of the sources in their folders, which reading gives back, each folder's together.

    `hide` masks secrets in addresses (fetch.mask.mask).
    """
    body: list[xml.Outline] = []
    inside: dict[tuple[str, ...], list[xml.Outline]] = {(): body}
    for source in sources:
        inside[_opened(source.folder, inside)].append(xml.Outline(_attributes(source, hide)))
    return xml.write("opml", {"version": "2.0"}, body, title=title, prefixes={"claimwatch": _OURS})


def _opened(folder: tuple[str, ...], inside: dict[tuple[str, ...], list[xml.Outline]]) -> tuple[str, ...]:
    """The folder as files have it; it and those around it stand in `inside` afterwards."""
    path = tuple(name for part in folder if (name := clean(part).strip()))[: _DEEPEST - 1]
    for depth in range(1, len(path) + 1):
        here, name = path[:depth], path[depth - 1]
        if here not in inside:
            made = xml.Outline({"text": name, "title": name, f"{{{_OURS}}}folder": name})
            inside[here[:-1]].append(made)
            inside[here] = made.inside
    return path


def _not_opml(thing: str, what: str) -> ParseError:
    return ParseError(
        f"this is no OPML: {what}",
        thing=thing,
        reason=Reason.NOT_A_FEED,
        hint="export the list from the other reader again, as OPML",
    )


def _outlines(root: xml.Node) -> Iterator[tuple[xml.Node, tuple[str, ...]]]:
    """Every outline with the folders around it, parents before children, down to a sane depth."""
    level = [node for part in root.children("body") for node in part.children("outline")]
    todo: list[tuple[xml.Node, int, tuple[str, ...]]] = [(node, 1, ()) for node in reversed(level)]
    while todo:
        node, depth, folder = todo.pop()
        yield node, folder
        if depth < _DEEPEST:
            inner = folder if _address(node) else (*folder, *_folder_name(node))
            todo += [(child, depth + 1, inner) for child in reversed(list(node.children("outline")))]


def _folder_name(node: xml.Node) -> tuple[str, ...]:
    """What a folder is called; nothing when it has no name."""
    name = clean(node.own(_OURS, "folder")).strip() or plain(node.attribute("title") or node.attribute("text"))
    return (name,) if name else ()


def _category(node: xml.Node) -> tuple[str, ...]:
    """The first of the categories that OPML 2.0 lists, `/News/Politics,/Ports`, as folders."""
    first = node.attribute("category").partition(",")[0]
    return tuple(name for part in first.split("/") if (name := plain(part)))


def _address(node: xml.Node) -> str:
    """The feed's address; "" for a folder, and for a page that a reader scrapes by rules of its own."""
    if _SCRAPED.match(node.attribute("type")):
        return ""
    given = node.attribute("xmlurl").strip() or node.attribute("url").strip()
    return absolute("", _FEED_SCHEME.sub(_web_scheme, given))


def _web_scheme(found: re.Match[str]) -> str:
    """Of `feed://host/` and `feed:https://host/`, which some readers write."""
    return "" if found["web"] is not None else "http://"


def _source(node: xml.Node, url: str, folder: tuple[str, ...], taken: set[str]) -> Source:
    own = node.own(_OURS, "id")
    title = node.attribute("title")
    # Other readers write markup into names, and we do not.
    name = clean(title) if own else plain(title or node.attribute("text"))
    kind, state = node.own(_OURS, "kind"), node.own(_OURS, "state")
    return Source(
        id=_free(_slug(own) or _slug(name) or _slug(host(url)), taken),
        url=url,
        name=name,
        kind=kind if kind in _KINDS else "feed",
        lang=_code(node.attribute("language")).lower(),
        country=_code(node.own(_OURS, "country")).upper(),
        family=clean(node.own(_OURS, "family")),
        state={"yes": True, "no": False}.get(state),
        tier=_TIERS.get(node.own(_OURS, "tier"), 2),
        enabled=node.own(_OURS, "enabled") != "no",
        folder=folder,
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


def _slug(wish: str) -> str:
    """The wish in lower-case letters, digits and hyphens; "" when nothing of it is left, as of another script."""
    ascii_only = unicodedata.normalize("NFKD", wish).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:_ID].strip("-")


def _free(wish: str, taken: set[str]) -> str:
    """An id that is not taken yet."""
    base = wish or "source"
    found, number = base, 2
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    taken.add(found)
    return found


def _code(tag: str) -> str:
    head = tag.strip().partition("-")[0]
    return head if len(head) == len("en") and head.isascii() and head.isalpha() else ""
