"""What the markup of a page says besides its text. The only file that knows selectolax."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract import jsonld
from pipeline.text.fold import PARTED

_TEMPLATE = re.compile(rb"<(/?)template\b", re.IGNORECASE)
_SPACE = re.compile(r"[^\S\n]+")
_HEADLINE = 25  # characters from which the text of a link reads like a headline
_MOST = 3_000  # nodes of one kind that are looked at
_DEEPEST = 12  # elements around a paragraph that are looked at
_LISTS = 400  # that are looked at
_LINKED = 0.6  # share of a list's text within links from which it is a menu
_ASIDE = frozenset({"nav", "footer", "aside", "form", "figure", "figcaption", "blockquote", "header", "button"})
_BLOCKS = "p, div, li, br, h1, h2, h3, h4, h5, h6, blockquote, tr, figcaption, pre, section, article, td, th"
# What no article is read from: menus, boxes at the side, what is pressed or played. trafilatura passes over these too,
# after it has parsed them; without them it takes a third less time, with the same text on the annotated pages.
# Forms are not among them: some systems put the whole page into one.
UNREAD = ["nav", "footer", "aside", "menu", "dialog", "button", "select", "iframe", "object", "canvas", "input"]
_SILENT = [
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "iframe",
    "object",
    "select",
    "button",
    "figure",
    "figcaption",
]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A `<p>` outside menus, forms and comments."""

    text: str  # one line
    around: int  # number of the element around it
    classes: frozenset[str]  # of that element
    linked: int  # characters within links


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """What a page says of itself, and what it is made of."""

    title: str = ""  # of the window
    heading: str = ""  # the first h1
    meta: dict[str, str] = field(default_factory=dict)  # property or name in lower case -> content, the first of each
    described: jsonld.Described = field(default_factory=jsonld.Described)
    canonical: str = ""  # rel=canonical, as written
    lang: str = ""
    time: str = ""  # the first datetime of a <time>
    paragraphs: tuple[Paragraph, ...] = ()
    anchors: frozenset[str] = frozenset()  # texts of links
    headlines: int = 0  # links whose text reads like a headline
    link_chars: int = 0  # characters within links
    text_chars: int = 0  # characters in all
    videos: int = 0
    articles: int = 0  # <article> elements
    forms: frozenset[str] = frozenset()  # kinds of input: password, email
    readable: str = ""  # the page again as HTML, without scripts and what no article is read from
    words: str = ""  # the text of that, its elements parted by PARTED


def read(page: str) -> Markup:
    """The markup of a page; an empty record for what is no HTML at all. Never raises for a str."""
    tree = LexborHTMLParser(page)
    blocks = [node.text() for node in tree.css("script[type='application/ld+json' i]")[:_MOST]]
    link = tree.css_first("link[rel~='canonical' i]")
    root = tree.css_first("html")
    moment = tree.css_first("time[datetime]")
    videos = len(tree.css("video, iframe[src*='/embed/'], iframe[src*='player']"))
    tree.strip_tags(["script", "style", "noscript", "template", "svg"])
    links = [_line(node.text()) for node in tree.css("a[href]")[:_MOST]]
    body = tree.body
    told = Markup(
        title=_line(_first(tree, "head > title") or _first(tree, "title")),
        heading=_line(_first(tree, "h1")),
        meta=_meta(tree),
        described=jsonld.read(blocks),
        canonical=_attribute(link, "href"),
        lang=_attribute(root, "lang") or _attribute(root, "xml:lang"),
        time=_attribute(moment, "datetime"),
        anchors=frozenset(links),
        headlines=sum(len(text) >= _HEADLINE for text in links),
        link_chars=sum(len(text) for text in links),
        text_chars=len(_line(body.text())) if body is not None else 0,
        videos=videos,
        articles=len(tree.css("article")),
        forms=frozenset(_attribute(node, "type").lower() for node in tree.css("input[type]")[:_MOST]),
    )
    tree.strip_tags(UNREAD)
    _strip_menus(tree)
    words = tree.root.text(separator=PARTED) if tree.root is not None else ""
    return replace(told, paragraphs=_paragraphs(tree), readable=tree.html or "", words=words)


def _strip_menus(tree: LexborHTMLParser) -> None:
    """Take out lists that are made of links: menus and further reading, whatever element they stand in."""
    menus = {node.mem_id: node for node in (*tree.tags("ul"), *tree.tags("ol"))[:_LISTS] if _is_menu(node)}
    for node in [node for node in menus.values() if not _is_within(node, menus)]:  # what is within goes with it
        node.decompose()


def _is_menu(node: LexborNode) -> bool:
    text = len(node.text().strip())
    return bool(text) and sum(len(link.text()) for link in node.css("a")) >= _LINKED * text


def _is_within(node: LexborNode, some: Container[int]) -> bool:
    around = node.parent
    while around is not None:
        if around.mem_id in some:
            return True
        around = around.parent
    return False


def visible_text(page: str) -> str:
    """All text of a page or of a piece of HTML, blocks on lines of their own, without scripts and captions of images.

    Fifty times faster than finding the article: good enough to tell that a page can reach no topic.
    """
    tree = LexborHTMLParser(page)
    tree.strip_tags(_SILENT)
    if tree.body is None:
        return ""
    for node in tree.body.css(_BLOCKS):
        if node.parent is not None:
            node.insert_before("\n")
            node.insert_after("\n")
    lines = (_line(line) for line in tree.body.text().split("\n"))
    return "\n".join(line for line in lines if line)


def everything(page: str | bytes) -> list[str] | None:
    """Every text of a page that a reading of it may take for the article or its headline, whatever it is part of.

    Elements are parted by PARTED, for another parser may put a blank between them or none. None for a page that
    parsers read differently: with a comment or a script that has no end. Bytes are UTF-8.
    """
    raw = page if isinstance(page, bytes) else page.encode("utf-8", "replace")
    if raw.rfind(b"<!--") > raw.rfind(b"-->"):
        return None
    tree = LexborHTMLParser(raw)
    if tree.tags("template"):  # its content is no part of this tree, but may be of another parser's
        tree = LexborHTMLParser(_TEMPLATE.sub(rb"<\1div", raw))
    scripts = [(node, node.text()) for node in tree.tags("script")]
    # A script that names another within a comment swallows its end, and parsers part ways.
    if tree.root is None or any("<!--" in text and "</script" in text.lower() for _, text in scripts):
        return None
    blocks = [text for node, text in scripts if "{" in text and _is_described(node)][:_MOST]
    titles = [_first(tree, "h1")]
    titles += [content for name, content in _meta(tree).items() if name.endswith(("title", "headline", "description"))]
    tree.strip_tags(["script", "style", *UNREAD])
    return [tree.root.text(separator=PARTED), *titles, *(text for block in blocks for text in jsonld.texts(block))]


def _is_described(script: LexborNode) -> bool:
    """Whether a script holds no program but JSON-LD."""
    return (script.attributes.get("type") or "").lower() == "application/ld+json"


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.tags("meta")[:_MOST]:
        given = node.attributes
        content = (given.get("content") or "").strip()
        if content:
            for key in ("property", "name", "itemprop", "http-equiv"):
                name = (given.get(key) or "").strip().lower()
                if name:
                    found.setdefault(name, content)
    return found


def _paragraphs(tree: LexborHTMLParser) -> tuple[Paragraph, ...]:
    found = []
    numbers: dict[int, int] = {}
    for node in tree.css("p")[:_MOST]:
        text = _line(node.text())
        around = node.parent
        if not text or around is None or _outside(node):
            continue
        linked = sum(len(_line(link.text())) for link in node.css("a"))
        number = numbers.setdefault(around.mem_id, len(numbers))
        found.append(Paragraph(text, number, frozenset((around.attributes.get("class") or "").split()), linked))
    return tuple(found)


def _outside(node: LexborNode) -> bool:
    """Whether an element stands in a part of the page that is never its article."""
    around = node.parent
    for _ in range(_DEEPEST):
        if around is None or around.tag in ("body", "article", "main"):
            return False
        name = f"{around.attributes.get('class') or ''} {around.attributes.get('id') or ''}".lower()
        if around.tag in _ASIDE or "comment" in name:
            return True
        around = around.parent
    return False


def _first(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return node.text() if node is not None else ""


def _attribute(node: LexborNode | None, name: str) -> str:
    return (node.attributes.get(name) or "").strip() if node is not None else ""


def _line(text: str) -> str:
    return _SPACE.sub(" ", text.replace("\n", " ")).strip()
