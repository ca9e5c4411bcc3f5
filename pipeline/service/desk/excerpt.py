"""A passage in its article: the evidence with what stands before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.model.finding import Change, Span
from pipeline.text import display

AROUND = 420  # code points shown on either side of the evidence
Pieces = tuple[tuple[str, str], ...]  # (kind, text): "" plain, "evidence" the sentence, "mark" the changed words


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Evidence in context; joined, the pieces are a part of the article as it was found."""

    pieces: Pieces
    lang: str
    direction: str  # ltr, rtl
    cut_before: bool = False
    cut_after: bool = False


def quote(evidence: Sequence[Span], changes: Sequence[Change], lang: str) -> Passage | None:
    """The leading sentence with its changed words marked; None without evidence."""
    if not evidence:
        return None
    lead = evidence[0]
    marks = [
        (c.evidence.start - lead.start, c.evidence.end - lead.start) for c in changes if c.evidence.field == lead.field
    ]
    pieces = tuple(("mark" if marked else "evidence", text) for marked, text in display.segments(lead.text, marks))
    return Passage(pieces=pieces, lang=lang, direction=display.direction(lead.text, lang))


def context(text: str, title: str, evidence: Sequence[Span], changes: Sequence[Change], lang: str) -> Passage | None:
    """The leading evidence in its article. None when there is none, or it stands in the title alone."""
    body = [span for span in evidence if span.field == "text" and text[span.start : span.end] == span.text]
    if not body:
        return None
    start, end = body[0].start, body[0].end
    for span in body[1:]:  # neighbours that fit into the same passage
        if abs(span.start - start) < AROUND:
            start, end = min(start, span.start), max(end, span.end)
    first, last = _word(text, max(0, start - AROUND), 1), _word(text, min(len(text), end + AROUND), -1)
    marks = [(c.evidence.start, c.evidence.end) for c in changes if c.evidence.field == "text"]
    pieces = pieces_of(text, first, last, [(s.start, s.end) for s in body], marks)
    return Passage(
        pieces=pieces,
        lang=lang,
        direction=display.direction(text[start:end] or title, lang),
        cut_before=first > 0,
        cut_after=last < len(text),
    )


def pieces_of(
    text: str, first: int, last: int, sentences: Sequence[tuple[int, int]], marks: Sequence[tuple[int, int]]
) -> Pieces:
    """The text from `first` to `last` in pieces, by what covers them; marks count before sentences."""
    edges = {first, last}
    for start, end in (*sentences, *marks):
        edges |= {min(max(start, first), last), min(max(end, first), last)}
    ordered = sorted(edges)
    found: list[tuple[str, str]] = []
    for start, end in pairwise(ordered):
        kind = "mark" if _inside(start, marks) else "evidence" if _inside(start, sentences) else ""
        if found and found[-1][0] == kind:
            found[-1] = (kind, found[-1][1] + text[start:end])
        else:
            found.append((kind, text[start:end]))
    return tuple(found)


def _inside(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)


def _word(text: str, at: int, step: int) -> int:
    """The nearest blank in that direction, so that no word is cut; `at` itself where none is near."""
    for place in range(at, at + 30 * step, step):
        if not 0 < place < len(text):
            return max(0, min(len(text), place))
        if text[place].isspace():
            return place
    return at
