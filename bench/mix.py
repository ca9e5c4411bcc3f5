"""Pages to measure with: real ones, and labelled texts of our own in their templates or in those of the demo."""

from __future__ import annotations

import gzip
import html
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.analyse import analyse
from pipeline.cli.outlets import load_outlets
from pipeline.model.article import Article
from pipeline.model.watch import Watch
from pipeline.settings import shipped
from pipeline.settings.load import Configuration, load

LABELLED = Path(__file__).parents[1] / "tests" / "gate" / "tuning.jsonl"
DEMO = Path(__file__).parents[1] / "demo"
FEWEST = 3  # paragraphs that make an element the place of the article


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text whose labels are known."""

    id: str
    title: str
    text: str
    lang: str
    touches: bool  # whether any topic or claim is found in it


def configuration() -> Configuration:
    """The shipped configuration."""
    return load(shipped.path("config"), env={})


def real(folder: Path | None) -> list[bytes]:
    """The pages of a folder and what lies in it, `*.html` and `*.html.gz`, by name; the demo's without a folder."""
    if folder is None:
        return demo_pages()
    files = sorted(path for path in folder.rglob("*") if path.name.endswith((".html", ".html.gz")))
    return [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files]


def labelled(watch: Watch) -> list[Labelled]:
    """The project's own labelled texts."""
    rows = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    found = []
    for row in rows:
        title, lang = row.get("title", ""), row.get("lang", "")
        analysis = analyse(Article(id=row["id"], title=title, text=row["text"], lang=lang), watch)
        found.append(Labelled(row["id"], title, row["text"], lang, bool(analysis.topics or analysis.findings)))
    return found


def filled(template: bytes, text: Labelled) -> bytes | None:
    """A real page with another article in the place of its own; None where it has no such place."""
    tree = LexborHTMLParser(template)
    around: dict[int, list[LexborNode]] = {}
    for node in tree.css("p"):
        if node.parent is not None and node.text().strip():
            around.setdefault(node.parent.mem_id, []).append(node)
    places = [nodes for nodes in around.values() if len(nodes) >= FEWEST]
    if not places:
        return None
    nodes = max(places, key=lambda some: sum(len(node.text()) for node in some))
    for headline in tree.css("h1"):
        headline.inner_html = html.escape(text.title)
    for node in tree.css("meta[property='og:title'], meta[name='og:title']"):
        node.attrs["content"] = text.title
    for node in tree.css("script[type='application/ld+json']"):
        node.decompose()
    first, *rest = nodes
    for node in rest:
        node.decompose()
    paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in text.text.split("\n") if part.strip())
    article = LexborHTMLParser(f"<div>{paragraphs}</div>").css_first("div")
    assert article is not None
    first.replace_with(article)
    return (tree.html or "").encode("utf-8")


def filled_all(templates: list[bytes], texts: list[Labelled]) -> list[bytes]:
    """Every text in a template, the templates taken in turns."""
    pages = []
    at = 0
    for text in texts:
        for _ in templates:
            page = filled(templates[at % len(templates)], text)
            at += 1
            if page is not None:
                pages.append(page)
                break
    return pages


def demo_pages() -> list[bytes]:
    """Every page of the demo's outlets."""
    outlets = load_outlets(DEMO, datetime.now(UTC))
    return [outlet.page(article) for outlet in outlets for article in outlet.articles]
