"""What the main text lost or caught: chunks of the article left out, and lines that only lead elsewhere."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from pipeline.extract.markup import Markup, Paragraph

# Set on the annotated pages of the extraction benchmark; see bench/extraction.py.
_LONG = 60  # characters from which a paragraph counts as prose
_LINKED = 0.3  # share of links above which it does not
_TYPICAL = 0.6  # share of the found paragraphs whose surroundings must bear a class to make it the article's
_LOST = 0.2  # share of the text that must be missing before anything is put back
_CHUNK = 2  # paragraphs in one element that make it a chunk of an article; teasers have one each
_SIGN = 40  # characters by which a paragraph is known
_LEAD = 24  # characters before a link that belong to it: "Read more:"
_SHORTEST = 12  # characters of a link that can make a line
_SPACE = re.compile(r"\s+")


def mended(lines: Sequence[str], page: Markup) -> list[str]:
    """The lines of a main text with lost chunks put back in their place and lines that are links taken out."""
    kept = [line for line in lines if not _leads_elsewhere(line, page.anchors)]
    return _with_lost(kept, page.paragraphs) if kept else list(lines)


def prose(page: Markup) -> list[str]:
    """The paragraphs of a page that read like an article: all there is where no main text was found."""
    return [part.text for part in page.paragraphs if _is_prose(part)]


def _is_prose(part: Paragraph) -> bool:
    return len(part.text) >= _LONG and part.linked <= _LINKED * len(part.text)


def _leads_elsewhere(line: str, anchors: frozenset[str]) -> bool:
    """Whether a line is a link, or a few words and a link: a teaser of another article."""
    text = line.strip("-| ")
    if text in anchors:
        return len(text) >= _SHORTEST
    head, found, tail = text[: _LEAD + 1].partition(":")
    return bool(found) and len(text) - len(head) > _SHORTEST and f"{tail}{text[_LEAD + 1 :]}".strip() in anchors


def _with_lost(lines: list[str], paragraphs: Sequence[Paragraph]) -> list[str]:
    """The lines with paragraphs that stand in the same kind of element as those found.

    Pages interrupt an article with advertisements in containers of their own; what follows is then taken for another.
    """
    whole = "".join(_bare(line) for line in lines)
    likely = [part for part in paragraphs if _is_prose(part)]
    found = [part for part in likely if _begins(part, whole)]
    times = Counter(name for part in found for name in part.classes)
    typical = {name for name, count in times.items() if count >= _TYPICAL * len(found)}
    sizes = Counter(part.around for part in likely)
    lost = [
        part for part in likely if not _begins(part, whole) and part.classes >= typical and sizes[part.around] >= _CHUNK
    ]
    if not typical or sum(len(part.text) for part in lost) < _LOST * sum(len(line) for line in lines):
        return lines
    wanted = {part.text for part in (*found, *lost)}
    return _placed(lines, [part.text for part in likely if part.text in wanted])


def _begins(part: Paragraph, whole: str) -> bool:
    """Whether the text holds the paragraph, by its beginning or end: links and quotes inside are read differently."""
    bare = _bare(part.text)
    return bare[:_SIGN] in whole or bare[-_SIGN:] in whole


def _placed(lines: list[str], ordered: list[str]) -> list[str]:
    """The lines with those of `ordered` that are missing, each behind the one that stands before it on the page."""
    places = {_bare(line): at for at, line in enumerate(lines)}
    behind: dict[int, list[str]] = defaultdict(list)  # place of a line, -1 for the top -> what follows it
    last = -1
    for text in ordered:
        at = places.get(_bare(text))
        if at is None:
            behind[last].append(text)
        else:
            last = at
    return [*behind[-1], *(text for at, line in enumerate(lines) for text in (line, *behind[at]))]


def _bare(text: str) -> str:
    """The text without white space: extraction and markup put blanks around links differently."""
    return _SPACE.sub("", text)
