"""XML that is trusted with nothing: no entities, no document types, no network. The only file that knows lxml."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

_ENTITY = re.compile(rb"<!ENTITY\b", re.IGNORECASE)


class NotXml(ValueError):
    """The bytes hold no element that could be read."""


class Node:
    """An element, by local names in lower case: prefixes and namespaces of feeds are written in every way."""

    __slots__ = ("_element",)

    def __init__(self, element: etree._Element) -> None:
        self._element = element

    @property
    def name(self) -> str:
        """The local name in lower case; "" for comments and processing instructions."""
        tag = _readable(lambda: self._element.tag)
        return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""

    @property
    def text(self) -> str:
        """The text of the element and of all below it, trimmed."""
        return str(_readable(lambda: "".join(str(part) for part in self._element.itertext()))).strip()

    def attribute(self, name: str) -> str:
        """The attribute of that local name in any case, or ""."""
        wanted = name.lower()
        for key in self._element.attrib:
            if str(key).rpartition("}")[2].lower() == wanted:
                return str(_readable(functools.partial(self._element.get, key)))
        return ""

    def own(self, namespace: str, name: str) -> str:
        """The attribute of that namespace and name, or ""."""
        return str(_readable(functools.partial(self._element.get, f"{{{namespace}}}{name}", "")))

    def children(self, name: str = "") -> Iterator[Node]:
        """The elements directly below, all or those of a local name."""
        for child in self._element:
            node = Node(child)
            if node.name and (not name or node.name == name):
                yield node

    def child(self, name: str) -> str:
        """The text of the first element of that name directly below, or ""."""
        return next((node.text for node in self.children(name)), "")


def _readable(get: Callable[[], object]) -> object:
    """What an element holds; "" where broken XML was let through with characters that are none (`&#xD800;`)."""
    try:
        return get()
    except UnicodeDecodeError:
        return ""


def read(body: bytes) -> tuple[Node, bool]:
    """The root element, and whether the XML was well-formed; what is broken is read as far as it goes.

    Entities are neither expanded nor fetched, document types not loaded. Raises NotXml when there is no root to find,
    and for a document that declares entities: libxml2 would expand them within attributes all the same.
    """
    if _ENTITY.search(body.replace(b"\0", b"")):
        raise NotXml("it declares entities of its own, which no feed reader needs")
    for recover in (False, True):
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            recover=recover,
        )
        try:
            root = etree.fromstring(body, parser)
        except (etree.XMLSyntaxError, ValueError, LookupError):
            continue
        if root is not None:
            return Node(root), not recover
    raise NotXml("no root element")


@dataclass(frozen=True, slots=True)
class Outline:
    """An `outline` of OPML: its attributes, and what stands in it."""

    attributes: Mapping[str, str]
    inside: list[Outline] = field(default_factory=list)


def write(
    root: str, attributes: dict[str, str], body: Iterable[Outline], *, title: str, prefixes: dict[str, str]
) -> bytes:
    """A document as OPML has it: a `head` with a title, a `body` of `outline` elements that hold attributes alone.

    An attribute outside the standard is named `{namespace}name`; `prefixes` gives namespaces their prefix.
    """
    top = etree.Element(root, attributes, nsmap=prefixes)
    etree.SubElement(etree.SubElement(top, "head"), "title").text = title
    todo = [(etree.SubElement(top, "body"), outline) for outline in body][::-1]
    while todo:
        parent, outline = todo.pop()
        made = etree.SubElement(parent, "outline", dict(outline.attributes))
        todo += [(made, one) for one in reversed(outline.inside)]
    return bytes(etree.tostring(top, encoding="utf-8", xml_declaration=True, pretty_print=True))
