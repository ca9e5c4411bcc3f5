"""Which agency a text comes from, by the line that says so. The names are data; none is known here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.text.fold import fold

_ENDS = 220  # characters at the beginning and at the end of a text in which agencies are named
_SOURCE_WORDS = ("source", "kaynak", "mənbə", "источник", "quelle", "منبع", "المصدر", "ماخذ", "स्रोत", "աղբյուր")
_SOURCE = rf"(?:{'|'.join(fold(word) for word in _SOURCE_WORDS)})\s*:\s*"


def find(text: str, agencies: Mapping[str, Sequence[str]], *, author: str = "") -> str:
    """The id of the agency that a text names as its origin, or "".

    `agencies` maps an id to its names in any language. Looked at are the first and last characters of the text, where
    datelines and source lines stand, and the author. A name in running prose is no origin.
    """
    head, tail, by = fold(text[:_ENDS]), fold(text[-_ENDS:]), fold(author).strip()
    near = f"{head}\n{tail}\n{by}"
    found = []
    for agency, names in agencies.items():
        for name in (fold(name) for name in names if name):
            place = _place(name, head, tail, by) if name in near else None
            if place is not None:
                found.append((place, agency))
    return min(found)[1] if found else ""


def _place(name: str, head: str, tail: str, author: str) -> int | None:
    """How soon the name stands as an origin; None when it does not."""
    if author and re.fullmatch(rf"(?:by\s+)?{re.escape(name)}(?:\s*[,/|–-].*)?", author):
        return 0
    quoted = re.escape(name)
    # At the head a dateline or the first line ends with the name; a comma alone would be an enumeration.
    opening = re.search(rf"(?:^|[(\[/–—|\n]\s*|\s-\s*|,\s+|\.\s+){quoted}(?:\s*[)\]/–—|]|\s+-\s|\s*:|\s*\n)", head)
    if opening:
        return 1 + opening.start()
    closing = re.search(rf"(?:[(\[/–—|]\s*|\n\s*[-–—]?\s*|{_SOURCE}){quoted}\s*[)\]/–—|.-]*\s*$", tail)
    return 1 + _ENDS + closing.start() if closing else None
